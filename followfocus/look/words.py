# SPDX-License-Identifier: MIT
"""The pull in words: a shot brief for people, and a prompt for video models."""

from __future__ import annotations

import math

from followfocus.look.shot import Shot
from followfocus.motion.pull import register_of
from followfocus.plan.sharpness import Subject, SubjectTrack
from followfocus.units import format_distance

_EASINGS = {
    "linear": "even speed", "sine": "sine", "smoothstep": "smoothstep", "minjerk": "minimum jerk",
    "cycloidal": "cycloidal", "septic": "septic", "scurve": "S-curve", "trapezoid": "trapezoid",
}  # fmt: skip
_BY_CIRCLES = ((1.0, "sharp"), (3.0, "slightly soft"), (10.0, "clearly out of focus"), (math.inf, "melted into blur"))


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
    first = name.split(" ")[0]
    return name.lower() if first in ("THE", "A", "AN", "HER", "HIS") else name.title()


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _metres(distance_m: float) -> str:
    """A distance as on a call sheet: `1.2 m`, `4 m`, `infinity`."""
    if math.isinf(distance_m):
        return "infinity"
    return f"{distance_m:.2f}".rstrip("0").rstrip(".") + " m"


def _place(subject: Subject) -> str:
    if isinstance(subject.where, SubjectTrack):
        first, last = subject.where.distances_m[0], subject.where.distances_m[-1]
        return f"moving from {_metres(first)} to {_metres(last)}"
    return _metres(subject.where)


def _seconds(shot: Shot, t: float) -> str:
    """A time of the shot: tenths of a second, hundredths where the whole pull is shorter than one."""
    return f"{t:.1f}" if shot.motion.duration_s >= 1 else f"{t:.2f}"


def _lens_words(shot: Shot) -> str:
    squeezed = f" anamorphic {shot.lens.squeeze:g}x" if shot.lens.squeeze != 1 else ""
    return f"{shot.lens.focal_length_mm:g} mm{squeezed} T{shot.camera.t_stop:g}"


def brief(shot: Shot) -> str:
    """The rack as one sentence of a shot list, with the two times the audience sees."""
    a, b = shot.subjects[0], shot.subjects[-1]
    start, end = _ends_m(shot)
    head = (
        f"Rack focus from {a.name}, {_place(a)}, to {b.name}, {_place(b)}, {direction(start, end)}, "
        f"{_seconds(shot, shot.motion.duration_s)} s, {easing_words(shot.easing)}"
    )
    soft, sharp = shot.rack.from_soft_s, shot.rack.to_sharp_s
    seen = [f"{_capital(spoken(a.name))} soft at {_seconds(shot, soft)} s"] if soft is not None else []
    seen += [f"{spoken(b.name)} sharp at {_seconds(shot, sharp)} s"] if sharp is not None else []
    told = ", ".join(seen) if shot.rack.is_rack else "no visible rack: both stay sharp enough together"
    return f"{head}; {told}; {_lens_words(shot)}"


def _ends_m(shot: Shot) -> tuple[float, float]:
    return shot.lens.distance_m(float(shot.motion.start_deg)), shot.lens.distance_m(float(shot.motion.end_deg))


def _softness(circles: float) -> str:
    return next(words for limit, words in _BY_CIRCLES if circles <= limit)


def _at(shot: Shot, t: float) -> list[str]:
    """How sharp each subject is at `t`, as phrases."""
    return [
        f"{spoken(subject.name)} {_softness(blur)}"
        for subject, blur in zip(shot.subjects, shot.circles_at(t), strict=True)
    ]


def prompt(shot: Shot) -> str:
    """The rack for a video model: what is sharp and soft at each end, the change, the lens, what must not move."""
    a, b = shot.subjects[0], shot.subjects[-1]
    start, end = _ends_m(shot)
    duration = shot.motion.duration_s
    where = ("foreground", "background") if start < end else ("background", "foreground")
    opening, closing = _at(shot, 0.0), _at(shot, duration)
    soft, sharp = shot.rack.from_soft_s, shot.rack.to_sharp_s
    lines = [
        f"A {register_of(duration)} rack focus, {direction(start, end)}, in one locked-off shot.",
        f"The shot opens with focus on {spoken(a.name)} in the {where[0]}, {_place(a)} from the camera: "
        f"{'; '.join(opening)}.",
        f"Over {_seconds(shot, duration)} seconds the focus moves smoothly from {spoken(a.name)} to {spoken(b.name)} "
        f"in the {where[1]}, {_place(b)} from the camera"
        + (f": {spoken(a.name)} goes soft at {_seconds(shot, soft)} s" if soft is not None else "")
        + (f", {spoken(b.name)} is sharp from {_seconds(shot, sharp)} s on" if sharp is not None else "")
        + ".",
        f"The shot ends with focus on {spoken(b.name)}: {'; '.join(closing)}.",
        f"Shallow depth of field: {shot.lens.focal_length_mm:g} mm lens at T{shot.camera.t_stop:g} on "
        f"{shot.camera.film.title}, {_bokeh(shot)} out-of-focus highlights.",
        "Only the plane of focus moves: no zoom, no camera movement, no cut; focus arrives once and does not hunt.",
    ]
    return "\n".join(_capital(line) for line in lines)


def _bokeh(shot: Shot) -> str:
    if shot.lens.squeeze > 1:
        return "upright oval"
    return f"{shot.camera.blades}-sided" if shot.camera.blades else "round"


def caption(shot: Shot, frame: int) -> tuple[str, str]:
    """Two lines under a still: when and where focus is; who is sharp."""
    t = min(frame / float(shot.fps), shot.motion.duration_s)
    focus = shot.lens.distance_m(float(shot.motion.ring_deg(t)))
    sharp = [spoken(s.name) for s, blur in zip(shot.subjects, shot.circles_at(t), strict=True) if blur <= 1.0]
    told = f"{' and '.join(sharp)} sharp" if sharp else "nothing sharp"
    place = "∞" if math.isinf(focus) else format_distance(focus)
    return f"{shot.timecode(frame)}   {t:.2f} s   focus {place}", told
