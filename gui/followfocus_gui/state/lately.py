# SPDX-License-Identifier: MIT
"""Values that follow from something frozen, kept until it is another: the needle asks a hundred times a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lately(Generic[T]):
    """One thing, as it was worked out of one desk's state, or one lens."""

    def __init__(self) -> None:
        self._kept: tuple[object, object, T] | None = None

    def of(self, source: object, make: Callable[[], T], way: object = None) -> T:
        """The value that follows from `source`, a frozen thing; `make` works it out, once for this one and this way."""
        # It never changes: that it is the same object is enough to know, and costs nothing.
        if self._kept is None or self._kept[0] is not source or self._kept[1] != way:
            self._kept = source, way, make()
        return self._kept[2]
