# SPDX-License-Identifier: MIT
"""Takes as lines of the list, and what is locked when: tables of every ending and every state."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from followfocus.errors import FileError
from followfocus.lens.map import load_lens
from followfocus.show.file import write_show
from followfocus.show.show import new_show
from followfocus.show.slate import Slate
from followfocus.stage import orders
from followfocus.stage.state import Stage
from followfocus.takes.context import LoggedMark, TakeContext
from followfocus.takes.log import TakeRow
from followfocus.takes.rows import REHEARSAL
from followfocus.takes.whole import Outcome, WholeTake
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Silence, State
from followfocus_gui.state.ease_facts import EaseFacts
from followfocus_gui.state.ease_names import EASES
from followfocus_gui.state.found_show import LAST, UNNAMED, free_name, last_open, look
from followfocus_gui.state.lock import locked
from followfocus_gui.state.take_lines import line_of, stopped_after_s

MARKS = (LoggedMark("A", "Anna", 82.5, 1.2), LoggedMark("B", "", 20.6, 4.0))
CONTEXT = TakeContext(slate=Slate("27", 1), pull="Anna to door", lens="SP 40", marks=MARKS, duration_s=1.6)


def row(verdict: str = "good", part: int = 1, parts: int = 1, **more: object) -> TakeRow:
    made = TakeRow(
        part, 1e9, 1e9, 4, "SP 40", "27", "27A", "Anna to door", "ab12", verdict, "", "", 0.1, 0.1, 0.0, 20.0,
        {"last_edge_ticks": 11_840_000, "tick_hz": 16e6}, dataclasses.replace(CONTEXT, part=part, parts=parts),
    )  # fmt: skip
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "outcome", "words", "has_figure"),
    [
        ("good", Outcome.SHARP, "sharp", True), ("soft", Outcome.EDGE, "edge of sharp", True),
        ("missed", Outcome.MISSED, "missed", True), ("stopped", Outcome.STOPPED, "stopped at 0.74 s", False),
        ("faulted", Outcome.FAULT, "fault", False), ("lost", Outcome.LOST, "cable lost", False),
        ("refused", Outcome.REFUSED, "not begun", False), ("nonsense", Outcome.UNKNOWN, "end not known", False),
    ],
)  # fmt: skip
def test_every_ending_has_its_words_and_only_a_landing_a_figure(
    verdict: str, outcome: Outcome, words: str, has_figure: bool
) -> None:
    line = line_of(WholeTake((row(verdict),)))
    assert (line.outcome, line.words, line.off) == (outcome, words, 0.1 if has_figure else None)
    assert (line.shot, line.number, line.pull) == ("27A", "4", "Anna to B, 1.60 s")


def test_a_take_of_parts_is_one_line_with_the_worst_of_them() -> None:
    parts = (
        row("good", 1, 2, word="circled", note="nice", landing_error_half_dof=0.2),
        row("soft", 2, 2, note="nice", landing_error_half_dof=-0.7, damaged=True),
    )
    line = line_of(WholeTake(parts))
    assert (line.outcome, line.words, line.off) == (Outcome.EDGE, "edge of sharp, damaged", None)
    assert (line.word, line.note, line.rows, line.row) == ("circled", "nice", (1, 2), 2)


def test_a_take_of_parts_goes_from_its_first_mark_to_its_last() -> None:
    there = row("good", 1, 2)
    far = LoggedMark("C", "Ben", 5.0, 9.0)
    on = dataclasses.replace(CONTEXT, marks=(MARKS[1], far), duration_s=0.4, part=2, parts=2)
    assert line_of(WholeTake((there, row("good", context=on)))).pull == "Anna to Ben, 2.00 s"
    unknown = dataclasses.replace(on, duration_s=None)
    assert line_of(WholeTake((there, row("good", context=unknown)))).pull == "Anna to Ben"


def test_a_take_that_was_left_in_its_hold_says_where() -> None:
    assert line_of(WholeTake((row("good", 1, 2),))).words == "stopped on B"
    assert line_of(WholeTake((row("good", 1, 2),), holding=True)).words == "holding"
    nowhere = dataclasses.replace(row("good", 1, 2), context=dataclasses.replace(CONTEXT, marks=(), parts=2))
    assert line_of(WholeTake((nowhere,))).words == "stopped on the hold"
    assert line_of(WholeTake((nowhere,))).pull == "Anna to door, 1.60 s"


@pytest.mark.parametrize(
    ("facts", "seconds"),
    [
        ({"last_edge_ticks": 8_000_000, "tick_hz": 16e6}, 0.5), ({"last_edge_ticks": 0, "tick_hz": 16e6}, 0.0),
        ({"last_edge_ticks": None, "tick_hz": 16e6}, None), ({"last_edge_ticks": 5}, None),
        ({"last_edge_ticks": 5, "tick_hz": 0}, None), ({"last_edge_ticks": "5", "tick_hz": 16e6}, None),
        ({"last_edge_ticks": 5, "tick_hz": "16e6"}, None), ({}, None),
    ],
)  # fmt: skip
def test_how_long_a_stopped_take_ran_is_known_or_not_said(facts: dict[str, object], seconds: float | None) -> None:
    take = WholeTake((row("stopped", facts=facts),))
    assert stopped_after_s(take) == seconds
    assert line_of(take).words == ("stopped" if seconds is None else f"stopped at {seconds:.2f} s")


def test_a_rehearsal_is_called_one_and_a_take_without_a_shot_goes_by_its_lens() -> None:
    assert line_of(WholeTake((row(take=REHEARSAL),))).number == "rehearsal"
    assert line_of(WholeTake((row(shot=""),))).shot == "SP 40"


# What is locked ----------------------------------------------------------------------


def stage(state: State | None, *queue: orders.Order, under_way: orders.Order | None = None) -> Stage:
    status = UnitStatus(connected=True, state=state, ring_deg=82.5)
    return Stage(new_show("", load_lens("ideal-50")), unit=status).but(queue=queue, under_way=under_way)


@pytest.mark.parametrize("state", [*State, None])
def test_a_desk_at_rest_is_locked_while_armed_and_while_it_plays(state: State | None) -> None:
    words = {State.ARMED: "Locked while armed. Return disarms.", State.PLAYING: "Locked till it lands."}
    assert locked(stage(state)) == (words.get(state, "") if state is not None else "")


def test_what_is_on_its_way_to_the_unit_locks_wherever_it_stands() -> None:
    prepared = stage(State.IDLE).prepared()
    load = orders.LoadOrder(1, 0, prepared.plan)
    ready = orders.Ready(1, 0, prepared.plan, Silence.FINISH)
    for order, is_locked in (
        (load, True), (orders.ArmOrder(1, 0), True), (ready, True), (dataclasses.replace(ready, first=True), False),
        (orders.BackToOne(1, 0), False), (orders.DisarmOrder(1, 0), False), (orders.ToAngle(1, 0, 30.0), False),
    ):  # fmt: skip
        for made in (stage(State.IDLE, order), stage(State.IDLE, under_way=order)):
            assert (locked(made) == "Locked while it loads.") is is_locked, order
            assert locked(made) in ("", "Locked while it loads.")


def test_a_take_whose_unit_is_gone_locks_until_its_end_is_known() -> None:
    shooting = stage(None, under_way=orders.Shoot(1, 0, 1, TakeContext()))
    assert locked(shooting) == "Locked till the take's end is known."
    assert locked(shooting.but(under_way=None)) == ""


# Eases and shows in words ----------------------------------------------------------------------


def test_an_ease_is_told_by_what_is_known_of_it() -> None:
    ease = EASES[0]
    assert EaseFacts(ease).words == "can't be planned"
    assert EaseFacts(ease, 60.0, 0.4, 1.6, 0.481).words == "A soft 0.40 s   B sharp 1.60 s   least 0.49 s"
    assert EaseFacts(ease, 60.0, None, 0.0).words == "B sharp 0.00 s"
    assert EaseFacts(ease, 0.0, 0.0).words == "A soft 0.00 s"


def test_a_name_that_is_taken_is_numbered(tmp_path: Path) -> None:
    assert free_name(tmp_path, "day").name == "day.ffshow"
    assert free_name(tmp_path, "day", 2).name == "day-2.ffshow"
    for name in ("day.ffshow", "day-2.ffshow", "day-4.ffshow"):
        (tmp_path / name).touch()
    assert free_name(tmp_path, "day").name == "day-3.ffshow"
    assert free_name(tmp_path, "day", 2).name == "day-3.ffshow"


def test_the_show_that_was_open_last_is_found_again(tmp_path: Path) -> None:
    assert last_open(tmp_path) == tmp_path / UNNAMED
    (tmp_path / LAST).write_text("")
    assert last_open(tmp_path) == tmp_path / UNNAMED
    (tmp_path / LAST).write_text(f"{tmp_path / 'day.ffshow'}\n")
    assert last_open(tmp_path) == tmp_path / "day.ffshow"


def test_a_show_is_found_as_it_was_written_and_what_is_none_is_refused(tmp_path: Path) -> None:
    path, show = tmp_path / "day.ffshow", new_show("Day", load_lens("ideal-50"))
    write_show(show, path)
    found = look(path, tmp_path)
    assert (found.show, found.words, found.read_only) == (show, (), "")
    assert not found.from_journal
    assert not found.put_beside
    assert found.stamp
    with pytest.raises(FileError):
        look(tmp_path / "none.ffshow", tmp_path)
