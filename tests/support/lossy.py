# SPDX-License-Identifier: MIT
"""A session and a simulated unit with a line between them that can lose, double, spoil, tear and delay."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, repeat

from followfocus.sim.build import Build
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.wire.events import Event, Greeted, Phase, Said
from followfocus.wire.messages import GetStatus, Hello, Message, Ping, SetTelemetry
from followfocus.wire.session import Session

FLIGHT_S = 0.001
LATE_S = 0.26
MOST_AT_ONCE = 1000
"""So many steps at one moment are steps on the spot."""
ACTIONS = ("keep", "drop", "twice", "spoil", "tear", "late")


class CountingUnit(SimulatedUnit):
    """A simulated unit that notes every command it carries out; on a ring that costs no time."""

    def __init__(self, build: Build | None = None) -> None:
        self.applied: list[Message] = []
        super().__init__(mechanics=RigidRing(0.04), build=build)

    def _carry_out(self, command: Message) -> Message | None:
        reply = super()._carry_out(command)
        if reply is not None and not isinstance(command, Hello | Ping | GetStatus | SetTelemetry):
            self.applied.append(command)
        return reply


class Way:
    """One direction of the line. Each burst of bytes meets the next action; bytes never overtake each other."""

    def __init__(self, actions: Iterable[str] = ()) -> None:
        self.actions: Iterator[str] = chain(actions, repeat("keep"))
        self.cut = False
        self.flight_s = FLIGHT_S
        self._under_way: deque[tuple[float, bytes]] = deque()

    def send(self, data: bytes, now_s: float) -> None:
        if not data or self.cut:
            return
        action = next(self.actions)
        due_s = now_s + (LATE_S if action == "late" else self.flight_s)
        if self._under_way:
            due_s = max(due_s, self._under_way[-1][0])
        if action == "drop":
            return
        if action == "spoil":
            data = data[:-2] + bytes([data[-2] ^ 0x41]) + data[-1:] if len(data) > 1 else b"\x41"
        elif action == "tear":
            data = data[: len(data) // 2]
        self._under_way.append((due_s, data))
        if action == "twice":
            self._under_way.append((due_s, data))

    def arrived(self, now_s: float) -> bytes:
        data = b""
        while self._under_way and self._under_way[0][0] <= now_s:
            data += self._under_way.popleft()[1]
        return data

    @property
    def next_s(self) -> float | None:
        return self._under_way[0][0] if self._under_way else None


class Bench:
    """Session, line and unit in virtual seconds; `events` is everything that the session told."""

    def __init__(
        self, up: Iterable[str] = (), down: Iterable[str] = (), build: Build | None = None, nonce: int = 7
    ) -> None:
        self.unit = CountingUnit(build)
        self.session = Session(nonce)
        self.up, self.down = Way(up), Way(down)
        self.now_s = 0.0
        self.events: list[Event] = []
        self.sent: list[tuple[float, bytes]] = []
        self.deadline_s: float | None = None
        self.unit.advance(0.0)
        self.unit.take_output()  # the word of its start, before anyone listens

    def open(self) -> Bench:
        self.session.open(self.now_s)
        self.step()
        return self

    def ready(self) -> Bench:
        self.open()
        assert self.until(lambda: self.session.phase is Phase.READY), "no greeting"
        self.wait(0.02)  # what was said twice has come by then
        return self

    def step(self) -> None:
        """Everything that is due now."""
        self.unit.advance(self.now_s)
        data = self.up.arrived(self.now_s)
        if data:
            self.unit.feed(data, self.now_s)
        self.down.send(self.unit.take_output(), self.now_s)
        turn = self.session.step(self.down.arrived(self.now_s), self.now_s)
        self.events += turn.events
        self.deadline_s = turn.deadline_s
        if turn.send:
            self.sent.append((self.now_s, turn.send))
        self.up.send(turn.send, self.now_s)

    def until(self, found: Callable[[], bool], seconds: float = 20.0) -> bool:
        """Let time pass, event by event, until `found`; False if it takes longer than `seconds`."""
        end_s, at_once = self.now_s + seconds, 0
        self.step()
        while not found():
            times = (self.deadline_s, self.up.next_s, self.down.next_s, self.unit.next_event_s())
            due_s = min((time for time in times if time is not None), default=end_s)
            if due_s > end_s:
                self.now_s = end_s
                self.step()
                return found()
            at_once = at_once + 1 if due_s <= self.now_s else 0
            assert at_once < MOST_AT_ONCE, f"what is due at {due_s} s is never done"
            self.now_s = max(self.now_s, due_s)
            self.step()
        return True

    def wait(self, seconds: float) -> None:
        self.until(lambda: False, seconds)

    def ask(self, message: Message, slot: str | None = None) -> int:
        """Request and step."""
        ticket = self.session.request(message, slot)
        self.step()
        return ticket

    def outcome(self, ticket: int) -> Event:
        """How a request ended."""

        def ends() -> list[Event]:
            return [event for event in self.events if getattr(event, "ticket", None) == ticket]

        assert self.until(lambda: bool(ends())), "a request without an end"
        assert len(ends()) == 1
        return ends()[0]

    def told(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]

    def said(self, kind: type[Message]) -> list[Message]:
        return [e.message for e in self.events if isinstance(e, Said) and isinstance(e.message, kind)]

    def greetings(self) -> int:
        return len(self.told(Greeted))
