# SPDX-License-Identifier: MIT
"""How things stand, for other programs and for a phone: flat facts, the big words made here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMap
from followfocus.lens.through import at_focal, lens_depth
from followfocus.lens.zoom import Zoom
from followfocus.show.cues import parts, standing_cue, standing_pull
from followfocus.show.show import ShowPull, letter
from followfocus.stage.outside_desk import Outside
from followfocus.stage.sentences import state_word
from followfocus.stage.state import Stage
from followfocus.stage.stateline import state_line
from followfocus.units import System, format_distance

_DESK_KEYS = (
    (" Space is GO.", ""),
    (" Esc stops.", ""),
    (" Esc stops the count.", ""),
    ("Space goes on", "GO goes on"),
    (", Backspace begins anew", ""),
    ("Return arms", "The desk arms"),
    (" (Return)", ""),
)
"""Words about the desk's keyboard, each with those that stand in for them elsewhere"""


def stage_facts(stage: Stage, outside: Outside, now_s: float) -> dict[str, object]:
    """State, cue, slate, distance, depth of field, countdown, outside GO, timecode, REC: all text, numbers or truth."""
    cue, pull = standing_cue(stage.show, stage.at), standing_pull(stage.show, stage.at)
    lens, system = stage.show.lens(pull.lens), stage.show.preferences.system
    label, label_source = outside.timecode(now_s)
    waiting = stage.waiting
    return {
        "state": state_word(stage.unit),
        "said": off_desk(state_line(stage).words),
        "trouble": stage.note.trouble,
        "cue": cue.number,
        "cue_name": cue.name or pull.name,
        "slate": str(stage.show.slate),
        **_ring(stage, lens, pull, system),
        "countdown_s": round(stage.left_s(waiting, now_s), 1) if waiting is not None else 0.0,
        "outside_go": outside.gate.open,
        "timecode": label,
        "timecode_source": label_source,
        "rec": {True: "records", False: "stands by", None: "unknown"}[outside.recording],
        "clip": outside.clips(now_s, now_s),
        "last_take": "" if stage.last is None else f"{stage.last.verdict.value}",
    }


def off_desk(words: str) -> str:
    """A sentence of the desk's as it is said elsewhere: a phone has no Space and no Esc.

    >>> off_desk("Cue 1: A to B in 3.00 s. Space is GO.")
    'Cue 1: A to B in 3.00 s.'
    """
    for key, instead in _DESK_KEYS:
        words = words.replace(key, instead)
    return words


def marks_facts(stage: Stage) -> list[dict[str, object]]:
    """The marks of what stands by: letter, name, ring angle, distance; a walker is where the pull meets her."""
    pull = standing_pull(stage.show, stage.at)
    lens, system = stage.show.lens(pull.lens), stage.show.preferences.system
    try:
        places = pull.places_deg(lens)
    except FollowFocusError:  # no pull meets these walks, and the state line says so
        places = tuple(mark.trimmed_deg(lens) for mark in pull.marks)
    return [
        {
            "letter": letter(i),
            "name": mark.name,
            "ring_deg": round(ring_deg, 2),
            "distance": format_distance(lens.distance_m(ring_deg), system),
        }
        for i, (mark, ring_deg) in enumerate(zip(pull.marks, places, strict=True))
    ]


def delays_facts(delays_ms: Mapping[str, Iterable[float]]) -> dict[str, dict[str, float]]:
    """For each kind of source, how many starts were measured, and their median and worst delay, ms."""
    found: dict[str, dict[str, float]] = {}
    for kind, kept in delays_ms.items():
        values = sorted(kept)
        if values:
            found[kind] = {"starts": len(values), "middle_ms": values[len(values) // 2], "worst_ms": values[-1]}
    return found


def _ring(stage: Stage, lens: LensMap, pull: ShowPull, system: System) -> dict[str, object]:
    ring_deg = stage.unit.ring_deg if stage.unit.connected else None
    if ring_deg is None:
        return {"ring_deg": "", "distance": "", "near": "", "far": ""}
    read_deg = stage.show.unit.read_deg(pull, lens, ring_deg, stands=stage.unit.stands)
    distance_m = float(lens.distance_m(min(max(read_deg, 0.0), lens.travel_deg)))
    near, far = _depth(_through(stage, lens, pull), pull, distance_m, system)
    return {
        "ring_deg": round(ring_deg, 1),
        "distance": format_distance(lens.distance_m(read_deg), system),
        "near": near,
        "far": far,
    }


def _through(stage: Stage, lens: LensMap, pull: ShowPull) -> LensMap:
    """The lens as its zoom stands: in a pull, or where the last take left it; once the next is armed as that begins."""
    back = standing_cue(stage.show, stage.at).back != stage.at.turned
    try:
        standing, zoom = pull.zoomed(parts(stage.show, stage.at)[stage.at.part], lens, back=back)
    except (FollowFocusError, IndexError):
        return lens
    return standing if zoom is None else at_focal(lens, _zoom_mm(stage, zoom))


def _zoom_mm(stage: Stage, zoom: Zoom) -> float:
    (short, long), now_mm = zoom.range_mm, stage.zoom_now_mm
    # Left where this pull never is, it was another lens or another shot.
    return zoom.at_mm(0.0) if now_mm is None or not short <= now_mm <= long else now_mm


def _depth(lens: LensMap, pull: ShowPull, distance_m: float, system: System) -> tuple[str, str]:
    try:
        depth = lens_depth(lens, pull.t_stop, pull.coc_mm, distance_m)
    except FollowFocusError:
        return "", ""
    return format_distance(depth.near_m, system), format_distance(depth.far_m, system)
