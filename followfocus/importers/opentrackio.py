# SPDX-License-Identifier: MIT
"""OpenTrackIO: a sample a frame as JSON, in a list or one a line; static parts in any of them hold for all.

Focus distance is in metres, the focus encoder goes from 0 at infinity to 1 at close focus, the entrance pupil lies so
many metres ahead of the image plane. Source: OpenTrackIO 1.0 (SMPTE RIS OSVP), examples in ris-osvp-metadata-camdkit.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, Encoder, FocusTrack
from followfocus.importers.given import (
    Given,
    Json,
    counted_timecode,
    encoder_without_limits,
    fraction_at,
    number_at,
    part_at,
    words_at,
)

KIND = "OpenTrackIO JSON"
_LATEST = 1e12  # seconds, or nanoseconds, of a clock
_KEYS = ("lens", "timing", "static", "protocol", "tracker")


def recognises(given: Given) -> bool:
    """Whether these are OpenTrackIO samples."""
    found = given.documents
    return bool(found) and all(any(isinstance(one.get(key), dict) for key in _KEYS) for one in found)


def read(given: Given, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of the samples. FileError where fewer than two have a distance."""
    samples = [one for one in given.documents if part_at(one, "lens") is not None or part_at(one, "timing") is not None]
    static = next((part_at(one, "static") for one in given.documents if part_at(one, "static") is not None), None)
    distances = [_distance_m(sample) for sample in samples]
    if sum(not math.isnan(metres) for metres in distances) < 2:
        raise FileError(
            f"{given.path}: fewer than two samples have a lens.focusDistance.",
            remedy="Give the samples of a whole take, in a list or one a line.",
        )
    kept = focus_track.with_lens_data(str(given.path), distances)
    stated = _rate(samples[kept[0]], static)
    rate = fps or stated or Fraction(24)
    timecode = tuple(_timecode(samples[i]) for i in kept)
    metres = np.array(distances)[[*kept]]
    times = _times(samples, kept)
    if times is None:
        times = focus_track.times_of(timecode if all(timecode) else (), rate, None, kept)
    return FocusTrack(
        kind=KIND,
        source=given.path.name,
        time_s=times,
        distance_m=metres,
        timecode=timecode if all(timecode) else counted_timecode(kept, rate),
        fps=rate,
        lens=_lens(samples, kept, static),
        clip=words_at(samples[kept[0]], "tracker", "slate"),
        fps_assumed=stated is None and fps is None,
        encoder=_encoder(samples, kept, metres),
        notes=focus_track.left_out(len(distances) - len(kept)),
        frame=kept,
        clip_frames=len(distances),
        focal_mm=focus_track.changing([_focal_mm(samples[i]) or math.nan for i in kept]),
    )


def _distance_m(sample: Json) -> float:
    """Metres; infinity is written as such, as a word or as something enormous."""
    value = part_at(sample, "lens", "focusDistance")
    if isinstance(value, str) and value.lower().startswith("inf"):
        return math.inf
    if isinstance(value, float) and math.isinf(value):
        return math.inf
    metres = number_at(sample, "lens", "focusDistance")
    if value is None and number_at(sample, "lens", "encoders", "focus") is not None:
        return math.inf  # a number that OpenTrackIO hasn't: at infinity the ring is told and no distance
    if metres is None or metres <= 0:
        return math.nan
    return math.inf if metres >= 1e6 else metres


def _rate(sample: Json, static: object) -> Fraction | None:
    """The sample's rate: of the samples, of the timecode (two spellings), else the camera's."""
    timing = part_at(sample, "timing")
    places = (("sampleRate",), ("timecode", "frameRate"), ("timecode", "format", "frameRate"))
    rates = [fraction_at(timing, *place) for place in places] + [fraction_at(static, "camera", "captureFrameRate")]
    return next((rate for rate in rates if rate), None)


def _timecode(sample: Json) -> str:
    """HH:MM:SS:FF; empty where the sample has none."""
    code = part_at(sample, "timing", "timecode")
    fields = [number_at(code, name) for name in ("hours", "minutes", "seconds", "frames")]
    if any(field is None for field in fields):
        return ""
    hours, minutes, seconds, frames = (int(field or 0) for field in fields)
    drop = part_at(code, "dropFrame") is True or part_at(code, "format", "dropFrame") is True
    return f"{hours:02}:{minutes:02}:{seconds:02}{';' if drop else ':'}{frames:02}"


def _times(samples: list[Json], kept: tuple[int, ...]) -> FloatArray | None:
    """Seconds by the samples' own timestamps; None where they don't all have one, or they don't rise."""
    stamps = []
    for i in kept:
        seconds, nanoseconds = (
            number_at(samples[i], "timing", "sampleTimestamp", n) for n in ("seconds", "nanoseconds")
        )
        if seconds is None or nanoseconds is None or max(abs(seconds), abs(nanoseconds)) > _LATEST:
            return None
        stamps.append((int(seconds), int(nanoseconds)))
    first = stamps[0]
    times = np.array([(s - first[0]) + (n - first[1]) / 1e9 for s, n in stamps])
    return times if np.all(np.diff(times) > 0) else None


def _encoder(samples: list[Json], kept: tuple[int, ...], metres: FloatArray) -> Encoder | None:
    """The normalised focus encoder, else the raw one."""
    shares = [number_at(samples[i], "lens", "encoders", "focus") for i in kept]
    if all(share is not None for share in shares):
        return focus_track.directed("lens encoder", [float(share or 0.0) for share in shares], 0.0, 1.0, metres)
    raw = [number_at(samples[i], "lens", "rawEncoders", "focus") for i in kept]
    known = [math.nan if count is None else count for count in raw]
    return encoder_without_limits("lens encoder (raw)", known, metres)


def _focal_mm(sample: Json) -> float | None:
    return number_at(sample, "lens", "pinholeFocalLength") or number_at(sample, "lens", "focalLength")


def _lens(samples: list[Json], kept: tuple[int, ...], static: object) -> ClipLens:
    """The lens: what is static of it, and the middle of what changes."""
    stops = [number_at(samples[i], "lens", "tStop") or number_at(samples[i], "lens", "fStop") for i in kept]
    pupils = [number_at(samples[i], "lens", "entrancePupilOffset") for i in kept]
    nominal = number_at(static, "lens", "nominalFocalLength")
    return ClipLens(
        make=words_at(static, "lens", "make"),
        model=words_at(static, "lens", "model"),
        serial=words_at(static, "lens", "serialNumber"),
        focal_length_mm=nominal or focus_track.median_or_none([_focal_mm(samples[i]) for i in kept]),
        t_stop=focus_track.widest_in_model(words_at(static, "lens", "model")),
        t_stop_used=focus_track.median_or_none(stops),
        squeeze=number_at(static, "camera", "anamorphicSqueeze") or 1.0,
        entrance_pupil_m=focus_track.median_or_none(pupils),
    )
