# SPDX-License-Identifier: MIT
"""Following a hand: its positions and rates go to the unit as they come, and what the unit made of them is kept."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from followfocus.errors import FollowFocusError, LineError, RequestError, StoppedError, UnitError
from followfocus.unit.line import UnitLine
from followfocus.wire.events import ResetNoticed, Said
from followfocus.wire.evidence import Sample
from followfocus.wire.link import Down, Told
from followfocus.wire.messages import (
    FOLLOW_RATE_MAX,
    FOLLOW_SILENCE_S,
    POSITION_FRACTION,
    RATE_FRACTION,
    Cause,
    Fault,
    Follow,
    State,
    StateChanged,
    Telemetry,
)

LAG_S = 0.005
"""How far the ring stays behind the hand on purpose: what is in the unit's hands already when word of it comes."""
TRACE_MS = 11
"""How often the unit tells where it is, meanwhile."""
# A unit takes no age above FOLLOW_AGE_MAX, 33 ms at 16 MHz.
OLDEST_S = 0.025
# Three words in the 70 ms after which the unit lets go: two may be lost.
AGAIN_S = 0.02
UNHEARD_S, UNHEARD_WORDS = 0.5, 20
"""A unit that has told nothing for so long, and for so many words, can't be heard. By words too: a computer that slept
has heard nothing either, nor said anything."""
SETTLE_S = 1.0
"""How long the ring may take to come to where the hand has stopped."""
LARGEST = 2**31 - 1
_FREE = (State.IDLE, State.LOADED)


@dataclass(frozen=True, slots=True)
class Sent:
    """A sample of the hand as it was sent: seconds since the first, steps, steps/s."""

    at_s: float
    position: float
    rate: float


@dataclass(frozen=True, slots=True)
class FollowEvidence:
    """How a following went: what the hand did, and what the unit did, both in seconds since the hand's first sample.

    The unit's samples are by its own clock, put on the host's as well as the two are known to each other. `cause` is
    why it ended: DONE at rest with the hand, SILENCE where the hand ceased in motion, STOP and so on; NONE where the
    end was not heard of, and then `lost` says why, or where the unit would not begin, and `refused` says why. With
    `let_go` the unit heard nothing for too long while it was at rest with the hand, and let go of it by itself.
    `began_s` is the hand's first sample on the host's clock.
    """

    cause: Cause
    fault: Fault
    position: int
    ring_deg: float | None
    tick_hz: float
    began_s: float
    lost: str = ""
    refused: str = ""
    let_go: bool = False
    hand: tuple[Sent, ...] = field(default=(), repr=False)
    samples: tuple[Sample, ...] = field(default=(), repr=False)
    clocks: tuple[int, ...] = field(default=(), repr=False)
    """The unit's clock at each of `samples`, ticks since its boot"""


class Following:
    """A hand that the unit follows, from the first `send` to `close`. Sends may come from any thread.

    Send whenever the hand says something, and at least every 50 ms, moving or not: after 70 ms without a word the unit
    slows down and lets go.
    """

    def __init__(self, line: UnitLine) -> None:
        self._line = line
        self._link = line.link
        self._stops = line.link.orders.stops
        line.link.orders.check()  # a STOP since this was asked for; one from now on shows in the count
        self._unit_clock = line.link.session.sync_of_this_boot()
        self._hand: list[Sent] = []
        self._trace: list[tuple[int, int]] = []
        self._began_s = 0.0
        self._newest: tuple[float, float] | None = None  # position and time
        self._end: StateChanged | None = None
        self._lost = ""
        self._heard_s, self._unheard = line.link.clock.now(), 0
        self.last_sent_s = -math.inf
        # The hand leaves the flanks on whichever side it likes: lash is no longer taken up for the pull that is loaded.
        line.held.approached = None
        # The hearing before the telling: the first telemetry may be here before `every` has returned.
        line.first.append(self._hear)
        self._tell_less = line.telling.every(TRACE_MS)

    # The hand ---------------------------------------------------------------------------------------------------------

    def send(self, position_steps: float, rate_steps_s: float, sample_time_s: float) -> None:
        """The hand was at `position_steps`, turning at `rate_steps_s`, at `sample_time_s` of the host's clock.

        Returns at once. Raises StoppedError after a stop, UnitError where the unit has let go (a fault, its button),
        LineError where it can't be heard.
        """
        self._check()
        now_s = self._link.clock.now()
        if not self._hand:
            self._began_s = sample_time_s
        message = _message(position_steps, rate_steps_s, now_s - sample_time_s - LAG_S, self._unit_clock().nominal_hz)
        # Before it is said: whoever closes on another thread must come to this place, not to the one before.
        self._newest = (position_steps, sample_time_s)
        self._hand.append(Sent(sample_time_s - self._began_s, position_steps, rate_steps_s))
        self.last_sent_s = now_s
        self._link.say(message)
        self._unheard += 1
        if self._unheard > UNHEARD_WORDS and now_s - self._heard_s > UNHEARD_S:
            # Words keep the line busy, so no question is asked that would find it out.
            self._lost = f"The unit on {self._link.port_name} can't be heard any more"

    @property
    def behind_steps(self) -> float:
        """How far the ring was behind the hand when last heard of: more than a few where the motor can't follow."""
        if self._newest is None or not self._trace:
            return 0.0
        return self._newest[0] - self._trace[-1][1]

    @property
    def over(self) -> bool:
        """The unit does not follow any more: stopped, let go, lost."""
        return self._end is not None or bool(self._lost) or self._link.orders.stops != self._stops

    @property
    def let_go(self) -> bool:
        """The unit let go by itself, at rest with the hand: it had heard nothing for too long."""
        return self._ended_by(Cause.DONE)

    @property
    def fell_silent(self) -> bool:
        """The unit slowed down by itself: it had heard nothing for too long while the ring turned."""
        return self._ended_by(Cause.SILENCE)

    def close(self) -> FollowEvidence:
        """Let the ring come to where the hand has stopped, then let go; what happened. Never raises for how it went."""
        # Nobody has told it to yet: it ends by itself at rest only where it has heard nothing for too long.
        let_go = self._end is not None and self._end.cause is Cause.DONE
        with self._link.orders.unbound():
            self._arrive()
            self._link.wait_for(lambda: self.over or self._line.status.at_rest or None, SETTLE_S)
            if self._end is None and not self._lost:  # a stop under way, or a word that was lost
                self._link.wait_for(lambda: self._rests() or None, SETTLE_S)
        self._line.first.remove(self._hear)
        self._tell_less()
        found = self._evidence(let_go=let_go)
        if self._lost:
            self._line.take_back()  # words that are held up on the line must turn nothing when they come
        return found

    # How it is done ---------------------------------------------------------------------------------------------------

    def _check(self) -> None:
        if self._link.orders.stops != self._stops:
            raise StoppedError
        if self._lost:
            raise LineError(self._lost)
        if self._end is not None:
            raise UnitError("The unit has let go of the hand.", self._end.cause.name.lower(), "Take the wheel again.")

    def _ended_by(self, cause: Cause) -> bool:
        if self._link.orders.stops != self._stops or self._lost:
            return False
        return self._end is not None and self._end.cause is cause

    def _rests(self) -> bool:
        return bool(self._lost) or self._line.status.at_rest

    def _arrive(self) -> None:
        """Say again where the hand is until the ring is there."""
        # Said over and over: any one word may be lost on the line, and after 70 ms of silence the unit lets go, near
        # enough or not.
        until_s = self._link.clock.now() + SETTLE_S
        while self._newest is not None and not self.over and self._link.clock.now() < until_s:
            position = self._newest[0]
            if self._trace and abs(self._trace[-1][1] - position) <= 0.5 and self._line.status.speed_deg_s == 0.0:
                return
            self._link.say(_message(position, 0.0, -LAG_S, self._unit_clock().nominal_hz))
            self.last_sent_s = self._link.clock.now()
            self._link.wait_for(lambda: self.over or None, AGAIN_S)

    def _hear(self, told: Told) -> None:
        """Every event of the link, on its thread."""
        if isinstance(told, Said):
            self._heard_s, self._unheard = self._link.clock.now(), 0
        if isinstance(told, Down):
            self._lost = told.words
        elif isinstance(told, ResetNoticed):
            self._lost = "The unit was reset."
        elif isinstance(told, Said) and isinstance(told.message, Telemetry):
            self._trace.append((told.message.clock, told.message.position))
        elif isinstance(told, Said) and isinstance(told.message, StateChanged):
            self._trace.append((told.message.clock, told.message.position))
            # MOVING begins it and STOPPING is still under way; every other state means that it is over.
            if told.message.after is not State.MOVING and told.message.after is not State.STOPPING:
                self._end = told.message

    def _evidence(self, *, let_go: bool) -> FollowEvidence:
        status, end = self._line.status, self._end
        reading = self._unit_clock()
        # By one reading at the end, which knows the clocks best, and in order of the unit's clock: events and telemetry
        # may come in turned round.
        trace = [(reading.host_s(clock), clock, position) for clock, position in sorted(self._trace)]
        kept = [(at_s - self._began_s, clock, position) for at_s, clock, position in trace if at_s is not None]
        stopped = self._link.orders.stops != self._stops
        return FollowEvidence(
            # A unit that was stopped at rest has nothing to tell of it.
            cause=end.cause if end is not None else Cause.STOP if stopped else Cause.NONE,
            fault=end.fault if end is not None else Fault.NONE,
            position=end.position if end is not None else status.position,
            ring_deg=status.ring_deg,
            tick_hz=reading.nominal_hz,
            began_s=self._began_s,
            lost=self._lost,
            let_go=let_go,
            hand=tuple(self._hand),
            samples=tuple(Sample(at_s, position / self._line.keeper.steps_per_deg) for at_s, _, position in kept),
            clocks=tuple(clock for _, clock, _ in kept),
        )


def never_followed(line: UnitLine, error: FollowFocusError) -> FollowEvidence:
    """The evidence of a following that `error` kept from beginning: nothing has moved."""
    stopped, lost = isinstance(error, StoppedError), isinstance(error, LineError)
    return FollowEvidence(
        cause=Cause.STOP if stopped else Cause.NONE,
        fault=Fault.NONE,
        position=line.status.position,
        ring_deg=line.status.ring_deg,
        tick_hz=line.tick_hz,
        began_s=line.link.clock.now(),
        lost=error.message if lost else "",
        refused="" if stopped or lost else error.message,
    )


def begin(line: UnitLine, before: Following | None) -> Following:
    """A following from now on; `before` is the last one. Raises UnitError where none may begin."""
    status = line.status
    if not status.referenced:
        raise UnitError("The unit doesn't know where the ring stands.", "not_referenced", "Set its position first.")
    if status.state not in _FREE:
        raise UnitError("The ring can't be turned by hand now.", "wrong_state", "Let what runs end, or disarm, first.")
    # The unit takes a hand's first word only after a pause, so that a stopped hand can't start it again. One that ends
    # and begins anew has to wait that pause out.
    if before is not None:
        line.link.sleep(max(0.0, before.last_sent_s + FOLLOW_SILENCE_S + AGAIN_S - line.link.clock.now()))
    return Following(line)


def _message(position: float, rate: float, age_s: float, tick_hz: float) -> Follow:
    """The word of a hand; one that is late is told from where it would be by now."""
    if not (math.isfinite(position) and math.isfinite(rate)):
        raise RequestError(f"A hand at {position} steps, turning at {rate} steps/s, can't be followed.")
    # The unit won't hear what is older than it could have been held up on a line, so that is worked out here.
    late_s = max(0.0, age_s - OLDEST_S)
    rate = max(-FOLLOW_RATE_MAX, min(FOLLOW_RATE_MAX, rate * RATE_FRACTION)) / RATE_FRACTION  # no motor is as fast
    return Follow(
        _held((position + rate * late_s) * POSITION_FRACTION),
        round(rate * RATE_FRACTION),
        round((age_s - late_s) * tick_hz),
    )


def _held(value: float) -> int:
    return max(-LARGEST, min(LARGEST, round(value)))
