# SPDX-License-Identifier: MIT
"""Blackmagic RAW: what the SDK's ExtractMetadata prints, `key: value` lines for the clip and for every frame.

Sample: bmd/metadata.txt in SMPTE's ris-osvp-metadata-camdkit (URSA Mini Pro 12K, Cooke Anamorphic /i 50 mm).
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

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
    clip, frames = _sections(given.text)
    try:
        distances = [focus_distance(one.get("distance", ""), 0.001) for one in frames]
    except RequestError as error:
        raise refuse_value(given.path, "distance", error) from error
    if len(frames) < 2:
        raise FileError(f"{given.path} has {len(frames)} frame.", remedy="Extract the metadata of every frame.")
    kept = focus_track.with_lens_data(str(given.path), distances)
    stated = _fixed_rate(clip.get("format_frame_rate", ""))
    captured = _pair(frames[0].get("sensor_rate", ""))
    rate = fps or stated or captured or Fraction(24)
    timecode = tuple(frames[i].get("timecode", "") for i in kept)
    focal = [_millimetres(frames[i].get("focal_length", "")) for i in kept]
    model = clip.get("lens_type", "")
    squeezed = clip.get("anamorphic_enable", "0").strip() not in ("", "0")
    return FocusTrack(
        kind=KIND,
        source=given.path.name,
        time_s=focus_track.times_of(timecode, rate, captured if fps is None else None, kept),
        distance_m=np.array(distances)[[*kept]],
        timecode=timecode if all(timecode) else counted_timecode(kept, rate),
        fps=rate,
        lens=ClipLens(
            model=model,
            focal_length_mm=focus_track.median_or_none(focal),
            t_stop=focus_track.widest_in_model(model),
            t_stop_used=focus_track.median_or_none(
                [focus_track.t_stop_of(frames[i].get("aperture", "")) for i in kept]
            ),
            squeeze=focus_track.squeeze_of(clip.get("anamorphic", "")) if squeezed else 1.0,
        ),
        clip=clip.get("clip_number", ""),
        fps_assumed=stated is None and fps is None,
        notes=focus_track.left_out(len(distances) - len(kept)),
        frame=kept,
        clip_frames=len(distances),
        focal_mm=focus_track.changing(focal),
    )


def _sections(text: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The clip's keys, and those of every frame."""
    clip: dict[str, str] = {}
    frames: list[dict[str, str]] = []
    here = clip
    for line in text.splitlines():
        if _FRAME.fullmatch(line.strip()):
            here = {}
            frames.append(here)
        elif ": " in line:
            name, _, value = line.partition(": ")
            here[name.strip()] = value.strip()
    return clip, frames


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
