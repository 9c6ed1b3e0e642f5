# SPDX-License-Identifier: MIT
"""Takes that were begun and never closed: the unit is asked, and where it can't know, the log says so."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from followfocus.show.slate import Slate
from followfocus.stage.reconcile import reconcile
from followfocus.stage.shoot import load, ready
from followfocus.takes.context import TakeContext, context_of
from followfocus.takes.log import TakeLog
from followfocus.takes.rows import BEGUN, UNKNOWN
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import FollowFocusUnit
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
