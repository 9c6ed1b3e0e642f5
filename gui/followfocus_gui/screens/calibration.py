# SPDX-License-Identifier: MIT
"""The guided sequence: infinity, close focus, direction and gear, lash, lens. One step a page, a picture on each.

Everything that moves runs on the unit's worker through the bridge; Esc is STOP and leaves the page as it is.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from followfocus.clock import utc_timestamp
from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.motion.motor import Rig
from followfocus.unit import calibration as steps
from followfocus.unit.calibration import STEPS, Calibration, CalibrationStore, Gear, Step, gear_of
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitInfo, UnitStatus
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.keys import STAYS_ON_STOP
from followfocus_gui.state.jobs import Job
from followfocus_gui.widgets.calibration_pictures import CalibrationPicture
from followfocus_gui.widgets.theme import figure_font

JOG_MS = 120
SLOW_DEG_S, FAST_DEG_S = 6.0, 40.0


class CalibrationDialog(QDialog):
    """One page a step; what was found is kept for the lens when the last is done."""

    calibrated = Signal(object)
    """The Calibration, kept already"""

    def __init__(
        self,
        bridge: UnitBridge,
        lens: LensMap,
        rig: Rig,
        info: UnitInfo | None,
        store: CalibrationStore,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("calibrationDialog")
        self.setWindowTitle("Calibrate")
        self.setProperty(STAYS_ON_STOP, 1)
        self.resize(760, 560)
        self._bridge, self._lens, self._rig, self._info, self._store = bridge, lens, rig, info, store
        self._status = UnitStatus()
        self._at, self._speed = 0, 0.0
        self._span_steps = 0
        self._gear: Gear | None = None
        self._lash_deg = rig.lash_deg
        self._lash_from: float | None = None
        self._job: Job | None = None
        """The work on the unit for this page"""
        self._lash_step = False
        self._build()
        self._jog = QTimer(self)
        self._jog.setInterval(JOG_MS)
        self._jog.timeout.connect(self._keep_jogging)
        bridge.finished.connect(self._finished)
        bridge.failed.connect(self._failed)
        bridge.statusChanged.connect(self._hear)
        bridge.stopped.connect(self._jog.stop)
        self._show()

    # Building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        column = QVBoxLayout(self)
        self._title, self._words = QLabel(self), QLabel(self)
        self._title.setFont(figure_font(24, bold=True))
        self._title.setObjectName("calibrationStep")
        self._words.setFont(figure_font(17))
        self._words.setWordWrap(True)
        self._words.setObjectName("calibrationWords")
        self._picture = CalibrationPicture(self)
        self._serial = QLineEdit(self._lens.serial, self)
        self._serial.setObjectName("calibrationSerial")
        self._serial.setAccessibleName("Serial number of the lens")
        self._serial.setPlaceholderText("serial number of the lens, if it has one")
        self._serial.returnPressed.connect(self.go_on)
        column.addWidget(self._title)
        column.addWidget(self._picture, 1)
        column.addWidget(self._words)
        column.addWidget(self._serial)
        column.addLayout(self._jog_row())
        column.addLayout(self._button_row())

    def _jog_row(self) -> QGridLayout:
        grid = QGridLayout()
        self._jogs = []
        for place, (name, text, says, speed) in enumerate((
            ("jogFastBack", "◀◀", "Turn fast, one way", -FAST_DEG_S),
            ("jogBack", "◀", "Turn slowly, one way", -SLOW_DEG_S),
            ("jogOn", "▶", "Turn slowly, the other way", SLOW_DEG_S),
            ("jogFastOn", "▶▶", "Turn fast, the other way", FAST_DEG_S),
        )):  # fmt: skip
            button = self._button(name, text, says, lambda: None)
            button.pressed.connect(lambda s=speed: self._start_jog(s))
            button.released.connect(self._end_jog)
            self._jogs.append(button)
            grid.addWidget(button, 0, place)
        return grid

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self._back = self._button("calibrationBack", "Back", "The step before", self.back)
        self._skip = self._button("calibrationSkip", "Skip", "Leave this step out", self.skip)
        self._more = self._button("calibrationMore", "", "One step back", self.more)
        self._next = self._button("calibrationNext", "", "Go on", self.go_on)
        self._next.setFont(figure_font(20, bold=True))
        self._stop = self._button("calibrationStop", "STOP", "Stop the ring (Esc)", self._bridge.stop)
        for button, share in ((self._back, 1), (self._skip, 1), (self._more, 2), (self._next, 4), (self._stop, 2)):
            button.setMinimumHeight(60)
            row.addWidget(button, share)
        return row

    def _button(self, name: str, text: str, says: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAccessibleName(says)
        button.setToolTip(says)
        button.setAutoDefault(False)
        button.installEventFilter(self)
        button.clicked.connect(lambda _checked: act())
        return button

    # What is shown ------------------------------------------------------------------------------------------------

    @property
    def step(self) -> Step:
        """The step that is shown."""
        return STEPS[self._at]

    def _show(self, words: str = "") -> None:
        step = self.step
        texts = {
            Step.INFINITY: ("Turn the ring to its ∞ stop", "It is at ∞"),
            Step.CLOSE_FOCUS: ("Turn the ring to its close focus stop", "It is at close focus"),
            Step.GEAR: ("Direction and gear", "Use this"),
            Step.LASH: ("Lash: the play between the gears", "The ring has moved"),
            Step.LENS: ("Keep it for the lens", "Keep"),
        }
        helps = {
            Step.INFINITY: (
                "Hold the arrows (keys ← →, with Shift fast), gently at the end; or turn it by hand with the motor off."
            ),
            Step.CLOSE_FOCUS: "The steps in between say what gear is on the motor, and which way it turns.",
            Step.GEAR: "" if self._gear is None else self._gear.words,
            Step.LASH: "The motor goes to the middle. Press ◀ once more until the ring just moves; then say so.",
            Step.LENS: (
                f"{self._lens.name}: span {abs(self._span_steps)} steps, {self._teeth()} teeth, "
                f"lash {self._lash_deg:.2f}°. Next time it is checked, not measured."
            ),
        }
        title, go = texts[step]
        self._title.setText(f"{self._at + 1} of {len(STEPS)}  {title}")
        self._words.setText(words or helps[step])
        self._next.setText(go)
        self._picture.show_step(step, self._share())
        for button in self._jogs:
            button.setVisible(step in (Step.INFINITY, Step.CLOSE_FOCUS))
        self._more.setVisible(step is Step.LASH)
        self._more.setText("◀ a little")
        self._serial.setVisible(step is Step.LENS)
        self._back.setEnabled(self._at > 0 and self._job is None)
        self._skip.setVisible(step in (Step.GEAR, Step.LASH))
        self._next.setEnabled(self._job is None)
        (self._serial if step is Step.LENS else self._next).setFocus()

    def _teeth(self) -> int:
        return self._gear.teeth if self._gear is not None else self._rig.motor_teeth

    def _share(self) -> float:
        ring_deg = self._status.ring_deg
        if self.step is Step.INFINITY or ring_deg is None:
            return 0.0
        return min(max(ring_deg / self._lens.travel_deg, 0.0), 1.0)

    # The hand -----------------------------------------------------------------------------------------------------

    def _start_jog(self, speed_deg_s: float) -> None:
        self._speed = speed_deg_s
        self._keep_jogging()
        self._jog.start()

    def _keep_jogging(self) -> None:
        speed = self._speed
        self._bridge.ask(Job("jog", lambda unit: unit.jog(speed), by_hand=True))

    def _end_jog(self) -> None:
        self._jog.stop()
        self._bridge.ask(Job("jog", lambda unit: unit.jog(0.0), by_hand=True))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow keys do what the arrows do, whichever button has the focus."""
        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            pressed, released = QEvent.Type.KeyPress, QEvent.Type.KeyRelease
            if event.type() in (pressed, released) and not event.isAutoRepeat():
                self._arrow(event, down=event.type() == pressed)
            return True
        return super().eventFilter(watched, event)

    def _arrow(self, event: QKeyEvent, *, down: bool) -> None:
        sense = 1 if event.key() == Qt.Key.Key_Right else -1
        if self.step in (Step.INFINITY, Step.CLOSE_FOCUS):
            fast = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if down:
                self._start_jog(sense * (FAST_DEG_S if fast else SLOW_DEG_S))
            else:
                self._end_jog()
        elif self.step is Step.LASH and down and sense < 0 and self._job is None:
            self.more()

    def changeEvent(self, event: QEvent) -> None:
        """A key that is let go elsewhere is not told here, so the ring stops when the hand goes elsewhere."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow() and self._jog.isActive():
            self._end_jog()
        super().changeEvent(event)

    # The steps ----------------------------------------------------------------------------------------------------

    def go_on(self) -> None:
        """The step's own button."""
        step = self.step
        if step is Step.INFINITY:
            self._ask(steps.at_infinity)
        elif step is Step.CLOSE_FOCUS:
            self._ask(steps.steps_from_infinity)
        elif step is Step.GEAR:
            rig = self._found_rig()
            self._ask(lambda unit: self._use_gear(unit, rig))
        elif step is Step.LASH:
            self._take_lash()
        else:
            self._keep()

    def _use_gear(self, unit: FollowFocusUnit, rig: Rig) -> float | None:
        steps.at_close_focus(unit, rig, self._lens)
        measured = steps.measured_lash_deg(unit, self._lens)
        if measured is None:
            steps.back_off(unit, self._lens)
        return measured

    def more(self) -> None:
        """A little further back, to see whether the ring follows."""
        if self._lash_from is None:
            self._lash_from = self._status.ring_deg
        self._ask(lambda unit: steps.reverse_by(unit, steps.LASH_STEP_DEG), lash_step=True)

    def _take_lash(self) -> None:
        here = self._status.ring_deg
        if self._lash_from is not None and here is not None:
            self._lash_deg = round(abs(self._lash_from - here), 3)
        self._forward()

    def skip(self) -> None:
        """Leave the step out: what is set stays."""
        if self.step is Step.GEAR:
            self._gear = None
            rig = self._rig
            self._ask(lambda unit: self._use_gear(unit, rig))
        else:
            self._forward()

    def back(self) -> None:
        """The step before."""
        self._at = max(0, self._at - 1)
        self._lash_from = None
        self._show()

    def _found_rig(self) -> Rig:
        if self._gear is None:
            return self._rig
        return dataclasses.replace(self._rig, motor_teeth=self._gear.teeth, direction=self._gear.direction)

    def _keep(self) -> None:
        lens = dataclasses.replace(self._lens, serial=self._serial.text().strip())
        rig = self._found_rig()
        found = Calibration(
            lens.name, lens.serial, "" if self._info is None else self._info.serial, lens.travel_deg,
            abs(self._span_steps), rig.motor_teeth, rig.direction, self._lash_deg, utc_timestamp(),
        )  # fmt: skip
        try:
            self._store.save(lens, found)
        except FollowFocusError as error:
            self._show(f"⚠ {error}")
            return
        self.calibrated.emit(found)
        self.close()

    # News ---------------------------------------------------------------------------------------------------------

    def _ask(self, do: Callable[[FollowFocusUnit], object], *, lash_step: bool = False) -> None:
        self._job, self._lash_step = Job("calibration", do), lash_step
        self._next.setEnabled(False)
        self._bridge.ask(self._job)

    def _finished(self, job: Job, answer: object) -> None:
        if job is not self._job:
            return
        self._job = None
        if self._lash_step:
            self._show()
            return
        if self.step is Step.CLOSE_FOCUS and isinstance(answer, int):
            try:
                self._gear = gear_of(self._rig, self._lens, answer)
            except FollowFocusError as error:
                self._show(f"⚠ {error}")
                return
            self._span_steps = answer
        if self.step is Step.GEAR and isinstance(answer, float):
            self._lash_deg = answer
        self._forward()

    def _forward(self) -> None:
        self._at = min(self._at + 1, len(STEPS) - 1)
        self._show()

    def _failed(self, job: Job, words: str) -> None:
        if job is self._job or job.by_hand:
            self._job = None
            self._show(f"⚠ {words}")

    def _hear(self, status: UnitStatus) -> None:
        self._status = status
        self._picture.show_step(self.step, self._share())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing turns on after the dialog is gone."""
        self._jog.stop()
        self._bridge.stop()
        for signal, slot in (
            (self._bridge.finished, self._finished),
            (self._bridge.failed, self._failed),
            (self._bridge.statusChanged, self._hear),
            (self._bridge.stopped, self._jog.stop),
        ):
            signal.disconnect(slot)
        super().closeEvent(event)
