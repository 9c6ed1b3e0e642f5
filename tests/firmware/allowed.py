# SPDX-License-Identifier: MIT
"""A unit's allowed moves, worked out from the words to it and from its pins alone: its own count isn't believed.

`Account` is what an episode leaves: what was sent and when it had come in, what was accepted, how the inputs moved,
what the unit told, each step at the pins. `wrongs` judges it by PROTOCOL.md's rules, each in a function of its own.
Times are ticks of the unit's clock, positions steps, speeds steps/s.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from followfocus.wire.messages import (
    Cause,
    Config,
    Follow,
    Goto,
    Jog,
    Message,
    SetLimits,
    SetPosition,
    State,
    StateChanged,
    StopInput,
    TakeEnded,
    TakeStarted,
    Telemetry,
)
from tests.conformance.units import TICK_HZ, Step
from tests.conformance.wire import UNDER_WAY, Profile

MS = TICK_HZ // 1000
ACTS_TICKS = 2 * MS
"""A stop acts so soon after its last byte."""
NEVER = 1 << 62
PLANNED_TICKS = 5 * MS
"""The time planned ahead of the engine, and the round in which a word is taken."""
SILENT_TICKS = 12 * MS
"""Silence is noticed so soon: the simulated unit looks every 10 ms."""
FILTER_TICKS = 8000 + MS
"""A level on the stop input counts by then."""
SLICE_S = 0.002
"""A motion's last 2 ms may go at its mean speed."""
PAUSE_TICKS = TICK_HZ // 30
"""A step after so long is made from rest, or as good as."""
TAKEN_TICKS = 6400
"""A setting is taken so late that a last step may come before; no motion that is asked for after it begins so soon."""
EDGE_TICKS = 4
"""The emulated board sees an edge at the end of the instruction under way."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message that had come in at `tick`; `accepted` once the unit said so, or needs not say so."""

    tick: int
    message: Message
    accepted: bool


@dataclass(frozen=True, slots=True)
class StopBytes:
    tick: int
    hard: bool


@dataclass(slots=True)
class Account:
    """The record of an episode, in the order of time."""

    config: Config
    said: list[Said] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    stops: list[StopBytes] = field(default_factory=list)
    presses: list[int] = field(default_factory=list)
    events: list[Message] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    profiles: list[tuple[int, Profile]] = field(default_factory=list)

    def changes(self) -> list[StateChanged]:
        """The changes of state, in a chain.

        One that found no room on the line is made up, with no cause, where the next, or telemetry, shows that it has
        been: from the take that ended with it, or from what shows it.
        """
        chain: list[StateChanged] = []
        ends = [event.end_clock for event in self.events if isinstance(event, TakeEnded)]
        for event in self.events:
            if not isinstance(event, StateChanged | Telemetry):
                continue
            was = event.before if isinstance(event, StateChanged) else event.state
            if chain and chain[-1].after is not was:
                last = chain[-1]
                at = next((end for end in ends if last.clock <= end <= event.clock), event.clock)
                chain.append(replace(last, clock=at, before=last.after, after=was, cause=Cause.NONE))
            if isinstance(event, StateChanged):
                chain.append(event)
        return chain

    def accepted(self, *kinds: type[Message]) -> list[Said]:
        return [one for one in self.said if one.accepted and isinstance(one.message, kinds)]

    def spells(self) -> list[tuple[int, int, State]]:
        """From, to, state: as the unit told its changes."""
        changes = self.changes()
        ends = [change.clock for change in changes[1:]] + [NEVER]
        return [(change.clock, end, change.after) for change, end in zip(changes, ends, strict=True)]

    def ticks(self) -> list[int]:
        return [step.tick for step in self.steps]

    def speed_at(self, tick: int, before: int, after: int) -> float:
        """The highest speed of any interval that lies in part within `before` … `after` ticks of `tick`."""
        ticks = self.ticks()
        first = max(1, bisect.bisect_left(ticks, tick - before))
        last = min(len(ticks) - 1, bisect.bisect_right(ticks, tick + after))
        return max((TICK_HZ / (ticks[n] - ticks[n - 1]) for n in range(first, last + 1)), default=0.0)


def wrongs(account: Account) -> list[str]:
    """All that moved and should not have, each in a line."""
    rules = (at_rest, too_fast, outside, too_hard, after_stop, after_press, after_silence, wrong_way, off_the_profile)
    return [wrong for rule in rules for wrong in rule(account)]


def at_rest(account: Account) -> Iterator[str]:
    """No step but in MOVING, PLAYING, STOPPING."""
    spells = account.spells()
    starts = [start for start, _, _ in spells]
    for step in account.steps:
        at = bisect.bisect_left(starts, step.tick) - 1  # one that is made just then belongs to what was
        if at < 0 or spells[at][2] not in UNDER_WAY:
            yield f"a step at {step.tick}, in {spells[at][2].name if at >= 0 else 'the beginning'}"


def too_fast(account: Account) -> Iterator[str]:
    """No two steps closer than the limit; a turn has DIR's time besides."""
    shortest = max(160, account.config.min_interval_ticks)
    for one, following in pairwise(account.steps):
        turn = account.config.dir_setup_ticks if one.direction != following.direction else 0
        if following.tick - one.tick < shortest + turn - EDGE_TICKS:
            yield f"{following.tick - one.tick} ticks between two steps at {following.tick}, {shortest + turn} allowed"


def positions(account: Account) -> Iterator[tuple[Step, int | None, int, tuple[int, int]]]:
    """Each step, where it leads (None: nobody knows), which way it counts, and the limits that hold."""
    told = account.accepted(SetPosition, SetLimits)
    sign, at, limits, position = account.config.direction, 0, (-(1 << 31), (1 << 31) - 1), None
    for step in account.steps:
        while at < len(told) and told[at].tick + TAKEN_TICKS <= step.tick:
            message = told[at].message
            if isinstance(message, SetPosition):
                position = message.position
            elif isinstance(message, SetLimits):
                limits = (message.minimum, message.maximum)
            at += 1
        if position is not None:
            position += sign * step.direction
        yield step, position, sign * step.direction, limits


def outside(account: Account) -> Iterator[str]:
    """No step over a soft limit, nor further away from outside it."""
    for step, position, way, (low, high) in positions(account):
        if position is not None and ((way > 0 and position > high) or (way < 0 and position < low)):
            yield f"a step to {position} at {step.tick}, limits {low} … {high}"


def too_hard(account: Account) -> Iterator[str]:
    """The unit's own plans keep to the acceleration; a slowing down before a limit may be harder."""
    accel = account.config.accel
    for start, end, state in account.spells():
        if state is not State.MOVING:
            continue
        steps = [step for step in account.steps if start <= step.tick < end]
        speeds = [0.0]
        for one, following in pairwise(steps):
            apart = following.tick - one.tick
            speeds.append(0.0 if apart > PAUSE_TICKS else following.direction * TICK_HZ / apart)
        for step, (before, after) in zip(steps[1:], pairwise(speeds), strict=True):
            most = max(abs(before), abs(after))
            change = abs(before * abs(before) - after * abs(after))
            if change > 2.2 * accel * (2 + most * SLICE_S):
                yield f"from {before:.0f} to {after:.0f} steps/s in a step at {step.tick}, {accel} steps/s² allowed"


def after_stop(account: Account) -> Iterator[str]:
    """STOP slows down, never turns nor gathers speed, and stands when it must; HARD STOP stands at once.

    An armed take that is stopped doesn't start.
    """
    for stop in account.stops:
        spell = next(((start, end, state) for start, end, state in account.spells() if start <= stop.tick < end), None)
        if spell is None:
            continue
        if spell[2] is State.ARMED and any(
            one.after is State.PLAYING for one in account.changes() if stop.tick + ACTS_TICKS < one.clock <= spell[1]
        ):
            yield f"it played after the stop at {stop.tick}"
        if spell[2] in UNDER_WAY:
            yield from _after_stop(account, stop)


def _after_stop(account: Account, stop: StopBytes) -> Iterator[str]:
    ended = next((one for one in account.changes() if one.clock >= stop.tick and one.after not in UNDER_WAY), None)
    rest = NEVER if ended is None else ended.clock
    after = [step for step in account.steps if stop.tick + ACTS_TICKS < step.tick <= rest]
    if stop.hard:
        if after:
            yield f"{len(after)} steps after the hard stop at {stop.tick}"
        return
    speed = account.speed_at(stop.tick, PLANNED_TICKS, PLANNED_TICKS)
    if len(after) > speed * speed / 2 / account.config.accel * 1.1 + speed * SLICE_S * 2 + 2:
        yield f"{len(after)} steps after the stop at {stop.tick} at {speed:.0f} steps/s"
    late = (rest - stop.tick) / TICK_HZ - speed / account.config.accel * 1.1 - 0.02
    if late > 0 and (ended is None or ended.cause is not Cause.NONE):
        yield f"it stood {late * 1e3:.1f} ms too late after the stop at {stop.tick} at {speed:.0f} steps/s"
    if len({step.direction for step in after}) > 1:
        yield f"it turned after the stop at {stop.tick}"
    for (first, second), (_, third) in pairwise(pairwise([step.tick for step in after])):
        before, then = TICK_HZ / (second - first), TICK_HZ / (third - second)
        planned_s = (third - first) / 2 / TICK_HZ if second <= stop.tick + PLANNED_TICKS else 0.0  # a slow step is long
        if then > before + max(account.config.accel * max(SLICE_S, planned_s), before / 10):
            yield f"it gathered speed after the stop at {stop.tick}, at {third}"


def after_press(account: Account) -> Iterator[str]:
    """A stop button stands for nothing else: no step after its filter, until the fault is cleared."""
    if account.config.stop_input is not StopInput.STOP_BUTTON:
        return
    for press in account.presses:
        if any(start <= press < end and state is State.FAULT for start, end, state in account.spells()):
            continue  # nothing moves there in any case, and it may be cleared once the button is let go
        fault = next((one for one in account.changes() if one.clock >= press and one.after is State.FAULT), None)
        until = fault.clock if fault is not None else press + TICK_HZ // 10
        late = [step for step in account.steps if press + FILTER_TICKS < step.tick <= until]
        if late:
            yield f"{len(late)} steps after the stop button at {press}"


def after_silence(account: Account) -> Iterator[str]:
    """A motion that nobody is heard for any more slows down."""
    silence = account.config.silence_ms * MS
    heard = sorted(account.heard)
    for start, end, state in account.spells():
        if state is not State.MOVING:
            continue
        for step in account.steps:
            if not start <= step.tick < end:
                continue
            at = bisect.bisect_right(heard, step.tick) - 1
            if at >= 0 and step.tick - heard[at] > silence + SILENT_TICKS:
                yield f"a step at {step.tick}, {(step.tick - heard[at]) // MS} ms after the last word"


def wrong_way(account: Account) -> Iterator[str]:
    """A motion that begins, or turns, does so towards what was asked for; a hand's words turn no jog and no go-to."""
    aims = account.accepted(Goto, Jog, Follow)
    before: Step | None = None
    spells = [(start, end) for start, end, state in account.spells() if state is State.MOVING]
    for step, position, way, _ in positions(account):
        fresh = before is None or before.direction != step.direction or step.tick - before.tick > PAUSE_TICKS
        before = step
        begun = next((start for start, end in spells if start <= step.tick < end), None)
        if not fresh or position is None or begun is None:
            continue
        lately = [one for one in aims if one.tick <= step.tick]
        speed = account.speed_at(step.tick, TICK_HZ, 0)
        since = step.tick - int(speed / account.config.accel * TICK_HZ) - 60 * MS
        recent = [one for one in lately if one.tick >= since] or lately
        its = [one for one in lately if one.tick >= begun - PLANNED_TICKS and not isinstance(one.message, Follow)]
        if not any(_leads(one, step.tick, position - way, way) for one in (*lately[-1:], *its[-1:], *recent)):
            yield f"a step to {position} at {step.tick}, {'up' if way > 0 else 'down'}: nobody asked for that"


def _leads(aim: Said, tick: int, position: int, way: int) -> bool:
    """Whether it asks for a step that way from `position`."""
    message = aim.message
    if isinstance(message, Goto):
        return (message.position - position) * way > 0
    if isinstance(message, Jog):
        return message.rate * way > 0
    assert isinstance(message, Follow)
    late_s = (tick - aim.tick + message.age) / TICK_HZ
    line = message.position / 256 + message.rate / 16 * late_s
    return (line - position) * way > -1.5 or abs(message.rate / 16) > 2000


def off_the_profile(account: Account) -> Iterator[str]:
    """A take's steps are its profile's, to the tick, up to what ends it."""
    for started, ended in _takes(account):
        profile = next((profile for tick, profile in reversed(account.profiles) if tick <= ended.start_clock), None)
        if profile is None:
            continue
        sign = account.config.direction
        ends = [stop.tick for stop in account.stops] + account.presses
        ends += [one.clock for one in account.changes() if one.after is State.STOPPING and one.cause is Cause.FAULT]
        cut = min((tick for tick in ends if tick >= started - ACTS_TICKS), default=NEVER)
        made = [
            step
            for step in account.steps
            if ended.start_clock - ACTS_TICKS <= step.tick <= ended.end_clock + EDGE_TICKS
        ]
        planned = [Step(ended.start_clock + step.tick, sign * step.direction) for step in profile.expand()[0]]
        if ended.cause is Cause.DONE and len(made) != len(planned):
            yield f"the take at {started} was played to its end, with {len(made)} of {len(planned)} steps"
        if ended.steps != len(made):
            yield f"the take at {started} tells {ended.steps} steps, the pins made {len(made)}"
        if ended.cause is Cause.FAULT:
            yield from _beyond(made, planned)
        for one, other in zip(made, planned, strict=False):
            if one.tick >= cut or ended.cause in (Cause.SILENCE, Cause.FAULT):
                break
            if abs(one.tick - other.tick) > EDGE_TICKS or one.direction != other.direction:
                yield f"a step at {one.tick} where the profile has one at {other.tick}"
                break


def _beyond(made: list[Step], planned: list[Step]) -> Iterator[str]:
    """A stream that ran dry: no step beyond the lowest and the highest place of the whole profile."""
    places = [0, *accumulate(step.direction for step in planned)]
    for place, step in zip(accumulate(step.direction for step in made), made, strict=True):
        if not min(places) <= place <= max(places):
            yield f"a step at {step.tick}, {place} from where its take began, {min(places)} … {max(places)} planned"


def _takes(account: Account) -> Iterator[tuple[int, TakeEnded]]:
    started = None
    for event in account.events:
        if isinstance(event, TakeStarted):
            started = event.clock
        elif isinstance(event, TakeEnded) and started is not None:
            yield min(started, event.start_clock), event
