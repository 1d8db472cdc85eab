"""The documentation: its examples run, its generated pages are those that the sources give, its
links lead somewhere, and the site builds without a warning and without anything of others' servers.

Blocks of a page run in their order and share their names: `python` in this process, `console` with
the command in the same folder, `cpp` as CMake compiled it. Lines of `text` behind a block must have
been printed by it, but for the numbers. `sh` holds what a test cannot run, or runs elsewhere: each
line of it has a row in OUTSIDE.
"""

import contextlib
import importlib.util
import io
import logging
import re
import shlex
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from command_inputs import TESTS, find_command

ROOT = TESTS.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
COMMAND = find_command()
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

#: Pages whose examples other tests run, with other data.
ELSEWHERE = {"tutorial.md": "test_tutorial.py"}
#: Lines of `sh` blocks, and what else tells that they are right.
OUTSIDE = {
    r"make [a-z-]+( [A-Z_]+=\S+)*": "the Makefile has the target",
    r"git clone \S+( octet)?": "no address to clone from",
    r"cd \S+": "for the next line",
    r"pip install \.": "test_wheel.py runs on what it gives",
    r"cmake --install build/dev( --prefix \S+)?": "ctest: install, consumer",
    r"python examples/cluster/calibrate_on_dask\.py.*": "needs a cluster",
    r"opt_in_out --opt_out": "a tool of OpenVINO",
    r"octet inspect network\.pt2 --dot \| dot -Tsvg > network\.svg": "needs Graphviz",
}


def blocks(page: Path) -> list[tuple[str, str]]:
    return BLOCK.findall(page.read_text())


def has_examples(page: Path) -> bool:
    languages = {language for language, _ in blocks(page)}
    return str(page.relative_to(DOCS)) not in ELSEWHERE and bool(
        languages & {"python", "console", "cpp"}
    )


@pytest.fixture(scope="module")
def inputs(tmp_path_factory) -> Path:
    for module in ("octet", "torch", "PIL"):
        pytest.importorskip(module)
    from docs_inputs import write_inputs

    folder = tmp_path_factory.mktemp("inputs")
    write_inputs(folder)
    return folder


def run_python(text: str, names: dict, page: Path) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, str(page), "exec"), names)
    return printed.getvalue()


def run_console(text: str) -> str:
    """Runs the lines of the block; `  # exit code N` at the end of one tells how it ends."""
    printed = ""
    for line in text.replace("\\\n", " ").splitlines():
        call, _, ending = line.partition("  # exit code ")
        words = shlex.split(call, comments=True)
        if not words:
            continue
        assert words[0] == "octet", call
        result = subprocess.run(
            [COMMAND, *words[1:]], check=False, capture_output=True, text=True, timeout=120
        )
        assert result.returncode == int(ending or 0), f"{call}\n{result.stderr}"
        printed += result.stdout + result.stderr
    return printed


def run_cpp(page: Path) -> None:
    programs = sorted(ROOT.glob("build/*/tests/docs_examples"))
    if not programs:
        pytest.skip("the C++ examples are not built")
    name = str(page.relative_to(DOCS)).removesuffix(".md")
    subprocess.run([programs[0], name], check=True, timeout=120)


def without_numbers(line: str) -> str:
    """Times, errors and sizes differ from machine to machine."""
    return re.sub(r"-?\d+(\.\d+)?|\binf\b", "#", " ".join(line.split()))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if has_examples(page)], ids=lambda page: page.stem
)
def test_examples_run(page: Path, inputs: Path, tmp_path: Path, monkeypatch):
    if COMMAND is None:
        pytest.skip("the command is not built")
    folder = shutil.copytree(inputs, tmp_path / "work")
    monkeypatch.chdir(folder)
    names = {"__name__": "documentation"}
    printed, ran_cpp = None, False
    logger = logging.getLogger("octet")
    level, handlers = logger.level, list(logger.handlers)
    try:
        for language, text in blocks(page):
            if language == "python":
                printed = run_python(text, names, page)
            elif language == "console":
                printed = run_console(text)
            elif language == "cpp":
                if not ran_cpp:
                    run_cpp(page)
                ran_cpp, printed = True, None
            elif language == "text":
                assert printed is not None, "what printed this?"
                lines = {without_numbers(line) for line in printed.splitlines()}
                for line in text.splitlines():
                    if line.strip() not in ("", "…"):
                        assert without_numbers(line) in lines, f"{line}\nis not in\n{printed}"
    finally:
        logger.setLevel(level)
        logger.handlers[:] = handlers


def test_every_block_is_of_a_kind_that_is_checked():
    for page in [*PAGES, ROOT / "README.md"]:
        for language, text in blocks(page):
            assert language in ("python", "console", "cpp", "cmake", "sh", "text", ""), page
            if language == "sh":
                for line in text.splitlines():
                    assert any(re.fullmatch(known, line) for known in OUTSIDE), (page, line)
            if language == "cmake":  # of the project that ctest builds on the installed library
                assert set(text.splitlines()) <= set(
                    (TESTS / "consumer" / "CMakeLists.txt").read_text().splitlines()
                )


def test_make_targets_exist():
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for page in PAGES:
        commands = "".join(text for language, text in blocks(page) if language == "sh")
        for name in re.findall(r"`make ([a-z-]+)", page.read_text()) + re.findall(
            r"^make ([a-z-]+)", commands, re.MULTILINE
        ):
            assert name in targets, (page, name)


def test_named_files_exist():
    """`tests/cases/scheme` and the like, in code marks."""
    pattern = r"`((?:benchmarks|cmake|docs|examples|fuzz|include|python|src|tests|tools)/[\w/.-]+)`"
    for page in [*PAGES, ROOT / "README.md"]:
        for name in re.findall(pattern, page.read_text()):
            assert (ROOT / name).exists(), (page, name)


def test_links_of_the_readme_lead_somewhere():
    for name in re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / "README.md").read_text()):
        assert (ROOT / name).exists(), name


def test_generated_pages_are_those_of_their_sources():
    if COMMAND is None:
        pytest.skip("the command is not built")
    pytest.importorskip("octet")
    spec = importlib.util.spec_from_file_location("made", ROOT / "tools" / "make_reference.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    for name, text in made.pages(COMMAND).items():
        assert (DOCS / name).read_text() == text, (
            f"{name} is stale: run `python tools/make_reference.py {COMMAND}`, or with --decisions"
        )


def test_options_have_the_same_names_in_cpp():
    import dataclasses

    from octet import options

    header = (ROOT / "include" / "octet" / "options.hpp").read_text()
    for cls in vars(options).values():
        if isinstance(cls, type) and dataclasses.is_dataclass(cls):
            for field in dataclasses.fields(cls):
                name = "advanced" if field.name == "advanced_parameters" else field.name
                assert re.search(rf"\b{name}\b( =|[;,])", header), f"{cls.__name__}.{name}"


class Sources(HTMLParser):
    """What a page would load."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag in ("script", "img", "iframe", "source", "video", "audio") and given.get("src"):
            self.found.append(given["src"])
        if tag == "link" and given.get("href") and given.get("rel") != "canonical":
            self.found.append(given["href"])


def test_the_site_builds_without_warnings_and_loads_nothing_from_elsewhere(tmp_path: Path):
    pytest.importorskip("mkdocs")
    result = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", tmp_path],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert result.returncode == 0, result.stderr
    assert "WARNING" not in result.stderr
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > len(PAGES)  # and a page for what is not found
    for page in pages:
        sources = Sources()
        sources.feed(page.read_text())
        assert sources.found
        for source in sources.found:
            assert not re.match(r"(\w+:)?//", source), (page, source)
            if page.name != "404.html":
                assert (page.parent / source.partition("?")[0]).exists(), (page, source)
    for style in tmp_path.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", style.read_text()), style
