# SPDX-License-Identifier: MIT
"""A plan on a unit: what GO and a cue start, what a unit is made ready with, and that it is asked where its ring is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest

from followfocus.errors import UnitError
from followfocus.stage.shoot import load, ready, shoot, take_hold
from followfocus.takes.takes import Verdict
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Board, Silence, State
from tests.support.benches import VirtualBench, a_plan

PLAN = a_plan(60.0, 90.0, 0.4)


@pytest.fixture(name="bench")
def _bench() -> Iterator[VirtualBench]:
    bench = VirtualBench(lens=PLAN.lens)
    with bench.unit:
        yield bench


def test_a_shot_goes_at_once_and_one_by_a_cue_waits_for_it(bench: VirtualBench) -> None:
    unit = bench.unit
    ready(unit, PLAN, 0.0)
    plan = load(unit, PLAN)
    began_s = bench.clock.now()

    def goes(_elapsed_s: float, _status: UnitStatus) -> None:
        assert bench.clock.now() < began_s + 10.0, "it waits for a cue"

    first = shoot(unit, plan, 1, goes)
    assert (first.verdict, first.interrupted, unit.status.last_take) == (Verdict.GOOD, False, 1)
    pressed: list[UnitStatus] = []

    def press(elapsed_s: float, status: UnitStatus) -> None:
        if not pressed and status.state is State.ARMED:
            assert elapsed_s == 0.0
            unit.link.sleep(2.0)
            assert unit.refresh().state is State.ARMED
            pressed.append(status)
            assert bench.plugged.unit is not None
            bench.on_bench(lambda now_s: bench.plugged.unit.set_cue(True, now_s))

    second = shoot(unit, plan, 2, press, cue=True)
    assert second.verdict is Verdict.GOOD
    assert len(pressed) == 1
    assert first.start_latency_ms is not None
    assert second.start_latency_ms is None  # no GO went out


@pytest.mark.parametrize("silence", Silence)
def test_a_unit_is_ready_with_the_silence_that_is_asked_for(bench: VirtualBench, silence: Silence) -> None:
    unit = bench.unit
    ready(unit, PLAN, 0.0)
    before = unit.config
    ready(unit, PLAN, silence=silence)
    assert unit.config == dataclasses.replace(before, take_silence=silence)
    ready(unit, PLAN)
    assert unit.config.take_silence is silence


def test_a_ring_whose_place_nobody_has_said_is_asked_for_and_one_on_a_bench_is_not() -> None:
    bench = VirtualBench(lens=PLAN.lens)
    with bench.unit as unit:
        assert not unit.has_real_ring
        ready(unit, PLAN)
        assert unit.refresh().ring_deg == 0.0
        unit.goto_deg(20.0)
        ready(unit, PLAN)  # it knows by now
        assert unit.refresh().ring_deg == pytest.approx(20.0, abs=0.05)
        ready(unit, PLAN, 33.0)  # and is told better
        assert unit.refresh().ring_deg == pytest.approx(33.0, abs=0.05)
        assert unit.info is not None
        unit.info = dataclasses.replace(unit.info, board=Board.ATMEGA328P)
        ready(unit, PLAN)
        assert unit.refresh().ring_deg == pytest.approx(33.0, abs=0.05)
        unit.release()
        unit.refresh()
        with pytest.raises(UnitError, match="where"):
            ready(unit, PLAN)


def test_whether_the_motor_was_off_is_told_as_it_takes_hold(bench: VirtualBench) -> None:
    assert take_hold(bench.unit, PLAN)
    assert not take_hold(bench.unit, PLAN)


@pytest.mark.parametrize("beyond", [-1, 1])
def test_the_motor_may_go_as_far_as_the_scale_and_its_own_lead_over_the_ring(bench: VirtualBench, beyond: int) -> None:
    rig = dataclasses.replace(PLAN.rig, lash_deg=2.0)
    plan = dataclasses.replace(PLAN, rig=rig)
    assert plan.lead_deg > 0.0
    ready(bench.unit, plan, 0.0)
    end_deg = plan.lens.travel_deg + plan.lead_deg if beyond > 0 else -plan.lead_deg
    bench.unit.goto_deg(end_deg - 0.1 * beyond)
    with pytest.raises(UnitError):
        bench.unit.goto_deg(end_deg + 0.1 * beyond)
