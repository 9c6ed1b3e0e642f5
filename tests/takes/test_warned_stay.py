# SPDX-License-Identifier: MIT
"""Words about a series of takes, in reports and before the next take, on both sides of each bound."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from followfocus.motion.motor import DEFAULT_RIG as RIG
from followfocus.takes.landings import Landing
from followfocus.takes.repeatability import repeatability
from followfocus.takes.takes import judge, spread
from followfocus.takes.warnings import CLOCK_PPM, GROWN, LATENCY_MS, SOFT_SHARE, warnings_before
from tests.support.golden import Cell, assert_goes_as_it_did
from tests.takes.test_takes import PLAN, UNIT, evidence

STEP = RIG.ring_deg_per_step
CYCLE = 4 * RIG.ring_deg_per_full_step
HZ = 16e6


def landings(errors: Sequence[float | None], **changes: object) -> list[Landing]:
    """Takes of one pull with these landings, as a witness sees them."""
    plain = Landing(
        0, "plan", 0.0, 1.0, 32_000_000, 1000, HZ, "good", landed_by="witness", counter_deg=0.0, behind_deg=0.0,
        first_edge_ticks=900, start_latency_ms=3.0, step_deg=STEP, full_step_deg=RIG.ring_deg_per_full_step,
        unit_serial="U",
    )  # fmt: skip
    return [
        dataclasses.replace(plain, number=number, landing_error_deg=error, **changes)  # type: ignore[arg-type]
        for number, error in enumerate(errors, start=1)
    ]


def series() -> Iterator[tuple[str, list[Landing]]]:
    """Series by name: still, drifting, spreading, grown, jumped and taken back, slipped, odd, of few and of many."""
    noise = np.random.default_rng(3).normal(0.0, 0.6 * STEP, 24)
    for count in (0, 1, 2, 4, 5, 6, 9, 10, 24):
        yield f"still {count}", landings(noise[:count].tolist())
        for slope in (2.5 * STEP, 0.06, 0.5):
            yield f"drift {count} {slope:.3f}", landings((noise[:count] + slope * np.arange(count)).tolist())
    for wide in (0.45, 0.55, 1.2, 3.0):
        errors = [wide * (number % 2) for number in range(10)]
        yield f"spread {wide}", landings(errors)
        yield f"spread {wide} by count", landings(errors, landed_by="counter", behind_deg=None)
        yield f"grown {wide}", landings([error * (1.0 if number > 4 else 0.3) for number, error in enumerate(errors)])
        yield f"grown {wide} of nine", landings([error * 0.2 for error in errors[:4]] + errors[4:9])
        yield f"grown {wide} by less", landings([error * 0.6 for error in errors[:5]] + errors[5:])
    for by in (CYCLE, -CYCLE, 2 * CYCLE, 1.5):
        for back in (0, 2, 5):
            errors = [*noise[:6], *(noise[6:12] + by), *noise[12 : 12 + back]]
            behind = [-error for error in errors]
            jumped = landings([float(error) for error in errors])
            yield f"jump {by:.2f} back {back}", jumped
            yield (
                f"slip {by:.2f} back {back}",
                [dataclasses.replace(one, behind_deg=-off) for one, off in zip(jumped, behind, strict=True)],
            )
            yield f"slipped at first {by:.2f}", [dataclasses.replace(one, behind_deg=by) for one in jumped[:6]]
    yield "odd", landings([*noise[:7].tolist(), 4.0, *noise[7:9].tolist()])
    yield "soft", landings([1.2, 1.1, 1.3, 0.2, 1.2])
    yield "lost", landings([0.1, None, 0.12, 0.09])
    yield "two lost", landings([0.1, None, None, 0.09])
    yield "of no plan", landings([0.1, 0.11, 0.12], plan_hash="")
    yield "of no clock", landings([0.1, 0.11], tick_hz=math.nan)
    yield "of no ticks", landings([0.1, 0.11], last_edge_ticks=None, first_edge_ticks=None)
    yield "other plan", [*landings([0.1, 0.2, 0.1]), *landings([3.0, 3.1], plan_hash="other")]
    ticks = [dataclasses.replace(one, last_edge_ticks=32_000_000 + 7 * n) for n, one in enumerate(landings([0.1] * 4))]
    yield "ticks", ticks


def test_what_is_said_of_a_series_is_what_it_was() -> None:
    rows: list[tuple[Cell, ...]] = []
    for name, made in series():
        rows += [(name, half, *warnings_before(made, RIG, half)) for half in (None, 0.6, 8.0)]
        for found in repeatability(made, RIG):
            rows.append((name, *found.findings, found.alarmed, found.steady, found.too_few, found.missed))
            rows.append((name, *(one if isinstance(one, float) else repr(one) for one in found.facts().values())))
    assert_goes_as_it_did("warned", rows)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize(("ppm", "warned"), [(CLOCK_PPM - 0.4, False), (CLOCK_PPM + 0.4, True)])
def test_a_clock_is_warned_of_from_where_it_says(sign: int, ppm: float, warned: bool) -> None:
    assert CLOCK_PPM == 200.0
    moved = HZ * (1 + sign * 1e-6 * ppm)
    first, last = landings([0.0, 0.0])
    said = warnings_before([first, dataclasses.replace(last, host_hz=moved)], RIG)
    between = warnings_before([first, first, dataclasses.replace(last, tick_hz=moved)], RIG)
    assert bool(said) is bool(between) is warned
    if warned:
        # 2 s of it: a fast clock ends a take early
        assert f"{sign * ppm:+.0f} ppm" in said[0]
        assert f"takes end {2e-3 * ppm:.1f} ms {'early' if sign > 0 else 'late'}" in said[0]
        assert f"{sign * ppm:+.0f} ppm since the first take" in between[0]
        unknown = dataclasses.replace(last, host_hz=moved, last_edge_ticks=None)
        assert "takes end 0.0 ms" in warnings_before([unknown], RIG)[0]


def test_another_units_clock_and_one_that_nobody_knows_say_nothing() -> None:
    (one,) = landings([0.0])
    fast = dataclasses.replace(one, tick_hz=HZ * 1.01)
    assert not warnings_before([dataclasses.replace(one, unit_serial="V"), fast], RIG)
    assert not warnings_before([dataclasses.replace(one, tick_hz=math.nan), one], RIG)
    assert not warnings_before([fast], RIG)
    middle = [one, dataclasses.replace(one, tick_hz=math.nan), dataclasses.replace(one, unit_serial="V", tick_hz=1e6)]
    assert warnings_before([*middle, fast], RIG)


@pytest.mark.parametrize(("grown_ms", "warned"), [(LATENCY_MS - 0.2, False), (LATENCY_MS + 0.2, True)])
def test_go_that_takes_longer_is_warned_of_from_where_it_says(grown_ms: float, warned: bool) -> None:
    count = 12
    made = [
        dataclasses.replace(one, start_latency_ms=3.0 + grown_ms / count * number)
        for number, one in enumerate(landings([0.0] * count))
    ]
    assert any(f"takes {grown_ms:.0f} ms longer" in words for words in warnings_before(made, RIG)) is warned


@pytest.mark.parametrize(("share", "warned"), [(SOFT_SHARE - 0.01, False), (SOFT_SHARE + 0.01, True)])
def test_a_spread_is_warned_of_from_half_of_half_the_depth_on(share: float, warned: bool) -> None:
    made = landings([share * (number % 2) for number in range(10)])
    assert any("spread over" in words for words in warnings_before(made, RIG)) is warned


@pytest.mark.parametrize(("steps", "lash"), [(1.9, True), (2.1, False)])
def test_a_spread_of_no_more_than_the_lash_and_two_steps_is_the_lash(steps: float, lash: bool) -> None:
    wide = RIG.lash_deg + steps * STEP
    said = " ".join(warnings_before(landings([wide * (number % 2) for number in range(10)]), RIG, wide))
    assert ("that is the lash" in said, "play in the gear" in said) == (lash, not lash)


@pytest.mark.parametrize(("times", "grows"), [(GROWN - 0.01, False), (GROWN + 0.01, True)])
def test_a_later_half_twice_as_wide_has_grown(times: float, grows: bool) -> None:
    errors = [(1.0 if number < 5 else times) * (number % 2) for number in range(10)]
    assert any("and it grows" in words for words in warnings_before(landings(errors), RIG, 1.0)) is grows


def test_a_spread_needs_two_that_landed() -> None:
    ms = UNIT.tick_hz // 1000
    takes = [
        judge(
            evidence(witness_deg=PLAN.motion.end_deg + off, last_edge_clock=evidence().last_edge_clock + late),
            PLAN,
            UNIT,
        )
        for off, late in ((0.3, ms // 2), (0.1, ms // 4))
    ]
    found = spread(takes)
    assert found is not None
    assert (found.takes, found.landing_deg) == (2, pytest.approx(0.2))
    assert found.duration_ms == pytest.approx(0.25)
    assert spread(takes[:1]) is None
