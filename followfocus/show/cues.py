# SPDX-License-Identifier: MIT
"""The cue list, as in theatre: one cue stands by, GO plays it, and what stands by next follows from where it landed.

Pure: a `Standby` is a value, every step makes another, and lists are edited by making another `Show`. A cue whose pull
holds for GO has several parts; each GO plays the next. A trim has one home, the mark (`ShowMark.trim_m`): an actor who
misses the mark misses to the same place, so it stays for the next takes until it is taken off.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass
from enum import Enum

from followfocus.errors import RequestError
from followfocus.motion.pull import Pull
from followfocus.show.show import Show, ShowCue, ShowPull, letter


class After(Enum):
    """The choice of what follows a take: the same cue, the next in the list, or the same pull the other way round."""

    REPEAT = "repeat"
    LIST = "list"
    PINGPONG = "pingpong"


@dataclass(frozen=True, slots=True)
class Standby:
    """The standby, which GO will play: the cue's index, the part of its pull, `turned` for the other way round."""

    cue: int = 0
    part: int = 0
    turned: bool = False


def standing_cue(show: Show, at: Standby) -> ShowCue:
    """The cue that stands by. Raises RequestError where the list has become shorter."""
    if not 0 <= at.cue < len(show.cues):
        raise RequestError("The cue that stood by is gone.", "Choose another one.")
    return show.cues[at.cue]


def standing_pull(show: Show, at: Standby) -> ShowPull:
    """The pull that stands by. Raises RequestError where the list has become shorter."""
    return show.pull(standing_cue(show, at).pull)


def parts(show: Show, at: Standby) -> tuple[Pull, ...]:
    """The parts of what stands by, trims included."""
    pull = standing_pull(show, at)
    return pull.parts(show.lens(pull.lens), back=standing_cue(show, at).back != at.turned)


def span(show: Show, at: Standby) -> tuple[int, int]:
    """Indices of the marks where the part that stands by begins and ends, as it is played."""
    marks = standing_pull(show, at).marks
    gos = [i for i, mark in enumerate(marks) if mark.hold_for_go and 0 < i < len(marks) - 1]
    edges = [0, *gos, len(marks) - 1]
    if standing_cue(show, at).back != at.turned:
        edges.reverse()
    spans = list(itertools.pairwise(edges))
    return spans[min(at.part, len(spans) - 1)]


def hand_words(show: Show, at: Standby) -> str:
    """The wheel's part while the pull that stands by plays, in a sentence; empty for none."""
    wheel = standing_cue(show, at).wheel
    if wheel is None:
        return ""
    pull = standing_pull(show, at)
    lens = show.lens(pull.lens)
    landing_deg = pull.places_deg(lens)[span(show, at)[1]]
    return wheel.words(lens, landing_deg, imperial=show.preferences.units == "imperial")


def landed(show: Show, at: Standby, after: After) -> Standby | None:
    """The next standby after a landing; None at the end of the list."""
    if at.part + 1 < len(parts(show, at)):
        return dataclasses.replace(at, part=at.part + 1)
    if after is After.PINGPONG:
        return dataclasses.replace(at, part=0, turned=not at.turned)
    if after is After.REPEAT:
        return dataclasses.replace(at, part=0)
    return Standby(at.cue + 1) if at.cue + 1 < len(show.cues) else None


def skip(show: Show, at: Standby) -> Standby:
    """The next cue stands by. Raises RequestError at the last."""
    if at.cue + 1 >= len(show.cues):
        raise RequestError("That is the last cue.", "Go back, or jump to another.")
    return Standby(at.cue + 1)


def back(show: Show, at: Standby) -> Standby:
    """The beginning of this cue, or from there the cue before. Raises RequestError at the very beginning."""
    if at.part > 0:
        return dataclasses.replace(at, part=0)
    if at.cue == 0:
        raise RequestError("That is the first cue.", "Skip on, or jump to another.")
    return Standby(min(at.cue, len(show.cues)) - 1)


def jump(show: Show, number: str) -> Standby:
    """The cue of that number stands by. Raises RequestError."""
    return Standby(show.cues.index(show.cue(number)))


def with_trim(show: Show, at: Standby, mark: int, metres: float) -> Show:
    """The show with one mark of the pull that stands by trimmed by these metres more. Raises RequestError."""
    pull = standing_pull(show, at)
    marks, lens = pull.marks, show.lens(pull.lens)
    if not 0 <= mark < len(marks):
        raise RequestError(f"There is no mark {letter(mark)} in this cue.", f"It has A to {letter(len(marks) - 1)}.")
    trimmed = dataclasses.replace(marks[mark], trim_m=marks[mark].trim_m + metres)
    changed = dataclasses.replace(pull, marks=(*marks[:mark], trimmed, *marks[mark + 1 :]))
    plain = dataclasses.replace(trimmed, trim_m=0.0)
    untrimmed = dataclasses.replace(pull, marks=(*marks[:mark], plain, *marks[mark + 1 :]))
    moved_m = lens.distance_m(changed.places_deg(lens)[mark]) - lens.distance_m(untrimmed.places_deg(lens)[mark])
    if metres and not math.isclose(moved_m, trimmed.trim_m, abs_tol=1e-6):
        raise RequestError(f"Mark {letter(mark)} can't be trimmed by that much.", "It would leave the lens's scale.")
    return show.with_pull(changed)


# Editing the list -------------------------------------------------------------------------------------------------


def free_number(show: Show, at: int) -> str:
    """A cue number after the one at an index and before the next: the next whole one, else halfway."""
    numbers = [cue.number for cue in show.cues]
    try:
        here = float(numbers[at])
        following = float(numbers[at + 1]) if at + 1 < len(numbers) else math.inf
    except ValueError:
        return free_id(numbers[at], numbers)
    whole = math.floor(here) + 1.0
    return free_id(f"{whole if whole < following else (here + following) / 2.0:g}", numbers)


def free_id(name: str, taken: list[str]) -> str:
    """The name, or with the first number behind it that is free."""
    return next(n for n in itertools.chain([name], (f"{name} {i}" for i in itertools.count(2))) if n not in taken)


def added(show: Show, at: int, *, way_back: bool = False) -> Show:
    """A cue after the one at an index: with `way_back` over the same marks back, else a pull of its own like it."""
    cue = show.cues[at]
    number, pull_id = free_number(show, at), cue.pull
    if not way_back:
        pull_id = free_id(number, [pull.id for pull in show.pulls])
        show = show.with_pull(dataclasses.replace(show.pull(cue.pull), id=pull_id))
    made = ShowCue(number, pull_id, back=way_back and not cue.back, lead_s=cue.lead_s)
    return dataclasses.replace(show, cues=(*show.cues[: at + 1], made, *show.cues[at + 1 :]))


def removed(show: Show, at: int) -> Show:
    """Without the cue at an index, and without its pull where no other plays it. Raises RequestError for the last."""
    if len(show.cues) == 1:
        raise RequestError("A show has at least one cue.", "Change this one instead.")
    cues = show.cues[:at] + show.cues[at + 1 :]
    played = {cue.pull for cue in cues}
    return dataclasses.replace(show, cues=cues, pulls=tuple(pull for pull in show.pulls if pull.id in played))


def moved(show: Show, at: int, to: int) -> Show:
    """The cue at an index to another place; numbers stay with their cues."""
    cues = list(show.cues)
    cues.insert(to, cues.pop(at))
    return dataclasses.replace(show, cues=tuple(cues))
