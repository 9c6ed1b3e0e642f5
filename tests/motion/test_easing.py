# SPDX-License-Identifier: MIT
"""Easings: published values and peaks, derivatives that are derivatives, and names that read back."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.motion.easing import EASINGS, Easing, parse_easing

U = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
# Values and peaks derived from the formulas, each by hand and by a second program; minimum jerk's peaks as published by
# Flash and Hogan (1985) and by W. van Ham, "Smooth steps and minimal jerk"; the S-curve's from its closed form.
VALUES = {
    "sine": [0.024472, 0.146447, 0.5, 0.853553, 0.975528],
    "smoothstep": [0.028, 0.15625, 0.5, 0.84375, 0.972],
    "quad_in_out": [0.02, 0.125, 0.5, 0.875, 0.98],
    "cubic_in_out": [0.004, 0.0625, 0.5, 0.9375, 0.996],
    "cycloidal": [0.006451, 0.090845, 0.5, 0.909155, 0.993549],
    "trapezoid(0.3333333333)": [0.0225, 0.140625, 0.5, 0.859375, 0.9775],
    "minjerk": [0.00856, 0.103516, 0.5, 0.896484, 0.99144],
    "septic": [0.002728, 0.070557, 0.5, 0.929443, 0.997272],
}
PEAKS = {
    "minjerk": (1.875, 5.773502691896258, 60.0),
    "sine": (1.5707963267948966, 4.934802200544679, 15.503138340149908),
    "smoothstep": (1.5, 6.0, 12.0),
    "quad_in_out": (2.0, 4.0, math.inf),
    "cubic_in_out": (3.0, 12.0, math.inf),
    "quint_in_out": (5.0, 40.0, math.inf),
    "cycloidal": (2.0, 6.283185307179586, 39.47841760435743),
    "trapezoid(0.3333333333333333)": (1.5, 4.5, math.inf),
    "septic": (2.1875, 7.513188404399293, 52.5),
    "scurve": (1.5, 9.0, 54.0),
    "scurve(0.5,0.5,0.5)": (2.0, 8.0, 32.0),
    "scurve(0.25,0.25,0.5)": (4 / 3, 32 / 3, 256 / 3),
    "linear": (1.0, math.inf, math.inf),
}
NAMES = [*EASINGS, "trapezoid(0.2)", "scurve(0.2,0.6,0.25)", "scurve(0.99,0.01,0.5)", "bezier(0.42,0,0.58,1)"]
handles = st.floats(0.0, 1.0, allow_nan=False)


@pytest.mark.parametrize(("name", "expected"), VALUES.items())
def test_values_are_the_published_ones(name: str, expected: list[float]) -> None:
    assert parse_easing(name).value(U) == pytest.approx(expected, abs=2e-6)


@pytest.mark.parametrize(("name", "expected"), PEAKS.items())
def test_peaks_are_the_published_ones(name: str, expected: tuple[float, float, float]) -> None:
    peaks = parse_easing(name).peaks()
    assert (peaks.speed, peaks.accel, peaks.jerk) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("text", "speed"),
    [("bezier(0.42,0,0.58,1)", 1.7241), ("bezier(0.25,0.1,0.25,1)", 2.288), ("bezier(.4,0,.2,1)", 2.735)],
)
def test_css_curves_have_their_known_peak_speed(text: str, speed: float) -> None:
    assert parse_easing(text).peaks().speed == pytest.approx(speed, abs=6e-4)


def test_a_css_curve_has_its_published_values() -> None:
    # ease-in as tested by an Elixir library, five decimals rounded up.
    value = parse_easing("bezier(0.42,0,1,1)").value(np.array([0.25, 0.5, 0.75]))
    assert value == pytest.approx([0.09347, 0.31536, 0.62187], abs=2e-5)


@pytest.mark.parametrize("text", ["bezier(0.42,0,0.58,1)", "bezier(0.7,0,0.9,1)", "bezier(0.2,0,0.6,1)"])
def test_peaks_of_a_bezier_are_those_of_its_fine_samples(text: str) -> None:
    easing, u, h = parse_easing(text), np.linspace(0.001, 0.999, 40_001), 1e-6
    peaks = easing.peaks()
    assert peaks.speed == pytest.approx(np.max(easing.speed(u)), rel=1e-6)
    assert np.max(np.abs(easing.accel(u))) <= peaks.accel * (1 + 1e-9)
    assert peaks.accel == pytest.approx(np.max(np.abs(easing.accel(np.linspace(0, 1, 40_001)))), rel=1e-5)
    jerk = np.max(np.abs(easing.accel(u + h) - easing.accel(u - h))) / (2 * h)
    assert jerk == pytest.approx(peaks.jerk, rel=0.05)
    assert jerk <= peaks.jerk * (1 + 1e-3)


def test_a_straight_bezier_is_linear() -> None:
    easing = parse_easing("bezier(0,0,1,1)")
    assert easing.value(U) == pytest.approx(U, abs=1e-12)
    assert easing.peaks() == parse_easing("linear").peaks()


def test_a_bezier_that_starts_upright_is_so_fast_that_no_limit_allows_it() -> None:
    for text in ("bezier(0,0.5,0.5,1)", "bezier(1,0,0,1)", "bezier(0.5,0,1,0.5)"):
        peaks = parse_easing(text).peaks()
        assert 1e6 < peaks.speed < math.inf


def test_the_bezier_of_smoothstep_is_smoothstep() -> None:
    bezier = parse_easing("bezier(0.3333333333333333,0,0.6666666666666667,1)")
    u = np.linspace(0.0, 1.0, 101)
    assert bezier.value(u) == pytest.approx(parse_easing("smoothstep").value(u), abs=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_are_derivatives(name: str) -> None:
    easing = parse_easing(name)
    u = np.linspace(0.003, 0.997, 1201)
    h = 1e-5
    slope = (easing.value(u + h) - easing.value(u - h)) / (2 * h)
    assert easing.speed(u) == pytest.approx(slope, abs=2e-3)
    smooth = math.isfinite(easing.peaks().jerk)
    if smooth:
        bend = (easing.speed(u + h) - easing.speed(u - h)) / (2 * h)
        assert easing.accel(u) == pytest.approx(bend, abs=1e-2)


@pytest.mark.parametrize("name", NAMES)
def test_a_curve_goes_from_rest_to_rest_without_turning_back(name: str) -> None:
    easing = parse_easing(name)
    u = np.linspace(-0.1, 1.1, 4001)
    value = easing.value(u)
    assert value[0] == 0.0
    assert value[-1] == pytest.approx(1.0, abs=1e-12)
    assert np.all(np.diff(value) >= -1e-12)
    assert np.max(easing.speed(u)) <= easing.peaks().speed * (1 + 1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_reads_back(name: str) -> None:
    easing = parse_easing(name)
    assert parse_easing(easing.name) == easing
    assert parse_easing(easing.name.upper()) == easing
    assert hash(parse_easing(easing.name)) == hash(easing)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  Min Jerk ", "minjerk"),
        ("min-jerk", "minjerk"),
        ("S-CURVE( 0.33, 0.330 ,.5)", "scurve(0.33,0.33,0.5)"),
        ("cubic-bezier(.4, 0, .2, 1.0)", "bezier(0.4,0,0.2,1)"),
        ("bezier(0,4; 0; 0,2; 1)", "bezier(0.4,0,0.2,1)"),
        ("scurve(0,3;0,5;0,5)", "scurve(0.3,0.5,0.5)"),
        ("trapezoid(0,33)", "trapezoid(0.33)"),
        ("Trapezoid(.25)", "trapezoid(0.25)"),
        ("quad in out", "quad_in_out"),
    ],
)
def test_each_easing_has_one_name(text: str, name: str) -> None:
    assert parse_easing(text).name == name


@given(st.floats(0.001, 0.5), st.floats(0.001, 0.5), st.floats(0.0, 0.5))
def test_a_name_keeps_every_digit(ramp_in: float, ramp_out: float, jerk: float) -> None:
    easing = parse_easing(f"scurve({ramp_in!r},{ramp_out!r},{jerk!r})")
    again = parse_easing(easing.name)
    assert again == easing
    assert np.array_equal(again.value(U), easing.value(U))


@pytest.mark.parametrize(("ramp", "jerk"), [(0.25, 0.5), (0.4, 0.2), (0.5, 0.5), (1 / 3, 0.35)])
def test_an_scurve_is_the_quickest_way_within_its_own_peaks(ramp: float, jerk: float) -> None:
    ruckig = pytest.importorskip("ruckig")
    easing = parse_easing(f"scurve({ramp!r},{ramp!r},{jerk!r})")
    peaks = easing.peaks()
    ask = ruckig.InputParameter(1)
    ask.current_position, ask.target_position = [0.0], [1.0]
    ask.max_velocity, ask.max_acceleration, ask.max_jerk = [peaks.speed], [peaks.accel], [peaks.jerk]
    best = ruckig.Trajectory(1)
    ruckig.Ruckig(1).calculate(ask, best)
    assert best.duration == pytest.approx(1.0, abs=1e-6)
    for u in U:
        assert easing.value(float(u)) == pytest.approx(best.at_time(float(u))[0][0], abs=1e-6)


def test_a_scalar_gives_a_scalar() -> None:
    assert isinstance(parse_easing("minjerk").value(0.5), float)
    assert parse_easing("minjerk").speed(2.0) == 0.0


@pytest.mark.parametrize(
    ("name", "knocks"), [("minjerk", False), ("cycloidal", False), ("septic", False), ("sine", True), ("linear", True)]
)
def test_steps_at_the_ends_are_named(name: str, knocks: bool) -> None:
    assert parse_easing(name).end_step is knocks


@given(handles, handles, handles, handles)
def test_any_bezier_keeps_time_monotone_and_never_overshoots(x1: float, y1: float, x2: float, y2: float) -> None:
    easing = parse_easing(f"bezier({x1!r},{y1!r},{x2!r},{y2!r})")
    value = easing.value(np.linspace(0.0, 1.0, 301))
    assert np.all((value >= -1e-12) & (value <= 1 + 1e-12))
    assert np.all(np.diff(value) >= -1e-9)


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.0, 0.5))
def test_an_scurve_has_its_ramps_where_they_were_asked(ramp_in: float, share: float, jerk: float) -> None:
    ramp_out = (1.0 - ramp_in) * share
    easing = parse_easing(f"scurve({ramp_in!r},{ramp_out!r},{jerk!r})")
    top = 1.0 / (1.0 - (ramp_in + ramp_out) / 2.0)
    assert easing.peaks().speed == pytest.approx(top, rel=1e-9)
    assert easing.speed(ramp_in + (1.0 - ramp_in - ramp_out) / 2.0) == pytest.approx(top, rel=1e-6)
    assert easing.value(1.0) == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("minjrk", "minjerk"),
        ("wobble", "Known"),
        ("bezier(0.4,0,0.2)", "4 numbers"),
        ("bezier", "4 numbers"),
        ("bezier(0.4,0,0.2,1", "4 numbers"),
        ("minjerk(2)", "takes no numbers"),
        ("trapezoid(0.2,0.2)", "1 number,"),
        ("trapezod(0.2)", "trapezoid\\(r\\)"),
        ("bezier(0.3,-1,0.7,2)", "overshoot"),  # a CSS library's overshooting example: not on a lens with stops
        ("bezier(1.2,0,0.2,1)", "time turn back"),
        ("bezier(0.2,0,0.2,1.1)", "overshoot"),
        ("bezier(nan,0,0.2,1)", "numbers"),
        ("scurve(0.7,0.7,0.5)", "don't fit"),
        ("scurve(0.3,0.3,0.9)", "jerk share"),
        ("trapezoid(0)", "ramps"),
    ],
)
def test_bad_names_are_refused_with_what_to_do(text: str, words: str) -> None:
    with pytest.raises(RequestError, match=words):
        parse_easing(text)


def test_easings_are_values() -> None:
    assert parse_easing("minjerk") == EASINGS["minjerk"]
    assert parse_easing("minjerk") != parse_easing("sine")
    assert isinstance(EASINGS["sine"], Easing)
