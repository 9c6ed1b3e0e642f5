# SPDX-License-Identifier: MIT
"""The cue list as lines, and its edits: each makes another state of the desk, to be undone like every other."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from typing import Any

from followfocus.errors import RequestError
from followfocus.names import in_line, plain_name
from followfocus.show.cue_hand import NO_HAND, parse_hand
from followfocus.show.cue_start import parse_start
from followfocus.show.cues import After, moved
from followfocus.show.show import Show, ShowCue, letter
from followfocus.units import parse_duration
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.ease_names import ease_of
from followfocus_gui.state.history import DeskState
from followfocus_gui.state.views import CueLine

NUMBER, NAME, START, PULL, TIME, EASE, THEN, HAND, NOTE = range(9)
"""The columns, in their order"""
STARTS = {
    "GO": "Space, a key, a pedal, OSC or a phone",
    "REC + 3 s": "3 s after the camera's REC",
    "REC + 3 s, cut + 2 s": "the same, and the camera stops 2 s after the landing",
}
"""The ways in which a cue starts, as they are chosen"""
HANDS = {
    "none": "no wheel",
    "ride 5cm": "it adds up to 5 cm, and lets go after the landing",
    "ride 5cm keep": "the same, and the mark keeps it as its trim",
    "ride": "it adds up to 15° of the ring",
    "take over": "a touch takes the ring from the pull",
    "scrub": "it plays the pull, there and back",
}
"""The hands of a cue, as they are chosen"""


def way_words(letters: list[str]) -> str:
    """From where to where, in as little as can be read: A → B → C, and A → … → I for many."""
    return " → ".join(letters if len(letters) <= 4 else [letters[0], "…", letters[-1]])


def cue_lines(desk: Desk, after: After = After.REPEAT) -> tuple[CueLine, ...]:
    """The cue list, a line each."""
    show, here = desk.show, desk.state.cue
    following = here + 1 if after is After.LIST else None
    return tuple(
        _line(show, index, after, standing_by=index == here, following=index == following)
        for index in range(len(show.cues))
    )


def _line(show: Show, index: int, after: After, *, standing_by: bool, following: bool) -> CueLine:
    cue = show.cues[index]
    pull = show.pull(cue.pull)
    letters = [letter(i) for i in range(len(pull.marks))]
    return CueLine(
        number=cue.number,
        name=in_line(cue.name) or _marks_words(show, cue),
        pull=way_words(letters[::-1] if cue.back else letters),
        time=f"{pull.duration_s:.2f} s",
        ease=ease_of(pull.easing).name,
        easing=pull.easing,
        follows=_then(show, index, after),
        standing_by=standing_by,
        following=following,
        goes_by_itself=cue.follow_s is not None and after is After.LIST and index + 1 < len(show.cues),
        lead="" if cue.lead_s == 0 else f"{cue.lead_s:g} s",
        note=in_line(cue.note),
        start=cue.start.brief(),
        hand=NO_HAND if cue.wheel is None else cue.wheel.brief(imperial=show.preferences.units == "imperial"),
    )


def _marks_words(show: Show, cue: ShowCue) -> str:
    """A cue without a name is called by its marks."""
    marks = show.pull(cue.pull).marks
    names = [in_line(mark.name) for mark in (marks[::-1] if cue.back else marks)]
    return " to ".join((names[0], names[-1])) if names[0] and names[-1] else ""


def _then(show: Show, index: int, after: After) -> str:
    cue = show.cues[index]
    if after is After.PINGPONG:
        return "there and back"
    if after is After.REPEAT:
        return "stays"
    if index + 1 == len(show.cues):
        return "last"
    number = show.cues[index + 1].number
    return f"{number} on GO" if cue.follow_s is None else f"{number} after {cue.follow_s:g} s"


def typed(state: DeskState, index: int, column: int, text: str, fps: Fraction) -> DeskState:
    """The state with what was typed into a cell. Raises RequestError."""
    # What is typed or pasted may hold line breaks and marks that turn the writing round: neither is a name's.
    tidy = plain_name(text).strip()
    if column == NUMBER:
        return with_cue(state, index, number=tidy)
    if column == NAME:
        return with_cue(state, index, name=tidy)
    if column == TIME:
        duration_s = parse_duration(tidy.removesuffix(" s") if tidy.endswith(" s") else tidy, fps)
        if not duration_s > 0:
            raise RequestError("A pull needs a time above 0.", "Give seconds or frames, such as 2s or 1s+12f.")
        return with_pull(state, index, duration_s=duration_s)
    if column == EASE:
        return with_pull(state, index, easing=tidy)
    if column == THEN:
        return with_cue(state, index, follow_s=parse_then(tidy, fps))
    if column == START:
        return with_cue(state, index, **parse_start(tidy, fps))
    if column == HAND:
        return with_cue(state, index, **parse_hand(tidy, imperial=state.show.preferences.units == "imperial"))
    if column == NOTE:
        return with_cue(state, index, note=tidy)
    raise RequestError("Marks are set on the desk.", "Stand by for the cue first.")


def parse_then(text: str, fps: Fraction) -> float | None:
    """When the next cue goes: None on GO, else so long after the landing. Raises RequestError.

    >>> parse_then("on GO", Fraction(24)), parse_then("13 after 0.5 s", Fraction(24)), parse_then("12f", Fraction(24))
    (None, 0.5, 0.5)
    """
    tidy = text.strip().lower()
    if tidy in ("", "go", "stays", "last", "there and back") or tidy.endswith("on go"):
        return None
    return parse_duration(tidy.rpartition("after")[2].strip(), fps)


def with_cue(state: DeskState, index: int, **changes: Any) -> DeskState:
    """The state with a cue changed. Raises RequestError."""
    cues = list(state.show.cues)
    cues[index] = dataclasses.replace(cues[index], **changes)
    return dataclasses.replace(state, show=dataclasses.replace(state.show, cues=tuple(cues)))


def with_pull(state: DeskState, index: int, **changes: Any) -> DeskState:
    """The state with the pull of a cue changed. Raises RequestError."""
    pull = state.show.pull(state.show.cues[index].pull)
    return dataclasses.replace(state, show=state.show.with_pull(dataclasses.replace(pull, **changes)))


def with_moved(state: DeskState, at: int, to: int) -> DeskState:
    """The state with a cue at another place; what stood by stands by."""
    here = state.show.cues[state.cue]
    show = moved(state.show, at, to)
    # By the cue itself, not by its number: that it stands by must not pass on to whatever took its place.
    return dataclasses.replace(state, show=show, cue=show.cues.index(here))
