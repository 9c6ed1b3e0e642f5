# SPDX-License-Identifier: MIT
"""Every camera's file, with cells changed, emptied, swapped and cut in hundreds of ways, is read as it was, or refused.

A figure that is read otherwise, or a sentence that names another place, is seen at once. Most readers turn on cells
that only some cameras fill.
"""

from __future__ import annotations

import dataclasses
import json
import random
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import FollowFocusError
from followfocus.importers import (
    arri,
    art,
    blackmagic,
    canon,
    dcs,
    exiftool,
    mosys,
    opentrackio,
    plain,
    read_clip,
    red,
    scale,
    sony,
    sony_xml,
    written,
)
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.mapping import map_of, with_lens
from tests.importers.test_cameras import BRAW, RED, SCALE, SONY, SP40, XML, otio, packet, state
from tests.importers.test_cameras import art as art_text
from tests.importers.test_exiftool_real import D70, E1
from tests.support.clips import arri_rows, as_text, red_frames_text, red_static_text, sony_text
from tests.support.golden import Cell, assert_goes_as_it_did

ROUNDS = 80
ODD = (
    "", "0", "1", "-1", "2", "24", "25", "23.976", "29.97", "0.04", "0.5", "0,75", "1e6", "65535", "65536", "inf",
    "INF",
    "undef", "nan", "12m", "4'6\"", "3 ft", "900mm", "48.00p", "T2.8", "1.4 + 7/10", "01:00:00:05", "01:00:00;02",
    "2x", "true", "Meter", "Foot", "-0", "2024:05:01 12:00:01",
)  # fmt: skip
DCS = (
    "FIELD_DELIM\tTABS\nCLIP\tA001\nPROJ FPS\t23.976\nLENS\tCooke S7/i 50mm 1234\n"
    "Frame count\tTimecode\tFocus (m)\tIris\tFocal length\tRAW focus\tRAW iris\tRAW zoom\n"
    "1\t01:00:00:00\tINF\t2.8\t50000\t0\t\t\n2\t01:00:00:01\t4.2\t2.8\t50000\t9000\t\t\n"
    "3\t01:00:00:02\t2.0\t2.8\t50000\t21000\t\t\n4\t01:00:00:03\t1.1\t2.8\t50500\t40000\t\t\n"
)
PLAIN = "Timecode,Focus Distance (mm),Iris,Focal Length,Lens\n" + "".join(
    f"01:00:00:{i:02},{1200 + 150 * i},T2,32mm,Old one T2.1\n" for i in range(8)
)
TIMES = "time,distance,encoder\n" + "".join(f"{i / 24:.4f},{4 - i / 3:.3f},{100 * i}\n" for i in range(10))
EXIF = [{**one, "SourceFile": f"{i}.jpg", "Composite:SubSecDateTimeOriginal": f"2024:05:01 12:00:00.{i}0"}
        for i, one in enumerate((D70, E1, D70 | {"Nikon:FocusDistance": "1.25 m"}))]  # fmt: skip
FEET = [{"lensFocusDistanceImperial": inches, "lensMotorRawEncoderValueFocus": motor, "lensFocalLength": 75000}
        for inches, motor in ((-1, 100), (236_220, 1400), (118_110, 2900), (59_055, 5600), (39_370, 9000))]  # fmt: skip
STAMPED = [
    otio(4.0 - i / 3, 0.0, i, encoders=None, rawEncoders={"focus": 900 * i}, focalLength=40 + i) for i in range(7)
]
for _number, _one in enumerate(STAMPED):
    _one["timing"] = {"sampleTimestamp": {"seconds": 1_718_806_554 + (_number + 22) // 25,
                                          "nanoseconds": (_number + 22) % 25 * 40_000_000}}  # fmt: skip
LIMITS = [
    {"SourceFile": f"{i}.cr3", "FocusDistanceLower": f"{near} m", "FocusDistanceUpper": f"{far} m", "LensID": "EF 50mm",
     "FocalLength": "50.0 mm", "FNumber": "2.8", "VideoFrameRate": "25",
     "SubSecCreateDate": f"2024:05:01 23:59:59.{i}4+02:00"}
    for i, (near, far) in enumerate(((4, "inf"), (3, 6), (1.5, 2.5), (0.8, 0.9), ("inf", "inf")))
]  # fmt: skip
TRACK = {"format": "followfocus-focus-track", "fps": "24000/1001", "frames": [
    {"frame": i, "timecode": f"10:00:00:{i:02}", "seconds": i * 1.001 / 24, "distance_m": "inf" if i == 0 else 9 / i}
    for i in range(9)]}  # fmt: skip
CLOCK = "Frame,Time,Distance ft,Focal mm\n" + "".join(
    f"{100 + i},1:02:{3 + i / 25:06.3f},{20 - 2 * i},{24 + i / 4}\n" for i in (0, 1, 2, 4, 5, 8)
)
MILLISECONDS = "ms,focus distance (cm)\n" + "".join(f"{500 + 20 * i},{350 - 30 * i}\n" for i in (0, 1, 2, 5, 6, 7, 10))
CLIPS: dict[str, tuple[object, tuple[str, ...]]] = {
    "art-feet": (art, (json.dumps(json.loads(art_text(FEET, timecode="00:59:59:23")), indent=0),)),
    "opentrackio-stamped": (opentrackio, ("\n".join(map(json.dumps, STAMPED)),)),
    "exiftool-limits": (exiftool, (json.dumps(LIMITS, indent=0),)),
    "clock": (plain, (CLOCK,)),
    "track": (written, (json.dumps(TRACK, indent=0),)),
    "milliseconds": (plain, (MILLISECONDS,)),
    "arri": (arri, (as_text(arri_rows()[100:460:12]),)),
    "art": (art, (json.dumps(json.loads(art_text([*map(state, *zip(*SP40, strict=True)), state(-1, 8)])), indent=0),)),
    "opentrackio": (opentrackio, ("\n".join(json.dumps(otio(4.0 - i / 3, 0.05 + i / 20, i)) for i in range(8)),)),
    "blackmagic": (blackmagic, (BRAW,)),
    "dcs": (dcs, (DCS,)),
    "red": (red, (red_frames_text(), red_static_text())),
    "red-single": (red, (RED.format("2160mm"),)),
    "sony": (sony, (sony_text(),)),
    "sony-xml": (sony_xml, (SONY, XML)),
    "exiftool": (exiftool, (json.dumps(EXIF, indent=0),)),
    "canon": (canon, ("Timecode,FocusPosition,FocalLength,ApertureNumber\n0:00:00:00,3F000000,180/10,45/10\n",)),
    "plain": (plain, (PLAIN,)),
    "times": (plain, (TIMES,)),
    "scale": (scale, ("ring_share_of_65535,distance_m\n" + "".join(f"{s},{m}\n" for m, s in SCALE),)),
}


def varied(text: str, draw: random.Random) -> str:
    """The text with one thing in it changed, or two: a cell, a line, or where it ends."""
    for _ in range(1 + (draw.random() < 0.3)):
        what = draw.randrange(8)
        lines = text.split("\n")
        at = draw.randrange(len(lines))
        if what == 0:
            del lines[at]
        elif what == 1:
            lines.insert(at, lines[draw.randrange(len(lines))])
        elif what == 2:
            lines = lines[: max(3, at)]
        if what <= 2:
            text = "\n".join(lines)
            continue
        cells = list(re.finditer(r"[A-Za-z0-9.:;'+/-]+(?: ?[a-z]{1,2}\b)?", text))
        cell = cells[draw.randrange(len(cells))]
        text = text[: cell.start()] + ODD[draw.randrange(len(ODD))] + text[cell.end() :]
    return text


def stop_of(lens: ClipLens) -> Cell:
    """The T-stop that was used, else the f-stop, called that."""
    if lens.t_stop_used is None and lens.f_stop_used is not None:
        return f"f/{lens.f_stop_used:.6g}"
    return lens.t_stop_used


def told(track: FocusTrack) -> tuple[Cell, ...]:
    """The track as read, in cells: numbers as sums that no change of one leaves alone."""
    weights = np.arange(1.0, len(track) + 1)
    far = np.isinf(track.distance_m)
    distances = float(np.sum(weights * np.where(far, 0.0, track.distance_m)))
    encoders = [
        (each.name, float(np.sum(weights * each.counts)), float(each.infinity), float(each.close)) if each else ("",)
        for each in (track.encoder, track.motor)
    ]
    lens = track.lens
    return (
        track.kind, len(track), str(track.fps), track.fps_assumed, float(np.sum(weights * track.time_s)), distances,
        int(far.sum()), track.clip, track.clip_frames, str(track.frame[-1]), track.timecode[0], track.timecode[-1],
        lens.make, lens.model, lens.serial, lens.focal_length_mm, lens.t_stop, stop_of(lens), lens.transmission,
        lens.squeeze, lens.entrance_pupil_m, *encoders[0], *encoders[1], len(track.optics),
        None if track.focal_mm is None else float(np.sum(weights * track.focal_mm)), " | ".join(track.notes),
        " ".join(f"{p.first}-{p.last} {p.from_m:.6g} {p.to_m:.6g} {p.duration_s:.6g} {p.peak_over_mean_speed:.6g}"
                 for p in track.pulls()),
    )  # fmt: skip


def mapped(track: FocusTrack) -> tuple[Cell, ...]:
    """The lens map that it makes, or why it makes none."""
    try:
        lens, report = map_of(with_lens(track, 50.0, 2.8))
    except FollowFocusError as error:
        return (str(error),)
    marks = " ".join(f"{mark.distance_m:.6g}@{mark.ring_deg:.6g}" for mark in lens.marks)
    figures = [getattr(report, field.name) for field in dataclasses.fields(report)]
    return (
        lens.name,
        lens.focal_length_mm,
        lens.t_stop,
        lens.travel_deg,
        lens.close_focus_m,
        marks,
        lens.source,
        *figures,
    )


def outcome(folder: Path, texts: tuple[str | bytes, ...], fps: Fraction | None) -> tuple[Cell, ...]:
    paths = []
    for number, text in enumerate(texts):
        paths.append(folder / f"clip{number}.{'xml' if str(text).startswith('<') else 'csv'}")
        paths[-1].write_bytes(text if isinstance(text, bytes) else text.encode())
    try:
        track = read_clip(paths, fps)
    except FollowFocusError as error:
        return "refused", str(error).replace(str(folder), ""), (error.remedy or "")[:60]
    return (*told(track), *mapped(track))


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_that_is_changed_here_and_there_is_read_as_it_was(name: str, tmp_path: Path) -> None:
    source, texts = CLIPS[name]
    draw = random.Random(name)
    rows = [outcome(tmp_path, texts, None), outcome(tmp_path, texts, Fraction(30_000, 1001))]
    kind = str(getattr(source, "KIND", ""))
    assert rows[0][0] in (kind, "refused") or kind in str(rows[0]) or name in ("sony-xml", "red-single")
    for turn in range(ROUNDS):
        which = draw.randrange(len(texts))
        changed = tuple(varied(text, draw) if i == which else text for i, text in enumerate(texts))
        rows.append(outcome(tmp_path, changed, Fraction(25) if turn % 3 == 2 else None))
    assert_goes_as_it_did(f"clip-{name}", rows)


def test_packets_that_are_changed_here_and_there_are_read_as_they_were(tmp_path: Path) -> None:
    assert mosys.KIND
    whole = b"".join(packet(*one, i) for i, one in enumerate(SCALE * 2))
    draw, rows = random.Random(8), [outcome(tmp_path, (whole,), None)]
    for _ in range(ROUNDS):
        changed = bytearray(whole)
        for _ in range(1 + draw.randrange(3)):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        rows.append(outcome(tmp_path, (bytes(changed[draw.randrange(40) :]),), None))
    assert_goes_as_it_did("clip-mosys", rows)


def test_a_track_that_was_written_is_read_as_it_was(tmp_path: Path) -> None:
    assert written.KINDS
    (tmp_path / "clip.csv").write_text(as_text(arri_rows()[100:460:12]), encoding="utf-8")
    text = read_clip([tmp_path / "clip.csv"]).to_csv()
    draw = random.Random(9)
    rows = [outcome(tmp_path, (text,), None)] + [outcome(tmp_path, (varied(text, draw),), None) for _ in range(ROUNDS)]
    assert_goes_as_it_did("clip-written", rows)
