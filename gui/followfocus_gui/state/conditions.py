# SPDX-License-Identifier: MIT
"""Conditions of a shot that are written by hand: the format, a zoom's focal length, how far the lens is off today."""

from __future__ import annotations

import dataclasses

from followfocus.lens.drift import NO_DRIFT, drifted, parse_drift
from followfocus.lens.formats import format_named
from followfocus.lens.through import at_focal
from followfocus.lens.zoom import is_move, is_timed, parse_zoom, zoom_words
from followfocus.units import parse_number
from followfocus_gui.state.desk import Desk


def conditions_of(desk: Desk) -> tuple[tuple[str, str, str], ...]:
    """The conditions that can be written: name, words, and as they are. A focal length only on a zoom."""
    entry = desk.lens_entry
    focal = desk.pull.zoom or f"{desk.pull.focal_mm or entry.lens.focal_length_mm:g} mm"
    zoom = (("focal", "Zoom at", focal),) if entry.lens.focal_range_mm else ()
    off = entry.drift.typed(imperial=desk.imperial)
    return (("format", "Format", desk.show.film.title or desk.show.film.name), *zoom, ("off", "Lens off today", off))


def use_condition(desk: Desk, name: str, said: str) -> None:
    """Take over a condition as it was written. Raises RequestError for one that can't be."""
    if name == "format":
        desk.replace(dataclasses.replace(desk.state, show=desk.show.with_film(format_named(said))))
    elif name == "focal":
        if is_move(said):
            _move_zoom(desk, said.replace(" ", ""))
            return
        focal_mm = parse_number(said.lower().removesuffix("mm").strip(), what="focal length")
        desk.edit_pull(focal_mm=at_focal(desk.lens, focal_mm).focal_length_mm, zoom="")
    else:
        drift = parse_drift(said, imperial=desk.imperial) if said.strip() else NO_DRIFT
        entry = dataclasses.replace(desk.lens_entry, drift=drift)
        drifted(entry.lens, entry.drift)  # refuses one that leaves no scale
        desk.replace(dataclasses.replace(desk.state, show=desk.show.with_lens(entry)))


def _move_zoom(desk: Desk, said: str) -> None:
    """Have the zoom moved during the pull, as `24..70`. Raises RequestError for a focal length that it hasn't."""
    zoom = parse_zoom(said, desk.pull.duration_s, desk.show.fps)
    # Both ends, before anything is changed: a move that leaves the zoom's range half way is refused whole.
    for focal_mm in zoom.range_mm:
        at_focal(desk.lens, focal_mm)
    # A show keeps seconds: frames would be others once its rate is changed.
    desk.edit_pull(zoom=zoom_words(zoom) if is_timed(said) else said)
