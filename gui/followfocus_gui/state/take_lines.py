# SPDX-License-Identifier: MIT
"""Takes as lines of the list, in the crew's words."""

from __future__ import annotations

import dataclasses

from followfocus.names import in_line
from followfocus.takes.whole import Outcome, WholeTake
from followfocus_gui.state.views import TakeLine

UNSAVED = "not saved yet: tried again"


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
        off=_off(take),
        word=next((row.word for row in take.parts if row.word), ""),
        note=" ".join(dict.fromkeys(in_line(row.note) for row in take.parts if row.note)),
        rows=tuple(row.id for row in take.parts),
        tip="\n".join(dict.fromkeys(reason for row in take.parts for reason in row.reasons)),
        plan_hash=last.plan_hash,
        where=in_line(take.stopped_in_hold),
    )


def unsaved_line(take: WholeTake) -> TakeLine:
    """The line of a take of which a part, or all, could not be kept yet."""
    line = line_of(take)
    return dataclasses.replace(line, rows=(), note=" · ".join(filter(None, (UNSAVED, line.note))))


def _off(take: WholeTake) -> float | None:
    """How far off a take landed; None where it didn't, or where what the log says of it is damaged."""
    landed = take.outcome in (Outcome.SHARP, Outcome.EDGE, Outcome.MISSED)
    return take.error_half_dof if landed and not any(row.damaged for row in take.parts) else None


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


def clip_words(take: WholeTake) -> str:
    """The camera's clips that ran in a take; empty where none is known."""
    clips = dict.fromkeys(row.context.clip for row in take.parts if row.context.clip)
    return f"clip {in_line(', '.join(clips))}" if clips else ""


def pull_words(take: WholeTake) -> str:
    """From where to where all of a take went, and how long its parts took; its holds for GO don't count."""
    parts = [row.context for row in take.parts]
    marks = [*parts[0].marks[:1], *parts[-1].marks[-1:]]
    names = [in_line(mark.name or mark.letter) for mark in marks]
    way = " to ".join(names) if len(names) > 1 else in_line(take.last.pull)
    lengths = [part.duration_s for part in parts if part.duration_s is not None]
    return f"{way}, {sum(lengths):.2f} s" if len(lengths) == len(parts) else way
