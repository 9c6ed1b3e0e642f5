# SPDX-License-Identifier: MIT
"""Plays a scene on a unit, ends it in one of many ways at a given moment, and keeps all that the unit did.

The `Case` that comes of it is judged by stop_oracle.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    Arm,
    Config,
    CueEdge,
    Follow,
    GetStatus,
    GetTake,
    Goto,
    Hold,
    Message,
    Ping,
    Safety,
    SetLimits,
    SetPosition,
    SetTelemetry,
    Silence,
    StopInput,
)
from tests.conformance.units import TICK_HZ
from tests.firmware.rig import MS, Edge, Heard, Rig, Talk
from tests.firmware.stop_scenes import DIR_SETUP, LIMIT, PROFILE, SCENES, Act, Level, Word, steps_in

SETTLE_MS = 30
ARMED_SILENCE_S = 1
SILENCE_MS = 60
PATIENT_MS = 20_000
PING_TICKS = 20 * MS
LONGEST = 2000 * MS
LOST = ("lost link", "lost link, at once")
PRESSES = {"button": StopInput.STOP_BUTTON, "button, closed till pressed": StopInput.STOP_BUTTON_NC}
BURSTS = ("goto, stop", "stop, goto", "arm, stop", "stop, arm")
WAYS = ("stop", "hard stop", *PRESSES, *LOST, *BURSTS, "reset")


@dataclass(slots=True)
class Case:
    """All that was done to a unit, and all that it did."""

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


def fits(scene: str, way: str) -> bool:
    """Homing has the stop input for itself."""
    return not (scene == "homing" and way in PRESSES)


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
            message = Goto(steps_in(level, 0.1), level.rate) if part == "goto" else Arm(PROFILE, 0)
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
        # A hand goes on where the line does, and so do the inputs.
        goes_on = word.message is None or (isinstance(word.message, Follow) and way not in LOST)
        if word.tick > moment and goes_on and way != "reset":
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


def ends_of(case: Case) -> list[int]:
    """The ticks of its steps."""
    return [edge.tick for edge in case.edges if edge.pin == "STEP"]
