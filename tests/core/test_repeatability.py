"""How alike takes are: figures on made-up landings, and a hundred takes on the simulated unit."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.connect import open_unit
from followfocus.cues import Standby
from followfocus.forewarning import warnings_before
from followfocus.motor import DEFAULT_RIG
from followfocus.rehearsal import Rehearsal
from followfocus.repeatability import Landing, landing_of, landing_of_row, repeatability
from followfocus.show import new_show
from followfocus.slips import slip_by_angle, slip_verdict
from followfocus.takelog import TakeLog
from tests.core.shows import LENS

RIG = DEFAULT_RIG
STEP = RIG.ring_deg_per_step
CYCLE_DEG = 4 * RIG.ring_deg_per_full_step


def landings(errors: list[float], *, plan: str = "x", half_dof: float = 2.0, ticks: int = 32_000_000) -> list[Landing]:
    return [Landing(n, plan, error, half_dof, ticks, 1000, 16e6, "good") for n, error in enumerate(errors, start=1)]


def test_identical_takes_are_identical() -> None:
    (found,) = repeatability(landings([0.01] * 20), RIG)
    assert (found.landing_spread_deg, found.timing_spread_ticks, found.trend_deg) == (0.0, 0, 0.0)
    assert found.steady
    assert "Nothing drifts, and no take stands apart." in found.words


def test_plans_are_not_compared() -> None:
    both = [*landings([0.0, 0.0]), *landings([1.0, 1.0], plan="y")]
    assert [found.landing_spread_deg for found in repeatability(both, RIG)] == [0.0, 0.0]
    lost = [dataclasses.replace(landings([0.0])[0], landing_error_deg=None)]
    assert repeatability(lost, RIG) == ()
    (found,) = repeatability([*landings([0.0, 0.0]), *lost], RIG)
    assert found.left_out == 1


def test_a_slip_is_found_where_it_was() -> None:
    (found,) = repeatability(landings([0.0] * 39 + [-CYCLE_DEG] * 61), RIG)
    assert found.jump is not None
    assert (found.jump.number, found.jump.full_steps) == (40, -4)
    assert found.odd == ()
    assert found.trend_deg == 0.0
    assert "From take 40 on" in " ".join(found.words)


def test_the_odd_one_out_and_a_drift() -> None:
    errors = [0.0, STEP, 0.0, -STEP, 0.0, 0.4, 0.0, STEP, 0.0, 0.0]
    (found,) = repeatability(landings(errors), RIG)
    assert found.odd == (6,)
    assert found.jump is None
    (found,) = repeatability(landings([0.01 * n for n in range(30)]), RIG)
    assert found.trend_deg == pytest.approx(0.01)
    assert found.jump is None
    assert "drifts by +0.0100°" in " ".join(found.words)


@given(st.integers(0, 10_000), st.floats(-1, 1))
def test_where_all_land_moves_the_bias_alone(seed: int, shift: float) -> None:
    errors = np.random.default_rng(seed).normal(0.0, 0.02, 15).round(4)
    (plain,) = repeatability(landings(errors.tolist()), RIG)
    (moved,) = repeatability(landings((errors + shift).tolist()), RIG)
    assert moved.bias_deg == pytest.approx(plain.bias_deg + shift, abs=1e-9)
    assert moved.landing_spread_deg == pytest.approx(plain.landing_spread_deg, abs=1e-9)
    assert moved.odd == plain.odd


@given(st.integers(0, 10_000), st.integers(3, 37), st.sampled_from([-2, -1, 1, 2, 3]))
def test_a_slip_in_noise_of_a_step_is_found_at_its_take(seed: int, at: int, cycles: int) -> None:
    noise = np.random.default_rng(seed).integers(-1, 2, 40) * STEP
    noise[at:] += cycles * CYCLE_DEG
    (found,) = repeatability(landings(noise.tolist()), RIG)
    assert found.jump is not None
    assert found.jump.number == at + 1
    assert found.jump.full_steps == 4 * cycles
    assert found.odd == ()


@given(st.integers(0, 10_000))
def test_noise_of_a_step_is_no_slip(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(-1, 2, 40) * STEP
    (found,) = repeatability(landings(noise.tolist()), RIG)
    assert found.jump is None
    assert found.odd == ()


def test_slip_verdicts_speak_in_whole_cycles() -> None:
    per_cycle = 4 * RIG.microsteps
    assert not slip_verdict(10_000, 10_000 + per_cycle // 2 - 1, RIG).slipped
    found = slip_verdict(10_000, 10_000 - per_cycle - 3, RIG)
    assert (found.slipped, found.full_steps) == (True, -4)
    assert "home it" in found.words
    assert slip_by_angle(100.0 - 2 * CYCLE_DEG, 100.0, RIG).full_steps == -8
    assert not slip_by_angle(100.02, 100.0, RIG).slipped


def test_what_speaks_against_the_next_take_is_said() -> None:
    assert warnings_before(landings([0.0] * 5), RIG) == ()
    assert "slipped" in warnings_before(landings([0.0] * 10 + [CYCLE_DEG] * 3), RIG)[0]
    drifting = [0.02 * n for n in range(12)]
    assert any("drifts" in words for words in warnings_before(landings(drifting, half_dof=0.3), RIG))
    assert any("play in the gear" in w for w in warnings_before(landings([0.2, -0.2, 0.1, -0.1], half_dof=0.5), RIG))
    warm = landings([0.0, 0.0])
    warm[1] = dataclasses.replace(warm[1], tick_hz=16e6 * (1 + 5e-4))
    assert "500 ppm" in warnings_before(warm, RIG)[0]


def _hundred(path: Path, faults: tuple[str, ...] = ()) -> None:
    show = new_show("100 takes", LENS)
    show = show.with_pull(dataclasses.replace(show.pulls[0], duration_s=0.8))
    with open_unit(fast=True, rig=show.unit.rig(LENS), faults=faults) as unit, TakeLog(path) as log:
        played = list(Rehearsal(unit, show, log.append).run(Standby(), 100))
    assert len(played) == 100


def test_a_hundred_takes_are_alike_to_the_step_and_the_tick(tmp_path: Path) -> None:
    _hundred(tmp_path / "t.db")
    with TakeLog(tmp_path / "t.db") as log:
        rows = log.rows()
    assert {row.verdict for row in rows} == {"good"}
    assert len({(row.facts["steps"], row.facts["counter_deg"]) for row in rows}) == 1
    (found,) = repeatability([landing_of_row(row) for row in rows], RIG)
    assert found.takes == 100
    assert found.timing_spread_ticks == 0
    assert found.landing_spread_steps < 1.0  # what the ring itself does, as the witness sees it
    assert found.steady


def test_the_log_names_the_take_in_which_the_motor_slipped(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    _hundred(path, ("slip:take40+0.4s",))
    result = CliRunner().invoke(build_app(["takes"]), ["takes", "stats", str(path), "--json"])
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)["plans"]
    assert found["jump_at"] == 40
    assert abs(found["slipped_full_steps"]) == 4
    assert found["timing_spread_ticks"] == 0
    words = CliRunner().invoke(build_app(["takes"]), ["takes", "stats", str(path)]).stdout
    assert "From 1 take 40 on all land" in words
    with TakeLog(path) as log:
        reasons = log.rows()[39].facts["reasons"]
    assert "lost steps" in str(reasons)


def test_a_take_and_its_row_say_the_same(tmp_path: Path) -> None:
    show = new_show("x", LENS)
    show = show.with_pull(dataclasses.replace(show.pulls[0], duration_s=0.8))
    with open_unit(fast=True, rig=show.unit.rig(LENS)) as unit, TakeLog(tmp_path / "t.db") as log:
        (played,) = Rehearsal(unit, show, log.append).run(Standby(), 1)
        row = landing_of_row(log.rows()[0])
    direct = landing_of(1, played.take, played.context)
    assert row == direct
