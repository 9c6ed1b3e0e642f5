# SPDX-License-Identifier: MIT
"""The diary of the outside comes back as it was written, in the order in which it happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from followfocus.errors import FileError
from followfocus.takes.context import TakeContext
from followfocus.takes.diary import OF_ITSELF, DiaryLine, read_diary, write_diary
from followfocus.takes.log import TakeLog
from tests.support.takes import a_take

LINES = [
    DiaryLine(20.0, "OSC", "go", "Armed."),
    DiaryLine(10.0, "timecode", "go", "No unit.", passed=False, times=12),
    DiaryLine(10.0, "fader", OF_ITSELF, "fader was unplugged."),
]


def test_it_is_kept_line_by_line_and_told_oldest_first(tmp_path: Path) -> None:
    path = tmp_path / "day.db"
    write_diary(path, LINES[:1])  # makes the log, where no take was kept before
    write_diary(path, LINES[1:])
    assert read_diary(path) == [LINES[1], LINES[2], LINES[0]]
    assert [line.said for line in LINES] == ["OSC: go: Armed.", "timecode: go: No unit.", "fader was unplugged."]
    assert LINES[1].facts() == {
        "utc_s": 10.0, "source": "timecode", "asked": "go", "passed": False, "words": "No unit.", "times": 12,
    }  # fmt: skip


def test_what_came_after_the_clock_was_set_back_is_told_after_what_came_before(tmp_path: Path) -> None:
    hour_s = 3600.0
    said = [DiaryLine(at_s, "OSC", what) for at_s, what in (
        (3 * hour_s, "arm"), (3 * hour_s + 5, "go"), (2 * hour_s, "stop"), (2 * hour_s + 9, "arm"),
        (3 * hour_s + 2, "go"), (3 * hour_s, "stop"),
    )]  # fmt: skip
    write_diary(tmp_path / "day.db", said)
    told = [line.asked for line in read_diary(tmp_path / "day.db")]
    assert told == ["arm", "go", "stop", "arm", "stop", "go"], "the last was counted, and put down late"


def test_a_plain_line_was_let_through_and_came_once() -> None:
    line = DiaryLine(1.0, "OSC", "stop")
    assert (line.words, line.passed, line.times) == ("", True, 1)


def test_a_log_without_a_diary_has_no_lines_and_a_missing_log_is_not_made(tmp_path: Path) -> None:
    with TakeLog(tmp_path / "day.db") as log:
        log.append(a_take(), TakeContext())
    assert read_diary(tmp_path / "day.db") == []
    with pytest.raises(FileError):
        read_diary(tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()
