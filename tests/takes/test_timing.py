# SPDX-License-Identifier: MIT
"""How long a take took, and by whose clock: true within a millisecond, or said not to be known."""

from __future__ import annotations

import dataclasses
import os

import pytest

from benchmarks.campaigns import clock
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.takes.landings import Landing
from followfocus.takes.timing import NOT_TIMED, Timing, timing_of
from followfocus.takes.warnings import warnings_before
from followfocus.wire.evidence import TakeEvidence
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
    assert "load the pull anew" in said
