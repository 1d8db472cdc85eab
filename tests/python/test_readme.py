"""The README's examples, run as a reader would: Python first, then the command on its files."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
from command_inputs import TESTS, find_command

README = TESTS.parent / "README.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(), re.MULTILINE | re.DOTALL)


def test_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("torch")
    pytest.importorskip("octet")
    command = find_command()
    if command is None:
        pytest.skip("the command is not built")
    monkeypatch.chdir(tmp_path)
    assert len(blocks("python")) == 1
    exec(compile(blocks("python")[0], str(README), "exec"), {"__name__": "readme"})
    assert (tmp_path / "network_int8.xml").stat().st_size > 0
    (tmp_path / "network_int8.xml").unlink()

    (commands,) = blocks("console")
    for line in commands.splitlines():
        words = shlex.split(line)
        assert words[0] == "octet"
        result = subprocess.run(
            [command, *words[1:]], check=False, capture_output=True, text=True, timeout=120
        )
        assert result.returncode == 0, result.stderr
        assert result.stdout
    assert_same(tmp_path, "int8", "again")

    # The C++ block, which the build compiles as a program of its own.
    programs = sorted(TESTS.parent.glob("build/*/tests/docs_examples"))
    if not programs:
        pytest.skip("the C++ example is not built")
    subprocess.run([programs[0], "README"], check=True, timeout=120)
    assert_same(tmp_path, "int8", "network_int8")


def assert_same(folder: Path, first: str, second: str) -> None:
    for part in ("xml", "bin"):
        one, other = (folder / f"{name}.{part}" for name in (first, second))
        assert one.read_bytes() == other.read_bytes()


def test_make_targets_exist():
    targets = re.findall(r"^([a-z-]+):.*## ", (TESTS.parent / "Makefile").read_text(), re.MULTILINE)
    named = re.findall(r"\bmake ([a-z-]+)", README.read_text())
    assert named
    for name in named:
        assert name in targets
