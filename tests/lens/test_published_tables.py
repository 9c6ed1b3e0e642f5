# SPDX-License-Identifier: MIT
"""Depth of field against whole tables that others published, to the last digit that they print.

Full frame 25 rows, 35 mm motion picture 10 (hyperfocal distances), APS-C 46, small sensors (1/1.8 and 1/1.63 inch) 24,
Four Thirds 2, macro 50; with those of `test_published.py` Micro Four Thirds has 21. Stops are taken as they are
marked (f/11 is 11), as these authors do, but for those who read DOFMaster, which counts in whole steps of √2 (11.3).
"""

from __future__ import annotations

import math

import pytest

from followfocus.lens.optics import depth_of_field, hyperfocal_m

FOOT = 0.3048


def numbers(text: str) -> list[float]:
    return [math.inf if word == "INF" else float(word) for word in text.split()]


def held(found: float, printed: float, digit: float) -> bool:
    """Whether a figure is what was printed, to half of its last digit; what rounds either way is let through."""
    return found == printed or abs(found - printed) <= digit / 2 * 1.05


# 35 mm motion picture -------------------------------------------------------------------------------------------------

SLIDES = "“Cameras and lenses: the essential reference guide for filmmakers”, slideplayer.com/5823246"
SLIDES_FEET = """
1.4 2.0 2.8 4.0 5.6 8.0 11 16 22 32
230.7 161.5 115.3 80.7 57.7 40.4 29.4 20.2 14.7 10.1
"""
"""Stops, and hyperfocal distances in feet of 50 mm on a 35 mm camera with a circle of 0.001 inch."""


@pytest.mark.parametrize(("stop", "feet"), [*zip(*map(numbers, SLIDES_FEET.strip().splitlines()), strict=True)])
def test_hyperfocals_of_a_35_mm_motion_picture_camera(stop: float, feet: float) -> None:
    assert held(hyperfocal_m(50, stop, 0.0254, plus_focal=False) / FOOT, feet, 0.1), SLIDES
    # Theirs leave the last focal length out: focused there and that much farther, half of it and more is sharp.
    focus_m = feet * FOOT + 0.05
    depth = depth_of_field(focus_m, 50, stop, 0.0254)
    assert depth.near_m == pytest.approx(focus_m / 2, rel=2e-3)
    assert depth.far_m > 100 * focus_m


# Full frame and small sensors ---------------------------------------------------------------------------------------

WROTNIAK = "J. A. Wrotniak, “Depth of field tables” for the Olympus C-5050Z, as reprinted on digitaldiver.net"
WROTNIAK_ROWS = """
3 35 2.0  1.72 11.77  2.62 3.51
3 35 2.8  1.47 INF    2.49 3.77
3 35 4.0  1.20 INF    2.32 4.23
3 35 5.6  0.97 INF    2.13 5.06
3 35 8.0  0.75 INF    1.90 7.16
3 35 11   0.59 INF    1.67 14.91
3 35 16   0.43 INF    1.39 INF
3 35 22   0.33 INF    1.15 INF
3 70 2.0  2.53 3.68   2.90 3.11
3 70 2.8  2.38 4.06   2.86 3.16
3 70 4.0  2.19 4.77   2.80 3.23
3 70 5.6  1.97 6.26   2.73 3.34
3 70 8.0  1.72 11.69  2.62 3.50
3 70 11   1.48 INF    2.51 3.74
3 70 16   1.21 INF    2.33 4.21
3 70 22   0.99 INF    2.15 4.96
1 35 2.0  0.80 1.33   0.95 1.05
1 35 2.8  0.74 1.53   0.94 1.07
"""
"""Distance in m, equivalent focal length, stop; limits of the small camera (a fifth of the focal length), of 35 mm.

The page's rows headed 105 mm are left out: they aren't those of a 105 mm lens on either camera.
"""


@pytest.mark.parametrize("row", WROTNIAK_ROWS.strip().splitlines())
@pytest.mark.parametrize(("shorter", "coc"), [(1, 0.030), (5, 0.0061)], ids=["35 mm", "1/1.8 inch"])
def test_wrotniaks_tables(row: str, shorter: int, coc: float) -> None:
    distance, focal, stop, *limits = numbers(row)
    near, far = limits[2:] if shorter == 1 else limits[:2]
    found = depth_of_field(distance, focal / shorter, stop, coc)
    assert held(found.near_m, near, 0.01), WROTNIAK
    assert held(found.far_m, far, 0.01), WROTNIAK


@pytest.mark.parametrize(
    ("focal", "stop", "coc", "distance", "near", "far", "digit", "source"),
    [
        (50, 1.8, 0.029, 1.1, 1.0764009848, 1.1246569796, 1e-9, "Tooo/Depth-of-Field-Calculator, its own tests"),
        (90, 2.8, 0.029, 2.0, 1.9624251311, 2.0390418618, 1e-9, "Tooo/Depth-of-Field-Calculator, its own tests"),
        (200, 11, 0.029, 15.0, 13.4164557302, 17.0073812034, 1e-9, "Tooo/Depth-of-Field-Calculator, its own tests"),
        (50, 16, 0.030, 1.0, 0.846, 1.223, 1e-3, "kailuowang/LightMeter, its own tests"),
        (35, 2.0, 0.030, 15.0, 8.6556126054, 56.1754815041, 1e-9, "patik/dof, its own tests (MIT)"),
        (35, 2.0, 0.030, 25 * FOOT, 18.2280816618 * FOOT, 39.7778932329 * FOOT, 1e-9, "patik/dof, its own tests (MIT)"),
        (
            50,
            4.0,
            0.030,
            10 * FOOT,
            8.75 * FOOT,
            11.667 * FOOT,
            0.03,
            "R. R. Harrison, insyncpubs.com: 8'9\" to 11'8\"",
        ),
    ],
)
def test_full_frame_rows(focal, stop, coc, distance, near, far, digit, source) -> None:
    found = depth_of_field(distance, focal, stop, coc)
    assert held(found.near_m, near, digit), source
    assert held(found.far_m, far, digit), source


@pytest.mark.parametrize(
    ("unit", "distance", "stop", "near", "far", "digits"),
    [
        (FOOT, 6.0, 2, 3.26, 37.8, (0.01, 0.1)),
        (1.0, 1.8, 2, 0.98, 10.5, (0.01, 0.1)),
        (FOOT, 6.0, 4, 2.24, math.inf, (0.01, 0.01)),
        (1.0, 1.8, 4, 0.68, math.inf, (0.01, 0.01)),
        (FOOT, 6.0, 8, 1.37, math.inf, (0.01, 0.01)),
        (1.0, 1.8, 8, 0.42, math.inf, (0.01, 0.01)),
    ],
)
def test_rows_of_the_panasonic_lx3(unit, distance, stop, near, far, digits) -> None:
    """5.1 mm on 1/1.63 inch, circle 0.006 mm: “Panasonic LX3 Depth of Field”, homepages.ihug.com.au/~parsog.

    The page's rows headed 12.8 mm are left out: by their own hyperfocals they are those of another focal length.
    """
    found = depth_of_field(distance * unit, 5.1, stop, 0.006)
    assert held(found.near_m / unit, near, digits[0])
    assert held(found.far_m / unit, far, digits[1])


# APS-C --------------------------------------------------------------------------------------------------------------

HOGAN = "Thom Hogan’s Complete Guide to the Nikon D300, p. 411: 70 mm lens, feet (circle 0.016 mm by its hyperfocals)"
HOGAN_STOPS = (2.8, 3.5, 4, 5.6, 8, 11, 16, 22, 32)
HOGAN_HYPERFOCAL = "358.8 287.0 251.1 179.4 125.6 91.3 62.8 45.7 31.4"
HOGAN_TABLE = {
    3: "2.98 2.97 2.97 2.95 2.94 2.91 2.87 2.83 2.76 / 3.02 3.03 3.03 3.05 3.07 3.09 3.14 3.19 3.29",
    5: "4.93 4.92 4.91 4.87 4.82 4.75 4.65 4.53 4.34 / 5.07 5.08 5.10 5.14 5.20 5.28 5.41 5.58 5.90",
    10: "9.73 9.67 9.63 9.48 9.28 9.03 8.65 8.24 7.63 / 10.28 10.35 10.40 10.58 10.84 11.20 11.84 12.72 14.52",
    20: "18.96 18.71 18.54 18.01 17.28 16.44 15.21 13.96 12.27 / 21.17 21.48 21.71 22.48 23.74 25.53 29.19 35.27 54.03",
    50: "43.91 42.61 41.73 39.14 35.81 32.36 27.89 23.92 19.34 / 58.05 60.49 62.36 69.20 82.83 109.90 241.26 INF INF",
}


@pytest.mark.parametrize("feet", HOGAN_TABLE)
@pytest.mark.parametrize("column", range(len(HOGAN_STOPS)), ids=[f"f{stop:g}" for stop in HOGAN_STOPS])
def test_hogans_table_of_aps_c(feet: int, column: int) -> None:
    near, far = (numbers(half)[column] for half in HOGAN_TABLE[feet].split("/"))
    found = depth_of_field(feet * FOOT, 70, HOGAN_STOPS[column], 0.016)
    assert found.near_m / FOOT == pytest.approx(near, abs=0.0053, rel=3e-4), HOGAN  # the circle has digits of its own
    if math.isinf(far):
        assert math.isinf(found.far_m), HOGAN
    else:
        assert found.far_m / FOOT == pytest.approx(far, abs=0.0053, rel=3e-4 * max(1, far / feet)), HOGAN
    hyperfocal = hyperfocal_m(70, HOGAN_STOPS[column], 0.016, plus_focal=False) / FOOT
    assert hyperfocal == pytest.approx(numbers(HOGAN_HYPERFOCAL)[column], abs=0.1), HOGAN  # some are cut off


@pytest.mark.parametrize(
    ("what", "focal", "stop", "scale", "distance", "near", "far", "hyperfocal"),
    [
        ("Nikon D70, 18-70 mm (t/Nikon_4.out)", 56.0, 5.0, 1.5, 0.63, 0.62, 0.64, 31.31),
        ("Olympus E-1, 14-54 mm (t/Olympus_4.out)", 20.0, 4.5, 2.0, 0.705, 0.63, 0.80, 5.93),
    ],
)
def test_what_exiftool_makes_of_the_distances_that_cameras_wrote(
    what, focal, stop, scale, distance, near, far, hyperfocal
) -> None:
    """Its own tests' expected output (exiftool/exiftool, Artistic or GPL): circle = the frame's diagonal / 1440."""
    coc = math.hypot(36, 24) / scale / 1440
    found = depth_of_field(distance, focal, stop, coc)
    assert held(found.near_m, near, 0.01), what
    assert held(found.far_m, far, 0.01), what
    assert hyperfocal_m(focal, stop, coc, plus_focal=False) == pytest.approx(hyperfocal, rel=0.01), what


# Micro Four Thirds --------------------------------------------------------------------------------------------------


def test_a_row_of_dofmaster_for_the_e_p3() -> None:
    """15 mm, f/8, 6.2 ft: “Hyperfocal distance: 6.2ft, near limit: 3.1ft, far limit: infinity” (terrychay.com)."""
    found = depth_of_field(6.2 * FOOT, 15, 8, 0.015)
    assert held(found.near_m / FOOT, 3.1, 0.1)
    assert held(found.hyperfocal_m / FOOT, 6.2, 0.1)
    assert found.far_m > 1000


# Macro --------------------------------------------------------------------------------------------------------------

BELLOWS = "macrobellows.com, “Depth-of-field close up table”: total in mm by scale and stop, circle 0.05 mm"
BELLOWS_STOPS = (2.8, 4, 5.6, 8, 11, 16, 22, 32, 45)
BELLOWS_TABLE = {
    1.0: "0.60 0.80 1.10 1.60 2.20 3.20 4.40 6.40 9.00",
    2.0: "0.21 0.30 0.42 0.60 0.82 1.20 1.65 2.40 3.37",
    3.0: "0.12 0.18 0.25 0.36 0.49 0.71 0.98 1.42 2.00",
    4.0: "0.09 0.12 0.17 0.25 0.34 0.50 0.69 1.00 1.41",
    5.0: "0.07 0.10 0.13 0.19 0.26 0.38 0.53 0.77 1.08",
}


def total_mm(scale: float, stop: float, coc: float, focal: float) -> float:
    return depth_of_field(focal * (1 + 1 / scale) / 1000, focal, stop, coc).total_m * 1000


@pytest.mark.parametrize("scale", BELLOWS_TABLE)
@pytest.mark.parametrize("column", range(len(BELLOWS_STOPS)), ids=[f"f{stop:g}" for stop in BELLOWS_STOPS])
def test_macro_rows_of_a_bellows_table(scale: float, column: int) -> None:
    printed = numbers(BELLOWS_TABLE[scale])[column]
    found = total_mm(scale, BELLOWS_STOPS[column], 0.05, 100.0)
    assert held(found, printed, 0.1 if scale == 1.0 else 0.012), BELLOWS


@pytest.mark.parametrize(("scale", "printed"), [(1, 1.120), (2, 0.420), (3, 0.249), (4, 0.175), (5, 0.134)])
def test_macro_rows_of_canons_manual_of_the_mp_e_65(scale: int, printed: float) -> None:
    """At f/8, circle 0.035 mm: the lens's manual as quoted on heliconsoft.com's forum (7 March 2005)."""
    assert total_mm(scale, 8, 0.035, 65.0) == pytest.approx(printed, rel=0.006)
