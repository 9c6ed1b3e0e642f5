# SPDX-License-Identifier: MIT
"""Absolute controls and what springs back, alone: reach, dead band, what is made up for, and a lean as a speed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.hand.events import WheelPlaced
from followfocus.hand.leaning import MOST_GAP_S, Leaning
from followfocus.hand.manners import HandManners
from followfocus.hand.pickup import LET_GO, Pickup

FADER = "fader"


def at(share: float, source: str = FADER) -> WheelPlaced:
    return WheelPlaced(0.0, source, share)


@pytest.mark.parametrize(
    ("offs", "caught"),
    [
        ([5.0], [False]), ([0.5], [True]), ([1.0], [True]), ([1.01], [False]), ([-1.0], [True]), ([-1.01], [False]),
        ([5.0, 3.0], [False, False]), ([5.0, -3.0], [False, True]), ([-5.0, 3.0], [False, True]),
        ([-5.0, -3.0, 0.9], [False, False, True]),
    ],
)  # fmt: skip
def test_a_control_takes_the_ring_within_reach_or_as_it_passes(offs: list[float], caught: list[bool]) -> None:
    pickup = Pickup(drifts=False)
    pickup.begin()
    assert [pickup.comes(off, 1.0) for off in offs] == caught


def test_another_owner_has_to_come_to_the_ring_anew() -> None:
    pickup = Pickup(drifts=False)
    assert not pickup.comes(5.0, 1.0)
    pickup.take(at(0.4), 0.5)
    assert pickup.has_ring
    pickup.begin()
    assert not pickup.has_ring
    assert not pickup.comes(-5.0, 1.0)  # it has not passed: the side it was on before is forgotten


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=20), st.floats(0.0, 0.1))
def test_noise_within_the_band_moves_nothing_and_a_turn_loses_only_the_band(shares: list[float], band: float) -> None:
    pickup = Pickup(drifts=False)
    pickup.take(at(0.5), 0.5)
    moved = 0.5
    for share in shares:
        way = pickup.moved(at(share), band)
        assert way == 0.0 or (way > 0) == (share > moved)
        moved += way
        assert abs(share - moved) <= band + 1e-12


def test_a_control_that_was_never_heard_begins_where_it_is() -> None:
    pickup = Pickup(drifts=False)
    assert pickup.moved(at(0.9, "new"), 0.01) == 0.0
    assert pickup.moved(at(0.8, "new"), 0.0) == pytest.approx(-0.1)
    pickup.forget("new")
    assert pickup.moved(at(0.2, "new"), 0.0) == 0.0


@pytest.mark.parametrize("off", [0.2, -0.2])
def test_what_it_was_off_is_made_up_for_as_it_moves_either_way(off: float) -> None:
    pickup = Pickup(drifts=False)
    pickup.take(at(0.5), 0.5 + off)
    left = abs(off)
    for share in (0.6, 0.5, 0.7, 0.3):
        way = pickup.moved(at(share), 0.0)
        left = max(0.0, left - LET_GO * abs(way))
        assert pickup.place(FADER, way) == pytest.approx(share + (left if off > 0 else -left))
    assert left == 0.0


def test_beside_a_plan_what_it_was_off_stays() -> None:
    pickup = Pickup(drifts=True)
    pickup.take(at(0.5), 0.8)
    for share in (0.6, 0.1, 0.9):
        assert pickup.place(FADER, pickup.moved(at(share), 0.0)) == pytest.approx(share + 0.3)


@pytest.mark.parametrize(
    ("lean", "share"),
    [(0.0, 0.0), (0.1, 0.0), (-0.1, 0.0), (0.55, 0.25), (-0.55, -0.25), (1.0, 1.0), (-1.0, -1.0), (3.0, 1.0)],
)
@pytest.mark.parametrize("gear", [1.0, 0.2])
def test_a_lean_is_a_speed_finer_near_the_middle(lean: float, share: float, gear: float) -> None:
    leaning = Leaning()
    leaning.begin()
    leaning.lean(lean, HandManners(dead_band=0.1), gear)
    assert leaning.held is (share != 0.0)
    assert leaning.turned_deg(5.0, 90.0) == 0.0  # whatever was before, it begins now
    assert leaning.turned_deg(5.05, 90.0) == pytest.approx(0.05 * 90.0 * share * gear)
    leaning.let_go()
    assert not leaning.held
    assert leaning.turned_deg(5.1, 90.0) == 0.0


def test_a_silence_of_who_asks_makes_nothing_up_and_time_never_goes_back() -> None:
    leaning = Leaning()
    leaning.lean(1.0, HandManners(dead_band=0.0), 1.0)
    leaning.turned_deg(1.0, 100.0)
    assert leaning.turned_deg(9.0, 100.0) == pytest.approx(100.0 * MOST_GAP_S)
    assert leaning.turned_deg(8.0, 100.0) == 0.0
    assert leaning.turned_deg(9.02, 100.0) == pytest.approx(2.0)
