# SPDX-License-Identifier: MIT
"""The wheel's part in a cue: written, read, said, and how far a ride may lead."""

import pytest

from followfocus.errors import RequestError
from followfocus.hand.blend import RIDE_WITHIN, Together
from followfocus.show.cue_hand import CueHand, cue_hand, parse_hand
from tests.support.shows import LENS


@pytest.mark.parametrize("words", ["none", "ride", "ride ±5 cm", "ride ±5 cm, keep", "take over", "scrub"])
def test_what_is_shown_can_be_typed_again(words):
    hand = cue_hand(*parse_hand(words).values())
    assert ("none" if hand is None else hand.brief()) == words


@pytest.mark.parametrize("words", ["takeover", "take-over", "Take Over"])
def test_take_over_may_be_written_as_one_likes(words):
    assert parse_hand(words)["hand"] == "take over"


@pytest.mark.parametrize("words", ["lead", "ridekeep", "scrub 5cm", "take over keep", "ride 5 apples"])
def test_what_is_no_hand_is_refused(words):
    with pytest.raises(RequestError):
        parse_hand(words)


def test_a_bound_is_measured_where_the_pull_lands():
    at = LENS.ring_deg(2.0)
    far, near = CueHand(Together.RIDE, 0.05).within_deg(LENS, at)
    assert LENS.distance_m(at + far) == pytest.approx(2.05)
    assert LENS.distance_m(at + near) == pytest.approx(1.95)


def test_at_infinity_and_without_a_bound_it_is_the_rings():
    hand = CueHand(Together.RIDE, 0.05)
    assert hand.within_deg(LENS, 0.0) == CueHand(Together.RIDE).within_deg(LENS, 90.0) == RIDE_WITHIN
    assert hand.words(LENS, 0.0) == "Hand rides, ±15° of the ring."
    assert hand.words(LENS, 90.0, imperial=True) == 'Hand rides, ±1.97".'


def test_nothing_is_led_past_the_lens():
    far, near = CueHand(Together.RIDE, 1.0).within_deg(LENS, LENS.travel_deg)
    assert (far < 0.0, near) == (True, 0.0)
