# SPDX-License-Identifier: MIT
"""A cue's start besides GO: written, read, said, and kept in the show file."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import RequestError
from followfocus.show.cue_start import CueStart, parse_start
from followfocus.show.file import read_show

HOLDS = st.none() | st.integers(0, 36_000).map(lambda tenths: tenths / 10)
TIMECODES = st.just("") | st.sampled_from(["01:00:10:00", "23:59:59;29", "00:00:00:00"])


@given(HOLDS, HOLDS, TIMECODES)
def test_what_is_shown_can_be_typed_again(hold_s: float | None, cut_s: float | None, timecode: str) -> None:
    start = CueStart(hold_s, cut_s, timecode)
    assert CueStart(**parse_start(start.brief())) == start


@pytest.mark.parametrize(
    ("words", "start"),
    [
        ("", CueStart()),
        ("on GO", CueStart()),
        ("rec", CueStart(0.0)),
        ("REC 3", CueStart(3.0)),
        ("rec+48f", CueStart(2.0)),
        ("3s after REC", CueStart(3.0)),
        ("rec + 1,5 s, stop 2s", CueStart(1.5, 2.0)),
        ("REC + 3 s, stop rec after 2 s", CueStart(3.0, 2.0)),
        ("at 01:00:10:00", CueStart(at_timecode="01:00:10:00")),
        ("rec + 3 s or 01:00:10;02", CueStart(3.0, at_timecode="01:00:10;02")),
        ("GO, cut", CueStart(stop_rec_s=0.0)),
    ],
)
def test_a_start_is_read_as_people_write_it(words: str, start: CueStart) -> None:
    assert CueStart(**parse_start(words, Fraction(24))) == start


@pytest.mark.parametrize(
    "words", ["soon", "rec soon", "1:00", "rec 3, rec 4", "cut 1 s, cut 2 s", "recording", "25:00"]
)
def test_what_starts_nothing_is_refused_with_how_to_write_it(words: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_start(words)
    assert words in caught.value.message
    assert "REC + 3 s" in caught.value.remedy


def test_what_is_said_when_it_is_armed() -> None:
    assert CueStart(stop_rec_s=2.0).words() == ""
    assert CueStart(3.0, 2.0).words() == "Goes 3 s after REC."
    assert CueStart(0.0, at_timecode="01:00:10:00").words() == "Goes with REC or at 01:00:10:00."


def test_the_terminal_sets_it_and_says_it(tmp_path: Path) -> None:
    show, app = tmp_path / "day.ffshow", build_app(["show"])

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["show", *words])
        assert done.exit_code == 0, done.output
        return done.output

    run("new", str(show), "--from", "1.2m", "--to", "4m")
    assert run("start", str(show), "1").strip() == "Cue 1: GO."
    assert (
        run("start", str(show), "1", "REC", "+", "3", "s,", "cut", "+", "2", "s").strip()
        == "Cue 1: REC + 3 s, cut + 2 s."
    )
    (cue,) = read_show(show).show.cues
    assert (cue.rec_hold_s, cue.stop_rec_s, cue.at_timecode) == (3.0, 2.0, "")
    (told,) = json.loads(run("cues", str(show), "--json"))["cues"]
    assert told["start_words"] == "REC + 3 s, cut + 2 s"
    assert "starts on" in run("cues", str(show))
    run("start", str(show), "1", "GO")
    assert "starts on" not in run("cues", str(show))
    assert read_show(show).show.cues == (dataclasses.replace(cue, rec_hold_s=None, stop_rec_s=None),)
    refused = CliRunner().invoke(app, ["show", "start", str(show), "1", "soon"])
    assert isinstance(refused.exception, RequestError)


@pytest.mark.parametrize(
    ("text", "fps"),
    [("24:00:00:00", 24), ("01:60:00:00", 24), ("01:00:60:00", 24), ("01:00:00:30", 24), ("01:00:00:50", 50)],
)
def test_a_label_that_no_source_sends_starts_no_cue(text: str, fps: int) -> None:
    """It would be waited for in silence, for ever."""
    with pytest.raises(RequestError, match="no timecode"):
        parse_start(text, fps)


@pytest.mark.parametrize(("text", "fps"), [("01:00:00:29", 24), ("23:59:59:49", 50), ("00:00:00;02", 29.97)])
def test_a_label_of_the_film_s_rate_or_of_a_source_s_starts_one(text: str, fps: float) -> None:
    assert parse_start(text, fps)["at_timecode"] == text
