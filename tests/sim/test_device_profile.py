# SPDX-License-Identifier: MIT
"""Profiles on the simulated unit: what is taken in, what is refused, when each step comes, what is said afterwards."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followfocus.sim.build import Build
from followfocus.wire.messages import (
    TICK_FRACTION,
    Ack,
    Arm,
    Cause,
    ClearFault,
    Fault,
    Flag,
    GetTake,
    Go,
    Goto,
    ProfileData,
    Result,
    Segment,
    SetPosition,
    Silence,
    Source,
    State,
    StateChanged,
    StopInput,
    TakeEnded,
    TakeStarted,
)
from tests.sim.driver import HZ, Driver, begin_of, edge_ticks, rigid_unit, steady

FULL = TICK_FRACTION
OK, BAD_VALUE, TOO_FAST = Result.OK, Result.BAD_VALUE, Result.TOO_FAST


def played(driver: Driver, segments: list[Segment], start: int = 0) -> list[tuple[int, int]]:
    """Plays a profile to its end: its edges as ticks from time zero, and directions."""
    driver.unit.edges.clear()
    driver.play(segments, start)
    driver.wait_for(State.LOADED if len(segments) <= 96 else State.IDLE, 100)
    zero = driver.events(TakeStarted)[-1].clock
    position, edges = start, []
    for tick, now_at in driver.edges():
        edges.append((tick - zero, now_at - position))
        position = now_at
    return edges


CASES = {
    "one step": [steady(5000, 1)],
    "no step": [Segment(160_000, 0, 0)],
    "down": [steady(2000, -700)],
    "speeding up": [Segment(20_000 * FULL, 300, -60 * FULL)],
    "odd fractions": [Segment(123_457, 500, 77), Segment(161_957, 500, -33)],
    "a hold, and back": [steady(3000, 50), Segment(1_600_000, 0, 0), steady(3000, -50)],
    "dwells in a row": [Segment(1000, 0, 0), Segment(2000, 0, 0), steady(320, 3), Segment(5, 0, 0)],
    "a short step after a dwell": [Segment(400, 0, 0), Segment(1, 1, 0), steady(400, 2)],
    "turning round as close as allowed": [steady(320, 10), steady(640, -1), steady(320, -9)],
    "slow creep": [Segment(2**32 - 1, 2, 0), Segment(100_000_000, 0, 0), Segment(2**31, 1, 0)],
    "the longest segment": [steady(330, 32_767), steady(660, -1), steady(330, -32_767)],
}


@pytest.mark.parametrize("segments", CASES.values(), ids=CASES.keys())
def test_each_edge_comes_at_its_tick(segments):
    driver = Driver().ready()
    assert played(driver, segments) == edge_ticks(segments)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_accepted_profile_is_played_to_the_tick(data):
    driver = Driver().ready()
    segments = []
    for _ in range(data.draw(st.integers(1, 12))):
        if data.draw(st.booleans()):
            segments.append(Segment(data.draw(st.integers(1, 50_000)), 0, 0))
            continue
        count = data.draw(st.integers(1, 40)) * data.draw(st.sampled_from([1, -1]))
        first = data.draw(st.integers(640 * FULL, 20_000 * FULL))
        last = data.draw(st.integers(640 * FULL, 20_000 * FULL))
        segments.append(Segment(first, count, (last - first) // abs(count)))
    assert played(driver, segments) == edge_ticks(segments)


REFUSED = {
    "interval 0": ([Segment(0, 5, 0)], BAD_VALUE, 0),
    "dwell 0": ([Segment(0, 0, 0)], BAD_VALUE, 0),
    "a dwell with an add": ([Segment(1000, 0, 1)], BAD_VALUE, 0),
    "interval falls below 1": ([steady(500, 3), Segment(1000 * FULL, 11, -100 * FULL)], BAD_VALUE, 1),
    "interval grows over 32 bits": ([Segment(2**32 - 10, 3, 10)], BAD_VALUE, 0),
    "first step too soon after time zero": ([steady(319, 1)], TOO_FAST, 0),
    "too fast": ([steady(1000, 2), steady(319, 2)], TOO_FAST, 1),
    "too fast by a fraction": ([Segment(320 * FULL - 1, 2, 0)], TOO_FAST, 0),
    "too fast at its end": ([Segment(400 * FULL, 3, -41 * FULL)], TOO_FAST, 0),
    "second step too fast after a dwell": ([Segment(9000, 0, 0), Segment(100 * FULL, 2, 0)], TOO_FAST, 1),
    "a dwell too short to help": ([Segment(200, 0, 0), Segment(100 * FULL, 1, 0)], TOO_FAST, 1),
    "turning round too close": ([steady(400, 5), steady(639, -1)], Result.REVERSAL_TOO_CLOSE, 1),
    "turning round too close, with a dwell": (
        [steady(400, -5), Segment(200, 0, 0), steady(439, 5)],
        Result.REVERSAL_TOO_CLOSE,
        2,
    ),
    "above the limit": ([steady(400, 1001)], Result.OUTSIDE_LIMITS, 0),
    "below the limit": ([steady(400, 500), steady(800, -601)], Result.OUTSIDE_LIMITS, 1),
    "above the limit in between": ([steady(400, 1001), steady(800, -1001)], Result.OUTSIDE_LIMITS, 0),
}


@pytest.mark.parametrize(("segments", "result", "index"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_segment_is_refused_on_arrival_and_the_profile_forgotten(segments, result, index):
    driver = Driver().ready(limits=(-100, 1000))
    driver.does(begin_of(segments))
    assert driver.ask(ProfileData(0, tuple(segments))) == Ack(ProfileData.TYPE, result, index)
    assert driver.unit.state is State.IDLE
    assert driver.result(Arm(1, 0)) is Result.NO_PROFILE
    assert not driver.edges()


def test_the_slower_of_setting_and_unit_is_the_limit():
    driver = Driver().ready()
    driver.settings(min_interval_ticks=20)
    assert driver.result(begin_of([steady(160, 5)])) is OK
    driver.does(ProfileData(0, (steady(160, 5),)))
    driver.does(begin_of([steady(159, 5)]))
    assert driver.result(ProfileData(0, (steady(159, 5),))) is TOO_FAST


def test_a_start_outside_the_limits_is_refused():
    assert Driver().ready(limits=(0, 10)).result(begin_of([steady(400, 1)], start=11)) is Result.OUTSIDE_LIMITS


def test_the_acknowledgement_tells_the_next_offset():
    driver = Driver().ready()
    segments = [steady(500, 2)] * 10
    driver.does(begin_of(segments))
    assert driver.ask(ProfileData(0, tuple(segments[:4]))) == Ack(ProfileData.TYPE, OK, 4)
    assert driver.ask(ProfileData(0, tuple(segments[:4]))) == Ack(ProfileData.TYPE, Result.WRONG_OFFSET, 4)
    assert driver.ask(ProfileData(7, tuple(segments[7:]))) == Ack(ProfileData.TYPE, Result.WRONG_OFFSET, 4)
    assert driver.result(Arm(1, 0)) is Result.NOT_COMPLETE
    status = driver.status()
    assert (status.free_segments, status.wanted_offset, status.state) == (92, 4, State.IDLE)
    assert driver.ask(ProfileData(4, tuple(segments[4:]))) == Ack(ProfileData.TYPE, OK, 10)
    assert driver.unit.state is State.LOADED
    assert driver.status().flags & Flag.PROFILE_COMPLETE


def test_a_damaged_profile_is_never_loaded():
    driver = Driver().ready()
    segments = [steady(500, 2)] * 3
    begin = begin_of(segments)
    for wrong in (replace(begin, head_crc=begin.head_crc ^ 1), replace(begin, total_crc=begin.total_crc ^ 1)):
        driver.does(wrong)
        assert driver.result(ProfileData(0, tuple(segments))) is Result.CRC_MISMATCH
        assert driver.unit.state is State.IDLE
        assert driver.result(Arm(1, 0)) is Result.NO_PROFILE


def test_more_segments_than_announced_spoil_the_profile():
    driver = Driver().ready()
    driver.load([steady(500, 2)])
    assert driver.result(ProfileData(1, (steady(500, 2),))) is BAD_VALUE
    assert driver.unit.state is State.IDLE
    driver.load([steady(500, 2)])
    driver.does(Arm(1, 0))
    assert driver.result(ProfileData(1, (steady(500, 2),))) is BAD_VALUE
    assert driver.unit.state is State.IDLE


def test_arming_asks_for_the_profile_by_name_and_for_its_start():
    driver = Driver().ready()
    driver.load([steady(500, 100)], start=40, profile_id=7)
    assert driver.result(Arm(8, 0)) is Result.NO_PROFILE
    assert driver.result(Arm(7, 2)) is BAD_VALUE
    assert driver.result(Arm(7, 0)) is Result.NOT_AT_START
    driver.does(Goto(40, 0))
    driver.wait_for(State.LOADED)
    driver.does(Arm(7, 0))


def test_a_profile_that_fits_can_be_played_again_from_its_start():
    driver = Driver().ready()
    segments = [Segment(2000 * FULL, 300, 3 * FULL), steady(4000, 40)]
    first = played(driver, segments)
    assert driver.result(Arm(1, 0)) is Result.NOT_AT_START
    driver.does(Goto(0, 0))
    driver.wait_for(State.LOADED)
    driver.unit.edges.clear()
    driver.does(Arm(1, 0), Go(2, 0))
    driver.wait_for(State.LOADED)
    zero = driver.events(TakeStarted)[-1].clock
    assert [tick - zero for tick, _ in driver.edges()] == [tick for tick, _ in first]


def test_a_take_tells_its_evidence():
    driver = Driver().ready()
    segments = [steady(4000, 100), Segment(800_000, 0, 0)]
    driver.load(segments)
    driver.does(Arm(1, 0), Go(42, 160_000))
    driver.wait_for(State.LOADED)
    [taken] = [event.clock for event in driver.events(StateChanged) if event.after is State.PLAYING]
    [started], [ended] = driver.events(TakeStarted), driver.events(TakeEnded)
    assert (started.take, started.source) == (42, Source.HOST)
    assert started.clock == taken + 160_000
    zero = started.clock
    assert ended == TakeEnded(42, Cause.DONE, 1, zero, zero + 4000, zero + 400_000, zero + 1_200_000, 100, 100)
    kinds = [type(message) for _, seq, message in driver.heard if seq == 0][-4:]
    assert kinds == [StateChanged, TakeStarted, TakeEnded, StateChanged]
    assert driver.ask(GetTake()) == ended
    assert driver.status().last_take == 42


def test_a_take_that_is_stopped_before_time_zero_has_no_edges():
    driver = Driver().ready()
    driver.load([steady(4000, 100)])
    driver.does(Arm(1, 0), Go(1, HZ))
    driver.wait(0.1)
    driver.unit.feed(bytes.fromhex("00010430533600"), driver.now_s)
    driver.wait(2.0)
    [ended] = driver.events(TakeEnded)
    assert (ended.cause, ended.steps, ended.first_edge_clock) == (Cause.STOP, 0, 0)
    assert driver.unit.state is State.LOADED
    assert not driver.edges()


LONG = [Segment((1600 + 7 * i) * FULL, 20, i % 5) for i in range(400)]


def stream(driver: Driver, segments: list[Segment], sent: int = 96) -> None:
    """Keep the unit's memory full until the last segment is there."""
    while sent < len(segments):
        batch = tuple(segments[sent : sent + 20])
        result = driver.result(ProfileData(sent, batch))
        assert result in (OK, Result.BUFFER_FULL)
        sent += len(batch) if result is OK else 0
        driver.wait(0.005)


def test_a_long_profile_streams_through_the_memory():
    driver = Driver().ready()
    driver.load(LONG)
    assert driver.status().flags & Flag.STREAMING
    assert driver.result(ProfileData(96, tuple(LONG[96:97]))) is Result.BUFFER_FULL
    driver.does(Arm(1, 0))
    assert driver.result(ProfileData(96, tuple(LONG[96:97]))) is Result.BUFFER_FULL
    driver.does(Go(1, 0))
    stream(driver, LONG)
    driver.wait_for(State.IDLE)
    zero = driver.events(TakeStarted)[-1].clock
    assert [(tick - zero, 1) for tick, _ in driver.edges()] == edge_ticks(LONG)
    assert driver.events(TakeEnded)[-1].cause is Cause.DONE
    assert driver.result(Arm(1, 0)) is Result.NO_PROFILE


def test_running_dry_is_a_fault_with_the_position_known():
    driver = Driver().ready()
    driver.play(LONG)
    driver.wait_for(State.FAULT)
    status = driver.status()
    assert (status.fault, status.position) == (Fault.UNDERRUN, driver.edges()[-1][1])
    assert status.flags & Flag.REFERENCED
    [ended] = driver.events(TakeEnded)
    assert (ended.cause, ended.position_known, ended.steps) == (Cause.FAULT, 1, len(driver.edges()))
    assert ended.steps >= 96 * 20


HOLDS = [*LONG[:95], Segment(HZ // 2, 0, 0), *LONG[96:140]]
"""A stream whose head ends in a hold of half a second."""


@pytest.mark.parametrize("late_s", [-0.49, -0.25, -0.01])
def test_what_comes_while_the_ring_holds_is_played_when_the_hold_is_over(late_s):
    driver = Driver().ready()
    driver.load(HOLDS)
    driver.does(Arm(1, 0), Go(1, 0))
    while len(driver.edges()) < 95 * 20:
        driver.wait(0.001)
    driver.wait(0.5 + late_s)
    assert driver.unit.state is State.PLAYING
    stream(driver, HOLDS)
    driver.wait_for(State.IDLE)
    zero = driver.events(TakeStarted)[-1].clock
    assert [(tick - zero, 1) for tick, _ in driver.edges()] == edge_ticks(HOLDS)
    assert driver.events(TakeEnded)[-1].cause is Cause.DONE


def test_a_hold_after_which_nothing_has_come_is_dry_at_its_end_and_not_before():
    driver = Driver().ready()
    driver.play(HOLDS)
    driver.wait_for(State.FAULT)
    assert driver.status().fault is Fault.UNDERRUN
    [ended] = driver.events(TakeEnded)
    assert (ended.steps, ended.end_clock - ended.last_edge_clock) == (95 * 20, HZ // 2)


def test_a_button_pressed_while_it_slows_down_is_the_only_fault_there_is():
    driver = Driver().ready()
    driver.settings(accel=4000, stop_input=StopInput.STOP_BUTTON)
    driver.play(LONG)
    while driver.unit.state is not State.STOPPING:
        driver.wait(0.01)
    driver.unit.set_stop(True)
    driver.wait(0.001)
    assert driver.status().fault is Fault.STOP_INPUT
    driver.unit.set_stop(False)
    driver.wait(0.001)
    driver.does(ClearFault(), Goto(0, 0))
    driver.wait_for(State.IDLE)
    assert driver.status().fault is Fault.NONE


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (steady(100, 5), Fault.STREAM_LIMIT),
        (Segment(0, 0, 0), Fault.STREAM_LIMIT),
        (steady(1600, 32_000), Fault.STREAM_LIMIT),
    ],
    ids=["too fast", "no value", "outside"],
)
def test_a_bad_streamed_segment_is_a_fault(bad, fault):
    driver = Driver().ready(limits=(0, 9000))
    segments = [*LONG[:100], bad, *LONG[101:]]
    driver.play(segments)
    driver.wait(0.1)
    driver.does(ProfileData(96, tuple(segments[96:100])))
    assert driver.result(ProfileData(100, (bad,))) is not OK
    driver.wait_for(State.FAULT)
    assert driver.status().fault is fault


def test_a_stream_whose_sum_is_wrong_is_a_fault():
    driver = Driver().ready()
    begin = begin_of(LONG[:100])
    driver.does(replace(begin, total_crc=begin.total_crc ^ 1))
    driver.upload(LONG, 0, 96)
    driver.does(Arm(1, 0), Go(1, 0))
    driver.wait(0.1)
    assert driver.result(ProfileData(96, tuple(LONG[96:100]))) is Result.CRC_MISMATCH
    driver.wait_for(State.FAULT)
    assert driver.status().fault is Fault.STREAM_CRC


def test_a_streamed_take_that_is_stopped_forgets_its_profile():
    driver = Driver().ready()
    driver.play(LONG)
    driver.wait(0.05)
    driver.send(bytes.fromhex("00010430533600"))
    driver.wait(0.5)
    assert driver.unit.state is State.IDLE
    assert driver.result(ProfileData(96, tuple(LONG[96:97]))) is Result.NO_PROFILE


def test_moving_about_does_not_lose_a_half_uploaded_long_profile():
    driver = Driver().ready()
    driver.does(begin_of(LONG))
    driver.upload(LONG, 0, 48)
    driver.does(Goto(50, 0))
    assert driver.result(ProfileData(48, tuple(LONG[48:49]))) is Result.WRONG_STATE
    driver.wait_for(State.IDLE)
    driver.upload(LONG, 48, 96)
    assert driver.unit.state is State.LOADED


@pytest.mark.parametrize("policy", list(Silence), ids=lambda policy: policy.name)
def test_what_a_take_does_when_the_host_falls_silent_is_a_setting(policy):
    driver = Driver().ready()
    driver.settings(take_silence=policy)
    driver.play([steady(4000, 8000)])
    driver.wait(3.0)
    [ended] = driver.events(TakeEnded)
    if policy is Silence.FINISH:
        assert (ended.cause, ended.steps) == (Cause.DONE, 8000)
    else:
        assert ended.cause is Cause.SILENCE
        assert (ended.end_clock - ended.start_clock) / HZ == pytest.approx(0.25, abs=0.12)
    edges = driver.edges()
    last_gap = edges[-1][0] - edges[-2][0]
    assert (last_gap > 8000) is (policy is Silence.SLOW_DOWN)


def test_the_memory_may_have_another_size():
    driver = Driver(rigid_unit(build=Build(capacity=8))).ready()
    driver.load(LONG[:12], capacity=8)
    driver.does(Arm(1, 0), Go(1, 0))
    driver.wait(0.005)
    driver.does(ProfileData(8, tuple(LONG[8:10])))
    driver.wait(0.005)
    driver.does(ProfileData(10, tuple(LONG[10:12])))
    driver.wait_for(State.IDLE)
    assert len(driver.edges()) == 240


def test_cut_into_many_calls_or_few_a_take_is_the_same():
    logs = []
    for step_s in (10.0, 0.0123, 0.0007):
        driver = Driver().ready()
        driver.play([Segment(3001 * FULL + 17, 900, -201)])
        end_s = driver.now_s + 1.5
        while driver.now_s < end_s:
            driver.now_s = min(end_s, driver.now_s + step_s)
            driver.unit.advance(driver.now_s)
        driver.collect()
        logs.append((driver.edges(), driver.events(TakeEnded)))
    assert logs[0] == logs[1] == logs[2]


def test_setting_the_position_after_loading_forgets_what_was_checked_against_the_old_one():
    driver = Driver().ready()
    driver.load([steady(500, 100)])
    driver.does(SetPosition(0))
    assert driver.result(Go(1, 0)) is Result.WRONG_STATE
