# SPDX-License-Identifier: MIT
"""A take's focus frame by frame, against the plan's own numbers."""

from __future__ import annotations

import dataclasses
import json
from fractions import Fraction
from pathlib import Path

import pytest

from followfocus.errors import RequestError
from followfocus.lens.optics import blur_disc_mm
from followfocus.paper.focus_track import focus_track, lens_of, track_columns, track_json
from followfocus.show.cues import Standby
from followfocus.show.show import new_show
from followfocus.stage.events import Taken
from followfocus.stage.rehearsal import Rehearsal
from followfocus.takes.log import LoggedTake, TakeLog
from followfocus.unit.connect import open_unit
from tests.support.shows import LENS


@pytest.fixture(name="shot", scope="module")
def _shot(tmp_path_factory: pytest.TempPathFactory) -> tuple[LoggedTake, Taken]:
    show = dataclasses.replace(new_show("x", LENS), fps=Fraction(24000, 1001))
    show = show.with_pull(dataclasses.replace(show.pulls[0], duration_s=1.0))
    path: Path = tmp_path_factory.mktemp("t") / "t.db"
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit, TakeLog(path) as log:
        (played,) = Rehearsal(unit, show, log.append).run(Standby(), 1)
        return log.take(1), played


def test_every_frame_is_where_the_ring_was(shot: tuple[LoggedTake, Taken]) -> None:
    take, _ = shot
    track = focus_track(take, lens_of(take))
    assert track.by == "seen"
    assert track.fps == "24000/1001"
    assert [frame.frame for frame in track.frames] == list(range(len(track.frames)))
    assert track.frames[24].seconds == pytest.approx(24 * 1001 / 24000)
    assert track.frames[0].distance_m == pytest.approx(2.0, abs=0.01)
    assert track.frames[-1].distance_m == pytest.approx(4.0, abs=0.02)
    middle = track.frames[12]
    assert middle.ring_deg == pytest.approx((82.5 + 41.25) / 2, abs=1.0)
    assert middle.blur_mm[0] == pytest.approx(blur_disc_mm(middle.distance_m, 2.0, 50.0, 1.4), rel=1e-3)
    assert track.frames[0].blur_mm[0] < 0.002 < track.frames[0].blur_mm[1]


def test_timecode_runs_from_the_hosts_start(shot: tuple[LoggedTake, Taken]) -> None:
    take, _ = shot
    track = focus_track(take, LENS)
    assert track.frames[0].timecode == take.row.timecode
    assert len({frame.timecode for frame in track.frames}) >= len(track.frames) - 1


def test_columns_and_json(shot: tuple[LoggedTake, Taken]) -> None:
    track = focus_track(shot[0], LENS)
    rows = track_columns(track)
    assert list(rows[0]) == [
        "frame", "timecode", "seconds", "ring_deg", "distance_m", "distance_ft", "blur_A_mm", "blur_A_percent",
        "blur_B_mm", "blur_B_percent", "by",
    ]  # fmt: skip
    assert rows[0]["distance_ft"] in ("6'6 1/2\"", "6'7\"")
    document = json.loads(track_json(track))
    assert document["format"] == "followfocus-focus-track"
    assert len(document["frames"]) == len(track.frames)


def test_what_is_missing_is_said(shot: tuple[LoggedTake, Taken]) -> None:
    take = shot[0]
    with pytest.raises(RequestError, match="no trace"):
        focus_track(dataclasses.replace(take, traces={}), LENS)
    planned = focus_track(dataclasses.replace(take, traces={"planned": take.traces["planned"]}), LENS)
    assert planned.by == "planned"
    foreign = dataclasses.replace(take, row=dataclasses.replace(take.row, lens="Own", context=dataclasses.replace(
        take.row.context, lens="Own")))  # fmt: skip
    with pytest.raises(RequestError, match="--lens"):
        lens_of(foreign)
    assert lens_of(foreign, LENS) is LENS


def test_a_lens_that_was_mapped_anew_is_not_taken_for_the_one_that_ships(shot: tuple[LoggedTake, Taken]) -> None:
    take, _ = shot
    context = take.row.context
    marks = tuple(dataclasses.replace(mark, distance_m=(mark.distance_m or 0.0) * 0.8) for mark in context.marks)
    other = dataclasses.replace(
        take, row=dataclasses.replace(take.row, context=dataclasses.replace(context, marks=marks))
    )
    with pytest.raises(RequestError, match="mapped anew"):
        lens_of(other)
    assert lens_of(other, LENS) is LENS
