# SPDX-License-Identifier: MIT
"""OpenTrackIO: a sample a frame as JSON, in a list or one a line; static parts in any of them hold for all.

Focus distance is in metres, the focus encoder goes from 0 at infinity to 1 at close focus, the entrance pupil lies so
many metres ahead of the image plane; tStop is by light, fStop by geometry, and T = F/√τ.
Source: OpenTrackIO 1.0 (SMPTE RIS OSVP), examples in ris-osvp-metadata-camdkit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError, RequestError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, Encoder, FocusTrack
from followfocus.importers.given import (
    Given,
    Json,
    counted_timecode,
    distance_at,
    encoder_without_limits,
    fraction_at,
    number_at,
    part_at,
    placed,
    refuse_value,
    words_at,
)

KIND = "OpenTrackIO JSON"
_LATEST = 1e12  # seconds, or nanoseconds, of a clock
_FARTHEST_M = 1e6
_DARKEST = 0.1
"""No lens lets less light through"""
_INFINITY_END = 0.02
"""Of the ring's travel: nearer than that it isn't at infinity for having no distance"""
_KEYS = ("lens", "timing", "static", "protocol", "tracker")


def recognises(given: Given) -> bool:
    """Whether these are OpenTrackIO samples."""
    found = given.documents
    return bool(found) and all(any(isinstance(one.get(key), dict) for key in _KEYS) for one in found)


def read(given: Given, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of the samples. FileError where fewer than two have a distance."""
    samples = [one for one in given.documents if _is_sample(one)]
    static = next((part_at(one, "static") for one in given.documents if part_at(one, "static") is not None), None)
    distances = _distances(given.path, samples)
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
    codes = [_timecode(sample) for sample in samples]
    frame = focus_track.numbered((), kept, codes if all(codes) else (), rate)
    every = _stamps(samples, range(len(samples)))
    if every is not None and not all(codes):
        frame = placed(every * float(rate), kept) or frame
    stamps = _stamps(samples, kept)
    times = focus_track.running(stamps)
    if times is None:
        times = focus_track.times_of(timecode if all(timecode) else (), rate, None, frame)
    return FocusTrack(
        kind=KIND,
        source=given.path.name,
        time_s=times,
        distance_m=metres,
        timecode=timecode if all(timecode) else counted_timecode(frame, rate),
        fps=rate,
        lens=_lens(samples, kept, static),
        clip=words_at(samples[kept[0]], "tracker", "slate"),
        fps_assumed=stated is None and fps is None,
        encoder=_encoder(samples, kept, metres),
        notes=(*focus_track.left_out(len(distances) - len(kept)), *focus_track.not_running(stamps)),
        frame=frame,
        clip_frames=len(distances),
        focal_mm=focus_track.changing([_focal_mm(samples[i]) or math.nan for i in kept]),
        other_lens_from=focus_track.other_lens_from(frame, kept, *_lenses(given.documents)),
    )


def _distances(path: Path, samples: list[Json]) -> list[float]:
    """Metres of every sample, not-a-number where it has none. FileError, with its place, for what is no distance.

    Infinity is a number that OpenTrackIO hasn't: there the ring is told, and no distance. So a sample without one is at
    infinity where its ring stands farther than that of every sample with one, and has no data anywhere else.
    """
    told = []
    for number, sample in enumerate(samples, start=1):
        try:
            told.append(_distance_m(sample))
        except RequestError as error:
            raise refuse_value(path, f"sample {number}, lens.focusDistance", error) from error
    shares = [number_at(sample, "lens", "encoders", "focus") for sample in samples]
    known = [share for share, metres in zip(shares, told, strict=True) if share is not None and math.isfinite(metres)]
    end = min(known, default=_INFINITY_END)
    silent = [part_at(sample, "lens", "focusDistance") is None for sample in samples]
    return [
        math.inf if nothing and share is not None and share < end else metres
        for nothing, share, metres in zip(silent, shares, told, strict=True)
    ]


def _distance_m(sample: Json) -> float:
    """Metres; infinity is written as such, as a word or as something enormous."""
    value = part_at(sample, "lens", "focusDistance")
    if isinstance(value, float) and math.isinf(value):
        return math.inf
    metres = distance_at(sample, 1.0, "lens", "focusDistance")
    if metres <= 0:
        return math.nan
    return math.inf if metres >= _FARTHEST_M else metres


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


def _stamps(samples: list[Json], kept: Sequence[int]) -> FloatArray | None:
    """Seconds by the samples' own timestamps, from the first; None where they don't all have one."""
    stamps = []
    for i in kept:
        seconds, nanoseconds = (
            number_at(samples[i], "timing", "sampleTimestamp", n) for n in ("seconds", "nanoseconds")
        )
        if seconds is None or nanoseconds is None or max(abs(seconds), abs(nanoseconds)) > _LATEST:
            return None
        stamps.append((int(seconds), int(nanoseconds)))
    first = stamps[0]
    return np.array([(s - first[0]) + (n - first[1]) / 1e9 for s, n in stamps])


def _lenses(documents: tuple[Json, ...]) -> tuple[list[str], ...]:
    """Make, model and serial number that hold for every sample: as static parts said them last."""
    keys = ("make", "model", "serialNumber")
    said, columns = dict.fromkeys(keys, ""), dict[str, list[str]]((key, []) for key in keys)
    for one in documents:
        said = {key: words_at(one, "static", "lens", key) or said[key] for key in keys}
        if _is_sample(one):
            for key in keys:
                columns[key].append(said[key])
    return tuple(columns.values())


def _is_sample(document: Json) -> bool:
    return part_at(document, "lens") is not None or part_at(document, "timing") is not None


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
    t_stop, f_stop = (_stop(samples, kept, name) for name in ("tStop", "fStop"))
    pupils = [number_at(samples[i], "lens", "entrancePupilOffset") for i in kept]
    nominal = number_at(static, "lens", "nominalFocalLength")
    return ClipLens(
        make=words_at(static, "lens", "make"),
        model=words_at(static, "lens", "model"),
        serial=words_at(static, "lens", "serialNumber"),
        focal_length_mm=nominal or focus_track.median_or_none([_focal_mm(samples[i]) for i in kept]),
        t_stop=focus_track.widest_in_model(words_at(static, "lens", "model")),
        t_stop_used=t_stop,
        f_stop_used=f_stop,
        transmission=_transmission(t_stop, f_stop),
        squeeze=number_at(static, "camera", "anamorphicSqueeze") or 1.0,
        entrance_pupil_m=focus_track.median_or_none(pupils),
    )


def _stop(samples: list[Json], kept: tuple[int, ...], name: str) -> float | None:
    """The middle of a stop that the samples tell; what is no stop is none."""
    told = [number_at(samples[i], "lens", name) for i in kept]
    return focus_track.median_or_none([stop for stop in told if stop is not None and stop > 0])


def _transmission(t_stop: float | None, f_stop: float | None) -> float | None:
    """The light that the lens lets through, where both stops are told: T = F/√τ; None where no lens does that."""
    if t_stop is None or f_stop is None or not _DARKEST <= (f_stop / t_stop) ** 2 <= 1:
        return None
    return float((f_stop / t_stop) ** 2)
