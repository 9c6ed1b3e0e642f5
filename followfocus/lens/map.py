# SPDX-License-Identifier: MIT
"""LensMap: which ring angle is which distance, on one lens.

A focusing lens moves by e = f²/(s − f), so the ring of a cine lens is cut to `angle = a + b/(D − n)`: linear in
1/distance, D from the image plane, n the front principal plane's offset from it. Between two marks the map is exactly
that line, so two marks already place a real lens's scale within half its depth of field (ARRI Signature Prime 40:
0.45 % of travel over 190 samples; linear in metres the same marks are wrong by 19 %).

Ring angles are degrees, 0 at the infinity end, growing toward close focus (OpenTrackIO's encoder direction).
"""

from __future__ import annotations

import difflib
import json
import math
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import overload

import numpy as np

from followfocus.arrays import FloatArray, places_in
from followfocus.errors import RequestError
from followfocus.files import is_file, write_atomically
from followfocus.lens import schema, typos
from followfocus.lens.law import Rows, Scale, places_of, rows_of, scale_through
from followfocus.lens.trust import DOUBTFUL, ScaleTrust, trust_of
from followfocus.units import FAR_M, Bare, format_both, parse_angle, parse_distance

ASSUMED_TRANSMISSION = 0.85
_EDGE = 1e-9
_SHIPPED = Path(__file__).parent / "shipped"
_SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class LensMark:
    """One witness mark: this ring angle is in focus at this distance (metres, `math.inf` allowed)."""

    ring_deg: float
    distance_m: float
    label: str = ""


@dataclass(frozen=True)
class LensMap:
    """One lens: its scale and what a pull needs to know of it. Checks itself when made (RequestError, all at once).

    `marks` ascend in ring angle and descend in distance; at least two. `t_stop` is the widest. `transmission` None
    means it is not known and 0.85 is taken. `direction` is +1 where turning the ring clockwise, seen from behind the
    camera, goes toward close focus. `has_stops` False: a ring that turns on, which cannot be homed.
    """

    name: str
    make: str
    model: str
    serial: str
    focal_length_mm: float
    t_stop: float
    close_focus_m: float
    travel_deg: float
    marks: tuple[LensMark, ...]
    principal_offset_m: float = 0.0
    transmission: float | None = None
    direction: int = 1
    gear_teeth: int = 130
    gear_module_mm: float = 0.8
    has_stops: bool = True
    squeeze: float = 1.0
    source: str = ""
    ideal: bool = False
    calibration: tuple[str, ...] = ()
    second_scale: tuple[LensMark, ...] = ()
    """The scale of the anamorphic block on a lens with two focus rings; such a ring is turned along."""
    focal_range_mm: tuple[float, float] | None = None
    """A zoom's shortest and longest focal length; `focal_length_mm` is where it stands."""
    breathing_percent: float = 0.0
    """How much more it takes in at infinity than at close focus."""
    entrance_pupil_m: float | None = None
    """Entrance pupil, metres ahead of the image plane; None where nobody says."""
    off_m: float = 0.0
    off_deg: float = 0.0
    """How far it is off its scale today, in distance and on the ring (`drift.py`); no part of the lens file."""

    def __post_init__(self) -> None:
        """Refuse a lens that cannot be, naming every problem."""
        object.__setattr__(self, "marks", tuple(self.marks))
        object.__setattr__(self, "second_scale", tuple(self.second_scale))
        second = [(mark.ring_deg, mark.distance_m, mark.label) for mark in self.second_scale]
        problems = schema.lens_problems(self._fields(), self._marks(), second)
        if problems:
            words = "; ".join(f"{field} {words}" for field, words in problems)
            raise RequestError(f"The lens {self.name or 'without a name'} doesn't add up: {words}.")
        if self.distance_m(self.travel_deg) <= 0:
            raise RequestError(
                f"The scale of {self.name or 'this lens'} runs into the image plane before the end of its travel, "
                f"{self.travel_deg:g}°.",
                "Give a mark near the close end, or the travel that the ring has.",
            )

    def _fields(self) -> dict[str, object]:
        """All fields but the marks, by name."""
        return {field: getattr(self, field) for field in schema.FIELDS}

    def _marks(self) -> list[tuple[float, float, str]]:
        """The marks as plain tuples."""
        return [(mark.ring_deg, mark.distance_m, mark.label) for mark in self.marks]

    @cached_property
    def scale(self) -> Scale:
        """The law between the marks, chosen by them (`law.py`); an ideal lens has the plain one."""
        return scale_through(self._rows(), self.principal_offset_m)

    def _rows(self) -> Rows:
        return rows_of([(mark.ring_deg, mark.distance_m) for mark in self.marks])

    @property
    def trust(self) -> ScaleTrust:
        """How far the scale is verified between its marks, and where the next one belongs."""
        return trust_of(self._rows(), self.principal_offset_m, self.travel_deg)

    def _place(self, distance_m: FloatArray) -> FloatArray:
        """A distance's place on the scale, with today's drift."""
        return places_of(distance_m - self.off_m, self.scale.offset_m)

    @overload
    def ring_deg(self, distance_m: float) -> float: ...
    @overload
    def ring_deg(self, distance_m: FloatArray) -> FloatArray: ...
    def ring_deg(self, distance_m: float | FloatArray) -> float | FloatArray:
        """Ring angle of a distance; exact at the marks, between and beyond them by the scale's law.

        A scalar off the travel is a RequestError. Arrays are mapped along the same law without that check.
        """
        scale = self.scale
        if isinstance(distance_m, np.ndarray):
            return piecewise(self._place(distance_m), scale.places, scale.rings) + self.off_deg
        distance_m = float(distance_m)
        if math.isnan(distance_m) or distance_m <= 0:
            raise RequestError(f"A distance can't be {distance_m:g} m.", "Distances count from the image plane.")
        ring_deg = float(piecewise(self._place(np.array([distance_m])), scale.places, scale.rings)[0]) + self.off_deg
        return self.checked_ring_deg(ring_deg, distance_m)

    @overload
    def distance_m(self, ring_deg: float) -> float: ...
    @overload
    def distance_m(self, ring_deg: FloatArray) -> FloatArray: ...
    def distance_m(self, ring_deg: float | FloatArray) -> float | FloatArray:
        """Distance in focus at a ring angle: infinity at and beyond infinity; off the travel the law is carried on."""
        scale = self.scale
        if not isinstance(ring_deg, np.ndarray):
            one = piecewise_at(float(ring_deg) - self.off_deg, scale.rings, scale.places)
            return math.inf if one <= _EDGE * scale.places[-1] else self.off_m + scale.offset_m + 1.0 / one
        place = piecewise(np.asarray(ring_deg, dtype=np.float64) - self.off_deg, scale.rings, scale.places)
        # A place is 1/distance: infinity is 0 like any other number, and a mark on it bends nothing.
        behind = place <= _EDGE * scale.places[-1]
        return np.where(behind, np.inf, self.off_m + scale.offset_m + 1.0 / np.where(behind, 1.0, place))

    def second_ring_deg(self, distance_m: float) -> float | None:
        """Where the second focus ring belongs for a distance, by the same law; None where there is none."""
        if not self.second_scale:
            return None
        rings = np.array([mark.ring_deg for mark in self.second_scale])
        places = places_of(np.array([mark.distance_m for mark in self.second_scale]), self.principal_offset_m)
        return float(piecewise(places_of(np.array([distance_m]), self.principal_offset_m), places, rings)[0])

    def checked_ring_deg(self, ring_deg: float, distance_m: float | None = None) -> float:
        """`ring_deg` if it lies on the travel (rounding at the ends is taken off), else a RequestError that says why.

        `distance_m` is the distance that was asked for, to name in the sentence.
        """
        slack = _EDGE * self.travel_deg
        if -slack <= ring_deg <= self.travel_deg + slack:
            return min(max(ring_deg, 0.0), self.travel_deg)
        asked = f"{ring_deg:g}°" if distance_m is None else _both(distance_m, math.inf)
        raise RequestError(
            f"{asked} is off the travel of {self.name}: its ring goes from 0° ({_both(self.distance_m(0.0))})"
            f" to {self.travel_deg:g}° ({_both(self.distance_m(self.travel_deg))}).",
            "Choose a point between.",
        )

    def warnings(self) -> tuple[str, ...]:
        """Doubts about the scale, one sentence each; above all, a mark off the law by over 0.5 % of travel."""
        return self._doubts

    @cached_property
    def _doubts(self) -> tuple[str, ...]:
        doubts = typos.scale_warnings(self._marks(), self.travel_deg, self.principal_offset_m)
        nearest_m = self.distance_m(self.travel_deg)
        if not doubts and self.close_focus_m < nearest_m * (1 - typos.TOLERANCE):
            words = f"The close focus of {_both(self.close_focus_m)} is nearer than the map reaches, {_both(nearest_m)}"
            doubts = (f"{words}: check it, the ring's travel and the last mark.",)
        marked_m = self.distance_m(max(mark.ring_deg for mark in self.marks))
        if not doubts and marked_m < self.close_focus_m * (1 - typos.TOLERANCE):
            words = (
                f"The close focus of {_both(self.close_focus_m)} is farther than the nearest mark, {_both(marked_m)}"
            )
            doubts = (f"{words}: check both.",)
        return (*doubts, *filter(None, [self.too_near]))

    @property
    def unverified(self) -> str:
        """Why the scale can't be relied on between its marks, before a pull; empty where it can, or is ideal."""
        return "" if self.ideal or not self.trust.doubtful else self.trust.words

    def beyond_marks(self, ring_deg: float) -> str:
        """Why the scale can't be relied on at a ring angle that lies well off all marks; empty where it can."""
        rings = [mark.ring_deg for mark in self.marks]
        last = min(max(ring_deg, min(rings)), max(rings))
        if self.ideal or abs(ring_deg - last) <= DOUBTFUL * self.travel_deg:
            return ""
        way = "nearer" if ring_deg > last else "farther"
        at_m, last_m = self.distance_m(ring_deg), self.distance_m(last)
        return f"{_both(at_m)} is {way} than the last mark, {_both(last_m)}: no mark verifies the scale there."

    @property
    def too_near(self) -> str:
        """Why it can't be planned to its close focus; empty where it can.

        A thin lens goes nearer than four focal lengths only with its offset.
        """
        limit_m = 4 * self.focal_length_mm / 1000
        if self.ideal or self.principal_offset_m or self.close_focus_m >= limit_m:
            return ""
        return (
            f"It closes to {_both(self.close_focus_m)}, and nearer than {_both(limit_m)} (four focal lengths) "
            "can't be planned: "
            f'give "principal_offset_m", the metres from the image plane to the front principal plane.'
        )

    def checked_t_stop(self, t_stop: float) -> float:
        """The stop, if the lens opens so far (to 1 %, as a barrel's figure is rounded); RequestError if it doesn't."""
        if t_stop < self.t_stop * 0.99:
            raise RequestError(f"{self.name} opens to T{self.t_stop:g}, not to T{t_stop:g}.", "Give a slower stop.")
        return t_stop

    def f_number(self, t_stop: float) -> float:
        """f-number of a T-stop: T·√transmission (0.85 where the lens does not say)."""
        return t_stop * math.sqrt(ASSUMED_TRANSMISSION if self.transmission is None else self.transmission)

    def measured_span_m(self) -> tuple[float, float]:
        """Nearest and farthest finite distance that a mark stands for; between them the map is measured."""
        finite = [mark.distance_m for mark in self.marks if math.isfinite(mark.distance_m)]
        return min(finite), max(finite)


def piecewise(x: FloatArray, xs: FloatArray, ys: FloatArray) -> FloatArray:
    """Linear through (xs, ys), both ascending, the end pairs carried on beyond the ends."""
    pair = places_in(xs, x)
    share = (x - xs[pair]) / (xs[pair + 1] - xs[pair])
    # Weighted from the nearer end, so that both marks of a pair come out exactly.
    low, high = ys[pair], ys[pair + 1]
    return np.where(share < 0.5, low + share * (high - low), high - (1.0 - share) * (high - low))


def piecewise_at(x: float, xs: FloatArray, ys: FloatArray) -> float:
    """`piecewise` of one number, to the bit and in a tenth of the time."""
    pair = min(max(int(xs.searchsorted(x, side="right")) - 1, 0), len(xs) - 2)
    left, right, low, high = float(xs[pair]), float(xs[pair + 1]), float(ys[pair]), float(ys[pair + 1])
    share = (x - left) / (right - left)
    return low + share * (high - low) if share < 0.5 else high - (1.0 - share) * (high - low)


def _both(distance_m: float, far_m: float = FAR_M) -> str:
    """A distance in both systems, to the millimetre."""
    return format_both(distance_m, metric_rounding=0.001, far_m=far_m)


# ---------------------------------------------------------------- lens files


def lens_names() -> tuple[str, ...]:
    """Names of the lenses that ship, sorted."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob(f"*{_SUFFIX}")))


def load_lens(name_or_path: str | Path) -> LensMap:
    """A lens that ships, by name, or the lens in a file.

    Raises RequestError for a name that is neither (near names are suggested), FileError for a file that is not a lens.
    """
    text = str(name_or_path)
    if isinstance(name_or_path, str) and text in lens_names():
        # Shipped files are checked by the tests, so that planning with one does not load pydantic.
        return _lens_of(json.loads((_SHIPPED / f"{text}{_SUFFIX}").read_text("utf-8"))["lens"])
    path = Path(name_or_path)
    looks_like_path = path.suffix.lower() == _SUFFIX or any(sep and sep in text for sep in ("/", os.sep, os.altsep))
    if not looks_like_path and not is_file(path):
        near = difflib.get_close_matches(
            text.lower().replace(" ", "-").replace("_", "-"), lens_names(), n=3, cutoff=0.4
        )
        hint = f"Did you mean {' or '.join(near)}?" if near else f"These ship: {', '.join(lens_names())}."
        raise RequestError(f"There is no lens “{text}”.", f"{hint} Or give the path of a lens file.")
    from followfocus.lens.model import read_lens_file

    return _lens_of(read_lens_file(path))


def lens_from_json(text: str, where: str | Path) -> LensMap:
    """The lens of a lens file's text; `where` says in messages where it is from. Raises FileError."""
    from followfocus.lens.model import read_lens_text

    return _lens_of(read_lens_text(text, Path(where)))


def _lens_of(keys: Mapping[str, object]) -> LensMap:
    """The LensMap of a checked document's `lens` object."""
    marks = tuple(LensMark(*mark) for mark in schema.marks_of(keys))
    second = tuple(LensMark(*mark) for mark in schema.marks_of(keys, "second_scale"))
    return LensMap(marks=marks, second_scale=second, **schema.lens_fields(keys))


def lens_to_json(lens: LensMap) -> str:
    """The lens file's text: versioned JSON, OpenTrackIO's words where it has one, infinity as "inf"."""
    second = [(mark.ring_deg, mark.distance_m, mark.label) for mark in lens.second_scale]
    document = schema.document_of(lens._fields(), lens._marks(), second)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def save_lens(lens: LensMap, path: str | Path) -> None:
    """Write a lens file. FileError if it cannot be written."""
    write_atomically(Path(path), lens_to_json(lens))


# ---------------------------------------------------------------- points


def parse_point(lens: LensMap, text: str, marks: Mapping[str, float] | None = None, bare: Bare = "m") -> float:
    """Ring angle of a point as written: a name in `marks` (→ ring angle), `84.5deg`, a distance, or a mark's label.

    Names of `marks` go first, exactly and then without regard to case. A bare number is in `bare`. Raises
    RequestError for a point that cannot be read or lies off the lens's travel.
    """
    asked = text.strip()
    named = _named(asked, marks or {})
    if named is not None:
        return lens.checked_ring_deg(named, lens.distance_m(named) if named > 0 else None)
    if re.search(r"([°º˚]|deg\w*)$", asked.lower()):
        return lens.checked_ring_deg(parse_angle(asked, what="ring angle"))
    labelled = _named(asked, {mark.label: mark.ring_deg for mark in lens.marks if mark.label})
    if labelled is not None:
        return labelled
    if asked and asked[0].isalpha() and asked.lower() not in ("inf", "infinity", "infinite", "nan"):
        names = [*(marks or {}), *(mark.label for mark in lens.marks if mark.label)]
        raise RequestError(f"“{text}” is not a point.", _point_help(asked, names))
    return lens.ring_deg(parse_distance(asked, bare, what="point"))


def _named(text: str, marks: Mapping[str, float]) -> float | None:
    """The ring angle of the mark of that name, None if there is none."""
    if text in marks:
        return marks[text]
    return {name.casefold(): ring for name, ring in marks.items()}.get(text.casefold())


def _point_help(text: str, names: Iterable[str]) -> str:
    """How to write a point, with the names that are near or there."""
    names = list(dict.fromkeys(names))
    near = difflib.get_close_matches(text, names, n=2)
    marks = f" Did you mean {' or '.join(near)}?" if near else f" Marks here: {', '.join(names)}." if names else ""
    return f"Write a distance (1.2m, 4'6\", inf), a ring angle (84.5deg) or a mark's name.{marks}"
