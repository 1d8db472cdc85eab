"""Runs a benchmark: run.py TASK [--peer PYTHON...]; see README.md.

Each peer does each job in a process of its own, in turns. Prints a table, and writes results.json,
table.txt and what the task plots to build/bench/TASK.
"""

import argparse
import ast
import datetime
import importlib.util
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import table

HERE = Path(__file__).parent
TIME_LIMIT = 3600  #: seconds of one peer's job


def load_task(name):
    path = HERE / name / "task.py"
    if not path.is_file():
        names = ", ".join(sorted(file.parent.name for file in HERE.glob("*/task.py")))
        sys.exit(f"run.py: no task '{name}'; there are: {names}")
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(f"{name}_task", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def needs_of(file):
    """The modules that a peer's file lists in NEEDS, without running it."""
    for statement in ast.parse(file.read_text()).body:
        if isinstance(statement, ast.Assign) and statement.targets[0].id == "NEEDS":
            return ast.literal_eval(statement.value)
    sys.exit(f"run.py: {file} has no NEEDS")


def missing(python, modules):
    code = (
        "import importlib.util, sys\n"
        "print(*(name for name in sys.argv[1:] if importlib.util.find_spec(name) is None))"
    )
    found = subprocess.run(
        [python, "-c", code, *modules], check=True, capture_output=True, text=True
    )
    return found.stdout.split()


def find_peers(task, names, pythons):
    """(name, file, interpreter or None, what is missing) for each of the task's peers."""
    files = [
        file for file in sorted((HERE / task).glob("*.py")) if file.stem not in ("task", "plot")
    ]
    unknown = set(names) - {file.stem for file in files}
    if unknown:
        sys.exit(f"run.py: no peer {', '.join(sorted(unknown))} in {HERE / task}")
    for file in files:
        if names and file.stem not in names:
            continue
        lacks = {python: missing(python, needs_of(file)) for python in pythons}
        python = next((python for python in pythons if not lacks[python]), None)
        yield file.stem, file, python, min(lacks.values(), key=len)


def run_job(python, file, job, folder):
    """What the peer answers, or {"failed": the last error that it wrote}."""
    job_file, result = folder / "job.json", folder / "result.json"
    job_file.write_text(json.dumps(job))
    result.unlink(missing_ok=True)
    environment = {
        **os.environ,
        "PYTHONPATH": f"{HERE}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
    }
    load = os.getloadavg()[0]
    try:
        process = subprocess.run(
            [python, file, job_file, result],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return {"failed": f"it was not done after {TIME_LIMIT} s"}
    if result.is_file():
        return {**json.loads(result.read_text()), "machine_load": load}
    lines = process.stdout.strip().splitlines()
    errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception|Interrupt)\b", line)]
    return {"failed": (errors or [f"it ended with status {process.returncode}"])[-1][:300]}


def machine():
    cpu = next(
        line.split(":")[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    return {"cpu": cpu, "cores": len(os.sched_getaffinity(0)), "system": platform.platform()}


def plot(file, pythons, folder):
    if not file.is_file():
        return
    python = next((python for python in pythons if not missing(python, ["matplotlib"])), None)
    if python is None:
        print("plot: absent, no interpreter has matplotlib; see --peer")
    else:
        subprocess.run([python, file, folder], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task")
    parser.add_argument(
        "--peer", nargs="*", default=[], help="other Pythons to look for the peers' packages in"
    )
    parser.add_argument("--only", nargs="*", default=[], help="peers, by their files' names")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="default: build/bench/TASK")
    task = load_task(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1][0] != "-" else None
    if task:
        task.add_arguments(parser)
    arguments = parser.parse_args()

    folder = arguments.folder or Path("build/bench") / arguments.task
    folder.mkdir(parents=True, exist_ok=True)
    peers = list(find_peers(arguments.task, arguments.only, [sys.executable, *arguments.peer]))
    for name, _, python, lacks in peers:
        if python is None:
            print(f"{name}: absent, no interpreter has {', '.join(lacks)}; see --peer")
    present = [(name, file, python) for name, file, python, _ in peers if python]
    results = {
        "task": arguments.task,
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "machine": machine(),
        "arguments": {key: str(value) for key, value in vars(arguments).items()},
        "absent": [name for name, _, python, _ in peers if python is None],
        "jobs": [],
    }
    begin = time.monotonic()
    for job in task.jobs(arguments, folder):
        runs = {name: [] for name, _, _ in present}
        with tempfile.TemporaryDirectory() as scratch:
            for number in range(arguments.rounds):
                shift = number % max(len(present), 1)
                for name, file, python in present[shift:] + present[:shift]:
                    if runs[name] and "machine_load" not in runs[name][0]:
                        continue  # it has failed, and would again
                    runs[name].append(run_job(python, file, job, Path(scratch)))
                    print(".", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
        results["jobs"].append({"job": job, "runs": runs})
        results["seconds"] = time.monotonic() - begin
        (folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        print(table.of_job(task, job, runs), flush=True)
    (folder / "table.txt").write_text(table.of_all(task, results))
    plot(HERE / arguments.task / "plot.py", [sys.executable, *arguments.peer], folder)
    print(f"{folder}: results.json, table.txt; {results.get('seconds', 0):.0f} s")
    failed = [
        name
        for entry in results["jobs"]
        for name, runs in entry["runs"].items()
        if name.startswith("octet") and any("failed" in run or "wrong" in run for run in runs)
    ]
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
