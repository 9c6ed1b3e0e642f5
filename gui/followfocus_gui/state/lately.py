# SPDX-License-Identifier: MIT
"""Values that follow from the desk's state, kept until it changes: the needle asks a hundred times a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from followfocus_gui.state.history import DeskState

T = TypeVar("T")


class Lately(Generic[T]):
    """One thing, as it was worked out of one state."""

    def __init__(self) -> None:
        self._kept: tuple[DeskState, T] | None = None

    def of(self, state: DeskState, make: Callable[[], T]) -> T:
        """The value that follows from `state`; `make` works it out, where that was not done for this very state."""
        # A state never changes: that it is the same object is enough to know, and costs nothing.
        if self._kept is None or self._kept[0] is not state:
            self._kept = state, make()
        return self._kept[1]
