# SPDX-License-Identifier: MIT
"""Calibration of a motor on a lens: both stops, direction, gear and lash, kept per lens serial and checked next time.

The sequence needs no sensor: someone looks at the ring. The ring's travel in degrees is the lens's; so the steps
between both stops say how many teeth the motor's gear has:
teeth = full steps · microsteps · lens teeth · travel / (360 · steps).
Lash is what the motor turns after a reversal before the ring follows.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import math
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from followfocus.errors import FileError, RequestError, UnitError
from followfocus.files import read_input_text, safe_name, stat_of, write_atomically
from followfocus.lens.map import LensMap
from followfocus.motion.motor import Rig
from followfocus.unit.moves import KnownPosition
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus

_MOST_BYTES = 100_000
VERSION = 1
GEAR_TOLERANCE = 0.005
"""How far the measured span may be off what the gears say; half a tooth of 100."""
PROBE_DEG = 20.0
LASH_STEP_DEG = 0.05
_DAY_S = 86_400.0
OLD_S = 30 * _DAY_S
_CLOCKS_APART = 1 / 24
"""Days by which the clocks of two computers may differ, and nobody cares"""
MOST_LASH_DEG = 3.0


class Step(Enum):
    """The steps of a calibration, in order."""

    INFINITY = "infinity"
    CLOSE_FOCUS = "close focus"
    GEAR = "direction and gear"
    LASH = "lash"
    LENS = "lens"


STEPS = tuple(Step)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A calibration. `span_steps` lie between the stops, `direction` is the motor's against the ring's."""

    lens: str
    lens_serial: str
    unit_serial: str
    travel_deg: float
    span_steps: int
    motor_teeth: int
    direction: int
    lash_deg: float
    at_utc_s: float
    by: str = "eye"
    note: str = ""
    """Conditions that it may depend on, such as the temperature"""

    @property
    def gear(self) -> tuple[int, int, float]:
        """Teeth on the motor, direction, lash."""
        return self.motor_teeth, self.direction, self.lash_deg

    def days_words(self, now_utc_s: float) -> str:
        """How old it is: "1 day ago", "12 days ago", "today"; or that this computer's clock has not come to it."""
        days = (now_utc_s - self.at_utc_s) / _DAY_S
        if days < -_CLOCKS_APART:
            return "at a time that this computer's clock has not come to"
        return "today" if days < 1 else "1 day ago" if days < 1.5 else f"{days:.0f} days ago"

    def rig(self, rig: Rig) -> Rig:
        """The rig with what was found."""
        return dataclasses.replace(rig, motor_teeth=self.motor_teeth, direction=self.direction, lash_deg=self.lash_deg)

    def not_in_force(self, rig: Rig) -> str:
        """A sentence where a rig is not what was found; empty where it is."""
        if self.rig(rig) == rig:
            return ""
        then, now = (_gear_words(*gear) for gear in (self.gear, (rig.motor_teeth, rig.direction, rig.lash_deg)))
        return f" But it is not in force: it has {then}; the unit is set to {now}. Calibrate, or set the unit so."


@dataclass(frozen=True, slots=True)
class Gear:
    """The gear that the span points to: its teeth, and in words whether that agrees with the settings."""

    teeth: int
    exact: float
    direction: int
    fits: bool
    words: str


def gear_of(rig: Rig, lens: LensMap, steps: int) -> Gear:
    """The motor's gear and direction from the steps counted between infinity (0) and close focus, signed.

    Raises RequestError where the ring has hardly turned.
    """
    # A twentieth of the travel: nobody has turned the ring from stop to stop, and any gear would come out of it.
    if abs(steps) < rig.steps_per_deg * 0.05 * lens.travel_deg:
        raise RequestError("The ring has hardly turned between infinity and close focus.", "Turn it to its other end.")
    motor = rig.motor.full_steps * rig.microsteps
    exact = motor * rig.lens_teeth * lens.travel_deg / (360.0 * abs(steps))
    teeth = max(1, round(exact))
    direction = rig.direction if steps > 0 else -rig.direction
    off = abs(exact / rig.motor_teeth - 1.0)
    # The gear that is set is asked first: with many small teeth the nearest whole number is within the tolerance by
    # itself, and one tooth beside the right one is as near.
    fits = off <= GEAR_TOLERANCE
    if fits:
        teeth = rig.motor_teeth
        words = f"{teeth} teeth on the motor, as set."
    elif abs(exact / teeth - 1.0) <= GEAR_TOLERANCE:
        words = f"The span fits a gear of {teeth} teeth on the motor, not {rig.motor_teeth}."
    else:
        words = (
            f"The span fits no whole number of teeth ({exact:.1f}): check the lens's travel of {lens.travel_deg:g}°, "
            "and that nothing slips."
        )
    if direction != rig.direction:
        words += " The motor turns the other way round."
    return Gear(teeth, exact, direction, fits and direction == rig.direction, words)


def _gear_words(teeth: int, direction: int, lash_deg: float) -> str:
    return f"{teeth} teeth, direction {direction:+d}, lash {lash_deg:z.2f}°"


# On the unit ------------------------------------------------------------------------------------------------------


def at_infinity(unit: FollowFocusUnit) -> None:
    """The ring stands at its infinity stop: count from here.

    Raises UnitError while the ring turns, and where the motor was off: it holds now, and the ring may not be at its
    stop any more.
    """
    resting_status(unit)
    # A rotor that was let go snaps to the nearest step of the field as that comes on, and takes the ring with it.
    if unit.energise() and unit.has_real_ring:
        remedy = "Bring it back to ∞ with the arrows, then say so again."
        raise UnitError(f"The motor was off. {unit.setup.jump_words}", "look_again", remedy)
    unit.set_reference(0.0)


def steps_from_infinity(unit: FollowFocusUnit) -> int:
    """Steps since `at_infinity`, with the sign they were counted in. Raises UnitError while the ring turns."""
    return resting_status(unit).position


def at_close_focus(unit: FollowFocusUnit, rig: Rig, lens: LensMap) -> None:
    """The ring stands at its close focus stop and the gear is known: set both, and the soft limits."""
    unit.configure(rig)
    unit.set_reference(lens.travel_deg)
    unit.set_limits(0.0, lens.travel_deg)


def back_off(unit: FollowFocusUnit, lens: LensMap) -> float:
    """Ready to look for the lash: in the middle of the travel, come from infinity's side. Where it stands, degrees."""
    middle = lens.travel_deg / 2.0
    # Whichever way it came before, the lash is taken up one way now: a reversal crosses all of it.
    unit.goto_deg(middle - PROBE_DEG)
    unit.goto_deg(middle)
    return middle


def resting_status(unit: FollowFocusUnit) -> UnitStatus:
    """The unit's own word of where it stands, for a place that is to be measured. UnitError while the ring turns."""
    status = unit.refresh()
    if not status.at_rest:
        raise UnitError("The ring is turning.", "turning", "Press again when it rests.")
    return status


def reverse_by(unit: FollowFocusUnit, degrees: float) -> float:
    """Turn back by these degrees, a motor step at least; the ring angle where the motor stands then."""
    status = resting_status(unit)
    here = status.ring_deg if status.ring_deg is not None else 0.0
    arrived = unit.goto_deg(here - max(degrees, 1.0 / unit.steps_per_deg)).ring_deg
    assert arrived is not None
    return arrived


def measured_lash_deg(unit: FollowFocusUnit, lens: LensMap) -> float | None:
    """The lash where the ring itself can be seen (the simulated unit), by reversing until it moves; else None."""
    if unit.witness is None:
        return None
    start = back_off(unit, lens)
    still = _seen_deg(unit)
    here = start
    while start - here < MOST_LASH_DEG:
        here = reverse_by(unit, LASH_STEP_DEG)
        if abs(_seen_deg(unit) - still) > LASH_STEP_DEG / 2:
            break
    return round(start - here - LASH_STEP_DEG / 2, 3)  # it began to move somewhere in the last step


def _seen_deg(unit: FollowFocusUnit) -> float:
    assert unit.witness is not None
    unit.link.sleep(0.1)
    return unit.witness()


class Attempt:
    """A calibration under way, and the way back: what the unit was set to, and where its count says the ring is.

    While it lasts the soft limits are out of the way: a ring whose place is wrong must still reach its stops.
    """

    def __init__(self, unit: FollowFocusUnit, lens: LensMap) -> None:
        self._config, self._per_deg, self._travel_deg = unit.config, unit.steps_per_deg, lens.travel_deg
        self._known, self._shift = unit.status.referenced, 0
        # A wrong count is wrong by less than a travel. Wider limits would help no ring, only a motor that runs away.
        if self._known:
            unit.set_limits(-2.0 * lens.travel_deg, 3.0 * lens.travel_deg)

    def far_stop(self, unit: FollowFocusUnit) -> None:
        """The ring stands at its infinity stop: count from here. Raises as `at_infinity`."""
        # To count from another place moves the count, not the ring: the sum of such jumps leads back to the old count.
        before = unit.refresh().position
        at_infinity(unit)
        self._shift += unit.refresh().position - before
        unit.set_limits(-2.0 * self._travel_deg, 3.0 * self._travel_deg)

    def close_stop(self, unit: FollowFocusUnit, rig: Rig, lens: LensMap) -> None:
        """The ring stands at its close stop, and the gear is known."""
        before = unit.refresh().position
        at_close_focus(unit, rig, lens)
        self._shift += unit.refresh().position - before

    def restore(self, unit: FollowFocusUnit) -> None:
        """Put back the settings, the limits, and the ring's place by the count, as they were before. Nothing moves."""
        was = (unit.refresh().position - self._shift) / self._per_deg
        # The gearing before the reference: the old angle is a place only by the old gears.
        unit.apply(self._config)
        if self._known:
            unit.set_reference(was)
            unit.set_limits(0.0, self._travel_deg)
        # It knew no place before: the one that this attempt gave it
        # is not to outlive it. Letting go makes it unknown again.
        elif unit.status.referenced:
            unit.release()


# Kept -------------------------------------------------------------------------------------------------------------


class CalibrationStore:
    """A file per lens in a folder. Name and serial number together, to the letter, are the lens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, lens: LensMap) -> Path:
        """Where a lens's calibration is kept: a name that can be read, and a sum that tells it from every other."""
        exact = hashlib.blake2s(json.dumps([lens.name, lens.serial]).encode(), digest_size=4).hexdigest()
        return self.folder / f"{_readable(lens)}.{exact}.json"

    def _older_path(self, lens: LensMap) -> Path:
        """Where it was kept before lenses of like names had files of their own."""
        return self.folder / f"{_readable(lens)}.json"

    def save(self, lens: LensMap, calibration: Calibration) -> Path:
        """Keep a calibration. Raises FileError."""
        path = self.path(lens)
        document = {"format": "followfocus-calibration", "version": VERSION, **dataclasses.asdict(calibration)}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"{self.folder} can't be made: {error.strerror}.", (), "Check its permissions.") from error
        write_atomically(path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
        return path

    def load(self, lens: LensMap) -> Calibration | None:
        """The calibration of a lens; None where there is none. Raises FileError for a file that can't be used."""
        # The exact name first: the older one may be another lens's of a like name, which the check below tells.
        path = next((path for path in (self.path(lens), self._older_path(lens)) if stat_of(path) is not None), None)
        if path is None:
            return None
        found = self._read(path)
        return found if (found.lens, found.lens_serial) == (lens.name, lens.serial) else None

    def gears(self) -> frozenset[tuple[int, int, float]]:
        """Teeth, direction and lash of every calibration that is kept; what can't be read is left out."""
        made = set()
        for path in self.folder.glob("*.json"):
            with contextlib.suppress(FileError):
                made.add(self._read(path).gear)
        return frozenset(made)

    def _read(self, path: Path) -> Calibration:
        text = read_input_text(path, _MOST_BYTES)
        try:
            document = json.loads(text)
            if document.pop("format") != "followfocus-calibration" or document.pop("version") != VERSION:
                raise ValueError("another format or version")
            return _checked(Calibration(**document))
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
            raise FileError(f"{path} is not a calibration: {error}.", (), "Calibrate again.") from error


def _readable(lens: LensMap) -> str:
    return safe_name(f"{lens.name}-{lens.serial}" if lens.serial else lens.name)


def _checked(found: Calibration) -> Calibration:
    if not all(map(math.isfinite, (found.travel_deg, found.lash_deg, found.at_utc_s))):
        raise ValueError("a figure isn't a number")
    if found.span_steps % 1 or found.motor_teeth % 1:
        raise ValueError("a count isn't a whole number")
    if not isinstance(found.note, str):
        raise ValueError("its note is no text")
    if found.direction not in (-1, 1) or found.motor_teeth < 1:
        raise ValueError("direction or teeth are impossible")
    return found


@dataclass(frozen=True, slots=True)
class Plausibility:
    """Whether a kept calibration can be used again, and in words why (not)."""

    words: str
    usable: bool = True


def _no(words: str) -> Plausibility:
    return Plausibility(words, usable=False)


def plausible(
    kept: Calibration, lens: LensMap, rig: Rig, parked: KnownPosition | None, unit_serial: str, now_utc_s: float
) -> Plausibility:
    """A kept calibration against the lens, the rig that is in force, and the unit's last position; no motion.

    A parked unit keeps its soft limits: where they are not the lens's travel, another lens was on it.
    """
    if abs(kept.travel_deg - lens.travel_deg) > GEAR_TOLERANCE * lens.travel_deg:
        return _no(f"The lens's travel was {kept.travel_deg:g}° then and is {lens.travel_deg:g}° now.")
    per_deg = rig.motor.full_steps * rig.microsteps * rig.lens_teeth / (360.0 * kept.motor_teeth)
    span_deg = kept.span_steps / per_deg
    # By the motor and microsteps that are set now, with the teeth that were found then: one of them has been changed.
    if abs(span_deg / lens.travel_deg - 1.0) > GEAR_TOLERANCE:
        return _no(f"The span of {span_deg:z.1f}° does not fit the motor that is set now.")
    # Looser than the gear's tolerance: after homing the limits stand a back-off inside either stop.
    if parked is not None and abs((parked.high_deg - parked.low_deg) / lens.travel_deg - 1.0) > 0.02:
        return _no("The unit was parked on another lens.")
    other = "" if kept.unit_serial == unit_serial else " It was made with another unit."
    note = f" Noted: {kept.note}." if kept.note else ""
    old = " That is long: look at the marks." if now_utc_s - kept.at_utc_s > OLD_S else ""
    return Plausibility(
        words=f"Calibrated {kept.days_words(now_utc_s)}: span {kept.span_steps} steps."
        f"{note}{other}{old}{kept.not_in_force(rig)}"
    )
