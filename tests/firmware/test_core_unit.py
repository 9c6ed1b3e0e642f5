# SPDX-License-Identifier: MIT
"""The core as a unit in virtual time: power cuts at every EEPROM byte, ramps under changing aims, stops, fuzzing."""

from __future__ import annotations

import itertools
import os
import subprocess
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followfocus.sim.store import FACTORY_CONFIG
from followfocus.unit.settings import FACTORY_NAME, LOST_NAME
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    Cause,
    ClearFault,
    Config,
    FactoryReset,
    GetConfig,
    GetLastKnown,
    GetStatus,
    Go,
    Goto,
    Home,
    Homed,
    Jog,
    LastKnown,
    Park,
    Ping,
    Result,
    Safety,
    SaveConfig,
    Segment,
    SetLimits,
    SetPosition,
    SetTelemetry,
    State,
    StopInput,
    Stopped,
    TakeEnded,
    encode_body,
)
from tests.conformance.tools import need_core
from tests.conformance.units import FIRMWARE, TICK_HZ, running
from tests.conformance.wire import CONFIG, Host, Profile, even, pull
from tests.firmware.core import Core, CoreBench

FUZZ = FIRMWARE / "build" / "fuzz"
FRAMES = int(os.environ.get("FUZZ_FRAMES", "1000000"))
PARTS = 4
"""In one, a busy machine takes it for a test that hangs."""
ACCEL, RATE, LOW, HIGH = 60_000, 20_000, -2_000, 3_000
SETTINGS_BYTES = 1 + len(encode_body(CONFIG)) + len(encode_body(Safety(0, 0))) + 2
"""A copy: its number, what is kept, its CRC"""
OTHER = replace(CONFIG, accel=77_777, name=b"the other".ljust(16, b"\0"), silence_ms=999)


# Power cuts -----------------------------------------------------------------------------------------------------------


def saved(first: Config, eeprom: bytes | None = None) -> bytes:
    """The content of a unit's EEPROM after it has saved `first`."""
    with running(CoreBench(eeprom)) as bench:
        host = Host(bench)
        host.hello()
        host.ok(first)
        host.ok(SaveConfig())
        return bench.core.eeprom


def writes_to_save(eeprom: bytes) -> int:
    with running(CoreBench(eeprom)) as bench:
        host = Host(bench)
        host.hello()
        host.ok(OTHER)
        before = bench.core.writes
        host.ok(SaveConfig())
        return bench.core.writes - before


def test_a_power_cut_at_any_byte_of_saving_leaves_the_old_settings_or_the_new() -> None:
    eeprom = saved(CONFIG, saved(replace(CONFIG, accel=5)))
    total = writes_to_save(eeprom)
    assert total > 10
    for cut in range(1, total + 1):
        with running(CoreBench(eeprom)) as bench:
            host = Host(bench)
            host.hello()
            host.ok(OTHER)
            bench.core.cut_power_in_write(cut)
            assert host.ack(SaveConfig()).result is Result.STORE_FAILED
            left = bench.core.eeprom
        with running(CoreBench(left)) as bench:
            host = Host(bench)
            host.hello()
            assert host.ask(GetConfig()) == CONFIG, f"cut in write {cut}"
    assert saved(OTHER, eeprom) != eeprom


def config_of(eeprom: bytes) -> Config:
    """The settings that a unit comes up with."""
    with running(CoreBench(eeprom)) as bench:
        host = Host(bench)
        host.hello()
        config = host.ask(GetConfig())
        assert isinstance(config, Config)
        return config


LOST = replace(FACTORY_CONFIG, name=LOST_NAME)
BLANK = b"\xff" * 1024


def test_a_power_cut_in_the_first_saving_leaves_the_factory_s_settings_and_says_what_was_lost() -> None:
    assert config_of(BLANK) == FACTORY_CONFIG
    assert FACTORY_CONFIG.name == FACTORY_NAME
    for cut in range(1, writes_to_save(BLANK) + 1):
        with running(CoreBench(BLANK)) as bench:
            host = Host(bench)
            host.hello()
            host.ok(OTHER)
            bench.core.cut_power_in_write(cut)
            assert host.ack(SaveConfig()).result is Result.STORE_FAILED
            left = bench.core.eeprom
        assert config_of(left) == LOST, f"cut in write {cut}"
    assert config_of(saved(OTHER, left)) == OTHER


@pytest.mark.parametrize("savings", [1, 2, 3, 255, 256, 257])
def test_settings_that_are_not_whole_any_more_are_never_the_factory_s_in_silence(savings: int) -> None:
    with running(CoreBench()) as bench:
        host = Host(bench)
        host.hello()
        for number in range(savings):
            host.ok(replace(OTHER, accel=1000 + number))
            host.ok(SaveConfig())
        kept = bench.core.eeprom
    older = replace(OTHER, accel=1000 + savings - 2)
    for at in range(SETTINGS_BYTES):
        spoiled = bytearray(kept)
        copies = (at, at + 64)
        for place in copies:
            spoiled[place] ^= 0x10
        assert config_of(bytes(spoiled)) == LOST, f"byte {at} of both copies"
        one = bytearray(kept)
        one[copies[(savings - 1) % 2]] ^= 0x10
        assert config_of(bytes(one)) == (older if savings > 1 else LOST), f"byte {at} of the newest"


def parked(position: int, eeprom: bytes | None) -> bytes:
    with running(CoreBench(eeprom)) as bench:
        host = Host(bench)
        host.ready(position)
        host.ok(Park())
        return bench.core.eeprom


def last_known(eeprom: bytes) -> LastKnown:
    with running(CoreBench(eeprom)) as bench:
        host = Host(bench)
        host.hello()
        reply = host.ask(GetLastKnown())
        assert isinstance(reply, LastKnown)
        return reply


def test_a_power_cut_in_a_factory_reset_never_leaves_a_position_that_older_gears_counted() -> None:
    """Withdrawn first: cut in between, the settings that it was counted by are still there."""
    geared = replace(FACTORY_CONFIG, motor_teeth=40)
    with running(CoreBench()) as bench:
        host = Host(bench)
        host.hello()
        host.ok(geared)
        host.ok(SaveConfig())
        host.ok(SetPosition(2500))
        host.ok(Park())
        kept = bench.core.eeprom
    left = set()
    for cut in itertools.count(1):
        with running(CoreBench(kept)) as bench:
            host = Host(bench)
            host.hello()
            bench.core.cut_power_in_write(cut)
            before = bench.core.writes
            host.write(host.frame(FactoryReset()))
            host.pass_time(1.0)
            whole, eeprom = bench.core.writes - before < cut, bench.core.eeprom
        known, config = last_known(eeprom), config_of(eeprom)
        assert not known.valid or config == geared, f"cut in write {cut}"
        left.add((bool(known.valid), config.motor_teeth))
        if whole:
            break
    assert config == FACTORY_CONFIG
    assert (False, 40) in left


@pytest.mark.parametrize("parks", [1, 2, 3])
def test_a_power_cut_around_the_first_motion_never_leaves_an_older_position(parks: int) -> None:
    """Withdrawing what was parked may be cut anywhere: the last parking, before a step was made, or nothing."""
    eeprom = None
    for number in range(parks):
        eeprom = parked(100 * (number + 1), eeprom)
    assert eeprom is not None
    newest = 100 * parks
    assert last_known(eeprom).position == newest
    for cut in itertools.count(1):
        with running(CoreBench(eeprom)) as bench:
            host = Host(bench)
            host.ready(newest)
            bench.core.cut_power_in_write(cut)
            before = bench.core.writes
            host.ok(Goto(newest + 50, 0))
            host.pass_time(0.004)
            moved_early = bool(bench.steps())
            host.pass_time(0.5, alive=True)
            written = bench.core.writes - before
            left = bench.core.eeprom
        if written < cut:
            break
        known = last_known(left)
        assert not moved_early
        assert not known.valid or known.position == newest
    assert last_known(left).valid == 0


def test_boot_ids_differ_even_when_the_power_fails_while_one_is_written() -> None:
    eeprom, ids = None, set()
    for cut in range(1, 9):
        with running(CoreBench(eeprom)) as bench:
            host = Host(bench)
            ids.add(host.hello().boot_id)
            eeprom = bench.core.eeprom
        core = Core(eeprom)  # and here the power fails while the number is written, before it has been told
        core.cut_power_in_write(1 + cut % 3)
        core.run(TICK_HZ // 2)
        eeprom = core.eeprom
        core.close()
    assert len(ids) == 8


# Ramps ----------------------------------------------------------------------------------------------------------------

aims = st.lists(
    st.tuples(
        st.one_of(
            st.builds(Goto, st.integers(LOW, HIGH), st.sampled_from([0, 500, 3_000, 40_000])),
            st.builds(Jog, st.integers(-25_000, 25_000)),
            st.just(Jog(0)),
            st.just(STOP_BYTES),
        ),
        st.floats(0.0, 0.3),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(aims)
def test_whatever_is_asked_speed_acceleration_and_limits_hold(wanted: list[tuple[object, float]]) -> None:
    """Aims and stops in any order at any time; what the STEP and DIR pins did is held against the settings."""
    with running(CoreBench()) as bench:
        host = Host(bench)
        host.ready(0, accel=ACCEL, goto_rate=RATE, min_interval_ticks=TICK_HZ // RATE)
        host.ok(SetLimits(LOW, HIGH))
        for aim, wait_s in wanted:
            if isinstance(aim, bytes):
                host.write(aim)
            else:
                host.ack(aim)  # type: ignore[arg-type]
            host.pass_time(wait_s, alive=True)
        host.write(STOP_BYTES)
        host.pass_time(1.0, alive=True)
        status, steps = host.status(), bench.steps()
    assert status.state is State.IDLE
    position, speed, before = 0, 0.0, None
    for step in steps:
        position += step.direction
        assert LOW <= position <= HIGH
        if before is not None:
            interval_s = (step.tick - before.tick) / TICK_HZ
            assert interval_s >= 1 / RATE - 1e-9
            now = step.direction / interval_s
            standing = interval_s > 1.5 / ACCEL**0.5  # slow enough to stand between the two
            assert standing or abs(now - speed) <= 1.25 * ACCEL * interval_s + 3 * ACCEL**0.5
            speed = now
        before = step
    assert position == status.position


def test_a_target_a_hundred_times_a_second_is_followed() -> None:
    with running(CoreBench()) as bench:
        host = Host(bench)
        host.ready(0, accel=100_000, goto_rate=10_000)
        for number in range(1, 101):
            host.ok(Goto(10 * number, 0))
            host.pass_time(0.008)
            assert abs(host.status().position - 10 * number) < 60
        ended = host.until(lambda status: status.state is State.IDLE)
        steps = bench.steps()
    assert ended.position == 1000
    assert all(step.direction == 1 for step in steps)


# Stops ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stop", [STOP_BYTES, HARD_STOP_BYTES], ids=["stop", "hard"])
def test_a_stop_behind_full_buffers_acts_within_2_ms(stop: bytes) -> None:
    with running(CoreBench()) as bench:
        host = Host(bench)
        host.ready(0, accel=6_000)
        host.ok(SetTelemetry(5))
        host.ok(Jog(6_000))
        host.pass_time(1.2, alive=True)
        flood = b"".join(host.frame(GetStatus()) for _ in range(60))
        last_byte = bench.tick() + 640 * (len(flood) + len(stop))
        host.write(flood + stop)
        host.pass_time(0.2)
        stopped = [event for event in host.events if isinstance(event, Stopped)]
        steps = bench.steps()
    assert stopped
    assert last_byte <= stopped[0].clock <= last_byte + TICK_HZ // 500
    soon = last_byte + TICK_HZ // 500
    if stop == HARD_STOP_BYTES:
        assert steps[-1].tick <= soon
    else:
        rates = [TICK_HZ / (b.tick - a.tick) for a, b in itertools.pairwise(steps) if a.tick > soon]
        assert all(later <= sooner * 1.001 for sooner, later in itertools.pairwise(rates))


# Homing on a ring with stops ------------------------------------------------------------------------------------------


def test_homing_finds_both_stops_of_a_ring_that_has_them() -> None:
    with running(CoreBench()) as bench:
        bench.core.set_stops(-400, 900)
        host = Host(bench)
        host.hello()
        host.ok(replace(CONFIG, stop_input=StopInput.HOME_SWITCH, accel=400_000))
        host.ok(Home(5_000))
        homed = host.event(Homed, 10.0, alive=True)
        status = host.status()
    assert homed.span == 1300 - 2 * CONFIG.home_backoff
    assert (status.state, status.position) == (State.IDLE, homed.span)


# Fuzzing --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20, 20 + PARTS))
def test_a_million_frames_under_the_sanitizers_have_no_finding(seed: int) -> None:
    """Random, mutated, truncated, hostile: no finding, no step outside the limits or above the speed limit."""
    need_core("asan", FUZZ)
    done = subprocess.run([str(FUZZ), str(FRAMES // PARTS), str(seed)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    assert "no finding" in done.stdout
    frames, takes = int(done.stdout.split()[0]), int(done.stdout.split(" takes")[0].split()[-1])
    assert frames == FRAMES // PARTS
    assert takes > FRAMES // PARTS // 500  # it gets somewhere


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=60), max_size=12))
def test_any_bytes_leave_a_unit_that_answers(noise: list[bytes]) -> None:
    with running(CoreBench()) as bench:
        host = Host(bench)
        for data in noise:
            host.write(data)
            host.pass_time(0.01)
        host.write(b"\0")
        host.pass_time(0.05)
        host.replies.clear()
        host.hello()
        host.ok(Ping())
        if host.status().state is State.FAULT:
            host.ok(ClearFault())
        host.ok(SetPosition(5))
        assert host.status().position == 5
        assert bench.steps() == []


def test_a_take_can_be_stopped_at_every_one_of_its_steps() -> None:
    """Stopped wherever: the steps told are the steps made, and the position is theirs."""
    profile = pull(steps=60, interval_ticks=4_000)
    for cut in range(0, 60, 7):
        with running(CoreBench()) as bench:
            host = Host(bench)
            host.ready(0, accel=3_000)
            host.arm(profile)
            ended = stop_at_step(host, bench, cut)
            made = bench.steps()
        assert ended.steps == len(made)
        assert ended.position == sum(step.direction for step in made)
        assert ended.cause in (Cause.STOP, Cause.DONE)


def stop_at_step(host: Host, bench: CoreBench, number: int):  # type: ignore[no-untyped-def]
    """Starts the armed take and sends STOP once `number` steps are made: its TakeEnded."""

    host.ok(Go(1, 0))
    while len(bench.steps()) < number:
        host.pass_time(0.0002)
    host.write(STOP_BYTES)
    return host.event(TakeEnded, 5.0, alive=True)


def test_the_longest_steady_run_counts_every_step() -> None:
    """More than 65,536 steps in one direction and back: the 16 bits that count in the interrupt's model never wrap."""
    there = tuple(even(32_000, 320) for _ in range(4))
    back = (Segment(20_000 * 256, -1, 0), *(even(-32_000, 320) for _ in range(4)))
    with running(CoreBench()) as bench:
        host = Host(bench)
        host.ready(0, min_interval_ticks=160, silence_ms=60_000)
        profile = Profile(0, there + back)
        ended = host.play(profile)
    assert (ended.steps, ended.position) == (256_001, -1)


def test_left_alone_it_does_not_stay_armed_for_the_cue() -> None:
    """By the factory's settings: a host that has crashed must not leave a ring that any edge on a pin sets going."""
    with running(CoreBench()) as bench:
        host = Host(bench)
        host.ready()
        host.arm(pull(), cue=1)
        for _ in range(119):
            bench.core.run(TICK_HZ)
        assert bench.core.state is State.ARMED
        bench.core.run(2 * TICK_HZ)
        assert bench.core.state is State.LOADED
        bench.set_input("cue", 0)
        bench.core.run(TICK_HZ)
        assert bench.steps() == []
