# SPDX-License-Identifier: MIT
"""The plan of a recording: from its first sample to its last, on its own motion."""

import numpy as np
import pytest

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.plan.plan import make_plan
from followfocus.plan.recorded import off_recording_deg, playable_plan, recorded_plan
from followfocus.takes.context import RECORDED, context_of, plan_hash

LENS = load_lens("ideal-50")
TIMES = np.linspace(0.0, 3.0, 301)
RING = 60.0 + 40.0 * np.sin(np.pi * TIMES / 3.0) ** 2


def test_it_is_played_from_the_first_sample_to_the_last():
    plan = recorded_plan(LENS, TIMES + 7.0, RING)
    assert plan.motion.duration_s == pytest.approx(3.0)
    assert off_recording_deg(plan, TIMES + 7.0, RING) < 1e-9
    assert plan.profile.duration_s == pytest.approx(3.0, abs=1e-6)
    assert plan.profile.worst_error_us <= 2.0
    assert [round(mark.ring_deg, 3) for mark in plan.pull.marks] == [60.0, 100.0, 60.0]
    assert plan.feasibility.feasible


def test_two_recordings_are_two_plans_and_a_pull_is_neither():
    one, other = recorded_plan(LENS, TIMES, RING), recorded_plan(LENS, TIMES, RING + 0.01)
    pull = make_plan(LENS, one.pull)
    assert len({plan_hash(plan) for plan in (one, other, pull)}) == 3
    assert plan_hash(recorded_plan(LENS, TIMES, RING)) == plan_hash(one)
    assert context_of(one).easing == RECORDED


def test_the_units_speed_is_judged_on_the_recording():
    plan = recorded_plan(LENS, TIMES, RING)
    assert plan.on_unit(400).feasibility.feasible
    assert not plan.on_unit(60_000).feasibility.feasible


def test_steps_in_a_recording_are_smoothed_only_as_far_as_the_limits_ask():
    stepped = np.round(RING / 1.5) * 1.5
    raw = recorded_plan(LENS, TIMES, stepped)
    assert not raw.feasibility.feasible
    plan = playable_plan(LENS, TIMES, stepped)
    assert plan.feasibility.feasible
    assert off_recording_deg(plan, TIMES, stepped) < 1.6
    assert not playable_plan(LENS, TIMES, stepped, smooth_s=0.0).feasibility.feasible
    even = playable_plan(LENS, TIMES, RING)
    assert off_recording_deg(even, TIMES, RING) < 1e-9


@pytest.mark.parametrize(
    ("times", "ring", "words"),
    [
        (TIMES, np.full(301, 20.0), "doesn't turn"),
        (TIMES, RING + 250.0, "travel is"),
        (TIMES * 2000, RING, "too long"),
        (TIMES[::-1], RING, "must rise"),
        (TIMES, np.where(TIMES > 1, np.nan, RING), "travel is"),
    ],
)
def test_what_cannot_be_played_is_refused(times, ring, words):
    with pytest.raises(RequestError, match=words):
        recorded_plan(LENS, times, ring)


@pytest.mark.parametrize("phase", range(0, 20, 3))
@pytest.mark.parametrize(("deg", "hz"), [(8.0, 2.0), (30.0, 0.8), (40.0, 0.5), (15.0, 1.0)])
def test_a_hand_is_replayed_wherever_its_samples_fell(deg: float, hz: float, phase: int) -> None:
    """A turn back between two samples is no sharper than the hand's, though a cubic that turns at one of them is."""
    seconds = np.concatenate([[0.0], np.arange(max(phase, 0.5) / 1000.0, 2.6, 0.02)])

    def eased(share: FloatArray) -> FloatArray:
        share = np.clip(share, 0.0, 1.0)
        return share**2 * (3.0 - 2.0 * share)

    hand = 150.0 + deg * np.sin(2.0 * np.pi * hz * seconds) * eased(seconds / 0.5) * eased((2.4 - seconds) / 0.5)
    told = np.round(hand * 23.1) / 23.1  # the unit counts whole steps
    plan = playable_plan(LENS, seconds, told)
    assert plan.feasibility.feasible, plan.feasibility.words
    at = np.linspace(0.0, plan.motion.duration_s, 4001)
    assert np.max(np.abs(plan.motion.ring_deg(at) - np.interp(at, seconds, hand))) < 0.25
    assert off_recording_deg(plan, seconds, told) < 0.25
