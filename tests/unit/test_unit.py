# SPDX-License-Identifier: MIT
"""The unit's client on the simulated unit, in virtual time: settings, reference, motion, takes, and what stops them."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator

import pytest

from followfocus.errors import LineError, RequestError, UnitError
from followfocus.motion.limits import FAST, STANDARD, UNLIMITED
from followfocus.motion.motor import DEFAULT_RIG, motor_named
from followfocus.sim.device import SimulatedUnit
from followfocus.unit import playing
from followfocus.unit.line import UnitEvent, UnitLine
from followfocus.unit.settings import accel_deg_s2, changed, config_for, settings_facts
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.events import Greeted, ResetNoticed, Said
from followfocus.wire.evidence import TakeEvidence, UnitStatus
from followfocus.wire.link import Down
from followfocus.wire.messages import (
    Board,
    Cause,
    CueEdge,
    Fault,
    ResetCause,
    Safety,
    Silence,
    Source,
    State,
    StateChanged,
    StopInput,
    Stopped,
    TakeEnded,
    TakeStarted,
)
from tests.support.benches import VirtualBench, a_plan

TRAVEL = (0.0, 300.0)


@pytest.fixture
def bench() -> Iterator[VirtualBench]:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit:
        yield bench


@pytest.fixture
def unit(bench: VirtualBench) -> FollowFocusUnit:
    """Referenced at 0°, limits 0 to 300°."""
    bench.unit.configure(DEFAULT_RIG)
    bench.unit.set_reference(0.0)
    bench.unit.set_limits(*TRAVEL)
    return bench.unit


def simulated(bench: VirtualBench) -> SimulatedUnit:
    assert bench.plugged.unit is not None
    return bench.plugged.unit


def heard(unit: FollowFocusUnit) -> list[UnitEvent]:
    events: list[UnitEvent] = []
    unit.listen(events.append)
    return events


def loaded(unit: FollowFocusUnit, duration_s: float = 1.0) -> None:
    unit.load(a_plan(60.0, 120.0, duration_s).profile)


# Connection and settings ----------------------------------------------------------------------------------------------


def test_it_says_who_it_is(bench: VirtualBench) -> None:
    info = bench.unit.info
    assert info is not None
    assert (info.serial, info.board, info.protocol, info.tick_hz) == ("SIM00001", Board.SIMULATED, "1.0", 16_000_000)
    assert info.facts()["board"] == "simulated"
    assert bench.unit.status.connected
    assert bench.unit.status.state is State.UNREFERENCED
    assert bench.unit.status.ring_deg is None


def test_status_comes_40_times_a_second(bench: VirtualBench) -> None:
    events = heard(bench.unit)
    bench.link.sleep(1.0)
    statuses = [event for event in events if isinstance(event, UnitStatus)]
    assert 42 <= len(statuses) <= 45
    assert statuses[-1] == bench.unit.status


def test_a_listener_taken_off_hears_nothing(bench: VirtualBench) -> None:
    events: list[UnitEvent] = []
    remove = bench.unit.listen(events.append)
    remove()
    remove()
    bench.link.sleep(0.1)
    assert events == []


def test_configure_sets_the_rigs_gearing_and_limits(unit: FollowFocusUnit) -> None:
    rig = dataclasses.replace(DEFAULT_RIG, motor_teeth=40, lens_teeth=120, microsteps=32, direction=-1)
    unit.configure(rig, FAST)
    assert unit.steps_per_deg == pytest.approx(rig.steps_per_deg)
    assert (unit.config.motor_teeth, unit.config.lens_teeth, unit.config.direction) == (40, 120, -1)
    assert unit.config.accel / unit.steps_per_deg <= FAST.accel_deg_s2
    assert unit.refresh().state is State.UNREFERENCED, "other gears: the position means nothing any more"


def test_the_same_gearing_again_keeps_the_position(unit: FollowFocusUnit) -> None:
    unit.goto_deg(20.0)
    unit.configure(DEFAULT_RIG, FAST)
    assert unit.refresh().ring_deg == pytest.approx(20.0, abs=0.03)


def test_settings_survive_a_reset_once_saved_and_are_set_again_where_not(bench: VirtualBench) -> None:
    unit = bench.unit
    unit.apply(dataclasses.replace(unit.config, silence_ms=400))
    unit.save_config()
    unit.apply(dataclasses.replace(unit.config, silence_ms=500))
    bench.on_bench(simulated(bench).reset)
    bench.link.sleep(0.1)
    assert simulated(bench).config.silence_ms == 400
    unit.set_reference(0.0)
    assert simulated(bench).config.silence_ms == 500
    unit.factory_reset()
    assert unit.config.silence_ms == 250
    assert unit.status.state is State.UNREFERENCED


def test_a_worn_memory_is_told() -> None:
    with VirtualBench("worn-store").unit as unit, pytest.raises(UnitError, match="memory") as caught:
        unit.save_config()
    assert caught.value.reason == "store_failed"


@pytest.mark.parametrize("motor", ["nema11", "nema14", "nema17"])
@pytest.mark.parametrize("friction_nm", [0.02, 0.15])
def test_the_acceleration_is_one_that_the_motor_has(motor: str, friction_nm: float) -> None:
    """A go-to with it never slips on the simulated motor."""
    rig = dataclasses.replace(DEFAULT_RIG, motor=motor_named(motor), ring_friction_nm=friction_nm)
    assert 100.0 <= accel_deg_s2(rig, 180.0, STANDARD) <= STANDARD.accel_deg_s2
    bench = VirtualBench(stops_deg=TRAVEL, rig=rig)
    with bench.unit as unit:
        unit.configure(rig)
        unit.set_reference(0.0)
        unit.set_limits(*TRAVEL)
        for target in (250.0, 10.0, 120.0):
            unit.goto_deg(target)
            bench.link.sleep(0.2)
            assert bench.plugged.witness is not None
            assert bench.plugged.witness() == pytest.approx(target, abs=0.6)


def test_the_speed_limit_leaves_room_for_a_pull_at_the_limit(bench: VirtualBench) -> None:
    assert bench.unit.info is not None
    for limits in (STANDARD, FAST, UNLIMITED):
        config = config_for(bench.unit.config, DEFAULT_RIG, limits, bench.unit.info)
        fastest_hz = 16e6 / config.min_interval_ticks
        assert fastest_hz >= min(limits.speed_deg_s * DEFAULT_RIG.steps_per_deg * 1.2, 16e6 / 160)


def test_settings_are_read_and_written_as_words(bench: VirtualBench) -> None:
    config, safety = changed(
        (bench.unit.config, bench.unit.safety),
        ["stop-input=stop_button_nc", "microsteps = 32", "name=cam A", "take_silence=SLOW_DOWN", "armed_silence_s=90"],
    )
    assert safety == Safety(armed_silence_s=90, settle_ms=100)
    assert config.stop_input is StopInput.STOP_BUTTON_NC
    assert config.take_silence is Silence.SLOW_DOWN
    facts = settings_facts(config, safety)
    assert (facts["microsteps"], facts["name"], facts["stop_input"]) == (32, "cam A", "stop_button_nc")
    assert facts["armed_silence_s"] == 90


@pytest.mark.parametrize(
    "wrong",
    [
        "microstep=32",
        "microsteps",
        "microsteps=many",
        "stop_input=door",
        "name=",
        "microsteps=70000",
        "armed_silence_s=70000",
        f"name={'x' * 17}",
    ],
)
def test_a_wrong_setting_is_refused(bench: VirtualBench, wrong: str) -> None:
    with pytest.raises(RequestError):
        changed((bench.unit.config, bench.unit.safety), [wrong])


# Taking hold ----------------------------------------------------------------------------------------------------------


def test_the_motor_holds_before_anyone_is_asked_where_the_ring_stands() -> None:
    """On a motor that was off a place named first would be off by up to two full steps: see the simulated rotor."""
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        assert unit.energise()
        assert not unit.energise()
        unit.set_reference(101.7)
        assert bench.plugged.witness is not None
        assert bench.plugged.witness() == pytest.approx(unit.refresh().ring_deg, abs=0.01)


def test_the_reference_takes_hold_by_itself_where_nobody_did() -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.set_reference(101.7)
        assert bench.plugged.witness is not None
        assert bench.plugged.witness() == pytest.approx(unit.refresh().ring_deg, abs=0.01)


def test_manners_that_were_set_are_set_again_after_a_reset(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    unit.apply_safety(Safety(armed_silence_s=7, settle_ms=20))
    simulated(bench)
    bench.on_bench(lambda now: simulated(bench).reset(now, ResetCause.BROWN_OUT))
    bench.link.sleep(1.0)
    unit.set_reference(3.0)
    assert unit.safety == Safety(armed_silence_s=7, settle_ms=20)
    assert simulated(bench).safety == unit.safety


# Armed, and alone -----------------------------------------------------------------------------------------------------


def armed_and_cut(unit: FollowFocusUnit, bench: VirtualBench, silence_s: int, away_s: float) -> list[object]:
    """The events of an armed unit whose cable is out for a while."""
    unit.apply_safety(Safety(silence_s, 100))
    unit.load(a_plan().profile)
    unit.arm()
    unit.link.sleep(3.0)  # alive, it stays armed
    assert unit.refresh().state is State.ARMED
    events = heard(unit)
    bench.reachable = False
    bench.cut()
    bench.link.sleep(away_s)
    bench.reachable = True
    bench.link.sleep(3.0)
    return events


def test_an_armed_unit_that_is_left_alone_disarms_and_says_so(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    events = armed_and_cut(unit, bench, 2, 5.0)
    [down] = [event for event in events if isinstance(event, Down)]
    assert down.words.endswith("It was armed: it disarms itself when it has heard nothing for 2 s.")
    [told] = [event for event in events if isinstance(event, UnitError)]
    assert "disarmed itself" in told.message
    assert unit.refresh().state is State.LOADED


def test_an_armed_unit_that_is_found_in_time_is_armed(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    events = armed_and_cut(unit, bench, 60, 5.0)
    assert unit.refresh().state is State.ARMED
    assert not [event for event in events if isinstance(event, UnitError)]


def test_for_ever_armed_is_said_too(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    [down] = [event for event in armed_and_cut(unit, bench, 0, 5.0) if isinstance(event, Down)]
    assert "stays armed until someone disarms it" in down.words


# Reference ------------------------------------------------------------------------------------------------------------


def test_without_a_reference_nothing_moves_but_a_slow_jog(bench: VirtualBench) -> None:
    unit = bench.unit
    with pytest.raises(UnitError, match="doesn't know where the ring stands") as caught:
        unit.goto_deg(10.0)
    assert caught.value.reason == "not_referenced"
    assert "reference" in caught.value.remedy
    for _ in range(10):
        unit.jog(300.0)
        bench.link.sleep(0.1)
    assert 0 < unit.status.speed_deg_s <= 35.0
    unit.stop()


def test_a_reference_by_hand(unit: FollowFocusUnit) -> None:
    unit.set_reference(120.0)
    assert unit.status.ring_deg == pytest.approx(120.0, abs=0.03)
    assert unit.status.state is State.IDLE
    for wrong in (math.nan, math.inf, 1e9):
        with pytest.raises(RequestError):
            unit.set_reference(wrong)
    with pytest.raises(RequestError):
        unit.set_limits(10.0, 5.0)


def home_by_switch(unit: FollowFocusUnit) -> None:
    unit.apply(dataclasses.replace(unit.config, stop_input=StopInput.HOME_SWITCH))


def test_homing_finds_both_stops_and_compares_the_span(bench: VirtualBench) -> None:
    unit = bench.unit
    unit.configure(DEFAULT_RIG)
    home_by_switch(unit)
    report = unit.home(300.0)
    assert report.span_deg == pytest.approx(300.0, abs=0.3)
    assert abs(report.off_share) < 0.002
    bench.link.sleep(0.2)
    assert bench.plugged.witness is not None
    assert unit.status.ring_deg == pytest.approx(bench.plugged.witness(), abs=0.2)
    unit.goto_deg(150.0)
    bench.link.sleep(0.2)
    assert bench.plugged.witness() == pytest.approx(150.0, abs=0.2)
    with pytest.raises(UnitError):
        unit.goto_deg(300.5)


def test_homing_forgets_the_pull_that_a_take_has_left(bench: VirtualBench) -> None:
    unit = bench.unit
    unit.configure(DEFAULT_RIG)
    home_by_switch(unit)
    unit.set_reference(10.0)
    unit.load(a_plan().profile)
    assert unit.refresh().state is State.LOADED
    assert unit.home(300.0).span_deg == pytest.approx(300.0, abs=0.3)
    assert unit.refresh().state is State.IDLE
    with pytest.raises(UnitError):
        unit.arm()


def test_a_span_that_does_not_fit_the_lens_leaves_the_position_unknown(bench: VirtualBench) -> None:
    unit = bench.unit
    unit.configure(DEFAULT_RIG)
    home_by_switch(unit)
    with pytest.raises(UnitError, match=r"300\.\d+°.*270") as caught:
        unit.home(270.0)
    assert caught.value.reason == "span"
    assert unit.status.state is State.UNREFERENCED


def test_homing_without_a_switch_or_a_stop(bench: VirtualBench) -> None:
    with pytest.raises(UnitError) as caught:
        bench.unit.home()
    assert caught.value.reason == "no_input"
    home_by_switch(bench.unit)
    with pytest.raises(UnitError) as caught:
        bench.unit.home(20.0)  # the stops are 300° apart
    assert caught.value.reason == "home_not_found"
    assert bench.unit.clear_fault().state is State.UNREFERENCED


def test_parking_keeps_the_position_to_be_confirmed(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    assert unit.last_known() is None
    unit.goto_deg(77.0)
    unit.park()
    assert unit.status.state is State.UNREFERENCED
    bench.on_bench(lambda now: simulated(bench).reset(now, ResetCause.POWER_ON))
    bench.link.sleep(0.1)
    known = unit.last_known()
    assert known is not None
    assert known.ring_deg == pytest.approx(77.0, abs=0.03)
    assert known.high_deg == pytest.approx(300.0, abs=0.03)
    assert unit.confirm_position().ring_deg == known.ring_deg
    with pytest.raises(UnitError):
        unit.goto_deg(301.0)
    unit.goto_deg(80.0)
    assert unit.last_known() is None


# Motion ---------------------------------------------------------------------------------------------------------------


def test_goto_arrives(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    before_s = bench.clock.now()
    status = unit.goto_deg(90.0, 45.0)
    assert status.state is State.IDLE
    assert status.ring_deg == pytest.approx(90.0, abs=0.03)
    assert status.cause is Cause.DONE
    assert 2.0 < bench.clock.now() - before_s < 2.3
    assert unit.goto_deg(90.0).position == status.position


def test_goto_outside_the_limits_is_refused(unit: FollowFocusUnit) -> None:
    with pytest.raises(UnitError, match="soft limits") as caught:
        unit.goto_deg(310.0)
    assert caught.value.reason == "outside_limits"
    with pytest.raises(RequestError):
        unit.goto_deg(10.0, -3.0)


def test_the_target_may_change_on_the_way(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    unit.goto_deg(200.0, wait=False)
    bench.link.sleep(0.4)
    speed = unit.status.speed_deg_s
    assert speed > 100
    status = unit.goto_deg(20.0)
    assert status.ring_deg == pytest.approx(20.0, abs=0.03)


def test_follow_heads_for_the_newest_target_without_a_jump_in_speed(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    events = heard(unit)
    for tick in range(200):  # a knob at 100 Hz
        unit.head_for(150.0 + 100.0 * math.sin(tick / 40.0), 400.0)
        bench.link.sleep(0.01)
    bench.link.sleep(1.0)
    assert unit.status.ring_deg == pytest.approx(150.0 + 100.0 * math.sin(199 / 40.0), abs=0.03)
    statuses = [event for event in events if isinstance(event, UnitStatus)]
    speeds = [status.speed_deg_s for status in statuses]
    accel = unit.config.accel / unit.steps_per_deg
    one_step = math.sqrt(2 * unit.config.accel) / unit.steps_per_deg  # the speed that one step from rest comes to
    for before, after in itertools.pairwise(statuses):
        seconds = (after.clock - before.clock) / 16e6
        assert abs(after.speed_deg_s - before.speed_deg_s) <= accel * seconds + one_step
    assert max(speeds) > 50


def test_follow_in_one_instant_sends_only_the_last_target(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    for target in range(100):
        unit.head_for(50.0 + target / 10)
    bench.link.sleep(2.0)
    assert unit.status.ring_deg == pytest.approx(59.9, abs=0.03)


def test_a_far_place_is_come_to_however_slow_the_way(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    unit.goto_deg(20.0)
    unit.head_for(280.0, 40.0)
    bench.link.sleep(10.0)
    assert unit.status.ring_deg == pytest.approx(280.0, abs=0.03)


def test_a_refused_follow_is_told_to_listeners(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    events = heard(unit)
    unit.head_for(400.0)
    bench.link.sleep(0.1)
    assert [event.reason for event in events if isinstance(event, UnitError)] == ["outside_limits"]


def test_a_jog_goes_on_while_it_is_meant_and_ends_by_the_dead_man(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    for _ in range(10):
        unit.jog(50.0)
        bench.link.sleep(0.1)
    assert unit.status.state is State.MOVING
    assert unit.status.speed_deg_s == pytest.approx(50.0, abs=1.0)
    bench.link.sleep(1.0)
    assert unit.status.state is State.IDLE
    assert unit.status.cause is Cause.SILENCE


def test_a_jog_stands_at_the_soft_limit(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    unit.goto_deg(290.0)
    for _ in range(20):
        unit.jog(100.0)
        bench.link.sleep(0.05)
    assert unit.status.ring_deg == pytest.approx(300.0, abs=0.03)
    assert unit.status.cause is Cause.SOFT_LIMIT


@pytest.mark.parametrize("hard", [False, True])
def test_stops_stop(bench: VirtualBench, unit: FollowFocusUnit, hard: bool) -> None:
    events = heard(unit)
    unit.goto_deg(200.0, wait=False)
    bench.link.sleep(0.5)
    at_deg = unit.status.ring_deg
    assert at_deg is not None
    status = unit.hard_stop() if hard else unit.stop()
    assert status.state is State.IDLE
    assert status.ring_deg is not None
    assert status.ring_deg - at_deg < (8.0 if hard else 20.0)
    [stopped] = [event for event in events if isinstance(event, Stopped)]
    assert (stopped.was, bool(stopped.hard)) == (State.MOVING, hard)
    assert unit.stop().state is State.IDLE, "a stop at rest is fine"


def test_a_stop_that_is_not_answered_says_so(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    bench.cables[-1].write = lambda data: None  # type: ignore[method-assign]
    with pytest.raises(LineError, match="STOP was not answered") as caught:
        unit.stop()
    assert "power" in caught.value.remedy


def test_a_move_that_is_cut_short_says_why(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    unit.apply(dataclasses.replace(unit.config, stop_input=StopInput.STOP_BUTTON))
    unit.goto_deg(200.0, wait=False)
    bench.link.sleep(0.2)
    bench.on_bench(lambda now: simulated(bench).set_stop(True, now))
    with pytest.raises(UnitError, match="fault"):
        unit.goto_deg(100.0)
    bench.on_bench(lambda now: simulated(bench).set_stop(False, now))
    bench.link.sleep(0.01)
    assert unit.status.fault is Fault.STOP_INPUT
    assert unit.clear_fault().state is State.IDLE


def test_a_lost_link_ends_a_wait(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    bench.link.listen(lambda _: bench.cut() if unit.status.state is State.MOVING else None)
    with pytest.raises(LineError):
        unit.goto_deg(200.0)


def test_leaving_with_an_error_stops_the_motor() -> None:
    bench = VirtualBench(stops_deg=TRAVEL)

    def fail() -> None:
        with bench.unit as unit:
            unit.configure(DEFAULT_RIG)
            unit.set_reference(0.0)
            unit.goto_deg(200.0, 50.0, wait=False)
            bench.link.sleep(0.5)
            raise KeyError("something went wrong")

    with pytest.raises(KeyError):
        fail()
    assert simulated(bench).state is State.STOPPING or simulated(bench).state is State.IDLE


# Takes ----------------------------------------------------------------------------------------------------------------


def test_a_take_from_end_to_end(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    events = heard(unit)
    plan = a_plan(60.0, 120.0, 1.0)
    unit.load(plan.profile)
    assert unit.refresh().state is State.LOADED
    seen: list[float] = []
    evidence = unit.play(7, lambda elapsed_s, _: seen.append(elapsed_s))
    assert (evidence.take, evidence.cause, evidence.source) == (7, Cause.DONE, Source.HOST)
    assert evidence.steps == plan.profile.steps
    assert evidence.last_edge_clock - evidence.start_clock == plan.profile.edge_ticks()[-1]
    assert evidence.first_edge_clock - evidence.start_clock == plan.profile.edge_ticks()[0]
    assert evidence.ring_deg == pytest.approx(120.0, abs=0.1)
    assert evidence.witness_deg == pytest.approx(120.0, abs=0.1)
    assert evidence.start_latency_s is not None
    assert 0 < evidence.start_latency_s < 0.002
    assert evidence.start_latency_uncertainty_s is not None
    go_frame_s, lead_s = 14 * 40e-6, 0.0
    truth_s = go_frame_s + lead_s
    assert abs(evidence.start_latency_s - truth_s) <= evidence.start_latency_uncertainty_s <= 0.002
    assert len(evidence.samples) >= 48
    assert len(evidence.witness_samples) >= 48
    assert seen == sorted(seen)
    assert seen[-1] > 0.9
    assert [type(e) for e in events if isinstance(e, TakeStarted | TakeEnded)] == [TakeStarted, TakeEnded]


def test_takes_are_the_same_to_the_tick(unit: FollowFocusUnit) -> None:
    loaded(unit)
    takes = [unit.play(number) for number in range(1, 5)]
    assert (
        len({(t.first_edge_clock - t.start_clock, t.last_edge_clock - t.start_clock, t.position) for t in takes}) == 1
    )


def test_back_to_one_arrives_in_the_direction_of_the_pull(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    loaded(unit)
    start = a_plan(60.0, 120.0).profile.start
    for elsewhere in (200.0, 10.0, 60.0):
        unit.goto_deg(elsewhere)
        before = len(simulated(bench).edges)
        unit.back_to_one()
        positions = [position for _, position in list(simulated(bench).edges)[before:]]
        assert positions[-1] == start
        assert positions[-10:] == list(range(start - 9, start + 1)), "the last steps go the way of the pull"
    edges = len(simulated(bench).edges)
    unit.back_to_one()
    assert len(simulated(bench).edges) == edges, "already there, lash taken up"


def test_back_to_one_at_the_end_of_the_travel_stays_inside(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    unit.load(a_plan(0.0, 60.0).profile)
    unit.set_limits(0.0, 300.0)
    with pytest.raises(UnitError, match="No pull is loaded"):
        unit.back_to_one()
    unit.set_limits(-0.05, 300.05)
    unit.load(a_plan(0.0, 60.0).profile)
    assert unit.play(1).cause is Cause.DONE
    assert min(position for _, position in simulated(bench).edges) >= -2


def test_a_long_profile_streams_on_while_it_plays(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    plan = a_plan(20.0, 280.0, 8.0)
    assert len(plan.profile.segments) > 96
    unit.load(plan.profile)
    for take in (1, 2):
        evidence = unit.play(take)
        assert evidence.cause is Cause.DONE
        assert evidence.last_edge_clock - evidence.start_clock == plan.profile.edge_ticks()[-1]


def test_a_stream_that_is_cut_runs_dry_and_that_is_a_fault(bench: VirtualBench, unit: FollowFocusUnit) -> None:
    plan = a_plan(20.0, 280.0, 20.0, "ideal-135")
    assert len(plan.profile.segments) > 150
    unit.load(plan.profile)
    unit.arm()
    unit.go(1)
    assert unit.line.held.loaded is not None
    unit.line.held.loaded.upload.feed = lambda telemetry: None  # type: ignore[method-assign]
    evidence = unit.wait_take()
    assert (evidence.cause, evidence.fault) == (Cause.FAULT, Fault.UNDERRUN)
    assert evidence.position_known


def test_a_profile_outside_the_limits_is_refused_before_anything_moves(unit: FollowFocusUnit) -> None:
    unit.set_limits(0.0, 100.0)
    with pytest.raises(UnitError) as caught:
        unit.load(a_plan(60.0, 120.0).profile)
    assert caught.value.reason == "outside_limits"


def test_a_profile_above_the_speed_limit_is_refused(unit: FollowFocusUnit) -> None:
    unit.apply(dataclasses.replace(unit.config, min_interval_ticks=16_000_000 // 1000))
    with pytest.raises(UnitError) as caught:
        unit.load(a_plan(60.0, 120.0, 1.0).profile)
    assert caught.value.reason == "too_fast"
    assert "segment" in str(caught.value)


@pytest.mark.parametrize("hard", [False, True])
def test_a_stop_in_a_take_is_evidence(unit: FollowFocusUnit, hard: bool) -> None:
    loaded(unit, 2.0)
    unit.arm()
    unit.go(3)

    def stop_half_way(elapsed_s: float, _: UnitStatus) -> None:
        if elapsed_s > 0.9:
            unit.hard_stop(wait=False) if hard else unit.stop(wait=False)

    evidence = unit.wait_take(stop_half_way)
    assert evidence.cause is (Cause.HARD_STOP if hard else Cause.STOP)
    assert evidence.position_known
    assert evidence.ring_deg is not None
    assert 70.0 < evidence.ring_deg < 118.0
    assert unit.play(4).cause is Cause.DONE


def test_a_cue_starts_an_armed_take(
    bench: VirtualBench, unit: FollowFocusUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("followfocus.unit.playing.utc_timestamp", lambda: 1.7e9 + bench.clock.now())
    unit.apply(dataclasses.replace(unit.config, cue_edge=CueEdge.FALLING))
    loaded(unit)
    unit.arm(cue=True)
    unit.link.sleep(30.0)  # armed for a while
    pressed = [False]
    pressed_s = []

    def press(_: float, status: UnitStatus) -> None:
        if not pressed[0] and status.state is State.ARMED:
            pressed[0] = True
            pressed_s.append(bench.clock.now())
            bench.on_bench(lambda now: simulated(bench).set_cue(True, now))

    evidence = unit.wait_take(press)
    assert evidence.source is Source.CUE
    assert evidence.cause is Cause.DONE
    assert evidence.start_latency_s is None
    assert evidence.started_utc_s == pytest.approx(1.7e9 + pressed_s[0], abs=0.05)


def test_an_armed_take_that_is_disarmed_never_started(unit: FollowFocusUnit) -> None:
    loaded(unit)
    unit.play(1)
    unit.arm(cue=True)
    unit.stop()
    evidence = unit.wait_take()
    assert evidence.cause is Cause.NONE
    assert evidence.start_clock == 0
    with pytest.raises(RequestError):
        unit.wait_take()


def test_arming_without_a_profile(unit: FollowFocusUnit) -> None:
    with pytest.raises(UnitError, match="No pull is loaded"):
        unit.arm()
    loaded(unit)
    unit.arm()
    unit.disarm()
    unit.unload()
    with pytest.raises(UnitError, match="No pull is loaded"):
        unit.arm()


def taken(*faults: str, duration_s: float = 1.0) -> tuple[VirtualBench, TakeEvidence]:
    bench = VirtualBench(*faults, stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(0.0)
        unit.set_limits(*TRAVEL)
        loaded(unit, duration_s)
        return bench, unit.play(1)


def test_a_reset_in_a_take_is_noticed() -> None:
    _, evidence = taken("reset:0.5s")
    assert evidence.reset
    assert evidence.cause is Cause.NONE
    assert evidence.start_latency_s is not None
    assert evidence.start_latency_s < 0.01


@pytest.mark.parametrize("move", ["goto", "ask"])
def test_a_reset_on_the_way_is_said_at_once_however_long_the_unit_had_run(move: str) -> None:
    """Its clock begins anew: a wait by the old one ended minutes later, and said that the unit still moves."""
    bench = VirtualBench("reset:boot+35s", stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(0.0)
        unit.set_limits(*TRAVEL)
        bench.link.sleep(30.0)
        began_s = bench.clock.now()

        def ask_on() -> None:
            while bench.clock.now() < began_s + 20.0:
                unit.line.refresh()

        with pytest.raises(LineError, match="was reset") as caught:
            unit.goto_deg(200.0, 5.0) if move == "goto" else ask_on()
        assert bench.clock.now() - began_s < 7.0
        assert "reference" in caught.value.remedy


def test_a_move_that_silence_cut_short_is_not_said_to_have_arrived() -> None:
    """The unit's word of its end is lost with all else; the end of the move before must not stand in for it."""
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(0.0)
        unit.set_limits(*TRAVEL)
        unit.goto_deg(10.0)
        now_s = bench.clock.now()
        bench.cables[-1].deaf = (now_s + 1.0, now_s + 1.6)
        with pytest.raises(UnitError, match=r"The move to 199.99° ended at .*° \(why was not heard") as caught:
            unit.goto_deg(200.0, 30.0)
        assert caught.value.remedy == "Look at the cable."
        assert unit.status.at_rest
        assert 30.0 < (unit.status.ring_deg or 0.0) < 100.0


def test_a_cable_that_falls_silent_in_a_take_loses_it() -> None:
    bench, evidence = taken("mute:0.5s")
    assert "stopped answering" in evidence.lost
    assert evidence.cause is Cause.NONE
    assert simulated(bench).state is State.LOADED, "the unit has finished the take by itself"


def test_a_link_that_comes_back_in_time_costs_a_take_nothing() -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(0.0)
        unit.set_limits(*TRAVEL)
        loaded(unit, 2.0)
        cut = [False]

        def cut_half_way(elapsed_s: float, _: UnitStatus) -> None:
            if elapsed_s > 0.5 and not cut[0]:
                cut[0] = True
                bench.reachable = False
                bench.cut()
            if elapsed_s > 0.5 and bench.clock.now() > back_s:
                bench.reachable = True

        back_s = bench.clock.now() + 4.0
        evidence = unit.play(1, cut_half_way)
        assert evidence.cause is Cause.DONE
        assert evidence.gap
        assert not evidence.lost


@pytest.mark.parametrize("slow_s", [0.0, 0.1, 0.5])
@pytest.mark.parametrize(("duration_s", "out_s", "back_s"), [(2.0, 1.9, 4.9), (12.0, 0.5, 6.0)])
def test_a_unit_that_is_back_says_how_things_stand_before_its_take_is_given_up(
    duration_s: float, out_s: float, back_s: float, slow_s: float
) -> None:
    """Its last word before the gap is old: patience may end, and silence be long, before the next one is here."""
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(0.0)
        unit.set_limits(*TRAVEL)
        loaded(unit, duration_s)
        unit.arm()
        unit.go(1)
        go_s = bench.clock.now()
        cuts: list[float] = []

        def cut_and_back(_elapsed_s: float, _: UnitStatus) -> None:
            if bench.clock.now() > go_s + out_s and not cuts:
                cuts.append(bench.clock.now())
                bench.reachable = False
                bench.cut()
            bench.reachable = bench.reachable or bench.clock.now() > go_s + back_s

        def hold_up(event: UnitEvent) -> None:
            if isinstance(event, Greeted):
                bench.cables[-1].deaf = (bench.clock.now(), bench.clock.now() + slow_s)

        bench.link.listen(hold_up)
        evidence = unit.wait_take(cut_and_back)
        assert (evidence.lost, evidence.cause, evidence.doubt) == ("", Cause.DONE, "")
        assert evidence.gap


@pytest.mark.parametrize("comes_back", [False, True])
def test_a_cable_that_is_pulled_as_the_take_begins_costs_no_evidence(*, comes_back: bool) -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(0.0)
        unit.set_limits(*TRAVEL)
        loaded(unit, 2.0)
        unit.arm()
        back_s = bench.clock.now() + 3.0

        def pull_the_cable(event: UnitEvent) -> None:
            if isinstance(event, Said) and isinstance(event.message, TakeStarted):
                bench.reachable = False
                bench.cut()

        bench.link.listen(pull_the_cable)
        unit.go(1)

        def plug_in(_elapsed_s: float, _status: UnitStatus) -> None:
            bench.reachable = bench.reachable or (comes_back and bench.clock.now() > back_s)

        evidence = unit.wait_take(plug_in)
        assert evidence.take == 1
        if comes_back:
            assert evidence.cause is Cause.DONE
            assert evidence.gap
        assert bool(evidence.lost) is not comes_back


def test_noise_in_a_take_changes_nothing_in_it() -> None:
    clean, noisy = taken()[1], taken("noise:1e-4")[1]
    assert noisy.cause is Cause.DONE
    assert noisy.last_edge_clock - noisy.start_clock == clean.last_edge_clock - clean.start_clock
    assert noisy.ring_deg == clean.ring_deg


def test_a_slip_shows_at_the_witness_and_not_in_the_count() -> None:
    _, evidence = taken("slip:0.5s")
    assert evidence.ring_deg == pytest.approx(120.0, abs=0.1)
    assert evidence.witness_deg == pytest.approx(120.0 - 2.77, abs=0.1)


def test_events_are_told_as_they_happen(unit: FollowFocusUnit) -> None:
    events = heard(unit)
    loaded(unit)
    unit.play(1)
    changes = [(event.before, event.after) for event in events if isinstance(event, StateChanged)]
    assert changes[-3:] == [
        (State.LOADED, State.ARMED),
        (State.ARMED, State.PLAYING),
        (State.PLAYING, State.LOADED),
    ]
    assert not any(isinstance(event, ResetNoticed) for event in events)


def test_a_take_that_goes_on_too_long_is_stopped_and_waited_for_no_longer_than_it_takes(
    bench: VirtualBench, unit: FollowFocusUnit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull of 8 s, and a computer that holds it to be overdue after 2."""
    loaded(unit, 8.0)
    monkeypatch.setattr(playing, "OVERDUE_S", 2.0 - playing.CLOCK_SHARE * 8.0)
    began_s = bench.clock.now()
    unit.arm()
    unit.go(3)
    evidence = unit.wait_take()
    assert (evidence.cause, unit.status.state) == (Cause.STOP, State.IDLE)
    assert "was told to stop" in evidence.doubt
    assert 2.0 < bench.clock.now() - began_s < 3.0
    assert evidence.samples[-1].at_s < 3.0


def test_the_clock_is_measured() -> None:
    with VirtualBench("clock:+0.5%").unit as unit:
        assert unit.measure_clock(1.0) == pytest.approx(16.08e6, rel=1e-5)
    with VirtualBench().unit as unit:
        assert unit.measure_clock(1.0) == 16e6


@pytest.mark.parametrize("seconds", [0.5, 1.0, 4.0])
def test_a_clock_that_cannot_be_measured_is_given_up_in_time(
    bench: VirtualBench, unit: FollowFocusUnit, monkeypatch: pytest.MonkeyPatch, seconds: float
) -> None:
    monkeypatch.setattr(UnitLine, "_measured", lambda _line, _seconds: False)
    began_s = bench.clock.now()
    assert unit.measure_clock(seconds) == 16e6
    assert 2 * seconds + 1.0 <= bench.clock.now() - began_s < 2 * seconds + 1.5
