"""The faults: each a function of a work folder and a number of rounds that raises AssertionError
where something was lost, hidden or crashed."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from support import Job, Outcome, Skipped, environment, in_namespace, moments

Fault = Callable[[Path, int], Outcome]
FAULTS: dict[str, Fault] = {}


def fault(function: Fault) -> Fault:
    FAULTS[function.__name__] = function
    return function


def one_of_two(job: Job, outcome: Outcome) -> None:
    """The output is the old one or the new one, or it is refused when it is read."""
    found = job.files()
    if found == job.old:
        outcome.note("old output intact")
    elif found == job.new:
        outcome.note("new output whole")
    else:
        result = subprocess.run(
            [job.command, "inspect", job.output / "m.xml"],
            check=False,
            capture_output=True,
            text=True,
        )
        assert result.returncode == 3, "two halves that were taken for one model"
        assert "is not the file that was saved with it" in result.stderr
        outcome.note("halves of two saves, refused when read")


@fault
def kill_at_random(work: Path, rounds: int) -> Outcome:
    """SIGKILL during calibration and saving; the next run ends in the same bytes."""
    job, outcome = Job(work), Outcome()
    for moment in moments(rounds, job.seconds):
        job.restore_old()
        process = job.start()
        try:
            process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        one_of_two(job, outcome)
        job.run(check=True)
        assert job.files() == job.new
        assert job.left_over() == []
    return outcome


@fault
def kill_accuracy_control(work: Path, rounds: int) -> Outcome:
    """SIGKILL while layers are put back one after another; the next run goes on from the state and
    ends in the bytes of a run that was not killed."""
    job, outcome = Job(work, samples=200), Outcome()
    state = work / "state.json"
    options = ["--accuracy-control", "--validation-data", str(job.input / "data.npy")]
    options += ["--max-drop", "0", "--state", str(state)]
    begin = time.perf_counter()
    job.run(*options, check=True)
    seconds = time.perf_counter() - begin
    job.new = job.files()
    whole = json.loads(state.read_text())
    for moment in moments(rounds, seconds):
        job.restore_old()
        state.unlink(missing_ok=True)
        process = job.start(*options)
        try:
            process.communicate(timeout=moment)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        one_of_two(job, outcome)
        if state.exists():
            known = json.loads(state.read_text())
            outcome.counts["with a state"] = outcome.counts.get("with a state", 0) + 1
            assert known.keys() == whole.keys(), "a state that was half written"
        job.run(*options, check=True)
        assert job.files() == job.new
        assert job.left_over() == []
    return outcome


@fault
def kill_at_each_rename(work: Path, rounds: int) -> Outcome:
    """SIGKILL at the moments that chance never meets: before the first rename, and between two."""
    if shutil.which("strace") is None:
        raise Skipped("strace is not installed")
    job, outcome = Job(work), Outcome()
    for call in (1, 2):
        job.restore_old()
        job.run(
            prefix=[
                "strace",
                "-f",
                "-qq",
                "-o",
                "/dev/null",
                "-e",
                "trace=rename",
                "-e",
                f"inject=rename:signal=KILL:when={call}",
            ]
        )
        one_of_two(job, outcome)
        job.run(check=True)
        assert job.files() == job.new
        assert job.left_over() == []
    assert outcome.counts.get("halves of two saves, refused when read") == 1, outcome.counts
    return outcome


@fault
def disk_full(work: Path, rounds: int) -> Outcome:
    """The output's disk has less room than the output."""
    job, outcome = Job(work), Outcome()
    disk = work / "disk"
    disk.mkdir()
    needed = sum(map(len, job.new.values()))
    for i in range(rounds):
        size = max(4096, needed * i // rounds // 4096 * 4096)
        # The old output's place is taken too: it must be there afterwards.
        script = (
            f'mount -t tmpfs -o size={size} tmpfs "{disk}" && "$@"; status=$?; '
            f'ls "{disk}" >&2; exit $status'
        )
        prefix = [*in_namespace("true")[:-3], "-c", script, "sh"]
        result = job.run(prefix=prefix, output=disk)
        job.check_error(result, 6, str(disk), "No space left on device", "has room")
        assert "tmp-" not in result.stderr, "a half-written file was left"
        outcome.note("refused, nothing left")
    return outcome


@fault
def read_only_folder(work: Path, rounds: int) -> Outcome:
    """The output's folder cannot be written; this is told before the work begins."""
    job, outcome = Job(work), Outcome()
    job.restore_old()
    mount = f'mount --bind "{job.output}" "{job.output}" && mount -o remount,bind,ro "{job.output}"'
    result = job.run(prefix=in_namespace(mount))
    job.check_error(result, 6, str(job.output), "Read-only file system")
    assert job.files() == job.old
    outcome.note("refused, old output intact")
    return outcome


@fault
def inputs_vanish(work: Path, rounds: int) -> Outcome:
    """The model or the data is removed, truncated in place or replaced during the run."""
    job, outcome = Job(work), Outcome()
    names = ("model.bin", "data.npy", "model.xml")
    changes = {
        "removed": Path.unlink,
        "truncated": lambda path: path.open("r+b").truncate(path.stat().st_size // 2),
        "replaced": lambda path: (
            (path.with_suffix(".new").write_bytes(b"x" * 50))
            and path.with_suffix(".new").replace(path)
        ),
    }
    for i, moment in enumerate(moments(rounds, job.seconds)):
        name, (what, change) = names[i % 3], list(changes.items())[i // 3 % 3]
        job.restore_inputs()
        job.restore_old()
        process = job.start()
        time.sleep(moment)
        change(job.input / name)
        _, text = process.communicate(timeout=60)
        if process.returncode == 0:
            # Truncated data may have been read as zeros up to the end of a page: an output that is
            # neither old nor new would be a lie.
            assert job.files() == job.new, f"{name} {what}: another result, without a word"
            outcome.note("finished with the right bytes")
        else:
            assert process.returncode in (3, 4, 5), (name, what, process.returncode, text)
            assert job.files() == job.old, f"{name} {what}"
            assert "octet: " in text, text
            outcome.note("clean error, old output intact")
    return outcome


def cannot_start(job: Job, limit: int) -> bool:
    """Whether even `octet --version` fails under this limit, which it does now and then near the
    least that the loader needs."""
    return any(
        subprocess.run(
            [job.command, "--version"],
            check=False,
            capture_output=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
        ).returncode
        for _ in range(3)
    )


@fault
def memory_runs_out(work: Path, rounds: int) -> Outcome:
    """Less address space than the job needs."""
    job, outcome = Job(work), Outcome()
    lowest, highest = 10, 400
    for i in range(rounds):
        limit = (lowest + (highest - lowest) * i // max(1, rounds - 1)) << 20
        job.restore_old()
        result = job.run(
            preexec_fn=lambda limit=limit: resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        )
        if result.returncode == 0:
            assert job.files() == job.new
            outcome.note("enough")
            continue
        assert job.files() == job.old
        if result.returncode != 8 and cannot_start(job, limit):
            # The system's loader ends it, before any of our code runs.
            outcome.note("too little to start a program")
            continue
        job.check_error(result, 8, "memory")
        outcome.note("clean error, old output intact")
    return outcome


@fault
def crashes_ask_for_a_report(work: Path, rounds: int) -> Outcome:
    """A signal that a defect of ours would raise."""
    job, outcome = Job(work), Outcome()
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGFPE, signal.SIGILL):
        job.restore_old()
        process = subprocess.Popen(
            [job.command, "benchmark", job.input / "model.xml", "--seconds", "60"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(max(0.5, job.seconds))
        process.send_signal(number)
        _, text = process.communicate(timeout=60)
        assert process.returncode == -number, (process.returncode, text)
        assert "Please report it" in text, text
        assert f"benchmark {job.input / 'model.xml'}" in text
        outcome.note("reported with its command")
    return outcome


@fault
def two_write_one_output(work: Path, rounds: int) -> Outcome:
    """Several processes save to the same place at once: one of them wins, whole."""
    job, outcome = Job(work), Outcome()
    for _ in range(max(1, rounds // 10)):
        processes = [job.start() for _ in range(3)]
        for process in processes:
            _, text = process.communicate(timeout=120)
            assert process.returncode == 0, text
            outcome.note("finished")
        assert job.files() == job.new
        assert job.left_over() == []
    return outcome


@fault
def threads_of_one_process(work: Path, rounds: int) -> Outcome:
    """Quantizations in several threads give what each gives alone."""
    import octet
    from command_inputs import convolutions

    data = np.random.default_rng(3).normal(0, 1, (50, 1, 3, 16, 16)).astype(np.float32)
    scales = [0.5, 1.0, 2.0]

    def recipe(scale: float) -> str:
        return str(octet.quantize_to_openvino(convolutions(scale), list(data)).recipe)

    alone = [recipe(scale) for scale in scales]
    outcome = Outcome()
    found: list[str | None] = [None] * len(scales)

    def work_on(index: int) -> None:
        found[index] = recipe(scales[index])

    for _ in range(max(1, rounds // 3)):
        found[:] = [None] * len(scales)
        threads = [threading.Thread(target=work_on, args=(i,)) for i in range(len(scales))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found == alone
        for _ in scales:
            outcome.note("same bytes as alone")
    return outcome


CACHED = """
    import hashlib, sys
    import octet.torch
    import torch

    torch.manual_seed(1)
    net = torch.nn.Sequential(
        torch.nn.Conv2d(3, 16, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.LazyLinear(10)
    ).eval()
    x = torch.rand(2, 3, 16, 16)
    with torch.no_grad():
        net(x)
        result = torch.compile(net, backend="octet", options={"cache_dir": sys.argv[1]})(x)
    print(hashlib.sha256(result.numpy().tobytes()).hexdigest())
"""


@fault
def processes_share_a_cache(work: Path, rounds: int) -> Outcome:
    """Several processes with one `cache_dir` at once, one of which is killed; then with files of
    the cache cut in two, as a full disk leaves them: all others give what one alone gives."""
    try:
        import torch  # noqa: F401
    except ImportError:
        raise Skipped("torch is not installed") from None
    outcome = Outcome()

    def start(folder: Path) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(CACHED), folder],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
        )

    def answer(process: subprocess.Popen) -> str:
        out, text = process.communicate(timeout=300)
        assert process.returncode == 0, text
        return out

    begin = time.perf_counter()
    alone = answer(start(work / "alone"))
    seconds = time.perf_counter() - begin
    for i, moment in enumerate(moments(max(1, rounds // 10), seconds)):
        folder = work / f"shared{i}"
        processes = [start(folder) for _ in range(3)]
        time.sleep(moment)
        processes[0].kill()
        processes[0].communicate()
        assert [answer(process) for process in processes[1:]] == [alone, alone]
        outcome.note("same as alone, beside one that was killed")
        for blob in folder.iterdir():
            with blob.open("r+b") as file:
                file.truncate(blob.stat().st_size // 2)
        assert answer(start(folder)) == alone
        outcome.note("same as alone, with half files in the cache")
    return outcome


MANY = """
    import gc, json, sys
    import numpy as np
    import octet
    from command_inputs import convolutions

    def resident():
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith("VmRSS"):
                    return int(line.split()[1])

    class Bad(Exception):
        pass

    def broken(samples):
        yield from samples[:5]
        raise Bad

    model = convolutions()
    samples = list(np.random.default_rng(3).normal(0, 1, (20, 1, 3, 16, 16)).astype("f4"))
    rounds, sizes = int(sys.argv[1]), []
    for i in range(rounds):
        octet.quantize(model, samples)
        try:
            octet.quantize(model, broken(samples))
        except octet.Error:
            pass
        gc.collect()
        sizes.append(resident())
    print(json.dumps(sizes))
"""


@fault
def many_in_one_process(work: Path, rounds: int) -> Outcome:
    """Twice as many quantizations as rounds, half of them with a dataset that raises: memory stays
    where it was after the first quarter."""
    outcome = Outcome()
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(MANY), str(rounds)],
        check=False,
        capture_output=True,
        text=True,
        env=environment(),
    )
    assert result.returncode == 0, result.stderr
    sizes = json.loads(result.stdout.splitlines()[-1])
    settled = max(sizes[: max(1, rounds // 4)])
    growth = max(sizes) - settled
    # A leak of a model (60 KB of weights) at each round would be megabytes. With few rounds the
    # allocator's arenas still grow.
    allowed = 4096 if rounds >= 100 else 16384
    assert growth < allowed, f"{growth} KiB more, from {settled} KiB: {sizes}"
    for _ in range(2 * rounds):
        outcome.note("quantized or refused")
    outcome.counts[f"KiB grown from {settled}"] = max(0, growth)
    return outcome


LARGE = """
    import resource, sys
    import torch

    class Net(torch.nn.Module):
        def __init__(self, layers):
            super().__init__()
            self.layers = torch.nn.ModuleList(torch.nn.Linear(4096, 4096) for _ in range(layers))

        def forward(self, x):
            for layer in self.layers:
                x = torch.relu(layer(x))
            return x

    net = Net(int(sys.argv[2])).eval()
    torch.export.save(torch.export.export(net, (torch.zeros(1, 4096),)), sys.argv[1])
"""


@fault
def large_model(work: Path, rounds: int) -> Outcome:
    """A .pt2 of random weights, of 64 MiB a round up to 3 GiB: read, quantized and saved in less
    than three times its size of memory."""
    try:
        import torch  # noqa: F401
    except ImportError:
        raise Skipped("torch is not installed") from None
    work.mkdir(parents=True)
    layers = min(48, max(4, rounds // 2))
    path = work / "large.pt2"
    subprocess.run([sys.executable, "-c", textwrap.dedent(LARGE), path, str(layers)], check=True)
    np.save(work / "data.npy", np.random.default_rng(1).normal(0, 1, (4, 4096)).astype("f4"))
    job = Job(work / "job")
    with (work / "stderr").open("w+") as stderr:
        process = subprocess.Popen(
            [job.command, "quantize", path, "--data", work / "data.npy", "-o", work / "large.xml"],
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        _, status, usage = os.wait4(process.pid, 0)
        stderr.seek(0)
        assert status == 0, stderr.read()
    peak = usage.ru_maxrss * 1024
    size = path.stat().st_size
    outcome = Outcome()
    outcome.note("quantized")
    outcome.counts["MiB of file"] = size >> 20
    outcome.counts["MiB peak"] = peak >> 20
    # The runtime itself takes some 200 MiB whatever the model.
    assert peak < 3 * size + (256 << 20), str(outcome)
    return outcome
