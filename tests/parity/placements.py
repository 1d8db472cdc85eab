"""A placement of quantizers, in the form that both sides are brought to, and what tells two apart.

A placement is `{"activations": [...], "weights": [...]}`. An activation quantizer has `tensor`
([node, output]), `uses` ([[node, input], ...]), `spec`, `group` (quantizers of one range have one
number, others None), `low` and `high` (one element, or one a channel); the peer's also has
`at_input` where it stands at one input of a node, behind those on the tensor. A weight quantizer
has `use`, `spec`, `axes`, `low` and `high`.
"""

from collections import defaultdict

import numpy as np


def of_recipe(recipe):
    """The placement in a recipe, which is JSON that has been parsed."""

    def place(reference, port):
        return [reference["node"], reference[port]]

    def common(edit):
        spec = dict(edit["spec"])
        spec["signed"] = spec.pop("signedness_to_force", None)
        return {"spec": spec, "low": edit["range"]["low"], "high": edit["range"]["high"]}

    activations, weights = [], []
    for edit in recipe["edits"]:
        if edit["edit"] == "quantize_activation":
            activations.append(
                {
                    "tensor": place(edit["tensor"], "output"),
                    "uses": sorted(place(use, "input") for use in edit["uses"]),
                    "group": edit.get("group"),
                    **common(edit),
                }
            )
        elif edit["edit"] == "quantize_weight":
            weights.append(
                {"use": place(edit["use"], "input"), "axes": edit["axes"], **common(edit)}
            )
    return {"activations": activations, "weights": weights}


def differences(ours, peers, tolerance):
    """What tells the two apart, a line each. Ranges may differ by `tolerance` of their width."""
    return [
        *different_activations(ours, peers, tolerance),
        *different_groups(ours, peers),
        *different_weights(ours, peers, tolerance),
    ]


def different_activations(ours, peers, tolerance):
    mine, theirs = by_use(ours), by_use(peers)
    for use in sorted(set(mine) | set(theirs)):
        own, other = mine.get(use, []), theirs.get(use, [])
        tensor = (own or other)[0]["tensor"][0]
        where = f"input {use[1]} of {use[0]}, which reads {tensor}"
        yield from different_chains(where, own, other, tolerance)


def different_weights(ours, peers, tolerance):
    mine, theirs = ({tuple(w["use"]): w for w in side["weights"]} for side in (ours, peers))
    for use in sorted(set(mine) | set(theirs)):
        own, other = ([side[use]] if use in side else [] for side in (mine, theirs))
        yield from different_chains(f"weight {use[1]} of {use[0]}", own, other, tolerance)


def different_chains(where, own, other, tolerance):
    a, b = ([spec_text(q) for q in chain] for chain in (own, other))
    if a != b:
        yield f"{where}: ours {' then '.join(a) or 'none'}, peer's {' then '.join(b) or 'none'}"
        return
    for mine, theirs in zip(own, other, strict=True):
        error = range_error(mine, theirs)
        if error > tolerance:
            yield (
                f"{where}: ours {range_text(mine)}, peer's {range_text(theirs)}, "
                f"{error:.1e} of the width"
            )


def different_groups(ours, peers):
    found = []
    for side in (ours, peers):
        members = defaultdict(set)
        for quantizer in side["activations"]:
            if quantizer["group"] is not None:
                members[quantizer["group"]].add(tuple(quantizer["tensor"]))
        found.append({frozenset(group) for group in members.values() if len(group) > 1})
    for group in sorted(found[0] ^ found[1], key=sorted):
        whose = "ours" if group in found[0] else "the peer's"
        yield f"a group of {whose} alone: {', '.join(sorted(tensor[0] for tensor in group))}"


def by_use(placement):
    """What every use of a tensor passes through: quantizers, the nearest one last."""
    result = defaultdict(list)
    for quantizer in sorted(placement["activations"], key=lambda q: q.get("at_input", False)):
        for use in quantizer["uses"]:
            result[tuple(use)].append(quantizer)
    return result


def spec_text(quantizer):
    spec = quantizer["spec"]
    words = [spec["mode"], "per channel" if spec["per_channel"] else "per tensor"]
    if spec["bits"] != 8:
        words.append(f"{spec['bits']} bits")
    if spec["narrow_range"]:
        words.append("narrow")
    if spec["signed"] is not None:
        words.append("signed" if spec["signed"] else "unsigned")
    if quantizer.get("axes"):
        words.append(f"axes {quantizer['axes']}")
    return " ".join(words)


def range_text(quantizer):
    low, high = np.min(quantizer["low"]), np.max(quantizer["high"])
    return f"{low:.6g} to {high:.6g}"


def range_error(a, b):
    """The largest difference of an end, as a share of the width."""
    if len(a["low"]) != len(b["low"]):
        return float("inf")
    low, high = (np.array([q[end] for q in (a, b)], dtype=np.float64) for end in ("low", "high"))
    width = np.maximum((high - low).max(axis=0), 1e-12)
    return float(
        max(np.abs(np.diff(low, axis=0) / width).max(), np.abs(np.diff(high, axis=0) / width).max())
    )
