# SPDX-License-Identifier: MIT
"""The units that the conformance suite runs against, each behind the same few handles.

    SimulatedBench   the simulated unit, in process, on a virtual clock
    ProcessBench     the firmware's core as a process
    BoardBench       the firmware on the emulated ATmega328P

All are on a virtual clock, and run when the test waits: how busy the machine is changes nothing.

Pin levels are those on the pin: 0 is active. Ticks are the unit's own clock, since its last reset.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from followfocus.clock import Clock, VirtualClock
from followfocus.errors import LineError
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.ports import SimPort
from followfocus.wire.messages import Board, ResetCause

TICK_HZ = 16_000_000
BOOT_S = 0.5
"""Longer than a unit takes to start and to say so."""
QUIET_S = 0.1
ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware"
BOARD_HEX = FIRMWARE / "build" / "followfocus-atmega328p.hex"
UNIT_PROCESS = FIRMWARE / "build" / "followfocus-unit"
BOARD_SCRIPT = FIRMWARE / "bench" / "board.mjs"
CAUSES = {
    ResetCause.POWER_ON: "power",
    ResetCause.RESET_PIN: "pin",
    ResetCause.BROWN_OUT: "brownout",
    ResetCause.WATCHDOG: "watchdog",
}


class UnitPort(Protocol):
    """A serial port, as far as a host needs one."""

    name: str

    def read(self, timeout_s: float) -> bytes: ...

    def write(self, data: bytes) -> None: ...

    def close(self) -> None: ...


def boot(port: UnitPort) -> None:
    """Waits until a unit has started and has said so."""
    port.read(BOOT_S)
    while port.read(QUIET_S):
        pass


@dataclass(frozen=True, slots=True)
class Step:
    """A step edge: when, and by how much it moves the motor, 1 or -1."""

    tick: int
    direction: int


class Bench(Protocol):
    """One unit with its pins."""

    name: str
    board: Board
    clock: Clock

    def open_port(self) -> UnitPort:
        """The unit's serial line."""
        ...

    def set_input(self, pin: str, level: int, at_tick: int | None = None) -> int:
        """Moves "cue" or "stop"; at a tick of the unit's clock if given. Returns the tick."""
        ...

    def steps(self) -> list[Step]:
        """Every step edge since the bench was made or `reset`."""
        ...

    def tick(self) -> int:
        """The unit's clock."""
        ...

    def reset(self, cause: ResetCause) -> None:
        """Restarts the unit."""
        ...

    def close(self) -> None:
        """Ends it."""
        ...


# The simulated unit ---------------------------------------------------------------------------------------------------


class TimedInputs:
    """A simulated unit whose inputs move at set times: stands before it as the device on the line."""

    def __init__(self, unit: SimulatedUnit) -> None:
        self.unit = unit
        self.moves: list[tuple[int, str, bool]] = []

    def feed(self, data: bytes, now_s: float) -> None:
        self.unit.feed(data, now_s)

    def take_output(self) -> bytes:
        return self.unit.take_output()

    def next_event_s(self) -> float | None:
        times = [self.unit.next_event_s(), *(self.unit.time_of(tick) for tick, _, _ in self.moves)]
        return min((time for time in times if time is not None), default=None)

    def advance(self, now_s: float, until_output: bool = False) -> float:
        while self.moves:
            tick, pin, active = min(self.moves)
            due_s = self.unit.time_of(tick)
            if due_s > now_s:
                break
            reached_s = self.unit.advance(due_s, until_output)
            if reached_s < due_s:
                return reached_s
            self.moves.remove((tick, pin, active))
            self.move(pin, active)
        return self.unit.advance(now_s, until_output)

    def move(self, pin: str, active: bool) -> None:
        {"cue": self.unit.set_cue, "stop": self.unit.set_stop}[pin](active)


class SimulatedBench:
    name = "simulated"
    board = Board.SIMULATED

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.unit = SimulatedUnit()
        self._device = TimedInputs(self.unit)
        self._port = SimPort(self._device, self.clock)
        self._edges: list[list[Any]] = []
        self.unit.pins.listener = lambda tick, pin, level: self._edges.append([tick, pin, level])
        boot(self._port)

    def open_port(self) -> UnitPort:
        return self._port

    def set_input(self, pin: str, level: int, at_tick: int | None = None) -> int:
        if at_tick is not None and at_tick > self.tick():
            self._device.moves.append((at_tick, pin, level == 0))
            return at_tick
        self._port.on_bench(lambda _now_s: self._device.move(pin, level == 0))
        return self.tick()

    def steps(self) -> list[Step]:
        return steps_of(self._edges)

    def tick(self) -> int:
        self._port.on_bench(lambda _now_s: None)
        return self.unit.clock

    def reset(self, cause: ResetCause) -> None:
        self._port.on_bench(lambda now_s: self.unit.reset(now_s, cause))
        self._edges.clear()

    def close(self) -> None:
        self._port.close()


# Units that are programs of their own ---------------------------------------------------------------------------------


class Control:
    """The control channel: a line of JSON each way."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("r", encoding="ascii")

    def ask(self, command: str, **values: object) -> dict[str, Any]:
        request = {"cmd": command, **{key: value for key, value in values.items() if value is not None}}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        line = self._lines.readline()
        if not line:
            raise LineError(f"the unit is gone; it was asked to {command}")
        answer: dict[str, Any] = json.loads(line)
        assert answer["ok"], f"{request}: {answer}"
        return answer

    def close(self) -> None:
        self._lines.close()
        self._socket.close()


def start(command: list[str], wanted: tuple[str, ...]) -> tuple[subprocess.Popen[str], dict[str, int]]:
    """Starts a program and reads the ports that it says it listens on, one `NAME listening on HOST:PORT` a line."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    ports: dict[str, int] = {}
    assert process.stdout is not None
    while set(wanted) - set(ports):
        line = process.stdout.readline()
        if not line:
            process.wait()
            raise AssertionError(f"{command} ended with {process.returncode} before it listened")
        name, _, address = line.partition(" listening on ")
        if address:
            ports[name.strip()] = int(address.rsplit(":", 1)[1])
    return process, ports


def end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(timeout=60)
    if process.stdout is not None:
        process.stdout.close()


def steps_of(edges: list[list[Any]], direction: int = -1) -> list[Step]:
    """Rising STEP edges with the direction that DIR showed: high is towards greater positions. It is low at first."""
    steps = []
    for tick, pin, level in edges:
        if pin == "DIR":
            direction = 1 if level else -1
        elif pin == "STEP" and level:
            steps.append(Step(tick, direction))
    return steps


class HeldPort:
    """The serial line of a held program, on a virtual clock: reading runs it."""

    def __init__(self, control: Control, clock: VirtualClock, name: str) -> None:
        self.name = name
        self._control = control
        self._clock = clock
        self._ran_to_s = clock.now()
        self._outgoing = b""
        self._incoming = b""
        self._lock = threading.Lock()
        self._closed = False

    def read(self, timeout_s: float) -> bytes:
        with self._lock:
            self._check_open()
            deadline_s = self._clock.now() + max(0.0, timeout_s)
            self._run_to(self._clock.now())
            if not self._incoming:
                self._run_to(deadline_s, until_output=True)
            if not self._incoming:
                self._clock.sleep_until(deadline_s)
            data, self._incoming = self._incoming, b""
            return data

    def write(self, data: bytes) -> None:
        with self._lock:
            self._check_open()
            self._run_to(self._clock.now())
            self._outgoing += data

    def catch_up(self) -> None:
        """Lets the unit run to the present time."""
        with self._lock:
            self._run_to(self._clock.now())

    def close(self) -> None:
        self._closed = True

    def _check_open(self) -> None:
        if self._closed:
            raise LineError("The unit's port is closed.")

    def _run_to(self, when_s: float, until_output: bool = False) -> None:
        """Up to `when_s`, or to the end of the next frame; the clock follows where the unit is ahead of it."""
        while (ticks := round((when_s - self._ran_to_s) * TICK_HZ)) > 0:
            send, self._outgoing = self._outgoing, b""
            answer = self._control.ask("run", ticks=ticks, send=send.hex())
            self._ran_to_s += answer["ran"] / TICK_HZ
            self._clock.sleep_until(self._ran_to_s)
            self._incoming += bytes.fromhex(answer["out"])
            if until_output and self._incoming:
                return


class HeldBench:
    """A program that runs only when it is told to, on a virtual clock."""

    name: str
    board: Board

    def __init__(self, command: list[str]) -> None:
        self.clock = VirtualClock()
        self._process, ports = start(command, ("uart", "control"))
        self.control = Control(ports["control"])
        self.uart_port = ports["uart"]
        self._port = HeldPort(self.control, self.clock, self.name)
        self._first_edge = 0
        self._direction = -1
        boot(self._port)

    def open_port(self) -> UnitPort:
        return self._port

    def set_input(self, pin: str, level: int, at_tick: int | None = None) -> int:
        self._port.catch_up()
        return int(self.control.ask("set", pin=pin, level=level, at=at_tick)["tick"])

    def edges(self) -> list[list[Any]]:
        self._port.catch_up()
        return list(self.control.ask("edges", **{"from": self._first_edge})["edges"])

    def steps(self) -> list[Step]:
        return steps_of(self.edges(), self._direction)

    def forget_edges(self) -> None:
        """Later calls tell only of edges from now on."""
        edges = self.edges()
        self._first_edge += len(edges)
        levels = [level for _, pin, level in edges if pin == "DIR"]
        self._direction = (1 if levels[-1] else -1) if levels else self._direction

    def tick(self) -> int:
        self._port.catch_up()
        return int(self.control.ask("clock")["tick"])

    def reset(self, cause: ResetCause) -> None:
        self.forget_edges()
        self.control.ask("reset", cause=CAUSES[cause])

    def close(self) -> None:
        self.control.close()
        end(self._process)


class ProcessBench(HeldBench):
    name = "process"
    board = Board.HOST_PROCESS

    def __init__(self, eeprom: Path | None = None) -> None:
        command = [str(UNIT_PROCESS), "--tcp", "0", "--control", "0", "--held"]
        super().__init__(command + (["--eeprom", str(eeprom)] if eeprom else []))


class BoardBench(HeldBench):
    name = "board"
    board = Board.ATMEGA328P

    def __init__(self, program: Path = BOARD_HEX, *options: str) -> None:
        super().__init__(["node", str(BOARD_SCRIPT), str(program), "--held", *options])


@contextlib.contextmanager
def running(bench: Any) -> Iterator[Any]:
    """`bench`, closed at the end."""
    try:
        yield bench
    finally:
        bench.close()
