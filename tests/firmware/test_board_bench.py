# SPDX-License-Identifier: MIT
"""The emulated board itself, by a small program of its own: does its chip do what the data sheet says?"""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from followfocus.wire.messages import ResetCause
from tests.conformance.tools import lacking, need_bench
from tests.conformance.units import BOARD_SCRIPT, TICK_HZ, BoardBench, end, running, start

pytestmark = pytest.mark.board

BYTE_TICKS = 640
POWER_ON, EXTERNAL, WATCHDOG = 1, 2, 8


@pytest.fixture(scope="module")
def probe_hex(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need_bench()
    if shutil.which("avr-gcc") is None:
        lacking("avr-gcc")
    folder = tmp_path_factory.mktemp("probe")
    source = Path(__file__).with_name("probe.c")
    elf, program = folder / "probe.elf", folder / "probe.hex"
    subprocess.run(
        ["avr-gcc", "-mmcu=atmega328p", "-DF_CPU=16000000UL", "-Os", "-Wall", "-Werror", "-o", elf, source], check=True
    )
    subprocess.run(["avr-objcopy", "-O", "ihex", "-R", ".eeprom", elf, program], check=True)
    return program


@pytest.fixture
def probe(probe_hex: Path) -> Iterator[BoardBench]:
    with running(BoardBench(probe_hex)) as bench:
        yield bench


def send(bench: BoardBench, data: bytes, ticks: int = TICK_HZ // 100) -> bytes:
    """The answers within `ticks`; each ends at a zero, so there may be several."""
    out, ran = b"", 0
    while ran < ticks:
        answer = bench.control.ask("run", ticks=ticks - ran, send=data.hex())
        data, ran = b"", ran + answer["ran"]
        out += bytes.fromhex(answer["out"])
    return out


def test_the_serial_line_echoes_every_byte(probe: BoardBench) -> None:
    for byte in range(256):
        assert send(probe, bytes([ord("e"), byte])) == bytes([byte])


def test_a_byte_takes_its_ten_bits_each_way(probe: BoardBench) -> None:
    send(probe, b"", 2000)
    before = probe.control.ask("clock")["cycles"]
    answer = probe.control.ask("run", ticks=100_000, send=b"e\0".hex())
    assert answer["out"] == "00"
    assert 3 * BYTE_TICKS <= answer["ran"] <= 3 * BYTE_TICKS + 100
    assert probe.control.ask("clock")["cycles"] == before + answer["ran"]


def test_bytes_that_nobody_reads_in_time_are_lost_and_counted(probe: BoardBench) -> None:
    writes = b"w\x05\x01" + b"w\x05\x02"  # the second waits 3.4 ms for the first to be done
    assert send(probe, writes + b"e\x07") == b"kk\x07"
    assert probe.control.ask("clock")["overruns"] == 0
    assert send(probe, writes + b"e12345") == b"kk1"
    assert probe.control.ask("clock")["overruns"] == 3


def test_the_compare_unit_steps_to_the_tick(probe: BoardBench) -> None:
    send(probe, b"t\x20")
    rises = [tick for tick, pin, level in probe.edges() if pin == "STEP" and level]
    falls = [tick for tick, pin, level in probe.edges() if pin == "STEP" and not level]
    assert rises == [1000 + 250 * index for index in range(32)]
    assert falls == [tick + 125 for tick in rises]


def test_the_quick_timers_place_edges_where_the_emulators_own_do(probe_hex: Path, probe: BoardBench) -> None:
    send(probe, b"t\x20")
    with running(BoardBench(probe_hex, "--stock")) as stock:
        send(stock, b"t\x20")
        late = [b[0] - a[0] for a, b in zip(relative(probe), relative(stock), strict=True)]
    assert max(late) - min(late) <= 3


def relative(bench: BoardBench) -> list[tuple[int, int]]:
    steps = [(tick, level) for tick, pin, level in bench.edges() if pin == "STEP"]
    return [(tick - steps[0][0], level) for tick, level in steps]


def test_the_eeprom_keeps_its_bytes_in_its_file(probe_hex: Path, tmp_path: Path) -> None:
    path = tmp_path / "eeprom.bin"
    with running(BoardBench(probe_hex, "--eeprom", str(path))) as bench:
        assert send(bench, b"w\x07\x5a") == b"k"
        assert send(bench, b"r\x07") == b"\x5a"
    assert path.read_bytes()[7] == 0x5A
    with running(BoardBench(probe_hex, "--eeprom", str(path))) as bench:
        assert send(bench, b"r\x07") == b"\x5a"


def test_power_cut_in_the_middle_of_a_write(probe: BoardBench) -> None:
    assert send(probe, b"w\x01\x11") == b"k"
    probe.control.ask("cut", writes=1, torn=0x42)
    assert send(probe, b"w\x02\x22") == b"k"
    assert send(probe, b"w\x01\x33") == b""
    assert not probe.control.ask("clock")["powered"]
    probe.control.ask("power", on=True)
    send(probe, b"")
    assert send(probe, b"c") == bytes([POWER_ON])
    assert (send(probe, b"r\x01"), send(probe, b"r\x02")) == (b"\x42", b"\x22")


def test_reset_causes(probe: BoardBench) -> None:
    send(probe, b"")
    assert send(probe, b"c") == bytes([POWER_ON])
    probe.reset(ResetCause.RESET_PIN)
    send(probe, b"")
    assert send(probe, b"c") == bytes([EXTERNAL])


def test_memory_survives_a_reset_and_is_noise_after_power_on(probe: BoardBench) -> None:
    send(probe, b"")
    first = send(probe, b"s")
    probe.reset(ResetCause.RESET_PIN)
    send(probe, b"")
    assert send(probe, b"s") == first
    others = set()
    for _ in range(4):
        probe.reset(ResetCause.POWER_ON)
        send(probe, b"")
        others.add(send(probe, b"s"))
    assert len(others) > 1


@pytest.mark.parametrize("interrupts", [False, True])
def test_the_watchdog_bites_a_hanging_program(probe: BoardBench, interrupts: bool) -> None:
    send(probe, b"d", 2000)
    probe.control.ask("hang", interrupts=interrupts)
    assert send(probe, b"e\x01", 200_000) == b""
    send(probe, b"", 100_000)
    assert probe.control.ask("clock")["resets"] == 1
    assert send(probe, b"c", 20_000) == bytes([WATCHDOG])
    send(probe, b"", 400_000)
    assert probe.control.ask("clock")["resets"] == 1  # the program turned it off again


def test_an_edge_on_an_input_at_a_tick(probe: BoardBench) -> None:
    send(probe, b"i")
    at = probe.tick() + 1_000_000
    probe.set_input("cue", 0, at)
    answer = send(probe, b"", 900_000)
    assert answer == b""
    seen = int.from_bytes(send(probe, b"", 200_000), "little")
    assert 0 < (seen - at) % 65_536 < 60


def test_a_stale_edge_fires_as_soon_as_its_interrupt_is_enabled(probe: BoardBench) -> None:
    send(probe, b"")
    probe.set_input("cue", 0)
    probe.set_input("cue", 1)
    assert len(send(probe, b"x")) == 2


CONVERTER_ON, BY_TRIGGER = 0x80, 0x20
"""Bits of ADCSRA: ADEN, ADATE. The prescaler's are the lowest three."""
SEEN_TICKS = 12
"""The time that the probe's loop takes to see the end."""


@pytest.mark.parametrize(("prescaler_bits", "prescaler"), [(2, 4), (3, 8), (4, 16)])
def test_an_edge_starts_a_conversion_that_takes_a_fixed_time(
    probe: BoardBench, prescaler_bits: int, prescaler: int
) -> None:
    """13.5 of the converter's clocks, which begin with the edge, and three cycles; its interrupt is off."""
    for odd in range(8):
        send(probe, b"a" + bytes([CONVERTER_ON | BY_TRIGGER | prescaler_bits]), 20_000)
        at = probe.set_input("cue", 0, probe.tick() + 1000 + odd)
        probe.set_input("cue", 1, at + 20)  # while it is under way: starts nothing, and holds nothing up
        end = int.from_bytes(send(probe, b"", 20_000), "little")
        assert 0 <= (end - at - 3 - 13.5 * prescaler) % 65_536 <= SEEN_TICKS


def test_an_edge_starts_no_conversion_where_its_flag_is_still_set(probe: BoardBench) -> None:
    send(probe, b"a" + bytes([CONVERTER_ON | BY_TRIGGER | 3]), 20_000)
    probe.set_input("cue", 0)
    assert len(send(probe, b"", 20_000)) == 2
    assert send(probe, b"q", 20_000) != b"\0"
    probe.set_input("cue", 1)
    probe.set_input("cue", 0)
    assert send(probe, b"q", 20_000) == b"\0"


def test_an_edge_starts_no_conversion_unasked(probe: BoardBench) -> None:
    send(probe, b"a" + bytes([CONVERTER_ON | 3]), 20_000)
    probe.set_input("cue", 0)
    assert send(probe, b"", 20_000) == b""


def test_pins_are_safe_while_the_chip_is_held(probe: BoardBench) -> None:
    send(probe, b"")
    assert ["ENABLE", 0] in [edge[1:] for edge in probe.edges()]
    probe.control.ask("power", on=False)
    assert probe.edges()[-1][1:] == ["ENABLE", 1]


def test_the_line_on_tcp_in_real_time(probe_hex: Path) -> None:
    need_bench()
    process, ports = start(["node", str(BOARD_SCRIPT), str(probe_hex), "--pace", "1.0"], ("uart", "control"))
    try:
        with socket.create_connection(("127.0.0.1", ports["uart"]), timeout=60) as line:
            line.sendall(b"e\x55")
            assert line.recv(1) == b"\x55"
    finally:
        end(process)


def test_a_wrong_request_is_answered_and_harms_nothing(probe: BoardBench) -> None:
    with pytest.raises(AssertionError, match="no request called dance"):
        probe.control.ask("dance")
    with pytest.raises(AssertionError, match="no input called step"):
        probe.control.ask("set", pin="step", level=1)
    assert send(probe, b"e\x01") == b"\x01"
