# SPDX-License-Identifier: MIT
"""The motor on the ring: data sheets, gearing, and pull-out torque by speed.

A two-phase hybrid stepper is a synchronous machine with 50 pole pairs. Its torque is `kt · iq`, with `kt` = holding
torque / (√2 · rated current), because holding torque is given with both phases on. What current the driver can push
at a speed follows from the voltage circle |(R + jωₑL)·i + jωₑψ| ≤ V. The greatest torque over all load angles inside
that circle and the circle of the set current is the pull-out torque; the load angle finds the advance ("field
weakening") by itself. No iron loss, no detent torque.
"""

from __future__ import annotations

import difflib
import functools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError

DRIVER_CURRENT_A = 1.2
"""The current a small stick driver (TMC2209 class) carries for long without a fan, A rms per phase."""
CURRENT_DERATING = 0.9
"""Share of the lesser of motor's and driver's current that a unit is set to."""


@dataclass(frozen=True, slots=True)
class Motor:
    """A two-phase hybrid stepper as its data sheet gives it; `estimates` names the figures that no sheet gave."""

    name: str
    frame: Literal["NEMA 8", "NEMA 11", "NEMA 14", "NEMA 17"]
    holding_torque_nm: float
    current_a: float
    resistance_ohm: float
    inductance_h: float
    rotor_inertia_kgm2: float
    full_steps: int = 200
    source: str = ""
    estimates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        winding = (self.current_a, self.resistance_ohm, self.inductance_h)
        figures = (self.holding_torque_nm, self.rotor_inertia_kgm2, *winding)
        sound = all(math.isfinite(figure) and figure > 0 for figure in figures)
        # Four full steps are one electrical cycle: any other number has no whole pole pairs.
        if not sound or self.full_steps % 4 or self.full_steps <= 0:
            raise RequestError(f"Motor “{self.name}”: every figure must be above zero, full steps a multiple of four.")

    @property
    def pole_pairs(self) -> int:
        """Electrical cycles per turn: one every four full steps."""
        return self.full_steps // 4

    @property
    def torque_constant(self) -> float:
        """Torque per amplitude of the current vector, N·m/A; also back-EMF per phase, V·s/rad."""
        return self.holding_torque_nm / (math.sqrt(2) * self.current_a)


_TMC = "Klipper TMC autotune motor database (github.com/andrewmcgr/klipper_tmc_autotune, motor_database.cfg)"

_ALL = (
    Motor(
        "sy28sth45-0674a",
        "NEMA 11",
        0.0932,
        0.67,
        6.8,
        4.9e-3,
        12e-7,
        source="Changzhou Songyang SY28STH45-0674A data sheet (Pololu): 0.67 A, 6.8 Ω, 4.9 mH, 950 g·cm",
        estimates=("rotor_inertia_kgm2",),
    ),
    Motor("36sth20-1004ahg", "NEMA 14", 0.10, 1.0, 2.1, 1.6e-3, 12e-7, source=_TMC, estimates=("rotor_inertia_kgm2",)),
    Motor("14hs17-0504s", "NEMA 14", 0.23, 0.5, 15.0, 26e-3, 23e-7, source=_TMC, estimates=("rotor_inertia_kgm2",)),
    Motor("ms14hs5p4200", "NEMA 14", 0.40, 2.0, 1.34, 2.1e-3, 48e-7, source=_TMC, estimates=("rotor_inertia_kgm2",)),
    Motor("42sth25-1004acg", "NEMA 17", 0.20, 1.0, 5.5, 7e-3, 20e-7, source=_TMC, estimates=("rotor_inertia_kgm2",)),
    Motor("42sth40-1004a", "NEMA 17", 0.49, 1.0, 6.5, 13e-3, 54e-7, source=_TMC, estimates=("rotor_inertia_kgm2",)),
    Motor("17hs19-2004s1", "NEMA 17", 0.59, 2.0, 1.4, 3e-3, 82e-7, source=_TMC, estimates=("rotor_inertia_kgm2",)),
)

MOTORS: dict[str, Motor] = {motor.name: motor for motor in _ALL}
"""Motors by name, the weakest frame first."""

FRAME_DEFAULTS = {"nema11": "sy28sth45-0674a", "nema14": "ms14hs5p4200", "nema17": "17hs19-2004s1"}
"""The motor meant by a bare frame size: the one with the lowest inductance for its torque."""


def motor_named(name: str) -> Motor:
    """The motor of that name, or the usual one of a frame size ("NEMA 11").

    >>> motor_named("NEMA 17").name
    '17hs19-2004s1'
    """
    key = name.strip().lower().replace("_", "-")
    key = FRAME_DEFAULTS.get(key.replace(" ", "").replace("-", ""), key)
    if key in MOTORS:
        return MOTORS[key]
    near = difflib.get_close_matches(key, [*MOTORS, *FRAME_DEFAULTS], n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join([*FRAME_DEFAULTS, *MOTORS])}."
    raise RequestError(f"No motor is called “{name}”.", hint)


MOST_VOLTS = 1000.0
"""Far above any stepper driver's supply."""


@dataclass(frozen=True, slots=True)
class Rig:
    """A motor, its driver and its gear on one lens ring.

    `drive_current_a` is the rms phase current, by default 0.9 · min(rated, 1.2 A). Friction, inertia and lash are the
    ring's own; their defaults are estimates (a typical cine prime, 0.05 mm of play between 0.8-module teeth): measure
    yours. A ring's gear has as many teeth as the lens file says.
    """

    motor: Motor = MOTORS["17hs19-2004s1"]
    volts: float = 24.0
    drive_current_a: float | None = None
    microsteps: int = 16
    motor_teeth: int = 50
    lens_teeth: int = 130
    direction: int = 1
    ring_friction_nm: float = 0.08
    ring_inertia_kgm2: float = 2e-4
    lash_deg: float = 0.05
    gear_efficiency: float = 0.95

    def __post_init__(self) -> None:
        if not 0 < self.volts <= MOST_VOLTS:
            raise RequestError(f"A {self.volts:g} V supply can't turn a motor.", f"Give one up to {MOST_VOLTS:g} V.")
        if self.drive_current_a is not None and not (math.isfinite(self.drive_current_a) and self.drive_current_a > 0):
            raise RequestError(f"A drive current of {self.drive_current_a} A can't turn a motor.")
        if self.microsteps not in (1, 2, 4, 8, 16, 32, 64, 128, 256):
            raise RequestError(f"{self.microsteps} microsteps: drivers know 1, 2, 4 … 256.")
        if min(self.motor_teeth, self.lens_teeth) < 1 or self.direction not in (-1, 1):
            raise RequestError("Gears need at least one tooth, and the direction is 1 or -1.")
        if not all(math.isfinite(x) and x >= 0 for x in (self.ring_friction_nm, self.ring_inertia_kgm2, self.lash_deg)):
            raise RequestError("Ring friction, inertia and lash can't be negative.")
        if not 0.5 <= self.gear_efficiency <= 1:
            raise RequestError(f"Gear efficiency is 0.5 to 1, not {self.gear_efficiency}.")

    @property
    def ratio(self) -> float:
        """Turns of the motor per turn of the ring."""
        return self.lens_teeth / self.motor_teeth

    @property
    def steps_per_deg(self) -> float:
        """Microsteps per degree of the ring."""
        return self.motor.full_steps * self.microsteps * self.ratio / 360.0

    @property
    def ring_deg_per_step(self) -> float:
        """Ring degrees per microstep."""
        return 1.0 / self.steps_per_deg

    @property
    def ring_deg_per_full_step(self) -> float:
        """Ring degrees per full step; four of them are what a slip costs at least."""
        return self.microsteps / self.steps_per_deg

    @property
    def run_current_a(self) -> float:
        """The rms phase current that the driver is set to."""
        if self.drive_current_a is not None:
            return self.drive_current_a
        return CURRENT_DERATING * min(self.motor.current_a, DRIVER_CURRENT_A)

    @property
    def running_torque_nm(self) -> float:
        """Torque at standstill, N·m, at the run current or what the supply can push through the winding."""
        # Rms to amplitude; at rest there is no back-EMF, and the winding's resistance is all that holds current back.
        amplitude = min(math.sqrt(2) * self.run_current_a, self.volts / self.motor.resistance_ohm)
        return self.motor.torque_constant * amplitude

    @property
    def friction_at_motor_nm(self) -> float:
        """The ring's friction as the motor feels it: τ / (g·η)."""
        return self.ring_friction_nm / (self.ratio * self.gear_efficiency)

    @property
    def inertia_at_motor_kgm2(self) -> float:
        """Rotor and ring as the motor feels them: J_rotor + J_ring / (g²·η)."""
        return self.motor.rotor_inertia_kgm2 + self.ring_inertia_kgm2 / (self.ratio**2 * self.gear_efficiency)

    @property
    def resonance_full_steps_s(self) -> float:
        """The mid-band resonance, full steps a second: f₀ = √(pole pairs · torque / J) / 2π at the run current.

        The magnetic spring's stiffness is its torque times the pole pairs; at this rate full steps push every swing.
        """
        return math.sqrt(self.motor.pole_pairs * self.running_torque_nm / self.inertia_at_motor_kgm2) / (2 * math.pi)

    def rpm(self, ring_deg_s: float) -> float:
        """Motor turns a minute at a ring speed."""
        return ring_deg_s * self.ratio / 6.0

    def ring_deg_s(self, rpm: float) -> float:
        """Ring speed at motor turns a minute."""
        return rpm * 6.0 / self.ratio

    @property
    def start_stop_rad_s(self) -> float:
        """Motor speed at which it just starts and stops without a ramp (pull-in), rad/s; 0 if friction is too high.

        The field runs ahead of a rotor at rest, which catches it if the work of the torque over half a cycle covers the
        speed: ½·J·ω² ≤ 2·(τ_pullout(ω) − τ_fr) / pole pairs. Found on the simulated motor to be 0 to 20 % low.
        """
        speeds, torques = _pullout_table(self.motor, self.volts, self.run_current_a)
        # A sine over half a cycle has the area 2, in electrical angle; mechanical angle is that over the pole pairs.
        work = 2 * (torques - self.friction_at_motor_nm) / self.motor.pole_pairs
        return (
            float(speeds[np.argmin(0.5 * self.inertia_at_motor_kgm2 * speeds**2 <= work) - 1]) if work[0] > 0 else 0.0
        )

    def torque_asked_nm(self, inertial_nm: FloatArray) -> FloatArray:
        """Torque asked of the moving motor, magnitude, by the torque that its acceleration along the motion takes.

        Speeding up, friction adds: τ_fr/(g·η) + (J_rotor + J_ring/(g²·η))·g·α. Slowing down (negative) it helps, less
        what the gear loses.
        """
        friction = self.friction_at_motor_nm
        # Braking runs the gear backwards: friction, divided by the efficiency as the motor feels it, is multiplied
        # instead.
        helped = np.abs(inertial_nm + friction * self.gear_efficiency**2)
        return np.asarray(np.where(inertial_nm >= 0, inertial_nm + friction, helped), dtype=np.float64)

    def pullout_nm(self, speed_rad_s: FloatArray) -> FloatArray:
        """Pull-out torque at motor speeds ≥ 0, from a table that is made once; 0 above 5,700 rpm, where it ends."""
        speeds, torques = _pullout_table(self.motor, self.volts, self.run_current_a)
        return np.interp(speed_rad_s, speeds, torques, right=0.0)


DEFAULT_RIG = Rig()
"""The default rig of `sim` and `plan`: the NEMA 17 17HS19-2004S1 at 24 V through 50:130 teeth.

Low inductance (3 mH) keeps its torque to 800 rpm, so a snap of 300° stays possible; 1/16 steps put a microstep at
0.043° of the ring, less than a tenth of half the depth of field of a 135 mm T1.8; every part is common and cheap.
"""

# Far above what any of these motors turns at; half a radian a second apart, the curve is straight between two points.
_TABLE_RAD_S = 600.0
_TABLE_POINTS = 1201


@functools.lru_cache(maxsize=64)
def _pullout_table(motor: Motor, volts: float, current_a: float) -> tuple[FloatArray, FloatArray]:
    """Speeds (rad/s, to 5,700 rpm) and pull-out torques at them."""
    speeds = np.linspace(0.0, _TABLE_RAD_S, _TABLE_POINTS)
    return speeds, pullout_torque_nm(motor, volts, current_a, speeds)


def pullout_torque_nm(motor: Motor, volts: float, current_a: float, speed_rad_s: FloatArray | float) -> FloatArray:
    """Greatest torque at which the motor stays synchronous, N·m, by motor speed in rad/s of either sign.

    `current_a` is rms per phase. Maximises iq over the overlap of two discs in the (id, iq) plane: |i| ≤
    √2·current_a, and |i − c| ≤ V/|Z| with c = −jE/Z, Z = R + jωₑL, E = kt·ω. Zero where they don't overlap.
    """
    speed = np.abs(np.asarray(speed_rad_s, dtype=np.float64))
    limit = math.sqrt(2) * current_a
    # ωₑ = pole pairs · ω.
    reactance = motor.pole_pairs * speed * motor.inductance_h
    emf = motor.torque_constant * speed
    z2 = motor.resistance_ohm**2 + reactance**2
    centre_d, centre_q = -emf * reactance / z2, -emf * motor.resistance_ohm / z2
    radius, apart = volts / np.sqrt(z2), emf / np.sqrt(z2)
    iq = _overlap_top(limit, centre_d, centre_q, radius, apart)
    return np.asarray(motor.torque_constant * np.maximum(iq, 0.0), dtype=np.float64)


def _overlap_top(
    limit: float, centre_d: FloatArray, centre_q: FloatArray, radius: FloatArray, apart: FloatArray
) -> FloatArray:
    """Highest iq in the overlap of the disc `limit` at 0 and the disc `radius` at the centre, `apart` from 0."""
    # Where the top of one disc lies within the other it is the answer; else the circles' upper crossing is.
    top_of_current = np.hypot(centre_d, limit - centre_q) <= radius
    top_of_voltage = np.hypot(centre_d, centre_q + radius) <= limit
    # At rest both discs are about 0 and have no crossing; the greater holds the smaller, so the value isn't used.
    safe = np.maximum(apart, 1e-12)
    # Two circles' crossing, measured along the line of their centres (law of cosines), then across it.
    along = np.clip((limit**2 - radius**2 + safe**2) / (2 * safe), -limit, limit)
    across = np.sqrt(limit**2 - along**2)
    crossing = (along * centre_q + across * np.abs(centre_d)) / safe
    iq = np.where(top_of_voltage, centre_q + radius, crossing)
    iq = np.where(top_of_current, limit, iq)
    return np.asarray(np.where(apart >= limit + radius, 0.0, iq), dtype=np.float64)
