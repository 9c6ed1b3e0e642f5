# SPDX-License-Identifier: MIT
from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.lens.formats import FORMATS, format_named, parse_coc
from followfocus.lens.map import LensMap, LensMark, load_lens
from followfocus.lens.optics import (
    LandingGrade,
    Light,
    bellows_stops,
    blur_disc_mm,
    depth_of_field,
    error_budget,
    f_number,
    half_dof_deg,
    hyperfocal_from_image_m,
    hyperfocal_m,
    landing_verdict,
    lens_offset_m,
    magnification,
    principal_distance_m,
    signed_blur_mm,
)

FOOT = 0.3048

# focal mm, f-number, circle mm, subject m from the front principal plane, near m, far m, relative tolerance, source
DOF_ROWS = [
    (35, 2, 0.03, 5.0, 4.021931840567339, 6.606622802286701, 1e-9, "patik/dof unit test"),
    (50, 1.414214, 0.015, 25.0, 20.63203625607849, 31.714129780005237, 1e-9, "patik/dof unit test"),
    (24, 16, 0.03, 5.0, 0.9715025906735751, math.inf, 1e-9, "patik/dof unit test"),
    (35, 2, 0.03, 4.572, 12.27274548830499 * FOOT, 19.285669304561388 * FOOT, 1e-9, "patik/dof unit test"),
    (50, 1.8, 0.029, 1.1, 1.0764009848090466, 1.1246569796212156, 1e-9, "Tooo/Depth-of-Field-Calculator JUnit"),
    (90, 2.8, 0.029, 2.0, 1.962425131058503, 2.039041861781156, 1e-9, "Tooo/Depth-of-Field-Calculator JUnit"),
    (50, 16, 0.03, 1.0, 0.8455, 1.223, 1.2e-3, "kailuowang/LightMeter JUnit"),
    (50, 4, 0.03, 3.048, 8.75 * FOOT, 11.6667 * FOOT, 5e-3, "R. R. Harrison, insyncpubs.com"),
    (50, 8, 0.03, 5.233, 3.489, 10.467, 6e-3, "Wikipedia, Hyperfocal distance"),
    (50, 1.4, 1 / 30, 5.0, 4.6, 5.5, 1.1e-2, "Leica MP manual p. 85"),
]


@pytest.mark.parametrize(("focal", "number", "coc", "subject", "near", "far", "tolerance", "source"), DOF_ROWS)
def test_depth_of_field_agrees_with_published_tables(focal, number, coc, subject, near, far, tolerance, source):
    found = depth_of_field(subject, focal, number, coc)
    assert found.near_m == pytest.approx(near, rel=tolerance), source
    assert found.far_m == pytest.approx(far, rel=tolerance), source


def test_hyperfocal_with_and_without_the_last_focal_length():
    assert hyperfocal_m(35, 2, 0.03) == pytest.approx(20.451666666666668, rel=1e-12)
    assert hyperfocal_m(50, 8, 0.02, plus_focal=False) == pytest.approx(15.625, rel=1e-12)
    assert hyperfocal_m(35, 11, 0.03, plus_focal=False) == pytest.approx(3.71212, rel=1e-5)


@given(st.floats(14, 300), st.floats(1, 22), st.floats(0.01, 0.05))
def test_focused_at_the_hyperfocal_distance_half_of_it_to_infinity_is_sharp(focal, number, coc):
    distance = hyperfocal_m(focal, number, coc)
    found = depth_of_field(distance, focal, number, coc)
    assert math.isinf(found.far_m)
    assert found.near_m == pytest.approx(distance / 2, rel=1e-9)


@pytest.mark.parametrize(
    ("distance", "h_mm", "near", "far"), [(0.424, 10669, 0.414, 0.435), (0.436, 10699, 0.425, 0.448)]
)
def test_image_plane_form_agrees_with_sigmas_own_lens_data(distance, h_mm, near, far):
    # Sigma 40 mm T1.5 FF, Cooke /i packets of a RED clip; n = 69 mm reproduces both rows
    coc = 0.029
    found = depth_of_field(distance, 40, 1600 / h_mm / coc, coc, 0.069)
    assert found.near_m == pytest.approx(near, abs=0.001)
    assert found.far_m == pytest.approx(far, abs=0.001)


def test_plain_form_at_close_focus_is_45_percent_too_wide():
    number = 1600 / 10669 / 0.029
    right = depth_of_field(0.424, 40, number, 0.029, 0.069).total_m
    assert depth_of_field(0.424, 40, number, 0.029, 0.0).total_m / right == pytest.approx(1.45, abs=0.05)


def test_unknown_offset_takes_the_thin_lens_that_would_focus_there():
    found = depth_of_field(0.424, 40, 1600 / 10669 / 0.029, 0.029, None)
    assert (found.near_m, found.far_m) == (pytest.approx(0.412, abs=0.001), pytest.approx(0.436, abs=0.001))
    # image distance s' and object distance s of that lens add up to the distance from the image plane
    s = principal_distance_m(0.424, 40)
    assert s + 1 / (1 / 0.04 - 1 / s) == pytest.approx(0.424, rel=1e-12)
    assert found.principal_offset_m == pytest.approx(0.424 - s, rel=1e-12)


@pytest.mark.parametrize(
    ("focal", "number", "focus", "subject", "blur"),
    [
        (50, 1.4, 2.0, 4.0, 0.457875),
        (50, 1.4, 4.0, 2.0, 0.45208),
        (135, 1.8, 3.0, 1.5, 3.534031),
        (35, 2, 5.0, math.inf, 0.123364),
    ],
)
def test_blur_disc_reference_cases(focal, number, focus, subject, blur):
    assert blur_disc_mm(focus, subject, focal, number) == pytest.approx(blur, rel=1e-5)


distances = st.floats(0.8, 60)
lenses = st.tuples(st.floats(18, 135), st.floats(1.2, 16), st.floats(0.0125, 0.03))


@given(distances, lenses, st.sampled_from([0.0, 0.05, None]))
def test_at_the_limits_the_blur_is_exactly_the_circle_of_confusion(distance, lens, offset):
    focal, number, coc = lens
    found = depth_of_field(distance, focal, number, coc, offset)
    assert blur_disc_mm(distance, found.near_m, focal, number, offset) == pytest.approx(coc, rel=1e-6)
    if math.isfinite(found.far_m):
        assert blur_disc_mm(distance, found.far_m, focal, number, offset) == pytest.approx(coc, rel=1e-4)


def test_blur_takes_arrays_and_tells_the_side():
    focus = np.array([1.0, 2.0, 3.0, math.inf])
    blur = blur_disc_mm(focus, 2.0, 50, 1.4)
    assert blur.shape == (4,)
    assert blur[1] == 0
    assert blur[3] == pytest.approx(50 * 50 / 1.4 / 2000)
    assert list(np.sign(signed_blur_mm(focus, 2.0, 50, 1.4))) == [1, 0, -1, -1]


@pytest.mark.parametrize(
    ("focal", "number", "close", "subject", "half"),
    [
        (50, 1.4, 0.55, 1, 2.1945),
        (50, 1.4, 0.55, 2, 2.2522),
        (85, 1.3, 0.95, 1, 1.173),
        (85, 1.3, 0.95, 2, 1.2275),
        (135, 1.8, 0.88, 1, 0.5639),
        (135, 1.8, 0.88, 2, 0.6079),
    ],
)
def test_half_depth_of_field_on_a_300_degree_ring(focal, number, close, subject, half):
    lens = ideal(focal, number, close)
    assert half_dof_deg(lens, number, 0.025, subject) == pytest.approx(half, rel=1e-3)
    exact = 300 * close / hyperfocal_m(focal, number, 0.025, plus_focal=False) * (1 - focal / 1000 / subject)
    assert half_dof_deg(lens, number, 0.025, subject) == pytest.approx(exact, rel=1e-9)


def test_half_depth_of_field_without_a_distance_is_the_strictest():
    lens = load_lens("ideal-50")
    everywhere = [half_dof_deg(lens, 1.4, 0.025, d) for d in (0.55, 0.8, 2.0, 10.0, 1000.0)]
    assert half_dof_deg(lens, 1.4, 0.025) == pytest.approx(min(everywhere))
    assert max(everywhere) / min(everywhere) < 1.12


def test_half_depth_of_field_of_a_real_scale_is_about_one_percent_of_its_travel():
    # 1.05 % of the Signature Prime's travel with T taken for the f-number; less with its light loss reckoned in
    lens = load_lens("arri-signature-prime-40")
    assert half_dof_deg(lens, 1.8, 0.029, 2.0) / lens.travel_deg == pytest.approx(0.0105 * math.sqrt(0.85), rel=0.06)


def ideal(focal: float, t_stop: float, close: float) -> LensMap:
    return LensMap(
        name="test", make="", model="", serial="", focal_length_mm=focal, t_stop=t_stop, close_focus_m=close,
        travel_deg=300.0, marks=(LensMark(0.0, math.inf), LensMark(300.0, close)), transmission=1.0, ideal=True,
    )  # fmt: skip


def test_f_number_from_t_stop():
    assert f_number(1.4, 1.0) == 1.4
    assert f_number(2.0) == pytest.approx(2 * math.sqrt(0.85))


def test_only_an_ideal_lens_or_a_stated_offset_is_known():
    assert lens_offset_m(load_lens("ideal-50")) == 0
    assert lens_offset_m(load_lens("arri-signature-prime-40")) is None


@pytest.mark.parametrize(
    ("share", "verdict"),
    [
        (0, "clean"),
        (0.25, "clean"),
        (0.26, "ok"),
        (0.49, "ok"),
        (0.5, "warn"),
        (0.99, "warn"),
        (1, "fail"),
        (9, "fail"),
    ],
)
def test_landing_verdict(share, verdict):
    assert landing_verdict(share * 2.2, 2.2) is LandingGrade(verdict)
    assert landing_verdict(-share * 2.2, 2.2) is LandingGrade(verdict)


def test_a_landing_nobody_knows_has_failed():
    assert landing_verdict(math.nan, 2.2) is LandingGrade.FAIL


def test_error_budget_of_the_reference_rig():
    # 200 steps, 1/16, 50 teeth on 130: a microstep is 0.0433° of ring, 5 % of a full step 0.035°, sag at 0.3 load 0.13°
    microstep = 360 / 200 / 16 / 2.6
    budget = error_budget(2.2522, microstep, 16, lash_deg=0.05, load_share=0.3)
    assert budget.microstep_deg == pytest.approx(0.0433, abs=1e-4)
    assert budget.step_error_deg == pytest.approx(0.035, abs=5e-4)
    assert budget.rotor_sag_deg == pytest.approx(0.134, abs=2e-3)
    assert budget.light is Light.GREEN
    assert "0.26" in budget.words
    assert error_budget(0.6, microstep, 16, lash_deg=0.05, load_share=0.3).light is Light.AMBER
    assert error_budget(0.3, microstep, 16, lash_deg=0.05, load_share=0.3).light is Light.RED


@pytest.mark.parametrize(
    ("text", "coc"), [("super35", 0.025), ("Full-Frame", 0.029), ("S16", 0.015), ("0.018", 0.018), ("0.02mm", 0.02)]
)
def test_circles_of_confusion_by_name_or_number(text, coc):
    assert parse_coc(text) == coc


def test_critical_is_half():
    for one in FORMATS.values():
        assert parse_coc("critical", one) == one.coc_mm / 2
    assert parse_coc("full-frame critical") == 0.0145


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: f_number(0),
        lambda: f_number(math.nan),
        lambda: f_number(2, 1.2),
        lambda: parse_coc("cinemascope"),
        lambda: parse_coc("0"),
        lambda: parse_coc("nan"),
        lambda: format_named("betamax"),
        lambda: format_named("0.5mm"),
        lambda: format_named("400x300"),
        lambda: depth_of_field(0.04, 50, 2, 0.025),
        lambda: depth_of_field(math.nan, 50, 2, 0.025),
        lambda: depth_of_field(2, 0, 2, 0.025),
        lambda: depth_of_field(2, 50, 0, 0.025),
        lambda: depth_of_field(2, 50, 2, -0.025),
        lambda: blur_disc_mm(2.0, 0.0, 50, 2),
        lambda: blur_disc_mm(2.0, -1.0, 50, 2),
        lambda: blur_disc_mm(0.15, 1.0, 50, 2, None),
        lambda: landing_verdict(0.1, 0),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(RequestError):
        wrong()


@pytest.mark.parametrize(
    ("text", "width", "height", "coc"),
    [
        ("mft", 17.3, 13.0, 0.015), ("M43", 17.3, 13.0, 0.015), ("2/3 inch", 9.59, 5.39, 0.00733),
        ("ALEXA 65", 54.12, 25.58, 0.0399), ("imax", 70.41, 52.63, 0.0586), ("vistavision", 37.72, 24.92, 0.0301),
        ("17.3x13mm", 17.3, 13.0, 0.01443), ("17,3 × 13", 17.3, 13.0, 0.01443), ("32mm", 32.0, 18.0, 0.02448),
    ],
)  # fmt: skip
def test_formats_by_name_or_size(text, width, height, coc):
    found = format_named(text)
    assert (found.width_mm, found.height_mm) == (width, height)
    assert found.coc_mm == pytest.approx(coc, rel=3e-3)


def test_every_format_keeps_to_its_schools_share_of_the_diagonal():
    """No circle is far from the rule: ASC's 35 mm circle is 1/1244 of the diagonal, 16 mm's 1/970."""
    for one in FORMATS.values():
        assert 950 <= one.diagonal_mm / one.coc_mm <= 1560, one.name
        assert one.title


def test_magnification_is_the_thin_lens_one():
    """Against Newton's form: x x' = f², m = f/x with x from the front focus."""
    for f, s in ((100, 0.2), (100, 0.35), (50, 2.0), (85, 0.95)):
        x = s * 1000 - f
        assert magnification(s, f) == pytest.approx(f / x)
    assert magnification(math.inf, 50) == 0
    assert bellows_stops(0.5) == pytest.approx(2 * math.log2(1.5))


@pytest.mark.parametrize("offset", [0.0, 0.13, None])
def test_the_hyperfocal_on_a_tape_holds_infinity_and_nothing_less(offset: float | None) -> None:
    """Whatever rounding does on the way from the principal plane to the tape and back."""
    for focal in (12.0, 18.0, 24.0, 35.0, 50.0, 85.0, 135.0, 300.0):
        for number in (1.3, 1.8439, 2.8, 4.1, 7.3, 16.0):
            for coc in (0.015, 0.025, 0.029):
                at_m = hyperfocal_from_image_m(focal, number, coc, offset)
                assert depth_of_field(at_m, focal, number, coc, offset).far_m == math.inf
                assert math.isfinite(depth_of_field(at_m * 0.999, focal, number, coc, offset).far_m)
