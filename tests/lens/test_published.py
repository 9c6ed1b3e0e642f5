# SPDX-License-Identifier: MIT
"""Depth of field against tables that others printed, in several formats and at life-size, and against rays in four.

Each row names its source. Where a table gives few digits, the tolerance is half of its last.
"""

from __future__ import annotations

import math

import pytest

from followfocus.lens.formats import FORMATS
from followfocus.lens.optics import bellows_stops, depth_of_field, hyperfocal_m, magnification

FOOT = 0.3048
NOTEBOOK = "a depth-of-field notebook's printed table: Micro Four Thirds, 12 mm, k 2.8, circle 14.43 µm"
MFT = [
    (0.5, 0.440, 0.579), (1.0, 0.783, 1.384), (1.5, 1.058, 2.575), (2.0, 1.284, 4.523), (2.5, 1.472, 8.281),
    (3.0, 1.632, 18.562), (3.5, 1.769, 164.132),
]  # fmt: skip


@pytest.mark.parametrize(("distance", "near", "far"), MFT)
def test_micro_four_thirds(distance: float, near: float, far: float) -> None:
    found = depth_of_field(distance, 12, 2.8, 0.01443)
    assert found.near_m == pytest.approx(near, abs=6e-4), NOTEBOOK
    assert found.far_m == pytest.approx(far, abs=6e-4 + 4e-4 * far**2), NOTEBOOK
    assert hyperfocal_m(12, 2.8, 0.01443) == pytest.approx(3.576, abs=5e-4)


MU_43 = "“Hyperfocal distance: a few considerations”, mu-43.com, thread 69677"
CHAY = "Terry Chay, of the Olympus body cap lens, terrychay.com"
MFT_COC_MM = 0.015


def dofmasters_stop(marked: float) -> float:
    """The stop that DOFMaster, which these authors read, counts with: to a sixth of a stop, so 5.657 for f/5.6."""
    return 2 ** (round(12 * math.log2(marked)) / 12)


@pytest.mark.parametrize(
    ("focal", "marked", "distance", "near", "far", "digit", "source"),
    [
        (12, 5.6, None, 0.9, math.inf, 0.1, MU_43),
        (12, 2.8, None, 1.7, math.inf, 0.1, MU_43),
        (25, 5.6, None, 3.7, math.inf, 0.1, MU_43),
        (25, 8, 5.0, 2.6, None, 0.1, MU_43),
        (40, 5.6, None, 9.5, math.inf, 0.1, MU_43),
        (40, 8, None, 6.7, math.inf, 0.1, MU_43),
        (40, 11, None, 4.7, math.inf, 0.1, MU_43),
        (40, 16, None, 3.4, math.inf, 0.1, MU_43),
        (15, 8, None, 3.1 * FOOT, math.inf, 0.1 * FOOT, CHAY),
    ],
)
def test_micro_four_thirds_as_its_owners_read_it(focal, marked, distance, near, far, digit, source) -> None:
    """Without a distance: focused at the hyperfocal."""
    stop = dofmasters_stop(marked)
    found = depth_of_field(distance or hyperfocal_m(focal, stop, MFT_COC_MM) * (1 + 1e-9), focal, stop, MFT_COC_MM)
    assert found.near_m == pytest.approx(near, abs=digit / 2 * 1.05), source
    assert far is None or found.far_m == far, source


@pytest.mark.parametrize(
    ("focal", "marked", "hyperfocal", "digit", "source"),
    [
        (12, 5.6, 1.7, 0.1, MU_43),
        (25, 5.6, 7.4, 0.1, MU_43),
        (40, 5.6, 19, 1, MU_43),
        (15, 8, 6.2 * FOOT, 0.1 * FOOT, CHAY),
    ],
)
def test_hyperfocals_of_micro_four_thirds(focal, marked, hyperfocal, digit, source) -> None:
    found = hyperfocal_m(focal, dofmasters_stop(marked), MFT_COC_MM)
    assert found == pytest.approx(hyperfocal, abs=digit / 2 * 1.05), source


@pytest.mark.parametrize(("focal", "total"), [(20, 1.17), (25, 0.73)])
def test_totals_of_micro_four_thirds(focal: float, total: float) -> None:
    """3 m at f/1.7, by DOFMaster: a talk on personal-view.com, comment 74447."""
    found = depth_of_field(3.0, focal, dofmasters_stop(1.7), MFT_COC_MM)
    assert found.total_m == pytest.approx(total, abs=0.005)


@pytest.mark.parametrize(
    ("focal", "number", "coc", "distance", "near", "far", "tolerance", "source"),
    [
        (50, 4, 0.019, 10 * FOOT, 9 * FOOT + 2 * FOOT / 12, 11 * FOOT, 0.02, "R. R. Harrison, insyncpubs.com: APS-C"),
        (50, 16, 1 / 30, 5.0, 2.5, math.inf, 0.2, "Leica MP manual, p. 85: “from approx. 2.5 m to infinity”"),
        (50, 4, 1 / 30, 15 * FOOT, 12.5 * FOOT, 20 * FOOT, 0.2, "Leica M2 manual, p. 7: “about 12½ to 20 feet”"),
        (50, 11, 1 / 30, 15 * FOOT, 9 * FOOT, 40 * FOOT, 0.6, "Leica M2 manual, p. 7: “about 9 to 40 feet”"),
    ],
)
def test_makers_and_teachers_words(focal, number, coc, distance, near, far, tolerance, source) -> None:
    found = depth_of_field(distance, focal, number, coc)
    assert found.near_m == pytest.approx(near, abs=tolerance), source
    if math.isfinite(far):
        assert 1 / found.far_m == pytest.approx(1 / far, abs=0.02), source
    else:
        assert found.far_m > 4 * distance, source


@pytest.mark.parametrize(
    ("what", "focal", "number", "coc", "distance", "near", "far", "hyperfocal"),
    [
        ("full frame", 35, 2.0, 0.030, 5.0, 4.02193, 6.60662, 20.45167),
        ("full frame", 35, 2.0, 0.030, 15 * FOOT, 12.27275 * FOOT, 19.28567 * FOOT, 67.09864 * FOOT),
        ("full frame", 24, 16.0, 0.030, 5.0, 0.97150, math.inf, 1.22400),
        ("micro four thirds", 50, 1.414214, 0.015, 25.0, 20.63204, 31.71413, 117.90109),
        ("1 inch", 55, 3.174802, 0.011, 42 * FOOT, 36.61228 * FOOT, 49.24700 * FOOT, 284.36540 * FOOT),
        ("Blackmagic Cinema Camera", 28, 5.039684, 0.010, 7.0, 4.83368, 12.68511, 15.58453),
    ],
)
def test_what_another_program_holds_itself_to(what, focal, number, coc, distance, near, far, hyperfocal) -> None:
    """The figures in the tests of patik/dof, a calculator of its own (MIT licence), by its own circles of confusion."""
    found = depth_of_field(distance, focal, number, coc)
    assert found.near_m == pytest.approx(near, abs=6e-6, rel=2e-6), what
    assert found.far_m == pytest.approx(far, rel=2e-6), what
    assert hyperfocal_m(focal, number, coc) == pytest.approx(hyperfocal, rel=2e-6), what


@pytest.mark.parametrize(
    ("scale", "number", "total_mm"),
    [(1.0, 16, 2.240), (5.0, 2.8, 0.048), (5.0, 16, 0.269)],
)
def test_macro_rows_of_canons_table_for_the_mp_e_65(scale: float, number: float, total_mm: float) -> None:
    """Canon's depth-of-field table of the MP-E 65 mm, c = 0.035 mm, as the-digital-picture.com quotes it."""
    focal = 65.0
    s_m = focal * (1 + 1 / scale) / 1000
    found = depth_of_field(s_m, focal, number, 0.035)
    assert found.total_m * 1000 == pytest.approx(total_mm, rel=0.025)
    assert magnification(s_m, focal) == pytest.approx(scale)


@pytest.mark.parametrize(("scale", "stops"), [(0.5, 1.17), (1.0, 2.0), (2.0, 3.17), (5.0, 5.17)])
def test_the_light_that_magnification_costs(scale: float, stops: float) -> None:
    """Exposure factor (1 + m)², as makers print it beside macro scales: 2.25, 4, 9 and 36 times."""
    assert bellows_stops(scale) == pytest.approx(stops, abs=0.005)


# ---------------------------------------------------------------- rays


def patch_mm(focal: float, number: float, focus_m: float, subject_m: float) -> float:
    """The patch that a point makes on the sensor: the two outermost rays through a thin lens, cut at the sensor."""
    sensor = 1 / (1 / focal - 1 / (focus_m * 1000))
    hits = []
    for height in (-focal / number / 2, focal / number / 2):
        slope_in = height / (subject_m * 1000)
        slope_out = slope_in - height / focal
        hits.append(height + slope_out * sensor)
    return abs(hits[1] - hits[0])


ROWS = [
    (name, focal, number, distance)
    for name in ("super35", "full-frame", "mft", "16mm")
    for focal, number in ((18, 2.0), (25, 2.8), (50, 1.4), (85, 4.0))
    for distance in (0.9, 1.5, 2.5, 4.0, 9.0)
]


@pytest.mark.parametrize(("name", "focal", "number", "distance"), ROWS)
def test_the_limits_are_where_rays_fill_the_formats_circle(name, focal, number, distance) -> None:
    coc = FORMATS[name].coc_mm
    found = depth_of_field(distance, focal, number, coc)
    assert patch_mm(focal, number, distance, found.near_m) == pytest.approx(coc, rel=1e-9)
    if math.isfinite(found.far_m):
        assert patch_mm(focal, number, distance, found.far_m) == pytest.approx(coc, rel=1e-9)
    else:
        assert patch_mm(focal, number, distance, 1e9) <= coc
