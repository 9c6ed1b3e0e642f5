# SPDX-License-Identifier: MIT
"""A walker is followed with ramps as short as the ring's limits let them be, and what is lost in them is said."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.lens.map import load_lens
from followfocus.lens.subjects import Subject, SubjectTrack
from followfocus.motion.limits import FAST, STANDARD, RingLimits
from followfocus.plan.following import follow_motion
from followfocus.plan.sharpness import rack_sharpness, soft_spans

FIFTY = load_lens("ideal-50")


def steady(speed_deg_s: float, duration_s: float, from_deg: float = 30.0) -> SubjectTrack:
    """Somebody who walks so that the ring turns evenly."""
    times = np.linspace(0.0, duration_s, 401)
    return SubjectTrack(tuple(times), tuple(FIFTY.distance_m(from_deg + speed_deg_s * times)))


@pytest.mark.parametrize("speed", [20.0, 60.0, 100.0])
@pytest.mark.parametrize("limits", [STANDARD, RingLimits(600.0, 1000.0, 30000.0)])
def test_a_ramp_takes_what_the_limits_let_it_and_no_more(speed: float, limits: RingLimits) -> None:
    """The shortest ramp at a jerk limit j, full jerk all the time, speeds up at 1.273·√(j·v) at most."""
    motion = follow_motion(steady(speed, 2.0), FIFTY, 2.0, limits)
    t = np.arange(0.0, 1.0, 0.004)
    accel = float(np.max(np.abs(np.diff(motion.ring_deg(t), 2)))) / 0.004**2
    allowed = min(limits.accel_deg_s2, 1.273 * math.sqrt(limits.jerk_deg_s3 * speed))
    assert accel == pytest.approx(allowed, rel=0.06)


def test_faster_limits_lose_her_less() -> None:
    walk = SubjectTrack((0.0, 2.0), (4.0, 1.2))
    lost = []
    for limits in (STANDARD, FAST):
        motion = follow_motion(walk, FIFTY, 2.0, limits)
        anna = rack_sharpness(motion, FIFTY, 1.4, 0.025, 24, (Subject("ANNA", walk),)).subjects[0]
        lost.append((anna.worst_circles, sum(stop - start for start, stop in soft_spans(anna, 2.0))))
    assert lost[0][0] < 4.5  # an ease of 0.3 s lost her by 5.2
    assert lost[1] < lost[0]


def test_a_gentle_walk_is_never_lost() -> None:
    walk = SubjectTrack((0.0, 4.0), (4.0, 2.0))
    anna = rack_sharpness(follow_motion(walk, FIFTY, 4.0), FIFTY, 1.4, 0.025, 24, (Subject("ANNA", walk),)).subjects[0]
    assert soft_spans(anna, 4.0) == ()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.7, 8.0), min_size=2, max_size=5), st.floats(0.4, 6.0))
def test_it_starts_and_lands_on_her_and_stays_within_her_way(places: list[float], duration_s: float) -> None:
    times = np.linspace(0.0, duration_s, len(places))
    motion = follow_motion(SubjectTrack(tuple(times), tuple(places)), FIFTY, duration_s)
    rings = [FIFTY.ring_deg(place) for place in places]
    assert motion.start_deg == pytest.approx(rings[0])
    assert motion.end_deg == pytest.approx(rings[-1])
    t = np.linspace(0.0, duration_s, 2001)
    assert np.all(motion.ring_deg(t) >= min(rings) - 0.02)
    assert np.all(motion.ring_deg(t) <= max(rings) + 0.02)
    assert abs(motion.speed_deg_s(1e-6)) < 1.0 + 0.02 * motion.peak_speed


def test_who_is_lost_is_said_with_the_figures() -> None:
    words = [
        "look",
        "ideal-50",
        "--plane",
        "ANNA=4m..1.2m",
        "--plane",
        "DOOR=6m",
        "--follow",
        "ANNA",
        "--duration",
        "2",
    ]
    ran = CliRunner().invoke(build_app(["look"]), words)
    assert ran.exit_code == 0
    assert "ANNA can't be held from 1.78 to 1.99 s: up to 4.3 circles soft" in ran.stderr
    gentle = CliRunner().invoke(build_app(["look"]), [*words[:-1], "12"])
    assert "can't be held" not in gentle.stderr
