# SPDX-License-Identifier: MIT
"""The camera report and the focus log: their facts, as CSV and JSON.

`pdf.py` draws the same facts on paper. Everything comes from the take log alone.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, tzinfo

from followfocus.spreadsheet import COMMA, Fixed, Style, csv_lines
from followfocus.takes.log import TakeRow
from followfocus.takes.settime import local_time, offset_words, shoot_day, timecode_source
from followfocus.units import format_both

CREW_WORDS = {"": "", "circled": "circled", "ng": "NG", "buzzed": "buzzed"}
"""The crew's word for a take, as it is printed"""
FORMAT, VERSION = "followfocus-report", 1


def take_facts(row: TakeRow, zone: tzinfo | None = None) -> dict[str, object]:
    """A take as a script supervisor and a post house read it: flat, with units in the names.

    Local times are the set's, or in `zone`.
    """
    context = row.context
    started = local_time(row.started_utc_s, context.utc_offset_s, zone)
    logged = local_time(row.logged_utc_s, context.utc_offset_s, zone)
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
        "start_utc": Fixed(iso(row.started_utc_s)),
        "start_local": "" if started is None else Fixed(started.isoformat(timespec="milliseconds")),
        "utc_offset": "" if logged is None else offset_words(started or logged),
        "shoot_day": "" if logged is None else Fixed(shoot_day(started or logged)),
        "start_timecode": Fixed(row.timecode),
        "timecode_source": timecode_source(context.utc_offset_s) if row.timecode else "",
        "fps": context.fps,
        "lens": context.lens,
        "lens_serial": context.lens_serial,
        "focal_length_mm": context.focal_length_mm,
        "t_stop": context.t_stop,
        "cue": context.cue,
        "pull": context.pull,
        "part": f"{context.part} of {context.parts}" if context.parts > 1 else "",
        "from_m": None if first is None else first.distance_m,
        "to_m": None if last is None else last.distance_m,
        "from_deg": None if first is None else first.ring_deg,
        "to_deg": None if last is None else last.ring_deg,
        "marks": " | ".join(mark_words(mark.letter, mark.name, mark.distance_m) for mark in context.marks),
        "trims_cm": " | ".join(f"{mark.letter} {mark.trim_m * 100:+z.1f}" for mark in context.marks if mark.trim_m),
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
        "clip": context.clip,
        "outside_timecode": Fixed(context.timecode),
        "started_by": context.started_by,
    }


def mark_words(letter: str, name: str, distance_m: float | None) -> str:
    """A mark with its distance in both units, such as A Anna 0.80 m / 2'7 1/2".

    >>> print(mark_words("A", "Anna", 0.8))
    A Anna 0.80 m / 2'7 1/2"
    """
    metres = math.inf if distance_m is None else distance_m
    where = format_both(metres)
    return " ".join(filter(None, (letter, name if name != letter else "", where)))


def iso(utc_s: float | None) -> str:
    """A moment as ISO 8601 in UTC, to the millisecond; empty where there is none."""
    moment = local_time(utc_s, None, UTC)
    return "" if moment is None else moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def csv_of(facts: Iterable[dict[str, object]], style: Style = COMMA) -> Iterator[str]:
    """Rows of facts as CSV for spreadsheets: a byte order mark, CRLF, and text that stays text.

    The names of the first row are its columns; no rows make no lines.
    """
    rows = iter(facts)
    first = next(rows, None)
    yield "\ufeff"
    if first is not None:
        yield from csv_lines(
            itertools.chain([list(first)], (list(row.values()) for row in itertools.chain([first], rows))), style
        )


def json_of(rows: Iterable[TakeRow], made_utc_s: float, zone: tzinfo | None = None) -> Iterator[str]:
    """The takes as one versioned JSON document, take by take."""
    head = json.dumps({"format": FORMAT, "version": VERSION, "made_utc": iso(made_utc_s)}, indent=1)
    yield head.removesuffix("\n}") + ',\n "takes": ['
    for number, row in enumerate(rows):
        take = {**take_facts(row, zone), "context": row.context.facts(), "evidence": row.facts}
        yield (",\n" if number else "\n") + json.dumps(take, ensure_ascii=False)
    yield "\n ]\n}\n"
