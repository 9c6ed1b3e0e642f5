# SPDX-License-Identifier: MIT
"""“Turn a quarter”: the ring turns 90° towards close; what is seen of it says whether gear and direction are right."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from followfocus.errors import FollowFocusError, RequestError
from followfocus.lens.map import LensMap
from followfocus.motion.motor import Rig
from followfocus.motion.presets import QUARTER_DEG, QuarterTurn, quarter_turn
from followfocus.unit.calibration import resting_status
from followfocus.unit.unit import FollowFocusUnit
from followfocus.units import parse_angle
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.state.jobs import Job
from followfocus_gui.widgets.parts import PanelBox, Words, button, line
from followfocus_gui.widgets.scale import measured

SPEED_DEG_S = 45.0
IDLE = "The ring turns a quarter towards close. Watch which way, and how far."


class QuarterRow(PanelBox):
    """The button, the question afterwards, and the verdict on the answer."""

    found = Signal(int, int)
    """(teeth, direction) that are to be used"""

    def __init__(
        self, bridge: UnitBridge, rig: Callable[[], Rig], lens: LensMap, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, "quarterRow")
        self._bridge, self._rig, self._lens = bridge, rig, lens
        self._job: Job | None = None
        self._asked_deg = QUARTER_DEG
        self._turn: QuarterTurn | None = None
        row = QHBoxLayout(self)
        measured(row.setContentsMargins, 16, 8, 8, 8)
        measured(row.setSpacing, 8)
        self.words = Words(IDLE, self, px=14)
        self.words.setObjectName("quarterWords")
        self.words.setWordWrap(True)
        row.addWidget(self.words, 1)
        self._seen = line(self, "quarterSeen", "Degrees that it turned towards close", hint="it turned …°")
        measured(self._seen.setMaximumWidth, 130)
        self._seen.returnPressed.connect(self._say_seen)
        self._yes = button(self, "quarterYes", "A quarter", "It turned a quarter towards close", self._say_quarter)
        self._back = button(self, "quarterBack", "The other way", "It turned a quarter towards ∞", self._say_back)
        self._none = button(self, "quarterNone", "Not at all", "It did not turn", self._say_none)
        self._use = button(self, "quarterUse", "Use it", "Set gear and direction so", self._use_it)
        self.go = button(self, "turnQuarter", "Turn a quarter", "Turn the ring by 90° and look", self.turn)
        for widget in (self._seen, self._yes, self._back, self._none, self._use, self.go):
            row.addWidget(widget)
        self._ask(on=False)
        self._use.hide()
        bridge.finished.connect(self._finished)
        bridge.failed.connect(self._failed)

    def _ask(self, *, on: bool) -> None:
        for widget in (self._seen, self._yes, self._back, self._none):
            widget.setVisible(on)

    def turn(self) -> None:
        """Turn the ring; towards ∞ where close has no room."""
        lens, use = self._lens, self._use
        use.hide()
        self._ask(on=False)
        self.words.setText("Turning …")
        self._job = Job("quarter turn", lambda unit: _turned(unit, lens))
        self._bridge.ask(self._job)

    def _finished(self, job: Job, answer: object) -> None:
        if job is not self._job or not isinstance(answer, tuple):
            return
        self._job = None
        self._asked_deg, seen_deg = answer
        if seen_deg is not None:
            self._conclude(seen_deg)
            return
        way = "close" if self._asked_deg > 0 else "∞"
        self.words.setText(f"Asked for {abs(self._asked_deg):z.0f}° towards {way}. What did the ring do?")
        self._ask(on=True)
        self._seen.setFocus()

    def _failed(self, job: Job, words: str) -> None:
        if job is self._job:
            self._job = None
            self.words.setText(words)

    def _say_quarter(self) -> None:
        self._conclude(self._asked_deg)

    def _say_back(self) -> None:
        self._conclude(-self._asked_deg)

    def _say_none(self) -> None:
        self._conclude(0.0)

    def _say_seen(self) -> None:
        try:
            seen = parse_angle(self._seen.text())
        except FollowFocusError as error:
            self.words.setText(str(error))
            return
        self._conclude(seen if self._asked_deg > 0 else -seen)

    def _conclude(self, seen_deg: float) -> None:
        """Say how the turn went, and offer to set right what can be."""
        self._ask(on=False)
        try:
            turn = self._turn = quarter_turn(self._rig(), self._asked_deg, seen_deg)
        except FollowFocusError as error:
            self.words.setText(str(error))
            return
        self.words.setText(turn.words)
        self.words.set_tone("good" if turn.right else "warn")
        self._use.setVisible(turn.turned and not turn.right)

    def _use_it(self) -> None:
        self._use.hide()
        if self._turn is not None:
            self.found.emit(self._turn.motor_teeth, self._turn.direction)
            self.words.setText("Set so. The ring's place has to be said anew.")

    def leave(self) -> None:
        """The screen goes: a turn under way ends."""
        if self._job is not None:
            self._bridge.stop()
        self._bridge.finished.disconnect(self._finished)
        self._bridge.failed.disconnect(self._failed)


def _turned(unit: FollowFocusUnit, lens: LensMap) -> tuple[float, float | None]:
    """Turn by a quarter where there is room: (degrees asked for, degrees that were seen, None where nobody saw)."""
    here = resting_status(unit).ring_deg
    if here is None:
        raise RequestError("Where the ring stands isn't known.", "Calibrate: that finds the gear too.")
    room = min(QUARTER_DEG, lens.travel_deg - here), -min(QUARTER_DEG, here)
    asked = max(room, key=abs)
    before = None if unit.witness is None else unit.witness()
    unit.goto_deg(here + asked, SPEED_DEG_S)
    if before is None or unit.witness is None:
        return asked, None
    unit.link.sleep(0.1)
    return asked, unit.witness() - before
