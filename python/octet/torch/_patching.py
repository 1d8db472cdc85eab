"""What other libraries need to be told to leave alone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def disable_patching() -> Iterator[None]:
    """Does nothing: Octet never patches torch. It is here for code that was written for NNCF.

    Usable as a context manager and as a decorator.
    """
    yield
