# SPDX-License-Identifier: MIT
"""A profile on its way while it plays: in short pieces where the steps are fast."""

from __future__ import annotations

from dataclasses import replace

import pytest

from followfocus.clock import VirtualClock
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.sim.ports import SimPort
from followfocus.steps.profile import compile_profile
from followfocus.unit.unit import FollowFocusUnit
from followfocus.unit.upload import SEGMENTS_A_PIECE, SEGMENTS_AT_SPEED
from followfocus.wire.link import Link
from followfocus.wire.messages import Cause, ProfileData
from tests.support.lossy import CountingUnit


@pytest.mark.parametrize(("duration_s", "longest"), [(1.15, SEGMENTS_AT_SPEED), (4.0, SEGMENTS_A_PIECE)])
def test_pieces_are_short_while_fast_steps_keep_the_unit_busy(duration_s: float, longest: int) -> None:
    device, clock = CountingUnit(), VirtualClock()
    with FollowFocusUnit(Link(lambda _attempt: SimPort(device, clock), clock)) as unit:
        assert unit.info is not None
        unit.apply(replace(unit.config, microsteps=128, min_interval_ticks=160))
        unit.set_reference(0.0)
        pull = Pull.between(Mark("A", 0.0), Mark("B", 300.0), duration_s)
        unit.load(compile_profile(motion_of(pull), unit.steps_per_deg))
        assert unit.play(1).cause is Cause.DONE
        head = unit.info.segment_capacity
    pieces = [command for command in device.applied if isinstance(command, ProfileData)]
    assert max(len(piece.segments) for piece in pieces if piece.offset < head) == SEGMENTS_A_PIECE
    assert max(len(piece.segments) for piece in pieces if piece.offset >= head) == longest
    assert all(piece.segments for piece in pieces), "nothing is asked for, nothing is sent"
    ends = [piece.offset + len(piece.segments) for piece in pieces]
    assert [piece.offset for piece in pieces] == [0, *ends[:-1]]
