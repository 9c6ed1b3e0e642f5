"""The window: the disk, the curve, the marks, the transport and the takes, and the keys that drive them.

Intent goes from widgets to the desk and the unit; what the unit says comes back and is shown. Esc is STOP from
anywhere, Space is GO anywhere but in a field that is being typed in.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from followfocus.errors import FollowFocusError
from followfocus.evidence import UnitInfo, UnitStatus
from followfocus.lens import lens_names
from followfocus.messages import State
from followfocus.plan import Plan
from followfocus.shoot import load, ready, shoot
from followfocus.takes import Take
from followfocus.unit import FollowFocusUnit
from followfocus_gui import theme
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.desk import Desk, letter, state_word
from followfocus_gui.mark_strip import MarkStrip
from followfocus_gui.motion_plot import MotionPlot
from followfocus_gui.pull_editor import PullEditor
from followfocus_gui.readouts import Readouts
from followfocus_gui.ring_disk import RingDisk
from followfocus_gui.take_table import TakeTable
from followfocus_gui.transport import Transport

FRAME_MS = 33
FOLLOW_DEG_S = 180.0
MOVING = (State.MOVING, State.PLAYING, State.STOPPING)
THEMES: tuple[theme.ThemeName, ...] = ("dark", "red", "bright")


class DeskWindow(QMainWindow):
    """The desk on a unit."""

    def __init__(self, desk: Desk, bridge: UnitBridge, log: Callable[[Take, str], None]) -> None:
        super().__init__()
        self.setWindowTitle("followfocus")
        self.resize(1280, 800)
        self._desk, self._bridge, self._log = desk, bridge, log
        self._status = UnitStatus()
        self._target_deg: float | None = None
        self._landing_deg: float | None = None
        self._loaded: Plan | None = None
        self._busy = ""
        self._build()
        self._wire()
        self._shortcuts()
        self._frames = QTimer(self)
        self._frames.setInterval(FRAME_MS)
        self._frames.timeout.connect(self._show_status)
        self._frames.start()
        application = QApplication.instance()
        assert application is not None
        application.installEventFilter(self)
        self.refresh()

    # Building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.readouts, self.disk, self.curve = Readouts(self), RingDisk(self), MotionPlot(self)
        self.strip, self.editor = MarkStrip(self), PullEditor(self)
        self.transport, self.table = Transport(self), TakeTable(self)
        self._says = QLabel(self)
        self._says.setObjectName("message")
        self._says.setAccessibleName(self.tr("What just happened"))
        self._says.setWordWrap(True)
        central = QWidget(self)
        column = QVBoxLayout(central)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        column.addLayout(self._top_line())
        middle = QHBoxLayout()
        middle.addWidget(self.disk, 4)
        middle.addWidget(self.curve, 7)
        column.addLayout(middle, 1)
        for widget in (self.strip, self.editor, self.transport, self._says, self.table):
            column.addWidget(widget)
        self.table.setMaximumHeight(130)
        self.setCentralWidget(central)

    def _top_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.addWidget(self.readouts, 1)
        self._lens = QComboBox(self)
        self._lens.setObjectName("lens")
        self._lens.setAccessibleName(self.tr("Lens"))
        self._lens.addItems(list(lens_names()))
        self._lens.setCurrentText(self._desk.state.lens.name)
        self._connection = QLabel(self.tr("connecting …"), self)
        self._connection.setObjectName("connection")
        self._connection.setAccessibleName(self.tr("Connection"))
        self._lens.setFixedWidth(190)
        self._theme = QPushButton(self.tr("theme"), self)
        self._theme.setObjectName("theme")
        self._theme.setAccessibleName(self.tr("Next theme: dark, red for night, bright for sun"))
        for widget in (self._lens, self._connection, self._theme):
            line.addWidget(widget)
        return line

    def _wire(self) -> None:
        b = self._bridge
        b.statusChanged.connect(self._take_status)
        b.connected.connect(self._greet)
        b.failed.connect(self._fail)
        b.finished.connect(self._finish)
        b.progressed.connect(self._progress)
        self.disk.targetRequested.connect(self._turn)
        self.disk.markDragged.connect(lambda i, deg: self._edit(lambda: self._desk.edit_mark(i, ring_deg=deg)))
        self.disk.markSelected.connect(lambda i: self._edit(lambda: self._desk.edit(selected=i)))
        self.disk.markDoubleClicked.connect(self._go_to)
        s, d = self.strip, self._desk
        s.setMark.connect(self._set_mark)
        s.goToMark.connect(self._go_to)
        s.nameEdited.connect(lambda i, name: self._edit(lambda: d.edit_mark(i, name=name)))
        s.distanceEdited.connect(lambda i, m: self._edit(lambda: d.set_distance(i, m)))
        s.nudged.connect(lambda i, m: self._edit(lambda: d.nudge(i, m)))
        s.lockToggled.connect(lambda i, on: self._edit(lambda: d.edit_mark(i, locked=on)))
        s.trimEdited.connect(lambda i, m: self._edit(lambda: d.edit_mark(i, trim_m=m)))
        s.waitEdited.connect(self._set_wait)
        s.addRequested.connect(lambda: self._edit(lambda: d.add_mark(self._ring_deg())))
        s.removeRequested.connect(lambda: self._edit(d.remove_mark))
        s.refused.connect(self.say)
        e = self.editor
        e.durationChanged.connect(lambda sec: self._edit(lambda: d.edit(duration_s=sec)))
        e.easingChosen.connect(lambda name: self._edit(lambda: d.edit(easing=name)))
        e.fastestRequested.connect(lambda: self._edit(d.fastest))
        e.stretchRequested.connect(lambda: self._edit(d.stretch))
        e.refused.connect(self.say)
        self.curve.durationDragged.connect(lambda sec: self._edit(lambda: d.edit(duration_s=round(sec, 2))))
        self.curve.handlesDragged.connect(self._handles)
        self.readouts.unitsToggled.connect(lambda: self._edit(lambda: d.edit(imperial=not d.state.imperial)))
        self._lens.activated.connect(lambda _i: self._edit(lambda: d.set_lens(self._lens.currentText())))
        self._theme.clicked.connect(lambda _c: self._next_theme())
        t = self.transport
        t.backToOne.connect(self.back_to_one)
        t.rehearse.connect(lambda: self._play(returns=True))
        t.arm.connect(self.arm)
        t.go.connect(self.go)
        t.stop.connect(self.stop)

    def _shortcuts(self) -> None:
        keys: list[tuple[str, Callable[[], None]]] = [
            ("Ctrl+Z", lambda: self._history(self._desk.undo)),
            ("Ctrl+Shift+Z", lambda: self._history(self._desk.redo)),
            ("F1", self._help),
            ("R", lambda: self._play(returns=True)),
            ("Backspace", self.back_to_one),
        ]
        keys += [(letter(i), lambda i=i: self._set_mark(i)) for i in range(2)]  # type: ignore[misc]
        keys += [(str(i + 1), lambda i=i: self._go_to(i)) for i in range(9)]  # type: ignore[misc]
        keys += [(f"Shift+{i + 1}", lambda i=i: self._set_mark(i)) for i in range(9)]  # type: ignore[misc]
        for keys_text, action in keys:
            shortcut = QShortcut(QKeySequence(keys_text), self)
            shortcut.activated.connect(action)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Esc before any widget sees it; Space and Return too, but in a field that is typed in."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.stop()
                return False
            if isinstance(QApplication.focusWidget(), QLineEdit) or event.isAutoRepeat():
                return False
            if event.key() == Qt.Key.Key_Space:
                self.go()
                return True
            if event.key() == Qt.Key.Key_Return and watched is QApplication.focusWidget():
                self.arm()
                return True
        return super().eventFilter(watched, event)

    # Editing ------------------------------------------------------------------------------------------------------

    def _edit(self, change: Callable[[], object]) -> None:
        """An edit, if nothing forbids it; why not is said in a sentence."""
        if self._status.state in (State.ARMED, State.PLAYING):
            self.say(self.tr("Nothing can be changed while armed. Disarm first."))
        else:
            try:
                change()
            except FollowFocusError as error:
                self.say(str(error))
        self.refresh()

    def _set_wait(self, index: int, wait_s: float | None) -> None:
        if wait_s is None:
            self.say(self.tr("A mark can hold for seconds, but not yet for GO."))
            self.refresh()
        else:
            self._edit(lambda: self._desk.edit_mark(index, wait_s=wait_s))

    def _history(self, swap: Callable[[], bool]) -> None:
        self._edit(swap)

    def _handles(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self._edit(lambda: self._desk.edit(easing=f"bezier({x1:.3f},{y1:.3f},{x2:.3f},{y2:.3f})"))

    def _ring_deg(self) -> float:
        return self._status.ring_deg if self._status.ring_deg is not None else 0.0

    def _set_mark(self, index: int) -> None:
        if index < len(self._desk.state.marks):
            deg = min(max(self._ring_deg(), 0.0), self._desk.state.lens.travel_deg)
            self._edit(lambda: self._desk.edit_mark(index, ring_deg=deg, trim_m=0.0))

    def refresh(self) -> None:
        """Show the desk as it is now."""
        desk, s = self._desk, self._desk.state
        self.strip.set_imperial(s.imperial)
        self.strip.set_marks(desk.mark_views())
        plan = desk.plan()
        self.editor.set_fps(s.fps)
        self.editor.set_pull(s.duration_s, s.easing, feasible=plan is None or plan.feasibility.feasible)
        view = desk.curve_view()
        if view is not None:
            self.curve.set_view(view)
        else:
            self.say(desk.trouble())
        self._lens.setCurrentText(s.lens.name)
        self.readouts.set_slate(desk.slate())
        self._show_status()

    # The unit -----------------------------------------------------------------------------------------------------

    def _greet(self, info: UnitInfo) -> None:
        self._connection.setText(self.tr("{0} on {1}").format(info.name or info.serial, info.port))
        plan = self._desk.plan()
        if plan is not None:
            self._bridge.ask("ready", lambda unit: ready(unit, plan))

    def _take_status(self, status: UnitStatus) -> None:
        self._status = status

    def _show_status(self) -> None:
        """The readings, thirty times a second."""
        status, desk = self._status, self._desk
        if status.state is State.MOVING and self._target_deg is not None and status.ring_deg is not None:
            pass
        elif status.state not in MOVING:
            self._target_deg = None
        self.disk.set_view(desk.ring_view(status, self._target_deg, self._landing_deg))
        self.transport.show_state(status.state, busy=bool(self._busy))
        self.readouts.set_state(state_word(status), trouble=status.state is State.FAULT)
        if status.ring_deg is not None:
            distance_m = desk.state.lens.distance_m(status.ring_deg)
            self.readouts.set_distance(desk.distance_text(distance_m), desk.distance_text(distance_m, other=True))
            plan = desk.plan()
            depth = plan.depth_at(status.ring_deg) if plan else None
            if depth is not None:
                near, far = desk.distance_text(depth.near_m), desk.distance_text(depth.far_m)
                self.readouts.set_depth(self.tr("sharp {0} – {1}").format(near, far))

    def _turn(self, ring_deg: float, fine: bool) -> None:  # noqa: ARG002 - the disk has scaled it already
        if self._status.state in (State.IDLE, State.LOADED, State.MOVING):
            self._target_deg = ring_deg
            self._bridge.follow(ring_deg, FOLLOW_DEG_S)

    def _go_to(self, index: int) -> None:
        if index < len(self._desk.state.marks):
            self._turn(self._desk.trimmed_deg(index), False)  # noqa: FBT003

    def _plan_to_shoot(self) -> Plan | None:
        plan = self._desk.plan()
        if plan is None or not plan.feasibility.feasible:
            self.say(self._desk.trouble())
            return None
        return plan

    def back_to_one(self) -> None:
        """To the first mark, arriving in the direction of the pull."""
        plan = self._plan_to_shoot()
        if plan is not None and self._free():

            def job(unit: FollowFocusUnit) -> None:
                self._set_up(unit, plan)
                unit.back_to_one()

            self._job("back to one", job)

    def _set_up(self, unit: FollowFocusUnit, plan: Plan) -> Plan:
        if self._loaded is not plan:
            ready(unit, plan)
            load(unit, plan)
            self._loaded = plan
        return plan.at_clock(unit.tick_hz)

    def arm(self) -> None:
        """Load and arm; armed already, disarm."""
        if self._status.state is State.ARMED:
            self._bridge.ask("disarm", lambda unit: unit.disarm())
            return
        plan = self._plan_to_shoot()
        if plan is not None and self._free():

            def job(unit: FollowFocusUnit) -> None:
                self._set_up(unit, plan)
                unit.arm()

            self._job("arm", job)

    def go(self) -> None:
        """Start the armed pull; not armed, say so and do nothing."""
        plan = self._desk.plan()
        if self._status.state is not State.ARMED or plan is None:
            self.say(self.tr("Not armed: press ARM first. Nothing has moved."))
            return
        self._play(returns=False)

    def _play(self, *, returns: bool) -> None:
        plan = self._plan_to_shoot()
        if plan is None or not (self._free() or self._status.state is State.ARMED):
            return
        self.curve.clear_actual()
        self._landing_deg = None
        number = self._desk.take

        def job(unit: FollowFocusUnit) -> Take:
            if unit.status.state is State.ARMED:
                from followfocus.takes import judge

                unit.go(number)
                assert unit.info is not None
                take = judge(unit.wait_take(self._bridge.progress), plan.at_clock(unit.tick_hz), unit.info)
            else:
                take = shoot(unit, self._set_up(unit, plan), number, self._bridge.progress)
            if returns and unit.status.state in (State.IDLE, State.LOADED):
                unit.back_to_one()
            return take

        self._job("rehearse" if returns else "take", job)

    def stop(self) -> None:
        """STOP, straight to the unit."""
        self._bridge.stop(hard=self._status.state is State.STOPPING)

    def _free(self) -> bool:
        if self._busy:
            self.say(self.tr("Busy: {0}. STOP ends it.").format(self._busy))
        elif self._status.state not in (State.IDLE, State.LOADED):
            self.say(self.tr("The unit is {0}.").format(state_word(self._status)))
        else:
            return True
        return False

    def _job(self, name: str, job: Callable[[FollowFocusUnit], object]) -> None:
        self._busy = name
        self._bridge.ask(name, job)

    def _progress(self, elapsed_s: float, status: UnitStatus) -> None:
        self.curve.set_cursor(elapsed_s)
        self.readouts.set_time(f"{elapsed_s:.2f} s")
        if status.ring_deg is not None:
            self.curve.append_actual(elapsed_s, status.ring_deg)

    def _finish(self, name: str, answer: object) -> None:
        if name == self._busy:
            self._busy = ""
        if isinstance(answer, Take):
            self._taken(answer, rehearsed=name == "rehearse")
        elif name == "arm":
            self.say(self.tr("Armed. Space is GO."))

    def _taken(self, take: Take, *, rehearsed: bool) -> None:
        plan = self._desk.plan()
        self._landing_deg = take.landed_deg
        what = " → ".join(view.letter for view in self._desk.mark_views())
        slate = self.tr("rehearsal") if rehearsed else self._desk.slate()
        self.table.takes.add(slate, f"{what}  {plan.motion.duration_s:g} s" if plan else what, take)
        self.say(f"{slate}: {take.verdict.value}. " + " ".join(take.reasons))
        if not rehearsed:
            self._log(take, self._desk.state.lens.name)
            self._desk.take += 1
        self.refresh()

    def _fail(self, name: str, words: str) -> None:
        if name == self._busy:
            self._busy = ""
        if name == "connect":
            self._connection.setText(self.tr("no unit"))
        self._loaded = None
        self.say(words)

    # Around it ----------------------------------------------------------------------------------------------------

    @property
    def desk(self) -> Desk:
        """What is being set up."""
        return self._desk

    def ring_deg(self) -> float:
        """Where the ring stands; 0 while that is not known."""
        return self._ring_deg()

    def unit_state(self) -> State | None:
        """What the unit said last."""
        return self._status.state

    def say(self, words: str) -> None:
        """One sentence below the transport."""
        self._says.setText(words)

    def _next_theme(self) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application, THEMES[(THEMES.index(theme.current()) + 1) % len(THEMES)])
        self.editor.repaint_icons()

    def _help(self) -> None:
        lines = (
            "Space  GO", "Esc  STOP", "Return  arm, disarm", "R  rehearse", "Backspace  back to one",
            "A, B or Shift+1…9  set a mark here", "1…9  go to a mark", "arrows, wheel  turn the ring (Shift: fine)",
            "Ctrl+Z, Ctrl+Shift+Z  undo, redo",
        )  # fmt: skip
        QMessageBox.information(self, self.tr("Keys"), "\n".join(self.tr(line) for line in lines))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Ask during a take; stop the motor in any case."""
        if self._status.state in MOVING:
            answer = QMessageBox.question(
                self, self.tr("A take is running"), self.tr("Stop the motor and close? The take is kept.")
            )
            if answer != QMessageBox.StandardButton.Yes:
                event.ignore()
                return
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._frames.stop()
        self._bridge.close()
        event.accept()

    def save_picture(self, path: Path) -> bool:
        """The window as a picture."""
        return self.grab().save(str(path))
