# SPDX-License-Identifier: MIT
"""Reads a take from SQLite: whole, or as much of a damaged one as can be read, and it says so.

One bad place on the disk must neither hide the other takes nor pass for what was kept. A value that can't be what it
says (text in another column's place, a time in the year 30,000) is left out of a damaged row.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from followfocus.arrays import FloatArray
from followfocus.takes.context import TakeContext, context_from
from followfocus.takes.rows import COLUMNS, WORDS, TakeRow
from followfocus.takes.schema import storable
from followfocus.takes.seal import DOCUMENT_COLUMNS, TAKE_COLUMNS, checksum
from followfocus.takes.traces import unpack

SELECT = (
    f"SELECT {', '.join(TAKE_COLUMNS)}, takes.checksum, {', '.join(DOCUMENT_COLUMNS)}, documents.checksum "
    "FROM takes LEFT JOIN documents ON take_id = id"
)
_SUM, _DOCUMENTS = len(TAKE_COLUMNS), len(TAKE_COLUMNS) + 1
_EARLIEST_S, _LATEST_S = -62_135_510_400.0, 253_402_214_400.0
"""The second day that a calendar has, and its last: 0001-01-02, 9999-12-31. A clock that is wrong may stand in 1904."""
_FIGURES = (
    "take", "verdict", "landing_error_deg", "landing_error_half_dof", "duration_error_ms", "start_latency_ms",
    "started_utc_s",
)  # fmt: skip


def row_of(record: Sequence[object]) -> TakeRow:
    """The row of what SELECT gives for it."""
    columns, documents = record[:_SUM], record[_DOCUMENTS:-1]
    values = dict(zip(COLUMNS, columns, strict=False))
    likely = _likely(values)
    facts, context = _object(documents[1]), _context(documents[2])
    sums = (record[_SUM], record[-1]) == (checksum(columns), checksum(documents))
    damaged = not sums or facts is None or context is None or likely != values
    if facts is None:
        facts = {name: likely[name] for name in _FIGURES}
    if context is None:
        context = TakeContext(lens=str(likely["lens"]), pull=str(likely["pull"]), plan_hash=str(likely["plan_hash"]))
    return TakeRow(**likely, facts=facts, context=context, damaged=damaged)  # type: ignore[arg-type]


def unpacked(record: Sequence[bytes] | None) -> dict[str, FloatArray] | None:
    """The traces in a record of their table, none where there is no record; None where they can't be read."""
    try:
        return unpack(record[0]) if record else {}
    except (ValueError, TypeError):
        return None


def _likely(values: dict[str, object]) -> dict[str, object]:
    """The columns, what can't be right in them replaced."""
    return {name: _KINDS[name](value) for name, value in values.items()}


def _text(value: object) -> str:
    return storable(value) if isinstance(value, str) else ""


def _word(value: object) -> str:
    return value if isinstance(value, str) and value in WORDS else ""


def _figure(value: object) -> float | None:
    return value if isinstance(value, (int, float)) and math.isfinite(value) else None


def _moment(value: object) -> float | None:
    known = _figure(value)
    return known if known is not None and _EARLIEST_S <= known < _LATEST_S else None


def _logged(value: object) -> float:
    return _moment(value) or 0.0


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


_KINDS = {
    "id": _number, "logged_utc_s": _logged, "started_utc_s": _moment, "take": _number, "lens": _text, "scene": _text,
    "shot": _text, "pull": _text, "plan_hash": _text, "verdict": _text, "word": _word, "note": _text,
    "landing_error_deg": _figure, "landing_error_half_dof": _figure, "duration_error_ms": _figure,
    "start_latency_ms": _figure,
}  # fmt: skip


def _object(document: object) -> dict[str, object] | None:
    """A JSON object; None for anything else."""
    try:
        read = json.loads(storable(document)) if isinstance(document, str) else None
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _context(document: object) -> TakeContext | None:
    facts = _object(document)
    try:
        return None if facts is None else context_from(facts)
    except ValueError:
        return None
