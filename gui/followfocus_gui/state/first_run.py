# SPDX-License-Identifier: MIT
"""The first three steps, said in the state line until the first take is there."""

from __future__ import annotations

from functools import lru_cache

from followfocus.lens.map import LensMap
from followfocus.show.show import new_show
from followfocus_gui.state.desk import Desk

STEPS = (
    "1  Turn to your first subject (a wheel works too), press A.",
    "2  Turn to the second subject, press B.",
    "3  Return arms, Space goes.",
)


def first_hint(desk: Desk, takes: int) -> str:
    """The next step for someone who has never shot here; empty once a take is there, or a show is set up already."""
    show = desk.show
    # Whoever has done any of this knows the rest.
    if takes or len(show.cues) > 1 or len(desk.pull.marks) != 2:
        return ""
    plain_deg = _plain_deg(desk.lens)
    set_already = [
        mark.ring_deg != plain or bool(mark.name) for mark, plain in zip(desk.pull.marks, plain_deg, strict=True)
    ]
    return STEPS[0] if not set_already[0] else STEPS[1] if not set_already[1] else STEPS[2]


@lru_cache(maxsize=8)
def _plain_deg(lens: LensMap) -> tuple[float, ...]:
    """Where a new show on a lens has its marks."""
    return tuple(mark.ring_deg for mark in new_show("", lens).pulls[0].marks)
