# SPDX-License-Identifier: MIT
"""The unit's serial transmitter: whole frames in order, urgent ones first, each byte taking its time on the line."""

from __future__ import annotations

from collections import deque

BITS_PER_BYTE = 10  # start, eight, stop


def byte_runs(data: bytes) -> list[bytes]:
    """`data` cut after each zero: what ends a frame ends a run, and no run is empty."""
    runs = [run + b"\0" for run in data.split(b"\0")]
    runs[-1] = runs[-1][:-1]
    return [run for run in runs if run]


class Uart:
    """Sends frames at `byte_ticks` ticks a byte (0: at once). A frame comes out when its last byte has gone."""

    def __init__(self, byte_ticks: int) -> None:
        self._byte_ticks = byte_ticks
        self._queue: deque[bytes] = deque()
        self._urgent: deque[bytes] = deque()
        self._sending = b""
        self._done_tick: int | None = None
        self._out = bytearray()

    @property
    def waiting(self) -> int:
        """Frames that wait behind the one under way."""
        return len(self._queue) + len(self._urgent)

    @property
    def next_tick(self) -> int | None:
        """When the frame under way has gone; None when idle."""
        return self._done_tick

    @property
    def pending(self) -> bool:
        """Bytes have come out that nobody has taken."""
        return bool(self._out)

    def put(self, frame: bytes, tick: int, urgent: bool = False) -> None:
        """Queue `frame` at `tick`; an urgent one goes before all that waits, but never inside a frame."""
        (self._urgent if urgent else self._queue).append(frame)
        if self._done_tick is None:
            self._start(tick)
        self.run_to(tick)

    def run_to(self, tick: int) -> None:
        """Let time pass to `tick`."""
        while self._done_tick is not None and self._done_tick <= tick:
            self._out += self._sending
            self._start(self._done_tick)

    def take(self) -> bytes:
        """The output since the last call."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def _start(self, tick: int) -> None:
        waiting = self._urgent or self._queue
        if not waiting:
            self._done_tick = None
            return
        self._sending = waiting.popleft()
        self._done_tick = tick + len(self._sending) * self._byte_ticks
