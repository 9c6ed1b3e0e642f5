# SPDX-License-Identifier: MIT
"""Slates as crews number them."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.files import safe_name
from followfocus.show.slate import LETTERS, Slate, parse_slate, setup_letters, setup_of


def test_setups_skip_i_and_o_and_go_on_after_z() -> None:
    names = [setup_letters(n) for n in range(1, 28)]
    assert names[:10] == list("ABCDEFGHJK")
    assert names[12:14] == ["N", "P"]
    assert names[23:] == ["Z", "AA", "AB", "AC"]
    assert "I" not in LETTERS
    assert "O" not in LETTERS


@given(st.integers(0, 20_000))
def test_letters_say_the_setup(setup: int) -> None:
    assert setup_of(setup_letters(setup)) == setup


def test_takes_setups_and_scenes_count_by_themselves() -> None:
    slate = Slate("27")
    assert str(slate) == "27 take 1"
    slate = slate.next_take().next_setup().next_take()
    assert str(slate) == "27A take 2"
    assert str(slate.next_scene("28")) == "28 take 1"
    british = Slate("27", system="british", slate=411).next_setup()
    assert str(british) == "slate 412 take 1"
    assert str(british.next_scene("28")) == "slate 413 take 1"
    assert Slate("27", 1, kind="series", mos=True).next_setup().shot == "27B"


@pytest.mark.parametrize(("text", "shot", "take"), [
    ("27A", "27A", 1), ("27A/4", "27A", 4), ("27a take 4", "27A", 4), ("27A PU MOS t4", "27A PU MOS", 4),
    ("slate 412 take 2", "412", 2), ("101AA", "101AA", 1), ("opening", "opening", 1), ("27 plate", "27 PLATE", 1),
    ("27A SER", "27A SER", 1), ("27PU", "27 PU", 1), ("27APU", "27A PU", 1), ("27A-4", "27A", 4),
    ("27A tk 4", "27A", 4), ("27A tk4", "27A", 4), ("27A TK. 4 PU", "27A PU", 4),
    ("27MOS", "27 MOS", 1), ("27A #4", "27A", 4),
    ("27 A", "27 A", 1), ("INT. KITCHEN 27", "INT. KITCHEN 27", 1), ("sl. 7 t2", "7", 2), ("slate 9 PU", "9 PU", 1),
    ("../../x", "../../x", 1), ("撮影", "撮影", 1),
])  # fmt: skip
def test_what_is_written_is_understood(text: str, shot: str, take: int) -> None:
    slate = parse_slate(text)
    assert (slate.shot, slate.take) == (shot, take)


@pytest.mark.parametrize("text", ["", "27I", "27O/2", "27-4", "a\0b", "x" * 61])
def test_what_is_no_slate_is_said(text: str) -> None:
    with pytest.raises(RequestError):
        parse_slate(text)


def test_counts_begin_at_one() -> None:
    for wrong in ({"take": 0}, {"setup": -1}, {"slate": 0}, {"system": "french"}, {"kind": "odd"}, {"scene": "  "}):
        with pytest.raises(RequestError):
            Slate(**wrong)  # type: ignore[arg-type]


@given(st.text(min_size=1, max_size=60))
def test_file_names_of_any_scene_are_safe(scene: str) -> None:
    name = safe_name(scene)
    assert name
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert not name.startswith(".")
    assert not name.endswith(".")
    assert ".." not in name
    assert len(name.encode()) <= 120


@given(st.integers(0, 600), st.integers(1, 999), st.sampled_from(["", "pickup", "series", "plate"]), st.booleans())
def test_a_shot_is_read_back_as_it_is_written(setup: int, take: int, kind: str, mos: bool) -> None:
    assume(setup_letters(setup) != "PU")  # the 361st setup of a scene: nobody's
    slate = Slate("27", setup, take, kind=kind, mos=mos)
    assert parse_slate(str(slate)) == slate


@given(
    st.sampled_from(["3", "3A", "27PU", "12-4", "INT. PLATE", "Küche", "101AA", "5/6", "3A take 2"]),
    st.integers(0, 600),
    st.integers(1, 999),
    st.sampled_from(["", "pickup", "series", "plate"]),
    st.booleans(),
)
def test_a_shot_of_a_known_scene_is_read_back(scene: str, setup: int, take: int, kind: str, mos: bool) -> None:
    assume(setup_letters(setup) != "PU")
    slate = Slate(scene, setup, take, kind=kind, mos=mos)
    assert parse_slate(str(slate), scene=scene) == slate


def test_scene_3a_stays_3a() -> None:
    assert parse_slate("3A", scene="3A") == Slate("3A")
    assert Slate("3A").next_setup().shot == "3AA"
    assert parse_slate("3A", scene="3") == Slate("3", setup=1)
    assert parse_slate("28B", scene="27") == Slate("28", setup=2)


def test_british_slates_are_numbers() -> None:
    like = Slate("27", system="british", slate=412)
    for text in ("413", "slate 413", "Slate 413 take 2", "413/2", "sl 413 PU"):
        assert parse_slate(text, like, scene="27").slate == 413
    for text in ("27A", "slate", "next"):
        with pytest.raises(RequestError, match="no British slate"):
            parse_slate(text, like, scene="27")
