"""What the desk app knows, without a widget: the pull being set up, its plan, and every edit undoable.

The desk is edited by `edit`, which keeps what was before; views are made from it, intent comes in from the window.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from followfocus.easing import parse_easing
from followfocus.errors import FollowFocusError, RequestError
from followfocus.evidence import UnitStatus
from followfocus.lens import LensMap, load_lens
from followfocus.limits import shortest, stretch_to_fit
from followfocus.messages import State
from followfocus.plan import Conditions, Plan, make_plan
from followfocus.pull import Leg, Mark, Pull
from followfocus.units import format_distance
from followfocus_gui.views import BandView, CurveView, MarkView, RingView

SCALE_M = (
    *(math.inf, 50.0, 30.0, 20.0, 15.0, 10.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.5, 3.0, 2.5, 2.0, 1.8, 1.6, 1.5, 1.4, 1.3),
    *(1.2, 1.1, 1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.35, 0.3),
)
MAJOR_M = {math.inf, 10.0, 5.0, 3.0, 2.0, 1.5, 1.0, 0.7, 0.5}
SCALE_FT = (
    math.inf,
    100,
    50,
    30,
    20,
    15,
    12,
    10,
    9,
    8,
    7,
    6,
    5.5,
    5,
    4.5,
    4,
    3.5,
    3,
    2.75,
    2.5,
    2.25,
    2,
    1.75,
    1.5,
    1.25,
    1,
)
MAJOR_FT = {math.inf, 30, 15, 10, 6, 4, 3, 2}
FOOT_M = 0.3048
MOST_MARKS = 9
SAMPLES = 401


@dataclass(frozen=True, slots=True)
class DeskMark:
    """A mark as it is edited; the trim moves it for the takes without touching it."""

    name: str
    ring_deg: float
    locked: bool = False
    trim_m: float = 0.0
    wait_s: float = 0.0


@dataclass(frozen=True, slots=True)
class DeskState:
    """Everything that can be edited and undone."""

    lens: LensMap
    marks: tuple[DeskMark, ...]
    duration_s: float = 2.0
    easing: str = "minjerk"
    t_stop: float = 0.0
    fps: Fraction = Fraction(24)
    imperial: bool = False
    show_distance: bool = False
    selected: int = 0
    scene: str = "1"


@dataclass(slots=True)
class Desk:
    """The state, its history, and the plan that follows from it."""

    state: DeskState
    take: int = 1
    _undo: list[DeskState] = field(default_factory=list)
    _redo: list[DeskState] = field(default_factory=list)
    _planned: tuple[DeskState, Plan | None, str] | None = None

    @classmethod
    def new(cls, lens_name: str = "ideal-50") -> Desk:
        """The desk as it first opens: two marks on a lens that ships."""
        lens = load_lens(lens_name)
        marks = DeskMark("", lens.ring_deg(2.0)), DeskMark("", lens.ring_deg(4.0))
        return cls(DeskState(lens, marks, t_stop=lens.t_stop))

    # Editing ------------------------------------------------------------------------------------------------------

    def edit(self, **changes: object) -> None:
        """Change the state so that it can be undone."""
        changed = dataclasses.replace(self.state, **changes)  # type: ignore[arg-type]
        if changed != self.state:
            self._undo.append(self.state)
            self._redo.clear()
            self.state = changed

    def undo(self) -> bool:
        """Take the last edit back; False where there is none."""
        return self._swap(self._undo, self._redo)

    def redo(self) -> bool:
        """Do the edit again that was taken back last."""
        return self._swap(self._redo, self._undo)

    def _swap(self, source: list[DeskState], target: list[DeskState]) -> bool:
        if not source:
            return False
        target.append(self.state)
        self.state = source.pop()
        return True

    def edit_mark(self, index: int, **changes: object) -> None:
        """Change one mark. Raises RequestError where it is locked and would move."""
        mark = self.state.marks[index]
        if mark.locked and "ring_deg" in changes:
            raise RequestError(f"Mark {letter(index)} is locked.", "Unlock it to move it.")
        if "ring_deg" in changes:
            changes["ring_deg"] = self.state.lens.checked_ring_deg(float(changes["ring_deg"]))  # type: ignore[arg-type]
        marks = list(self.state.marks)
        marks[index] = dataclasses.replace(mark, **changes)  # type: ignore[arg-type]
        self.edit(marks=tuple(marks), selected=index)

    def set_distance(self, index: int, distance_m: float) -> None:
        """Put a mark at a distance. Raises RequestError off the lens's scale."""
        self.edit_mark(index, ring_deg=self.state.lens.ring_deg(distance_m))

    def nudge(self, index: int, by_m: float) -> None:
        """Move a mark by so many metres of subject distance."""
        distance_m = self.state.lens.distance_m(self.state.marks[index].ring_deg)
        if math.isinf(distance_m):
            raise RequestError(f"Mark {letter(index)} is at infinity.", "Type a distance instead.")
        self.set_distance(index, distance_m + by_m)

    def add_mark(self, ring_deg: float) -> None:
        """One more mark at the end, where the ring stands."""
        if len(self.state.marks) >= MOST_MARKS:
            raise RequestError(f"A pull has at most {MOST_MARKS} marks here.", "Make a second pull.")
        self.edit(marks=(*self.state.marks, DeskMark("", ring_deg)), selected=len(self.state.marks))

    def remove_mark(self) -> None:
        """The last mark goes; two stay."""
        if len(self.state.marks) > 2:
            self.edit(marks=self.state.marks[:-1], selected=0)

    def set_lens(self, name: str) -> None:
        """Another lens; marks keep their distances where it has them."""
        lens, old = load_lens(name), self.state.lens
        marks = []
        for mark in self.state.marks:
            distance_m = max(old.distance_m(mark.ring_deg), lens.close_focus_m)
            marks.append(dataclasses.replace(mark, ring_deg=min(lens.ring_deg(distance_m), lens.travel_deg)))
        self.edit(lens=lens, marks=tuple(marks), t_stop=lens.t_stop)

    def fastest(self) -> None:
        """The shortest duration that every limit allows."""
        self._reshape(lambda pull, plan: shortest(pull, plan.rig, plan.limits))

    def stretch(self) -> None:
        """Only as slow as the limits ask."""
        self._reshape(lambda pull, plan: stretch_to_fit(pull, plan.rig, plan.limits))

    def _reshape(self, change: Callable[[Pull, Plan], Pull]) -> None:
        plan = self.plan()
        if plan is None:
            raise RequestError(self.trouble(), "")
        made = change(plan.pull, plan)
        self.edit(duration_s=math.ceil(sum(leg.duration_s for leg in made.legs) * 1000.0 + 0.5) / 1000.0)

    # The plan -----------------------------------------------------------------------------------------------------

    def pull(self) -> Pull:
        """The pull as set up, trims included: the duration shared among legs by their travel."""
        s = self.state
        degrees = [self.trimmed_deg(index) for index in range(len(s.marks))]
        marks = tuple(
            Mark(mark.name or letter(i), deg, hold_s=mark.wait_s if 0 < i < len(s.marks) - 1 else 0.0)
            for i, (mark, deg) in enumerate(zip(s.marks, degrees, strict=True))
        )
        spans = [abs(b - a) for a, b in itertools.pairwise(degrees)]
        whole = sum(spans) or 1.0
        legs = tuple(Leg(s.duration_s * (span / whole or 1.0), parse_easing(s.easing)) for span in spans)
        return Pull(marks, legs)

    def trimmed_deg(self, index: int) -> float:
        """Where a mark is for the next take."""
        mark, lens = self.state.marks[index], self.state.lens
        if mark.trim_m == 0.0:
            return mark.ring_deg
        distance_m = lens.distance_m(mark.ring_deg)
        return mark.ring_deg if math.isinf(distance_m) else lens.ring_deg(distance_m + mark.trim_m)

    def plan(self) -> Plan | None:
        """The plan of the state as it is; None where there is none, and `trouble` says why."""
        if self._planned is None or self._planned[0] is not self.state:
            try:
                made = make_plan(self.state.lens, self.pull(), Conditions(self.state.t_stop, fps=self.state.fps))
                self._planned = (self.state, made, "")
            except FollowFocusError as error:
                self._planned = (self.state, None, str(error))
        return self._planned[1]

    def trouble(self) -> str:
        """Why the pull can't be shot as it is; empty if it can."""
        plan = self.plan()
        if plan is None:
            assert self._planned is not None
            return self._planned[2]
        words = plan.feasibility.words
        return "" if plan.feasibility.feasible else f"{words[:1].upper()}{words[1:]}."

    # What is shown ------------------------------------------------------------------------------------------------

    def distance_text(self, metres: float, *, other: bool = False) -> str:
        """A distance in the chosen units, or in the others."""
        return format_distance(metres, "imperial" if self.state.imperial != other else "metric")

    def mark_views(self) -> tuple[MarkView, ...]:
        """The marks as the strip and the disk show them."""
        s = self.state
        return tuple(
            MarkView(
                letter(i), mark.name, self.trimmed_deg(i), s.lens.distance_m(mark.ring_deg), mark.locked,
                selected=i == s.selected, trim_deg=mark.trim_m, wait_s=mark.wait_s,
            )
            for i, mark in enumerate(s.marks)
        )  # fmt: skip

    def ring_view(self, status: UnitStatus, target_deg: float | None, landing_deg: float | None) -> RingView:
        """The disk, with the ring where the unit says."""
        plan, lens = self.plan(), self.state.lens
        return RingView(
            scale=self._scale(),
            travel_deg=lens.travel_deg,
            soft_limits=(0.0, lens.travel_deg),
            stops=lens.has_stops,
            marks=self.mark_views(),
            needle_deg=status.ring_deg,
            target_deg=target_deg,
            half_dof_deg=plan.half_dof_deg if plan else 0.0,
            landing_deg=landing_deg,
            state_word=state_word(status).upper(),
            enabled=status.state in (State.IDLE, State.LOADED, State.MOVING),
        )

    def _scale(self) -> tuple[tuple[float, str, bool], ...]:
        lens, imperial = self.state.lens, self.state.imperial
        made = []
        for value in SCALE_FT if imperial else SCALE_M:
            metres = value * FOOT_M if imperial else value
            angle = float(lens.ring_deg(np.array([metres]))[0])
            if -1e-9 <= angle <= lens.travel_deg + 1e-9:
                text = "∞" if math.isinf(value) else (f"{value:g}'" if imperial else f"{value:g}")
                made.append((angle, text, value in (MAJOR_FT if imperial else MAJOR_M)))
        return tuple(made)

    def curve_view(self) -> CurveView | None:
        """The plan as the curve shows it; None without one."""
        plan = self.plan()
        if plan is None:
            return None
        t = np.linspace(0.0, plan.motion.duration_s, SAMPLES)
        speed = np.abs(plan.motion.speed_deg_s(t))
        ring = plan.motion.ring_deg(t)
        handles = getattr(plan.pull.legs[0].easing, "handles", None) if len(plan.pull.legs) == 1 else None
        return CurveView(
            times_s=t,
            ring_deg=ring,
            speed_deg_s=speed,
            distance_m=np.minimum(plan.lens.distance_m(ring), 100.0),
            speed_limit_deg_s=plan.limits.speed_deg_s if speed.max() > 0.4 * plan.limits.speed_deg_s else math.inf,
            binding_spans=() if plan.feasibility.feasible else ((0.0, plan.motion.duration_s),),
            bands=self._bands(plan),
            duration_s=plan.motion.duration_s,
            handles=handles,
            show_distance=self.state.show_distance,
            feasible=plan.feasibility.feasible,
            words="  ".join([self.trouble(), *plan.warnings()]).strip(),
        )

    def _bands(self, plan: Plan) -> tuple[BandView, ...]:
        half = plan.half_dof_deg
        seen = zip(plan.pull.marks, plan.sharpness.subjects, strict=True)
        return tuple(
            BandView(letter(i), m.name, m.ring_deg + half, m.ring_deg - half, s.goes_soft_s, s.becomes_sharp_s)
            for i, (m, s) in enumerate(seen)
            if i in (0, len(plan.pull.marks) - 1)
        )

    def slate(self) -> str:
        """Scene and take, as on the board."""
        return f"{self.state.scene} / {self.take}"


def letter(index: int) -> str:
    """A, B, C …"""
    return chr(ord("A") + index)


def state_word(status: UnitStatus) -> str:
    """The unit's state in a word."""
    if not status.connected or status.state is None:
        return "no unit"
    return {State.LOADED: "ready", State.IDLE: "ready"}.get(status.state, status.state.name.lower())
