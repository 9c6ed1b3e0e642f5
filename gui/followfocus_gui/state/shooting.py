# SPDX-License-Identifier: MIT
"""The shooting view's content: the pull on the scale of the lens, when who is sharp, and the last take."""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.names import in_line
from followfocus.show.cues import After
from followfocus_gui.state.curve_axis import part_starts_s
from followfocus_gui.state.curve_facts import bands_of
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import mark_views, names_in
from followfocus_gui.state.ring_scale import ring_scale
from followfocus_gui.state.views import MarkView

SPARE = 1.0 / 6.0
"""The scale shown on either side of the pull, as a share of the pull"""


@dataclass(frozen=True, slots=True)
class ScaleMark:
    """A mark on the scale, with its band of sharpness, ring degrees."""

    letter: str
    name: str
    ring_deg: float
    low_deg: float
    high_deg: float


@dataclass(frozen=True, slots=True)
class ShootView:
    """Everything of the shooting view but what a frame changes. `ticks` are (seconds, words) along the time bar."""

    slate: str = ""
    cue: str = ""
    then: str = ""
    lens: str = ""
    low_deg: float = 0.0
    high_deg: float = 300.0
    scale: tuple[tuple[float, str, bool], ...] = ()
    marks: tuple[ScaleMark, ...] = ()
    whole_s: float = 0.0
    ticks: tuple[tuple[float, str], ...] = ()
    last: str = ""
    last_good: bool = True
    names: tuple[str, ...] = ()
    """The names in all of these words"""


def in_units(desk: Desk, words: str, metres: float | None) -> str:
    """The words on a take that ended at a distance, in the units that are chosen now."""
    if metres is None:
        return words
    here, there = desk.distance_text(metres), desk.distance_text(metres, other=True)
    # Words are made once, as the take lands; only the distance in them has to follow the units.
    return words if here in words else words.replace(f", {there}.", f", {here}.")


def then_words(desk: Desk, after: After) -> str:
    """How it goes on once this cue has landed."""
    cues, here = desk.show.cues, desk.state.cue
    if after is After.REPEAT:
        return "then the same again"
    if after is After.PINGPONG:
        return "then the way back"
    if here + 1 >= len(cues):
        return "the last cue"
    following, follow_s = cues[here + 1], cues[here].follow_s
    when = "" if follow_s is None else f" after {follow_s:g} s"
    return f"then {following.number}  {in_line(following.name)}".rstrip() + when


def _scale_mark(view: MarkView, half_deg: float) -> ScaleMark:
    """A mark on the scale, with its sharp range."""
    return ScaleMark(view.letter, in_line(view.name), view.ring_deg, view.ring_deg - half_deg, view.ring_deg + half_deg)


def shoot_view(
    desk: Desk, last: str, *, last_good: bool, after: After = After.REPEAT, last_names: tuple[str, ...] = ()
) -> ShootView:
    """The view of what stands by; `last` tells of the last take, `after` what comes after this one."""
    plans, views, lens = desk.plans(), mark_views(desk), desk.lens
    degs = [view.ring_deg for view in views]
    # A pull of a few degrees would fill the whole scale with a hair: five degrees on either side at least.
    spare = max((max(degs) - min(degs)) * SPARE, 5.0)
    low, high = max(0.0, min(degs) - spare), min(lens.travel_deg, max(degs) + spare)
    scale = tuple(entry for entry in ring_scale(lens, imperial=desk.imperial) if low - 1e-9 <= entry[0] <= high + 1e-9)
    whole_s, ticks, halves = 0.0, [], dict[str, float]()
    if plans:
        starts = part_starts_s(plans)
        whole_s = starts[-1] + plans[-1].motion.duration_s
        for band in bands_of(plans, starts, [mark.name for mark in desk.pull.marks], back=desk.back):
            who = band.name or band.letter
            halves[band.letter] = (band.near_deg - band.far_deg) / 2
            ticks += [(at_s, f"{who} {word} {words.removesuffix(' s')}") for at_s, word, words in (
                (band.sharp_s, "sharp", band.sharp_at), (band.soft_s, "soft", band.soft_at)) if at_s is not None
            ]  # fmt: skip
    marks = tuple(_scale_mark(view, halves.get(view.letter, 0.0)) for view in views)
    cue, slate = desk.cue, desk.show.slate
    return ShootView(
        slate=in_line(str(slate)),
        cue=f"cue {cue.number}  {in_line(cue.name)}".strip(),
        then=then_words(desk, after),
        lens=f"{in_line(lens.name)}   T{desk.pull.t_stop:.3g}",
        low_deg=low,
        high_deg=high,
        scale=scale,
        marks=marks,
        whole_s=whole_s,
        ticks=tuple(sorted(ticks)),
        last=last,
        last_good=last_good,
        names=(*last_names, *names_in(desk)),
    )
