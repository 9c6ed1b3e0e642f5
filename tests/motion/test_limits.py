# SPDX-License-Identifier: MIT
from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import InfeasibleError, RequestError
from followfocus.motion.easing import EASINGS, parse_easing
from followfocus.motion.limits import (
    FAST,
    RING_LIMITS,
    STANDARD,
    UNLIMITED,
    Feasibility,
    RingLimits,
    check_pull,
    rounded_up,
    shortest,
    stretch_to_fit,
    time_optimal_duration,
)
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.motor import DEFAULT_RIG, MOTORS, Rig, motor_named
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.motion.runs import RunLoad, least_duration, runs_of

WEAK = Rig(motor=motor_named("nema11"), ring_friction_nm=0.08)


def pull(degrees: float, duration_s: float, easing: str = "minjerk") -> Pull:
    return Pull.between(Mark("A", 0.0), Mark("B", degrees), duration_s, parse_easing(easing))


def bound(found: Feasibility, name: str):
    return next(bound for bound in found.bounds if bound.name == name)


RING_CASES = [
    # degrees, seconds, v, a, j, feasible, shortest, peak speed, peak acceleration
    (300, 0.5, 600, 3000, math.inf, False, 0.9375, 1125.0, 6928.2),
    (150, 0.5, 600, 3000, math.inf, False, 0.5373, 562.5, 3464.1),
    (90, 1.0, 600, 3000, 30000, True, 0.5646, 168.75, 519.62),
    (300, 5.0, 600, 3000, 30000, True, 0.9375, 112.5, 69.28),
    (30, 0.35, 600, 3000, 30000, False, 0.3915, 160.71, 1413.92),
]


@pytest.mark.parametrize(("degrees", "duration_s", "v", "a", "j", "feasible", "least", "speed", "accel"), RING_CASES)
def test_ring_limits_alone(degrees, duration_s, v, a, j, feasible, least, speed, accel) -> None:
    found = check_pull(pull(degrees, duration_s), None, RingLimits(v, a, j))
    assert found.feasible is feasible
    assert found.min_duration_s == pytest.approx(least, rel=1e-3)
    assert bound(found, "ring speed").asked == pytest.approx(speed, rel=1e-3)
    assert bound(found, "ring acceleration").asked == pytest.approx(accel, rel=1e-3)
    assert (found.binding is None) is feasible


def test_reference_cases() -> None:
    path = Path(__file__).parents[3] / "shared" / "data" / "reference-cases.json"
    if not path.exists():
        pytest.skip("the shared reference cases are not here")
    cases = [case for case in json.loads(path.read_text())["cases"] if case["group"] == "feasibility"]
    assert len(cases) >= 8
    for case in cases:
        given_, want = case["input"], case["expected"]
        if "easing" in given_ and "v_max" in given_:
            limits = RingLimits(given_["v_max"], given_["a_max"], given_["j_max"] or math.inf)
            found = check_pull(pull(given_["distance_deg"], given_["duration_s"], given_["easing"]), None, limits)
            assert found.feasible is want["feasible"], case["id"]
            assert found.min_duration_s == pytest.approx(want["min_duration_s"], rel=case["tolerance"]["rel"])
        elif "profile" in given_:
            least = time_optimal_duration(given_["distance_deg"], given_["v_max"], given_["a_max"], given_["j_max"])
            assert least == pytest.approx(want["min_duration_s"], abs=case["tolerance"]["abs"])


@pytest.mark.parametrize(("degrees", "least"), [(300, 0.8), (90, 0.4606), (10, 0.2201)])
def test_time_optimal_move(degrees: float, least: float) -> None:
    assert time_optimal_duration(degrees, 600, 3000, 30000) == pytest.approx(least, abs=2e-4)


def test_time_optimal_without_a_jerk_limit_is_the_trapezoid() -> None:
    assert time_optimal_duration(300, 600, 3000) == pytest.approx(300 / 600 + 600 / 3000)
    assert time_optimal_duration(-30, 600, 3000) == pytest.approx(2 * math.sqrt(30 / 3000))


smooth = st.sampled_from(["minjerk", "cycloidal", "septic", "scurve", "scurve(0.2,0.6,0.4)"])
limit_sets = st.builds(RingLimits, st.floats(50, 2000), st.floats(200, 20000), st.floats(1000, 1e6))


@given(degrees=st.floats(1, 360), easing=smooth, limits=limit_sets)
def test_no_easing_beats_the_time_optimal_move(degrees: float, easing: str, limits: RingLimits) -> None:
    found = check_pull(pull(degrees, 1.0, easing), None, limits)
    fastest = time_optimal_duration(degrees, limits.speed_deg_s, limits.accel_deg_s2, limits.jerk_deg_s3)
    assert found.min_duration_s >= fastest * (1 - 1e-6)


@given(
    degrees=st.floats(0.5, 360),
    easing=st.sampled_from(list(EASINGS)),
    limits=limit_sets,
    rig=st.sampled_from([None, DEFAULT_RIG, WEAK]),
)
def test_the_shortest_is_the_edge_of_what_is_allowed(degrees, easing, limits, rig) -> None:
    least = check_pull(pull(degrees, 1.0, easing), rig, limits).min_duration_s
    assert check_pull(pull(degrees, least * 1.0001, easing), rig, limits).feasible
    below = check_pull(pull(degrees, least * 0.999, easing), rig, limits)
    assert not below.feasible
    assert below.binding == check_pull(pull(degrees, 1.0, easing), rig, limits).shortest_binding


@given(degrees=st.floats(0.5, 360), times=st.tuples(st.floats(0.05, 3), st.floats(0.05, 3)))
def test_the_shortest_does_not_depend_on_what_was_asked(degrees: float, times: tuple[float, float]) -> None:
    first, second = (check_pull(pull(degrees, t), WEAK).min_duration_s for t in times)
    assert first == pytest.approx(second, rel=1e-9)


def test_a_pull_and_its_motion_are_judged_alike() -> None:
    for easing in ("minjerk", "sine", "scurve(0.3,0.5,0.5)"):
        asked = pull(140.0, 0.4, easing)
        for limits in (STANDARD, UNLIMITED):
            for rig in (None, DEFAULT_RIG, WEAK):
                by_leg, by_samples = check_pull(asked, rig, limits), check_pull(motion_of(asked), rig, limits)
                assert by_samples.feasible == by_leg.feasible
                assert by_samples.binding == by_leg.binding
                assert by_samples.min_duration_s == pytest.approx(by_leg.min_duration_s, rel=2e-3)


# Shortest minimum-jerk pull of 30, 90, 150 and 300 degrees with a torque factor of 2 throughout, 50:130 teeth, 0.95
# efficiency, 2e-4 kg·m² of ring, worked out independently. Keys: motor, volts, ring friction.
BY_TORQUE = {
    ("sy28sth45-0674a", 12, 0.05): (0.11, 0.19, 0.24, 0.40),
    ("sy28sth45-0674a", 12, 0.10): (0.43, 0.75, 0.97, 1.37),
    ("sy28sth45-0674a", 24, 0.05): (0.11, 0.19, 0.24, 0.34),
    ("14hs17-0504s", 12, 0.05): (0.09, 0.21, 0.32, 0.57),
    ("14hs17-0504s", 12, 0.10): (0.12, 0.33, 0.54, 1.07),
    ("14hs17-0504s", 12, 0.20): (0.27, 0.82, 1.36, 2.72),
    ("14hs17-0504s", 24, 0.05): (0.06, 0.13, 0.19, 0.32),
    ("14hs17-0504s", 24, 0.10): (0.07, 0.16, 0.25, 0.45),
    ("14hs17-0504s", 24, 0.20): (0.11, 0.27, 0.44, 0.87),
    ("36sth20-1004ahg", 24, 0.05): (0.10, 0.18, 0.23, 0.32),
    ("36sth20-1004ahg", 24, 0.10): (0.24, 0.41, 0.53, 0.75),
    ("ms14hs5p4200", 12, 0.05): (0.06, 0.10, 0.13, 0.21),
    ("ms14hs5p4200", 12, 0.20): (0.10, 0.18, 0.23, 0.35),
    ("ms14hs5p4200", 24, 0.10): (0.06, 0.11, 0.14, 0.20),
    ("42sth25-1004acg", 12, 0.10): (0.08, 0.19, 0.30, 0.57),
    ("42sth25-1004acg", 24, 0.20): (0.17, 0.29, 0.38, 0.54),
    ("42sth40-1004a", 12, 0.20): (0.10, 0.29, 0.48, 0.95),
    ("42sth40-1004a", 24, 0.35): (0.07, 0.21, 0.34, 0.68),
    ("17hs19-2004s1", 12, 0.35): (0.13, 0.23, 0.30, 0.58),
    ("17hs19-2004s1", 24, 0.10): (0.05, 0.09, 0.11, 0.17),
    ("17hs19-2004s1", 24, 0.35): (0.13, 0.23, 0.29, 0.42),
}


@pytest.mark.parametrize("key", BY_TORQUE, ids=lambda key: f"{key[0]}-{key[1]}V-{key[2]}")
def test_durations_by_torque_match_the_independent_table(key: tuple[str, float, float]) -> None:
    rig = Rig(motor=MOTORS[key[0]], volts=key[1], ring_friction_nm=key[2])
    for degrees, least in zip((30, 90, 150, 300), BY_TORQUE[key], strict=True):
        (run,) = runs_of(pull(degrees, 1.0))
        found = least_duration(RunLoad.of(run, rig), 2.0)
        assert found == pytest.approx(least, rel=0.06, abs=0.006)


@pytest.mark.parametrize(
    ("name", "friction"), [("36sth20-1004ahg", 0.2), ("14hs17-0504s", 0.35), ("ms14hs5p4200", 0.35)]
)
def test_friction_above_half_the_torque_is_refused_at_any_duration(name: str, friction: float) -> None:
    found = check_pull(pull(90.0, 60.0), Rig(motor=MOTORS[name], ring_friction_nm=friction), UNLIMITED)
    assert found.binding == "ring friction"
    assert found.min_duration_s == math.inf
    assert "no duration works" in found.words
    with pytest.raises(InfeasibleError) as caught:
        found.refuse()
    assert caught.value.min_duration_s is None
    assert caught.value.binding == "ring friction"


@given(
    friction=st.floats(0, 0.4),
    inertia=st.floats(2e-5, 1e-3),
    degrees=st.floats(5, 330),
    name=st.sampled_from(list(MOTORS)),
)
def test_reserve_in_torque_or_in_time(friction: float, inertia: float, degrees: float, name: str) -> None:
    """The shortest has twice the torque it needs, or half again the time at which torque runs out."""
    rig = Rig(motor=MOTORS[name], ring_friction_nm=friction, ring_inertia_kgm2=inertia)
    found = check_pull(pull(degrees, 1.0), rig, UNLIMITED, None, 1.0)
    if not math.isfinite(found.min_duration_s):
        assert rig.friction_at_motor_nm * 2 > rig.running_torque_nm
        return
    edge = check_pull(pull(degrees, found.min_duration_s), rig, UNLIMITED, None, 1.0)
    at_slip = check_pull(pull(degrees, found.slips_below_s), rig, UNLIMITED, None, 1.0)
    assert at_slip.torque_margin == pytest.approx(1.0, abs=2e-4)
    assert edge.torque_margin == pytest.approx(2.0, abs=1e-3) or found.min_duration_s == pytest.approx(
        1.5 * found.slips_below_s, rel=2e-4
    )
    assert 1.2 <= found.min_duration_s / found.slips_below_s <= 1.5 + 2e-4


def test_the_words_name_the_speed_the_shortest_and_a_better_gear() -> None:
    rig = Rig(motor=motor_named("nema11"), ring_friction_nm=0.1)
    asked = pull(150.0, 0.1)
    found = check_pull(asked, rig, UNLIMITED)
    assert found.binding == "motor torque"
    gears = [
        (check_pull(asked, dataclasses.replace(rig, motor_teeth=z), UNLIMITED).min_duration_s, z)
        for z in (30, 35, 40, 60)
    ]
    least, teeth = min(gears)
    assert found.words == (
        f"the motor runs out of torque at {found.worst_rpm:.0f} rpm; {rounded_up(found.min_duration_s)} s is the "
        f"shortest at this gearing; a {teeth}-tooth gear gives {rounded_up(least)} s"
    )
    close = check_pull(pull(150.0, found.slips_below_s * 1.1), rig, UNLIMITED)
    assert close.words.startswith("the motor has only 1.1 times the torque it needs at ")


def test_no_better_gear_is_named_where_there_is_none() -> None:
    best = Rig(motor=MOTORS["14hs17-0504s"], volts=12.0, ring_friction_nm=0.02)
    assert "tooth" not in check_pull(pull(150.0, 0.1), best, UNLIMITED).words


@pytest.mark.parametrize(
    ("asked", "settings", "name", "words"),
    [
        (
            pull(300, 0.5),
            {},
            "ring speed",
            "the ring would turn at 1125°/s, and 600°/s is its limit; 0.94 s is the shortest",
        ),
        (pull(150, 0.56), {"limits": RingLimits(600, 2000, math.inf)}, "ring acceleration", "speed up at 2762°/s²"),
        (pull(30, 0.35), {}, "ring jerk", "41983°/s³"),
        (pull(300, 1.0), {"min_interval_ticks": 2000}, "step rate", "it takes 13000 steps/s, and the unit makes 8000"),
        (
            pull(300, 9.0),
            {"travel": (0.0, 280.0)},
            "travel",
            "the pull goes to 300.0°, and the ring's travel ends at 280.0°",
        ),
        (pull(-30, 9.0), {"travel": (0.0, 280.0)}, "travel", "the pull goes to -30.0°"),
        (pull(90, 0.2, "linear"), {}, "start speed", "without a ramp"),
    ],
)
def test_each_limit_binds_in_its_own_words(asked, settings, name: str, words: str) -> None:
    found = check_pull(asked, **settings)
    assert not found.feasible
    assert found.binding == name
    assert words in found.words
    assert not bound(found, name).kept


def test_a_pull_within_all_limits_says_what_sets_the_shortest() -> None:
    found = check_pull(pull(130, 2.0), travel=(0.0, 280.0))
    assert found.feasible
    assert found.binding is None
    assert all(bound.kept for bound in found.bounds)
    assert found.words == f"every limit is kept; {rounded_up(found.min_duration_s)} s is the shortest (ring jerk)"
    assert found.torque_margin > 5
    found.refuse()


def test_travel_ends_are_included_and_tracks_are_measured_whole() -> None:
    assert check_pull(pull(280, 9.0), travel=(0.0, 280.0)).feasible
    times = np.linspace(0.0, 4.0, 50)
    track = Motion.from_track(times, 100.0 + 60.0 * np.sin(times))
    assert check_pull(track, travel=(30.0, 170.0)).feasible
    assert check_pull(track, travel=(30.0, 155.0)).binding == "travel"


def test_looks_that_step_say_what_could_not_be_judged() -> None:
    assert not check_pull(pull(90, 0.8)).warnings
    assert "jerk limit holds between" in check_pull(pull(90, 1.0, "sine")).warnings[0]
    stepped = check_pull(pull(90, 1.0, "trapezoid(0.25)"))
    assert "no jerk limit can hold" in stepped.warnings[0]
    assert {bound.name for bound in stepped.bounds} == {"ring speed", "ring acceleration", "step rate", "motor torque"}
    sudden = check_pull(pull(90, 1.0, "linear"))
    assert "without a ramp" in sudden.warnings[0]
    assert "ring acceleration" not in {bound.name for bound in sudden.bounds}
    track = Motion.from_track(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 5.0, 40.0, 50.0]))
    assert "this motion has steps" in check_pull(track).warnings[0]


def test_linear_is_held_to_the_start_stop_speed() -> None:
    found = check_pull(pull(90, 0.3, "linear"), DEFAULT_RIG, UNLIMITED)
    allowed = math.degrees(DEFAULT_RIG.start_stop_rad_s) / 2.6 / 1.5
    assert found.min_duration_s == pytest.approx(90 / allowed, rel=1e-4)
    assert found.shortest_binding == "start speed"
    stiff = Rig(motor=MOTORS["36sth20-1004ahg"], ring_friction_nm=0.6)
    assert check_pull(pull(90, 9.0, "linear"), stiff).min_duration_s == math.inf


def test_resonance_is_timed_and_warned_of() -> None:
    quick, slow = check_pull(pull(90, 0.8)), check_pull(pull(90, 2.0))
    f0 = DEFAULT_RIG.resonance_full_steps_s
    assert slow.resonance_deg_s == pytest.approx(f0 * 1.8 / 2.6)
    t = np.linspace(0, 2.0, 200_001)
    near = np.abs(motion_of(pull(90, 2.0)).speed_deg_s(t) / slow.resonance_deg_s - 1) <= 0.2
    assert slow.resonance_s == pytest.approx(2.0 * float(np.mean(near)), abs=0.02)
    assert any("resonance" in warning for warning in slow.warnings)
    assert not any("resonance" in warning for warning in quick.warnings)
    assert check_pull(pull(90, 60.0)).resonance_s == 0.0


def multi() -> Pull:
    marks = (Mark("A", 0.0), Mark("B", 120.0, hold_s=0.5), Mark("C", 100.0), Mark("D", 250.0))
    return Pull(marks, (Leg(0.3), Leg(2.0), Leg(0.4, parse_easing("cycloidal"))))


def test_stretching_touches_only_the_legs_that_bind() -> None:
    asked = multi()
    found = check_pull(asked)
    assert not found.feasible
    fitted = stretch_to_fit(asked)
    assert check_pull(fitted).feasible
    assert fitted.legs[1] == asked.legs[1]
    for index in (0, 2):
        alone = check_pull(pull((120.0, 0, 150.0)[index], 1.0, asked.legs[index].easing.name)).min_duration_s
        assert fitted.legs[index].duration_s == pytest.approx(alone)
    assert fitted.marks == asked.marks
    assert stretch_to_fit(fitted) == fitted


def test_the_fastest_pull_is_as_long_as_the_shortest_duration_says() -> None:
    found = check_pull(multi())
    fastest = shortest(multi())
    assert fastest.duration_s == pytest.approx(found.min_duration_s)
    assert check_pull(fastest).feasible
    assert fastest.marks[1].hold_s == 0.5
    assert all(leg.duration_s < 2.0 for leg in fastest.legs)


def test_a_chain_through_marks_is_one_run() -> None:
    marks = (Mark("A", 0.0), Mark("B", 80.0, through=True), Mark("C", 200.0), Mark("D", 150.0))
    asked = Pull(marks, (Leg(0.2), Leg(0.3), Leg(1.0)))
    assert [run.legs for run in runs_of(asked)] == [(0, 1), (2,)]
    fitted = stretch_to_fit(asked)
    assert check_pull(fitted).feasible
    assert not check_pull(
        dataclasses.replace(
            fitted, legs=tuple(dataclasses.replace(leg, duration_s=leg.duration_s * 0.99) for leg in fitted.legs)
        )
    ).feasible
    factor = fitted.legs[0].duration_s / 0.2
    assert fitted.legs[1].duration_s == pytest.approx(0.3 * factor)
    assert fitted.legs[2].duration_s == 1.0
    assert check_pull(motion_of(fitted)).feasible


def test_a_turn_at_a_through_mark_is_a_stop() -> None:
    marks = (Mark("A", 0.0), Mark("B", 80.0, through=True), Mark("C", 20.0))
    asked = Pull(marks, (Leg(0.7), Leg(0.7)))
    assert [run.legs for run in runs_of(asked)] == [(0,), (1,)]
    assert check_pull(asked).feasible == check_pull(motion_of(asked)).feasible


def test_stretching_cannot_help_a_ring_that_is_too_stiff() -> None:
    stiff = Rig(motor=motor_named("nema11"), ring_friction_nm=0.3)
    for change in (shortest, stretch_to_fit):
        with pytest.raises(InfeasibleError, match="friction"):
            change(multi(), stiff)


def test_stretching_knows_ring_limits_without_a_rig() -> None:
    assert check_pull(stretch_to_fit(multi(), None, FAST), None, FAST).feasible


def test_presets_and_bad_limits() -> None:
    assert RING_LIMITS["standard"] == RingLimits(600.0, 3000.0, 30000.0)
    assert RING_LIMITS["fast"] == RingLimits(1200.0, 8000.0, math.inf)
    assert check_pull(pull(300, 0.4688), None, FAST).feasible
    for bad in (0.0, -5.0, math.nan):
        with pytest.raises(RequestError):
            RingLimits(speed_deg_s=bad)


def test_half_the_travel_in_microsteps_or_less_is_still_judged() -> None:
    found = check_pull(pull(0.001, 1.0))
    assert found.feasible
    assert 0 < found.min_duration_s < 0.05
