# SPDX-License-Identifier: MIT
"""A lens mapped from a tape: marks A, B, C … put one after the other, and the law through them as it grows.

Each mark is a ring angle and the distance that is sharp there. From two on there is a lens; from three on every mark is
held against the others, and one that was misread is named with what was likely meant (`typos`).
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass

from followfocus.errors import RequestError
from followfocus.lens.map import LensMap, LensMark
from followfocus.lens.typos import TOLERANCE, explain_mark, reciprocal, robust_line

MOST_MARKS = 26
SAME_DEG = 0.5
"""A mark this near to another replaces it."""
_BLANK = LensMap(
    name="my-lens", make="", model="", serial="", focal_length_mm=50.0, t_stop=2.0, close_focus_m=0.5,
    travel_deg=300.0, marks=(LensMark(0.0, math.inf), LensMark(300.0, 0.5)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TapeMark:
    """A mark of a tape map: its letter, in the order of the ring, and by how many degrees it is off the law."""

    letter: str
    mark: LensMark
    off_deg: float | None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class TapeMap:
    """Marks on the way to a lens; `base` has what else is known of it. Marks ascend in ring angle."""

    base: LensMap = _BLANK
    marks: tuple[LensMark, ...] = ()

    @classmethod
    def of(cls, lens: LensMap) -> TapeMap:
        """A lens that is mapped, to be corrected."""
        return cls(lens, lens.marks)

    # Editing ----------------------------------------------------------------------------------------------------------

    def about(self, *, name: str, focal_length_mm: float, t_stop: float, serial: str, travel_deg: float) -> TapeMap:
        """With what is written on the lens. Raises RequestError, also where a mark would lie off the ring."""
        if not name.strip():
            raise RequestError("The lens has no name.", "Give it one, such as Cooke S4 40.")
        if self.marks and self.marks[-1].ring_deg > travel_deg:
            raise RequestError(f"A mark stands at {self.marks[-1].ring_deg:z.1f}°.", "Give the ring at least that.")
        base = dataclasses.replace(
            self.base, name=name.strip(), model=self.base.model or name.strip(), focal_length_mm=focal_length_mm,
            t_stop=t_stop, serial=serial.strip(), travel_deg=travel_deg, ideal=False,
            close_focus_m=max(self.base.close_focus_m, 0.05),
            marks=(LensMark(0.0, math.inf), LensMark(travel_deg, self.base.close_focus_m)),
        )  # fmt: skip
        return TapeMap(base, self.marks)

    def put(self, ring_deg: float, distance_m: float) -> TapeMap:
        """With a mark at a ring angle; one that is there already is replaced. Raises RequestError."""
        if not 0.0 <= ring_deg <= self.base.travel_deg:
            raise RequestError(
                f"{ring_deg:z.1f}° is off the ring's {self.base.travel_deg:g}°.",
                "Turn it back, or correct how far it turns.",
            )
        others = [mark for mark in self.marks if abs(mark.ring_deg - ring_deg) > SAME_DEG]
        mark = LensMark(ring_deg, distance_m)
        try:
            return self._with(*others, mark)
        except RequestError as error:
            typo = dataclasses.replace(self, marks=tuple(others))._typo(mark)
            raise RequestError(error.message, f"Likely {typo}.") if typo else error from None

    def change(self, index: int, distance_m: float) -> TapeMap:
        """With another distance for a mark. Raises RequestError."""
        marks = list(self.marks)
        marks[index] = dataclasses.replace(marks[index], distance_m=distance_m)
        return self._with(*marks)

    def without(self, index: int) -> TapeMap:
        """Without a mark."""
        return dataclasses.replace(self, marks=self.marks[:index] + self.marks[index + 1 :])

    def _with(self, *marks: LensMark) -> TapeMap:
        ordered = tuple(sorted(marks, key=lambda mark: mark.ring_deg))
        for before, after in itertools.pairwise(ordered):
            if after.distance_m >= before.distance_m:
                raise RequestError(
                    f"{after.distance_m:.3g} m at {after.ring_deg:z.1f}° isn't nearer than "
                    f"{before.distance_m:.3g} m at {before.ring_deg:z.1f}°.",
                    "Nearer lies towards the close stop: read the tape again.",
                )
        if len(ordered) > MOST_MARKS:
            raise RequestError(f"{MOST_MARKS} marks are enough.", "Take one away first.")
        return dataclasses.replace(self, marks=ordered)

    # What follows -----------------------------------------------------------------------------------------------------

    def line(self) -> tuple[float, float] | None:
        """The law's a and b of angle = a + b/(D − n) through the marks; None for fewer than two."""
        if len(self.marks) < 2:
            return None
        return robust_line(self._points(), TOLERANCE * self.base.travel_deg)[0]

    def _points(self) -> list[tuple[float, float]]:
        offset_m = self.base.principal_offset_m
        return [(reciprocal(mark.distance_m, offset_m), mark.ring_deg) for mark in self.marks]

    def fit_m(self, ring_deg: float) -> float:
        """The law's distance at a ring angle; infinity at and beyond it. Needs two marks."""
        line = self.line()
        assert line is not None
        place = (ring_deg - line[0]) / line[1]
        return math.inf if place <= 1e-9 else self.base.principal_offset_m + 1.0 / place

    def shown(self) -> tuple[TapeMark, ...]:
        """The marks with their letters, and how far each is off the law: from three marks on."""
        line, tolerance_deg = self.line(), TOLERANCE * self.base.travel_deg
        made = []
        for index, (mark, (place, ring_deg)) in enumerate(zip(self.marks, self._points(), strict=True)):
            letter = chr(ord("A") + index)
            if line is None or len(self.marks) < 3:
                made.append(TapeMark(letter, mark, None))
                continue
            off_deg = ring_deg - (line[0] + line[1] * place)
            typo = self._typo(mark) if abs(off_deg) > tolerance_deg else ""
            made.append(TapeMark(letter, mark, off_deg, typo))
        return tuple(made)

    def _typo(self, mark: LensMark) -> str:
        """The likely misreading of a mark, by the law through the marks that are there; empty for none."""
        line, row = self.line(), (mark.ring_deg, mark.distance_m, mark.label)
        tolerance_deg = TOLERANCE * self.base.travel_deg
        return "" if line is None else explain_mark(row, line, self.base.principal_offset_m, tolerance_deg)

    def doubted(self) -> tuple[TapeMark, ...]:
        """The marks that the law of the others doesn't bear out."""
        tolerance_deg = TOLERANCE * self.base.travel_deg
        return tuple(one for one in self.shown() if one.off_deg is not None and abs(one.off_deg) > tolerance_deg)

    def words(self) -> str:
        """How far one is, in a sentence."""
        count = len(self.marks)
        if count == 0:
            return "Turn to what the tape reads, and type the distance. The first is A."
        if count == 1:
            return "One more, well away from A, and there is a scale."
        doubted = self.doubted()
        if doubted:
            worst = max(doubted, key=lambda one: abs(one.off_deg or 0.0))
            hint = f" ({worst.doubt})" if worst.doubt else ""
            return f"{worst.letter} is {abs(worst.off_deg or 0.0):z.1f}° off the others: read it again{hint}."
        if count == 2:
            return "A scale already. A third mark checks it."
        worst_deg = max(abs(one.off_deg or 0.0) for one in self.shown())
        return f"{count} marks agree to {worst_deg:z.2f}° of the ring."

    def lens(self) -> LensMap:
        """The lens. Raises RequestError for fewer than two marks, or a scale that can't be."""
        if len(self.marks) < 2:
            raise RequestError("A lens needs two marks.", "Put one more.")
        finite = [mark.distance_m for mark in self.marks if math.isfinite(mark.distance_m)]
        measured = f"Measured: {len(self.marks)} marks read from a tape, {max(finite):.3g} m to {min(finite):.3g} m."
        lens = dataclasses.replace(
            self.base, marks=self.marks, ideal=False, close_focus_m=self.marks[-1].distance_m,
            source=self.base.source if self.marks == self.base.marks else "Mapped by hand, from a tape.",
            calibration=self.base.calibration if self.marks == self.base.marks else (measured,),
        )  # fmt: skip
        # By the lens's own law, which many marks may bend away from the straight line. Rounded up: a close focus that
        # is a hair nearer than the ring's end would be off the travel.
        return dataclasses.replace(lens, close_focus_m=math.ceil(lens.distance_m(lens.travel_deg) * 1e4) / 1e4)
