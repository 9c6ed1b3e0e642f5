# SPDX-License-Identifier: MIT
"""One thread changes things while another reads: nobody sees half of a change, and no STOP and no word is lost."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest

from followfocus.errors import LineError
from followfocus.sources.loop import SourceLoop
from followfocus.stage.run import Runner
from followfocus.unit.playing import TakePlayer
from followfocus.wire.clockreading import ClockReading
from followfocus.wire.clocksync import ClockSync
from followfocus.wire.kept_port import KeptPort
from followfocus.wire.link import Link, Told
from followfocus.wire.messages import GetStatus, SetTelemetry
from followfocus.wire.orders import Orders, StopCount
from followfocus.wire.pump import Pump
from tests.support.benches import VirtualBench
from tests.support.interleaved import At, every_step, meddling

HZ = 16e6


class Timestamps:
    """The link thread's work on a clock that others read: a timestamp, and now and then an answer."""

    def __init__(self) -> None:
        self.sync = ClockSync(HZ)
        self._number = 0
        for _ in range(200):
            self.next()

    def next(self) -> None:
        self._number += 1
        at_s = self._number * 0.023
        late_s = 0.001 + 0.0007 * (self._number * 0.618 % 1.0)
        clock = round((3.0 + at_s) * HZ * 1.003)
        if self._number % 4:
            self.sync.add(clock, 100.0 + at_s + late_s)
        else:
            self.sync.add_round_trip(clock, 100.0 + at_s - 0.0004, 100.0 + at_s + late_s, 0.6)


QUESTIONS: dict[str, Callable[[ClockReading], object]] = {
    "estimate": ClockReading.estimate,
    "rate": ClockReading.rate,
    "rate_over": lambda reading: reading.rate_over(round(5.0 * HZ), round(7.0 * HZ)),
    "true_hz": ClockReading.true_hz,
    "host_s": lambda reading: reading.host_s(round(6.5 * HZ)),
    "clock_at": lambda reading: reading.clock_at(104.0),
    "error_s": lambda reading: (reading.error_s, reading.way_there_s),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_clock_is_read_whole_while_timestamps_come_in(question: str) -> None:
    stamps, calm = Timestamps(), Timestamps()
    with meddling(stamps.next, "wire/clocksync.py", "wire/clockreading.py"):
        found = QUESTIONS[question](stamps.sync.reading)
    assert found == QUESTIONS[question](calm.sync.reading), "what it was when it was asked for"
    assert QUESTIONS[question](stamps.sync.reading) is not None


def test_its_drift_too() -> None:
    """The long loops over what was collected, each step of which may find it changed."""
    stamps, calm = Timestamps(), Timestamps()
    with meddling(stamps.next, "wire/clockdrift.py"):
        found = stamps.sync.reading.estimate()
    assert found == calm.sync.reading.estimate()


def test_two_threads_at_full_speed() -> None:
    """As it was found, a reader in another thread; with an interpreter that switches all the time it takes no luck."""
    stamps, over, failed = Timestamps(), threading.Event(), []

    def read() -> None:
        try:
            while not over.is_set():
                for question in QUESTIONS.values():
                    question(stamps.sync.reading)
        except RuntimeError as error:
            failed.append(error)

    before_s, reader = sys.getswitchinterval(), threading.Thread(target=read)
    sys.setswitchinterval(1e-6)
    try:
        reader.start()
        for _ in range(3000):
            stamps.next()
    finally:
        over.set()
        reader.join(60.0)
        sys.setswitchinterval(before_s)
    assert failed == []


def test_a_reading_of_one_boot_stays_with_it_and_the_links_own_goes_on() -> None:
    bench = VirtualBench()
    with bench.link as link:
        link.ask(SetTelemetry(20))
        link.sleep(1.0)
        of_this_boot, before = link.session.sync_of_this_boot(), link.session.sync
        link.sleep(0.5)
        assert len(of_this_boot().came.least) > len(before.came.least)
        bench.on_bench(bench.plugged.unit.reset)
        link.sleep(3.0)
        assert link.up
        assert of_this_boot().host_s(before.trips[-1].clock if before.trips else 0) is not None
        assert link.session.sync.came.least == (), "of the new boot nothing has come yet"


def test_a_signal_handlers_stop_is_sent_wherever_it_catches_the_pump() -> None:
    """The handler runs in the main thread between any two steps of the pump's."""
    number, sent = 0, []
    bench = VirtualBench()
    with bench.link as link:
        while True:
            stops = link.orders.stops
            handler = At(number, lambda: link.stop_soon(hard=False))
            with meddling(handler, Link._turn.__code__):
                link.sleep(0.002)
            if not handler.reached:
                break
            link.sleep(0.05)
            sent.append(link.orders.stops - stops)  # voided once by the handler, and once as it went out
            assert not link.stopping
            number += 1
    assert number > 10
    assert set(sent) == {2}


def test_who_takes_itself_off_keeps_no_word_from_those_after_it() -> None:
    bench = VirtualBench()
    with bench.unit as unit:
        heard: list[Told] = []

        def once(_told: Told) -> None:
            unit.line.first.remove(once)

        unit.line.first.extend((once, heard.append))
        unit.refresh()
        assert heard, "the first word after it"


def test_a_take_that_is_forgotten_while_the_unit_speaks_costs_no_status() -> None:
    bench = VirtualBench()
    with bench.unit as unit:
        number = 0
        while True:
            recorder = unit.takes._new_recorder(7)
            unit.takes._recorder = recorder
            forget = At(number, lambda: setattr(unit.takes, "_recorder", None))
            with meddling(forget, TakePlayer._hear.__code__):
                unit.refresh()
            if not forget.reached:
                break
            number += 1
    assert number > 5


@pytest.mark.parametrize("part", [Link, Pump, KeptPort])
def test_what_two_threads_use_is_changed_under_the_lock(part: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the moment it is open: whatever a part of the link holds, but what is one thread's alone."""
    bench = VirtualBench()

    def watch(self: object, name: str, value: object) -> None:
        held = bench.link._changed._is_owned()  # type: ignore[attr-defined]
        assert held or name == "_thread", name
        object.__setattr__(self, name, value)

    monkeypatch.setattr(part, "__setattr__", watch, raising=False)
    with bench.link as link:
        bench.reachable = False
        bench.cut()
        link.sleep(1.0)
        assert not link.up
        with pytest.raises(LineError):
            link.ask(GetStatus())
        bench.reachable = True
        link.sleep(1.0)
        assert link.up


def test_a_stop_that_tells_a_loop_which_just_ended_trips_over_nothing() -> None:
    number = 0
    while True:
        loop = SourceLoop()
        loop.start()
        ends = At(number, loop.close)
        with meddling(ends, SourceLoop.soon.__code__):
            loop.soon(lambda: None)
        loop.close()
        if not ends.reached:
            break
        number += 1
    assert number > 5


COUNTS: dict[str, Callable[[], tuple[Callable[[], object], Callable[[], int]]]] = {
    "count": lambda: (lambda one: (lambda: one.add(0.0), lambda: one.value))(StopCount()),
    "link": lambda: (lambda one: (lambda: one.stop(0.0), lambda: one.stops))(Orders()),
    "stage": lambda: (lambda one: (lambda: one.stop(None, 0.0), lambda: one.epoch))(Runner()),
    "signal": lambda: (lambda one: (lambda: one.stop_soon(None, 0.0), lambda: one.epoch))(Runner()),
}
"""Where stops are counted: (give one, how many there have been)"""


@pytest.mark.parametrize("where", COUNTS)
def test_of_two_stops_at_once_none_is_lost(where: str) -> None:
    """An order that was given between the two would outlive the second."""

    def at(number: int) -> At:
        stop, stops = COUNTS[where]()
        other = At(number, stop)
        with meddling(other, "wire/orders.py", "stage/run.py"):
            stop()
        assert stops() == 1 + other.reached
        return other

    every_step(at)
