"""The repeatability certificate of a pull: one page with what was measured, how, and what was not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from reportlab.graphics.shapes import Circle, Drawing, Line, String
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer, Table, TableStyle

from followfocus.paper import FAINT, INK, LINE, Head, fonts, style, words, write_pdf
from followfocus.repeatability import Repeatability
from followfocus.report import iso, mark_words
from followfocus.takelog import TakeRow


def write_certificate(path: Path, found: Repeatability, rows: Sequence[TakeRow], paper: str = "a4") -> None:
    """Write the page. `rows` are the takes it is about, at least one. Raises RequestError, FileError."""
    taken = [row for row in rows if row.plan_hash == found.plan_hash]
    context = taken[0].context
    head = Head(
        "Certificate of repeatability",
        (context.production, f"{context.pull}   {context.lens} {context.lens_serial}".rstrip()),
        (_span(taken), f"unit {context.unit} {context.unit_serial}", f"firmware {context.firmware}"),
    )
    story: list[Flowable] = [
        words(f"{found.takes} take{'s' if found.takes != 1 else ''} of one pull", style(20, bold=True)),
        Spacer(0, 3 * mm),
        words(_pull_words(taken[0]), style(10)),
        Spacer(0, 8 * mm),
        _figures(found),
        Spacer(0, 8 * mm),
        _strip("landing, degrees from the mark", [r.landing_error_deg for r in taken], "{:+.4f}°", found.step_deg),
        Spacer(0, 5 * mm),
        _strip("last step, milliseconds from the plan", [r.duration_error_ms for r in taken], "{:+.5f}", 1e-3),
        Spacer(0, 8 * mm),
        *(words(sentence, style(10)) for sentence in found.words[2:]),
        Spacer(0, 5 * mm),
        words(_how(found), style(8, faint=True)),
    ]
    write_pdf(path, head, story, paper)


def _span(rows: Sequence[TakeRow]) -> str:
    first, last = iso(rows[0].logged_utc_s)[:16], iso(rows[-1].logged_utc_s)[:16]
    return f"{first}Z" if first == last else f"{first}Z – {last}Z"


def _pull_words(row: TakeRow) -> str:
    marks = " to ".join(mark_words(mark.letter, mark.name, mark.distance_m) for mark in row.context.marks)
    duration = "" if row.context.duration_s is None else f" in {row.context.duration_s:.3g} s, {row.context.easing}"
    stop = "" if row.context.t_stop is None else f", T{row.context.t_stop:.3g}"
    return f"{marks}{duration}{stop}. Plan {row.plan_hash}."


def _figures(found: Repeatability) -> Table:
    lines = [
        ("landing spread", f"{found.landing_spread_deg:.4f}°", f"{found.landing_spread_steps:.2f} motor steps, "
         f"{found.landing_spread_half_dof:.4f} half depths of field"),
        ("timing spread", f"{found.timing_spread_ticks} ticks", f"{found.timing_spread_ms * 1e3:.3f} µs between the "
         "last steps, by the unit's own clock"),
        ("bias", f"{found.bias_deg:+.4f}°", "the median landing from the mark"),
        ("deviation", f"{found.landing_sd_deg:.4f}°", "standard deviation of the landings"),
        ("drift", f"{found.trend_deg:+.5f}°" if found.trend_deg else "none", "a take, where it is more than noise"),
    ]  # fmt: skip
    table = Table(
        [[words(a, style(10)), words(b, style(13, bold=True)), words(c, style(9, faint=True))] for a, b, c in lines],
        colWidths=[36 * mm, 40 * mm, 104 * mm],
        hAlign="LEFT",
    )
    table.setStyle(TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.3, LINE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]))
    return table


def _strip(title: str, values: Sequence[float | None], how: str, least: float) -> Drawing:
    """A dot a take from left to right, about their median; the strip is at least `least` high both ways."""
    plain, _ = fonts()
    width, height = 180 * mm, 26 * mm
    drawing = Drawing(width, height + 12)
    drawing.add(String(0, height + 3, title, fontName=plain, fontSize=8, fillColor=INK))
    known = [(i, v) for i, v in enumerate(values) if v is not None]
    if not known:
        return drawing
    middle = float(np.median([v for _, v in known]))
    reach = max(least, *(abs(v - middle) for _, v in known))
    left, right = 22 * mm, width - 2 * mm
    drawing.add(Line(left, height / 2, right, height / 2, strokeColor=LINE, strokeWidth=0.4))
    for share, value in ((1.0, middle + reach), (0.5, middle), (0.0, middle - reach)):
        y = 3 + share * (height - 8)
        label = how.format(value)
        drawing.add(String(left - 4, y - 2, label, fontName=plain, fontSize=7, textAnchor="end", fillColor=FAINT))
    for index, value in known:
        x = left + 4 + (right - left - 8) * (index + 0.5) / len(values)
        y = 3 + ((value - middle) / reach + 1) / 2 * (height - 8)
        drawing.add(Circle(x, y, 1.7, fillColor=INK, strokeColor=None))
    return drawing


def _how(found: Repeatability) -> str:
    seen = (
        "The landings were seen: by the witness of the ring itself."
        if found.by == "witness"
        else "The landings are the unit's own step count, less the motor's lead; what happens between motor and ring "
        "(lash, a loose gear) is not in them."
    )
    return (
        f"{seen} Times are the unit's, in ticks of its clock. Spread is greatest less least. "
        f"{found.left_out} takes that did not land are left out."
    )
