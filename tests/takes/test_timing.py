# SPDX-License-Identifier: MIT
"""How long a take took, and by whose clock: true within a millisecond, or said not to be known."""

from __future__ import annotations

import dataclasses
import math
import os

import pytest

from benchmarks.campaigns import clock
from followfocus.clock import VirtualClock
from followfocus.lens.map import load_lens
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.sim.build import Build
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.sim.oscillator import Oscillator
from followfocus.sim.ports import SimPort
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.landings import Landing
from followfocus.takes.takes import Take, Verdict
from followfocus.takes.timing import NOT_TIMED, Timing, timing_of
from followfocus.takes.warnings import warnings_before
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import TakeEvidence
from followfocus.wire.link import Link
from followfocus.wire.messages import Cause

FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
PLAN = clock.two_seconds()
EDGE = int(PLAN.profile.edge_ticks()[-1])


@pytest.mark.timeout(7200 if FULL else 300)
@pytest.mark.parametrize("every_ms", clock.EVERY_MS)
def test_two_seconds_are_two_seconds_or_said_not_to_be(every_ms: float) -> None:
    runs = clock.RUNS if FULL else 1
    for error in (*clock.ERRORS_PPM, clock.WARM_UP):
        takes = [clock.a_take(every_ms, error, seed) for seed in range(runs)]
        untold = [late_ms for take, late_ms in takes if abs(late_ms) >= 1.0 and not clock.is_told(take)]
        assert len(untold) <= 0.05 * runs, (error, untold)


def evidence(hz: float | None, within_hz: float | None) -> TakeEvidence:
    return TakeEvidence(
        1, 16e6, Cause.DONE, last_edge_clock=EDGE + 1000, start_clock=1000, steps=900, host_hz=hz,
        host_within_hz=within_hz,
    )  # fmt: skip


def test_a_clock_that_runs_fast_ends_a_take_early_and_the_take_says_so() -> None:
    timing = timing_of(evidence(16e6 * 1.005, 800.0), PLAN)
    assert timing.late_ms == pytest.approx(0.0, abs=1e-6)
    assert timing.host_late_ms == pytest.approx(-EDGE / 16e6 * 1e3 * 0.005 / 1.005)
    assert timing.reasons == (f"the last step came {-timing.host_late_ms:.1f} ms early by this computer's clock",)
    assert "by this computer's clock, ±0.10 ms" in timing.words


@pytest.mark.parametrize(
    ("late_ms", "within_ms", "way"),
    [
        (1.0, 0.0, "1.0 ms late"), (1.6, 0.5, "1.6 ms late"), (-1.6, 0.5, "1.6 ms early"), (-1.0, None, "1.0 ms early"),
        (0.99, 0.0, ""), (1.6, 0.7, ""), (-1.6, 0.7, ""), (9.0, 8.5, ""), (None, 0.1, ""), (None, None, ""),
    ],
)  # fmt: skip
def test_a_take_is_late_where_that_is_sure(late_ms: float | None, within_ms: float | None, way: str) -> None:
    reasons = Timing(2.0, 0.0, 2.0, late_ms, within_ms).reasons
    assert reasons == ((f"the last step came {way} by this computer's clock",) if way else ())


class Leaping(Oscillator):
    """At 16 MHz until it is told to be off, and by what share."""

    def __init__(self) -> None:
        super().__init__(clock.HZ)
        self._from_s, self._share = math.inf, 0.0

    def leap(self, tick: int, share: float) -> None:
        self._from_s, self._share = self.since_power_on(tick), share

    def tick_at(self, now_s: float) -> int:
        if self._power_on_s is None:
            self._power_on_s = now_s
        since_s = now_s - self._power_on_s
        return math.floor(clock.HZ * (since_s + self._share * max(0.0, since_s - self._from_s)))

    def since_power_on(self, tick: int) -> float:
        even_s = tick / clock.HZ
        return min(even_s, self._from_s) + max(0.0, even_s - self._from_s) / (1.0 + self._share)


def a_take_after_a_leap(share: float, duration_s: float, every_s: float) -> tuple[Take, float]:
    """The first take after the pull was loaded and the clock has leapt, and how late its last step truly was, ms."""
    marks = Mark("A", 60.0), Mark("B", 70.0)
    plan = make_plan(load_lens("ideal-50"), Pull.between(*marks, duration_s))
    oscillator, now = Leaping(), VirtualClock()
    unit = SimulatedUnit(mechanics=RigidRing(plan.rig.ring_deg_per_step), oscillator=oscillator)
    port = SimPort(clock.Bunched(unit, every_s, 0.003), now)
    with FollowFocusUnit(Link(lambda _attempt: port, now)) as follow:
        ready(follow, plan, 60.0)
        loaded = load(follow, plan)
        oscillator.leap(unit.clock, share)
        take = shoot(follow, loaded, 1)
    ticks = take.last_edge_ticks or 0
    true_s = oscillator.since_power_on(take.start_clock + ticks) - oscillator.since_power_on(take.start_clock)
    return take, (true_s - ticks / loaded.tick_hz) * 1e3


@pytest.mark.parametrize("share", [0.05, 0.07, 0.1, -0.05, -0.07, -0.1])
@pytest.mark.parametrize("duration_s", [0.3, 0.5, 1.0])
@pytest.mark.parametrize("every_s", [0.0, 0.004, 0.016])
def test_a_clock_that_is_far_off_in_a_take_passes_no_take_as_good(
    share: float, duration_s: float, every_s: float
) -> None:
    """Faulted where this computer can tell; where its line is too coarse for that, the take says what isn't known."""
    take, late_ms = a_take_after_a_leap(share, duration_s, every_s)
    host_ms, within_ms = take.timing.host_late_ms, take.timing.host_within_ms
    assert host_ms is not None
    assert within_ms is not None
    assert abs(host_ms - late_ms) <= within_ms + 0.1
    if take.verdict is Verdict.FAULTED:
        assert f"% {'fast' if share > 0 else 'slow'} in it, so its times aren't true" in take.reasons[0]
    else:
        assert every_s > 0.004
        assert within_ms > 5.0
        assert "it is known to ±" in take.timing.words


def test_a_clock_that_is_off_from_the_start_is_planned_for() -> None:
    build = Build(clock_error=0.07)
    plan = clock.two_seconds()
    now, unit = VirtualClock(), SimulatedUnit(mechanics=RigidRing(plan.rig.ring_deg_per_step), build=build)
    with FollowFocusUnit(Link(lambda _attempt: SimPort(unit, now), now)) as follow:
        ready(follow, plan, plan.motion.start_deg)
        take = shoot(follow, load(follow, plan), 1)
    assert take.verdict is Verdict.GOOD
    assert abs(take.timing.host_late_ms or 9.0) < 0.2


def test_what_is_not_known_so_well_is_not_said_so_well() -> None:
    vague = timing_of(evidence(16e6 * 1.0004, 16e6 * 0.002), PLAN)
    assert vague.reasons == ()
    assert "it is known to ±3.9 ms only" in vague.words
    assert "how true that is, is not known" in timing_of(evidence(None, None), PLAN).words
    stopped = dataclasses.replace(evidence(16e6, 1.0), cause=Cause.STOP)
    assert timing_of(stopped, PLAN) == NOT_TIMED
    assert Timing().words == ""


def test_a_warm_up_within_one_load_is_warned_of() -> None:
    def take(number: int, ppm: float) -> Landing:
        return Landing(
            number, "x", 0.0, 2.0, 160_000_000, 1000, 16e6, "good", landed_by="witness", host_hz=16e6 * (1 + ppm * 1e-6)
        )

    assert warnings_before([take(1, 0.0), take(2, 150.0)], DEFAULT_RIG) == ()
    (said,) = warnings_before([take(1, 0.0), take(2, 1375.0)], DEFAULT_RIG)
    assert "+1375 ppm since the pull was loaded, so takes end 13.7 ms early" in said
    assert "loaded anew for it" in said
