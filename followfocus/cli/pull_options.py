# SPDX-License-Identifier: MIT
"""The options that `plan` and `pull` share, and the plan that they make."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.idle import tell_bystanders
from followfocus.cli.numbers import number

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from followfocus.lens.map import LensMap
    from followfocus.lens.subjects import Subject
    from followfocus.lens.zoom import Zoom
    from followfocus.motion.limits import RingLimits
    from followfocus.motion.motor import Rig
    from followfocus.motion.pull import Pull
    from followfocus.plan.plan import Conditions, Plan

FromOption = Annotated[
    str, typer.Option("--from", metavar="POINT", help="Where the pull starts: 1.2m, 4'6\", 84.5deg, inf.")
]
ToOption = Annotated[str, typer.Option("--to", metavar="POINT", help="Where it lands.")]
DurationOption = Annotated[
    str | None,
    typer.Option(
        metavar="S",
        help="2, 48f, 1s+12f, 00:00:02:00; or a word: slow (5 s), moderate (1.5 s), snap (0.4 s, or the shortest).",
    ),
]
VisibleOption = Annotated[
    str | None, typer.Option(metavar="S", help="Instead: the time between A going soft and B becoming sharp.")
]
SharpFrameOption = Annotated[int | None, typer.Option(metavar="N", help="Instead: B is sharp on this frame after GO.")]
EaseOption = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="linear, sine, smoothstep, minjerk, cycloidal, septic, scurve(in,out,jerk), bezier(x1,y1,x2,y2).",
    ),
]
FormatOption = Annotated[
    str,
    typer.Option("--format", metavar="NAME", help="super35, full-frame, mft, alexa65 …, or the frame in mm: 17.3x13."),
]
SubjectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--subject", "--plane", metavar="NAME=DIST",
        help="Who stands where, to be named as a POINT. A walk: ANNA=3m..2m; the pull lands where she is then.",
    ),
]  # fmt: skip
FocalOption = Annotated[
    str | None,
    typer.Option("--focal", metavar="MM", help="Where a zoom stands; 24..70 moves it, as does a clip: clip.csv."),
]
LongOption = Annotated[
    str | None,
    typer.Option("--long", metavar="LENGTH[@DIST]", help="The lens is off its scale today: 2cm longer, 2cm@3m."),
]  # fmt: skip
CocOption = Annotated[str | None, typer.Option(metavar="MM", help="Circle of confusion: mm, or critical.")]
FpsOption = Annotated[str, typer.Option(metavar="RATE", help="The project's frame rate: 24, 23.976, 25, … 60.")]
MotorOption = Annotated[str | None, typer.Option(metavar="NAME", help="nema11, nema14, nema17 or a motor's name.")]
VoltsOption = Annotated[
    float | None, typer.Option(metavar="V", parser=number, help="The motor's supply; 24 V if not given.")
]
FrictionOption = Annotated[
    float | None, typer.Option(metavar="NM", parser=number, help="The ring's friction in N·m; 0.08 if not given.")
]
LimitsOption = Annotated[str, typer.Option(metavar="NAME", help="Ring limits: standard, fast, unlimited.")]
FitOption = Annotated[bool, typer.Option("--fit", help="Stretch a pull that is too fast to the shortest that works.")]
PlotOption = Annotated[Path | None, typer.Option(metavar="FILE.png", help="Draw it to this picture.")]


LONGEST_S = 86_400.0
LONGEST_WALK_S = 600.0
_FITS = 12
"""Rounds until a pull to a walker is as long as it must be where it then lands."""


@dataclass(frozen=True, slots=True)
class PullAsk:
    """The words of the command line, unread."""

    lens: str
    from_: str
    to: str
    duration: str | None = None
    visible: str | None = None
    sharp_frame: int | None = None
    ease: str = "minjerk"
    stop: float | None = None
    format: str = "super35"
    coc: str | None = None
    fps: str = "24"
    motor: str | None = None
    volts: float | None = None
    friction: float | None = None
    limits: str = "standard"
    fit: bool = False
    subjects: tuple[str, ...] = ()
    focal: str | None = None
    long: str | None = None


def plan_of(ask: PullAsk) -> Plan:
    """The plan that the words mean. RequestError for what cannot be; an infeasible pull is planned all the same."""
    from followfocus.errors import InfeasibleError
    from followfocus.lens.map import load_lens
    from followfocus.plan.plan import make_plan
    from followfocus.units import parse_fps

    lens = _lens_today(load_lens(ask.lens), ask)
    fps = parse_fps(ask.fps)
    conditions, rig, limits = _conditions(ask, lens, fps), _rig(ask, lens), _limits(ask.limits)
    pull, seen = _pull(ask, lens, conditions)
    if ask.fit or _is_snap(ask):
        from followfocus.motion.limits import stretch_to_fit

        with contextlib.suppress(*(() if ask.fit else (InfeasibleError,))):
            pull, seen = _fitted(ask, lens, pull, lambda tried: stretch_to_fit(tried, rig, limits))
    zoom = _zoom(ask, lens, pull.duration_s)
    plan = make_plan(lens, pull, conditions, rig, limits, subjects=seen, zoom=zoom)
    tell_bystanders(ask.subjects, (ask.from_, ask.to), "; look shows what stands between")
    return plan


def _lens_today(lens: LensMap, ask: PullAsk) -> LensMap:
    """The lens zoomed, a zoom that is moved at its shortest, and as far off its scale as was said."""
    from followfocus.cli.zooming import zoomed
    from followfocus.lens.drift import drifted, parse_drift
    from followfocus.lens.formats import format_named
    from followfocus.units import parse_fps

    lens, _ = zoomed(lens, ask.focal, 1.0, format_named(ask.format), fps=parse_fps(ask.fps))
    return lens if ask.long is None else drifted(lens, parse_drift(ask.long))


def _zoom(ask: PullAsk, lens: LensMap, duration_s: float) -> Zoom | None:
    """How the zoom is moved during a pull of this duration; None where it stands."""
    from followfocus.cli.zooming import zoomed
    from followfocus.lens.formats import format_named
    from followfocus.units import parse_fps

    return zoomed(lens, ask.focal, duration_s, format_named(ask.format), fps=parse_fps(ask.fps))[1]


def _fitted(ask: PullAsk, lens: LensMap, pull: Pull, fit: Callable[[Pull], Pull]) -> tuple[Pull, tuple[Subject, ...]]:
    """The pull as long as it must be. A longer one lands elsewhere where somebody walks, so it is fitted again."""
    for _ in range(_FITS):
        fitted = fit(pull)
        found, seen = _between(ask, lens, fitted.duration_s)
        if fitted.duration_s == pull.duration_s or found.marks == fitted.marks:
            break
        pull = found
    return found, seen


def _is_snap(ask: PullAsk) -> bool:
    """A snap is as fast as this lens and motor can, 0.4 s where they can."""
    return ask.duration is not None and ask.duration.strip().lower() == "snap"


def _conditions(ask: PullAsk, lens: LensMap, fps: Fraction) -> Conditions:
    from followfocus.lens.formats import format_named, parse_coc
    from followfocus.plan.plan import Conditions

    film = format_named(ask.format)
    coc = film.coc_mm if ask.coc is None else parse_coc(ask.coc, film)
    return Conditions(lens.t_stop if ask.stop is None else ask.stop, coc, film, fps)


def _rig(ask: PullAsk, lens: LensMap) -> Rig:
    from followfocus.motion.motor import DEFAULT_RIG, motor_named
    from followfocus.plan.plan import rig_for

    rig = rig_for(lens, DEFAULT_RIG)
    if ask.motor is not None:
        rig = dataclasses.replace(rig, motor=motor_named(ask.motor))
    if ask.volts is not None:
        rig = dataclasses.replace(rig, volts=ask.volts)
    if ask.friction is not None:
        rig = dataclasses.replace(rig, ring_friction_nm=ask.friction)
    return rig


def _limits(name: str) -> RingLimits:
    from followfocus.errors import RequestError
    from followfocus.motion.limits import RING_LIMITS

    if name not in RING_LIMITS:
        raise RequestError(f"No ring limits are called “{name}”.", f"Known: {', '.join(RING_LIMITS)}.")
    return RING_LIMITS[name]


def _between(ask: PullAsk, lens: LensMap, duration_s: float) -> tuple[Pull, tuple[Subject, ...]]:
    """The pull at this duration, and the subjects at its two marks; one who walks is met where she is then."""
    from followfocus.errors import RequestError
    from followfocus.lens.map import parse_point
    from followfocus.lens.subjects import Subject, check_names, parse_subject
    from followfocus.motion.easing import parse_easing
    from followfocus.motion.pull import Mark, Pull
    from followfocus.units import parse_fps

    subjects = [parse_subject(text, duration_s, parse_fps(ask.fps)) for text in ask.subjects]
    check_names(one.name for one in subjects)
    known = {one.name.casefold(): one for one in subjects}
    marks, seen = [], []
    for letter, text, at_s in (("A", ask.from_, 0.0), ("B", ask.to, duration_s)):
        subject = known.get(text.strip().casefold())
        ring_deg = parse_point(lens, text) if subject is None else lens.ring_deg(subject.at_m(at_s))
        marks.append(Mark(letter if subject is None else subject.name, ring_deg, letter=letter))
        seen.append(subject or Subject(letter, lens.distance_m(ring_deg)))
    if abs(marks[0].ring_deg - marks[1].ring_deg) < 1e-9:
        raise RequestError(
            f"--from {ask.from_} and --to {ask.to} are the same place on the ring, so there is nothing to pull.",
            "Give two different points.",
        )
    return Pull.between(marks[0], marks[1], duration_s, parse_easing(ask.ease)), tuple(seen)


def _pull(ask: PullAsk, lens: LensMap, conditions: Conditions) -> tuple[Pull, tuple[Subject, ...]]:
    from followfocus.errors import RequestError

    given = [word for word in (ask.duration, ask.visible, ask.sharp_frame) if word is not None]
    if len(given) != 1:
        raise RequestError("A pull takes one duration.", "Give --duration, such as --duration 2s.")
    first_s = _first_duration(ask, conditions.fps)
    if ask.duration is not None:
        return _between(ask, lens, first_s)
    seen_s = _seen_duration(ask, lens, conditions)
    if seen_s > LONGEST_S:
        raise RequestError(f"Such a pull would take {seen_s:.0f} s.", "A pull takes at most a day.")
    return _between(ask, lens, seen_s)


def _first_duration(ask: PullAsk, fps: Fraction) -> float:
    from followfocus.errors import RequestError
    from followfocus.motion.pull import REGISTERS
    from followfocus.units import parse_duration

    if ask.duration is None:
        return 1.0
    word = ask.duration.strip().lower()
    duration_s = REGISTERS[word] if word in REGISTERS else parse_duration(ask.duration, fps)
    if not 0 < duration_s <= LONGEST_S:
        raise RequestError(
            f"--duration {ask.duration}: a pull takes more than 0 s and at most a day.",
            "Give one such as 2s or 1s+12f.",
        )
    return duration_s


def _seen_duration(ask: PullAsk, lens: LensMap, conditions: Conditions) -> float:
    """The commanded duration that shows what was asked for: a division where nobody walks, else searched for."""
    from followfocus.errors import RequestError
    from followfocus.motion.motion import motion_of
    from followfocus.plan.seen import checked_frame_s, checked_visible_s, duration_that_shows
    from followfocus.plan.sharpness import RackSharpness, rack_sharpness
    from followfocus.units import parse_duration

    def seen(duration_s: float) -> RackSharpness:
        pull, subjects = _between(ask, lens, duration_s)
        zoom, c = _zoom(ask, lens, duration_s), conditions
        return rack_sharpness(motion_of(pull), lens, c.t_stop, c.coc_mm, c.fps, subjects, zoom)

    moves = _zoom(ask, lens, 1.0) is not None
    if not moves and not any(subject.moves for subject in _between(ask, lens, 1.0)[1]):
        if ask.visible is not None:
            return seen(1.0).duration_for_visible(parse_duration(ask.visible, conditions.fps))
        assert ask.sharp_frame is not None
        return seen(1.0).duration_for_sharp_frame(ask.sharp_frame)
    if ask.visible is not None:
        wanted_s = checked_visible_s(parse_duration(ask.visible, conditions.fps))
        found = duration_that_shows(lambda s: seen(s).visible_s, wanted_s, LONGEST_WALK_S)
    else:
        assert ask.sharp_frame is not None
        wanted_s = checked_frame_s(ask.sharp_frame, conditions.fps)
        found = duration_that_shows(lambda s: seen(s).to_sharp_s, wanted_s, LONGEST_WALK_S)
    if found is None:
        what = "zoom" if moves else "walk"
        raise RequestError(f"With this {what} no pull shows that.", f"Give --duration, or change the {what}.")
    return found
