"""Compares two placements, quantizer by quantizer; both as JSON files.

compare.py OURS.json PEERS.json prints what differs and exits with 1 if anything does.
"""

import json
import sys
from collections import defaultdict


def by_use(placement):
    """What every use of a tensor passes through: a list of quantizers, the nearest one last."""
    result = defaultdict(list)
    for quantizer in sorted(placement["activations"], key=lambda q: q.get("at_input", False)):
        for use in quantizer["uses"]:
            result[tuple(use)].append(quantizer)
    return result


def text(spec):
    words = ["symmetric" if spec["symmetric"] else "asymmetric", f"{spec['bits']} bits"]
    words.append("per channel" if spec["per_channel"] else "per tensor")
    if spec["narrow"]:
        words.append("narrow")
    if spec["signed"] is not None:
        words.append("signed" if spec["signed"] else "unsigned")
    return ", ".join(words)


def differences(ours, peers):
    found = []
    mine, theirs = by_use(ours), by_use(peers)
    for use in sorted(set(mine) | set(theirs)):
        a = [text(q["spec"]) for q in mine.get(use, [])]
        b = [text(q["spec"]) for q in theirs.get(use, [])]
        if a != b:
            tensor = (mine.get(use) or theirs.get(use))[0]["tensor"]
            found.append(f"input {use[1]} of {use[0]} (reads {tensor[0]}): ours {a}, peer's {b}")
    groups = defaultdict(lambda: [set(), set()])
    for side, placement in enumerate((ours, peers)):
        members = defaultdict(set)
        for quantizer in placement["activations"]:
            if quantizer["group"] is not None:
                members[quantizer["group"]].add(tuple(quantizer["tensor"]))
        for group in members.values():
            groups[frozenset(group)][side].add(1)
    for group, (a, b) in groups.items():
        if bool(a) != bool(b) and len(group) > 1:
            found.append(f"group only {'of ours' if a else 'of the peer'}: {sorted(group)}")
    mine = {tuple(w["use"]): w for w in ours["weights"]}
    theirs = {tuple(w["use"]): w for w in peers["weights"]}
    for use in sorted(set(mine) | set(theirs)):
        sides = []
        for weights in (mine, theirs):
            weight = weights.get(use)
            half = ", half range" if weight and weight["half_range"] else ""
            sides.append(
                f"{text(weight['spec'])}, axes {weight['axes']}{half}" if weight else "none"
            )
        if sides[0] != sides[1]:
            found.append(f"weight {use[1]} of {use[0]}: ours {sides[0]}, peer's {sides[1]}")
    return found


if __name__ == "__main__":
    with open(sys.argv[1]) as ours, open(sys.argv[2]) as peers:
        lines = differences(json.load(ours), json.load(peers))
    print("\n".join(lines))
    sys.exit(bool(lines))
