# SPDX-License-Identifier: MIT
"""The desk without a screen: edits, undo, and why a pull can't be shot."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.show.show import letter
from followfocus.wire.evidence import UnitStatus
from followfocus_gui.state import shaping
from followfocus_gui.state.cue_lines import cue_lines
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import curve_view, mark_views, rack_words, ring_view, state_word


def test_a_new_desk_has_two_marks_and_a_plan() -> None:
    desk = Desk.new()
    assert [view.letter for view in mark_views(desk)] == ["A", "B"]
    assert desk.trouble() == ""
    view = curve_view(desk)
    assert view is not None
    assert view.bands[0].soft_s == pytest.approx(0.39, abs=0.01)
    assert view.bands[1].sharp_s == pytest.approx(1.61, abs=0.01)


def test_every_edit_is_undone_and_done_again() -> None:
    desk = Desk.new()
    states = [desk.state]
    desk.edit_pull(duration_s=1.0)
    states.append(desk.state)
    desk.set_distance(0, 1.2)
    states.append(desk.state)
    desk.edit_mark(1, name="door")
    states.append(desk.state)
    desk.add_mark(100.0)
    states.append(desk.state)
    desk.use_lens(load_lens("ideal-85"))
    states.append(desk.state)
    for state in reversed(states[:-1]):
        assert desk.undo()
        assert desk.state == state
    assert not desk.undo()
    for state in states[1:]:
        assert desk.redo()
        assert desk.state == state


def test_a_locked_mark_stays() -> None:
    desk = Desk.new()
    desk.edit_mark(0, locked=True)
    with pytest.raises(RequestError, match="locked"):
        desk.set_distance(0, 3.0)
    desk.edit_mark(0, name="Anna")
    assert desk.pull.marks[0].name == "Anna"


def test_a_trim_moves_the_take_and_not_the_mark() -> None:
    desk = Desk.new()
    before = desk.pull.marks[1].ring_deg
    desk.edit_mark(1, trim_m=0.10)
    assert desk.pull.marks[1].ring_deg == before
    assert desk.lens.distance_m(desk.plans()[0].pull.marks[1].ring_deg) == pytest.approx(4.10)


def test_what_cannot_be_done_is_said_and_mended() -> None:
    desk = Desk.new()
    desk.edit_pull(duration_s=0.05)
    assert "shortest" in desk.trouble()
    view = curve_view(desk)
    assert view is not None
    assert not view.feasible
    shaping.stretch(desk)
    assert desk.trouble() == ""
    stretched = desk.pull.duration_s
    desk.edit_pull(duration_s=5.0)
    shaping.fastest(desk)
    assert desk.pull.duration_s == pytest.approx(stretched, abs=0.01)


def test_making_it_fit_twice_changes_it_once() -> None:
    desk = Desk.new()
    desk.edit_pull(duration_s=0.05)
    for change in (shaping.stretch, shaping.fastest):
        change(desk)
        once = desk.pull.duration_s
        change(desk)
        assert desk.pull.duration_s == once
        assert desk.trouble() == ""


def test_a_snap_is_what_the_lens_and_the_motor_can() -> None:
    desk = Desk.new()
    desk.set_distance(0, 0.6)
    shaping.rush(desk, "snap")
    assert desk.trouble() == ""
    assert desk.pull.duration_s > 0.4
    desk.set_distance(0, 3.9)
    shaping.rush(desk, "snap")
    assert desk.pull.duration_s == 0.4
    desk.undo()
    assert desk.pull.duration_s > 0.4
    shaping.rush(desk, "slow")
    assert desk.pull.duration_s == 5.0


def test_equal_marks_have_no_plan_but_a_sentence() -> None:
    desk = Desk.new()
    desk.set_distance(1, 2.0)
    assert desk.plan() is None
    assert "same place" in desk.trouble()
    assert curve_view(desk) is None


@pytest.mark.parametrize("count", [2, 5, 9])
def test_up_to_nine_marks_make_one_pull(count: int) -> None:
    desk = Desk.new()
    for number in range(count - 2):
        desk.add_mark(100.0 + 10.0 * number)
    assert len(desk.plans()[0].pull.legs) == count - 1
    assert desk.plans()[0].pull.duration_s == pytest.approx(desk.pull.duration_s)
    if count == 9:
        with pytest.raises(RequestError, match="Nine marks at most"):
            desk.add_mark(50.0)
    while len(desk.pull.marks) > 2:
        desk.remove_mark()
    desk.remove_mark()
    assert len(desk.pull.marks) == 2


def test_another_lens_keeps_the_distances_it_has() -> None:
    desk = Desk.new()
    desk.set_distance(0, 0.6)
    desk.use_lens(load_lens("ideal-135"))
    assert desk.lens.distance_m(desk.pull.marks[1].ring_deg) == pytest.approx(4.0)
    assert desk.lens.distance_m(desk.pull.marks[0].ring_deg) == pytest.approx(0.88)


def test_distances_are_shown_in_both_systems() -> None:
    desk = Desk.new()
    assert desk.distance_text(1.6764) == "1.68 m"
    assert desk.distance_text(1.6764, other=True) == "5'6\""
    desk.prefer(units="imperial")
    assert desk.distance_text(1.6764) == "5'6\""
    assert any(text.endswith("'") for _, text, _ in ring_view(desk, UnitStatus(), None, None).scale)


def test_words_for_states() -> None:
    assert state_word(UnitStatus()) == "no unit"
    assert letter(2) == "C"


def test_a_hold_for_go_makes_two_parts_and_one_curve() -> None:
    desk = Desk.new()
    desk.add_mark(120.0)
    desk.edit_mark(1, hold_for_go=True)
    assert len(desk.plans()) == 2
    view = curve_view(desk)
    assert view is not None
    assert np.all(np.diff(view.times_s) > -1e-9)
    assert len(view.holds) == 1
    assert view.ring_deg[0] == pytest.approx(desk.pull.marks[0].ring_deg)
    assert view.ring_deg[-1] == pytest.approx(120.0)
    shaping.fastest(desk)
    assert desk.trouble() == ""
    fastest_s = desk.pull.duration_s
    desk.edit_pull(duration_s=fastest_s * 0.9)
    assert desk.trouble()


def test_a_hold_for_seconds_is_drawn_where_it_is() -> None:
    desk = Desk.new()
    desk.add_mark(120.0)
    desk.edit_mark(1, hold_s=1.5)
    view = curve_view(desk)
    assert view is not None
    assert [length for _, length in view.holds] == [1.5]
    assert view.duration_s == pytest.approx(desk.pull.duration_s + 1.5)
    shaping.drag_duration(desk, 4.5)
    assert desk.pull.duration_s == pytest.approx(3.0)


def test_cues_share_a_pull_there_and_back() -> None:
    desk = Desk.new()
    desk.add_cue(back=True)
    assert [line.number for line in cue_lines(desk)] == ["1", "2"]
    assert desk.back
    assert rack_words(desk)[0][0].startswith("B")
    desk.set_distance(1, 5.0)
    desk.look_at(0)
    assert desk.lens.distance_m(desk.pull.marks[1].ring_deg) == pytest.approx(5.0)
    there = desk.plans()[0]
    desk.look_at(1)
    assert desk.plans()[0].motion.end_deg == there.motion.start_deg
    desk.look_at(0)
    desk.add_cue()
    assert [cue.number for cue in desk.show.cues] == ["1", "1.5", "2"]
    desk.set_distance(1, 3.0)
    desk.look_at(0)
    assert desk.lens.distance_m(desk.pull.marks[1].ring_deg) == pytest.approx(5.0)
    desk.look_at(1)
    desk.remove_cue()
    assert [cue.number for cue in desk.show.cues] == ["1", "2"]
    assert len(desk.show.pulls) == 1


def test_undo_keeps_the_takes_that_were_shot() -> None:
    desk = Desk.new()
    desk.edit_pull(duration_s=3.0)
    desk.stand_by(0, dataclasses.replace(desk.show.slate, take=3), turned=False)
    assert desk.undo()
    assert desk.show.slate.take == 3
    assert desk.pull.duration_s == 2.0


def test_a_nudge_goes_the_way_that_it_says() -> None:
    desk = Desk.new()
    before_m = desk.lens.distance_m(desk.pull.marks[0].ring_deg)
    desk.nudge(0, 0.01)
    assert desk.lens.distance_m(desk.pull.marks[0].ring_deg) == pytest.approx(before_m + 0.01)
    desk.nudge(0, -0.03)
    assert desk.lens.distance_m(desk.pull.marks[0].ring_deg) == pytest.approx(before_m - 0.02)
    ring_deg = desk.pull.marks[0].ring_deg
    desk.nudge_steps(0, 1)
    assert desk.pull.marks[0].ring_deg > ring_deg, "a step more is nearer"


def test_a_step_moves_a_mark_by_a_step() -> None:
    desk = Desk.new()
    before = desk.pull.marks[0].ring_deg
    desk.nudge_steps(0, 3)
    step = desk.show.unit.rig(desk.lens).ring_deg_per_step
    assert desk.pull.marks[0].ring_deg - before == pytest.approx(3 * step)


def test_a_plan_keeps_its_identity_while_nothing_changes() -> None:
    desk = Desk.new()
    plan = desk.plan()
    desk.select(1)
    desk.stand_by(0, desk.show.slate.next_take(), turned=False)
    assert desk.plan() is plan
    desk.edit_mark(1, trim_m=0.05)
    assert desk.plan() is not plan
    desk.edit_mark(1, trim_m=0.0)
    assert desk.plan() is plan
