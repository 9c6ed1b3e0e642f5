# SPDX-License-Identifier: MIT
"""Clips as cameras write them, built from the sample track in tests/golden."""

from __future__ import annotations

import csv
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"
RED_PACKETS = (
    "64/40/40/46/68/48/70/B8/80/40/40/40/42/66/6D/40/40/46/5E/40/40/46/73/45/4E/41/7F/40/40/53/47/35/33/35/39/39/37/36/34/0A/0D",
    "64/40/40/46/74/48/70/B8/80/40/40/40/42/67/4B/40/40/46/69/40/40/47/40/45/4E/41/7E/40/40/53/47/35/33/35/39/39/37/36/34/0A/0D",
)


def sp40_rows() -> list[dict[str, str]]:
    """timecode, focus_distance_m, lens_encoder, motor_encoder of 500 frames of ARRI's sample clip."""
    with (GOLDEN / "sp40-track.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def arri_rows(**changes: str) -> list[dict[str, str]]:
    """The columns of ARRI Meta Extract that matter, for every frame."""
    constant = {
        "Camera Clip Name": "B001C001_180327_R1ZA",
        "Project FPS": "24.000",
        "Sensor FPS": "24.000",
        "Lens Model": "ARRI SP40 T1.8",
        "Lens Serial Number": "2",
        "Lens Distance Unit": "Meter",
        "Lens Focal Length": "40.000",
        "Lens Iris": "1.4 + 7/10",
        "Lens Squeeze": "1.000",
        "EncoderLimFocusLdsMin": "8",
        "EncoderLimFocusLdsMax": "11558",
        "EncoderLimFocusMotorMin": "105",
        "EncoderLimFocusMotorMax": "17733",
    } | changes
    return [
        {
            "Index": str(i),
            "Master TC": row["timecode"],
            **constant,
            "Lens Focus Distance": row["focus_distance_m"],
            "RawEncoderFocus RawLds": row["lens_encoder"],
            "RawEncoderFocus RawMotor": row["motor_encoder"],
        }
        for i, row in enumerate(sp40_rows())
    ]


def as_text(rows: list[dict[str, str]], delimiter: str = "\t") -> str:
    """Rows as a table."""
    lines = [delimiter.join(rows[0]), *(delimiter.join(row.values()) for row in rows)]
    return "\n".join(lines) + "\n"


def arri_text(**changes: str) -> str:
    """ARRI Meta Extract's table."""
    return as_text(arri_rows(**changes))


def red_frames_text() -> str:
    """RED's table of frames."""
    rows = ["FrameNo,Timecode,Timestamp,Aperture,Focus Distance,Focal Length,Cooke Metadata"]
    rows += [f"{i},23:17:21:0{8 + i},,5.600000,{410 + 10 * i},40,{RED_PACKETS[i]}" for i in range(2)]
    return "\n".join(rows) + "\n"


def red_static_text() -> str:
    """RED's table of the clip, with a column that stands twice as RED writes it."""
    fixed = "NSG53599764OSIGMA                          LPN040M040UIT94  B1.00"
    head = "Clip Name,Camera PIN,FPS,Record FPS,Aperture,Lens Brand,Lens Name,Lens Serial Number,Lens Cooke /i Static"
    return f"{head},Aperture\nA001_C066_0303LZ,130-27E-4B5,24,24,F5.6,SIGMA,40mm T1.5 FF | 018,G53599764,{fixed},F5.6\n"


def sony_text(distances_ft: tuple[str, ...] = ("5.83", "5.823", "5.79", "7.0", "12.88", "48.95")) -> str:
    """Sony Venice's table: timecode that wraps at 24."""
    head = '"Timecode","Clip Name","Lens Model","Lens Serial","Focal Length (mm)","Aperture","Focus Distance (ft)"'
    rows = [
        f'"16:47:0{4 + (22 + i) // 24}:{(22 + i) % 24:02}","D001C005","7032.0100","","32","T 2 3/10","{distance}"'
        for i, distance in enumerate(distances_ft)
    ]
    return "\r\n".join([head, *rows]) + "\r\n"
