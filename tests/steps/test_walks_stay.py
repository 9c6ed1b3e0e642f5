# SPDX-License-Identifier: MIT
"""Profiles of pulls of every kind: each segment is as it was, and what is said of them is counted again by steps."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from followfocus.errors import FollowFocusError
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.steps.profile import SEGMENT_DTYPE, compile_profile, expand, profile_id, step_times
from followfocus.steps.segments import (
    FRACTION,
    LEAD_TICKS,
    LONGEST_TICKS,
    MAX_ADD,
    MAX_COUNT,
    MAX_WORD,
    Compressor,
    tightest_gaps,
    whole_line,
)
from followfocus.steps.times import MAX_POSITION, MAX_STEPS, REVERSAL_GAP_S, START_GAP_S
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]


def _pull(*stops: float, seconds: float, easing: str = "minjerk", hold_s: float = 0.0) -> Motion:
    marks = tuple(Mark("ABCDE"[at], deg, hold_s=hold_s) for at, deg in enumerate(stops))
    return motion_of(Pull(marks, tuple(Leg(seconds, parse_easing(easing)) for _ in stops[1:])))


def _tracked(seed: int) -> Motion:
    draw = random.Random(seed)
    times = np.cumsum([draw.uniform(0.02, 0.2) for _ in range(30)])
    return Motion.from_track(times, 150 + np.cumsum([draw.gauss(0, 2.0) for _ in range(30)]))


MOTIONS: dict[str, tuple[Motion, float, float, float]] = {
    "plain": (_pull(0.0, 90.0, seconds=1.0), 23.1, 16e6, 2.0),
    "back": (_pull(250.0, 249.0, seconds=0.3, easing="sine"), 23.1, 16e6, 2.0),
    "turns": (_pull(10.0, 60.0, 20.0, 41.0, seconds=0.5), 10.0, 16e6, 0.3),
    "holds": (_pull(10.0, 11.0, 9.0, seconds=0.4, hold_s=1.3), 10.0, 16e6, 2.0),
    "long": (_pull(0.0, 0.5, seconds=900.0), 10.0, 16e6, 2.0),
    "linear": (_pull(0.049, 30.0, seconds=1.0, easing="linear"), 10.0, 16e6, 2.0),
    "straight-back": (_pull(0.0, 20.0, 0.0, seconds=0.4, easing="linear"), 10.0, 16e6, 2.0),
    "slow-clock": (_pull(0.0, 30.0, seconds=0.7, easing="bezier(0.9,0,0.1,1)"), 10.0, 1e6, 4.0),
    "fast": (_pull(0.0, 300.0, seconds=0.1, easing="scurve"), 23.1, 16e6, 2.0),
    "short": (_pull(0.0, 0.4, seconds=0.02), 10.0, 16e6, 2.0),
    "track": (_tracked(2), 23.1, 16.08e6, 2.0),
    "hand": (_tracked(9), 5.0, 16e6, 20.0),
}  # fmt: skip


@pytest.mark.parametrize("name", MOTIONS)
def test_a_profile_is_what_it_was(name: str) -> None:
    motion, steps_per_deg, tick_hz, error_us = MOTIONS[name]
    found = compile_profile(motion, steps_per_deg, tick_hz, error_us)
    times, directions, start, end = step_times(motion, steps_per_deg)
    rows: list[Row] = [(
        found.start, found.end, found.steps, found.duration_s, found.worst_error_us, found.peak_step_hz,
        found.min_interval_ticks, found.min_reversal_ticks, found.total_ticks, found.id, start, end, len(directions),
    )]  # fmt: skip
    rows += [tuple(row) for row in found.segments.tolist()]
    rows += [(float(at), int(way)) for at, way in zip(times[::17], directions[::17], strict=True)]
    assert_goes_as_it_did(f"profile-{name}", rows)


@pytest.mark.parametrize("name", MOTIONS)
def test_a_profile_says_of_itself_what_its_steps_say(name: str) -> None:
    motion, steps_per_deg, tick_hz, error_us = MOTIONS[name]
    found = compile_profile(motion, steps_per_deg, tick_hz, error_us)
    clock, way, since, gaps, turns, edges = 0, 0, 0, list[int](), list[int](), list[int]()
    for interval, count, add in found.segments.tolist():
        if count == 0:
            clock, since = clock + interval * FRACTION, since + interval * FRACTION
        for step in range(abs(count)):
            clock, since = clock + interval + step * add, since + interval + step * add
            edges.append(clock // FRACTION)
            gaps.append(since)
            if way == -math.copysign(1, count):
                turns.append(since)
            way, since = math.copysign(1, count), 0
    assert found.edge_ticks().tolist() == edges
    assert (found.min_interval_ticks, found.total_ticks) == (min(gaps) // FRACTION, clock // FRACTION)
    assert found.min_reversal_ticks == (min(turns) // FRACTION if turns else None)
    assert found.peak_step_hz == pytest.approx(tick_hz / max(1, np.diff(edges).min()))
    times, _, _, _ = step_times(motion, steps_per_deg)
    assert found.worst_error_us == pytest.approx(np.abs(np.array(edges) - times * tick_hz).max() / tick_hz * 1e6)


@pytest.mark.parametrize(("rows", "gaps"), [
    ([], (None, None)),
    ([(7, 0, 0)], (None, None)),
    ([(500, 1, 90)], (500, None)),
    ([(500, 3, -90)], (320, None)),
    ([(500, 3, 90)], (500, None)),
    ([(3, 0, 0), (500, 2, 0)], (500, None)),
    ([(3, 0, 0), (500, 1, 0)], (3 * FRACTION + 500, None)),
    ([(500, 2, 0), (900, -2, 0)], (500, 900)),
    ([(500, 2, 0), (1, 0, 0), (300, -1, 0), (1, 0, 0), (40, 1, 0)], (FRACTION + 40, FRACTION + 40)),
    ([(500, -2, 0), (300, -1, 0), (700, 1, 0), (650, -1, 0)], (300, 650)),
])  # fmt: skip
def test_the_tightest_gaps_are_those_between_steps(
    rows: list[tuple[int, int, int]], gaps: tuple[int | None, int | None]
) -> None:
    assert tightest_gaps(np.array(rows, dtype=SEGMENT_DTYPE)) == gaps


@pytest.mark.parametrize(("interval", "add", "count", "found"), [
    (MAX_WORD, 0, 3, True), (MAX_WORD + 1, 0, 3, False), (1, 0, 3, True), (0, 0, 3, False),
    (MAX_WORD - 2, 1, 3, True), (MAX_WORD - 1, 1, 3, False), (3, -1, 3, True), (2, -1, 3, False),
    (MAX_ADD + 5, -MAX_ADD, 2, True), (MAX_ADD + 5, -MAX_ADD - 1, 2, False), (1000, MAX_ADD, 2, True),
    (1000, MAX_ADD + 1, 2, False),
])  # fmt: skip
def test_a_line_that_does_not_fit_its_words_is_none(interval: int, add: int, count: int, found: bool) -> None:
    gates = interval + add * np.arange(count, dtype=float) / 2
    line = whole_line(gates - 0.1, gates + 0.1, float(add))
    assert line == ((interval, add) if found else None)


@pytest.mark.parametrize("off", [0, 3, 40, -900, 20_000])
def test_a_line_is_found_however_far_off_the_guess_is(off: int) -> None:
    gates = 90_000.0 - 37 * np.arange(60) / 2
    interval, add = whole_line(gates - 0.4, gates + 0.4, -37.0 + off) or (0, 0)
    assert (interval, add) == (90_000, -37)


@pytest.mark.parametrize(("start_tick", "rows"), [
    (LONGEST_TICKS, [(LONGEST_TICKS * FRACTION, 1, 0)]),
    (LONGEST_TICKS + 1, [(LONGEST_TICKS + 1 - LEAD_TICKS, 0, 0), (LEAD_TICKS * FRACTION, 1, 0)]),
    (5_000_000_000, [(MAX_WORD, 0, 0), (5_000_000_000 - LEAD_TICKS - MAX_WORD, 0, 0), (LEAD_TICKS * FRACTION, 1, 0)]),
])  # fmt: skip
def test_a_step_far_away_is_waited_for(start_tick: int, rows: list[Row]) -> None:
    made = Compressor()
    made.run(np.array([float(start_tick)]), np.array([1.0]), 1)
    assert made.rows == rows
    assert made.clock == start_tick * FRACTION
    edges, moves, total = expand(np.array(made.rows, dtype=SEGMENT_DTYPE))
    assert (edges.tolist(), moves.tolist(), total) == ([start_tick], [1], start_tick)


@pytest.mark.parametrize(("ticks", "rows"), [(0.4, []), (0.6, [(1, 0, 0)]), (MAX_WORD, [(MAX_WORD, 0, 0)]),
                                             (MAX_WORD + 1, [(MAX_WORD, 0, 0), (1, 0, 0)])])  # fmt: skip
def test_a_wait_takes_as_many_dwells_as_its_word_asks_for(ticks: float, rows: list[Row]) -> None:
    made = Compressor()
    made.dwell_until(ticks)
    assert made.rows == rows


def test_a_segment_counts_no_further_than_its_word_goes() -> None:
    made = Compressor()
    due = 200.0 * np.arange(1, 3 * MAX_COUNT)
    made.run(due, np.full(len(due), 1.0), -1)
    counts = [count for _, count, _ in made.rows]
    assert min(counts) >= -MAX_COUNT
    assert min(counts) <= -0.97 * MAX_COUNT
    assert sum(counts) == -len(due)


@pytest.mark.parametrize(("late_s", "start"), [(START_GAP_S * 0.5, 1), (START_GAP_S * 1.1, 0)])
def test_a_first_step_too_soon_is_not_made(late_s: float, start: int) -> None:
    # A linear motion of 100 steps/s that begins just short of the half step.
    motion = _pull(0.05 - 10.0 * late_s, 10.05 - 10.0 * late_s, seconds=1.0, easing="linear")
    times, _, found, end = step_times(motion, 10.0)
    assert (found, end - found) == (start, len(times))
    assert times[0] == pytest.approx(0.01 + late_s if start else late_s, abs=1e-9)


@pytest.mark.parametrize(("past_steps", "flutters"), [(3e-8, False), (1e-6, True)])
def test_two_steps_that_undo_each_other_too_soon_are_not_made(past_steps: float, flutters: bool) -> None:
    motion = _pull(0.0, 10.05 + past_steps / 10, 0.0, seconds=1.0)
    times, directions, _, _ = step_times(motion, 10.0)
    assert np.diff(times[np.flatnonzero(np.diff(directions))[0] :][:2])[0] > REVERSAL_GAP_S
    assert len(times) == (202 if flutters else 200)


@pytest.mark.parametrize(("start_step", "works"), [(100, True), (101, True), (99, False), (102, False)])
def test_a_start_is_the_nearest_step_or_the_other_at_a_half(start_step: int, works: bool) -> None:
    motion = _pull(10.05, 20.0, seconds=1.0)
    if not works:
        with pytest.raises(FollowFocusError, match="Go to its start"):
            step_times(motion, 10.0, start_step)
        return
    times, _, start, end = step_times(motion, 10.0, start_step)
    assert (start, end, len(times)) == (start_step, 200, 200 - start_step)


@pytest.mark.parametrize(("start", "packed"), [(0, b""), (-5, b"abc"), (2**31 - 1, b"0123456789")])
def test_a_profile_s_number_is_of_its_start_and_its_words(start: int, packed: bytes) -> None:
    found = profile_id(start, packed)
    assert 0 < found < 2**32
    assert len({found, profile_id(start - 1, packed), profile_id(start, packed + b"x")}) == 3


@pytest.mark.parametrize("way", [1, -1])
def test_a_motion_starts_where_a_unit_can_count_and_a_little_beyond(way: int) -> None:
    assert MAX_POSITION == 2_127_483_647
    motion = _pull(way * 1.0, way * (1.0 - 1e-7), seconds=1.0)
    times, _, start, end = step_times(motion, MAX_POSITION - 1.0)
    assert (start, end) == (way * (MAX_POSITION - 1), start - way * len(times))
    assert len(times) == pytest.approx(213, abs=1)
    with pytest.raises(FollowFocusError, match="beyond what a unit can count"):
        step_times(motion, float(MAX_POSITION))


def test_more_steps_than_memory_is_for_are_refused_before_any_is_made() -> None:
    assert MAX_STEPS == 20_000_000
    with pytest.raises(FollowFocusError, match="more than 20,000,000 steps"):
        step_times(_pull(0.0, 10.0, 0.0, seconds=1.0), 1e6 + 1)


@pytest.mark.parametrize(("end_deg", "steps"), [(0.04, 0), (0.06, 1), (-0.04, 0), (-0.06, 1)])
def test_a_motion_of_less_than_a_step_has_none(end_deg: float, steps: int) -> None:
    times, directions, start, end = step_times(_pull(0.0, end_deg, seconds=1.0), 10.0)
    assert (len(times), start) == (steps, 0)
    assert end == int(directions.sum()) == steps * int(math.copysign(1, end_deg))
