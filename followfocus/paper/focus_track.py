# SPDX-License-Identifier: MIT
"""Where the focus was at every frame of a take, for post: timecode, distance in both units, ring angle, blur."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from followfocus.errors import RequestError
from followfocus.lens.formats import SUPER_35, format_named
from followfocus.lens.map import LensMap, lens_names, load_lens
from followfocus.lens.through import lens_blur_mm
from followfocus.spreadsheet import Fixed
from followfocus.takes.context import start_frame, timecode_at
from followfocus.takes.log import LoggedTake
from followfocus.takes.schema import slate_words
from followfocus.units import format_feet_inches, parse_fps

FORMAT, VERSION = "followfocus-focus-track", 1
FARTHEST_M = 10_000.0
"""Farther is infinity: there the ring's last hundredth of a degree is 1,000 km, which nobody reads back"""


@dataclass(frozen=True, slots=True)
class TrackFrame:
    """A frame: its number in the take from 0, and the focus at its start. Blur is the disc of each mark, mm."""

    frame: int
    timecode: str
    seconds: float
    ring_deg: float
    distance_m: float
    blur_mm: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class FocusTrackOf:
    """A take's focus, frame by frame; `by` says whether it was seen, counted, or only planned."""

    slate: str
    fps: str
    lens: str
    by: str
    marks: tuple[str, ...]
    frame_width_mm: float
    """Of the desqueezed frame of the take's format"""
    squeeze: float
    """An anamorphic's blur is so many times less across than upright"""
    frames: tuple[TrackFrame, ...]


def lens_of(take: LoggedTake, lens: LensMap | None = None) -> LensMap:
    """The lens of a take: the one given, or the one that ships under its name. Raises RequestError."""
    name = take.row.context.lens or take.row.lens
    if lens is not None:
        return lens
    if name in lens_names():
        found = load_lens(name)
        if not _maps(found, take):
            raise RequestError(f"“{name}” has been mapped anew since this take.", "Give its file with --lens.")
        return found
    raise RequestError(f"The lens “{name}” of this take does not ship.", "Give its file with --lens.")


def _maps(lens: LensMap, take: LoggedTake) -> bool:
    """Whether the lens has the take's marks at the distances that the log has."""
    marks = take.row.context.marks
    if not all(0.0 <= mark.ring_deg <= lens.travel_deg for mark in marks):
        return False
    logged = [math.inf if mark.distance_m is None else mark.distance_m for mark in marks]
    mapped = [float(lens.distance_m(mark.ring_deg)) for mark in marks]
    return all(math.isclose(a, b, rel_tol=1e-6) for a, b in zip(logged, mapped, strict=True))


def focus_track(take: LoggedTake, lens: LensMap) -> FocusTrackOf:
    """Every frame from GO to the landing. Raises RequestError for a take without traces."""
    context = take.row.context
    found = next(((name, take.traces[name]) for name in _ORDER if len(take.traces.get(name, ())) > 1), None)
    if found is None:
        raise RequestError(f"The take in row {take.row.id} has no trace.", "Choose one that was played.")
    name, trace = found
    rate = parse_fps(context.fps)
    end_s = float(trace[-1, 0])
    times = np.arange(math.floor(end_s * rate) + 1) / float(rate)
    ring = np.interp(times, trace[:, 0], trace[:, 1])
    distances = np.asarray(lens.distance_m(ring))
    distances = np.where(distances > FARTHEST_M, np.inf, distances)
    t_stop = context.t_stop or lens.t_stop
    subjects = [math.inf if mark.distance_m is None else mark.distance_m for mark in context.marks]
    blur = [np.abs(np.asarray(lens_blur_mm(lens, t_stop, distances, s))) for s in subjects]
    started = take.row.started_utc_s
    first = context.label_frame
    like = "" if first is None else context.timecode
    if first is None and started is not None:
        first = start_frame(started, context.fps, context.utc_offset_s or 0)
    frames = tuple(
        TrackFrame(
            i,
            "" if first is None else timecode_at(first + i, context.fps, like),
            float(t),
            float(ring[i]),
            float(distances[i]),
            tuple(float(b[i]) for b in blur),
        )
        for i, t in enumerate(times)
    )
    slate = slate_words(take.row.shot or take.row.lens, take.row.take)
    marks = tuple(mark_name(mark.letter, mark.name) for mark in context.marks)
    film = format_named(context.format) if context.format else SUPER_35
    return FocusTrackOf(
        slate, context.fps, lens.name, _ORDER[name], marks, film.width_mm * lens.squeeze, lens.squeeze, frames
    )


def mark_name(letter: str, name: str) -> str:
    """A mark as it is called: its letter, and its name where it has one of its own."""
    return letter if name in ("", letter) else f"{letter} {name}"


_ORDER = {"witness": "seen", "actual": "counted", "planned": "planned"}


def track_columns(track: FocusTrackOf) -> list[dict[str, object]]:
    """A row a frame, for CSV: distances in both units, blur of each mark in mm and in per cent of the frame's width."""
    return [
        {
            "frame": frame.frame,
            "timecode": Fixed(frame.timecode),
            "seconds": round(frame.seconds, 6) + 0.0,  # which takes the sign off a nothing
            "ring_deg": round(frame.ring_deg, 4) + 0.0,
            "distance_m": "inf" if math.isinf(frame.distance_m) else round(frame.distance_m, 4),
            "distance_ft": format_feet_inches(frame.distance_m, 0.5),
            **{
                f"blur_{mark}_{unit}": round(value, 5)
                for mark, mm in zip(_keys(track.marks), frame.blur_mm, strict=True)
                for unit, value in _blur_columns(track, mm)
            },
            "by": track.by,
        }
        for frame in track.frames
    ]


def _blur_columns(track: FocusTrackOf, mm: float) -> list[tuple[str, float]]:
    """A blur in mm and per cent of the frame's width; of an anamorphic also across."""
    across = [] if track.squeeze == 1.0 else [("across_mm", mm / track.squeeze)]
    return [("mm", mm), ("percent", mm / track.frame_width_mm * 100), *across]


def _keys(marks: Sequence[str]) -> list[str]:
    return [mark.split(" ")[0] for mark in marks]


def track_json(track: FocusTrackOf) -> str:
    """The track as one versioned JSON document; infinity is the text "inf"."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "slate": track.slate,
        "fps": track.fps,
        "lens": track.lens,
        "by": track.by,
        "marks": list(track.marks),
        "frames": track_columns(track),
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
