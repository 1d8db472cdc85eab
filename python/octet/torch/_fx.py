"""Replays a recipe on the torch program that it was made for.

What quantization decided is read from the recipe, and every number from the quantized OpenVINO
model: the torch program holds the same integers, scales and biases as that model, bit for bit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.export import ExportedProgram
from torch.fx import GraphModule, Node

from octet import _core
from octet._log import logger
from octet._openvino import to_openvino
from octet.errors import make
from octet.torch._fx_document import Document, operator_name
from octet.torch._fx_graphs import Graphs, constant_of
from octet.torch._fx_layers import Layers
from octet.torch._fx_matching import Matching, Slot, Unmatched
from octet.torch._fx_programs import open_document
from octet.torch._fx_quantizers import activation_quantizer, quantize_value

Edit = dict[str, Any]
KINDS = frozenset(
    ("fold_batch_norm", "scale_channels", "quantize_activation", "quantize_weight", "shift_bias")
)


@dataclass
class Emitter:
    """One program that is being rewritten."""

    document: Document
    before: _core.Model
    graphs: Graphs
    edits: list[Edit]
    kept: dict[str, str] = field(default_factory=dict)
    """Layers (by OpenVINO name) that stay in floating point, and why."""
    dropped: list[tuple[str, str]] = field(default_factory=list)
    """Quantizers that the torch graph has no place for: the node that reads them, and why."""

    def __post_init__(self) -> None:
        if unknown := {edit["edit"] for edit in self.edits} - KINDS:
            kinds = ", ".join(sorted(unknown))
            raise make("internal", "emit", "", f"no torch program can hold the edits {kinds}")
        self.matching = Matching(self.document, self.graphs)
        self.layers = Layers(self.document, self.matching, self.graphs)

    def of_kind(self, *kinds: str) -> Iterable[Edit]:
        return [edit for edit in self.edits if edit["edit"] in kinds]

    def run(self) -> None:
        self.find_kept()
        for edit in self.of_kind("fold_batch_norm"):
            if edit["into"] not in self.kept:
                self.layers.fold(edit["node"])
        for edit in self.of_kind("scale_channels", "quantize_activation"):
            if edit["edit"] == "scale_channels":
                self.scale_channels(edit)
            else:
                self.quantize_activation(edit)
        changed = dict.fromkeys(layer for edit in self.edits for layer in layers_of(edit))
        quantized = {edit["use"]["node"] for edit in self.of_kind("quantize_weight")}
        for edit in self.of_kind("quantize_weight"):
            if edit["use"]["node"] not in self.kept and not self.layers.is_zero(edit):
                self.layers.quantize_weight(edit)
        for layer in changed:
            if layer not in self.kept:
                if layer not in quantized:
                    self.layers.rewrite_weight(layer)
                self.layers.rewrite_bias(layer)
        self.layers.remove_leftovers()

    # What has no counterpart ----------------------------------------------------------------------

    def find_kept(self) -> None:
        """Layers whose edits cannot all be replayed: none of them is, then."""

        def attempt(layers: Iterable[str], check: Any) -> None:
            try:
                check()
            except Unmatched as reason:
                for layer in layers:
                    self.kept.setdefault(layer, str(reason))

        for edit in self.edits:
            if edit["edit"] == "quantize_weight":
                use = edit["use"]
                if self.layers.is_zero(edit):
                    continue
                attempt(
                    layers_of(edit),
                    lambda u=use: self.layers.weight_slots(u["node"], u["input"]),
                )
            elif edit["edit"] == "fold_batch_norm":
                attempt(layers_of(edit), lambda e=edit: self.layers.fold_source(e["node"]))
            elif edit["edit"] == "shift_bias":
                attempt(layers_of(edit), lambda e=edit: self.layers.check_bias(e["node"]))
        for edit in self.of_kind("scale_channels"):
            layers = layers_of(edit)
            attempt(layers, lambda e=edit: self.check_scale_channels(e))
            reason = next((self.kept[layer] for layer in layers if layer in self.kept), None)
            if reason is not None:
                for layer in layers:
                    self.kept.setdefault(layer, reason)

    def check_scale_channels(self, edit: Edit) -> None:
        if edit["name"]:
            self.matching.slots(self.graphs.after[edit["name"]])
        for name, port, _ in self.divided(edit):
            self.layers.check_constant(name, port)
        for use in edit["uses"]:
            self.layers.weight_slots(use["node"], None)

    # Edits ----------------------------------------------------------------------------------------

    def divided(self, edit: Edit) -> list[tuple[str, int, Any]]:
        """Constants of the normalization that the scales went into: node, port and new values."""
        if edit["name"]:
            return []
        found = []
        node = self.graphs.after[edit["tensor"]["node"]]
        while node.get_type_name() in ("Add", "Multiply"):
            ports = [i for i in range(2) if constant_of(node.input_value(i)) is not None]
            if not ports:
                break
            values = constant_of(node.input_value(ports[0]))
            found.append((node.get_friendly_name(), ports[0], values))
            if node.get_type_name() == "Multiply":
                break
            node = node.input_value(1 - ports[0]).get_node()
        return found

    def scale_channels(self, edit: Edit) -> None:
        if any(layer in self.kept for layer in layers_of(edit)):
            return
        for name, port, values in self.divided(edit):
            self.layers.set_constant(name, port, values)
        if not edit["name"]:
            return
        via = self.graphs.after[edit["name"]]
        factor = next(v for v in map(constant_of, via.input_values()) if v is not None)
        for value, slots in self.by_value(self.matching.slots(via)):
            first = self.first(slots)
            product = self.layers.add_product(value, factor, first)
            self.matching.values[edit["name"]] = product
            for slot in slots:
                self.put(slot, product)

    def quantize_activation(self, edit: Edit) -> None:
        via = self.graphs.after[edit["name"]]
        has_axis = "axis" in edit
        slots, problems = self.matching.slots_where_possible(via, self.kept, has_axis)
        self.dropped += problems
        for value, group in self.by_value(slots):
            first = self.first(group)
            quantizer = activation_quantizer(edit)
            result = quantize_value(self.document, quantizer, value, first, value.name)
            self.matching.dequantized[result] = value
            for slot in group:
                self.put(slot, result)

    @staticmethod
    def by_value(slots: list[Slot]) -> list[tuple[Node, list[Slot]]]:
        groups: dict[Node, list[Slot]] = {}
        for slot in slots:
            groups.setdefault(slot.value, []).append(slot)
        return list(groups.items())

    def first(self, slots: list[Slot]) -> Node:
        """The earliest node: what it reads may be written to in place before later ones read it."""
        return min(slot.node for slot in slots)

    def put(self, slot: Slot, value: Node) -> None:
        """Lets `slot` read `value`. An operator that writes to it writes to nothing from now on."""
        node, old = slot.node, slot.value
        slot.set(value)
        if operator_name(node) and node.target._schema.is_mutable:
            functional(node, old)


def functional(node: Node, written: Node) -> None:
    """Makes of an operator that writes to its first argument the one that returns the result."""
    name = node.target._schema.name.removeprefix("aten::").removesuffix("_")
    packet = getattr(torch.ops.aten, name)
    node.target = getattr(packet, node.target._overloadname)
    for user in list(written.users):
        if user > node:
            user.replace_input_with(written, node)


def layers_of(edit: Edit) -> list[str]:
    """OpenVINO layers whose weight or bias the edit changes."""
    kind = edit["edit"]
    if kind == "fold_batch_norm":
        return [edit["into"]]
    if kind == "scale_channels":
        return [use["node"] for use in edit["uses"]]
    if kind == "quantize_weight":
        return [edit["use"]["node"]]
    return [edit["node"]] if kind == "shift_bias" else []


def emit(
    given: GraphModule | ExportedProgram,
    before: _core.Model,
    after: _core.Model,
    recipe: _core.Recipe,
) -> GraphModule | ExportedProgram:
    """`given`, quantized by `recipe`. It is not changed, and shares no tensor with the result.

    Args:
        before: `given` as it was imported.
        after: what the recipe makes of `before`.
    """
    graphs = Graphs(to_openvino(before), to_openvino(after), before.sources)
    edits = json.loads(recipe.to_json())["edits"]
    emitter = Emitter(open_document(given), before, graphs, edits)
    emitter.run()
    report(emitter)
    return emitter.document.finish()


def report(emitter: Emitter) -> None:
    """Tells what stays in floating point though the recipe quantizes it."""
    tell("stays in floating point", emitter.kept.items(), emitter.before)
    tell("not every value in it is quantized", emitter.dropped, emitter.before)


def tell(what: str, nodes: Iterable[tuple[str, str]], model: _core.Model) -> None:
    """One warning a reason. `nodes`: OpenVINO names, and the reason."""
    places: dict[str, set[str]] = {}
    for node, reason in nodes:
        places.setdefault(reason, set()).add(model.describe(node))
    for reason, found in places.items():
        shown = sorted(found)
        more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
        logger.warning(
            "[emit] %s%s: %s in the torch program, because %s",
            ", ".join(shown[:5]),
            more,
            what,
            reason,
        )
