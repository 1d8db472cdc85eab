"""Helpers for names that users type: enumerations, parameters and their spelling."""

from __future__ import annotations

import enum
import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from octet import _core
from octet.errors import UnknownParameterError, usage

F = TypeVar("F", bound=Callable[..., Any])


def did_you_mean(word: str, known: list[str]) -> str:
    return f"Did you mean '{_core.nearest(word, known, 1)[0]}'?"


class WordEnum(enum.StrEnum):
    """An enumeration whose members can be given as words, in any case, or by their names."""

    @classmethod
    def _missing_(cls, value: object) -> WordEnum:
        known = [member.value for member in cls]
        if not isinstance(value, str):
            raise usage(cls.__name__, f"{value!r} is none of {', '.join(known)}")
        word = value.lower().replace("-", "_")
        word = cls._other_words().get(word, word)
        for member in cls:
            if member.value == word:
                return member
        raise usage(
            cls.__name__, f"'{value}' is none of {', '.join(known)}", did_you_mean(word, known)
        )

    @classmethod
    def _other_words(cls) -> dict[str, str]:
        """Other spellings that are understood."""
        return {}


def check_keywords(function: F) -> F:
    """Makes a keyword that `function` does not have an error that names the nearest one."""
    known = [
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if name != "self" and parameter.kind is not inspect.Parameter.POSITIONAL_ONLY
    ]
    owner = function.__qualname__.removesuffix(".__init__")

    @functools.wraps(function)
    def checked(*args: Any, **keywords: Any) -> Any:
        for name in keywords:
            if name not in known:
                raise UnknownParameterError(
                    "invalid_argument",
                    "api",
                    owner,
                    f"there is no parameter '{name}'",
                    did_you_mean(name, known),
                )
        return function(*args, **keywords)

    return checked  # type: ignore[return-value]
