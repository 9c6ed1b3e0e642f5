# SPDX-License-Identifier: MIT
"""A calibration under way, without a widget: the step, the findings so far, and the words on them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum

from followfocus.lens.map import LensMap
from followfocus.motion.motor import Rig
from followfocus.unit.calibration import Gear

NEAR_END = 0.85
"""From this share of the travel on the ring turns slowly, whatever is held"""


class CalibrationPage(Enum):
    """The steps, in order; the last keeps what was found."""

    FAR = "far stop"
    CLOSE = "close stop"
    PLAY = "check the play"
    KEEP = "keep it"


PAGES = tuple(CalibrationPage)


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact about direction, motor, gear or force. `right`: as it should be; None is not known yet."""

    what: str
    words: str
    right: bool | None


@dataclass(frozen=True, slots=True)
class Calibrating:
    """How far a calibration is. `steps` were counted since the far stop; `play_deg` is the play as measured."""

    lens: LensMap
    rig: Rig
    page: CalibrationPage = CalibrationPage.FAR
    steps: int = 0
    span_steps: int = 0
    gear: Gear | None = None
    as_set: bool = False
    """The gear found is not taken over: what is set stays"""
    play_deg: float | None = None
    doubtful: bool = True
    """Nobody knows yet where the ring is"""

    @property
    def far_found(self) -> bool:
        """The far stop is found."""
        return self.page is not CalibrationPage.FAR

    @property
    def close_found(self) -> bool:
        """The close stop too."""
        return self.page in (CalibrationPage.PLAY, CalibrationPage.KEEP)

    @property
    def counts(self) -> bool:
        """The step goes by the unit's count from the far stop."""
        return self.page in (CalibrationPage.CLOSE, CalibrationPage.PLAY)

    def begun_anew(self) -> Calibrating:
        """At the far stop again, with nothing found."""
        return dataclasses.replace(self, page=CalibrationPage.FAR, span_steps=0, gear=None, play_deg=None)

    @property
    def used_rig(self) -> Rig:
        """The rig with the gear that is taken over."""
        if self.gear is None or self.as_set:
            return self.rig
        return dataclasses.replace(self.rig, motor_teeth=self.gear.teeth, direction=self.gear.direction)

    @property
    def turned_deg(self) -> float:
        """How far the ring has turned from the far stop, by the count and the gear that is known."""
        per_deg = self.used_rig.steps_per_deg
        # On the way to the close stop the motor's direction is what is being found out: it may count down.
        return abs(self.steps) / per_deg if self.page is CalibrationPage.CLOSE else self.steps / per_deg

    def slowed(self, speed_deg_s: float, slow_deg_s: float) -> float:
        """The speed that is asked for, slow in the last part before the close stop."""
        # By the lens's travel: it alone says where the stop is before the stop has been met.
        near = self.page is CalibrationPage.CLOSE and self.turned_deg > NEAR_END * self.lens.travel_deg
        if not near or abs(speed_deg_s) <= slow_deg_s:
            return speed_deg_s
        return slow_deg_s if speed_deg_s > 0 else -slow_deg_s

    # Words --------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        """The next thing to do, as a title."""
        return {
            CalibrationPage.FAR: "Turn the ring to its far stop, ∞",
            CalibrationPage.CLOSE: "Turn the ring to its close stop",
            CalibrationPage.PLAY: "Checking the play",
            CalibrationPage.KEEP: "Keep it for this lens",
        }[self.page]

    def help(self) -> str:
        """How."""
        return {
            CalibrationPage.FAR: "Hold the arrow. Let go when the ring stands still against the stop. "
            "Gently at the end.",
            CalibrationPage.CLOSE: "Hold the arrow. Let go when the ring stands still against the stop. "
            "It slows down by itself in the last part.",
            CalibrationPage.PLAY: "The motor goes to the middle. Press ← until the ring just moves, then say so.",
            CalibrationPage.KEEP: f"{self.lens.model or self.lens.name}: {abs(self.span_steps)} steps from "
            "stop to stop. Next time it is checked, not measured.",
        }[self.page]

    def go_words(self) -> str:
        """The words on the main button."""
        return {
            CalibrationPage.FAR: "It is at the far stop",
            CalibrationPage.CLOSE: "It is at the close stop",
            CalibrationPage.PLAY: "The ring has moved",
            CalibrationPage.KEEP: "Keep",
        }[self.page]

    def stage_words(self, page: CalibrationPage) -> str:
        """Below a step's name: found, now, or what it will take."""
        if PAGES.index(page) < PAGES.index(self.page):
            return "found" if page is not CalibrationPage.PLAY else self._play_words()
        if page is self.page:
            return "now"
        return {CalibrationPage.CLOSE: "then this", CalibrationPage.PLAY: "last, 10 s"}.get(page, "")

    def _play_words(self) -> str:
        return "" if self.play_deg is None else play_words(self.play_deg)

    def facts(self, *, fault: str = "") -> tuple[Fact, ...]:
        """Direction, motor, gear and force, each as far as it is known."""
        force = Fact("Force", fault or "as it should be", not fault)
        if self.page is CalibrationPage.FAR:
            return (
                Fact("Direction", "seen at the close stop", None), Fact("Motor", "counts from the far stop", None),
                Fact("Gear", f"set: {self.rig.motor_teeth} teeth on a {self.rig.lens_teeth}-tooth ring", None), force,
            )  # fmt: skip
        gear, steps = self.gear, self.span_steps or self.steps
        # The crew turned it towards close focus: counted up is the way it should be.
        right = None if steps == 0 else steps > 0
        way = {
            None: "seen as it turns",
            True: "right: it turns towards close",
            False: "the other way round: it will be set so",
        }
        fits = f"fits {self.rig.motor_teeth} teeth on a {self.rig.lens_teeth}-tooth ring"
        return (
            Fact("Direction", way[right], right),
            Fact("Motor", f"{abs(steps)} steps since the far stop", right=True),
            Fact("Gear", self._gear_words(fits), None if gear is None else gear.fits or self.as_set),
            force,
        )

    def _gear_words(self, fits: str) -> str:
        if self.gear is None:
            return f"set: {self.rig.motor_teeth} teeth"
        if self.as_set:
            return f"{self.rig.motor_teeth} teeth, as set"
        if self.gear.teeth == self.rig.motor_teeth:
            return fits
        return f"it is a gear of {self.gear.teeth} teeth, not {self.rig.motor_teeth}"


def play_words(play_deg: float) -> str:
    """The play between the gears, in a sentence."""
    return f"play {play_deg:z.2f}°" + (": too small to see" if play_deg <= 0.1 else "")
