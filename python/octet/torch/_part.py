"""A graph, or a part of one, that runs on OpenVINO."""

from __future__ import annotations

import functools
import threading
import weakref
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch.fx import Graph, GraphModule, Node

from octet import _core
from octet._log import logger
from octet._walker import target_name, walk
from octet.torch._layouts import Sizes, axis_order
from octet.torch._records import Record
from octet.torch._weights import Weight, version_of

# A weight that changed this often, never more than so many calls apart, becomes an input.
_CHANGES, _CALLS_APART = 3, 8


class Refused(Exception):
    """Nodes of a graph have no conversion: reasons by the node."""

    def __init__(self, reasons: Mapping[Node, str]) -> None:
        super().__init__(reasons)
        self.reasons = dict(reasons)


class _Prepared:
    """A copy of a graph in the form that is lowered: only inputs that are read, only outputs that
    are computed."""

    def __init__(self, module: GraphModule, weights: Mapping[str, Weight]) -> None:
        self.graph = Graph()
        copies: dict[Node, Node] = {}
        results = self.graph.graph_copy(module.graph, val_map=copies)
        self.originals = {copy.name: node for node, copy in copies.items()}
        placeholders = self.graph.find_nodes(op="placeholder")
        self._arguments = {node: i for i, node in enumerate(placeholders)}
        #: Whether the graph returns one value that is in no tuple.
        self.returns_one = not isinstance(results, (tuple, list))
        computed = self._read_results([results] if self.returns_one else results, weights)
        self.graph.output(tuple(computed))
        self.computed = [node.meta["val"] for node in computed]
        self._take_sizes_of_inputs(weights)
        self.graph.eliminate_dead_code()
        for node in placeholders:
            if not node.users:
                self.graph.erase_node(node)
        #: (argument, name of the placeholder) of each input and weight that is read.
        self.read = [
            (self._arguments[node], node) for node in self.graph.find_nodes(op="placeholder")
        ]
        self.module = GraphModule(module, self.graph)

    def _read_results(self, results: Sequence[Any], weights: Mapping[str, Weight]) -> list[Node]:
        computed: list[Node] = []
        #: What is returned, as TorchCall takes it.
        self.results: list[tuple[str, Any]] = []
        for value in results:
            if not isinstance(value, Node):
                self.results.append(("value", value))
            elif value in self._arguments:
                self.results.append(("argument", self._arguments[value]))
            else:
                if value not in computed:
                    computed.append(value)
                is_tensor = isinstance(value.meta["val"], torch.Tensor)
                self.results.append(("output" if is_tensor else "number", computed.index(value)))
        return computed

    def _take_sizes_of_inputs(self, weights: Mapping[str, Weight]) -> None:
        """Numbers that are given as inputs and are the size of another are taken from that one:
        OpenVINO then sees that they are sizes."""
        tensors = [
            node
            for node in self._arguments
            if node.name not in weights and isinstance(node.meta.get("val"), torch.Tensor)
        ]
        sizes = Sizes([node.meta["val"] for node in tensors])
        for node in self._arguments:
            value = node.meta.get("val")
            if not isinstance(value, torch.SymInt) or not node.users:
                continue
            place = sizes.find(value)
            if not isinstance(place, tuple):
                continue
            with self.graph.inserting_before(next(iter(self._first_computed()))):
                size = self.graph.call_function(
                    torch.ops.aten.sym_size.int, (tensors[place[0]], place[1])
                )
            size.meta["val"] = value
            node.replace_all_uses_with(size)

    def name_of(self, argument: int) -> str:
        return next(node.name for node, place in self._arguments.items() if place == argument)

    def _first_computed(self) -> Any:
        return (node for node in self.graph.nodes if node.op != "placeholder")


def _kind(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return "tensor"
    if isinstance(value, (torch.SymBool, bool)):
        return "bool"
    return "float" if isinstance(value, (torch.SymFloat, float)) else "int"


def _changed(part: weakref.ref[Part], generation: int, *arguments: Any) -> Any:
    """Held by what the part holds itself, which Python's collector does not look into."""
    caller = part()
    assert caller is not None, "a part is called through itself"
    return caller.compile_changed(generation, *arguments)


def _state(tensor: torch.Tensor) -> tuple[int, int, int]:
    return id(tensor), version_of(tensor), tensor.data_ptr()


def _describe(value: Any) -> str:
    if not isinstance(value, torch.Tensor):
        return _kind(value)
    return f"{str(value.dtype).removeprefix('torch.')} {list(value.shape)}"


class Part:
    """A graph that runs on OpenVINO, with its weights as constants.

    Calling it takes what the graph takes and returns a tuple, or the lone value that it returns.
    """

    def __init__(self, module: GraphModule, weights: Mapping[str, Weight], record: Record) -> None:
        """`lower` and `compile` are still to be called, in this order."""
        self._title = record.title
        self._options = record.options
        self._limit = record.limit
        #: How many there are of each operator.
        self.operations = Counter(
            target_name(node.target)
            for node in module.graph.nodes
            if node.op == "call_function" and hasattr(node.target, "_schema")
        )
        self.module = module
        self._weights = dict(weights)
        self._changes: Counter[str] = Counter()
        self._calls_at_change = 0
        self._lock = threading.Lock()
        self._torch_function = _core.TorchFunction()
        #: Takes an owner, which it keeps alive where this is its method, and what the graph takes;
        #: returns a tuple. Remains the same when the graph is compiled anew.
        self.function = self._torch_function.function()
        self._generation = 0
        #: How often it was made anew because weights had changed, and compiled before that.
        self.rebuilds = 0
        self.past_compiles = 0
        self._past_times = (0, 0, 0)

    def compile(self) -> None:
        """Raises `octet.Error` where OpenVINO fails."""
        self.session.compile()

    def lower(self) -> None:
        """Raises `Refused`, or `octet.Error` where OpenVINO cannot convert it at all."""
        self._generation += 1
        self._states = {name: _state(weight.tensor) for name, weight in self._weights.items()}
        prepared = self._prepared = _Prepared(self.module, self._weights)
        watched, inputs = [], []
        for argument, node in prepared.read:
            weight = self._weights.get(node.name)
            if weight is None:
                inputs.append((argument, node.meta["val"]))
            else:
                watched.append((weight, node.name))
        constants = {name: (weight.name, weight.tensor) for weight, name in watched}
        model, refused = _core.try_lower(walk(prepared.module, constants))
        if refused:
            raise Refused({self._original(value): reason for value, _target, reason in refused})
        values = [value for _argument, value in inputs]
        input_orders = [
            axis_order(value) if isinstance(value, torch.Tensor) else [] for value in values
        ]
        output_orders = [
            axis_order(value) if isinstance(value, torch.Tensor) else []
            for value in prepared.computed
        ]
        self.session = _core.Session(
            model=model,
            device=self._options.device,
            precision=self._options.precision,
            config=self._options.config,
            cache_dir=self._options.cache_dir,
            limit=self._limit,
            input_orders=input_orders,
            output_orders=output_orders,
        )
        sizes = Sizes(values)
        outputs = []
        for value, order in zip(prepared.computed, output_orders, strict=True):
            if isinstance(value, torch.Tensor):
                outputs.append(([sizes.find(size) for size in value.shape], order, value.dtype))
            else:
                dtype = {"int": torch.int64, "float": torch.float32, "bool": torch.bool}
                outputs.append(([], [], dtype[_kind(value)]))
        self.model = model
        #: Inputs as text: "x: float32 [s77, 3, 224, 224]".
        self.inputs = [
            f"{prepared.name_of(argument)}: {_describe(value)}" for argument, value in inputs
        ]
        self.weight_count = len(watched)
        self._torch_call = _core.TorchCall(
            session=self.session,
            tensor_type=torch.Tensor,
            empty_strided=torch.empty_strided,
            inputs=[
                (argument, _kind(value), order)
                for (argument, value), order in zip(inputs, input_orders, strict=True)
            ],
            weights=[
                (
                    weight.argument,
                    weight.owner,
                    weight.key,
                    weight.tensor,
                    version_of(weight.tensor),
                )
                for weight, _name in watched
            ],
            outputs=outputs,
            results=prepared.results,
            changed=functools.partial(_changed, weakref.ref(self), self._generation),
        )

        self._torch_function.set(self._torch_call)

    def _original(self, value: str) -> Node:
        """The node of the given graph that computes this value of the program."""
        originals = self._prepared.originals
        node = originals.get(value) or originals[value.partition("_unused_")[0]]
        while not hasattr(node.target, "_schema") and node.all_input_nodes:
            node = node.all_input_nodes[0]  # a part of a result is taken out of it
        return node

    def compile_changed(self, generation: int, *arguments: Any) -> Any:
        """Called where a weight is another than it was: compiles anew with what they are now."""
        with self._lock:
            if generation == self._generation:  # else another thread was here first
                changed = [
                    name
                    for name, weight in self._weights.items()
                    if _state(weight.present(arguments)) != self._states[name]
                ]
                # What bypasses torch's count of changes does not tell which weight it was.
                self._count_changes(changed or list(self._weights))
                self._past_times = self.times()
                self.past_compiles += self.session.facts()["compiles"]
                for weight in self._weights.values():
                    weight.tensor = weight.present(arguments)
                self.lower()
                self.compile()
        return self.function(self, *arguments)

    def _count_changes(self, changed: Sequence[str]) -> None:
        calls = self.times()[0]
        is_often = calls - self._calls_at_change <= _CALLS_APART
        self._calls_at_change = calls
        names = [self._weights[name].name for name in changed]
        some = ", ".join(f"'{name}'" for name in names[:3]) + (", …" if len(names) > 3 else "")
        if not self.rebuilds:
            logger.warning(
                "[torch] %s: %s changed after the model was compiled, so it is compiled again. "
                "Compile the model when its weights are final",
                self._title,
                some,
            )
        self.rebuilds += 1
        for name in changed:
            self._changes[name] = self._changes[name] + 1 if is_often else 1
            if self._changes[name] >= _CHANGES and self._weights[name].argument is not None:
                del self._weights[name]  # an input from now on
                logger.info("[torch] %s: '%s' changes often: it is an input now", self._title, name)

    def __call__(self, *arguments: Any) -> Any:
        """As a submodule of a graph calls it."""
        results = self.function(self, *arguments)
        return results[0] if self._prepared.returns_one else results

    def call_whole(self, arguments: list[Any]) -> Any:
        """As AOTAutograd calls a graph."""
        return self.function(self, *arguments)

    def times(self) -> tuple[int, int, int]:
        """Calls, and nanoseconds in all and in OpenVINO."""
        calls, total, running = self._torch_call.times()
        return (
            self._past_times[0] + calls,
            self._past_times[1] + total,
            self._past_times[2] + running,
        )
