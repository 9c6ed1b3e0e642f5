# SPDX-License-Identifier: MIT
"""Each kind of motion that a set knows, to be ended in every way at every moment: what is said, and when.

`Scene.begin` readies a unit up to the last word before the motion; its `Act` is what follows, by the tick. `played` plays
it, ends it in a `Way`, and gives the `Case` that stop_oracle.py judges.
"""

from __future__ import annotations

import functools
import math
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    SEGMENT,
    Arm,
    Config,
    CueEdge,
    Follow,
    GetStatus,
    GetTake,
    Go,
    Goto,
    Hold,
    Home,
    Jog,
    Message,
    Ping,
    ProfileBegin,
    ProfileData,
    Safety,
    Segment,
    SetLimits,
    SetPosition,
    SetTelemetry,
    Silence,
    StopInput,
)
from tests.conformance.units import TICK_HZ
from tests.firmware.rig import MS, SEGMENTS_A_FRAME, Edge, Heard, Rig, Talk

PROFILE = 7
DIR_SETUP = 320
SETTLE_MS = 30
LIMIT = 1_000_000
GO_TICKS = 2 * MS
ARMED_SILENCE_S = 1
SILENCE_MS = 60
PATIENT_MS = 20_000
PING_TICKS = 20 * MS
LONGEST = 2000 * MS
LOST = ("lost link", "lost link, at once")
PRESSES = {"button": StopInput.STOP_BUTTON, "button, closed till pressed": StopInput.STOP_BUTTON_NC}
BURSTS = ("goto, stop", "stop, goto", "arm, stop", "stop, arm")
WAYS = ("stop", "hard stop", *PRESSES, *LOST, *BURSTS, "reset")


class Level(NamedTuple):
    """How fast it goes: steps/s², steps/s, the shortest time between two steps; and which part of a slow act it takes."""

    name: str
    accel: int
    rate: int
    min_interval: int
    pace: float


LEVELS = (
    Level("low", 2_000, 200, 16_000, 1.0),
    Level("medium", 40_000, 6_000, 320, 0.8),
    Level("fast", 1_000_000, 50_000, 160, 0.4),
    Level("highest", 100_000_000, 100_000, 160, 0.2),
)


class Word(NamedTuple):
    """At `tick` of the act: what the host says, or how an input moves."""

    tick: int
    message: Message | None
    pin: str = ""
    level: int = 1


@dataclass(slots=True)
class Act:
    """A motion's script. `planned`: each step of its take after time zero, and its direction."""

    words: list[Word]
    planned: list[tuple[int, int]] = field(default_factory=list)
    referenced: bool = True
    by_hand: bool = False


@dataclass(slots=True)
class Case:
    """What was done to a unit, and all that it did."""

    name: str
    level: Level
    config: Config
    act: Act
    way: str
    begun: int
    ended: int
    """When the last byte of the stop had come in, the button was pressed, or the last word but silence had come in."""
    edges: list[Edge]
    heard: list[Heard]
    orders: list[tuple[int, int, Message]]
    """When each had come in, its number, and what it was."""


Begin = Callable[[Talk, Level], Act]


# Takes ----------------------------------------------------------------------------------------------------------------


def leg(steps: int, level: Level) -> list[Segment]:
    """From rest to rest within the level's acceleration and rate, in seven segments."""
    count, way = abs(steps), 1 if steps > 0 else -1
    ramp = max(1, min(count // 2, int(level.rate**2 / 2 / level.accel)))
    times = [TICK_HZ / math.sqrt(2 * level.accel * (step + 1)) for step in range(ramp)]
    up = []
    for first, last in pairwise([0, ramp // 6, ramp // 2, ramp]):
        if last > first:
            change = round((times[last - 1] - times[first]) / max(1, last - 1 - first) * 256)
            up.append(Segment(max(round(times[first] * 256), level.min_interval * 256 + 256), way * (last - first), change))
    down = [Segment(s.interval + s.add * (abs(s.count) - 1), s.count, -s.add) for s in reversed(up)]
    shortest = max(down[0].interval, level.min_interval * 256 + 256)
    even = [Segment(shortest, way * (count - 2 * ramp), 0)] if count > 2 * ramp else []
    return [*up, *even, *down]


def legs(level: Level, hold: int, *lengths: int) -> list[Segment]:
    """One after another, every other with a hold before it."""
    segments: list[Segment] = []
    for number, length in enumerate(lengths):
        if number:
            segments.append(Segment(hold if number % 2 else 2 * DIR_SETUP, 0, 0))
        segments += leg(length, level)
    return segments


def expanded(segments: list[Segment]) -> list[tuple[int, int]]:
    """PROTOCOL.md's five lines: each step's tick after time zero, and its direction."""
    return _expanded(tuple(segments))


@functools.cache
def _expanded(segments: tuple[Segment, ...]) -> list[tuple[int, int]]:
    time, steps = 0, []
    for segment in segments:
        interval = segment.interval
        if segment.count == 0:
            time += 256 * interval
        for _ in range(abs(segment.count)):
            time += interval
            steps.append((time // 256, 1 if segment.count > 0 else -1))
            interval += segment.add
    return steps


def load(talk: Talk, segments: list[Segment], start: int = 0) -> None:
    packed = b"".join(SEGMENT.pack(s.interval, s.count, s.add) for s in segments)
    crc = zlib.crc32(packed)
    talk.load(
        ProfileBegin(PROFILE, start, len(segments), len(segments), crc, crc),
        [
            ProfileData(at, tuple(segments[at : at + SEGMENTS_A_FRAME]))
            for at in range(0, len(segments), SEGMENTS_A_FRAME)
        ],
    )


def _length(level: Level, seconds: float) -> int:
    """Steps of a leg that takes about so long, at the level's pace."""
    seconds *= level.pace
    ramps_s = 2 * level.rate / level.accel
    if seconds > ramps_s:
        return int((seconds - ramps_s / 2) * level.rate)
    return max(2, int(level.accel * (seconds / 2) ** 2))


def take(level_legs: Callable[[Level], list[Segment]], cue: bool = False) -> Begin:
    def begin(talk: Talk, level: Level) -> Act:
        segments = level_legs(level)
        load(talk, segments)
        talk.done(Arm(PROFILE, int(cue)))
        talk.passes(2 * MS)
        if cue:
            words = [Word(5 * MS, None, "cue", 0), Word(9 * MS, None, "cue", 1)]
        else:
            words = [Word(0, Go(1, GO_TICKS))]
        return Act(words, expanded(segments))

    return begin


def two_marks(level: Level) -> list[Segment]:
    return leg(_length(level, 0.25), level)


def nine_marks(level: Level) -> list[Segment]:
    length = _length(level, 0.1)
    return legs(level, 4000, length, -length // 2, 2 * length, -length, -length, length, length // 2, -length)


def with_a_hold(level: Level) -> list[Segment]:
    return legs(level, 60 * MS, _length(level, 0.05), _length(level, 0.05))


def cue_wait(talk: Talk, level: Level) -> Act:
    """Armed for the cue, which comes only long after; where it was stopped, it starts nothing."""
    load(talk, two_marks(level))
    talk.done(Arm(PROFILE, 1))
    return Act([Word(40 * MS, Ping())], [])


# The unit's own motions -----------------------------------------------------------------------------------------------


def goto(talk: Talk, level: Level) -> Act:
    far = _length(level, 0.2)
    return Act([Word(0, Goto(far, level.rate)), Word(int(120 * level.pace) * MS, Goto(-far // 4, level.rate))])


def jog(talk: Talk, level: Level) -> Act:
    rates = (level.rate, level.rate // 3 + 1, -level.rate, 0)
    return Act([Word(int(60 * level.pace) * MS * number, Jog(rate)) for number, rate in enumerate(rates)])


def approach(talk: Talk, level: Level) -> Act:
    start = _length(level, 0.2)
    load(talk, two_marks(level), start)
    return Act([Word(0, Goto(start, level.rate))])


def back_to_one(talk: Talk, level: Level) -> Act:
    load(talk, two_marks(level))
    talk.done(Arm(PROFILE, 0))
    talk.done(Go(1, 0))
    talk.passes(expanded(two_marks(level))[-1][0] + 20 * MS)
    return Act([Word(0, Goto(0, level.rate))])


def homing(talk: Talk, level: Level) -> Act:
    """Both stops are met, and left again, at set times."""
    moves = [Word(int((80 + 60 * number) * level.pace) * MS, None, "stop", number % 2) for number in range(4)]
    return Act([Word(0, Home(LIMIT // 2)), *moves], referenced=False)


def calibration(talk: Talk, level: Level) -> Act:
    """The motor holds, nobody knows where the ring is: it is jogged against one stop, and the other."""
    words = [Word(int(80 * level.pace) * MS * number, Jog(rate)) for number, rate in enumerate((level.rate, -2 * level.rate, 0))]
    return Act(words, referenced=False)


def following(line: Callable[[float, Level], float]) -> Begin:
    """A hand's words each 10 ms along a line of steps by seconds."""

    def begin(talk: Talk, level: Level) -> Act:
        talk.passes(80 * MS)
        words = []
        for number in range(int(30 * level.pace)):
            now = number * 0.01
            rate = (line(now + 0.001, level) - line(now - 0.001, level)) / 0.002
            rate = max(-65_000.0, min(65_000.0, rate))
            place = round(line(now, level) * 256)
            words.append(Word(number * 10 * MS, Follow(place, round(rate * 16), -80_000)))
        return Act(words, by_hand=True)

    return begin


def full_speed(seconds: float, level: Level) -> float:
    return level.rate * max(0.0, seconds)


def reversing(seconds: float, level: Level) -> float:
    turn_s = 0.06 * level.pace
    return level.rate * abs((max(0.0, seconds) / turn_s + 1) % 2 - 1) * turn_s


def riding(seconds: float, level: Level) -> float:
    """A plan of 0.2 s, and a wheel on top of it."""
    whole_s = 0.2 * level.pace
    part = min(1.0, max(0.0, seconds) / whole_s)
    plan = level.rate / 2 * whole_s * part**3 * (10 - 15 * part + 6 * part * part)
    return plan + level.rate / 200 * math.sin(40 * max(0.0, seconds))


SCENES: dict[str, Begin] = {
    "take, two marks": take(two_marks),
    "take, nine marks": take(nine_marks),
    "take with a hold": take(with_a_hold),
    "cue wait": cue_wait,
    "hardware cue": take(two_marks, cue=True),
    "approach": approach,
    "goto": goto,
    "jog": jog,
    "hand at full speed": following(full_speed),
    "hand that reverses": following(reversing),
    "ride": following(riding),
    "homing": homing,
    "calibration": calibration,
    "back to one": back_to_one,
}


def fits(scene: str, way: str) -> bool:
    """Homing has the stop input for itself."""
    return not (scene == "homing" and way in PRESSES)


# Playing them ---------------------------------------------------------------------------------------------------------


def config(scene: str, level: Level, way: str, sign: int) -> Config:
    lost = way in LOST
    return Config(
        full_steps_per_turn=200, microsteps=16, motor_teeth=50, lens_teeth=130, direction=sign,
        dir_setup_ticks=DIR_SETUP, min_interval_ticks=level.min_interval, accel=level.accel, goto_rate=level.rate,
        home_rate=level.rate, home_backoff=8,
        stop_input=StopInput.HOME_SWITCH if scene == "homing" else PRESSES.get(way, StopInput.NONE),
        cue_edge=CueEdge.FALLING, take_silence=Silence.STOP_AT_ONCE if way == LOST[1] else Silence.SLOW_DOWN,
        silence_ms=SILENCE_MS if lost else PATIENT_MS, name=b"oracle".ljust(16, b"\0"),
    )  # fmt: skip


def readied(rig: Rig, scene: str, level: Level, way: str, sign: int) -> tuple[Talk, Config, Act]:
    """Greeted, set up, and one word before the motion."""
    talk = Talk(rig)
    if way == "button, closed till pressed":
        rig.move("stop", 0)
    talk.greet()
    settings = config(scene, level, way, sign)
    talk.done(settings)
    talk.done(Safety(ARMED_SILENCE_S, SETTLE_MS))
    talk.done(SetLimits(-LIMIT, LIMIT))
    talk.done(Hold(1) if scene == "calibration" else SetPosition(0))
    act = SCENES[scene](talk, level)
    talk.done(SetTelemetry(20))
    return talk, settings, act


def length(rig: Rig, scene: str, level: Level, way: str) -> int:
    """Ticks that the act takes where nobody ends it: to its last word, and to its last step."""
    talk, _, act = readied(rig, scene, level, way, 1)
    begun = rig.tick()
    for word in act.words:
        _say(talk, begun, word, [])
    for _ in range(200):
        talk.put(talk.frame(Ping()))
        talk.passes(10 * MS)
    ticks = [edge.tick for edge in rig.edges() if edge.pin == "STEP" and edge.tick > begun]
    return min(max([begun + act.words[-1].tick, *ticks]) - begun, act.words[-1].tick + LONGEST)


def _say(talk: Talk, begun: int, word: Word, orders: list[tuple[int, int, Message]]) -> None:
    talk.passes_to(begun + word.tick)
    if word.message is None:
        talk.rig.move(word.pin, word.level)
        return
    by_hand = isinstance(word.message, Follow)
    data = talk.frame(word.message, 0 if by_hand else None)
    orders.append((talk.put(data), 0 if by_hand else talk._seq, word.message))


def _ends(talk: Talk, way: str, level: Level, orders: list[tuple[int, int, Message]]) -> int:
    """Ends what is under way: when that has come in."""
    if way in PRESSES:
        talk.rig.move("stop", int(way != "button"))
        return talk.rig.tick()
    if way in LOST:
        return talk.sent_until
    if way == "reset":
        talk.rig.reset()
        talk.sent_until = 0
        return 0
    stopped = 0
    for part in way.split(", "):
        if "stop" in part:
            stopped = talk.put(HARD_STOP_BYTES if part == "hard stop" else STOP_BYTES)
        else:
            message = Goto(_length(level, 0.1), level.rate) if part == "goto" else Arm(PROFILE, 0)
            data = talk.frame(message)
            orders.append((talk.put(data), talk._seq, message))
    return stopped


def _alive(words: list[Word], until: int) -> list[Word]:
    """With a Ping now and then."""
    return sorted([*words, *(Word(tick, Ping()) for tick in range(0, until, PING_TICKS))], key=lambda word: word.tick)


def played(rig: Rig, scene: str, level: Level, way: str, moment: int, sign: int) -> Case:
    """The scene, ended `moment` ticks after its beginning; and all that comes of it, until long after its rest."""
    talk, settings, act = readied(rig, scene, level, way, sign)
    talk.passes(MS + moment % 4001)  # any phase of a round of the main loop
    orders: list[tuple[int, int, Message]] = []
    begun = rig.tick()
    first = len(talk.heard)
    words = _alive(act.words, moment) if way in LOST else act.words
    for word in words:
        if word.tick <= moment:
            _say(talk, begun, word, orders)
    talk.passes_to(begun + moment)
    ended = _ends(talk, way, level, orders)
    if way == "reset":
        begun, first = 0, len(talk.heard)
    for word in act.words:
        if word.tick > moment and (way not in LOST or word.message is None) and way != "reset":
            if isinstance(word.message, Follow) or word.message is None:  # a hand goes on, and so do the inputs
                _say(talk, begun, word, orders)
    slowing = level.rate * TICK_HZ // level.accel
    talk.passes(slowing + 250 * MS + (ARMED_SILENCE_S * 1000 * MS if way in LOST else 0))
    rig.move("cue", 1)
    talk.passes(3 * MS)
    rig.move("cue", 0)
    if way == "reset":
        talk.greet()
    for question in (GetStatus(), GetTake()):
        talk.order(question)
    talk.passes(150 * MS)
    return Case(
        f"{scene}, {level.name}, {way}, {moment} ticks after its beginning, direction {sign}",
        level, settings, act, way, begun, ended, rig.edges(), talk.heard[first:], orders,
    )  # fmt: skip


def moments(length: int, count: int) -> Iterator[int]:
    """Evenly spread, from before it begins to after it ends."""
    for number in range(count):
        yield round((length + 8 * MS) * (number + 0.5) / count)
