# SPDX-License-Identifier: MIT
"""A take's focus, frame by frame, in the forms that post takes: DCS's table, OpenTrackIO's samples, Nuke's .chan.

DCS: as its lens data translators write a run: a heading, then tabs; focus in metres to one decimal, infinity as INF,
the focal length in thousandths of a millimetre, the ring's travel from infinity as 0 to 65535. Iris and zoom have no
encoder here. OpenTrackIO: a sample a line, as `track` sends them. .chan: an axis on the plane of focus, on -z.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator

from followfocus import __version__
from followfocus.feeds.opentrackio import TrackSource
from followfocus.feeds.samples import RingAt
from followfocus.lens.map import LensMap
from followfocus.names import one_line
from followfocus.paper.focus_track import FocusTrackOf
from followfocus.takes.rows import TakeRow
from followfocus.units import parse_fps

RAW_CLOSE = 65_535
FAR_M = 10_000.0
"""Infinity, where there are only numbers; and what is farther is no other than it"""
DCS_COLUMNS = (
    "Frame count", "Timecode", "Focus (m)", "Iris", "Focal length", "RAW focus", "RAW iris", "RAW zoom",
)  # fmt: skip
_ASPECT = 16 / 9


def dcs_table(track: FocusTrackOf, lens: LensMap, row: TakeRow) -> str:
    """The table of a take."""
    t_stop = row.context.t_stop or lens.t_stop
    words = " ".join(filter(None, (lens.make, lens.model or lens.name, f"{lens.focal_length_mm:g}mm", lens.serial)))
    lines = [
        "FIELD_DELIM\tTABS",
        f"CREATOR\tfollowfocus SW:{__version__} S/N:{one_line(row.context.unit_serial)}",
        f"CLIP\t{one_line(_clip(row))}",
        f"PROJ FPS\t{float(parse_fps(track.fps)):.3f}".rstrip("0").rstrip("."),
        f"LENS\t{one_line(words)}",
        f"RAW RANGE\t0-{RAW_CLOSE}",
        "\t".join(DCS_COLUMNS),
    ]
    for frame in track.frames:
        share = min(max(frame.ring_deg / lens.travel_deg, 0.0), 1.0)
        focus = "INF" if frame.distance_m >= FAR_M else f"{frame.distance_m:.1f}"
        raw = round(share * RAW_CLOSE)
        focal = round(lens.focal_length_mm * 1000)
        lines.append(f"{frame.frame + 1}\t{frame.timecode}\t{focus}\t{t_stop:.1f}\t{focal}\t{raw}\t\t")
    return "\r\n".join([*lines, ""])


def _clip(row: TakeRow) -> str:
    """The camera's clip where it is known, else a name of eight characters such as A027C004."""
    if row.context.clip:
        return row.context.clip_name
    camera = re.sub(r"[^A-Z]", "", row.context.camera.upper())[:1] or "A"
    scene = re.sub(r"\D", "", row.scene)[-3:] or "0"
    return f"{camera}{int(scene):03d}C{row.take % 1000:03d}"


def opentrackio_lines(track: FocusTrackOf, lens: LensMap, row: TakeRow) -> Iterator[str]:
    """A sample a frame, as JSON lines. The times are UTC's; of a take that has no start, from 1970 on."""
    source = TrackSource(lens, row.context.t_stop or lens.t_stop, parse_fps(track.fps), slate=track.slate)
    for frame in track.frames:
        utc_s = (row.started_utc_s or 0.0) + frame.seconds
        label = re.split("[:;]", frame.timecode) if frame.timecode else ["0"] * 4
        hours, minutes, seconds, frames = (int(part) for part in label)
        at = RingAt(frame.seconds, frame.ring_deg)
        sample = source.numbered_sample(at, utc_s, (hours, minutes, seconds, frames), recording=True)
        yield json.dumps(sample, ensure_ascii=False, separators=(",", ":")) + "\n"


def chan_lines(track: FocusTrackOf, lens: LensMap) -> Iterator[str]:
    """Frame, translation, rotation and vertical angle of view a line; frames count from 1."""
    height_mm = track.frame_width_mm / _ASPECT
    view_deg = math.degrees(2 * math.atan(height_mm / 2 / lens.focal_length_mm))
    for frame in track.frames:
        focus_m = min(frame.distance_m, FAR_M)
        yield f"{frame.frame + 1}\t0\t0\t{-focus_m:.6f}\t0\t0\t0\t{view_deg:.6f}\n"
