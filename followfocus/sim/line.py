# SPDX-License-Identifier: MIT
"""The simulated unit's end of the serial line: stops before all else, commands one by one, replies, events, telemetry.

A repeated command is answered as before and not carried out again. A command that must wait for the motor to settle
holds up those behind it, never a stop; what a stop has overtaken so starts no motion. Events that a command causes are
told after its reply.
"""

from __future__ import annotations

from collections.abc import Callable

from followfocus.sim.intake import StopMatcher, StopSeen, command_in, hand_in, is_stop
from followfocus.sim.uart import Uart, byte_runs
from followfocus.sim.unit_state import UnitState
from followfocus.wire.frames import Frame, FrameReader, crc16, encode_frame
from followfocus.wire.messages import Ack, Follow, Hello, Message, Result, SetTelemetry, Stopped, Telemetry, encode_body

SHORTEST_TELEMETRY_MS = 5
MOST_WAITING = 4
"""Frames that may wait for the line before telemetry is left out, so as not to fall ever further behind."""
ROOM = 71
"""Bytes that may come while a command waits. What finds no room is lost, and counts as a damaged frame."""


class Line:
    """Bytes in and out of one unit since its reset, at `byte_ticks` ticks a byte.

    `stop(hard)` is called as a stop's last byte comes; `carry_out(command)` gives the reply, or None while the motor
    has to settle first; `follow(word, overtaken)` takes a hand's; `telemetry()` what is so now.
    """

    def __init__(
        self,
        unit: UnitState,
        byte_ticks: int,
        stop: Callable[[bool], None],
        carry_out: Callable[[Message], Message | None],
        follow: Callable[[Follow, bool], None],
        telemetry: Callable[[], Telemetry],
    ) -> None:
        self._unit, self._stop, self._carry_out, self._follow, self._telemetry = (
            unit,
            stop,
            carry_out,
            follow,
            telemetry,
        )
        self.uart = Uart(byte_ticks)
        self._reader = FrameReader()
        self._stops = StopMatcher()
        self._greeted = False
        self._answered: tuple[tuple[int, int], bytes] | None = None
        self._held_back: list[Message] | None = None
        self._deferred: Frame | None = None
        self._waiting = bytearray()
        self._overtaken = 0  # so many of those came before a stop
        self._overrun = False
        self._gaps = 0
        self._telemetry_period = 0
        self._telemetry_tick: int | None = None

    @property
    def bad_frames(self) -> int:
        """Frames that came damaged, or not at all."""
        return self._reader.bad_frames + self._gaps

    # Time -------------------------------------------------------------------------------------------------------------

    def next_ticks(self) -> tuple[int | None, ...]:
        """When bytes have gone out, telemetry is due, or a command is gone on with."""
        return self.uart.next_tick, self._telemetry_tick, self._deferred_tick()

    def happen(self, due: int) -> None:
        """Carry out what was due by then."""
        tick = self._deferred_tick()
        if tick is not None and tick <= due:
            self._go_on()
        if self._telemetry_tick is not None and self._telemetry_tick <= due:
            self._telemetry_tick += self._telemetry_period
            if self.uart.waiting < MOST_WAITING:
                self.send(0, self._telemetry())

    def _deferred_tick(self) -> int | None:
        """When a command that waits for the motor is gone on with; no other is taken before."""
        return None if self._deferred is None else self._unit.from_tick

    # In ---------------------------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Bytes that have come by now."""
        for run in byte_runs(data):
            self._receive(run)

    def _receive(self, run: bytes) -> None:
        """A run of bytes: the stop matcher sees it before any queue or frame."""
        stop = self._stops.take(run)
        if self._deferred is not None:
            kept = run[: ROOM - len(self._waiting)]
            self._waiting += kept
            self._overrun = self._overrun or len(kept) < len(run)
        if stop is not None:
            self._unit.heard_tick = self._unit.now
            self._overtaken = len(self._waiting)
            self._stop(stop is StopSeen.HARD)
        if self._deferred is None:
            self._read(run)

    def _read(self, run: bytes, overtaken: bool = False) -> None:
        for frame in self._reader.feed(run):
            self._unit.heard_tick = self._unit.now
            if not is_stop(frame):
                self._answer(frame, overtaken)

    def _go_on(self) -> None:
        """The motor has settled: now the command that waited, then what has come since."""
        frame, self._deferred = self._deferred, None
        assert frame is not None
        self._answer(frame)
        if self._overrun:  # what there is of the frame ends here, and not in the next one
            self._waiting[-1] = 0
            self._gaps, self._overrun = self._gaps + 1, False
        while self._waiting and self._deferred is None:
            run = byte_runs(bytes(self._waiting))[0]
            overtaken = self._overtaken > 0
            self._overtaken = max(0, self._overtaken - len(run))
            del self._waiting[: len(run)]
            self._read(run, overtaken)

    def _answer(self, frame: Frame, overtaken: bool = False) -> None:
        hand = hand_in(frame)
        if hand is not None and self._greeted:
            self._follow(hand, overtaken)
            return
        if frame.type == Hello.TYPE:
            self._answered = None
        key = (frame.seq, crc16(bytes((frame.seq, frame.type)) + frame.body))
        # The very same bytes once more: its answer was lost, and it has been carried out.
        if self._answered is not None and self._answered[0] == key:
            self.uart.put(self._answered[1], self._unit.now)
            return
        self._held_back = []
        reply = self._reply_to(frame, overtaken)
        # Taken out before the reply is sent: from here on events are told at once again.
        events, self._held_back = self._held_back, None
        if reply is None:
            self._deferred = frame
            return
        sent = self.send(frame.seq, reply)
        # What only asks may be asked again, and is answered with what is so now.
        self._answered = (key, sent) if isinstance(reply, Ack) else None
        for event in events:
            self.emit(event)

    def _reply_to(self, frame: Frame, overtaken: bool) -> Message | None:
        if not self._greeted and frame.type != Hello.TYPE:
            return Ack(frame.type, Result.HELLO_FIRST, 0)
        command = command_in(frame, self._unit.state, overtaken)
        if isinstance(command, Result):
            return Ack(frame.type, command, 0)
        if isinstance(command, SetTelemetry):
            return Ack(command.TYPE, self._set_telemetry(command.period_ms), 0)
        self._greeted = True
        return self._carry_out(command)

    def _set_telemetry(self, period_ms: int) -> Result:
        if 0 < period_ms < SHORTEST_TELEMETRY_MS:
            return Result.BAD_VALUE
        self._telemetry_period = period_ms * self._unit.tick_hz // 1000
        self._telemetry_tick = self._unit.now + self._telemetry_period if period_ms else None
        return Result.OK

    # Out --------------------------------------------------------------------------------------------------------------

    def emit(self, event: Message) -> None:
        """Tell an event, after the reply to the command that it came of."""
        if self._held_back is not None:
            self._held_back.append(event)
        else:
            self.send(0, event, urgent=isinstance(event, Stopped))

    def send(self, seq: int, message: Message, urgent: bool = False) -> bytes:
        """Queue a frame; its bytes."""
        frame = encode_frame(seq, message.TYPE, encode_body(message))
        self.uart.put(frame, self._unit.now, urgent)
        return frame
