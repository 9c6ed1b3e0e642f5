# SPDX-License-Identifier: MIT
"""The desk's state line, and its ingredients besides the stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from followfocus.stage.state import Stage
from followfocus.stage.stateline import Seen, StateLine, state_line
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.plain_words import Objection, aside_of, other_unit, warning_of


@dataclass(slots=True)
class DeskLine:
    """How things stand at a desk, for a person to read.

    `connection` is connected, connecting, lost or none; `port` that of the unit there is; `unanswered`: STOP was given,
    and the unit has not been heard at rest since; `left_s` are the seconds of a countdown, as last shown; `hint` is
    what may be done next when nothing is wrong; `outside`: GO from outside is allowed.
    """

    desk: Desk
    connection: str = "connecting"
    port: str = ""
    unanswered: bool = False
    left_s: float | None = None
    hint: Callable[[], str] = lambda: ""
    outside: bool = False
    warning: Objection = field(default_factory=Objection)
    """The objection to shooting the pull that stands by"""
    _aside: str = ""
    _said: str = ""

    def look(self) -> None:
        """Look at the pull again: it may be another."""
        self._aside = aside_of(self.desk)
        self.warning = warning_of(self.desk)
        # What can't be shot comes before what only should be looked at: there is one line.
        if not self.warning.words:
            self.warning = other_unit(self.desk, self.port)

    def of(self, stage: Stage) -> StateLine:
        """How things stand, in one line."""
        return state_line(
            stage,
            Seen(
                unanswered=self.unanswered,
                connection=self.connection,
                warning=self.warning.words,
                hint=self.hint(),
                aside=self._aside,
                left_s=self.left_s,
                show=self.desk.distance_text,
                outside=self.outside,
            ),
        )

    def news(self, stage: Stage, *, anew: bool = False) -> tuple[str, bool] | None:
        """The sentence if it has changed, and whether it is about trouble; with `anew` in any case."""
        line, note = self.of(stage), stage.note
        # A refusal that stands beside something more urgent is in the aside: that it changed is news all the same.
        words = f"{line.words} {line.aside}".strip() if note.trouble else line.words
        if words == self._said and not anew:
            return None
        self._said = words
        return words, note.trouble or line.trouble
