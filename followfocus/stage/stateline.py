# SPDX-License-Identifier: MIT
"""The one line that says how things stand: a sign, a word, a sentence, and what mends it. Made of the state, always.

What is said first, where several things are so: STOP unanswered, fault, no unit or unknown place, playing, holding and
counting, armed, a refusal, a warning, ready. What is lower never covers what is higher.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from followfocus.errors import FollowFocusError
from followfocus.show.cues import After, Standby, hand_words, landed, span, standing_cue, standing_pull
from followfocus.show.show import ShowMark, letter
from followfocus.stage.sentences import NOT_REFERENCED, RESTARTED, doing_words, short_fault
from followfocus.stage.state import Stage
from followfocus.units import format_distance
from followfocus.wire.messages import State

ON_MARK_DEG = 0.2
"""Within this of a mark the ring stands on it"""
PLAYS_ON = "The unit is gone and may play on. Cut the motor's power to stop it."


class Sign(Enum):
    """A shape for each state, so that none is told by colour or word alone."""

    RING = "ring"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    BARS = "bars"
    TICK = "tick"
    WARNING = "warning"
    OCTAGON = "octagon"
    STRUCK = "struck"


class Mend(Enum):
    """The help offered beside the sentence."""

    NONE = ""
    CLEAR = "clear"
    PLACE = "place"
    FIND = "find"


@dataclass(frozen=True, slots=True)
class StateLine:
    """How things stand. `aside` is good to know beside it; `trouble` marks a sentence that asks for something."""

    word: str
    sign: Sign
    words: str
    aside: str = ""
    mend: Mend = Mend.NONE
    trouble: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """The state line's ingredients besides the stage.

    `unanswered`: STOP was given, and the unit has not answered. `connection` is connected, connecting, lost or none.
    `warning` is what speaks against shooting what stands by, `hint` what a person may do next when nothing is wrong,
    `show` writes a distance (metres), `left_s` are the seconds of a countdown. `outside`: GO from outside is allowed:
    a camera's REC or a timecode may start the cue.
    """

    unanswered: bool = False
    connection: str = "connected"
    warning: str = ""
    hint: str = ""
    aside: str = ""
    left_s: float | None = None
    show: Callable[[float], str] = format_distance
    outside: bool = False


NOTHING_ELSE = Seen()


def state_line(stage: Stage, seen: Seen = NOTHING_ELSE) -> StateLine:
    """How things stand."""
    # The first that has something to say: what is dangerous is asked before what is merely so.
    found = next(filter(None, (ask(stage, seen) for ask in (_dead, _moving, _armed))), None)
    if found is None:
        return _at_rest(stage, seen)
    note = stage.note
    # Asked where the ring stands one answers in that field: why an answer isn't taken is said there.
    heard = note.news or not found.trouble or (note.passing and found.mend is Mend.PLACE)
    said = note.words if note.trouble and heard and note.words != found.words else ""
    return dataclasses.replace(found, aside=said or found.aside or _next_words(stage))


def _dead(stage: Stage, seen: Seen) -> StateLine | None:
    """Nothing can be played."""
    if seen.unanswered:
        words = "No answer to STOP: cut the motor's power."
        return StateLine("NO ANSWER", Sign.OCTAGON, words, " ", trouble=True)
    if stage.state is State.FAULT:
        words = f"{short_fault(stage.unit.fault)} Look, then clear it."
        return StateLine("FAULT", Sign.WARNING, words, " ", Mend.CLEAR, trouble=True)
    if stage.state is None:
        return _no_unit(stage, seen)
    if stage.state is State.UNREFERENCED and not stage.busy:
        words = RESTARTED if stage.unit.restarted else NOT_REFERENCED
        return StateLine("WHERE?", Sign.WARNING, words, " ", Mend.PLACE, trouble=True)
    return None


def _no_unit(stage: Stage, seen: Seen) -> StateLine:
    # A unit plays by itself: no word from it says nothing about the ring, and no STOP gets there.
    if stage.shoots:
        return StateLine("NO UNIT", Sign.STRUCK, PLAYS_ON, " ", Mend.FIND, trouble=True)
    words = {
        "connecting": "Looking for the unit. Plan away.",
        "lost": "The unit is gone: check cable and power. It is looked for.",
    }.get(seen.connection, "No motor yet. Plan away; plug the unit in to shoot.")
    # While a line is lost, that is the news, whatever was refused before.
    refused = stage.note.trouble and seen.connection != "lost"
    return StateLine("NO UNIT", Sign.STRUCK, stage.note.words if refused else words, " ", Mend.FIND, trouble=refused)


def _moving(stage: Stage, _seen: Seen) -> StateLine | None:
    """The ring turns."""
    rehearses = stage.run is not None and not stage.run.counts
    if stage.plays:
        word = "REHEARSING" if rehearses else "PLAYING"
        start, end = ends(stage)
        words = " ".join(filter(None, (f"{start} to {end}.", hand_words(stage.show, stage.at), "Esc stops.")))
        return StateLine(word, Sign.TRIANGLE, words)
    if stage.state is State.STOPPING:
        return StateLine("STOPPING", Sign.TRIANGLE, "The ring slows down. Esc again stops it at once.")
    if stage.state is State.MOVING:
        words = doing_words(stage) or "It follows your hand."
        return StateLine(
            "MOVING", Sign.TRIANGLE, f"{words} STOP ends it.", stage.note.words if stage.note.passing else ""
        )
    return None


def _armed(stage: Stage, seen: Seen) -> StateLine | None:
    """GO would start something, or will soon."""
    number = standing_cue(stage.show, stage.at).number
    if stage.waiting is not None:
        left = "" if seen.left_s is None else f" in {seen.left_s:.1f} s"
        return StateLine("COUNTING", Sign.DIAMOND, f"Cue {number} goes{left}. Esc stops the count.")
    holding = stage.at.part > 0
    if stage.state is State.ARMED and not stage.busy:
        start, end = ends(stage)
        length, hand = f"{_length_s(stage):.2f} s", hand_words(stage.show, stage.at)
        start_words = standing_cue(stage.show, stage.at).start.words() if seen.outside else ""
        if holding:
            words = " ".join(filter(None, (f"On {start}. Space goes on to {end}, {length}.", hand)))
            return StateLine("HOLDING", Sign.BARS, words)
        said = f"{stage.note.words} " if stage.note.words and not stage.note.trouble else ""
        plain = f"{said}Cue {number}: {start} to {end} in {length}."
        words = " ".join(filter(None, (plain, hand, start_words, "Space is GO.")))
        return StateLine("ARMED", Sign.DIAMOND, words)
    if stage.busy and _goes_on(stage):
        words = doing_words(stage) or "Getting ready."
        return StateLine("HOLDING" if holding else "LOADING", Sign.BARS if holding else Sign.TRIANGLE, words)
    return None


def _goes_on(stage: Stage) -> bool:
    """No STOP called off the job under way, not even one that the job still has to find out about."""
    order = stage.under_way
    return order is None or order.epoch == stage.epoch


def _at_rest(stage: Stage, seen: Seen) -> StateLine:
    note = stage.note
    aside = seen.aside
    if note.landed:
        good = stage.last is not None and stage.last.verdict.usable
        word = "LANDED" if good or stage.last is None else stage.last.verdict.name
        stands_by = f"{standing_cue(stage.show, stage.at).number} stands by" if len(stage.show.cues) > 1 else aside
        sign = Sign.TICK if good else Sign.WARNING
        return StateLine(word, sign, note.words, stands_by, trouble=note.trouble)
    if note.trouble or seen.warning:
        words = note.words if note.trouble else seen.warning
        mend = Mend.PLACE if note.place else Mend.NONE
        return StateLine("READY", Sign.RING, words, aside, mend, trouble=True)
    return StateLine("READY", Sign.RING, note.words or seen.hint or _ready_words(stage), aside)


def _ready_words(stage: Stage) -> str:
    """The effect of Return now, and whether the ring stands on a mark."""
    start, end = ends(stage)
    if stage.at.part > 0:
        return f"In the hold on {start}. Return arms {start} to {end}, Backspace begins anew."
    cue = standing_cue(stage.show, stage.at).number
    pull = standing_pull(stage.show, stage.at)
    lens, ring_deg = stage.show.lens(pull.lens), stage.unit.ring_deg
    for index, mark in enumerate(pull.marks):
        if ring_deg is not None and abs(mark.trimmed_deg(lens) - ring_deg) < ON_MARK_DEG:
            return f"The ring stands on {standby_mark_words(index, mark)}. Return arms cue {cue}."
    return f"Return arms cue {cue}: {start} to {end}."


def standby_mark_words(index: int, mark: ShowMark) -> str:
    """A mark by its letter, and its name where it has one."""
    return f"{letter(index)}, {mark.name}" if mark.name else letter(index)


def ends(stage: Stage, at: Standby | None = None) -> tuple[str, str]:
    """The names of the first and the last mark of the part that stands by, as it is played."""
    first, last = span(stage.show, stage.at if at is None else at)
    marks = standing_pull(stage.show, stage.at if at is None else at).marks
    return marks[first].name or letter(first), marks[last].name or letter(last)


def _length_s(stage: Stage) -> float:
    """How long the part that stands by takes, holds included; as written where it can't be planned any more."""
    try:
        return stage.prepared().plan.motion.duration_s
    except FollowFocusError:
        return standing_pull(stage.show, stage.at).duration_s


def _next_words(stage: Stage) -> str:
    """The cue that stands by after this one, where a list goes on."""
    if stage.after is not After.LIST:
        return ""
    then = landed(stage.show, stage.at, stage.after)
    if then is None or then.part > 0:
        return ""
    cue = standing_cue(stage.show, then)
    return f"next: {cue.number} {cue.name}".strip()
