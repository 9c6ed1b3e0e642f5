# SPDX-License-Identifier: MIT
"""The desk's tables at their bounds: where everything stands in any window, what is engraved, how loud it is."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from followfocus.lens.map import load_lens
from followfocus_gui.state.grid import (
    HIGH,
    LEAST_HEIGHT,
    LEAST_WIDTH,
    WIDE,
    Box,
    Type,
    bands,
    middle,
    shooting,
    upright,
)
from followfocus_gui.state.label_layout import LabelBox, Obstacles, Wanted, moved_apart, place_labels
from followfocus_gui.state.loudness import WORDS, looks, tone_of
from followfocus_gui.state.ring_scale import FEET, FOOT_M, METRES, ring_scale
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]
SIZES = [
    (LEAST_WIDTH, LEAST_HEIGHT), (LEAST_WIDTH - 1, LEAST_HEIGHT), (1024, 699), (1024, 700), (1093, 614), (1280, 800),
    (WIDE, HIGH), (WIDE - 1, HIGH), (WIDE, HIGH - 1), (1920, 1080), (2560, 1440), (3840, 2160), (1300, 1000),
    (800, 1280), (640, 900), (639, 900), (700, 699), (900, 900), (900, 901), (1199, 1400), (1200, 1400), (683, 384),
    (720, 1100), (663, 1000), (664, 1000), (1500, 690), (500, 900), (532, 900), (542, 900), (1000, 636), (1000, 645),
    *((664, high) for high in range(960, 1120, 8)), *((wide, 680) for wide in range(1194, 1320, 21)),
]  # fmt: skip


def told(part: object) -> Row:
    """A record's fields, boxes flat."""
    cells: list[Cell] = []
    for field in dataclasses.fields(part):  # type: ignore[arg-type]
        value = getattr(part, field.name)
        cells += [field.name, *(dataclasses.astuple(value) if isinstance(value, Box) else (value,))]
    return tuple(cells)


def test_everything_stands_where_it_stood() -> None:
    rows = list[Row]()
    for size in SIZES:
        found = bands(*size)
        room = found.middle
        parts = (found, middle(room.width, room.height, window=size), shooting(*size), Type.of(*size))
        rows += [(*size, upright(*size), *told(part)) for part in parts]
    assert_goes_as_it_did("grid", rows)


@pytest.mark.parametrize(("other", "holds", "meets"), [
    (Box(10, 10, 20, 20), True, True), (Box(9, 10, 20, 20), False, True), (Box(10, 9, 20, 20), False, True),
    (Box(11, 10, 20, 20), False, True), (Box(10, 11, 20, 20), False, True), (Box(30, 10, 5, 5), False, False),
    (Box(29, 10, 5, 5), False, True), (Box(10, 30, 5, 5), False, False), (Box(10, 29, 5, 5), False, True),
    (Box(5, 10, 5, 5), False, False), (Box(5, 10, 6, 5), False, True), (Box(10, 5, 5, 5), False, False),
    (Box(10, 5, 5, 6), False, True), (Box(12, 12, 3, 3), True, True),
])  # fmt: skip
def test_a_box_holds_what_lies_within_it_and_meets_what_overlaps(other: Box, holds: bool, meets: bool) -> None:
    box = Box(10, 10, 20, 20)
    assert (box.holds(other), box.meets(other), other.meets(box)) == (holds, meets, meets)


def test_every_state_is_as_loud_as_it_was() -> None:
    rows = list[Row]()
    for word in WORDS:
        rows.append((word, *dataclasses.astuple(tone_of(word))))
        for left_s, screen in ((None, False), (2.34, False), (None, True)):
            found = looks(word, left_s=left_s, screen=screen)
            rows += [(word, left_s, screen, name, *dataclasses.astuple(look)) for name, look in found.items()]
    assert_goes_as_it_did("loudness", rows)


@pytest.mark.parametrize("imperial", [False, True])
@pytest.mark.parametrize("name", ["ideal-50", "ideal-135", "arri-signature-prime-40"])
def test_what_is_engraved_is_what_the_lens_reaches(name: str, imperial: bool) -> None:
    lens = load_lens(name)
    found = ring_scale(lens, imperial=imperial)
    rows: list[Row] = [tuple(one) for one in found]
    metre, nearest_m = FOOT_M if imperial else 1.0, lens.distance_m(lens.travel_deg) - 1e-9
    reached = [value for value in (FEET if imperial else METRES) if value * metre >= nearest_m]
    assert len(found) == len(reached)
    assert found[0][1:] == ("∞", True)
    assert_goes_as_it_did(f"engraved-{name}-{imperial}", rows)


@pytest.mark.parametrize("seed", range(4))
def test_labels_stand_where_they_stood(seed: int) -> None:
    draw, rows = random.Random(seed), list[Row]()
    for _ in range(8):
        bounds = LabelBox(draw.uniform(0, 30), draw.uniform(0, 30), draw.uniform(90, 400), draw.uniform(50, 200))
        x = np.linspace(bounds.x + draw.uniform(-40, 40), bounds.right + draw.uniform(-60, 20), 40)
        y = bounds.y + bounds.height * (0.5 + 0.5 * np.sin(np.linspace(0, draw.uniform(0, 9), 40)))
        boxes = tuple(
            LabelBox(draw.uniform(0, 300), draw.uniform(0, 150), 30.0, 20.0) for _ in range(draw.randrange(3))
        )
        lines = tuple(draw.uniform(0, 400) for _ in range(draw.randrange(3)))
        wanted = [
            Wanted(draw.uniform(15, 90), draw.uniform(10, 24), draw.uniform(0, 400), draw.uniform(0, 220), side)
            for side in (1, -1, 0, 1, -1, 0)
        ]
        for box in place_labels(wanted, bounds, Obstacles(x, y, boxes, lines)):
            rows.append(("none",) if box is None else dataclasses.astuple(box))
        rows.append(tuple(moved_apart([draw.uniform(0, 60) for _ in range(5)], draw.uniform(2, 15))))
    assert_goes_as_it_did(f"labels-{seed}", rows)
