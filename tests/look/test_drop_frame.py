# SPDX-License-Identifier: MIT
"""Drop-frame timecode through every export, against a counter that leaves the numbers out as it comes to them."""

from __future__ import annotations

import csv
import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.cli.look_job import Ask, make_shot
from followfocus.lens.map import load_lens
from followfocus.look.exports import export_text
from followfocus.paper.focus_track import focus_track
from followfocus.takes.context import TakeContext
from followfocus.takes.log import LoggedTake, TakeRow
from tests.support.timecodes import counted_up

MINUTES = {fps: list(itertools.islice(counted_up(fps), 12 * 60 * rate)) for fps, rate in (("29.97", 30), ("59.94", 60))}
"""The first twelve minutes: every minute that leaves numbers out, and a tenth that doesn't"""


def ask(fps: str, start_tc: str) -> Ask:
    return Ask(
        "ideal-50", "1.2m", "4m", "1", None, None, "minjerk", (), None, None, None, "super35", None, fps, "960x540", 0,
        0.0, start_tc,
    )  # fmt: skip


@settings(max_examples=40)
@given(st.sampled_from(sorted(MINUTES)), st.integers(0, 11), st.integers(-65, 65))
def test_a_drop_frame_start_counts_on_in_the_table(fps: str, minute: int, near: int) -> None:
    codes = MINUTES[fps]
    first = next(i for i, code in enumerate(codes) if int(code[3:5]) == minute)
    first = max(0, min(first + near, len(codes) - 100))
    shot, _, _ = make_shot(ask(fps, codes[first]))
    rows = list(csv.DictReader(io.StringIO(export_text(shot, "csv"))))
    assert [row["timecode"] for row in rows] == codes[first : first + len(rows)]
    # numbers of frames, where a format has no timecode, are the counter's own
    assert export_text(shot, "chan").split("\t", 1)[0] == str(first)
    assert f"\t{first}\t" in export_text(shot, "ae")
    assert f"FIRST_FRAME = {first}\n" in export_text(shot, "blender")


@pytest.mark.parametrize("fps", ["29.97", "59.94"])
def test_an_hour_into_the_day_and_non_drop_beside_it(fps: str) -> None:
    for start in ("01:00:00;00", "10:00:00;00", "01:00:00:00"):
        shot, _, _ = make_shot(ask(fps, start))
        assert next(csv.DictReader(io.StringIO(export_text(shot, "csv"))))["timecode"] == start
        assert shot.drop_frame is (";" in start)


@pytest.mark.parametrize("fps", sorted(MINUTES))
@pytest.mark.parametrize("second", [0.0, 59.5, 539.9, 599.0, 659.98])
def test_a_takes_track_counts_on_from_its_start(fps: str, second: float) -> None:
    trace = [[0.0, 82.5], [2.0, 41.25]]
    row = TakeRow(
        id=1, logged_utc_s=0.0, started_utc_s=second, take=1, lens="ideal-50", scene="1", shot="1", pull="",
        plan_hash="", verdict="good", word="", note="", landing_error_deg=None, landing_error_half_dof=None,
        duration_error_ms=None,
        start_latency_ms=None, facts={}, context=TakeContext(lens="ideal-50", fps=fps),
    )  # fmt: skip
    track = focus_track(LoggedTake(row, {"actual": np.array(trace)}), load_lens("ideal-50"))
    codes = [frame.timecode for frame in track.frames]
    first = MINUTES[fps].index(codes[0])
    assert codes == MINUTES[fps][first : first + len(codes)]
    assert first == pytest.approx(second * round(float(fps)) * 1000 / 1001, abs=1.0)
