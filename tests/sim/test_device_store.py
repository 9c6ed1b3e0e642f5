# SPDX-License-Identifier: MIT
"""The simulated unit's memory when the power goes: all that it must keep, and nothing else."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import replace
from enum import Enum
from pathlib import Path

import pytest

from followfocus.errors import FileError
from followfocus.sim.build import Build
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.sim.store import FACTORY_CONFIG, FACTORY_SAFETY, Kept, Store
from followfocus.wire.messages import (
    ConfirmPosition,
    FactoryReset,
    Flag,
    GetLastKnown,
    Goto,
    HelloReply,
    Jog,
    LastKnown,
    Park,
    ResetCause,
    Result,
    SaveConfig,
    SetSerial,
    State,
    StopInput,
)
from tests.sim.driver import Driver, rigid_unit, steady


def off_and_on(driver: Driver, store: Store) -> Driver:
    """The same unit after a power cut."""
    driver.unit.advance(driver.now_s)
    again = Driver(SimulatedUnit(mechanics=RigidRing(0.04), store=store))
    again.hello()
    return again


def test_settings_are_kept_only_when_saved():
    store = Store()
    driver = Driver(rigid_unit(store=store)).ready()
    driver.settings(goto_rate=1234, name=b"A camera".ljust(16, b"\0"))
    assert off_and_on(driver, store).unit.config == FACTORY_CONFIG
    driver.does(SaveConfig())
    assert off_and_on(driver, store).unit.config.goto_rate == 1234
    driver.does(FactoryReset())
    assert driver.unit.config == FACTORY_CONFIG
    assert off_and_on(driver, store).unit.config == FACTORY_CONFIG


def test_the_serial_number_survives_a_factory_reset():
    store = Store()
    driver = Driver(rigid_unit(store=store)).ready()
    driver.does(SetSerial(b"FF-00042"), FactoryReset())
    assert off_and_on(driver, store).events(HelloReply)[0].serial == b"FF-00042"


def test_a_parked_position_is_confirmed_after_power_off():
    store = Store()
    driver = Driver(rigid_unit(store=store)).ready(limits=(-10, 4000))
    driver.does(Goto(777, 0))
    driver.wait_for(State.IDLE)
    driver.does(Park())
    status = driver.status()
    assert status.state is State.UNREFERENCED
    assert status.flags & (Flag.LAST_KNOWN | Flag.ENERGISED | Flag.REFERENCED) == Flag.LAST_KNOWN
    again = off_and_on(driver, store)
    assert again.status().position == 0
    assert again.ask(GetLastKnown()) == LastKnown(1, 777, -10, 4000)
    again.does(ConfirmPosition())
    status = again.status()
    assert (status.state, status.position) == (State.IDLE, 777)
    assert status.flags & Flag.REFERENCED
    assert again.result(Goto(-11, 0)) is Result.OUTSIDE_LIMITS


@pytest.mark.parametrize("confirmed", [False, True])
def test_the_first_motion_withdraws_what_was_known(confirmed):
    store = Store()
    driver = Driver(rigid_unit(store=store)).ready()
    driver.does(Park())
    again = off_and_on(driver, store)
    if confirmed:
        again.does(ConfirmPosition())
    again.does(Jog(100))
    again.wait(0.01)
    third = off_and_on(again, store)
    assert third.ask(GetLastKnown()) == LastKnown(0, 0, 0, 0)
    assert third.result(ConfirmPosition()) is Result.NOTHING_KNOWN


def test_a_take_withdraws_it_too():
    store = Store()
    driver = Driver(rigid_unit(store=store)).ready()
    driver.does(Park(), ConfirmPosition())
    driver.play([steady(4000, 10)])
    assert store.kept.last_known is None


def test_each_boot_has_an_id_of_its_own():
    store = Store()
    ids = {Driver(rigid_unit(store=store)).unit.boot_id for _ in range(200)}
    ids |= {Driver(rigid_unit(build=Build(boot_seed=seed))).unit.boot_id for seed in range(200)}
    assert len(ids) >= 399  # the first of a fresh store with seed 0 is in both


def test_a_worn_memory_says_so():
    store = Store()
    store.writable = False
    driver = Driver(rigid_unit(store=store)).ready()
    driver.settings(goto_rate=99)
    for command in (SaveConfig(), SetSerial(b"FF-00042"), Park(), FactoryReset()):
        assert driver.result(command) is Result.STORE_FAILED
    assert driver.unit.state is State.IDLE
    assert driver.unit.config.goto_rate == 99


def test_resets_of_a_unit_that_cannot_write_are_noticed_all_the_same():
    store = Store()
    store.writable = False
    driver = Driver(rigid_unit(store=store))
    first = driver.unit.boot_id
    driver.unit.reset(0.1, ResetCause.WATCHDOG)
    assert driver.unit.boot_id != first


def test_a_state_file_outlives_the_process(tmp_path):
    path = tmp_path / "unit.json"
    driver = Driver(rigid_unit(store=Store(path))).ready()
    driver.settings(stop_input=StopInput.STOP_BUTTON, accel=5)
    driver.does(SaveConfig(), SetSerial(b"FF-00042"), Park())
    kept = Store(path).kept
    assert kept == Kept(
        replace(FACTORY_CONFIG, stop_input=StopInput.STOP_BUTTON, accel=5),
        b"FF-00042",
        LastKnown(1, 0, -100_000, 100_000),
        1,
    )
    assert [file.name for file in tmp_path.iterdir()] == ["unit.json"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace('"version": 1', '"version": 2'),
        lambda text: text.replace('"accel"', '"acel"'),
        lambda text: text.replace('"stop_input": 0', '"stop_input": 7'),
        lambda text: text.replace('"serial": "', '"serial": "xx'),
        lambda text: json.dumps({**json.loads(text), "boots": None}),
    ],
)
def test_a_file_that_is_no_state_is_refused_by_name(tmp_path, spoil):
    path = tmp_path / "unit.json"
    Driver(rigid_unit(store=Store(path)))
    path.write_text(spoil(path.read_text()))
    with pytest.raises(FileError, match="state file"):
        Store(path)


def test_a_state_file_that_cannot_be_written_is_a_store_that_fails(tmp_path):
    path = tmp_path / "missing" / "unit.json"
    driver = Driver(rigid_unit(store=Store(path))).ready()
    assert driver.result(SaveConfig()) is Result.STORE_FAILED


def test_a_unit_that_was_never_set_up_is_set_as_the_firmware_is():
    source = (Path(__file__).parents[2] / "firmware" / "src" / "unit.c").read_text(encoding="utf-8")
    block = source[source.index("ff_settings factory = {") : source.index("};")]
    said = dict(re.findall(r"\.(?:config|safety)\.(\w+) = ([^,]+),", block))
    built_in = {**dataclasses.asdict(FACTORY_CONFIG), **dataclasses.asdict(FACTORY_SAFETY)}
    assert said.keys() == built_in.keys()
    for name, value in built_in.items():
        if isinstance(value, bytes):
            assert said[name] == f'"{value.rstrip(bytes(1)).decode()}"'
        elif isinstance(value, Enum):
            assert said[name].endswith(f"_{value.name}"), name
        else:
            assert int(said[name]) == value, name
