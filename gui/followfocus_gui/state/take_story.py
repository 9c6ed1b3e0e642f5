# SPDX-License-Identifier: MIT
"""A take of the log as it is told: a title, its curve, and in words how the ring kept to its plan."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from followfocus.errors import FollowFocusError
from followfocus.names import in_line
from followfocus.takes.whole import Outcome, WholeTake
from followfocus.units import format_distance
from followfocus_gui.state.take_lines import clip_words, pull_words, stopped_after_s
from followfocus_gui.state.take_pages import traces_of, whole_take
from followfocus_gui.state.views import CompareTake, TakeLine


@dataclass(frozen=True, slots=True)
class TakeStory:
    """The title, and what is drawn: the trace (None where there is none), marks, when it stopped, and a remark."""

    title: str
    trace: CompareTake | None
    marks: tuple[tuple[float, str], ...] = ()
    half_dof_deg: float = 0.0
    stopped_s: float | None = None
    remark: str = ""
    names: tuple[str, ...] = ()
    """The names in the title"""


def story_of(path: Path, line: TakeLine, *, imperial: bool = False) -> TakeStory:
    """The story of a take; one that can't be read says so."""
    try:
        take = whole_take(path, line)
        if take is None:
            return TakeStory(f"{line.title} · {line.words}", None, remark="It is not in the log yet.")
        traces = traces_of(path, [line])
    except FollowFocusError as error:
        return TakeStory(line.title, None, remark=str(error))
    last = take.last
    trace = traces[0] if traces else None
    marks = tuple(
        (mark.ring_deg, _distance(mark.distance_m, imperial=imperial))
        for row in take.parts
        for mark in row.context.marks
    )
    stopped_s = stopped_after_s(take) if take.outcome is Outcome.STOPPED else None
    where = last.facts.get("landed_deg")
    left = ""
    if take.outcome is Outcome.STOPPED and isinstance(where, float):
        left = f", ring left at {where:z.1f}°"
    return TakeStory(
        title="  ·  ".join(filter(None, (line.title, pull_words(take), f"{line.words}{left}", clip_words(take)))),
        trace=trace,
        marks=tuple(dict.fromkeys(marks)),
        half_dof_deg=last.context.half_dof_deg or 0.0,
        stopped_s=None if take.stopped_in_hold else stopped_s,
        remark=remark_of(take, trace),
        names=(
            line.shot,
            *(in_line(mark.name) for row in take.parts for mark in row.context.marks),
            *(in_line(row.context.clip) for row in take.parts if row.context.clip),
        ),
    )


def remark_of(take: WholeTake, trace: CompareTake | None) -> str:
    """How the ring kept to its plan, and why the take is what it is."""
    reasons = list(dict.fromkeys(reason for row in take.parts for reason in row.reasons if reason != "stopped"))
    said = [f"{reasons[0][:1].upper()}{reasons[0][1:]}."] if reasons else []
    half_dof = take.last.context.half_dof_deg
    if trace is not None and half_dof:
        # With a hand in it the ring was to follow plan and hand together: only against that is it off.
        meant_deg = trace.planned_deg if trace.wanted_deg is None else trace.wanted_deg
        share = float(np.abs(trace.actual_deg - meant_deg).max()) / half_dof
        until = " until STOP" if take.outcome is Outcome.STOPPED else ""
        whose = "The ring" if trace.wanted_deg is None else "With the hand the ring"
        said.insert(0, f"{whose} kept to {max(1, math.ceil(share * 100))} % of the sharp half{until}.")
    return " ".join(said)


def _distance(metres: float | None, *, imperial: bool) -> str:
    if metres is None:
        return "∞"
    return format_distance(metres, "imperial" if imperial else "metric").removesuffix(" m")
