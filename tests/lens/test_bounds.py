# SPDX-License-Identifier: MIT
"""A lens's limits: every figure at its bounds and just beyond them, every mark in its place or told of."""

from __future__ import annotations

import math

import pytest

from followfocus.lens.schema import mark_problems, value_problems

# field, no lower or equal, at most
RANGES = [
    ("focal_length_mm", 0.5, 5000), ("t_stop", 0.1, 128), ("close_focus_m", 0.001, 1000), ("travel_deg", 0.5, 3600),
    ("transmission", 0.001, 1), ("gear_teeth", 0, 2000), ("gear_module_mm", 0.01, 10), ("squeeze", 0.1, 4),
    ("breathing_percent", -1e-9, 30),
]  # fmt: skip


@pytest.mark.parametrize(("field", "low", "high"), RANGES, ids=[field for field, *_ in RANGES])
def test_a_figure_is_above_the_least_and_at_most_the_greatest(field: str, low: float, high: float) -> None:
    def told(value: float) -> list[str]:
        return [name for name, _ in value_problems({field: value})]

    inside = (low + 1e-6, (low + high) / 2, high)
    beyond = (low, low - 1, high * 1.0001, high + 1, math.nan, math.inf, -math.inf)
    assert [told(value) for value in inside] == [[]] * len(inside)
    assert [told(value) for value in beyond] == [[field]] * len(beyond)


def test_what_is_not_said_is_no_problem_and_what_is_so_large_is_not_printed() -> None:
    assert list(value_problems({})) == []
    ((_, words),) = value_problems({"gear_teeth": 10**400})
    assert words == "must be above 0 and at most 2000 teeth, not so much"
    ((_, words),) = value_problems({"gear_teeth": 10**14})
    assert words.endswith("not 1e+14")


@pytest.mark.parametrize("field", ["principal_offset_m", "entrance_pupil_m"])
@pytest.mark.parametrize(
    ("metres", "taken"), [(2.0, True), (-2.0, True), (0.0, True), (2.001, False), (-2.001, False), (math.nan, False)]
)
def test_what_lies_in_a_lens_is_within_two_metres_of_its_image(field: str, metres: float, taken: bool) -> None:
    assert [name for name, _ in value_problems({field: metres})] == ([] if taken else [field])


@pytest.mark.parametrize(
    ("direction", "taken"), [(1, True), (-1, True), (0, False), (2, False), (-2, False)]
)  # fmt: skip
def test_a_ring_turns_one_way_or_the_other(direction: int, taken: bool) -> None:
    assert list(value_problems({"direction": direction})) is not taken


@pytest.mark.parametrize(("name", "taken"), [("SP 40", True), ("", False), ("  ", False)])
def test_a_lens_has_a_name(name: str, taken: bool) -> None:
    assert list(value_problems({"name": name})) is not taken


@pytest.mark.parametrize(
    ("zoom", "focal", "taken"),
    [
        ((18, 80), 18, True), ((18, 80), 80, True), ((18, 80), 17.9, False), ((18, 80), 80.1, False),
        ((80, 18), 50, False), ((18, 18), 18, False), ((0.5, 80), 50, False), ((18, 5000), 50, True),
        ((18, 5001), 50, False), ((18, 50, 80), 50, False), ((18,), 18, False),
    ],
)  # fmt: skip
def test_a_zooms_range_rises_and_holds_its_focal_length(zoom: tuple[float, ...], focal: float, taken: bool) -> None:
    found = [name for name, _ in value_problems({"focal_range_mm": zoom, "focal_length_mm": focal})]
    assert found == ([] if taken else ["focal_range_mm"])


def marks(*places: tuple[float, float]) -> list[tuple[float, float, str]]:
    return [(ring_deg, distance_m, "") for ring_deg, distance_m in places]


INFINITY = (0.0, math.inf)


@pytest.mark.parametrize(
    ("places", "told"),
    [
        ([INFINITY, (300.0, 0.5)], []),
        ([INFINITY], ["marks"]),
        ([], ["marks"]),
        ([(-0.1, math.inf), (300.0, 0.5)], ["marks[0].ring_deg"]),
        ([INFINITY, (300.1, 0.5)], ["marks[1].ring_deg"]),
        ([INFINITY, (300.0, 0.1)], ["marks[1].distance_m"]),
        ([INFINITY, (300.0, 0.1 + 1e-5)], ["marks[1].distance_m"]),
        ([INFINITY, (300.0, 0.1 + 2e-5)], []),
        ([INFINITY, (300.0, 0.0)], ["marks[1].distance_m"]),
        ([(0.0, 1e6), (300.0, 0.5)], []),
        ([(0.0, 1.1e6), (300.0, 0.5)], ["marks[0].distance_m"]),
        ([INFINITY, (100.0, 2.0), (100.0, 1.0)], ["marks[2].ring_deg"]),
        ([INFINITY, (100.0, 2.0), (90.0, 1.0)], ["marks[2].ring_deg"]),
        ([INFINITY, (-5.0, 2.0), (90.0, 1.0)], ["marks[1].ring_deg"]),
    ],
)
def test_marks_follow_each_other_from_infinity_to_close(places: list[tuple[float, float]], told: list[str]) -> None:
    assert [name for name, _ in mark_problems(marks(*places), 300.0, 0.1)] == told


def test_a_mark_that_could_not_be_read_is_passed_over() -> None:
    first, last = marks(INFINITY, (300.0, 0.5))
    assert list(mark_problems([first, None, last], 300.0, 0.1)) == []


@pytest.mark.parametrize("offset_m", [-0.2, 0.0, 0.1])
def test_before_its_image_plane_nothing_is_in_front_of_a_lens(offset_m: float) -> None:
    for past_m, taken in ((2e-5, True), (0.5e-5, False), (-0.01, False)):
        found = list(mark_problems(marks(INFINITY, (300.0, max(offset_m, 0.0) + past_m)), 300.0, offset_m))
        assert (not found) is taken
