# SPDX-License-Identifier: MIT
"""Sharpness over a pull, as the audience sees it: which subject is sharp from when to when.

A subject's blur is followed as a signed number of circles of confusion, positive while focus is nearer than the
subject. It is sharp while that number lies in -1…1, and because the sign is kept, a pull that sweeps past a subject
between two looks at the clock is still seen: both limits are crossed. Crossings are found by refining brackets until
they are narrower than a microsecond, never by counting samples. Where the subject moves, the looks are at all that the
ring and the subject do, and closer where the blur turns round.

The eye's duration is shorter than the commanded one: a rack becomes visible when A goes soft and is over when B is
sharp. While nobody moves both times scale with the pull, so asking for a visible duration, or for B sharp on a frame,
is a division; else the duration is searched for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from followfocus.arrays import IntArray, ascending
from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.lens.optics import Floats, blur_disc_mm, lens_offset_m
from followfocus.lens.subjects import Subject as Subject
from followfocus.lens.subjects import SubjectTrack as SubjectTrack
from followfocus.lens.through import lens_blur_mm
from followfocus.lens.zoom import Zoom
from followfocus.motion.motion import Motion
from followfocus.plan.following import follow_motion as follow_motion
from followfocus.plan.seen import checked_frame_s, checked_visible_s

SHARP_CIRCLES, CLEARLY_OUT_CIRCLES = 1.0, 3.0
"""Sharp up to one circle of confusion, soft from there, clearly out from three."""

_EDGES = np.array([-1.0, 1.0])
_LOOKS = 257
_AROUND = 16
_ROUNDS, _SPLIT = 2, 512
"""A bracket of 1/256 of the pull, split by 512 twice: 15 ns of a second-long pull. What costs is a round."""


@dataclass(frozen=True, slots=True)
class SubjectSharpness:
    """When one subject is sharp. Times are seconds from GO, frames are counted from 0 at GO."""

    name: str
    spans_s: tuple[tuple[float, float], ...]
    """All stretches in which it is sharp, in order; ends included."""
    goes_soft_s: float | None
    """End of the first sharp stretch; None if it is never sharp, or sharp to the end."""
    becomes_sharp_s: float | None
    """Start of the last sharp stretch; None if it is never sharp, or sharp from the start."""
    goes_soft_frame: int | None
    """The first frame taken after it has gone soft."""
    becomes_sharp_frame: int | None
    """The first frame on which it is sharp."""
    worst_circles: float
    """Largest blur over the pull, in circles of confusion."""


def soft_spans(one: SubjectSharpness, duration_s: float) -> tuple[tuple[float, float], ...]:
    """The stretches of the pull in which a subject is not sharp, in order."""
    edges = [0.0, *(edge for span in one.spans_s for edge in span), duration_s]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((start, end) for start, end in pairs if end - start > 1e-6)


@dataclass(frozen=True, slots=True)
class RackSharpness:
    """The sharpness of every subject over one pull. The first subject is pulled from, the last pulled to."""

    duration_s: float
    fps: Fraction
    subjects: tuple[SubjectSharpness, ...]
    neither_s: float
    """How long no subject is sharp."""

    @property
    def from_soft_s(self) -> float | None:
        """When the first subject goes soft."""
        return self.subjects[0].goes_soft_s

    @property
    def to_sharp_s(self) -> float | None:
        """When the last subject becomes sharp."""
        return self.subjects[-1].becomes_sharp_s

    @property
    def visible_s(self) -> float | None:
        """From the first subject going soft to the last becoming sharp; None where either never happens."""
        if self.from_soft_s is None or self.to_sharp_s is None:
            return None
        return self.to_sharp_s - self.from_soft_s

    @property
    def is_rack(self) -> bool:
        """False where a subject stays sharp throughout, so that there is nothing to see."""
        return self.from_soft_s is not None and self.to_sharp_s is not None

    def duration_for_visible(self, visible_s: float) -> float:
        """The commanded duration in seconds whose visible part lasts `visible_s`; holds are stretched with it."""
        shown = self.visible_s
        if shown is None or shown <= 0:
            raise RequestError(NO_VISIBLE, "Ask for the commanded duration, or open the stop.")
        return self.duration_s * checked_visible_s(visible_s) / shown

    def duration_for_sharp_frame(self, frame: int) -> float:
        """The commanded duration in seconds that has the last subject sharp from `frame` on, counted from 0 at GO."""
        if self.to_sharp_s is None:
            raise RequestError("The last subject is sharp from the start, on every frame.", "Open the stop.")
        return self.duration_s * checked_frame_s(frame, self.fps) / self.to_sharp_s


NO_VISIBLE = "This rack has no moment when neither subject is sharp, so it has no visible duration."


def rack_sharpness(
    motion: Motion,
    lens: LensMap,
    t_stop: float,
    coc_mm: float,
    fps: Fraction | float = Fraction(24),
    subjects: Sequence[Subject] = (),
    zoom: Zoom | None = None,
) -> RackSharpness:
    """Follow each subject's sharpness over a motion. Without subjects: A where the pull starts, B where it ends.

    With a `zoom`, through the focal length of each moment.
    """
    rate = fps if isinstance(fps, Fraction) else Fraction(fps).limit_denominator(1001)
    shown = tuple(subjects) or (
        Subject("A", lens.distance_m(float(motion.start_deg))),
        Subject("B", lens.distance_m(float(motion.end_deg))),
    )
    # Who stands still is looked at as one: what costs is a look at the lens, not how many stand there.
    still = zoom is None and not any(subject.moves for subject in shown)
    groups = [shown] if still else [(subject,) for subject in shown]
    views = [_View(group, motion, lens, t_stop, coc_mm, zoom) for group in groups]
    found = tuple(one for view in views for one in _followed(view, rate))
    return RackSharpness(motion.duration_s, rate, found, motion.duration_s - _covered(found))


def circles(
    ring_deg: Floats | float,
    t: Floats | float,
    subject: Subject,
    lens: LensMap,
    t_stop: float,
    coc_mm: float,
    *,
    across: bool = False,
    zoom: Zoom | None = None,
) -> Floats:
    """Blur of `subject` in circles of confusion while the ring stands at `ring_deg` at `t` seconds.

    Upright or `across`, where an anamorphic lens is less soft; through a `zoom` as it stands at `t`. Arrays broadcast.
    Positive while focus is nearer than the subject, negative while it is beyond.
    """
    return _circles(ring_deg, t, subject.distance_m(t), lens, t_stop, coc_mm, across=across, zoom=zoom)


def _circles(
    ring_deg: Floats | float,
    t: Floats | float,
    subject_m: Floats,
    lens: LensMap,
    t_stop: float,
    coc_mm: float,
    *,
    across: bool = False,
    zoom: Zoom | None = None,
) -> Floats:
    focus = lens.distance_m(np.asarray(ring_deg, dtype=np.float64))
    focal = None if zoom is None else zoom.focal_mm(t)
    return np.asarray(lens_blur_mm(lens, t_stop, focus, subject_m, across=across, focal_mm=focal)) / coc_mm


@dataclass(frozen=True, slots=True)
class _View:
    """Subjects seen through a lens while it is pulled: several that stand, or one that may walk."""

    subjects: tuple[Subject, ...]
    motion: Motion
    lens: LensMap
    t_stop: float
    coc_mm: float
    zoom: Zoom | None

    def blur(self, who: IntArray, t: Floats) -> Floats:
        """Circles of confusion of the subjects with these numbers at these times; the two broadcast."""
        ring_deg = self.motion.ring_deg(t)
        return _circles(ring_deg, t, self._away_m(who, t), self.lens, self.t_stop, self.coc_mm, zoom=self.zoom)

    def _away_m(self, who: IntArray, t: Floats) -> Floats:
        if len(self.subjects) == 1:
            return self.subjects[0].distance_m(t)
        return np.array([subject.at_m(0.0) for subject in self.subjects])[who]


def _followed(view: _View, fps: Fraction) -> list[SubjectSharpness]:
    """The sharpness of each subject of a view."""
    first, end = view.subjects[0], view.motion.duration_s
    everyone = np.arange(len(view.subjects))[:, None]
    looks = _looks(first, view.motion, view.zoom)
    blurs = view.blur(everyone, looks[None])
    if first.moves or view.zoom is not None:
        looks = ascending(np.concatenate([looks, _around_turns(looks, blurs[0])]))
        blurs = view.blur(everyone, looks[None])
    worst = np.abs(blurs).max(axis=1)
    return [
        _told(subject.name, spans, end, fps, float(most))
        for subject, spans, most in zip(view.subjects, _spans(view, looks, blurs), worst, strict=True)
    ]


def _told(
    name: str, spans: tuple[tuple[float, float], ...], end_s: float, fps: Fraction, worst_circles: float
) -> SubjectSharpness:
    soft = spans[0][1] if spans and spans[0][1] < end_s else None
    sharp = spans[-1][0] if spans and spans[-1][0] > 0 else None
    return SubjectSharpness(
        name,
        spans,
        soft,
        sharp,
        None if soft is None else frame_at(soft, fps),
        None if sharp is None else frame_at(sharp, fps),
        worst_circles,
    )


def frame_at(t: float, fps: Fraction) -> int:
    """The first frame, counted from 0 at GO, that is taken at or after `t` seconds."""
    return math.ceil(t * float(fps) - 1e-6)


def _looks(subject: Subject, motion: Motion, zoom: Zoom | None) -> Floats:
    """Where to look at a subject's blur: between two looks it goes one way, or nearly where subject or zoom move."""
    looks = ascending(np.concatenate([np.linspace(0.0, motion.duration_s, _LOOKS), _piece_ends(motion)]))
    where = subject.where
    turns = [*(where.times_s if isinstance(where, SubjectTrack) else ()), *(zoom.times_s if zoom is not None else ())]
    if not turns:
        return looks
    return ascending(np.concatenate([looks, motion.looks_s(), np.clip(turns, 0.0, motion.duration_s)]))


def _around_turns(looks: Floats, blurs: Floats) -> Floats:
    """Closer looks on both sides of each place where the blur turns round."""
    rising = np.diff(blurs) > 0
    at = np.flatnonzero(rising[1:] != rising[:-1]) + 1
    shares = np.linspace(0.0, 1.0, 2 * _AROUND + 1)
    return np.asarray((looks[at - 1][:, None] + (looks[at + 1] - looks[at - 1])[:, None] * shares).ravel())


def _piece_ends(motion: Motion) -> list[float]:
    """Where the motion may turn: within a piece it is monotone, so no crossing hides between two looks."""
    ends: list[float] = []
    for piece in motion.pieces:
        ends += [piece.start_s, piece.end_s]
    return ends


def _spans(view: _View, looks: Floats, blurs: Floats) -> list[tuple[tuple[float, float], ...]]:
    """Stretches of time in which |blur| ≤ 1, for each subject, from the blurs at `looks` and crossings between."""
    who, crossings = _crossings(view, looks, blurs)
    edges = [
        np.concatenate([looks[:1], np.sort(crossings[who == number]), looks[-1:]])
        for number in range(len(view.subjects))
    ]
    # Judged half way between crossings: at a crossing itself rounding would decide.
    middles = [(of[:-1] + of[1:]) / 2 for of in edges]
    whose = np.repeat(np.arange(len(edges)), [len(of) for of in middles])
    sharp = np.abs(view.blur(whose, np.concatenate(middles))) <= SHARP_CIRCLES + 1e-9
    return [_joined(of.tolist(), sharp[whose == number].tolist()) for number, of in enumerate(edges)]


def _joined(edges: list[float], sharp: list[bool]) -> tuple[tuple[float, float], ...]:
    """The sharp ones of the stretches between edges, those that touch made one."""
    spans: list[tuple[float, float]] = []
    for start, stop, holds in zip(edges[:-1], edges[1:], sharp, strict=True):
        if not holds or (stop <= start and len(edges) > 2):
            continue
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], stop)
        else:
            spans.append((start, stop))
    return tuple(spans)


def _crossings(view: _View, looks: Floats, blurs: Floats) -> tuple[IntArray, Floats]:
    """Who passes 1 or -1, and when: every bracket split until it is a few nanoseconds wide."""
    above = blurs[:, None] > _EDGES[:, None]
    who, edge, at = np.nonzero(above[..., 1:] != above[..., :-1])
    low, high = looks[at], looks[at + 1]
    if not len(at):
        return who, low
    # All brackets at once, each split into 512: two rounds of arrays beat some fifty of halving in Python.
    starts_above, level = above[who, edge, at][:, None], _EDGES[edge][:, None]
    shares = np.linspace(0.0, 1.0, _SPLIT + 1)
    rows = np.arange(len(at))
    for _ in range(_ROUNDS):
        grid = low[:, None] + (high - low)[:, None] * shares
        passed = (view.blur(who[:, None], grid) > level) != starts_above
        passed[:, 0], passed[:, -1] = False, True
        first = np.argmax(passed, axis=1)
        low, high = grid[rows, first - 1], grid[rows, first]
    return who, (low + high) / 2


def _covered(subjects: Sequence[SubjectSharpness]) -> float:
    """Total seconds in which at least one subject is sharp."""
    total, reached = 0.0, -math.inf
    for start, stop in sorted(span for subject in subjects for span in subject.spans_s):
        total += max(0.0, stop - max(start, reached))
        reached = max(reached, stop)
    return total


# ---------------------------------------------------------------- is it a rack at all


@dataclass(frozen=True, slots=True)
class RackAdvice:
    """Whether focusing on one subject throws the other out, and what would."""

    circles: float
    """The smaller of both blurs (B while on A, A while on B), in circles of confusion."""
    is_rack: bool
    t_stop: float | None
    """The slowest third of a stop at which both are clearly out; None where the lens doesn't open that far."""
    focal_mm: float | None
    """The shortest usual focal length that does it at the same stop and distances; None where none does."""
    words: str


COMMON_FOCAL_MM = (18, 21, 25, 29, 32, 35, 40, 47, 50, 58, 65, 75, 85, 100, 125, 135, 150, 180, 200, 280, 300, 400, 600)
THIRD_STOPS = (
    *(1.0, 1.1, 1.3, 1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 2.8, 3.2, 3.6, 4.0, 4.5),
    *(5.0, 5.6, 6.3, 7.1, 8.0, 9.0, 10.0, 11.0, 13.0, 14.0, 16.0, 18.0, 20.0, 22.0),
)


def rack_advice(lens: LensMap, from_m: float, to_m: float, t_stop: float, coc_mm: float) -> RackAdvice:
    """Judge the rack from `from_m` to `to_m`: both sharp together is no rack; name a stop or a focal length that is.

    Blur goes with 1/N, so the stop is solved; the focal length is the first of `COMMON_FOCAL_MM` that does it.
    """
    out = _mutual_circles(lens, lens.focal_length_mm, from_m, to_m, t_stop, coc_mm)
    if out > SHARP_CIRCLES:
        return RackAdvice(out, is_rack=True, t_stop=None, focal_mm=None, words=f"a rack: the other is {out:.1f} c out")
    wanted = t_stop * out / CLEARLY_OUT_CIRCLES
    stop = max((third for third in (*THIRD_STOPS, lens.t_stop) if lens.t_stop <= third <= wanted), default=None)
    focal = next((mm for mm in COMMON_FOCAL_MM if _throws_out(lens, mm, from_m, to_m, t_stop, coc_mm)), None)
    return RackAdvice(out, is_rack=False, t_stop=stop, focal_mm=focal, words=_advice_words(out, t_stop, stop, focal))


def _mutual_circles(lens: LensMap, focal_mm: float, a_m: float, b_m: float, t_stop: float, coc_mm: float) -> float:
    # Where a lens of another length has its pupil nobody knows.
    pupil_m = lens.entrance_pupil_m if focal_mm == lens.focal_length_mm else None
    through = focal_mm, lens.f_number(t_stop), lens_offset_m(lens), pupil_m
    return min(blur_disc_mm(a_m, b_m, *through), blur_disc_mm(b_m, a_m, *through)) / coc_mm


def _throws_out(lens: LensMap, focal_mm: float, a_m: float, b_m: float, t_stop: float, coc_mm: float) -> bool:
    """Whether a longer lens of `focal_mm` makes it a rack, at distances that such a lens can focus."""
    if focal_mm <= lens.focal_length_mm or min(a_m, b_m) < 5 * focal_mm / 1000.0:
        return False
    return _mutual_circles(lens, focal_mm, a_m, b_m, t_stop, coc_mm) >= CLEARLY_OUT_CIRCLES


def _advice_words(out: float, t_stop: float, stop: float | None, focal_mm: float | None) -> str:
    ways = [f"T{stop:g} on this lens"] if stop else []
    ways += [f"a {focal_mm:g} mm at T{t_stop:g}"] if focal_mm else []
    remedy = f"{' or '.join(ways)} would make it one" if ways else "move them apart or take a longer, faster lens"
    return f"no rack: both subjects stay sharp together at T{t_stop:g} ({out:.1f} circles of confusion); {remedy}"
