# SPDX-License-Identifier: MIT
"""Requests from outside, as the player's events. Pure: the gate decides what is let in, the player the rest.

- A GO that is asked for while one is counted down already is none: two sources at once make one take.
- A GO that names a cue is for that cue; where another stands by, it is refused and nothing is played instead.
- What is refused is said in a sentence, to whoever asked and in the log.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from followfocus.errors import RequestError
from followfocus.show.cues import Standby, back, jump, skip, standing_cue, standing_pull, with_trim
from followfocus.show.show import Show, letter
from followfocus.show.slate import parse_slate
from followfocus.sources.events import (
    ButtonSaid,
    CameraSaid,
    OutsideAsked,
    OutsideEvent,
    StripSaid,
    TimecodeDoubted,
    TimecodeSaid,
    TimecodeStopped,
    Want,
)
from followfocus.sources.gate import NOT_ARMED, Gate
from followfocus.stage import events
from followfocus.stage.sentences import RESTARTED, under_way_words
from followfocus.stage.state import Stage
from followfocus.takes.diary import OF_ITSELF, DiaryLine
from followfocus.unit.line import UnitEvent
from followfocus.wire.events import Greeted, ResetNoticed
from followfocus.wire.link import Down
from followfocus.wire.messages import State

_KINDS: dict[type[OutsideEvent], str] = {
    ButtonSaid: "button",
    StripSaid: "strip",
    CameraSaid: "rec",
    TimecodeDoubted: "timecode",
    TimecodeSaid: "timecode",
    TimecodeStopped: "timecode",
}
"""The diary's word for an event that asks for nothing."""


TOO_MUCH = "Too much at once: not taken in."


@dataclass(frozen=True, slots=True)
class AskOutcome:
    """The answer to something from outside: whether it was let in, and the sentence for whoever asked."""

    event: OutsideEvent
    words: str = ""
    passed: bool = True

    def noted(self, utc_s: float) -> DiaryLine:
        """As a line of the diary."""
        facts = self.facts()
        return DiaryLine(utc_s, str(facts["source"]), str(facts["asked"]), self.words, passed=self.passed)

    def facts(self) -> dict[str, object]:
        """For JSON."""
        event = self.event
        asked = event.what.value if isinstance(event, OutsideAsked) else _KINDS.get(type(event), OF_ITSELF)
        number = event.number if isinstance(event, OutsideAsked) else None
        return {
            "source": str(event.source), "asked": asked, "number": number, "passed": self.passed, "words": self.words,
        }  # fmt: skip


UNIT = "unit"
"""The source of the unit's own news"""


def unit_noted(event: UnitEvent, utc_s: float) -> DiaryLine | None:
    """The diary's line for a unit that is lost or is back; None for any other news of it."""
    if isinstance(event, Down):
        return DiaryLine(utc_s, UNIT, OF_ITSELF, event.words, passed=False)
    if isinstance(event, ResetNoticed):
        return DiaryLine(utc_s, UNIT, OF_ITSELF, "The unit has started anew.")
    if isinstance(event, Greeted) and event.again:
        return DiaryLine(utc_s, UNIT, OF_ITSELF, "The unit is heard again.")
    return None


@dataclass(frozen=True, slots=True)
class Start:
    """When and with what an outside GO starts: see `stage.events.GoAsked`."""

    timecode: str = ""
    at_clock: int | None = None
    in_s: float = 0.0


NOW = Start()


def kept_out(stage: Stage, gate: Gate, asked: OutsideAsked) -> str:
    """Why something is not let in; empty where it is."""
    words = gate.refusal(asked, armed=stage.armed)
    # Not armed because it plays already, or began anew: that is the reason a person can act on.
    if words == NOT_ARMED and stage.state is not None:
        return RESTARTED if stage.unit.restarted else under_way_words(stage) or words
    if words or asked.what is not Want.GO:
        return words
    if stage.waiting is not None:
        return "A GO is counted down already."
    number = standing_cue(stage.show, stage.at).number
    # Casefold: consoles send cue numbers as their own keyboards have them, “4A” or “4a”.
    if asked.value and asked.value.casefold() != number.casefold():
        return f"GO is for cue {asked.value}, and cue {number} stands by. Nothing has moved."
    return ""


def event_of(stage: Stage, asked: OutsideAsked, start: Start = NOW) -> events.StageEvent | None:
    """The player's event; None where there is nothing to do. Raises RequestError for what can't be. Not for STOP."""
    if asked.what is Want.GO:
        return events.GoAsked(str(asked.source), start.timecode, start.at_clock, start.in_s)
    return _EVENTS[asked.what](stage, asked)


def let_in_words(stage: Stage, asked: OutsideAsked) -> str:
    """The sentence for a request that was let in; the stage is the one afterwards."""
    number, mark = standing_cue(stage.show, stage.at).number, asked.value.strip().upper()
    return {
        Want.GO: f"GO for cue {number}.",
        Want.ARM: f"ARM for cue {number}.",
        Want.DISARM: "Disarmed.",
        Want.BACK: "Back to one.",
        Want.TAKE: f"{stage.show.slate}.",
        Want.TRIM: f"Mark {mark} trimmed.",
        Want.MARK: f"To mark {mark}.",
    }.get(asked.what, f"Cue {number} stands by.")


def step_onto(stage: Stage, show: Show) -> events.Edited:
    """Another show with the same standby."""
    return events.Edited(show, stage.at.cue, stage.at.turned)


def _arm(stage: Stage, _: OutsideAsked) -> events.StageEvent | None:
    # The player's ARM is a toggle, for a key. A console that sends ARM twice means armed, not disarmed again.
    return None if stage.state is State.ARMED else events.ArmAsked()


def _disarm(stage: Stage, _: OutsideAsked) -> events.StageEvent | None:
    return events.ArmAsked(on=False) if stage.state is State.ARMED else None


def _chosen(at: Standby) -> events.CueChosen:
    return events.CueChosen(at.cue)


def _take(stage: Stage, asked: OutsideAsked) -> events.StageEvent:
    before = stage.show.slate
    # As at the desk: on scene 3A, 3A is that scene, and no setup of scene 3. British slates are numbers of their own.
    slate = parse_slate(asked.value, before, scene="" if before.system == "british" else before.scene)
    return step_onto(stage, dataclasses.replace(stage.show, slate=slate))


def _trim(stage: Stage, asked: OutsideAsked) -> events.StageEvent:
    if asked.amount is None:
        raise RequestError("A trim needs a mark and how far, in metres.", "Send B and 0.05.")
    return step_onto(stage, with_trim(stage.show, stage.at, _mark(asked.value), asked.amount))


def _to_mark(stage: Stage, asked: OutsideAsked) -> events.StageEvent:
    pull, index = standing_pull(stage.show, stage.at), _mark(asked.value)
    if index >= len(pull.marks):
        raise RequestError(
            f"There is no mark {letter(index)} in this cue.", f"It has A to {letter(len(pull.marks) - 1)}."
        )
    return events.RingAsked(pull.marks[index].trimmed_deg(stage.show.lens(pull.lens)))


def _mark(text: str) -> int:
    name = text.strip().upper()
    if len(name) != 1 or not "A" <= name <= "I":
        raise RequestError(f"“{text[:20]}” isn't a mark.", "Marks are A to I.")
    return ord(name) - ord("A")


_EVENTS: dict[Want, Callable[[Stage, OutsideAsked], events.StageEvent | None]] = {
    Want.ARM: _arm,
    Want.DISARM: _disarm,
    Want.BACK: lambda _stage, _asked: events.BackAsked(),
    Want.STANDBY: lambda stage, asked: _chosen(jump(stage.show, asked.value)),
    Want.NEXT: lambda stage, _: _chosen(skip(stage.show, stage.at)),
    Want.PREVIOUS: lambda stage, _: _chosen(back(stage.show, stage.at)),
    Want.TAKE: _take,
    Want.TRIM: _trim,
    Want.MARK: _to_mark,
}
