# SPDX-License-Identifier: MIT
"""A plan, and a take over it, as one picture that reads on a dark cart and on paper. Matplotlib, without a display."""

from __future__ import annotations

import functools
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.files import refuse_no_place, write_atomically
from followfocus.names import plain_name
from followfocus.plan.plan import Plan
from followfocus.plan.sharpness import circles
from followfocus.typefaces import MISSING, NO_FONT, dejavu, file_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
_GROUND, _INK, _FAINT = "#14171a", "#e8ebee", "#5a646e"
_PLAN, _ACTUAL = "#6fb1ff", "#ffd166"
_SUBJECTS = ("#58a6ff", "#5ec98a", "#d2a8ff", "#f0b040")
_SAMPLES = 801
ENDINGS = (".png", ".pdf", ".svg")


def plot_plan(
    plan: Plan, path: Path, actual: Sequence[tuple[FloatArray, FloatArray]] = (), title: str | None = None
) -> None:
    """Draw ring angle with the band of sharp focus, speed with its limit, and each subject's blur, over time.

    `actual`: (seconds, ring degrees) of takes, drawn over the plan. Raises RequestError where the file can't be
    written.
    """
    figure, (upper, middle, lower) = _figure(path, (9.6, 7.2), [3, 1.2, 1.6])
    t = np.linspace(0.0, plan.motion.duration_s, _SAMPLES)
    _draw_ring(upper, plan, t, actual)
    _draw_speed(middle, plan, t)
    _draw_blur(lower, plan, t)
    upper.set_title(_shown(title or _title(plan)), color=_INK, loc="left", fontsize=11, parse_math=False)
    lower.set_xlabel("seconds from GO", color=_INK)
    _save(figure, path)


def plot_take(traces: Mapping[str, FloatArray], path: Path, title: str) -> None:
    """Draw one take of the log: planned and actual ring angle over time, and below their difference.

    `traces`: name → rows of (seconds, ring degrees). Raises RequestError for a take without traces, or a file that
    can't be written.
    """
    planned, actual = traces.get("planned"), traces.get("witness")
    actual = traces.get("actual") if actual is None or not len(actual) else actual
    if planned is None or len(planned) < 2 or actual is None or len(actual) < 2:
        raise RequestError(f"{title}: this take has no trace to draw.", "Choose one that was played.")
    figure, (upper, lower) = _figure(path, (9.6, 5.4), [3, 1.2])
    upper.plot(planned[:, 0], planned[:, 1], color=_FAINT, linewidth=4, label="planned")
    upper.plot(actual[:, 0], actual[:, 1], color=_ACTUAL, linewidth=1.2, label="actual")
    upper.set_ylabel("ring, degrees", color=_INK)
    upper.legend(frameon=False, labelcolor=_INK)
    upper.set_title(_shown(title), color=_INK, loc="left", fontsize=11, parse_math=False)
    off = actual[:, 1] - np.interp(actual[:, 0], planned[:, 0], planned[:, 1])
    lower.plot(actual[:, 0], off, color=_ACTUAL, linewidth=1.0)
    lower.set_ylabel("off by, degrees", color=_INK)
    lower.set_xlabel("seconds from GO", color=_INK)
    _save(figure, path)


def check_plot(path: Path) -> None:
    """Raise RequestError for a picture that could not be drawn there, before what it is to show is shot."""
    if path.suffix.lower() not in ENDINGS:
        raise RequestError(
            f"{path} isn't a type of picture that can be drawn.", f"Give a name that ends in {', '.join(ENDINGS)}."
        )
    refuse_no_place(path)


def _figure(path: Path, inches: tuple[float, float], heights: Sequence[float]) -> tuple[Figure, Sequence[Axes]]:
    """A dressed figure with one plot above the other. Raises RequestError where it can't be drawn."""
    check_plot(path)
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib.figure import Figure

    figure = Figure(figsize=inches, dpi=120, facecolor=_GROUND, layout="constrained")
    axes = figure.subplots(len(heights), 1, sharex=True, height_ratios=list(heights))
    for one in axes:
        _dress(one)
    return figure, axes


def _save(figure: Figure, path: Path) -> None:
    _set_in_fonts(figure)
    # Drawn in memory: on a full disk the library's way into a PDF ends in an error of its packing, not of the disk.
    with io.BytesIO() as drawn:
        figure.savefig(drawn, format=path.suffix[1:].lower(), facecolor=_GROUND)
        write_atomically(path, drawn.getvalue())


def _dress(axes: Axes) -> None:
    axes.set_facecolor(_GROUND)
    axes.tick_params(colors=_INK)
    axes.grid(visible=True, color=_FAINT, linewidth=0.4, alpha=0.6)
    for spine in axes.spines.values():
        spine.set_color(_FAINT)


def _shown(text: str) -> str:
    """The text as the fonts here can show it, in a line to the right; matplotlib puts Arabic in order itself."""
    seen = (c for c in plain_name(" ".join(text.split())) if c.isprintable() and c not in "\u200d\ufe0f")
    return "\u200e" + "".join(c if file_of(c) else MISSING for c in seen)


def _set_in_fonts(figure: Figure) -> None:
    """Have each text look on through the fonts that it needs, and say at the foot what stands for other letters."""
    from matplotlib.text import Text

    texts = figure.findobj(Text)
    for text in texts:
        files = dict.fromkeys(file for c in text.get_text() if (file := file_of(c)) not in (None, dejavu()))
        if files:
            text.set_fontfamily(["DejaVu Sans", *map(_family, files)])
    if any(MISSING in text.get_text() for text in texts):
        lowest = figure.axes[-1]
        lowest.set_xlabel(f"{lowest.get_xlabel()} · {NO_FONT}")


@functools.cache
def _family(file: Path) -> str:
    """The name of a font, known to matplotlib from here on."""
    from matplotlib.font_manager import fontManager, ttfFontProperty
    from matplotlib.ft2font import FT2Font

    fontManager.addfont(str(file))
    return ttfFontProperty(FT2Font(str(file))).name


def _title(plan: Plan) -> str:
    words = plan.feasibility.words
    return f"{plan.lens.name}, T{plan.conditions.t_stop:g}, {plan.pull.legs[0].easing.name}: {words}"


def _draw_ring(axes: Axes, plan: Plan, t: FloatArray, actual: Sequence[tuple[FloatArray, FloatArray]]) -> None:
    ring = plan.motion.ring_deg(t)
    half = np.array([plan.half_dof_at(*at) for at in zip(ring.tolist(), t.tolist(), strict=True)])
    axes.fill_between(t, ring - half, ring + half, color=_PLAN, alpha=0.2, label="sharp: depth of field")
    axes.plot(t, ring, color=_PLAN, linewidth=1.6, label="planned")
    for number, (times_s, angles) in enumerate(actual):
        axes.plot(times_s, angles, color=_ACTUAL, linewidth=0.9, label="actual" if number == 0 else None)
    for mark in plan.pull.marks:
        axes.axhline(mark.ring_deg, color=_FAINT, linewidth=0.8, linestyle=":")
        axes.annotate(
            _shown(mark.name), (0.0, mark.ring_deg), color=_INK, xytext=(4, 3), textcoords="offset points", fontsize=9
        )
    axes.set_ylabel("ring, degrees", color=_INK)
    axes.legend(facecolor=_GROUND, edgecolor=_FAINT, labelcolor=_INK, fontsize=8)


def _draw_speed(axes: Axes, plan: Plan, t: FloatArray) -> None:
    speed = np.abs(plan.motion.speed_deg_s(t))
    limit = plan.limits.speed_deg_s
    axes.plot(t, speed, color=_PLAN, linewidth=1.2)
    if float(np.max(speed, initial=0.0)) > 0.5 * limit:
        axes.axhline(limit, color="#ff6b5e", linewidth=1.0, linestyle="--")
        axes.fill_between(t, speed, limit, where=(speed > limit).tolist(), color="#ff6b5e", alpha=0.5)
    axes.set_ylabel("°/s", color=_INK)


def _draw_blur(axes: Axes, plan: Plan, t: FloatArray) -> None:
    conditions, ring = plan.conditions, plan.motion.ring_deg(t)
    for number, subject in enumerate(plan.subjects):
        blur = np.abs(circles(ring, t, subject, plan.lens, conditions.t_stop, conditions.coc_mm))
        axes.plot(
            t, blur, color=_SUBJECTS[number % len(_SUBJECTS)], linewidth=1.2, label=_shown(f"{subject.name}: blur")
        )
    axes.axhspan(0.0, 1.0, color="#5ec98a", alpha=0.15)
    axes.set_ylim(0.0, None)
    axes.set_ylabel("circles of\nconfusion", color=_INK)
    axes.legend(facecolor=_GROUND, edgecolor=_FAINT, labelcolor=_INK, fontsize=8)
