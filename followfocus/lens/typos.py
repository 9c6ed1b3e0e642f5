# SPDX-License-Identifier: MIT
"""Find the mistyped mark on a scale, and say what was likely meant.

The law angle = a + b/(D − n) has two parameters, so with three marks or more each mark can be held against the others.
The fit must not be dragged by the mark it is to convict: the line is the one through two marks that most other marks
agree with, then least squares over those that agree.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

from followfocus.units import FOOT_M, INCH_M, format_both

MarkRow = tuple[float, float, str]  # ring_deg, distance_m, label
ScaleLine = tuple[float, float]  # a (degrees), b (degrees · metres)

TOLERANCE = 0.005  # of the travel; about half of a fast prime's half depth of field
_MOST_TYPED = 60  # marks: no hand types more


def reciprocal(distance_m: float, offset_m: float) -> float:
    """1/(D − n), 0 at infinity, infinite inside the lens."""
    if math.isinf(distance_m):
        return 0.0
    return 1.0 / (distance_m - offset_m) if distance_m > offset_m else math.inf


def least_squares(points: Sequence[tuple[float, float]]) -> ScaleLine:
    """Offset a and slope b of y = a + b·x through (x, y) points; level where all x are one."""
    mean_x = math.fsum(x for x, _ in points) / len(points)
    mean_y = math.fsum(y for _, y in points) / len(points)
    spread = math.fsum((x - mean_x) ** 2 for x, _ in points)
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in points) / spread if spread else 0.0
    return mean_y - slope * mean_x, slope


def _agreeing(line: ScaleLine, points: Sequence[tuple[float, float]], tolerance: float) -> list[int]:
    """Indices of the points within `tolerance` of the line."""
    a, b = line
    return [i for i, (x, y) in enumerate(points) if abs(a + b * x - y) <= tolerance]


def robust_line(points: Sequence[tuple[float, float]], tolerance: float) -> tuple[ScaleLine, list[int]]:
    """The two-parameter fit that most points agree with, and the indices of those points.

    `points` are (1/(D − n), ring angle), `tolerance` in the ring's unit. Consensus over all pairs (of a long table, of
    an even choice of its rows), then least squares over the agreeing points, which can only win points.
    """
    best: tuple[int, float, ScaleLine] | None = None
    for (x0, y0), (x1, y1) in itertools.combinations(points[:: 1 + len(points) // _MOST_TYPED], 2):
        # The ring's angle grows towards close focus, as 1/distance does: a line that falls is no scale.
        if x1 == x0 or (y1 - y0) / (x1 - x0) <= 0:
            continue
        slope = (y1 - y0) / (x1 - x0)
        line = (y0 - slope * x0, slope)
        agreeing = _agreeing(line, points, tolerance)
        miss = sum(abs(line[0] + line[1] * points[i][0] - points[i][1]) for i in agreeing)
        if best is None or (len(agreeing), -miss) > (best[0], best[1]):
            best = (len(agreeing), -miss, line)
    line = best[2] if best else least_squares(points)
    agreeing = _agreeing(line, points, tolerance)
    refined = least_squares([points[i] for i in agreeing]) if len(agreeing) >= 2 else line
    wider = _agreeing(refined, points, tolerance)
    return (refined, wider) if len(wider) >= len(agreeing) else (line, agreeing)


def _guesses(entered_m: float) -> list[tuple[float, str]]:
    """Distances that may have been meant by one that was entered, each with the mistake that leads to it."""
    feet = entered_m / FOOT_M
    guesses = [
        (entered_m * FOOT_M, f"{entered_m:.3g} feet entered as metres"),
        (feet, f"{feet:.3g} metres entered as feet"),
        (entered_m - FOOT_M, "a foot too many, as when 12 inches carry twice"),
        (entered_m + FOOT_M, "a foot too few, as when 12 inches do not carry"),
        (entered_m / 10, "a decimal point one place off"),
        (entered_m * 10, "a decimal point one place off"),
        (entered_m / 100, "centimetres entered as metres"),
        (entered_m / 1000, "millimetres entered as metres"),
        (entered_m * INCH_M, "inches entered as metres"),
    ]
    guesses += [*_point_for_prime(feet, "ft"), *_point_for_prime(entered_m, "m")]
    guesses += _prime_for_point(entered_m)
    return [(metres, words) for metres, words in guesses if metres > 0]


def _point_for_prime(value: float, unit: str) -> list[tuple[float, str]]:
    """5.6 typed for 5'6"."""
    found = []
    for places in (1, 2):
        typed = round(value, places)
        feet = int(typed)
        inches = round((typed - feet) * 10**places)
        # A tape measure is read to the inch, so a value that is not short in this unit was not typed in it.
        if abs(value - typed) <= 0.003 and 0 < inches < 12 and feet > 0:
            words = f"{typed:g} {unit} where {feet}'{inches}\" was meant"
            found.append((feet * FOOT_M + inches * INCH_M, words))
    return found


def _prime_for_point(entered_m: float) -> list[tuple[float, str]]:
    """5'6" typed for 5.6 ft or 5.6 m."""
    feet, inches = divmod(entered_m / INCH_M, 12)
    if abs(inches - round(inches)) > 0.05 or not 0 < round(inches) < 12:
        return []
    value = feet + round(inches) / (10 if round(inches) < 10 else 100)
    typed = f"{feet:.0f}'{inches:.0f}\""
    return [
        (value * FOOT_M, f"{typed} where {value:g} ft was meant"),
        (value, f"{typed} where {value:g} m was meant"),
    ]


def likely_typo(entered_m: float, miss: Callable[[float], float], tolerance: float) -> str:
    """The mistake that best explains a mark: "" if none brings `miss` (off the line, any unit) within `tolerance`."""
    if not math.isfinite(entered_m):
        return ""
    misses = [(miss(metres), metres, words) for metres, words in _guesses(entered_m)]
    off, metres, words = min(misses)
    return f"{words} ({format_both(metres, far_m=math.inf)})" if off <= tolerance else ""


def explain_mark(mark: MarkRow, line: ScaleLine, offset_m: float, tolerance_deg: float) -> str:
    """Why a mark may be off `line`: the likely typo in words, or ""."""
    ring_deg, distance_m, _ = mark
    a, b = line
    return likely_typo(distance_m, lambda metres: abs(a + b * reciprocal(metres, offset_m) - ring_deg), tolerance_deg)


def _expected(line: ScaleLine, ring_deg: float, offset_m: float) -> str:
    """The distance that the line has at a ring angle, in words."""
    reciprocal = (ring_deg - line[0]) / line[1]
    return format_both(offset_m + 1.0 / reciprocal if reciprocal > 1e-9 else math.inf)


def scale_warnings(marks: Sequence[MarkRow], travel_deg: float, offset_m: float) -> tuple[str, ...]:
    """One sentence for each mark that leaves the fit of the others by over `TOLERANCE` of the travel.

    Where less than half of the marks agree on any line, one sentence for the whole scale instead.
    """
    points = [(reciprocal(distance_m, offset_m), ring_deg) for ring_deg, distance_m, _ in marks]
    tolerance_deg = TOLERANCE * travel_deg
    line, agreeing = robust_line(points, tolerance_deg)
    if len(agreeing) == len(marks):
        return ()
    if len(agreeing) < 3 or 2 * len(agreeing) <= len(marks):
        return (_no_law(marks, points, travel_deg, offset_m, tolerance_deg),)
    return tuple(
        _off_the_law(marks, i, line, offset_m, travel_deg, tolerance_deg)
        for i in range(len(marks))
        if i not in agreeing
    )


def _off_the_law(
    marks: Sequence[MarkRow], i: int, line: ScaleLine, offset_m: float, travel_deg: float, tolerance_deg: float
) -> str:
    """The warning about one mark."""
    ring_deg, distance_m, label = marks[i]
    off = abs(line[0] + line[1] * reciprocal(distance_m, offset_m) - ring_deg) / travel_deg
    name = f"marks[{i}] ({label + ', ' if label else ''}{format_both(distance_m, far_m=math.inf)} at {ring_deg:g}°)"
    typo = explain_mark(marks[i], line, offset_m, tolerance_deg)
    guess = f"likely {typo}" if typo else "check its distance and angle, and keep it only if it was measured"
    return (
        f"{name} lies {off * 100:.2f} % of travel off the 1/distance law of the other marks, "
        f"which have {_expected(line, ring_deg, offset_m)} there: {guess}."
    )


def _no_law(
    marks: Sequence[MarkRow],
    points: Sequence[tuple[float, float]],
    travel_deg: float,
    offset_m: float,
    tolerance_deg: float,
) -> str:
    """The warning about a scale whose marks agree on no line; names a mark that one typo would explain, if just one."""
    found = []
    # Each mark is left out once, and every pair of the others
    # tried against all: too much for a table that no hand typed.
    for i in range(len(marks) if len(marks) <= _MOST_TYPED else 0):
        line, agreeing = robust_line([point for j, point in enumerate(points) if j != i], tolerance_deg)
        typo = explain_mark(marks[i], line, offset_m, tolerance_deg) if len(agreeing) == len(marks) - 1 else ""
        if typo:
            found.append(
                f"marks[{i}] ({format_both(marks[i][1], far_m=math.inf)} at {marks[i][0]:g}°) is likely {typo}"
            )
    a, b = least_squares(points)
    worst = max(abs(a + b * x - y) for x, y in points) / travel_deg
    hint = "; or ".join(found) if found else "map it with more marks, or look for a wrong one"
    return f"The marks follow no common 1/distance law (up to {worst * 100:.2f} % of travel off it): {hint}."
