# SPDX-License-Identifier: MIT
"""Make a lens map from a clip in which someone pulled focus.

A clip gives hundreds of frames with a distance and an encoder count. Distances come rounded, counts a frame early or
late, so one frame is not a mark: the median count of each distance is a sample, and a mark is the scale's
two-parameter law corrected by the running median of what the samples around it leave. Marks lie evenly along the scale,
as few as predict every sample, also with any one of them left out; at most 16, as many as a hand unit's map holds.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import JobError, RequestError
from followfocus.importers.focus_track import Encoder, FocusTrack
from followfocus.lens.map import LensMap, LensMark, piecewise
from followfocus.lens.optics import t_number

DEFAULT_TRAVEL_DEG = 300.0
MAX_MARKS = 16
_MIN_MARKS = 3
_TARGET = 0.001  # of travel: the map misses no sample by more; a tenth of a fast prime's half depth of field
_LOSS_TARGET = 0.003  # of travel: nor does it with any one mark left out
_INFINITY_LIMIT = 0.01  # of travel: an infinity end farther than this from the law is not taken for infinity
_WINDOW = 7
_MIN_SHARE = (
    0.25  # of the clip's frames that must have lens data: fewer may be those of another lens, or of a bad contact
)
_EDGE = 1e-9
_MIN_RANGE = 0.02  # of travel that samples must span


@dataclass(frozen=True, slots=True)
class MapReport:
    """How well a map stands for its clip; errors are fractions of travel over all samples.

    `leave_one_out_max` is the worst of the maps with one mark left out, `two_marks_max` that of the outermost two.
    """

    frames: int
    samples: int
    encoder: str
    encoder_infinity: float
    encoder_close: float
    max_error: float
    rms_error: float
    leave_one_out_max: float
    two_marks_max: float
    motor_linearity: float | None
    nearest_m: float
    farthest_m: float


def with_lens(track: FocusTrack, focal_mm: float | None, t_stop: float | None) -> FocusTrack:
    """The track with a focal length and a widest stop that a person gave, where its own say nothing."""
    facts = track.lens
    known = replace(
        facts,
        focal_length_mm=facts.focal_length_mm if focal_mm is None else focal_mm,
        t_stop=facts.t_stop if t_stop is None else t_stop,
    )
    return replace(track, lens=known)


def map_of(track: FocusTrack, travel_deg: float | None = None) -> tuple[LensMap, MapReport]:
    """The lens map of a clip and how good it is; `travel_deg` None assumes 300° of ring and says so in the map.

    Raises JobError where the clip holds no map: no encoder, or no pull wide enough.
    """
    encoder = _encoder_of(track)
    if track.other_lens_from is not None:
        raise JobError(
            f"{track.source} has another lens on from frame {track.other_lens_from}: no one map is of both.",
            "Split the clip there.",
        )
    if len(track) < _MIN_SHARE * track.clip_frames:
        raise JobError(
            f"Only {len(track)} of {track.clip_frames} frames of {track.source} have lens data: too few for a map.",
            "Check the lens's contacts or the lens table in the camera, and shoot the pull again.",
        )
    reciprocal, fraction = samples_of(track, encoder)
    # Infinity is one end of the scale, not a measured place: one distance beside it tells no line from another.
    if np.count_nonzero(reciprocal) < 2 or float(np.ptp(fraction)) < _MIN_RANGE:
        raise JobError("The clip moves focus too little for a lens map.", "Shoot one slow pull from close to infinity.")
    travel = (_span_deg(encoder) or DEFAULT_TRAVEL_DEG) if travel_deg is None else travel_deg
    if not 0 < travel <= 3600:
        raise RequestError(f"A ring can't travel {travel:g}°.", "Give the ring's travel in degrees, like 300.")
    fraction = fraction * (_span_deg(encoder) or travel) / travel
    if float(fraction.max()) > 1.0 + _EDGE and _span_deg(encoder):
        raise RequestError(f"The scale goes to {_span_deg(encoder):g}°, and the ring to {travel:g}°.", "Check both.")
    marks = _choose_marks(reciprocal, fraction, travel)
    lens = _lens_of(track, encoder, marks, travel, assumed=travel_deg is None)
    return lens, _report(track, encoder, lens, reciprocal, fraction)


def _span_deg(encoder: Encoder) -> float | None:
    """Degrees of the ring from one end of an encoder to the other; None where its counts aren't degrees."""
    return abs(encoder.close - encoder.infinity) if encoder.in_degrees else None


def _encoder_of(track: FocusTrack) -> Encoder:
    """The encoder to map by: the lens's own, else the motor's. JobError if there is none."""
    encoder = track.encoder or track.motor
    if encoder is None:
        raise JobError(
            f"{track.source} ({track.kind}) records no ring encoder, so it gives a focus track and no lens map.",
            "Write the track with --track FILE.csv, or map the lens by hand from its marks.",
        )
    return encoder


def samples_of(track: FocusTrack, encoder: Encoder) -> tuple[FloatArray, FloatArray]:
    """1/distance, ascending, and the median position along the travel of each distance that the clip has."""
    distances, groups = np.unique(track.distance_m, return_inverse=True)
    position = encoder.fraction()
    medians = np.array([float(np.median(position[groups == i])) for i in range(len(distances))])
    reciprocal = 1.0 / distances
    return reciprocal[::-1], medians[::-1]


def _choose_marks(reciprocal: FloatArray, fraction: FloatArray, travel_deg: float) -> tuple[LensMark, ...]:
    """The fewest marks, even along the scale, that meet the targets; where none do, those that bear a loss best."""
    slope, offset = np.polyfit(reciprocal, fraction, 1)
    smooth = offset + slope * reciprocal + _running_median(fraction - offset - slope * reciprocal)
    with_infinity = reciprocal[0] > 0 and smooth[0] > 0 and abs(offset) <= _INFINITY_LIMIT
    best: tuple[float, list[int]] | None = None
    for count in range(_MIN_MARKS, MAX_MARKS):
        chosen = _even(reciprocal, count)
        xs, ys = reciprocal[chosen], smooth[chosen]
        if with_infinity:
            xs, ys = np.concatenate([[0.0], xs]), np.concatenate([[0.0], ys])
        # A ring that stands still over a distance has no place for it.
        if np.any(np.diff(ys) <= 0):
            continue
        whole, loss = _worst(xs, ys, reciprocal, fraction), _worst_loss(xs, ys, reciprocal, fraction)
        if best is None or loss < best[0]:
            best = (loss, chosen)
        if whole <= _TARGET and loss <= _LOSS_TARGET:
            best = (loss, chosen)
            break
    if best is None:
        raise JobError("The clip's distances do not follow its encoder.", "Is the lens calibrated on this camera?")
    rings = np.round(np.clip(smooth, 0.0, 1.0) * travel_deg, 4)  # noise may go past the limits
    marks = [LensMark(float(rings[i]), _metres(float(reciprocal[i]))) for i in best[1]]
    return (LensMark(0.0, math.inf, "∞"), *marks) if with_infinity else tuple(marks)


def _even(reciprocal: FloatArray, count: int) -> list[int]:
    """Indices of the samples nearest to `count` even places along 1/distance, both ends among them."""
    places = np.linspace(reciprocal[0], reciprocal[-1], count)
    return sorted({int(np.argmin(np.abs(reciprocal - place))) for place in places})


def _worst(xs: FloatArray, ys: FloatArray, reciprocal: FloatArray, fraction: FloatArray) -> float:
    """Largest miss at the samples of the map through (xs, ys)."""
    return float(np.abs(piecewise(reciprocal, xs, ys) - fraction).max())


def _worst_loss(xs: FloatArray, ys: FloatArray, reciprocal: FloatArray, fraction: FloatArray) -> float:
    """Largest miss at the samples of the maps with one mark left out."""
    if len(xs) < 3:
        return _worst(xs, ys, reciprocal, fraction)
    lost = (_worst(np.delete(xs, i), np.delete(ys, i), reciprocal, fraction) for i in range(len(xs)))
    return max(lost)


def _metres(reciprocal: float) -> float:
    """Distance of a 1/distance, to the tenth of a millimetre that no clip exceeds."""
    return round(1.0 / reciprocal, 4) if reciprocal > 0 else math.inf


def _running_median(values: FloatArray) -> FloatArray:
    """Median over a window of 7 that is cut at the ends, evenly, so that the end samples stand for themselves."""
    half = [min(_WINDOW // 2, i, len(values) - 1 - i) for i in range(len(values))]
    return np.array([float(np.median(values[i - h : i + h + 1])) for i, h in enumerate(half)])


def _lens_of(
    track: FocusTrack, encoder: Encoder, marks: tuple[LensMark, ...], travel_deg: float, *, assumed: bool
) -> LensMap:
    """The LensMap with what the clip says of the lens, and a source line that owns up to what was assumed."""
    facts = track.lens
    t_stop = facts.t_stop or facts.t_stop_used
    used = f"T{facts.t_stop_used:.2g}" if facts.t_stop_used else ""
    if t_stop is None and facts.f_stop_used is not None:
        t_stop = t_number(facts.f_stop_used, facts.transmission)
        used = f"f/{facts.f_stop_used:.2g}"
    if facts.focal_length_mm is None or t_stop is None:
        raise JobError(f"{track.source} states no focal length or stop.", "Map the lens by hand from its marks.")
    unknown = [] if facts.t_stop else [f"widest stop taken as the clip's {used}"]
    if assumed:
        how = "taken from its last mark" if encoder.in_degrees else "assumed"
        unknown.append(f"ring travel of {travel_deg:g}° {how}")
    source = (
        f"{track.kind} {track.source}{', clip ' + track.clip if track.clip else ''}: {encoder.name}, "
        f"{encoder.infinity:g} at infinity, {encoder.close:g} at close focus"
    )
    lens = LensMap(
        name=_slug(f"{facts.make} {facts.model} {facts.serial}") or "imported",
        make=facts.make,
        model=facts.model,
        serial=facts.serial,
        focal_length_mm=facts.focal_length_mm,
        t_stop=round(t_stop, 3),
        close_focus_m=min(mark.distance_m for mark in marks),
        travel_deg=travel_deg,
        marks=marks,
        transmission=facts.transmission,
        squeeze=facts.squeeze,
        entrance_pupil_m=facts.entrance_pupil_m,
        source="; ".join([source, *unknown]) + ".",
    )
    close_focus_m = lens.distance_m(travel_deg)
    # Rounded up, so that the close focus itself is on the ring.
    return replace(lens, close_focus_m=math.ceil(close_focus_m * 1e4) / 1e4) if math.isfinite(close_focus_m) else lens


def _slug(text: str) -> str:
    """A name for files and the command line."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _report(
    track: FocusTrack, encoder: Encoder, lens: LensMap, reciprocal: FloatArray, fraction: FloatArray
) -> MapReport:
    """The figures of a map against the samples it was made from."""
    rings = np.array([mark.ring_deg for mark in lens.marks]) / lens.travel_deg
    places = 1.0 / np.array([mark.distance_m for mark in lens.marks])
    errors = np.abs(lens.ring_deg(1.0 / np.maximum(reciprocal, 1e-9)) / lens.travel_deg - fraction)
    measured = np.flatnonzero(places > 0)[[0, -1]]
    nearest_m, farthest_m = lens.measured_span_m()
    return MapReport(
        frames=len(track),
        samples=len(reciprocal),
        encoder=encoder.name,
        encoder_infinity=encoder.infinity,
        encoder_close=encoder.close,
        max_error=float(errors.max()),
        rms_error=float(np.sqrt(np.mean(errors**2))),
        leave_one_out_max=_worst_loss(places, rings, reciprocal, fraction),
        two_marks_max=_worst(places[measured], rings[measured], reciprocal, fraction),
        motor_linearity=_motor_linearity(track),
        nearest_m=nearest_m,
        farthest_m=farthest_m,
    )


def _motor_linearity(track: FocusTrack) -> float | None:
    """RMS of the motor's position off a straight line in the lens encoder's, as a fraction of the motor's travel."""
    if track.encoder is None or track.motor is None:
        return None
    lens, motor = track.encoder.fraction(), track.motor.fraction()
    slope, offset = np.polyfit(lens, motor, 1)
    return float(np.sqrt(np.mean((offset + slope * lens - motor) ** 2)))
