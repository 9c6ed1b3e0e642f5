# SPDX-License-Identifier: MIT
"""Blackmagic RAW: what the SDK's ExtractMetadata prints, `key: value` lines for the clip and for every frame.

The aperture is told as the lens tells it, `T2.3` or `f2.8`.
Sample: bmd/metadata.txt in SMPTE's ris-osvp-metadata-camdkit (URSA Mini Pro 12K, Cooke Anamorphic /i 50 mm).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from followfocus.errors import FileError, RequestError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.given import Given, counted_timecode, plausible_rate, refuse_value, whole_at
from followfocus.importers.table import focus_distance

KIND = "Blackmagic RAW metadata"
_FRAME = re.compile(r"Frame (\d+) Metadata")
_FIXED_POINT = 65536


def recognises(given: Given) -> bool:
    """Whether it begins as ExtractMetadata's output does."""
    return given.data.lstrip()[:13] == b"Clip Metadata"


def read(given: Given, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of the clip. FileError for an impossible distance, and for fewer than two."""
    clip, numbers, frames = _sections(given.text)
    distances = [_distance_m(given.path, *one) for one in zip(numbers, frames, strict=True)]
    if len(frames) < 2:
        raise FileError(f"{given.path} has {len(frames)} frame.", remedy="Extract the metadata of every frame.")
    kept = focus_track.with_lens_data(str(given.path), distances)
    stated = _fixed_rate(clip.get("format_frame_rate", ""))
    captured = _pair(frames[0].get("sensor_rate", ""))
    rate = fps or stated or captured or Fraction(24)
    codes = [one.get("timecode", "") for one in frames]
    timecode = tuple(codes[i] for i in kept)
    frame = focus_track.numbered(numbers, kept, codes, rate)
    focal = [_millimetres(frames[i].get("focal_length", "")) for i in kept]
    apertures = [frames[i].get("aperture", "") for i in kept]
    model = clip.get("lens_type", "")
    squeezed = clip.get("anamorphic_enable", "0").strip() not in ("", "0")
    return FocusTrack(
        kind=KIND,
        source=given.path.name,
        time_s=focus_track.times_of(timecode, rate, captured if fps is None else None, frame),
        distance_m=np.array(distances)[[*kept]],
        timecode=timecode if all(timecode) else counted_timecode(frame, rate),
        fps=rate,
        lens=ClipLens(
            model=model,
            focal_length_mm=focus_track.median_or_none(focal),
            t_stop=focus_track.widest_in_model(model),
            t_stop_used=focus_track.median_or_none([focus_track.t_stop_of(cell) for cell in apertures]),
            f_stop_used=focus_track.median_or_none([focus_track.f_stop_of(cell) for cell in apertures]),
            squeeze=focus_track.squeeze_of(clip.get("anamorphic", "")) if squeezed else 1.0,
        ),
        clip=clip.get("clip_number", ""),
        fps_assumed=stated is None and fps is None,
        notes=(*focus_track.left_out(len(distances) - len(kept)), *focus_track.renumbered(numbers)),
        frame=frame,
        clip_frames=len(distances),
        focal_mm=focus_track.changing(focal),
    )


def _distance_m(path: Path, number: str, frame: Mapping[str, str]) -> float:
    """Metres of a frame's distance. FileError, with the frame's number, for one that can't be read."""
    try:
        return focus_distance(frame.get("distance", ""), 0.001)
    except RequestError as error:
        raise refuse_value(path, f"frame {number}, distance", error) from error


def _sections(text: str) -> tuple[dict[str, str], list[str], list[dict[str, str]]]:
    """The clip's keys, and every frame's number and keys."""
    clip: dict[str, str] = {}
    numbers: list[str] = []
    frames: list[dict[str, str]] = []
    here = clip
    for line in text.splitlines():
        if starts := _FRAME.fullmatch(line.strip()):
            here = {}
            numbers.append(starts[1])
            frames.append(here)
        elif ": " in line:
            name, _, value = line.partition(": ")
            here[name.strip()] = value.strip()
    return clip, numbers, frames


def _fixed_rate(text: str) -> Fraction | None:
    """A frame rate in 1/65536."""
    number = whole_at(text)
    return None if number is None or number < _FIXED_POINT else plausible_rate(number, _FIXED_POINT)


def _pair(text: str) -> Fraction | None:
    """`48,1,` as a rate."""
    numbers = [number for part in text.split(",") if (number := whole_at(part.strip())) is not None]
    return plausible_rate(*numbers) if len(numbers) == 2 else None


def _millimetres(text: str) -> float:
    match = re.fullmatch(r"\s*(\d{1,6}(?:\.\d*)?)\s*(?:mm)?\s*", text)
    return float(match[1]) if match else math.nan
