# SPDX-License-Identifier: MIT
"""The rules of PROTOCOL.md for a unit that is told to stop: worked out from the pins, the bytes and the settings alone.

Edges and directions are counted here; the unit's count is only compared with them. It shares nothing with allowed.py,
pins.py and the benches' own checks, so that a mistake in those is not made twice. Each rule is a function that yields
what is wrong, in words; `wrongs` asks all of them. Times are ticks, positions steps, speeds steps/s.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterator
from itertools import pairwise

from followfocus.wire.messages import (
    Cause,
    Fault,
    Flag,
    HelloReply,
    State,
    StateChanged,
    Stopped,
    TakeEnded,
    Telemetry,
)
from tests.conformance.units import TICK_HZ
from tests.firmware.rig import MS
from tests.firmware.stop_play import LOST, PRESSES, SETTLE_MS, Case
from tests.firmware.stop_record import (
    ACTS,
    FASTEST,
    MEAN,
    NEVER,
    UNDER_WAY,
    UNDER_WAY_STEPS,
    Made,
    Record,
    Slack,
    homes,
)

DRY_ACCEL = 3_000_000
FOLLOWS = {
    "UNREFERENCED": "IDLE MOVING FAULT",
    "IDLE": "UNREFERENCED MOVING LOADED FAULT",
    "MOVING": "UNREFERENCED IDLE LOADED STOPPING FAULT",
    "LOADED": "UNREFERENCED IDLE MOVING ARMED FAULT",
    "ARMED": "LOADED PLAYING FAULT",
    "PLAYING": "IDLE LOADED STOPPING FAULT",
    "STOPPING": "UNREFERENCED IDLE LOADED FAULT",
    "FAULT": "UNREFERENCED IDLE",
}
"""PROTOCOL.md, "States"."""


def wrongs(case: Case, slack: Slack) -> list[str]:
    """All that PROTOCOL.md doesn't allow."""
    record = Record(case, slack)
    rules = RESET_RULES if case.way == "reset" else RULES
    return [wrong for rule in rules for wrong in rule(record)]


# The pins alone -------------------------------------------------------------------------------------------------------


def interval(record: Record) -> Iterator[str]:
    """No two steps closer than the settings allow; a turn has DIR's time besides."""
    shortest = max(FASTEST, record.case.level.min_interval)
    for one, following in pairwise(record.all_steps):
        turn = record.case.config.dir_setup_ticks if one.way != following.way else 0
        apart = following.tick - one.tick
        if apart < shortest + turn - record.slack.edge:
            yield f"{apart} ticks between two steps at {following.tick}: {shortest + turn} allowed"


def dir_stands(record: Record) -> Iterator[str]:
    """DIR has stood for its time before each step."""
    turned = -NEVER
    for edge in record.case.edges:
        if edge.pin == "DIR":
            turned = edge.tick
        elif edge.pin == "STEP" and edge.tick - turned < record.case.config.dir_setup_ticks - record.slack.edge:
            yield f"DIR turned {edge.tick - turned} ticks before the step at {edge.tick}"


def energised(record: Record) -> Iterator[str]:
    """No step with the motor off, none before it has settled; and no stop lets the ring go."""
    on: int | None = None
    pins = any(edge.pin == "ENABLE" for edge in record.case.edges)
    for edge in record.case.edges:
        if edge.pin == "ENABLE":
            on = None if edge.level else edge.tick
            if edge.level and record.case.begun < edge.tick:
                yield f"the motor was let go at {edge.tick}"
        elif edge.pin == "STEP" and pins and (on is None or edge.tick - on < SETTLE_MS * MS):
            yield f"a step at {edge.tick}, the motor on since {on}"


def ramp(record: Record) -> Iterator[str]:
    """The unit's own motions change speed within `accel`, over any number of steps, and are no faster than asked."""
    if record.case.act.planned:
        return
    until = NEVER if record.slows_down else record.acted
    steps = [step for step in record.steps if step.tick <= until]
    fastest = record.case.level.rate * 1.01 if not record.case.act.by_hand else TICK_HZ / FASTEST * 1.01
    for run in _runs(steps, record.accel):
        speeds = [TICK_HZ / (after.tick - before.tick) for before, after in pairwise(run)]
        if speeds and max(speeds) > fastest:
            yield f"{max(speeds):.0f} steps/s at {run[0].tick}"
        yield from _gathers(run, speeds, record.accel, "gathered")
        if not homes(record.case) and (run[-1] is not steps[-1] or (record.slows_down and record.again == NEVER)):
            yield from _gathers(run[::-1], speeds[::-1], record.accel, "lost")


def _runs(steps: list[Made], accel: int) -> Iterator[list[Made]]:
    """Steps one way without a rest between: a pause longer than the slowest step is one."""
    pause = 2 * TICK_HZ / math.sqrt(accel)
    run: list[Made] = []
    for step in steps:
        if run and (run[-1].way != step.way or step.tick - run[-1].tick > pause):
            yield run
            run = []
        run.append(step)
    if run:
        yield run


def _gathers(run: list[Made], speeds: list[float], accel: int, word: str) -> Iterator[str]:
    """From rest, v² may be 2as after s steps; from any step on it may change by no more than that."""
    least = 0.0  # the smallest v² - 2as so far
    for step, speed in enumerate(speeds, 1):
        energy = speed * speed - 2 * accel * step
        slack = 2 * accel * (1.5 + speed * MEAN / TICK_HZ)
        if energy - least > slack:
            yield f"{word} {(energy - least) / 2 / accel:.1f} steps' worth too much speed by {run[step].tick}"
            return
        least = min(least, energy)


def hard(record: Record) -> Iterator[str]:
    """HARD STOP and a button: no further step once they count."""
    if record.slows_down:
        return
    allowed = record.acted + (record.slack.told if record.case.way not in LOST else 12 * MS)
    late = [step for step in record.after if step.tick > allowed]
    if late:
        yield f"{len(late)} steps after {record.case.way} at {record.acted}, the first at {late[0].tick}"


def distance(record: Record) -> Iterator[str]:
    """It stands within v²/2a, what it moves before it acts, and the last 2 ms at their mean."""
    if not record.slows_down:
        return
    late = (ACTS + MEAN + record.slack.planning) / TICK_HZ
    allowed = record.speed**2 / 2 / record.accel + record.speed * late + UNDER_WAY_STEPS
    if len(record.after) > allowed:
        yield f"{len(record.after)} steps after the stop at {record.speed:.0f} steps/s, {allowed:.1f} allowed"
    slowest = math.sqrt(2 / record.accel)
    latest = record.acted + round((record.speed / record.accel + slowest + late) * TICK_HZ)
    if record.after and record.after[-1].tick > latest:
        yield f"the last step {(record.after[-1].tick - latest) / MS:.2f} ms too late"


def never_faster(record: Record) -> Iterator[str]:
    """Once it acts, each step takes no less time than the one before."""
    if not record.slows_down:
        return
    acts = record.acted + ACTS + record.slack.planning
    steps = [step for step in record.steps if step.tick < record.again]
    first = bisect.bisect_right(steps, acts, key=lambda step: step.tick) + UNDER_WAY_STEPS - 1
    for (one, two), (_, three) in pairwise(pairwise(steps[max(0, first - 1) :])):
        before, then = two.tick - one.tick, three.tick - two.tick
        if then < before * (1 - record.slack.gathers) - 2 * max(1, record.slack.edge):
            yield f"it gathered speed after the stop: {before}, then {then} ticks at {three.tick}"


def never_turns(record: Record) -> Iterator[str]:
    """It doesn't turn; nor does it begin to move."""
    ways = [step.way for step in record.steps if record.acted + ACTS + record.slack.planning < step.tick < record.again]
    if len(set(ways)) > 1:
        yield "it turned after the stop"
    before = [step for step in record.steps if step.tick <= record.acted + ACTS]
    if record.after and not before:
        yield f"it began to move {record.after[0].tick - record.acted} ticks after the stop"


def stands(record: Record) -> Iterator[str]:
    """No step after it has told that it stands."""
    for one in record.case.heard:
        event = one.message
        still = isinstance(event, StateChanged) and event.before in UNDER_WAY and event.after not in UNDER_WAY
        rests = isinstance(event, Telemetry) and event.state not in UNDER_WAY
        hard_stop = isinstance(event, Stopped) and (event.hard or event.was not in UNDER_WAY)
        if not (still or rests or hard_stop) or event.clock < record.acted:
            continue
        late = [step for step in record.after if step.tick > event.clock + record.slack.told]
        if late:
            yield f"{len(late)} steps after {type(event).__name__} at {event.clock}, the first at {late[0].tick}"


def as_planned(record: Record) -> Iterator[str]:
    """A take is its profile to the tick, up to the stop."""
    ended = record.answers_of(TakeEnded)
    planned, sign = record.case.act.planned, record.case.config.direction
    if not planned or not ended:
        return
    zero = ended[0].start_clock
    for step, (tick, way) in zip(record.steps, planned, strict=False):
        if step.tick > record.acted:
            return
        if abs(step.tick - zero - tick) > record.slack.edge or step.way != way * sign:
            yield f"a step at {step.tick}, planned at {zero + tick}"
            return


# What is told ---------------------------------------------------------------------------------------------------------


def position(record: Record) -> Iterator[str]:
    """The position that is told is the edges added up, each time."""
    if not record.case.act.referenced:
        return
    for one in record.case.heard:
        event = one.message
        if isinstance(event, StateChanged | Stopped | Telemetry):
            clock = event.clock
        elif isinstance(event, TakeEnded):
            clock = event.end_clock
        else:
            continue
        places = {record.place(tick) for tick in (clock - record.slack.told, clock, clock + record.slack.told)}
        if not min(places) <= event.position <= max(places):
            yield f"{type(event).__name__} at {clock} tells {event.position}, the pins say {sorted(places)}"


def known(record: Record) -> Iterator[str]:
    """Whether the position is known is told as it is."""
    known_now = record.case.act.referenced
    for one in record.case.heard:
        if not isinstance(one.message, Telemetry) or homes(record.case):
            continue
        if bool(one.message.flags & Flag.REFERENCED) is not known_now:
            yield f"telemetry at {one.message.clock} says that the position is {'not ' * known_now}known"


def chain(record: Record) -> Iterator[str]:
    """Each change of state is one that may be, and begins where the last one ended."""
    state: State | None = None
    final = record.answers_of(Telemetry)
    for event in record.events:
        if not isinstance(event, StateChanged) or (final and event.clock > final[-1].clock):
            continue
        if state is not None and event.before is not state:
            yield f"a change from {event.before.name} at {event.clock}, and it was {state.name}"
        if event.after.name not in FOLLOWS[event.before.name].split():
            yield f"{event.before.name} → {event.after.name} at {event.clock}"
        state = event.after
    if state is not None and final and final[-1].state is not state:
        yield f"the last change that was told led to {state.name}, and it is {final[-1].state.name}"


def answered(record: Record) -> Iterator[str]:
    """A stop is answered, at once, with where it was."""
    if "stop" not in record.case.way.split(", ") and record.case.way != "hard stop":
        return
    told = [event for event in record.events if isinstance(event, Stopped)]
    if len(told) != 1:
        yield f"{len(told)} answers to one stop"
        return
    if not record.acted <= told[0].clock <= record.acted + ACTS:
        yield f"Stopped {(told[0].clock - record.acted) / MS:.2f} ms after the stop"
    if bool(told[0].hard) is not (record.case.way == "hard stop"):
        yield "the wrong sort of stop is told"


def armed(record: Record) -> Iterator[str]:
    """ARMED is told only while it is, and READY's pin with it; nothing is armed or played once the stop acts."""
    acts = record.acted + ACTS + record.slack.told
    for one in record.case.heard:
        event = one.message
        state = (
            event.after if isinstance(event, StateChanged) else event.state if isinstance(event, Telemetry) else None
        )
        if state not in (State.ARMED, State.PLAYING, State.MOVING):
            continue
        late = 12 * MS if record.case.way in LOST else 0
        if acts + late < event.clock < record.again:
            yield f"{state.name} is told at {event.clock}, after the stop at {record.acted}"
    yield from _ready(record)


def _ready(record: Record) -> Iterator[str]:
    """READY is high while the state is ARMED, to a round of the main loop."""
    levels = [edge for edge in record.case.edges if edge.pin == "READY"]
    for event in record.events:
        if isinstance(event, StateChanged) and State.ARMED in (event.before, event.after):
            lit = event.after is State.ARMED
            seen = any(bool(edge.level) is lit and abs(edge.tick - event.clock) <= 2 * MS for edge in levels)
            if levels and not seen:
                yield f"READY doesn't say so at {event.clock}"


def ends_well(record: Record) -> Iterator[str]:
    """The cause of the stop is told, and in the end it is where it may be."""
    final = record.answers_of(Telemetry)
    if not final:
        yield "no answer to GetStatus"
        return
    state, fault = final[-1].state, final[-1].fault
    if record.case.way in PRESSES:
        if (state, fault) != (State.FAULT, Fault.STOP_INPUT):
            yield f"{state.name}, {fault.name} after the button"
        return
    allowed = {State.IDLE, State.LOADED, State.UNREFERENCED}
    if record.again < NEVER:
        allowed = {State.ARMED} if record.case.way == "stop, arm" else {*allowed, State.MOVING}
    if homes(record.case) and (state, fault) == (State.FAULT, Fault.STALL):
        return
    if record.slack.runs_dry and record.accel > DRY_ACCEL and fault in (Fault.INTERNAL, Fault.LATE_STEP):
        return
    if state not in allowed or fault is not Fault.NONE:
        yield f"{state.name}, {fault.name} in the end"
    yield from _causes(record)


def _causes(record: Record) -> Iterator[str]:
    stopping = next(
        (one for one in record.events if isinstance(one, StateChanged) and one.after is State.STOPPING), None
    )
    if stopping is not None and stopping.clock < record.acted:
        return  # it was already, for a reason of its own
    cause = {"hard stop": Cause.HARD_STOP}.get(
        record.case.way, Cause.SILENCE if record.case.way in LOST else Cause.STOP
    )
    for event in record.events:
        if not isinstance(event, StateChanged) or event.clock < record.acted - MS or event.clock >= record.again:
            continue
        left = event.before in (*UNDER_WAY, State.ARMED)
        natural = (Cause.DONE, Cause.SOFT_LIMIT, Cause.NONE, Cause.SILENCE)
        if left and event.cause is not cause and not (event.cause in natural and event.before is not State.STOPPING):
            yield f"{event.before.name} → {event.after.name} by {event.cause.name}, not {cause.name}"


def evidence(record: Record) -> Iterator[str]:
    """TakeEnded tells the steps that the pins made, and the times of the first and the last."""
    if not record.case.act.planned:
        return
    for told in [*record.answers_of(TakeEnded), *(one for one in record.events if isinstance(one, TakeEnded))]:
        made = [step for step in record.steps if step.tick <= told.end_clock]
        if told.steps != len(made):
            yield f"TakeEnded tells {told.steps} steps, the pins made {len(made)}"
        elif made:
            off = max(abs(told.first_edge_clock - made[0].tick), abs(told.last_edge_clock - made[-1].tick))
            if off > record.slack.edge:
                yield f"TakeEnded's edges are {off} ticks off"


# A reset --------------------------------------------------------------------------------------------------------------


def lies_still(record: Record) -> Iterator[str]:
    """After a reset nothing moves, the motor is off, nothing is known, and it is said."""
    if record.all_steps:
        yield f"{len(record.all_steps)} steps after the reset"
    greeted = [
        number for number, one in enumerate(record.case.heard) if one.seq == 0 and isinstance(one.message, HelloReply)
    ]
    if not greeted:
        yield "it hasn't told of the reset"
    for one in record.case.heard[greeted[0] if greeted else 0 :]:  # a frame that it cut in half may be whole with it
        if isinstance(one.message, Telemetry) and (
            one.message.state is not State.UNREFERENCED or one.message.flags & Flag.REFERENCED
        ):
            yield f"{one.message.state.name}, {one.message.flags!r} after the reset"


RULES = (
    interval, dir_stands, energised, ramp, hard, distance, never_faster, never_turns, stands, as_planned, position,
    known, chain, answered, armed, ends_well, evidence,
)  # fmt: skip
RESET_RULES = (lies_still,)
