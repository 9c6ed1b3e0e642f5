# SPDX-License-Identifier: MIT
"""Takes that were begun and never closed: the unit is asked, and where it can't know, the log says so."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from followfocus.clock import utc_timestamp
from followfocus.errors import StoppedError
from followfocus.show.slate import Slate
from followfocus.stage import reconcile as reconciling
from followfocus.stage.reconcile import EARLIEST_S, LATEST_S, by_the_unit, reconcile
from followfocus.stage.shoot import load, ready
from followfocus.takes.context import LoggedMark, TakeContext, context_of
from followfocus.takes.log import TakeLog
from followfocus.takes.rows import BEGUN, UNKNOWN, TakeRow
from followfocus.takes.takes import Take
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import Cause, State, TakeEnded
from tests.support.benches import a_plan
from tests.support.golden import Cell, assert_goes_as_it_did
from tests.support.takes import a_take

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


def test_a_take_that_is_closed_later_has_its_own_time_and_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        begun(unit, path, 3)
        power_on_utc_s = utc_timestamp() - unit.clock.now()
        monkeypatch.setattr(reconciling, "utc_timestamp", lambda: power_on_utc_s + unit.clock.now())
        played(unit, 3)
        unit.link.sleep(40.0)
        unit.refresh()
        began_utc_s = power_on_utc_s + unit.clock.now() - 40.0 - PLAN.profile.duration_s
        reconcile(unit, path)
    with TakeLog(path) as log:
        [row] = log.rows()
    edges = PLAN.profile.edge_ticks()
    assert row.started_utc_s == pytest.approx(began_utc_s, abs=0.5)
    assert row.facts["actual_s"] == pytest.approx(PLAN.profile.edge_times_s()[-1], abs=1e-5)
    assert row.facts["first_edge_ticks"] == pytest.approx(edges[0], abs=2)
    assert row.facts["last_edge_ticks"] == pytest.approx(edges[-1], abs=2)


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


def test_a_take_that_another_program_plays_still_is_not_called_ended(tmp_path: Path) -> None:
    """Both on simulated units of their own, which have one serial number; the other's end is written all the same."""
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit, open_unit(fast=True, rig=PLAN.rig) as other:
        begun(other, path, 1)
        (said,) = reconcile(unit, path)
        assert said.endswith(
            "take 1 has no end in the log: not known how it ended, unless another program still plays it."
        )
        with TakeLog(path) as log:
            log.close(1, a_take(1))
            assert [row.verdict for row in log.rows()] == ["good"]


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


@pytest.mark.parametrize("beside", ["a take left open", "another unit's take"])
def test_a_take_that_is_missing_is_told_whatever_else_the_log_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beside: str
) -> None:
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        begun(unit, path, 3)  # and its program died
        if beside == "another unit's take":
            played(unit, 3)
            reconcile(unit, path)
            context = context_of(PLAN, unit.info, slate=Slate("28", take=9))
            with TakeLog(path) as log:
                log.append(a_take(9), dataclasses.replace(context, unit_serial="ANOTHER"))
        minute_later = utc_timestamp() + 60.0
        monkeypatch.setattr(reconciling, "utc_timestamp", lambda: minute_later)
        played(unit, 4)
        said = reconcile(unit, path)
    assert "perhaps 27 take 4." in said[-1]
    assert len(said) == (2 if beside == "a take left open" else 1)


# What the unit says of a take, and what is made of it ----------------------------------------------------------------

SAID = [field.name for field in dataclasses.fields(Take) if field.repr and field.name not in ("reasons", "timing")]
MARKS = (LoggedMark("A", "", 60.0, 2.0), LoggedMark("B", "", 75.0, 2.4), LoggedMark("C", "", 90.0, None))
HZ = 16_000_000
DONE = TakeEnded(3, Cause.DONE, 1, 5 * HZ, 5 * HZ + 900, 6 * HZ + 7, 6 * HZ + 20_000, 700, 2070)


def begun_row(context: TakeContext, logged_utc_s: float = 1e9, take: int = 3) -> TakeRow:
    """A row as the log gives it back of a take without an ending."""
    return TakeRow(
        7, logged_utc_s, None, take, context.lens, "27", "", context.pull, context.plan_hash, BEGUN, "", "", None, None,
        None, None, {}, context,
    )  # fmt: skip


@pytest.fixture(name="in_1e9")
def _in_1e9(monkeypatch: pytest.MonkeyPatch) -> Iterator[FollowFocusUnit]:
    """A unit whose DONE began 1e9 s after 1970: its clock and the computer's are known."""
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        monkeypatch.setattr(reconciling, "utc_timestamp", lambda: 1e9 + unit.status.clock / HZ - 5.0)
        yield unit


def test_a_take_is_made_of_what_the_unit_kept_as_it_was(in_1e9: FollowFocusUnit) -> None:
    context = dataclasses.replace(context_of(PLAN, in_1e9.info), marks=MARKS, half_dof_deg=0.8)
    contexts = {
        "three marks": context, "one": dataclasses.replace(context, marks=MARKS[:1]),
        "none": dataclasses.replace(context, marks=()), "deep": dataclasses.replace(context, half_dof_deg=9.0),
        "other gears": dataclasses.replace(context, steps_per_deg=20.0),
        "of an old log": TakeContext(marks=MARKS[2:]),
    }  # fmt: skip
    endings = {
        "done": DONE, "short": dataclasses.replace(DONE, position=2060),
        "far": dataclasses.replace(DONE, position=2025),
        "unmoved": dataclasses.replace(DONE, steps=0), "lost": dataclasses.replace(DONE, position_known=0),
        **{cause.name: dataclasses.replace(DONE, cause=cause) for cause in Cause},
    }  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for kind, of in contexts.items():
        for how, ended in endings.items():
            take = by_the_unit(begun_row(of), ended, in_1e9)
            values = () if take is None else (getattr(take, name) for name in SAID)
            rows.append((kind, how, *(v if isinstance(v, str | float | None) else repr(v) for v in values)))
    assert_goes_as_it_did("closed-later", rows)


@pytest.mark.parametrize(
    ("after_s", "fits"),
    [(EARLIEST_S - 0.01, False), (EARLIEST_S + 0.01, True), (LATEST_S - 0.01, True), (LATEST_S + 0.01, False)],
)
def test_a_take_began_when_it_was_put_down(in_1e9: FollowFocusUnit, after_s: float, fits: bool) -> None:
    assert (EARLIEST_S, LATEST_S) == (-5.0, 30.0)
    row = begun_row(context_of(PLAN, in_1e9.info), 1e9 - after_s)
    assert (by_the_unit(row, DONE, in_1e9) is not None) is fits
    assert by_the_unit(dataclasses.replace(row, take=4), DONE, in_1e9) is None
    assert by_the_unit(row, None, in_1e9) is None


@pytest.mark.parametrize("easing", ["by hand", "with the hand: ride"])
def test_what_a_hand_played_is_no_take_to_the_unit(in_1e9: FollowFocusUnit, easing: str) -> None:
    row = begun_row(context_of(PLAN, in_1e9.info))
    assert by_the_unit(row, DONE, in_1e9) is not None
    by_hand = dataclasses.replace(row, context=dataclasses.replace(row.context, easing=easing))
    assert by_the_unit(by_hand, DONE, in_1e9) is None


def test_a_unit_that_has_played_nothing_lacks_no_row(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    with open_unit(fast=True, rig=PLAN.rig) as unit:
        with TakeLog(path):
            pass
        assert reconcile(unit, path) == ()  # an empty log
        begun(unit, path, 3)
        assert "not known how it ended" in reconcile(unit, path)[0]
        assert reconcile(unit, path) == ()  # a unit that was switched on since
