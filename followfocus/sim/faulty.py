# SPDX-License-Identifier: MIT
"""Makes faults happen: on the line to a simulated unit, and in it at their moments."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from followfocus.sim.build import Build
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.faults import BOOTLOADER_S, Faults, When
from followfocus.sim.impostors import Gps, Grbl
from followfocus.sim.mechanics import Mechanics
from followfocus.sim.ports import Device
from followfocus.sim.store import Store
from followfocus.wire.messages import Board, ResetCause


class _Gaps:
    """Hits among a stream of trials, each with probability `rate`: how many trials pass before the next hit."""

    def __init__(self, rate: float, random: Random) -> None:
        self._rate = rate
        self._random = random
        self._left = self._draw()

    def hits(self, trials: int) -> list[int]:
        """Which of the next `trials` trials are hit."""
        found = []
        while self._left < trials:
            found.append(int(self._left))
            self._left += 1 + self._draw()
        self._left -= trials
        return found

    def _draw(self) -> float:
        if self._rate <= 0:
            return math.inf
        if self._rate >= 1:
            return 0
        # The gap between two hits is geometric: one draw for each hit,
        # where a trial for each bit would be a thousand times more.
        return math.floor(math.log(1 - self._random.random()) / math.log1p(-self._rate))


def _random(seed: str, purpose: str) -> Random:
    return Random(f"{seed}/{purpose}")  # noqa: S311 - faults, not secrets


@dataclass
class _Spoiler:
    """One direction of a bad line. What it does depends on the bytes alone, not on how they are cut."""

    faults: Faults
    seed: str
    _bits: _Gaps = field(init=False)
    _bytes: _Gaps = field(init=False)
    _frames: _Gaps = field(init=False)
    _torn_after: int | None = field(init=False, default=None)
    _at: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        # Each kind has its own numbers: one fault more on the line must not move all the others.
        self._random = _random(self.seed, "tear")
        self._bits = _Gaps(self.faults.bit_error_rate, _random(self.seed, "noise"))
        self._bytes = _Gaps(self.faults.byte_loss, _random(self.seed, "drop"))
        self._frames = _Gaps(self.faults.torn_frames, _random(self.seed, "torn"))

    def spoil(self, data: bytes) -> bytes:
        """The part of `data` that reaches the other end."""
        spoiled = bytearray(self._tear(data) if self.faults.torn_frames else data)
        for bit in self._bits.hits(8 * len(spoiled)):
            spoiled[bit // 8] ^= 1 << bit % 8
        # From the end, so that what is dropped doesn't shift what is still to be dropped.
        for index in reversed(self._bytes.hits(len(spoiled))):
            del spoiled[index]
        return bytes(spoiled)

    def _tear(self, data: bytes) -> bytes:
        kept = bytearray()
        for byte in data:
            if self._at == 0 and self._frames.hits(1):
                self._torn_after = self._random.randrange(1, 8)
            torn = self._torn_after is not None and self._at >= self._torn_after
            if not torn:
                kept.append(byte)
            self._at += 1
            if byte == 0:
                self._at, self._torn_after = 0, None
        return bytes(kept)


class FaultyUnit:
    """A simulated unit on which `faults` happen; the same ones at the same places for the same `seed`."""

    def __init__(self, unit: SimulatedUnit, faults: Faults, seed: int = 0) -> None:
        self.unit = unit
        self._faults = faults
        self._in, self._out = _Spoiler(faults, f"{seed}/in"), _Spoiler(faults, f"{seed}/out")
        self._pending: list[tuple[When, Callable[[float], None]]] = [(when, self._reset) for when in faults.resets]
        self._pending += [(when, self._slip) for when in faults.slips]
        self._pending += [(faults.mute, self._mute)] if faults.mute else []
        self._starts: list[float] = []
        self._muted = False
        self._deaf_until_s: float | None = None

    def opened(self, now_s: float) -> None:
        """A client opened the port; where DTR resets the unit, its bootloader keeps it deaf and dumb for a while."""
        self.advance(now_s)
        if self._faults.reset_on_open:
            self._deaf_until_s = now_s + BOOTLOADER_S
            self.unit.take_output()

    def feed(self, data: bytes, now_s: float) -> None:
        """Bytes that have arrived, as far as they do arrive."""
        self.advance(now_s)
        if not self._muted and self._deaf_until_s is None:
            self.unit.feed(self._in.spoil(data), now_s)

    def advance(self, now_s: float, until_output: bool = False) -> float:
        """Let time pass, and faults happen at their moments."""
        if not self._starts:
            self._starts.append(now_s)
        while True:
            due = self._next_fault()
            target_s = min(now_s, due[0]) if due else now_s
            # When the take begins is only known once it has begun: up to then time passes event by event.
            if self._waits_for_take():
                event_s = self.unit.next_event_s()
                target_s = target_s if event_s is None else min(target_s, event_s)
            reached_s = self.unit.advance(target_s, until_output)
            self._note_takes()
            if reached_s < target_s and until_output:
                return reached_s
            if due and due[0] <= target_s:
                due[1](due[0])
            elif target_s >= now_s:
                return reached_s

    def take_output(self) -> bytes:
        """The bytes that come out at the other end of the line."""
        data = self.unit.take_output()
        return b"" if self._muted or self._deaf_until_s is not None else self._out.spoil(data)

    def next_event_s(self) -> float | None:
        """When something may next happen, a fault included."""
        due = self._next_fault()
        times = [self.unit.next_event_s(), due[0] if due else None]
        return min((time for time in times if time is not None), default=None)

    def _waits_for_take(self) -> bool:
        return any(when.take >= len(self._starts) for when, _ in self._pending)

    def _note_takes(self) -> None:
        self._starts += self.unit.take_starts_s[len(self._starts) - 1 :]

    def _next_fault(self) -> tuple[float, Callable[[float], None]] | None:
        moments: list[tuple[float, Callable[[float], None]]] = [
            (self._starts[when.take] + when.seconds, self._then(when, action))
            for when, action in self._pending
            if when.take < len(self._starts)
        ]
        if self._deaf_until_s is not None:
            moments.append((self._deaf_until_s, self._wake))
        return min(moments, key=lambda moment: moment[0], default=None)

    def _then(self, when: When, action: Callable[[float], None]) -> Callable[[float], None]:
        def happen(now_s: float) -> None:
            self._pending.remove((when, action))
            action(now_s)

        return happen

    def _reset(self, now_s: float) -> None:
        self.unit.reset(now_s, ResetCause.BROWN_OUT)

    def _slip(self, now_s: float) -> None:
        self.unit.slip(now_s)

    def _mute(self, now_s: float) -> None:
        self._muted = True

    def _wake(self, now_s: float) -> None:
        self._deaf_until_s = None
        self.unit.reset(now_s, ResetCause.RESET_PIN)


def simulate(
    faults: Faults,
    *,
    mechanics: Mechanics | None = None,
    store: Store | None = None,
    build: Build | None = None,
    seed: int = 0,
) -> tuple[Device, SimulatedUnit | None]:
    """The device to plug in, and the unit within it; None if it is no unit at all."""
    if faults.impostor is not None:
        return (Gps() if faults.impostor == "gps" else Grbl()), None
    made = build if build is not None else Build()
    made = replace(
        made,
        clock_error=made.clock_error + faults.clock_error,
        board=Board.ATMEGA328P if faults.unreferenced else made.board,
        major=made.major + faults.newer_protocol,
        definitions=made.definitions ^ (0xFFFF if faults.newer_protocol or faults.other_table else 0),
    )
    unit = SimulatedUnit(mechanics=mechanics, store=store, build=made)
    unit.mechanics.weaken(faults.torque)
    unit.store.writable = not faults.worn_store
    unit.set_cue(faults.stuck_cue)
    unit.set_stop(faults.stuck_stop)
    return (FaultyUnit(unit, faults, seed) if faults.on_the_way else unit), unit
