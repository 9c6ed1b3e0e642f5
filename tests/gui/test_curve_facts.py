# SPDX-License-Identifier: MIT
"""The curve's facts about plans: the limits they break and when, where marks hold, when each subject is sharp."""

from __future__ import annotations

import math

import numpy as np
import pytest

from followfocus.lens.map import load_lens
from followfocus.motion.easing import parse_easing
from followfocus.motion.limits import ACCELERATION, JERK, SPEED
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.plan.plan import Conditions, Plan, make_plan
from followfocus_gui.state.curve_facts import bands_of, binding_spans, holds_of, lens_scale, runs

LENS = load_lens("ideal-50")
NAMES = ("Anna", "door", "Ben", "bar")


def _plan(*distances_m: float, seconds: float = 1.0, holds_s: tuple[float, ...] = ()) -> Plan:
    held = holds_s or (0.0,) * len(distances_m)
    marks = tuple(
        Mark(NAMES[i], LENS.ring_deg(d), hold_s=hold) for i, (d, hold) in enumerate(zip(distances_m, held, strict=True))
    )
    legs = tuple(Leg(seconds, parse_easing("minjerk")) for _ in distances_m[1:])
    return make_plan(LENS, Pull(marks, legs), Conditions(LENS.t_stop))


def test_a_pull_that_can_be_done_breaks_nothing() -> None:
    assert binding_spans(_plan(2.0, 4.0)) == ((), ())


def test_a_pull_too_fast_is_told_when_and_by_which_limit() -> None:
    plan = _plan(0.6, 8.0, seconds=0.3)
    spans, names = binding_spans(plan, start_s=10.0)
    assert set(names) >= {SPEED, ACCELERATION, JERK}
    ((start, end),) = (span for span, name in zip(spans, names, strict=True) if name == SPEED)
    # minimum jerk is fastest in the middle, and slow enough at both ends
    assert 10.0 < start < 10.15 < end < 10.3
    assert start + end == pytest.approx(20.3, abs=0.002)
    inside = np.linspace(start - 10.0, end - 10.0, 50)
    assert np.all(np.abs(plan.motion.speed_deg_s(inside)) > plan.limits.speed_deg_s * 0.999)
    assert names.count(ACCELERATION) == 2, "speeding up and slowing down"


def test_runs() -> None:
    t = np.arange(6.0)
    assert runs(t, np.array([True, True, False, True, False, False])) == ((0.0, 1.0), (3.0, 3.0))
    assert runs(t, np.zeros(6, dtype=bool)) == ()
    assert runs(t, np.ones(6, dtype=bool)) == ((0.0, 5.0),)


def test_holds_belong_to_their_marks_forward_and_back() -> None:
    plan = _plan(0.8, 2.0, 3.0, 5.0, holds_s=(0.0, 0.5, 0.0, 0.0))
    assert holds_of([plan], [0.0], 0.5) == (((1.0, 0.5), (2.5, 0.0)), (1, 2))
    assert holds_of([plan], [0.0], 0.5, back=True)[1] == (2, 1)


def test_a_hold_for_go_has_no_mark_to_drag() -> None:
    parts = [_plan(0.8, 2.0), _plan(2.0, 3.0, 5.0)]
    assert holds_of(parts, [0.0, 1.5], 0.5) == (((1.0, 0.5), (2.5, 0.0)), (None, 2))


def test_bands_of_all_marks() -> None:
    bands = bands_of([_plan(0.8, 2.0, 5.0)], [0.0], NAMES)
    assert [band.letter + band.name for band in bands] == ["AAnna", "Bdoor", "CBen"]
    assert [band.main for band in bands] == [True, False, True]
    assert [band.soft_s is None for band in bands] == [False, False, True]
    assert [band.sharp_s is None for band in bands] == [True, False, False]
    assert bands[1].sharp_s is not None
    assert bands[1].soft_s is not None
    assert bands[1].sharp_s < 1.0 < bands[1].soft_s


def test_bands_over_parts_and_back() -> None:
    parts = [_plan(5.0, 2.0), _plan(2.0, 0.8)]
    bands = bands_of(parts, [0.0, 1.5], NAMES, back=True)
    assert [band.letter for band in bands] == ["C", "B", "A"]
    assert bands[1].sharp_s is not None
    assert bands[1].soft_s is not None
    assert bands[1].sharp_s < 1.0 < 1.5 < bands[1].soft_s


def test_the_lens_has_a_scale_from_infinity_to_close_focus() -> None:
    ring, metres = lens_scale(LENS)
    assert ring[0] == 0.0
    assert math.isinf(metres[0])
    assert ring[-1] == LENS.travel_deg
    assert np.all(np.diff(metres) < 0)
