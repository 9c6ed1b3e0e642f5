# SPDX-License-Identifier: MIT
"""Whether the plan was kept, on both sides of each bound: edges, end, steps, count, the profile, the unit's clock."""

from __future__ import annotations

import pytest

from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.takes.kept import late_ms, not_kept
from tests.takes.test_takes import PLAN, evidence

MS = 16_000
"""Ticks of a millisecond"""
GOOD = evidence()


def said(**changes: object) -> str:
    return "; ".join(not_kept(evidence(**changes), PLAN))


def test_a_take_that_went_as_planned_is_kept() -> None:
    assert not_kept(GOOD, PLAN) == []
    assert late_ms(GOOD, PLAN.profile) == 0.0


def test_a_pull_without_a_step_is_late_by_nothing() -> None:
    step_deg = PLAN.rig.ring_deg_per_step
    still = make_plan(PLAN.lens, Pull.between(Mark("A", 100.0), Mark("B", 100.0 + 0.1 * step_deg), 0.5), rig=PLAN.rig)
    assert still.profile.steps == 0
    took = evidence(steps=0, last_edge_clock=GOOD.start_clock)
    assert late_ms(took, still.profile) == 0.0


@pytest.mark.parametrize(("field", "what"), [
    ("first_edge_clock", "the first step came"), ("last_edge_clock", "the last step came"), ("end_clock", "it ended"),
])  # fmt: skip
@pytest.mark.parametrize(("by", "words"), [
    (MS - 1, ""), (MS, "1.0 ms late"), (-MS + 1, ""), (-MS, "1.0 ms early"), (50 * MS, "50.0 ms late"),
])  # fmt: skip
def test_each_time_may_be_less_than_a_millisecond_off(field: str, what: str, by: int, words: str) -> None:
    # The end is put off with it: an edge after the end would contradict it.
    later = {"end_clock": GOOD.end_clock + max(by, 0)} | {field: getattr(GOOD, field) + by}
    clauses = [clause for clause in said(**later).split("; ") if clause.startswith(what)]
    assert clauses == ([f"{what} {words}"] if words else [])


@pytest.mark.parametrize("changes", [
    {"first_edge_clock": GOOD.start_clock - 1}, {"first_edge_clock": GOOD.last_edge_clock + 1},
    {"last_edge_clock": GOOD.end_clock + 1},
])  # fmt: skip
def test_times_out_of_order_contradict_each_other(changes: dict[str, object]) -> None:
    assert "contradict each other" in said(**changes)
    assert "contradict" not in said(steps=0, **changes)


@pytest.mark.parametrize("by", [-1, 0, 1])
def test_every_step_is_counted(by: int) -> None:
    steps = PLAN.profile.steps
    assert said(steps=steps + by) == (f"{steps + by} steps were made of {steps}" if by else "")
    off = said(position=PLAN.profile.end + by)
    assert off == (
        f"the unit's count ends {by * PLAN.rig.ring_deg_per_step:+.2f}° from where the pull ends" if by else ""
    )


@pytest.mark.parametrize(("profile_id", "words"), [
    (PLAN.profile.id, ""), (PLAN.profile.id + 1, "another pull was armed for it than this one"),
    (None, "it is not known which pull was armed for it"),
])  # fmt: skip
def test_the_pull_that_was_armed_is_the_one_that_is_judged(profile_id: int | None, words: str) -> None:
    assert said(profile_id=profile_id) == words


@pytest.mark.parametrize(("off", "within", "words"), [
    (0.0199, 0.0, ""), (0.0201, 0.0, "2.0% fast"), (-0.0199, 0.0, ""), (-0.0201, 0.0, "2.0% slow"),
    (0.05, 0.029, "5.0% fast"), (0.05, 0.031, ""), (-0.05, 0.029, "5.0% slow"), (0.5, 0.1, "50.0% fast"),
])  # fmt: skip
def test_a_clock_is_false_where_it_is_surely_two_per_cent_off(off: float, within: float, words: str) -> None:
    found = said(host_hz=16e6 * (1 + off), host_within_hz=16e6 * within)
    assert found == (f"the unit's clock ran {words} in it, so its times aren't true" if words else "")


@pytest.mark.parametrize("known", [{"host_hz": 20e6}, {"host_within_hz": 1.0}])
def test_a_clock_that_was_not_measured_is_not_doubted(known: dict[str, object]) -> None:
    assert said(**known) == ""
