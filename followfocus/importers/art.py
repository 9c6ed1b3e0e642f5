# SPDX-License-Identifier: MIT
"""ARRI Reference Tool (ART): a clip's metadata as JSON, a lens state a frame.

Distances are in mm (−1 is infinity, 0 and nothing are no data), or in 1/1000 inch; focal length and entrance pupil in
µm; the iris in 1/1000 stop from T1, T = 2^((iris − 1000)/2000). The encoders come without the counts at their ends.
Source: ARRI's schemas camera/lens_state v1-0-1 and metadata_output v2-1-0; sample B003C003_180327_R1ZA in SMPTE's
ris-osvp-metadata-camdkit.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, Encoder, FocusTrack
from followfocus.importers.given import (
    Given,
    counted_timecode,
    distance_at,
    encoder_without_limits,
    number_at,
    part_at,
    refuse_value,
    words_at,
)
from followfocus.units import INCH_M, parse_fps

KIND = "ARRI Reference Tool JSON"
_DARKEST = 20_000  # T1024, in thousandths of a stop with T1 at 1000
_NO_ENDS = "the encoder's ends are not in the file: infinity is by the law, the other end where it was seen nearest"


def recognises(given: Given) -> bool:
    """Whether it is ART's JSON."""
    return len(given.documents) == 1 and part_at(given.documents[0], "frameBasedMetadata", "frames") is not None


def read(given: Given, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of the clip. FileError where no frame has a distance."""
    document = given.documents[0]
    frames = part_at(document, "frameBasedMetadata", "frames")
    frames = frames if isinstance(frames, list) else []
    states = [part_at(frame, "frameBasedMetadataSets", "Lens State") for frame in frames]
    distances = [_distance_m(given.path, *one) for one in zip(frames, states, strict=True)]
    kept = focus_track.with_lens_data(str(given.path), distances)
    numbers = [number_at(frame, "frameNo") for frame in frames]
    cells = ["" if value is None else str(int(value)) for value in numbers]
    stated = _rate(words_at(_set(document, "Project Rate"), "timebase"))
    rate = fps or stated or Fraction(24)
    capture = _rate(words_at(part_at(frames[kept[0]], "frameBasedMetadataSets", "Sensor State"), "sensorSampleRate"))
    drops = part_at(_set(document, "Project Rate"), "dropframe") is True
    codes = [_timecode(words_at(one, "timecode"), drops=drops) for one in frames]
    timecode = tuple(codes[i] for i in kept)
    frame = focus_track.numbered(cells, kept, codes if all(codes) else (), rate)
    metres = np.array(distances)[[*kept]]
    encoders = [_encoder(name, key, [states[i] for i in kept], metres) for name, key in _ENCODERS]
    focal = [(number_at(states[i], "lensFocalLength") or math.nan) / 1000 for i in kept]
    notes = (*focus_track.left_out(len(distances) - len(kept)), *focus_track.renumbered(cells))
    return FocusTrack(
        kind=KIND,
        source=given.path.name,
        time_s=focus_track.times_of(timecode, rate, capture if fps is None else None, frame),
        distance_m=metres,
        timecode=timecode if all(timecode) else counted_timecode(frame, rate),
        fps=rate,
        lens=_lens(document, states, kept),
        clip=words_at(_set(document, "Clip Info"), "clipName"),
        fps_assumed=stated is None and fps is None,
        encoder=encoders[0],
        motor=encoders[1],
        notes=(*notes, *([_NO_ENDS] if any(encoders) else [])),
        frame=frame,
        clip_frames=len(distances),
        focal_mm=focus_track.changing(focal),
    )


_DISTANCES = (("lensFocusDistanceMetric", 0.001), ("lensFocusDistanceImperial", INCH_M / 1000))
_ENCODERS = (
    ("lens encoder (LDS)", "lensScaleRawEncoderValueFocus"),
    ("motor encoder", "lensMotorRawEncoderValueFocus"),
)


def _distance_m(path: Path, frame: object, state: object) -> float:
    """Metres of a lens state; infinity, or not-a-number where it has none. FileError where it can't be read."""
    try:
        for key, unit_m in _DISTANCES:
            if not math.isnan(metres := distance_at(state, unit_m, key)):
                return math.inf if metres < 0 else metres
    except RequestError as error:
        number = number_at(frame, "frameNo")
        raise refuse_value(path, "a frame" if number is None else f"frame {number:g}", error) from error
    return math.nan


def _timecode(text: str, *, drops: bool) -> str:
    """A timecode as ART writes it, drop-frame by its project's word for it."""
    return re.sub(r":(\d\d)$", r";\1", text) if drops else text


def _rate(text: str) -> Fraction | None:
    """A rate such as `24` or `24000/1000`; None for anything else."""
    try:
        return parse_fps(text) if text else None
    except RequestError:
        return None


def _set(document: object, name: str) -> object:
    """A clip-based metadata set by name."""
    sets = part_at(document, "clipBasedMetadataSets")
    found = (one for one in (sets if isinstance(sets, list) else ()) if words_at(one, "metadataSetName") == name)
    return part_at(next(found, None), "metadataSetPayload")


def _encoder(name: str, key: str, states: list[object], metres: FloatArray) -> Encoder | None:
    counts = [number_at(state, key) for state in states]
    known = [math.nan if count is None else count for count in counts]
    return encoder_without_limits(name, known, metres)


def _lens(document: object, states: list[object], kept: tuple[int, ...]) -> ClipLens:
    """The lens as the clip describes it."""
    device = _set(document, "Lens Device")
    irises = [number_at(states[i], "lensIris") for i in kept]
    stops = [2 ** ((iris - 1000) / 2000) for iris in irises if iris and 0 < iris < _DARKEST]
    focals = [number_at(states[i], "lensFocalLength") for i in kept]
    pupils = [number_at(states[i], "lensEntrancePupilOffset") for i in kept]
    model = words_at(device, "lensModel")
    squeeze = number_at(device, "lensSqueezeFactor")
    return ClipLens(
        make=words_at(device, "lensManufacturer"),
        model=model,
        serial=words_at(device, "lensSerialNumber"),
        focal_length_mm=focus_track.median_or_none([f / 1000 for f in focals if f and f > 0]),
        t_stop=focus_track.widest_in_model(model),
        t_stop_used=focus_track.median_or_none(list(stops)),
        squeeze=focus_track.squeeze_of(words_at(device, "lensSqueezeFactor") if squeeze is None else f"{squeeze:g}"),
        entrance_pupil_m=focus_track.median_or_none([p / 1e6 for p in pupils if p is not None and p != -1]),
    )
