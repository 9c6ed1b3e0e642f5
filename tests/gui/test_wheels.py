# SPDX-License-Identifier: MIT
"""The ring by hand in the app: wheels that are plugged in, and the worker that follows them. Without a window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from followfocus.clock import SystemClock
from followfocus.hand.events import SourceEvent, WheelPressed, WheelTurned
from followfocus.lens.map import load_lens
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.plan.plan import Conditions, rig_for
from followfocus.show.slate import Slate
from followfocus.sources.kept import KeptWheel, wheels_kept
from followfocus.sources.midi import Dialect, MidiMessage, MidiWheel
from followfocus.sources.midi_learn import LEAST
from followfocus.sources.wheels import FoundWheel
from followfocus.stage.by_hand import ready_by_hand
from followfocus.stage.events import Taken
from followfocus.stage.hand_recorder import HandRecorder
from followfocus.stage.hand_take import FELL_SILENT, LET_GO
from followfocus.takes.keeper import TakeKeeper
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import Cause
from followfocus_gui import wheels as wheels_module
from followfocus_gui.bridge import UnitBridge
from followfocus_gui.state.jobs import Job
from followfocus_gui.wheels import Lesson, WheelDesk
from tests.gui.conftest import WAIT_MS
from tests.support.interleaved import At, every_step, meddling

LENS = load_lens("ideal-50")


@pytest.fixture
def bridge(qtbot: QtBot) -> Iterator[UnitBridge]:
    """The simulated unit on the app's worker, the ring at 100°."""
    one = UnitBridge("sim", DEFAULT_RIG)
    with qtbot.waitSignal(one.connected, timeout=WAIT_MS):
        one.start()
    with qtbot.waitSignal(one.finished, timeout=WAIT_MS):
        one.ask(Job("ready", lambda unit: ready_by_hand(unit, LENS, rig_for(LENS), 100.0)))
    one.drive.hand.on_lens(LENS.travel_deg, ())
    one.drive.hand.behave(one.drive.hand.manners.but(turn_counts=LENS.travel_deg))
    yield one
    one.close()


def ring(bridge: UnitBridge) -> float:
    assert bridge.unit is not None
    return bridge.unit.status.ring_deg or 0.0


def silenced(bridge: UnitBridge) -> int:
    """When the unit last let go because it heard nothing, by its clock; 0 where something else came after that."""
    assert bridge.unit is not None
    status = bridge.unit.status
    return status.cause_clock if status.cause is Cause.SILENCE else 0


def turn(bridge: UnitBridge, counts: float, source: str = "wheel") -> None:
    bridge.hear(WheelTurned(SystemClock().now(), source, counts))


def followed(bridge: UnitBridge, qtbot: QtBot, counts: float, clicks: int = 1) -> None:
    """The ring goes as far as the wheel.

    It is turned anew where a busy computer was silent on the way: it goes no further then.
    """
    silent = True
    while silent:
        before, silence_clock = ring(bridge), silenced(bridge)
        for _ in range(clicks):
            turn(bridge, counts)
            qtbot.wait(10)
        qtbot.waitUntil(lambda: not bridge.drive.busy, timeout=WAIT_MS)
        silent = silenced(bridge) != silence_clock
    assert ring(bridge) == pytest.approx(before + clicks * counts, abs=0.06)


def test_the_worker_follows_a_hand_and_lets_go(bridge: UnitBridge, qtbot: QtBot) -> None:
    followed(bridge, qtbot, 1.0, clicks=10)


def test_an_order_ends_the_hand_first(bridge: UnitBridge, qtbot: QtBot) -> None:
    turn(bridge, 5.0)
    qtbot.waitUntil(lambda: ring(bridge) > 101.0, timeout=WAIT_MS)
    with qtbot.waitSignal(bridge.finished, timeout=WAIT_MS):
        bridge.ask(Job("go", lambda unit: unit.goto_deg(60.0)))
    assert ring(bridge) == pytest.approx(60.0, abs=0.05)
    followed(bridge, qtbot, 2.0)


def test_stop_takes_the_ring_from_the_hand(bridge: UnitBridge, qtbot: QtBot) -> None:
    for _ in range(5):
        turn(bridge, 4.0)
        qtbot.wait(10)
    bridge.stop()
    at_s = SystemClock().now()
    for number in range(20):  # it turns on by its own clock, however late a busy computer is, and moves nothing
        bridge.hear(WheelTurned(at_s + 0.05 * number, "wheel", 4.0))
        qtbot.wait(10)
    qtbot.waitUntil(lambda: not bridge.drive.busy, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bridge.unit is not None and bridge.unit.status.at_rest, timeout=WAIT_MS)
    assert not bridge.drive.busy
    stands = ring(bridge)
    bridge.hear(WheelTurned(at_s + 1.0, "wheel", 4.0))
    qtbot.wait(100)
    assert ring(bridge) == pytest.approx(stands, abs=0.05)
    assert stands <= 120.0


def test_a_recording_is_a_take(bridge: UnitBridge, qtbot: QtBot, tmp_path: Path) -> None:
    keeper = TakeKeeper(tmp_path / "t.db")

    def recorder(unit: FollowFocusUnit) -> HandRecorder:
        assert unit.info is not None
        return HandRecorder(unit.info, LENS, Conditions(2.8), rig_for(LENS), Slate("27"), keeper)

    kept: list[Taken] = []
    bridge.drive.taken.connect(kept.append)
    bridge.ask(Job("record", lambda unit: bridge.drive.record(recorder, unit)))
    qtbot.waitUntil(lambda: bridge.drive.recording, timeout=WAIT_MS)
    for _ in range(20):
        turn(bridge, 0.5)
        qtbot.wait(10)
    qtbot.wait(800)  # a hand that rests is still recorded
    assert bridge.drive.busy or not bridge.drive.recording
    bridge.ask(Job("end", lambda _unit: bridge.drive.end_recording()))
    qtbot.waitUntil(lambda: bool(kept), timeout=WAIT_MS)
    (one,) = kept
    assert (one.row, one.context.slate.scene) == (1, "27")
    if one.take.verdict.value == "good":
        assert one.take.landed_deg == pytest.approx(110.0, abs=0.06)
    else:  # a busy computer was silent, and the take says so
        assert one.take.reasons in ((LET_GO,), (FELL_SILENT,))
    assert not bridge.drive.recording


# ---------------------------------------------------------------- what is plugged in


SAID: list[Callable[[bytes, float], None]] = []


class Port:
    """A MIDI input that says what a test has it say."""

    def __init__(self, name: str, heard: Callable[[bytes, float], None], *_: object) -> None:
        self.name = name
        self.over = False
        SAID.append(heard)

    def poll(self) -> None:
        """It says everything by itself."""

    def close(self) -> None:
        """It is closed."""


def test_a_controller_that_is_plugged_in_is_learned_by_turning_it(
    bridge: UnitBridge, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr(wheels_module, "MidiPort", Port)
    opened: list[Callable[[SourceEvent], object]] = []
    monkeypatch.setattr(
        wheels_module, "open_wheel", lambda _spec, hear, _clock: opened.append(hear) or Port("Knob", print)
    )
    SAID.clear()
    desk = WheelDesk(bridge, look=lambda: ([FoundWheel("midi:Knob", "Knob", ready="Knob" in wheels_kept())], []))
    words: list[str] = []
    desk.told.connect(words.append)
    desk.start()
    qtbot.waitUntil(lambda: bool(SAID), timeout=WAIT_MS)
    assert words[-1] == "Knob is plugged in: turn its wheel slowly to the right, then back to the left."
    for value in (1, 65):
        for _ in range(4):
            SAID[0](bytes((0xB0, 60, value)), SystemClock().now())
        qtbot.waitUntil(lambda: desk._lesson is None or bool(desk._lesson._right), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: bool(opened), timeout=WAIT_MS)
    assert words[-1] == "Knob turns the ring."
    assert wheels_kept()["Knob"].wheel == MidiWheel(channel=1, number=60, dialect=Dialect.SIGN_BIT)
    assert MidiMessage.of(bytes((0xB0, 60, 1))) is not None
    for _ in range(5):
        opened[0](WheelTurned(SystemClock().now(), "Knob", 2.0))
        qtbot.wait(10)
    qtbot.waitUntil(lambda: ring(bridge) > 110.0, timeout=WAIT_MS)  # 128 clicks a turn of 300°
    desk.close()


def test_its_buttons_stop_and_ask(bridge: UnitBridge, qtbot: QtBot) -> None:
    desk = WheelDesk(bridge, look=lambda: ([], []))
    desk.behave("Knob", KeptWheel(buttons={"note 1/1": "stop", "note 1/2": "go"}))
    with qtbot.waitSignal(bridge.stopped, timeout=WAIT_MS):
        desk._hear(WheelPressed(1.0, "Knob", "note 1/1"))
    with qtbot.waitSignal(desk.pressed, timeout=WAIT_MS) as asked:
        desk._hear(WheelPressed(1.0, "Knob", "note 1/2"))
    assert asked.args == ["go", "Knob", 1.0]
    desk._hear(WheelPressed(1.0, "Knob", "note 1/9"))
    desk.close()


def test_a_lesson_misses_nothing_that_comes_while_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """MIDI comes in on its library's thread."""
    monkeypatch.setattr(wheels_module, "MidiPort", Port)
    SAID.clear()

    def at(number: int) -> At:
        lesson = Lesson(FoundWheel("midi:Knob", "Knob", ready=False), lambda: 10.0)
        for value in range(LEAST):
            SAID[-1](bytes((0xB0, 60, value)), 1.0)
        speaks = At(number, lambda: SAID[-1](bytes((0xB0, 60, LEAST)), 10.0))
        with meddling(speaks, Lesson.go_on.__code__):
            assert lesson.go_on() is None
        heard = [*lesson._right, *(message for _, message in lesson._heard)]
        assert [message.second for message in heard] == list(range(LEAST + speaks.reached))
        return speaks

    every_step(at)
