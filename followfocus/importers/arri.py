"""ARRI Meta Extract: one row a frame, tab separated, with the lens's and the motor's encoder and their limits."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, Encoder, FocusTrack
from followfocus.importers.table import Table, finite, most_common
from followfocus.units import FOOT_M, INCH_M, parse_fps

KIND = "ARRI Meta Extract"
_DISTANCE = "Lens Focus Distance"
_UNIT = "Lens Distance Unit"
_ENCODERS = {"lens encoder (LDS)": ("RawLds", "Lds"), "motor encoder": ("RawMotor", "Motor")}
_UNITS_M = {"meter": 1.0, "metre": 1.0, "m": 1.0, "feet": FOOT_M, "foot": FOOT_M, "ft": FOOT_M, "inch": INCH_M}
_UNITS_M |= {"imperial": FOOT_M, "metric": 1.0, "mm": 0.001, "cm": 0.01}


def recognises(table: Table) -> bool:
    """Whether the header is that of ARRI Meta Extract."""
    return table.has(_DISTANCE, "Lens Model") and any("EncoderFocus" in name for name in table.columns)


def read(table: Table, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of a clip; `fps` overrides the rates that the file states. FileError for a bad file."""
    table.require("Master TC", _DISTANCE, _UNIT, "Lens Model")
    unit = most_common(table.text(_UNIT)).lower().rstrip("s") or "meter"
    unit_m = _UNITS_M.get(unit) or _UNITS_M.get(f"{unit}s")
    if unit_m is None:
        raise FileError(
            f"{table.path}, column “{_UNIT}”: “{unit}” is not a unit.", remedy="It should be Meter or Feet."
        )
    # A frame without lens data carries a dash or zero; it is left out, not guessed.
    distances = np.array([_distance(cell) * unit_m for cell in table.text(_DISTANCE)])
    kept = np.flatnonzero(~np.isnan(distances))
    if len(kept) < 2:
        raise FileError(f"{table.path} has no focus distances.", remedy="The lens sent no data (LDS) in this clip.")
    stated, captured = table.first("Project FPS"), table.first("Sensor FPS")
    rate = fps or (parse_fps(stated) if stated else Fraction(24))
    capture = parse_fps(captured) if captured and fps is None else rate
    timecode = tuple(np.array(table.text("Master TC"))[kept].tolist())
    left_out = len(distances) - len(kept)
    return FocusTrack(
        kind=KIND,
        source=table.path.name,
        time_s=focus_track.times_of(timecode, rate, capture),
        distance_m=distances[kept],
        timecode=timecode,
        fps=rate,
        lens=_lens(table),
        clip=table.first("Camera Clip Name"),
        fps_assumed=not stated and fps is None,
        encoder=_encoder(table, "lens encoder (LDS)", kept, distances[kept]),
        motor=_encoder(table, "motor encoder", kept, distances[kept]),
        notes=_notes(left_out, rate, capture),
    )


def _notes(left_out: int, rate: Fraction, capture: Fraction) -> tuple[str, ...]:
    """What a user of the track should know."""
    notes = [f"{left_out} frames without lens data left out"] if left_out else []
    if capture != rate:
        notes.append(f"shot at {float(capture):.5g} fps for {float(rate):.5g}: times are as they passed on set")
    return tuple(notes)


def _distance(cell: str) -> float:
    """A distance in the file's unit, infinity in words or as a number; not-a-number where the frame has none."""
    if cell.lower().startswith("inf"):
        return math.inf
    try:
        value = finite(cell)
    except ValueError:
        return float("nan")
    return value if value > 0 else float("nan")


def _lens(table: Table) -> ClipLens:
    """What the clip says of its lens."""
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
        squeeze=_number_or_none(squeeze) or 1.0,
    )


def _number_or_none(cell: str) -> float | None:
    """A positive number, None for anything else."""
    try:
        value = finite(cell)
    except ValueError:
        return None
    return value if value > 0 else None


def _encoder(table: Table, name: str, kept: np.ndarray, distance_m: FloatArray) -> Encoder | None:
    """One encoder's counts in the frames that are kept; None if the file has none or its limits make no sense."""
    raw, limits = _ENCODERS[name]
    columns = (f"RawEncoderFocus {raw}", f"EncoderLimFocus{limits}Min", f"EncoderLimFocus{limits}Max")
    if not table.has(*columns):
        return None
    try:
        counts, low, high = (np.array([finite(cell) for cell in table.text(column)])[kept] for column in columns)
    except ValueError:
        return None  # dashes: no such encoder in this clip
    return focus_track.directed(name, counts.tolist(), float(np.median(low)), float(np.median(high)), distance_m)
