# SPDX-License-Identifier: MIT
"""Follows a unit's events as they come: its present status, and the record of a take. Waits for nothing."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from followfocus.unit.latency import GoSent, Latency, start_latency
from followfocus.wire.clockreading import BootClock
from followfocus.wire.events import Greeted, ResetNoticed, Said
from followfocus.wire.evidence import Sample, TakeEvidence, UnitStatus
from followfocus.wire.link import Down, Told
from followfocus.wire.messages import (
    CUE_LEAD_S,
    Cause,
    Fault,
    Flag,
    Source,
    State,
    StateChanged,
    Stopped,
    TakeEnded,
    TakeStarted,
    Telemetry,
)

Witness = Callable[[], float]
# A second or so before the start, enough to see from where it began; while a cue is waited for, the rest is let go.
SAMPLES_BEFORE = 50
START_TOLERANCE_S = 1e-3
"""How far apart a take's start may be in the two messages that give it."""
REST_S = 1.0
"""How long after the word of a take's end the unit may still say that it moves."""


class StatusKeeper:
    """The unit's status from what it says. `steps_per_deg` turns its steps into ring degrees.

    `downs` counts how often the link was lost, `resets` how often the unit began anew, `self_told_s` is the host's time
    of the last telemetry that nobody had asked for.
    """

    def __init__(self) -> None:
        self.status = UnitStatus()
        self.steps_per_deg = 1.0
        self.downs = self.resets = 0
        self.self_told_s = -math.inf

    def hear(self, told: Told) -> bool:
        """Take an event in; whether the status has changed."""
        before = self.status
        if isinstance(told, Down):
            self.downs += 1
            self.status = replace(before, connected=False, speed_deg_s=0.0)
        elif isinstance(told, ResetNoticed):
            self.resets += 1
            # Nothing of the boot before is kept, not even its clock, which begins at nought again.
            self.status = UnitStatus(connected=True, state=State.UNREFERENCED, restarted=True)
        elif isinstance(told, Greeted):
            self.status = replace(before, connected=True, clock=0)  # what comes now is news, whatever its clock says
        elif isinstance(told, Said):
            self._said(told)
        return self.status is not before

    def _said(self, said: Said) -> None:
        message, before = said.message, self.status
        if isinstance(message, Telemetry):
            # By its own clock from before what is known: an older word that was held up must not turn the status back.
            if message.clock < before.clock:
                return
            if not said.asked:
                self.self_told_s = said.received_s
            known = Flag.REFERENCED in message.flags
            self.status = replace(
                before,
                state=message.state,
                ring_deg=message.position / self.steps_per_deg if known else None,
                speed_deg_s=message.rate / self.steps_per_deg,
                position=message.position,
                fault=message.fault,
                flags=message.flags,
                clock=message.clock,
                received_s=said.received_s,
                free_segments=message.free_segments,
                wanted_offset=message.wanted_offset,
                last_take=message.last_take,
                bad_frames=message.bad_frames,
                restarted=before.restarted and not known,
            )
        elif isinstance(message, StateChanged) and message.clock >= before.clock:
            # Most changes of state have no cause, and the last real one is what people ask for.
            cause = message.cause if message.cause is not Cause.NONE else before.cause
            flags = _flags_in(message.after, before.flags)
            known = Flag.REFERENCED in flags
            self.status = replace(
                before,
                state=message.after,
                cause=cause,
                cause_clock=message.clock if message.cause is not Cause.NONE else before.cause_clock,
                fault=message.fault,
                position=message.position,
                ring_deg=message.position / self.steps_per_deg if known else None,
                # A change of state has no speed in it: a state at rest says it is nought, another leaves the last one
                # heard.
                speed_deg_s=before.speed_deg_s if message.after in _TURNING else 0.0,
                flags=flags,
                clock=message.clock,
                received_s=said.received_s,
                restarted=before.restarted and not known,
            )


_TURNING = (State.MOVING, State.PLAYING, State.STOPPING)


def _flags_in(state: State, before: Flag) -> Flag:
    """The flags in a state just entered, before telemetry says whether the position is known."""
    if state is State.UNREFERENCED:
        return before & ~Flag.REFERENCED
    if state in (State.IDLE, State.LOADED, State.ARMED, State.PLAYING):
        return before | Flag.REFERENCED
    return before


class TakeRecorder:
    """Follows one take from GO or armed cue to its end. `take` None takes the next that starts, whatever its number.

    `now_s` is the host's clock, `utc_s` its time of day; `unit_clock` tells the host's clock at a tick of the unit's,
    `witness` the true ring angle where something sees it. What the unit says of a time before `armed_clock` is of
    another take. `since_clock` is when the unit was seen to be on its way to it: rest after that is the end.
    """

    def __init__(
        self,
        take: int | None,
        armed_clock: int,
        now_s: Callable[[], float],
        utc_s: Callable[[], float],
        unit_clock: BootClock,
        witness: Witness | None,
    ) -> None:
        self.take = take
        self.started: TakeStarted | None = None
        self.ended: TakeEnded | None = None
        self.reset = False
        self.down = ""
        self.gap = ""
        self.doubt = ""
        self.fault = Fault.NONE
        self.since_clock: int | None = None
        self.heard_start_s: float | None = None
        self._armed_clock = armed_clock
        self._start_s: float | None = None
        self._start_within_s = math.inf
        self._rested_s: float | None = None
        self._now_s, self._utc_s, self._unit_clock = now_s, utc_s, unit_clock
        self._epoch_s: float | None = None
        self._witness = witness
        self._samples: list[tuple[int, int]] = []
        self._seen: list[tuple[float, float]] = []

    def hear(self, told: Told) -> None:
        """Take an event in."""
        if isinstance(told, Down):
            self.lost_track(told.words)
        elif isinstance(told, ResetNoticed):
            self.reset = True
        elif isinstance(told, Greeted):
            self.down = ""
        elif isinstance(told, Said):
            self._said(told)

    def lost_track(self, words: str) -> None:
        """The unit can't be heard any more, and why."""
        self.down = self.gap = words

    def _said(self, said: Said) -> None:
        message = said.message
        if isinstance(message, TakeStarted):
            self._hear_start(message)
        elif isinstance(message, TakeEnded):
            self.hear_end(message)
        elif isinstance(message, StateChanged):
            self.fault = message.fault or self.fault
        elif isinstance(message, Telemetry | Stopped):
            self.fault = getattr(message, "fault", Fault.NONE) or self.fault
            if isinstance(message, Telemetry) and message.state is State.PLAYING and self.heard_start_s is None:
                self.heard_start_s = self._now_s()
            self._sample(message.clock, message.position)

    def _sample(self, clock: int, position: int) -> None:
        self._samples.append((clock, position))
        if self._witness is not None:
            self._seen.append((self._now_s(), self._witness()))
        if self.heard_start_s is None:  # a cue may be hours away
            del self._samples[:-SAMPLES_BEFORE], self._seen[:-SAMPLES_BEFORE]

    def _hear_start(self, started: TakeStarted) -> None:
        # Numbers come again, after 65,535 takes or in another program: the unit's clock tells which take is meant.
        if self.take not in (None, started.take) or started.clock < self._armed_clock or self.started is not None:
            return
        self.take, self.started = started.take, started
        self.heard_start_s = self.heard_start_s or self._now_s()
        self._place_start(self._zero_clock(started))
        # Now, not at the end: the time of day may be set anew while the take runs.
        self._epoch_s = self._utc_s() - self._now_s()

    def _place_start(self, zero_clock: int) -> None:
        """When it began by the host's clock, and how far that may be off, both by one reading.

        A later one knows the way back better, and would promise of this start what was not known when it was placed.
        """
        reading = self._unit_clock()
        self._start_s, self._start_within_s = reading.host_s(zero_clock), reading.error_s

    def hear_end(self, ended: TakeEnded) -> None:
        """The unit's word on how a take ended, unasked or asked for; ignored if it is of another take."""
        # Of this take by number and by clock: the unit answers a
        # question about its last take also where that is an older one.
        if self.take not in (None, ended.take) or ended.start_clock < self._armed_clock or self.ended is not None:
            return
        apart = 0 if self.started is None else abs(self._zero_clock(self.started) - ended.start_clock)
        if apart > START_TOLERANCE_S * self._unit_clock().nominal_hz:
            self.doubt = "the unit gives two different times for its start"
        self.take, self.ended = ended.take, ended

    def _zero_clock(self, started: TakeStarted) -> int:
        """Time zero by the word of its start: for a cue that is the word of its edge."""
        lead = CUE_LEAD_S * self._unit_clock().nominal_hz if started.source is Source.CUE else 0.0
        return started.clock + round(lead)

    def over(self, status: UnitStatus) -> bool:
        """Whether nothing more will come."""
        if self.reset:
            return True
        # ARMED is rest, but a take that is to come is not one that is over.
        waits = not status.connected or not status.at_rest or status.state is State.ARMED
        # The end is told just before the state that follows it, and that word may be lost on the line.
        if self.ended is not None:
            return self._comes_to_rest(waits=waits and status.connected)
        return not waits and self.since_clock is not None and status.clock >= self.since_clock

    def _comes_to_rest(self, *, waits: bool) -> bool:
        """A take that has ended: the unit stands by then, or says so in the next moment."""
        if not waits:
            return True
        self._rested_s = self._now_s() if self._rested_s is None else self._rested_s
        late = self._now_s() - self._rested_s > REST_S
        if late:
            self.doubt = "the unit says that it is over, and that the motor still turns"
        return late

    def elapsed_s(self, status: UnitStatus, tick_hz: float) -> float:
        """Seconds since time zero, by the unit's clock as last heard; 0 before."""
        if self.started is None:
            return 0.0
        return max(0.0, (status.clock - self.started.clock) / tick_hz)

    def evidence(self, tick_hz: float, steps_per_deg: float, go: GoSent | None) -> TakeEvidence:
        """The evidence of the take so far. `go` is how GO went; None if it got no answer, or a cue started the take."""
        ended = self.ended
        start = ended.start_clock if ended is not None else None
        if start is None and self.started is not None:
            start = self._zero_clock(self.started)
        # The word of the start was lost: it is placed from the end's, with what is known of the clocks by now.
        if self._start_s is None and start is not None and not self.reset:
            self._place_start(start)
        start_s = self._start_s
        source = self.started.source if self.started is not None else Source.HOST
        latency = None
        if start is not None and go is not None and source is Source.HOST:
            latency = start_latency(go, start_s, self._start_within_s)
        evidence = TakeEvidence(
            take=self.take or 0,
            tick_hz=tick_hz,
            fault=self.fault,
            source=source,
            start_clock=start or 0,
            start_latency_s=latency.seconds if latency is not None else None,
            start_latency_uncertainty_s=latency.uncertainty_s if latency is not None else None,
            started_utc_s=self._started_utc_s(start_s, latency, go),
            witness_deg=self._witness() if self._witness is not None else None,
            reset=self.reset,
            lost=self.down,
            gap=self.gap,
            doubt=self.doubt,
        )
        if start is not None:
            evidence = self._with_samples(evidence, start, start_s, steps_per_deg)
        return evidence if ended is None else _with_end(evidence, ended, steps_per_deg)

    def _started_utc_s(self, start_s: float | None, latency: Latency | None, go: GoSent | None) -> float | None:
        """When it started: after GO by its latency, else (by a cue) when the unit's clock says, told in UTC."""
        if go is not None:
            return go.utc_s + (latency.seconds if latency is not None else 0.0)
        if start_s is None:
            return None
        epoch_s = self._utc_s() - self._now_s() if self._epoch_s is None else self._epoch_s
        return epoch_s + start_s

    def _with_samples(
        self, evidence: TakeEvidence, start: int, start_s: float | None, steps_per_deg: float
    ) -> TakeEvidence:
        samples = tuple(
            Sample((clock - start) / evidence.tick_hz, position / steps_per_deg)
            for clock, position in tuple(self._samples)
            if clock >= start
        )
        seen = (
            ()
            if start_s is None
            else tuple(Sample(at - start_s, deg) for at, deg in tuple(self._seen) if at >= start_s)
        )
        return replace(evidence, samples=samples, witness_samples=seen)


def _with_end(evidence: TakeEvidence, ended: TakeEnded, steps_per_deg: float) -> TakeEvidence:
    return replace(
        evidence,
        lost="",
        reset=False,
        cause=ended.cause,
        position_known=bool(ended.position_known),
        first_edge_clock=ended.first_edge_clock,
        last_edge_clock=ended.last_edge_clock,
        end_clock=ended.end_clock,
        steps=ended.steps,
        position=ended.position,
        ring_deg=ended.position / steps_per_deg,
    )
