# SPDX-License-Identifier: MIT
"""Takes as lines of the list, in the crew's words."""

from __future__ import annotations

from followfocus.names import in_line
from followfocus.stage.events import Taken
from followfocus.takes.takes import REHEARSAL
from followfocus.takes.whole import Outcome, WholeTake, outcome_of
from followfocus_gui.state.views import TakeLine


def none_yet(next_take: int) -> str:
    """In place of an empty list of takes. A show from another computer comes without its takes.

    >>> none_yet(4)
    'No earlier take is in the log of this computer. Take 4 lands here.'
    """
    if next_take <= 1:
        return "The first take lands here."
    return f"No earlier take is in the log of this computer. Take {next_take} lands here."


def line_of(take: WholeTake) -> TakeLine:
    """The line of a take in the log, all its parts together."""
    last = take.last
    return TakeLine(
        shot=in_line(last.shot or last.lens),
        number="rehearsal" if last.rehearsed else str(last.take),
        outcome=take.outcome,
        words=outcome_words(take),
        pull=pull_words(take),
        off=take.error_half_dof if take.outcome in (Outcome.SHARP, Outcome.EDGE, Outcome.MISSED) else None,
        word=next((row.word for row in take.parts if row.word), ""),
        note=" ".join(dict.fromkeys(in_line(row.note) for row in take.parts if row.note)),
        rows=tuple(row.id for row in take.parts),
        tip="\n".join(dict.fromkeys(reason for row in take.parts for reason in row.reasons)),
        plan_hash=last.plan_hash,
    )


def outcome_words(take: WholeTake) -> str:
    """How it went: "sharp", "stopped at 0.74 s", "stopped on door"."""
    if take.stopped_in_hold:
        return f"stopped on {in_line(take.stopped_in_hold)}"
    at_s = stopped_after_s(take)
    if take.outcome is Outcome.STOPPED and at_s is not None:
        return f"stopped at {at_s:.2f} s"
    damaged = ", damaged" if any(row.damaged for row in take.parts) else ""
    return f"{take.outcome.value}{damaged}"


def stopped_after_s(take: WholeTake) -> float | None:
    """How long the last part ran, to its last step; None where that isn't known."""
    ticks, tick_hz = (take.last.facts.get(name) for name in ("last_edge_ticks", "tick_hz"))
    if not isinstance(ticks, int) or not isinstance(tick_hz, int | float) or not tick_hz:
        return None
    return ticks / tick_hz


def pull_words(take: WholeTake) -> str:
    """From where to where all of a take went, and how long its parts took; its holds for GO don't count."""
    parts = [row.context for row in take.parts]
    marks = [*parts[0].marks[:1], *parts[-1].marks[-1:]]
    names = [in_line(mark.name or mark.letter) for mark in marks]
    way = " to ".join(names) if len(names) > 1 else in_line(take.last.pull)
    lengths = [part.duration_s for part in parts if part.duration_s is not None]
    return f"{way}, {sum(lengths):.2f} s" if len(lengths) == len(parts) else way


def unsaved_line(taken: Taken) -> TakeLine:
    """The line of a take that could not be kept yet."""
    take, context = taken.take, taken.context
    return TakeLine(
        shot=in_line(context.slate.name),
        number="rehearsal" if take.take == REHEARSAL else str(take.take),
        outcome=outcome_of(take.verdict.value),
        words=outcome_of(take.verdict.value).value,
        pull=in_line(context.pull),
        off=take.landing_error_half_dof,
        note="not saved yet: tried again",
        tip="\n".join(take.reasons),
        plan_hash=context.plan_hash,
    )
