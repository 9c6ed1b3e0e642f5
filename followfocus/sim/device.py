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

from followfocus.sim.bench import Bench
from followfocus.sim.build import FASTEST_INTERVAL_TICKS, Build
from followfocus.sim.commands import carry_out
from followfocus.sim.line import Line
from followfocus.sim.machine import Machine, first_of
from followfocus.sim.mechanics import Mechanics, StepperRing
from followfocus.sim.oscillator import Oscillator
from followfocus.sim.step_output import StepOutput
from followfocus.sim.store import Store
from followfocus.sim.uart import BITS_PER_BYTE
from followfocus.sim.unit_state import UnitState
from followfocus.wire.messages import (
    Config,
    ConfirmPosition,
    FactoryReset,
    Flag,
    GetStatus,
    Hello,
    HelloReply,
    Message,
    ResetCause,
    Safety,
    SetPosition,
    State,
    TakeStarted,
    Telemetry,
)

LOOK_AHEAD_S = 0.002
"""How far ahead `next_event_s` points at most while a motion runs whose end is not known yet."""


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
        oscillator: Oscillator | None = None,
    ) -> None:
        self.store = store if store is not None else Store()
        self.build = build if build is not None else Build()
        rate_hz = self.build.tick_hz * (1 + self.build.clock_error)
        self._oscillator = oscillator if oscillator is not None else Oscillator(rate_hz)
        self.mechanics: Mechanics = mechanics if mechanics is not None else StepperRing()
        self._bench = Bench(self.mechanics, self._oscillator)
        self.pins = self._bench.pins
        self.edges = self._bench.edges
        self.take_starts_s: list[float] = []
        """When takes started, in the driver's time, since power-on."""
        self._boots = 0
        self._start(reset_cause)

    # Driving it -------------------------------------------------------------------------------------------------------

    def feed(self, data: bytes, now_s: float) -> None:
        """Bytes that have arrived by `now_s`."""
        self.advance(now_s)
        self._bench.watch_inputs()
        self._line.feed(data)

    def advance(self, now_s: float, until_output: bool = False) -> float:
        """Let time pass to `now_s`, or with `until_output` only until bytes are ready; returns the time reached."""
        # Never back: a driver whose clock stands must not turn the unit's round.
        limit = max(self._oscillator.tick_at(now_s), self._unit.now)
        unit, uart = self._unit, self._line.uart
        while not (until_output and uart.pending):
            # One thing at a time, each at its own tick: so it can't show how time was cut into calls.
            due = self._next_tick()
            if due is None or due > limit:
                unit.now = limit
                uart.run_to(limit)
                break
            unit.now = due
            uart.run_to(due)
            self._happen(due)
        self.mechanics.run_to(self._bench.now_s)
        return now_s if unit.now >= limit else min(now_s, self._oscillator.time_of(unit.now))

    def take_output(self) -> bytes:
        """The bytes that have left the unit since the last call."""
        return self._line.uart.take()

    def next_event_s(self) -> float | None:
        """When the unit may next have something to say if nothing comes in; None if it will stay silent.

        At the latest then it wants to be advanced. While a motion runs whose end is not known, that is 2 ms on.
        """
        soon = self._unit.now + self._oscillator.ticks(LOOK_AHEAD_S)
        due = first_of(self._machine.next_report_tick(soon), *self._line.next_ticks())
        return None if due is None else self._oscillator.time_of(due)

    def set_cue(self, active: bool, now_s: float | None = None) -> None:
        """Move the cue input: active is low on the pin. It counts when it has stood for 250 µs."""
        self._pass_to(now_s)
        self._bench.move_cue(active)

    def set_stop(self, active: bool, now_s: float | None = None) -> None:
        """Move the stop or stall input: active is low on the pin. It counts when it has stood for 250 µs."""
        self._pass_to(now_s)
        self._bench.stop_low = active
        self._bench.watch_inputs()

    def reset(self, now_s: float | None = None, cause: ResetCause = ResetCause.RESET_PIN) -> None:
        """Restart the unit; a power cut if `cause` is POWER_ON. The ring stays where it is, the motor lets go."""
        self._pass_to(now_s)
        if cause is ResetCause.POWER_ON:
            self.mechanics.power_on(self._bench.now_s)
        self._oscillator.restart(self._unit.now)
        self._start(cause)

    def slip(self, now_s: float | None = None, cycles: int = 1) -> None:
        """Knock the ring, so that the motor loses `cycles` electrical cycles of four full steps."""
        self._pass_to(now_s)
        self.mechanics.slip(self._bench.now_s, cycles)

    # Looking at it ----------------------------------------------------------------------------------------------------

    @property
    def ring_deg(self) -> float:
        """The true angle of the ring, degrees: what an open-loop step count cannot know."""
        return self.mechanics.ring_deg

    @property
    def state(self) -> State:
        """The state it is in."""
        return self._unit.state

    @property
    def status_flags(self) -> Flag:
        """The flags of its telemetry."""
        return self._unit.flags

    @property
    def position(self) -> int:
        """Its step counter."""
        return self._unit.position

    @property
    def config(self) -> Config:
        """Its settings."""
        return self._unit.config

    @property
    def safety(self) -> Safety:
        """Its manners, as set."""
        return self._unit.safety

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
        return self._line.bad_frames

    @property
    def clock(self) -> int:
        """Its clock: ticks since the last reset."""
        return self._unit.now

    def time_of(self, tick: int) -> float:
        """The driver's time, in seconds, at a tick of the unit's clock since its last reset."""
        return self._oscillator.time_of(tick)

    # Inside -----------------------------------------------------------------------------------------------------------

    def _pass_to(self, now_s: float | None) -> None:
        if now_s is not None:
            self.advance(now_s)

    def _next_tick(self) -> int | None:
        return first_of(self._machine.next_tick(), *self._line.next_ticks())

    def _happen(self, due: int) -> None:
        tick = self._machine.next_tick()
        # The machine before the line: what an edge causes at this tick is told with this tick's telemetry.
        if tick is not None and tick <= due:
            self._machine.happen()
        self._line.happen(due)

    def _start(self, cause: ResetCause) -> None:
        """Power on, or a reset: all but the store, the bench and the oscillator is new."""
        build, bench = self.build, self._bench
        self._unit = UnitState(
            self.store,
            build.tick_hz,
            build.capacity,
            FASTEST_INTERVAL_TICKS,
            self._emit,
            bench.energise,
            (bench.stop_low, bench.cue_low),
        )
        self._machine = Machine(self._unit, StepOutput(self._unit, bench.pins, bench.edge, bench.blocked))
        byte_ticks = 0 if build.baud is None else BITS_PER_BYTE * build.tick_hz // build.baud
        machine = self._machine
        self._line = Line(self._unit, byte_ticks, machine.stop, self._carry_out, machine.follow, self._telemetry)
        self._reset_cause = cause
        # A worn store doesn't count on: a boot must still differ from the one before it.
        self._boots = max(self._boots, self.store.kept.boots) + 1
        self.store.write(boots=self._boots)
        self._boot_id = zlib.crc32(struct.pack("<qI", build.boot_seed, self._boots))
        bench.plug(self._unit)
        self._line.send(0, self._greeting(0))
        bench.watch_inputs()
        self._machine.check_stop_button()

    def _carry_out(self, command: Message) -> Message | None:
        """The commands that are about the whole unit and its bench; the rest is the machine's."""
        if isinstance(command, Hello):
            return self._greeting(command.nonce)
        if isinstance(command, GetStatus):
            return self._telemetry()
        if isinstance(command, SetPosition | ConfirmPosition):
            self._bench.lend_a_hand(command)
        reply = carry_out(self._machine, command)
        if isinstance(command, Config | FactoryReset):
            self._bench.gear()
            self._bench.watch_inputs()
            self._machine.check_stop_button()
        return reply

    def _greeting(self, nonce: int) -> HelloReply:
        return self.build.greeting(nonce, self._boot_id, self._reset_cause, self.store.kept.serial)

    def _emit(self, event: Message) -> None:
        if isinstance(event, TakeStarted):
            self.take_starts_s.append(self._oscillator.time_of(event.clock))
        self._line.emit(event)

    def _telemetry(self) -> Telemetry:
        unit, machine, profile = self._unit, self._machine, self._unit.profile
        return Telemetry(
            unit.now,
            unit.state,
            unit.flags,
            unit.fault,
            unit.position,
            machine.rate,
            profile.free_segments if profile else unit.capacity,
            profile.wanted_offset if profile else 0,
            machine.takes.last_number,
            self._line.bad_frames & 0xFFFF,
        )
