"""Parameters as plain dictionaries, as the extension takes them. Checks every field's type."""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from octet.errors import usage

_NUMBERS = {int: "a whole number", float: "a number", bool: "True or False", str: "text"}


@functools.cache
def _fields(cls: type) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def plain(value: Any, wanted: Any, where: str) -> Any:
    """`value` of the annotated type `wanted` as dictionaries, lists, words and numbers.

    `where` names it in errors, such as "advanced_parameters.overflow_fix".
    """
    if typing.get_origin(wanted) in (types.UnionType, typing.Union):
        inner = next(t for t in typing.get_args(wanted) if t is not type(None))
        # A dataclass that is left out has its fields' defaults.
        if value is None:
            return plain(inner(), inner, where) if dataclasses.is_dataclass(inner) else None
        return plain(value, inner, where)
    if dataclasses.is_dataclass(wanted):
        return _plain_parameters(value, wanted, where)
    if typing.get_origin(wanted) is list:
        (inner,) = typing.get_args(wanted)
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise usage(where, f"{value!r} is no list", f"Write [{value!r}]")
        return [plain(item, inner, f"{where}[{i}]") for i, item in enumerate(value)]
    if typing.get_origin(wanted) is dict:
        if not isinstance(value, Mapping):
            raise usage(where, f"{value!r} is no dictionary")
        return {str(key): str(item) for key, item in value.items()}
    if issubclass(wanted, enum.Enum):
        return _plain_word(value, wanted, where)
    return _plain_scalar(value, wanted, where)


def _plain_parameters(value: Any, wanted: Any, where: str) -> dict[str, Any]:
    if isinstance(value, Mapping):
        value = wanted(**value)
    if not isinstance(value, wanted):
        raise usage(where, f"{value!r} is no octet.{wanted.__name__}")
    prefix = f"{where}." if where else ""
    return {
        name: plain(getattr(value, name), hint, prefix + name)
        for name, hint in _fields(wanted).items()
    }


def _plain_word(value: Any, wanted: Any, where: str) -> str:
    # A member of the peer's enumeration is understood by its value.
    if isinstance(value, enum.Enum) and not isinstance(value, wanted):
        value = value.value
    try:
        return wanted(value).value
    except ValueError as error:
        raise usage(where, error.problem, error.remedy) from None  # type: ignore[attr-defined]


def _plain_scalar(value: Any, wanted: type, where: str) -> Any:
    number = value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value
    allowed = (int, float) if wanted is float else wanted
    if not isinstance(number, allowed) or (isinstance(number, bool) and wanted is not bool):
        raise usage(where, f"{value!r} is not {_NUMBERS[wanted]}")
    if wanted is int and number < 0:
        raise usage(where, f"{value!r} is negative")
    if wanted is float and number != number:
        raise usage(where, "it is not a number (NaN)")
    return wanted(number)
