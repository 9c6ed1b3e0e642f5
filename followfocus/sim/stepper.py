# SPDX-License-Identifier: MIT
"""A two-phase stepper on a lens ring, in time steps of 25 µs: what an open-loop step count cannot see.

Theory. The driver commands a current vector of fixed amplitude at an electrical angle that moves 90° every full step.
A dead-beat regulator sets the phase voltage that would reach it within one time step, limited to the supply; beyond
that the winding (R, L, back-EMF) decides what flows, so torque falls with speed by the same circle that
`motor.pullout_torque_nm` draws. Torque is kt · (iβ cos θe − iα sin θe). The rotor turns the ring through a mesh with
lash: a dead zone between two stiff, damped flanks. The ring has inertia, Coulomb friction that can hold it still, and
a hard stop at each end. A load angle beyond half a cycle falls into the next one: steps are lost by four full steps
at a time because the equations say so.

All angles inside are motor radians, the ring's reflected through the gear. State changes only at multiples of the
time step, from the mean of the commanded angle over it, so the result does not depend on how often somebody asks for
it.

What is estimated stands in drivetrain.py. No detent torque, no saturation, no microstep error.
"""

from __future__ import annotations

import math

from followfocus.errors import RequestError
from followfocus.motion.motor import Rig
from followfocus.sim.drivetrain import MESH_NM_PER_RAD, STOP_NM_PER_RAD, DriveTrain
from followfocus.sim.field import TIME_STEP_S, CommandedField

__all__ = ["TIME_STEP_S", "Stepper"]

# A microstep at a crawl is no speed: the field's is its mean over so long.
FIELD_SPEED_WINDOW_S = 0.5e-3
STALL_MEMORY_S = 0.05

# A millisecond: rest and slips are looked for so often, not at each of forty steps.
_CHUNK = 40
_AT_REST_RAD_S = 3e-3


class Stepper:
    """Motor, gear and ring of a rig, moved by step edges.

    `step` queues an edge, `advance` moves time; both take seconds from the start, never decreasing. A step in
    direction +1 turns the ring toward higher angles whatever the rig's wiring direction. `ring_range_deg` are the
    hard stops, None for none. At rest nothing is computed.
    """

    def __init__(self, rig: Rig, ring_range_deg: tuple[float, float] | None = None, start_deg: float = 0.0) -> None:
        if ring_range_deg is not None and not ring_range_deg[0] <= start_deg <= ring_range_deg[1]:
            raise RequestError(f"The ring can't start at {start_deg:g}°, outside its stops {ring_range_deg}.")
        self.rig = rig
        self._torque_scale = 1.0
        self._train = DriveTrain.of(rig)
        self._origin_deg = start_deg
        self._range_rad = (
            (-math.inf, math.inf)
            if ring_range_deg is None
            else (self._to_rad(ring_range_deg[0]), self._to_rad(ring_range_deg[1]))
        )
        self._field = CommandedField(rig.microsteps)
        self._tick = 0
        self._field_speed = 0.0
        self._energised = True
        self._ia = math.sqrt(2) * rig.run_current_a
        self._ib = 0.0
        self._rotor = self._rotor_speed = 0.0
        self._ring = self._ring_speed = 0.0
        self._lost = 0
        self._slip_tick = -(10**12)
        self._quiet = 0
        self._resting = False

    def _to_rad(self, ring_deg: float) -> float:
        return math.radians(ring_deg - self._origin_deg) * self.rig.ratio

    def _to_ring_deg(self, motor_rad: float) -> float:
        return self._origin_deg + math.degrees(motor_rad) / self.rig.ratio

    @property
    def now_s(self) -> float:
        """Time up to which the state has been computed; at most one time step behind `advance`."""
        return self._tick * TIME_STEP_S

    @property
    def ring_deg(self) -> float:
        """The true angle of the ring: the witness mark."""
        return self._to_ring_deg(self._ring)

    @property
    def rotor_deg(self) -> float:
        """Where the rotor stands, as ring degrees: differs from the ring by up to half the lash."""
        return self._to_ring_deg(self._rotor)

    @property
    def commanded_deg(self) -> float:
        """Where the step count says that the ring is."""
        return self._origin_deg + self._field.command * self.rig.ring_deg_per_step

    @property
    def ring_deg_s(self) -> float:
        """The ring's speed."""
        return math.degrees(self._ring_speed) / self.rig.ratio

    @property
    def load_angle_deg(self) -> float:
        """How far the rotor lags the field, electrical degrees in (−180, 180]; ±90 is the greatest torque."""
        return math.degrees(math.remainder(self._lag(), 2 * math.pi))

    @property
    def lost_full_steps(self) -> int:
        """Full steps by which the rotor is behind the count (ahead if negative); whole cycles, so by fours."""
        return 4 * self._cycles_lost()

    @property
    def contact(self) -> int:
        """-1 while the ring presses on the lower stop, +1 on the upper one, else 0."""
        low, high = self._range_rad
        return -1 if self._ring <= low else 1 if self._ring >= high else 0

    @property
    def stalled(self) -> bool:
        """Whether the motor slipped within the last 50 ms: what a driver's stall output shows."""
        return self._tick - self._slip_tick <= round(STALL_MEMORY_S / TIME_STEP_S)

    @property
    def energised(self) -> bool:
        """Whether the winding carries current."""
        return self._energised

    @property
    def torque_scale(self) -> float:
        """Share of the motor's torque that is left; with a slipping clutch or a dying driver less than 1."""
        return self._torque_scale

    @torque_scale.setter
    def torque_scale(self, share: float) -> None:
        self._torque_scale = share
        self._resting = False

    def release(self) -> None:
        """Cut the current; the ring stays where friction holds it."""
        self._energised = False
        self._resting = False

    def energise(self) -> None:
        """Restore the current; the rotor snaps to the nearest angle that fits the commanded field.

        That is up to two full steps away.
        """
        self._energised = True
        self._resting = False

    def turn_to(self, ring_deg: float) -> None:
        """A hand turns the ring, and the released rotor with it. Cycles that it turns by are not lost ones."""
        lost = self._cycles_lost()
        self._rotor = self._ring = self._to_rad(ring_deg)
        self._field.count_back(self._cycles_lost() - lost)
        self._rotor_speed = self._ring_speed = 0.0
        self._resting = False

    def restart_driver(self) -> None:
        """The driver's field is where it is after every power-on: at the first microstep of a cycle."""
        self._field.restart()
        self._resting = False

    def slip(self, cycles: int = 1) -> None:
        """Throw rotor and ring back by whole electrical cycles (forward if negative), as a knock would."""
        turn = cycles * 2 * math.pi / self.rig.motor.pole_pairs
        self._rotor -= turn
        self._ring -= turn
        self._resting = False
        self._note_slip()

    def step(self, t_s: float, direction: int) -> None:
        """Queue a step edge at a time not before the last; +1 or −1 microstep."""
        self._field.step(t_s, direction)

    def advance(self, t_s: float) -> None:
        """Compute the state up to `t_s`; every edge before it must have been given."""
        until = math.floor(t_s / TIME_STEP_S + 1e-9)
        while self._tick < until:
            if self._resting:
                first = self._field.next_tick()
                wake = until if first is None else first
                self._resting = wake > self._tick
                self._tick = max(self._tick, min(wake, until))
                continue
            self._integrate(min(until, (self._tick // _CHUNK + 1) * _CHUNK))
            if self._tick % _CHUNK == 0:
                self._resting = self._quiet >= _CHUNK
                self._note_slip()

    def settle(self, longest_s: float = 2.0) -> None:
        """Advance until the ring is at rest, at most `longest_s`."""
        last = self.now_s + longest_s
        while not self._resting and self.now_s < last:
            self.advance(self.now_s + _CHUNK * TIME_STEP_S)

    def _lag(self) -> float:
        return self._field.electrical_rad(self._field.command) - self._rotor * self.rig.motor.pole_pairs

    def _cycles_lost(self) -> int:
        return round(self._lag() / (2 * math.pi))

    def _note_slip(self) -> None:
        """Count whole cycles between field and rotor, and when that changed."""
        lost = self._cycles_lost()
        if lost != self._lost:
            self._lost = lost
            self._slip_tick = self._tick

    def _integrate(self, until: int) -> None:
        """Semi-implicit Euler from the current tick to `until`: one long loop over locals, for speed."""
        rig, motor = self.rig, self.rig.motor
        h = TIME_STEP_S
        sin, cos, sqrt = math.sin, math.cos, math.sqrt
        pairs = motor.pole_pairs
        kt = motor.torque_constant * self._torque_scale
        resistance, volts2 = motor.resistance_ohm, rig.volts**2
        per_h, h_per_l = motor.inductance_h / h, h / motor.inductance_h
        amps = sqrt(2) * rig.run_current_a if self._energised else 0.0
        elec_per_step = math.pi / (2 * rig.microsteps)
        train = self._train
        h_rotor, h_ring = h / train.rotor_inertia, h / train.ring_inertia
        half_lash, mesh, stop = train.half_lash_rad, MESH_NM_PER_RAD, STOP_NM_PER_RAD
        mesh_c, stop_c, drag = train.mesh_damping, train.stop_damping, train.drag
        swing_c = train.swing_damping if self._energised else 0.0
        friction, loss = train.friction, train.mesh_loss
        low, high = self._range_rad
        smoothing = h / FIELD_SPEED_WINDOW_S
        rotor, w, ring, v, ia, ib = self._rotor, self._rotor_speed, self._ring, self._ring_speed, self._ia, self._ib
        commanded = self._field
        field_speed, quiet, before = self._field_speed, self._quiet, commanded.mean_before
        edges = commanded.edges

        for tick in range(self._tick, until):
            mean = commanded.mean(tick) if edges and edges[0][0] < (tick + 1) * h else float(commanded.command)
            field_speed += ((mean - before) * elec_per_step / (pairs * h) - field_speed) * smoothing
            before = mean
            theta, field = rotor * pairs, mean * elec_per_step
            # Two-phase winding, α and β fixed to the stator: L di/dt = v − R i − e, with e the back-EMF of the turning
            # magnet. The regulator asks for the voltage that would close the gap within this step (dead beat).
            s, c = sin(theta), cos(theta)
            emf = kt * w
            va = (amps * cos(field) - ia) * per_h + resistance * ia - emf * s
            vb = (amps * sin(field) - ib) * per_h + resistance * ib + emf * c
            # The supply bounds the vector, not each phase: so torque falls with speed on the circle of the data sheet.
            size2 = va * va + vb * vb
            if size2 > volts2:
                scale = sqrt(volts2 / size2)
                va *= scale
                vb *= scale
            ia += (va - resistance * ia + emf * s) * h_per_l
            ib += (vb - resistance * ib - emf * c) * h_per_l

            # Lash is a dead zone between two springs. Flanks push and never pull: a damper alone must not hold them.
            gap = rotor - ring
            push = 0.0
            if gap > half_lash:
                push = max(0.0, mesh * (gap - half_lash) + mesh_c * (w - v))
            elif gap < -half_lash:
                push = min(0.0, mesh * (gap + half_lash) + mesh_c * (w - v))
            w += h_rotor * (kt * (ib * c - ia * s) - push - drag * w + swing_c * (field_speed - w))
            wall = 0.0
            if ring < low:
                wall = max(0.0, stop * (low - ring) - stop_c * v)
            elif ring > high:
                wall = min(0.0, stop * (high - ring) - stop_c * v)
            v += h_ring * (push + wall)
            # Coulomb friction after everything else: it may stop the ring within the step, and never turns it round.
            held = h_ring * (friction + loss * abs(push))
            v = v - held if v > held else v + held if v < -held else 0.0
            # The new speeds, not the old: semi-implicit, so that springs as stiff as a tooth don't gain energy.
            rotor += h * w
            ring += h * v
            quiet = quiet + 1 if -_AT_REST_RAD_S < w < _AT_REST_RAD_S and -_AT_REST_RAD_S < v < _AT_REST_RAD_S else 0

        self._rotor, self._rotor_speed, self._ring, self._ring_speed, self._ia, self._ib = rotor, w, ring, v, ia, ib
        self._field_speed, self._quiet, commanded.mean_before, self._tick = field_speed, quiet, before, until
