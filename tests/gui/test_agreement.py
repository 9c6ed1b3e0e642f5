# SPDX-License-Identifier: MIT
"""State line, readout, disk, buttons and lock say the same in every call that shows something, and in every frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.showing import READ_INCHES
from followfocus_gui.state.jobs import Job
from followfocus_gui.state.loudness import DEAD, looks
from followfocus_gui.widgets.readouts import UNKNOWN
from tests.gui.conftest import Opened

Open = Callable[..., Opened]
LOCKED = ("ARMED", "PLAYING", "REHEARSING")
"""With HOLDING they are all in which nothing may be changed; LOADING may also be a way back, which locks nothing"""


class Witness(QObject):
    """Looks at the whole desk after each call that shows something, and before each of its widgets is painted."""

    def __init__(self, app: Opened) -> None:
        super().__init__()
        self.app, self.looked, self.words, self.wrong = app, 0, set[str](), list[str]()
        session, frames = app.session, app.window.showing.frames
        for signal in (session.said, session.warned, session.counted, session.changed, frames.timeout):
            signal.connect(self.look)
        window = app.window
        self.parts = (window.message, window.distance, window.disk, window.transport.go, window.transport.stop)
        for part in self.parts:
            part.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """A frame: what is painted now is what a person sees."""
        if event.type() == QEvent.Type.Paint:
            self.look()
        return False

    def look(self, _said: object = None) -> None:
        """Whatever disagrees is written down."""
        word = self.app.word()
        self.looked += 1
        self.words.add(word)
        self.wrong += [f"{word}: {what}" for what in disagreements(self.app, word)]


def disagreements(app: Opened, word: str) -> Iterator[str]:
    """The parts of the desk that say something else than the state line."""
    window, view = app.window, app.window.disk._view
    assert view is not None
    known = window.distance.text() != UNKNOWN
    if known != (view.needle_deg is not None):
        yield f"readout {window.distance.text()}, needle {view.needle_deg}"
    if word in DEAD and known:
        yield f"readout {window.distance.text()}"
    if (word == "NO UNIT") != (view.state_word == "NO UNIT"):
        yield f"disk {view.state_word}"
    if word == "NO UNIT" and window.connection.text() not in ("no unit", "connecting", "unit lost"):
        yield f"connection {window.connection.text()}"
    expected = looks(word, left_s=app.session.says.left_s, screen=window.host.shown is not None)
    for name, look in expected.items():
        if window.transport.buttons[name].look != look:
            yield f"{name} {window.transport.buttons[name].look}"
    if word in LOCKED and not window.strip._locked:
        yield "marks can be changed"


@pytest.fixture(name="witness")
def _witness(open_desk: Open) -> Iterator[Witness]:
    """The desk with someone who looks at it; at the end nothing may ever have disagreed."""
    app = open_desk()
    app.desk.edit_pull(duration_s=1.0)
    app.window.showing.refresh()
    made = Witness(app)
    yield made
    for part in made.parts:
        part.removeEventFilter(made)
    assert made.looked > 3
    assert made.wrong == []


def test_the_cable_out_and_in(witness: Witness) -> None:
    app = witness.app
    for _ in range(3):
        app.session.bridge.disconnect_unit()
        app.until(lambda: app.word() == "NO UNIT")
        assert app.window.distance.text() == UNKNOWN
        app.desktop.actions.rig.connect_to("sim")
        app.until_state(State.IDLE, State.LOADED)
        QApplication.processEvents()


def test_a_place_lost_and_said(witness: Witness) -> None:
    app = witness.app
    app.session.bridge.ask(Job("let go", lambda unit: unit.release()))
    app.until(lambda: app.word() == "WHERE?")
    assert app.window.distance.text() == UNKNOWN
    app.session.set_position(90.0)
    app.until_state(State.IDLE, State.LOADED)
    app.until(lambda: app.word() == "READY")
    assert app.window.distance.text() != UNKNOWN


def test_a_take_with_a_count_a_stop_and_a_landing(witness: Witness) -> None:
    app = witness.app
    app.session.edit(lambda: app.desk.edit_cue(lead_s=0.3))
    app.take()
    app.until(lambda: app.word() in ("LANDED", "SOFT", "MISSED"))
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: app.word() == "PLAYING")
    app.session.stop()
    app.until_state(State.IDLE, State.LOADED)
    app.until(lambda: app.word() == "STOPPED")
    assert {"LOADING", "ARMED", "COUNTING", "PLAYING", "LANDED", "STOPPED"} <= witness.words


def test_armed_and_disarmed_with_stop(witness: Witness) -> None:
    app = witness.app
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.stop()
    app.until_state(State.IDLE, State.LOADED)
    app.session.turn(120.0)
    app.until(lambda: app.word() == "MOVING")
    app.session.stop()
    app.until_state(State.IDLE, State.LOADED)


def test_a_unit_that_is_lost(witness: Witness) -> None:
    """Its telemetry ends before anybody says that it is gone: the plate goes with the line."""
    app = witness.app
    app.session.bridge.statusChanged.emit(UnitStatus())
    QApplication.sendPostedEvents()
    assert (app.word(), app.window.connection.text()) == ("NO UNIT", "unit lost")
    assert app.window.distance.text() == UNKNOWN
    app.until(lambda: app.word() == "READY")
    app.session.bridge.lost.emit("The cable is out.")
    assert (app.word(), app.window.distance.text()) == ("NO UNIT", UNKNOWN)


def test_a_screen_open_meanwhile(witness: Witness) -> None:
    app = witness.app
    app.desktop.actions.show_keys()
    app.session.bridge.disconnect_unit()
    app.until(lambda: app.word() == "NO UNIT")
    app.window.host.close_screen()
    assert app.window.distance.text() == UNKNOWN


def test_the_ring_on_a_mark_reads_as_the_mark(open_desk: Open) -> None:
    """Also where half a motor step is on the other side of a half inch: 1.2 m are 3'11", a step on is 3'11 1/2"."""
    app = open_desk("sim")
    app.desk.prefer(units="imperial")
    for metres in (1.2003, 1.3907, 1.1875, 1.3906, 1.2001):
        app.session.edit(lambda m=metres: app.desk.set_distance(0, m))
        app.turn(app.desk.pull.marks[0].ring_deg)
        read = app.desk.distance_text(metres, inches=READ_INCHES)
        app.until(lambda read=read: app.window.distance.text() == read)
