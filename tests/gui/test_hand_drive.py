# SPDX-License-Identifier: MIT
"""The hand on the app's unit: the worker leaves the unit at any moment, whatever another thread is just asking."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from followfocus.hand.events import WheelTurned
from followfocus.stage.by_hand import ByHand
from followfocus.unit.connect import open_unit
from followfocus_gui.hand_drive import HandDrive


class LeavesBetweenLooks(HandDrive):
    """A drive whose unit is there at the first look, and has been left at the second."""

    @property
    def _by_hand(self) -> ByHand | None:
        there, self.there = self.there, None
        return there

    @_by_hand.setter
    def _by_hand(self, by_hand: ByHand | None) -> None:
        self.there = by_hand


@pytest.fixture
def drive() -> Iterator[LeavesBetweenLooks]:
    with open_unit("sim", fast=True) as unit:
        made = LeavesBetweenLooks()
        made.meet(unit)
        yield made


@pytest.mark.parametrize(
    "ask",
    [
        lambda drive: drive.hear(WheelTurned(1.0, "wheel", 3.0)),
        lambda drive: drive.let_go(),
        lambda drive: drive.busy,
        lambda drive: drive.ring_deg,
    ],
    ids=["a wheel", "STOP", "the bridge", "the screen"],
)
def test_a_unit_that_is_left_between_two_looks_trips_nobody(
    drive: LeavesBetweenLooks, ask: Callable[[HandDrive], object]
) -> None:
    ask(drive)
    assert drive._by_hand is None
