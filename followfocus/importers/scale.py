# SPDX-License-Identifier: MIT
"""A lens's own scale as a table: where the ring stands, and the distance there. It is a map, and no pull.

The ring is in degrees (ring_deg), or a share of its travel or of an encoder's range (ring_share, ring_percent,
ring_share_of_65535, encoder). Rows are taken as they are; times are counted, because a track needs some.
"""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np

from followfocus.errors import FileError
from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.given import counted_timecode
from followfocus.importers.plain import distance_column
from followfocus.importers.table import Table, focus_distance

KIND = "lens scale (ring and distance)"
_RATE = Fraction(24)
_NOTE = "a lens's scale: its rows are marks and not frames"
_NO_END = "where its ring ends isn't told: the last mark is taken for that"
_DEGREES = re.compile(r"deg|°")
_SHARE_OF = re.compile(r"of[ _](\d{1,9})")


def recognises(table: Table) -> bool:
    """Whether the header has a ring and a distance."""
    return _ring(table) is not None and distance_column(table) is not None


def _ring(table: Table) -> str | None:
    """The column that says where the ring stands."""
    return next(
        (name for name in table.columns if name.casefold().startswith(("ring", "encoder", "focus encoder"))), None
    )


def _end(ring: str, counts: list[float]) -> tuple[float, bool]:
    """Where the ring ends, and whether its column tells: by name, or in shares of 1; else it is where it was last.

    Degrees need no end: they are a place on the ring whatever its travel.
    """
    name = ring.casefold()
    if _DEGREES.search(name):
        return max(counts), True
    if max(counts) <= 1.0:
        return 1.0, True
    if of := _SHARE_OF.search(name):
        return float(of[1]), True
    if "percent" in name or "%" in name:
        return 100.0, True
    return max(counts), False


def read(table: Table, _fps: Fraction | None = None) -> FocusTrack:
    """The scale as a track with an encoder, so that `mapping.map_of` makes its map."""
    ring, found = _ring(table), distance_column(table)
    assert ring is not None
    assert found is not None
    distances = table.values(found[0], lambda cell: focus_distance(cell, found[1]))
    kept = focus_track.with_lens_data(str(table.path), distances)
    metres = np.array(distances)[[*kept]]
    counts = [table.numbers(ring)[i] for i in kept]
    end, told = _end(ring, counts)
    encoder = focus_track.directed("ring", counts, min(0.0, *counts), max(end, *counts), metres)
    if encoder is None:
        raise FileError(f"{table.path}: the ring of this scale doesn't turn.", remedy="Give at least two rows.")
    frame = tuple(range(len(kept)))
    return FocusTrack(
        kind=KIND,
        source=table.path.name,
        time_s=np.array(frame) / float(_RATE),
        distance_m=metres,
        timecode=counted_timecode(frame, _RATE),
        fps=_RATE,
        lens=ClipLens(),
        fps_assumed=True,
        encoder=replace(encoder, in_degrees=_DEGREES.search(ring.casefold()) is not None),
        notes=(*focus_track.left_out(len(distances) - len(kept)), _NOTE, *([] if told else [_NO_END])),
        frame=frame,
        clip_frames=len(kept),
    )
