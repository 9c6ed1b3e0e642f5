# SPDX-License-Identifier: MIT
"""The clock of the shooting view: how far a pull has moved, how long a hold lasts, how long until it starts."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer

from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.state.curve_axis import without_holds
from followfocus_gui.state.loudness import DEAD
from followfocus_gui.widgets.shooting_view import ShootingView

BEFORE_A_TAKE = ("READY", "ARMED", *DEAD)
"""Nothing has run: a time of the take before would be none of this one"""


class ShootingClock:
    """Sets the view's time by the state's word."""

    def __init__(self, session: DeskPlayer, view: ShootingView) -> None:
        self._session, self._view = session, view
        self._held = QElapsedTimer()
        self.whole_s = 0.0
        """How long the curve is, holds for GO included; 0 without one"""

    @property
    def runs(self) -> bool:
        """The seconds of a hold go on by themselves."""
        return self._held.isValid()

    def show_word(self, word: str, left_s: float | None) -> None:
        """How long a hold lasts; the seconds to the start while they are counted."""
        holds = word == "HOLDING"
        if holds and not self._held.isValid():
            self._held.start()
        elif not holds:
            self._held.invalidate()
        if left_s is not None:
            self._view.set_now(clock=(f"{left_s:.1f}", "s to go"))
        elif word in ("LANDED", "SOFT"):
            self._show_time(self.whole_s)
        else:
            self.begin_anew(word)

    def begin_anew(self, word: str) -> None:
        """Nothing has moved yet, where the word says so."""
        if word in BEFORE_A_TAKE:
            self._show_time(0.0)

    def show_moving(self, at_s: float) -> str:
        """A moment of the pull that plays; the same in words."""
        self._show_time(at_s)
        return " ".join(self._moved(at_s))

    def tick(self) -> None:
        """A hold goes on."""
        if self._held.isValid():
            seconds = self._held.elapsed() // 1000
            self._view.set_now(clock=(f"{seconds // 60}:{seconds % 60:02d}", "held"))

    def _show_time(self, at_s: float) -> None:
        self._view.set_now(at_s=at_s, clock=self._moved(at_s))

    def _moved(self, at_s: float) -> tuple[str, str]:
        """How far it has moved, and how far it will; holds for GO are no part of either."""
        plans, whole_s = self._session.desk.plans(), self.whole_s or at_s
        seen, whole = (without_holds(plans, moment_s) for moment_s in (min(at_s, whole_s), whole_s))
        return f"{seen:.2f}", f"of {whole:.2f} s"
