"""The camera report and the focus log: their facts, as CSV and JSON.

`report_pdf.py` draws the same facts on paper. Everything comes from the take log alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from followfocus.takes.log import TakeRow
from followfocus.units import format_distance, format_feet_inches

FORMAT, VERSION = "followfocus-report", 1


def take_facts(row: TakeRow) -> dict[str, object]:
    """A take as a script supervisor and a post house read it: flat, with units in the names."""
    context = row.context
    first, last = (context.marks[0], context.marks[-1]) if context.marks else (None, None)
    return {
        "row": row.id,
        "production": context.production,
        "camera": context.camera,
        "first_ac": context.first_ac,
        "scene": row.scene,
        "shot": row.shot,
        "take": row.take,
        "circled": row.word == "circled",
        "word": row.word,
        "verdict": row.verdict,
        "start_utc": iso(row.started_utc_s),
        "start_timecode": row.timecode,
        "fps": context.fps,
        "lens": context.lens,
        "lens_serial": context.lens_serial,
        "focal_length_mm": context.focal_length_mm,
        "t_stop": context.t_stop,
        "cue": context.cue,
        "pull": context.pull,
        "part": f"{context.part}/{context.parts}" if context.parts > 1 else "",
        "from_m": None if first is None else first.distance_m,
        "to_m": None if last is None else last.distance_m,
        "from_deg": None if first is None else first.ring_deg,
        "to_deg": None if last is None else last.ring_deg,
        "marks": " | ".join(mark_words(mark.letter, mark.name, mark.distance_m) for mark in context.marks),
        "trims_cm": " | ".join(f"{mark.letter} {mark.trim_m * 100:+.1f}" for mark in context.marks if mark.trim_m),
        "duration_s": context.duration_s,
        "easing": context.easing,
        "landing_error_deg": row.landing_error_deg,
        "landing_error_half_dof": row.landing_error_half_dof,
        "duration_error_ms": row.duration_error_ms,
        "faults": "; ".join(row.reasons),
        "unit": context.unit,
        "unit_serial": context.unit_serial,
        "firmware": context.firmware,
        "plan_hash": row.plan_hash,
        "note": row.note,
    }


def mark_words(letter: str, name: str, distance_m: float | None) -> str:
    """A mark with its distance in both units, such as A Anna 1.20 m / 3'11".

    >>> print(mark_words("A", "Anna", 1.2))
    A Anna 1.20 m / 3'11"
    """
    metres = float("inf") if distance_m is None else distance_m
    where = "∞" if distance_m is None else f"{format_distance(metres)} / {format_feet_inches(metres)}"
    return " ".join(filter(None, (letter, name if name != letter else "", where)))


def iso(utc_s: float | None) -> str:
    """A moment as ISO 8601 in UTC, to the millisecond; empty where there is none."""
    if utc_s is None:
        return ""
    return datetime.fromtimestamp(utc_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_csv(rows: Sequence[TakeRow]) -> str:
    """The takes as CSV for spreadsheets: a byte order mark, CRLF, and nothing a spreadsheet takes for a formula."""
    return csv_text([take_facts(row) for row in rows])


def csv_text(facts: Sequence[dict[str, object]], columns: Sequence[str] = ()) -> str:
    """Rows of facts as CSV, with the columns of the first row or those given."""
    names = list(columns) or list(facts[0] if facts else take_columns())
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\r\n")
    writer.writeheader()
    for row in facts:
        writer.writerow({name: _cell(row.get(name)) for name in names})
    return "\ufeff" + text.getvalue()


def take_columns() -> tuple[str, ...]:
    """The columns of a log without takes."""
    return ("row", "scene", "shot", "take", "verdict", "note")


def _cell(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value


def to_json(rows: Sequence[TakeRow], made_utc_s: float) -> str:
    """The takes as one versioned JSON document."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "made_utc": iso(made_utc_s),
        "takes": [{**take_facts(row), "context": row.context.facts(), "evidence": row.facts} for row in rows],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"
