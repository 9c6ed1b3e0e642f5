# SPDX-License-Identifier: MIT
"""The simulated unit's planner alone: whatever is aimed at and whenever, speeds and accelerations keep their limits."""

from __future__ import annotations

import itertools
import random

import pytest

from followfocus.sim.ramp import FULL_RANGE, Ramp, RampRules

HZ = 16_000_000
ACCEL, MOST_HZ = 20_000.0, 8000.0


def rules(limits: tuple[int, int] = FULL_RANGE, setup: int = 320) -> RampRules:
    return RampRules(HZ, ACCEL, round(HZ / MOST_HZ), setup, limits)


def run_to_rest(ramp: Ramp, most: int = 100_000) -> list[tuple[int, int]]:
    """(tick, position) of every edge until it stands."""
    edges = []
    while ramp.next_tick is not None:
        tick = ramp.next_tick
        ramp.step()
        edges.append((tick, ramp.position))
        assert len(edges) < most
    return edges


def speeds(edges: list[tuple[int, int]]) -> list[float]:
    """Signed mean speed from edge to edge, steps/s."""
    return [(b[1] - a[1]) * HZ / (b[0] - a[0]) for a, b in itertools.pairwise(edges)]


@pytest.mark.parametrize("target", [1, 2, 3, 10, 500, 4000, -1, -7, -1500])
@pytest.mark.parametrize("rate", [200.0, 3000.0, 1e9])
def test_a_move_ends_at_its_target_within_speed_and_acceleration(target: int, rate: float) -> None:
    ramp = Ramp(rules(), 0, 0)
    ramp.aim_at(target, rate, 0)
    edges = run_to_rest(ramp)
    assert [position for _, position in edges] == list(range(1, target + 1)) or [p for _, p in edges] == list(
        range(-1, target - 1, -1)
    )
    assert (ramp.position, ramp.speed, ramp.at_limit) == (target, 0.0, False)
    found = speeds(edges)
    assert all(abs(v) <= min(rate, MOST_HZ) * 1.001 for v in found)
    for (a, b), (start, end) in zip(itertools.pairwise(found), itertools.pairwise(edges[1:]), strict=True):
        # At the edges v² changes by no more than 2a; of the means between them the first two differ most, by 2.4a. An
        # edge is on a whole tick, which is worth 2v³ a tick.
        assert abs(b * b - a * a) <= 2.45 * ACCEL + 2 * max(abs(a), abs(b)) ** 3 / HZ, (start, end)


def test_a_long_move_takes_as_long_as_speed_and_acceleration_ask() -> None:
    ramp, way, rate = Ramp(rules(), 0, 0), 4000, 4000.0
    ramp.aim_at(way, rate, 0)
    seconds = run_to_rest(ramp)[-1][0] / HZ
    assert seconds == pytest.approx(way / rate + rate / ACCEL, rel=0.02)


def test_a_short_move_is_a_triangle() -> None:
    ramp, way = Ramp(rules(), 0, 0), 400
    ramp.aim_at(way, 1e9, 0)
    assert run_to_rest(ramp)[-1][0] / HZ == pytest.approx(2 * (way / ACCEL) ** 0.5, rel=0.03)


@pytest.mark.parametrize("direction", [1, -1])
def test_a_jog_stands_at_the_soft_limit_and_says_so(direction: int) -> None:
    ramp = Ramp(rules((-300, 300)), 0, 0)
    ramp.aim_rate(direction * 5000.0, 0)
    run_to_rest(ramp)
    assert (ramp.position, ramp.at_limit, ramp.next_tick) == (direction * 300, True, None)
    ramp.aim_rate(direction * 5000.0, 10**9)
    assert (ramp.next_tick, ramp.at_limit) == (None, True)
    ramp.aim_rate(-direction * 100.0, 10**9)
    assert ramp.next_tick is not None
    ramp.step()
    assert (ramp.position, ramp.at_limit) == (direction * 299, True) or not ramp.at_limit


def test_a_jog_of_nought_slows_to_rest() -> None:
    ramp = Ramp(rules(), 0, 0)
    ramp.aim_rate(4000.0, 0)
    while ramp.speed < 3999.0:
        ramp.step()
    began = ramp.position
    assert ramp.next_tick is not None
    ramp.aim_rate(0.0, ramp.next_tick)
    run_to_rest(ramp)
    assert ramp.position - began == pytest.approx(4000.0**2 / (2 * ACCEL), rel=0.02)
    assert not ramp.at_limit


def test_turning_round_leaves_the_driver_its_set_up_time() -> None:
    setup = 500_000
    ramp = Ramp(rules(setup=setup), 0, 0)
    ramp.aim_at(3, 1000.0, 0)
    out = run_to_rest(ramp)
    ramp.aim_at(0, 1000.0, out[-1][0])
    back = run_to_rest(ramp)
    assert back[0][0] - out[-1][0] >= HZ / MOST_HZ + setup
    ramp.aim_at(-3, 1000.0, back[-1][0])  # on in the same direction: none
    assert run_to_rest(ramp)[0][0] - back[-1][0] < setup


@pytest.mark.parametrize("seed", range(20))
def test_whatever_it_is_told_on_the_way_it_keeps_its_limits_and_ends_where_it_was_told_last(seed: int) -> None:
    chance, ramp, edges, now = random.Random(seed), Ramp(rules((-2000, 2000)), 0, 0), [], 0
    target = 0
    for _ in range(25):
        if chance.random() < 0.7:
            target = chance.randint(-2000, 2000)
            ramp.aim_at(target, chance.choice([100.0, 2000.0, 1e6]), now)
        else:
            ramp.aim_rate(chance.choice([-3000.0, 0.0, 500.0]), now)
        for _ in range(chance.randint(0, 400)):
            if ramp.next_tick is None:
                break
            now = ramp.next_tick
            ramp.step()
            edges.append((now, ramp.position))
        if ramp.next_tick is not None and chance.random() < 0.5:
            now = (now + ramp.next_tick) // 2  # the aim changes in the middle of a step
    ramp.aim_at(target, 2000.0, now)
    edges += run_to_rest(ramp)
    assert ramp.position == target
    assert all(-2000 <= position <= 2000 for _, position in edges)
    assert all(b[0] - a[0] >= HZ / MOST_HZ for a, b in itertools.pairwise(edges))
    assert all(abs(b[1] - a[1]) == 1 for a, b in itertools.pairwise(edges))


@pytest.mark.parametrize(("end", "way"), [(-(2**31), -1), (2**31 - 1, 1)])
def test_no_ramp_counts_beyond_what_the_line_can_say(end: int, way: int) -> None:
    """A position is 32 bits on the line: one step more would be told at the other end of the world."""
    ramp = Ramp(rules(), end - 20 * way, 0)
    ramp.aim_at(end + 100 * way, 1000.0, 0)
    assert run_to_rest(ramp)[-1][1] == end
    assert (ramp.position, ramp.speed, ramp.at_limit) == (end, 0.0, True)


@pytest.mark.parametrize("times", [1.5, 2.2, 2.5, 2.9, 4.0, 20.0])
@pytest.mark.parametrize("way", [1, -1])
def test_what_is_too_fast_for_its_soft_limit_slows_down_evenly_and_stands_at_it(times: float, way: int) -> None:
    """As hard as it takes, and no harder than `accel` where that will do. A take may leave a ring so."""
    room = 40
    began = (times * ACCEL * room) ** 0.5
    ramp = Ramp(rules((-room, room)), 0, 0, began, way)
    ramp.aim_rate(way * began, 0)
    left = []
    while ramp.next_tick is not None:
        ramp.step()
        left.append(ramp.speed**2 / ACCEL)
    assert (ramp.position, ramp.at_limit) == (way * room, True)
    hardest = max(before - after for before, after in itertools.pairwise([times * room, *left]))
    assert hardest == pytest.approx(max(2.0, times), rel=1e-6)
