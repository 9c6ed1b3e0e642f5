# SPDX-License-Identifier: MIT
"""The context of a take, known before GO: slate, lens, marks, plan and unit. It is logged beside the evidence."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar, get_args, get_origin, get_type_hints

from followfocus.clock import utc_offset_s
from followfocus.errors import RequestError
from followfocus.lens.drift import off_scale_words
from followfocus.plan.plan import Plan
from followfocus.show.show import letter
from followfocus.show.slate import Slate
from followfocus.timecode import drops, format_timecode, is_drop_frame, parse_timecode
from followfocus.units import parse_fps
from followfocus.wire.evidence import UnitInfo

HASH_DIGITS = 16
DAY_S = 86_400
FRAME_SLACK = 1e-4
"""Of a frame: seconds since 1970 are kept to a quarter of a microsecond"""
SLOPE_DEG = 0.1
BY_HAND, RECORDED = "by hand", "recorded"
"""Stand for the easing of a take made by hand, and of one played from a recording."""
WITH_HAND = "with the hand"
"""The same, before how: of one that plan and hand made together"""


@dataclass(frozen=True, slots=True)
class LoggedMark:
    """A mark as it was played: ring angle and distance (None is infinity), both with its trim."""

    letter: str
    name: str
    ring_deg: float
    distance_m: float | None
    trim_m: float = 0.0


@dataclass(frozen=True, slots=True)
class TakeContext:
    """Everything about a take that is known before GO. `part` of `parts`: a hold for GO ends a part.

    `steps_per_deg`, `microsteps` and `half_dof_deg` are the plan's; `end_mm_per_deg` is how far the focus moves with
    the ring at the landing. They are None in takes that were logged before these were kept.
    """

    production: str = ""
    show: str = ""
    camera: str = ""
    first_ac: str = ""
    slate: Slate = Slate()
    cue: str = ""
    pull: str = ""
    part: int = 1
    parts: int = 1
    lens: str = ""
    lens_serial: str = ""
    lens_off: str = ""
    """How far the lens was off its scale that day, and the plan with it; empty where it was not"""
    focal_length_mm: float | None = None
    t_stop: float | None = None
    coc_mm: float | None = None
    format: str = ""
    fps: str = "24"
    marks: tuple[LoggedMark, ...] = ()
    easing: str = ""
    duration_s: float | None = None
    plan_hash: str = ""
    steps_per_deg: float | None = None
    microsteps: int | None = None
    half_dof_deg: float | None = None
    end_mm_per_deg: float | None = None
    unit: str = ""
    unit_serial: str = ""
    board: str = ""
    firmware: str = ""
    port: str = ""
    utc_offset_s: int | None = None
    """Seconds by which the set's local time is ahead of UTC; None where it isn't known"""
    started_by: str = ""
    """The source outside that gave GO; empty for the desk's own"""
    timecode: str = ""
    """The timecode that ran outside as the pull began; empty where none ran"""
    timecode_fps: str = ""
    """The rate that its labels count at; empty where that wasn't kept"""
    clip: str = ""
    """The camera's clip, where it told one; several that ran in the take stand one after the other, with commas"""

    def facts(self) -> dict[str, object]:
        """For JSON; `context_from` reads it back."""
        return dataclasses.asdict(self)

    @property
    def label_frame(self) -> int | None:
        """The take's frame at the timecode that ran outside as it began; None where none did, or at another rate."""
        try:
            # By what its source counted at, where that is known: most labels of 25 fps exist at 24 as well.
            rate = parse_fps(self.timecode_fps or self.fps)
            share = parse_fps(self.fps) / rate
            # At 50 fps and 60 a label stands for two frames: no source counts faster than 30.
            return (
                parse_timecode(self.timecode, rate) * int(share) if self.timecode and share.denominator == 1 else None
            )
        except RequestError:
            return None

    @property
    def clip_name(self) -> str:
        """The first clip without its file's ending, as editors call it; empty for none."""
        first = self.clip.partition(", ")[0]
        return first.rpartition(".")[0] or first

    def numbered(self, take: int) -> TakeContext:
        """The same as another take."""
        return dataclasses.replace(self, slate=dataclasses.replace(self.slate, take=take))

    def same_shot(self, other: TakeContext) -> bool:
        """Whether the other is a take of the same shot, as far as is said by the same camera: their numbers differ."""
        mine, its = ((each.production, each.slate.scene, each.slate.shot) for each in (self, other))
        return mine == its and (self.camera == other.camera or not (self.camera and other.camera))


def context_from(facts: dict[str, object]) -> TakeContext:
    """The context of its facts. Keys that are not known are from a newer program and left out.

    Raises ValueError for what is no context.
    """
    values = _known(TakeContext, facts)
    if "slate" in values:
        values["slate"] = _made(Slate, values["slate"])
    marks = values.get("marks")
    if isinstance(marks, (list, tuple)):
        values["marks"] = tuple(_made(LoggedMark, mark) for mark in marks)
    context = _made(TakeContext, values)
    with _no_context():
        parse_fps(context.fps)
        if abs(context.utc_offset_s or 0) >= DAY_S:
            raise TypeError(f"no zone is {context.utc_offset_s} s from UTC")
    return context


_Kind = TypeVar("_Kind", TakeContext, Slate, LoggedMark)


def _made(kind: type[_Kind], facts: object) -> _Kind:
    """A value of this kind from its facts, each checked against the declared type."""
    values, declared = _known(kind, facts), _TYPES[kind.__name__]
    for name, value in values.items():
        if not isinstance(value, declared[name]):
            raise ValueError(f"this is no context: {name} is {value!r}")
    with _no_context():
        return kind(**values)  # type: ignore[arg-type]


def _declared(kind: type) -> dict[str, tuple[type, ...]]:
    """For each field what a value of it may be: a whole number is as good as another."""
    made = {}
    for name, hint in get_type_hints(kind).items():
        parts = tuple(get_origin(part) or part for part in get_args(hint) or (hint,))
        made[name] = (tuple,) if get_origin(hint) is tuple else (*parts, int) if float in parts else parts
    return made


_TYPES = {kind.__name__: _declared(kind) for kind in (TakeContext, Slate, LoggedMark)}


@contextlib.contextmanager
def _no_context() -> Iterator[None]:
    try:
        yield
    except (RequestError, TypeError) as error:
        raise ValueError(f"this is no context: {error}") from error


def _known(kind: type[TakeContext | Slate | LoggedMark], facts: object) -> dict[str, object]:
    """The facts of an object that this kind has fields for."""
    if not isinstance(facts, Mapping):
        raise ValueError("this is no context")
    return {name: value for name, value in facts.items() if name in _TYPES[kind.__name__]}


def context_of(
    plan: Plan,
    unit: UnitInfo | None = None,
    *,
    trims: Mapping[float, float] | None = None,
    production: str = "",
    show: str = "",
    camera: str = "",
    first_ac: str = "",
    slate: Slate | None = None,
    cue: str = "",
    pull: str = "",
    part: int = 1,
    parts: int = 1,
) -> TakeContext:
    """The context of a plan on a unit; `trims` says by how many metres the mark at a ring angle was trimmed."""
    lens, conditions = plan.lens, plan.conditions
    moved = [(trims or {}).get(mark.ring_deg, 0.0) for mark in plan.pull.marks]
    marks = tuple(
        LoggedMark(
            mark.letter or letter(i), mark.name, mark.ring_deg, _finite(lens.distance_m(mark.ring_deg)), moved[i]
        )
        for i, mark in enumerate(plan.pull.marks)
    )
    return TakeContext(
        production=production, show=show, camera=camera, first_ac=first_ac, slate=slate or Slate(), cue=cue,
        pull=pull, part=part, parts=parts, lens=lens.name, lens_serial=lens.serial,
        lens_off=off_scale_words(lens),
        focal_length_mm=lens.focal_length_mm, t_stop=conditions.t_stop, coc_mm=conditions.coc_mm,
        format=conditions.film.name,
        fps=str(conditions.fps), marks=marks, easing=RECORDED if plan.recorded else plan.pull.legs[0].easing.name,
        duration_s=plan.pull.duration_s, plan_hash=plan_hash(plan),
        steps_per_deg=plan.rig.steps_per_deg, microsteps=plan.rig.microsteps, half_dof_deg=plan.half_dof_deg,
        end_mm_per_deg=_mm_per_deg(plan),
        unit="" if unit is None else unit.name, unit_serial="" if unit is None else unit.serial,
        board="" if unit is None else unit.board.name.lower(),
        firmware="" if unit is None else unit.firmware, port="" if unit is None else unit.port,
        utc_offset_s=utc_offset_s(),
    )  # fmt: skip


def plan_hash(plan: Plan) -> str:
    """16 hexadecimal digits (of SHA-256) that are the same for the same pull on the same gearing.

    Made of everything the steps follow from but the unit's clock, which is measured anew and makes no other plan of it.
    """
    pull, rig = plan.pull, plan.rig
    marks = [(mark.ring_deg, mark.hold_s, mark.through) for mark in pull.marks]
    legs = [(leg.duration_s, leg.easing.name) for leg in pull.legs]
    words = repr((marks, legs, rig.steps_per_deg, rig.direction, plan.lead_deg)) + plan.recorded
    return hashlib.sha256(words.encode()).hexdigest()[:HASH_DIGITS]


def start_frame(utc_s: float, fps: str, offset_s: int = 0) -> int | None:
    """The frame of the day at a moment, counted from midnight of a zone `offset_s` ahead of UTC; None below 1 fps.

    The count runs at the true rate all day, as that of a camera that was jammed at midnight: two takes are as many
    frames apart as passed between them. At 23.976 and 47.952 it so falls behind the clock, by 3.6 s an hour.
    """
    rate = _rate(fps)
    if round(rate) < 1:
        return None
    frame = math.floor((utc_s + offset_s) % DAY_S * rate + FRAME_SLACK)
    # Drop-frame is 86 ms a day short of frame numbers; the last moments before midnight keep the last number.
    return min(frame, parse_timecode(f"23:59:59;{round(rate) - 1}", rate)) if drops(rate) else frame


def timecode_at(frame: int, fps: str, like: str = "") -> str:
    """The timecode of a frame of the day, counted as `like` is; without one, drop-frame at 29.97 and 59.94."""
    rate = _rate(fps)
    return format_timecode(frame, rate, drop_frame=is_drop_frame(like) if like else drops(rate))


def timecode_of(utc_s: float | None, fps: str, offset_s: int = 0) -> str:
    """A moment's time of day as timecode, `offset_s` ahead of UTC; empty for None, and below one frame a second."""
    frame = None if utc_s is None else start_frame(utc_s, fps, offset_s)
    return "" if frame is None else timecode_at(frame, fps)


@functools.lru_cache(maxsize=64)
def _rate(fps: str) -> Fraction:
    """A frame rate as it is kept; a day has a hundred thousand takes and one rate."""
    return parse_fps(fps)


def _mm_per_deg(plan: Plan) -> float | None:
    """Millimetres of focus distance a ring degree at the landing, over a tenth of a degree; None at infinity."""
    end = plan.motion.end_deg
    low, high = max(0.0, end - SLOPE_DEG / 2), min(plan.lens.travel_deg, end + SLOPE_DEG / 2)
    apart_m = abs(plan.lens.distance_m(high) - plan.lens.distance_m(low))
    return _finite(1000.0 * apart_m / (high - low))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
