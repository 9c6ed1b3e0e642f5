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
from followfocus.unit.upload import FAST_STEPS_HZ, SEGMENTS_A_PIECE, SEGMENTS_AT_SPEED, Upload
from followfocus.wire.link import Link
from followfocus.wire.messages import SEGMENT, Cause, Fault, Flag, ProfileData, State, Telemetry
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


HEAD, TOTAL = 40, 100


@pytest.mark.parametrize(("wanted", "free", "sent"), [
    (0, 100, None), (39, 60, None),  # what has to be there before it begins is not streamed
    (40, 11, None), (40, 12, (40, 12)), (40, 60, (40, 12)),  # a whole piece or nothing
    (88, 11, None), (88, 12, (88, 12)), (90, 9, None), (90, 10, (90, 10)), (99, 1, (99, 1)), (99, 40, (99, 1)),
    (100, 0, None), (100, 40, None), (101, 40, None),  # all is there
])  # fmt: skip
def test_what_a_unit_is_sent_when_it_says_what_it_wants_next(
    monkeypatch: pytest.MonkeyPatch, wanted: int, free: int, sent: tuple[int, int] | None
) -> None:
    posted: list[ProfileData] = []
    monkeypatch.setattr(Link, "post", lambda _link, piece, then: posted.append(piece))
    link = Link(lambda _attempt: SimPort(CountingUnit(), VirtualClock()), VirtualClock())
    upload = Upload(link, 0, bytes(TOTAL * SEGMENT.size), HEAD, 240)
    upload.feed(Telemetry(0, State.PLAYING, Flag(0), Fault.NONE, 0, 0, free, wanted, last_take=0, bad_frames=0))
    assert [(piece.offset, len(piece.segments)) for piece in posted] == ([] if sent is None else [sent])


@pytest.mark.parametrize(
    ("peak_step_hz", "longest"),
    [
        (0.0, SEGMENTS_A_PIECE), (FAST_STEPS_HZ, SEGMENTS_A_PIECE), (FAST_STEPS_HZ + 1, SEGMENTS_AT_SPEED),
        (60_000.0, SEGMENTS_AT_SPEED),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("max_payload", "held"), [(255, 12), (8 + 3 * SEGMENT.size, 3), (8 + SEGMENT.size, 1), (0, 1)])
def test_how_long_the_pieces_are(
    monkeypatch: pytest.MonkeyPatch, peak_step_hz: float, longest: int, max_payload: int, held: int
) -> None:
    posted: list[ProfileData] = []
    monkeypatch.setattr(Link, "post", lambda _link, piece, then: posted.append(piece))
    link = Link(lambda _attempt: SimPort(CountingUnit(), VirtualClock()), VirtualClock())
    upload = Upload(link, 0, bytes(TOTAL * SEGMENT.size), HEAD, max_payload, peak_step_hz)
    upload.feed(Telemetry(0, State.PLAYING, Flag(0), Fault.NONE, 0, 0, 60, HEAD, last_take=0, bad_frames=0))
    assert [len(piece.segments) for piece in posted] == [min(longest, held)]
