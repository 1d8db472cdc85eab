"""Runs the command as users do: tests/cases/cli/*.case, and what a line of text cannot say."""

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from command_inputs import TESTS, find_command, write_inputs

COMMAND = find_command()
pytestmark = pytest.mark.skipif(COMMAND is None, reason="the command is not built")
CASES = sorted((TESTS / "cases" / "cli").glob("*.case"))


@pytest.fixture(scope="session")
def inputs(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    write_inputs(folder)
    return folder


def octet(*arguments, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [COMMAND, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
        **options,
    )


def read_case(path: Path) -> list[tuple[str, str]]:
    """`key text` a line; `#` begins a comment."""
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(" ", 1)) if " " in line else (line, "") for line in lines]


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_case(case: Path, inputs: Path, tmp_path: Path):
    """`run` a command (several run in turn; what follows is about the last one): `exit` code, a
    regular expression for `stdout` or `stderr`, `silent` stdout, a `file` that is there, or the
    `only` files that are."""
    rows = read_case(case)
    assert any(key == "exit" for key, _ in rows), "a case that cannot fail"
    result = None
    for key, text in rows:
        if key == "run":
            words = text.replace("{in}", str(inputs)).replace("{out}", str(tmp_path))
            result = octet(*shlex.split(words))
        elif key == "exit":
            assert result.returncode == int(text), result.stderr
        elif key in ("stdout", "stderr"):
            found = getattr(result, key)
            assert re.search(text, found, re.MULTILINE), f"no match for {text!r} in:\n{found}"
        elif key == "silent":
            assert getattr(result, text) == ""
        elif key == "file":
            assert (tmp_path / text).stat().st_size > 0
        elif key == "only":
            assert sorted(path.name for path in tmp_path.iterdir()) == sorted(text.split())
        elif key == "same":
            first, second = (tmp_path / name for name in text.split())
            assert first.read_bytes() == second.read_bytes()
        else:
            raise AssertionError(f"unknown key {key!r}")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_version_and_help_load_no_plugin(tmp_path: Path):
    """What makes a command slow to start is what it loads."""
    for argument in ("--version", "--help"):
        trace = tmp_path / "trace"
        result = subprocess.run(
            ["strace", "-f", "-e", "trace=openat", "-o", trace, COMMAND, argument],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
        )
        assert "octet" in result.stdout
        opened = trace.read_text()
        assert "libopenvino.so" in opened  # what the trace would show
        assert "plugin" not in opened


def commands() -> list[str]:
    help_text = octet("--help").stdout
    return re.findall(r"^  ([a-z]+)  ", help_text.split("Subcommands:")[1], re.MULTILINE)


def test_every_subcommand_has_help_with_examples():
    assert len(commands()) >= 2
    for name in commands():
        result = octet(name, "--help")
        assert result.returncode == 0
        assert "Example" in result.stdout
        assert f"octet {name}" in result.stdout.split("Example")[1]


def test_json_is_json(inputs: Path):
    result = octet("benchmark", inputs / "model.xml", "--seconds", "0.05", "--json")
    assert result.returncode == 0, result.stderr
    model = json.loads(result.stdout)["models"][0]
    assert model["median_ms"] > 0
    assert any(kind["type"] == "Convolution" for kind in model["kinds"])


def test_warnings_stay_out_of_what_is_printed_as_json(inputs: Path, tmp_path: Path):
    output = ["-o", tmp_path / "int8.xml", "--json"]
    result = octet("quantize", inputs / "model.xml", "--data", inputs / "data.npy", *output)
    assert result.returncode == 0, result.stderr
    assert "fewer than the subset size" in result.stderr
    assert json.loads(result.stdout)["verdict"]["level"] == "good"


def test_interrupt_ends_by_the_signal_at_once(inputs: Path):
    for number in (signal.SIGINT, signal.SIGTERM):
        process = subprocess.Popen(
            [COMMAND, "benchmark", inputs / "model.xml", "--seconds", "60"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(1.0)
        process.send_signal(number)
        _, error = process.communicate(timeout=20)  # the benchmark would take a minute
        assert process.returncode == -number
        assert error == "octet: cancelled\n"


def test_a_closed_output_is_an_error(inputs: Path):
    with open("/dev/full", "w") as full:
        result = subprocess.run(
            [COMMAND, "benchmark", inputs / "model.xml", "--seconds", "0.05"],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert result.returncode == 6
    assert "standard output" in result.stderr
