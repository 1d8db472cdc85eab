"""What the peer did when `make parity` last ran, for tests that run without it.

A file a model: its answers by the label of the options. A weight's quantizer that is the same in
several answers is stored once.
"""

import gzip
import json
from pathlib import Path

FOLDER = Path(__file__).parent / "recorded"


def path_of(model):
    return FOLDER / f"{model}.json.gz"


def write(model, answers):
    weights, index = [], {}
    packed = {}
    for label, answer in answers.items():
        if "error" in answer:
            packed[label] = answer
            continue
        places = []
        for weight in answer["weights"]:
            text = json.dumps(rounded(weight), sort_keys=True)
            if text not in index:
                index[text] = len(weights)
                weights.append(rounded(weight))
            places.append(index[text])
        activations = [rounded(quantizer) for quantizer in answer["activations"]]
        packed[label] = {"activations": activations, "weights": places}
    text = json.dumps({"answers": packed, "weights": weights}, separators=(",", ":"))
    FOLDER.mkdir(exist_ok=True)
    # The time of day has no place in the file.
    path_of(model).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def read(model):
    """The peer's answers by the label of the options."""
    packed = json.loads(gzip.decompress(path_of(model).read_bytes()))
    for answer in packed["answers"].values():
        if "weights" in answer:
            answer["weights"] = [packed["weights"][place] for place in answer["weights"]]
    return packed["answers"]


def rounded(quantizer):
    """Seven digits: more than the comparison needs."""
    ends = {end: [float(f"{x:.7g}") for x in quantizer[end]] for end in ("low", "high")}
    return {**quantizer, **ends}
