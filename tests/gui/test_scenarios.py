# SPDX-License-Identifier: MIT
"""The table of scenarios through the app in real time: the same takes, slates and follow-ons as in the terminal."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from followfocus.clock import SystemClock
from followfocus.hand.events import WheelTurned
from followfocus.show.file import write_show
from followfocus.stage.events import Taken
from followfocus.wire.messages import Cause, Silence, State
from followfocus_gui.state.jobs import Job
from tests.gui.conftest import Opened
from tests.stage.scenarios import BY_NAME, FOLLOWS_WITHIN_S, SCENARIOS, Scenario, outcomes, seen
from tests.stage.test_scenarios import cabled, kept_m, pumped
from tests.support.hands import DEGREES
from tests.support.tries import tries

AT_REST = (State.IDLE, State.LOADED)


def played(app: Opened, scenario: Scenario) -> None:
    """Press what a person would: ARM at rest, GO when armed, STOP where the table says so."""
    session, wanted = app.session, len(scenario.expected)
    session.choose_mode(scenario.after.value)
    if scenario.stop_at_s is not None:
        at_s = scenario.stop_at_s
        session.progressed.connect(lambda elapsed_s, _: elapsed_s >= at_s and not app.kept and session.stop())
    while len(app.kept) < wanted:
        done = len(app.kept)
        if session.state in AT_REST and not session.busy:
            session.arm()
        app.until(lambda d=done: len(app.kept) > d or (session.state is State.ARMED and armed(app)) or armed_again(app))
        if session.state is State.ARMED and not session.counting:
            session.go()
        app.until(lambda d=done: len(app.kept) > d or session.counting or session.state is State.PLAYING)
        app.until(lambda d=done: len(app.kept) > d or (session.state is State.ARMED and session.busy == ""))
    app.until(lambda: session.state in AT_REST and not session.busy)


def turned_by_hand(app: Opened, scenario: Scenario) -> QTimer:
    """A wheel that turns as the scenario has it, from the moment that a pull with a hand is played."""
    drive, clock, timer = app.session.bridge.drive, SystemClock(), QTimer()
    drive.hand.behave(DEGREES.but(smoothing=False), "wheel")
    began_s, before, turned = [0.0], [0.0], scenario.wheel

    def turn() -> None:
        if turned is None or not drive.plays:
            return
        now_s = clock.now()
        began_s[0] = began_s[0] or now_s
        way, before[0] = turned(now_s - began_s[0]) - before[0], turned(now_s - began_s[0])
        if way:
            app.session.bridge.hear(WheelTurned(now_s, "wheel", way))

    timer.setInterval(10)
    timer.timeout.connect(turn)
    timer.start()
    return timer


def armed_again(app: Opened) -> bool:
    """ARM once more where this machine was silent on the way back to one; False, as it isn't there yet."""
    if app.silenced():
        app.session.arm()
    return False


def armed(app: Opened) -> bool:
    """GO can be pressed, or comes by itself."""
    return app.session.counting or not app.session.busy


def silence_of(app: Opened) -> Silence:
    """The unit's setting for a line that falls silent."""
    found: list[object] = []
    asked = Job("reading a setting", lambda unit: unit.config.take_silence)
    app.session.bridge.finished.connect(lambda job, answer: found.append(answer) if job is asked else None)
    app.session.bridge.ask(asked)
    app.until(lambda: bool(found))
    assert isinstance(found[0], Silence)
    return found[0]


def was_busy(app: Opened) -> bool:
    """This machine was: a hand's words or a take's were not at the unit in time, and what came of that is said so."""
    if any(fell_silent(one) for one in app.kept):  # the unit slowed down or let go, and the take says so
        assert any(words in app.says() for words in ("omputer was silent for", "nit heard nothing for"))
        return True
    return any(one.take.cause == "silence" or one.take.fault == "underrun" for one in app.kept)


def fell_silent(taken: Taken) -> bool:
    """A take with a hand that the unit ended, since it heard nothing: by its own word."""
    return taken.hand is not None and (taken.take.cause == Cause.SILENCE.name.lower() or taken.hand.ended != "")


def plays(app: Opened, scenario: Scenario, folder: Path) -> bool:
    """Whether the app has played a scenario with this machine at its service; then all is as the table has it."""
    turning = turned_by_hand(app, scenario)
    played(app, scenario)
    turning.stop()
    if was_busy(app):
        return False
    if scenario.ends_deg is not None:
        assert app.session.status.ring_deg == pytest.approx(scenario.ends_deg, abs=scenario.within_deg)
    assert app.desk.pull.marks[-1].trim_m == pytest.approx(kept_m(scenario), abs=0.001)
    if scenario.kept_m:
        app.desk.undo()
        assert app.desk.pull.marks[-1].trim_m == 0.0
        assert app.desk.show.slate.take == scenario.slate_after
    found = outcomes(folder / "takes.db")
    assert seen(found) == scenario.expected
    assert silence_of(app) is scenario.silence
    assert app.desk.show.slate.take == scenario.slate_after
    pumped(scenario, folder / "player.db")
    assert found == outcomes(folder / "player.db")
    return all(follows(taken, follow_s) for taken, follow_s in zip(app.kept, scenario.follows, strict=False))


def follows(taken: Taken, follow_s: float | None) -> bool:
    """Whether a take has begun on time; never before. GO for it leaves 150 ms ahead, unless this machine is late."""
    if follow_s is None:
        return True
    assert taken.after_landing_s is not None
    assert taken.after_landing_s > follow_s - FOLLOWS_WITHIN_S
    return taken.after_landing_s < follow_s + FOLLOWS_WITHIN_S


@pytest.mark.parametrize("name", BY_NAME)
def test_the_app_plays_the_table(
    name: str, open_desk: Callable[..., Opened], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = BY_NAME[name]
    cabled(scenario, monkeypatch)
    for folder in tries(tmp_path):
        write_show(scenario.show, folder / "s.ffshow")
        app = open_desk("sim", show=folder / "s.ffshow", folder=folder)
        if plays(app, scenario, folder):
            return
        app.window.close()


def test_the_table_has_every_kind() -> None:
    assert {one.after.value for one in SCENARIOS} == {"repeat", "list", "pingpong"}
    assert any(one.stop_at_s is not None for one in SCENARIOS)
    assert any(one.cable_out_s is not None for one in SCENARIOS)
    assert {one.silence for one in SCENARIOS} == set(Silence)
