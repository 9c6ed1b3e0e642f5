# SPDX-License-Identifier: MIT
"""The window: every widget in its place. What is wanted goes up as signals (`wiring.py`), what is so comes down here.

What is read at arm's length is on top, what is pressed at the bottom; the disk, the curve and the picture of the rack
stand between. On a small screen the rack, the takes and the second rows give way, never the transport.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QElapsedTimer, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLayout,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from followfocus.stage.events import Taken
from followfocus.stage.sentences import state_word
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.desk_player import MOVING, DeskPlayer
from followfocus_gui.plot.motion_plot import MotionPlot
from followfocus_gui.screens.host import ScreenHost
from followfocus_gui.state.desk_views import (
    cue_lines,
    curve_view,
    details_of,
    mark_views,
    rack_words,
    ring_view,
    take_difference,
)
from followfocus_gui.state.take_lines import line_of
from followfocus_gui.state.views import CurveView
from followfocus_gui.widgets.connection_bar import ConnectionBar
from followfocus_gui.widgets.cue_panel import CuePanel
from followfocus_gui.widgets.mark_strip import MarkStrip
from followfocus_gui.widgets.message_bar import MessageBar
from followfocus_gui.widgets.pull_editor import PullEditor
from followfocus_gui.widgets.rack_view import RackView
from followfocus_gui.widgets.readouts import Readouts
from followfocus_gui.widgets.ring_disk import RingDisk
from followfocus_gui.widgets.ring_slider import RingSlider
from followfocus_gui.widgets.take_table import TakeTable
from followfocus_gui.widgets.transport import Transport

FRAME_MS = 10
RACK_MS = 40
SMALL_WIDTH, SMALL_HEIGHT = 1100, 700
LEAST = 640, 420


class DeskWindow(QMainWindow):
    """The desk, on a session."""

    closing = Signal()
    """The window goes: save what is open, close what is connected"""

    def __init__(self, session: DeskPlayer) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setWindowTitle("followfocus")
        self.session = session
        self.unsaved: Callable[[], str] = lambda: ""
        """Why something would be lost if the window closed now"""
        self._asks = True
        self._shown: tuple[object, ...] = ()
        self._cursor_s: float | None = None
        self._curve: CurveView | None = None
        self._since_rack = QElapsedTimer()
        self._build()
        self.resize(1280, 800)
        session.changed.connect(self.refresh)
        session.said.connect(self.say)
        session.warned.connect(self.warn)
        session.progressed.connect(self._progress)
        session.began.connect(self._begin)
        session.taken.connect(self._take_in)
        session.counted.connect(self._count)
        self.curve.cursorMoved.connect(self._scrub)
        self._frames = QTimer(self)
        self._frames.setInterval(FRAME_MS)
        self._frames.timeout.connect(self._show_status)
        self._frames.start()
        self.refresh()

    # Building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.readouts, self.disk, self.curve = Readouts(self), RingDisk(self), MotionPlot(self)
        self.slider = RingSlider(self)
        self.rack, self.strip, self.editor = RackView(self), MarkStrip(self), PullEditor(self)
        self.transport, self.table, self.cues = Transport(self), TakeTable(self), CuePanel(self)
        self.message, self.connection = MessageBar(self), ConnectionBar(self)
        central = QWidget(self)
        column = QVBoxLayout(central)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(5)
        column.addLayout(self._top_line())
        self.host = ScreenHost(self._desk_page(), self.disk, self.session.locked, self.session.refuse, self)
        for widget, share in ((self.host, 1), (self.message, 0), (self.transport, 0)):
            column.addWidget(widget, share)
        self.setCentralWidget(central)
        # The least size is a small screen's, not what everything shown at once would need: `fit` makes room.
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        own = self.layout()
        assert own is not None
        own.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setMinimumSize(*LEAST)

    def _desk_page(self) -> QWidget:
        page = QWidget(self)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        middle = QHBoxLayout()
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self.disk, 1)
        left.addWidget(self.slider)
        middle.addLayout(left, 10)
        middle.addWidget(self.curve, 14)
        middle.addWidget(self.rack, 8)
        column.addLayout(middle, 1)
        for widget in (self.strip, self.editor):
            column.addWidget(widget)
        self.lists = QSplitter(Qt.Orientation.Horizontal, self)
        self.lists.addWidget(self.table)
        self.lists.addWidget(self.cues)
        self.lists.setStretchFactor(0, 5)
        self.lists.setStretchFactor(1, 2)
        self.lists.setFixedHeight(136)
        column.addWidget(self.lists)
        return page

    def _top_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.readouts, 1)
        self.lens = self._button("lens", "Lens: choose, import, map")
        self.lens.setMaximumWidth(170)
        self.menu = self._button("menu", "Show, lens, unit, reports, themes")
        self.menu.setText("☰")
        for widget in (self.lens, self.connection, self.menu):
            line.addWidget(widget)
        return line

    def _button(self, name: str, says: str) -> QPushButton:
        button = QPushButton(self)
        button.setObjectName(name)
        button.setAccessibleName(says)
        button.setToolTip(says)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A small screen shows less, never smaller."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Show what the window has room for."""
        small, low = self.width() < SMALL_WIDTH, self.height() < SMALL_HEIGHT
        self.rack.setVisible(not small)
        self.lists.setVisible(not low)
        self.slider.setVisible(not low)
        self.strip.set_compact(low)
        for widget in (self.editor, self.readouts, self.transport, self.connection):
            widget.set_compact(small)
        self.lens.setVisible(not small)
        self.strip.set_marks(mark_views(self.session.desk))

    # Showing ------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show the desk as it is now."""
        desk = self.session.desk
        show, pull, cue, plans = desk.show, desk.pull, desk.cue, desk.plans()
        self.strip.set_imperial(desk.imperial)
        self.strip.set_fps(show.fps)
        self.strip.set_marks(mark_views(desk))
        self.editor.set_fps(show.fps)
        feasible = all(plan.feasibility.feasible for plan in plans)
        self.editor.set_pull(pull.duration_s, pull.easing, feasible=feasible)
        self.editor.set_conditions(pull.t_stop, cue.lead_s)
        view = curve_view(desk)
        self._curve = view
        if view is not None:
            self.curve.set_view(view)
            marks = [(mark.name or mark.letter, mark.distance_m) for mark in mark_views(desk)]
            self.rack.set_scene(desk.lens, pull.t_stop, marks)
        self.rack.set_words(rack_words(desk))
        self.lens.setText(desk.lens.name)
        self.lens.setToolTip(desk.lens.name)
        self.readouts.set_slate(str(show.slate))
        info = self.session.info
        where = "" if info is None else f"{info.name or info.serial} on {info.port}"
        self.connection.show_state(self.session.connection, where)
        self.cues.set_cues(cue_lines(desk), self.session.mode.value)
        self._shown = ()
        self._show_status()

    def _show_status(self) -> None:
        """The readings, a hundred times a second; nothing is done where nothing has changed."""
        session, desk, status = self.session, self.session.desk, self.session.status_now()
        seen = (status.state, status.ring_deg, status.fault, session.busy, session.target_deg, session.landing_deg)
        if seen == self._shown:
            return
        self._shown = seen
        self.disk.set_view(ring_view(desk, status, session.target_deg, session.landing_deg))
        by_hand = status.state in (State.IDLE, State.LOADED, State.MOVING)
        self.slider.show_ring(status.ring_deg, desk.lens.travel_deg, enabled=by_hand)
        self.transport.show_state(status.state, busy=bool(session.busy))
        self.message.offer(fault=status.state is State.FAULT, position=session.needs_position)
        self.readouts.set_state(state_word(status), trouble=status.state in (None, State.FAULT))
        self._show_distance(status)
        if status.ring_deg is not None and status.state not in (State.PLAYING,) and self._cursor_s is None:
            self._show_rack(status.ring_deg, 0.0, moves=status.state is State.MOVING)

    def _show_distance(self, status: UnitStatus) -> None:
        desk, plan = self.session.desk, self.session.desk.plan()
        if status.ring_deg is None:
            self.readouts.set_distance("?", "The unit does not know where the ring stands.")
            self.readouts.set_depth("")
            return
        distance_m = desk.lens.distance_m(status.ring_deg)
        self.readouts.set_distance(desk.distance_text(distance_m), desk.distance_text(distance_m, other=True))
        depth = plan.depth_at(status.ring_deg) if plan else None
        if depth is not None:
            near, far = desk.distance_text(depth.near_m), desk.distance_text(depth.far_m)
            self.readouts.set_depth(f"sharp {near} – {far}")

    def say(self, words: str) -> None:
        """One sentence below the transport."""
        self.message.say(words, trouble=False)

    def warn(self, words: str) -> None:
        """A sentence about trouble; its details can be copied."""
        session = self.session
        details = details_of(session.stage, session.desk, session.keeper.path)
        self.message.say(words, trouble=True, details=details)

    def _begin(self) -> None:
        self._cursor_s = None
        self.curve.clear_actual()

    def _progress(self, at_s: float, status: UnitStatus) -> None:
        self.curve.set_cursor(at_s)
        self.readouts.set_time(f"{at_s:.2f} s")
        if status.ring_deg is not None:
            self.curve.append_actual(at_s, status.ring_deg)
            self._show_rack(status.ring_deg, at_s, moves=True)

    def _show_rack(self, ring_deg: float, at_s: float, *, moves: bool) -> None:
        """The picture, as often as a camera takes one: what is rendered more often only takes time from the needle."""
        if not moves or not self._since_rack.isValid() or self._since_rack.elapsed() >= RACK_MS:
            self._since_rack.start()
            self.rack.set_ring(ring_deg, at_s)

    def _count(self, left_s: float) -> None:
        self.readouts.set_time(f"−{left_s:.1f} s" if left_s > 0 else "")
        self.transport.count(left_s)

    def _scrub(self, at_s: float) -> None:
        """The time cursor was taken by hand: the picture shows that moment of the plan."""
        view = self._curve
        if view is not None and self.session.state is not State.PLAYING:
            self._cursor_s = at_s
            self.rack.set_ring(float(np.interp(at_s, view.times_s, view.ring_deg)), at_s)
            self.readouts.set_time(f"{at_s:.2f} s")

    def _take_in(self, taken: Taken) -> None:
        self.table.takes.add(
            line_of(taken, rehearsal="rehearsal", unsaved="not saved yet: tried again at the next take")
        )
        take = taken.take
        if len(take.actual) > 2 and take.verdict.usable and taken.context.parts == 1:
            self.curve.show_difference(*take_difference(take))

    # Closing ------------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask during a take, and where something would be lost; stop the motor in any case."""
        if self._asks and ((self.session.state in MOVING and not self._may_close()) or not self._may_lose()):
            event.ignore()
            return
        self._frames.stop()
        self.hide()  # letting a port go may take seconds
        self.closing.emit()
        event.accept()

    def end(self) -> None:
        """Close without a question, and with it the app: it was told to end by someone who can't answer."""
        self._asks = False
        self.close()
        QApplication.quit()

    def _may_close(self) -> bool:
        answer = QMessageBox.question(self, "The ring is moving", "Stop the motor and close? A take that runs is kept.")
        return answer == QMessageBox.StandardButton.Yes

    def _may_lose(self) -> bool:
        words = self.unsaved()
        if not words:
            return True
        title, text = "Not saved", f"{words}\nClose and lose it?"
        return QMessageBox.question(self, title, text) == QMessageBox.StandardButton.Yes

    def save_picture(self, path: Path) -> bool:
        """The window as a picture."""
        return self.grab().save(str(path))
