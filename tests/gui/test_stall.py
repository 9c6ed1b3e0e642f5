# SPDX-License-Identifier: MIT
"""The take's timing is the unit's: the same from the command line, with the app open, and with the app stalled."""

from __future__ import annotations

import time
from collections.abc import Callable

from followfocus.plan.plan import Plan
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.takes import Take
from followfocus.unit.connect import open_unit
from followfocus.wire.messages import State
from tests.gui.conftest import Opened

STALL_S = 0.5


def of(take: Take) -> tuple[object, ...]:
    """The unit's part in a take, by its own clock and count."""
    return take.verdict, take.steps, take.first_edge_ticks, take.last_edge_ticks, take.counter_deg


def without_the_app(plan: Plan) -> Take:
    stops = (0.0, plan.lens.travel_deg)
    with open_unit(fast=True, rig=plan.rig, stops_deg=stops) as unit:
        ready(unit, plan)
        return shoot(unit, load(unit, plan), 1)


def test_a_take_is_the_same_with_the_app_open_and_with_the_app_stalled(open_desk: Callable[..., Opened]) -> None:
    app = open_desk()
    app.desk.edit_pull(duration_s=1.2)
    plan = app.desk.plan()
    assert plan is not None
    alone = without_the_app(plan)
    opened = app.take().take
    app.session.arm()
    app.until_state(State.ARMED)
    app.session.go()
    app.until(lambda: app.session.state is State.PLAYING)
    time.sleep(STALL_S)  # the stall is what is tested: nothing of the app runs meanwhile
    app.until(lambda: len(app.kept) == 2)
    stalled = app.kept[1].take
    assert of(alone) == of(opened) == of(stalled)
    assert alone.duration_error_ms == opened.duration_error_ms == stalled.duration_error_ms
