# SPDX-License-Identifier: MIT
"""Upload: what a unit takes into its memory, and every reason it has not to."""

from __future__ import annotations

from dataclasses import replace

import pytest

from followfocus.wire.messages import (
    Arm,
    Flag,
    Goto,
    Jog,
    ProfileBegin,
    ProfileData,
    Result,
    Segment,
    SetLimits,
    State,
    Unload,
)
from tests.conformance.wire import CONFIG, Host, Profile, dwell, even, pull

FAST = CONFIG.min_interval_ticks


def test_a_profile_is_loaded_when_its_last_segment_is_there(host: Host) -> None:
    host.ready()
    profile = pull()
    host.ok(profile.begin(host.capacity))
    assert host.state is State.IDLE
    assert host.ok(ProfileData(0, profile.segments[:2])) == 2
    status = host.status()
    assert (status.state, status.wanted_offset) == (State.IDLE, 2)
    assert not status.flags & Flag.PROFILE_COMPLETE
    assert host.ok(ProfileData(2, profile.segments[2:])) == 3
    status = host.status()
    assert (status.state, status.wanted_offset) == (State.LOADED, 3)
    assert status.flags & Flag.PROFILE_COMPLETE
    assert not status.flags & Flag.STREAMING
    assert status.free_segments <= host.capacity - 3


def test_the_memory_holds_what_the_hello_says(host: Host) -> None:
    host.ready()
    segments = tuple(even(2 if index % 2 else 3, 2000 + index) for index in range(host.capacity))
    host.upload(Profile(0, segments))
    assert host.state is State.LOADED
    assert host.status().free_segments == 0


def test_offsets_are_in_order_and_the_answer_says_which_is_wanted(host: Host) -> None:
    host.ready()
    profile = pull()
    host.ok(profile.begin(host.capacity))
    assert host.refused(ProfileData(1, profile.segments[1:2]), Result.WRONG_OFFSET) == 0
    assert host.ok(ProfileData(0, profile.segments[:1])) == 1
    assert host.refused(ProfileData(0, profile.segments[:1]), Result.WRONG_OFFSET) == 1
    assert host.ok(ProfileData(1, profile.segments[1:])) == 3
    assert host.state is State.LOADED


def test_an_incomplete_profile_does_not_arm(host: Host) -> None:
    host.ready()
    profile = pull()
    host.refused(Arm(profile.id, 0), Result.NO_PROFILE)
    host.ok(profile.begin(host.capacity))
    host.refused(Arm(profile.id, 0), Result.NOT_COMPLETE)
    host.ok(ProfileData(0, profile.segments[:1]))
    host.refused(Arm(profile.id, 0), Result.NOT_COMPLETE)
    host.send_segments(profile, 1, 3)
    host.refused(Arm(profile.id + 1, 0), Result.NO_PROFILE)
    host.refused(Arm(profile.id, 2), Result.BAD_VALUE)
    host.ok(Arm(profile.id, 0))
    assert host.state is State.ARMED


@pytest.mark.parametrize("which", ["head_crc", "total_crc"])
def test_a_profile_that_came_out_differently_is_forgotten(host: Host, which: str) -> None:
    host.ready()
    profile = pull()
    begin = profile.begin(host.capacity)
    host.ok(replace(begin, **{which: getattr(begin, which) ^ 1}))
    host.refused(ProfileData(0, profile.segments), Result.CRC_MISMATCH)
    assert host.state is State.IDLE
    host.refused(Arm(profile.id, 0), Result.NO_PROFILE)


def test_a_head_that_is_not_the_head_is_refused(host: Host) -> None:
    host.ready()
    begin = pull().begin(host.capacity)
    host.refused(replace(begin, head=2), Result.BAD_VALUE)
    host.refused(replace(begin, head=0, total=0), Result.BAD_VALUE)
    assert host.state is State.IDLE


def test_a_start_outside_the_limits_is_refused(host: Host) -> None:
    host.ready()
    host.ok(SetLimits(0, 1000))
    host.refused(pull(start=-1).begin(host.capacity), Result.OUTSIDE_LIMITS)


BAD_SEGMENTS = {
    "interval zero": (Result.BAD_VALUE, 1, (even(5, 2000), Segment(0, 5, 0))),
    "a dwell with add": (Result.BAD_VALUE, 1, (even(5, 2000), Segment(5000, 0, 1), even(5, 2000))),
    "a tick too fast": (Result.TOO_FAST, 1, (even(5, 2000), Segment(FAST * 256 - 1, 5, 0))),
    "the first step too soon": (Result.TOO_FAST, 0, (even(5, FAST - 1),)),
    "too fast at its end": (Result.TOO_FAST, 1, (even(5, 2000), Segment(FAST * 256 + 40, 6, -10))),
    "too fast after a short dwell": (Result.TOO_FAST, 2, (even(5, 2000), dwell(100), even(1, FAST - 101))),
    "an interval that passes 32 bits": (Result.BAD_VALUE, 0, (Segment(2**32 - 300, 3, 200),)),
    "an interval that falls below zero": (Result.BAD_VALUE, 0, (Segment(FAST * 256, 100, -FAST * 10),)),
    "reversal too soon": (Result.REVERSAL_TOO_CLOSE, 1, (even(5, 2000), even(-5, FAST + 319))),
    "past the upper limit": (Result.OUTSIDE_LIMITS, 1, (even(600, 2000), even(401, 2000))),
    "past the lower limit": (Result.OUTSIDE_LIMITS, 2, (even(5, 2000), even(-5, 4000), even(-1, 4000))),
    "past the limit in between": (Result.OUTSIDE_LIMITS, 1, (even(900, 2000), even(200, 2000), even(-300, 4000))),
}


@pytest.mark.parametrize("what", BAD_SEGMENTS)
def test_a_bad_segment_is_refused_with_its_index_and_the_profile_forgotten(host: Host, what: str) -> None:
    reason, index, segments = BAD_SEGMENTS[what]
    host.ready()
    host.ok(SetLimits(0, 1000))
    profile = Profile(0, segments)
    host.ok(profile.begin(host.capacity))
    assert host.refused(ProfileData(0, profile.segments), reason) == index
    assert host.state is State.IDLE
    host.refused(Arm(profile.id, 0), Result.NO_PROFILE)
    host.refused(ProfileData(0, profile.segments), Result.NO_PROFILE)


GOOD_SEGMENTS = {
    "at the speed limit": (even(5, FAST),),
    "a dwell makes up the interval": (even(5, 2000), dwell(FAST - 100), even(1, 100), even(5, 2000)),
    "reversal with the direction's set-up time": (even(5, 2000), even(-5, FAST + 320)),
    "a dwell first": (dwell(3000), even(5, 2000)),
    "a dwell last": (even(5, 2000), dwell(3000)),
    "only a dwell": (dwell(1000),),
    "to both limits": (even(1000, 2000), even(-1000, 4000)),
    "down to the fastest in its last step": (Segment(FAST * 256 + 40, 5, -10),),
}


@pytest.mark.parametrize("what", GOOD_SEGMENTS)
def test_what_just_fits_is_taken(host: Host, what: str) -> None:
    host.ready()
    host.ok(SetLimits(0, 1000))
    host.upload(Profile(0, GOOD_SEGMENTS[what]))
    assert host.state is State.LOADED


def test_the_unit_has_a_speed_limit_of_its_own(host: Host) -> None:
    host.ready(min_interval_ticks=1)
    assert host.hello_reply is not None
    fastest = host.hello_reply.fastest_interval_ticks
    host.ok(Profile(0, (even(9, fastest - 1),)).begin(host.capacity))
    host.refused(ProfileData(0, (even(9, fastest - 1),)), Result.TOO_FAST)
    host.upload(Profile(0, (even(9, fastest),)))
    assert host.state is State.LOADED


def test_a_bad_segment_in_the_middle_of_a_frame_keeps_none_of_it(host: Host) -> None:
    host.ready()
    segments = (even(5, 2000), even(5, 2000), even(5, 10), even(5, 2000))
    host.ok(Profile(0, segments).begin(host.capacity))
    assert host.refused(ProfileData(0, segments), Result.TOO_FAST) == 2
    host.refused(Arm(7, 0), Result.NO_PROFILE)


def test_a_second_profile_takes_the_place_of_the_first(host: Host) -> None:
    host.ready()
    host.upload(pull())
    second = replace(pull(), id=8)
    host.upload(second)
    host.refused(Arm(7, 0), Result.NO_PROFILE)
    host.ok(Arm(8, 0))


def test_a_profile_is_unloaded(host: Host) -> None:
    host.ready()
    host.upload(pull())
    host.ok(Unload())
    assert host.state is State.IDLE
    host.refused(Arm(7, 0), Result.NO_PROFILE)


def test_a_profile_arms_only_from_its_start(host: Host) -> None:
    host.ready()
    profile = pull(start=40)
    host.upload(profile)
    host.refused(Arm(profile.id, 0), Result.NOT_AT_START)
    host.ok(Goto(40, 0))
    assert host.rests().after is State.LOADED
    host.ok(Arm(profile.id, 0))


def test_a_jog_and_back_keeps_the_profile(host: Host) -> None:
    host.ready()
    profile = pull()
    host.upload(profile)
    host.ok(Jog(1000))
    host.pass_time(0.03)
    host.ok(Jog(0))
    assert host.rests().after is State.LOADED
    host.ok(Goto(0, 0))
    assert host.rests().position == 0
    host.ok(Arm(profile.id, 0))


def test_the_same_profile_frame_twice_is_one(host: Host) -> None:
    host.ready()
    profile = pull()
    host.ok(profile.begin(host.capacity))
    data = host.frame(ProfileData(0, profile.segments[:2]), seq=90)
    assert host.ask_bytes(data, 90) == host.ask_bytes(data, 90)
    assert host.status().wanted_offset == 2


def test_more_than_fits_asks_for_the_rest_later(host: Host) -> None:
    host.ready()
    segments = tuple(even(1, 2000 + index % 7) for index in range(host.capacity + 40))
    profile = Profile(0, segments)
    host.upload(profile)
    status = host.status()
    assert status.state is State.LOADED
    assert status.flags & Flag.STREAMING
    assert not status.flags & Flag.PROFILE_COMPLETE
    assert status.free_segments == 0
    refused = host.refused(ProfileData(host.capacity, segments[host.capacity : host.capacity + 2]), Result.BUFFER_FULL)
    assert refused == host.capacity
    assert host.state is State.LOADED


def test_no_segments_at_all(host: Host) -> None:
    host.ready()
    host.ok(pull().begin(host.capacity))
    host.refused(ProfileData(0, ()), Result.BAD_LENGTH)


def test_begin_says_all_of_it(host: Host) -> None:
    host.ready()
    begin = pull().begin(host.capacity)
    assert isinstance(begin, ProfileBegin)
    host.ok(begin)
    host.refused(replace(begin, total=5, head=9), Result.BAD_VALUE)
