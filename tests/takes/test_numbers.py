# SPDX-License-Identifier: MIT
"""The next take has a number that the log hasn't, also where two programs keep takes in one log."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from followfocus.show.slate import MOST_TAKES, Slate
from followfocus.takes.context import TakeContext
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus.takes.numbers import show_counted_on
from followfocus.takes.takes import REHEARSAL
from tests.stage.scenarios import short
from tests.support.takes import a_take


def test_the_slate_goes_on_after_what_the_log_has(tmp_path: Path) -> None:
    path = tmp_path / "takes.db"
    show = dataclasses.replace(short(), production="Table", slate=Slate("27", take=2))
    assert show_counted_on(show, path) == show
    with TakeLog(path) as log:
        for take, production in ((2, "Table"), (3, "Table"), (9, "Another"), (REHEARSAL, "Table")):
            slate = Slate("27", take=max(take, 1))
            log.append(a_take(take), TakeContext(production=production, camera="A", slate=slate))
    assert show_counted_on(show, path).slate.take == 4
    other_camera = dataclasses.replace(show, camera="B")
    assert show_counted_on(other_camera, path) == other_camera
    ahead = dataclasses.replace(show, slate=Slate("27", take=7))
    assert show_counted_on(ahead, path) == ahead
    path.write_bytes(b"no log")
    assert show_counted_on(show, path) == show


def begun(keeper: TakeKeeper, take: int, *, camera: str = "", scene: str = "27", counts: bool = True) -> int | None:
    """The number under which a take that was meant to be `take` is put down, and is in the log."""
    row = keeper.begin(TakeContext(camera=camera, slate=Slate(scene, take=take)), take if counts else REHEARSAL)
    assert row is not None
    with TakeLog(keeper.path) as log:
        kept = log.rows()[-1]
    assert (kept.id, kept.take) == (row, keeper.number)
    assert not counts or kept.context.slate.take == keeper.number
    return keeper.number


def test_of_two_programs_on_one_log_the_second_takes_the_next_number(tmp_path: Path) -> None:
    TakeLog(tmp_path / "t.db").shut()
    ours, theirs = TakeKeeper(tmp_path / "t.db"), TakeKeeper(tmp_path / "t.db")
    assert [begun(ours, 1), begun(theirs, 1), begun(theirs, 3), begun(ours, 2)] == [1, 2, 3, 4]


def test_parts_of_one_take_share_its_number(tmp_path: Path) -> None:
    ours, theirs = TakeKeeper(tmp_path / "t.db"), TakeKeeper(tmp_path / "t.db")
    assert [begun(ours, 1), begun(theirs, 1), begun(ours, 1)] == [1, 2, 1]


def test_another_camera_another_shot_and_a_rehearsal_have_numbers_of_their_own(tmp_path: Path) -> None:
    ours, theirs = TakeKeeper(tmp_path / "t.db"), TakeKeeper(tmp_path / "t.db")
    assert [begun(ours, 1, camera="A"), begun(theirs, 1, camera="B"), begun(theirs, 1, scene="28")] == [1, 1, 1]
    assert [begun(ours, 5), begun(theirs, 5, counts=False)] == [5, REHEARSAL]


def test_what_the_log_had_before_may_be_numbered_again_on_purpose(tmp_path: Path) -> None:
    begun(TakeKeeper(tmp_path / "t.db"), 4)
    assert begun(TakeKeeper(tmp_path / "t.db"), 4) == 4


def test_a_log_that_counts_for_nobody_takes_what_was_asked(tmp_path: Path) -> None:
    ours, theirs = (TakeKeeper(tmp_path / "t.db", numbers=False) for _ in range(2))
    assert [begun(ours, 1), begun(theirs, 1)] == [1, 1]


def test_the_last_number_there_is_is_used_again_rather_than_no_take(tmp_path: Path) -> None:
    ours, theirs = TakeKeeper(tmp_path / "t.db"), TakeKeeper(tmp_path / "t.db")
    assert [begun(ours, MOST_TAKES), begun(theirs, MOST_TAKES)] == [MOST_TAKES, MOST_TAKES]
