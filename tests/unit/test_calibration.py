# SPDX-License-Identifier: MIT
"""Calibration: what the steps between the stops say, the lash that is found, and what is kept."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from followfocus.errors import FileError, RequestError, UnitError
from followfocus.motion.motor import Rig
from followfocus.unit.calibration import (
    LASH_STEP_DEG,
    Attempt,
    Calibration,
    CalibrationStore,
    at_close_focus,
    at_infinity,
    gear_of,
    measured_lash_deg,
    plausible,
    steps_from_infinity,
)
from followfocus.unit.connect import open_unit
from followfocus.unit.moves import KnownPosition
from tests.support.shows import LENS

SET = Rig()
FOUND = Calibration("ideal-50", "1234", "SIM00001", 300.0, 6933, 50, 1, 0.12, 1_763_000_000.0)


@pytest.mark.parametrize("teeth", [40, 50, 64])
@pytest.mark.parametrize("direction", [1, -1])
def test_the_span_says_the_gear_and_the_direction(teeth: int, direction: int) -> None:
    true = Rig(motor_teeth=teeth)
    found = gear_of(SET, LENS, round(direction * LENS.travel_deg * true.steps_per_deg))
    assert found.teeth == teeth
    assert found.direction == direction
    assert found.fits == (teeth == SET.motor_teeth and direction == 1)
    as_set = found.fits or teeth == SET.motor_teeth
    assert found.words.startswith(
        f"{teeth} teeth on the motor, as set."
        if as_set
        else f"The span fits a gear of {teeth} teeth on the motor, not {SET.motor_teeth}."
    )
    assert ("The motor turns the other way round." in found.words) == (direction == -1)


def test_a_span_that_fits_no_gear_is_said() -> None:
    found = gear_of(SET, LENS, round(LENS.travel_deg * SET.steps_per_deg * 1.013))
    assert not found.fits
    assert "no whole number" in found.words
    with pytest.raises(RequestError, match="hardly turned"):
        gear_of(SET, LENS, 40)


@pytest.mark.parametrize("teeth", [50, 40])
def test_the_span_is_counted_on_a_unit_that_is_set_up_wrongly(teeth: int) -> None:
    true = Rig(motor_teeth=teeth)
    with open_unit(fast=True, rig=true) as unit:
        unit.configure(SET)
        at_infinity(unit)
        unit.set_limits(-1000.0, 1000.0)
        unit.goto_deg(LENS.travel_deg * true.steps_per_deg / SET.steps_per_deg)
        found = gear_of(SET, LENS, steps_from_infinity(unit))
        assert found.teeth == teeth
        at_close_focus(unit, dataclasses.replace(SET, motor_teeth=found.teeth), LENS)
        assert unit.status.ring_deg == pytest.approx(LENS.travel_deg, abs=0.05)


@pytest.mark.parametrize("steps_done", [0, 1, 2])
def test_a_calibration_that_is_called_off_leaves_everything_as_it_was(steps_done: int) -> None:
    with open_unit(fast=True, rig=SET) as unit:
        unit.configure(SET)
        unit.set_reference(62.0)
        unit.set_limits(0.0, LENS.travel_deg)
        config, attempt = unit.config, Attempt(unit, LENS)
        unit.goto_deg(-15.0)
        if steps_done > 0:
            attempt.far_stop(unit)
            unit.goto_deg(100.0)
        if steps_done > 1:
            attempt.close_stop(unit, dataclasses.replace(SET, motor_teeth=40), LENS)
        attempt.restore(unit)
        assert unit.config == config
        assert unit.status.ring_deg == pytest.approx(85.0 if steps_done else -15.0, abs=0.05)
        if steps_done:
            unit.goto_deg(62.0)
            assert unit.status.ring_deg == pytest.approx(62.0, abs=0.05)
            with pytest.raises(UnitError):
                unit.goto_deg(-1.0)


def test_a_place_that_was_not_known_is_not_known_after_calling_off() -> None:
    with open_unit(fast=True, rig=SET) as unit:
        unit.configure(SET)
        unit.release()
        attempt = Attempt(unit, LENS)
        attempt.far_stop(unit)
        attempt.restore(unit)
        assert unit.status.ring_deg is None


@pytest.mark.parametrize("lash_deg", [0.05, 0.3, 0.8])
def test_the_lash_is_found_within_two_steps_of_looking(lash_deg: float) -> None:
    rig = Rig(lash_deg=lash_deg)
    with open_unit(fast=True, rig=rig) as unit:
        unit.configure(rig)
        unit.set_reference(0.0)
        unit.set_limits(0.0, LENS.travel_deg)
        found = measured_lash_deg(unit, LENS)
    assert found == pytest.approx(lash_deg, abs=0.1 + 2 * LASH_STEP_DEG)


def test_what_is_kept_comes_back_by_serial(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path / "kept")
    lens = dataclasses.replace(LENS, serial="1234")
    assert store.load(lens) is None
    path = store.save(lens, FOUND)
    assert store.load(lens) == FOUND
    assert store.load(dataclasses.replace(LENS, serial="../../99")) is None
    assert json.loads(path.read_text("utf-8"))["version"] == 1


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("S4/i 50", ""), ("S4-i 50", "")),
        (("Prime 50", "A/1"), ("Prime 50", "A-1")),
        (("CP.3", "5-1"), ("CP.3-5", "1")),
        (("Lens (A)", ""), ("Lens [A]", "")),
        (("Prime 50", "1"), ("Prime 50-1", "")),
    ],
)
def test_lenses_of_like_names_have_calibrations_of_their_own(
    tmp_path: Path, one: tuple[str, str], two: tuple[str, str]
) -> None:
    store = CalibrationStore(tmp_path)
    a, b = (dataclasses.replace(LENS, name=name, serial=serial) for name, serial in (one, two))
    for lens, teeth in ((a, 40), (b, 64)):
        store.save(lens, dataclasses.replace(FOUND, lens=lens.name, lens_serial=lens.serial, motor_teeth=teeth))
    kept = [store.load(lens) for lens in (a, b)]
    assert [found.motor_teeth for found in kept if found is not None] == [40, 64]


def test_what_was_kept_before_is_found_by_its_own_lens_only(tmp_path: Path) -> None:
    store = CalibrationStore(tmp_path)
    lens, other = (dataclasses.replace(LENS, name=name) for name in ("S4/i 50", "S4-i 50"))
    path = store.save(lens, dataclasses.replace(FOUND, lens=lens.name, lens_serial=lens.serial))
    path.rename(tmp_path / "S4-i-50.json")
    assert store.load(lens) is not None
    assert store.load(other) is None


def test_a_calibration_that_is_not_in_force_is_not_announced_as_if_it_were() -> None:
    kept = dataclasses.replace(
        FOUND, motor_teeth=40, direction=-1, lash_deg=0.3, span_steps=round(300 * Rig(motor_teeth=40).steps_per_deg)
    )
    said = plausible(kept, LENS, SET, None, "SIM00001", kept.at_utc_s).words
    assert "not in force: it has 40 teeth, direction -1, lash 0.30°; the unit is set to 50 teeth" in said
    assert "in force" not in plausible(kept, LENS, kept.rig(SET), None, "SIM00001", kept.at_utc_s).words


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": "followfocus-calibration", "version": 9}'])
def test_a_file_that_is_none_is_said(tmp_path: Path, text: str) -> None:
    store = CalibrationStore(tmp_path)
    store.path(LENS).write_text(text, "utf-8")
    with pytest.raises(FileError, match="Calibrate again"):
        store.load(LENS)
    for odd in ({"direction": 3}, {"travel_deg": 10**400}):
        wrong = dataclasses.asdict(FOUND) | {"format": "followfocus-calibration", "version": 1} | odd
        store.path(LENS).write_text(json.dumps(wrong), "utf-8")
        with pytest.raises(FileError, match="not a calibration"):
            store.load(LENS)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (0.999, "today"),
        (1, "1 day ago"),
        (1.499, "1 day ago"),
        (1.5, "2 days ago"),
        (2.4, "2 days ago"),
        (11.6, "12 days ago"),
        (-0.04, "today"),
        (-0.05, "at a time that this computer's clock has not come to"),
        (-9000, "at a time that this computer's clock has not come to"),
    ],
)
def test_how_old_a_calibration_is(days: float, words: str) -> None:
    assert dataclasses.replace(FOUND, at_utc_s=0.0).days_words(days * 86_400.0) == words


def test_a_kept_calibration_is_checked_without_moving() -> None:
    kept = dataclasses.replace(FOUND, span_steps=round(300.0 * SET.steps_per_deg))
    day_s = 86_400.0
    good = plausible(kept, LENS, SET, None, "SIM00001", kept.at_utc_s + 2 * day_s)
    assert good.usable
    assert "Calibrated 2 days ago: span" in good.words
    assert "another unit" in plausible(kept, LENS, SET, None, "OTHER", kept.at_utc_s).words
    assert "That is long" in plausible(kept, LENS, SET, None, "SIM00001", kept.at_utc_s + 40 * day_s).words
    assert not plausible(dataclasses.replace(kept, travel_deg=200.0), LENS, SET, None, "", 0.0).usable
    assert not plausible(dataclasses.replace(kept, span_steps=5000), LENS, SET, None, "", 0.0).usable
    other = KnownPosition(100.0, 0.0, 200.0)
    assert "another lens" in plausible(kept, LENS, SET, other, "SIM00001", kept.at_utc_s).words


@pytest.mark.parametrize(
    ("share", "usable"), [(0.979, False), (0.981, True), (1.0, True), (1.019, True), (1.021, False)]
)
@pytest.mark.parametrize("low_deg", [0.0, 5.0])
def test_parked_limits_are_those_of_this_lens(share: float, usable: bool, low_deg: float) -> None:
    kept = dataclasses.replace(FOUND, span_steps=round(300.0 * SET.steps_per_deg))
    parked = KnownPosition(100.0, low_deg, low_deg + share * LENS.travel_deg)
    found = plausible(kept, LENS, SET, parked, "SIM00001", kept.at_utc_s)
    assert (found.usable, "another lens" in found.words) == (usable, not usable)


@pytest.mark.parametrize(("changes", "kept"), [
    ({}, True), ({"motor_teeth": 1}, True), ({"motor_teeth": 0}, False), ({"direction": -1}, True),
    ({"direction": 0}, False), ({"span_steps": 0.5}, False), ({"motor_teeth": 50.5}, False), ({"note": 3}, False),
    ({"lash_deg": float("nan")}, False), ({"at_utc_s": float("inf")}, False),
])  # fmt: skip
def test_only_what_can_be_is_read_back(tmp_path: Path, changes: dict[str, object], kept: bool) -> None:
    store, lens = CalibrationStore(tmp_path), dataclasses.replace(LENS, serial="1234")
    found = dataclasses.replace(FOUND, **changes)  # type: ignore[arg-type]
    store.save(lens, found)
    if kept:
        assert store.load(lens) == found
    else:
        with pytest.raises(FileError):
            store.load(lens)


def test_a_file_as_long_as_no_calibration_is_is_not_read(tmp_path: Path) -> None:
    store, lens = CalibrationStore(tmp_path), dataclasses.replace(LENS, serial="1234")
    path = store.save(lens, FOUND)
    room = 100_000 - len(path.read_bytes())
    store.save(lens, dataclasses.replace(FOUND, note="x" * room))
    assert store.load(lens) is not None
    store.save(lens, dataclasses.replace(FOUND, note="x" * (room + 1)))
    with pytest.raises(FileError):
        store.load(lens)


def test_lash_is_looked_for_only_so_far() -> None:
    rig = Rig(lash_deg=5.0)
    with open_unit(fast=True, rig=rig) as unit:
        unit.configure(rig)
        unit.set_reference(0.0)
        unit.set_limits(0.0, LENS.travel_deg)
        before = unit.refresh().ring_deg
        found = measured_lash_deg(unit, LENS)
        assert found == pytest.approx(3.0, abs=1.1 * LASH_STEP_DEG)
        unit.witness = None
        assert measured_lash_deg(unit, LENS) is None
    assert before == 0.0


def test_while_a_calibration_lasts_every_stop_is_within_the_limits() -> None:
    with open_unit(fast=True, rig=SET) as unit:
        unit.configure(SET)
        Attempt(unit, LENS)
        unknown = unit.line.held.limits_steps
        unit.set_reference(0.0)
        unit.set_limits(0.0, LENS.travel_deg)
        attempt = Attempt(unit, LENS)
        wide = (round(-2 * LENS.travel_deg * SET.steps_per_deg), round(3 * LENS.travel_deg * SET.steps_per_deg))
        assert unknown != wide  # of a place that nobody knows
        assert unit.line.held.limits_steps == wide
        attempt.far_stop(unit)
        assert unit.line.held.limits_steps == wide
