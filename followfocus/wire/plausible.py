"""What no unit can say: figures that are checked where they come in, so that nothing behind has to fear them.

Each check gives the words for what is wrong, as the end of a sentence, or "" where nothing is. A unit that says such a
thing of itself in its hello is refused; any other message with such a figure in it is dropped like a damaged one, and
whoever waits for it is told why it never came.
"""

from __future__ import annotations

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
"""Of the ring: from a bare motor with a tooth too few to 256 microsteps behind a large gear."""
LONGEST_UPTIME_S = 10 * 365 * 86_400.0
LEAP_S = 10.0
"""How far a unit's clock may seem to have run ahead of the host's between two messages."""
CLOCK_SHARE = 1.1
LEAPS_BELIEVED = 3
"""After so many messages that agree on it a leap is believed: the computer slept, and its clock with it."""

Clocked = Telemetry | StateChanged | TakeStarted | TakeEnded | Stopped


def hello_doubt(hello: HelloReply) -> str:
    """What is wrong with what a unit says of itself."""
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
    """What is wrong with a message by itself."""
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
    a_turn = config.full_steps_per_turn * config.microsteps * config.lens_teeth / config.motor_teeth
    if not FEWEST_STEPS_A_TURN <= a_turn <= MOST_STEPS_A_TURN:
        return f"its gearing makes {a_turn:,.0f} steps to a turn of the ring"
    if not (config.accel and config.goto_rate and config.home_rate and config.min_interval_ticks):
        return "there is a 0 in its speeds"
    return ""


def reply_doubt(reply: Message, command: Message) -> str:
    """What is wrong with a reply to this command."""
    if not isinstance(reply, Ack) or not isinstance(command, ProfileData):
        return ""
    wanted = command.offset + len(command.segments)
    if (reply.result is Result.OK and reply.detail != wanted) or reply.detail < 0:
        return f"it asks for part {reply.detail} of the profile next, where {wanted} follows"
    return ""


class ClockWatch:
    """Whether a unit's timestamps can be its clock's, by the host's. `tick_hz` is what it claims."""

    def __init__(self, tick_hz: float) -> None:
        self._tick_hz = tick_hz
        self._anchor: tuple[int, float] | None = None
        self._leapt: tuple[int, float] | None = None
        self._leaps = 0

    def doubt(self, message: Clocked, now_s: float) -> str:
        """What is wrong with the clock of a message that came in at `now_s`."""
        clock = _latest(message)
        if clock > LONGEST_UPTIME_S * self._tick_hz:
            return f"it has been on for {clock / self._tick_hz / 86_400 / 365:,.0f} years"
        leapt = not self._follows(self._anchor, clock, now_s)
        if leapt and not (isinstance(message, Telemetry) and self._believed(clock, now_s)):
            return "its clock has leapt ahead"
        if isinstance(message, Telemetry) and (self._anchor is None or clock >= self._anchor[0]):
            self._anchor, self._leaps = (clock, now_s), 0
        return ""

    def _follows(self, anchor: tuple[int, float] | None, clock: int, now_s: float) -> bool:
        if anchor is None:
            return True
        return clock - anchor[0] <= ((now_s - anchor[1]) * CLOCK_SHARE + LEAP_S) * self._tick_hz

    def _believed(self, clock: int, now_s: float) -> bool:
        again = self._leaps > 0 and self._leapt is not None and clock >= self._leapt[0]
        self._leaps = self._leaps + 1 if again and self._follows(self._leapt, clock, now_s) else 1
        self._leapt = (clock, now_s)
        return self._leaps >= LEAPS_BELIEVED


def _latest(message: Clocked) -> int:
    if isinstance(message, TakeEnded):
        return max(message.start_clock, message.first_edge_clock, message.last_edge_clock, message.end_clock)
    return message.clock
