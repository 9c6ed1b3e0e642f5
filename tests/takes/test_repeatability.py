# SPDX-License-Identifier: MIT
"""How alike takes are: figures on made-up landings, and a hundred takes on the simulated unit."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.show.cues import Standby
from followfocus.show.show import new_show
from followfocus.stage.rehearsal import Rehearsal
from followfocus.takes.log import TakeLog
from followfocus.takes.repeatability import Landing, landing_of, landing_of_row, repeatability
from followfocus.takes.warnings import _has_grown, warnings_before
from followfocus.unit.connect import open_unit
from tests.support.shows import LENS

RIG = DEFAULT_RIG
STEP = RIG.ring_deg_per_step
CYCLE_DEG = 4 * RIG.ring_deg_per_full_step


def landings(errors: list[float], *, plan: str = "x", half_dof: float = 2.0, by: str = "witness") -> list[Landing]:
    return [
        Landing(number, plan, error, half_dof, 32_000_000, 1000, 16e6, "good", landed_by=by)
        for number, error in enumerate(errors, start=1)
    ]


def test_identical_takes_are_identical() -> None:
    (found,) = repeatability(landings([0.01] * 20), RIG)
    assert (found.landing_spread_deg, found.timing_spread_ticks, found.trend_deg) == (0.0, 0, 0.0)
    assert found.steady
    assert "Nothing drifts, and no take stands apart." in found.words


def test_a_count_that_is_missing_is_not_said() -> None:
    seen = landings([0.0, STEP])
    (uncounted,) = repeatability(seen, RIG)
    assert uncounted.count_spread_steps is None
    assert "count" not in uncounted.words[0]
    (counted,) = repeatability([dataclasses.replace(landing, counter_deg=0.0) for landing in seen], RIG)
    assert "as the ring was seen; by the unit's count 0 steps" in counted.words[0]


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


@given(st.integers(0, 10_000), st.integers(1, 39), st.integers(1, 6), st.booleans())
def test_a_slip_is_told_wherever_it_was(seed: int, at: int, cycles: int, up: bool) -> None:
    """From the second take to the very last, where nothing after it can confirm it."""
    noise = np.random.default_rng(seed).integers(-1, 2, 40) * STEP
    noise[at:] += (cycles if up else -cycles) * CYCLE_DEG
    (found,) = repeatability(landings(noise.tolist()), RIG)
    assert [jump.number for jump in found.jumps] == [at + 1]


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_order_matters_to_drift_and_jumps_alone(errors: list[float], order: Random) -> None:
    taken = [
        dataclasses.replace(one, last_edge_ticks=1_000_000 + n * n) for n, one in enumerate(landings(errors), start=1)
    ]
    mixed = list(taken)
    order.shuffle(mixed)
    (plain,), (other,) = repeatability(taken, RIG), repeatability(mixed, RIG)
    for name in ("takes", "landing_spread_deg", "bias_deg", "timing_spread_ticks", "timing_spread_ms", "half_dof_deg"):
        assert getattr(other, name) == getattr(plain, name)
    assert other.landing_sd_deg == pytest.approx(plain.landing_sd_deg)


@given(st.floats(-50, 50), st.integers(1, 60))
def test_identical_takes_never_flag(error: float, count: int) -> None:
    (found,) = repeatability(landings([error] * count), RIG)
    assert found.steady
    assert found.landing_spread_deg == 0.0
    assert found.timing_spread_ticks == 0


def test_slips_are_told_one_by_one_and_where_homing_took_them_back() -> None:
    errors = [0.0] * 10 + [-CYCLE_DEG] * 5 + [-2 * CYCLE_DEG] * 4 + [0.0] * 6
    (found,) = repeatability(landings(errors), RIG)
    assert [(jump.number, jump.full_steps) for jump in found.jumps] == [(11, -4), (16, -4), (20, 8)]
    assert found.standing_deg == 0.0
    assert (found.odd, found.trend_deg) == ((), 0.0)
    assert "From take 20 on, they land where the first did again." in found.words
    assert warnings_before(landings(errors), RIG) == ()
    assert "slipped" in warnings_before(landings(errors[:17]), RIG)[0]


def test_a_slip_in_the_middle_of_a_drift() -> None:
    errors = [0.004 * n for n in range(40)]
    errors[25:] = [error + CYCLE_DEG for error in errors[25:]]
    (found,) = repeatability(landings(errors), RIG)
    assert [(jump.number, jump.full_steps) for jump in found.jumps] == [(26, 4)]
    assert found.trend_deg == pytest.approx(0.004, rel=0.3)


def test_what_moved_but_is_no_slip() -> None:
    errors = [0.0] * 8 + [0.5 * CYCLE_DEG] * 8
    (found,) = repeatability(landings(errors), RIG)
    assert found.jump is not None
    assert (found.jump.number, found.jump.full_steps) == (9, 0)
    assert "something has moved" in found.findings[0]
    (first_odd,) = repeatability(landings([0.5 * CYCLE_DEG, *[0.0] * 9]), RIG)
    assert (first_odd.odd, first_odd.jumps) == ((1,), ())
    (unconfirmed,) = repeatability(landings([*[0.0] * 9, 0.5 * CYCLE_DEG]), RIG)
    assert (unconfirmed.odd, unconfirmed.jumps) == ((10,), ())


def test_a_drift_within_a_step_is_none() -> None:
    (found,) = repeatability(landings([0.9 * STEP / 20 * n for n in range(20)]), RIG)
    assert found.trend_deg == 0.0


def test_no_more_is_said_than_is_known() -> None:
    (one,) = repeatability(landings([0.1]), RIG)
    assert one.words[0] == "One take landed, +0.1000° from its mark. It takes two to be alike."
    bare = [
        dataclasses.replace(one, last_edge_ticks=None, half_dof_deg=math.inf, tick_hz=math.nan)
        for one in landings([0.0, 0.1])
    ]
    (found,) = repeatability(bare, RIG)
    assert (found.timing_spread_ticks, found.timing_spread_ms, found.landing_spread_half_dof) == (None, None, None)
    assert len(found.words) == 1 + len(found.findings)
    assert "half depths" not in found.words[0]
    assert json.loads(json.dumps(found.facts(), allow_nan=False))["half_dof_deg"] is None


def test_a_count_tells_of_no_slip() -> None:
    by_count, seen = (repeatability(landings([0.0, 0.0, CYCLE_DEG], by=by), RIG)[0] for by in ("counter", "witness"))
    assert "A slip between motor and ring would not show in the count: look at the mark." in by_count.words
    assert "From take 3 on, all land +2.769° away: by 4 full steps." in by_count.words
    assert "From take 3 on, all land +2.769° away: the motor has slipped by 4 full steps." in seen.words
    assert not any("would not show" in words for words in seen.words)


def test_lenses_units_and_gearings_are_kept_apart() -> None:
    base = landings([0.0] * 3)
    others = [dataclasses.replace(one, lens="another") for one in landings([1.0] * 3)]
    third = [
        dataclasses.replace(one, unit_serial="FF2", step_deg=1.0, full_step_deg=16.0) for one in landings([0.0, 2.0])
    ]
    found = repeatability([*base, *others, *third], RIG)
    assert [one.landing_spread_deg for one in found] == [0.0, 0.0, 2.0]
    assert found[2].landing_spread_steps == 2.0
    assert found[0].step_deg == STEP


def test_what_speaks_against_the_next_take_is_said() -> None:
    assert warnings_before((), RIG) == ()
    assert warnings_before(landings([0.0] * 5), RIG) == ()
    assert "slipped" in warnings_before(landings([0.0] * 10 + [CYCLE_DEG] * 3), RIG)[0]
    drifting = landings([0.02 * n for n in range(12)], half_dof=0.3)
    assert any("the next will be soft" in words for words in warnings_before(drifting, RIG))
    assert any("out of focus" in words for words in warnings_before(drifting, RIG, half_dof_deg=0.2))
    assert warnings_before(drifting, RIG, half_dof_deg=3.0) == ()
    assert any("play in the gear" in w for w in warnings_before(landings([0.2, -0.2, 0.1, -0.1], half_dof=0.5), RIG))
    lash = landings([0.0, 0.05] * 6, half_dof=0.06)
    assert any("that is the lash of 0.05°" in words for words in warnings_before(lash, RIG))
    loose = landings([0.01, -0.01] * 5 + [0.2, -0.2] * 5, half_dof=0.5)
    assert any("and it grows" in words for words in warnings_before(loose, RIG))


@pytest.mark.parametrize(
    ("early", "late", "grows"),
    [
        ([0.0, 1.0] * 2, [0.0, 8.0] * 2, False),  # four and four say nothing
        ([0.0, 1.0] * 2, [0.0, 8.0] * 2 + [0.0], False),
        ([0.0, 1.0] * 2 + [0.0], [0.0, 8.0] * 2 + [0.0], True),
        ([0.0, 1.0] * 2 + [0.0], [0.0, 8.0] * 3, True),
        ([0.0, 1.0] * 3, [0.0, 2.0] * 3, True),
        ([0.0, 1.0] * 3, [0.0, 1.99] * 3, False),
        ([0.0, 2.0] * 3, [0.0, 1.0] * 3, False),
        ([0.0, 0.0] * 3, [0.0, 2 * STEP] * 3, True),  # within a step any half is as good as the other
        ([0.0, STEP / 9] * 3, [0.0, 1.9 * STEP] * 3, False),
    ],
)
def test_a_spread_grows_that_is_twice_as_wide_in_the_later_half(
    early: list[float], late: list[float], grows: bool
) -> None:
    (found,) = repeatability(landings([*early, *late]), RIG)
    assert _has_grown(found) is grows


def test_what_is_half_of_half_the_depth_of_field_is_not_said_and_what_is_more_is() -> None:
    wide, drifting = landings([0.2, -0.2, 0.1, -0.1]), landings([0.02 * n for n in range(12)])
    for takes, share_deg in (
        (wide, repeatability(wide, RIG)[0].rest_deg),
        (drifting, abs(repeatability(drifting, RIG)[0].next_deg)),
    ):
        assert warnings_before(takes, RIG, half_dof_deg=2.0 * share_deg) == ()
        assert len(warnings_before(takes, RIG, half_dof_deg=1.999 * share_deg)) == 1
    assert "soft" in warnings_before(drifting, RIG, half_dof_deg=share_deg)[0]
    assert "out of focus" in warnings_before(drifting, RIG, half_dof_deg=0.999 * share_deg)[0]


def test_only_takes_like_the_last_speak_against_the_next() -> None:
    slipped = landings([0.0] * 10 + [CYCLE_DEG] * 3)
    assert warnings_before([*slipped, *landings([0.0] * 3, plan="y")], RIG) == ()
    assert warnings_before([*landings([0.0] * 3, plan="y"), *slipped], RIG)


def test_a_clock_that_warms_up_and_a_go_that_comes_later_are_said() -> None:
    warm = landings([0.0, 0.0])
    warm[1] = dataclasses.replace(warm[1], tick_hz=16e6 * (1 + 5e-4))
    assert "500 ppm" in warnings_before(warm, RIG)[0]
    late = [dataclasses.replace(one, start_latency_ms=20.0 + one.number) for one in landings([0.0] * 15)]
    assert "15 ms longer" in warnings_before(late, RIG)[0]
    even = [dataclasses.replace(one, start_latency_ms=20.0 + one.number % 5) for one in landings([0.0] * 15)]
    assert warnings_before(even, RIG) == ()


@pytest.mark.parametrize(("a_take_ms", "said"), [(0.5, False), (0.625, False), (0.626, True), (-2.0, False)])
def test_a_go_that_comes_later_is_said_once_it_is_ten_milliseconds(a_take_ms: float, said: bool) -> None:
    """Sixteen takes: 0.625 ms a take is 10 ms, exactly."""
    late = [
        dataclasses.replace(one, start_latency_ms=100 + a_take_ms * n) for n, one in enumerate(landings([0.0] * 16))
    ]
    assert bool(warnings_before(late, RIG)) is said


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
    assert found.count_spread_steps == 0
    assert found.first_step_spread_ticks == 0
    # The ring itself, as the witness sees it: now and then friction holds the rotor before the last step is made up.
    assert found.landing_spread_steps < 1.01
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
    assert "From 1 take 40 on, all land" in words
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
