# SPDX-License-Identifier: MIT
"""Every kind of curve, pull, track and rig: it moves, is judged and is shortened as it was."""

from __future__ import annotations

import dataclasses
import math
import random
from itertools import pairwise

import numpy as np
import pytest

from followfocus.errors import FollowFocusError
from followfocus.motion import (
    bezier,
    bounds,
    curves,
    easing,
    instants,
    limits,
    motion,
    motor,
    presets,
    pull,
    runs,
    spans,
    takeup,
)
from followfocus.motion.bezier import BezierEasing
from followfocus.motion.bounds import RingLimits, Setting, bounds_of, judged_runs, least_s
from followfocus.motion.curves import Easing
from followfocus.motion.easing import EASINGS, parse_easing
from followfocus.motion.limits import (
    FAST,
    RING_LIMITS,
    STANDARD,
    UNLIMITED,
    check_pull,
    rounded_up,
    shortest,
    slower_by,
    stretch_to_fit,
    time_optimal_duration,
)
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.motor import DEFAULT_RIG, MOTORS, Rig, motor_named, pullout_torque_nm
from followfocus.motion.presets import follows, motor_title, quarter_turn
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.motion.runs import RunLoad, least_motor_duration, runs_of, torque_durations
from followfocus.motion.takeup import lead_deg, motor_motion
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]
PARTS = (bezier, bounds, curves, easing, instants, limits, motion, motor, presets, pull, runs, spans, takeup)
"""The modules that have a word in these walks"""
NAMES = (
    *EASINGS, "bezier(0.42,0,0.58,1)", "bezier(0.1,0.9,0.2,1)", "bezier(0,0,1,1)", "bezier(1,0,0,1)",
    "bezier(0.25,0.1,0.9,0.7)", "bezier(0,0,0.3,1)", "bezier(0.5,0,1,1)", "scurve(0.2,0.4,0.35)", "scurve(0.5,0.5,0.5)",
    "scurve(0.1,0.6,0.01)", "trapezoid(0.25)", "trapezoid(0.02)", "scurve(0.004,0.3,0.5)",
)  # fmt: skip


def weighted(values: np.ndarray) -> float:
    """A sum in which each place has another weight."""
    return float(np.sum(values * (1.0 + np.arange(len(values)) % 7)))


def steps_of(kind: Easing) -> list[Row]:
    """How an easing starts, lands and is felt in steps."""
    rows = list[Row]()
    for step in (0.3, 0.01, 0.0002):
        ends = [instants.end_of(kind, step, landing=landing) for landing in (False, True)]
        rows += [("end", step, *dataclasses.astuple(end)) for end in ends]
        rows.append(("felt", step, instants.is_sudden(kind, step), instants.felt_speed(kind, step)))
    ramps = instants.ramps_of(kind)
    if ramps is not None:
        shares = [weighted(table.ravel()) for table in (ramps.jump, ramps.accel, ramps.jerk)]
        rows.append(("ramps", len(ramps.first), len(ramps.last), weighted(ramps.first), weighted(ramps.last), *shares))
        rows += [("best", *map(int, ramps.best(jump, 3.0, 50.0))) for jump in (0.01, 0.3, 2.0)]
    return rows


@pytest.mark.parametrize("name", NAMES)
def test_a_curve_is_what_it_was(name: str) -> None:
    assert all(part.__doc__ for part in PARTS)
    kind, rows = parse_easing(name), list[Row]()
    peaks, looks = kind.peaks(), kind.looks()
    rows.append((kind.name, peaks.speed, peaks.accel, peaks.jerk, kind.end_step, len(looks), weighted(looks)))
    shares = np.linspace(0.0, 1.0, 17)
    columns = (kind.value(shares), kind.speed(shares), kind.accel(shares), kind.reached(shares))
    rows += [tuple(map(float, row)) for row in zip(*columns, strict=True)]
    rows += [(kind.value(u), kind.speed(u), kind.accel(u)) for u in (-0.5, 0.0, 0.31, 1.0, 1.5)]
    if isinstance(kind, BezierEasing):
        rows.append(tuple(map(float, kind.jerk(shares[1:-1]))))
    inside = instants.peaks_inside(kind, looks[3:-3])
    rows += [("inside", *inside), *steps_of(kind)]
    assert_goes_as_it_did(f"curve-{name}", rows)


@pytest.mark.parametrize("kind", [parse_easing(name) for name in NAMES], ids=NAMES)
def test_a_curves_rates_are_the_slopes_of_its_values(kind: Easing) -> None:
    """Against differences of the values themselves, off the places at which pieces meet."""
    draw, apart = random.Random(3), 1e-6
    for u in [draw.uniform(0.02, 0.98) for _ in range(60)]:
        before, here, after = (kind.speed(u + off) for off in (-apart, 0.0, apart))
        rate = (kind.value(u + apart) - kind.value(u - apart)) / (2 * apart)
        assert rate == pytest.approx(here, rel=2e-3, abs=2e-4)
        bend = (after - before) / (2 * apart)
        if abs(kind.accel(u - 2 * apart) - kind.accel(u + 2 * apart)) < 1e-2 * max(1.0, abs(kind.accel(u))):
            assert bend == pytest.approx(kind.accel(u), rel=2e-2, abs=2e-2)
        assert abs(here) <= kind.peaks().speed * (1 + 1e-9)
        assert kind.value(kind.reached(kind.value(u))) == pytest.approx(kind.value(u), abs=1e-9)


def _mark(draw: random.Random, at: int, *, ends: bool) -> Mark:
    place = round(draw.uniform(0, 300), 2)
    if ends or draw.random() < 0.5:
        return Mark("ABCDEF"[at], place, hold_s=draw.choice((0.0, 0.0, 0.01, 0.4)))
    return Mark("ABCDEF"[at], place, through=True)


def some_pulls() -> dict[str, Pull]:
    """Pulls with holds, turns, through marks, and curves of every kind."""
    draw, found = random.Random(11), dict[str, Pull]()
    for number in range(12):
        count = draw.randrange(2, 6)
        marks = [_mark(draw, at, ends=at in (0, count - 1)) for at in range(count)]
        legs = [Leg(round(draw.uniform(0.15, 2.0), 3), parse_easing(draw.choice(NAMES))) for _ in range(count - 1)]
        found[f"{number}"] = Pull(tuple(marks), tuple(legs))
    found["tiny"] = Pull.between(Mark("A", 10.0), Mark("B", 10.02), 0.5)
    found["back"] = Pull((Mark("A", 0), Mark("B", 40), Mark("C", 5)), (Leg(0.6), Leg(0.4, parse_easing("sine"))))
    return found


PULLS = some_pulls()


def motion_rows(made: Motion) -> list[Row]:
    """Where it is, and all that is said of it."""
    looks = made.looks_s()
    rows: list[Row] = [(
        made.duration_s, made.start_deg, made.end_deg, made.peak_speed, made.peak_accel, made.peak_jerk, len(looks),
        weighted(looks), len(made.spans),
    )]  # fmt: skip
    rows += [(piece.start_s, piece.end_s, piece.start_deg, piece.end_deg) for piece in made.pieces]
    for t in np.linspace(-0.1, made.duration_s + 0.1, 14):
        rows.append((made.ring_deg(float(t)), made.speed_deg_s(float(t)), made.accel_deg_s2(float(t))))
    return rows


@pytest.mark.parametrize("name", PULLS)
def test_a_pull_moves_as_it_did(name: str) -> None:
    asked = PULLS[name]
    rows: list[Row] = [(asked.duration_s, asked.travel_deg, repr(asked.runs), asked.reversed().marks[0].ring_deg)]
    rows += [(asked.turns_at(mark), asked.marks[mark].hold_s) for mark in range(len(asked.marks))]
    made = motion_of(asked)
    rows += motion_rows(made)
    rows += motion_rows(made.stretched(1.7))[:3]
    rows += motion_rows(motor_motion(made, 0.35))
    rows += motion_rows(motion_of(asked.stretched(0.6)))[:3]
    assert_goes_as_it_did(f"pull-{name}", rows)


@pytest.mark.parametrize("name", PULLS)
def test_a_motor_that_leads_has_its_ring_where_the_pull_wants_it(name: str) -> None:
    made = motion_of(PULLS[name])
    led = motor_motion(made, 0.35)
    times = np.linspace(0.0, made.duration_s, 400)
    assert np.abs(led.ring_deg(times) - made.ring_deg(times)).max() <= 0.35 + 1e-9
    for piece in made.pieces:
        at = np.array([0.999 * piece.end_s + 0.001 * piece.start_s])
        if abs(piece.end_deg - piece.start_deg) > 1.0 and piece.end_s - piece.start_s > 0.1:
            way = math.copysign(0.35, piece.end_deg - piece.start_deg)
            assert led.ring_deg(at) - made.ring_deg(at) == pytest.approx(way, abs=1e-6)


@pytest.mark.parametrize("rounds", [False, True])
@pytest.mark.parametrize("smooth_s", [0.0, 0.09])
def test_a_track_moves_as_it_did(smooth_s: float, rounds: bool) -> None:
    draw, rows = random.Random(5), list[Row]()
    for rest_ends in (False, True):
        times = np.cumsum([draw.uniform(0.02, 0.2) for _ in range(25)])
        ring = 150 + np.cumsum([round(draw.gauss(0, 3.0)) for _ in range(25)])
        made = Motion.from_track(times, ring.astype(float), smooth_s, rest_ends=rest_ends, rounds=rounds)
        rows += motion_rows(made)
        rows += motion_rows(motor_motion(made, 0.2))[:12]
        rows += [_judged(made, DEFAULT_RIG, STANDARD)]
    assert_goes_as_it_did(f"track-{smooth_s:g}-{rounds}", rows)


RIGS: dict[str, Rig | None] = {
    "usual": DEFAULT_RIG,
    "weak": Rig(motor=motor_named("nema11"), ring_friction_nm=0.08),
    "stiff": dataclasses.replace(DEFAULT_RIG, ring_friction_nm=0.5, lash_deg=0.6),
    "heavy": dataclasses.replace(DEFAULT_RIG, ring_inertia_kgm2=3e-3, lens_teeth=120, motor_teeth=30),
    "low": dataclasses.replace(DEFAULT_RIG, volts=7.4, microsteps=32),
    "none": None,
}


def _judged(job: Motion | Pull, rig: Rig | None, within: RingLimits, interval: float = 400) -> Row:
    found = check_pull(job, rig, within, (5.0, 280.0), interval)
    told = [
        (one.name, f"{one.asked:.6g}", f"{one.allowed:.6g}", f"{one.shortest_s:.6g}", one.kept, one.note)
        for one in found.bounds
    ]
    return (
        found.feasible, found.binding, found.min_duration_s, found.words, found.shortest_binding, found.torque_margin,
        found.worst_rpm, found.slips_below_s, found.resonance_s, found.resonance_deg_s, repr(found.warnings),
        found.reason, repr(told),
    )  # fmt: skip


@pytest.mark.parametrize("rig", RIGS)
def test_a_pull_is_judged_as_it_was(rig: str) -> None:
    rows = list[Row]()
    for name, asked in PULLS.items():
        for within, interval in ((STANDARD, 400), (FAST, 1600), (UNLIMITED, 3000)):
            rows.append((name, *_judged(asked, RIGS[rig], within, interval)))
        rows.append((name, slower_by(asked, RIGS[rig]), slower_by(asked.stretched(9.0), RIGS[rig], FAST)))
        for make in (shortest, stretch_to_fit):
            try:
                rows.append((name, *(leg.duration_s for leg in make(asked, RIGS[rig], FAST, 500).legs)))
            except FollowFocusError as error:
                rows.append((name, str(error)))
    assert_goes_as_it_did(f"judged-{rig}", rows)


@pytest.mark.parametrize("rig", [name for name, rig in RIGS.items() if rig is not None])
def test_a_run_asks_of_the_motor_what_it_did(rig: str) -> None:
    built, rows = RIGS[rig], list[Row]()
    assert built is not None
    for asked in PULLS.values():
        setting = Setting(STANDARD, built, 40_000.0)
        for run in (*runs_of(asked, built), *judged_runs(asked, setting)):
            least = least_s(bounds_of(run, setting))
            rows.append((
                repr(run.legs), run.duration_s, run.peak_speed, run.peak_step_speed, run.peak_accel, run.peak_jerk,
                len(run.looks), weighted(run.looks), weighted(run.speed), weighted(run.accel), run.jump, run.turns,
                run.unjudged, run.takeup_deg, run.first_share, run.span, least, *torque_durations(run, built),
                least_motor_duration(run, 300.0), run.peak_motor_speed(0.7),
            ))  # fmt: skip
            speed, inertial, pullout = RunLoad.of(run, built).played_in(0.9)
            rows.append((weighted(speed), weighted(inertial), weighted(pullout)))
    assert_goes_as_it_did(f"runs-{rig}", rows)


def test_motors_and_rigs_have_the_torque_they_had() -> None:
    rows = list[Row]()
    speeds = np.array([0.0, 1.0, 10.0, 60.0, 200.0, 600.0])
    for name, one in MOTORS.items():
        rows.append((name, motor_title(name), *dataclasses.astuple(one)[1:]))
        for volts, amps in ((12.0, 0.3), (24.0, 1.0), (48.0, 2.0)):
            rows.append((name, volts, *map(float, np.atleast_1d(pullout_torque_nm(one, volts, amps, speeds)))))
            rows.append((name, float(pullout_torque_nm(one, volts, amps, 33.0))))
    for name, rig in RIGS.items():
        if rig is None:
            continue
        rows.append((name, *map(float, rig.pullout_nm(speeds)), *map(float, rig.torque_asked_nm(speeds / 1e3 - 0.1))))
        rows.append((
            name, rig.steps_per_deg, rig.ratio, rig.ring_deg_per_step, rig.ring_deg_per_full_step,
            rig.friction_at_motor_nm, rig.inertia_at_motor_kgm2, rig.running_torque_nm, rig.resonance_full_steps_s,
            rig.start_stop_rad_s, lead_deg(rig), bounds.start_speed_deg_s(rig),
        ))  # fmt: skip
        for limit in (30.0, 600.0, 5000.0):
            found = follows(rig, limit)
            rows.append((name, found.speed_deg_s, found.force_times, found.at_speed_times, found.enough, found.words))
    assert_goes_as_it_did("motors", rows)


@pytest.mark.parametrize("asked_deg", [20.0, -90.0])
def test_a_quarter_turn_is_read_as_it_was(asked_deg: float) -> None:
    rows = list[Row]()
    for percent in (*range(-260, 261, 9), 10, -10, 97, 98, 102, 103, 80, 128, 125):
        found = quarter_turn(DEFAULT_RIG, asked_deg, asked_deg * percent / 100)
        rows.append((percent, found.words, found.motor_teeth, found.direction, found.right, found.turned))
    for small in (0.99, -0.99):
        with pytest.raises(FollowFocusError, match="no room"):
            quarter_turn(DEFAULT_RIG, small, 5.0)
    assert quarter_turn(DEFAULT_RIG, 1.0, 1.0).right
    assert_goes_as_it_did(f"quarter-{asked_deg:g}", rows)


@pytest.mark.parametrize(("speed", "accel", "jerk"), [(600, 3000, 30_000), (600, 3000, math.inf), (50, 9000, 1e4)])
def test_no_curve_beats_the_fastest_move_and_that_keeps_its_limits(speed: float, accel: float, jerk: float) -> None:
    """Summed up again from its seven segments, by doubling and halving what is reached in a time."""

    def way(duration_s: float) -> float:
        def gained(a: float) -> float:  # speed gained on a ramp whose acceleration reaches a, and its time
            return a * a / jerk

        ramp_s = duration_s / 2
        a = min(accel, ramp_s * jerk / 2)
        flat_s = ramp_s - 2 * a / jerk
        v = gained(a) + a * flat_s
        if v <= speed:
            return v * ramp_s
        a = min(accel, math.sqrt(speed * jerk))
        ramp_s = speed / a + a / jerk
        return speed * ramp_s + speed * (duration_s - 2 * ramp_s)

    for distance in (0.01, 0.5, 3.0, 20.0, 90.0, 300.0, -90.0):
        found = time_optimal_duration(distance, speed, accel, jerk)
        assert way(found) == pytest.approx(abs(distance), rel=1e-9)
    assert time_optimal_duration(0.0, speed, accel, jerk) == 0.0


def test_seconds_are_rounded_up_as_they_were() -> None:
    rows = [(seconds, rounded_up(seconds)) for seconds in (0.0, 0.001, 0.0101, 0.5, 0.9999, 1.0, 3.14159, 61.001, 1e3)]
    ways = [repr(sorted(RING_LIMITS)), repr([dataclasses.astuple(one) for one in RING_LIMITS.values()])]
    assert all(b[0] > a[0] for a, b in pairwise(rows))
    assert_goes_as_it_did("rounded", [*rows, tuple(ways)])
