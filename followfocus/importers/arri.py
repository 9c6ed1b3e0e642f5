# SPDX-License-Identifier: MIT
"""ARRI Meta Extract: one row a frame, tab separated, with the lens's and the motor's encoder and their limits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, Encoder, FocusTrack
from followfocus.importers.table import Table, finite, focus_distance, is_nothing, most_common
from followfocus.units import FOOT_M, INCH_M

KIND = "ARRI Meta Extract"
_DISTANCE = "Lens Focus Distance"
_UNIT = "Lens Distance Unit"
_LENS_ENCODER = "lens encoder (LDS)"
_ENCODERS = {_LENS_ENCODER: ("RawLds", "Lds"), "motor encoder": ("RawMotor", "Motor")}
_UNITS_M = {"meter": 1.0, "metre": 1.0, "m": 1.0, "feet": FOOT_M, "foot": FOOT_M, "ft": FOOT_M, "inch": INCH_M}
_UNITS_M |= {"imperial": FOOT_M, "metric": 1.0, "mm": 0.001, "cm": 0.01}


def recognises(table: Table) -> bool:
    """Whether the header is that of ARRI Meta Extract."""
    return table.has(_DISTANCE, "Lens Model") and any("EncoderFocus" in name for name in table.columns)


def read(table: Table, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of a clip; `fps` overrides the rates that the file states. FileError for a bad file."""
    table.require("Master TC", _DISTANCE, _UNIT, "Lens Model")
    # Where no frame has lens data there is no unit either, and what is missing is said below.
    unit_m = 1.0 if all(map(is_nothing, table.text(_DISTANCE))) else _unit_m(table)
    distances = table.values(_DISTANCE, lambda cell: focus_distance(cell, unit_m))
    kept = _with_counts(table, focus_track.with_lens_data(str(table.path), distances))
    distance_m = np.array(distances)[[*kept]]
    stated, captured = table.rate("Project FPS"), table.rate("Sensor FPS")
    rate = fps or stated or Fraction(24)
    capture = captured if captured and fps is None else rate
    cells = table.text("Master TC")
    timecode = tuple(cells[i] for i in kept)
    numbers = table.text("Index") if table.has("Index") else ()
    frame = focus_track.numbered(numbers, kept, cells, rate)
    return FocusTrack(
        kind=KIND,
        source=table.path.name,
        time_s=focus_track.times_of(timecode, rate, capture, frame),
        distance_m=distance_m,
        timecode=timecode,
        fps=rate,
        lens=_lens(table),
        clip=table.first("Camera Clip Name"),
        fps_assumed=not stated and fps is None,
        encoder=_encoder(table, _LENS_ENCODER, kept, distance_m),
        motor=_encoder(table, "motor encoder", kept, distance_m),
        notes=(*_notes(len(distances) - len(kept), rate, capture), *focus_track.renumbered(numbers)),
        frame=frame,
        clip_frames=len(distances),
        focal_mm=focus_track.zoom_of(table.text_if("Lens Focal Length"), kept),
        other_lens_from=focus_track.other_lens_from(
            frame, kept, table.text("Lens Model"), table.text_if("Lens Serial Number")
        ),
    )


def _unit_m(table: Table) -> float:
    """Metres of the unit that the clip's distances are in. FileError for one that isn't known, and for two of them."""
    found: dict[float, str] = {}
    for line, cell in zip(table.lines, table.text(_UNIT), strict=True):
        if is_nothing(cell):
            continue
        unit = cell.lower()
        unit_m = _UNITS_M.get(unit) or _UNITS_M.get(unit.removesuffix("s"))
        if unit_m is None:
            remedy = "It should be Meter or Feet."
            raise FileError(f"{table.path}, line {line}, column “{_UNIT}”: “{cell}” is not a unit.", remedy=remedy)
        found.setdefault(unit_m, cell)
        if len(found) > 1:
            raise table.two_of(line, _UNIT, found.values())
    if not found:
        raise FileError(
            f"{table.path}, column “{_UNIT}”: the clip doesn't say whether its distances are metres or feet.",
            remedy="Write Meter or Feet into that column.",
        )
    return next(iter(found))


def _notes(missing: int, rate: Fraction, capture: Fraction) -> tuple[str, ...]:
    """Notes for whoever uses the track."""
    notes = [*focus_track.left_out(missing)]
    if capture != rate:
        notes.append(f"shot at {float(capture):.5g} fps for {float(rate):.5g}: times are as they passed on set")
    return tuple(notes)


def _lens(table: Table) -> ClipLens:
    """The lens as the clip describes it."""
    name = most_common(table.text("Lens Model"))
    make, _, model = name.partition(" ") if name.upper().startswith("ARRI ") else ("", "", name)
    irises = table.text("Lens Iris") if table.has("Lens Iris") else ()
    focal = table.first("Lens Focal Length")
    squeeze = table.first("Lens Squeeze")
    return ClipLens(
        make=make,
        model=model,
        serial=table.first("Lens Serial Number"),
        focal_length_mm=_number_or_none(focal),
        t_stop=focus_track.widest_in_model(name),
        t_stop_used=focus_track.median_or_none([focus_track.t_stop_of(cell) for cell in irises]),
        f_stop_used=focus_track.median_or_none([focus_track.f_stop_of(cell) for cell in irises]),
        squeeze=_number_or_none(squeeze) or 1.0,
    )


def _number_or_none(cell: str) -> float | None:
    """A positive number, None for anything else."""
    try:
        value = finite(cell)
    except ValueError:
        return None
    return value if value > 0 else None


def _with_counts(table: Table, kept: tuple[int, ...]) -> tuple[int, ...]:
    """Narrow the frames with a distance to those with a count of the lens's encoder, where it sent any."""
    name, _ = _ENCODERS[_LENS_ENCODER]
    if not table.has(f"RawEncoderFocus {name}"):
        return kept
    cells = table.text(f"RawEncoderFocus {name}")
    counted = tuple(i for i in kept if not is_nothing(cells[i]))
    return counted if len(counted) > 1 else kept


def _encoder(table: Table, name: str, kept: tuple[int, ...], distance_m: FloatArray) -> Encoder | None:
    """One encoder's counts in the frames that are kept; None if the file has none or its limits make no sense."""
    raw, limits = _ENCODERS[name]
    columns = (f"RawEncoderFocus {raw}", f"EncoderLimFocus{limits}Min", f"EncoderLimFocus{limits}Max")
    if not table.has(*columns):
        return None
    counts, low, high = (np.array(table.values(column, _count))[[*kept]] for column in columns)
    if np.isnan(counts).any() or np.isnan(low).all() or np.isnan(high).all():
        return None  # dashes: no such encoder in this clip
    return focus_track.directed(name, counts.tolist(), float(np.nanmedian(low)), float(np.nanmedian(high)), distance_m)


def _count(cell: str) -> float:
    """A count of an encoder; not-a-number where the frame has none. ValueError for anything else, a comma too."""
    if is_nothing(cell):
        return math.nan
    if "," in cell:
        raise ValueError(cell)
    return finite(cell)
