# SPDX-License-Identifier: MIT
"""A lens's own scale as a table: where the ring stands, and the distance there. It is a map, and no pull.

The ring is in degrees (ring_deg), or a share of its travel or of an encoder's range (ring_share, encoder). Rows are
taken as they are; times are counted, because a track needs some.
"""

from __future__ import annotations

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


def recognises(table: Table) -> bool:
    """Whether the header has a ring and a distance."""
    return _ring(table) is not None and distance_column(table) is not None


def _ring(table: Table) -> str | None:
    """The column that says where the ring stands."""
    return next(
        (name for name in table.columns if name.casefold().startswith(("ring", "encoder", "focus encoder"))), None
    )


def read(table: Table, _fps: Fraction | None = None) -> FocusTrack:
    """The scale as a track with an encoder, so that `mapping.map_of` makes its map."""
    ring, found = _ring(table), distance_column(table)
    assert ring is not None
    assert found is not None
    distances = table.values(found[0], lambda cell: focus_distance(cell, found[1]))
    kept = focus_track.with_lens_data(str(table.path), distances)
    metres = np.array(distances)[[*kept]]
    counts = [table.numbers(ring)[i] for i in kept]
    high = 1.0 if max(counts) <= 1.0 else max(counts)
    encoder = focus_track.directed("ring", counts, min(0.0, *counts), high, metres)
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
        encoder=encoder,
        notes=(*focus_track.left_out(len(distances) - len(kept)), _NOTE),
        frame=frame,
        clip_frames=len(kept),
    )
