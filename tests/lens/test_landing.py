# SPDX-License-Identifier: MIT
"""Landings judged at every bound, budgets added up, and trims as people write them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.lens.landing import LandingGrade, Light, error_budget, landing_verdict, positive, rotor_sag_deg
from followfocus.lens.trims import parse_trim, show_trim


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("half_deg", [0.5, 2.0])
@pytest.mark.parametrize(
    ("share", "grade"),
    [
        (0.0, LandingGrade.CLEAN), (0.25, LandingGrade.CLEAN), (0.26, LandingGrade.OK), (0.49, LandingGrade.OK),
        (0.5, LandingGrade.WARN), (0.99, LandingGrade.WARN), (1.0, LandingGrade.FAIL), (7.0, LandingGrade.FAIL),
        (math.nan, LandingGrade.FAIL), (math.inf, LandingGrade.FAIL),
    ],
)  # fmt: skip
def test_a_landing_is_judged_by_its_share_of_half_the_depth_of_field(
    share: float, grade: LandingGrade, half_deg: float, sign: float
) -> None:
    assert landing_verdict(sign * share * half_deg, half_deg) is grade


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
def test_what_is_no_number_above_nought_is_refused(value: float) -> None:
    positive(1e-9, "throw", "°")
    with pytest.raises(RequestError, match="The throw must be more than 0"):
        positive(value, "throw", "°")
    with pytest.raises(RequestError):
        landing_verdict(0.1, value)


@pytest.mark.parametrize(
    ("load", "sag_deg"),
    [(-1.0, 0.0), (0.0, 0.0), (0.5, 0.6), (math.sqrt(0.5), 0.9), (1.0, 1.8), (3.0, 1.8)],
)
def test_a_rotor_lags_by_up_to_a_full_step(load: float, sag_deg: float) -> None:
    assert rotor_sag_deg(load, 1.8) == pytest.approx(sag_deg)


@given(st.floats(0.01, 0.1), st.sampled_from([1, 8, 16, 64]), st.floats(0.0, 0.5), st.floats(0.0, 1.0))
def test_a_budget_is_all_of_it_on_one_side(microstep: float, parts: int, lash: float, load: float) -> None:
    budget = error_budget(1.0, microstep, parts, lash_deg=lash, load_share=load)
    full = microstep * parts
    assert budget.step_error_deg == pytest.approx(0.05 * full)
    assert budget.total_deg == pytest.approx(microstep + 0.05 * full + math.asin(load) / (math.pi / 2) * full + lash)


@pytest.mark.parametrize(
    ("half_deg", "light"),
    [(4.0, Light.GREEN), (3.99, Light.AMBER), (2.01, Light.AMBER), (2.0, Light.RED), (0.1, Light.RED)],
)
def test_a_budget_s_light_changes_at_a_quarter_and_at_a_half(half_deg: float, light: Light) -> None:
    budget = error_budget(half_deg, 0.5, 10, lash_deg=0.25)  # half a degree, a quarter, and the lash: one in all
    assert budget.total_deg == 1.0
    assert (budget.share, budget.light) == (pytest.approx(1 / half_deg), light)
    assert budget.words.startswith(f"{light.value}: worst landing error 1.000°")


TRIMS = {
    "": 0.0, "trim": 0.0, "±0": 0.0, "0": 0.0, "-0": 0.0, "3": 0.03, "+3": 0.03, "-3": -0.03, "−3": -0.03, "2,5": 0.025,
    "+5cm": 0.05, "- 5 cm": -0.05, "trim -2in": -0.0508, "99.9": 0.999, "0.9m": 0.9, "12mm": 0.012, "1'": 0.3048,
}  # fmt: skip


@pytest.mark.parametrize(("text", "metres"), TRIMS.items())
def test_trims_as_people_write_them(text: str, metres: float) -> None:
    assert parse_trim(text) == pytest.approx(metres)


def test_where_the_tape_is_imperial_a_bare_number_is_inches() -> None:
    assert parse_trim("-2", imperial=True) == pytest.approx(-0.0508)
    assert parse_trim("-2cm", imperial=True) == pytest.approx(-0.02)


@pytest.mark.parametrize("text", ["1m", "100", "-1m", "+4'", "x", "5 kg", "--3", "40 inches"])
def test_what_is_no_trim_is_refused(text: str) -> None:
    with pytest.raises(RequestError):
        parse_trim(text)


@given(st.floats(-0.99, 0.99).filter(lambda metres: abs(metres) > 1e-4), st.booleans())
def test_a_trim_reads_back_as_it_is_shown(metres: float, imperial: bool) -> None:
    shown = show_trim(metres, imperial=imperial)
    assert shown[0] == ("+" if metres > 0 else "−")
    assert parse_trim(shown, imperial=imperial) == pytest.approx(metres, rel=6e-3)


def test_no_trim_has_no_sign() -> None:
    assert show_trim(0.0, imperial=True) == show_trim(0.0, imperial=False) == "±0"
