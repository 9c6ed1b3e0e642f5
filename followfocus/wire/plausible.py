# SPDX-License-Identifier: MIT
"""Figures that no unit can mean are caught where they come in, so that nothing behind has to fear them.

Each check gives the words for what is wrong, as the end of a sentence, or "" where nothing is. A unit that says such a
thing of itself in its hello is refused; any other message with such a figure in it is dropped like a damaged one, and
whoever waits for it is told why it never came.
"""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.wire.frames import MAX_PAYLOAD
from followfocus.wire.messages import (
    Ack,
    Config,
    HelloReply,
    LastKnown,
    Message,
    ProfileData,
    Result,
    StateChanged,
    Stopped,
    TakeEnded,
    TakeStarted,
    Telemetry,
)

SLOWEST_TICK_HZ, FASTEST_TICK_HZ = 100_000, 1_000_000_000
LEAST_PAYLOAD = 22
"""Room for a piece of a profile with one segment in it."""
FEWEST_STEPS_A_TURN, MOST_STEPS_A_TURN = 20, 10_000_000
"""Steps of one turn of the ring: from a bare motor with a tooth too few to 256 microsteps behind a large gear."""
# A damaged frame that passes its CRC has a clock of any size: years of uptime are one, whatever was heard before.
LONGEST_UPTIME_S = 10 * 365 * 86_400.0
LEAP_S = 10.0
"""How far a unit's clock may seem to have run ahead of the host's between two messages."""
# A resonator is off by half a per cent: a tenth is let pass here, and judged over a longer time by `false_hz`.
CLOCK_SHARE = 1.1
LEAPS_BELIEVED = 3
"""After so many messages that agree on it a leap is believed: the computer slept, and its clock with it."""

STALL_S, FALSE_SHARE, WINDOW_S = 1.0, 0.05, 20.0
"""A clock is false if in up to 20 s it goes 5 % wrong, and by more than a computer or a network may stall."""

Clocked = Telemetry | StateChanged | TakeStarted | TakeEnded | Stopped


def hello_doubt(hello: HelloReply) -> str:
    """The fault in a unit's hello, in words; empty if there is none."""
    if not SLOWEST_TICK_HZ <= hello.tick_hz <= FASTEST_TICK_HZ:
        return f"its clock ticks {hello.tick_hz:,} times a second"
    if not LEAST_PAYLOAD <= hello.max_payload <= MAX_PAYLOAD:
        return f"it takes frames of {hello.max_payload} bytes"
    if hello.segment_capacity < 1:
        return "it has no room for a profile"
    if hello.fastest_interval_ticks < 1:
        return "it makes a step in no time"
    return ""


def doubt(message: Message) -> str:
    """The fault in a message by itself, in words; empty if there is none."""
    if isinstance(message, Config):
        return _config_doubt(message)
    if isinstance(message, LastKnown) and message.valid and message.minimum > message.maximum:
        return "its lower soft limit lies above the upper one"
    return ""


def _config_doubt(config: Config) -> str:
    if not (config.full_steps_per_turn and config.microsteps and config.motor_teeth and config.lens_teeth):
        return "there is a 0 in its gearing"
    if config.direction not in (1, -1):
        return f"its direction is {config.direction}"
    # The product, not each figure: any of them may be odd, and only what they make together moves the ring.
    a_turn = config.full_steps_per_turn * config.microsteps * config.lens_teeth / config.motor_teeth
    if not FEWEST_STEPS_A_TURN <= a_turn <= MOST_STEPS_A_TURN:
        return f"its gearing makes {a_turn:,.0f} steps to a turn of the ring"
    if not (config.accel and config.goto_rate and config.home_rate and config.min_interval_ticks):
        return "there is a 0 in its speeds"
    return ""


def reply_doubt(reply: Message, command: Message) -> str:
    """The fault in a reply to this command, in words; empty if there is none."""
    if not isinstance(reply, Ack) or not isinstance(command, ProfileData):
        return ""
    wanted = command.offset + len(command.segments)
    if (reply.result is Result.OK and reply.detail != wanted) or reply.detail < 0:
        return f"it asks for part {reply.detail} of the profile next, where {wanted} follows"
    return ""


class ClockWatch:
    """Judges by the host's clock whether a unit's timestamps can be true. `tick_hz` is the rate it claims.

    `leaps` counts the leaps that were believed: the computer slept meanwhile, and what was measured before is void.
    """

    def __init__(self, tick_hz: float) -> None:
        self.leaps = 0
        self._tick_hz = tick_hz
        self._last: _Stamp | None = None
        self._since: _Stamp | None = None
        self._leapt: list[_Stamp] = []

    def doubt(self, message: Clocked, now_s: float) -> str:
        """The fault in the clock of a message that came in at `now_s`, in words; empty if there is none."""
        stamp = _Stamp(_latest(message), now_s)
        if stamp.clock > LONGEST_UPTIME_S * self._tick_hz:
            return f"it has been on for {stamp.clock / self._tick_hz / 86_400 / 365:,.0f} years"
        # Only ahead: a clock that seems behind is a message that was held up.
        leapt = self._last is not None and not self._follows(self._last, stamp)
        if leapt and not (isinstance(message, Telemetry) and self._believed(stamp)):
            return "its clock has leapt ahead"
        # Telemetry alone is measured: an event is stamped when it happened, which may have been a while ago.
        if isinstance(message, Telemetry) and (self._last is None or stamp.clock >= self._last.clock):
            self._take(stamp, leapt=leapt)
        return ""

    def false_hz(self) -> float | None:
        """At how many ticks a second the clock truly runs, where that is surely not what it claims."""
        if self._since is None or self._last is None:
            return None
        host_s = self._last.at_s - self._since.at_s
        ticks = self._last.clock - self._since.clock
        off_s = abs(ticks / self._tick_hz - host_s)
        # Either end may have been held up by a stall, so that much is allowed before the rate is doubted.
        return ticks / host_s if host_s > 0 and off_s > STALL_S + FALSE_SHARE * host_s else None

    def _take(self, stamp: _Stamp, *, leapt: bool) -> None:
        self._last = stamp
        self._leapt.clear()
        self.leaps += leapt
        # Measured anew every while: a clock that went false after an hour must not be averaged with the hour.
        if leapt or self._since is None or stamp.at_s - self._since.at_s > WINDOW_S:
            self._since = stamp

    def _follows(self, before: _Stamp, stamp: _Stamp) -> bool:
        passed_s = (stamp.at_s - before.at_s) * CLOCK_SHARE + LEAP_S
        return stamp.clock - before.clock <= passed_s * self._tick_hz

    def _believed(self, stamp: _Stamp) -> bool:
        if self._leapt and not (stamp.clock >= self._leapt[-1].clock and self._follows(self._leapt[-1], stamp)):
            self._leapt.clear()
        # Not at once: a damaged frame passes its CRC once in 65,536, and would throw the measured clock away.
        self._leapt.append(stamp)
        return len(self._leapt) >= LEAPS_BELIEVED


@dataclass(frozen=True, slots=True)
class _Stamp:
    """The unit's clock, and the host's as it came in."""

    clock: int
    at_s: float


def _latest(message: Clocked) -> int:
    if isinstance(message, TakeEnded):
        # The newest of the four: it is the one that could be ahead of now.
        return max(message.start_clock, message.first_edge_clock, message.last_edge_clock, message.end_clock)
    return message.clock
