# SPDX-License-Identifier: MIT
"""Labels on the curve: beside what they name where there is room, and never over it, over each other, or outside."""

from __future__ import annotations

import numpy as np
import pytest

from followfocus_gui.state.label_layout import CLEARANCE_PX, LabelBox, Obstacles, Wanted, moved_apart, place_labels

BOUNDS = LabelBox(10.0, 20.0, 400.0, 200.0)
FLAT = Obstacles(np.array([10.0, 410.0]), np.array([210.0, 210.0]))
GAP = CLEARANCE_PX


def place(*wanted: Wanted, obstacles: Obstacles = FLAT) -> tuple[LabelBox | None, ...]:
    return place_labels(wanted, BOUNDS, obstacles)


@pytest.mark.parametrize(
    ("side", "x"), [(1, 200.0 + GAP), (-1, 200.0 - GAP - 60.0), (0, 170.0)], ids=["right", "left", "upon"]
)
def test_a_label_with_room_stands_on_its_side_level_with_its_point(side: int, x: float) -> None:
    assert place(Wanted(60.0, 16.0, 200.0, 100.0, side)) == (LabelBox(x, 92.0, 60.0, 16.0),)


@pytest.mark.parametrize(
    ("anchor", "corner"),
    [((405.0, 100.0), (350.0, 92.0)), ((200.0, 21.0), (205.0, 20.0)), ((12.0, 100.0), (17.0, 92.0))],
)
def test_at_an_edge_it_moves_in_as_little_as_it_must(anchor: tuple[float, float], corner: tuple[float, float]) -> None:
    (box,) = place(Wanted(60.0, 16.0, *anchor))
    assert box == LabelBox(*corner, 60.0, 16.0)


def test_what_is_larger_than_the_room_is_not_shown_and_what_just_fits_is() -> None:
    none = Obstacles(np.array([-900.0]), np.array([-900.0]))
    sizes = ((400.0, 200.0), (400.1, 16.0), (60.0, 200.1))
    found = [place(Wanted(*size, 200.0, 100.0), obstacles=none)[0] for size in sizes]
    assert found == [LabelBox(10.0, 20.0, 400.0, 200.0), None, None]


@pytest.mark.parametrize("level", [92.0, 100.0, 107.9])
def test_a_curve_that_runs_through_its_place_is_kept_clear_of(level: float) -> None:
    curve = Obstacles(np.array([10.0, 410.0]), np.array([level, level]))
    (box,) = place(Wanted(60.0, 16.0, 200.0, 100.0), obstacles=curve)
    assert box is not None
    assert box.bottom <= level - GAP or box.y >= level + GAP
    away = min(abs(box.bottom - (level - GAP)), abs(box.y - (level + GAP)))
    assert away <= 4.0  # no farther than the places that are looked at are apart


def test_a_curve_ends_where_it_ends() -> None:
    ended = Obstacles(np.array([10.0, 150.0]), np.array([100.0, 100.0]))
    assert place(Wanted(60.0, 16.0, 200.0, 100.0), obstacles=ended) == (LabelBox(205.0, 92.0, 60.0, 16.0),)


def test_an_upright_line_is_avoided_where_that_costs_little_and_crossed_where_it_does_not_help() -> None:
    wanted = Wanted(60.0, 16.0, 200.0, 100.0)
    curve_x, curve_y = FLAT.curve_x, FLAT.curve_y
    (box,) = place(wanted, obstacles=Obstacles(curve_x, curve_y, upright_x=(208.0,)))
    assert box is not None
    assert not box.x < 210.0 or not box.right > 206.0
    (box,) = place(wanted, obstacles=Obstacles(curve_x, curve_y, upright_x=(235.0,)))
    assert box == LabelBox(205.0, 92.0, 60.0, 16.0)


def test_the_first_chooses_and_the_next_keeps_clear_of_it() -> None:
    wanted = Wanted(60.0, 16.0, 200.0, 100.0)
    boxes = place(*[wanted] * 4)
    assert boxes[0] == LabelBox(205.0, 92.0, 60.0, 16.0)
    for number, box in enumerate(boxes):
        assert box is not None
        for other in boxes[:number]:
            assert other is not None
            wider = LabelBox(other.x - GAP, other.y - GAP, other.width + 2 * GAP, other.height + 2 * GAP)
            assert not box.overlaps(wider)


def test_where_no_place_is_left_a_label_is_not_shown() -> None:
    full = Obstacles(FLAT.curve_x, FLAT.curve_y, boxes=(BOUNDS,))
    assert place(Wanted(60.0, 16.0, 200.0, 100.0), obstacles=full) == (None,)


@pytest.mark.parametrize("seed", range(25))
def test_wherever_a_label_stands_it_is_clear_of_all_and_no_nearer_place_was_free(seed: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.arange(10.0, 411.0, 4.0)
    y = 120.0 + 80.0 * np.sin(x / rng.uniform(30.0, 120.0) + rng.uniform(0, 6))
    boxes = tuple(LabelBox(*rng.uniform((10, 20), (350, 180)), *rng.uniform(10, 60, 2)) for _ in range(4))
    obstacles = Obstacles(x, y, boxes)
    wanted = Wanted(*rng.uniform((30, 10), (90, 20)), *rng.uniform((10, 20), (410, 220)), int(rng.integers(-1, 2)))
    (box,) = place(wanted, obstacles=obstacles)

    def clear(left: float, top: float, gap: float) -> bool:
        made = LabelBox(left - gap, top - gap, wanted.width + 2 * gap, wanted.height + 2 * gap)
        under = (x >= made.x) & (x <= made.right)
        crossed = bool(np.any((y[under] > made.y) & (y[under] < made.bottom)))
        return not crossed and not any(made.overlaps(other) for other in boxes)

    favourite = (
        wanted.anchor_x + {1: GAP, -1: -GAP - wanted.width, 0: -wanted.width / 2}[wanted.side],
        wanted.anchor_y - wanted.height / 2,
    )
    asked = [
        (abs(left - favourite[0]) + abs(top - favourite[1]), left, top)
        for left in np.arange(BOUNDS.x, BOUNDS.right - wanted.width, 8.0)
        for top in np.arange(BOUNDS.y, BOUNDS.bottom - wanted.height, 4.0)
        if clear(left, top, GAP + 4.0)  # well clear, whatever columns the curve is looked at in
    ]
    if box is None:
        assert not asked
        return
    assert clear(box.x, box.y, 1.0)
    assert BOUNDS.x <= box.x
    assert BOUNDS.y <= box.y
    assert box.right <= BOUNDS.right + 1e-9
    assert box.bottom <= BOUNDS.bottom + 1e-9
    cost = abs(box.x - favourite[0]) + abs(box.y - favourite[1])
    assert not asked or cost <= min(asked)[0] + 1e-6


def test_places_too_near_to_each_other_are_spread_in_their_order() -> None:
    assert moved_apart([10.0, 100.0], 15.0) == [10.0, 100.0]
    made = moved_apart([104.0, 10.0, 100.0], 15.0)
    assert made[1] == 10.0
    assert made[0] - made[2] == pytest.approx(15.0)
    assert made[0] + made[2] == pytest.approx(204.0), "both give way alike"
    assert moved_apart([], 15.0) == []


def test_a_label_stands_at_the_heights_that_are_its_own_or_nowhere() -> None:
    bounds, wall = LabelBox(0, 0, 400, 240), LabelBox(0, 60, 400, 80)
    behind = Obstacles(np.array([0.0, 400.0]), np.array([239.0, 239.0]), (wall,))
    near, far = (Wanted(80, 20, 100, 100, within=(100 - reach, 100 + reach)) for reach in (30.0, 200.0))
    assert place_labels([near], bounds, behind) == (None,)
    (placed,) = place_labels([far], bounds, behind)
    assert placed is not None
    assert not placed.overlaps(wall)
