"""A captured graph in its parts: those that run on OpenVINO and those that torch runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MethodType
from typing import Any

from torch.fx import GraphModule, Node

from octet._log import logger
from octet.errors import Error, make
from octet.torch import _records
from octet.torch._part import Part, Refused
from octet.torch._support import Decomposable, Eager, cut, decomposable, describe, refusal
from octet.torch._weights import Weight

_PLACE = "octet_place"


class Program:
    """What a graph was made into."""

    def __init__(
        self,
        module: GraphModule,
        weights: Mapping[str, Weight],
        record: _records.Record,
        decomposed: frozenset[Any],
    ) -> None:
        """Raises `Decomposable` where it is worth trying again without some operators, and
        `octet.Error` where `options.strict` and not all can run on OpenVINO."""
        self.parts: list[Part] = []
        self.eager: list[Eager] = []
        self._record = record
        self._weights = weights
        self._decomposed = decomposed
        # Parts may name their nodes otherwise; what is noted of a node goes with it.
        self._nodes = list(module.graph.nodes)
        for place, node in enumerate(self._nodes):
            node.meta[_PLACE] = place
        reasons = {
            node: reason
            for node in module.graph.nodes
            if node.op == "call_function" and (reason := refusal(node)) is not None
        }
        self.call = self._build(module, reasons)
        self.eager = [describe(node, reason) for node, reason in reasons.items()]
        if self.eager:
            self._report()

    def boxed(self) -> Callable[[list[Any]], Any]:
        """What AOTAutograd takes: a function of a list."""

        def call(arguments: list[Any]) -> Any:
            return self.call(arguments)

        call._boxed_call = True  # type: ignore[attr-defined]
        return call

    def whole(self) -> Callable[..., Any] | None:
        """The function of the arguments, without a list, of a graph that is one part."""
        if self.eager or len(self.parts) != 1:
            return None
        # A method, so that what torch calls keeps this alive.
        return MethodType(self.parts[0].function, self)

    def _build(self, module: GraphModule, reasons: dict[Node, str]) -> Callable[[list[Any]], Any]:
        """`reasons`, why nodes are in eager, grows until all others can be lowered."""
        while True:
            self.parts.clear()
            call = self._in_parts(module, reasons) if reasons else self._whole(module)
            refused = self._lower() or self._compile()
            if not refused:
                return call
            operators = decomposable(refused, self._decomposed)
            if operators:
                raise Decomposable(operators)
            found = {self._nodes[node.meta[_PLACE]]: reason for node, reason in refused.items()}
            if found.keys() <= reasons.keys():
                names = ", ".join(str(node) for node in found)
                raise make("internal", "torch", names, "it was refused again", "Report it to Octet")
            reasons.update(found)

    def _whole(self, module: GraphModule) -> Callable[[list[Any]], Any]:
        part = Part(module, self._weights, self._record)
        self.parts.append(part)
        return part.call_whole

    def _in_parts(
        self, module: GraphModule, reasons: Mapping[Node, str]
    ) -> Callable[[list[Any]], Any]:
        split, names = cut(module, reasons, self._weights)
        for name in names:
            inner = split.get_submodule(name)
            weights = {
                node.name: self._weights[node.name].at(place)
                for place, node in enumerate(inner.graph.find_nodes(op="placeholder"))
                if node.name in self._weights
            }
            self.parts.append(Part(inner, weights, self._record))
            # The code of `split` calls an attribute, which need not be a module.
            delattr(split, name)
            setattr(split, name, self.parts[-1])
        return lambda arguments: split(*arguments)

    def _lower(self) -> dict[Node, str]:
        """Nodes of all parts that have no conversion, and why."""
        refused: dict[Node, str] = {}
        for part in self.parts:
            refused.update(self._attempt(part, part.lower))
        return refused

    def _compile(self) -> dict[Node, str]:
        """Nodes of the first part that OpenVINO fails to compile: it does not say which it is."""
        for part in self.parts:
            if refused := self._attempt(part, part.compile):
                return refused
        return {}

    def _attempt(self, part: Part, action: Callable[[], None]) -> dict[Node, str]:
        try:
            action()
        except Refused as refused:
            return refused.reasons
        except Error as error:
            if error.code not in ("conversion_failed", "unsupported_model", "runtime_failed"):
                raise
            nodes = [node for node in part.module.graph.nodes if node.op == "call_function"]
            return dict.fromkeys(nodes, error.problem)
        return {}

    def _report(self) -> None:
        text = _list(self.eager)
        title = self._record.title
        if self._record.options.strict:
            raise make(
                "unsupported_op",
                "torch",
                title,
                f"{text}\n",
                "Replace these operations, or leave out the option 'strict' to run them in eager",
            )
        logger.warning("[torch] %s: %s", title, text)


def _list(eager: Sequence[Eager]) -> str:
    groups: dict[tuple[str, str], list[str]] = {}
    for item in eager:
        groups.setdefault((item.op, item.reason), []).append(item.place())
    lines = [f"{len(eager)} operation{'s' if len(eager) > 1 else ''} cannot run on OpenVINO:"]
    for (op, reason), places in groups.items():
        lines.append(f"  {op}: {reason}")
        lines.extend(f"    at {place}" for place in places[:5])
        if len(places) > 5:
            lines.append(f"    and at {len(places) - 5} more places")
    return "\n".join(lines)
