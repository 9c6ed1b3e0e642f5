# SPDX-License-Identifier: MIT
"""The editable part of the desk, and the way back through its edits."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

from followfocus.show.show import Show

# States share what they have in common, so many of them cost little.
MOST_UNDO = 500


@dataclass(frozen=True, slots=True)
class DeskState:
    """Everything that can be edited and undone: the show, and where in it the desk is."""

    show: Show
    cue: int = 0
    selected: int = 0
    turned: bool = False
    """Played the other way round, as every second take of a there-and-back rehearsal"""


@dataclass(slots=True)
class History:
    """States to go back to, and those that were taken back. While a handle is dragged all edits are one."""

    dragging: bool = False
    _undo: list[DeskState] = field(default_factory=list)
    _redo: list[DeskState] = field(default_factory=list)
    _dragged: bool = False

    def leave(self, state: DeskState) -> None:
        """An edit leads away from a state."""
        # The state before the drag is kept, those within it aren't: one Ctrl-Z takes the whole drag back.
        if not (self.dragging and self._dragged):
            self._undo.append(state)
        self._dragged = self.dragging
        del self._undo[:-MOST_UNDO]
        self._redo.clear()

    def clear(self) -> None:
        """Nothing leads back to another show: the one before belongs in another file."""
        self._undo.clear()
        self._redo.clear()

    def drag(self, *, on: bool) -> None:
        """A handle is taken or let go."""
        self.dragging, self._dragged = on, False

    def back(self, now: DeskState) -> DeskState | None:
        """The state before the last edit; None where there is none."""
        return _swapped(now, self._undo, self._redo)

    def forward(self, now: DeskState) -> DeskState | None:
        """The state that was taken back last; None where there is none."""
        return _swapped(now, self._redo, self._undo)


def _swapped(now: DeskState, source: list[DeskState], target: list[DeskState]) -> DeskState | None:
    if not source:
        return None
    then = source.pop()
    target.append(now)
    slate = then.show.slate
    if slate.shot == now.show.slate.shot:  # takes that were shot stay shot
        slate = dataclasses.replace(slate, take=now.show.slate.take)
    # How it is shown is no edit: who takes a mark back at night must not get a white screen with it.
    show = dataclasses.replace(then.show, slate=slate, preferences=now.show.preferences)
    return dataclasses.replace(then, show=show)
