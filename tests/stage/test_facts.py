# SPDX-License-Identifier: MIT
"""Facts for phones and other programs: nothing of the desk's keyboard."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from followfocus.lens.through import at_focal, lens_depth
from followfocus.show.show import Show
from followfocus.stage import events
from followfocus.stage.facts import marks_facts, off_desk, stage_facts
from followfocus.stage.outside_desk import Outside
from followfocus.stage.state import AT_HAND
from followfocus.units import format_distance
from followfocus.wire.messages import State
from tests.stage.scenarios import short
from tests.support.served import Served, served

KEYS = ("Space", "Esc", "Return")


@pytest.mark.parametrize(("desk", "elsewhere"), [
    ("On Ben. Space goes on to Anna, 1.50 s.", "On Ben. GO goes on to Anna, 1.50 s."),
    ("In the hold on B. Return arms B to C, Backspace begins anew.", "In the hold on B. The desk arms B to C."),
    ("Return arms cue 1: A to B.", "The desk arms cue 1: A to B."),
    ("The ring stands on A. Return arms cue 2.", "The ring stands on A. The desk arms cue 2."),
    ("Cue 1: A to B in 3.00 s. Space is GO.", "Cue 1: A to B in 3.00 s."),
    ("A to B. Esc stops.", "A to B."),
    ("Cue 1 goes in 2 s. Esc stops the count.", "Cue 1 goes in 2 s."),
    ("Nothing moved: arm first (Return).", "Nothing moved: arm first."),
    ("Stopped.", "Stopped."),
])  # fmt: skip
def test_a_sentence_loses_the_desk_s_keys(desk: str, elsewhere: str) -> None:
    assert off_desk(desk) == elsewhere


def test_no_key_is_told_ready_armed_or_playing() -> None:
    said: list[str] = []
    with served(short(0.5)) as one:

        def note() -> None:
            said.append(str(stage_facts(one.serving.stage, Outside(), one.serving.now_s)["said"]))

        note()
        one.serving.changes.append(note)
        one.arm()
        note()
        assert one.serving.stage.state is State.ARMED
    assert any("A to B" in words for words in said)
    assert not [words for words in said if any(key in words for key in KEYS)]


@pytest.mark.parametrize(("zoom", "focal_mm"), [("", 90.0), ("90..20", 90.0), ("20..90", 20.0)])
def test_depth_is_told_through_the_zoom_as_it_stands_at_the_next_go(zoom: str, focal_mm: float) -> None:
    with served(zooming(zoom, focal_mm)) as one:
        assert depth_told(one) == depth_through(one, focal_mm)


@pytest.mark.parametrize(("zoom", "left_mm", "next_mm"), [("90..20", 20.0, 90.0), ("20..90", 90.0, 20.0)])
def test_after_a_take_depth_is_told_through_the_zoom_where_it_was_left(
    zoom: str, left_mm: float, next_mm: float
) -> None:
    """As the app shows it, until the next take is armed."""
    with served(zooming(zoom)) as one:
        one.arm()
        assert depth_told(one) == depth_through(one, next_mm)
        one.loop.soon(one.serving.step, events.GoAsked())
        one.wait(lambda: one.takes and one.serving.stage.state in AT_HAND and not one.serving.stage.busy)
        assert depth_told(one) == depth_through(one, left_mm) != depth_through(one, next_mm)
        one.arm()
        assert depth_told(one) == depth_through(one, next_mm)


@pytest.mark.parametrize("zoom", ["90..20", "20..90", "90@0.1..20@0.4s"])
def test_during_a_take_depth_is_told_through_the_zoom_of_each_moment(zoom: str) -> None:
    """The ring says which moment it is: it turns one way only, and in the middle of a pull it is never slow."""
    heard: list[tuple[float, tuple[object, object]]] = []
    with served(zooming(zoom)) as one:
        plan = one.serving.stage.prepared().plan
        times_s = np.linspace(0.1, plan.motion.duration_s - 0.1, 2001)
        rings = plan.motion.ring_deg(times_s)

        def note() -> None:
            ring_deg = one.serving.stage.unit.ring_deg
            if one.serving.stage.state is State.PLAYING and ring_deg is not None and rings[0] > ring_deg > rings[-1]:
                heard.append((ring_deg, depth_told(one)))

        one.serving.changes.append(note)
        one.arm()
        one.loop.soon(one.serving.step, events.GoAsked())
        one.wait(lambda: one.takes and one.serving.stage.state in AT_HAND and not one.serving.stage.busy)
    assert len(heard) > 3
    for ring_deg, told in heard:
        at_s = times_s[np.abs(rings - ring_deg).argmin()]
        near_m = [plan.depth_at(ring_deg, at_s + off_s).near_m for off_s in (-0.05, 0.0, 0.05)]
        assert min(near_m) - 0.01 <= float(str(told[0]).removesuffix(" m")) <= max(near_m) + 0.01, (at_s, told)
        assert one.serving.stage.played_s is None


def zooming(zoom: str, focal_mm: float | None = None) -> Show:
    """A show of one short pull on a zoom lens."""
    show = short(0.5)
    entry = show.lenses[0]
    lens = dataclasses.replace(entry.lens, focal_range_mm=(18.0, 90.0))
    show = dataclasses.replace(show, lenses=(dataclasses.replace(entry, lens=lens), *show.lenses[1:]))
    return show.with_pull(dataclasses.replace(show.pulls[0], zoom=zoom, focal_mm=None if zoom else focal_mm))


def depth_told(one: Served) -> tuple[object, object]:
    told = stage_facts(one.serving.stage, Outside(), one.serving.now_s)
    return told["near"], told["far"]


def depth_through(one: Served, focal_mm: float) -> tuple[object, object]:
    """Near and far limit with the ring where it stands, by the lens at a focal length."""
    show, ring_deg = one.serving.stage.show, one.serving.stage.unit.ring_deg
    lens, pull = show.lenses[0].lens, show.pulls[0]
    assert ring_deg is not None
    read_m = lens.distance_m(show.unit.read_deg(pull, lens, ring_deg, stands=True))
    depth = lens_depth(at_focal(lens, focal_mm), pull.t_stop, pull.coc_mm, read_m)
    return format_distance(depth.near_m), format_distance(depth.far_m)


def test_the_mark_of_one_who_walks_is_told_where_the_pull_meets_her() -> None:
    show = short(2.0)
    pull = show.pulls[0].called(1, "ANNA=3m..2m")
    with served(show.with_pull(pull)) as one:
        told = marks_facts(one.serving.stage)
    assert [mark["name"] for mark in told] == [pull.marks[0].name, "ANNA"]
    assert told[1]["distance"] == format_distance(2.0)
