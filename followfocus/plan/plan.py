# SPDX-License-Identifier: MIT
"""Everything that can be said of a pull before it is shot: one frozen Plan, made afresh at every change of mind.

The order is the order of the data: marks and duration → motion → can it be done → what the camera sees → step profile.
All but the profile is worked out at once; the profile when it is first asked for, so that a drag need not wait for it.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from followfocus.errors import InfeasibleError, RequestError
from followfocus.lens.formats import SUPER_35, Format
from followfocus.lens.map import LensMap
from followfocus.lens.optics import (
    DepthOfField,
    ErrorBudget,
    bellows_stops,
    error_budget,
    half_dof_deg,
    hyperfocal_from_image_m,
    lens_offset_m,
    magnification,
    pupil_factor,
)
from followfocus.lens.through import field_of_view_deg, lens_depth, second_ring_words
from followfocus.lens.zoom import Zoom
from followfocus.motion.bounds import STEP_JITTER
from followfocus.motion.limits import FASTEST_INTERVAL_TICKS, STANDARD, Feasibility, RingLimits, check_pull
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.motor import DEFAULT_RIG, Rig
from followfocus.motion.pull import Mark, Pull, register_of
from followfocus.motion.takeup import lead_deg, motor_motion
from followfocus.plan.sharpness import (
    RackAdvice,
    RackSharpness,
    Subject,
    SubjectSharpness,
    rack_advice,
    rack_sharpness,
)
from followfocus.steps.profile import StepProfile, compile_profile

TICK_HZ = 16_000_000.0
"""The clock a plan is compiled for until a unit has said its own."""


T_STOPS, COCS_MM = (0.1, 1000.0), (1e-5, 10.0)
"""From faster than any lens to a pinhole; from below a wavelength to a blur as large as a small frame."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a shot: stop, circle of confusion, format, frame rate."""

    t_stop: float
    coc_mm: float = SUPER_35.coc_mm
    film: Format = SUPER_35
    fps: Fraction = Fraction(24)

    def __post_init__(self) -> None:
        for value, (least, most), what in (
            (self.t_stop, T_STOPS, "T-stop"),
            (self.coc_mm, COCS_MM, "circle of confusion"),
        ):
            if not least <= value <= most:
                raise RequestError(f"The {what} can't be {value:g}.", f"Give one from {least:g} to {most:g}.")


@dataclass(frozen=True)
class Plan:
    """A pull worked out: how the ring moves, whether rig and limits allow it, what becomes sharp when, the steps."""

    lens: LensMap
    pull: Pull
    conditions: Conditions
    rig: Rig
    limits: RingLimits
    tick_hz: float
    motion: Motion
    feasibility: Feasibility
    half_dof_deg: float
    sharpness: RackSharpness
    subjects: tuple[Subject, ...]
    """Whose sharpness that is: who stands or walks at the marks"""
    recorded: str = ""
    """The name of the recording that is played (see `recorded`); empty for a pull"""
    zoom: Zoom | None = None
    """How a zoom is moved meanwhile, on a clock that starts with the motion; None where it stands"""

    @property
    def job(self) -> Motion | Pull:
        """The motion that the limits judge: the pull, or the recording's own."""
        return self.motion if self.recorded else self.pull

    @cached_property
    def profile(self) -> StepProfile:
        """The step profile for a clock of `tick_hz`; the motor leads the ring by `lead_deg`.

        Raises InfeasibleError with the plan's own reason where steps would come faster than can be counted.
        """
        try:
            return compile_profile(self.motor_motion, self.rig.steps_per_deg, self.tick_hz)
        except InfeasibleError:
            self.feasibility.refuse()
            raise

    @property
    def lead_deg(self) -> float:
        """How far the motor is ahead of the ring, in whole steps."""
        return lead_deg(self.rig)

    @cached_property
    def motor_motion(self) -> Motion:
        """The motor's motion, in ring degrees, that takes the ring along `motion`."""
        return motor_motion(self.motion, self.lead_deg)

    @property
    def budget(self) -> ErrorBudget:
        """Error budget of the rig at the landing, against half the depth of field."""
        rig = self.rig
        load = rig.friction_at_motor_nm / rig.running_torque_nm
        return error_budget(
            self.half_dof_deg, rig.ring_deg_per_step, rig.microsteps, lash_deg=rig.lash_deg, load_share=load
        )

    @property
    def direction(self) -> str:
        """Near to far, or far to near."""
        return "near to far" if self.motion.end_deg < self.motion.start_deg else "far to near"

    @property
    def register(self) -> str:
        """The field's word for the duration: slow, moderate, snap."""
        return register_of(self.pull.legs[0].duration_s)

    def focal_at_mm(self, at_s: float) -> float:
        """Focal length in mm, `at_s` seconds after GO."""
        return self.lens.focal_length_mm if self.zoom is None else self.zoom.at_mm(at_s)

    @cached_property
    def moments_s(self) -> tuple[float, ...]:
        """When the ring is at each mark, seconds after GO; the first at 0, the last at the landing."""
        marks, legs = self.pull.marks, self.pull.legs
        if self.recorded:  # its legs say nothing of when it turns back
            t = self.motion.looks_s()
            ring = self.motion.ring_deg(t)
            inner = [float(t[np.argmin(np.abs(ring - mark.ring_deg))]) for mark in marks[1:-1]]
        else:
            lengths_s = (mark.hold_s + leg.duration_s for mark, leg in zip(marks, legs, strict=False))
            inner = list(itertools.accumulate(lengths_s))[:-1]
        return 0.0, *inner, self.motion.duration_s

    def depth_at(self, ring_deg: float, at_s: float = 0.0, *, across: bool = False) -> DepthOfField:
        """Near and far limit of sharpness with the ring at an angle; `across`, of an anamorphic, where it is deeper.

        While a zoom is moved, through its focal length `at_s` seconds after GO.
        """
        focus_m, c = self.lens.distance_m(ring_deg), self.conditions
        return lens_depth(self._lens_at(at_s), c.t_stop, c.coc_mm, focus_m, across=across)

    def half_dof_at(self, ring_deg: float, at_s: float = 0.0) -> float:
        """Half the depth of field in degrees with the ring at an angle; through a zoom `at_s` seconds after GO."""
        c = self.conditions
        return half_dof_deg(self._lens_at(at_s), c.t_stop, c.coc_mm, self.lens.distance_m(ring_deg))

    def _lens_at(self, at_s: float) -> LensMap:
        return self.lens if self.zoom is None else _at(self.lens, self.focal_at_mm(at_s))

    @property
    def worst_across(self) -> tuple[float, ...]:
        """Each subject's largest blur across, in circles of confusion; an anamorphic's is less than upright."""
        return tuple(one.worst_circles / self.lens.squeeze for one in self.sharpness.subjects)

    def magnification_at(self, ring_deg: float, at_s: float = 0.0) -> float:
        """How large something in focus is on the sensor, 1 for life-size; through a zoom `at_s` seconds after GO."""
        return magnification(self.lens.distance_m(ring_deg), self.focal_at_mm(at_s), lens_offset_m(self.lens))

    def bellows_at(self, ring_deg: float, at_s: float = 0.0) -> float:
        """Stops of light that this magnification costs, by the lens's own pupils where it says where they lie."""
        focal_mm, focus_m = self.focal_at_mm(at_s), self.lens.distance_m(ring_deg)
        pupils = pupil_factor(focus_m, focal_mm, lens_offset_m(self.lens), self.lens.entrance_pupil_m)
        return bellows_stops(self.magnification_at(ring_deg, at_s), pupils)

    @property
    def hyperfocal_m(self) -> float:
        """Focus here, from the image plane, holds everything to infinity; of a zoom on the move, at the landing."""
        c, focal_mm = self.conditions, self.focal_at_mm(self.motion.duration_s)
        return hyperfocal_from_image_m(focal_mm, self.lens.f_number(c.t_stop), c.coc_mm, lens_offset_m(self.lens))

    def percent_of_frame(self, circles: float) -> float:
        """A blur in circles of confusion as per cent of the width of the frame, desqueezed."""
        return circles * self.conditions.coc_mm / (self.conditions.film.width_mm * self.lens.squeeze) * 100.0

    def _mark_facts(self, mark: Mark, at_s: float) -> dict[str, object]:
        depth = self.depth_at(mark.ring_deg, at_s)
        facts = {
            "name": mark.name,
            "ring_deg": mark.ring_deg,
            "distance_m": _finite(self.lens.distance_m(mark.ring_deg)),
            "near_m": _finite(depth.near_m),
            "far_m": _finite(depth.far_m),
            "magnification": self.magnification_at(mark.ring_deg, at_s),
            "bellows_stops": self.bellows_at(mark.ring_deg, at_s),
        }
        if self.lens.squeeze != 1.0:
            wide = self.depth_at(mark.ring_deg, at_s, across=True)
            facts |= {"near_across_m": _finite(wide.near_m), "far_across_m": _finite(wide.far_m)}
        if self.zoom is not None:
            facts["focal_length_mm"] = self.focal_at_mm(at_s)
        if self.lens.second_scale:
            facts["second_ring_deg"] = self.lens.second_ring_deg(self.lens.distance_m(mark.ring_deg))
        return facts

    def at_clock(self, tick_hz: float) -> Plan:
        """The same plan for a unit whose clock runs at `tick_hz`."""
        return dataclasses.replace(self, tick_hz=tick_hz)

    def on_unit(self, fastest_interval_ticks: int) -> Plan:
        """The same plan judged by how fast a unit says that it steps, where that was not known before."""
        travel = (0.0, self.lens.travel_deg)
        interval = _interval(fastest_interval_ticks)
        found = check_pull(self.job, self.rig, self.limits, travel, interval, tick_hz=self.tick_hz)
        return dataclasses.replace(self, feasibility=found)

    def on_rig(self, rig: Rig) -> Plan:
        """The same plan with another motor or gear; what it allows is judged with `on_unit`."""
        return dataclasses.replace(self, rig=rig)

    def warnings(self) -> tuple[str, ...]:
        """Warnings for the 1st AC before GO."""
        unverified = self.lens.unverified
        found = [*self.lens.warnings(), *([unverified] if unverified else []), *self.feasibility.warnings]
        found += self.beyond_marks()
        if self.no_rack is not None:
            found.append(f"{self.no_rack.words[:1].upper()}{self.no_rack.words[1:]}.")
        found += filter(None, [self.second_ring_words])
        if self.budget.share >= 0.5:
            found.append(f"Landing: {self.budget.words}.")
        return tuple(found)

    def beyond_marks(self) -> tuple[str, ...]:
        """Why the lens's scale can't be relied on at an end of the pull, a sentence for each such end."""
        rings = [mark.ring_deg for mark in self.pull.marks]
        return tuple(filter(None, dict.fromkeys(map(self.lens.beyond_marks, (min(rings), max(rings))))))

    @cached_property
    def no_rack(self) -> RackAdvice | None:
        """How to make it a rack where both marks stay sharp together, on the lens as it lands; None where it is one."""
        if self.sharpness.is_rack:
            return None
        start, end = (self.lens.distance_m(mark.ring_deg) for mark in (self.pull.marks[0], self.pull.marks[-1]))
        landed = self.lens if self.zoom is None else _at(self.lens, self.zoom.at_mm(self.motion.duration_s))
        advice = rack_advice(landed, start, end, self.conditions.t_stop, self.conditions.coc_mm)
        # Whoever else is asked about may stay sharp, or never be, while the marks are a rack.
        return None if advice.is_rack else advice

    @property
    def second_ring_words(self) -> str:
        """The work that is left to a hand on a lens with two focus rings; empty on one with one."""
        ends_m = (self.lens.distance_m(mark.ring_deg) for mark in (self.pull.marks[0], self.pull.marks[-1]))
        return second_ring_words(self.lens, *ends_m)

    def facts(self) -> dict[str, object]:
        """The plan as `plan --json` prints it."""
        profile, found, sharp, motion = self.profile, self.feasibility, self.sharpness, self.motion
        return {
            "lens": self.lens.name,
            "t_stop": self.conditions.t_stop,
            "f_number": self.lens.f_number(self.conditions.t_stop),
            "coc_mm": self.conditions.coc_mm,
            "focal_length_mm": self.lens.focal_length_mm,
            **({} if self.zoom is None else {"focal_range_mm": list(self.zoom.range_mm)}),
            "squeeze": self.lens.squeeze,
            "format": self.conditions.film.name,
            "field_of_view_deg": list(field_of_view_deg(self.lens, self.conditions.film)),
            "fps": float(self.conditions.fps),
            "hyperfocal_m": self.hyperfocal_m,
            "marks": [self._mark_facts(*pair) for pair in zip(self.pull.marks, self.moments_s, strict=True)],
            "direction": self.direction,
            "register": self.register,
            "easing": self.pull.legs[0].easing.name,
            "ring_deg": self.pull.travel_deg,
            "duration_s": motion.duration_s,
            "steps": profile.steps,
            "peak_ring_deg_s": motion.peak_speed,
            "peak_ring_deg_s2": _finite(motion.peak_accel),
            "peak_step_hz": motion.peak_speed * self.rig.steps_per_deg,
            "peak_rpm": self.rig.rpm(motion.peak_speed),
            "segments": len(profile.segments),
            "worst_step_error_us": profile.worst_error_us,
            "tick_hz": self.tick_hz,
            "half_dof_deg": self.half_dof_deg,
            "landing_budget_deg": self.budget.total_deg,
            "landing_light": self.budget.light.value,
            "from_soft_s": sharp.from_soft_s,
            "to_sharp_s": sharp.to_sharp_s,
            "neither_sharp_s": sharp.neither_s,
            "visible_s": sharp.visible_s,
            "subjects": [_subject_facts(self, *pair) for pair in zip(sharp.subjects, self.worst_across, strict=True)],
            "is_rack": sharp.is_rack,
            "feasible": found.feasible,
            "binding": found.binding,
            "min_duration_s": _finite(found.min_duration_s),
            "words": found.words,
            "torque_margin": _finite(found.torque_margin),
            "resonance_s": found.resonance_s,
            "warnings": list(self.warnings()),
        }


def _subject_facts(plan: Plan, one: SubjectSharpness, across: float) -> dict[str, object]:
    return {
        "name": one.name,
        "goes_soft_s": one.goes_soft_s,
        "becomes_sharp_s": one.becomes_sharp_s,
        "goes_soft_frame": one.goes_soft_frame,
        "becomes_sharp_frame": one.becomes_sharp_frame,
        "worst_circles": one.worst_circles,
        "worst_blur_mm": one.worst_circles * plan.conditions.coc_mm,
        "worst_blur_percent": plan.percent_of_frame(one.worst_circles),
        **({} if plan.lens.squeeze == 1.0 else {"worst_circles_across": across}),
    }


def _interval(fastest_ticks: int | None) -> float:
    """The shortest step interval to plan with, of a unit's own: the host doesn't ask for the last one per cent."""
    return FASTEST_INTERVAL_TICKS if fastest_ticks is None else fastest_ticks * STEP_JITTER


def _finite(value: float) -> float | None:
    """The number, or None for what JSON has no word for."""
    return float(value) if math.isfinite(value) else None


def rig_for(lens: LensMap, rig: Rig = DEFAULT_RIG) -> Rig:
    """The rig with this lens's gear and direction."""
    return dataclasses.replace(rig, lens_teeth=lens.gear_teeth, direction=rig.direction * lens.direction)


def make_plan(
    lens: LensMap,
    pull: Pull,
    conditions: Conditions | None = None,
    rig: Rig | None = None,
    limits: RingLimits = STANDARD,
    tick_hz: float = TICK_HZ,
    subjects: Sequence[Subject] = (),
    fastest_interval_ticks: int | None = None,
    zoom: Zoom | None = None,
) -> Plan:
    """Work out a pull on a lens: by default wide open on Super 35, with the default rig on this lens.

    With a `zoom` that moves, what is sharp goes by the focal length of each moment, the landing by that of its own.
    Raises RequestError where a mark leaves the lens's travel. A pull that can't be done is planned all the same;
    `feasibility` says so, and `feasibility.refuse()` raises. It is judged by how fast a unit says that it steps, where
    that is known, as `Plan.on_unit` does.
    """
    conditions = conditions or Conditions(lens.t_stop)
    lens.checked_t_stop(conditions.t_stop)
    rig = rig or rig_for(lens)
    for mark in pull.marks:
        lens.checked_ring_deg(mark.ring_deg)
    motion = motion_of(pull)
    landing_m = lens.distance_m(motion.end_deg)
    landed = lens if zoom is None else _at(lens, zoom.at_mm(motion.duration_s))
    shown = tuple(subjects) or tuple(Subject(mark.name, lens.distance_m(mark.ring_deg)) for mark in pull.marks)
    return Plan(
        lens=lens,
        pull=pull,
        conditions=conditions,
        rig=rig,
        limits=limits,
        tick_hz=tick_hz,
        motion=motion,
        feasibility=check_pull(
            pull, rig, limits, (0.0, lens.travel_deg), _interval(fastest_interval_ticks), tick_hz=tick_hz
        ),
        half_dof_deg=half_dof_deg(landed, conditions.t_stop, conditions.coc_mm, landing_m),
        sharpness=rack_sharpness(motion, lens, conditions.t_stop, conditions.coc_mm, conditions.fps, shown, zoom),
        subjects=shown,
        zoom=zoom,
    )


def _at(lens: LensMap, focal_mm: float) -> LensMap:
    return dataclasses.replace(lens, focal_length_mm=focal_mm)
