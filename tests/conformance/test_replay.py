# SPDX-License-Identifier: MIT
"""A recorded hand, replayed: the step edges of every replay are the same, to the clock tick, on every unit."""

from __future__ import annotations

import os

import numpy as np
import pytest

from followfocus.lens.map import load_lens
from followfocus.plan.recorded import playable_plan
from followfocus.steps.profile import compile_profile
from followfocus.takes.recording import UNIT_SMOOTH_S
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import Board, Cause
from tests.conformance.test_host import GRAIN_TICKS, unit
from tests.conformance.units import Bench
from tests.support.hands import there_and_back

__all__ = ["unit"]

WHOLE = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"


def recorded(seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """The ring as a unit tells it while it follows a hand: whole steps, every 11 ms."""
    times = np.arange(0.0, seconds, 0.011)
    ring = 20.0 + np.array([there_and_back(at_s) for at_s in times])
    return times, np.round(ring * 23.1) / 23.1


def test_ten_replays_of_a_recorded_hand_make_the_same_steps(unit: FollowFocusUnit, bench: Bench) -> None:
    quick = bench.board is not Board.SIMULATED and not WHOLE  # the others take their time
    seconds, times = (1.0, 3) if quick else (6.2, 10)
    plan = playable_plan(load_lens("ideal-50"), *recorded(seconds), noise_s=UNIT_SMOOTH_S)
    profile = compile_profile(plan.motion, unit.steps_per_deg)
    unit.goto_deg(0.0)
    unit.load(profile)
    replays = []
    for take in range(1, times + 1):
        unit.arm()
        before = len(bench.steps())
        unit.go(take)
        evidence = unit.wait_take()
        assert (evidence.cause, evidence.steps) == (Cause.DONE, profile.steps)
        replays.append([step.tick - evidence.start_clock for step in bench.steps()[before:]])
    grain = GRAIN_TICKS if bench.board is Board.ATMEGA328P else 0
    due = profile.edge_ticks()
    assert all(len(edges) == len(due) for edges in replays)
    assert max(int(np.max(np.abs(np.array(edges) - due))) for edges in replays) <= grain
    spread = np.ptp(np.array(replays), axis=0)
    assert spread.max() == pytest.approx(0, abs=2 * grain)
