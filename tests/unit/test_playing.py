# SPDX-License-Identifier: MIT
"""Back to one as the pull will push, and a take that its unit doesn't end: how long it is waited for, what is said."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator

import pytest

from followfocus.clock import VirtualClock
from followfocus.errors import LineError, RequestError, UnitError
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import make_plan
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.sim.ports import SimPort
from followfocus.unit import playing
from followfocus.unit.line import ANSWER_S
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.frames import FrameReader
from followfocus.wire.link import Link
from followfocus.wire.messages import STOP_TYPE, Cause, State, Stopped
from tests.support.benches import VirtualBench, a_plan
from tests.support.liars import LIES, LyingPort, Middle

TRAVEL = (0.0, 300.0)


def last_way(bench: VirtualBench, since: int) -> tuple[int, int]:
    """The last stretch one way that the motor has made: which way, and how many steps."""
    assert bench.plugged.unit is not None
    counts = [position for _, position in bench.plugged.unit.edges]
    ways = [after - before for before, after in itertools.pairwise(counts[since:])]
    way = ways[-1]
    return way, len(list(itertools.takewhile(lambda one: one == way, reversed(ways))))


@pytest.mark.parametrize(("from_deg", "to_deg"), [(120.0, 180.0), (120.0, 60.0)])
@pytest.mark.parametrize(("lash_deg", "take_up_deg"), [(0.05, 0.5), (0.25, 0.5), (2.0, 4.0)])
@pytest.mark.parametrize("elsewhere_deg", [30.0, 250.0])
def test_back_to_one_takes_the_lash_up_twice_and_in_the_direction_of_the_pull(
    from_deg: float, to_deg: float, lash_deg: float, take_up_deg: float, elsewhere_deg: float
) -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(dataclasses.replace(DEFAULT_RIG, lash_deg=lash_deg))
        unit.set_reference(100.0)
        unit.set_limits(*TRAVEL)
        profile = a_plan(from_deg, to_deg).profile
        unit.load(profile)
        unit.goto_deg(elsewhere_deg)
        assert bench.plugged.unit is not None
        since = len(bench.plugged.unit.edges)
        status = unit.back_to_one()
        way, steps = last_way(bench, since)
        assert status.position == profile.start
        assert way == (1 if to_deg > from_deg else -1)
        beyond = way * (unit.steps_per_deg * (elsewhere_deg - from_deg)) < 0
        least = take_up_deg * unit.steps_per_deg
        # From the far side it comes all the way, and from the other it goes past the start and back.
        assert steps >= least - 1 if beyond else least - 1 <= steps <= least + 1


def test_a_pull_too_short_for_a_step_takes_the_lash_up_once_and_leaves_the_ring_where_it_was() -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(100.0)
        unit.set_limits(*TRAVEL)
        step_deg = DEFAULT_RIG.ring_deg_per_step
        plan = make_plan(a_plan().lens, Pull.between(Mark("A", 100.0), Mark("B", 100.0 + 0.1 * step_deg), 0.5))
        assert plan.profile.steps == 0
        unit.load(plan.profile)
        assert bench.plugged.unit is not None
        since = len(bench.plugged.unit.edges)
        unit.back_to_one()
        way, steps = last_way(bench, since)
        take_up = max(2 * DEFAULT_RIG.lash_deg, 0.5) * unit.steps_per_deg
        assert (way, steps) == (1, pytest.approx(take_up, abs=1.0))
        edges = len(bench.plugged.unit.edges)
        assert unit.play(1).cause is Cause.DONE
        unit.back_to_one()
        assert len(bench.plugged.unit.edges) == edges


@pytest.fixture(name="liar")
def _liar(request: pytest.FixtureRequest) -> Iterator[FollowFocusUnit]:
    """A unit that lies from GO on."""
    clock = VirtualClock(100.0)
    device = SimulatedUnit(mechanics=RigidRing(DEFAULT_RIG.ring_deg_per_step))
    middle = Middle(LIES[request.param], "play")
    with FollowFocusUnit(Link(lambda _attempt: LyingPort(SimPort(device, clock), middle), clock)) as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(100.0)
        unit.set_limits(*TRAVEL)
        yield unit


@pytest.mark.parametrize("liar", ["playing for ever"], indirect=True)
@pytest.mark.parametrize("planned_s", [1.0, 6.0])
def test_a_take_that_is_not_ended_is_told_to_stop_three_seconds_after_its_plan_and_given_up(
    liar: FollowFocusUnit, planned_s: float
) -> None:
    """Its plan by the slowest clock there is, 5 % slow; and two seconds for the stop."""
    liar.load(a_plan(100.0, 160.0, planned_s).profile)
    liar.arm()
    stopped_s: list[float] = []
    liar.listen(lambda event: stopped_s.append(liar.clock.now()) if isinstance(event, Stopped) else None)
    began_s = liar.clock.now()
    liar.go(1)
    evidence = liar.wait_take()
    assert [at_s - began_s for at_s in stopped_s] == [pytest.approx(1.05 * planned_s + 3.0, abs=0.15)]
    # Then it is asked how the take ended, in vain.
    assert 2.0 <= liar.clock.now() - stopped_s[0] - ANSWER_S < 2.5
    assert liar.status.state is State.PLAYING
    assert evidence.doubt == "the unit had not ended it 3 s after its planned end, and was told to stop"


def test_a_take_began_when_its_go_was_taken_by_the_time_of_day(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        monkeypatch.setattr(playing, "utc_timestamp", lambda: 1.7e9 + bench.clock.now())
        unit.configure(DEFAULT_RIG)
        unit.set_reference(100.0)
        unit.set_limits(*TRAVEL)
        unit.load(a_plan(100.0, 160.0, 1.0).profile)
        unit.arm()
        asked_s = bench.clock.now()
        unit.go(1)
        answered_s = bench.clock.now()
        evidence = unit.wait_take()
    assert evidence.started_utc_s is not None
    assert asked_s <= evidence.started_utc_s - 1.7e9 <= answered_s
    assert evidence.start_latency_s is not None
    assert 0.0 < evidence.start_latency_s < answered_s - asked_s + 1e-6


@pytest.mark.parametrize("liar", ["no answers"], indirect=True)
def test_a_go_whose_answer_is_lost_has_started_what_was_heard_to_start(liar: FollowFocusUnit) -> None:
    profile = a_plan(100.0, 160.0, 1.0).profile
    liar.load(profile)
    liar.arm()
    liar.go(7)
    evidence = liar.wait_take()
    assert (evidence.cause, evidence.take, evidence.steps) == (Cause.DONE, 7, profile.steps)
    assert evidence.start_latency_s is None  # it is not known when GO was taken


@pytest.mark.parametrize("liar", ["silence"], indirect=True)
def test_a_go_of_which_nothing_is_heard_has_started_nothing(liar: FollowFocusUnit) -> None:
    liar.load(a_plan(100.0, 160.0, 1.0).profile)
    liar.arm()
    with pytest.raises(LineError):
        liar.go(7)
    with pytest.raises(RequestError, match="No take has been started"):
        liar.wait_take()


def stops_said(bench: VirtualBench) -> int:
    """How many stops were sent on all cables there were."""
    found = 0
    for cable in bench.cables:
        reader = FrameReader()
        found += sum(frame.type == STOP_TYPE for _, data in cable.sent for frame in reader.feed(data))
    return found


@pytest.mark.parametrize("lost", [False, True])
def test_a_go_that_is_refused_has_started_nothing_and_one_that_is_lost_is_taken_back(lost: bool) -> None:
    """One that is held up on the line would begin the take when it comes: a stop comes behind it."""
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(100.0)
        unit.set_limits(*TRAVEL)
        unit.load(a_plan(100.0, 160.0, 1.0).profile)
        if lost:
            unit.arm()
            bench.cables[-1].deaf = (bench.clock.now(), bench.clock.now() + 3.0)
        with pytest.raises(LineError if lost else UnitError):
            unit.go(7)
        with pytest.raises(RequestError, match="No take has been started"):
            unit.wait_take()
        assert (stops_said(bench) > 0) is lost


def test_a_take_that_waits_for_its_cue_is_never_overdue() -> None:
    bench = VirtualBench(stops_deg=TRAVEL)
    with bench.unit as unit:
        unit.configure(DEFAULT_RIG)
        unit.set_reference(100.0)
        unit.set_limits(*TRAVEL)
        unit.load(a_plan(100.0, 160.0, 1.0).profile)
        unit.arm(cue=True)
        seen: list[float] = []

        def press(elapsed_s: float, _status: object) -> None:
            seen.append(elapsed_s)
            if len(seen) == 400:
                assert bench.plugged.unit is not None
                bench.on_bench(lambda now_s: bench.plugged.unit.set_cue(True, now_s))

        began_s = bench.clock.now()
        assert unit.wait_take(press).cause is Cause.DONE
        assert bench.clock.now() - began_s > 15.0
        # Looked at often enough for a bar to run smoothly.
        assert max(after - before for before, after in itertools.pairwise(seen) if before > 0.0) < 0.1
