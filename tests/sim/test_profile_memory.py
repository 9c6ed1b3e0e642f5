# SPDX-License-Identifier: MIT
"""The simulated unit's memory for a profile: whole ones stay and play again, longer ones free their places."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.sim.profile import LARGEST_ADD, Bounds, ProfileMemory, SegmentChecker
from followfocus.steps.segments import MAX_ADD
from followfocus.wire.messages import SEGMENT, TICK_FRACTION, ProfileBegin, Result, Segment

FREE = Bounds(-(2**31), 2**31 - 1, 100, 500)
CAPACITY = 6

segments = st.builds(
    Segment,
    st.integers(150 * TICK_FRACTION, 400 * TICK_FRACTION), st.integers(1, 40), st.integers(-300, 300),
)  # fmt: skip


def some(count: int) -> tuple[Segment, ...]:
    return tuple(Segment(200 * TICK_FRACTION + number, 10, 0) for number in range(count))


def crc_of(whole: Sequence[Segment]) -> int:
    return zlib.crc32(b"".join(SEGMENT.pack(one.interval, one.count, one.add) for one in whole))


def announced(whole: Sequence[Segment], capacity: int = CAPACITY, **changes: int) -> ProfileMemory:
    head = min(len(whole), capacity)
    told = {"head_crc": crc_of(whole[:head]), "total_crc": crc_of(whole)} | changes
    return ProfileMemory(ProfileBegin(1, 0, len(whole), head, **told), capacity, FREE)


def played(memory: ProfileMemory) -> list[Segment]:
    out = []
    while (segment := memory.next_segment()) is not None:
        out.append(segment)
    return out


@given(st.lists(segments, min_size=1, max_size=CAPACITY))
def test_what_fits_is_played_as_often_as_one_likes(whole: list[Segment]) -> None:
    memory = announced(whole)
    assert (memory.streamed, memory.head_here, memory.complete, memory.duration) == (False, False, False, None)
    assert memory.take(0, tuple(whole)) == (Result.OK, len(whole))
    assert (memory.head_here, memory.complete) == (True, True)
    for _ in range(3):
        assert not memory.all_played
        assert played(memory) == whole
        assert memory.all_played
        assert not memory.starved
        assert memory.free_segments == CAPACITY - len(whole)
        memory.rewind()
    time = 0
    for one in whole:
        time += sum(one.interval + step * one.add for step in range(one.count))
    assert memory.duration == time
    assert memory.reach == (0, sum(one.count for one in whole))


@pytest.mark.parametrize("total", range(CAPACITY + 1, 21))
def test_what_does_not_fit_comes_as_places_are_freed(total: int) -> None:
    whole, chance = some(total), random.Random(total)
    memory = announced(whole)
    assert memory.streamed
    out: list[Segment] = []
    while not memory.all_played:
        at, room = memory.wanted_offset, memory.free_segments
        assert room == CAPACITY - (at - len(out))
        count = chance.randint(0, min(room, len(whole) - at))
        assert memory.take(at, whole[at : at + count]) == (Result.OK, at + count)
        left = len(whole) - at - count
        if left > memory.free_segments:
            too_many = whole[at + count : at + count + memory.free_segments + 1]
            assert memory.take(at + count, too_many) == (Result.BUFFER_FULL, at + count)
        assert memory.head_here == (memory.wanted_offset >= CAPACITY)
        out += filter(None, [memory.next_segment() for _ in range(chance.randint(0, CAPACITY))])
        assert memory.starved == (memory.free_segments == CAPACITY and memory.wanted_offset < len(whole))
        if memory.starved:
            assert memory.next_segment() is None
    assert tuple(out) == whole
    assert memory.complete


@pytest.mark.parametrize(("total", "pieces", "answer"), [
    (4, ((0, 2), (2, 2)), (Result.OK, 4)),
    (4, ((0, 2), (3, 1)), (Result.WRONG_OFFSET, 2)),
    (4, ((0, 2), (1, 1)), (Result.WRONG_OFFSET, 2)),
    (4, ((0, 5),), (Result.BAD_VALUE, 4)),
    (4, ((0, 4), (4, 1)), (Result.BAD_VALUE, 4)),
    (8, ((0, 6), (6, 1)), (Result.BUFFER_FULL, 6)),
    (8, ((0, 6),), (Result.OK, 6)),
])  # fmt: skip
def test_pieces_come_in_order_and_no_more_than_was_announced(
    total: int, pieces: tuple[tuple[int, int], ...], answer: tuple[Result, int]
) -> None:
    memory, whole = announced(some(total)), some(12)
    for at, count in pieces:
        found = memory.take(at, whole[at : at + count])
    assert found == answer
    assert memory.spoiled == (answer[0] is Result.BAD_VALUE)


@pytest.mark.parametrize(("changes", "bad_after"), [({}, None), ({"total_crc": 5}, 8), ({"head_crc": 5}, CAPACITY)])
def test_damage_is_found_by_the_head_s_end_and_by_the_whole_s(changes: dict[str, int], bad_after: int | None) -> None:
    memory, whole = announced(some(8), **changes), some(8)
    for at in range(8):
        memory.next_segment()
        found, _ = memory.take(at, whole[at : at + 1])
        assert found is (Result.CRC_MISMATCH if at + 1 == bad_after else Result.OK)
        assert memory.spoiled == (at + 1 == bad_after)
        if memory.spoiled:
            return
    assert bad_after is None


@pytest.mark.parametrize(("second", "found"), [
    (Segment(100 * TICK_FRACTION, 5, 0), Result.OK),
    (Segment(100 * TICK_FRACTION - 1, 5, 0), Result.TOO_FAST),
    (Segment(100 * TICK_FRACTION, 5, -1), Result.TOO_FAST),
    (Segment(100 * TICK_FRACTION + 4, 5, -1), Result.OK),
    (Segment(600 * TICK_FRACTION, -5, 0), Result.OK),
    (Segment(600 * TICK_FRACTION - 1, -5, 0), Result.REVERSAL_TOO_CLOSE),
    (Segment(0, 5, 0), Result.BAD_VALUE),
    (Segment(2**32 - 1, 2, 1), Result.BAD_VALUE),
    (Segment(2**32 - 2, 2, 1), Result.OK),
    (Segment(7, 0, 0), Result.OK),
    (Segment(0, 0, 0), Result.BAD_VALUE),
    (Segment(7, 0, 1), Result.BAD_VALUE),
])  # fmt: skip
def test_a_segment_is_judged_after_the_one_before_it(second: Segment, found: Result) -> None:
    whole = (Segment(200 * TICK_FRACTION, 10, 0), second)
    memory = announced(whole)
    assert memory.take(0, whole)[0] is found
    assert memory.reach == (min(0, 10 + second.count) if found is Result.OK and second.count < -10 else 0,
                            10 + max(second.count, 0) if found is Result.OK else 10)  # fmt: skip


@pytest.mark.parametrize(("end", "found"), [(90, Result.OK), (91, Result.OUTSIDE_LIMITS), (-40, Result.OK),
                                            (-41, Result.OUTSIDE_LIMITS)])  # fmt: skip
def test_the_soft_limits_may_be_reached(end: int, found: Result) -> None:
    whole = (Segment(200 * TICK_FRACTION, end, 0),)
    crc = crc_of(whole)
    memory = ProfileMemory(ProfileBegin(1, 0, 1, 1, crc, crc), CAPACITY, Bounds(-40, 90, 100, 500))
    assert memory.take(0, whole)[0] is found


BOUNDS = Bounds(-40, 60, 100, 30)


def judged_by_steps(whole: Sequence[Segment]) -> tuple[Result, int]:
    """The first fault of a profile and the number of good segments before it, looked for step by step."""
    position, way, since = 0, 0, 0
    for number, one in enumerate(whole):
        if one.count == 0:
            if one.interval == 0 or one.add:
                return Result.BAD_VALUE, number
            since += one.interval * TICK_FRACTION
            continue
        gaps = [one.interval + step * one.add for step in range(abs(one.count))]
        if not (0 < gaps[0] < 2**32 and 0 < gaps[-1] < 2**32) or (len(gaps) > 1 and abs(one.add) > LARGEST_ADD):
            return Result.BAD_VALUE, number
        gaps[0] += since
        if min(gaps) < BOUNDS.min_interval_ticks * TICK_FRACTION:
            return Result.TOO_FAST, number
        turns = way * one.count < 0
        if turns and gaps[0] < (BOUNDS.min_interval_ticks + BOUNDS.dir_setup_ticks) * TICK_FRACTION:
            return Result.REVERSAL_TOO_CLOSE, number
        position += one.count
        if not BOUNDS.minimum <= position <= BOUNDS.maximum:
            return Result.OUTSIDE_LIMITS, number
        way, since = (1 if one.count > 0 else -1), 0
    return Result.OK, len(whole)


LEAST = 100 * TICK_FRACTION
judged_segments = st.builds(
    Segment,
    st.sampled_from(
        [0, 1, 7, 30, LEAST - 1, LEAST, LEAST + 1, LEAST + 300, 130 * TICK_FRACTION - 1, 130 * TICK_FRACTION, 2**32 - 1]
    ),
    st.sampled_from([0, 0, 1, 1, -1, -1, 2, -2, 3, -9, 20, 61]),
    st.sampled_from([0, 0, 1, -1, 100, -100, -LEAST, LARGEST_ADD, LARGEST_ADD + 1, -LARGEST_ADD - 1]),
)


@settings(max_examples=400)
@given(st.lists(judged_segments, min_size=1, max_size=6))
def test_a_profile_is_judged_as_its_steps_are(whole: list[Segment]) -> None:
    checker, found, good = SegmentChecker(0, BOUNDS), Result.OK, 0
    for one in whole:
        found = checker.check(one)
        if found is not Result.OK:
            break
        good += 1
    assert (found, good) == judged_by_steps(whole)


@pytest.mark.parametrize(("add", "count", "found"), [
    (LARGEST_ADD, 2, Result.OK), (LARGEST_ADD + 1, 2, Result.BAD_VALUE), (LARGEST_ADD + 1, 1, Result.OK),
    (-LARGEST_ADD - 1, -1, Result.OK), (-LARGEST_ADD - 1, -2, Result.BAD_VALUE),
])  # fmt: skip
def test_how_much_a_step_may_differ_from_the_one_before_is_bounded_where_there_is_one(
    add: int, count: int, found: Result
) -> None:
    assert SegmentChecker(0, FREE).check(Segment(2**31, count, add)) is found


def test_the_first_step_may_go_either_way_at_once() -> None:
    for count in (1, -1):
        assert SegmentChecker(0, BOUNDS).check(Segment(LEAST, count, 0)) is Result.OK


def test_the_host_asks_for_no_more_than_the_unit_takes() -> None:
    assert LARGEST_ADD == MAX_ADD == 2**30 - 1
