"""Compares Octet with the peer, NNCF, live: the same model, the same data, the same options.

run.py --peer PYTHON [MODEL...] [--options REGEX] [--record]

PYTHON is an interpreter with nncf; this one has octet. Prints a line for every model and set of
options: equal; differs, with the decisions that explain it; or differs. Exits with 1 if anything
differs without a reason, or if a row of explained.txt is of no use any more.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jobs
import ours
import recorded
from explained import Explanations
from verdicts import verdict

HERE = Path(__file__).parent
SHOWN = 8  #: differences of a job


class Peer:
    """A process that answers jobs; see peer.py."""

    def __init__(self, python, log):
        self.process = subprocess.Popen(
            [python, str(HERE / "peer.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )

    def ask(self, model, data, options):
        job = {"model": str(model), "data": str(data), "options": options}
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith("ANSWER "):
                return json.loads(line.removeprefix("ANSWER "))
        return {"error": f"the peer's process ended with {self.process.wait()}"}

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Comparison:
    """Runs our side here, and the peer's at the same time in a process of its own."""

    def __init__(self, peer, folder):
        self.peer, self.folder = peer, Path(folder)
        self.pool = ThreadPoolExecutor(1)

    def of_row(self, row, chosen):
        """Yields (job, our placement or an error's text, what will be the peer's) for one model."""
        loaded = {}
        for job in chosen:
            path = self.folder / f"{row.name}-{job.batch}.xml"
            arrays = path.with_suffix(".npz")
            if job.batch not in loaded:
                model = ours.load(row, job.batch)
                data = ours.items(row, model, job.batch)
                loaded[job.batch] = model, data
                ours.save_items(data, arrays)
                plain = {"advanced_parameters": {"disable_bias_correction": True}}
                ours.prepared(model, ours.quantize(model, data, plain)).save(path)
            model, data = loaded[job.batch]
            answer = self.pool.submit(self.peer.ask, path, arrays, job.options)
            try:
                own = ours.placement(model, data, job.options)
            except ours.octet.Error as error:
                own = str(error)
            yield job, own, answer


def select(arguments):
    wanted = re.compile(arguments.options)
    for row in ours.models.MODELS:
        if arguments.models and row.name not in arguments.models:
            continue
        chosen = [j for j in jobs.of_model(row.name, row.group) if wanted.search(j.label)]
        if chosen:
            yield row, chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="*", help="names of tests/coverage/models.py; default: all")
    parser.add_argument("--peer", required=True, help="a Python that has nncf")
    parser.add_argument("--options", default="", help="only sets of options that this fits")
    parser.add_argument("--record", action="store_true", help="renew tests/parity/recorded")
    arguments = parser.parse_args()

    began = time.monotonic()
    explanations, counts = Explanations(), Counter()
    print(f"{'model':26}{'options':40}{'quantizers':>11}  result", flush=True)
    with tempfile.TemporaryDirectory() as folder, open(f"{folder}/log", "w") as log:
        peer = Peer(arguments.peer, log)
        comparison = Comparison(peer, folder)
        for row, chosen in select(arguments):
            answers = {}
            try:
                for job, own, answer in comparison.of_row(row, chosen):
                    peers = answers[job.label] = answer.result()
                    kind, text, rest = verdict(job, own, peers, explanations)
                    counts[kind] += 1
                    count = "" if isinstance(own, str) else len(own["activations"])
                    print(f"{job.model:26}{job.label:40}{count:>11}  {text}", flush=True)
                    for line in rest[:SHOWN]:
                        print(f"    {line}")
                    if len(rest) > SHOWN:
                        print(f"    and {len(rest) - SHOWN} more")
            except ours.models.Unavailable as reason:
                counts["left out"] += 1
                print(f"{row.name:26}left out: {reason}", flush=True)
                continue
            if arguments.record and not arguments.options and row.name in jobs.RECORDED:
                recorded.write(row.name, answers)
        peer.close()

    summary = ", ".join(
        f"{counts[k]} {k}" for k in ("equal", "explained", "refused", "differs", "left out")
    )
    print(f"\n{summary}; {time.monotonic() - began:.0f} s")
    useless = [] if arguments.models or arguments.options else explanations.unused()
    for row in useless:
        print(f"explained.txt: nothing differs any more as in '{row}'")
    sys.exit(bool(counts["differs"] or useless))


if __name__ == "__main__":
    main()
