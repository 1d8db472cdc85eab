#!/usr/bin/env python3
"""Writes the pages of the documentation that tables and help texts hold: docs/reference, and the
list of decisions.

    python tools/make_reference.py build/dev/octet     all of them; needs an importable octet
    python tools/make_reference.py --decisions         the list of decisions alone

The pages are committed; tests/python/test_docs.py compares.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
import subprocess
import sys
import types
import typing
from collections.abc import Callable
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
MADE = "<!-- Made by tools/make_reference.py: do not edit. -->\n"


def row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def header(*cells: str) -> str:
    return row(*cells) + row(*["---"] * len(cells))


# The command ----------------------------------------------------------------------------------


def help_of(command: Path, *words: str) -> str:
    result = subprocess.run(
        [command, *words, "--help"], check=True, capture_output=True, text=True, timeout=60
    )
    return result.stdout.strip() + "\n"


def subcommands(text: str) -> list[str]:
    return re.findall(r"^  ([a-z]+)  ", text.split("Subcommands:")[1], re.MULTILINE)


def command_page(command: Path) -> str:
    text = help_of(command)
    page = f"# The command\n\n{MADE}\nWhat `octet --help` and `octet COMMAND --help` print.\n"
    page += f"\n```text\n{text}```\n"
    for name in subcommands(text):
        page += f"\n## octet {name}\n\n```text\n{help_of(command, name)}```\n"
    return page


# Options --------------------------------------------------------------------------------------


def described(text: str, section: str) -> dict[str, str]:
    """`name: text` entries of a section of a docstring, which may go on in further lines."""
    found = re.search(rf"{section}:\n((?:[ ]*\S.*\n?|\n(?=[ ]+\w+:))*)", text)
    entries: dict[str, str] = {}
    for line in found[1].splitlines() if found else []:
        if match := re.match(r"\s*(\w+): (.*)", line):
            entries[match[1]] = match[2]
        elif entries:
            entries[next(reversed(entries))] += " " + line.strip()
    return entries


def tables() -> types.ModuleType:
    from octet import options

    return options


def type_text(hint: object) -> str:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return " or ".join(type_text(inner) for inner in typing.get_args(hint))
    if hint is type(None):
        return "None"
    if isinstance(hint, type) and hint.__module__ == tables().__name__:
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    return (
        hint.__name__
        if typing.get_origin(hint) is None
        else str(hint).replace("octet.options.", "")
    )


def default_text(field: dataclasses.Field) -> str:
    if field.default is not dataclasses.MISSING:
        return f"`{str(field.default) if isinstance(field.default, str) else field.default!r}`"
    made = field.default_factory()
    return "each as below" if dataclasses.is_dataclass(made) else f"`{made!r}`"


def first_paragraph(cls: type) -> str:
    return inspect.cleandoc(cls.__doc__).split("\n\n")[0].split("Attributes:")[0].strip()


def parameters_table(cls: type) -> str:
    hints = typing.get_type_hints(cls)
    texts = described(inspect.cleandoc(cls.__doc__), "Attributes")
    table = header("name", "type", "default", "meaning")
    for field in dataclasses.fields(cls):
        table += row(
            f"`{field.name}`", type_text(hints[field.name]), default_text(field), texts[field.name]
        )
    return table


def classes(is_wanted: Callable[[type], bool]) -> list[type]:
    return [
        cls
        for cls in vars(tables()).values()
        if isinstance(cls, type) and cls.__module__ == tables().__name__ and is_wanted(cls)
    ]


def options_page() -> str:
    QuantizeOptions = tables().QuantizeOptions
    page = f"# Options\n\n{MADE}\n"
    page += (
        "The parameters of `octet.quantize`, which `octet.quantize_to_openvino`, `octet.calibrate` "
        "and `octet.quantize_with_accuracy_control` take as well. Every enumeration can be given "
        'as a word, such as `preset="mixed"`, and every group of parameters as a dictionary. A '
        "name that does not exist is an error that names the nearest one.\n\n"
        "In C++ they are the fields of `octet::QuantizeOptions`, with the same names "
        "(`advanced_parameters` is `advanced`). [The command](cli.md) takes the advanced "
        "parameters as JSON with the same names: "
        '`--advanced \'{"smooth_quant_alphas": {"matmul": 0.5}}\'`.\n\n'
    )
    page += parameters_table(QuantizeOptions)
    for cls in classes(dataclasses.is_dataclass):
        if cls is not QuantizeOptions:
            page += f"\n## {cls.__name__}\n\n"
            page += f"{text}\n\n" if (text := first_paragraph(cls)) else ""
            page += parameters_table(cls)
    page += "\n## Estimators by name\n\n"
    page += (
        "`octet.RangeEstimatorParametersSet` holds values for `activations_range_estimator_params` "
        "and `weights_range_estimator_params`.\n\n"
    )
    page += header("name", "lower end: statistics, aggregator", "upper end")
    for name, value in vars(tables().RangeEstimatorParametersSet).items():
        if isinstance(value, tables().RangeEstimatorParameters):
            ends = [
                ", ".join(
                    f"`{word}`" for word in (end.statistics_type, end.aggregator_type) if word
                )
                for end in (value.min, value.max)
            ]
            page += row(f"`{name}`", *ends)
    page += "\n# Words\n"
    for cls in classes(
        lambda cls: issubclass(cls, tables().WordEnum) and cls is not tables().WordEnum
    ):
        words = ", ".join(f"`{member.value}`" for member in cls)
        page += f"\n## {cls.__name__}\n\n{words}\n"
        if cls.__doc__:
            text = re.sub(r"\n\s*\n", "\n\n", inspect.cleandoc(cls.__doc__))
            page += f"\n{text}\n"
    return page


# Errors ---------------------------------------------------------------------------------------


def errors_page() -> str:
    import octet
    from octet import _core

    page = f"# Errors\n\n{MADE}\n"
    page += (
        "An error says where it comes from, what is wrong and what to do: "
        "`[stage] where: problem. remedy`. In Python it is a subclass of `octet.Error` with these "
        "parts as attributes, and its `code`. In C++ it is an `octet::Error`. The command prints "
        "it on standard error and ends with the exit code.\n\n"
        "`include/octet/errors.def` is the table of all.\n\n"
    )
    page += header("code", "exit code", "class in Python", "meaning")
    for code, (exit_code, meaning) in _core.error_codes().items():
        error = octet.errors.make(code, "", "", "")
        page += row(f"`{code}`", str(exit_code), f"`{type(error).__name__}`", meaning)
    page += "\n## Classes\n\n"
    page += header("class", "also caught as", "meaning")
    for name, cls in vars(octet.errors).items():
        if isinstance(cls, type) and issubclass(cls, octet.Error) and cls is not octet.Error:
            others = ", ".join(
                f"`{base.__name__}`"
                for base in cls.__mro__[1:]
                if base.__module__ == "builtins"
                if base not in (object, BaseException, Exception)
            )
            page += row(f"`{name}`", others, " ".join(cls.__doc__.split()))
    page += (
        "\nCtrl-C raises `KeyboardInterrupt` in Python, and ends the command by the signal, so its "
        "exit code 7 is not met there.\n"
    )
    return page


# Decisions ------------------------------------------------------------------------------------


def decisions_page() -> str:
    page = f"# Decisions\n\n{MADE}\n"
    page += "One page each: what was decided, why, and what it measured or gave up.\n\n"
    for path in sorted((DOCS / "decisions").glob("*.md")):
        if path.name != "index.md":
            title = path.read_text().splitlines()[0].removeprefix("# ")
            page += f"- [{title}]({path.name})\n"
    return page


def pages(command: Path) -> dict[str, str]:
    """Text by file name in docs/."""
    return {
        "reference/cli.md": command_page(command),
        "reference/options.md": options_page(),
        "reference/errors.md": errors_page(),
        "decisions/index.md": decisions_page(),
    }


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--decisions":
        made = {"decisions/index.md": decisions_page()}
    else:
        made = pages(Path(sys.argv[1]))
    for name, text in made.items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    main()
