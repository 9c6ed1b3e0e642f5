# SPDX-License-Identifier: MIT
"""The pull in words: a shot brief for people, and a prompt for video models.

Every word about who is sharp is made of the same spans of sharpness that the facts and the picture come from, so that
nobody is called sharp who isn't, nor a rack what is none.
"""

from __future__ import annotations

import math
import re

from followfocus.lens.subjects import Subject, SubjectTrack
from followfocus.look.kinds import MELTED_CIRCLES, RackKind, feeling_of, kind_of
from followfocus.look.shot import Shot
from followfocus.motion.pull import register_of
from followfocus.plan.sharpness import (
    CLEARLY_OUT_CIRCLES,
    SHARP_CIRCLES,
    SubjectSharpness,
    frame_at,
    soft_spans,
)
from followfocus.units import format_distance, parse_distance

_EASINGS = {
    "linear": "even speed", "sine": "sine", "smoothstep": "smoothstep", "minjerk": "minimum jerk",
    "cycloidal": "cycloidal", "septic": "septic", "scurve": "S-curve", "trapezoid": "trapezoid",
}  # fmt: skip
_BY_CIRCLES = (
    (SHARP_CIRCLES, "sharp"),
    (CLEARLY_OUT_CIRCLES, "slightly soft"),
    (MELTED_CIRCLES, "clearly out of focus"),
    (math.inf, "melted into blur"),
)
_TELLABLE_S = 0.15
"""Less than this is told in hundredths, lest it begin and end at the same tenth."""
_METRIC = re.compile(r"\d+([.,]\d+)?\s*(m|cm|mm)?|∞|inf", re.IGNORECASE)


def direction(from_m: float, to_m: float) -> str:
    """`near to far`, `far to near`, or `held` where nothing is pulled."""
    if from_m == to_m:
        return "held"
    return "near to far" if from_m < to_m else "far to near"


def easing_words(easing: str) -> str:
    """An easing's name as people say it; parameters stay."""
    name, bracket, rest = easing.partition("(")
    return _EASINGS.get(name, name) + (f" ({rest}" if bracket else "")


def spoken(name: str) -> str:
    """A subject's name in running text: names in capitals are calmed down, `THE DOOR` → `the door`, `ANNA` → `Anna`."""
    if name != name.upper() or not any(letter.isalpha() for letter in name):
        return name
    first, *rest = name.split(" ")
    return name.lower() if rest and first in ("THE", "A", "AN", "HER", "HIS") else name.title()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _metres(distance_m: float) -> str:
    """A distance as on a call sheet: `1.2 m`, `4 m`, `infinity`."""
    if math.isinf(distance_m):
        return "infinity"
    return f"{distance_m:.2f}".rstrip("0").rstrip(".") + " m"


def way_of(shot: Shot) -> str:
    """The direction of a shot; `there and back` where somebody who is followed turns round."""
    turns = shot.followed and len(shot.places_m(shot.subjects[0])) > 2
    return "there and back" if turns else direction(*_ends_m(shot))


def _place(shot: Shot, subject: Subject) -> str:
    """Where a subject is, or from where to where it goes during the shot."""
    first, *then = map(_metres, shot.places_m(subject))
    return f"moving from {first} to {' and back to '.join(then)}" if then else first


def _is_a_place(subject: Subject) -> bool:
    """Whether it is called by nothing but its distance, as `--from 1.2m` does; feet say something more."""
    where, name = subject.where, subject.name.strip()
    if isinstance(where, SubjectTrack) or not _METRIC.fullmatch(name):
        return False
    return math.isclose(parse_distance(name), where, rel_tol=0.01)


def _spoken_of(subject: Subject) -> str:
    """Its name in running text, or how far away it is."""
    return _metres(subject.at_m(0.0)) if _is_a_place(subject) else spoken(subject.name)


def _with_place(shot: Shot, subject: Subject) -> str:
    """Its name and how far away it is, that once."""
    return _spoken_of(subject) if _is_a_place(subject) else f"{subject.name}, {_place(shot, subject)}"


def _seconds(shot: Shot, t: float) -> str:
    """A time of the shot: tenths of a second, hundredths where the whole pull is shorter than one."""
    return f"{t:.1f}" if shot.motion.duration_s >= 1 else f"{t:.2f}"


def _lens_words(shot: Shot) -> str:
    squeezed = f" anamorphic {shot.lens.squeeze:g}x" if shot.lens.squeeze != 1 else ""
    return f"{_focal_words(shot)} mm{squeezed} T{shot.camera.t_stop:g}"


def _focal_words(shot: Shot) -> str:
    """The focal length in mm, `24 to 70` where the zoom is moved."""
    first, last = (f"{focal:.4g}" for focal in shot.focals_mm)
    if shot.camera.zoom is None:
        return f"{shot.lens.focal_length_mm:g}"
    shortest, longest = (f"{focal:.4g}" for focal in shot.camera.zoom.range_mm)
    return f"{first} to {last}" if {first, last} == {shortest, longest} else f"{shortest} to {longest}"


def timeline(shot: Shot, one: SubjectSharpness, name: str, *, frames: bool = False) -> str:
    """When a subject is sharp, as one phrase: `Anna soft at 0.3 s`, `the door never sharp`."""
    end_s = shot.motion.duration_s
    spans, soft = one.spans_s, soft_spans(one, end_s)
    brief_one = any(stop - start < _TELLABLE_S for start, stop in (*spans, *soft))

    def at(t: float) -> str:
        if frames:
            return f"{t:.2f} s (frame {frame_at(t, shot.fps)})"
        return f"{t:.2f} s" if brief_one else f"{_seconds(shot, t)} s"

    if not spans:
        return f"{name} never sharp"
    if not soft:
        return f"{name} sharp throughout"
    if len(spans) == 1 and len(soft) == 1:
        return f"{name} soft at {at(soft[0][0])}" if spans[0][0] == 0 else f"{name} sharp at {at(spans[0][0])}"
    if len(spans) == 2 and len(soft) == 1:
        lost = "" if frames else f", up to {one.worst_circles:.1f} circles of confusion"
        return f"{name} soft from {at(soft[0][0])} to {at(soft[0][1])}{lost}"
    told = " and ".join(f"from {at(start)} to {at(stop)}" for start, stop in spans)
    return f"{name} sharp only {told}"


def brief(shot: Shot) -> str:
    """The rack as one sentence of a shot list, with the times that the audience sees."""
    a, b = shot.ends
    way, kind = way_of(shot), kind_of(shot)
    timing = f"{way}, {_seconds(shot, shot.motion.duration_s)} s"
    if kind is RackKind.FOLLOW:
        head = f"Follow focus on {a.name}, {_place(shot, a)}, {timing}"
        told = "; ".join(_told(shot, index) for index in range(len(shot.subjects)))
    else:
        before, after = f"{_with_place(shot, a)}{'' if _is_a_place(a) else ','}", _with_place(shot, b)
        head = f"Rack focus from {before} to {after}, {timing}, {easing_words(shot.easing)}"
        told = f"{_told(shot, 0)}, {_told(shot, -1)}"
        if all(not soft_spans(one, shot.motion.duration_s) for one in shot.rack.subjects):
            told = "no visible rack: both stay sharp throughout"
    return f"{head}; {told}; {_lens_words(shot)}"


def _told(shot: Shot, index: int) -> str:
    """A subject's timeline."""
    return timeline(shot, shot.everyone.subjects[index], _spoken_of(shot.subjects[index]))


def _ends_m(shot: Shot) -> tuple[float, float]:
    return shot.lens.distance_m(float(shot.motion.start_deg)), shot.lens.distance_m(float(shot.motion.end_deg))


def _softness(circles: float) -> str:
    return next(words for limit, words in _BY_CIRCLES if circles <= limit)


def _at(shot: Shot, t: float) -> str:
    """How sharp each subject is at `t`."""
    return "; ".join(
        f"{_spoken_of(subject)} {_softness(blur)}"
        for subject, blur in zip(shot.subjects, shot.circles_at(t), strict=True)
    )


def prompt(shot: Shot) -> str:
    """The rack for a video model: what is sharp and soft at each end, the change, the lens, what must not move."""
    lines = [_opening(shot), *_ends_and_change(shot), *_look_of(shot)]
    return "\n".join(_capital(line) for line in lines)


def _opening(shot: Shot) -> str:
    """The shot's opening sentence: its name, where it goes, and how it feels."""
    duration, kind = shot.motion.duration_s, kind_of(shot)
    called = kind.value if kind in (RackKind.FOLLOW, RackKind.RACK) else f"rack focus, {direction(*_ends_m(shot))}"
    named = {
        RackKind.FOLLOW: f", {way_of(shot)}",
        RackKind.RACK: f", {direction(*_ends_m(shot))}",
        RackKind.DUAL_PLANE: ", ending in a dual-plane focus",
    }.get(kind, f", a {kind.value}")
    return f"A {register_of(duration)} {called}{named}, in one locked-off shot: {feeling_of(duration)}."


def _ends_and_change(shot: Shot) -> list[str]:
    """Who is sharp and who is soft when the shot opens and when it ends, and the change between."""
    a, b = shot.ends
    duration = shot.motion.duration_s
    seconds = _seconds(shot, duration)
    if shot.followed:
        change = f"Over {seconds} seconds the focus stays with {spoken(a.name)}{_away(_place(shot, a))}"
        told = _told(shot, 0)
    else:
        change = (
            f"Over {seconds} seconds the focus moves smoothly from {_spoken_of(a)} to {_spoken_of(b)}"
            f"{_ground(b, a, duration)}"
            f"{'' if _is_a_place(b) else _away(_place(shot, b))}"
        )
        told = f"{_told(shot, 0)}, {_told(shot, -1)}"
    where = "" if shot.followed else _ground(a, b, 0.0)
    place = "" if _is_a_place(a) else _away(_metres(a.at_m(0.0)))
    opens = _in_focus(shot, a, 0.0, f"{where}{place}")
    return [
        f"The shot opens with {opens}: {_at(shot, 0.0)}.",
        f"{change}: {told}.",
        f"The shot ends with {_in_focus(shot, b, duration, '')}: {_at(shot, duration)}.",
    ]


def _in_focus(shot: Shot, subject: Subject, t: float, place: str) -> str:
    """`focus on` somebody who is in focus at `t`; else where the focus is."""
    if shot.circles_of(subject, t) <= SHARP_CIRCLES:
        return f"focus {'at' if _is_a_place(subject) else 'on'} {_spoken_of(subject)}{place}"
    return f"focus at {_metres(shot.lens.distance_m(float(shot.motion.ring_deg(t))))}"


def _ground(one: Subject, other: Subject, t: float) -> str:
    """` in the foreground` or ` in the background`, as somebody stands before or behind another at `t`."""
    here, there = one.at_m(t), other.at_m(t)
    return "" if here == there else " in the foreground" if here < there else " in the background"


def _away(place: str) -> str:
    return ", at infinity" if place == _metres(math.inf) else f", {place} from the camera"


def _look_of(shot: Shot) -> list[str]:
    """The lens, and what must not move."""
    hunts = "the focus never hunts" if shot.followed else "focus arrives once and does not hunt"
    walking = [_spoken_of(subject) for subject in shot.subjects if len(shot.places_m(subject)) > 1]
    only = f"Besides {_listed(walking)}, only" if walking else "Only"
    moves = f"{only} the plane of focus moves: no zoom"
    if shot.camera.zoom is not None:
        moves = f"{only} the plane of focus and the zoom move: {_focal_words(shot)} mm"
    return [
        f"{_depth_words(shot)}{_focal_words(shot)} mm lens at T{shot.camera.t_stop:g} on "
        f"{shot.camera.film.title}, {_bokeh(shot)} out-of-focus highlights.",
        f"{moves}, no camera movement, no cut; {hunts}.",
    ]


def _depth_words(shot: Shot) -> str:
    """`Shallow depth of field: ` where somebody is clearly out of focus at a time; else nothing is known of it."""
    worst = max(one.worst_circles for one in shot.everyone.subjects)
    return "Shallow depth of field: " if worst > CLEARLY_OUT_CIRCLES else ""


def _listed(names: list[str]) -> str:
    """`Anna`, `Anna and Ben`, `Anna, Ben and the dog`."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _bokeh(shot: Shot) -> str:
    if shot.lens.squeeze > 1:
        return "upright oval"
    return f"{shot.camera.blades}-sided" if shot.camera.blades else "round"


def caption(shot: Shot, frame: int) -> tuple[str, str]:
    """Two lines under a still: when and where focus is; who is sharp."""
    t = min(frame / float(shot.fps), shot.motion.duration_s)
    focus = shot.lens.distance_m(float(shot.motion.ring_deg(t)))
    blurs = zip(shot.subjects, shot.circles_at(t), strict=True)
    sharp = [_spoken_of(subject) for subject, blur in blurs if blur <= SHARP_CIRCLES]
    told = f"{' and '.join(sharp)} sharp" if sharp else "nothing sharp"
    place = format_distance(focus)
    return f"{shot.timecode(frame)}   {t:.2f} s   focus {place}", told
