# SPDX-License-Identifier: MIT
"""Where a simulated unit is plugged in, in process: the line to it, and a port on either clock. Servers: servers.py.

Bytes take 40 µs each on the way to the unit, as on a real line at 250000 baud (the way back is paced by the unit's own
uart). In process the clock may be virtual: then waiting for the unit moves the clock straight to its next byte, and a
take of two seconds is over in milliseconds with the same result.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol, runtime_checkable
from weakref import WeakKeyDictionary

from followfocus.clock import Clock, SystemClock
from followfocus.errors import LineError
from followfocus.sim.build import BAUD
from followfocus.sim.uart import BITS_PER_BYTE, byte_runs

BYTE_S = BITS_PER_BYTE / BAUD


class Device(Protocol):
    """Anything simulated that has a serial line: SimulatedUnit, one with faults, or something else altogether."""

    def feed(self, data: bytes, now_s: float) -> None:
        """Bytes that have arrived by `now_s`."""
        ...

    def advance(self, now_s: float, until_output: bool = False) -> float:
        """Let time pass to `now_s`, or until bytes are ready; returns the time reached."""
        ...

    def take_output(self) -> bytes:
        """Bytes that have left the device since the last call."""
        ...

    def next_event_s(self) -> float | None:
        """When it may next have something to say."""
        ...


@runtime_checkable
class Openable(Protocol):
    """A device that notices a client opening its port, as one does whose DTR is wired to reset."""

    def opened(self, now_s: float) -> None:
        """A client opened the port. A pty can't tell."""
        ...


class SimLine:
    """The wire to a device: what is written arrives byte by byte, in runs that end with a zero."""

    def __init__(self, device: Device, byte_s: float = BYTE_S) -> None:
        self.device = device
        self._byte_s = byte_s
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._free_s = 0.0

    def open(self, now_s: float) -> None:
        """A client is there."""
        if isinstance(self.device, Openable):
            self.device.opened(now_s)

    def write(self, data: bytes, now_s: float) -> None:
        """Put bytes on the wire at `now_s`."""
        arrival_s = max(self._free_s, now_s)
        for run in byte_runs(data):
            arrival_s += len(run) * self._byte_s
            self._under_way.append((arrival_s, run))
        self._free_s = arrival_s

    def run_to(self, now_s: float, until_output: bool = False) -> float:
        """Let time pass to `now_s`, or until the device has said something; returns the time reached."""
        while self._under_way and self._under_way[0][0] <= now_s:
            arrival_s, run = self._under_way[0]
            # Not past what it has to say: whoever waits reads that before more is written.
            reached_s = self.device.advance(arrival_s, until_output)
            if reached_s < arrival_s:
                return reached_s
            self._under_way.popleft()
            self.device.feed(run, arrival_s)
        return self.device.advance(now_s, until_output)

    def next_event_s(self) -> float | None:
        """When bytes may next come back, or the device must be handed one."""
        times = [self.device.next_event_s(), self._under_way[0][0] if self._under_way else None]
        return min((time for time in times if time is not None), default=None)


# One lock a device: a port that was closed may still be looked through (`witness`) when the next one is open.
_LOCKS: WeakKeyDictionary[Device, threading.Condition] = WeakKeyDictionary()


class SimPort:
    """A port with a simulated unit on it, in this process. Methods may be called from any thread."""

    def __init__(self, device: Device, clock: Clock, name: str = "sim") -> None:
        self.name = name
        self.device = device
        self._clock = clock
        self._real_time = isinstance(clock, SystemClock)
        self._line = SimLine(device)
        self._changed = _LOCKS.setdefault(device, threading.Condition())
        self._closed = False
        self._line.open(clock.now())

    def read(self, timeout_s: float) -> bytes:
        """Bytes from the unit as soon as there are any, b"" after `timeout_s`. A virtual clock moves on by the wait."""
        with self._changed:
            deadline_s = self._clock.now() + timeout_s
            while True:
                self._check_open()
                now_s = self._clock.now()
                self._line.run_to(now_s)
                data = self.device.take_output()
                if data or now_s >= deadline_s:
                    return data
                self._wait(deadline_s)

    def write(self, data: bytes) -> None:
        """Send bytes to the unit; returns at once."""
        with self._changed:
            self._check_open()
            now_s = self._clock.now()
            self._line.run_to(now_s)
            self._line.write(data, now_s)
            self._changed.notify_all()

    def close(self) -> None:
        """Unplug: a read under way and all later calls raise LineError. The unit lives on."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def on_bench(self, action: Callable[[float], None]) -> None:
        """Do something to the unit from outside the line (an input, the power), at the present time in seconds."""
        with self._changed:
            now_s = self._clock.now()
            self._line.run_to(now_s)
            action(now_s)
            self._changed.notify_all()

    def witness(self, look: Callable[[], float]) -> float:
        """Look into the unit, for example at its true ring angle."""
        with self._changed:
            self._line.run_to(self._clock.now())
            return look()

    def _check_open(self) -> None:
        if self._closed:
            raise LineError("The simulated unit has been unplugged.")

    def _wait(self, deadline_s: float) -> None:
        """Until something may have come, the deadline at the latest."""
        # Virtual time is moved by whoever waits, straight to the unit's next byte.
        if not self._real_time:
            self._clock.sleep_until(self._line.run_to(deadline_s, until_output=True))
            return
        due_s = self._line.next_event_s()
        until_s = deadline_s if due_s is None else min(deadline_s, due_s)
        self._changed.wait(max(0.0, until_s - self._clock.now()))
