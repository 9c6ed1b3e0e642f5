# SPDX-License-Identifier: MIT
"""The hand at the ring: who has it, how it is taken, what becomes of floods, STOP and unplugged wheels."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.hand.events import WheelGone, WheelLeaned, WheelPlaced, WheelPressed, WheelTurned
from followfocus.hand.hand import LEAST_GAP_S, OWNED_S, WheelHand
from followfocus.hand.heard import STILL_S
from followfocus.hand.manners import HandManners

PLAIN = HandManners(smoothing=False, turn_counts=300)


def hand(**changes):
    return WheelHand(PLAIN.but(**changes), 300.0, (100.0,))


def test_a_wheel_without_ends_begins_where_the_ring_stands():
    one = hand()
    assert one.hear(WheelTurned(1.0, "wheel", 2), 120.0).ring_deg == pytest.approx(122.0)
    assert one.hear(WheelTurned(1.1, "wheel", -5), 121.0).ring_deg == pytest.approx(117.0)
    assert one.owner == "wheel"


def test_the_fine_gear_is_finer():
    one = hand(fine=0.2)
    one.shift(fine=True)
    assert one.hear(WheelTurned(1.0, "wheel", 10), 120.0).ring_deg == pytest.approx(122.0)


def test_past_the_end_it_comes_back_at_once():
    one = hand()
    assert one.hear(WheelTurned(1.0, "wheel", 500), 120.0).ring_deg == 300.0
    assert one.hear(WheelTurned(1.1, "wheel", -1), 300.0).ring_deg == pytest.approx(299.0)


def test_direction_and_ratio():
    assert hand(direction=-1, ratio=2).hear(WheelTurned(1.0, "wheel", 5), 120.0).ring_deg == pytest.approx(110.0)


def test_an_absolute_control_must_come_to_the_ring():
    one = hand(catch_deg=1.0)
    assert one.hear(WheelPlaced(1.0, "fader", 0.1), 150.0) is None
    assert "Turn fader to 150.0°" in one.words
    assert "it is at 30.0°" in one.words
    assert one.wanted(1.01) is None
    assert one.hear(WheelPlaced(1.1, "fader", 0.4), 150.0) is None
    assert one.hear(WheelPlaced(1.2, "fader", 0.6), 150.0).ring_deg == pytest.approx(150.0)  # passed it: taken, no jump
    assert one.words == ""
    # what it was off is made up as it turns, never by a jump
    told = [one.hear(WheelPlaced(1.3 + i / 10, "fader", 0.6 + i / 100), 150.0).ring_deg for i in range(1, 31)]
    assert np.all(np.diff([150.0, *told]) <= 4.5 + 1e-9)
    assert told[-1] == pytest.approx(0.9 * 300)


def test_in_the_fine_gear_an_absolute_control_moves_the_ring_from_where_it_is():
    one = hand(fine=0.1)
    one.shift(fine=True)
    assert one.hear(WheelPlaced(1.0, "fader", 0.1), 150.0).ring_deg == pytest.approx(150.0)
    assert one.hear(WheelPlaced(1.1, "fader", 0.2), 150.0).ring_deg == pytest.approx(153.0)
    one.shift(fine=False)
    assert one.hear(WheelPlaced(1.2, "fader", 0.2), 153.0) is None
    assert "Turn fader to" in one.words


def test_noise_within_the_dead_band_moves_nothing():
    one = hand(dead_band=0.01)
    one.hear(WheelPlaced(1.0, "fader", 0.5), 150.0)
    told = [one.hear(WheelPlaced(1.1 + i / 10, "fader", 0.5 + 0.008 * (-1) ** i), 150.0).ring_deg for i in range(20)]
    assert set(np.round(told, 9)) == {150.0}


def test_a_lean_is_a_speed():
    one = hand(lean_deg_s=60.0)
    one.hear(WheelLeaned(1.0, "shuttle", 1.0), 100.0)
    for i in range(1, 101):
        told = one.wanted(1.0 + i / 100)
    assert told.ring_deg == pytest.approx(160.0)
    one.hear(WheelLeaned(2.0, "shuttle", 0.0), 160.0)
    assert one.wanted(2.5) is None


def test_two_wheels_at_once_one_has_the_ring_and_it_is_said_which():
    one = hand()
    one.hear(WheelTurned(1.0, "left", 1), 100.0)
    assert one.hear(WheelTurned(1.1, "right", 50), 101.0) is None
    assert one.words == "left has the ring: right moves nothing while it turns."
    assert one.hear(WheelTurned(1.1 + OWNED_S, "right", 1), 101.0).ring_deg == pytest.approx(102.0)
    assert one.owner == "right"


def test_after_stop_a_wheel_must_rest_before_it_is_heard():
    one = hand()
    one.hear(WheelTurned(1.0, "wheel", 1), 100.0)
    one.let_go(1.0)
    assert one.wanted(1.0) is None
    assert one.hear(WheelTurned(1.1, "wheel", 1), 101.0) is None
    assert one.hear(WheelTurned(1.2, "wheel", 1), 101.0) is None
    assert "still turns" in one.words
    assert one.hear(WheelTurned(1.2 + STILL_S, "wheel", 1), 101.0) is not None


def test_after_stop_a_wheel_that_turns_slowly_must_rest_too():
    one = hand()
    one.hear(WheelTurned(1.0, "wheel", 1), 100.0)
    one.let_go(1.5)  # between two of its clicks, each of which comes after a rest
    assert one.hear(WheelTurned(1.51, "wheel", 1), 101.0) is None
    assert one.hear(WheelTurned(1.51 + STILL_S - 0.01, "wheel", 1), 101.0) is None
    assert one.hear(WheelTurned(1.5 + 3 * STILL_S, "wheel", 1), 101.0) is not None


def test_after_a_plan_a_wheel_that_rested_is_heard_at_once():
    one, beside = hand(), hand()
    beside.hear(WheelTurned(1.0, "wheel", 1), 100.0)
    one.take_back(beside)
    assert one.hear(WheelTurned(1.0 + STILL_S, "wheel", 1), 101.0) is not None


def test_beside_a_plan_a_wheel_s_turn_counts_and_no_scale_s_end_holds_it():
    one = hand()
    beside = one.beside()
    ring, now_s = 290.0, 1.0
    for _ in range(30):
        now_s += 0.01
        wanted = beside.hear(WheelTurned(now_s, "wheel", 2.0), ring)
        ring = wanted.ring_deg
    assert ring == pytest.approx(350.0)  # the lens ends at 300
    assert one.hear(WheelTurned(now_s, "wheel", 60.0), 290.0).ring_deg == 300.0


def test_what_is_set_beside_a_plan_is_not_set_for_afterwards():
    one = hand()
    one.behave(HandManners(turn_counts=150.0), "wheel")
    one.shift(fine=True)
    beside = one.beside()
    assert beside.is_fine
    beside.shift(fine=False)
    beside.behave(HandManners(turn_counts=600.0), "wheel")
    beside.behave(HandManners(turn_counts=600.0))
    assert one.is_fine
    one.shift(fine=False)
    assert one.hear(WheelTurned(1.0, "wheel", 1), 100.0).ring_deg == pytest.approx(102.0)


def test_after_stop_nothing_is_left_of_a_lean():
    one = hand(lean_deg_s=60.0)
    one.hear(WheelLeaned(1.0, "shuttle", 1.0), 100.0)
    one.wanted(1.1)
    one.let_go(1.1)
    assert one.hear(WheelTurned(1.2, "wheel", 1), 100.0).ring_deg == pytest.approx(101.0)
    for i in range(1, 5):
        wanted = one.wanted(1.2 + i / 100)
        assert wanted is None or wanted.ring_deg == pytest.approx(101.0)


def test_a_ring_that_was_turned_by_something_else_is_taken_where_it_stands():
    one = hand()
    one.hear(WheelTurned(1.0, "wheel", 1), 100.0)
    assert one.hear(WheelTurned(9.0, "wheel", 1), 220.0).ring_deg == pytest.approx(221.0)


def test_a_wheel_that_is_gone_lets_go():
    one = hand()
    one.hear(WheelTurned(1.0, "wheel", 1), 100.0)
    assert one.hear(WheelGone(1.1, "wheel"), 100.0) is None
    assert one.owner == ""
    assert one.words == "wheel is gone: the ring stops where it is."
    assert one.wanted(1.11) is None


def test_a_flood_is_thinned_and_loses_no_way():
    one, told = hand(turn_counts=30_000), []
    for i in range(5000):
        wanted = one.hear(WheelTurned(1.0 + i * 1e-4, "wheel", 1), 100.0)
        told += [wanted] if wanted else []
    gaps = np.diff([wanted.at_s for wanted in told])
    assert gaps.min() >= LEAST_GAP_S - 1e-9
    assert one.thinned == 5000 - len(told)
    assert one.wanted(1.51).ring_deg == pytest.approx(150.0)


def test_buttons_move_nothing():
    assert hand().hear(WheelPressed(1.0, "wheel", "1"), 100.0) is None


def test_a_ring_at_rest_is_told_so_for_a_while_and_then_nothing():
    one = WheelHand(HandManners(), 300.0)
    one.hear(WheelPlaced(1.0, "fader", 0.5), 150.0)
    one.hear(WheelPlaced(1.1, "fader", 0.51), 150.0)
    told = [one.wanted(1.1 + i / 100) for i in range(1, 200)]
    rings = [wanted.ring_deg for wanted in told if wanted]
    assert rings[-1] == pytest.approx(153.0, abs=2e-3)
    assert len(rings) < 100
    assert told[-1] is None


def test_new_manners_move_nothing():
    one = hand()
    one.hear(WheelTurned(1.0, "wheel", 1), 100.0)
    one.behave(PLAIN.but(low_deg=50.0, high_deg=150.0))
    assert one.wanted(1.01) is None
    assert one.hear(WheelTurned(1.1, "wheel", 3), 101.0).ring_deg == pytest.approx(102.0)


events = st.lists(
    st.one_of(
        st.tuples(st.just("turn"), st.floats(-40, 40)),
        st.tuples(st.just("place"), st.floats(0, 1)),
        st.tuples(st.just("lean"), st.floats(-1, 1)),
        st.tuples(st.just("gear"), st.booleans()),
        st.tuples(st.just("go"), st.none()),
    ),
    max_size=40,
)


@given(events, st.booleans(), st.floats(0, 300))
def test_whatever_the_wheels_do_the_ring_is_wanted_on_the_lens_and_finite(doings, smoothing, ring):
    one = WheelHand(
        HandManners(smoothing=smoothing, soft_end_deg=5, detent_deg=1, dead_band=0.01), 300.0, (10.0, 200.0)
    )
    now = 1.0
    for kind, value in doings:
        now += 0.02
        told = None
        if kind == "turn":
            told = one.hear(WheelTurned(now, "turn", value), ring)
        elif kind == "place":
            told = one.hear(WheelPlaced(now, "place", value), ring)
        elif kind == "lean":
            told = one.hear(WheelLeaned(now, "lean", value), ring)
        elif kind == "gear":
            one.shift(fine=value)
        else:
            one.let_go(now)
        for wanted in (told, one.wanted(now + 0.01)):
            if wanted is not None:
                assert -1e-9 <= wanted.ring_deg <= 300.0 + 1e-9
                ring = wanted.ring_deg


def test_every_wheel_has_manners_of_its_own():
    one = hand()
    one.behave(PLAIN.but(turn_counts=30), "coarse")
    assert one.hear(WheelTurned(1.0, "coarse", 1), 100.0).ring_deg == pytest.approx(110.0)
    assert one.hear(WheelTurned(2.0, "wheel", 1), 110.0).ring_deg == pytest.approx(111.0)


def test_another_lens_is_another_travel():
    one = hand()
    one.on_lens(150.0, ())
    assert one.hear(WheelTurned(1.0, "wheel", 500), 100.0).ring_deg == 150.0
