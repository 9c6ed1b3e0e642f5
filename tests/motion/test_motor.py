# SPDX-License-Identifier: MIT
from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.motion.motor import DEFAULT_RIG, MOTORS, Rig, motor_named, pullout_torque_nm

RPM = np.array([120.0, 240.0, 480.0, 800.0])

# Pull-out torque in mN·m at 120, 240, 480 and 800 rpm with 12 V and 24 V, worked out independently of this program.
PULLOUT = {
    "sy28sth45-0674a": ((84, 84, 67, 43), (84, 84, 84, 84)),
    "36sth20-1004ahg": ((90, 90, 90, 90), (90, 90, 90, 90)),
    "14hs17-0504s": ((135, 78, 40, 24), (207, 186, 99, 60)),
    "ms14hs5p4200": ((216, 216, 216, 157), (216, 216, 216, 216)),
    "42sth25-1004acg": ((180, 138, 76, 46), (180, 180, 167, 103)),
    "42sth40-1004a": ((308, 172, 89, 53), (441, 407, 214, 130)),
    "17hs19-2004s1": ((319, 319, 257, 163), (319, 319, 319, 306)),
}


@pytest.mark.parametrize("name", PULLOUT)
@pytest.mark.parametrize("column", [0, 1])
def test_pullout_torque_matches_the_independent_table(name: str, column: int) -> None:
    motor = MOTORS[name]
    current = 0.9 * min(motor.current_a, 1.2)
    found = 1e3 * pullout_torque_nm(motor, (12.0, 24.0)[column], current, RPM * math.pi / 30)
    assert found == pytest.approx(PULLOUT[name][column], rel=0.025, abs=0.6)


@pytest.mark.parametrize("motor", MOTORS.values(), ids=str)
@pytest.mark.parametrize("volts", [12.0, 24.0])
def test_pullout_is_the_best_of_all_load_angles(motor, volts: float) -> None:
    """Against a search over the current circle and its inside, which knows nothing of the closed form."""
    limit = math.sqrt(2) * Rig(motor=motor).run_current_a
    size, angle = np.meshgrid(np.linspace(0.0, limit, 401), np.linspace(0.0, math.pi, 721))
    direct, quadrature = size * np.cos(angle), size * np.sin(angle)
    for speed in (0.0, 20.0, 60.0, 150.0):
        x, emf = motor.pole_pairs * speed * motor.inductance_h, motor.torque_constant * speed
        vd = motor.resistance_ohm * direct - x * quadrature
        vq = motor.resistance_ohm * quadrature + x * direct + emf
        best = motor.torque_constant * np.max(np.where(np.hypot(vd, vq) <= volts, quadrature, 0.0))
        found = float(pullout_torque_nm(motor, volts, limit / math.sqrt(2), speed))
        assert found == pytest.approx(best, rel=0.02)
        assert found >= best - 1e-12


@given(speed=st.floats(0, 500), more=st.floats(0, 100), volts=st.floats(6, 48), name=st.sampled_from(list(MOTORS)))
def test_pullout_falls_with_speed_and_grows_with_voltage(speed: float, more: float, volts: float, name: str) -> None:
    motor = MOTORS[name]
    here, faster = pullout_torque_nm(motor, volts, 0.4, np.array([speed, speed + more]))
    assert faster <= here + 1e-12
    assert pullout_torque_nm(motor, volts * 1.1, 0.4, speed) >= here - 1e-12
    assert pullout_torque_nm(motor, volts, 0.4, -speed) == here


def test_a_winding_that_the_supply_cannot_fill_gives_what_ohms_law_leaves() -> None:
    motor = dataclasses.replace(MOTORS["14hs17-0504s"], resistance_ohm=100.0)
    standing = float(pullout_torque_nm(motor, 12.0, 0.45, 0.0))
    assert standing == pytest.approx(motor.torque_constant * 0.12)

    assert Rig(motor=motor, volts=12.0).running_torque_nm == pytest.approx(standing)


def test_the_rigs_table_follows_the_curve() -> None:
    speeds = np.array([0.0, 3.3, 47.11, 251.7, 700.0])
    exact = pullout_torque_nm(DEFAULT_RIG.motor, 24.0, 1.08, speeds[:4])
    assert DEFAULT_RIG.pullout_nm(speeds)[:4] == pytest.approx(exact, rel=1e-3)
    assert DEFAULT_RIG.pullout_nm(speeds)[4] == 0.0


def test_every_motor_names_its_source_and_its_estimates() -> None:
    fields = {field.name for field in dataclasses.fields(next(iter(MOTORS.values())))}
    frames = {motor.frame for motor in MOTORS.values()}
    assert frames == {"NEMA 11", "NEMA 14", "NEMA 17"}
    for motor in MOTORS.values():
        assert motor.source
        assert set(motor.estimates) <= fields


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("17hs19-2004s1", "17hs19-2004s1"),
        ("17HS19-2004S1", "17hs19-2004s1"),
        ("nema11", "sy28sth45-0674a"),
        ("NEMA 14", "ms14hs5p4200"),
        ("nema-17", "17hs19-2004s1"),
        (" ms14hs5p4200 ", "ms14hs5p4200"),
    ],
)
def test_motors_are_found_by_name_and_frame(asked: str, found: str) -> None:
    assert motor_named(asked) is MOTORS[found]


def test_an_unknown_motor_is_refused_with_near_names() -> None:
    with pytest.raises(RequestError, match="17hs19-2004s1"):
        motor_named("17hs19-2004")
    with pytest.raises(RequestError, match="Known: nema11"):
        motor_named("???")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("volts", 0.0),
        ("volts", math.nan),
        ("drive_current_a", -1.0),
        ("microsteps", 10),
        ("motor_teeth", 0),
        ("lens_teeth", 0),
        ("direction", 0),
        ("ring_friction_nm", -0.1),
        ("ring_inertia_kgm2", math.inf),
        ("lash_deg", math.nan),
        ("gear_efficiency", 0.0),
    ],
)
def test_a_rig_that_cannot_be_is_refused(field: str, value: float) -> None:
    with pytest.raises(RequestError):
        dataclasses.replace(DEFAULT_RIG, **{field: value})


@pytest.mark.parametrize("field", ["holding_torque_nm", "current_a", "inductance_h", "full_steps"])
def test_a_motor_without_a_figure_is_refused(field: str) -> None:
    with pytest.raises(RequestError):
        dataclasses.replace(MOTORS["17hs19-2004s1"], **{field: 0})


def test_gearing_in_steps_degrees_and_rpm() -> None:
    rig = Rig(motor_teeth=50, lens_teeth=130, microsteps=16)
    assert rig.ratio == pytest.approx(2.6)
    assert 300 * rig.steps_per_deg == pytest.approx(6933.33, abs=0.01)
    assert rig.ring_deg_per_step == pytest.approx(0.0433, abs=5e-5)
    assert rig.ring_deg_per_full_step == pytest.approx(1.8 / 2.6)
    assert rig.rpm(1125.0) == pytest.approx(487.5)
    assert 1125.0 * rig.steps_per_deg == pytest.approx(26_000.0)
    assert rig.ring_deg_s(rig.rpm(321.0)) == pytest.approx(321.0)


def test_gear_reference_cases() -> None:
    path = Path(__file__).parents[3] / "shared" / "data" / "reference-cases.json"
    if not path.exists():
        pytest.skip("the shared reference cases are not here")
    cases = {case["id"]: case for case in json.loads(path.read_text())["cases"]}
    case = cases["gear-dfocus"]
    rig = Rig(motor_teeth=case["input"]["motor_teeth"], lens_teeth=case["input"]["lens_teeth"])
    assert rig.ratio == pytest.approx(case["expected"]["ratio"], abs=case["tolerance"]["abs"])


def test_run_current_is_derated_unless_set() -> None:
    assert Rig(motor=MOTORS["17hs19-2004s1"]).run_current_a == pytest.approx(1.08)
    assert Rig(motor=MOTORS["14hs17-0504s"]).run_current_a == pytest.approx(0.45)
    assert Rig(drive_current_a=0.8).run_current_a == 0.8
    assert Rig(drive_current_a=2.0).running_torque_nm == pytest.approx(0.59 * math.sqrt(2) * 2.0 / (math.sqrt(2) * 2.0))


def test_resonance_lies_at_rack_speeds() -> None:
    """By the holding torque at rated current the figures known: 62, 65 to 122, 90 to 142 full steps/s."""
    figures = {
        "sy28sth45-0674a": 62,
        "36sth20-1004ahg": 65,
        "ms14hs5p4200": 122,
        "42sth25-1004acg": 90,
        "17hs19-2004s1": 142,
    }
    for name, full_steps_s in figures.items():
        motor = MOTORS[name]
        rig = Rig(motor=motor, drive_current_a=motor.current_a, gear_efficiency=1.0)
        assert rig.resonance_full_steps_s == pytest.approx(full_steps_s, rel=0.06)


def test_friction_helps_to_slow_down() -> None:
    rig = Rig(ring_friction_nm=0.2, gear_efficiency=0.9)
    friction = 0.2 / (2.6 * 0.9)
    asked = rig.torque_asked_nm(np.array([0.0, 0.1, -0.1]))
    assert asked == pytest.approx([friction, 0.1 + friction, abs(-0.1 + friction * 0.81)])


@pytest.mark.parametrize("inertia_kgm2", [1e-5, 1e-4, 1e-3, 1e-2])
@pytest.mark.parametrize("friction_nm", [0.0, 0.2, 0.4])
def test_the_start_stop_speed_is_the_fastest_that_the_torque_catches(friction_nm: float, inertia_kgm2: float) -> None:
    rig = Rig(ring_friction_nm=friction_nm, ring_inertia_kgm2=inertia_kgm2)

    def caught(rad_s: float) -> bool:
        torque = float(pullout_torque_nm(rig.motor, rig.volts, rig.run_current_a, rad_s)) - rig.friction_at_motor_nm
        return rig.inertia_at_motor_kgm2 * rad_s**2 / 2 <= 2 * torque / rig.motor.pole_pairs

    found = rig.start_stop_rad_s
    assert found > 1.0
    assert caught(found)
    assert not caught(found + 0.51), "to half a radian a second"


def test_start_stop_speed_falls_with_friction_and_inertia() -> None:
    speeds = [
        Rig(ring_friction_nm=f, ring_inertia_kgm2=j).start_stop_rad_s for f, j in ((0, 1e-4), (0.3, 1e-4), (0.3, 1e-3))
    ]
    assert speeds[0] > speeds[1] > speeds[2] > 0
    assert Rig(motor=MOTORS["36sth20-1004ahg"], ring_friction_nm=0.5).start_stop_rad_s == 0.0
