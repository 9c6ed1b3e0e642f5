# SPDX-License-Identifier: MIT
"""RED: a table with one row a frame and a table with one row for the clip, Cooke /i packets in both.

The distances of the packets are taken where there are any; RED's own column rounds them to the lens's scale. A RED clip
records no ring encoder, so it gives a focus track and the lens's own depth-of-field figures, no lens map.
RED writes F before every stop. A lens with Cooke data tells its T-stop there too: SIGMA's 40 mm T1.5 at T5.6, by its
own packets, stands in RED's tables as F5.6. So it is T where the lens has such data or is named by a T-stop.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction

import numpy as np

from followfocus.errors import FileError, RequestError
from followfocus.importers import cooke, focus_track
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.given import whole_at
from followfocus.importers.table import Table, finite, focus_distance, is_nothing
from followfocus.timecode import format_timecode, parse_timecode

KIND = "RED"
_PACKET = "Cooke Metadata"
_DISTANCE = "Focus Distance"
_INCHES = 2.54
"""Millimetres in 0.1 inch"""
_ROUNDED = 1.5
"""No scale is rounded by more, and the square root of 2.54 is more"""
_NEGATIVE = re.compile(r"-[\d.,]*[1-9][\d.,]*")


def recognises(table: Table) -> bool:
    """Whether the header is that of RED's table of frames."""
    return table.has("FrameNo", "Timecode") and (table.has(_PACKET) or table.has(_DISTANCE))


def recognises_static(table: Table) -> bool:
    """Whether the header is that of RED's table of the clip."""
    whole = table.has("Clip Name", "Total Frames", _DISTANCE)
    return whole or table.has("Clip Name", "Camera PIN") or table.has("Lens Cooke /i Static")


def read(table: Table, static: Table | None = None, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of a clip. Without `static` lens names are missing and the rate is the timecode's."""
    table.require("Timecode")
    packets, notes = _packets_as_red_reads_them(table)
    distances = [math.nan if data is None else data.focus_m for data in packets]
    distances = distances or table.values(_DISTANCE, _millimetres)
    kept = focus_track.with_lens_data(str(table.path), distances)
    optics = tuple(data for i in kept if packets and (data := packets[i]) is not None)
    cells, numbers = table.text("Timecode"), table.text("FrameNo")
    stated, captured = (static.rate("FPS"), static.rate("Record FPS")) if static else (None, None)
    rate = fps or stated or _rate(cells)
    capture = captured if fps is None else None
    timecode, frame = tuple(cells[i] for i in kept), focus_track.numbered(numbers, kept, cells, rate)
    return FocusTrack(
        kind=KIND,
        source=" + ".join(item.path.name for item in (table, static) if item),
        time_s=focus_track.times_of(timecode, rate, capture, frame),
        distance_m=np.array(distances)[[*kept]],
        timecode=timecode,
        fps=rate,
        lens=_lens(table, static, optics),
        clip=static.first("Clip Name") if static else "",
        fps_assumed=fps is None and stated is None,
        optics=optics,
        notes=(*focus_track.left_out(len(distances) - len(kept)), *focus_track.renumbered(numbers), *notes),
        frame=frame,
        clip_frames=len(distances),
        focal_mm=focus_track.zoom_of(table.text_if("Focal Length"), kept),
        other_lens_from=focus_track.other_lens_from(
            frame, kept, ["" if one is None else one.serial for one in packets]
        ),
    )


def read_single(table: Table, fps: Fraction | None = None) -> FocusTrack:
    """The one distance that a table of the clip has, held from its first frame to its last. FileError without one."""
    distances = table.values(_DISTANCE, _millimetres) if table.has(_DISTANCE) else [math.nan]
    frames = table.first("Total Frames") if table.has("Total Frames") else ""
    if math.isnan(distances[0]) or (count := whole_at(frames)) is None or count < 2:
        raise FileError(
            f"{table.path} is RED's table of the clip only, without a focus distance.",
            remedy="Give the table of frames with it.",
        )
    stated, captured = table.rate("FPS"), table.rate("Record FPS") if table.has("Record FPS") else None
    rate = fps or stated or Fraction(24)
    frame = (0, count - 1)
    first = table.first("Abs TC")
    timecode = (first, format_timecode(parse_timecode(first, rate) + frame[1], rate)) if first else ("", "")
    return FocusTrack(
        kind=KIND,
        source=table.path.name,
        time_s=focus_track.times_of((), rate, captured if fps is None else None, frame),
        distance_m=np.array([distances[0], distances[0]]),
        timecode=timecode,
        fps=rate,
        lens=_lens(table, table, ()),
        clip=table.first("Clip Name"),
        fps_assumed=stated is None and fps is None,
        notes=("the table has one distance for the whole clip: give the table of frames with it for every frame's",),
        frame=frame,
        clip_frames=count,
    )


def _rate(timecode: tuple[str, ...]) -> Fraction:
    """The rate of a clip that does not state it."""
    return focus_track.fps_of_timecode(timecode) or Fraction(24)


Packets = tuple[cooke.CookeData | None, ...]


def _packets_as_red_reads_them(table: Table) -> tuple[Packets, tuple[str, ...]]:
    """A packet a frame in the unit that RED's own column of millimetres bears out, and a note where that is inches.

    A packet doesn't say whether the lens shows metres or feet. The column is rounded to the lens's scale, so it can
    tell one from the other and no more. FileError where it is neither.
    """
    packets = _packets(table)
    if not packets or not table.has(_DISTANCE):
        return packets, ()
    column = table.values(_DISTANCE, _millimetres)
    pairs = [(near, one.focus_m) for near, one in zip(column, packets, strict=True) if one is not None]
    ratios = [near / metres for near, metres in pairs if math.isfinite(near) and 0 < metres < math.inf]
    ratio = float(np.median(ratios)) if ratios else 1.0
    if 1 / _ROUNDED < ratio < _ROUNDED:
        return packets, ()
    if not 1 / _ROUNDED < ratio / _INCHES < _ROUNDED:
        raise FileError(
            f"{table.path}: its Cooke packets and its column “{_DISTANCE}” don't agree (1 to {ratio:.2g}).",
            remedy="Export the clip's metadata again.",
        )
    return _packets(table, "imperial"), ("its Cooke packets are in inches, by RED's own column of distances",)


def _packets(table: Table, units: cooke.Units = "metric") -> Packets:
    """A packet a frame, None where the lens sent none; empty if it never did.

    FileError for a packet that is damaged, with its line.
    """
    if not table.has(_PACKET) or not table.first(_PACKET):
        return ()
    packets: list[cooke.CookeData | None] = []
    for line, cell in zip(table.lines, table.text(_PACKET), strict=True):
        try:
            packets.append(None if is_nothing(cell) else cooke.decode_kd(cooke.bytes_of(cell), units))
        except RequestError as error:
            raise FileError(f"{table.path}, line {line}, column “{_PACKET}”: {error}") from error
    return tuple(packets)


def _millimetres(cell: str) -> float:
    """Metres of a distance in millimetres; RED writes infinity in words or as a negative number."""
    return math.inf if _NEGATIVE.fullmatch(cell) else focus_distance(cell, 0.001)


def _lens(table: Table, static: Table | None, optics: tuple[cooke.CookeData, ...]) -> ClipLens:
    """The lens as the clip describes it."""
    fixed = _fixed(static) if static else None
    focal = table.values("Focal Length", _focal_mm) if table.has("Focal Length") else []
    model = static.first("Lens Name") if static else ""
    stops: list[float | None] = [data.t_stop for data in optics]
    if not stops and table.has("Aperture"):
        stops = [focus_track.t_stop_of(cell) or focus_track.f_stop_of(cell) for cell in table.text("Aperture")]
    stop, widest = focus_track.median_or_none(stops), focus_track.widest_in_model(model)
    in_t = bool(optics) or fixed is not None or widest is not None
    pupils = [data.entrance_pupil_m for data in optics]
    return ClipLens(
        make=static.first("Lens Brand") if static else "",
        model=model,
        serial=(static.first("Lens Serial Number") if static else "") or (optics[0].serial if optics else ""),
        focal_length_mm=focus_track.median_or_none(list(focal)) or (fixed.focal_length_mm if fixed else None),
        t_stop=widest,
        t_stop_used=stop if in_t else None,
        f_stop_used=None if in_t else stop,
        transmission=fixed.transmission if fixed else None,
        entrance_pupil_m=focus_track.median_or_none(pupils),
    )


def _focal_mm(cell: str) -> float:
    """`40` or `40mm`."""
    return finite(cell.lower().removesuffix("mm").strip())


def _fixed(static: Table) -> cooke.CookeFixed | None:
    """The lens's fixed data, None where the clip has none that can be read."""
    try:
        return cooke.decode_n(static.first("Lens Cooke /i Static"))
    except RequestError:
        return None
