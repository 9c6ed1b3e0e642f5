# SPDX-License-Identifier: MIT
"""Takes in the set's own time: local times and shoot days, and timecode that counts on, in drop-frame too."""

from __future__ import annotations

import csv
import dataclasses
import io
import itertools
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from followfocus import clock
from followfocus.cli import build_app
from followfocus.errors import RequestError
from followfocus.paper.report import take_facts
from followfocus.takes.context import TakeContext, context_from, timecode_of
from followfocus.takes.diary import DiaryLine, write_diary
from followfocus.takes.log import TakeLog, TakeRow
from followfocus.takes.settime import day_words, local_time, offset_words, shoot_day, zone_named
from followfocus.timecode import parse_timecode
from followfocus.units import parse_fps
from tests.support.takes import a_take
from tests.support.timecodes import counted_up

LA_S = -8 * 3600


@pytest.mark.parametrize("fps", ["23.976", "24", "25", "29.97", "30", "47.952", "48", "50", "59.94", "60"])
def test_timecode_counts_every_frame_within_a_take(fps: str) -> None:
    rate, rng = parse_fps(fps), random.Random(3)
    for _ in range(100):
        start = 1.7e9 + rng.random() * 86_000
        codes = [timecode_of(start + float(Fraction(i) / rate), fps) for i in range(int(2 * rate) + 1)]
        frames = [parse_timecode(code, rate) for code in codes]
        assert all(b - a in (1, -a) for a, b in itertools.pairwise(frames)), codes


@pytest.mark.parametrize("fps", ["23.976", "25", "29.97", "59.94"])
def test_timecode_is_a_counters_that_starts_at_midnight(fps: str) -> None:
    rate = parse_fps(fps)
    codes = list(itertools.islice(counted_up(fps), round(rate * 662)))
    for number in range(0, len(codes), 7):
        assert timecode_of(float(number / rate), fps) == codes[number]


def test_the_last_frame_before_midnight_is_no_frame_of_the_next_day() -> None:
    for fps, last in (("29.97", "23:59:59;29"), ("59.94", "23:59:59;59"), ("24", "23:59:59:23")):
        assert timecode_of(86_399.995, fps) == last


# Local times ----------------------------------------------------------------------------------------------------------


def utc(*when: int) -> float:
    return datetime(*when, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]


def test_a_night_shoot_is_one_day() -> None:
    night = [utc(2026, 11, 20, 23, 50), utc(2026, 11, 21, 0, 10), utc(2026, 11, 21, 13, 59), utc(2026, 11, 21, 14, 1)]
    moments = [moment for at in night if (moment := local_time(at, LA_S)) is not None]
    assert [f"{moment:%H:%M}" for moment in moments] == ["15:50", "16:10", "05:59", "06:01"]
    assert [f"{shoot_day(moment)}" for moment in moments] == ["2026-11-20"] * 3 + ["2026-11-21"]
    assert offset_words(moments[0]) == "UTC-08:00"
    assert day_words(moments[:3]) == "2026-11-20"
    assert day_words(moments) == "2026-11-20 – 2026-11-21"


@pytest.mark.parametrize(
    ("when", "day"),
    [((1969, 12, 31, 20), "1969-12-31"), ((1904, 1, 1, 12), "1904-01-01"), ((1970, 1, 1, 8), "1970-01-01")],
)
def test_a_computer_whose_clock_is_wrong_keeps_whole_takes(
    when: tuple[int, ...], day: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A board with an empty battery starts in 1904 or 1970: the take is whole, and told at the time it was given."""
    at = utc(*when)
    monkeypatch.setattr(clock.time, "time", lambda: at)
    with TakeLog(tmp_path / "t.db") as log:
        log.append(dataclasses.replace(a_take(), started_utc_s=at), TakeContext(lens="ideal-50"))
        row = log.take(1).row
        assert log.checked().whole
    assert (row.damaged, row.started_utc_s, row.logged_utc_s, row.at_utc_s) == (False, at, at, at)
    assert take_facts(row, UTC)["shoot_day"] == day
    assert row.timecode == f"{when[3]:02d}:00:00:00"


def test_a_moment_before_1970_has_a_local_time() -> None:
    moment = local_time(-3600.5, LA_S)
    assert moment is not None
    assert moment.isoformat(timespec="milliseconds") == "1969-12-31T14:59:59.500-08:00"


@pytest.mark.parametrize(
    ("asked", "zone"),
    [
        (None, None),
        ("set", None),
        ("UTC", UTC),
        ("-08:00", timezone(timedelta(hours=-8))),
        ("+0530", timezone(timedelta(hours=5, minutes=30))),
        ("UTC+1", timezone(timedelta(hours=1))),
        ("Europe/Berlin", ZoneInfo("Europe/Berlin")),
    ],
)
def test_zones_as_they_are_asked_for(asked: str | None, zone: object) -> None:
    assert zone_named(asked) == zone


@pytest.mark.parametrize("asked", ["", "Mars/Base", "+99:00", "+05:99", "../../etc/passwd", "8", "America"])
def test_what_is_no_zone_is_refused(asked: str) -> None:
    with pytest.raises(RequestError, match="no time zone"):
        zone_named(asked)


@pytest.fixture
def zone_of_computer(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A computer that can be set to another zone."""
    yield monkeypatch
    monkeypatch.undo()
    time.tzset()


def test_a_computer_set_to_utc_does_not_say_where_it_is(zone_of_computer: pytest.MonkeyPatch) -> None:
    summer = utc(2026, 7, 1)
    for name, offset_s in (("America/Los_Angeles", -7 * 3600), ("UTC", None), ("Europe/London", 3600)):
        zone_of_computer.setenv("TZ", name)
        time.tzset()
        assert clock.utc_offset_s(summer) == offset_s


def test_moments_out_of_reach_have_no_local_time() -> None:
    for utc_s in (1e300, float("nan"), -1e18):
        assert local_time(utc_s, LA_S) is None
    assert local_time(None, LA_S) is None


def test_an_offset_that_no_zone_has_is_damage() -> None:
    known = TakeContext(utc_offset_s=LA_S)
    assert context_from(known.facts()) == known
    for damaged in (10**9, "x", 1.5):
        with pytest.raises(ValueError, match="no context"):
            context_from({**known.facts(), "utc_offset_s": damaged})


@pytest.fixture(name="log")
def _log(tmp_path: Path) -> Path:
    """Two takes of one day in Los Angeles, either side of midnight UTC."""
    path = tmp_path / "la.db"
    with TakeLog(path) as log:
        for number, at in enumerate((utc(2026, 11, 20, 23, 50), utc(2026, 11, 21, 0, 10)), start=1):
            log.append(
                dataclasses.replace(a_take(), take=number, started_utc_s=at),
                TakeContext(lens="ideal-50", utc_offset_s=LA_S),
            )
    return path


def run(*words: str) -> str:
    result = CliRunner().invoke(build_app(["takes"]), ["takes", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_lists_and_tables_are_in_the_sets_own_time(log: Path, tmp_path: Path) -> None:
    listed = run("list", str(log))
    assert "2026-11-20 · UTC-08:00" in " ".join(listed.split())
    assert "15:50" in listed
    assert "16:10" in listed
    assert "23:50" in run("list", str(log), "--zone", "utc")
    shown = " ".join(run("show", str(log), "1").split())  # a long line is broken
    assert "2026-11-20 15:50:00 UTC-08:00, timecode 15:50:00:00 at 24 fps by the computer's clock" in shown
    told = json.loads(run("list", str(log), "--json"))["takes"]
    assert [(take["local"][11:16], take["shoot_day"]) for take in told] == [
        ("15:50", "2026-11-20"),
        ("16:10", "2026-11-20"),
    ]
    run("export", str(log), "-o", str(tmp_path / "la.csv"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "la.csv").read_text("utf-8-sig"))))
    assert rows[0]["start_local"] == "2026-11-20T15:50:00.000-08:00"
    assert rows[0]["start_utc"] == "2026-11-20T23:50:00.000Z"
    assert {row["shoot_day"] for row in rows} == {"2026-11-20"}
    assert rows[1]["start_timecode"] == "16:10:00:00"
    assert rows[1]["timecode_source"] == "computer's clock, UTC-08:00"


def test_takes_without_an_offset_are_told_in_the_readers_zone(log: Path, zone_of_computer: pytest.MonkeyPatch) -> None:
    zone_of_computer.setenv("TZ", "America/Los_Angeles")
    time.tzset()
    with TakeLog(log) as opened:
        row = opened.rows()[0]
    unplaced: TakeRow = dataclasses.replace(row, context=dataclasses.replace(row.context, utc_offset_s=None))
    facts = take_facts(unplaced)
    assert facts["start_local"] == "2026-11-20T15:50:00.000-08:00"
    assert facts["start_timecode"] == "23:50:00:00"
    assert facts["timecode_source"] == "computer's clock, UTC+00:00"
    never = dataclasses.replace(unplaced, started_utc_s=None)
    assert (take_facts(never)["start_local"], take_facts(never)["timecode_source"]) == ("", "")


def test_the_diary_is_told_in_the_sets_own_time(tmp_path: Path) -> None:
    path, at = tmp_path / "t.db", utc(2026, 7, 1, 3)
    with TakeLog(path) as log:
        log.append(a_take(), TakeContext(lens="ideal-50", utc_offset_s=LA_S))
    write_diary(path, [DiaryLine(at, "OSC", "go", "Armed."), DiaryLine(1e300, "OSC", "go", "Not armed.")])
    told = CliRunner().invoke(build_app(["takes"]), ["takes", "diary", str(path)], env={"COLUMNS": "160"}).stdout
    assert told.splitlines() == [
        "2026-06-30 19:00:00 UTC-08:00  OSC: go: Armed.", "at no time that can be told  OSC: go: Not armed."
    ]  # fmt: skip
    done = CliRunner().invoke(build_app(["takes"]), ["takes", "diary", str(path), "--zone", "utc"])
    assert done.stdout.startswith("2026-07-01 03:00:00 UTC+00:00")
