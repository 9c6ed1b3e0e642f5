# SPDX-License-Identifier: MIT
from __future__ import annotations

import contextlib
import csv
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.lens import map as lens_module
from followfocus.lens.map import LensMap, LensMark, lens_names, load_lens, parse_point

SHARED_CASES = Path(__file__).parents[3] / "shared" / "data" / "reference-cases.json"
GOLDEN = Path(__file__).parents[1] / "golden"

# ARRI Signature Prime 40 T1.8: distance, lens encoder (8 at infinity, 11558 at the other end).
# Reference case map-sp40-table, from SMPTE ris-osvp-metadata-camdkit's test resource B001C001_180327_R1ZA.
SP40_ROWS = [
    (0.661, 5577),
    (0.702, 5256),
    (0.75, 4923),
    (0.798, 4633),
    (0.898, 4115),
    (1.013, 3661),
    (1.192, 3136),
    (1.494, 2494),
    (1.811, 2066),
    (1.995, 1884),
    (2.496, 1486),
    (3.0, 1243),
    (3.536, 1055),
    (4.057, 920),
    (4.512, 828),
    (4.812, 777),
]


def a_lens(*marks, travel_deg=300.0, **changes):
    fields = {
        "name": "test",
        "make": "",
        "model": "",
        "serial": "",
        "focal_length_mm": 50.0,
        "t_stop": 1.4,
        "close_focus_m": 0.5,
        "travel_deg": travel_deg,
        "marks": tuple(mark if isinstance(mark, LensMark) else LensMark(*mark) for mark in marks),
    }
    return LensMap(**(fields | changes))


def ideal(close_focus_m=0.5, travel_deg=300.0):
    return a_lens((0.0, math.inf), (travel_deg, close_focus_m), travel_deg=travel_deg)


def sp40(rows=SP40_ROWS, *, infinity=False):
    marks = [LensMark((counts - 8) / 11550, distance) for distance, counts in sorted(rows, reverse=True)]
    return a_lens(*([LensMark(0.0, math.inf)] if infinity else []), *marks, travel_deg=1.0)


@pytest.fixture(scope="module")
def sp40_samples():
    """Distance and position of every frame of the clip."""
    with (GOLDEN / "sp40-track.csv").open(encoding="utf-8") as file:
        rows = [(float(row["focus_distance_m"]), float(row["lens_encoder"])) for row in csv.DictReader(file)]
    distance, counts = np.array(rows).T
    return distance, (counts - 8) / 11550


def worst(lens, samples):
    distance, position = samples
    return float(np.abs(lens.ring_deg(distance) - position).max())


# ---------------------------------------------------------------- the law


@pytest.mark.parametrize(("distance_m", "ring_deg"), [(0.5, 300.0), (1.0, 150.0), (2.0, 75.0), (math.inf, 0.0)])
def test_an_ideal_ring(distance_m, ring_deg):
    # reference cases map-ideal-*
    assert ideal().ring_deg(distance_m) == pytest.approx(ring_deg, abs=1e-6)
    assert ideal().distance_m(ring_deg) == pytest.approx(distance_m)


def test_the_middle_of_the_scale_is_twice_close_focus():
    # reference case map-midpoint (Preston's printed rings)
    assert ideal(0.45).distance_m(150.0) == pytest.approx(0.9, rel=0.02)


def test_encoder_direction_is_opentrackios():
    # reference case map-otio-direction: 0 at infinity, 1 at the closest, metres
    lens = load_lens("arri-signature-prime-40")
    assert lens.ring_deg(math.inf) == 0.0
    assert lens.ring_deg(lens.close_focus_m) / lens.travel_deg == pytest.approx(1.0, abs=0.001)


def test_the_constant_of_the_real_scale():
    # reference case map-sp40-constant
    products = [(counts - 8) * distance for distance, counts in SP40_ROWS]
    assert min(products) >= 3681.0
    assert max(products) <= 3743.0


def test_two_marks_predict_the_real_scale():
    # reference case map-sp40-2mark: at most 0.6 % on the other rows
    lens = sp40([SP40_ROWS[0], SP40_ROWS[-1]])
    probe = SP40_ROWS[1:-1]
    errors = [abs(lens.ring_deg(distance) - (counts - 8) / 11550) for distance, counts in probe]
    assert max(errors) <= 0.0035


def test_two_marks_predict_every_frame_of_the_clip(sp40_samples):
    assert worst(sp40([(0.661, 5579), (4.812, 777)]), sp40_samples) <= 0.005


@pytest.mark.parametrize("left_out", range(len(SP40_ROWS)))
def test_any_mark_of_the_real_scale_can_be_left_out(left_out, sp40_samples):
    rows = [row for i, row in enumerate(SP40_ROWS) if i != left_out]
    assert worst(sp40(rows), sp40_samples) <= 0.005


def test_interpolating_in_metres_would_be_wrong_by_a_fifth(sp40_samples):
    distance, position = sp40_samples
    (near, near_counts), (far, far_counts) = SP40_ROWS[0], SP40_ROWS[-1]
    linear = np.interp(distance, [near, far], [(near_counts - 8) / 11550, (far_counts - 8) / 11550])
    assert np.abs(linear - position).max() > 0.15


def test_the_principal_plane_offset_shifts_the_law():
    lens = a_lens((0.0, math.inf), (300.0, 0.5), principal_offset_m=0.1)
    assert lens.ring_deg(0.9) == pytest.approx(300.0 * (0.5 - 0.1) / (0.9 - 0.1))
    assert lens.distance_m(150.0) == pytest.approx(0.9)


# Marks that a scale can have: rising angles, falling distances.
rises = st.lists(st.floats(0.5, 40.0), min_size=2, max_size=12)


@st.composite
def scales(draw):
    rings = np.cumsum(draw(rises))
    reciprocals = np.cumsum([draw(st.floats(0.01, 0.5)) for _ in rings])
    first_is_infinity = draw(st.booleans())
    distances = [1.0 / x for x in reciprocals]
    if first_is_infinity:
        distances[0] = math.inf
    offset_m = draw(st.sampled_from([0.0, -0.05, 0.02]))
    assume(min(distances) > 0.1)
    marks = [LensMark(float(ring), distance) for ring, distance in zip(rings, distances, strict=True)]
    travel_deg = float(rings[-1]) + draw(st.floats(0.0, 20.0))
    with contextlib.suppress(RequestError):  # a scale that would run into the image plane is no lens
        return a_lens(*marks, travel_deg=travel_deg, principal_offset_m=offset_m)
    return reject()


def test_a_scale_that_runs_into_the_image_plane_is_refused() -> None:
    marks = [
        LensMark(*pair) for pair in [(1.0, 2.0), (4.0, 1.0), (5.0, 2 / 3), (6.0, 0.5), (7.0, 8 / 17), (8.0, 8 / 21)]
    ]
    with pytest.raises(RequestError, match="runs into the image plane"):
        a_lens(*marks, travel_deg=11.0, principal_offset_m=-0.05)


@given(scales())
def test_every_mark_comes_out_exactly(lens):
    for mark in lens.marks:
        assert lens.ring_deg(mark.distance_m) == mark.ring_deg
        assert lens.distance_m(mark.ring_deg) == pytest.approx(mark.distance_m, rel=1e-9)


@given(scales(), st.floats(0.0, 1.0))
def test_ring_to_distance_and_back(lens, share):
    ring = share * lens.travel_deg
    distance = lens.distance_m(ring)
    assume(math.isfinite(distance))
    assert lens.ring_deg(distance) == pytest.approx(ring, abs=1e-6 * lens.travel_deg)


@given(scales(), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_more_ring_is_never_farther(lens, one, other):
    low, high = sorted((one * lens.travel_deg, other * lens.travel_deg))
    assert lens.distance_m(high) <= lens.distance_m(low)


@given(scales())
def test_arrays_follow_the_same_map(lens):
    rings = np.linspace(0.0, lens.travel_deg, 17)
    distances = lens.distance_m(rings)
    assert distances.shape == rings.shape
    assert distances.tolist() == [lens.distance_m(float(ring)) for ring in rings]
    finite = distances[np.isfinite(distances)]
    assert lens.ring_deg(finite).tolist() == pytest.approx([lens.ring_deg(float(d)) for d in finite], abs=1e-6)


def test_arrays_go_beyond_the_travel_without_complaint():
    rings = ideal().ring_deg(np.array([0.25, 0.5, math.inf]))
    assert rings.tolist() == [600.0, 300.0, 0.0]


def test_beyond_infinity_is_infinity():
    assert ideal().distance_m(-1.0) == math.inf


def test_without_an_infinity_mark_the_end_pair_is_carried_on():
    lens = a_lens((10.0, 10.0), (100.0, 1.0))
    assert lens.distance_m(50.0) == pytest.approx(2.0)
    assert lens.distance_m(200.0) == pytest.approx(0.5)
    assert lens.ring_deg(math.inf) == pytest.approx(0.0, abs=1e-9)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("distance_m", [0.49, 0.001])
def test_nearer_than_close_focus_is_refused_with_the_reach(distance_m):
    with pytest.raises(RequestError, match="off the travel") as refusal:
        ideal().ring_deg(distance_m)
    assert "0.500 m / 1'7 1/2\"" in str(refusal.value)


@pytest.mark.parametrize("distance_m", [0.0, -1.0, math.nan])
def test_what_is_no_distance_is_refused(distance_m):
    with pytest.raises(RequestError, match="can't be"):
        ideal().ring_deg(distance_m)


def test_infinity_off_the_travel_is_refused():
    lens = a_lens((5.0, 5.0), (100.0, 1.0))  # the law has infinity at -18.75°
    with pytest.raises(RequestError, match="off the travel"):
        lens.ring_deg(math.inf)


@pytest.mark.parametrize(
    ("marks", "changes", "words"),
    [
        (((0.0, math.inf),), {}, "at least two marks"),
        (((0.0, math.inf), (10.0, 2.0), (5.0, 1.0)), {}, "marks[2].ring_deg 5° does not follow 10°"),
        (((0.0, math.inf), (10.0, 1.0), (20.0, 2.0)), {}, "is not nearer than 1.00 m"),
        (((0.0, math.inf), (10.0, 1.0), (20.0, 1.0)), {}, "is not nearer"),
        (((0.0, math.inf), (301.0, 1.0)), {}, "off the ring's travel"),
        (((0.0, math.inf), (math.nan, 1.0)), {}, "off the ring's travel"),
        (((0.0, math.inf), (10.0, -1.0)), {}, "not in front of the lens"),
        (((0.0, math.inf), (10.0, math.nan)), {}, "not in front of the lens"),
        (((0.0, math.inf), (10.0, 0.05)), {"principal_offset_m": 0.1}, "not in front of the lens"),
        (((0.0, math.inf), (10.0, 1.0)), {"focal_length_mm": 0.0}, "focal_length_mm must be above 0"),
        (((0.0, math.inf), (10.0, 1.0)), {"t_stop": math.nan}, "t_stop"),
        (((0.0, math.inf), (10.0, 1.0)), {"travel_deg": 0.0}, "travel_deg"),
        (((0.0, math.inf), (10.0, 1.0)), {"transmission": 1.1}, "transmission"),
        (((0.0, math.inf), (10.0, 1.0)), {"direction": 0}, "direction must be 1 or -1"),
        (((0.0, math.inf), (10.0, 1.0)), {"name": " "}, "name is blank"),
        (((0.0, math.inf), (10.0, 1.0)), {"principal_offset_m": math.inf}, "principal_offset_m"),
    ],
)
def test_a_lens_that_cannot_be_is_refused(marks, changes, words):
    with pytest.raises(RequestError) as refusal:
        a_lens(*marks, **changes)
    assert words in str(refusal.value)


def test_a_map_that_turns_back_is_refused_as_prestons():
    # reference case map-monotone: points 0, 1000, 900, 65535
    points = [0, 1000, 900, 65535]
    with pytest.raises(RequestError, match="does not follow"):
        a_lens(*[(point / 65.535, 10.0 / (i + 1)) for i, point in enumerate(points)], travel_deg=3600.0)


def test_every_problem_is_named_at_once():
    with pytest.raises(RequestError) as refusal:
        a_lens((0.0, math.inf), (400.0, 1.0), t_stop=-1.0, direction=3)
    assert all(word in str(refusal.value) for word in ("t_stop", "direction", "marks[1].ring_deg"))


# ---------------------------------------------------------------- the mistyped mark

ON_SCALE = [(0.0, math.inf), (49.2126, 3.048), (75.0, 2.0), (89.4774, 1.6764), (150.0, 1.0), (250.0, 0.6)]


def with_distance(index, distance_m):
    marks = [LensMark(*mark) for mark in ON_SCALE]
    marks[index] = replace(marks[index], distance_m=distance_m)
    return marks


def test_a_good_scale_has_no_warnings():
    assert a_lens(*ON_SCALE).warnings() == ()
    assert sp40(infinity=True).warnings() == ()


@pytest.mark.parametrize(
    ("index", "distance_m", "typo"),
    [
        (3, 5.6 * 0.3048, "5.6 ft where 5'6\" was meant (1.68 m / 5'6\")"),
        (2, 2.0 - 0.3048, "a foot too few"),
        (2, 2.0 + 0.3048, "a foot too many"),
    ],
)
def test_a_mistyped_mark_is_found_and_explained(index, distance_m, typo):
    (warning,) = a_lens(*with_distance(index, distance_m)).warnings()
    assert warning.startswith(f"marks[{index}]")
    assert typo in warning


def test_feet_typed_as_metres_are_named_where_the_scale_turns_back():
    # 2 m is 6.56 ft: typed as metres it lies beyond its neighbours, and the map is refused, not warned of
    with pytest.raises(RequestError) as refusal:
        a_lens(*with_distance(2, 2.0 / 0.3048))
    assert "marks[2] is likely 6.56 feet entered as metres (2.00 m / 6'6 1/2\")" in str(refusal.value)


def test_five_point_six_metres_for_five_foot_six_is_named():
    with pytest.raises(RequestError) as refusal:
        a_lens(*with_distance(3, 5.6))
    assert "marks[3] is likely 5.6 m where 5'6\" was meant" in str(refusal.value)


@pytest.mark.parametrize("index", range(1, len(ON_SCALE)))
def test_the_bad_mark_does_not_drag_the_fit(index):
    distance_m = ON_SCALE[index][1] * 0.93
    (warning,) = a_lens(*with_distance(index, distance_m)).warnings()
    assert warning.startswith(f"marks[{index}]")


def test_half_a_percent_of_travel_is_the_limit():
    def moved_by(share):
        marks = [LensMark(*mark) for mark in ON_SCALE]
        marks[3] = replace(marks[3], ring_deg=marks[3].ring_deg + share * 300.0)
        return a_lens(*marks).warnings()

    assert moved_by(0.0045) == ()
    assert len(moved_by(0.0075)) == 1


def test_a_close_focus_that_the_map_does_not_reach_is_doubted():
    (warning,) = a_lens((0.0, math.inf), (300.0, 0.5), close_focus_m=0.35).warnings()
    assert "0.350 m" in warning
    assert "0.500 m" in warning


def test_a_close_focus_beyond_a_mark_is_doubted():
    (warning,) = a_lens((0.0, math.inf), (300.0, 0.5), close_focus_m=0.8).warnings()
    assert "0.800 m" in warning
    assert "farther than the nearest mark, 0.500 m" in warning
    assert a_lens((0.0, math.inf), (300.0, 0.5), close_focus_m=0.502).warnings() == ()


@pytest.mark.parametrize(
    ("ring_deg", "words"), [(300.0, "nearer than the last mark, 0.661 m"), (150.0, ""), (140.0, ""), (0.0, "")]
)
def test_what_lies_off_all_marks_is_told(ring_deg: float, words: str):
    sp40 = load_lens("arri-signature-prime-40")
    assert words in sp40.beyond_marks(ring_deg)
    assert bool(words) == bool(sp40.beyond_marks(ring_deg))
    assert not load_lens("ideal-50").beyond_marks(ring_deg)


def test_what_lies_farther_than_all_marks_is_told():
    assert "farther than the last mark, 2.000 m" in a_lens((100.0, 2.0), (300.0, 0.5)).beyond_marks(0.0)


def test_two_marks_cannot_be_held_against_anything():
    assert a_lens((0.0, math.inf), (20.0, 0.7)).warnings() == ()


def test_three_marks_off_a_line_are_one_doubt_with_the_typo():
    (warning,) = a_lens((0.0, math.inf), (89.4774, 5.8 * 0.3048), (150.0, 1.0)).warnings()
    assert "follow no common 1/distance law" in warning


def test_a_scale_of_another_law_is_one_doubt():
    marks = [(0.0, math.inf), *((10.0 * i, 10.0 - 0.9 * i) for i in range(1, 10))]
    (warning,) = a_lens(*marks).warnings()
    assert "follow no common 1/distance law" in warning


# ---------------------------------------------------------------- the lenses that ship


@pytest.mark.parametrize(
    ("name", "focal_mm", "t_stop", "close_focus_m"),
    [
        ("ideal-35", 35, 1.4, 0.35),
        ("ideal-50", 50, 1.4, 0.55),
        ("ideal-85", 85, 1.3, 0.95),
        ("ideal-135", 135, 1.8, 0.88),
    ],
)
def test_the_ideal_lenses_are_the_contracts(name, focal_mm, t_stop, close_focus_m):
    lens = load_lens(name)
    assert (lens.focal_length_mm, lens.t_stop, lens.close_focus_m) == (focal_mm, t_stop, close_focus_m)
    assert (lens.travel_deg, lens.transmission, lens.principal_offset_m) == (300.0, 1.0, 0.0)
    assert lens.f_number(2.8) == 2.8
    assert lens.ideal
    assert "not measured" in lens.source
    for distance_m in (close_focus_m, 1.0, 2.0, 5.0, math.inf):
        assert lens.ring_deg(distance_m) == pytest.approx(300.0 * close_focus_m / distance_m, abs=1e-9)


def test_the_signature_prime_owns_up_to_what_is_assumed():
    lens = load_lens("arri-signature-prime-40")
    assert not lens.ideal
    assert lens.t_stop == 1.8
    assert "ris-osvp-metadata-camdkit" in lens.source
    text = " ".join(lens.calibration)
    assert all(word in text for word in ("Measured", "Extrapolated", "Assumed: 300°"))
    assert lens.measured_span_m() == (0.661, 4.812)
    assert lens.f_number(1.8) == pytest.approx(1.8 * math.sqrt(0.85))


def test_the_signature_prime_predicts_its_clip(sp40_samples):
    lens = load_lens("arri-signature-prime-40")
    distance, position = sp40_samples
    assert np.abs(lens.ring_deg(distance) / lens.travel_deg - position).max() <= 0.003
    for i in range(len(lens.marks)):
        without = replace(lens, marks=lens.marks[:i] + lens.marks[i + 1 :])
        assert np.abs(without.ring_deg(distance) / lens.travel_deg - position).max() <= 0.005


def test_all_that_ship_load_and_none_is_doubtful():
    assert set(lens_names()) >= {"arri-signature-prime-40", "ideal-35", "ideal-50", "ideal-85", "ideal-135"}
    for name in lens_names():
        lens = load_lens(name)
        assert lens.name == name
        assert lens.warnings() == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("idael-50", "ideal-50"), ("ideal 85", "ideal-85"), ("Signature Prime 40", "arri-signature-prime-40")],
)
def test_an_unknown_lens_brings_near_names(typed, meant):
    with pytest.raises(RequestError) as refusal:
        load_lens(typed)
    assert "Did you mean" in str(refusal.value)
    assert meant in str(refusal.value)


def test_a_lens_like_no_other_brings_the_list():
    with pytest.raises(RequestError, match=r"These ship: .*ideal-50"):
        load_lens("zzz")


# ---------------------------------------------------------------- points


@pytest.mark.parametrize(
    ("text", "ring_deg"),
    [
        ("1.1m", 150.0),
        ("1.1", 150.0),
        ("110cm", 150.0),
        ("inf", 0.0),
        ("∞", 0.0),
        ("84.5deg", 84.5),
        ("84.5°", 84.5),
        ("0deg", 0.0),
        ("300 deg", 300.0),
        ("A", 12.0),
        ("a", 12.0),
        ("1m", 33.0),
    ],
)
def test_points_as_people_write_them(text, ring_deg):
    # a mark's own name goes before anything else it could mean
    assert parse_point(load_lens("ideal-50"), text, {"A": 12.0, "1m": 33.0}) == pytest.approx(ring_deg)


def test_a_points_name_may_be_a_label_on_the_lens():
    lens = a_lens(LensMark(0.0, math.inf, "∞"), LensMark(100.0, 1.5, "Door"), LensMark(300.0, 0.5))
    assert parse_point(lens, "door") == 100.0


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("0.3m", "off the travel"),
        ("300.1deg", "off the travel"),
        ("-1deg", "off the travel"),
        ("nan", "not a number"),
        ("0", "0 m"),
        ("-2m", "negative"),
        ("Dor", "Did you mean Door?"),
        ("nandeg", "is no ring angle"),
    ],
)
def test_points_that_cannot_be_are_refused(text, words):
    lens = replace(
        load_lens("ideal-50"), marks=(LensMark(0.0, math.inf), LensMark(9.0, 18.0, "Door"), LensMark(300.0, 0.55))
    )
    with pytest.raises(RequestError) as refusal:
        parse_point(lens, text)
    assert words in str(refusal.value)


def test_a_stored_mark_off_this_lens_is_refused():
    with pytest.raises(RequestError, match="off the travel"):
        parse_point(load_lens("ideal-50"), "A", {"A": 301.0})


def test_planning_with_a_shipped_lens_does_not_load_pydantic(run_python):
    code = "import sys; from followfocus.lens import map as m; m.load_lens('ideal-50');print('pydantic' in sys.modules)"
    assert run_python(code).strip() == "False"


@pytest.fixture
def run_python():
    import subprocess
    import sys

    def run(code):
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    return run


# ---------------------------------------------------------------- the shared cases


@pytest.mark.skipif(not SHARED_CASES.exists(), reason="the reference cases are not beside this checkout")
def test_all_shared_cases_of_lens_maps():
    cases = {case["id"]: case for case in json.loads(SHARED_CASES.read_text("utf-8"))["cases"]}
    rows = cases["map-sp40-table"]["expected"]["rows_distance_m__lds__fraction"]
    assert [(distance, counts) for distance, counts, _ in rows] == SP40_ROWS
    assert all(fraction == pytest.approx((counts - 8) / 11550, abs=5e-6) for _, counts, fraction in rows)
    ideals = [case for name, case in cases.items() if name.startswith("map-ideal-")]
    for case in ideals:
        given_ = case["input"]
        lens = ideal(given_["close_focus_m"], given_["throw_deg"])
        ring_deg = lens.ring_deg(float(given_["distance_m"]))
        assert ring_deg == pytest.approx(case["expected"]["angle_from_infinity_deg"], abs=case["tolerance"]["abs"])
    assert len(ideals) >= 4
    two = cases["map-sp40-2mark"]
    lens = sp40(two["input"]["marks"])
    errors = [abs(lens.ring_deg(distance) - (counts - 8) / 11550) for distance, counts in two["input"]["probe"]]
    assert max(errors) <= two["expected"]["max_abs_error_fraction_of_travel"]


def test_the_module_says_what_it_assumes():
    assert lens_module.ASSUMED_TRANSMISSION == 0.85


def test_marks_that_are_as_good_as_one_are_refused() -> None:
    lens = load_lens("ideal-50")
    marks = (LensMark(0.0, math.inf), LensMark(1e-320, 0.55))
    with pytest.raises(RequestError, match="does not follow"):
        replace(lens, marks=marks)
