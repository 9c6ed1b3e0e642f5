# SPDX-License-Identifier: MIT
"""The simulated unit: bytes in, bytes out, on a tick clock of its own. It does no I/O and reads no clock.

    feed(bytes, now) ─→ stop matcher ─→ frames ─→ commands ─→ machine ─→ step edges ─→ stepper model ─→ true ring angle
    take_output()   ←─ uart (10 bits a byte at 250000 baud)  ←─ replies and events

Time is given in seconds by whoever drives it and turned into ticks of the unit's own oscillator, which may be off. What
the unit does depends only on when bytes and inputs came, never on how often `advance` was called.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from followfocus.sim.commands import carry_out
from followfocus.sim.edges import EdgeLog
from followfocus.sim.intake import StopMatcher, StopSeen, command_in, hand_in, is_stop
from followfocus.sim.machine import Machine
from followfocus.sim.mechanics import Mechanics, StepperRing
from followfocus.sim.oscillator import Oscillator
from followfocus.sim.pins import StepPins
from followfocus.sim.store import Store
from followfocus.sim.uart import BITS_PER_BYTE, Uart, byte_runs
from followfocus.wire.frames import Frame, FrameReader, crc16, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    Ack,
    Board,
    Config,
    ConfirmPosition,
    FactoryReset,
    Flag,
    GetStatus,
    Hello,
    HelloReply,
    Message,
    ResetCause,
    Result,
    Safety,
    SetPosition,
    SetTelemetry,
    State,
    StopInput,
    Stopped,
    TakeStarted,
    Telemetry,
    encode_body,
)

TICK_HZ = 16_000_000
BAUD = 250_000
SEGMENT_CAPACITY = 96
MAX_PAYLOAD = 253
FASTEST_INTERVAL_TICKS = 160
FIRMWARE_VERSION = (0, 1, 0)
SHORTEST_TELEMETRY_MS = 5
MOST_WAITING = 4
"""Frames that may wait for the line before telemetry is left out, so as not to fall ever further behind."""
LOOK_AHEAD_S = 0.002
"""How far ahead `next_event_s` points at most while a motion runs whose end is not known yet."""


@dataclass(frozen=True, slots=True)
class Build:
    """A unit's identity and make; `clock_error` 0.005 is an oscillator 0.5 % fast."""

    tick_hz: int = TICK_HZ
    clock_error: float = 0.0
    capacity: int = SEGMENT_CAPACITY
    baud: int | None = BAUD
    major: int = PROTOCOL_MAJOR
    minor: int = PROTOCOL_MINOR
    definitions: int = DEFINITIONS_HASH
    boot_seed: int = 0
    board: Board = Board.SIMULATED


class SimulatedUnit:
    """A follow-focus unit as PROTOCOL.md describes it, with a stepper and a ring behind it.

    Drive it with `feed`, `advance` and the inputs, times in seconds that never decrease; the first time given is the
    moment of power-on. `ring_deg` is the witness mark: where the ring truly is.
    """

    def __init__(
        self,
        *,
        mechanics: Mechanics | None = None,
        store: Store | None = None,
        build: Build | None = None,
        reset_cause: ResetCause = ResetCause.POWER_ON,
    ) -> None:
        self.mechanics: Mechanics = mechanics if mechanics is not None else StepperRing()
        self.store = store if store is not None else Store()
        self.build = build if build is not None else Build()
        self.edges = EdgeLog()
        self.pins = StepPins()
        self.on_edge: Callable[[int, int], None] | None = None
        self.take_starts_s: list[float] = []
        """When takes started, in the driver's time, since power-on."""
        self._oscillator = Oscillator(self.build.tick_hz * (1 + self.build.clock_error))
        self._boots = 0
        self._reset_cause = reset_cause
        self._hand_is_free = True
        self._stop_low = False
        self._cue_low = False
        self._start(reset_cause)

    # Driving it -------------------------------------------------------------------------------------------------------

    def feed(self, data: bytes, now_s: float) -> None:
        """Bytes that have arrived by `now_s`."""
        self.advance(now_s)
        self._watch_inputs()
        for run in byte_runs(data):
            self._receive(run)

    def advance(self, now_s: float, until_output: bool = False) -> float:
        """Let time pass to `now_s`, or with `until_output` only until bytes are ready; returns the time reached."""
        limit = max(self._oscillator.tick_at(now_s), self._machine.now)
        machine, uart = self._machine, self._uart
        while not (until_output and uart.pending):
            due = self._next_tick()
            if due is None or due > limit:
                machine.now = limit
                uart.run_to(limit)
                break
            machine.now = due
            uart.run_to(due)
            self._happen(due)
        self.mechanics.run_to(self._now_on_bench())
        return now_s if machine.now >= limit else min(now_s, self._oscillator.time_of(machine.now))

    def take_output(self) -> bytes:
        """The bytes that have left the unit since the last call."""
        return self._uart.take()

    def next_event_s(self) -> float | None:
        """When the unit may next have something to say if nothing comes in; None if it will stay silent.

        At the latest then it wants to be advanced. While a motion runs whose end is not known, that is 2 ms on.
        """
        soon = self._machine.now + self._oscillator.ticks(LOOK_AHEAD_S)
        ticks = (
            self._uart.next_tick, self._telemetry_tick, self._machine.next_report_tick(soon), self._deferred_tick()
        )  # fmt: skip
        due = min((tick for tick in ticks if tick is not None), default=None)
        return None if due is None else self._oscillator.time_of(due)

    def set_cue(self, active: bool, now_s: float | None = None) -> None:
        """Move the cue input: active is low on the pin. It counts when it has stood for 250 µs."""
        self._pass_to(now_s)
        self._cue_low = active
        self._machine.set_cue(active)

    def set_stop(self, active: bool, now_s: float | None = None) -> None:
        """Move the stop or stall input: active is low on the pin. It counts when it has stood for 250 µs."""
        self._pass_to(now_s)
        self._stop_low = active
        self._watch_inputs()

    def reset(self, now_s: float | None = None, cause: ResetCause = ResetCause.RESET_PIN) -> None:
        """Restart the unit; a power cut if `cause` is POWER_ON. The ring stays where it is, the motor lets go."""
        self._pass_to(now_s)
        if cause is ResetCause.POWER_ON:
            self.mechanics.power_on(self._now_on_bench())
        self._oscillator.restart(self._machine.now)
        self._start(cause)

    def slip(self, now_s: float | None = None, cycles: int = 1) -> None:
        """Knock the ring, so that the motor loses `cycles` electrical cycles of four full steps."""
        self._pass_to(now_s)
        self.mechanics.slip(self._now_on_bench(), cycles)

    # Looking at it ----------------------------------------------------------------------------------------------------

    @property
    def ring_deg(self) -> float:
        """The true angle of the ring, degrees: what an open-loop step count cannot know."""
        return self.mechanics.ring_deg

    @property
    def state(self) -> State:
        """The state it is in."""
        return self._machine.state

    @property
    def status_flags(self) -> Flag:
        """The flags of its telemetry."""
        return self._machine.flags

    @property
    def position(self) -> int:
        """Its step counter."""
        return self._machine.position

    @property
    def config(self) -> Config:
        """Its settings."""
        return self._machine.config

    @property
    def safety(self) -> Safety:
        """Its manners, as set."""
        return self._machine.safety

    @property
    def serial(self) -> str:
        """Its serial number."""
        return self.store.kept.serial.decode("ascii", "replace")

    @property
    def boot_id(self) -> int:
        """The number of this start; a fresh one after each reset."""
        return self._boot_id

    @property
    def bad_frames(self) -> int:
        """Frames that came damaged since the last reset."""
        return self._reader.bad_frames

    @property
    def clock(self) -> int:
        """Its clock: ticks since the last reset."""
        return self._machine.now

    def time_of(self, tick: int) -> float:
        """The driver's time, in seconds, at a tick of the unit's clock since its last reset."""
        return self._oscillator.time_of(tick)

    # Time -------------------------------------------------------------------------------------------------------------

    def _now_on_bench(self) -> float:
        """The time of motor and ring, s."""
        return self._oscillator.since_power_on(self._machine.now)

    def _pass_to(self, now_s: float | None) -> None:
        if now_s is not None:
            self.advance(now_s)

    def _next_tick(self) -> int | None:
        ticks = (self._machine.next_tick(), self._uart.next_tick, self._telemetry_tick, self._deferred_tick())
        return min((tick for tick in ticks if tick is not None), default=None)

    def _happen(self, due: int) -> None:
        tick = self._machine.next_tick()
        if tick is not None and tick <= due:
            self._machine.happen()
        tick = self._deferred_tick()
        if tick is not None and tick <= due:
            self._go_on()
        if self._telemetry_tick is not None and self._telemetry_tick <= due:
            self._telemetry_tick += self._telemetry_period
            if self._uart.waiting < MOST_WAITING:
                self._send(0, self._telemetry())

    # Start ------------------------------------------------------------------------------------------------------------

    def _start(self, cause: ResetCause) -> None:
        build = self.build
        self._machine = Machine(
            self.store,
            build.tick_hz,
            build.capacity,
            FASTEST_INTERVAL_TICKS,
            self._emit,
            self.pins,
            self._edge,
            self._blocked,
            self._energise,
            (self._stop_low, self._cue_low),
        )
        self.pins.point(-1, 0)
        self._uart = Uart(0 if build.baud is None else BITS_PER_BYTE * build.tick_hz // build.baud)
        self._reader = FrameReader()
        self._stops = StopMatcher()
        self._greeted = False
        self._answered: tuple[tuple[int, int], bytes] | None = None
        self._held_back: list[Message] | None = None
        self._deferred: Frame | None = None
        self._waiting: list[Frame] = []
        self._telemetry_period = 0
        self._telemetry_tick: int | None = None
        self._reset_cause = cause
        self._boots = max(self._boots, self.store.kept.boots) + 1
        self.store.write(boots=self._boots)
        self._boot_id = zlib.crc32(struct.pack("<qI", build.boot_seed, self._boots))
        self._hand_is_free = True
        self._energise(on=False)
        self._gear()
        self._send(0, self._hello_reply(0))
        self._watch_inputs()
        self._machine.check_stop_button()

    # Bytes in ---------------------------------------------------------------------------------------------------------

    def _receive(self, run: bytes) -> None:
        """A run of bytes: the stop matcher sees it before any queue or frame."""
        stop = self._stops.take(run)
        if stop is not None:
            self._machine.heard_tick = self._machine.now
            self._machine.stop(hard=stop is StopSeen.HARD)
        for frame in self._reader.feed(run):
            self._machine.heard_tick = self._machine.now
            if is_stop(frame):
                continue
            if self._deferred is not None:
                self._waiting.append(frame)
            else:
                self._answer(frame)

    def _deferred_tick(self) -> int | None:
        """When a command that waits for the motor is gone on with; no other is taken before."""
        return None if self._deferred is None else max(self._machine.motor.settled_tick, self._machine.now)

    def _go_on(self) -> None:
        """The motor has settled: now the command that waited, then what has come since."""
        frame, self._deferred = self._deferred, None
        assert frame is not None
        self._answer(frame)
        while self._waiting and self._deferred is None:
            self._answer(self._waiting.pop(0))

    def _answer(self, frame: Frame) -> None:
        hand = hand_in(frame)
        if hand is not None and self._greeted:
            self._machine.follow(hand)
            return
        if frame.type == Hello.TYPE:
            self._answered = None
        key = (frame.seq, crc16(bytes((frame.seq, frame.type)) + frame.body))
        if self._answered is not None and self._answered[0] == key:
            self._uart.put(self._answered[1], self._machine.now)
            return
        self._held_back = []
        reply = self._reply_to(frame)
        events, self._held_back = self._held_back, None
        if reply is None:
            self._deferred = frame
            return
        sent = self._send(frame.seq, reply)
        self._answered = (key, sent) if isinstance(reply, Ack) else None
        for event in events:
            self._emit(event)

    def _reply_to(self, frame: Frame) -> Message | None:
        if not self._greeted and frame.type != Hello.TYPE:
            return Ack(frame.type, Result.HELLO_FIRST, 0)
        command = command_in(frame, self._machine.state)
        return Ack(frame.type, command, 0) if isinstance(command, Result) else self._carry_out(command)

    def _carry_out(self, command: Message) -> Message | None:
        """The commands that are about the line and the bench; the rest is the machine's. None: when it has settled."""
        if isinstance(command, Hello):
            self._greeted = True
            return self._hello_reply(command.nonce)
        if isinstance(command, GetStatus):
            return self._telemetry()
        if isinstance(command, SetTelemetry):
            return Ack(command.TYPE, self._set_telemetry(command.period_ms), 0)
        if isinstance(command, SetPosition | ConfirmPosition) and self._hand_is_free:
            self._lend_a_hand(command)
        reply = carry_out(self._machine, command)
        if isinstance(command, Config | FactoryReset):
            self._gear()
            self._watch_inputs()
            self._machine.check_stop_button()
        return reply

    def _lend_a_hand(self, command: Message) -> None:
        """Who names the first position has seen to it, as far as a hand can: there is nobody else at this bench.

        A motor that is off has been turned with the ring, and jumps to its field afterwards. One that holds has been
        swung onto the ring where that stands.
        """
        self._hand_is_free = False
        if not isinstance(command, SetPosition):
            return
        ring_deg = command.position * self._ring_deg_per_step()
        if self._machine.motor.on:
            self.mechanics.mesh(ring_deg, self._now_on_bench())
        else:
            self.mechanics.place(ring_deg, self._now_on_bench())

    def _set_telemetry(self, period_ms: int) -> Result:
        if 0 < period_ms < SHORTEST_TELEMETRY_MS:
            return Result.BAD_VALUE
        self._telemetry_period = period_ms * self.build.tick_hz // 1000
        self._telemetry_tick = self._machine.now + self._telemetry_period if period_ms else None
        return Result.OK

    # Bytes out --------------------------------------------------------------------------------------------------------

    def _emit(self, event: Message) -> None:
        if self._held_back is not None:
            self._held_back.append(event)
        else:
            if isinstance(event, TakeStarted):
                self.take_starts_s.append(self._oscillator.time_of(event.clock))
            self._send(0, event, urgent=isinstance(event, Stopped))

    def _send(self, seq: int, message: Message, urgent: bool = False) -> bytes:
        frame = encode_frame(seq, message.TYPE, encode_body(message))
        self._uart.put(frame, self._machine.now, urgent)
        return frame

    def _hello_reply(self, nonce: int) -> HelloReply:
        build = self.build
        return HelloReply(
            nonce,
            build.major,
            build.minor,
            build.definitions,
            *FIRMWARE_VERSION,
            build.board,
            build.tick_hz,
            build.capacity,
            MAX_PAYLOAD,
            FASTEST_INTERVAL_TICKS,
            self._boot_id,
            self._reset_cause,
            self.store.kept.serial,
        )

    def _telemetry(self) -> Telemetry:
        machine, profile = self._machine, self._machine.profile
        return Telemetry(
            machine.now,
            machine.state,
            machine.flags,
            machine.fault,
            machine.position,
            machine.rate,
            profile.free_segments if profile else machine.capacity,
            profile.wanted_offset if profile else 0,
            machine.last_take_number,
            self._reader.bad_frames & 0xFFFF,
        )

    # The bench: motor, ring, inputs -----------------------------------------------------------------------------------

    def _edge(self, tick: int) -> None:
        """The driver turns as the pins say, whatever is counted."""
        self._hand_is_free = False
        direction = self.pins.direction * self._machine.config.direction
        self.mechanics.step(self._oscillator.since_power_on(tick), direction)
        position = self._machine.position
        self.edges.append(tick, position)
        if self.on_edge is not None:
            self.on_edge(tick, position)

    def _blocked(self, tick: int) -> bool:
        self.mechanics.run_to(self._oscillator.since_power_on(tick))
        return self._stop_low or self.mechanics.blocked

    def _energise(self, *, on: bool) -> None:
        self.mechanics.energise(self._now_on_bench(), on=on)

    def _watch_inputs(self) -> None:
        low = self._stop_low
        if self._machine.config.stop_input is StopInput.HOME_SWITCH:
            low = self._blocked(self._machine.now)
        self._machine.set_stop(low)

    def _ring_deg_per_step(self) -> float:
        config = self._machine.config
        return 360.0 * config.motor_teeth / (config.full_steps_per_turn * config.microsteps * config.lens_teeth)

    def _gear(self) -> None:
        """The bench is built as the unit is configured: its driver's microsteps and the gears' teeth."""
        config = self._machine.config
        self.mechanics.gear(config.microsteps, config.motor_teeth, config.lens_teeth, self._now_on_bench())
