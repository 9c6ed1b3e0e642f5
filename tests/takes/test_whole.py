# SPDX-License-Identifier: MIT
"""Parts of a take as one take: as good as its worst part, and stopped where its later parts are not there."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from followfocus.show.slate import Slate
from followfocus.takes.context import LoggedMark, TakeContext
from followfocus.takes.log import TakeLog, TakeQuery, TakeRow
from followfocus.takes.takes import REHEARSAL, Verdict
from followfocus.takes.whole import Outcome, whole_takes
from tests.support.takes import a_take


def context(take: int, part: int = 1, parts: int = 1) -> TakeContext:
    marks = (LoggedMark("A", "Anna", 80.0, 1.2), LoggedMark("B", "door", 40.0, 4.0))
    return TakeContext(slate=Slate("27", take=take), cue="1", pull=f"part {part}", part=part, parts=parts, marks=marks)


@pytest.fixture(name="log")
def _log(tmp_path: Path) -> TakeLog:
    return TakeLog(tmp_path / "takes.db")


def keep(log: TakeLog, number: int, part: int = 1, parts: int = 1, **changes: object) -> int:
    return log.append(dataclasses.replace(a_take(number), **changes), context(number, part, parts))  # type: ignore[arg-type]


def newest(log: TakeLog) -> list[TakeRow]:
    return log.rows(TakeQuery(newest_first=True))


def test_parts_are_one_take_and_as_good_as_the_worst(log: TakeLog) -> None:
    keep(log, 3, 1, 2, verdict=Verdict.SOFT, landing_error_half_dof=-0.84)
    keep(log, 3, 2, 2, landing_error_half_dof=0.1)
    keep(log, 4)
    four, three = whole_takes(newest(log))
    assert (four.outcome, len(four.parts)) == (Outcome.SHARP, 1)
    assert (three.outcome, three.error_half_dof, three.complete) == (Outcome.EDGE, -0.84, True)


def test_a_take_left_in_its_hold_is_stopped_also_after_a_restart(log: TakeLog) -> None:
    keep(log, 3, 1, 2)
    (three,) = whole_takes(newest(log))
    assert (three.outcome, three.stopped_in_hold) == (Outcome.STOPPED, "door")
    (held,) = whole_takes(newest(log), held=log.last_row())
    assert (held.outcome, held.stopped_in_hold) == (Outcome.HOLDING, "")
    keep(log, 3, 1, 2)
    keep(log, 3, 2, 2)
    whole, broken = whole_takes(newest(log))
    assert (whole.outcome, broken.outcome) == (Outcome.SHARP, Outcome.STOPPED)


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [
        (Verdict.MISSED, Outcome.MISSED),
        (Verdict.FAULTED, Outcome.FAULT),
        (Verdict.LOST, Outcome.LOST),
        (Verdict.STOPPED, Outcome.STOPPED),
        (Verdict.REFUSED, Outcome.REFUSED),
    ],
)
def test_every_end_has_a_word(log: TakeLog, verdict: Verdict, outcome: Outcome) -> None:
    keep(log, 1, verdict=verdict)
    (one,) = whole_takes(newest(log))
    assert one.outcome is outcome


def test_a_rehearsal_is_listed_as_one_and_counts_for_no_report(log: TakeLog) -> None:
    keep(log, 1)
    log.append(a_take(REHEARSAL), context(2))
    takes, rehearsals = log.rows(TakeQuery(rehearsals=False)), log.rows(TakeQuery(rehearsals=True))
    assert [row.slate for row in takes] == ["27 take 1"]
    assert [(row.slate, row.rehearsed) for row in rehearsals] == [("27 rehearsal", True)]
    assert [row.rehearsed for row in log.rows(TakeQuery(text="rehearsal"))] == [True]


def test_a_hold_is_named_by_the_last_mark_of_however_many(log: TakeLog) -> None:
    marks = (LoggedMark("A", "Anna", 80.0, 1.2), LoggedMark("B", "door", 40.0, 4.0), LoggedMark("C", "", 20.0, 6.0))
    for row, name in ((marks, "C"), (marks[:2], "door"), (marks[:1], "Anna"), ((), "the hold")):
        log.append(a_take(3), dataclasses.replace(context(3, 1, 2), marks=row))
        assert next(whole_takes(newest(log))).stopped_in_hold == name


@pytest.mark.parametrize(("errors", "worst"), [
    ((0.2, -0.5), -0.5), ((-0.2, 0.1), -0.2), ((None, 0.1), None), ((0.1, None), None), ((None, None), None),
])  # fmt: skip
def test_a_landing_that_nobody_knows_is_not_the_best_of_the_others(
    log: TakeLog, errors: tuple[float | None, ...], worst: float | None
) -> None:
    for part, error in enumerate(errors, start=1):
        keep(log, 3, part, len(errors), landing_error_half_dof=error)
    assert next(whole_takes(newest(log))).error_half_dof == worst
