# SPDX-License-Identifier: MIT
"""A pull of a show: its marks in the order they are hit, who walks in it, and how the ring goes there."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from followfocus.errors import RequestError
from followfocus.lens.formats import SUPER_35
from followfocus.lens.map import LensMap
from followfocus.lens.subjects import WALK, Subject, SubjectTrack, parse_subject, walk_words
from followfocus.lens.through import at_focal
from followfocus.lens.zoom import Zoom, is_timed, parse_zoom
from followfocus.motion.easing import parse_easing
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.names import plain_name
from followfocus.show.ranges import check_ranges
from followfocus.show.still import OwnStill
from followfocus.show.walks import arrivals_s, leg_durations_s, settled
from followfocus.units import Bare

MOST_MARKS = 9


@dataclass(frozen=True, slots=True)
class ShowMark:
    """A mark of a pull. The trim moves it for the next takes without touching it.

    `hold_s` is how long the ring rests there; with `hold_for_go` it rests until the next GO instead. The first and the
    last mark hold nothing. With `subject` it belongs to somebody who walks, by name: the pull lands where she is then.
    """

    ring_deg: float
    name: str = ""
    locked: bool = False
    trim_m: float = 0.0
    hold_s: float = 0.0
    hold_for_go: bool = False
    subject: str = ""

    def __post_init__(self) -> None:
        what = f"Mark “{self.name}”" if self.name else "A mark"
        check_ranges(what, ring_deg=self.ring_deg, trim_m=self.trim_m, hold_s=self.hold_s)

    def is_off(self, travel_deg: float) -> bool:
        """Whether it lies off the ring's travel by more than rounding puts it there."""
        return not -1e-6 <= self.ring_deg <= travel_deg + 1e-6

    def trimmed_deg(self, lens: LensMap, subject_m: float | None = None) -> float:
        """Where the mark is for the next take, ring degrees, within the lens's travel.

        `subject_m` is where its subject is then; such a mark's own ring angle says nothing.
        """
        distance_m = lens.distance_m(self.ring_deg) if subject_m is None else subject_m
        if self.trim_m == 0.0 or math.isinf(distance_m):
            return self.ring_deg if subject_m is None else lens.ring_deg(distance_m)
        nearest_m, farthest_m = lens.distance_m(lens.travel_deg), lens.distance_m(0.0)
        return lens.ring_deg(min(max(distance_m + self.trim_m, nearest_m), farthest_m))


@dataclass(frozen=True, slots=True)
class ShowPull:
    """Marks in the order they are hit, and how the ring goes there. `duration_s` is without the holds.

    `subjects` are those who walk, each with a track whose clock starts at GO (`walks.py`).
    """

    id: str
    lens: str
    marks: tuple[ShowMark, ...]
    duration_s: float = 2.0
    easing: str = "minjerk"
    t_stop: float = 2.8
    coc_mm: float = SUPER_35.coc_mm
    name: str = ""
    subjects: tuple[Subject, ...] = ()
    focal_mm: float | None = None
    """Where a zoom stands for it; None where the lens file says"""
    zoom: str = ""
    """How a zoom is moved: `24..70` while the ring travels, `24@0..70@1.5s` after GO; empty where it stands"""
    still: OwnStill | None = None
    """The user's own picture to draw it on"""

    def __post_init__(self) -> None:
        what = f"Pull “{self.id}”"
        if not 2 <= len(self.marks) <= MOST_MARKS:
            raise RequestError(f"{what} has {len(self.marks)} marks.", f"A pull has 2 to {MOST_MARKS}.")
        check_ranges(what, duration_s=self.duration_s, t_stop=self.t_stop, coc_mm=self.coc_mm, focal_mm=self.focal_mm)
        parse_easing(self.easing)
        if self.zoom:
            parse_zoom(self.zoom, self.duration_s)
        known = [subject.name for subject in self.subjects]
        if unknown := next((m.subject for m in self.marks if m.subject and m.subject not in known), None):
            raise RequestError(f"{what} has a mark of {unknown}, who doesn't walk in it.", "Give her walk.")
        if twice := next((name for name in known if known.count(name) > 1 or not name.strip()), None):
            raise RequestError(f"{what} has two walks of “{twice}”, or one of nobody.", "Give each a name.")
        if still := next((s.name for s in self.subjects if not s.moves), None):
            raise RequestError(f"{what}: {still} doesn't walk.", "Set a mark at her distance instead.")

    def called(self, index: int, words: str, fps: Fraction | float = 24, bare: Bare = "m") -> ShowPull:
        """The pull with a mark named, or given somebody who walks: `ANNA=3m..2m`. Raises RequestError.

        Times in frames are at `fps`, distances without a unit in `bare`.
        """
        words = plain_name(words).strip()
        mark = dataclasses.replace(self.marks[index], name=words, subject="")
        walkers = {subject.name: subject for subject in self.subjects}
        if WALK in words:
            walker = parse_subject(words, self.duration_s, fps, bare)
            walkers[walker.name] = walker
            mark = dataclasses.replace(mark, name=walker.name, subject=walker.name)
        marks = (*self.marks[:index], mark, *self.marks[index + 1 :])
        asked = {mark.subject for mark in marks}
        kept = tuple(subject for subject in walkers.values() if subject.name in asked)
        return dataclasses.replace(self, marks=marks, subjects=kept)

    def words_of(self, mark: ShowMark) -> str:
        """A mark's name; of somebody who walks, the walk as `called` reads it."""
        walker = next((subject for subject in self.subjects if subject.name == mark.subject), None)
        return mark.name if walker is None else walk_words(walker)

    def trims(self, lens: LensMap) -> dict[float, float]:
        """Trimmed ring angle → trim in metres, of the marks that have one."""
        return {
            ring_deg: mark.trim_m
            for ring_deg, mark in zip(self.places_deg(lens), self.marks, strict=True)
            if mark.trim_m
        }

    @property
    def _holds_s(self) -> list[float]:
        """How long the walks' clock runs at each mark while the ring rests there."""
        middle = [0.0 if mark.hold_for_go else mark.hold_s for mark in self.marks[1:-1]]
        return [0.0, *middle, 0.0]

    def places_deg(self, lens: LensMap) -> tuple[float, ...]:
        """Where the ring stands at each mark, ring degrees: trims are in it, and walkers are where they are then.

        Raises RequestError for one who is off the lens's scale by then.
        """
        walkers = {subject.name: subject for subject in self.subjects}

        def place(arrivals: Sequence[float]) -> list[float]:
            return [
                mark.trimmed_deg(lens, walkers[mark.subject].at_m(t) if mark.subject else None)
                for mark, t in zip(self.marks, arrivals, strict=True)
            ]

        last = len(self.marks) - 1
        first = place([self.duration_s * i / last for i in range(last + 1)])
        if not any(mark.subject for mark in self.marks):
            return tuple(first)
        return settled(place, first, self._holds_s, self.duration_s)

    def read_deg(self, lens: LensMap, ring_deg: float, step_deg: float, lead_deg: float = 0.0) -> float:
        """The ring's place as it is read: that of a mark on whose step it stands, or `ring_deg` as it is.

        No motor comes nearer to a mark, and its figure and the ring's must not differ by a half inch that lies between.
        Nor by `lead_deg`, which a pull leaves the motor ahead of a ring that stands on its mark.
        """
        offs = (0.0, -lead_deg, lead_deg) if lead_deg else (0.0,)
        rings = [mark.trimmed_deg(lens) for mark in self.marks if not mark.subject]
        return next((deg for off in offs for deg in rings if abs(deg + off - ring_deg) <= step_deg / 2), ring_deg)

    def seen(self, part: Pull, lens: LensMap, *, back: bool = False) -> tuple[Subject, ...]:
        """Who is at the marks of a part of this pull, on the part's own clock; empty where nobody walks."""
        if not any(mark.subject for mark in self.marks):
            return ()
        rings = self.places_deg(lens)
        index = [ord(mark.letter) - ord("A") for mark in part.marks]
        starts_s, over_s = self._clock_s(part, lens, back=back)
        walkers = {subject.name: subject for subject in self.subjects}
        found = []
        for at, mark in zip(index, part.marks, strict=True):
            walker = walkers.get(self.marks[at].subject)
            if walker is None or not isinstance(walker.where, SubjectTrack):
                found.append(Subject(mark.name, lens.distance_m(rings[at])))
                continue
            walk = walker.where.mirrored(over_s) if back else walker.where
            found.append(Subject(walker.name, walk.shifted(starts_s)))
        return tuple(found)

    def zoomed(self, part: Pull, lens: LensMap, *, back: bool = False) -> tuple[LensMap, Zoom | None]:
        """The lens as a zoom stands for a part, or its move on the part's own clock, the lens then at its shortest.

        A move without times is spread over the time that the ring travels, and stands while the ring holds. With times
        it goes by the pull's clock, which stands while the ring waits for the next GO.
        Raises RequestError for a focal length that the lens hasn't.
        """
        if not self.zoom:
            return (lens if self.focal_mm is None else at_focal(lens, self.focal_mm)), None
        zoom = parse_zoom(self.zoom, self.duration_s)
        for focal_mm in zoom.range_mm:
            at_focal(lens, focal_mm)
        if not is_timed(self.zoom):
            zoom = zoom.resting(self._rests_s(lens))
        starts_s, over_s = self._clock_s(part, lens, back=back)
        zoom = (zoom.mirrored(over_s) if back else zoom).shifted(starts_s).within(part.duration_s)
        return at_focal(lens, zoom.range_mm[0]), zoom

    def _rests_s(self, lens: LensMap) -> list[tuple[float, float]]:
        """When the ring holds by itself, and how long, seconds: on a clock that stands meanwhile."""
        arrivals = arrivals_s(self.places_deg(lens), [0.0] * len(self.marks), self.duration_s)
        return [(at_s, hold_s) for at_s, hold_s in zip(arrivals, self._holds_s, strict=True) if hold_s > 0.0]

    def _clock_s(self, part: Pull, lens: LensMap, *, back: bool) -> tuple[float, float]:
        """When a part of the pull starts on the pull's clock, and how long that runs."""
        arrivals = arrivals_s(self.places_deg(lens), self._holds_s, self.duration_s)
        first = arrivals[ord(part.marks[0].letter) - ord("A")]
        return (arrivals[-1] - first if back else first), arrivals[-1]

    def parts(self, lens: LensMap, *, back: bool = False) -> tuple[Pull, ...]:
        """The pull as it is played: one `Pull`, or one from each hold for GO to the next; trims included.

        The duration is shared among the legs by their travel. Who walks is met where she is then. Raises RequestError
        where two marks in a row are at one place.
        """
        places = self.places_deg(lens)
        marks = [
            Mark(
                mark.name or mark.subject or letter(i),
                places[i],
                hold_s=0.0 if mark.hold_for_go else mark.hold_s,
                letter=letter(i),
            )
            for i, mark in enumerate(self.marks)
        ]
        gos = [i for i, mark in enumerate(self.marks) if mark.hold_for_go and 0 < i < len(marks) - 1]
        if back:
            marks.reverse()
            gos = [len(marks) - 1 - i for i in reversed(gos)]
        lengths_s = leg_durations_s([mark.ring_deg for mark in marks], self.duration_s)
        easing = parse_easing(self.easing)
        made = []
        for first, last in itertools.pairwise([0, *gos, len(marks) - 1]):
            part = [dataclasses.replace(mark) for mark in marks[first : last + 1]]
            part[0] = dataclasses.replace(part[0], hold_s=0.0)
            part[-1] = dataclasses.replace(part[-1], hold_s=0.0)
            legs = tuple(Leg(length_s, easing) for length_s in lengths_s[first:last])
            made.append(Pull(tuple(part), legs))
        return tuple(made)


def letter(index: int) -> str:
    """A, B, C …

    >>> letter(2)
    'C'
    """
    return chr(ord("A") + index)
