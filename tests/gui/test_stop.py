# SPDX-License-Identifier: MIT
"""STOP at moments nobody chose, of everything that the app does: after it no step but the slowing down, and no arming.

A seeded sample by default; all two hundred with FOLLOWFOCUS_CAMPAIGN=full (`make campaign`).
"""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton

from followfocus.unit.line import UnitEvent
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State, StopInput, Stopped
from followfocus_gui.state.jobs import Job
from tests.gui.conftest import Opened

WHOLE, SAMPLE, SEED = 200, 7, 20
AFTERWARDS_MS = 900
MARGIN_STEPS = 3
LONGEST_MS = 2_600


def nothing() -> None:
    """Nobody's hand is on the keys."""


def arm(app: Opened) -> Callable[[], object]:
    app.session.arm()
    return nothing


def back_to_one(app: Opened) -> Callable[[], object]:
    app.session.back_to_one()
    return nothing


def rehearse(app: Opened) -> Callable[[], object]:
    app.session.rehearse()
    return nothing


def pressing(app: Opened, mode: str) -> Callable[[], object]:
    """ARM whenever it rests, GO whenever it is armed: what to call to let go of the keys."""
    session = app.session
    session.choose_mode(mode)
    keys = QTimer(app.window)

    def press() -> None:
        if session.state in (State.IDLE, State.LOADED) and not session.busy:
            session.arm()
        elif session.state is State.ARMED and not session.busy:
            session.go()

    keys.timeout.connect(press)
    keys.start(20)
    return keys.stop


def in_a_list(app: Opened) -> Callable[[], object]:
    return pressing(app, "list")


def by_turns(app: Opened) -> Callable[[], object]:
    return pressing(app, "pingpong")


def home(app: Opened) -> Callable[[], object]:
    def homed(unit: FollowFocusUnit) -> None:
        unit.apply(dataclasses.replace(unit.config, stop_input=StopInput.HOME_SWITCH))
        unit.home(app.desk.lens.travel_deg)

    app.session.bridge.ask(Job("home", homed))
    return nothing


def calibrate(app: Opened) -> Callable[[], object]:
    """The motions of the calibration: back off, and reverse until the ring moves."""
    from followfocus.unit.calibration import measured_lash_deg

    app.session.bridge.ask(Job("calibration", lambda unit: measured_lash_deg(unit, app.desk.lens)))
    return nothing


ACTIVITIES: tuple[Callable[[Opened], Callable[[], object]], ...] = (
    arm,
    back_to_one,
    rehearse,
    in_a_list,
    by_turns,
    home,
    calibrate,
)


def moments() -> Iterator[tuple[Callable[[Opened], Callable[[], object]], int]]:
    """The moments for STOP: how to get there, and after how many milliseconds it comes."""
    dice = random.Random(SEED)
    for number in range(WHOLE if os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full" else SAMPLE):
        yield ACTIVITIES[number % len(ACTIVITIES)], dice.randrange(LONGEST_MS)


def prepared(app: Opened) -> None:
    """A list of a pull with a hold, and the way back, which follows on; the ring stands elsewhere."""
    desk = app.desk
    desk.add_mark(60.0)
    desk.edit_pull(duration_s=0.8)
    desk.edit_cue(follow_s=0.3)
    desk.add_cue(back=True)
    desk.look_at(0)
    app.turn(200.0)


def told(app: Opened, unit: FollowFocusUnit) -> list[UnitStatus | Stopped]:
    """Press STOP, wait, and what the unit said from then on: its answer to STOP first."""
    heard: list[UnitEvent] = []
    off = unit.listen(heard.append)
    stop = app.find("stop")
    assert isinstance(stop, QPushButton)
    stop.click()
    app.until(lambda: any(isinstance(event, Stopped) for event in heard))
    app.qtbot.wait(AFTERWARDS_MS)
    off()
    said = [event for event in heard if isinstance(event, UnitStatus | Stopped)]
    return said[next(n for n, event in enumerate(said) if isinstance(event, Stopped)) :]


@pytest.mark.parametrize(
    ("activity", "after_ms"), tuple(moments()), ids=lambda value: getattr(value, "__name__", str(value))
)
def test_stop_is_the_end_of_it(
    activity: Callable[[Opened], Callable[[], object]], after_ms: int, open_desk: Callable[..., Opened]
) -> None:
    app = open_desk()
    prepared(app)
    unit = app.session.bridge.unit
    assert unit is not None
    let_go = activity(app)
    app.qtbot.wait(after_ms)
    let_go()  # the one at the keys presses nothing any more but STOP
    answer, *statuses = told(app, unit)
    assert isinstance(answer, Stopped)
    after = [status for status in statuses if isinstance(status, UnitStatus) and status.clock > answer.clock]
    slowing = unit.config.goto_rate**2 / (2.0 * unit.config.accel) + MARGIN_STEPS
    rested = next(n for n, status in enumerate(after) if status.at_rest)
    assert {status.position for status in after[rested:]} == {after[rested].position}
    assert abs(after[rested].position - answer.position) <= slowing or activity is home  # counts anew on its way
    assert all(status.state not in (State.ARMED, State.PLAYING) for status in after[rested:])
    app.until(lambda: not app.session.busy)
    assert app.session.state not in (State.ARMED, State.PLAYING)
    assert app.session.stage.run is None
