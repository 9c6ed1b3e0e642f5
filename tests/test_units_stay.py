# SPDX-License-Identifier: MIT
"""Values as people write and read them, in every shape and on every bound, as it was."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import pytest

from followfocus import units
from followfocus.errors import RequestError
from followfocus.timecode import format_timecode, is_drop_frame, is_timecode, parse_timecode
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]


def told(work: object, *given: object, **more: object) -> str | float:
    assert callable(work)
    try:
        found = work(*given, **more)
    except RequestError as error:
        return str(error)
    return found if isinstance(found, float) else str(found)


LENGTHS = (
    "1.6m", "160cm", "1m50", "1m5", "1m50cm", "1m 50 mm", "1m1m", "50cm 1m", "1m150cm",
    "5'6\"", "5' 6 1/2\"", "5'-6\"", "5'6-1/2\"",
    "5ft 3in", "5.5ft", "5.5ft 3in",
    "5'12\"", "5'11 7/8\"", "63in", "63", "0", "0.5", "1/2", "1/0", "3⅛", "3⅛6", "2½ft", "1,5", "1,250mm",
    "1.250,5", "1,250", "1 250 mm", "2 m", "2 mm", "2metres", "2 feet", "2 inches", "-1m", "+1m", "inf", "∞",
    "infinity + 1m", "inf - inf",
    "1m + 5cm", "1.2m - 5cm",
    "10' - 6\"", "10'0\" - 6\"", "10-6", "10 - 6", "5'6\"-1/2\"", "1m - 2m", "1m - 1m", "1m +", "nan", "", " ", "x",
    "1e3", "1e-7m", "1000km", "1000000m", "1000001m", "0.000001m", "0.0000009m", "9" * 301, "9" * 300, "1m x", "5''",
    "5’6”", "12in", "0'6\"",
)  # fmt: skip


def test_lengths_are_read_as_they_were() -> None:
    rows: list[Row] = []
    for text, bare in itertools.product(LENGTHS, ("m", "ft", None)):
        rows.append(
            (text[:30], told(units.parse_distance, text, bare), told(units.parse_length, text, bare, what="trim"))
        )
    rows += [
        (text, told(units.parse_distance, text, what="mark"), told(units.parse_length, text)) for text in LENGTHS[:9]
    ]
    assert_goes_as_it_did("lengths", rows)


def test_other_numbers_are_read_as_they_were() -> None:
    rows: list[Row] = []
    angles = "84.5deg", "84.5°", "84,5", "-3", "+ 3 degrees", "1e3", "nan", "3 rad", "", "9" * 320
    rows += [
        (text[:20], told(units.parse_angle, text), told(units.parse_number, text))
        for text in (*angles, "2e3", "-2.5E-3", "2 3")
    ]
    stops = "T2.8", "2,8", "t/4", "0.5", "0.49", "64", "64.1", "T", "f2", "T 2.8", "-2", "nan"
    rows += [(text, told(units.parse_stop, text)) for text in stops]
    durations = (
        "2", "2,5s", "400ms", "1.5min", "48f", "1s+12f", "2s-6f", "1s 12f", "1s12f", "2 5", "2 5s", "2s 5", "-1s",
        "+ 1 s", "0", "00:00:02:12",
        "00:00:02;12", "00:00:02:24", "1m", "2 minutes 3 seconds", "3 frames", "2 fr", "2 x", "s", "", "nan", "1s + ",
        "2s - 1", "1e3", "3sec 4 f",
    )  # fmt: skip
    for text in durations:
        rows.append(
            (
                text,
                told(units.parse_duration, text),
                told(units.parse_duration, text, Fraction(30000, 1001), what="hold"),
            )
        )
    rates = (
        "24", "23.976", "23.98", "23.97", "24fps", "24 p", "25", "29.97", "59.94", "47.952", "119.88", "24000/1001",
        "24/0", "0", "1000", "1000.1",
        "0.5", "-24", "23,976", "12.5", "14.985", "x", "30/1", "23.9", "599.4", "719.28", "239.76", "23.971",
        "23.9711", "1/1000",
    )  # fmt: skip
    rows += [(text, told(units.parse_fps, text), told(units.parse_fps, text, what="rate")) for text in rates]
    assert_goes_as_it_did("numbers", rows)


def test_distances_are_written_as_they_were_and_never_as_nothing() -> None:
    rows: list[Row] = []
    draw = random.Random(7)
    edges = (
        0.0004,
        0.00635,
        0.0127,
        0.0254,
        0.09999,
        0.1,
        0.3047,
        0.3048,
        0.99499,
        0.995,
        1.8285,
        1.8288,
        12.345,
        99.995,
        304.8,
        math.inf,
    )
    for metres in (*edges, *(10 ** draw.uniform(-3.0, 3.0) for _ in range(40))):
        imperial = [units.format_feet_inches(metres, step) for step in (1.0, 0.5, 0.25, 0.125, 0.1)]
        metric = [units.format_distance(metres, metric_rounding=step) for step in (0.01, 0.001, 0.05, 0.1, 1.0)]
        rows.append(
            (metres, units.format_distance(metres), units.format_distance(metres, "imperial", 0.5), *imperial, *metric)
        )
        assert units.parse_distance(units.format_distance(metres)) > 0
    rows += [
        (told(units.checked_distance, metres),) for metres in (1e-6, 0.99e-6, 1e6, 1.001e6, math.inf, -1.0, math.nan)
    ]
    assert_goes_as_it_did("distances", rows)


# Timecode -----------------------------------------------------------------------------------------------------------

RATES = [
    Fraction(24),
    Fraction(24000, 1001),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(60000, 1001),
    Fraction(120),
]


@pytest.mark.parametrize("fps", RATES, ids=str)
def test_frames_and_timecode_are_each_other_s_around_every_minute(fps: Fraction) -> None:
    nominal = round(fps)
    drops = (False, True) if nominal % 30 == 0 and fps != nominal else (False,)
    for drop in drops:
        day = nominal * 86_400 - (nominal // 15 * 54 * 24 if drop else 0)
        assert format_timecode(day, fps, drop_frame=drop) == format_timecode(0, fps, drop_frame=drop)
        seen = set()
        for minute in (0, 1, 2, 9, 10, 11, 59, 60, 600, 1439):
            start = minute * nominal * 60 - (nominal // 15 * (minute - minute // 10) if drop else 0)
            for frame in range(max(start - 3, 0), start + 4):
                text = format_timecode(frame, fps, drop_frame=drop)
                assert parse_timecode(text, fps) == frame % day
                assert is_timecode(text)
                assert is_drop_frame(text) is drop
                seen.add(text)
        assert any(text.endswith(":00:02" if not drop else ":00;02") for text in seen) or nominal > 99


@pytest.mark.parametrize(
    ("text", "fps", "words"),
    [
        ("24:00:00:00", 24, "does not exist"), ("23:60:00:00", 24, "does not exist"),
        ("23:59:60:00", 24, "does not exist"),
        ("23:59:59:24", 24, "does not exist"), ("23:59:59:23", 24, ""),
        ("00:01:00;00", Fraction(30000, 1001), "leaves out"),
        ("00:01:00;01", Fraction(30000, 1001), "leaves out"), ("00:01:00;02", Fraction(30000, 1001), ""),
        ("00:10:00;00", Fraction(30000, 1001), ""), ("00:01:00;03", Fraction(60000, 1001), "leaves out"),
        ("00:01:00;04", Fraction(60000, 1001), ""), ("00:00:01;00", 25, "29.97 and 59.94"),
        ("00:00:01;00", 30, "29.97 and 59.94"),
        ("1:00:00:00", 24, ""), ("1:0:0:0", 24, "not a timecode"), ("00:01:01;00", Fraction(30000, 1001), ""),
    ],
)  # fmt: skip
def test_a_timecode_is_there_at_its_rate_or_not(text: str, fps: Fraction | int, words: str) -> None:
    if not words:
        assert format_timecode(
            parse_timecode(text, Fraction(fps)), Fraction(fps), drop_frame=";" in text
        ) == text.zfill(11)
        return
    with pytest.raises(RequestError, match=words):
        parse_timecode(text, Fraction(fps))


def test_below_a_frame_a_second_and_before_the_first_there_is_no_timecode() -> None:
    for frames, fps in ((-1, Fraction(24)), (0, Fraction(1, 3))):
        with pytest.raises(RequestError):
            format_timecode(frames, fps)
    assert format_timecode(0, Fraction(3, 5)) == "00:00:00:00"
