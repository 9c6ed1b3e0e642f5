# SPDX-License-Identifier: MIT
"""DCS's table of a run, with an encoder beside the distance, so that a lens can be mapped from it.

By its maker's manual (support.dcs.film, Internal Recording LDT-R2) the iris is in T-stops, with one decimal place.
Which end of the encoder's range is infinity is read off the distances, for it is as the encoder was put on.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError, RequestError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, Encoder, FocusTrack
from followfocus.importers.given import Given
from followfocus.importers.table import Table, finite, focus_distance, table_of
from followfocus.timecode import format_timecode
from followfocus.units import FOOT_M, INCH_M, parse_fps

KIND = "DCS table"
_UNITS_M = {"m": 1.0, "in": INCH_M, "ft": FOOT_M}
_HEAD = 40
_RAW = (0.0, 65_535.0)
_FOCAL_UNIT_MM = 0.001


def recognises(given: Given) -> bool:
    """Whether it begins as DCS's tables do."""
    return given.data.removeprefix(b"\xef\xbb\xbf")[:11] == b"FIELD_DELIM"


def read(given: Given, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of a run. FileError for one that can't be read."""
    path = given.path
    lines = given.text.splitlines()
    at = next((i for i, line in enumerate(lines[:_HEAD]) if line.split("\t")[0].strip().lower() == "frame count"), None)
    if at is None:
        raise FileError(f"{path}: this DCS table has no line of column names.", remedy="Export it again.")
    head = {name.strip(): rest.strip() for name, _, rest in (line.partition("\t") for line in lines[:at])}
    table = table_of(path, "\n".join(lines[at:]))
    column = next((name for name in table.columns if name.startswith("Focus")), None)
    if column is None:
        raise FileError(f"{path}: this DCS table has no focus.", remedy="Export it again.")
    table.require("Timecode")
    unit = column.partition("(")[2].rstrip(") ") or "m"
    if unit not in _UNITS_M:
        raise FileError(f"{path}: focus in “{unit}” is not known here.", remedy="Metres, feet and inches are.")
    distances = table.values(column, lambda cell: focus_distance(cell, _UNITS_M[unit]))
    kept = focus_track.with_lens_data(str(path), distances)
    metres = np.array(distances)[[*kept]]
    rate = fps or _rate(path, head.get("PROJ FPS", "")) or focus_track.fps_of_timecode(table.text("Timecode"))
    raw = table.numbers("RAW focus") if table.has("RAW focus") else []
    encoder = _encoder(np.array(raw)[[*kept]], metres) if raw else None
    cells = table.text("Timecode")
    numbers = table.text(table.columns[0])
    frame = focus_track.numbered(numbers, kept, cells, rate)
    return _track(
        KIND, path, metres, [cells[i] for i in kept], rate or Fraction(24), frame, encoder,
        _dcs_lens(table, head.get("LENS", "")), assumed=rate is None,
        notes=(*focus_track.left_out(len(distances) - len(kept)), *focus_track.renumbered(numbers)),
        clip_frames=len(distances),
        focal_mm=focus_track.zoom_of(table.text_if("Focal length"), kept, _FOCAL_UNIT_MM),
    )  # fmt: skip


def _dcs_lens(table: Table, model: str) -> ClipLens:
    """Focal length in thousandths of a millimetre and T-stop, as its first frame has them."""
    focal, stop = table.first("Focal length"), table.first("Iris")
    try:
        return ClipLens(
            model=model,
            focal_length_mm=finite(focal) * _FOCAL_UNIT_MM if focal else None,
            t_stop_used=finite(stop) if stop else None,
        )
    except ValueError:
        return ClipLens(model=model)


def _rate(path: Path, cell: str) -> Fraction | None:
    try:
        return parse_fps(cell) if cell else None
    except RequestError as error:
        raise FileError(f"{path}: {error}") from error


def _encoder(counts: FloatArray, metres: FloatArray) -> Encoder:
    """The encoder with its ends: counts that go up as focus comes nearer begin at infinity."""
    near = np.where(np.isinf(metres), 0.0, 1.0 / metres)
    falls = len(counts) > 1 and np.ptp(near) > 0 and np.ptp(counts) > 0 and np.corrcoef(counts, near)[0, 1] < 0
    low, high = _RAW
    return Encoder("RAW focus", counts.astype(np.float64), *((high, low) if falls else (low, high)))


def _track(
    kind: str,
    path: Path,
    metres: FloatArray,
    labels: Sequence[str],
    rate: Fraction,
    frame: tuple[int, ...],
    encoder: Encoder | None,
    lens: ClipLens,
    *,
    assumed: bool,
    notes: tuple[str, ...],
    clip_frames: int,
    focal_mm: FloatArray | None = None,
) -> FocusTrack:
    if len(metres) < 2:
        raise FileError(f"{path} is no track: two frames at least are needed.")
    timecode = tuple(labels) if all(labels) else tuple(format_timecode(number, rate) for number in frame)
    times = focus_track.times_of(timecode, rate, None, frame)
    return FocusTrack(
        kind=kind, source=path.name, time_s=times, distance_m=metres, timecode=timecode, fps=rate, lens=lens,
        fps_assumed=assumed, encoder=encoder, frame=frame, notes=notes, clip_frames=clip_frames,
        focal_mm=focal_mm,
    )  # fmt: skip
