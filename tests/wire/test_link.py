# SPDX-License-Identifier: MIT
"""The link: one code pumped by a thread or by who waits; lost and found ports; listeners; nothing left behind."""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

import pytest

from followfocus.clock import SystemClock
from followfocus.errors import LineError, NoUnitError, RequestError, UnitError, VersionError
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.sim.store import Store
from followfocus.unit.connect import Finder
from followfocus.wire.events import Greeted, ResetNoticed, Said
from followfocus.wire.link import Down, Link, Port, Told
from followfocus.wire.messages import (
    Ack,
    Config,
    GetConfig,
    GetStatus,
    Goto,
    Ping,
    Result,
    SetPosition,
    SetTelemetry,
    State,
    Telemetry,
)
from followfocus.wire.serialport import PortEntry, open_port
from tests.support.addresses import kept_port
from tests.support.benches import VirtualBench, link_threads, on_pty, on_tcp

PATIENCE_S = 60.0


def rigid(serial: bytes = b"SIM00001") -> SimulatedUnit:
    store = Store()
    store.write(serial=serial)
    return SimulatedUnit(mechanics=RigidRing(0.04), store=store)


def heard(link: Link) -> list[Told]:
    told: list[Told] = []
    link.listen(told.append)
    return told


def kinds(told: list[Told]) -> list[str]:
    return [type(event).__name__ for event in told if not isinstance(event, Said)]


def test_it_is_opened_as_asked_first_and_then_as_often_as_it_takes() -> None:
    """By the number of the attempt a finder looks where a unit was first, and elsewhere later."""
    bench, attempts = VirtualBench(), list[int]()

    def opener(attempt: int) -> Port:
        attempts.append(attempt)
        if 0 < attempt < 3:
            raise LineError("Not there yet.")
        return bench._open(attempt)

    with Link(opener, bench.clock, nonce=5) as link:
        assert attempts == [0]
        bench.cut()
        link.sleep(2.0)
        assert attempts == [0, 1, 2, 3]
        link.ask(GetStatus())


# On a virtual clock ---------------------------------------------------------------------------------------------------


def test_it_greets_asks_and_closes() -> None:
    bench = VirtualBench()
    with bench.link as link:
        assert link.up
        assert link.hello is not None
        assert isinstance(link.ask(GetConfig()).message, Config)
        assert link.port_name == "sim"
    assert not link.up
    with pytest.raises(LineError):
        link.ask(Ping())
    assert link_threads() == []


def test_waiting_moves_the_virtual_clock_by_what_was_waited() -> None:
    bench = VirtualBench()
    with bench.link as link:
        before_s = bench.clock.now()
        link.sleep(2.5)
        assert bench.clock.now() - before_s == pytest.approx(2.5, abs=1e-3)
        assert link.wait_for(lambda: None, 0.25) is None
        assert bench.clock.now() - before_s == pytest.approx(2.75, abs=2e-3)


def test_listeners_are_told_in_order_until_they_are_taken_off() -> None:
    bench = VirtualBench()
    with bench.link as link:
        first, second = heard(link), []
        remove = link.listen(second.append)
        link.ask(SetTelemetry(20))
        link.sleep(0.1)
        remove()
        remove()
        count = len(second)
        link.sleep(0.1)
        assert len(second) == count
        assert first[:count] == second
        assert len(first) > count


def test_a_listener_may_post_but_not_wait() -> None:
    bench = VirtualBench()
    answers: list[object] = []
    with bench.link as link:

        def ask_back(told: Told) -> None:
            if isinstance(told, Said) and isinstance(told.message, Telemetry):
                link.post(GetStatus(), "again", answers.append)
                with pytest.raises(RuntimeError):
                    link.ask(Ping())

        link.listen(ask_back)
        link.ask(SetTelemetry(20))
        link.sleep(0.1)
        assert len(answers) >= 4


def test_the_outcome_of_a_posted_command_is_told_even_if_refused() -> None:
    bench = VirtualBench()
    with bench.link as link:
        outcomes: list[object] = []
        link.post(Goto(5, 0), then=outcomes.append)
        link.sleep(0.05)
        [outcome] = outcomes
        assert outcome.message == Ack(Goto.TYPE, Result.NOT_REFERENCED, 0)  # type: ignore[attr-defined]


def test_a_stop_drops_a_move_that_someone_waits_for() -> None:
    bench = VirtualBench()
    with bench.link as link:
        link.ask(SetPosition(0))
        link.listen(lambda told: None)
        bench.cables[-1].write = lambda data: None  # type: ignore[method-assign]  # nothing arrives any more
        stopped = [False]

        def stop_once() -> None:
            if not stopped[0] and bench.clock.now() > start_s + 0.05:
                stopped[0] = True
                link.stop(hard=False)

        start_s = bench.clock.now()
        original = bench.cables[-1].read

        def read(timeout_s: float) -> bytes:
            stop_once()
            return original(min(timeout_s, 0.01))

        bench.cables[-1].read = read  # type: ignore[method-assign]
        with pytest.raises(UnitError, match="stop") as caught:
            link.ask(Goto(100, 0))
        assert caught.value.reason == "stopped"


@pytest.mark.parametrize(
    ("fault", "words"), [("gps", "GPS"), ("grbl", "Grbl 1.1h"), ("mute:boot+0s", "Nothing answers")]
)
def test_what_is_no_unit_is_named(fault: str, words: str) -> None:
    bench = VirtualBench(fault)
    start_s = bench.clock.now()
    with pytest.raises(NoUnitError, match=words):
        bench.link.open()
    assert bench.clock.now() - start_s < 4.0
    with pytest.raises(LineError):
        bench.link.ask(Ping())


@pytest.mark.parametrize(("fault", "remedy"), [("newer-protocol", "Update this program"), ("other-table", "firmware")])
def test_a_unit_of_another_version_is_refused_with_the_remedy(fault: str, remedy: str) -> None:
    bench = VirtualBench(fault)
    with pytest.raises(VersionError, match="nothing has been moved") as caught:
        bench.link.open()
    assert remedy in caught.value.remedy


def test_a_bootloader_is_waited_out() -> None:
    bench = VirtualBench("dtr-reset")
    start_s = bench.clock.now()
    with bench.link as link:
        assert 1.5 < bench.clock.now() - start_s < 2.0
        assert link.up


def test_a_cut_cable_is_told_and_found_again_without_a_reset() -> None:
    bench = VirtualBench()
    with bench.link as link:
        told = heard(link)
        link.ask(SetPosition(7))
        bench.cut()
        with pytest.raises(LineError):
            link.ask(GetStatus())
        assert not link.up
        assert link.wait_for(lambda: link.up or None, 5.0)
        assert kinds(told) == ["Down", "Greeted"]
        status = link.ask(GetStatus()).message
        assert isinstance(status, Telemetry)
        assert (status.state, status.position) == (State.IDLE, 7)


def test_it_keeps_trying_until_the_port_is_there_again_and_notices_the_reset() -> None:
    bench = VirtualBench()
    with bench.link as link:
        told = heard(link)
        bench.reachable = False
        bench.cut()
        link.sleep(30.0)
        assert kinds(told) == ["Down"]
        with pytest.raises(LineError):
            link.ask(Ping())
        assert bench.plugged.unit is not None
        bench.on_bench(bench.plugged.unit.reset)
        bench.reachable = True
        assert link.wait_for(lambda: link.up or None, 5.0)
        link.sleep(0.1)
        assert kinds(told) == ["Down", "Greeted", "ResetNoticed"]


def test_a_unit_that_falls_silent_is_told_once_and_its_port_opened_again() -> None:
    bench = VirtualBench("mute:boot+1s")
    with bench.link as link:
        told = heard(link)
        link.sleep(20.0)
        assert kinds(told).count("Down") == 1
        assert len(bench.cables) > 2


def test_noise_at_1e_4_costs_time_but_no_command() -> None:
    bench = VirtualBench("noise:1e-4")
    with bench.link as link:
        link.ask(SetTelemetry(20))
        for number in range(300):
            link.ask(SetPosition(number))
            status = link.ask(GetStatus()).message
            assert isinstance(status, Telemetry)
            assert status.position == number
        assert link.session.bad_frames > 0


# In real time ---------------------------------------------------------------------------------------------------------


def test_on_a_pty_from_another_thread_and_nothing_is_left(tmp_path: Path) -> None:
    with on_pty(rigid(), tmp_path / "unit") as name:
        with Link(lambda _: open_port(name), SystemClock()) as link:
            told = heard(link)
            assert link_threads() == [f"link {name}"]
            link.ask(SetTelemetry(20))
            assert link.wait_for(lambda: True if len(told) > 5 else None, PATIENCE_S)
            answers = []
            threads = [threading.Thread(target=lambda: answers.append(link.ask(GetStatus()))) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE_S)
            assert len(answers) == 8
            assert len({answer.ticket for answer in answers}) == 8
        assert link_threads() == []


def test_a_port_is_opened_by_one_program_only(tmp_path: Path) -> None:
    with on_pty(rigid(), tmp_path / "unit") as name, Link(lambda _: open_port(name), SystemClock()):
        second = Link(lambda _: open_port(name), SystemClock())
        with pytest.raises(LineError, match="in use"):
            second.open()


def test_the_server_dies_and_comes_back_on_tcp() -> None:
    unit = rigid()
    with kept_port() as number, contextlib.ExitStack() as first:
        name = first.enter_context(on_tcp(unit, number))
        with Link(lambda _: open_port(name), SystemClock()) as link:
            told = heard(link)
            link.ask(SetPosition(9))
            first.close()
            assert link.wait_for(lambda: True if "Down" in kinds(told) else None, PATIENCE_S)
            with on_tcp(unit, number):
                assert link.wait_for(lambda: True if "Greeted" in kinds(told) else None, PATIENCE_S)
                status = link.ask(GetStatus()).message
                assert isinstance(status, Telemetry)
                assert status.position == 9
                assert kinds(told) == ["Down", "Greeted"]


def test_the_spare_unit_on_the_same_port_is_told_once_and_to_whoever_asks() -> None:
    mine, spare = rigid(), rigid(b"SPARE002")
    with kept_port() as number, contextlib.ExitStack() as first:
        name = first.enter_context(on_tcp(mine, number))
        openings: list[int] = []

        def opener(attempt: int) -> Port:
            openings.append(attempt)
            return open_port(name)

        with Link(opener, SystemClock()) as link:
            told = heard(link)
            first.close()
            with on_tcp(spare, number):
                assert link.wait_for(lambda: True if kinds(told).count("Down") == 2 else None, PATIENCE_S)
                met = len(openings) + 3
                assert link.wait_for(lambda: True if len(openings) >= met else None, PATIENCE_S)
                with pytest.raises(LineError, match=r"SPARE002, is on .* now, where SIM00001 was"):
                    link.ask(SetPosition(9))
            words = [event.words for event in told if isinstance(event, Down)]
            assert [("SPARE002" in word, "connect anew" in word) for word in words] == [(False, False), (True, True)]
            with on_tcp(mine, number):
                assert link.wait_for(lambda: link.up or None, PATIENCE_S)
                assert isinstance(link.ask(GetStatus()).message, Telemetry)


def test_a_unit_is_found_by_its_serial_number_when_its_ports_name_has_changed(tmp_path: Path) -> None:
    """As when a USB cable is pulled and put in again: another name, another unit of the same make beside it."""
    old, other, new = (str(tmp_path / name) for name in ("ttyUSB0", "ttyUSB1", "ttyUSB2"))
    present = [PortEntry(old, "", "1a86:7523:")]
    unit, stranger = rigid(b"MINE0001"), rigid(b"OTHER001")
    finder = Finder(old, ports=lambda: tuple(present))
    with contextlib.ExitStack() as first:
        first.enter_context(on_pty(unit, Path(old)))
        with Link(finder, SystemClock()) as link, on_pty(stranger, Path(other)):
            told = heard(link)
            first.close()
            present[:] = [PortEntry(other, "", "1a86:7523:"), PortEntry(new, "", "1a86:7523:")]
            with on_pty(unit, Path(new)):
                assert link.wait_for(lambda: True if "Greeted" in kinds(told) else None, PATIENCE_S)
                assert link.port_name == new
                assert link.hello is not None
                assert link.hello.serial == b"MINE0001"
                assert not any(isinstance(event, ResetNoticed) for event in told)
                assert sum(isinstance(event, Greeted) for event in told) == 1


def test_a_mistake_in_a_listener_is_reported_and_the_line_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    reported = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_type))
    with on_tcp(rigid()) as name, Link(lambda _: open_port(name), SystemClock()) as link:

        def stumble(_: Told) -> None:
            raise ZeroDivisionError

        link.listen(stumble)
        told = heard(link)
        link.ask(SetTelemetry(20))
        assert link.wait_for(lambda: True if len(told) > 3 else None, PATIENCE_S)
        assert link.ask(Ping())
    assert set(reported) == {ZeroDivisionError}


def test_a_listener_must_not_wait_on_the_links_thread() -> None:
    caught = []
    with on_tcp(rigid()) as name, Link(lambda _: open_port(name), SystemClock()) as link:

        def wait(_: Told) -> None:
            try:
                link.ask(Ping())
            except RuntimeError as error:
                caught.append(error)

        link.listen(wait)
        link.ask(SetTelemetry(20))
        assert link.wait_for(lambda: True if caught else None, PATIENCE_S)


def test_a_port_that_is_not_there_leaves_no_thread() -> None:
    with pytest.raises(NoUnitError):
        Link(lambda _: open_port("/dev/ttyNOT0"), SystemClock()).open()
    with pytest.raises(RequestError):
        Link(lambda _: open_port("socket://nowhere"), SystemClock()).open()
    assert link_threads() == []


def test_down_says_what_happened() -> None:
    bench = VirtualBench()
    with bench.link as link:
        told = heard(link)
        bench.cut()
        link.sleep(0.1)
        assert [event.words for event in told if isinstance(event, Down)] == ["The cable is cut."]
