# SPDX-License-Identifier: MIT
"""From outside, in the app: the switch, OSC over a real socket, STOP past everything, and what is shown of it."""

from __future__ import annotations

import socket

import pytest
from PySide6.QtWidgets import QApplication, QCheckBox, QListWidget
from pythonosc.osc_message import OscMessage

from followfocus.sources.events import Origin, SourceKind, StripSaid
from followfocus.sources.osc import message
from followfocus.takes.diary import read_diary
from followfocus.wire.messages import State
from tests.gui.conftest import WAIT_MS, Opened


@pytest.fixture
def app(open_desk):
    return open_desk()


@pytest.fixture
def sender():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    yield made
    made.close()


def listening(app: Opened) -> tuple[str, int]:
    outside = app.desktop.actions.outside
    outside.listen("osc://:0")
    return "127.0.0.1", outside._listening.osc_ports[0]


def answer(app: Opened, sender: socket.socket) -> list[object]:
    told: list[list[object]] = []

    def came() -> bool:
        try:
            told.append(OscMessage(sender.recv(4096)).params)
        except BlockingIOError:
            return False
        return True

    app.qtbot.waitUntil(came, timeout=WAIT_MS)
    return told[0]


def test_go_from_outside_needs_the_switch_and_stop_needs_nothing(app: Opened, sender: socket.socket) -> None:
    outside, session = app.desktop.actions.outside, app.session
    to = listening(app)
    session.arm()
    app.qtbot.waitUntil(lambda: session.state is State.ARMED and not session.busy, timeout=WAIT_MS)
    sender.sendto(message("/followfocus/go", 1), to)
    assert answer(app, sender)[3:] == [0, "Outside GO is off: it is allowed at the desk."]
    outside.allow(True)
    sender.sendto(message("/followfocus/go", 2), to)
    assert answer(app, sender)[3:] == [1, "GO for cue 1."]
    app.qtbot.waitUntil(lambda: session.state is State.PLAYING, timeout=WAIT_MS)
    outside.allow(False)
    sender.sendto(message("/followfocus/stop"), to)
    assert answer(app, sender)[3] == 1
    app.qtbot.waitUntil(lambda: session.stage.last is not None and not session.busy, timeout=WAIT_MS)
    assert session.stage.last.verdict.value == "stopped"
    path = session.keeper.path
    outside.close()
    assert [(line.asked, line.passed) for line in read_diary(path)] == [("go", False), ("go", True), ("stop", True)]


def test_the_panel_shows_what_came_and_nothing_moves_behind_it(app: Opened, sender: socket.socket) -> None:
    outside = app.desktop.actions.outside
    to = listening(app)
    outside.open()
    screen = app.window.host.shown
    box, came = screen.findChild(QCheckBox, "outsideGo"), screen.findChild(QListWidget, "outsideCame")
    box.setChecked(True)
    assert outside.outside.gate.open
    sender.sendto(message("/followfocus/arm"), to)
    assert answer(app, sender)[3:] == [0, "From outside is open: close this first."]
    assert came.item(0).text() == "✗ OSC 127.0.0.1: arm: From outside is open: close this first."
    screen.close()
    sender.sendto(message("/followfocus/take", "27A take 3"), to)
    assert answer(app, sender)[3:] == [1, "27A take 3."]
    assert str(app.desk.show.slate) == "27A take 3"
    sender.sendto(message("/followfocus/trim", "B", 0.05), to)
    assert answer(app, sender)[3:] == [1, "Mark B trimmed."]
    assert app.desk.pull.marks[1].trim_m == pytest.approx(0.05)


def test_a_phone_s_strip_turns_the_ring_while_it_may(app: Opened) -> None:
    outside, session = app.desktop.actions.outside, app.session
    phone = Origin(SourceKind.REMOTE, "10.0.0.9")
    began_deg = session.ring_deg
    outside.submit(StripSaid(phone, outside.now_s, 0.02))
    QApplication.processEvents()
    assert session.target_deg is None, "outside GO is off"
    outside.allow(True)
    outside.submit(StripSaid(phone, outside.now_s, 0.02))
    wanted_deg = began_deg + 0.02 * app.desk.lens.travel_deg
    app.qtbot.waitUntil(lambda: abs(session.ring_deg - wanted_deg) < 0.1, timeout=WAIT_MS)
