# SPDX-License-Identifier: MIT
"""The code of a session: nothing without it, not found by trying, one phone at a time with control."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from followfocus.sources.pace import Pace
from followfocus.sources.pairing import (
    CODE_LENGTH,
    FREED_AFTER_S,
    LETTERS,
    MOST_ADDRESSES,
    MOST_PHONES,
    Pairing,
    Phone,
)

CODE = "ABCD2345"


def paired(pairing: Pairing, address: str = "10.0.0.9", at_s: float = 0.0) -> Phone:
    token, refused = pairing.pair(CODE, address, at_s)
    assert not refused
    phone = pairing.phone(token)
    assert phone is not None
    return phone


def test_every_session_has_its_own_code_and_tokens() -> None:
    one, other = Pairing(), Pairing()
    assert one.code != other.code
    assert len(one.code) == CODE_LENGTH
    assert set(one.code) <= set(LETTERS)
    token, _ = one.pair(one.code, "x", 0.0)
    assert other.phone(token) is None, "of a session that is over"
    assert other.pair(one.code, "x", 0.0)[1] == "That is not the code."


@pytest.mark.parametrize("written", ["ABCD2345", "abcd2345", " abcd 2345 "])
def test_a_code_may_be_written_as_people_write(written: str) -> None:
    assert Pairing(CODE).pair(written, "x", 0.0)[0]


@given(st.text(st.characters(exclude_categories=()), max_size=20))
@example("\ud800")
def test_nothing_else_is_the_code(written: str) -> None:
    if "".join(written.split()).upper() != CODE:
        assert Pairing(CODE).pair(written, "x", 0.0)[1]


def test_trying_codes_ends_soon_even_from_many_addresses() -> None:
    pairing = Pairing(CODE)
    for _ in range(6):
        assert pairing.pair("WRONG", "x", 0.0)[1] == "That is not the code."
    assert pairing.pair(CODE, "x", 0.0)[1] == "Too many wrong codes. Wait a minute."
    assert pairing.pair(CODE, "x", 61.0)[0]
    tried = sum(pairing.pair("WRONG", f"10.0.{n}.1", 70.0)[1] == "That is not the code." for n in range(5000))
    assert tried <= 31


def refused(pairing: Pairing, address: str, at_s: float) -> str:
    return pairing.pair("WRONG", address, at_s)[1]


def test_wrong_codes_are_counted_by_address_and_altogether() -> None:
    """Six at once from one, thirty from all; one more every ten seconds, and one every two."""
    wrong, wait = "That is not the code.", "Too many wrong codes. Wait a minute."
    one = Pairing(CODE)
    assert [refused(one, "x", 0.0) for _ in range(7)] == [wrong] * 6 + [wait]
    assert [refused(one, "x", at_s) for at_s in (9.9, 10.1, 10.2, 20.2)] == [wait, wrong, wait, wrong]
    many = Pairing(CODE)
    assert [refused(many, str(number // 5), 0.0) for number in range(31)] == [wrong] * 30 + [wait]
    assert [refused(many, "y", at_s) for at_s in (1.9, 2.1, 2.2)] == [wait, wrong, wait]


@pytest.mark.parametrize(("others", "known"), [(MOST_ADDRESSES - 1, True), (MOST_ADDRESSES, False)])
def test_the_address_that_tried_longest_ago_is_forgotten_first(others: int, known: bool) -> None:
    assert MOST_ADDRESSES == 256
    pairing = Pairing(CODE)
    for _ in range(6):
        refused(pairing, "x", 0.0)
    for number in range(others):
        pairing.pair(CODE, f"a{number}", 0.0)
    assert (refused(pairing, "x", 0.0) != "That is not the code.") is known


def test_an_address_that_tries_again_is_not_the_oldest() -> None:
    pairing = Pairing(CODE)
    for _ in range(6):
        refused(pairing, "x", 0.0)
    for number in range(2 * MOST_ADDRESSES):
        pairing.pair(CODE, f"a{number}", 0.0)
        assert pairing.pair(CODE, "x", 0.0)[1] == "Too many wrong codes. Wait a minute."


def test_one_at_a_time_has_control_and_it_is_freed_by_a_lost_link() -> None:
    pairing = Pairing(CODE)
    one, other = paired(pairing), paired(pairing)
    pairing.linked(one)
    assert pairing.take_control(one, 1.0) == ""
    assert pairing.take_control(other, 2.0) == "Another phone has control."
    pairing.unlinked(one, 3.0)
    assert pairing.take_control(other, 3.0 + FREED_AFTER_S / 2) != ""
    assert pairing.take_control(other, 3.0 + FREED_AFTER_S) == ""
    assert not pairing.controls(one)
    pairing.give_up(one)
    assert pairing.controls(other)


def test_so_many_phones_and_no_more() -> None:
    pairing = Pairing(CODE)
    phones = [paired(pairing) for _ in range(MOST_PHONES)]
    for phone in phones:
        pairing.linked(phone)
    assert pairing.pair(CODE, "x", 0.0)[1] == "There are too many phones already."
    pairing.unlinked(phones[3], 1.0)
    assert pairing.pair(CODE, "x", 1.0)[0]
    assert pairing.phone(phones[3].token) is None


@given(st.lists(st.floats(0, 10), max_size=300))
def test_a_pace_lets_no_more_through_than_it_says(times: list[float]) -> None:
    pace = Pace(a_second=2.0, at_once=5.0)
    assert sum(pace.lets(at_s) for at_s in sorted(times)) <= 5 + 2 * 10
