"""What the faults share: a small job whose right result is known, and ways to disturb it."""

import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import openvino as ov

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "python"))

from command_inputs import convolutions, find_command


class Skipped(Exception):
    """This machine cannot make the fault; says why."""


@dataclass
class Outcome:
    """How often a fault was made, and what came of it."""

    tried: int = 0
    counts: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.tried += 1
        self.counts[what] = self.counts.get(what, 0) + 1

    def __str__(self) -> str:
        parts = [f"{count} {what}" for what, count in sorted(self.counts.items())]
        return f"{self.tried} tried: {', '.join(parts)}"


class Job:
    """`octet quantize` of a small model, which takes a fraction of a second.

    `old` are the bytes that lie in the output's place before, `new` those that the job writes.
    """

    def __init__(self, folder: Path, samples: int = 400):
        self.folder = folder
        self.input = folder / "in"
        self.output = folder / "out"
        self.input.mkdir(parents=True)
        self.output.mkdir()
        self.command = find_command()
        if self.command is None:
            raise Skipped("the command is not built")
        data = np.random.default_rng(2).normal(0, 1, (samples, 3, 16, 16)).astype(np.float32)
        np.save(self.input / "data.npy", data)
        ov.save_model(convolutions(), self.input / "model.xml", compress_to_fp16=False)
        self.inputs = {path.name: path.read_bytes() for path in self.input.iterdir()}
        self.run("--preset", "performance", check=True)
        self.old = self.files()
        begin = time.perf_counter()
        self.run(check=True)
        self.seconds = time.perf_counter() - begin
        self.new = self.files()
        assert self.old != self.new

    def restore_inputs(self) -> None:
        for name, content in self.inputs.items():
            (self.input / name).write_bytes(content)

    def words(self, *options: str, output: Path | None = None) -> list[str]:
        target = (output or self.output) / "m.xml"
        words = ["quantize", self.input / "model.xml", "--data", self.input / "data.npy"]
        preset = () if "--preset" in options else ("--preset", "mixed")
        return [str(word) for word in (self.command, *words, "-o", target, *preset, *options)]

    def run(self, *options: str, prefix=(), check: bool = False, **how):
        output = how.pop("output", None)
        return subprocess.run(
            [*prefix, *self.words(*options, output=output)],
            check=check,
            capture_output=True,
            text=True,
            timeout=120,
            **how,
        )

    def start(self, *options: str) -> subprocess.Popen:
        return subprocess.Popen(
            self.words(*options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def files(self) -> dict[str, bytes]:
        """The output's two files; what a killed process left beside them is no output."""
        return {
            path.name: path.read_bytes()
            for path in self.output.iterdir()
            if path.name in ("m.xml", "m.bin")
        }

    def left_over(self) -> list[str]:
        return sorted(p.name for p in self.output.iterdir() if p.name not in ("m.xml", "m.bin"))

    def restore_old(self) -> None:
        shutil.rmtree(self.output)
        self.output.mkdir()
        for name, content in self.old.items():
            (self.output / name).write_bytes(content)

    def check_error(self, result, code: int, *words: str) -> None:
        """A clean error: the right exit code, one message that says where and what to do."""
        assert result.returncode == code, (result.returncode, result.stderr)
        assert "Traceback" not in result.stderr
        for word in ("octet: ", *words):
            assert word in result.stderr, (word, result.stderr)


def in_namespace(mounts: str) -> list[str]:
    """A prefix that runs a command after `mounts`, seen by it alone."""
    probe = ["unshare", "--map-root-user", "--mount", "true"]
    if (
        shutil.which("unshare") is None
        or subprocess.run(probe, check=False, capture_output=True).returncode
    ):
        raise Skipped("unshare cannot make a mount namespace here")
    script = mounts + ' && exec "$@"'
    return [*probe[:-1], "sh", "-c", script, "sh"]


def environment() -> dict[str, str]:
    """For a child Python that imports octet from where this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def moments(rounds: int, seconds: float, seed: int = 0) -> list[float]:
    """Moments spread over a run and a little more, each at random in its slice."""
    source = random.Random(seed)
    return [(i + source.random()) / rounds * 1.1 * seconds for i in range(rounds)]
