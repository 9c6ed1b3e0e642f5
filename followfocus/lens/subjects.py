# SPDX-License-Identifier: MIT
"""Who is focused on, and where: a subject stands at a distance, or walks, which is a track of distances.

A walk is written `4m..1.2m` (evenly over the pull), or with times in seconds after GO: `4m@0..2m@1.5s..1.2m@3s`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.units import Bare, parse_distance, parse_duration

WALK = ".."
"""Stands between two places of a walk."""
TIMED = "@"
"""Stands between a place and when it is reached."""


@dataclass(frozen=True, slots=True)
class SubjectTrack:
    """Where a moving subject is, or a still one from a moving camera: metres from the image plane at times in seconds.

    Straight lines between the points; before the first and after the last it stands. Times must rise.
    """

    times_s: tuple[float, ...]
    distances_m: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse a track that cannot be."""
        times, distances = np.array(self.times_s), np.array(self.distances_m)
        if len(times) < 2 or times.shape != distances.shape:
            raise RequestError("A subject's track needs at least two points, each a time and a distance.")
        if not np.all(np.isfinite(times)) or np.any(np.diff(times) <= 0):
            raise RequestError("The times of a subject's track must rise from point to point.")
        if not np.all(np.isfinite(distances) & (distances > 0)):
            raise RequestError("The distances of a subject's track must be more than 0 m and not infinite.")

    def distance_m(self, t: float | FloatArray) -> FloatArray:
        """Distance in metres at `t` seconds (scalar or array)."""
        return np.asarray(np.interp(t, self.times_s, self.distances_m), dtype=np.float64)

    def shifted(self, by_s: float) -> SubjectTrack:
        """The same walk on a clock that started `by_s` later."""
        return SubjectTrack(tuple(t - by_s for t in self.times_s), self.distances_m)

    def mirrored(self, over_s: float) -> SubjectTrack:
        """The walk back to one: as if `over_s` seconds ran backwards."""
        return SubjectTrack(tuple(over_s - t for t in reversed(self.times_s)), self.distances_m[::-1])


@dataclass(frozen=True, slots=True)
class Subject:
    """Something the camera may be focused on: a name, and a distance in metres (∞ allowed) or a track of them."""

    name: str
    where: float | SubjectTrack

    def distance_m(self, t: float | FloatArray) -> FloatArray:
        """Distance in metres from the image plane at `t` seconds, of the same shape as `t`."""
        if isinstance(self.where, SubjectTrack):
            return self.where.distance_m(t)
        return np.full(np.shape(t), self.where)

    @property
    def moves(self) -> bool:
        """Whether it walks."""
        return isinstance(self.where, SubjectTrack)

    def at_m(self, t: float) -> float:
        """Distance in metres at `t` seconds."""
        return float(self.distance_m(t))


def stops_of(
    text: str, duration_s: float, what: str, fps: Fraction | float = 24
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """The stops of a move, as written, and when it is at them, in seconds; without times evenly over `duration_s`.

    Times may be in frames, at `fps`. `what` they are is for the RequestError where only some have a time.

    >>> stops_of("24@0..50@1.5s..70@3s", 2.0, "focal lengths")
    (('24', '50', '70'), (0.0, 1.5, 3.0))
    """
    pairs = [stop.partition(TIMED) for stop in text.split(WALK)]
    stops, timed = tuple(stop for stop, _, _ in pairs), [bool(time) for _, _, time in pairs]
    if all(timed):
        return stops, tuple(parse_duration(time, fps) for _, _, time in pairs)
    if any(timed):
        raise RequestError(f"“{text}” gives a time for some {what} only.", "Give each a time, or none.")
    return stops, tuple(duration_s * i / (len(pairs) - 1) for i in range(len(pairs)))


def parse_where(text: str, duration_s: float, fps: Fraction | float = 24, bare: Bare = "m") -> float | SubjectTrack:
    """A distance, or a walk; one without times is spread evenly over `duration_s`, the pull's. Raises RequestError.

    Times may be in frames, at `fps`; a distance without a unit is in `bare`.

    >>> parse_where("4m..1.2m", 2.0)
    SubjectTrack(times_s=(0.0, 2.0), distances_m=(4.0, 1.2))
    """
    if WALK not in text:
        return parse_distance(text, bare)
    places, times = stops_of(text, duration_s, "places", fps)
    distances = tuple(parse_distance(place, bare) for place in places)
    return SubjectTrack(times, distances)


def walk_words(subject: Subject) -> str:
    """A subject as `parse_subject` reads it.

    >>> walk_words(Subject("ANNA", SubjectTrack((0.0, 2.0), (3.0, 1.25))))
    'ANNA=3m@0s..1.25m@2s'
    """
    if not isinstance(subject.where, SubjectTrack):
        return f"{subject.name}={short(subject.where)}m"
    places = zip(subject.where.times_s, subject.where.distances_m, strict=True)
    return f"{subject.name}=" + WALK.join(f"{short(metres)}m@{short(at_s)}s" for at_s, metres in places)


def short(value: float) -> str:
    """A number to four decimals, as few as say it.

    >>> short(1.5)
    '1.5'
    """
    return f"{value:z.4f}".rstrip("0").rstrip(".")


def parse_subject(text: str, duration_s: float, fps: Fraction | float = 24, bare: Bare = "m") -> Subject:
    """`NAME=WHERE`, as `ANNA=3m..2m`; for the rest see `parse_where`. Raises RequestError."""
    name, _, where = (part.strip() for part in text.partition("="))
    if not name or not where:
        raise RequestError(f"“{text}” is not a subject.", "Write NAME=DISTANCE, or for a walk NAME=4m..1.2m.")
    return Subject(name, parse_where(where, duration_s, fps, bare))


def check_names(names: Iterable[str]) -> None:
    """Refuse two of one name, in whatever case: who is meant couldn't be told. Raises RequestError."""
    known: set[str] = set()
    for name in names:
        if name.casefold() in known:
            raise RequestError(f"Two are called {name}.", "Give each a name of its own.")
        known.add(name.casefold())
