# SPDX-License-Identifier: MIT
"""Sony Venice: one row a frame with the distance in feet and the stop in tenths; no encoder, so a track and no map."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from followfocus.importers import focus_track
from followfocus.importers.focus_track import ClipLens, FocusTrack
from followfocus.importers.sony_xml import SonyClip
from followfocus.importers.table import Table, focus_distance, most_common
from followfocus.units import FOOT_M

KIND = "Sony Venice"
_DISTANCE = "Focus Distance (ft)"
_FOCAL = "Focal Length (mm)"


def recognises(table: Table) -> bool:
    """Whether the header is that of Sony's table."""
    return table.has("Timecode", _DISTANCE)


def with_clip(track: FocusTrack, clip: SonyClip, *, stated: bool) -> FocusTrack:
    """A table's track with what the XML beside it says: squeeze, the lens's name, and rates where they are `stated`."""
    times = track.time_s
    if stated and clip.fps and clip.capture_fps:
        times = times * float(clip.fps / clip.capture_fps)
    model = clip.lens_model or track.lens.model
    lens = replace(track.lens, model=model, squeeze=clip.squeeze or track.lens.squeeze)
    known = track.fps_assumed and not (stated and clip.fps)
    return replace(track, time_s=times, lens=lens, fps_assumed=known)


def read(table: Table, fps: Fraction | None = None) -> FocusTrack:
    """The focus track of a clip. Sony's table states no rate: `fps`, else the one its timecode wraps at."""
    table.require("Timecode", "Lens Model", _FOCAL, "Aperture", _DISTANCE)
    distances = table.values(_DISTANCE, lambda cell: focus_distance(cell, FOOT_M))
    kept = focus_track.with_lens_data(str(table.path), distances)
    cells = table.text("Timecode")
    timecode = tuple(cells[i] for i in kept)
    rate = fps or focus_track.fps_of_timecode(cells) or Fraction(24)
    frame = focus_track.numbered((), kept, cells, rate)
    apertures = table.text("Aperture")
    model = most_common(table.text("Lens Model"))
    return FocusTrack(
        kind=KIND,
        source=table.path.name,
        time_s=focus_track.times_of(timecode, rate, None, frame),
        distance_m=np.array(distances)[[*kept]],
        timecode=timecode,
        fps=rate,
        lens=ClipLens(
            model=model,
            serial=table.first("Lens Serial"),
            focal_length_mm=focus_track.median_or_none(list(table.numbers(_FOCAL))),
            t_stop=focus_track.widest_in_model(model),
            t_stop_used=focus_track.median_or_none([focus_track.t_stop_of(cell) for cell in apertures]),
            f_stop_used=focus_track.median_or_none([focus_track.f_stop_of(cell) for cell in apertures]),
        ),
        clip=table.first("Clip Name"),
        fps_assumed=fps is None,
        notes=focus_track.left_out(len(distances) - len(kept)),
        frame=frame,
        clip_frames=len(distances),
        focal_mm=focus_track.zoom_of(table.text(_FOCAL), kept),
        other_lens_from=focus_track.other_lens_from(
            frame, kept, table.text("Lens Model"), table.text_if("Lens Serial")
        ),
    )
