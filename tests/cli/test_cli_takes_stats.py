# SPDX-License-Identifier: MIT
"""`followfocus takes stats` on logs of made-up takes."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.lens.map import load_lens
from followfocus.plan.plan import Plan
from followfocus.show.file import write_show
from followfocus.show.show import new_show
from followfocus.show.slate import Slate
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.context import TakeContext, context_of
from followfocus.takes.log import TakeLog
from followfocus.takes.takes import Take, Verdict
from followfocus.unit.connect import open_unit
from tests.support.benches import a_plan


@pytest.fixture(scope="module")
def shot() -> tuple[Take, TakeContext, Plan]:
    """One true take, to make others of."""
    plan = a_plan()
    with open_unit(fast=True, rig=plan.rig) as unit:
        ready(unit, plan)
        take = shoot(unit, load(unit, plan), 1)
        return take, context_of(plan, unit.info, pull="Anna to door"), plan


def log_of(path: Path, shot: tuple[Take, TakeContext, Plan], errors: list[float | None], **changes: str) -> None:
    """Add takes with these landing errors; None was stopped."""
    take, context, _ = shot
    with TakeLog(path) as log:
        for number, error in enumerate(errors, start=1):
            verdict = Verdict.STOPPED if error is None else Verdict.GOOD
            made = dataclasses.replace(take, take=number, landing_error_deg=error, verdict=verdict)
            log.append(made, dataclasses.replace(context, slate=Slate("27", take=number), **changes))


def stats(*words: str) -> Result:
    result = CliRunner().invoke(build_app(["takes"]), ["takes", "stats", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_what_is_alike_is_said_and_ends_well(tmp_path: Path, shot: tuple[Take, TakeContext, Plan]) -> None:
    log_of(tmp_path / "t.db", shot, [0.01] * 5 + [None])
    result = stats(str(tmp_path / "t.db"))
    assert result.exit_code == 0
    for words in (
        "Anna to door",
        "lens ideal-50",
        "unit SIM00001",
        "5 takes landed",
        "1 more did not land and is left",
    ):
        assert words in result.stdout


def test_takes_that_all_missed_are_not_vouched_for(tmp_path: Path) -> None:
    show, log = tmp_path / "d.ffshow", tmp_path / "d.db"
    write_show(new_show("Day", load_lens("ideal-50")), show)
    rehearse = ["rehearse", str(show), "--takes", "3", "--fast", "--fault", "slip:take1+0.4s", "--log", str(log)]
    CliRunner().invoke(build_app(["rehearse"]), rehearse)
    done = CliRunner().invoke(
        build_app(["takes"]), ["takes", "stats", str(log), "--certificate", str(tmp_path / "c.pdf")]
    )
    assert done.exit_code == 1
    assert "3 of 3 landed out of focus" in done.stdout
    assert "had slipped by 4 full steps already" in done.stdout
    assert "Nothing drifts" not in done.stdout
    assert (tmp_path / "c.pdf").exists()


def test_a_slip_ends_with_1_and_json_has_the_figures(tmp_path: Path, shot: tuple[Take, TakeContext, Plan]) -> None:
    cycle_deg = 4 * shot[2].rig.ring_deg_per_full_step
    log_of(tmp_path / "t.db", shot, [0.0] * 7 + [cycle_deg] * 3)
    result = stats(str(tmp_path / "t.db"), "--json")
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)["plans"]
    assert found["jumps"] == [{"at": 8, "deg": pytest.approx(cycle_deg), "slipped_full_steps": 4}]
    assert found["words"][2].startswith("From 27 take 8 on, all land +2.769° away: the motor has slipped by 4")
    assert stats(str(tmp_path / "t.db"), "--last", "3").exit_code == 0


def test_other_plans_are_kept_apart_and_can_be_chosen(tmp_path: Path, shot: tuple[Take, TakeContext, Plan]) -> None:
    log_of(tmp_path / "t.db", shot, [0.0, 0.0])
    log_of(tmp_path / "t.db", shot, [0.5, 0.5], plan_hash="ab12", pull="Ben")
    both = stats(str(tmp_path / "t.db"))
    assert both.exit_code == 0
    assert "takes of 2 plans, lenses or units, which are not compared" in both.stdout
    pdf = tmp_path / "c.pdf"
    with pytest.raises(RequestError, match="one plan"):
        stats(str(tmp_path / "t.db"), "--certificate", str(pdf))
    assert stats(str(tmp_path / "t.db"), "--plan", "ab12", "--certificate", str(pdf), "--json").exit_code == 0
    assert pdf.read_bytes().startswith(b"%PDF")
    assert "Ben" in stats(str(tmp_path / "t.db"), "--pull", "Ben").stdout


def test_where_nothing_landed_there_is_nothing_to_certify(tmp_path: Path, shot: tuple[Take, TakeContext, Plan]) -> None:
    log_of(tmp_path / "t.db", shot, [None, None])
    result = stats(str(tmp_path / "t.db"))
    assert (result.exit_code, result.stdout.strip()) == (1, "None of these takes landed.")
    with pytest.raises(RequestError, match="nothing to certify"):
        stats(str(tmp_path / "t.db"), "--certificate", str(tmp_path / "c.pdf"))
    with pytest.raises(RequestError, match="no such take"):
        stats(str(tmp_path / "t.db"), "--scene", "99")
    with pytest.raises(FileError, match="no take log"):
        stats(str(tmp_path / "other.db"))


def test_a_log_of_version_1_is_judged_by_what_it_has(tmp_path: Path, shot: tuple[Take, TakeContext, Plan]) -> None:
    take, _, _ = shot
    with TakeLog(tmp_path / "t.db") as log:
        for _ in range(3):
            log.append(take, "an old lens")
    (found,) = json.loads(stats(str(tmp_path / "t.db"), "--json").stdout)["plans"]
    assert (found["plan_hash"], found["lens"], found["takes"], found["steady"]) == ("", "an old lens", 3, True)
    assert "Their plan is not in the log: they may be of different pulls." in found["words"]
    assert found["half_dof_deg"] == pytest.approx(take.half_dof_deg)
