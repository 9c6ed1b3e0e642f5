# SPDX-License-Identifier: MIT
"""Per-take exports, each read back: DCS, OpenTrackIO, .chan; ALE and the VES report cell by cell."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.importers import read_clip
from followfocus.importers.mapping import map_of
from followfocus.importers.written import SeenFrame
from followfocus.lens.formats import format_named
from followfocus.lens.map import load_lens
from followfocus.paper.focus_log import take_figures
from followfocus.paper.focus_track import focus_track, track_columns
from followfocus.paper.lists import Filled, ale_of, crif_csv, crif_rows
from followfocus.paper.report import take_facts
from followfocus.show.cues import Standby
from followfocus.show.show import Show
from followfocus.show.slate import Slate
from followfocus.stage.prepare import plan_part
from followfocus.stage.rehearsal import Rehearsal
from followfocus.takes.context import TakeContext
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import LoggedTake, TakeLog
from followfocus.takes.rows import TakeRow
from followfocus.timecode import parse_timecode
from followfocus.unit.connect import open_unit
from followfocus.units import parse_fps
from tests.stage.scenarios import short
from tests.support.takes import a_take

LENS = load_lens("ideal-50")


def from_infinity() -> Show:
    show = short(1.0)
    first = show.pulls[0]
    marks = (dataclasses.replace(first.marks[0], ring_deg=0.0), dataclasses.replace(first.marks[1], ring_deg=150.0))
    slate = Slate("27", 1, 4)
    return dataclasses.replace(show.with_pull(dataclasses.replace(first, marks=marks, duration_s=1.5)), slate=slate)


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of two takes of 27A, played in virtual time."""
    path = tmp_path_factory.mktemp("day") / "day.db"
    show = from_infinity()
    plan_part(show, show.pulls[0], show.pulls[0].parts(LENS)[0])
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        list(Rehearsal(unit, show, TakeKeeper(path)).run(Standby(), 2))
    with TakeLog(path) as log:
        log.set_word(1, "circled")
        log.set_note(2, "tab\there\nand a line")
    return path


def take_of(day: Path, row: int = 1) -> LoggedTake:
    with TakeLog(day) as log:
        return log.take(row)


def export(day: Path, output: Path, *options: str) -> Path:
    result = CliRunner().invoke(build_app(["takes"]), ["takes", "export", str(day), "-o", str(output), *options])
    assert result.exit_code == 0, result.output
    return output


@pytest.mark.parametrize("ending", ["tsv", "jsonl", "chan", "csv", "json"])
def test_a_track_comes_back_as_it_was(day: Path, tmp_path: Path, ending: str) -> None:
    track = focus_track(take_of(day), LENS)
    read = read_clip([export(day, tmp_path / f"track.{ending}", "--track", "1")])
    assert len(read) == len(track.frames)
    within_m = {"tsv": 0.0501, "jsonl": 1e-4, "chan": 1e-4, "csv": 1e-3, "json": 1e-3}[ending]
    for metres, frame in zip(read.distance_m, track.frames, strict=True):
        if frame.distance_m > 9_999:
            assert math.isinf(metres) or metres > 9_000
        elif frame.distance_m < 100:
            assert metres == pytest.approx(frame.distance_m, abs=within_m)
    if ending != "chan":
        assert read.timecode[0] == track.frames[0].timecode


def test_the_dcs_table_has_its_heading_and_columns(day: Path, tmp_path: Path) -> None:
    lines = export(day, tmp_path / "t.tsv", "--track", "1").read_text(encoding="utf-8").splitlines()
    heads = [line.split("\t")[0] for line in lines[:6]]
    assert heads == ["FIELD_DELIM", "CREATOR", "CLIP", "PROJ FPS", "LENS", "RAW RANGE"]
    assert lines[2] == "CLIP\tA027C004"
    assert lines[6].split("\t")[:4] == ["Frame count", "Timecode", "Focus (m)", "Iris"]
    first, last = lines[7].split("\t"), lines[-1].split("\t")
    assert (first[0], first[2], first[5]) == ("1", "INF", "0")
    assert last[2] == f"{float(LENS.distance_m(150.0)):.1f}"
    assert abs(int(last[5]) - 150 / 300 * 65535) <= 3


@pytest.mark.parametrize("ending", ["tsv", "jsonl"])
def test_a_lens_can_be_mapped_from_it(day: Path, tmp_path: Path, ending: str) -> None:
    mapped = map_of(read_clip([export(day, tmp_path / f"track.{ending}", "--track", "1")]))
    assert mapped is not None


def test_each_opentrackio_line_is_a_numbered_sample(day: Path, tmp_path: Path) -> None:
    lines = export(day, tmp_path / "t.jsonl", "--track", "1").read_text(encoding="utf-8").splitlines()
    samples = [json.loads(line) for line in lines]
    assert [sample["timing"]["sequenceNumber"] for sample in samples] == list(range(1, len(samples) + 1))
    assert {sample["tracker"]["slate"] for sample in samples} == {"27A take 4"}
    assert "focusDistance" not in samples[0]["lens"], "at infinity"
    stamps = [s["timing"]["sampleTimestamp"] for s in samples]
    times = np.array([stamp["seconds"] + stamp["nanoseconds"] * 1e-9 for stamp in stamps])
    assert np.diff(times) == pytest.approx(1 / 24, abs=1e-6)


def test_an_ale_says_what_the_crew_threw_out(day: Path, tmp_path: Path) -> None:
    log = tmp_path / "thrown.db"
    shutil.copy(day, log)
    with TakeLog(log) as opened:
        opened.set_word(2, "ng")
    last = export(log, tmp_path / "thrown.ale").read_text("utf-8").split("\n")[-2]
    assert "good, NG" in last.split("\t")


def test_an_ale_has_what_readers_ask_for(day: Path, tmp_path: Path) -> None:
    text = export(day, tmp_path / "day.ale").read_bytes().decode("utf-8")
    lines = text.split("\r\n")
    assert lines[0] == "Heading"
    assert "VIDEO_FORMAT\t1080" in lines
    assert "FPS\t24" in lines
    columns = lines[lines.index("Column") + 1].split("\t")
    rows = [dict(zip(columns, line.split("\t"), strict=True)) for line in lines[lines.index("Data") + 1 : -1]]
    assert [(row["Scene"], row["Take"], row["Circled"]) for row in rows] == [("27", "4", "Yes"), ("27", "5", "")]
    assert rows[1]["Comments"] == "tab here and a line"
    with TakeLog(day) as log:
        assert [row["Start"] for row in rows] == [kept.timecode for kept in log.rows()]
    for row in rows:
        assert row["End"] > row["Start"]
        assert row["Focus from"] == "∞"


def test_the_camera_s_clip_and_its_timecode_are_in_every_list(day: Path) -> None:
    row = take_of(day).row
    context = dataclasses.replace(row.context, clip="A001_C002.braw, A001_C003.braw", timecode="01:02:03:04")
    row = dataclasses.replace(row, context=context)
    name, _, start = ale_of([row]).split("\r\n")[-2].split("\t")[:3]
    assert (name, start) == ("A001_C002", "01:02:03:04"), "editors go by one clip: the first"
    (columns, ves) = crif_rows([row], "day", Filled())
    assert dict(zip(columns, ves, strict=True))["tkClip"] == "A001_C002.braw, A001_C003.braw"
    facts = take_facts(row)
    assert (facts["clip"], str(facts["outside_timecode"])) == ("A001_C002.braw, A001_C003.braw", "01:02:03:04")
    assert "clip A001_C002.braw, A001_C003.braw" in take_figures(row)


@pytest.mark.parametrize("label", ["01:02:03:24", "01:02:03;04"])
def test_a_timecode_at_another_rate_than_the_film_s_spoils_no_list(day: Path, label: str) -> None:
    row = take_of(day).row
    other = dataclasses.replace(row, context=dataclasses.replace(row.context, timecode=label))
    assert ale_of([other]) == ale_of([row])


def test_scene_3a_and_the_setup_3a_of_scene_3_are_two_slates_for_vfx(day: Path) -> None:
    row = take_of(day).row

    def on(slate: Slate) -> TakeRow:
        context = dataclasses.replace(row.context, slate=slate)
        return dataclasses.replace(row, context=context, scene=slate.scene, shot=slate.shot)

    rows = [on(Slate("3", 1)), on(Slate("3A")), on(Slate("3", 1, 2)), on(Slate("3A", take=2))]
    rows = [dataclasses.replace(each, id=number) for number, each in enumerate(rows, 1)]
    columns, *ves = crif_rows(rows, "day", Filled())
    told = [dict(zip(columns, line, strict=True)) for line in ves]
    assert [line["Unique Slate ID"] for line in told] == [1, 2, 1, 2]
    assert len({line["SlatesUUID"] for line in told}) == 2
    british = [on(Slate("3", slate=412, system="british")), on(Slate("3A", slate=412, system="british"))]
    columns, *ves = crif_rows(british, "day", Filled())
    assert len({line[columns.index("SlatesUUID")] for line in ves}) == 1, "whatever scene it is written to"


@pytest.mark.parametrize("scene", ["007", "1/2", "1E5", "=HYPERLINK(1)"])
def test_a_spreadsheet_leaves_scene_and_slate_of_the_vfx_report_as_they_are(day: Path, scene: str) -> None:
    row = take_of(day).row
    slate = Slate(scene)
    row = dataclasses.replace(
        row, context=dataclasses.replace(row.context, slate=slate), scene=slate.scene, shot=slate.shot
    )
    (told,) = csv.DictReader(io.StringIO("".join(crif_csv([row], "day", Filled())).lstrip("\ufeff")))
    assert (told["Scene Number"], told["Slate"]) == (f"'{scene}", f"'{scene}")


def relabelled(row: TakeRow, fps: str, label: str, counted_at: str = "") -> TakeRow:
    context = dataclasses.replace(row.context, fps=fps, timecode=label, timecode_fps=counted_at)
    return dataclasses.replace(row, context=context)


def test_a_label_of_another_rate_that_exists_at_the_film_s_spoils_no_list_either(day: Path) -> None:
    row = take_of(day).row
    assert ale_of([relabelled(row, "24", "01:02:03:04", "25")]) == ale_of([row])


@pytest.mark.parametrize(
    ("fps", "label", "counted_at", "start", "second"),
    [
        ("29.97", "10:00:00:00", "", "10:00:00:00", "10:00:00:01"),
        ("29.97", "10:00:00;00", "30000/1001", "10:00:00;00", "10:00:00;01"),
        ("59.94", "10:00:00:00", "", "10:00:00:00", "10:00:00:01"),
        ("59.94", "10:00:59;29", "30000/1001", "10:00:59;58", "10:00:59;59"),
        ("119.88", "10:00:00:00", "", "10:00:00:000", "10:00:00:001"),
        ("50", "23:59:59:24", "25", "23:59:59:48", "23:59:59:49"),
        ("47.952", "01:00:00:12", "24000/1001", "01:00:00:24", "01:00:00:25"),
        ("23.976", "01:00:00:23", "24000/1001", "01:00:00:23", "01:00:01:00"),
    ],
)
def test_a_take_counts_on_from_its_label_as_its_source_counts(
    day: Path, fps: str, label: str, counted_at: str, start: str, second: str
) -> None:
    """Non-drop stays so at every rate; a label of 25 fps stands for two frames at 50."""
    take = take_of(day)
    row = relabelled(take.row, fps, label, counted_at)
    track = focus_track(dataclasses.replace(take, row=row), load_lens(row.lens))
    assert [frame.timecode for frame in track.frames[:2]] == [start, second]
    _, _, begins, ends = ale_of([row]).split("\r\n")[-2].split("\t")[:4]
    rate = parse_fps(fps)
    assert begins == start
    day_frames = parse_timecode(f"23:59:59{start[8]}{round(rate) - 1}", rate) + 1
    length = (parse_timecode(ends, rate) - parse_timecode(begins, rate)) % day_frames
    assert length == math.ceil(row.facts["actual_s"] * rate)


def test_an_ale_of_two_rates_or_of_nothing_is_refused(day: Path) -> None:
    with TakeLog(day) as log:
        one, other = log.rows()
    faster = dataclasses.replace(other, context=dataclasses.replace(other.context, fps="25"))
    with pytest.raises(RequestError, match="one rate"):
        ale_of([one, faster])
    with pytest.raises(RequestError, match="start and an end"):
        ale_of([])


def test_the_ves_report_has_its_columns_and_what_was_filled_in(day: Path, tmp_path: Path) -> None:
    options = ("--ves", "--unit", "2nd", "--day", "14", "--tilt", "-3", "--height", "1.4 m", "--filters", "ND6")
    text = export(day, tmp_path / "ves.csv", *options).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2
    for name in ("Job", "CRIF Version", "Unique Slate ID", "SlatesUUID", "Slate", "Camera Letter", "Scene Number"):
        assert name in rows[0]
    assert list(rows[0])[:12] == [
        "Job", "CRIF Version", "Unique Slate ID", "SlatesUUID", "Slate", "Camera Letter", "VFX Shot", "Scene Number",
        "Shoot Day", "Shoot Timestamp", "Shot Description", "Unit",
    ], "the published table's own, as far as it could be read"  # fmt: skip
    assert {(row["Unique Slate ID"], row["SlatesUUID"]) for row in rows} == {("1", rows[0]["SlatesUUID"])}, "one slate"
    assert (rows[0]["Unit"], rows[0]["Shoot Day"], rows[0]["tkSelected"]) == ("2nd", "14", "Yes")
    assert rows[0]["Filters"] == "ND6"
    again = export(day, tmp_path / "again.csv", *options).read_text(encoding="utf-8-sig")
    assert again == text, "the same every time"


@pytest.mark.parametrize("text", [
    "FIELD_DELIM\tTABS\n", "FIELD_DELIM\tTABS\nFrame count\tTimecode\n1\t00:00:00:00\n",
    "FIELD_DELIM\tTABS\nPROJ FPS\tfast\nFrame count\tTimecode\tFocus (m)\n1\t00:00:00:00\t2.0\n2\t00:00:00:01\t2.1\n",
    "FIELD_DELIM\tTABS\nFrame count\tTimecode\tFocus (furlong)\n1\t00:00:00:00\t2.0\n2\t00:00:00:01\t2.1\n",
    "FIELD_DELIM\tTABS\nFrame count\tTimecode\tFocus (m)\n1\t00:00:00:00\t2.0\n",
    '{"protocol": {"name": "OpenTrackIO"}}\n', '{"protocol": "OpenTrackIO"}\nx\n',
    '{"protocol": {"name": "OpenTrackIO"}, "lens": {"encoders": {"focus": 7}}, "timing": {"timecode": {"hours": 1}}}\n',
])  # fmt: skip
def test_what_is_no_track_is_told_with_its_place(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileError):
        read_clip([path])


def test_the_timecode_that_ran_outside_is_the_track_s(day: Path) -> None:
    take = take_of(day)
    context = dataclasses.replace(take.row.context, timecode="01:02:03:04")
    stamped = dataclasses.replace(take, row=dataclasses.replace(take.row, context=context))
    assert focus_track(stamped, LENS).frames[0].timecode == "01:02:03:04"


def test_blur_is_a_share_of_the_take_s_own_format(day: Path) -> None:
    take = take_of(day)
    assert take.row.context.format == "super35"
    wide = dataclasses.replace(take.row.context, format="alexa65")
    wider = dataclasses.replace(take, row=dataclasses.replace(take.row, context=wide))
    narrow, broad = (track_columns(focus_track(one, LENS)) for one in (take, wider))
    named = next(name for name in narrow[0] if name.endswith("_percent"))
    for before, after in zip(narrow, broad, strict=True):
        shares = float(str(before[named])), float(str(after[named]))
        assert shares[1] == pytest.approx(shares[0] * 24.89 / 54.12, abs=2e-5)


@pytest.mark.parametrize("film", ["super35", "full-frame"])
def test_the_chans_angle_of_view_is_of_the_takes_format(tmp_path: Path, film: str) -> None:
    with TakeLog(tmp_path / "day.db") as log:
        log.append(a_take(), TakeContext(lens="ideal-50", fps="24", t_stop=2.0, format=film))
    path = export(tmp_path / "day.db", tmp_path / "t.chan", "--track", "1")
    assert read_clip([path], seen=SeenFrame.of(format_named(film))).lens.focal_length_mm == pytest.approx(
        50.0, abs=1e-3
    )
