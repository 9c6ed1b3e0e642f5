# SPDX-License-Identifier: MIT
"""Faults on request: how they are named, that they happen, and that a seed makes them happen again."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.sim.build import Build
from followfocus.sim.faults import BOOTLOADER_S, FAULTS, Faults, When, fault_help, parse_faults
from followfocus.sim.faulty import FaultyUnit, simulate
from followfocus.sim.impostors import Gps, Grbl
from followfocus.sim.mechanics import RigidRing, StepperRing
from followfocus.wire.frames import encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    Flag,
    GetStatus,
    Goto,
    Hello,
    HelloReply,
    Ping,
    ResetCause,
    Result,
    SaveConfig,
    SetTelemetry,
    State,
    TakeEnded,
    Telemetry,
)
from tests.sim.driver import HZ, Driver, rigid_unit, steady


def faulty(*names: str, seed: int = 0, physical: bool = False) -> Driver:
    ring = StepperRing() if physical else RigidRing(0.04)
    device, unit = simulate(parse_faults(names), mechanics=ring, seed=seed)
    assert unit is not None
    return Driver(unit, device)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("noise:1e-4", Faults(bit_error_rate=1e-4)),
        ("noise", Faults(bit_error_rate=1e-4)),
        ("drop:0.01", Faults(byte_loss=0.01)),
        ("torn", Faults(torn_frames=0.05)),
        ("mute:boot+3s", Faults(mute=When(0, 3.0))),
        ("mute:400ms", Faults(mute=When(1, 0.4))),
        ("reset:1.2s", Faults(resets=(When(1, 1.2),))),
        ("reset:take3+0.5s", Faults(resets=(When(3, 0.5),))),
        ("slip:take2", Faults(slips=(When(2, 0.0),))),
        ("weak:0.3", Faults(torque=0.3)),
        ("clock:+0.5%", Faults(clock_error=0.005)),
        ("clock:-0.25", Faults(clock_error=-0.0025)),
        ("newer-protocol", Faults(newer_protocol=True)),
        (" GPS ", Faults(impostor="gps")),
        ("grbl", Faults(impostor="grbl")),
    ],
)
def test_names_are_read(text, faults):
    assert parse_faults([text]) == faults


def test_faults_add_up():
    assert parse_faults(["reset:1s", "noise:1e-5", "reset:take2+1s"]) == Faults(
        bit_error_rate=1e-5, resets=(When(1, 1.0), When(2, 1.0))
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nois:1e-4", "Did you mean noise"),
        ("banana", "Known: noise, drop"),
        ("noise:lots", "not a rate"),
        ("noise:2", "not a rate"),
        ("noise:nan", "not a rate"),
        ("clock:fast", "not a clock error"),
        ("clock:80%", "not a clock error"),
        ("reset:soon", "Write seconds"),
        ("reset:-1s", "before the start"),
        ("reset:takeX+1s", "not a moment"),
        ("slip:take0+1s", "not a moment"),
        ("slip:take\u0663+1s", "not a moment"),
        pytest.param(f"slip:take{'9' * 5000}", "not a moment", id="a take of 5000 digits"),
        ("mute:boot5+1s", "Write"),
        ("gps:1", "takes no argument"),
    ],
)
def test_what_is_no_fault_is_refused_with_help(text, words):
    with pytest.raises(RequestError, match=words):
        parse_faults([text])


def test_help_names_every_fault():
    text = "\n".join(fault_help())
    assert all(name in text for name in FAULTS)


# On the line ----------------------------------------------------------------------------------------------------------


def pings(driver: Driver, count: int) -> int:
    """How many of `count` pings are answered."""
    before = len(driver.heard)
    for seq in range(count):
        driver.send(encode_frame(seq % 255 + 1, Ping.TYPE, b""))
        driver.wait(0.005)
    return sum(1 for _, seq, _ in driver.heard[before:] if seq)


@pytest.mark.parametrize("name", ["noise:3e-3", "drop:0.02", "torn:0.2"])
def test_a_bad_line_loses_some_frames_the_same_ones_for_a_seed(name):
    counts = []
    for seed in (1, 1, 2):
        driver = faulty(name, seed=seed)
        for attempt in range(20):
            driver.send(encode_frame(attempt + 1, Hello.TYPE, b"\0" * 10))
            driver.wait(0.01)
        counts.append((pings(driver, 300), [(seq, message) for _, seq, message in driver.heard]))
    assert 30 < counts[0][0] < 290
    assert counts[0] == counts[1]
    assert counts[0] != counts[2]


def test_the_unit_counts_what_came_damaged():
    driver = faulty("noise:3e-3", seed=4)
    pings(driver, 300)
    assert driver.unit.bad_frames > 20


@given(st.binary(max_size=300), st.lists(st.integers(0, 40), max_size=10))
def test_noise_does_not_depend_on_how_bytes_are_cut(data, cuts):
    one, two = (FaultyUnit(rigid_unit(), parse_faults(["noise:0.01", "torn:0.3"]), 7) for _ in range(2))
    whole = one._out.spoil(data)
    parts, rest = b"", data
    for cut in cuts:
        parts, rest = parts + two._out.spoil(rest[:cut]), rest[cut:]
    assert parts + two._out.spoil(rest) == whole


def test_the_rate_of_noise_is_what_was_asked_for():
    line = FaultyUnit(rigid_unit(), parse_faults(["noise:1e-3"]), 1)
    flipped = sum(byte.bit_count() for byte in line._out.spoil(bytes(200_000)))
    assert flipped == pytest.approx(1600, rel=0.1)


def test_a_stuck_cable_is_silent_both_ways_and_the_unit_goes_on():
    driver = faulty("mute:0.3s")
    driver.ready()
    driver.does(SetTelemetry(20))
    driver.play([steady(4000, 4000)])
    driver.wait(0.29)
    heard = len(driver.heard)
    assert heard > 10
    driver.wait(0.02)
    heard = len(driver.heard)
    driver.send(encode_frame(99, GetStatus.TYPE, b""))
    driver.wait(2.0)
    assert len(driver.heard) == heard
    assert driver.unit.position == 4000


# In the unit ----------------------------------------------------------------------------------------------------------


def test_a_reset_in_a_take_happens_at_its_moment():
    driver = faulty("reset:0.4s")
    driver.ready()
    driver.play([steady(4000, 8000)])
    driver.wait(3.0)
    assert len(driver.edges()) == pytest.approx(0.4 * HZ / 4000, abs=2)
    banner = driver.events(HelloReply)[-1]
    assert banner.reset_cause is ResetCause.BROWN_OUT
    assert driver.unit.state is State.UNREFERENCED


def test_a_fault_may_wait_for_a_later_take():
    driver = faulty("reset:take2+0.1s")
    driver.ready()
    driver.play([steady(4000, 800)])
    driver.wait_for(State.LOADED)
    driver.does(Goto(0, 0))
    driver.wait_for(State.LOADED)
    driver.play([steady(4000, 800)])
    driver.wait(0.15)
    assert driver.unit.state is State.UNREFERENCED
    driver.hello()
    driver.ready()
    driver.play([steady(4000, 800)])
    driver.wait_for(State.LOADED)


def test_a_fault_counted_from_power_on_needs_no_take():
    driver = faulty("reset:boot+2s")
    driver.wait(1.99)
    assert len(driver.events(HelloReply)) == 1
    driver.wait(0.1)
    assert len(driver.events(HelloReply)) == 2


def test_a_slip_is_four_full_steps_that_the_counter_does_not_see():
    driver = faulty("slip:0.1s", physical=True)
    driver.ready()
    driver.play([steady(4000, 1000)])
    driver.wait_for(State.LOADED)
    driver.wait(0.3)
    [ended] = driver.events(TakeEnded)
    assert (ended.position, ended.steps) == (1000, 1000)
    lost_deg = 1000 * DEFAULT_RIG.ring_deg_per_step - driver.unit.ring_deg
    assert lost_deg == pytest.approx(4 * DEFAULT_RIG.ring_deg_per_full_step, abs=0.1)


def test_a_weak_motor_loses_a_fast_move_that_a_sound_one_makes():
    errors = []
    for names in ([], ["weak:0.05"]):
        driver = faulty(*names, physical=True)
        driver.ready()
        driver.does(Goto(4000, 0))
        driver.wait_for(State.IDLE)
        driver.wait(0.5)
        errors.append(abs(4000 * DEFAULT_RIG.ring_deg_per_step - driver.unit.ring_deg))
    assert errors[0] < 0.1
    assert errors[1] > 1.0


def test_a_clock_that_is_off_shows_in_its_telemetry():
    driver = faulty("clock:-0.5%")
    driver.ready()
    first, first_s = driver.status(), driver.now_s
    driver.wait(5.0)
    second = driver.status()
    assert (second.clock - first.clock) / (driver.now_s - first_s) == pytest.approx(0.995 * HZ, rel=5e-4)


def test_another_protocol_is_told_in_the_hello():
    reply = faulty("newer-protocol").ask(Hello(1, 1, 0, DEFINITIONS_HASH))
    assert isinstance(reply, HelloReply)
    assert reply.major == 2
    assert reply.definitions != DEFINITIONS_HASH
    reply = faulty("other-table").ask(Hello(1, 1, 0, DEFINITIONS_HASH))
    assert isinstance(reply, HelloReply)
    assert reply.major == 1
    assert reply.definitions != DEFINITIONS_HASH


def test_opening_the_port_may_reset_the_board():
    driver = faulty("dtr-reset")
    driver.ready()
    driver.device.opened(driver.now_s)
    driver.send(encode_frame(9, GetStatus.TYPE, b""))
    driver.wait(BOOTLOADER_S - 0.01)
    assert not [seq for _, seq, _ in driver.heard if seq == 9]
    driver.wait(0.1)
    assert len(driver.events(HelloReply)) == 2
    assert driver.result(Ping()) is Result.HELLO_FIRST


def test_inputs_may_be_stuck_and_the_memory_worn():
    driver = faulty("stuck-cue", "stuck-stop", "worn-store")
    driver.ready()
    assert driver.status().flags & Flag.CUE_ACTIVE
    assert driver.status().flags & Flag.STOP_ACTIVE
    assert driver.result(SaveConfig()) is Result.STORE_FAILED


def test_telemetry_over_a_noisy_line_is_right_or_absent():
    driver = faulty("noise:1e-3", seed=3)
    for _ in range(50):
        driver.send(encode_frame(1, Hello.TYPE, b"\0" * 10))
        driver.send(encode_frame(2, SetTelemetry.TYPE, b"\x05\0"))
        driver.wait(0.01)
    driver.wait(5.0)
    told = driver.events(Telemetry)
    assert 500 < len(told) < 1000
    assert all(message.state is State.UNREFERENCED and message.position == 0 for message in told)


# Something else -------------------------------------------------------------------------------------------------------


def test_a_gps_talks_and_listens_to_nobody():
    gps = Gps()
    gps.feed(b"anything\0", 0.0)
    assert gps.advance(10.0, until_output=True) == pytest.approx(0.2)
    lines = gps.take_output().split(b"\r\n")
    assert lines[0].startswith(b"$GPGGA,")
    assert lines[1].startswith(b"$GPRMC,")
    body, _, checksum = lines[0][1:].partition(b"*")
    total = 0
    for byte in body:
        total ^= byte
    assert int(checksum, 16) == total
    assert gps.next_event_s() == pytest.approx(1.2)
    gps.advance(3.5)
    assert gps.take_output().count(b"$GPGGA") == 3


def test_a_grbl_greets_and_answers_lines():
    grbl = Grbl()
    assert grbl.take_output() == b"\r\nGrbl 1.1h ['$' for help]\r\n"
    grbl.feed(b"G0 X1\n", 0.0)
    assert grbl.take_output() == b"error:2\r\n"
    grbl.feed(b"\n?", 0.0)
    assert grbl.take_output() == b"ok\r\n<Idle|MPos:0.000,0.000,0.000|FS:0,0|WCO:0.000,0.000,0.000>\r\n"
    grbl.feed(b"\x05ab\0\0", 0.0)
    assert grbl.take_output() == b""
    grbl.opened(1.0)
    assert grbl.take_output().startswith(b"\r\nGrbl")
    assert grbl.next_event_s() is None


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("", set()), ("weak:0.5", set()), ("worn-store", set()), ("newer-protocol", {"major", "definitions"}),
        ("other-table", {"definitions"}), ("unreferenced", {"board"}), ("clock:+0.2%", {"clock_error"}),
    ],
)  # fmt: skip
def test_a_fault_changes_of_a_unit_what_it_names_and_nothing_else(text: str, changed: set[str]) -> None:
    sound = Build()
    _, unit = simulate(parse_faults([text] if text else []), mechanics=RigidRing(0.04))
    assert unit is not None
    found = {name for name in dataclasses.asdict(sound) if getattr(unit.build, name) != getattr(sound, name)}
    assert found == changed
