"""A captured graph in its parts: those that run on OpenVINO and those that torch runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch.fx import GraphModule, Node

from octet._log import logger
from octet.errors import Error, make
from octet.torch import _records
from octet.torch._part import Part, Refused
from octet.torch._support import Decomposable, Eager, cut, decomposable, describe, refusal
from octet.torch._weights import Weight


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

    def _build(self, module: GraphModule, reasons: dict[Node, str]) -> Callable[[list[Any]], Any]:
        """`reasons`, why nodes are in eager, grows until all others can be lowered."""
        while True:
            self.parts.clear()
            try:
                return self._in_parts(module, reasons) if reasons else self._whole(module)
            except Refused as refused:
                operators = decomposable(refused.reasons, self._decomposed)
                if operators:
                    raise Decomposable(operators) from None
                by_name = {node.name: node for node in module.graph.nodes}
                reasons.update(
                    {by_name[node.name]: reason for node, reason in refused.reasons.items()}
                )

    def _whole(self, module: GraphModule) -> Callable[[list[Any]], Any]:
        part = self._part(module, self._weights)
        self.parts.append(part)
        return part.call_whole

    def _in_parts(
        self, module: GraphModule, reasons: Mapping[Node, str]
    ) -> Callable[[list[Any]], Any]:
        split, names = cut(module, reasons)
        for name in names:
            inner = split.get_submodule(name)
            weights = {
                node.name: self._weights[node.name].at(place)
                for place, node in enumerate(inner.graph.find_nodes(op="placeholder"))
                if node.name in self._weights
            }
            self.parts.append(self._part(inner, weights))
            # The code of `split` calls an attribute, which need not be a module.
            delattr(split, name)
            setattr(split, name, self.parts[-1])
        return lambda arguments: split(*arguments)

    def _part(self, module: GraphModule, weights: Mapping[str, Weight]) -> Part:
        try:
            return Part(module, weights, self._record)
        except Error as error:
            if error.code not in ("conversion_failed", "unsupported_model", "runtime_failed"):
                raise
            # OpenVINO does not say which of them it is.
            nodes = [node for node in module.graph.nodes if node.op == "call_function"]
            raise Refused(dict.fromkeys(nodes, error.problem)) from error

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
