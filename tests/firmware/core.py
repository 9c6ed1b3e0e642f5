# SPDX-License-Identifier: MIT
"""The firmware's core in this process, through ctypes, on a virtual clock, behind the conformance suite's handles.

`Core` is the library's own unit (firmware/port/host/virtual.h), `CoreBench` puts it on a line for a `Host`.
"""

from __future__ import annotations

import ctypes
import functools

from followfocus.clock import VirtualClock
from followfocus.wire.messages import Board, ResetCause, State
from tests.conformance.tools import need_core
from tests.conformance.units import BOOT_S, FIRMWARE, TICK_HZ, Step, UnitPort

LIBRARY = FIRMWARE / "build" / "libfollowfocus.so"
EEPROM_BYTES = 1024
STEP, DIR, ENABLE, READY, CUE, STOP = range(6)
SLICE_TICKS = 1600


class Edge(ctypes.Structure):
    _fields_ = (
        ("tick", ctypes.c_uint64),
        ("position", ctypes.c_int32),
        ("pin", ctypes.c_uint8),
        ("level", ctypes.c_uint8),
    )


@functools.cache
def library() -> ctypes.CDLL:
    """The built core, its functions declared."""
    need_core("lib", LIBRARY)
    lib = ctypes.CDLL(str(LIBRARY))
    unit, size, u8, u32, u64 = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint8, ctypes.c_uint32, ctypes.c_uint64
    text = ctypes.c_char_p
    for name, result, arguments in (
        ("new", unit, (text, u8)),
        ("free", None, (unit,)),
        ("reset", None, (unit, u8)),
        ("feed", None, (unit, text, size)),
        ("waiting", size, (unit,)),
        ("run", None, (unit, u64)),
        ("output", size, (unit, text, size)),
        ("set", u64, (unit, u8, u8, u64)),
        ("clock", u64, (unit,)),
        ("age", None, (unit, u64)),
        ("edges", size, (unit, size, ctypes.POINTER(Edge), size)),
        ("eeprom", None, (unit, text)),
        ("cut", None, (unit, u32)),
        ("writes", u32, (unit,)),
        ("stops", None, (unit, ctypes.c_int32, ctypes.c_int32)),
        ("state", u8, (unit,)),
        ("position", ctypes.c_int32, (unit,)),
    ):
        function = getattr(lib, f"ff_virtual_{name}")
        function.restype, function.argtypes = result, arguments
    return lib


class Core:
    """One unit, switched on. `eeprom` is what an earlier one left."""

    def __init__(self, eeprom: bytes | None = None, cause: ResetCause = ResetCause.POWER_ON) -> None:
        self._lib = library()
        self._unit = self._lib.ff_virtual_new(eeprom, cause)

    def close(self) -> None:
        self._lib.ff_virtual_free(self._unit)
        self._unit = None

    def reset(self, cause: ResetCause) -> None:
        self._lib.ff_virtual_reset(self._unit, cause)

    def feed(self, data: bytes) -> None:
        self._lib.ff_virtual_feed(self._unit, data, len(data))

    def run(self, ticks: int) -> None:
        self._lib.ff_virtual_run(self._unit, ticks)

    def output(self) -> bytes:
        buffer = ctypes.create_string_buffer(4096)
        length = self._lib.ff_virtual_output(self._unit, buffer, len(buffer))
        return buffer.raw[:length]

    def set_input(self, pin: int, level: int, tick: int = 0) -> int:
        return int(self._lib.ff_virtual_set(self._unit, pin, level, tick))

    def cut_power_in_write(self, number: int) -> None:
        """The power fails in the `number`th EEPROM byte from now on; nothing is written after it."""
        self._lib.ff_virtual_cut(self._unit, number)

    def set_stops(self, low: int, high: int) -> None:
        self._lib.ff_virtual_stops(self._unit, low, high)

    def age(self, ticks: int) -> None:
        """As if it had been on for so much longer; at rest."""
        self._lib.ff_virtual_age(self._unit, ticks)

    @property
    def tick(self) -> int:
        return int(self._lib.ff_virtual_clock(self._unit))

    @property
    def writes(self) -> int:
        return int(self._lib.ff_virtual_writes(self._unit))

    @property
    def state(self) -> State:
        return State(self._lib.ff_virtual_state(self._unit))

    @property
    def position(self) -> int:
        return int(self._lib.ff_virtual_position(self._unit))

    @property
    def eeprom(self) -> bytes:
        buffer = ctypes.create_string_buffer(EEPROM_BYTES)
        self._lib.ff_virtual_eeprom(self._unit, buffer)
        return buffer.raw

    def edges(self, first: int = 0) -> list[Edge]:
        found: list[Edge] = []
        while True:
            some = (Edge * 4096)()
            count = self._lib.ff_virtual_edges(self._unit, first + len(found), some, len(some))
            found += some[:count]
            if count < len(some):
                return found


class CorePort:
    """The core's serial line: reading lets its time pass."""

    name = "core"

    def __init__(self, core: Core, clock: VirtualClock) -> None:
        self._core, self._clock = core, clock

    def read(self, timeout_s: float) -> bytes:
        deadline_s = self._clock.now() + max(0.0, timeout_s)
        ticks = max(0, round(timeout_s * TICK_HZ))
        while not (data := self._core.output()) and ticks > 0:
            step = min(ticks, SLICE_TICKS)
            self._core.run(step)
            self._clock.advance(step / TICK_HZ)
            ticks -= step
        if not data:
            self._clock.sleep_until(deadline_s)
        return data

    def write(self, data: bytes) -> None:
        self._core.feed(data)

    def close(self) -> None: ...


class CoreBench:
    """The core behind the conformance suite's handles."""

    name = "core"
    board = Board.HOST_PROCESS

    def __init__(self, eeprom: bytes | None = None) -> None:
        self.clock = VirtualClock()
        self.core = Core(eeprom)
        self.core.run(round(BOOT_S * TICK_HZ))
        self.core.output()
        self._first_edge = 0

    def open_port(self) -> UnitPort:
        return CorePort(self.core, self.clock)

    def set_input(self, pin: str, level: int, at_tick: int | None = None) -> int:
        return self.core.set_input(CUE if pin == "cue" else STOP, level, at_tick or 0)

    def steps(self) -> list[Step]:
        """Rising STEP edges with the direction that DIR showed."""
        steps, direction = [], -1
        for edge in self.core.edges():
            if edge.pin == DIR:
                direction = 1 if edge.level else -1
            elif edge.pin == STEP:
                steps.append(Step(edge.tick, direction))
        return steps

    def tick(self) -> int:
        return self.core.tick

    def reset(self, cause: ResetCause) -> None:
        self.core.reset(cause)

    def close(self) -> None:
        self.core.close()
