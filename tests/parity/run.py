"""Compares the placement of quantizers with the peer's on OpenVINO models, and prints a table.

run.py --peer PYTHON --tool build/dev/tests/dump_placement MODEL.xml... [--set key=value,...]...

PYTHON is an interpreter with nncf. Each model is placed with every --set of options (see
options_text.cpp; by default the presets). Exits with 1 if anything differs.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from compare import differences

HERE = Path(__file__).parent


def placed(command):
    result = subprocess.run(command, check=False, capture_output=True, text=True)
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines() or ["no message"]
        return None, lines[-1]
    return json.loads(result.stdout), ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+")
    parser.add_argument("--peer", required=True)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--set", action="append", dest="sets")
    arguments = parser.parse_args()
    # What the peer does not decide by itself is given to both.
    defaults = {"model_type": "generic", "overflow_fix": "first_layer"}
    failed = False
    for model in arguments.models:
        for words in arguments.sets or ["preset=performance", "preset=mixed"]:
            given = dict(word.split("=", 1) for word in words.split(",") if word)
            options = [f"{key}={value}" for key, value in {**defaults, **given}.items()]
            ours, problem = placed([arguments.tool, model, *options])
            if ours is None:
                verdict, lines = "failed", [problem]
            else:
                script = str(HERE / "nncf_placement.py")
                peers, problem = placed([arguments.peer, script, model, *options])
                lines = differences(ours, peers) if peers is not None else []
                verdict = f"differs ({len(lines)})" if lines else "equal"
                if peers is None:
                    verdict = f"the peer fails: {problem[:60]}"
            failed |= verdict.startswith(("failed", "differs"))
            count = len(ours["activations"]) if ours else 0
            print(f"{Path(model).stem:32} {words:40} {count:5} {verdict}", flush=True)
            for line in lines[:5]:
                print(f"    {line}")
    sys.exit(failed)


if __name__ == "__main__":
    main()
