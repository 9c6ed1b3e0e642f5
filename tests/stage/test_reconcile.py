# SPDX-License-Identifier: MIT
"""Takes that were begun and never closed: the unit is asked, and where it can't know, the log says so."""

from __future__ import annotations

import contextlib
import dataclasses
from pathlib import Path

import pytest

from followfocus.clock import utc_timestamp
from followfocus.errors import StoppedError
from followfocus.show.slate import Slate
from followfocus.stage import reconcile as reconciling
from followfocus.stage.reconcile import reconcile
from followfocus.stage.shoot import load, ready
from followfocus.takes.context import TakeContext, context_of
from followfocus.takes.log import TakeLog
from followfocus.takes.rows import BEGUN, UNKNOWN, TakeRow
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from tests.support.benches import a_plan

PLAN = a_plan(60.0, 90.0, 0.5)


def begun(unit: FollowFocusUnit, path: Path, take: int) -> TakeContext:
    """Put a take down as `pull` does before GO, and never close it."""
    context = context_of(PLAN, unit.info, slate=Slate("27", take=take))
    with TakeLog(path) as log:
        log.begin(context, take)
    return context


def played(unit: FollowFocusUnit, take: int) -> None:
    ready(unit, PLAN)
    load(unit, PLAN)
    unit.play(take)


def test_what_the_unit_still_knows_closes_the_take(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        begun(unit, path, 3)
        played(unit, 3)
        assert reconcile(unit, path) == ("27 take 3 was begun when a program ended. Its unit says: good.",)
        assert reconcile(unit, path) == ()
    with TakeLog(path) as log:
        [row] = log.rows()
    assert row.verdict == "good"
    assert abs(row.landing_error_half_dof or 1.0) < 0.25
    assert row.facts["steps"] == PLAN.profile.steps


def closed(tmp_path: Path, *, off_deg: float = 0.0, half_dof_deg: float | None = 1.0, stop_s: float = 0.0) -> TakeRow:
    """A take that the unit plays after its context was put down, with other marks or depths than the plan's."""
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        context = context_of(PLAN, unit.info, slate=Slate("27", take=3))
        last = dataclasses.replace(context.marks[-1], ring_deg=context.marks[-1].ring_deg - off_deg)
        with TakeLog(path) as log:
            log.begin(dataclasses.replace(context, marks=(*context.marks[:-1], last), half_dof_deg=half_dof_deg), 3)
        if stop_s:
            ready(unit, PLAN)
            load(unit, PLAN)
            unit.listen(lambda event: stop_after(unit, event, stop_s))
            with contextlib.suppress(StoppedError):
                unit.play(3)
        else:
            played(unit, 3)
        reconcile(unit, path)
    with TakeLog(path) as log:
        [row] = log.rows()
    return row


def stop_after(unit: FollowFocusUnit, event: object, after_s: float) -> None:
    playing = isinstance(event, UnitStatus) and event.state is State.PLAYING
    if playing and isinstance(event, UnitStatus) and (event.ring_deg or 0.0) > 60.0 + 60.0 * after_s:
        unit.link.stop(hard=False)


@pytest.mark.parametrize(
    ("off_deg", "half_dof_deg", "verdict"),
    [
        (0.0, 1.0, "good"), (0.2, 1.0, "good"), (0.8, 1.0, "soft"), (-0.8, 1.0, "soft"), (1.5, 1.0, "missed"),
        (-1.5, 1.0, "missed"), (1.5, 2.0, "soft"), (1.5, 10.0, "good"), (1.5, None, "faulted"),
    ],
)  # fmt: skip
def test_where_it_landed_is_judged_by_its_count(
    tmp_path: Path, off_deg: float, half_dof_deg: float | None, verdict: str
) -> None:
    row = closed(tmp_path, off_deg=off_deg, half_dof_deg=half_dof_deg)
    assert row.verdict == verdict
    assert row.landing_error_deg == pytest.approx(off_deg, abs=PLAN.rig.ring_deg_per_step)
    if half_dof_deg is None:
        assert row.landing_error_half_dof is None
    else:
        assert row.landing_error_half_dof == pytest.approx(off_deg / half_dof_deg, abs=PLAN.rig.ring_deg_per_step)


def test_a_stopped_take_has_no_landing(tmp_path: Path) -> None:
    row = closed(tmp_path, stop_s=0.1)
    assert row.verdict == "stopped"
    assert row.landing_error_deg is None
    assert row.landing_error_half_dof is None
    assert 0 < int(str(row.facts["steps"])) < PLAN.profile.steps


def test_a_take_of_another_number_is_another_take(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        begun(unit, path, 4)
        played(unit, 3)
        assert "not known how it ended" in reconcile(unit, path)[0]
    with TakeLog(path) as log:
        assert [row.verdict for row in log.rows()] == [UNKNOWN]


def test_a_unit_that_was_off_knows_of_none(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        begun(unit, path, 1)
        assert "not known how it ended" in reconcile(unit, path)[0]


def test_takes_of_other_units_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        context = context_of(PLAN, unit.info, slate=Slate("27"))
        with TakeLog(path) as log:
            log.begin(dataclasses.replace(context, unit_serial="ANOTHER"), 1)
        assert reconcile(unit, path) == ()
    with TakeLog(path) as log:
        assert [row.verdict for row in log.rows()] == [BEGUN]


def test_without_a_log_there_is_nothing_to_ask(tmp_path: Path) -> None:
    with open_unit(fast=True) as unit:
        assert reconcile(unit, tmp_path / "none.db") == ()
    assert not (tmp_path / "none.db").exists()


def test_a_take_whose_row_went_with_the_power_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unit kept its power and its evidence; the computer lost the row that waited for no disk."""
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        begun(unit, path, 3)
        played(unit, 3)
        reconcile(unit, path)
        assert reconcile(unit, path) == ()
        minute_later = utc_timestamp() + 60.0
        monkeypatch.setattr(reconciling, "utc_timestamp", lambda: minute_later)
        played(unit, 5)
        assert reconcile(unit, path) == (), "another log's"
        played(unit, 4)
        [said] = reconcile(unit, path)
    assert said.startswith("The unit has played a take after the last one in ")
    assert "perhaps 27 take 4. It was shot without this log, or the power went" in said
