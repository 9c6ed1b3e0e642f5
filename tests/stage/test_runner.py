# SPDX-License-Identifier: MIT
"""Orders carried out one by one: what a STOP voids, what a wait is ended by, what is loaded, what is said at rest."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from followfocus.clock import VirtualClock
from followfocus.errors import StoppedError, UnitError
from followfocus.show.cues import Standby
from followfocus.sim.plug import plug_in
from followfocus.stage import orders
from followfocus.stage.events import Done, Failed, Taken
from followfocus.stage.prepare import Prepared, prepare
from followfocus.stage.run import Runner, at_rest, motor_words
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.link import Link
from followfocus.wire.messages import Flag, Silence, State
from tests.stage.scenarios import short


@dataclass
class Bench:
    """A runner, its unit, and what stands by."""

    runner: Runner
    unit: FollowFocusUnit
    prepared: Prepared
    number: int = 0

    def do(self, kind: type[orders.Order], *rest: object, epoch: int | None = None, **more: object) -> Done | Failed:
        self.number += 1
        order = kind(self.number, self.runner.epoch if epoch is None else epoch, *rest, **more)  # type: ignore[call-arg]
        return self.runner.do(order, self.unit)

    def ready(self) -> None:
        assert isinstance(self.do(orders.Ready, self.prepared.plan, Silence.FINISH, 82.5), Done)
        assert isinstance(self.do(orders.LoadOrder, self.prepared.plan), Done)

    def shoot(self, take: int) -> Taken:
        assert isinstance(self.do(orders.ArmOrder), Done)
        done = self.do(orders.Shoot, take, self.prepared.context)
        assert isinstance(done, Done)
        assert isinstance(done.answer, Taken)
        return done.answer


@pytest.fixture
def bench() -> Iterator[Bench]:
    show = short()
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        yield Bench(Runner(), unit, prepare(show, Standby(), unit.info))


def test_what_is_loaded_is_known_by_its_plan_and_forgotten_with_it(bench: Bench) -> None:
    assert bench.runner.loaded(bench.unit) == ""
    bench.ready()
    assert bench.runner.loaded(bench.unit) == bench.prepared.hash
    assert bench.runner.plan is not None
    bench.unit.unload()
    assert bench.runner.loaded(bench.unit) == ""
    failed = bench.do(orders.Shoot, 1, bench.prepared.context)
    assert isinstance(failed, Failed)
    assert "No pull is loaded" in failed.error.message
    assert not failed.begun


def test_a_unit_that_warms_up_has_its_pull_loaded_for_its_clock_anew() -> None:
    """Else takes end earlier and earlier; and what is armed is what GO plays."""
    clock = VirtualClock()
    plugged = plug_in(clock)
    show = short(4.0)
    with FollowFocusUnit(Link(lambda _attempt: plugged.port, clock), plugged.witness) as unit:
        assert unit.info is not None
        bench = Bench(Runner(), unit, prepare(show, Standby(), unit.info))
        bench.ready()
        oscillator, late_ms, loads = plugged.unit._oscillator, [], 0
        for number in range(12):
            tick = oscillator.tick_at(clock.now())
            oscillator._rate_hz = 16e6 * (1 + 125e-6 * number)  # from now on, the count going on without a jump
            oscillator._booted_s = clock.now() - oscillator._power_on_s - tick / oscillator._rate_hz
            unit.link.sleep(20.0)
            if bench.runner.loaded(unit) != bench.prepared.hash:
                loads += 1
                assert isinstance(bench.do(orders.LoadOrder, bench.prepared.plan), Done)
            armed = bench.do(orders.ArmOrder)
            assert armed.loaded == bench.prepared.hash
            done = bench.do(orders.Shoot, number + 1, bench.prepared.context)
            assert isinstance(done, Done)
            assert isinstance(done.answer, Taken)
            late_ms.append(done.answer.take.timing.host_late_ms)
        assert 2 <= loads <= 8
        assert max(abs(late or 0.0) for late in late_ms) < 3.0


def test_a_unit_that_is_met_with_another_gear_than_the_show_s_is_told_of(bench: Bench) -> None:
    """Another computer may have set it up, with a show that has the gears that were built."""
    bench.unit.setup.apply(dataclasses.replace(bench.unit.config, motor_teeth=40, direction=-1))
    met = bench.do(orders.Ready, bench.prepared.plan, Silence.FINISH, None, first=True)
    assert isinstance(met, Done)
    assert met.words == (
        "The unit was set to 40 teeth, 16 microsteps, direction -1; the show goes by 50 teeth, 16 microsteps, "
        "direction +1."
    )
    again = bench.do(orders.Ready, bench.prepared.plan, Silence.FINISH, None, first=True)
    assert isinstance(again, Done)
    assert again.words == ""


def test_a_load_that_fails_leaves_nothing_to_shoot(bench: Bench) -> None:
    bench.ready()
    bench.unit.set_limits(0.0, 1.0)
    failed = bench.do(orders.LoadOrder, bench.prepared.plan)
    assert isinstance(failed, Failed)
    assert (failed.loaded, bench.runner.plan) == ("", None)


def test_orders_of_before_a_stop_are_void_and_those_after_it_are_not(bench: Bench) -> None:
    before = bench.runner.epoch
    assert bench.runner.stop(bench.unit, 1.0) == before + 1
    failed = bench.do(orders.BackToOne, epoch=before)
    assert isinstance(failed, Failed)
    assert failed.stopped
    assert isinstance(failed.error, StoppedError)
    assert bench.runner.void(failed.order)
    bench.ready()
    done = bench.do(orders.BackToOne)
    assert isinstance(done, Done)
    assert not bench.runner.void(done.order)
    assert bench.runner.stop(None, 2.0) == before + 2
    assert bench.runner.stop_soon(None, 3.0, hard=True) == before + 3


def test_a_refusal_is_no_stop(bench: Bench) -> None:
    failed = bench.do(orders.ClearFaultOrder)
    assert isinstance(failed, Failed)
    assert not failed.stopped
    assert isinstance(failed.error, UnitError)


@pytest.mark.parametrize(("cancelled", "ends"), [(0, True), (1, False), (9, False)])
def test_a_wait_takes_its_time_unless_it_or_a_later_one_was_cancelled(bench: Bench, cancelled: int, ends: bool) -> None:
    bench.runner.cancel(cancelled)
    began_s = bench.unit.clock.now()
    found = bench.do(orders.Wait, 0.75)
    assert isinstance(found, Done if ends else Failed)
    assert bench.unit.clock.now() - began_s == pytest.approx(0.75 if ends else 0.0, abs=0.03)


def test_a_wait_until_a_tick_of_the_units_clock_ends_at_it(bench: Bench) -> None:
    tick = bench.unit.refresh().clock + round(1.25 * bench.unit.tick_hz)
    assert isinstance(bench.do(orders.Wait, 99.0, until_clock=tick), Done)
    assert bench.unit.refresh().clock == pytest.approx(tick, abs=0.03 * bench.unit.tick_hz)
    began_s = bench.unit.clock.now()
    assert isinstance(bench.do(orders.Wait, 99.0, until_clock=tick), Done)  # it is past
    assert bench.unit.clock.now() - began_s < 0.05


def test_how_long_after_the_landing_the_next_began_is_by_the_units_clock(bench: Bench) -> None:
    bench.ready()
    first = bench.shoot(1)
    bench.do(orders.Wait, 0.5)
    second = bench.shoot(2)
    assert first.after_landing_s is None
    landed = first.take.start_clock + (first.take.last_edge_ticks or 0)
    assert second.after_landing_s == pytest.approx((second.take.start_clock - landed) / second.take.tick_hz)
    assert second.after_landing_s > 0.5
    assert (first.take.take, second.take.take, first.rehearsed) == (1, 2, False)


def test_a_rehearsal_counts_no_take(bench: Bench) -> None:
    bench.ready()
    bench.do(orders.ArmOrder)
    done = bench.do(orders.Shoot, 5, bench.prepared.context, counts=False)
    assert isinstance(done, Done)
    assert isinstance(done.answer, Taken)
    assert done.answer.rehearsed
    assert done.answer.take.take == 0


UNHEARD = "The unit can't be heard: look whether the motor turns, and cut its power if it does."
RING = UnitStatus(connected=True, state=State.IDLE, ring_deg=82.54, flags=Flag.REFERENCED)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (RING, "The motor stands, the ring at 82.5°."),
        (dataclasses.replace(RING, ring_deg=None), "The motor stands; where the ring is, is not known."),
        (dataclasses.replace(RING, state=State.MOVING), "The motor still turns."),
        (dataclasses.replace(RING, state=State.PLAYING, ring_deg=None), "The motor still turns."),
        (dataclasses.replace(RING, state=State.STOPPING), "The motor still turns."),
        (dataclasses.replace(RING, state=State.FAULT), "The motor has stopped; the unit is in a fault."),
        (dataclasses.replace(RING, connected=False), UNHEARD),
    ],
)  # fmt: skip
def test_where_the_motor_stands_in_a_sentence(status: UnitStatus, words: str) -> None:
    assert motor_words(status) == words


def test_at_rest_is_by_the_units_own_last_word(bench: Bench) -> None:
    bench.ready()
    assert at_rest(bench.unit) == "The motor stands, the ring at 82.5°."


@pytest.mark.parametrize("first", [True, False])
def test_what_was_just_connected_may_be_unready_and_is_left_for_the_crew(bench: Bench, first: bool) -> None:
    bench.ready()
    bench.do(orders.ArmOrder)
    found = bench.do(orders.Ready, bench.prepared.plan, Silence.FINISH, 82.5, first=first)
    if first:
        assert isinstance(found, Done)
        assert found.words, "and it is said why"
    else:
        assert isinstance(found, Failed)
        assert not found.stopped
