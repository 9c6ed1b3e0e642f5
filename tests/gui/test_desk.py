"""The desk without a screen: edits, undo, and why a pull can't be shot."""

from __future__ import annotations

import pytest

from followfocus.errors import RequestError
from followfocus.evidence import UnitStatus
from followfocus_gui.desk import Desk, letter, state_word


def test_a_new_desk_has_two_marks_and_a_plan() -> None:
    desk = Desk.new()
    assert [view.letter for view in desk.mark_views()] == ["A", "B"]
    assert desk.trouble() == ""
    view = desk.curve_view()
    assert view is not None
    assert view.bands[0].soft_s == pytest.approx(0.39, abs=0.01)
    assert view.bands[1].sharp_s == pytest.approx(1.61, abs=0.01)


def test_every_edit_is_undone_and_done_again() -> None:
    desk = Desk.new()
    states = [desk.state]
    desk.edit(duration_s=1.0)
    states.append(desk.state)
    desk.set_distance(0, 1.2)
    states.append(desk.state)
    desk.edit_mark(1, name="door")
    states.append(desk.state)
    desk.add_mark(100.0)
    states.append(desk.state)
    desk.set_lens("ideal-85")
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
    assert desk.state.marks[0].name == "Anna"


def test_a_trim_moves_the_take_and_not_the_mark() -> None:
    desk = Desk.new()
    before = desk.state.marks[1].ring_deg
    desk.edit_mark(1, trim_m=0.10)
    assert desk.state.marks[1].ring_deg == before
    assert desk.state.lens.distance_m(desk.pull().marks[1].ring_deg) == pytest.approx(4.10)


def test_what_cannot_be_done_is_said_and_mended() -> None:
    desk = Desk.new()
    desk.edit(duration_s=0.05)
    assert "shortest" in desk.trouble()
    view = desk.curve_view()
    assert view is not None
    assert not view.feasible
    desk.stretch()
    assert desk.trouble() == ""
    stretched = desk.state.duration_s
    desk.edit(duration_s=5.0)
    desk.fastest()
    assert desk.state.duration_s == pytest.approx(stretched, abs=0.01)


def test_equal_marks_have_no_plan_but_a_sentence() -> None:
    desk = Desk.new()
    desk.set_distance(1, 2.0)
    assert desk.plan() is None
    assert "same place" in desk.trouble()
    assert desk.curve_view() is None


@pytest.mark.parametrize("count", [2, 5, 9])
def test_up_to_nine_marks_make_one_pull(count: int) -> None:
    desk = Desk.new()
    for number in range(count - 2):
        desk.add_mark(100.0 + 10.0 * number)
    assert len(desk.pull().legs) == count - 1
    assert desk.pull().duration_s == pytest.approx(desk.state.duration_s)
    if count == 9:
        with pytest.raises(RequestError, match="at most 9"):
            desk.add_mark(50.0)
    while len(desk.state.marks) > 2:
        desk.remove_mark()
    desk.remove_mark()
    assert len(desk.state.marks) == 2


def test_another_lens_keeps_the_distances_it_has() -> None:
    desk = Desk.new()
    desk.set_distance(0, 0.6)
    desk.set_lens("ideal-135")
    assert desk.state.lens.distance_m(desk.state.marks[1].ring_deg) == pytest.approx(4.0)
    assert desk.state.lens.distance_m(desk.state.marks[0].ring_deg) == pytest.approx(0.88)


def test_distances_are_shown_in_both_systems() -> None:
    desk = Desk.new()
    assert desk.distance_text(1.6764) == "1.68 m"
    assert desk.distance_text(1.6764, other=True) == "5'6\""
    desk.edit(imperial=True)
    assert desk.distance_text(1.6764) == "5'6\""
    assert any(text.endswith("'") for _, text, _ in desk.ring_view(UnitStatus(), None, None).scale)


def test_words_for_states() -> None:
    assert state_word(UnitStatus()) == "no unit"
    assert letter(2) == "C"
