# SPDX-License-Identifier: MIT
"""GO for a tick of the unit's own clock, and STOP from where no lock may be taken."""

from __future__ import annotations

import pytest

from followfocus.errors import StoppedError
from followfocus.stage.shoot import load, ready
from followfocus.unit import playing
from followfocus.unit.connect import open_unit
from followfocus.wire.messages import State
from tests.support.benches import a_plan

PLAN = a_plan(60.0, 90.0, 0.4)
WITHIN_S = 0.0005


@pytest.mark.parametrize("ahead_s", [0.01, 0.03, 0.5])
def test_go_starts_at_the_tick_that_is_asked_for(ahead_s: float) -> None:
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        ready(unit, PLAN)
        load(unit, PLAN)
        unit.arm()
        due = unit.refresh().clock + round(ahead_s * unit.tick_hz)
        unit.go(1, due)
        started = unit.wait_take().start_clock
    assert abs(started - due) / unit.tick_hz < WITHIN_S


@pytest.mark.parametrize("ahead_s", [0.15, 0.8])
def test_the_time_of_such_a_take_is_its_tick_s_and_not_go_s(ahead_s: float, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        monkeypatch.setattr(playing, "utc_timestamp", lambda: 1e9 + unit.clock.now())
        ready(unit, PLAN)
        load(unit, PLAN)
        unit.arm()
        due_s = unit.clock.now() + ahead_s
        unit.go(1, unit.link.session.sync.clock_at(due_s))
        evidence = unit.wait_take()
    assert evidence.started_utc_s == pytest.approx(1e9 + due_s, abs=0.001)
    assert evidence.start_latency_s is None


def test_a_tick_that_has_gone_by_is_at_once() -> None:
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        ready(unit, PLAN)
        load(unit, PLAN)
        unit.arm()
        now = unit.refresh().clock
        unit.go(1, now - 1_000_000)
        assert 0 <= unit.wait_take().start_clock - now < 0.02 * unit.tick_hz


def test_stop_in_the_wait_for_a_tick_starts_nothing() -> None:
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        ready(unit, PLAN)
        load(unit, PLAN)
        unit.arm()
        unit.go(1, unit.refresh().clock + round(1.0 * unit.tick_hz))
        unit.stop(wait=False)
        evidence = unit.wait_take()
        unit.link.sleep(1.5)
        assert unit.refresh().state is State.LOADED
    assert evidence.steps == 0


def test_an_earlier_take_of_the_same_number_is_not_taken_for_this_one() -> None:
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        ready(unit, PLAN)
        load(unit, PLAN)
        assert unit.play(1).steps == PLAN.profile.steps
        unit.arm()
        unit.go(1, unit.refresh().clock + round(1.0 * unit.tick_hz))
        unit.stop(wait=False)
        assert unit.wait_take().steps == 0


def test_a_signal_handlers_stop_voids_at_once_and_stops_soon() -> None:
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        ready(unit, PLAN, 60.0)
        unit.goto_deg(200.0, 20.0, wait=False)
        unit.link.sleep(0.3)
        with unit.order():
            unit.link.stop_soon(hard=False)
            with pytest.raises(StoppedError):
                unit.goto_deg(100.0)
        unit.link.sleep(0.5)
        status = unit.refresh()
    assert status.at_rest
    assert status.ring_deg is not None
    assert 60.0 < status.ring_deg < 80.0
