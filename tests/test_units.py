# SPDX-License-Identifier: MIT
from __future__ import annotations

import json
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus import timecode, units
from followfocus.errors import RequestError

SHARED_CASES = Path(__file__).parents[2] / "shared" / "data" / "reference-cases.json"

DISTANCES = {
    "5'6\"": 1.6764,
    "5'6": 1.6764,
    "5'3.5\"": 1.6129,
    "5ft 3in": 1.6002,
    "5 feet 3 inches": 1.6002,
    "5ft3": 1.6002,
    "5'3 1/2": 1.6129,
    "5'3 1/2\"": 1.6129,
    "5' 3½\"": 1.6129,
    "5'3 1\u20442\"": 1.6129,
    "5′6″": 1.6764,
    "5’6”": 1.6764,
    "5'6''": 1.6764,
    "5'": 1.524,
    "5 ft": 1.524,
    "5.5ft": 1.6764,
    "63in": 1.6002,
    '63"': 1.6002,
    "1/2in": 0.0127,
    "1.6m": 1.6,
    "1.6 metres": 1.6,
    "160cm": 1.6,
    "1600mm": 1.6,
    ".5m": 0.5,
    "+1.6m": 1.6,
    "1.6": 1.6,
    # a tape is read with a dash, and fractions with one of their own
    "10'-6\"": 3.2004,
    "10'–6\"": 3.2004,
    "10ft-6in": 3.2004,
    "5'-6 1/2\"": 1.6891,
    "5'6-1/2\"": 1.6891,
    "5'-6½": 1.6891,
    "5', 6\"": 1.6764,
    "3ft. 6in.": 1.0668,
    "6 1/2 ft": 1.9812,
    "6½ft": 1.9812,
    "1m50cm": 1.5,
    "1 m 5 cm": 1.05,
    "1m50": 1.5,
    "2 m 5 mm": 2.005,
    # comma countries
    "1,5m": 1.5,
    "1,5": 1.5,
    ",5 m": 0.5,
    "1,250 m": 1.25,
    "5'6,5\"": 1.6891,
    "inf": math.inf,
    "∞": math.inf,
    " Infinity ": math.inf,
}


@pytest.mark.parametrize(("text", "metres"), DISTANCES.items())
def test_distances_as_people_write_them(text, metres):
    assert units.parse_distance(text) == pytest.approx(metres, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("nan", "not a number"),
        ("-1m", "negative"),
        ("−1m", "negative"),
        ("-inf", "negative"),
        ("0", "0 m"),
        ("0m", "0 m"),
        ("0'0\"", "0 m"),
        ("5'12\"", "6'0\""),
        ("5'14", "6'2\""),
        ("5.5'6\"", "fraction of a foot"),
        ("1,250 mm", "two ways"),
        ("1,200ft", "two ways"),
        ("1.234,5m", "The comma in “1.234,5m” can be read in two ways"),
        ("1.2.3m", "The point in “1.2.3m” can be read in two ways"),
        ("five metres", "is not a distance"),
        ("5 6", "is not a distance"),
        ("1m2", "is not a distance"),
        ("1.6 parsec", "is not a distance"),
        ("1/0in", "divides by zero"),
        ("1e3", "is not a distance"),
        ("1m150cm", "beside a larger unit"),
        ("10' - 6\"", "could be"),
        ("10' -6in", "could be"),
        ("5'6 - 1/2\"", "could be"),
        ("10-6", "could be"),
        ('10 - 6"', "could be"),
        ('5\'6"-1/2"', "could be"),
        ('66"-1/2"', "could be"),
        ("66in-3/4in", "could be"),
        ("6'2\" + 3", "“3” has no unit"),
        ("10'6\" - 3", "“3” has no unit"),
        ("2m+5", "“5” has no unit"),
        ("2 + 5cm + 3", "“3” has no unit"),
        ("4'000", "apostrophe"),
        ("3'800mm", "apostrophe"),
        ("3-2m", "could be"),
        ("5'-", "is not a distance"),
    ],
)
def test_what_is_no_distance_is_refused_in_words(text, words):
    with pytest.raises(RequestError, match=None) as refusal:
        units.parse_distance(text)
    assert words in str(refusal.value)
    assert refusal.value.remedy


def test_a_number_of_400_digits_is_not_taken_for_infinity():
    with pytest.raises(RequestError, match="too large"):
        units.parse_distance("9" * 400)


def test_a_bare_number_takes_the_parameters_unit():
    assert units.parse_distance("5.83", bare="ft") == pytest.approx(1.776984)
    assert units.parse_distance("2", bare="m") == 2.0
    with pytest.raises(RequestError, match="no unit"):
        units.parse_distance("2", bare=None)


def test_the_refusal_names_the_value():
    with pytest.raises(RequestError, match="close focus is empty"):
        units.parse_distance("", what="close focus")


@pytest.mark.parametrize(
    ("metres", "rounding", "text"),
    [
        # reference cases fmt-*: 1.8285 m = 5'11.99" must carry to 6'0", never 5'12"
        (1.6764, 1, "5'6\""),
        (3.048, 1, "10'0\""),
        (1.8285, 1, "6'0\""),
        (1.6891, 0.5, "5'6 1/2\""),
        (1.5367, 0.5, "5'0 1/2\""),
        (1.63, 0.25, "5'4 1/4\""),
        (1.61, 0.1, "5'3.4\""),
        (0.2, 1, '8"'),
        (0.302, 1, "1'0\""),
        (0.0127, 0.5, '1/2"'),
        (0.005, 1, '0.197"'),
        (math.inf, 1, "∞"),
    ],
)
def test_feet_and_inches_carry(metres, rounding, text):
    assert units.format_feet_inches(metres, rounding) == text
    assert units.format_distance(metres, "imperial", rounding) == text


@pytest.mark.parametrize(
    ("metres", "text"),
    [(1.6764, "1.68 m"), (0.9996, "1.00 m"), (0.55, "0.55 m"), (0.05, "50 mm"), (12.0, "12.00 m"), (math.inf, "∞")],
)
def test_metres_print_to_the_centimetre(metres, text):
    assert units.format_distance(metres) == text


@pytest.mark.parametrize("metres", [1000.0, 3813.0, 1e6, math.inf])
def test_what_is_infinity_to_a_lens_is_printed_so_in_every_system(metres):
    assert units.format_distance(metres) == units.format_distance(metres, "imperial") == "∞"
    assert units.format_feet_inches(metres) == units.format_both(metres) == "∞"
    assert units.parse_distance("3813m") == 3813.0, "it can be typed, and is what was typed"


def test_beneath_it_all_figures_are_printed():
    assert units.format_distance(999.9) == "999.90 m"
    assert units.format_both(999.9) == "999.90 m / 3280'6\""
    assert units.format_both(1.6764, 1.0) == "1.68 m / 5'6\""


def test_a_distance_that_was_typed_is_told_as_it_was_typed():
    assert units.format_both(4160.0, far_m=math.inf) == "4160.00 m / 13648'3 1/2\""
    assert units.format_both(math.inf, far_m=math.inf) == "∞"


metres_on_set = st.floats(0.001, 5000.0).filter(lambda metres: metres < units.FAR_M)


@given(metres_on_set, st.sampled_from([1.0, 0.5, 0.25, 0.125, 0.1]))
def test_feet_and_inches_read_back_within_the_rounding(metres, rounding):
    read = units.parse_distance(units.format_feet_inches(metres, rounding), bare=None)
    assert abs(read - metres) <= rounding * units.INCH_M / 2 + 1e-9


@given(metres_on_set, st.sampled_from([0.1, 0.01, 0.001]))
def test_metric_reads_back_within_the_rounding(metres, rounding):
    read = units.parse_distance(units.format_distance(metres, metric_rounding=rounding), bare=None)
    assert abs(read - metres) <= rounding / 2 + 1e-9


@given(st.text(max_size=20))
def test_any_text_is_a_distance_or_a_refusal(text):
    try:
        metres = units.parse_distance(text)
    except RequestError:
        return
    assert metres > 0


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("6'2\" + 3in", 1.9558),
        ("1.2m - 5cm", 1.15),
        ("2m+1ft3in-1in", 2.3556),
        ('10\'6" - 6"', 3.048),
        ("10'6-6\"", 3.048),
        ("10' - 1.5m", 1.548),
        ("1.2 - 0.05m", 1.15),
        ("inf + 3in", math.inf),
        ("1.2m", 1.2),
    ],
)
def test_sums_of_distances(text, metres):
    assert units.parse_distance(text) == pytest.approx(metres)


@pytest.mark.parametrize("text", ["1m - 1m", "1m - 2m", "1m +", "1m - inf", "inf - inf", "nan + 1m", "- 1m"])
def test_sums_that_are_no_distance_are_refused(text):
    with pytest.raises(RequestError):
        units.parse_distance(text)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("84.5deg", 84.5),
        ("84.5°", 84.5),
        ("84.5 degrees", 84.5),
        ("-3°", -3.0),
        ("84,5°", 84.5),
        ("84º", 84.0),
        ("84˚", 84.0),
        ("0", 0.0),
    ],
)
def test_angles(text, degrees):
    assert units.parse_angle(text) == degrees


@pytest.mark.parametrize("text", ["", "nan", "inf", "84.5rad", "deg", "9" * 400])
def test_what_is_no_angle_is_refused(text):
    with pytest.raises(RequestError):
        units.parse_angle(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2", 2.0),
        ("2s", 2.0),
        (".4", 0.4),
        ("400ms", 0.4),
        ("48f", 2.0),
        ("12 frames", 0.5),
        ("1s+12f", 1.5),
        ("1s 12f", 1.5),
        ("2s-6f", 1.75),
        ("1.5min", 90.0),
        ("-1", -1.0),
        ("0", 0.0),
        ("2,5", 2.5),
        ("0,5s+12f", 1.0),
        ("00:00:02:12", 2.5),
        ("00:01:00:00", 60.0),
    ],
)
def test_durations_at_24_frames(text, seconds):
    assert units.parse_duration(text) == pytest.approx(seconds)


def test_frames_last_as_long_as_the_rate_says():
    assert units.parse_duration("24f", Fraction(24000, 1001)) == pytest.approx(1.001)
    assert units.parse_duration("00:00:02:00", Fraction(24000, 1001)) == pytest.approx(2.002)
    assert units.parse_duration("00:01:00;02", NTSC) == pytest.approx(1800 * 1001 / 30000)


@pytest.mark.parametrize(
    "text", ["", "nan", "inf", "1m", "1s12f", "1ss", "fast", "1 + ", "1e5", "9" * 400, "1,500ms", "1,000 frames"]
)
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(RequestError) as refusal:
        units.parse_duration(text)
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("text", "fps"),
    [
        ("24", Fraction(24)),
        ("25 fps", Fraction(25)),
        ("12.5", Fraction(25, 2)),
        ("24000/1001", Fraction(24000, 1001)),
        ("23.976", Fraction(24000, 1001)),
        ("23,976", Fraction(24000, 1001)),
        ("12,5", Fraction(25, 2)),
        ("23.98", Fraction(24000, 1001)),
        ("23.97", Fraction(24000, 1001)),
        ("1571291/65536", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("47.952", Fraction(48000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("119.88", Fraction(120000, 1001)),
    ],
)
def test_frame_rates_are_exact(text, fps):
    assert units.parse_fps(text) == fps


@pytest.mark.parametrize("text", ["", "0", "-24", "nan", "inf", "24/0", "fast", "1001"])
def test_what_is_no_frame_rate_is_refused(text):
    with pytest.raises(RequestError):
        units.parse_fps(text)


@pytest.mark.parametrize(("text", "t_stop"), [("T2.8", 2.8), ("2,8", 2.8), ("t/4", 4.0), ("0.95", 0.95)])
def test_stops(text, t_stop):
    assert units.parse_stop(text) == t_stop


@pytest.mark.parametrize("text", ["", "T", "wide", "0", "-2", "128", "inf", "T2.8.1"])
def test_what_is_no_stop_is_refused(text):
    with pytest.raises(RequestError, match="stop"):
        units.parse_stop(text)


@pytest.mark.parametrize(
    ("text", "number"), [("2.5", 2.5), ("2,5", 2.5), ("-0,5", -0.5), ("−0.5", -0.5), ("1e-3", 1e-3), (" 7 ", 7.0)]
)
def test_plain_numbers(text, number):
    assert units.parse_number(text) == number


@pytest.mark.parametrize("text", ["", "1,2,3", "1.234,5", "nan", "inf", "2 3", "five", "1e999"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(RequestError):
        units.parse_number(text)


@pytest.mark.parametrize(
    ("fps", "milliseconds"),
    # reference cases frame-*, tolerance 0.001
    [
        ("24", 41.6667),
        ("24000/1001", 41.7083),
        ("30000/1001", 33.3667),
        ("48", 20.8333),
        ("60000/1001", 16.6833),
        ("60", 16.6667),
    ],
)
def test_how_long_a_frame_lasts(fps, milliseconds):
    assert float(1000 / units.parse_fps(fps)) == pytest.approx(milliseconds, abs=0.001)


NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("frame", "text"),
    # SMPTE ST 12-1: frames 0 and 1 of every minute are left out, but not of every tenth
    [
        (0, "00:00:00;00"),
        (1799, "00:00:59;29"),
        (1800, "00:01:00;02"),
        (17981, "00:09:59;29"),
        (17982, "00:10:00;00"),
        (107892, "01:00:00;00"),
    ],
)
def test_drop_frame_timecode(frame, text):
    assert timecode.format_timecode(frame, NTSC, drop_frame=True) == text
    assert timecode.parse_timecode(text, NTSC) == frame


@given(st.integers(0, 24 * 107892 - 1))
def test_drop_frame_timecode_reads_back(frame):
    assert timecode.parse_timecode(timecode.format_timecode(frame, NTSC, drop_frame=True), NTSC) == frame


@given(st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(120)]), st.integers(0, 2_000_000))
def test_timecode_reads_back(fps, frame):
    assert timecode.parse_timecode(timecode.format_timecode(frame, fps), fps) == frame


def test_timecode_wraps_at_midnight():
    assert timecode.format_timecode(24 * 86400 + 5, Fraction(24)) == "00:00:00:05"


@pytest.mark.parametrize(
    ("text", "fps"),
    [
        ("soon", Fraction(24)),
        ("00:00:00:24", Fraction(24)),
        ("24:00:00:00", Fraction(24)),
        ("00:60:00:00", Fraction(24)),
        ("00:01:00;00", NTSC),
        ("00:00:00;10", Fraction(24)),
        ("00:00:00;10", Fraction(30)),
    ],
)
def test_timecode_that_does_not_exist_is_refused(text, fps):
    with pytest.raises(RequestError):
        timecode.parse_timecode(text, fps)


def test_a_negative_frame_has_no_timecode():
    with pytest.raises(RequestError):
        timecode.format_timecode(-1, Fraction(24))


@pytest.mark.skipif(not SHARED_CASES.exists(), reason="the reference cases are not beside this checkout")
def test_all_shared_cases_of_units_and_timing():
    seen = 0
    for case in json.loads(SHARED_CASES.read_text("utf-8"))["cases"]:
        if case["group"] == "units":
            given_ = case["input"]
            text = units.format_feet_inches(given_["metres"], given_["inch_rounding"])
            assert text == case["expected"]["text"], case["id"]
        elif case["group"] == "timing":
            shown = float(1000 / units.parse_fps(case["input"]["fps"]))
            assert shown == pytest.approx(case["expected"]["frame_ms"], abs=case["tolerance"]["abs"]), case["id"]
        else:
            continue
        seen += 1
    assert seen


@pytest.mark.parametrize("parts", [2, 4, 8, 16])
@pytest.mark.parametrize("share", [1, 3, -1])
def test_the_parts_of_an_inch_that_a_tape_has_are_printed_as_on_it(parts, share):
    top = share % parts
    text = units.format_feet_inches((5 * 12 + 6 + top / parts) * units.INCH_M, 1 / parts)
    shown = Fraction(top, parts)
    assert text == f"5'6 {shown}\""
    assert units.parse_distance(text) == pytest.approx((66 + top / parts) * units.INCH_M)


def test_parts_that_no_tape_has_are_printed_in_figures():
    assert units.format_feet_inches((66 + 1 / 3) * units.INCH_M, 1 / 3) == "5'6.333\""
    assert units.format_feet_inches((66 + 1 / 32) * units.INCH_M, 1 / 32) == "5'6.031\""


@pytest.mark.parametrize(
    ("metres", "taken"),
    [(1e-6, True), (0.99e-6, False), (0.0, False), (-1.0, False), (1e6, True), (1.01e6, False), (math.inf, True)],
)
def test_a_distance_is_between_a_micrometre_and_a_thousand_kilometres(metres, taken):
    if taken:
        assert units.checked_distance(metres) == metres
    else:
        with pytest.raises(RequestError):
            units.checked_distance(metres)


@pytest.mark.parametrize(
    ("metres", "rounding", "text"),
    [
        (0.0999, 0.01, "99.9 mm"), (0.1, 0.01, "0.10 m"), (0.00999, 0.001, "9.99 mm"), (0.01, 0.001, "0.010 m"),
        (0.9, 0.1, "900 mm"), (1.0, 0.1, "1.0 m"), (1.26, 0.25, "1260 mm"), (2.6, 0.25, "2.5 m"),
        (1.2344, 0.001, "1.234 m"), (1.2346, 0.001, "1.235 m"),
    ],
)  # fmt: skip
def test_metres_are_printed_to_the_step_and_millimetres_below_ten_of_them(metres, rounding, text):
    assert units.format_distance(metres, metric_rounding=rounding) == text


@pytest.mark.parametrize(
    "read",
    [
        units.parse_distance,
        units.parse_angle,
        units.parse_duration,
        units.parse_fps,
        units.parse_number,
        units.parse_stop,
    ],
)
@pytest.mark.parametrize("text", ["9" * 5000, "1/" + "9" * 5000, "9" * 5000 + "/1", "0." + "1" * 5000])
def test_a_number_without_end_is_refused(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(RequestError):
        read(text)


@pytest.mark.parametrize("text", ["3⅛6", "5¾24", "0½0", "5'6½1\"", "1½.5m", "½½"])
def test_a_digit_behind_a_fraction_is_no_longer_fraction(text: str) -> None:
    """A slip of the finger behind ⅛ was read as 1/86."""
    with pytest.raises(RequestError, match=text[:2]):
        units.parse_distance(text)
    with pytest.raises(RequestError):
        units.parse_fps(text)


@pytest.mark.parametrize("text", ["2 5", "1s 12", "2 12f", "1 2 3", "10 20 s"])
def test_a_number_without_a_unit_beside_another_is_no_sum(text: str) -> None:
    with pytest.raises(RequestError, match=text):
        units.parse_duration(text)
