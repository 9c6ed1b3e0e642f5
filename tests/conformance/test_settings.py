# SPDX-License-Identifier: MIT
"""Settings, serial number, position, and what outlives a reset."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from followfocus.wire.messages import (
    Config,
    ConfirmPosition,
    FactoryReset,
    Flag,
    GetConfig,
    GetLastKnown,
    Goto,
    HelloReply,
    Hold,
    Jog,
    LastKnown,
    Park,
    ResetCause,
    Result,
    SaveConfig,
    SetLimits,
    SetPosition,
    SetSerial,
    State,
)
from tests.conformance.units import Bench
from tests.conformance.wire import CONFIG, Host, pull


def restarted(host: Host, bench: Bench, cause: ResetCause = ResetCause.POWER_ON) -> HelloReply:
    host.events.clear()
    bench.reset(cause)
    host.event(HelloReply)
    return host.hello()


def test_settings_are_kept_as_they_were_sent(host: Host) -> None:
    host.hello()
    host.ok(CONFIG)
    assert host.ask(GetConfig()) == CONFIG


def test_settings_that_were_not_saved_are_gone_after_a_reset(host: Host, bench: Bench) -> None:
    host.hello()
    before = host.ask(GetConfig())
    host.ok(CONFIG)
    restarted(host, bench)
    assert host.ask(GetConfig()) == before


def test_saved_settings_and_serial_outlive_power_off_and_factory_reset_keeps_the_serial(
    host: Host, bench: Bench
) -> None:
    host.hello()
    factory = host.ask(GetConfig())
    host.ok(CONFIG)
    host.ok(SaveConfig())
    host.ok(SetSerial(b"FF-00042"))
    assert restarted(host, bench).serial == b"FF-00042"
    assert host.ask(GetConfig()) == CONFIG
    host.ok(FactoryReset())
    assert host.ask(GetConfig()) == factory
    assert restarted(host, bench, ResetCause.RESET_PIN).serial == b"FF-00042"
    assert host.ask(GetConfig()) == factory


WRONG = {
    "direction": 0,
    "full_steps_per_turn": 0,
    "microsteps": 0,
    "motor_teeth": 0,
    "lens_teeth": 0,
    "accel": 0,
    "goto_rate": 0,
    "home_rate": 0,
    "silence_ms": 0,
    "stop_input": 4,
    "cue_edge": 2,
    "take_silence": 3,
}


@pytest.mark.parametrize("field", WRONG)
def test_settings_that_make_no_sense_are_refused_whole(host: Host, field: str) -> None:
    host.hello()
    host.ok(CONFIG)
    host.refused(replace(CONFIG, accel=77, **{field: WRONG[field]}) if field != "accel" else replace(CONFIG, accel=0),
                 Result.BAD_VALUE)  # fmt: skip
    assert host.ask(GetConfig()) == CONFIG


def test_a_serial_number_is_text(host: Host) -> None:
    host.hello()
    host.refused(SetSerial(b"FF\x00\x01\x02\x03\x04\x05"), Result.BAD_VALUE)


def test_limits_have_two_ends_in_order(host: Host) -> None:
    host.ready()
    host.refused(SetLimits(10, 9), Result.BAD_VALUE)
    host.ok(SetLimits(0, 0))
    host.refused(Goto(1, 0), Result.OUTSIDE_LIMITS)


def test_the_reference_set_by_hand(host: Host) -> None:
    host.hello()
    assert host.state is State.UNREFERENCED
    host.ok(SetPosition(-4321))
    status = host.status()
    assert (status.state, status.position) == (State.IDLE, -4321)
    assert status.flags & Flag.REFERENCED
    assert status.flags & Flag.ENERGISED


def test_a_released_motor_has_no_known_position(host: Host) -> None:
    host.ready(100)
    host.ok(Hold(0))
    status = host.status()
    assert status.state is State.UNREFERENCED
    assert not status.flags & (Flag.REFERENCED | Flag.ENERGISED)
    host.refused(Goto(0, 0), Result.NOT_REFERENCED)
    host.ok(Hold(1))
    status = host.status()
    assert status.flags & Flag.ENERGISED
    assert not status.flags & Flag.REFERENCED
    host.refused(Hold(2), Result.BAD_VALUE)


def test_a_parked_position_is_last_known_until_confirmed(host: Host, bench: Bench) -> None:
    host.ready(2500)
    assert host.ask(GetLastKnown()) == LastKnown(0, 0, 0, 0)
    host.refused(ConfirmPosition(), Result.NOTHING_KNOWN)
    host.ok(SetLimits(-10, 6000))
    host.ok(Park())
    assert host.state is State.UNREFERENCED
    restarted(host, bench)
    status = host.status()
    assert status.state is State.UNREFERENCED
    assert status.flags & Flag.LAST_KNOWN
    assert not status.flags & Flag.REFERENCED
    assert host.ask(GetLastKnown()) == LastKnown(1, 2500, -10, 6000)
    host.ok(ConfirmPosition())
    assert (host.state, host.status().position) == (State.IDLE, 2500)
    host.refused(Goto(6001, 0), Result.OUTSIDE_LIMITS)


@pytest.mark.parametrize(
    "other",
    [
        {"motor_teeth": 40},
        {"lens_teeth": 100},
        {"microsteps": 8},
        {"full_steps_per_turn": 400},
        {"direction": -CONFIG.direction},
    ],
    ids=lambda other: next(iter(other)),
)
def test_other_gears_withdraw_what_was_counted_in_the_old_ones(host: Host, bench: Bench, other: dict[str, int]) -> None:
    host.ready(2500)
    host.ok(SaveConfig())
    host.ok(Park())
    restarted(host, bench)
    host.ok(replace(CONFIG, accel=CONFIG.accel + 1))
    assert host.ask(GetLastKnown()).valid
    host.ok(replace(CONFIG, **other))
    assert host.ask(GetLastKnown()) == LastKnown(0, 0, 0, 0)
    host.refused(ConfirmPosition(), Result.NOTHING_KNOWN)
    restarted(host, bench)
    assert host.ask(GetLastKnown()) == LastKnown(0, 0, 0, 0)


@pytest.mark.parametrize("gears", [{}, {"motor_teeth": 40}], ids=["the same gears", "other gears"])
def test_the_factory_s_settings_withdraw_it_too_and_are_kept(host: Host, bench: Bench, gears: dict[str, int]) -> None:
    """A place of 100° by 40 teeth was offered as one of 125° by the factory's 50."""
    host.hello()
    factory = host.ask(GetConfig())
    host.ready(2500)
    host.ok(replace(CONFIG, **gears))
    host.ok(SetPosition(2500))
    host.ok(SaveConfig())
    host.ok(Park())
    host.ok(FactoryReset())
    for _ in range(2):
        assert host.ask(GetConfig()) == factory
        assert host.ask(GetLastKnown()) == LastKnown(0, 0, 0, 0)
        host.refused(ConfirmPosition(), Result.NOTHING_KNOWN)
        restarted(host, bench)


def test_the_first_motion_withdraws_the_last_known_position_for_good(host: Host, bench: Bench) -> None:
    host.ready(700)
    host.ok(Park())
    restarted(host, bench)
    host.ok(CONFIG)
    host.ok(ConfirmPosition())
    host.ok(Goto(720, 0))
    host.rests()
    assert not host.status().flags & Flag.LAST_KNOWN
    assert host.ask(GetLastKnown()) == LastKnown(0, 0, 0, 0)
    restarted(host, bench)
    assert host.ask(GetLastKnown()) == LastKnown(0, 0, 0, 0)


def test_limits_are_cleared_by_a_reset(host: Host, bench: Bench) -> None:
    host.ready()
    host.ok(SetLimits(0, 10))
    restarted(host, bench)
    host.ok(CONFIG)
    host.ok(SetPosition(0))
    host.ok(Goto(40, 0))
    assert host.rests().position == 40


def test_settings_and_limits_forget_a_loaded_profile(host: Host) -> None:
    for message in (CONFIG, SetLimits(-1000, 1000), SetPosition(0)):
        host.ready()
        host.upload(pull())
        assert host.state is State.LOADED
        host.ok(message)
        assert host.state is State.IDLE


def test_without_a_reference_a_jog_is_held_to_the_homing_rate(host: Host, bench: Bench) -> None:
    host.hello()
    host.ok(replace(CONFIG, home_rate=1000))
    host.ok(Hold(1))
    host.ok(Jog(8000))
    host.pass_time(0.2, alive=True)
    host.ok(Jog(0))
    host.rests()
    ticks = [step.tick for step in bench.steps()]
    assert len(ticks) > 100
    assert min(b - a for a, b in pairwise(ticks)) >= 0.97 * 16_000
    assert isinstance(host.ask(GetConfig()), Config)
