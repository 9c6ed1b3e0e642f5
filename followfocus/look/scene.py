# SPDX-License-Identifier: MIT
"""From words to a scene: planes as they are written on the command line, the subjects of a rack, the default set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.lens.subjects import Subject, SubjectTrack, parse_where
from followfocus.look import figures
from followfocus.look.planes import Figure, Picture, Plane, figure_for, load_picture

BACKDROP = "the street"


@dataclass(frozen=True, slots=True)
class PlaneRequest:
    """A plane as asked for; `picture` is a file, a figure's name, or None for a figure that suits its name."""

    name: str
    where: float | SubjectTrack
    picture: str | None

    @property
    def start_m(self) -> float:
        """Its distance at GO."""
        return self.at_m(0.0)

    def at_m(self, t: float) -> float:
        """Its distance `t` seconds after GO."""
        return float(Subject(self.name, self.where).distance_m(t))


def parse_plane(text: str, duration_s: float, fps: Fraction | float = 24) -> PlaneRequest:
    """`NAME=WHERE` or `NAME=WHERE=PICTURE`. WHERE is a distance, or a walk: `4m..1.2m`, `4m@0..2m@1.5s..1.2m@3s`.

    A walk without times is spread evenly over the pull's duration, `duration_s`; times in frames are at `fps`.
    """
    parts = [part.strip() for part in text.split("=", 2)]
    if len(parts) < 2 or not parts[0] or not parts[1]:
        raise RequestError(f"“{text}” is not a plane.", "Write NAME=DISTANCE or NAME=DISTANCE=PICTURE.")
    where = parse_where(parts[1], duration_s, fps)
    return PlaneRequest(parts[0], where, parts[2] if len(parts) == 3 and parts[2] else None)


def default_requests(from_m: float, to_m: float) -> tuple[PlaneRequest, ...]:
    """The set that stands in where no planes are given: Anna near, a door far, a street of lights behind."""
    near, far = sorted((from_m, to_m))
    behind = math.inf if math.isinf(far) else max(3 * far, far + 5)
    planes = [PlaneRequest("ANNA", near, "anna"), PlaneRequest("THE DOOR", far, "door")]
    return (*planes, PlaneRequest(BACKDROP, behind, "street"))


def build_planes(requests: Sequence[PlaneRequest]) -> tuple[Plane, ...]:
    """The planes with their pictures loaded. Two to eight; FileError for a picture that cannot be used."""
    if not 1 <= len(requests) <= 8:
        raise RequestError(f"A look has one to eight planes, not {len(requests)}.")
    names = [request.name for request in requests]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise RequestError(f"Two planes are called {twice}.", "Give each its own name.")
    order = sorted(requests, key=lambda request: request.start_m)
    return tuple(
        Plane(request.name, request.where, _picture(request, order.index(request), len(order))) for request in requests
    )


def _picture(request: PlaneRequest, rank: int, count: int) -> Picture:
    if request.picture is None:
        return figure_for(request.name, rank, count)
    if request.picture.lower() in figures.NAMES:
        return Figure(request.picture.lower())
    return load_picture(request.picture)


def subject_at(
    distance_m: float, text: str, requests: Sequence[PlaneRequest], lens: LensMap, at_s: float = 0.0
) -> Subject:
    """Who stands where the pull starts or ends: the plane named `text`, else the nearest in ring angle within 1 %.

    `at_s` is when, in seconds after GO. Where nobody does, a subject named after the distance.
    """
    for request in requests:
        if request.name.casefold() == text.strip().casefold():
            return Subject(request.name, request.where)
    ring = lens.ring_deg(distance_m)
    near = [(abs(_ring(lens, request.at_m(at_s)) - ring), request) for request in requests if request.name != BACKDROP]
    if near:
        apart, request = min(near, key=lambda pair: pair[0])
        if apart <= 0.01 * lens.travel_deg:
            return Subject(request.name, request.where)
    return Subject(text.strip(), distance_m)


def _ring(lens: LensMap, distance_m: float) -> float:
    """Ring angle of a distance, on the scale or off it."""
    import numpy as np

    return float(lens.ring_deg(np.array([distance_m]))[0])
