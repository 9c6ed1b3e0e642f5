# SPDX-License-Identifier: MIT
"""The repeatability certificate of a pull: one page on the measurements, the method, and all that was not measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, HRFlowable, KeepInFrame, Spacer, Table, TableStyle

from followfocus.errors import RequestError
from followfocus.names import counted, in_line
from followfocus.paper.page import HEAD as HEAD_ROOM
from followfocus.paper.page import INK, LINE, MARGIN, SHADE, SIZES, Head, legend, style, words, write_pdf
from followfocus.paper.report import iso, mark_words
from followfocus.paper.strips import Strip, strip
from followfocus.takes.context import LoggedMark
from followfocus.takes.log import TakeRow
from followfocus.takes.power import power_words
from followfocus.takes.repeatability import Repeatability
from followfocus.takes.settime import local_time

WIDTH = 184 * mm
"""The height of A4 between its margins."""
MOST_FINDINGS = 8
MOST_CHARACTERS = 240
EXACT = 1e-9
"""Below this a figure is 0 and said to be; what only rounds to 0 keeps its digits."""

_SIMULATED = (
    "Made on the simulated unit, which models motor, driver, gear, lash and ring: this page shows what program and "
    "protocol repeat. It says nothing of any real motor or lens."
)
_SEEN = "Landings are the ring's own angle after it came to rest, as a witness saw it, against the mark."
_COUNTED = (
    "Landings are the unit's count of the steps it made, less the motor's lead. Not measured: what happens between "
    "motor and glass, that is lost steps, lash, a loose gear or rod, play in the lens. A look at the mark after the "
    "last take tells of those."
)
_TIMED = (
    "Times are of the last step from time zero, in ticks of the unit's own clock; how true that clock runs, and the "
    "time from GO to the start, are not in them. Spread is the greatest less the least of all takes that landed; "
    "drift is Theil and Sen's slope where Kendall's test holds it to be real (p < 0.02). Other stops, loads and "
    "temperatures were not tried."
)


def certificate_facts(found: Repeatability, rows: Sequence[TakeRow]) -> dict[str, object]:
    """The page as figures: ring degrees, motor steps, half depths of field, mm at the last mark, µs.

    `rows` are the takes in the log that `found` was made of, among others perhaps.
    """
    taken = taken_rows(found, rows)
    context = taken[0].context
    per_deg = context.end_mm_per_deg
    return {
        **found.facts(),
        "production": context.production,
        "pull": context.pull,
        "marks": [mark_words(mark.letter, mark.name, mark.distance_m) for mark in context.marks],
        "duration_s": context.duration_s,
        "easing": context.easing,
        "t_stop": context.t_stop,
        "coc_mm": context.coc_mm,
        "lens": context.lens,
        "lens_serial": context.lens_serial,
        "unit": context.unit,
        "unit_serial": context.unit_serial,
        "board": context.board,
        "firmware": context.firmware,
        "plan_hash": found.plan_hash,
        "first_utc": iso(taken[0].at_utc_s),
        "last_utc": iso(taken[-1].at_utc_s),
        "first_local": _local(taken[0]),
        "last_local": _local(taken[-1]),
        "rows": [taken[0].id, taken[-1].id],
        "landing_spread_mm": None if per_deg is None else found.landing_spread_deg * per_deg,
        "step_mm": None if per_deg is None else found.step_deg * per_deg,
        "timing_spread_us": None if found.timing_spread_ms is None else found.timing_spread_ms * 1e3,
    }


def taken_rows(found: Repeatability, rows: Sequence[TakeRow]) -> list[TakeRow]:
    """The rows of the takes that landed, in their order."""
    numbers = {landing.number for landing in found.landings}
    return [row for row in rows if row.id in numbers]


def certify(path: Path, found: Sequence[Repeatability], rows: Sequence[TakeRow], paper: str = "a4") -> None:
    """Write the certificate of `rows`, which must be of one plan. Raises RequestError, FileError."""
    if not found:
        raise RequestError("None of these takes landed: there is nothing to certify.", "takes list says why.")
    if len(found) != 1:
        raise RequestError(
            f"A certificate covers one plan, and these takes have {len(found)}.",
            "Choose with --plan, --pull or --last.",
        )
    write_certificate(path, found[0], rows, paper)


def write_certificate(path: Path, found: Repeatability, rows: Sequence[TakeRow], paper: str = "a4") -> None:
    """Write the page. `rows` are the takes it is about, at least one. Raises RequestError, FileError."""
    facts = certificate_facts(found, rows)
    head = Head(
        "Certificate of repeatability",
        (str(facts["production"]), str(facts["pull"])),
        (_days(facts), f"unit {facts['unit']} {facts['unit_serial']}".rstrip(), f"firmware {facts['firmware']}"),
        foot=legend(map(str, facts.values())),
    )
    story: list[Flowable] = [
        words(f"{counted(found.takes, 'take')} of one pull", style(20, bold=True)),
        Spacer(0, 3.5 * mm),
        words(_cut(_pull_words(facts, taken_rows(found, rows)[0].context.marks)), style(10)),
        Spacer(0, 5 * mm),
        _tiles(found, facts),
        Spacer(0, 5 * mm),
        *_findings(found),
        Spacer(0, 4 * mm),
        strip(_landings(found), WIDTH),
        Spacer(0, 5 * mm),
        strip(_times(found), WIDTH),
        Spacer(0, 5 * mm),
        _table(_set_up(found, facts)),
        Spacer(0, 5 * mm),
        *(words(sentence, style(8)) for sentence in _how(found, facts)),
        Spacer(0, 11 * mm),
        _signatures(),
    ]
    height = SIZES.get(paper.lower(), SIZES["a4"])[1] - 2 * MARGIN - HEAD_ROOM - 1.0
    write_pdf(path, head, [KeepInFrame(WIDTH, height, story, mode="shrink")], paper)  # smaller, but always one page


# Words ----------------------------------------------------------------------------------------------------------------


def _days(facts: dict[str, object]) -> str:
    first, last = (str(facts[name]).replace("T", " ") for name in ("first_local", "last_local"))
    offset, then = f" UTC{first[16:]}", f" UTC{last[16:]}"
    if first == last:
        return f"{first[:16]}{offset}"
    # Two offsets on the night the clocks change: an hour comes twice then.
    since = first[:16] if offset == then else f"{first[:16]}{offset}"
    return f"{since} – {last[11:16] if last[:10] == first[:10] else last[:16]}{then}"


def _local(row: TakeRow) -> str:
    """When a take began, in the set's own time to the minute, with its offset."""
    moment = local_time(row.at_utc_s, row.context.utc_offset_s)
    return "" if moment is None else moment.isoformat(timespec="minutes")


def _pull_words(facts: dict[str, object], marks: Sequence[LoggedMark]) -> str:
    """The pull in a line, each name fenced: one that is read from the right turns no distance beside it."""
    named = (mark_words(mark.letter, in_line(mark.name), mark.distance_m) for mark in marks)
    duration, stop = facts["duration_s"], facts["t_stop"]
    in_time = "" if duration is None else f" in {duration:g} s, {facts['easing']}"
    return " to ".join(named) + in_time + ("" if stop is None else f", at T{stop:g}")


def _cut(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - 1] + "…"


def _number(value: object, digits: int) -> str:
    """Fixed digits, the minus a minus, an exact 0 without any, and a dash for what isn't known."""
    if not isinstance(value, (int, float)):
        return "–"
    return "0" if abs(value) < EXACT else f"{value:z.{digits}f}".replace("-", "−")


def _findings(found: Repeatability) -> list[Flowable]:
    said = list(found.findings)
    if len(said) > MOST_FINDINGS:
        said = [*said[: MOST_FINDINGS - 1], f"{len(said) - MOST_FINDINGS + 1} more findings are left out here."]
    return [words(_cut(sentence).replace(" -", " −"), style(11, bold=not found.steady)) for sentence in said]


def _how(found: Repeatability, facts: dict[str, object]) -> list[str]:
    """How it was measured: no more is claimed than the evidence holds."""
    said = [_SIMULATED] if facts["board"] == "simulated" else []
    power = power_words(found.takes, found.landing_sd_deg, found.step_deg)
    return [*said, _SEEN if found.by == "witness" else _COUNTED, _TIMED, power]


# Figures --------------------------------------------------------------------------------------------------------------


def _tiles(found: Repeatability, facts: dict[str, object]) -> Table:
    """The figures that count, large; one take has no spread and no drift."""

    def spread(value: object, digits: int, unit: str = "") -> str:
        return f"{_number(value, digits)}{unit}" if found.takes > 1 else "–"

    tiles = [
        (spread(found.landing_spread_steps, 2, " steps"), "landing spread, of the motor"),
        (spread(found.landing_spread_deg, 4, "°"), "of the ring"),
        (spread(found.landing_spread_half_dof, 4), "half depths of field"),
        (spread(facts["landing_spread_mm"], 2, " mm"), "of focus, at the last mark"),
        (spread(found.timing_spread_ticks, 0, " ticks"), "timing spread, unit's clock"),
        (spread(facts["timing_spread_us"], 2, " µs"), "between the last steps"),
        (f"{_number(found.bias_deg, 4)}°", "median landing from the mark" if found.takes > 1 else "from the mark"),
        (spread(found.trend_deg, 4, "°") if found.trend_deg or found.takes == 1 else "none", "drift a take"),
    ]
    cells = [[words(figure, style(15, bold=True)), words(caption, style(7.5, faint=True))] for figure, caption in tiles]
    table = Table([cells[:4], cells[4:]], colWidths=[WIDTH / 4] * 4, rowHeights=[17 * mm] * 2, hAlign="LEFT")
    table.setStyle(
        TableStyle([
            ("BACKGROUND", (0, 0), (-1, -1), SHADE), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("INNERGRID", (0, 0), (-1, -1), 2.5, "#ffffff"), ("LEFTPADDING", (0, 0), (-1, -1), 8),
        ])
    )  # fmt: skip
    return table


def _landings(found: Repeatability) -> Strip:
    """Motor steps from the mark, a step each way shown at least."""
    errors = [landing.landing_error_deg for landing in found.landings]
    steps = [None if error is None else error / found.step_deg for error in errors]
    marked = {i for i, landing in enumerate(found.landings) if landing.number in found.odd}
    starts = {jump.number for jump in found.jumps}
    return Strip(
        "Landing of each take, motor steps from the mark",
        steps,
        least=2.0,
        unit="motor steps",
        ringed=frozenset(marked),
        lines=tuple(i for i, landing in enumerate(found.landings) if landing.number in starts),
    )


def _times(found: Repeatability) -> Strip:
    """Microseconds of the last step about their median, a microsecond each way shown at least."""
    rates = sorted(landing.tick_hz for landing in found.landings if math.isfinite(landing.tick_hz))
    times = [
        landing.last_edge_ticks / rates[len(rates) // 2] * 1e6
        if landing.last_edge_ticks is not None and rates
        else None
        for landing in found.landings
    ]
    known = sorted(time for time in times if time is not None)
    middle = known[len(known) // 2] if known else 0.0
    return Strip(
        "Last step of each take, µs from the median",
        [None if time is None else time - middle for time in times],
        least=1.0,
        unit="µs",
    )


def _set_up(found: Repeatability, facts: dict[str, object]) -> list[tuple[str, str]]:
    coc, count = facts["coc_mm"], found.count_spread_steps
    half_dof = f"{found.half_dof_deg:z.3f}° of the ring" if math.isfinite(found.half_dof_deg) else "not known"
    step_mm = facts["step_mm"]
    a_step = f"{found.step_deg:z.4f}° of the ring" + (
        f", {step_mm:.2f} mm of focus at the last mark" if isinstance(step_mm, float) else ""
    )
    rows = facts["rows"]
    assert isinstance(rows, list)
    return [
        ("lens", f"{in_line(str(facts['lens']))}   serial {facts['lens_serial'] or 'not given'}"),
        ("unit", f"{facts['unit']}   serial {facts['unit_serial']}   {facts['board']}, firmware {facts['firmware']}"),
        ("half the depth of field", half_dof + ("" if coc is None else f", for a circle of {coc:g} mm")),
        ("one motor step", a_step),
        ("by the unit's count", "not known" if count is None else _lie_within(count, found.takes)),
        ("standard deviation", "of one take there is none" if found.takes == 1 else _deg(found.landing_sd_deg)),
        ("takes", _which(found.takes, rows[0], rows[1])),
        ("plan", found.plan_hash or "not known"),
    ]


def _lie_within(steps: int, takes: int) -> str:
    return "there is one landing" if takes == 1 else f"the landings lie within {counted(steps, 'motor step')}"


def _deg(value: float) -> str:
    return f"{_number(value, 4)}° of the ring"


def _which(takes: int, first: int, last: int) -> str:
    """Which takes they are.

    >>> _which(1, 7, 7), _which(3, 7, 12)
    ('1 that landed, row 7 of the log', '3 that landed, rows 7 to 12 of the log')
    """
    return f"{takes} that landed, {f'row {first}' if first == last else f'rows {first} to {last}'} of the log"


def _table(lines: Sequence[tuple[str, str]]) -> Table:
    table = Table(
        [[words(name, style(8.5, faint=True)), words(_cut(text), style(8.5))] for name, text in lines],
        colWidths=[42 * mm, WIDTH - 42 * mm],
        hAlign="LEFT",
    )
    table.setStyle(
        TableStyle([
            ("LINEBELOW", (0, 0), (-1, -1), 0.3, LINE), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (0, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ])
    )  # fmt: skip
    return table


def _signatures() -> Table:
    cells = [[HRFlowable("100%", 0.6, color=INK), words(who, style(7.5, faint=True))] for who in ("1st AC", "date")]
    return Table([[cells[0], "", cells[1]]], colWidths=[WIDTH * 0.5, WIDTH * 0.1, WIDTH * 0.4], hAlign="LEFT")
