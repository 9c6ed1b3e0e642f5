# SPDX-License-Identifier: MIT
"""STOP at every moment of every kind of motion, in every way, on core, simulated unit and emulated board.

Judged by stop_oracle.py, from the pins and PROTOCOL.md alone. A seeded sample; `FOLLOWFOCUS_CAMPAIGN=full` ends each
motion at each level in each way at 200 moments on core and simulated unit, and 400 on the board.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import Cause, Ping, State, StateChanged, Stopped, TakeEnded, Telemetry
from tests.conformance.tools import need_board
from tests.firmware.rig import MS, RIGS, Edge, Talk
from tests.firmware.stop_oracle import wrongs
from tests.firmware.stop_play import WAYS, Case, ends_of, fits, length, moments, played, readied
from tests.firmware.stop_record import Slack
from tests.firmware.stop_scenes import LEVELS, SCENES, Level

FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
MOMENTS = 200
SAMPLE = {"core": 240, "simulated": 40, "board": 4}
BOARD_FULL = 400
SLACKS = {
    "core": Slack(),
    "simulated": Slack(),
    "board": Slack(edge=4, told=MS // 2, planning=3 * MS, gathers=0.12, runs_dry=True),
}
MEDIUM = LEVELS[1]
Ending = tuple[str, Level, str]


def endings() -> list[Ending]:
    return [(scene, level, way) for scene in SCENES for level in LEVELS for way in WAYS if fits(scene, way)]


def one(unit: str, ending: Ending, moment: int, sign: int) -> Case:
    rig = RIGS[unit]()
    try:
        return played(rig, *ending, moment, sign)
    finally:
        rig.close()


def judged(unit: str, ending: Ending, moment: int, sign: int) -> list[str]:
    case = one(unit, ending, moment, sign)
    return [f"{unit}: {case.name}: {wrong}" for wrong in wrongs(case, SLACKS[unit])]


def whole_length(scene: str, level: Level) -> int:
    """How long the act takes on the core; the others take as long."""
    rig = RIGS["core"]()
    try:
        return length(rig, scene, level, "stop")
    finally:
        rig.close()


def drawn(unit: str, count: int) -> Iterator[tuple[Ending, int, int]]:
    """So many endings at random moments, every motion in turn, the same ones each time."""
    draw = random.Random(f"stop {unit}")
    every = endings()
    draw.shuffle(every)
    lengths: dict[tuple[str, str], int] = {}
    for number in range(count):
        scene, level, _ = ending = every[number % len(every)]
        if (scene, level.name) not in lengths:
            lengths[scene, level.name] = whole_length(scene, level)
        yield ending, draw.choice(list(moments(lengths[scene, level.name], MOMENTS))), draw.choice((1, -1))


def everything() -> Iterator[tuple[Ending, int, int]]:
    for scene in SCENES:
        for level in LEVELS:
            ticks = whole_length(scene, level)
            for way in WAYS:
                if fits(scene, way):
                    for number, moment in enumerate(moments(ticks, MOMENTS)):
                        yield (scene, level, way), moment, 1 if number % 2 else -1


@pytest.mark.timeout(36_000 if FULL else 300)
@pytest.mark.parametrize("unit", ["core", "simulated"])
def test_a_stop_stops_whatever_moves(unit: str) -> None:
    cases = everything() if FULL else drawn(unit, SAMPLE[unit])
    assert [wrong for case in cases for wrong in judged(unit, *case)] == []


@pytest.mark.board
@pytest.mark.timeout(36_000 if FULL else 300)
def test_a_stop_stops_whatever_moves_on_the_board() -> None:
    need_board()
    cases = drawn("board", BOARD_FULL if FULL else SAMPLE["board"])
    assert [wrong for case in cases for wrong in judged("board", *case)] == []


@pytest.mark.parametrize("unit", ["core", "simulated"])
@pytest.mark.parametrize(
    ("scene", "way", "moment"),
    [
        ("take with a hold", "stop", 1_861_969),
        ("take, two marks", "stop", 3_156_069),
        ("hand that reverses", "lost link", 153_423),
        ("hardware cue", "hard stop", 5 * MS + MS // 2),
    ],
)
def test_what_was_found_once(unit: str, scene: str, way: str, moment: int) -> None:
    """A step that the stop brought forward; a hand that outlived its line; a rest that found no room to be told."""
    assert judged(unit, (scene, MEDIUM, way), moment, 1) == []


@pytest.mark.parametrize("unit", ["core", "simulated", pytest.param("board", marks=pytest.mark.board)])
def test_each_stop_of_a_burst_has_its_own_answer(unit: str) -> None:
    """Two within a round of the main loop had one, and the host asked again 50 ms later."""
    if unit == "board":
        need_board()
    rig = RIGS[unit]()
    try:
        talk = Talk(rig)
        talk.greet()
        for burst in (STOP_BYTES * 2, STOP_BYTES + HARD_STOP_BYTES, HARD_STOP_BYTES * 3, STOP_BYTES * 12):
            first = len(talk.heard)
            sent = talk.put(burst)
            talk.passes_to(sent + 30 * MS)
            answers = [one.message for one in talk.heard[first:] if isinstance(one.message, Stopped)]
            assert len(answers) == len(burst) // len(STOP_BYTES)
            assert answers[-1].hard == (HARD_STOP_BYTES in burst)
            talk.passes(MS * 7 // 3)
    finally:
        rig.close()


@pytest.mark.parametrize("harder", ["hard stop", "button"])
@pytest.mark.parametrize("scene", ["jog", "take, two marks"])
@pytest.mark.parametrize("unit", ["core", "simulated", pytest.param("board", marks=pytest.mark.board)])
def test_what_cuts_a_slowing_down_is_what_ends_it(unit: str, scene: str, harder: str) -> None:
    """A board works out how it slows down in 2 to 4 ms: cut meanwhile, it said that it had slowed down."""
    if unit == "board":
        need_board()
    cause = Cause.STOP_INPUT if harder == "button" else Cause.HARD_STOP
    rig = RIGS[unit]()
    try:
        talk, _, act = readied(rig, scene, MEDIUM, "button", 1)
        talk.put(talk.frame(act.words[0].message or Ping()))
        talk.passes(60 * MS)
        stopped = talk.put(STOP_BYTES)
        if harder == "button":
            talk.passes_to(stopped + MS // 2)
            rig.move("stop", 0)
        else:
            talk.put(HARD_STOP_BYTES)
        talk.passes(300 * MS)
        ends = [one.message for one in talk.heard if isinstance(one.message, StateChanged)]
        assert ends[-1].cause is cause
        assert [one.message.cause for one in talk.heard if isinstance(one.message, TakeEnded)] in ([], [cause])
    finally:
        rig.close()


# The oracle itself ----------------------------------------------------------------------------------------------------


def with_steps(case: Case, *edges: Edge) -> Case:
    return replace(case, edges=sorted([*case.edges, *edges], key=lambda edge: edge.tick))


def told(case: Case, number: int, **changes: object) -> Case:
    """With one message changed: the `number`th from the last."""
    heard = list(case.heard)
    one = heard[number]
    heard[number] = one._replace(message=replace(one.message, **changes))  # type: ignore[type-var]
    return replace(case, heard=heard)


def last(case: Case, kind: type[object], *, asked: bool = False) -> int:
    """Where the last message of a kind is; the last that was asked for."""
    return max(
        number for number, one in enumerate(case.heard) if isinstance(one.message, kind) and (one.seq != 0 or not asked)
    )


def test_each_rule_shows_what_breaks_it() -> None:
    jog = one("core", ("jog", MEDIUM, "stop"), 60 * MS, 1)
    take = one("core", ("take, two marks", MEDIUM, "stop"), 120 * MS, 1)
    hard = one("core", ("goto", MEDIUM, "hard stop"), 60 * MS, 1)
    waits = one("core", ("cue wait", MEDIUM, "stop"), 20 * MS, 1)
    pressed = one("core", ("goto", MEDIUM, "button"), 60 * MS, 1)
    reset = one("core", ("goto", MEDIUM, "reset"), 60 * MS, 1)
    for case in (jog, take, hard, waits, pressed, reset):
        assert wrongs(case, Slack()) == []
    rest = ends_of(jog)[-1]
    late = rest + 30 * MS
    stop = Edge(hard.ended + MS, "STEP", 1)
    slower = [
        Edge(edge.tick + (edge.tick - jog.begun) // 4 if edge.tick > jog.begun else edge.tick, *edge[1:])
        for edge in jog.edges
    ]
    creeps = [Edge(late + 9000 * n, "STEP", 1) for n in range(600)]
    gathers = [Edge(late + 90_000 - 300 * n * n, "STEP", 1) for n in range(9)]
    for doctored, said in (
        (with_steps(jog, Edge(rest + 100, "STEP", 1)), "ticks between two steps"),
        (with_steps(jog, Edge(late, "STEP", 1)), "steps after StateChanged"),
        (with_steps(jog, Edge(late, "DIR", 0), Edge(late + 400, "STEP", 1)), "it turned after the stop"),
        (with_steps(jog, Edge(late, "DIR", 0), Edge(late + 40, "STEP", 1)), "DIR turned 40 ticks before"),
        (with_steps(jog, *creeps), "steps after the stop at"),
        (with_steps(jog, *gathers), "gathered speed after the stop"),
        (with_steps(jog, Edge(late, "ENABLE", 1)), "the motor was let go"),
        (replace(jog, level=jog.level._replace(accel=jog.level.accel // 3)), "worth too much speed"),
        (replace(jog, level=jog.level._replace(rate=jog.level.rate // 6)), "steps/s at"),
        (replace(jog, edges=slower), "too late"),
        (with_steps(hard, stop), "steps after hard stop"),
        (with_steps(pressed, stop), "steps after button"),
        (with_steps(waits, Edge(waits.ended + 5 * MS, "STEP", 1)), "it began to move"),
        (told(jog, last(jog, StateChanged), position=7), "the pins say"),
        (told(jog, last(jog, Telemetry), flags=0), "says that the position is not known"),
        (told(jog, last(jog, StateChanged), after=State.ARMED), "STOPPING → ARMED"),
        (told(jog, last(jog, StateChanged), before=State.PLAYING), "and it was STOPPING"),
        (told(jog, last(jog, StateChanged), cause=Cause.DONE), "by DONE, not STOP"),
        (told(jog, last(jog, Stopped), clock=jog.ended + 3 * MS), "Stopped 3.00 ms after the stop"),
        (told(jog, last(jog, Stopped), hard=1), "the wrong sort of stop"),
        (replace(jog, heard=[one for one in jog.heard if not isinstance(one.message, Stopped)]), "0 answers"),
        (told(jog, last(jog, Telemetry, asked=True), state=State.MOVING), "MOVING, NONE in the end"),
        (told(waits, last(waits, Telemetry), state=State.ARMED), "ARMED is told"),
        (replace(waits, edges=[edge for edge in waits.edges if edge != ready_off(waits)]), "READY doesn't say so"),
        (told(take, last(take, TakeEnded), steps=5), "TakeEnded tells 5 steps"),
        (told(take, last(take, TakeEnded), start_clock=5), "planned at"),
        (told(take, last(take, TakeEnded), last_edge_clock=5), "TakeEnded's edges"),
        (with_steps(reset, Edge(400 * MS, "STEP", 1)), "1 steps after the reset"),
        (told(reset, last(reset, Telemetry), state=State.IDLE), "IDLE"),
        (replace(reset, heard=[one for one in reset.heard if one.seq]), "it hasn't told of the reset"),
    ):  # fmt: skip
        found = wrongs(doctored, Slack())
        assert any(said in wrong for wrong in found), f"{said}: {found[:3]}"


def ready_off(case: Case) -> Edge:
    """Where READY went out."""
    return next(edge for edge in case.edges if edge.pin == "READY" and not edge.level and edge.tick > case.begun)
