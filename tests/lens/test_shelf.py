# SPDX-License-Identifier: MIT
"""The shelf of lenses: searched, grouped, and honest about what is measured."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest

from followfocus.lens.map import LensMap, LensMark, lens_names, load_lens
from followfocus.lens.scale import ring_ticks, scale_facts, scale_words
from followfocus.lens.shelf import IDEAL_MAKE, KEPT_FILE, NO_MAKE, LensShelf, ShelfLens, ShelfMemory, found, groups


@pytest.fixture(name="shelf")
def _shelf(tmp_path: Path) -> LensShelf:
    return LensShelf(tmp_path / "lenses")


def names(lenses: object) -> list[str]:
    return [lens.name for lens in lenses]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("search", "first", "count"),
    [
        ("sig 40", "arri-signature-prime-40", 2),
        ("SIGNATURE", "arri-signature-prime-40", 1),
        ("ideal 5", "ideal-50", 1),
        ("85mm", "ideal-85", 1),
        ("g535", "sigma-ff-high-speed-40", 1),
        ("", "arri-signature-prime-40", len(lens_names())),
    ],
)
def test_search_goes_over_everything_a_lens_is_called(shelf: LensShelf, search: str, first: str, count: int) -> None:
    hits = found(shelf.lenses(), search)
    assert (hits[0].name, len(hits)) == (first, count)


def test_nothing_is_found_for_what_nobody_has(shelf: LensShelf) -> None:
    assert found(shelf.lenses(), "zeiss 18") == ()


def test_groups_are_favourites_last_used_mine_all_and_the_makes(shelf: LensShelf) -> None:
    mine = dataclasses.replace(load_lens("ideal-50"), name="my 50", ideal=False, make="Cooke")
    shelf.save(mine)
    kept = ShelfMemory().toggled("ideal-85").used_now("ideal-50").used_now(shelf.save(mine)).used_now("ideal-50")
    first, second = groups(shelf.lenses(), kept)
    assert [(group.name, len(group.lenses)) for group in first] == [("Favourites", 1), ("Last used", 2), ("My own", 1)]
    assert [group.name for group in second] == ["All lenses", "ARRI", "Cooke", "Sigma", "Ideal lenses"]
    assert kept.toggled("ideal-85").favourites == ()


def test_favourites_are_kept_and_a_damaged_file_costs_no_lens(shelf: LensShelf) -> None:
    assert shelf.kept() == ShelfMemory()
    kept = ShelfMemory(("ideal-50",), ("ideal-85",))
    shelf.keep(kept)
    assert shelf.kept() == kept
    (shelf.folder / KEPT_FILE).write_text("[1")
    assert shelf.kept() == ShelfMemory()
    (shelf.folder / "broken.json").write_text("{}")
    (broken,) = found(shelf.lenses(), "broken")
    assert (broken.lens, broken.kind) == (None, "damaged")
    assert broken.trouble


def test_what_is_measured_and_what_is_worked_out() -> None:
    sp40 = load_lens("arri-signature-prime-40")
    facts = scale_facts(sp40)
    assert len(facts.marks_deg) == 12
    assert facts.agree == pytest.approx(0.0026, abs=0.001)
    measured, rest = scale_words(sp40)
    assert measured.startswith("12 marks measured, 4.81 m to 0.66 m; they agree to")
    assert rest == "0.66 m to 0.32 m: worked out, not measured"
    assert not scale_facts(load_lens("ideal-50")).measured
    assert not scale_facts(load_lens("sigma-ff-high-speed-40")).measured


def test_a_ring_measured_to_its_end_has_no_rest() -> None:
    marks = (LensMark(0.0, math.inf), LensMark(100.0, 2.0), LensMark(200.0, 1.0))
    lens = dataclasses.replace(load_lens("ideal-50"), ideal=False, travel_deg=200.0, marks=marks, close_focus_m=1.0)
    assert scale_words(lens)[1] == ""


@pytest.mark.parametrize("imperial", [False, True])
def test_ticks_go_from_infinity_to_close_focus(imperial: bool) -> None:
    ticks = ring_ticks(load_lens("ideal-50"), imperial=imperial)
    angles = [angle for angle, _ in ticks]
    assert angles == sorted(angles)
    assert ticks[0] == (0.0, "∞")
    assert "2" in [text for _, text in ticks]


@pytest.mark.parametrize("name", lens_names())
def test_every_lens_that_ships_says_where_it_is_from(name: str) -> None:
    lens = load_lens(name)
    assert lens.source
    assert lens.ideal or ("BSD-3" in lens.source and lens.calibration)


FIFTY = load_lens("ideal-50")
REAL = dataclasses.replace(FIFTY, ideal=False, make="Zeiss", model="CP.3 50mm T2.1", serial="123", name="cp3")


@pytest.mark.parametrize(
    ("lens", "own", "told"),
    [
        (None, True, ("x", "can't be used", NO_MAKE, "")),
        (FIFTY, False, (FIFTY.model or "x", "worked out, not measured", IDEAL_MAKE, "Ideal")),
        (REAL, False, ("CP.3 50mm T2.1", "Zeiss · serial 123", "Zeiss", "CP.3")),
        (REAL, True, ("CP.3 50mm T2.1", "mine · serial 123", "Zeiss", "CP.3")),
        (dataclasses.replace(REAL, serial=""), True, ("CP.3 50mm T2.1", "mine", "Zeiss", "CP.3")),
        (dataclasses.replace(REAL, make="", model=""), False, ("x", "serial 123", NO_MAKE, "")),
    ],
)
def test_what_a_lens_is_called_on_the_shelf(lens: LensMap | None, own: bool, told: tuple[str, ...]) -> None:
    on_shelf = ShelfLens("x", own, lens)
    assert (on_shelf.title, on_shelf.under, on_shelf.make, on_shelf.series) == told


@pytest.mark.parametrize(
    ("model", "series"),
    [
        ("Signature Prime 40", "Signature Prime"), ("Supreme Prime 50mm T1.5", "Supreme Prime"),
        ("CP.3 50mm T2.1", "CP.3"), ("S4/i 32", "S4/i"), ("S4/i 32 mm", "S4/i"), ("EZ-1 30-90mm", "EZ-1"),
        ("Ultra Prime 8R", "Ultra Prime 8R"), ("50mm S7/i", ""), ("Prime 12.5mm", "Prime"), ("Prime", "Prime"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_series_is_the_model_up_to_its_focal_length(model: str, series: str) -> None:
    assert ShelfLens("x", True, dataclasses.replace(REAL, model=model)).series == series


def test_a_lens_that_came_with_a_show_lies_among_ones_own_until_the_shelf_has_it(tmp_path: Path) -> None:
    own = dataclasses.replace(load_lens("ideal-50"), name="Rodenstock 50", ideal=False)
    shelf = LensShelf(tmp_path, [own, load_lens("ideal-85")])
    [guest] = [lens for lens in shelf.lenses() if lens.own]
    assert (guest.name, guest.lens) == (own.name, own)
    assert len(shelf.lenses()) == len(LensShelf(tmp_path).lenses()) + 1, "a lens that ships is there already"
    shelf.save(own)
    assert len(shelf.lenses()) == len(LensShelf(tmp_path).lenses())
