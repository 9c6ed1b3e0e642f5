# SPDX-License-Identifier: MIT
"""A day's takes as lists that other trades read: ALE for picture editors, the VES camera report (CRIF) for VFX.

ALE (Avid Log Exchange): Heading, Column, Data, tabs between the cells; VIDEO_FORMAT, Start and End are there because
readers refuse a list without them. One list has one frame rate. CRIF: a CSV after the VES Camera Report Interchange
Format 1.1, a row a take, which repeats what is its slate's. The columns from Job to Unit are the published table's own,
by name and form. The rest of that table could not be read here: the names after Unit are ours, with the published
"tk" before what is the take's. What the log can't know (tilt, height, filters, the first shoot day's number) is a
column that can be filled. The form lets anyone add columns.
"""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from followfocus.errors import RequestError
from followfocus.names import one_line
from followfocus.paper.report import CREW_WORDS
from followfocus.spreadsheet import COMMA, Fixed, Style, csv_lines
from followfocus.takes.context import timecode_at
from followfocus.takes.log import TakeRow
from followfocus.takes.settime import local_time, shoot_day
from followfocus.timecode import parse_timecode
from followfocus.units import format_distance, parse_fps

CRIF_VERSION = "1.1"
ALE_COLUMNS = (
    "Name", "Tracks", "Start", "End", "Scene", "Take", "Camera", "Shoot Date", "Lens", "Focal Length", "T-stop",
    "Focus from", "Focus to", "Pull", "Circled", "Verdict", "Comments",
)  # fmt: skip
_NAMESPACE = uuid.UUID("3b0f2a5e-6d0c-5d8e-9a0f-0c5f3f7a1d11")


@dataclass(frozen=True, slots=True)
class Filled:
    """Entries that a person adds to the VES report: unit, the number of the first shoot day, tilt, height, filters."""

    unit: str = ""
    first_day: int | None = None
    tilt: str = ""
    height: str = ""
    filters: str = ""


def start_label(row: TakeRow) -> str:
    """The timecode at a take's start: the source's where one ran at its rate or half of it, else the set's time of day.

    Empty for neither.
    """
    first = row.context.label_frame
    return row.timecode if first is None else timecode_at(first, row.context.fps, row.context.timecode)


def ale_of(rows: Sequence[TakeRow]) -> str:
    """The list. Takes that never started are left out. RequestError for none, and for takes at several rates."""
    placed = [row for row in rows if start_label(row) and row.facts.get("actual_s")]
    rates = sorted({row.context.fps for row in placed})
    if not placed:
        raise RequestError("None of these takes has a start and an end.", "takes list shows what is there.")
    if len(rates) > 1:
        raise RequestError(
            f"These takes are at {', '.join(rates)} fps; a list has one rate.", "Choose by --scene, --shot or --pull."
        )
    heading = [
        "Heading",
        "FIELD_DELIM\tTABS",
        "VIDEO_FORMAT\t1080",
        "AUDIO_FORMAT\t48khz",
        f"FPS\t{_ale_rate(rates[0])}",
    ]
    data = ["\t".join(one_line(str(value)).strip() for value in _ale_row(row)) for row in placed]
    return "\r\n".join([*heading, "", "Column", "\t".join(ALE_COLUMNS), "", "Data", *data, ""])


def _ale_rate(fps: str) -> str:
    return f"{float(parse_fps(fps)):.3f}".rstrip("0").rstrip(".")


def _ale_row(row: TakeRow) -> Iterator[object]:
    context = row.context
    rate, start = parse_fps(context.fps), start_label(row)
    first = parse_timecode(start, rate)
    actual_s = row.facts.get("actual_s")
    frames = max(1, math.ceil((actual_s if isinstance(actual_s, (int, float)) else 0.0) * rate))
    moment = local_time(row.started_utc_s, context.utc_offset_s)
    marks = context.marks
    yield context.clip_name or f"{row.shot} take {row.take}"
    yield "V"
    yield start
    yield timecode_at(first + frames, context.fps, start)
    yield row.scene
    yield row.take
    yield context.camera
    yield "" if moment is None else f"{moment:%Y-%m-%d}"
    yield " ".join(filter(None, (context.lens, context.lens_serial)))
    yield "" if context.focal_length_mm is None else f"{context.focal_length_mm:g}"
    yield "" if context.t_stop is None else f"{context.t_stop:g}"
    yield "" if not marks else _distance(marks[0].distance_m)
    yield "" if not marks else _distance(marks[-1].distance_m)
    yield context.pull
    yield "Yes" if row.word == "circled" else ""
    # An editor reads this column: what the crew threw out must not stand there as good alone.
    yield ", ".join(filter(None, (row.verdict, CREW_WORDS[row.word] if row.word != "circled" else "")))
    yield row.note


def _distance(metres: float | None) -> str:
    return "∞" if metres is None else format_distance(metres)


def crif_rows(rows: Iterable[TakeRow], name: str, filled: Filled, zone: tzinfo | None = None) -> Iterator[list[object]]:
    """Header and a row a take. A slate's number is its first row here.

    `name` is the log's own, so that a slate's UUID is the same in every export.
    """
    first: date | None = None
    slates: dict[str, int] = {}
    for number, row in enumerate(rows):
        moment = local_time(row.at_utc_s, row.context.utc_offset_s, zone)
        day = None if moment is None else shoot_day(moment)
        first = first or day
        shoot: int | str = ""
        # A clock that was set back in between says a day before the first: which it was is not known.
        if day is not None and first is not None and filled.first_day is not None and day >= first:
            shoot = filled.first_day + (day - first).days
        stamp = "" if moment is None else f"{moment:%Y/%m/%d %H:%M:%S}"
        facts = _crif(row, slates.setdefault(_slate(row), row.id), name, filled, shoot, stamp)
        if not number:
            yield list(facts)
        yield list(facts.values())


def _slate(row: TakeRow) -> str:
    """The name that tells a slate from every other: the board's 3A is a setup of scene 3, or scene 3A without one."""
    slate = row.context.slate
    lettered = slate.system == "american" and not slate.setup and re.search(r"\d[A-Za-z]{1,2}$", slate.scene.strip())
    return f"scene {row.shot}" if lettered else row.shot


def _crif(row: TakeRow, slate_id: int, name: str, filled: Filled, shoot: object, stamp: str) -> dict[str, object]:
    context = row.context
    marks = context.marks
    return {
        "Job": context.production,
        "CRIF Version": CRIF_VERSION,
        "Unique Slate ID": slate_id,
        "SlatesUUID": str(uuid.uuid5(_NAMESPACE, f"{name}/{_slate(row)}")),
        "Slate": row.shot,
        "Camera Letter": context.camera,
        "VFX Shot": "",
        "Scene Number": row.scene,
        "Shoot Day": shoot,
        "Shoot Timestamp": Fixed(stamp),
        "Shot Description": context.pull,
        "Unit": filled.unit,
        "Tilt": filled.tilt,
        "Height": filled.height,
        "Filters": filled.filters,
        "Lens": context.lens,
        "Lens Serial": context.lens_serial,
        "Focal Length": context.focal_length_mm,
        "tkTake": row.take,
        "tkClip": context.clip,
        "tkTimecode": Fixed(start_label(row)),
        "tkFPS": context.fps,
        "tkStop": context.t_stop,
        "tkFocus from": "" if not marks else _distance(marks[0].distance_m),
        "tkFocus to": "" if not marks else _distance(marks[-1].distance_m),
        "tkSelected": "Yes" if row.word == "circled" else "No",
        "tkNotes": row.note,
        "followfocus verdict": row.verdict,
        "followfocus started by": context.started_by,
    }


def crif_csv(
    rows: Iterable[TakeRow], name: str, filled: Filled, style: Style = COMMA, zone: tzinfo | None = None
) -> Iterator[str]:
    """The report as CSV, with a byte order mark."""
    yield "\ufeff"
    yield from csv_lines(crif_rows(rows, name, filled, zone), style)
