# SPDX-License-Identifier: MIT
"""Faults on the emulated board: after each, the position is known or said to be unknown, and never wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from followfocus.errors import UnitError
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link
from followfocus.wire.messages import (
    Arm,
    Cause,
    Config,
    ConfirmPosition,
    Flag,
    GetConfig,
    GetLastKnown,
    GetStatus,
    Go,
    Goto,
    HelloReply,
    Jog,
    LastKnown,
    Park,
    Ping,
    ResetCause,
    SaveConfig,
    SetPosition,
    SetSerial,
    State,
)
from tests.conformance.tools import need_board
from tests.conformance.units import TICK_HZ, BoardBench, UnitPort, running
from tests.conformance.wire import CONFIG, Host, pull
from tests.firmware.jobs import JOBS, Rig

pytestmark = [pytest.mark.board, pytest.mark.timeout(600)]

TORN = (0xFF, 0x00, 0x5A)
NEVER = 1_000_000
PARKED = 0x0A0B0C0D


@pytest.fixture
def board() -> Iterator[BoardBench]:
    need_board()
    with running(BoardBench()) as bench:
        yield bench


@pytest.fixture
def host(board: BoardBench) -> Host:
    return Host(board)


def check_unknown_and_still(host: Host, board: BoardBench, cause: ResetCause) -> None:
    """The unit has started again: it says so, knows no position, holds its pins still and its motor off."""
    hello = host.event(HelloReply)
    assert (hello.nonce, hello.reset_cause) == (0, cause)
    host.hello()
    status = host.status()
    assert status.state is State.UNREFERENCED
    assert not status.flags & (Flag.REFERENCED | Flag.ENERGISED | Flag.LAST_KNOWN)
    board.forget_edges()
    host.pass_time(0.3)
    assert board.edges() == []


# Watchdog and resets --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("interrupts", [False, True], ids=["everything hangs", "the main loop hangs"])
@pytest.mark.parametrize("what", ["idle", "jog", "take"])
def test_the_watchdog_bites_a_hanging_program(host: Host, board: BoardBench, what: str, interrupts: bool) -> None:
    host.ready(silence_ms=60_000)
    if what == "jog":
        host.ok(Jog(3000))
    elif what == "take":
        host.arm(pull(steps=20_000))
        host.ok(Go(1, 1600))
    host.pass_time(0.2)
    host.events.clear()
    board.control.ask("hang", interrupts=interrupts)
    check_unknown_and_still(host, board, ResetCause.WATCHDOG)
    assert board.control.ask("clock")["resets"] == 1


@pytest.mark.parametrize("cause", [ResetCause.RESET_PIN, ResetCause.POWER_ON])
def test_a_reset_in_the_middle_of_a_take(host: Host, board: BoardBench, cause: ResetCause) -> None:
    host.ready()
    host.arm(pull(steps=8000))
    host.ok(Go(1, 1600))
    host.pass_time(0.2)
    host.events.clear()
    board.reset(cause)
    assert not board.steps()
    check_unknown_and_still(host, board, cause)


def test_the_host_learns_of_a_reset_in_the_middle_of_a_take(board: BoardBench) -> None:
    rig = Rig(board)
    rig.unit.load(rig.profile(JOBS[2]))
    rig.unit.arm()
    rig.unit.go(7)
    rig.unit.link.sleep(0.15)
    board.reset(ResetCause.RESET_PIN)
    evidence = rig.unit.wait_take()
    assert evidence.reset
    assert not evidence.position_known
    assert evidence.cause is not Cause.DONE
    assert not rig.unit.status.referenced
    with pytest.raises(UnitError):
        rig.unit.goto_deg(1.0)


def test_pins_are_safe_from_the_first_instruction(board: BoardBench) -> None:
    """From power-on to the first command the driver is off and nothing steps."""
    assert [edge[1:] for edge in board.edges() if edge[1] in ("STEP", "ENABLE")] == []


# Power cut while the EEPROM is written --------------------------------------------------------------------------------


class Memory:
    """An EEPROM image, and how many bytes an action writes to it."""

    def __init__(self, host: Host, board: BoardBench) -> None:
        self.host, self.board = host, board
        self.image = str(board.control.ask("eeprom")["eeprom"])

    @property
    def writes(self) -> int:
        return int(self.board.control.ask("clock")["eeprom_writes"])

    def restore(self) -> None:
        """Power off, the image back in place, power on."""
        self.board.control.ask("power", on=False)
        self.board.control.ask("eeprom", load=self.image)
        self.power_on()

    def power_on(self) -> None:
        self.cut_after(NEVER, 0)
        self.host.reader.clear()  # power may have gone in the middle of a frame
        self.host.events.clear()
        self.board.reset(ResetCause.POWER_ON)
        self.host.event(HelloReply)
        self.host.hello()

    def cut_after(self, writes: int, torn: int) -> None:
        self.board.control.ask("cut", writes=writes, torn=torn)

    def settle(self) -> None:
        """Until power has gone, or all that was to be written is."""
        self.host.pass_time(0.6)


def test_settings_survive_a_power_cut_at_every_byte(host: Host, board: BoardBench) -> None:
    old, new = CONFIG, replace(CONFIG, accel=77_777, goto_rate=1234, name=b"after".ljust(16, b"\0"))
    host.ready()
    host.ok(SaveConfig())
    host.ok(SetSerial(b"FF-00042"))
    memory = Memory(host, board)
    before = memory.writes
    host.ok(new)
    host.ok(SaveConfig())
    count = memory.writes - before
    assert count >= 40
    kept: set[Config] = set()
    for writes in range(count):
        memory.restore()
        host.ok(new)
        memory.cut_after(writes, TORN[writes % len(TORN)])
        host.write(host.frame(SaveConfig()))
        memory.settle()
        assert not board.control.ask("clock")["powered"]
        memory.power_on()
        assert host.hello_reply is not None
        assert host.hello_reply.serial == b"FF-00042"
        config = host.ask(GetConfig())
        assert config in (old, new), f"power cut at write {writes}"
        assert isinstance(config, Config)
        kept.add(config)
    assert old in kept


def test_a_parked_position_survives_a_power_cut_at_every_byte_or_is_unknown(host: Host, board: BoardBench) -> None:
    """Parked at 100, moved away, parked elsewhere: afterwards that is known, or nothing; never 100 again."""
    host.ready(100)
    host.ok(Park())
    host.ok(ConfirmPosition())
    host.ok(Goto(140, 0))
    host.rests()
    image = Memory(host, board)
    before = image.writes
    host.ok(SetPosition(PARKED))
    host.ok(Park())
    count = image.writes - before
    assert count >= 5
    known: set[LastKnown] = set()
    for writes in range(count):
        image.restore()
        host.ok(CONFIG)
        host.ok(SetPosition(PARKED))
        image.cut_after(writes, TORN[writes % len(TORN)])
        host.write(host.frame(Park()))
        image.settle()
        image.power_on()
        last = host.ask(GetLastKnown())
        assert isinstance(last, LastKnown)
        assert not last.valid or last.position == PARKED, f"power cut at write {writes}"
        assert host.status().state is State.UNREFERENCED
        known.add(last)
    assert LastKnown(0, 0, 0, 0) in known


def test_no_step_is_made_before_the_parked_position_is_withdrawn(host: Host, board: BoardBench) -> None:
    """Power goes at every byte of the withdrawal: either no step was made, or nothing is known any more."""
    host.ready(100)
    host.ok(Park())
    image = Memory(host, board)
    before = image.writes
    host.ok(ConfirmPosition())
    host.ok(Goto(140, 0))
    host.rests()
    count = image.writes - before
    assert count >= 1
    for writes in range(count):
        for torn in TORN:
            image.restore()
            host.ok(CONFIG)
            host.ok(ConfirmPosition())
            board.forget_edges()
            image.cut_after(writes, torn)
            host.write(host.frame(Goto(140, 0)))
            image.settle()
            moved = len(board.steps())
            image.power_on()
            last = host.ask(GetLastKnown())
            assert isinstance(last, LastKnown)
            assert not last.valid or (last.position == 100 and moved == 0), f"power cut at write {writes}, {torn:02x}"


def test_every_start_is_a_new_one_even_where_power_goes_while_it_is_noted(host: Host, board: BoardBench) -> None:
    memory = Memory(host, board)
    before = memory.writes
    memory.power_on()
    count = memory.writes - before
    assert host.hello_reply is not None
    boots = [host.hello_reply.boot_id]
    for writes in range(count):
        board.control.ask("power", on=False)
        memory.cut_after(writes, TORN[writes % len(TORN)])
        board.reset(ResetCause.POWER_ON)
        memory.settle()
        memory.power_on()
        boots.append(host.hello_reply.boot_id)
    assert len(set(boots)) == len(boots)


def test_an_eeprom_of_any_content_is_a_unit_with_sound_settings(host: Host, board: BoardBench) -> None:
    dice = random.Random(5)
    for content in (b"\x00" * 1024, b"\xff" * 1024, *(dice.randbytes(1024) for _ in range(4))):
        board.control.ask("power", on=False)
        board.control.ask("eeprom", load=content.hex())
        host.events.clear()
        board.reset(ResetCause.POWER_ON)
        host.event(HelloReply)
        host.hello()
        config = host.ask(GetConfig())
        assert isinstance(config, Config)
        assert config.accel > 0
        assert host.ask(GetLastKnown()) == LastKnown(0, 0, 0, 0)


# Pins -----------------------------------------------------------------------------------------------------------------


def test_a_cue_pin_that_chatters_before_arming_starts_nothing(host: Host, board: BoardBench) -> None:
    host.ready()
    profile = pull()
    host.upload(profile)
    now = board.tick()
    for index in range(40):
        board.set_input("cue", index % 2, now + 20_000 * index)
    host.pass_time(0.06)
    host.ok(Arm(profile.id, 1))
    host.pass_time(0.1, alive=True)
    assert host.state is State.ARMED
    assert board.steps() == []


def test_a_cue_pin_stuck_since_power_on_starts_nothing(host: Host, board: BoardBench) -> None:
    board.set_input("cue", 0)
    board.reset(ResetCause.POWER_ON)
    host.event(HelloReply)
    host.ready()
    host.arm(pull(), cue=1)
    host.pass_time(0.3, alive=True)
    assert host.status().flags & Flag.CUE_ACTIVE
    assert host.state is State.ARMED
    assert board.steps() == []


# Noise on the line ----------------------------------------------------------------------------------------------------


@dataclass
class NoisyPort:
    """A port whose line flips bits, loses bytes and makes some up, both ways, by a seed."""

    port: UnitPort
    dice: random.Random
    share: float
    name: str = "noisy board"

    def read(self, timeout_s: float) -> bytes:
        return self._spoil(self.port.read(timeout_s))

    def write(self, data: bytes) -> None:
        self.port.write(self._spoil(data))

    def close(self) -> None:
        """The board's line stays."""

    def _spoil(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            throw = self.dice.random() / self.share
            if throw < 0.2:
                continue
            if throw < 0.4:
                out.append(self.dice.randrange(256))
            out.append(byte ^ (1 << self.dice.randrange(8)) if 0.4 < throw < 1 else byte)
        return bytes(out)


@pytest.mark.parametrize("seed", range(3))
def test_noise_on_the_line_never_moves_the_ring_wrongly(board: BoardBench, seed: int) -> None:
    noisy = NoisyPort(board.open_port(), random.Random(seed), 0.004)
    unit = FollowFocusUnit(Link(lambda _attempt: noisy, board.clock))
    unit.connect()
    unit.apply(replace(CONFIG, silence_ms=1000))
    unit.set_reference(0.0)
    board.forget_edges()
    profile = Rig.profile_for(unit, JOBS[2])
    for take in range(1, 4):
        unit.load(profile)
        unit.play(take)
        status = unit.goto_deg(0.0)
        assert status.position == 0
    way = sum(step.direction for step in board.steps())
    assert way == 0
    assert len(board.steps()) == 6 * JOBS[2].steps
    assert unit.refresh().bad_frames > 0


def test_any_bytes_at_all_leave_a_resting_unit_at_rest(host: Host, board: BoardBench) -> None:
    """Half a megabit of dice before any reference: no step, no reset, and a hello is answered as ever."""
    dice = random.Random(11)
    for _ in range(12):
        host.write(dice.randbytes(1000))
        host.pass_time(0.05)
    host.write(b"\0")
    host.pass_time(0.3)
    host.hello()
    host.ok(Ping())
    assert isinstance(host.ask(GetStatus()).clock, int)  # type: ignore[attr-defined]
    assert board.steps() == []
    assert board.control.ask("clock")["resets"] == 0
    assert board.tick() > TICK_HZ // 2
