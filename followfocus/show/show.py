# SPDX-License-Identifier: MIT
"""A production's show: lenses, pulls with their marks, the cue list, the unit's settings, the slate.

A show is a value: frozen, checked when made, replaced by a changed one at every edit. `file.py` reads and writes it,
`cues.py` walks its cue list, the desk app edits it. The marks belong to their pull, and a pull may stand behind several
cues (there and back), so that a mark moved once is moved in all of them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from followfocus.errors import RequestError
from followfocus.lens.drift import NO_DRIFT, Drift, drifted
from followfocus.lens.formats import SUPER_35, Format
from followfocus.lens.map import LensMap
from followfocus.motion.limits import RING_LIMITS, RingLimits
from followfocus.motion.motor import MOTORS, Rig
from followfocus.motion.pull import Pull
from followfocus.motion.takeup import lead_deg
from followfocus.show.cue_hand import NO_HAND, CueHand, cue_hand
from followfocus.show.cue_start import TIMECODE, CueStart
from followfocus.show.pulls import MOST_MARKS as MOST_MARKS
from followfocus.show.pulls import ShowMark as ShowMark
from followfocus.show.pulls import ShowPull as ShowPull
from followfocus.show.pulls import letter as letter
from followfocus.show.ranges import check_ranges
from followfocus.show.slate import Slate
from followfocus.units import System

LINK_LOSS = ("finish", "slow_down", "stop_at_once")
"""How a running take goes on when the host falls silent."""
UNITS = ("metric", "imperial")
THEMES = ("dark", "red", "bright")


@dataclass(frozen=True, slots=True)
class ShowLens:
    """A lens of the show, as mapped: `id` names it within the show. `drift` is how far it is off its scale today."""

    id: str
    lens: LensMap
    drift: Drift = NO_DRIFT

    @property
    def today(self) -> LensMap:
        """The lens as it is today."""
        return drifted(self.lens, self.drift)


@dataclass(frozen=True, slots=True)
class ShowCue:
    """An entry of the cue list: a pull, forward or `back`, and what follows it.

    `follow_s` is how long after its landing the next cue goes by itself; None waits for GO. `lead_s` is counted down
    between GO and the start. `rec_hold_s` is how long after the camera's REC it goes by itself, `stop_rec_s` how long
    after its landing the camera is stopped, `at_timecode` the timecode at which it goes; empty or None for neither.
    `hand` is what a wheel does meanwhile (`cue_hand.py`): how far a ride may lead, and whether it is kept.
    """

    number: str
    pull: str
    name: str = ""
    back: bool = False
    follow_s: float | None = None
    lead_s: float = 0.0
    note: str = ""
    rec_hold_s: float | None = None
    stop_rec_s: float | None = None
    at_timecode: str = ""
    hand: str = NO_HAND
    hand_within_m: float | None = None
    hand_keep: bool = False

    def __post_init__(self) -> None:
        if not self.number.strip():
            raise RequestError("A cue has no number.", "Give it one, such as 1 or 1.5.")
        check_ranges(
            f"Cue {self.number}", follow_s=self.follow_s, lead_s=self.lead_s, rec_hold_s=self.rec_hold_s,
            stop_rec_s=self.stop_rec_s, hand_within_m=self.hand_within_m,
        )  # fmt: skip
        try:
            cue_hand(self.hand, self.hand_within_m, self.hand_keep)
        except RequestError as error:
            raise RequestError(f"Cue {self.number}: {error.message}", error.remedy) from error
        if self.at_timecode and not TIMECODE.fullmatch(self.at_timecode):
            raise RequestError(
                f"Cue {self.number} can't go at “{self.at_timecode}”.", "Write a timecode like 01:00:10:00."
            )

    @property
    def start(self) -> CueStart:
        """Its starts besides GO, and when the camera is stopped."""
        return CueStart(self.rec_hold_s, self.stop_rec_s, self.at_timecode)

    @property
    def wheel(self) -> CueHand | None:
        """The wheel's part while it plays; None for none."""
        return cue_hand(self.hand, self.hand_within_m, self.hand_keep)


@dataclass(frozen=True, slots=True)
class ShowUnit:
    """The unit of the show: its port, motor and gearing, its limits, and what it does when the line falls silent."""

    port: str = "sim"
    motor: str = "17hs19-2004s1"
    volts: float = 24.0
    drive_current_a: float | None = None
    microsteps: int = 16
    motor_teeth: int = 50
    direction: int = 1
    lash_deg: float = 0.05
    limits: str = "standard"
    link_loss: str = "finish"

    def __post_init__(self) -> None:
        if self.limits not in RING_LIMITS:
            raise RequestError(f"There are no ring limits “{self.limits}”.", f"Known: {', '.join(RING_LIMITS)}.")
        if self.link_loss not in LINK_LOSS:
            raise RequestError(f"No link-loss setting is called “{self.link_loss}”.", f"Known: {', '.join(LINK_LOSS)}.")
        if self.motor not in MOTORS:
            raise RequestError(f"No motor is called “{self.motor}”.", f"Known: {', '.join(MOTORS)}.")
        check_ranges(
            "The unit", volts=self.volts, drive_current_a=self.drive_current_a, microsteps=self.microsteps,
            motor_teeth=self.motor_teeth, direction=self.direction, lash_deg=self.lash_deg,
        )  # fmt: skip
        if self.direction == 0 or self.microsteps & (self.microsteps - 1):
            raise RequestError(
                "The unit's direction is 1 or -1, and its microsteps are 1, 2, 4 … 256.", "Set them again."
            )

    def rig(self, lens: LensMap) -> Rig:
        """The rig of this unit on a lens."""
        return Rig(
            motor=MOTORS[self.motor],
            volts=self.volts,
            drive_current_a=self.drive_current_a,
            microsteps=self.microsteps,
            motor_teeth=self.motor_teeth,
            lens_teeth=lens.gear_teeth,
            direction=self.direction * lens.direction,
            lash_deg=self.lash_deg,
        )

    def read_deg(self, pull: ShowPull, lens: LensMap, ring_deg: float, *, stands: bool) -> float:
        """The ring's place as it is read: on one of the pull's marks, the mark's own. `stands`: the motor is still."""
        rig = self.rig(lens)
        return pull.read_deg(lens, ring_deg, rig.ring_deg_per_step, lead_deg(rig) if stands else 0.0)

    @property
    def ring_limits(self) -> RingLimits:
        """The ring's limits."""
        return RING_LIMITS[self.limits]


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the desk app shows things."""

    units: str = "metric"
    theme: str = "dark"
    show_distance: bool = True

    def __post_init__(self) -> None:
        if self.units not in UNITS or self.theme not in THEMES:
            raise RequestError("Units are metric or imperial, the theme is dark, red or bright.", "Set them again.")

    @property
    def system(self) -> System:
        """The units of distances."""
        return "imperial" if self.units == "imperial" else "metric"


@dataclass(frozen=True, slots=True)
class Show:
    """A production's focus, whole. Every pull names a lens of it, every cue a pull."""

    production: str
    lenses: tuple[ShowLens, ...]
    pulls: tuple[ShowPull, ...]
    cues: tuple[ShowCue, ...]
    camera: str = "A"
    first_ac: str = ""
    fps: Fraction = Fraction(24)
    slate: Slate = field(default_factory=Slate)
    unit: ShowUnit = field(default_factory=ShowUnit)
    preferences: Preferences = field(default_factory=Preferences)
    film: Format = SUPER_35

    def __post_init__(self) -> None:
        problems = tuple(show_problems(self.lenses, self.pulls, self.cues))
        if problems:
            raise RequestError(" ".join(problems))

    def lens(self, lens_id: str) -> LensMap:
        """The lens of that name. Raises RequestError."""
        for entry in self.lenses:
            if entry.id == lens_id:
                return entry.today
        raise RequestError(f"The show has no lens “{lens_id}”.", f"It has {_list(e.id for e in self.lenses)}.")

    def pull(self, pull_id: str) -> ShowPull:
        """The pull of that name. Raises RequestError."""
        for entry in self.pulls:
            if entry.id == pull_id:
                return entry
        raise RequestError(f"The show has no pull “{pull_id}”.", f"It has {_list(e.id for e in self.pulls)}.")

    def cue(self, number: str) -> ShowCue:
        """The cue of that number. Raises RequestError."""
        for entry in self.cues:
            if entry.number.casefold() == number.strip().casefold():
                return entry
        raise RequestError(f"The show has no cue “{number}”.", f"It has {_list(e.number for e in self.cues)}.")

    def parts(self, cue: ShowCue) -> tuple[Pull, ...]:
        """A cue as it is played (see `ShowPull.parts`)."""
        pull = self.pull(cue.pull)
        return pull.parts(self.lens(pull.lens), back=cue.back)

    def with_film(self, film: Format) -> Show:
        """The show in another format; pulls that went by the old one's circle of confusion go by the new one's."""
        pulls = tuple(
            dataclasses.replace(pull, coc_mm=film.coc_mm) if pull.coc_mm == self.film.coc_mm else pull
            for pull in self.pulls
        )
        return dataclasses.replace(self, film=film, pulls=pulls)

    def with_pull(self, pull: ShowPull) -> Show:
        """The show with that pull in the place of the one of its name, or at the end."""
        return dataclasses.replace(self, pulls=tuple({**{p.id: p for p in self.pulls}, pull.id: pull}.values()))

    def with_lens(self, lens: ShowLens) -> Show:
        """The show with that lens in the place of the one of its name, or at the end."""
        return dataclasses.replace(self, lenses=tuple({**{e.id: e for e in self.lenses}, lens.id: lens}.values()))


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def show_problems(
    lenses: Sequence[ShowLens], pulls: Sequence[ShowPull], cues: Sequence[ShowCue], broken: Collection[str] = ()
) -> list[str]:
    """All that is wrong between the parts of a show, a sentence each; empty if nothing is.

    `broken` are names of lenses and pulls that are known to be wrong themselves, which is not said again here.
    """
    problems = []
    for what, names in (
        ("lens", [entry.id for entry in lenses]),
        ("pull", [entry.id for entry in pulls]),
        ("cue", [entry.number.casefold() for entry in cues]),
    ):
        twice = sorted({name for name in names if names.count(name) > 1})
        problems += [f"There are two of {what} “{name}”." for name in twice]
    maps = {entry.id: entry.lens for entry in lenses}
    for pull in pulls:
        if pull.lens not in maps:
            if pull.lens not in broken:
                problems.append(f"Pull “{pull.id}” is on lens “{pull.lens}”, which the show hasn't.")
            continue
        travel = maps[pull.lens].travel_deg
        problems += [
            f"Pull “{pull.id}”: mark {letter(i)} at {mark.ring_deg:g}° is off the ring's travel of {travel:g}°."
            for i, mark in enumerate(pull.marks)
            if mark.is_off(travel)
        ]
    known = {entry.id for entry in pulls}.union(broken)
    problems += [
        f"Cue {cue.number} plays pull “{cue.pull}”, which the show hasn't." for cue in cues if cue.pull not in known
    ]
    return problems


def new_show(production: str, lens: LensMap, lens_id: str = "") -> Show:
    """A show with one lens, one pull from 2 m to 4 m (or what the lens has near that), and one cue."""
    name = lens_id or lens.name
    farthest_m = lens.distance_m(0.0)
    marks = tuple(
        ShowMark(lens.ring_deg(min(max(metres, lens.close_focus_m), farthest_m)))
        for metres in (max(2.0, 1.5 * lens.close_focus_m), max(4.0, 3.0 * lens.close_focus_m))
    )
    pull = ShowPull("1", name, marks, t_stop=lens.t_stop)
    return Show(production, (ShowLens(name, lens),), (pull,), (ShowCue("1", "1"),))
