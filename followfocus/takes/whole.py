# SPDX-License-Identifier: MIT
"""A take as the crew counts it: one line, however many parts the log has of it.

A hold for GO ends a part, and each part has a row of its own. A take is as good as its worst part, and a take whose
later parts are not there was stopped in the hold, however well the parts before it landed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from followfocus.takes.rows import BEGUN, UNKNOWN, TakeRow
from followfocus.takes.takes import Verdict


class Outcome(Enum):
    """How a take went, in the crew's words."""

    SHARP = "sharp"
    EDGE = "edge of sharp"
    MISSED = "missed"
    STOPPED = "stopped"
    FAULT = "fault"
    LOST = "cable lost"
    REFUSED = "not begun"
    HOLDING = "holding"
    UNKNOWN = "end not known"
    RUNNING = "running"


_OUTCOMES = {
    Verdict.GOOD.value: Outcome.SHARP,
    Verdict.SOFT.value: Outcome.EDGE,
    Verdict.MISSED.value: Outcome.MISSED,
    Verdict.STOPPED.value: Outcome.STOPPED,
    Verdict.FAULTED.value: Outcome.FAULT,
    Verdict.LOST.value: Outcome.LOST,
    Verdict.REFUSED.value: Outcome.REFUSED,
    BEGUN: Outcome.RUNNING,
    UNKNOWN: Outcome.UNKNOWN,
}
_WORST_LAST = (Outcome.SHARP, Outcome.EDGE, Outcome.MISSED)


def outcome_of(verdict: str) -> Outcome:
    """The crew's word for a verdict of the log."""
    return _OUTCOMES.get(verdict, Outcome.UNKNOWN)


@dataclass(frozen=True, slots=True)
class WholeTake:
    """The parts of one take in their order, at least one. `holding`: its next part may still come."""

    parts: tuple[TakeRow, ...]
    holding: bool = False

    @property
    def last(self) -> TakeRow:
        """The part that was played last."""
        return self.parts[-1]

    @property
    def complete(self) -> bool:
        """Every part of it was played."""
        return self.last.context.part >= self.last.context.parts

    @property
    def outcome(self) -> Outcome:
        """How the take went as a whole."""
        found = [outcome_of(row.verdict) for row in self.parts]
        broken = [outcome for outcome in found if outcome not in _WORST_LAST]
        if broken:
            return broken[-1]
        if not self.complete:
            return Outcome.HOLDING if self.holding else Outcome.STOPPED
        return max(found, key=_WORST_LAST.index)

    @property
    def stopped_in_hold(self) -> str:
        """The mark where a take was left in its hold, by name; empty where it wasn't."""
        broken = any(outcome_of(row.verdict) not in _WORST_LAST for row in self.parts)
        if self.complete or broken or self.holding:
            return ""
        marks = self.last.context.marks
        return (marks[-1].name or marks[-1].letter) if marks else "the hold"

    @property
    def error_half_dof(self) -> float | None:
        """The landing that is farthest off, in half depths of field and signed; None where one is not known."""
        errors = [row.landing_error_half_dof for row in self.parts]
        known = [error for error in errors if error is not None]
        return max(known, key=abs) if known and len(known) == len(errors) else None


def whole_takes(rows: Iterable[TakeRow], held: int | None = None) -> Iterator[WholeTake]:
    """Rows, newest first, as takes, newest first. `held`: the row of a take that is holding for GO just now."""
    parts: list[TakeRow] = []
    for row in rows:
        if parts and not _precedes(row, parts[0]):
            yield _made(parts, held)
            parts = []
        parts.insert(0, row)
    if parts:
        yield _made(parts, held)


def _made(parts: list[TakeRow], held: int | None) -> WholeTake:
    return WholeTake(tuple(parts), holding=parts[-1].id == held)


def _precedes(row: TakeRow, following: TakeRow) -> bool:
    """Whether a row is the part before another of the same take."""
    one, other = row.context, following.context
    return (
        one.part + 1 == other.part
        and one.parts == other.parts
        and (row.shot, row.take, one.cue) == (following.shot, following.take, other.cue)
    )
