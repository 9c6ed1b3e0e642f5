# SPDX-License-Identifier: MIT
"""This program reads back its own files for others: a take's track, the keyframes of a shot."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.cli.look_job import Ask, make_shot
from followfocus.errors import FileError
from followfocus.importers import read_clip
from followfocus.importers.written import SeenFrame
from followfocus.lens.formats import format_named
from followfocus.lens.map import load_lens, save_lens
from followfocus.look.exports import encoding_of, export_text
from followfocus.look.shot import Shot
from followfocus.paper.focus_track import focus_track
from followfocus.spreadsheet import SEMICOLON
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from tests.support.takes import a_take


def shot(to: str = "inf", fps: str = "24", start_tc: str | None = None) -> Shot:
    ask = Ask(
        "ideal-50", "1.2m", to, "1.5", None, None, "minjerk", (), None, None, None, "super35", None, fps, "960x540", 0,
        0.0, start_tc,
    )  # fmt: skip
    return make_shot(ask)[0]


@pytest.mark.parametrize(
    ("kind", "ending"), [("csv", ".csv"), ("chan", ".chan"), ("ae", ".txt"), ("ae-camera", ".txt")]
)
@pytest.mark.parametrize(("fps", "start_tc"), [("24", None), ("23.976", "01:00:00:00"), ("29.97", "01:00:00;00")])
def test_keyframes_read_back(tmp_path: Path, kind: str, ending: str, fps: str, start_tc: str | None) -> None:
    made = shot(fps=fps, start_tc=start_tc)
    path = tmp_path / f"keys{ending}"
    path.write_bytes(export_text(made, kind).encode(encoding_of(kind)))
    back = read_clip([path], None if kind != "chan" else made.fps)
    keys = made.keyframes()
    assert back.fps == made.fps
    assert back.time_s.tolist() == pytest.approx([key.time_s for key in keys], abs=1e-5)
    for metres, key in zip(back.distance_m, keys, strict=True):
        assert metres == pytest.approx(key.focus_m, rel=1e-4, abs=1e-4) or (key.focus_m > 9_999 and math.isinf(metres))
    first = 0 if kind == "csv" else made.start_frame
    assert back.frame == tuple(range(first, first + len(keys)))
    if kind == "csv":
        assert back.timecode == tuple(key.timecode for key in keys)


def test_a_csv_with_semicolons_reads_back(tmp_path: Path) -> None:
    made, path = shot(), tmp_path / "keys.csv"
    text = export_text(made, "csv", SEMICOLON)
    assert text.splitlines()[2].split(";")[2] == "0,041667"
    path.write_text(text, "utf-8-sig", newline="")
    back = read_clip([path])
    assert back.distance_m[:-5].tolist() == pytest.approx([key.focus_m for key in made.keyframes()][:-5], abs=1e-4)


@pytest.mark.parametrize("ending", [".csv", ".json"])
@pytest.mark.parametrize("style", ["comma", "semicolon"])
def test_a_takes_track_reads_back(tmp_path: Path, ending: str, style: str) -> None:
    log, path = tmp_path / "day.db", tmp_path / f"track{ending}"
    with TakeLog(log) as opened:
        opened.append(a_take(), TakeContext(lens="ideal-50", fps="30000/1001", t_stop=2.0))
    words = ["takes", "export", str(log), "--track", "1", "-o", str(path), "--csv", style]
    result = CliRunner().invoke(build_app(["takes"]), words, catch_exceptions=False)
    assert result.exit_code == 0
    back = read_clip([path])
    with TakeLog(log) as opened:
        track = focus_track(opened.take(1), load_lens("ideal-50"))
    assert back.fps == Fraction(30000, 1001)
    assert back.frame == tuple(frame.frame for frame in track.frames)
    assert back.timecode == tuple(frame.timecode for frame in track.frames)
    assert back.distance_m.tolist() == pytest.approx([frame.distance_m for frame in track.frames], abs=1e-4)
    assert back.time_s.tolist() == pytest.approx([frame.seconds for frame in track.frames], abs=1e-5)


CHAN = "1\t0\t0\t-1.2\t0\t0\t0\t20\n2\t0\t0\t-1.3\t0\t0\t0\t20\n"
KEYS = "Adobe After Effects 8.0 Keyframe Data\r\n\r\n\tUnits Per Second\t24\r\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CHAN.replace("-1.3", "1.3"), "line 2: this .chan is of a camera"),
        (CHAN.replace("2\t0", "2\t5"), "line 2: this .chan is of a camera"),
        (CHAN.replace("2\t0\t0\t-1.3", "2\tx\t0\t-1.3"), "line 2: this is no line of a .chan"),
        (CHAN.replace("2\t0", "1\t0"), "must go up"),
        (CHAN.splitlines()[0], "two frames at least"),
        (KEYS, "no focus distance"),
        (KEYS + "\r\nCamera Options\tFocus Distance\r\n\tFrame\tpixels\t\r\n\t0\t-3\t\r\n", "line 7: “-3” is no focus"),
        (
            KEYS + "\r\nCamera Options\tFocus Distance\r\n\tFrame\tpixels\t\r\n\t0\tx\t\r\n",
            "line 7: “x” is not a number",
        ),
        (CHAN.replace("20\n2", "180\n2"), "line 1: “180” is no angle of view"),
        ('{"format": "followfocus-focus-track", "fps": "24", "frames": [{"frame": 1}]}', "can't be read"),
        ('{"format": "followfocus-focus-track", "fps": "24", "frames": []}', "don't run on"),
    ],
)
def test_keyframes_of_another_kind_are_refused_in_words(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "keys.txt"
    path.write_text(text, "utf-8")
    with pytest.raises(FileError, match=words):
        read_clip([path])


@pytest.mark.parametrize(("film", "size"), [("super35", "960x540"), ("full-frame", "960x540"), ("mft", "960x400")])
@pytest.mark.parametrize(("kind", "ending"), [("csv", ".csv"), ("chan", ".chan"), ("ae-camera", ".txt")])
def test_focal_lengths_read_back(tmp_path: Path, kind: str, ending: str, film: str, size: str) -> None:
    lens = dataclasses.replace(load_lens("ideal-50"), name="zoom", focal_range_mm=(18.0, 90.0))
    save_lens(lens, tmp_path / "zoom.json")
    asked = Ask(
        str(tmp_path / "zoom.json"), "1.2m", "4m", "1.5", None, None, "minjerk", (), None, None, None, film, None, "24",
        size, 0, 0.0, None,
    )  # fmt: skip
    made, path = make_shot(dataclasses.replace(asked, focal="24..70"))[0], tmp_path / f"keys{ending}"
    path.write_bytes(export_text(made, kind).encode(encoding_of(kind)))
    width_mm, (across, down) = made.camera.frame_width_mm, made.frame_px
    back = read_clip([path], seen=SeenFrame(width_mm, width_mm * down / across))
    assert back.focal_mm is not None
    assert back.focal_mm.tolist() == pytest.approx([key.focal_mm for key in made.keyframes()], abs=2e-3)
    again = make_shot(dataclasses.replace(asked, focal=str(path)))[0]
    assert [key.focal_mm for key in again.keyframes()] == pytest.approx(
        [key.focal_mm for key in made.keyframes()], abs=2e-3
    )


def test_whose_frame_an_angle_of_view_is_of_is_said(tmp_path: Path) -> None:
    path = tmp_path / "keys.chan"
    path.write_text(CHAN, "utf-8")
    words = ["lens", "import", str(path), "--format", "full-frame", "--track", str(tmp_path / "t.csv")]
    result = CliRunner().invoke(build_app(["lens"]), words, catch_exceptions=False)
    assert result.exit_code == 0
    assert "Note: its focal lengths are those of a frame 20.25 mm high." in result.output
    assert read_clip([path], seen=SeenFrame.of(format_named("full-frame"))).lens.focal_length_mm == pytest.approx(
        57.42, abs=0.01
    )
    path.write_text(CHAN.replace("\t20\n", "\n"), "utf-8")
    assert read_clip([path]).lens.focal_length_mm is None
    assert read_clip([path]).notes == ()
