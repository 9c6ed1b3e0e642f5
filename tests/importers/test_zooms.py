# SPDX-License-Identifier: MIT
"""The focal length of every frame, from each camera's table: a zoom that was moved while it ran."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from followfocus.importers import read_clip
from followfocus.importers.focus_track import FocusTrack
from tests.support import clips


def read(tmp_path: Path, text: str) -> FocusTrack:
    path = tmp_path / "clip.csv"
    path.write_text(text, encoding="utf-8")
    return read_clip([path])


def arri(focal: list[str]) -> str:
    rows = clips.arri_rows()[: len(focal)]
    for row, cell in zip(rows, focal, strict=True):
        row["Lens Focal Length"] = cell
    return clips.as_text(rows)


def dcs(focal: list[str]) -> str:
    """Thousandths of a millimetre, as DCS has them."""
    head = ["FIELD_DELIM\tTABS", "PROJ FPS\t24", "Frame count\tTimecode\tFocus (m)\tIris\tFocal length\tRAW focus"]
    rows = [
        f"{i + 1}\t01:00:00:{i:02}\t{2 + i / 10}\t2.8\t{round(float(mm) * 1000)}\t{20000 - 100 * i}"
        for i, mm in enumerate(focal)
    ]
    return "\r\n".join([*head, *rows, ""])


def sony(focal: list[str]) -> str:
    head = '"Timecode","Clip Name","Lens Model","Lens Serial","Focal Length (mm)","Aperture","Focus Distance (ft)"'
    rows = [f'"16:47:04:{i:02}","D001C005","7032.0100","","{mm}","T 2 3/10","{5 + i}"' for i, mm in enumerate(focal)]
    return "\r\n".join([head, *rows]) + "\r\n"


def red(focal: list[str]) -> str:
    rows = [f"{i},23:17:21:{i:02},,5.6,{410 + 10 * i},{mm}" for i, mm in enumerate(focal)]
    return "\n".join(["FrameNo,Timecode,Timestamp,Aperture,Focus Distance,Focal Length", *rows]) + "\n"


def plain(focal: list[str]) -> str:
    rows = [f"{i},01:00:00:{i:02},{i / 24:.6f},{2 + i / 10},,,{mm}" for i, mm in enumerate(focal)]
    return (
        "\n".join(["frame,timecode,time_s,focus_distance_m,lens_encoder,motor_encoder,focal_length_mm", *rows]) + "\n"
    )


@pytest.mark.parametrize("table", [arri, sony, red, dcs, plain])
def test_a_zoom_that_moves_has_a_focal_length_a_frame(tmp_path: Path, table) -> None:
    focal = [f"{24 + i / 2:g}" for i in range(12)]
    track = read(tmp_path, table(focal))
    assert track.focal_mm is not None
    assert np.allclose(track.focal_mm, [float(mm) for mm in focal])
    assert len(track.focal_mm) == len(track.time_s)


@pytest.mark.parametrize("table", [arri, sony, red, dcs, plain])
def test_a_zoom_that_stands_has_one(tmp_path: Path, table) -> None:
    track = read(tmp_path, table(["35"] * 12))
    assert track.focal_mm is None
    assert track.lens.focal_length_mm == pytest.approx(35.0)


def test_a_track_as_it_is_written_is_read_back_with_its_zoom(tmp_path: Path) -> None:
    first = read(tmp_path, arri([f"{24 + i}" for i in range(12)]))
    again = read(tmp_path, first.to_csv())
    assert again.focal_mm is not None
    assert np.allclose(again.focal_mm, first.focal_mm)


def test_a_frame_without_a_focal_length_leaves_none_made_up(tmp_path: Path) -> None:
    assert read(tmp_path, arri(["24", "-", *["30"] * 8])).focal_mm is None
