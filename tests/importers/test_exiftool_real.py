# SPDX-License-Identifier: MIT
"""exiftool's reader on what exiftool really says: values of its own tests' expected output.

Source: exiftool/exiftool, t/Nikon_4.out and t/Olympus_4.out (ExifTool 9.92; Artistic licence or GPL, as Perl). Only
values are taken, and put into the forms of `-j`, `-j -G1` and `-csv`.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from followfocus.errors import FileError
from followfocus.importers import read_clip
from followfocus.importers.focus_track import ClipLens

D70 = {
    "SourceFile": "t/Nikon_4_failed.jpg",
    "IFD0:Make": "NIKON CORPORATION",
    "IFD0:Model": "NIKON D70",
    "ExifIFD:FNumber": 5.0,
    "ExifIFD:DateTimeOriginal": "2005:01:14 08:57:59",
    "ExifIFD:FocalLength": "56.0 mm",
    "Nikon:Lens": "18-70mm f/3.5-4.5",
    "Nikon:FocusMode": "AF-S",
    "Nikon:ManualFocusDistance": "undef",
    "Nikon:FocusPosition": "0x21",
    "Nikon:FocusDistance": "0.63 m",
    "Composite:SubSecDateTimeOriginal": "2005:01:14 08:57:59.20",
    "Composite:LensID": "AF-S DX Zoom-Nikkor 18-70mm f/3.5-4.5G IF-ED",
    "Composite:DOF": "0.02 m (0.62 - 0.64 m)",
    "Composite:HyperfocalDistance": "31.31 m",
}
E1 = {
    "SourceFile": "t/images/OlympusE1.jpg",
    "IFD0:Make": "OLYMPUS CORPORATION",
    "IFD0:Model": "E-1",
    "ExifIFD:FNumber": 4.5,
    "ExifIFD:DateTimeOriginal": "2005:01:05 10:53:41",
    "ExifIFD:FocalLength": "20.0 mm",
    "Olympus:LensType": "Olympus Zuiko Digital 14-54mm F2.8-3.5",
    "Olympus:LensSerialNumber": "050105886",
    "Olympus:FocusStepCount": 332,
    "Olympus:FocusDistance": "0.705 m",
    "Composite:LensID": "Olympus Zuiko Digital 14-54mm F2.8-3.5",
    "Composite:DOF": "0.17 m (0.63 - 0.80 m)",
    "Composite:HyperfocalDistance": "5.93 m",
}
E775 = {
    "SourceFile": "t/images/Nikon.jpg",
    "IFD0:Model": "E775",
    "ExifIFD:FNumber": 9.4,
    "ExifIFD:FocalLength": "8.6 mm",
    "Nikon:ManualFocusDistance": "undef",
}
"""t/Nikon_2.out: a camera that says no focus distance."""


def without_groups(record: dict[str, object]) -> dict[str, object]:
    return {name.rpartition(":")[2]: value for name, value in record.items()}


def write(folder: Path, form: str, records: list[dict[str, object]]) -> Path:
    plain = [without_groups(record) for record in records]
    path = folder / ("out.csv" if form == "csv" else "out.json")
    if form != "csv":
        path.write_text(json.dumps(records if form == "groups" else plain), encoding="utf-8")
        return path
    names = list(dict.fromkeys(name for record in plain for name in record))
    text = io.StringIO()
    table = csv.DictWriter(text, names, restval="")
    table.writeheader()
    table.writerows(plain)
    path.write_text(text.getvalue(), encoding="utf-8")
    return path


@pytest.mark.parametrize("form", ["json", "groups", "csv"])
def test_distances_and_focal_lengths_of_real_cameras(tmp_path: Path, form: str) -> None:
    track = read_clip([write(tmp_path, form, [D70, E1])])
    assert track.kind.startswith("exiftool")
    assert track.distance_m.tolist() == [0.63, 0.705]
    assert track.focal_mm is not None
    assert track.focal_mm.tolist() == [56.0, 20.0]
    assert track.notes[-1] == "another lens is on from frame 1"  # and another camera: two makers' samples
    assert track.lens == ClipLens()
    same = read_clip([write(tmp_path, form, [D70, {**E1, "Composite:LensID": D70["Composite:LensID"]}])]).lens
    assert (same.model, same.t_stop_used, same.f_stop_used) == (D70["Composite:LensID"], None, pytest.approx(4.75))


@pytest.mark.parametrize("form", ["json", "groups", "csv"])
def test_a_camera_that_says_none_is_left_out(tmp_path: Path, form: str) -> None:
    track = read_clip([write(tmp_path, form, [E775, D70, E1])])
    assert (track.frame, track.clip_frames) == ((1, 2), 3)
    assert track.notes[0] == "1 frame without lens data left out"
    with pytest.raises(FileError, match="fewer than two"):
        read_clip([write(tmp_path, form, [E775, D70])])
