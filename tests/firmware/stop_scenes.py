# SPDX-License-Identifier: MIT
"""Each kind of motion that a set knows, at four levels of speed and acceleration: what is said, and when.

Each of `SCENES` readies a unit up to the last word before the motion; the `Act` that it gives is what follows, by the
tick. stop_play.py plays it, and ends it.
"""

from __future__ import annotations

import functools
import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from followfocus.wire.messages import (
    SEGMENT,
    Arm,
    Follow,
    Go,
    Goto,
    Home,
    Jog,
    Message,
    Ping,
    ProfileBegin,
    ProfileData,
    Segment,
)
from tests.conformance.units import TICK_HZ
from tests.firmware.rig import MS, SEGMENTS_A_FRAME, Talk

PROFILE = 7
DIR_SETUP = 320
LIMIT = 1_000_000
GO_TICKS = 2 * MS


class Level(NamedTuple):
    """How fast it goes: steps/s², steps/s, the shortest time between two steps; and its acts' length."""

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
            up.append(
                Segment(max(round(times[first] * 256), level.min_interval * 256 + 256), way * (last - first), change)
            )
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


def steps_in(level: Level, seconds: float) -> int:
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
        by_cue = [Word(5 * MS, None, "cue", 0), Word(9 * MS, None, "cue", 1)]
        return Act(by_cue if cue else [Word(0, Go(1, GO_TICKS))], expanded(segments))

    return begin


def two_marks(level: Level) -> list[Segment]:
    return leg(steps_in(level, 0.25), level)


def nine_marks(level: Level) -> list[Segment]:
    length = steps_in(level, 0.1)
    return legs(level, 4000, length, -length // 2, 2 * length, -length, -length, length, length // 2, -length)


def with_a_hold(level: Level) -> list[Segment]:
    return legs(level, 60 * MS, steps_in(level, 0.05), steps_in(level, 0.05))


def cue_wait(talk: Talk, level: Level) -> Act:
    """Armed for the cue, which comes only long after; where it was stopped, it starts nothing."""
    load(talk, two_marks(level))
    talk.done(Arm(PROFILE, 1))
    return Act([Word(40 * MS, Ping())], [])


# The unit's own motions -----------------------------------------------------------------------------------------------


def goto(talk: Talk, level: Level) -> Act:
    far = steps_in(level, 0.2)
    return Act([Word(0, Goto(far, level.rate)), Word(int(120 * level.pace) * MS, Goto(-far // 4, level.rate))])


def jog(talk: Talk, level: Level) -> Act:
    rates = (level.rate, level.rate // 3 + 1, -level.rate, 0)
    return Act([Word(int(60 * level.pace) * MS * number, Jog(rate)) for number, rate in enumerate(rates)])


def approach(talk: Talk, level: Level) -> Act:
    start = steps_in(level, 0.2)
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
    words = [
        Word(int(80 * level.pace) * MS * number, Jog(rate))
        for number, rate in enumerate((level.rate, -2 * level.rate, 0))
    ]
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
