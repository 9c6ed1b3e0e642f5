# SPDX-License-Identifier: MIT
"""The computer's clock is set while it shoots: takes stay in their order, each with the time of its GO."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from followfocus import clock
from followfocus.paper import lists
from followfocus.paper.report import take_facts
from followfocus.show.cues import After, Standby
from followfocus.stage.events import Taken
from followfocus.stage.orders import Shoot
from followfocus.stage.rehearsal import Rehearsal
from followfocus.takes.context import TakeContext
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import Progress
from followfocus.wire.evidence import UnitStatus
from tests.stage.scenarios import FOLLOW_S, FOLLOWS_WITHIN_S, there_and_back
from tests.support.takes import a_take

MIDNIGHT_S = datetime(2026, 10, 25, tzinfo=UTC).timestamp()
"""An hour later summer time ends in Europe"""
HOUR_S = 3600.0
MOMENTS = ("before the take", "in it", "in the count to the next")
TICK_S = 0.01
"""More than GO takes to the unit"""


class Wall:
    """A computer's time of day, which can be set."""

    def __init__(self, now: Callable[[], float]) -> None:
        self.set_s = MIDNIGHT_S - now()
        self._now = now

    def time(self) -> float:
        """The time that it shows, s."""
        return self.set_s + self._now()


@pytest.mark.parametrize("jump_s", [-3 * HOUR_S, HOUR_S, 30 * HOUR_S, -20 * 365 * 24 * HOUR_S])
@pytest.mark.parametrize("moment", MOMENTS)
def test_takes_stay_in_their_order_with_the_time_of_their_go(
    moment: str, jump_s: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    show, shown_s = there_and_back(FOLLOW_S), list[float]()
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        wall = Wall(unit.clock.now)
        monkeypatch.setattr(clock.time, "time", wall.time)

        def set_at(which: str) -> None:
            if moment == which and len(shown_s) == 1:
                wall.set_s += jump_s

        @contextmanager
        def watch(order: Shoot) -> Iterator[Progress]:
            shown_s.append(wall.time() + (0.0 if order.at_clock is None else (order.at_clock - _clock()) / 16e6))
            was_set: list[bool] = []

            def progress(elapsed_s: float, _status: UnitStatus) -> None:
                if elapsed_s > 0.1 and not was_set:
                    was_set.append(True)
                    set_at("in it")

            yield progress
            set_at("in the count to the next")

        def _clock() -> int:
            return unit.refresh().clock

        if moment == "before the take":
            wall.set_s += jump_s
        play = Rehearsal(unit, show, TakeKeeper(tmp_path / "t.db"), watch)
        played: list[Taken] = list(play.run(Standby(), 2, After.LIST))
    assert played[1].after_landing_s == pytest.approx(FOLLOW_S, abs=FOLLOWS_WITHIN_S)
    assert played[3].after_landing_s == pytest.approx(FOLLOW_S, abs=FOLLOWS_WITHIN_S)
    with TakeLog(tmp_path / "t.db", create=False) as log:
        rows = log.rows()
        assert log.checked().whole
    assert [(row.id, row.take, row.context.cue, row.verdict) for row in rows] == [
        (1, 1, "1", "good"), (2, 1, "2", "good"), (3, 2, "1", "good"), (4, 2, "2", "good"),
    ]  # fmt: skip
    assert [row.started_utc_s for row in rows] == [pytest.approx(at_s, abs=TICK_S) for at_s in shown_s]
    days = [take_facts(row, UTC)["shoot_day"] for row in rows]
    told = [datetime.fromtimestamp(at_s - 6 * HOUR_S, UTC).date() for at_s in shown_s]
    assert days == [f"{day}" for day in told]


@pytest.mark.parametrize(("started", "days"), [
    (((2026, 10, 24, 12), (2026, 10, 25, 12)), [14, 15]),
    (((2026, 10, 24, 12), (2026, 10, 25, 5, 59), (2026, 10, 25, 6)), [14, 14, 15]),
    (((2026, 10, 24, 12), (2026, 10, 23, 12), (2026, 10, 25, 12)), [14, "", 15]),
    (((2026, 10, 24, 12), (1970, 1, 1, 12)), [14, ""]),
])  # fmt: skip
def test_a_day_before_the_first_has_no_number(
    started: tuple[tuple[int, ...], ...], days: list[int | str], tmp_path: Path
) -> None:
    with TakeLog(tmp_path / "t.db") as log:
        for when in started:
            at_s = datetime(*when, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]
            log.append(dataclasses.replace(a_take(), started_utc_s=at_s), TakeContext(utc_offset_s=0))
        rows = log.rows()
    head, *told = lists.crif_rows(rows, "day", lists.Filled(first_day=14), UTC)
    column = next(n for n, name in enumerate(head) if name == "Shoot Day")
    assert [line[column] for line in told] == days
