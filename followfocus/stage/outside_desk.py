# SPDX-License-Identifier: MIT
"""The desk as the outside sees it: (its state, the stage, an event) → a decision. Pure.

It keeps what is known of the outside (timecodes, the camera, which button means what) as one frozen value. STOP is for
whoever has the unit: it goes there first, and past everything.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from followfocus.errors import FollowFocusError, RequestError
from followfocus.show.cues import standing_cue
from followfocus.show.show import ShowCue
from followfocus.sources.events import (
    ButtonSaid,
    CameraSaid,
    Origin,
    OutsideAsked,
    OutsideEvent,
    SourceKind,
    SourceSaid,
    TimecodeDoubted,
    TimecodeSaid,
    TimecodeStopped,
    Want,
)
from followfocus.sources.gate import CLOSED, Gate
from followfocus.sources.timecode import FollowedTimecode, Running, Timecode, counted_at
from followfocus.stage import events
from followfocus.stage.orders import Shoot
from followfocus.stage.outside import AskOutcome, Start, event_of, kept_out
from followfocus.stage.rolls import Cameras
from followfocus.stage.state import Stage

AHEAD_S = 1.0
"""A GO at a timecode is put into the player so long before: the unit's own clock then starts it."""
DOUBT_S = 0.02
"""A label that may be misread has to be borne out so long before the cue: a STOP needs that to reach the unit"""
OVERTAKEN = "STOP came after this, so it is not done. Ask again."
_VOID_AFTER_STOP = frozenset({Want.GO, Want.ARM, Want.BACK, Want.MARK})
"""Wants that turn the ring, or may"""
Learned = Mapping[tuple[SourceKind, str], Want]
ClockAt = Callable[[float], int | None]
"""The unit's clock at a moment of the host's."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The state of everything outside.

    `can_rec`: the camera can be started from here. `counting` is the source whose GO is counted down.
    """

    gate: Gate = CLOSED
    learned: Learned = field(default_factory=dict)
    timecodes: Mapping[Origin, FollowedTimecode] = field(default_factory=dict)
    cameras: Cameras = field(default_factory=Cameras)
    can_rec: bool = False
    counting: Origin | None = None
    due_s: float | None = None
    """When that GO is to begin, by the host's clock"""
    stopped_s: float = -math.inf
    """When STOP was given last, by the host's clock: what was asked for before it is not done after it"""
    rec_asked_s: float | None = None
    """When a GO asked the camera for the REC that it goes by"""

    def but(self, **changes: object) -> Outside:
        """The same with some things changed."""
        return dataclasses.replace(self, **changes)  # type: ignore[arg-type]

    @property
    def recording(self) -> bool | None:
        """Whether a camera records; None where that is not known."""
        return self.cameras.recording

    def clips(self, from_s: float, until_s: float) -> str:
        """The clips that ran between two moments."""
        return self.cameras.clips(from_s, until_s)

    def timecode(self, now_s: float) -> tuple[str, str]:
        """The timecode that runs, and its source; two empty texts where none does."""
        for source, following in self.timecodes.items():
            label = following.label(now_s)
            if label is not None:
                return label, str(source)
        return "", ""

    def label_fps(self, source: str) -> str:
        """The rate at which a timecode's source counts; empty where none of that name has been heard."""
        return next((str(one.fps) for origin, one in self.timecodes.items() if str(origin) == source), "")


@dataclass(frozen=True, slots=True)
class Decision:
    """The next steps: STOP, an event for the player, REC at the camera; and the words for it."""

    outcome: AskOutcome | None = None
    event: events.StageEvent | None = None
    stop: bool = False
    start_rec: bool = False
    due_s: float | None = None
    """When it is meant to start, by the host's clock: a source's delay is counted from here"""
    look_s: float | None = None
    """When a `TimecodeDoubted` of the same source is to be heard, by the host's clock"""


def hear(outside: Outside, stage: Stage, event: OutsideEvent, clock_at: ClockAt) -> tuple[Outside, Decision]:
    """Take an event from outside in. Time is the event's own."""
    if isinstance(event, OutsideAsked):
        return _asked(outside, stage, event)
    if isinstance(event, ButtonSaid):
        want = outside.learned.get((event.source.kind, event.control)) if event.down else None
        if want is None:
            return outside, Decision()
        return _asked(outside, stage, OutsideAsked(event.source, event.at_s, want))
    if isinstance(event, CameraSaid):
        return _camera(outside, stage, event, clock_at)
    if isinstance(event, TimecodeSaid):
        return _timecode(outside, stage, event, clock_at)
    if isinstance(event, TimecodeDoubted):
        return _doubted(outside, stage, event)
    if isinstance(event, TimecodeStopped):
        return _called_off(outside, stage, event, "Timecode has stopped.", passed=True)
    if isinstance(event, SourceSaid):
        return outside, Decision(AskOutcome(event, event.words, passed=not event.trouble))
    return outside, Decision()


def _asked(outside: Outside, stage: Stage, asked: OutsideAsked) -> tuple[Outside, Decision]:
    # Before everything else that could refuse it.
    if asked.what is Want.STOP and not outside.gate.refusal(asked, armed=False):
        return outside, Decision(AskOutcome(asked, "STOP."), stop=True)
    words = _kept_out(outside, stage, asked)
    if words:
        return outside, Decision(AskOutcome(asked, words, passed=False))
    cue = standing_cue(stage.show, stage.at)
    if asked.what is Want.GO and cue.rec_hold_s is not None and outside.can_rec and not outside.recording:
        goes = AskOutcome(asked, f"REC is asked for; cue {cue.number} goes by it.")
        return outside.but(rec_asked_s=asked.at_s), Decision(goes, start_rec=True)
    return outside, _let_in(stage, asked, Start(), asked.at_s)


def _kept_out(outside: Outside, stage: Stage, asked: OutsideAsked) -> str:
    """Why something is not let in. Threads and networks are no queue: what STOP has overtaken may come after it."""
    if asked.at_s < outside.stopped_s and asked.what in _VOID_AFTER_STOP:
        return OVERTAKEN
    return kept_out(stage, outside.gate, asked)


def _let_in(stage: Stage, asked: OutsideAsked, start: Start, due_s: float) -> Decision:
    try:
        made = event_of(stage, asked, start)
    except FollowFocusError as error:
        return Decision(AskOutcome(asked, str(error), passed=False))
    return Decision(AskOutcome(asked, f"{asked.what.value}."), made, due_s=due_s)


# The camera -----------------------------------------------------------------------------------------------------------


def _camera(outside: Outside, stage: Stage, said: CameraSaid, clock_at: ClockAt) -> tuple[Outside, Decision]:
    before, rolled = outside.cameras.records.get(said.source), outside.recording
    outside = outside.but(cameras=outside.cameras.heard(said))
    if said.recording is before:
        return outside, Decision()
    if said.recording is None:
        return outside, Decision(
            AskOutcome(said, "The camera can't be heard: REC is unknown. A take goes on.", passed=False)
        )
    cue = standing_cue(stage.show, stage.at)
    if not said.recording:
        return _rec_ended(outside, stage, said)
    words = f"The camera records{f' {said.clip}' if said.clip else ''}."
    asked_s, outside = outside.rec_asked_s, outside.but(rec_asked_s=None)
    if asked_s is not None and asked_s < outside.stopped_s:
        return outside, Decision(AskOutcome(said, f"{words} STOP came after the GO that asked for it: no cue goes."))
    # Only a REC that was seen to begin, and the first: a camera that is met, or heard again, while it records starts
    # nothing, nor does one that joins another.
    if before is not False or rolled or cue.rec_hold_s is None or not stage.armed:
        return outside, Decision(AskOutcome(said, words))
    go = OutsideAsked(said.source, said.at_s, Want.GO)
    return _go_at(outside, stage, go, said.at_s + cue.rec_hold_s, clock_at)


def _rec_ended(outside: Outside, stage: Stage, said: CameraSaid) -> tuple[Outside, Decision]:
    """The camera has stopped: a GO that was counted from its REC is called off, even where the unit has it already."""
    if outside.counting == said.source and stage.waiting is not None:
        words = "The camera has stopped: GO is called off."
        return outside.but(counting=None), Decision(AskOutcome(said, words), events.CallOffAsked(words))
    if _handed_over(outside, stage, said):
        words = "The camera has stopped before the cue began: STOP."
        return outside.but(counting=None), Decision(AskOutcome(said, words), stop=True)
    return outside, Decision(AskOutcome(said, "The camera has stopped."))


# Timecode -------------------------------------------------------------------------------------------------------------


def _timecode(outside: Outside, stage: Stage, said: TimecodeSaid, clock_at: ClockAt) -> tuple[Outside, Decision]:
    before, cue = outside.timecodes.get(said.source), standing_cue(stage.show, stage.at)
    # A frame whose speed tells no rate is of the rate of those before.
    known = said.fps is not None or before is None
    fps = counted_at(said.fps, said.frame.label.drop, stage.show.fps) if known else None
    before = FollowedTimecode(fps or stage.show.fps) if before is None else before
    now = before.heard(said.frame, fps)
    outside = outside.but(timecodes={**outside.timecodes, said.source: now})
    # Before the label is looked at: after a jump the cue's own label may be here, and it has not come by running.
    if now.jumps > before.jumps:
        return _called_off(outside, stage, said, f"Timecode jumped, to {said.frame.label}.", passed=False)
    if now.running is Running.REVERSE and before.running is not Running.REVERSE:
        return _called_off(outside, stage, said, "Timecode runs backwards.", passed=True)
    if now.odd is not None:
        return _doubted(outside, stage, said)
    due_s = _due_s(cue, now, said.at_s)
    if due_s is None:
        return outside, _missed(outside, stage, said, before, now)
    # Looked at with every frame, not once: arming half a second before the label is in time.
    waits = stage.armed and not stage.busy and outside.gate.open
    if due_s - said.at_s > AHEAD_S or not waits:
        return outside, Decision()
    return _go_at(outside, stage, OutsideAsked(said.source, said.at_s, Want.GO), due_s, clock_at)


def _doubted(outside: Outside, stage: Stage, said: TimecodeSaid | TimecodeDoubted) -> tuple[Outside, Decision]:
    """The last label may be misread: the next one tells, if it comes while there is still time to stop the cue."""
    following = outside.timecodes.get(said.source)
    counted = outside.counting == said.source and (stage.waiting is not None or _handed_over(outside, stage, said))
    if following is None or following.odd is None or not counted or outside.due_s is None:
        return outside, Decision()
    look_s = outside.due_s - DOUBT_S
    if said.at_s < look_s:
        return outside, Decision(look_s=look_s)
    return _called_off(outside, stage, said, f"Timecode went on as {following.odd.label}.", passed=False)


def _handed_over(outside: Outside, stage: Stage, said: OutsideEvent) -> bool:
    """The unit has a GO that was counted for this source, and its clock has not come to it: only STOP takes it back."""
    order = stage.under_way
    # Without a tick it is a person's, who did not wait for the count.
    counted = isinstance(order, Shoot) and order.at_clock is not None and outside.counting == said.source
    return counted and outside.due_s is not None and said.at_s < outside.due_s


def _called_off(
    outside: Outside, stage: Stage, said: OutsideEvent, words: str, *, passed: bool
) -> tuple[Outside, Decision]:
    """Say something of a timecode; a GO that was counted to its label is called off, also where the unit has it."""
    if _handed_over(outside, stage, said):
        words = f"{words} STOP, before the cue began."
        return outside.but(counting=None), Decision(AskOutcome(said, words, passed=False), stop=True)
    if outside.counting != said.source or stage.waiting is None:
        return outside, Decision(AskOutcome(said, words, passed=passed))
    words = f"{words} GO is called off."
    return outside.but(counting=None), Decision(AskOutcome(said, words, passed=False), events.CallOffAsked(words))


def _missed(
    outside: Outside, stage: Stage, said: TimecodeSaid, before: FollowedTimecode, now: FollowedTimecode
) -> Decision:
    """The cue's label has just gone by: why it was no GO, where it was none."""
    cue, go = standing_cue(stage.show, stage.at), OutsideAsked(said.source, said.at_s, Want.GO)
    # A GO that it has set off itself is under way: then the label has not been missed.
    begun = outside.counting == said.source and stage.busy
    went_by = _due_s(cue, before, before.at_s) is not None and _due_s(cue, now, now.at_s) is None
    if begun or not went_by:
        return Decision()
    words = kept_out(stage, outside.gate, go)
    return Decision(AskOutcome(go, f"{cue.at_timecode} went by. {words}", passed=False) if words else None)


def _due_s(cue: ShowCue, following: FollowedTimecode, now_s: float) -> float | None:
    """When the cue's timecode comes, by the host's clock; None where it has none, or it doesn't come."""
    if not cue.at_timecode:
        return None
    try:
        return following.when(_label(cue, following), now_s)
    except RequestError:
        return None  # the label doesn't exist at this rate


def _label(cue: ShowCue, following: FollowedTimecode) -> Timecode:
    hours, minutes, seconds, frames = (int(part) for part in cue.at_timecode.replace(";", ":").split(":"))
    return following.counted(Timecode(hours, minutes, seconds, frames))


def _go_at(
    outside: Outside, stage: Stage, go: OutsideAsked, due_s: float, clock_at: ClockAt
) -> tuple[Outside, Decision]:
    words = _kept_out(outside, stage, go)
    if words:
        return outside, Decision(AskOutcome(go, words, passed=False))
    in_s, cue = max(0.0, due_s - go.at_s), standing_cue(stage.show, stage.at)
    # A camera's REC starts whenever it does: what runs at that moment is seen as the take begins.
    following = outside.timecodes.get(go.source)
    label = "" if following is None or not cue.at_timecode else str(_label(cue, following))
    start = Start(label, clock_at(due_s), in_s)
    return outside.but(counting=go.source, due_s=due_s), _let_in(stage, go, start, due_s)
