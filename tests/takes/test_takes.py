# SPDX-License-Identifier: MIT
"""Planned against happened: the verdict and its reasons, pure; and whole takes on the simulated unit."""

from __future__ import annotations

import dataclasses
import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import UnitError
from followfocus.lens.map import load_lens
from followfocus.motion.easing import parse_easing
from followfocus.motion.limits import UNLIMITED
from followfocus.motion.motor import motor_named
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.plan.plan import Plan, make_plan
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.takes import Take, Verdict, judge, spread
from followfocus.unit.connect import open_unit
from followfocus.wire.evidence import Sample, TakeEvidence, UnitInfo
from followfocus.wire.messages import Board, Cause, Fault, ResetCause, Source
from tests.support.benches import a_plan

UNIT = UnitInfo("sim", "SIM00001", "", Board.SIMULATED, "1", "1.0", 16_000_000, 96, 253, 160, 1, ResetCause.POWER_ON)
PLAN = a_plan(60.0, 120.0, 1.0)
START = 1_000_000


def evidence(plan: Plan = PLAN, **changes: object) -> TakeEvidence:
    """A take that went exactly as planned."""
    edges = plan.profile.edge_ticks()
    made = TakeEvidence(
        take=4,
        tick_hz=16e6,
        cause=Cause.DONE,
        position_known=True,
        start_clock=START,
        first_edge_clock=START + int(edges[0]),
        last_edge_clock=START + int(edges[-1]),
        end_clock=START + plan.profile.total_ticks,
        steps=plan.profile.steps,
        position=plan.profile.end,
        ring_deg=plan.profile.end * plan.rig.ring_deg_per_step,
        witness_deg=plan.motion.end_deg,
        start_latency_s=0.0005,
        profile_id=plan.profile.id,
        samples=(Sample(0.5, 90.0),),
    )
    return dataclasses.replace(made, **changes)  # type: ignore[arg-type]


def test_a_perfect_take() -> None:
    take = judge(evidence(), PLAN, UNIT)
    assert take.verdict is Verdict.GOOD
    assert take.verdict.usable
    assert take.clean
    assert take.reasons == ()
    assert take.landing_error_deg == pytest.approx(0.0, abs=1e-9)
    assert take.duration_error_ms == pytest.approx(0.0, abs=1e-9)
    assert take.start_latency_ms == pytest.approx(0.5)
    assert take.landed_by == "witness"
    assert take.source != "cue"


@pytest.mark.parametrize(
    ("share", "verdict", "clean"),
    [(0.0, "good", True), (0.24, "good", True), (0.49, "good", False), (0.51, "soft", False), (0.99, "soft", False),
     (1.01, "missed", False)],
)  # fmt: skip
@pytest.mark.parametrize("sign", [1, -1])
def test_the_landing_is_judged_in_half_depths_of_field(share: float, verdict: str, clean: bool, sign: int) -> None:
    off = sign * share * PLAN.half_dof_deg
    take = judge(evidence(witness_deg=PLAN.motion.end_deg + off), PLAN, UNIT)
    assert (take.verdict.value, take.clean) == (verdict, clean)
    assert take.landing_error_deg == pytest.approx(off, abs=1e-9)
    assert take.landing_error_half_dof == pytest.approx(sign * share, abs=1e-9)
    assert bool(take.reasons) == (verdict != "good")


def test_without_a_witness_the_count_is_judged_with_the_motors_lead_taken_off() -> None:
    take = judge(evidence(witness_deg=None), PLAN, UNIT)
    assert take.landed_by == "counter"
    assert PLAN.lead_deg > 0
    assert abs(take.landing_error_deg or 1.0) <= PLAN.rig.ring_deg_per_step / 2 + 1e-9


def test_lost_steps_are_named() -> None:
    slip_deg = 4 * PLAN.rig.ring_deg_per_full_step
    take = judge(evidence(witness_deg=PLAN.motion.end_deg - 2 * slip_deg), PLAN, UNIT)
    assert take.verdict is Verdict.MISSED
    assert any("lost steps" in reason and "8 full steps" in reason for reason in take.reasons)


@pytest.mark.parametrize(("reset", "lost"), [(True, ""), (False, "The cable is cut.")])
def test_one_take_is_told_in_one_voice(reset: bool, lost: str) -> None:
    """A unit that was reset, or is not heard again, has not played on."""
    take = judge(evidence(cause=Cause.NONE, reset=reset, lost=lost, gap="The cable is cut."), PLAN, UNIT)
    assert "played on" not in " ".join(take.reasons)
    come_back = judge(evidence(gap="The cable is cut."), PLAN, UNIT)
    assert "played on" in " ".join(come_back.reasons)


@pytest.mark.parametrize(
    ("changes", "verdict", "words"),
    [
        ({"cause": Cause.STOP}, "stopped", "stopped"),
        ({"cause": Cause.HARD_STOP}, "stopped", "hard"),
        ({"cause": Cause.FAULT, "fault": Fault.UNDERRUN}, "faulted", "ran dry"),
        ({"cause": Cause.STOP_INPUT, "fault": Fault.STOP_INPUT}, "faulted", "stop button"),
        ({"cause": Cause.SILENCE}, "faulted", "did not hear"),
        ({"cause": Cause.NONE, "reset": True}, "faulted", "reset"),
        ({"cause": Cause.NONE, "lost": "The cable is cut."}, "lost", "cable"),
        ({"cause": Cause.NONE, "start_clock": 0}, "stopped", "nothing moved"),
        ({"cause": Cause.NONE, "refused": "It is not armed."}, "refused", "nothing moved: It is not armed"),
        ({"cause": Cause.NONE, "start_clock": 0, "started_utc_s": 1.0}, "faulted", "took GO"),
        ({"cause": Cause.NONE}, "faulted", "never said how it ended"),
        ({"cause": Cause.SOFT_LIMIT}, "faulted", "soft limit"),
        ({"cause": Cause.STOP_INPUT}, "faulted", "stop button"),
        ({"position_known": False}, "faulted", "unknown"),
    ],
)
def test_every_other_end(changes: dict[str, object], verdict: str, words: str) -> None:
    take = judge(evidence(**changes), PLAN, UNIT)
    assert take.verdict.value == verdict
    assert words in " ".join(take.reasons)
    assert not any(reason.endswith(".") for reason in take.reasons), "whoever says them ends the sentence"
    assert not take.verdict.usable
    if changes.get("cause") is not None:
        assert take.landing_error_deg is None
        assert take.duration_error_ms is None
    json.dumps(take.facts(), allow_nan=False)


LAST = START + int(PLAN.profile.edge_ticks()[-1])
END = START + PLAN.profile.total_ticks
STEPS = PLAN.profile.steps


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last_edge_clock": LAST + 80_000, "end_clock": END + 80_000}, "the last step came 5.0 ms late"),
        ({"last_edge_clock": LAST - 80_000}, "the last step came 5.0 ms early"),
        ({"first_edge_clock": START}, "the first step came"),
        ({"end_clock": END + 16_000}, "it ended 1.0 ms late"),
        ({"end_clock": START - 5}, "contradict each other"),
        ({"end_clock": START - 5}, "it ended 1000.0 ms early"),
        ({"steps": STEPS // 2}, f"{STEPS // 2} steps were made of {STEPS}"),
        ({"steps": STEPS + 1}, f"{STEPS + 1} steps were made of {STEPS}"),
        ({"steps": 0, "first_edge_clock": 0, "last_edge_clock": 0}, f"0 steps were made of {STEPS}"),
        ({"position": PLAN.profile.end - 1}, "the unit's count ends -0."),
        ({"profile_id": PLAN.profile.id ^ 1}, "another pull was armed"),
        ({"profile_id": None}, "not known which pull"),
        ({"doubt": "the unit gives two different times for its start"}, "two different times"),
    ],
)
def test_a_landing_alone_makes_no_good_take(changes: dict[str, object], words: str) -> None:
    take = judge(evidence(**changes), PLAN, UNIT)
    assert take.verdict is Verdict.FAULTED
    assert any(words in reason for reason in take.reasons), take.reasons
    assert not take.lets_go_on
    json.dumps(take.facts(), allow_nan=False)


@given(st.data())
def test_good_means_that_all_of_the_plan_was_kept(data: st.DataObject) -> None:
    """Whatever figures a unit gives, a usable take has the plan's steps, count, times and landing within tolerance."""
    near = st.integers(-3, 3) | st.integers(-(10**9), 10**9)
    told = evidence(
        steps=max(0, STEPS + data.draw(near)),
        position=PLAN.profile.end + data.draw(near),
        start_clock=START,
        first_edge_clock=START + int(PLAN.profile.edge_ticks()[0]) + data.draw(near),
        last_edge_clock=LAST + data.draw(near),
        end_clock=END + data.draw(near),
        witness_deg=PLAN.motion.end_deg + data.draw(st.floats(-5, 5)),
    )
    take = judge(told, PLAN, UNIT)
    json.dumps(take.facts(), allow_nan=False)
    kept = (
        told.steps == STEPS
        and told.position == PLAN.profile.end
        and abs(told.last_edge_clock - LAST) < 16_000
        and abs(told.end_clock - END) < 16_000
        and abs((told.witness_deg or 0.0) - PLAN.motion.end_deg) < PLAN.half_dof_deg
    )
    assert take.verdict.usable <= kept


def test_a_lost_link_that_came_back_is_told() -> None:
    gap = judge(evidence(gap="The cable is cut."), PLAN, UNIT)
    assert any("came back" in reason for reason in gap.reasons)
    assert gap.verdict is Verdict.GOOD


def test_the_clock_that_was_planned_for_is_the_clock_that_is_judged_by() -> None:
    plan = PLAN.at_clock(16.08e6)
    take = judge(evidence(plan, tick_hz=16.08e6), plan, UNIT)
    assert take.duration_error_ms == pytest.approx(0.0, abs=1e-9)
    assert take.actual_s == pytest.approx(float(PLAN.profile.edge_times_s()[-1]), abs=3e-6)


def test_a_cued_take_has_no_latency() -> None:
    take = judge(evidence(source=Source.CUE, start_latency_s=None), PLAN, UNIT)
    assert take.start_latency_ms is None
    assert take.source == "cue"


def test_spread() -> None:
    takes = [judge(evidence(witness_deg=120.0 + off), PLAN, UNIT) for off in (0.01, -0.02, 0.0)]
    found = spread(takes)
    assert found is not None
    assert found.takes == 3
    assert found.landing_deg == pytest.approx(0.03)
    assert found.duration_ms == 0.0
    assert spread(takes[:1]) is None


# On the simulated unit ------------------------------------------------------------------------------------------------


def shot(plan: Plan, count: int = 1, *faults: str) -> list[Take]:
    stops = (0.0, plan.lens.travel_deg)
    with open_unit("sim", rig=plan.rig, fast=True, faults=faults, stops_deg=stops) as unit:
        ready(unit, plan)
        plan = load(unit, plan)
        return [shoot(unit, plan, number) for number in range(1, count + 1)]


@pytest.mark.parametrize(("start", "end"), [(4.8, 0.7), (0.7, 4.8)])
def test_ten_takes_on_a_real_lens_land_within_a_step_and_are_the_same(start: float, end: float) -> None:
    lens = load_lens("arri-signature-prime-40")
    marks = Mark("A", lens.ring_deg(start)), Mark("B", lens.ring_deg(end))
    plan = make_plan(lens, Pull.between(*marks, 2.0))
    takes = shot(plan, 10)
    step_deg = plan.rig.ring_deg_per_step
    assert all(take.verdict is Verdict.GOOD and take.clean for take in takes)
    assert max(abs(take.landing_error_deg or 1.0) for take in takes) <= step_deg
    assert len({(take.first_edge_ticks, take.last_edge_ticks) for take in takes}) == 1
    found = spread(takes)
    assert found is not None
    assert found.landing_deg < 0.01 * step_deg
    assert found.duration_ms == 0.0


@pytest.mark.parametrize("lens", ["ideal-35", "ideal-135"])
@pytest.mark.parametrize("ends", [(0.0, 300.0), (300.0, 0.0), (33.33, 34.0), (150.0, 149.5)])
def test_any_pull_lands_within_a_step(lens: str, ends: tuple[float, float]) -> None:
    """From stop to stop, and by half a degree."""
    plan = a_plan(*ends, 2.0, lens)
    [take] = shot(plan)
    assert abs(take.landing_error_deg or 1.0) <= plan.rig.ring_deg_per_step
    assert take.verdict is Verdict.GOOD


def test_traces_follow_the_plan() -> None:
    plan = a_plan(60.0, 160.0, 1.5)
    [take] = shot(plan)
    for trace, within_deg in ((take.actual, 0.1), (take.witness, 0.4)):
        times = np.array([sample.at_s for sample in trace])
        assert all(a.at_s <= b.at_s for a, b in pairwise(trace))
        off = np.array([sample.ring_deg for sample in trace]) - plan.motion.ring_deg(times)
        assert len(times) > 60
        assert np.max(np.abs(off)) < within_deg
    assert take.planned[0] == Sample(0.0, 60.0)
    assert take.planned[-1].ring_deg == pytest.approx(160.0)


@pytest.mark.parametrize("hold_s", [0.0, 0.5])
def test_a_pull_that_turns_round_lands_too_as_the_lash_is_taken_up_in_the_hold(hold_s: float) -> None:
    lens, easing = load_lens("ideal-50"), parse_easing("minjerk")
    marks = (Mark("A", 60.0), Mark("B", 150.0, hold_s=hold_s), Mark("C", 90.0))
    plan = make_plan(lens, Pull(marks, (Leg(1.0, easing), Leg(1.0, easing))))
    [take] = shot(plan)
    assert take.verdict is Verdict.GOOD
    assert abs(take.landing_error_deg or 1.0) <= plan.rig.ring_deg_per_step
    held = [s.ring_deg for s in take.witness if 1.0 <= s.at_s <= 1.0 + hold_s]
    assert all(deg == pytest.approx(150.0, abs=0.1) for deg in held)


def test_a_weak_motor_on_a_stiff_ring_slips_at_snap_speed_and_the_take_says_so() -> None:
    lens = load_lens("ideal-50")
    base = a_plan(20.0, 280.0, 0.4)
    rig = dataclasses.replace(base.rig, motor=motor_named("nema11"), ring_friction_nm=0.15)
    slips_below_s = make_plan(lens, base.pull, rig=rig, limits=UNLIMITED).feasibility.slips_below_s
    plan = make_plan(lens, base.pull.stretched(0.85 * slips_below_s / 0.4), rig=rig, limits=UNLIMITED)
    assert plan.motion.duration_s < 0.5
    assert not plan.feasibility.feasible, "and the plan had said so"
    [take] = shot(plan)
    assert take.verdict is Verdict.MISSED
    assert any("lost steps" in reason for reason in take.reasons)
    assert abs(take.landing_error_half_dof or 0.0) > 1


def test_a_clock_that_is_off_is_corrected_to_the_microsecond() -> None:
    """By the world's clock: the simulated unit runs 0.5 % fast, its take is as long as planned."""
    plan = a_plan(60.0, 120.0, 2.0)
    [take] = shot(plan, 1, "clock:+0.5%")
    assert take.tick_hz == pytest.approx(16.08e6, rel=1e-6)
    assert (take.last_edge_ticks or 0) / 16.08e6 == pytest.approx(float(plan.profile.edge_times_s()[-1]), abs=5e-6)
    assert take.verdict is Verdict.GOOD


def test_interrupting_stops_the_motor_and_keeps_the_take() -> None:
    plan = a_plan(60.0, 120.0, 2.0)

    def interrupt(elapsed_s: float, _: object) -> None:
        if elapsed_s > 1.0:
            raise KeyboardInterrupt

    with open_unit("sim", rig=plan.rig, fast=True) as unit:
        ready(unit, plan)
        loaded = load(unit, plan)
        once = [True]

        def interrupt_once(elapsed_s: float, status: object) -> None:
            if once[0] and elapsed_s > 1.0:
                once[0] = False
                raise KeyboardInterrupt

        assert shoot(unit, loaded, 1, interrupt_once).verdict is Verdict.STOPPED
        assert unit.status.at_rest
        hard = shoot(
            unit, loaded, 2, lambda elapsed_s, status: interrupt(elapsed_s, status) if elapsed_s < 1.2 else None
        )
        assert hard.verdict is Verdict.STOPPED
        assert hard.cause in ("stop", "hard_stop")


def test_a_real_unit_that_does_not_know_its_position_is_not_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = a_plan()
    with open_unit("sim", rig=plan.rig, fast=True) as unit:
        assert unit.info is not None
        unit.info = dataclasses.replace(unit.info, board=Board.ATMEGA328P)
        with pytest.raises(UnitError, match="doesn't know") as caught:
            ready(unit, plan)
        assert "--at" in caught.value.remedy
        ready(unit, plan, at_deg=30.0)
        assert unit.refresh().ring_deg == pytest.approx(30.0, abs=0.03)
