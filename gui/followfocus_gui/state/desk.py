# SPDX-License-Identifier: MIT
"""The desk's state, without a widget: the show, the cue being set up, its plan, and every edit undoable.

The show is the document; the desk looks at one of its cues. An edit replaces the show by a changed one and keeps what
was before. `desk_views.py` makes from it what the screen shows.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.lens.map import LensMap, load_lens
from followfocus.plan.plan import Plan
from followfocus.show.cues import added, free_id, removed
from followfocus.show.show import MOST_MARKS, Show, ShowCue, ShowLens, ShowMark, ShowPull, letter, new_show
from followfocus.show.slate import Slate
from followfocus.stage.trimming import KeptTrim
from followfocus.units import format_distance
from followfocus_gui.state.history import DeskState, History
from followfocus_gui.state.lately import Lately
from followfocus_gui.state.planning import Planned, PlanShelf
from followfocus_gui.state.ring_scale import RingScale
from followfocus_gui.state.views import MarkView


@dataclass(slots=True)
class Desk:
    """The state, its history, and the plans that follow from it."""

    state: DeskState
    _history: History = field(default_factory=History)
    shelf: PlanShelf = field(default_factory=PlanShelf)
    """Plans made lately"""
    fastest_interval_ticks: int | None = None
    """How fast the unit that is connected says it steps; None where none has said so"""
    marks: Lately[tuple[MarkView, ...]] = field(default_factory=Lately, compare=False, repr=False)
    """The marks as they are shown"""
    scale: Lately[RingScale] = field(default_factory=Lately, compare=False, repr=False)
    lens_scale: Lately[tuple[FloatArray, FloatArray]] = field(default_factory=Lately, compare=False, repr=False)
    """The disk's engraving, and the curve's upright scale"""
    _lens: Lately[LensMap] = field(default_factory=Lately, compare=False, repr=False)
    _places: Lately[tuple[float, ...]] = field(default_factory=Lately, compare=False, repr=False)

    @classmethod
    def new(cls, lens_name: str = "ideal-50") -> Desk:
        """The desk as it first opens: two marks on a lens that ships."""
        return cls(DeskState(new_show("", load_lens(lens_name))))

    # What is being edited -----------------------------------------------------------------------------------------

    @property
    def show(self) -> Show:
        """The document."""
        return self.state.show

    @property
    def cue(self) -> ShowCue:
        """The cue that the desk looks at."""
        return self.show.cues[self.state.cue]

    @property
    def pull(self) -> ShowPull:
        """The pull of that cue."""
        return self.show.pull(self.cue.pull)

    @property
    def lens(self) -> LensMap:
        """The lens of that pull."""
        return self._lens.of(self.state, lambda: self.show.lens(self.pull.lens))

    @property
    def back(self) -> bool:
        """The pull is played from its last mark to its first."""
        return self.cue.back != self.state.turned

    @property
    def imperial(self) -> bool:
        """Distances are shown in feet and inches."""
        return self.show.preferences.units == "imperial"

    # Editing ------------------------------------------------------------------------------------------------------

    def replace(self, state: DeskState) -> None:
        """Go over to another state so that it can be undone."""
        # An edit to what is there already is none: Ctrl-Z would seem to do nothing.
        if state != self.state:
            self._history.leave(self.state)
            self.state = state

    def open(self, show: Show) -> None:
        """Go over to another show. Not to be undone."""
        self._history.clear()
        self.state = DeskState(show)

    def adopt(self, port: str) -> None:
        """Be on the unit on this port, as a show that was never on another. Not to be undone."""
        show = dataclasses.replace(self.show, unit=dataclasses.replace(self.show.unit, port=port))
        self.state = dataclasses.replace(self.state, show=show)

    def drag(self, *, on: bool) -> None:
        """A handle is taken or let go: all edits in between are undone as one."""
        self._history.drag(on=on)

    def select(self, index: int) -> None:
        """Look at a mark; no edit, so nothing to undo."""
        self.state = dataclasses.replace(self.state, selected=min(index, len(self.pull.marks) - 1))

    def look_at(self, cue: int, *, turned: bool = False) -> None:
        """Look at a cue; no edit either."""
        self.state = DeskState(self.show, min(max(cue, 0), len(self.show.cues) - 1), turned=turned)

    def edit(self, **changes: Any) -> None:
        """Change fields of the show. Raises RequestError."""
        self.replace(dataclasses.replace(self.state, show=dataclasses.replace(self.show, **changes)))

    def edit_pull(self, *, selected: int | None = None, **changes: Any) -> None:
        """Change fields of the pull. Raises RequestError."""
        show = self.show.with_pull(dataclasses.replace(self.pull, **changes))
        at = self.state.selected if selected is None else selected
        self.replace(DeskState(show, self.state.cue, at, self.state.turned))

    def edit_cue(self, **changes: Any) -> None:
        """Change fields of the cue. Raises RequestError."""
        cues = list(self.show.cues)
        cues[self.state.cue] = dataclasses.replace(self.cue, **changes)
        self.edit(cues=tuple(cues))

    def prefer(self, **changes: Any) -> None:
        """Change how things are shown. Not to be undone."""
        show = dataclasses.replace(self.show, preferences=dataclasses.replace(self.show.preferences, **changes))
        self.state = dataclasses.replace(self.state, show=show)

    def undo(self) -> bool:
        """Take the last edit back; False where there is none."""
        return self._go_to(self._history.back(self.state))

    def redo(self) -> bool:
        """Do the edit again that was taken back last."""
        return self._go_to(self._history.forward(self.state))

    def _go_to(self, state: DeskState | None) -> bool:
        self.state = self.state if state is None else state
        return state is not None

    def keep(self, kept: KeptTrim) -> None:
        """Make a ride the mark's trim: an edit, to be undone like any other."""
        # On the desk's show, not on the stage's: what was edited meanwhile stays.
        show = kept.on(self.show)
        if show != self.show:
            self.replace(dataclasses.replace(self.state, show=show))

    def stand_by(self, cue: int, slate: Slate, *, turned: bool) -> None:
        """Follow the player: the cue that stands by, and the slate. Nothing to undo, for it was shot."""
        if slate != self.show.slate:
            self.state = dataclasses.replace(self.state, show=dataclasses.replace(self.show, slate=slate))
        if (cue, turned) != (self.state.cue, self.state.turned):
            self.look_at(cue, turned=turned)

    # Cues -----------------------------------------------------------------------------------------------------------

    def add_cue(self, *, back: bool = False) -> None:
        """A cue after this one: with `back` the way back over the same marks, else a pull of its own like this one."""
        self.replace(DeskState(added(self.show, self.state.cue, way_back=back), self.state.cue + 1))

    def remove_cue(self) -> None:
        """The cue goes, and its pull where no other plays it. Raises RequestError for the last."""
        show = removed(self.show, self.state.cue)
        self.replace(DeskState(show, min(self.state.cue, len(show.cues) - 1)))

    # Marks --------------------------------------------------------------------------------------------------------

    def edit_mark(self, index: int, **changes: Any) -> None:
        """Change one mark. Raises RequestError where it is locked and would move, or off the travel."""
        mark = self.pull.marks[index]
        # Its place alone is locked: name, trim and hold are the crew's to change while the mark stays.
        if mark.locked and "ring_deg" in changes:
            raise RequestError(f"{letter(index)} is locked.", "L unlocks it.")
        if "ring_deg" in changes and mark.subject:
            raise RequestError(
                f"{letter(index)} belongs to {mark.subject}, who walks.", "Change her walk, trim it, or rename it."
            )
        if "ring_deg" in changes:
            changes["ring_deg"] = self.lens.checked_ring_deg(float(changes["ring_deg"]))
        marks = list(self.pull.marks)
        marks[index] = dataclasses.replace(mark, **changes)
        self.edit_pull(marks=tuple(marks), selected=index)

    def places_deg(self) -> tuple[float, ...]:
        """Where the ring stands at each mark; where a walk leads off the scale, at the marks' own angles."""
        return self._places.of(self.state, self._placed)

    def _placed(self) -> tuple[float, ...]:
        try:
            return self.pull.places_deg(self.lens)
        except RequestError:
            return tuple(mark.ring_deg for mark in self.pull.marks)

    def call_mark(self, index: int, words: str) -> None:
        """Name a mark, or give it somebody who walks: `ANNA=3m..2m`. Raises RequestError."""
        changed = self.pull.called(index, words, self.show.fps, "ft" if self.imperial else "m")
        # Looked at before it is taken over: a walk that leads off the lens's scale is refused as it is typed.
        changed.places_deg(self.lens)
        self.edit_pull(marks=changed.marks, subjects=changed.subjects, selected=index)

    def set_distance(self, index: int, distance_m: float) -> None:
        """Put a mark at a distance. Raises RequestError off the lens's scale."""
        self.edit_mark(index, ring_deg=self.lens.ring_deg(distance_m))

    def nudge(self, index: int, by_m: float) -> None:
        """Move a mark by so many metres of subject distance."""
        distance_m = self.lens.distance_m(self.pull.marks[index].ring_deg)
        if math.isinf(distance_m):
            raise RequestError(f"{letter(index)} is at ∞:", "type a distance.")
        self.set_distance(index, distance_m + by_m)

    def nudge_steps(self, index: int, steps: int) -> None:
        """Move a mark by so many motor steps, towards close focus above 0."""
        by_deg = steps * self.show.unit.rig(self.lens).ring_deg_per_step
        self.edit_mark(index, ring_deg=self.pull.marks[index].ring_deg + by_deg)

    def add_mark(self, ring_deg: float) -> None:
        """One more mark at the end, where the ring stands."""
        marks = self.pull.marks
        if len(marks) >= MOST_MARKS:
            raise RequestError("Nine marks at most:", "go on in the next cue.")
        self.edit_pull(marks=(*marks, ShowMark(self.lens.checked_ring_deg(ring_deg))), selected=len(marks))

    def remove_mark(self) -> None:
        """The last mark goes; two stay. Raises RequestError where it is locked."""
        marks = self.pull.marks
        if marks[-1].locked:
            raise RequestError(f"{letter(len(marks) - 1)} is locked.", "L unlocks it.")
        if len(marks) > 2:
            self.edit_pull(marks=marks[:-1], selected=0)

    def use_lens(self, lens: LensMap) -> None:
        """Another lens under this pull; marks keep their distances where it has them."""
        # The same lens twice in a show would be two to be corrected.
        known = next((e for e in self.show.lenses if e.lens == lens), None)
        entry = known or ShowLens(free_id(lens.name, [e.id for e in self.show.lenses]), lens)
        pull = _on_lens(self.pull, self.lens, lens, entry.id)
        show = self.show.with_lens(entry)
        self.replace(dataclasses.replace(self.state, show=show.with_pull(pull)))

    @property
    def lens_entry(self) -> ShowLens:
        """The lens of this pull as the show has it, drift and all."""
        return next(e for e in self.show.lenses if e.id == self.pull.lens)

    def name_lens(self, serial: str) -> None:
        """The serial number of the lens of this pull."""
        entry = self.lens_entry
        named = dataclasses.replace(entry, lens=dataclasses.replace(entry.lens, serial=serial))
        self.edit(lenses=self.show.with_lens(named).lenses)

    # The plans ----------------------------------------------------------------------------------------------------

    def plans(self) -> tuple[Plan, ...]:
        """A plan for each part of the cue as it is; none where it can't be planned, and `trouble` says why."""
        return self._planned().plans

    def plan(self) -> Plan | None:
        """The plan of the first part; None where there is none."""
        plans = self.plans()
        return plans[0] if plans else None

    def _planned(self) -> Planned:
        return self.shelf.planned(self.show, self.pull, self.lens, back=self.back, fastest=self.fastest_interval_ticks)

    def trouble(self) -> str:
        """Why the cue can't be shot as it is; empty if it can."""
        return self._planned().trouble

    def distance_text(self, metres: float, *, other: bool = False, inches: float = 1.0) -> str:
        """A distance in the chosen units, or in the others; `inches` are the fineness of feet and inches."""
        return format_distance(metres, "imperial" if self.imperial != other else "metric", inches)


def _on_lens(pull: ShowPull, old: LensMap, lens: LensMap, lens_id: str) -> ShowPull:
    """The pull on another lens: marks keep their distances where it has them, and wide open stays wide open."""
    nearest_m, farthest_m = lens.distance_m(lens.travel_deg), lens.distance_m(0.0)
    # A mark that the new lens can't reach goes to its nearest end: it is seen there, and moved by hand.
    places = (min(max(old.distance_m(mark.ring_deg), nearest_m), farthest_m) for mark in pull.marks)
    marks = tuple(
        dataclasses.replace(mark, ring_deg=lens.ring_deg(place_m))
        for mark, place_m in zip(pull.marks, places, strict=True)
    )
    t_stop = lens.t_stop if pull.t_stop == old.t_stop else max(lens.t_stop, pull.t_stop)
    return dataclasses.replace(pull, lens=lens_id, marks=marks, t_stop=t_stop)
