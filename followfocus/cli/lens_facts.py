# SPDX-License-Identifier: MIT
"""Lenses and clips as `followfocus lens` describes them: in words for people, in plain values for JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from followfocus.importers.focus_track import FocusTrack
from followfocus.importers.mapping import MapReport
from followfocus.lens.map import LensMap, lens_to_json
from followfocus.lens.optics import half_dof_deg
from followfocus.units import format_both, format_distance, format_feet_inches

Facts = dict[str, object]


def _json_m(distance_m: float) -> float | str:
    """Metres for JSON, which has no infinity."""
    return "inf" if math.isinf(distance_m) else round(distance_m, 6)


def _both(distance_m: float) -> str:
    """A distance in both systems, for words."""
    return format_both(distance_m, metric_rounding=0.001)


def summary(lens: LensMap) -> Facts:
    """The few facts that tell one lens from another."""
    return {
        "name": lens.name,
        "make": lens.make,
        "model": lens.model,
        "focal_length_mm": lens.focal_length_mm,
        "t_stop": lens.t_stop,
        "close_focus_m": lens.close_focus_m,
        "travel_deg": lens.travel_deg,
        "ideal": lens.ideal,
    }


def scale(lens: LensMap, engraved_m: Sequence[float]) -> list[tuple[float, float, str, bool]]:
    """Ring angle, distance, label and whether it is a mark: the marks and the engraved distances, from infinity."""
    rows = [(mark.ring_deg, mark.distance_m, mark.label, True) for mark in lens.marks]
    marked = {round(mark.distance_m, 3) for mark in lens.marks if math.isfinite(mark.distance_m)}
    nearest_m = lens.distance_m(lens.travel_deg)
    rows += [
        (lens.ring_deg(distance_m), distance_m, "", False)
        for distance_m in engraved_m
        if distance_m >= nearest_m and distance_m not in marked
    ]
    return sorted(rows)


def lens_facts(lens: LensMap, engraved_m: Sequence[float], coc_mm: float) -> Facts:
    """Everything about a lens: the file's own keys under `lens`, and what follows from them."""
    nearest_m, farthest_m = lens.measured_span_m()
    return {
        **summary(lens),
        "lens": json.loads(lens_to_json(lens))["lens"],
        "half_throw_m": _json_m(lens.distance_m(lens.travel_deg / 2)),
        "half_dof_deg": round(_half_dof_deg(lens, coc_mm), 4),
        "half_dof_coc_mm": coc_mm,
        "measured_from_m": nearest_m,
        "measured_to_m": farthest_m,
        "scale": [
            {"ring_deg": round(ring, 4), "distance_m": _json_m(distance), "label": label, "mark": is_mark}
            for ring, distance, label, is_mark in scale(lens, engraved_m)
        ],
        "law": lens.trust.law.value,
        "left_out_deg": None if math.isnan(lens.trust.worst_deg) else round(lens.trust.worst_deg, 3),
        "next_mark_m": round(lens.trust.next_m, 4),
        "next_mark_doubt_deg": round(lens.trust.doubt_deg, 2),
        "warnings": list(lens.warnings()),
    }


def _half_dof_deg(lens: LensMap, coc_mm: float) -> float:
    """Half the depth of field wide open, in the middle of the throw."""
    return half_dof_deg(lens, lens.t_stop, coc_mm, lens.distance_m(lens.travel_deg / 2))


def lens_words(lens: LensMap, report: MapReport | None, coc_mm: float) -> Iterator[str]:
    """A lens in a few lines."""
    title = " ".join(part for part in (lens.make, lens.model) if part) or lens.name
    yield f"{lens.name}: {title}" + (f", serial {lens.serial}" if lens.serial else "")
    if lens.ideal:
        yield "An ideal lens: it follows the 1/distance law exactly and was not measured."
    yield (
        f"{lens.focal_length_mm:g} mm T{lens.t_stop:g}, close focus {_both(lens.close_focus_m)},"
        f" ring {lens.travel_deg:g}° of {lens.gear_teeth} teeth, module {lens.gear_module_mm:g}"
        + ("" if lens.has_stops else ", no end stops")
    )
    middle_m = lens.distance_m(lens.travel_deg / 2)
    yield (
        f"Half the throw is at {_both(middle_m)}; there half the depth of field, the landing tolerance, is"
        f" {_half_dof_deg(lens, coc_mm):z.2f}° of ring (T{lens.t_stop:g}, circle of confusion {coc_mm:g} mm)."
    )
    if not lens.ideal:
        nearest_m, farthest_m = lens.measured_span_m()
        if nearest_m < farthest_m:
            yield f"Measured from {_both(nearest_m)} to {_both(farthest_m)}; outside that the law is carried on."
        else:
            yield f"Its marks are {_both(nearest_m)} and infinity; all between them is worked out."
        yield lens.trust.words
    if report:
        yield _report_words(report)
    if lens.source:
        yield f"Source: {lens.source}"
    yield from lens.calibration


def _report_words(report: MapReport) -> str:
    """How good an imported map is."""
    return (
        f"From {report.samples} distances in {report.frames} frames, {report.encoder}: the marks predict every sample"
        f" to {report.max_error * 100:.2f} % of travel ({report.rms_error * 100:.2f} % RMS), with any one mark left out"
        f" to {report.leave_one_out_max * 100:.2f} %, the outermost two alone to {report.two_marks_max * 100:.2f} %."
    )


def scale_rows(lens: LensMap, engraved_m: Sequence[float]) -> Iterator[tuple[str, str, str, str]]:
    """The scale's rows as text."""
    for ring, distance, label, is_mark in scale(lens, engraved_m):
        words = f"mark {label}".strip() if is_mark else ""
        metric = format_distance(distance, metric_rounding=0.001)
        yield f"{ring:z.2f}°", metric, format_feet_inches(distance, 0.5), words


def track_words(clip: FocusTrack) -> Iterator[str]:
    """A clip's focus track in a few lines."""
    rate = f"{float(clip.fps):.5g} fps" + (" (not stated: give --fps if wrong)" if clip.fps_assumed else "")
    yield f"{clip.kind}: {clip.source}{f', clip {clip.clip}' if clip.clip else ''}, {len(clip)} frames at {rate}"
    lens = clip.lens
    named = " ".join(part for part in (lens.make, lens.model) if part)
    focal = f", {lens.focal_length_mm:g} mm" if lens.focal_length_mm else ""
    used = (("T", lens.t_stop_used), ("f/", lens.f_stop_used))
    shot = " and ".join(f"{mark}{stop:.3g}" for mark, stop in used if stop)
    stop = f", shot at {shot}" if shot else ""
    if named or focal:
        yield f"Lens: {named or 'not named'}{focal}{stop}" + (f", serial {lens.serial}" if lens.serial else "")
    yield f"Focus from {_both(float(clip.distance_m.min()))} to {_both(float(clip.distance_m.max()))}"
    for pull in clip.pulls():
        yield (
            f"Pull in frames {pull.first} to {pull.last}: {_both(pull.from_m)} to {_both(pull.to_m)}"
            f" in {pull.duration_s:.2f} s, peak/mean speed {pull.peak_over_mean_speed:.2f}"
        )
    if clip.optics:
        first = clip.optics[0]
        yield (
            f"The lens itself says, in frame {clip.frame[0]}: focus {_both(first.focus_m)}, T{first.t_stop:g}, sharp"
            f" from {_both(first.near_m)} to {_both(first.far_m)}, hyperfocal {_both(first.hyperfocal_m)}"
        )
    yield from (f"Note: {note}." for note in clip.notes)


def import_facts(
    clip: FocusTrack,
    made: tuple[LensMap, MapReport] | None,
    refusal: Exception | None,
    output: Path | None,
    track: Path | None,
) -> Facts:
    """The result of an import. `map` is null if the clip holds none, and `reason` says why."""
    return {
        "clip": _clip_facts(clip),
        "map": json.loads(lens_to_json(made[0]))["lens"] if made else None,
        "report": asdict(made[1]) if made else None,
        "warnings": list(made[0].warnings()) if made else [],
        "reason": str(refusal) if refusal else None,
        "lens_file": str(output) if output else None,
        "track_file": str(track) if track else None,
    }


def _clip_facts(clip: FocusTrack) -> Facts:
    """A clip's facts for JSON."""
    lens = asdict(clip.lens)
    return {
        "kind": clip.kind,
        "source": clip.source,
        "clip": clip.clip,
        "frames": len(clip),
        "fps": str(clip.fps),
        "fps_assumed": clip.fps_assumed,
        "duration_s": float(clip.time_s[-1]),
        "nearest_m": _json_m(float(clip.distance_m.min())),
        "farthest_m": _json_m(float(clip.distance_m.max())),
        "lens": lens,
        "has_encoder": clip.encoder is not None or clip.motor is not None,
        "pulls": [asdict(pull) | {"from_m": _json_m(pull.from_m), "to_m": _json_m(pull.to_m)} for pull in clip.pulls()],
        "cooke": [
            {key: _json_m(value) if isinstance(value, float) else value for key, value in asdict(data).items()}
            for data in clip.optics
        ],
        "notes": list(clip.notes),
    }
