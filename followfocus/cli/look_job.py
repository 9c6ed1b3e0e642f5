# SPDX-License-Identifier: MIT
"""Makes a shot of what `followfocus look` was asked for; a shot's facts as JSON and as text."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from followfocus.cli.zooming import zoomed
from followfocus.errors import RequestError
from followfocus.lens.drift import drifted, parse_drift
from followfocus.lens.formats import Format, format_named, parse_coc
from followfocus.lens.map import LensMap, load_lens, parse_point
from followfocus.lens.optics import DepthOfField, half_dof_deg
from followfocus.lens.subjects import check_names
from followfocus.lens.through import field_of_view_deg, lens_depth, second_ring_words
from followfocus.look.kinds import feeling_of, kind_of
from followfocus.look.render import Camera
from followfocus.look.scene import PlaneRequest, default_requests, parse_plane, subject_at
from followfocus.look.shot import Shot
from followfocus.look.words import brief, timeline, way_of
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.pull import Mark, Pull, register_of
from followfocus.names import counted
from followfocus.plan.following import follow_motion
from followfocus.plan.seen import checked_frame_s, checked_visible_s, duration_that_shows
from followfocus.plan.sharpness import Subject, SubjectTrack, rack_advice, soft_spans
from followfocus.timecode import is_drop_frame, parse_timecode
from followfocus.units import format_distance, parse_duration, parse_fps

LONGEST_S = 600.0
"""The longest shot that is drawn frame by frame."""


@dataclass(frozen=True, slots=True)
class Ask:
    """The command line's words, unread."""

    lens: str
    from_: str | None
    to: str | None
    duration: str | None
    visible: str | None
    sharp_frame: int | None
    ease: str
    planes: tuple[str, ...]
    follow: str | None
    stop: float | None
    focal: str | None
    format: str
    coc: str | None
    fps: str
    size: str
    blades: int
    breathing: float | None
    start_tc: str | None
    cat_eye: float = 0.0
    own_picture: bool = False
    """Nothing is drawn but the user's own picture: no figure stands in for what isn't named."""
    long: str | None = None
    """How far the lens is off its scale today."""


def make_shot(ask: Ask) -> tuple[Shot, tuple[PlaneRequest, ...], tuple[str, ...]]:
    """The shot, its planes, and what a person should be told about them. RequestError for what cannot be."""
    lens = load_lens(ask.lens)
    lens = lens if ask.long is None else drifted(lens, parse_drift(ask.long))
    fps = parse_fps(ask.fps)
    _check_one_duration(ask)
    duration = _asked_duration(ask, fps) if ask.duration is not None else _seen_duration(ask, lens, fps)
    shot, requests = _shot_of(ask, lens, fps, duration)
    second = second_ring_words(lens, *_ends_m(shot))
    return shot, requests, (*_never_sharp(shot), *_lost(ask, shot), *([second] if second else []))


def _ends_m(shot: Shot) -> tuple[float, float]:
    """Where the lens is focused at GO and at the landing."""
    start, end = float(shot.motion.start_deg), float(shot.motion.end_deg)
    return shot.lens.distance_m(start), shot.lens.distance_m(end)


def _never_sharp(shot: Shot) -> tuple[str, ...]:
    """A sentence for each subject that is nearer than the ring can focus, and nowhere sharp for all its depth."""
    closest = shot.lens.distance_m(shot.lens.travel_deg)
    places = [
        (one, max(shot.places_m(subject))) for subject, one in zip(shot.subjects, shot.everyone.subjects, strict=True)
    ]
    return tuple(
        f"{one.name} at {farthest:g} m is nearer than close focus, {closest:.2f} m: it will never be sharp."
        for one, farthest in places
        if farthest < closest * 0.999 and not one.spans_s
    )


def _lost(ask: Ask, shot: Shot) -> tuple[str, ...]:
    """A sentence for who is to be followed and isn't, with the figures."""
    if ask.follow is None:
        return ()
    hers = shot.everyone.subjects[0]
    soft = soft_spans(hers, shot.motion.duration_s)
    if not soft:
        return ()
    when = " and ".join(f"from {start:.2f} to {end:.2f} s" for start, end in soft)
    return (
        f"{hers.name} can't be held {when}: up to {hers.worst_circles:.1f} circles soft, for the ring can't speed up "
        "any faster. Let her start or stop more gently, or give the walk more time.",
    )


def _shot_of(ask: Ask, lens: LensMap, fps: Fraction, duration_s: float) -> tuple[Shot, tuple[PlaneRequest, ...]]:
    """The shot as it is if the pull takes `duration_s`: walks without times, and where the pull lands, go by that."""
    film, (across, down) = format_named(ask.format), parse_size(ask.size)
    lens, zoom = zoomed(lens, ask.focal, duration_s, film, across / down, fps=fps)
    breathing = lens.breathing_percent if ask.breathing is None else ask.breathing
    camera = Camera(lens, lens.t_stop if ask.stop is None else ask.stop, film, ask.blades, breathing, ask.cat_eye, zoom)
    requests = tuple(parse_plane(text, duration_s, fps) for text in ask.planes)
    check_names(request.name for request in requests)
    if ask.follow is not None:
        motion, subjects = _followed(ask.follow, requests, lens, duration_s)
        return _shot(ask, camera, film, motion, subjects, fps), requests
    motion, ends, requests = _racked(ask, requests, lens, duration_s)
    between = [Subject(r.name, r.where) for r in requests if r.name not in {end.name for end in ends}]
    return _shot(ask, camera, film, motion, (ends[0], *between, ends[1]), fps), requests


def _shot(ask: Ask, camera: Camera, film: Format, motion: Motion, subjects: tuple[Subject, ...], fps: Fraction) -> Shot:
    start = parse_timecode(ask.start_tc, fps) if ask.start_tc else 0
    coc = film.coc_mm if ask.coc is None else parse_coc(ask.coc, film)
    easing = "following" if ask.follow else parse_easing(ask.ease).name
    drop_frame = ask.start_tc is not None and is_drop_frame(ask.start_tc)
    size, followed = parse_size(ask.size), ask.follow is not None
    return Shot(camera, motion, subjects, coc, fps, easing, start, size, drop_frame, followed)


def parse_size(text: str) -> tuple[int, int]:
    """`960x540` as (width, height)."""
    found = re.fullmatch(r"\s*(\d{1,6})\s*[x×]\s*(\d{1,6})\s*", text.lower())
    if found is None:
        raise RequestError(f"“{text}” is not a picture size.", "Write WIDTHxHEIGHT, like 960x540.")
    return int(found[1]), int(found[2])


def _check_one_duration(ask: Ask) -> None:
    given = [text for text in (ask.duration, ask.visible, ask.sharp_frame) if text is not None]
    if len(given) != 1:
        raise RequestError("A pull takes one duration.", "Give one of --duration, --visible and --sharp-frame.")
    if ask.duration is None and ask.follow is not None:
        raise RequestError("A follow lasts as long as its walk.", "Give --duration.")


def _asked_duration(ask: Ask, fps: Fraction) -> float:
    assert ask.duration is not None
    duration = parse_duration(ask.duration, fps)
    if not duration > 0:
        raise RequestError(f"A pull must last more than 0 s, not {duration:g}.")
    return _drawable(duration)


def _drawable(duration_s: float) -> float:
    if duration_s > LONGEST_S:
        raise RequestError(f"A look of {duration_s:g} s is too long to draw.", f"{LONGEST_S:g} s is the longest.")
    return duration_s


def _seen_duration(ask: Ask, lens: LensMap, fps: Fraction) -> float:
    """The duration that shows what was asked for: by a division where nobody moves, else searched for."""
    wanted_s, what = _wanted(ask, fps)
    if wanted_s > LONGEST_S:
        raise RequestError(f"A look with {what} is too long to draw.", f"{LONGEST_S:g} s is the longest.")
    shot, requests = _shot_of(ask, lens, fps, 1.0)
    if shot.camera.zoom is None and not any(isinstance(request.where, SubjectTrack) for request in requests):
        if ask.sharp_frame is not None:
            return _drawable(shot.rack.duration_for_sharp_frame(ask.sharp_frame))
        return _drawable(shot.rack.duration_for_visible(wanted_s))

    def shown(duration_s: float) -> float | None:
        rack = _shot_of(ask, lens, fps, duration_s)[0].rack
        return rack.visible_s if ask.visible is not None else rack.to_sharp_s

    found = duration_that_shows(shown, wanted_s, LONGEST_S)
    if found is None:
        raise RequestError(
            f"With this walk no pull of up to {LONGEST_S:g} s has {what}.", "Give --duration, or change the walk."
        )
    return found


def _wanted(ask: Ask, fps: Fraction) -> tuple[float, str]:
    """The wanted visible time, in seconds and in words."""
    if ask.visible is not None:
        wanted_s = checked_visible_s(parse_duration(ask.visible, fps))
        return wanted_s, f"a visible duration of {wanted_s:g} s"
    assert ask.sharp_frame is not None
    return checked_frame_s(ask.sharp_frame, fps), f"the last subject sharp on frame {ask.sharp_frame}"


def _racked(
    ask: Ask, requests: tuple[PlaneRequest, ...], lens: LensMap, duration_s: float
) -> tuple[Motion, tuple[Subject, Subject], tuple[PlaneRequest, ...]]:
    if ask.from_ is None or ask.to is None:
        raise RequestError("A rack needs a start and an end.", "Give --from and --to, or --follow NAME.")
    rings = (
        parse_point(lens, ask.from_, _rings_at(0.0, requests, lens)),
        parse_point(lens, ask.to, _rings_at(duration_s, requests, lens)),
    )
    places = lens.distance_m(rings[0]), lens.distance_m(rings[1])
    planes = requests or (() if ask.own_picture else default_requests(*places))
    texts = ask.from_, ask.to
    times = 0.0, duration_s
    ends = [subject_at(m, text, planes, lens, at_s) for m, text, at_s in zip(places, texts, times, strict=True)]
    marks = [Mark(end.name, ring) for end, ring in zip(ends, rings, strict=True)]
    pull = Pull.between(marks[0], marks[1], duration_s, parse_easing(ask.ease))
    return motion_of(pull), (ends[0], ends[1]), planes


def _rings_at(t: float, requests: tuple[PlaneRequest, ...], lens: LensMap) -> dict[str, float]:
    """Where the ring stands for each plane, `t` seconds after GO."""
    return {r.name: float(lens.ring_deg(np.array([r.at_m(t)]))[0]) for r in requests}


def _followed(
    name: str, requests: tuple[PlaneRequest, ...], lens: LensMap, duration_s: float
) -> tuple[Motion, tuple[Subject, ...]]:
    """The motion, and every subject of the shot, the one that is followed first."""
    found = next((r for r in requests if r.name.casefold() == name.casefold()), None)
    if found is None or not isinstance(found.where, SubjectTrack):
        raise RequestError(f"There is no moving plane {name} to follow.", f"Add --plane {name}=4m..1.2m.")
    others = [Subject(r.name, r.where) for r in requests if r is not found]
    return follow_motion(found.where, lens, duration_s), (Subject(found.name, found.where), *others)


# ---------------------------------------------------------------- facts


def _dof(shot: Shot, t: float) -> DepthOfField:
    """The depth of field at `t` seconds after GO."""
    focus_m = shot.lens.distance_m(float(shot.motion.ring_deg(t)))
    return lens_depth(shot.camera.lens_at(t), shot.camera.t_stop, shot.coc_mm, focus_m)


def _number(value: float) -> float | str:
    """A number for JSON, which has no infinity."""
    return value if math.isfinite(value) else "inf"


def facts(shot: Shot) -> dict[str, object]:
    """Everything `look --json` prints of a shot."""
    focus = _ends_m(shot)
    subjects = [
        {
            "name": one.name,
            "goes_soft_s": one.goes_soft_s,
            "becomes_sharp_s": one.becomes_sharp_s,
            "goes_soft_frame": one.goes_soft_frame,
            "becomes_sharp_frame": one.becomes_sharp_frame,
            "worst_circles": one.worst_circles,
        }
        for one in shot.everyone.subjects
    ]
    duration_s, camera = shot.motion.duration_s, shot.camera
    limits = [_dof(shot, t) for t in (0.0, duration_s)]
    landing = camera.lens_at(duration_s)
    views = [field_of_view_deg(camera.lens_at(t), camera.film) for t in (0.0, duration_s)]
    return {
        "brief": brief(shot),
        "lens": shot.lens.name,
        "t_stop": shot.camera.t_stop,
        "f_number": shot.lens.f_number(shot.camera.t_stop),
        "coc_mm": shot.coc_mm,
        "squeeze": shot.lens.squeeze,
        "focal_mm": list(shot.focals_mm),
        "field_of_view_deg": list(views[0]),
        "field_of_view_at_landing_deg": list(views[1]),
        "from_m": _number(focus[0]),
        "to_m": _number(focus[1]),
        "direction": way_of(shot),
        "register": register_of(shot.motion.duration_s),
        "duration_s": shot.motion.duration_s,
        "from_soft_s": shot.rack.from_soft_s,
        "to_sharp_s": shot.rack.to_sharp_s,
        "visible_s": shot.rack.visible_s,
        "neither_s": shot.rack.neither_s,
        "is_rack": shot.is_rack,
        "kind": kind_of(shot).value,
        "feeling": feeling_of(shot.motion.duration_s),
        "half_dof_deg": half_dof_deg(landing, shot.camera.t_stop, shot.coc_mm, _finite(focus[1])),
        "depth_of_field": [{"near_m": _number(d.near_m), "far_m": _number(d.far_m)} for d in limits],
        "subjects": subjects,
    }


def _finite(distance_m: float) -> float:
    return min(distance_m, 1e6)


def _limit(distance_m: float, total_m: float) -> str:
    """A limit of sharpness: to the millimetre where the depth of field is less than 10 cm, finer below 2 mm."""
    if total_m >= 0.1:
        return format_distance(distance_m)
    return f"{distance_m:.3f} m" if total_m >= 0.002 else f"{distance_m:.4f} m"


def told(shot: Shot) -> str:
    """The facts as a person reads them."""
    lines = [brief(shot) + "."]
    for label, t in (("start", 0.0), ("end", shot.motion.duration_s)):
        limits = _dof(shot, t)
        near, far = _limit(limits.near_m, limits.total_m), _limit(limits.far_m, limits.total_m)
        through = "" if shot.camera.zoom is None else f" through {shot.camera.focal_mm(t):.4g} mm"
        lines.append(f"  {label}: focus {format_distance(limits.distance_m)}{through}, sharp from {near} to {far}")
    for subject, one in zip(shot.subjects, shot.everyone.subjects, strict=True):
        said = timeline(shot, one, f"{subject.name}:", frames=True)
        lines.append(f"  {said}, at worst {one.worst_circles:.1f} circles of confusion")
    nobody, who = (
        (shot.rack if shot.followed else shot.everyone).neither_s,
        shot.ends[0].name if shot.followed else "no subject",
    )
    lines.append(
        f"  {who} {'soft' if shot.followed else 'sharp'} for {nobody:.2f} s, {counted(_frames(shot, nobody), 'frame')}"
    )
    if not (shot.is_rack or shot.followed):
        a, b = shot.ends
        ends_m = a.at_m(0.0), b.at_m(shot.motion.duration_s)
        advice = rack_advice(shot.camera.lens_at(shot.motion.duration_s), *ends_m, shot.camera.t_stop, shot.coc_mm)
        lines += [] if advice.is_rack else [f"  {advice.words}"]
    return "\n".join(lines)


def _frames(shot: Shot, seconds: float) -> int:
    return round(seconds * float(shot.fps))
