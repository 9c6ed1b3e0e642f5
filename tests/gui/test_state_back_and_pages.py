# SPDX-License-Identifier: MIT
"""The way back through edits, the show as it lies on disk, and the log page by page: each at its bounds."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import FileError
from followfocus.lens.map import load_lens
from followfocus.show.file import read_show, write_show
from followfocus.show.journal import Journal
from followfocus.show.show import Show, new_show
from followfocus.show.slate import Slate
from followfocus.takes.context import LoggedMark, TakeContext
from followfocus.takes.keeper import Unsaved
from followfocus.takes.log import TakeLog
from followfocus.takes.takes import REHEARSAL, Verdict
from followfocus.takes.whole import Outcome
from followfocus.wire.evidence import Sample
from followfocus_gui.state.cue_lines import parse_then
from followfocus_gui.state.curve_facts import SAMPLES, bands_of, binding_spans, holds_of, lens_scale
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.ease_names import SAMPLES as EASE_SAMPLES
from followfocus_gui.state.ease_names import speed_curve
from followfocus_gui.state.found_show import look
from followfocus_gui.state.history import MOST_UNDO, DeskState, History
from followfocus_gui.state.lately import Lately
from followfocus_gui.state.planning import KEPT_PLANS, PlanShelf
from followfocus_gui.state.slate_form import show_with_slate, texts_of
from followfocus_gui.state.take_pages import PAGE, STEPS_OF_PLAY, TakePages, traces_of
from followfocus_gui.state.views import TakeLine
from tests.support.takes import a_take

FIFTY = load_lens("ideal-50")
SHOW = new_show("Day", FIFTY)


def at(number: int, **changes: object) -> DeskState:
    return DeskState(dataclasses.replace(SHOW, production=str(number), **changes), cue=0)  # type: ignore[arg-type]


# Back and forward ----------------------------------------------------------------------------------------------------


def test_edits_are_gone_back_through_and_made_again_one_by_one() -> None:
    history, now = History(), at(2)
    assert (history.back(now), history.forward(now)) == (None, None)
    history.leave(at(0))
    history.leave(at(1))
    assert history.back(now) == at(1)
    assert history.back(at(1)) == at(0)
    assert history.back(at(0)) is None
    assert [history.forward(at(0)), history.forward(at(1)), history.forward(now)] == [at(1), now, None]
    history.back(now)
    history.leave(at(5))
    assert history.forward(at(6)) is None, "an edit leads elsewhere: what was taken back is gone"
    history.clear()
    assert history.back(at(6)) is None


def test_a_drag_is_one_edit_and_the_next_drag_another() -> None:
    history = History()
    for number in (0, 10):
        history.drag(on=True)
        for step in range(3):
            history.leave(at(number + step))
        history.drag(on=False)
    history.leave(at(20))
    history.leave(at(21))
    found = [history.back(at(99)) for _ in range(5)]
    assert found == [at(21), at(20), at(10), at(0), None]


def test_no_more_edits_are_kept_than_that() -> None:
    history = History()
    for number in range(MOST_UNDO + 3):
        history.leave(at(number))
    gone = [state for _ in range(MOST_UNDO + 3) if (state := history.back(at(0))) is not None]
    assert len(gone) == MOST_UNDO == 500
    assert gone[-1].show.production == "3"


def test_takes_that_were_shot_stay_shot() -> None:
    before, now = at(1, slate=Slate("27", take=3)), at(2, slate=Slate("27", take=5))
    history = History()
    history.leave(before)
    back = history.back(now)
    assert back is not None
    assert (back.show.slate.take, back.show.production) == (5, "1")
    other = at(2, slate=Slate("28", 2, 7))
    history.leave(before)
    back = history.back(other)
    assert back is not None
    assert back.show.slate == before.show.slate, "the takes of another shot are none of this one's"


def test_an_edit_to_what_is_there_is_none_and_a_cue_that_is_not_is_the_nearest() -> None:
    desk = Desk.new()
    desk.edit(production=desk.show.production)
    desk.stand_by(0, desk.show.slate, turned=False)
    assert not desk.undo()
    for _ in range(2):
        desk.add_cue()
    desk.look_at(1)
    desk.remove_cue()
    assert desk.state.cue == 1
    desk.remove_cue()
    assert (desk.state.cue, len(desk.show.cues)) == (0, 1)
    desk.look_at(7)
    assert desk.state.cue == 0
    desk.look_at(-1, turned=True)
    assert (desk.state.cue, desk.back) == (0, True)
    shot = dataclasses.replace(desk.show.slate, take=9)
    desk.stand_by(0, shot, turned=True)
    assert desk.show.slate == shot
    assert desk.state.turned


# A show on disk ------------------------------------------------------------------------------------------------------


def journalled(path: Path, show: Show) -> None:
    journal = Journal(path)
    journal.note(show, 10.0)
    journal.flush()
    journal.close()


def test_edits_that_were_not_saved_are_back(tmp_path: Path) -> None:
    path, edited = tmp_path / "day.ffshow", dataclasses.replace(SHOW, production="Edited")
    write_show(SHOW, path)
    journalled(path, edited)
    found = look(path, tmp_path / "elsewhere")
    assert (found.show, found.from_journal, found.put_beside) == (edited, True, False)
    assert found.words == ("Your edits that were not saved are back.",)
    assert found.stamp
    journalled(path, SHOW)
    assert look(path, tmp_path).words == ()


def test_edits_that_go_on_from_another_content_are_put_beside(tmp_path: Path) -> None:
    path, edited = tmp_path / "day.ffshow", dataclasses.replace(SHOW, production="Edited")
    write_show(SHOW, path)
    journalled(path, edited)
    saved = dataclasses.replace(SHOW, production="Saved elsewhere")
    write_show(saved, path)
    found = look(path, tmp_path / "elsewhere")
    assert (found.show, found.from_journal, found.put_beside) == (saved, False, True)
    beside = tmp_path / "day-recovered.ffshow"
    assert str(beside) in found.words[0]
    assert read_show(beside).show == edited


@pytest.mark.parametrize("torn", [False, True])
def test_edits_beside_a_file_that_can_not_be_read_are_the_show(tmp_path: Path, torn: bool) -> None:
    path, edited = tmp_path / "day.ffshow", dataclasses.replace(SHOW, production="Edited")
    write_show(SHOW, path)
    journalled(path, edited)
    if torn:
        path.write_text("no show", encoding="utf-8")
    else:
        path.unlink()
    found = look(path, tmp_path)
    assert (found.show, found.from_journal) == (edited, True)
    assert len(found.words) == (4 if torn else 1)


def test_a_file_that_is_none_is_refused_in_its_own_words(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    path.write_text("no show", encoding="utf-8")
    with pytest.raises(FileError, match=r"day\.ffshow"):
        look(path, tmp_path)


# The log, page by page -----------------------------------------------------------------------------------------------

CONTEXT = TakeContext(slate=Slate("27", 1), pull="Anna to door", lens="SP 40", half_dof_deg=1.0, steps_per_deg=20.0,
                      marks=(LoggedMark("A", "Anna", 82.5, 1.2), LoggedMark("B", "", 20.6, 4.0)))  # fmt: skip


def log_of(path: Path, rows: list[tuple[int, int, int]]) -> Path:
    """A log with a row for each (take, part, parts)."""
    with TakeLog(path) as log:
        for take, part, parts in rows:
            log.append(a_take(take), dataclasses.replace(CONTEXT, part=part, parts=parts))
    return path


def pages_of(path: Path, search: str = "", *, holding: bool = False) -> list[list[TakeLine]]:
    pages = TakePages(path)
    pages.start(search, holding=holding)
    found: list[list[TakeLine]] = []
    while not pages.at_end:
        found.append(pages.next_page())
    assert pages.next_page() == []
    return found


@pytest.mark.parametrize(
    ("rows", "sizes"),
    [(PAGE - 1, [PAGE - 1]), (PAGE, [PAGE, 0]), (PAGE + 1, [PAGE, 1]), (2 * PAGE + 3, [PAGE, PAGE, 3])],
)
def test_every_take_is_on_one_page(tmp_path: Path, rows: int, sizes: list[int]) -> None:
    found = pages_of(log_of(tmp_path / "t.db", [(number, 1, 1) for number in range(1, rows + 1)]))
    assert [len(page) for page in found] == sizes
    assert [int(line.number) for page in found for line in page] == list(range(rows, 0, -1))


@pytest.mark.parametrize("before", [PAGE - 3, PAGE - 2, PAGE - 1, PAGE])
def test_the_parts_of_a_take_are_one_line_wherever_the_page_ends(tmp_path: Path, before: int) -> None:
    rows = [(1, 1, 1), *((2, part, 3) for part in (1, 2, 3)), *((3 + number, 1, 1) for number in range(before))]
    lines = [line for page in pages_of(log_of(tmp_path / "t.db", rows)) for line in page]
    assert [int(line.number) for line in lines] == [*range(before + 2, 0, -1)]
    assert lines[-2].rows == (2, 3, 4)


def test_only_the_newest_take_of_the_whole_log_can_be_holding(tmp_path: Path) -> None:
    path = log_of(tmp_path / "t.db", [(1, 1, 2), (2, 1, 2)])
    assert [line.words for line in pages_of(path)[0]] == ["stopped on B", "stopped on B"]
    assert [line.words for line in pages_of(path, holding=True)[0]] == ["holding", "stopped on B"]
    assert [line.words for line in pages_of(path, " Anna ", holding=True)[0]] == ["holding", "stopped on B"]
    with TakeLog(path) as log:
        log.set_note(1, "the first one")
    assert [line.words for line in pages_of(path, "first one", holding=True)[0]] == ["stopped on B"]
    pages = TakePages(path)
    assert pages.count() == 2


@pytest.mark.parametrize("noted", [(1,), (2,), (3,), (1, 3)])
def test_a_search_that_finds_a_part_finds_the_whole_take(tmp_path: Path, noted: tuple[int, ...]) -> None:
    """A note or a mark of one part alone fits: the take is not stopped where the other parts don't fit."""
    path = log_of(tmp_path / "t.db", [(1, 1, 3), (2, 1, 3), (2, 2, 3), (2, 3, 3), (3, 1, 1)])
    with TakeLog(path) as log:
        for part in noted:
            log.set_note(1 + part, "buzzed it")
        log.set_note(1, "buzzed it too")
    found = [(line.number, line.words, line.rows) for line in pages_of(path, "buzzed")[0]]
    assert found == [("2", "sharp", (2, 3, 4)), ("1", "stopped on B", (1,))]


@pytest.mark.parametrize("between", [PAGE - 2, PAGE - 1, PAGE])
def test_a_search_finds_a_take_of_parts_once_wherever_the_page_ends(tmp_path: Path, between: int) -> None:
    path = log_of(tmp_path / "t.db", [(1, 1, 3), (1, 2, 3), (1, 3, 3), *((2, 1, 1) for _ in range(between))])
    with TakeLog(path) as log:
        for row in (1, 3, *range(4, 4 + between)):
            log.set_note(row, "nice")
    lines = [line for page in pages_of(path, "nice") for line in page]
    assert [line.rows for line in lines] == [*((row,) for row in range(3 + between, 3, -1)), (1, 2, 3)]


def samples(*pairs: tuple[float, float]) -> tuple[Sample, ...]:
    return tuple(Sample(*pair) for pair in pairs)


def test_the_traces_of_parts_are_laid_end_to_end_by_their_plans(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    planned, there = samples((0.0, 80.0), (2.0, 40.0)), samples((0.0, 80.0), (1.0, 61.0), (2.5, 40.0))
    on, with_hand = samples((0.0, 40.0), (1.0, 20.0)), samples((0.0, 41.0), (1.0, 22.0))
    with TakeLog(path) as log:
        for changes, more in (
            ({"planned": planned, "actual": there}, {"parts": 2}),
            ({"planned": on, "actual": on, "wanted": with_hand}, {"part": 2, "parts": 2, "steps_per_deg": 10.0}),
            ({"planned": (), "actual": on}, {}),
            ({"planned": on, "actual": ()}, {}),
        ):
            log.append(dataclasses.replace(a_take(), **changes), dataclasses.replace(CONTEXT, **more))
    line = TakeLine("27A", "4", Outcome.SHARP, "sharp", "", 0.25, rows=(1, 2))
    lines = [line, *(dataclasses.replace(line, rows=(row,)) for row in (1, 3, 4)), dataclasses.replace(line, rows=())]
    both, alone = traces_of(path, lines)
    assert both.times_s.tolist() == [0.0, 1.0, 2.5, 2.0, 3.0]
    assert both.planned_deg.tolist() == [80.0, 60.0, 40.0, 40.0, 20.0]
    assert both.actual_deg.tolist() == [80.0, 61.0, 40.0, 40.0, 20.0]
    assert both.wanted_deg is not None
    assert both.wanted_deg.tolist() == [80.0, 60.0, 40.0, 41.0, 22.0]
    assert (both.half_dof_deg, both.play_deg) == (1.0, STEPS_OF_PLAY / 10.0)
    assert alone.wanted_deg is None
    assert (alone.times_s.tolist(), alone.play_deg) == ([0.0, 1.0, 2.5], STEPS_OF_PLAY / 20.0)


@pytest.mark.parametrize(("number", "called"), [(3, "3"), (REHEARSAL, "rehearsal")])
def test_a_take_that_could_not_be_kept_has_its_line(tmp_path: Path, number: int, called: str) -> None:
    take = dataclasses.replace(a_take(number), verdict=Verdict.SOFT, landing_error_half_dof=0.6, reasons=("a", "b"))
    (line,) = unsaved_lines(tmp_path / "none.db", Unsaved(take, CONTEXT))
    assert (line.number, line.outcome, line.words, line.off) == (called, Outcome.EDGE, "edge of sharp", 0.6)
    assert (line.note, line.tip, line.rows, line.row) == ("not saved yet: tried again", "a\nb", (), None)
    assert line.off_words == "+60 %"


def unsaved_lines(path: Path, *unsaved: Unsaved, search: str = "", holding: bool = False) -> list[TakeLine]:
    pages = TakePages(path, lambda: unsaved)
    pages.start(search, holding=holding)
    found = []
    while not pages.at_end:
        found += pages.next_page()
    return found


def told(lines: list[TakeLine]) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(line.number, line.words, line.rows) for line in lines]


def part_of(part: int, parts: int = 2, row: int | None = None, number: int = 5) -> Unsaved:
    return Unsaved(a_take(number), dataclasses.replace(CONTEXT, part=part, parts=parts), row)


@pytest.mark.parametrize("log", [False, True])
def test_a_part_that_could_not_be_kept_is_no_sharp_take(tmp_path: Path, log: bool) -> None:
    """In its hold it holds, left there it is stopped, and only with all of its parts it is sharp."""
    path = log_of(tmp_path / "t.db", [(4, 1, 1)]) if log else tmp_path / "none.db"
    before = [("4", "sharp", (1,))] if log else []
    assert told(unsaved_lines(path, part_of(1), holding=True)) == [("5", "holding", ()), *before]
    assert told(unsaved_lines(path, part_of(1))) == [("5", "stopped on B", ()), *before]
    assert told(unsaved_lines(path, part_of(1), part_of(2))) == [("5", "sharp", ()), *before]


def test_the_parts_of_one_take_are_one_line_though_only_some_are_in_the_log(tmp_path: Path) -> None:
    path = log_of(tmp_path / "t.db", [(4, 1, 1), (5, 1, 3)])
    there, on = part_of(2, 3), part_of(3, 3)
    assert told(unsaved_lines(path, there, holding=True)) == [("5", "holding", ()), ("4", "sharp", (1,))]
    assert told(unsaved_lines(path, there, on)) == [("5", "sharp", ()), ("4", "sharp", (1,))]
    with TakeLog(path) as log:
        log.set_note(2, "nice")
    (found,) = unsaved_lines(path, there, on, search="nice")
    assert (found.words, found.note) == ("sharp", "not saved yet: tried again · nice")


def test_a_take_that_was_begun_in_the_log_and_could_not_be_ended_there_is_told_once(tmp_path: Path) -> None:
    path = log_of(tmp_path / "t.db", [(4, 1, 1)])
    with TakeLog(path) as log:
        row = log.begin(dataclasses.replace(CONTEXT, slate=Slate("27", take=5), part=1, parts=2))
    assert told(unsaved_lines(path, part_of(1, row=row), holding=True)) == [("5", "holding", ()), ("4", "sharp", (1,))]
    assert told(unsaved_lines(path, part_of(1, row=row))) == [("5", "stopped on B", ()), ("4", "sharp", (1,))]
    assert told(unsaved_lines(path, part_of(1, 1, row=row))) == [("5", "sharp", ()), ("4", "sharp", (1,))]
    # In another log that row is another take's: both are told.
    assert told(unsaved_lines(path, part_of(1, 1, row=1)))[0] == ("5", "sharp", ())
    assert told(unsaved_lines(path, part_of(1, 1, row=1)))[-1] == ("4", "sharp", (1,))


# An ease as its speed, a pull as its facts ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("easing", "peak", "first"), [("linear", 1.0, 1.0), ("minjerk", 1.875, 0.0), ("sine", 1.5708, 0.0)]
)
def test_an_ease_is_drawn_as_its_speed_in_shares_of_the_mean(easing: str, peak: float, first: float) -> None:
    times, speeds = speed_curve(easing)
    assert len(times) == len(speeds) == EASE_SAMPLES - 1
    assert (times[0], times[-1]) == pytest.approx((0.5 / 120, 1 - 0.5 / 120))
    assert np.diff(times) == pytest.approx(np.full(len(times) - 1, 1 / 120))
    assert (speeds.max(), speeds[0], speeds.mean()) == pytest.approx((peak, first, 1.0), abs=0.03)
    none = speed_curve("no such ease")
    assert [one.tolist() for one in none] == [[0.0, 0.0], [0.0, 0.0]]


def test_what_breaks_a_limit_is_hatched_where_it_does_and_all_of_it_where_a_motor_can_not() -> None:
    desk = Desk.new()
    assert binding_spans(desk.plans()[0]) == ((), ())
    desk.edit_pull(duration_s=0.12)
    plan = desk.plans()[0]
    assert plan.feasibility.binding is not None
    spans, names = binding_spans(plan, 5.0)
    assert spans
    assert len(spans) == len(names)
    assert all(5.0 <= start <= end <= 5.0 + plan.motion.duration_s for start, end in spans)
    own, _ = binding_spans(plan)
    assert np.array(own) + 5.0 == pytest.approx(np.array(spans))


def test_rests_and_bands_of_parts_are_told_in_the_order_of_the_marks_either_way() -> None:
    desk = Desk.new()
    for ring_deg in (30.0, 140.0):
        desk.add_mark(ring_deg)
    desk.edit_mark(1, hold_s=0.5)
    desk.edit_mark(2, hold_for_go=True)
    desk.edit_pull(duration_s=6.0)
    marks = [mark.name for mark in desk.pull.marks]
    first, second = desk.plans()
    starts = [0.0, first.motion.duration_s + 1.0]
    there, order = holds_of((first, second), starts, 1.0)
    assert order == (1, None)
    assert np.array(there) == pytest.approx(
        np.array([(first.pull.legs[0].duration_s, 0.5), (first.motion.duration_s, 1.0)])
    )
    assert holds_of((first, second), starts, 1.0, back=True)[1] == (2, None)
    bands = bands_of((first, second), starts, marks)
    assert [band.letter for band in bands] == ["A", "B", "C", "D"]
    assert [band.main for band in bands] == [True, False, False, True]
    assert [band.soft_s is None for band in bands] == [False, False, False, True]
    assert [band.sharp_s is None for band in bands] == [True, False, False, False]
    assert [band.soft_from_s for band in bands] == [0.0, 0.0, starts[1], 0.0]
    assert [band.sharp_from_s for band in bands] == [0.0, 0.0, 0.0, starts[1]]
    places = [(band.near_deg, band.far_deg) for band in bands]
    rings = np.array([mark.ring_deg for mark in desk.pull.marks])
    # throw × close focus / H₀ × (1 − f/s)
    stop, coc_m, close_m = desk.pull.t_stop, desk.pull.coc_mm / 1000, FIFTY.close_focus_m
    half = FIFTY.travel_deg * close_m * stop * coc_m / 0.05**2 * (1.0 - 0.05 * rings / (FIFTY.travel_deg * close_m))
    assert np.array(places) == pytest.approx(np.column_stack([rings + half, rings - half]))


def test_a_lens_is_drawn_over_all_of_its_travel() -> None:
    ring, metres = lens_scale(FIFTY)
    assert (ring[0], ring[-1], len(ring)) == (0.0, FIFTY.travel_deg, 181)
    assert np.isinf(metres[0])
    assert metres[90] == pytest.approx(FIFTY.distance_m(FIFTY.travel_deg / 2))
    assert SAMPLES == 801


# What is kept, and what is written in a cell --------------------------------------------------------------------------


def test_a_plan_is_made_once_and_forgotten_when_so_many_others_were_made() -> None:
    desk, shelf = Desk.new(), PlanShelf()

    def planned(number: int, *, back: bool = False, fastest: int | None = None) -> object:
        pull = dataclasses.replace(desk.pull, duration_s=1.0 + number / 10)
        return shelf.planned(desk.show, pull, desk.lens, back=back, fastest=fastest)

    first, second = planned(0), planned(1)
    assert first != second
    for number in range(2, KEPT_PLANS):
        planned(number)
    assert (planned(0) is first, planned(1) is second) == (True, True)
    newest = planned(KEPT_PLANS)
    assert (planned(KEPT_PLANS) is newest, planned(1) is second, planned(0) is first) == (True, True, False)
    assert len({id(one) for one in (planned(0), planned(0, back=True), planned(0, fastest=9000))}) == 3


def test_what_follows_from_a_state_is_worked_out_once_for_it() -> None:
    kept, made = Lately[int](), list[int]()

    def make() -> int:
        made.append(len(made))
        return made[-1]

    one, same = at(1), at(1)
    assert [kept.of(state, make) for state in (one, one, same, same, one)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(
    ("text", "after_s"),
    [
        ("", None), ("GO", None), ("stays", None), ("last", None), ("There and back", None), ("12 on GO", None),
        ("13 after 0.5 s", 0.5), ("12f", 0.5), ("2s", 2.0), ("after 1s", 1.0),
    ],
)  # fmt: skip
def test_when_the_next_cue_goes_is_written(text: str, after_s: float | None) -> None:
    assert parse_then(text, SHOW.fps) == after_s


@pytest.mark.parametrize(
    ("shot", "number", "title"),
    [("27A", "4", "27A take 4"), ("27A", "rehearsal", "27A rehearsal"), ("", "4", "take 4"), ("A", "", "A take")],
)
def test_a_take_is_called_as_on_the_slate(shot: str, number: str, title: str) -> None:
    assert TakeLine(shot, number, Outcome.SHARP, "sharp", "").title == title


@pytest.mark.parametrize(
    ("shot", "field", "kind"),
    [("27A", "", ""), ("27A", "plate", "plate"), ("27A PU", "", "pickup"), ("27A PU", "plate", "pickup")],
)
def test_the_kind_of_a_shot_is_its_boards_else_its_fields(shot: str, field: str, kind: str) -> None:
    assert show_with_slate(SHOW, texts_of(SHOW) | {"shot": shot, "slateKind": field}).slate.kind == kind
