# SPDX-License-Identifier: MIT
"""Marks of somebody who walks: plan, show, rehearsal and desk land where she is then."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.lens.formats import format_named
from followfocus.lens.map import load_lens
from followfocus.lens.subjects import Subject, SubjectTrack, parse_subject, walk_words
from followfocus.show.cues import Standby, with_trim
from followfocus.show.file import read_show, show_from_json, show_to_json, write_show
from followfocus.show.show import Show, ShowMark, ShowPull, new_show
from followfocus.stage.prepare import plan_part
from followfocus.stage.rehearsal import Rehearsal
from followfocus.unit.connect import open_unit
from followfocus_gui.state.conditions import conditions_of, use_condition
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import mark_views
from followfocus_gui.state.history import DeskState

LENS = load_lens("ideal-50")
ANNA = parse_subject("ANNA=3m..2m", 2.0)


def walked(*marks: ShowMark, walkers: tuple[Subject, ...] = (ANNA,), duration_s: float = 2.0) -> Show:
    show = new_show("", LENS)
    pull = ShowPull("1", LENS.name, marks, duration_s, t_stop=1.4, subjects=walkers)
    return show.with_pull(pull)


def door_to_anna() -> Show:
    return walked(ShowMark(LENS.ring_deg(4.0), "DOOR"), ShowMark(10.0, "ANNA", subject="ANNA"))


def run(*words: str) -> dict[str, Any]:
    ran = CliRunner().invoke(build_app([words[0]]), [*words, "--json"])
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    facts: dict[str, Any] = json.loads(ran.stdout)
    return facts


WORDS = ("ideal-50", "--subject", "ANNA=3m..2m", "--subject", "DOOR=4m", "--from", "DOOR", "--to", "ANNA")


def test_the_plan_lands_where_she_is_then() -> None:
    facts = run("plan", *WORDS, "--duration", "2")
    assert facts["marks"][1]["distance_m"] == pytest.approx(2.0)
    anna = facts["subjects"][1]
    assert anna["name"] == "ANNA"
    assert 1.5 < anna["becomes_sharp_s"] < 2.0  # and from there on she is


def test_a_plan_to_a_walker_is_seen_as_asked_and_stretched_as_it_must_be() -> None:
    assert run("plan", *WORDS, "--visible", "1.2")["visible_s"] == pytest.approx(1.2, abs=1e-6)
    assert run("plan", *WORDS, "--sharp-frame", "40")["subjects"][1]["becomes_sharp_frame"] == 40
    # a walk with times of its own: the longer the pull, the nearer she is when it lands
    timed = ("ideal-50", "--subject", "ANNA=3m@0..1m@2s", "--from", "20m", "--to", "ANNA", "--duration", "0.1", "--fit")
    fitted = run("plan", *timed)
    assert fitted["duration_s"] > 0.1
    assert fitted["marks"][1]["distance_m"] == pytest.approx(3.0 - fitted["duration_s"], abs=1e-6)
    assert fitted["feasible"]


def test_the_pull_plays_to_where_she_is() -> None:
    facts = run("pull", *WORDS, "--duration", "0.5", "--fast", "--no-log")
    assert facts["marks"][1]["distance_m"] == pytest.approx(2.0)
    assert facts["takes"][0]["verdict"] == "good"


def test_a_show_keeps_the_walk_and_the_rehearsal_lands_on_it(tmp_path: Path) -> None:
    file = tmp_path / "day.ffshow"
    write_show(door_to_anna().with_film(format_named("mft")), file)
    show = read_show(file).show
    assert show.pulls[0].subjects == (ANNA,)
    assert show.film.name == "mft"
    assert show.pulls[0].coc_mm == 0.015
    part = show.parts(show.cues[0])[0]
    assert part.marks[-1].ring_deg == pytest.approx(LENS.ring_deg(2.0))
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit:
        played = list(Rehearsal(unit, show).run(Standby(), 1))
        assert unit.status.ring_deg == pytest.approx(LENS.ring_deg(2.0), abs=0.2)
    assert len(played) == 1


def test_show_new_and_cues_speak_of_her(tmp_path: Path) -> None:
    file = tmp_path / "new.ffshow"
    words = [
        "show",
        "new",
        str(file),
        "--subject",
        "ANNA=3m..2m",
        "--from",
        "4m",
        "--to",
        "anna",
        "--format",
        "alexa-lf",
    ]
    ran = CliRunner().invoke(build_app(["show"]), words)
    assert ran.exit_code == 0, ran.output
    show = read_show(file).show
    assert show.pulls[0].marks[1].subject == "ANNA"
    assert show.film.name == "alexa-lf"
    cue = run("show", "cues", str(file))["cues"][0]
    assert cue["marks"][1]["distance"] == "2.00 m"


def test_the_way_back_meets_her_on_her_way_back() -> None:
    show = door_to_anna()
    pull = show.pulls[0]
    forth, back = pull.parts(LENS)[0], pull.parts(LENS, back=True)[0]
    assert back.marks[0].ring_deg == forth.marks[-1].ring_deg
    seen = plan_part(show, pull, back, back=True).sharpness.subjects
    assert seen[0].name == "ANNA"
    assert seen[0].spans_s[0][0] == 0.0  # sharp at GO, for she stands where the ring is
    assert pull.seen(back, LENS, back=True)[0].at_m(0.0) == pytest.approx(2.0)
    assert pull.seen(back, LENS, back=True)[0].at_m(2.0) == pytest.approx(3.0)


def test_a_hold_for_go_stops_the_walks_clock() -> None:
    walk = Subject("ANNA", SubjectTrack((0.0, 4.0), (4.0, 2.0)))
    marks = (ShowMark(20.0), ShowMark(0.0, subject="ANNA", hold_for_go=True), ShowMark(0.0, subject="ANNA"))
    pull = walked(*marks, walkers=(walk,), duration_s=4.0).pulls[0]
    first, second = pull.parts(LENS)
    assert first.marks[-1].ring_deg == second.marks[0].ring_deg
    assert LENS.distance_m(second.marks[-1].ring_deg) == pytest.approx(2.0)
    assert LENS.distance_m(first.marks[-1].ring_deg) == pytest.approx(walk.at_m(first.duration_s))
    later = pull.seen(second, LENS)
    assert later[0].at_m(0.0) == pytest.approx(walk.at_m(first.duration_s))


@settings(max_examples=60, deadline=None)
@given(
    places=st.lists(st.floats(0.7, 20.0), min_size=2, max_size=5),
    duration_s=st.floats(0.5, 8.0),
    rings=st.lists(st.floats(0.0, 200.0), min_size=1, max_size=4),
    hold_s=st.floats(0.0, 2.0),
)
def test_every_mark_of_hers_is_met_where_she_is_on_arrival(
    places: list[float], duration_s: float, rings: list[float], hold_s: float
) -> None:
    step = 6.0 / (len(places) - 1)
    walk = SubjectTrack(tuple(i * step for i in range(len(places))), tuple(places))
    hers = ShowMark(0.0, subject="W", hold_s=hold_s)
    pull = ShowPull(
        "1", "x", (*map(ShowMark, rings), hers, ShowMark(250.0)), duration_s, subjects=(Subject("W", walk),)
    )
    try:
        part = pull.parts(LENS)[0]
    except RequestError:
        return  # no such pull, or two marks in one place: said in words
    arrival_s = sum(leg.duration_s for leg in part.legs[:-1])
    assert LENS.distance_m(part.marks[-2].ring_deg) == pytest.approx(float(walk.distance_m(arrival_s)), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(
    rings=st.lists(st.floats(5.0, 240.0), min_size=2, max_size=4, unique_by=round),
    hers=st.sets(st.integers(0, 3), min_size=1),
    holding=st.sets(st.integers(1, 2)),
    back=st.booleans(),
)
def test_part_by_part_and_both_ways_she_is_met_at_each_of_her_marks(
    rings: list[float], hers: set[int], holding: set[int], back: bool
) -> None:
    walk = Subject("W", SubjectTrack((0.0, 3.0, 6.0), (5.0, 3.0, 0.9)))
    marks = [ShowMark(ring, subject="W" if i in hers else "", hold_for_go=i in holding) for i, ring in enumerate(rings)]
    if not any(mark.subject for mark in marks):
        return
    held = [
        dataclasses.replace(mark, hold_for_go=mark.hold_for_go and 0 < i < len(marks) - 1)
        for i, mark in enumerate(marks)
    ]
    pull = ShowPull("1", "x", tuple(held), 4.0, subjects=(walk,))
    try:
        parts = pull.parts(LENS, back=back)
    except RequestError:
        return  # two marks in one place: said in words
    assert len(parts) == 1 + sum(mark.hold_for_go for mark in held)
    for part in parts:
        at_s = 0.0
        for mark, seen, leg in zip(part.marks, pull.seen(part, LENS, back=back), (*part.legs, None), strict=True):
            assert seen.at_m(at_s) == pytest.approx(LENS.distance_m(mark.ring_deg), rel=1e-6)
            at_s += leg.duration_s if leg else 0.0


def test_a_trim_of_hers_goes_by_where_she_is() -> None:
    show = with_trim(door_to_anna(), Standby(), 1, 0.1)
    assert LENS.distance_m(show.pulls[0].places_deg(LENS)[1]) == pytest.approx(2.1)
    (ring_deg,) = show.pulls[0].trims(LENS)
    assert ring_deg == pytest.approx(LENS.ring_deg(2.1))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"subjects": ()}, "who doesn't walk in it"),
        ({"subjects": (ANNA, ANNA)}, "two walks"),
        ({"subjects": (ANNA, Subject("BEN", 3.0))}, "doesn't walk"),
    ],
)
def test_a_pull_whose_walks_make_no_sense_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(RequestError, match=says):
        dataclasses.replace(door_to_anna().pulls[0], **change)


def test_a_damaged_walk_is_named_with_its_place() -> None:
    document = json.loads(show_to_json(door_to_anna()))
    document["pulls"][0]["subjects"][0]["walk"][1]["at_s"] = -1.0
    with pytest.raises(FileError) as refused:
        show_from_json(json.dumps(document), Path("x.ffshow"))
    assert any("pulls[0].subjects[0]" in problem and "must rise" in problem for problem in refused.value.problems)
    document = json.loads(show_to_json(door_to_anna())) | {"film": "super 36"}
    with pytest.raises(FileError) as refused:
        show_from_json(json.dumps(document), Path("x.ffshow"))
    assert any("film" in problem for problem in refused.value.problems)


def test_at_the_desk_a_name_with_a_way_makes_a_mark_walk() -> None:
    desk = Desk(DeskState(walked(ShowMark(LENS.ring_deg(4.0)), ShowMark(100.0), walkers=())))
    desk.call_mark(1, "ANNA=3m..2m")
    view = mark_views(desk)[1]
    assert view.distance_m == pytest.approx(2.0)
    assert view.name == "ANNA"
    assert view.words == walk_words(ANNA)
    assert desk.plans()[0].motion.end_deg == pytest.approx(LENS.ring_deg(2.0))
    with pytest.raises(RequestError, match="belongs to ANNA"):
        desk.set_distance(1, 5.0)
    with pytest.raises(RequestError, match="off the travel"):
        desk.call_mark(1, "ANNA=3m..0.2m")
    desk.call_mark(1, view.words)
    assert mark_views(desk)[1] == view
    desk.call_mark(1, "BEN")
    assert desk.pull.subjects == ()
    assert desk.pull.marks[1].subject == ""
    desk.undo()
    assert mark_views(desk)[1].distance_m == pytest.approx(2.0)


def test_at_the_desk_the_format_and_a_drift_are_written_and_undone() -> None:
    desk = Desk(DeskState(new_show("", LENS)))
    use_condition(desk, "format", "m43")
    assert desk.show.film.name == "mft"
    assert desk.pull.coc_mm == 0.015
    assert desk.plans()[0].conditions.film.name == "mft"
    use_condition(desk, "off", "2cm@3m, cold")
    assert desk.lens.distance_m(LENS.ring_deg(3.0)) == pytest.approx(3.02)
    assert {name: told for name, _, told in conditions_of(desk)}["off"] == "+2cm@3m, cold"
    with pytest.raises(RequestError, match="50 mm lens"):
        use_condition(desk, "focal", "80mm")
    with pytest.raises(RequestError, match="No format"):
        use_condition(desk, "format", "super 36 film")
    use_condition(desk, "off", "")
    assert desk.lens == LENS
    desk.undo()
    desk.undo()
    desk.undo()
    assert desk.show.film.name == "super35"
