# SPDX-License-Identifier: MIT
"""A port that is kept: what is told as it is lost and found, and when it is opened again."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from followfocus.clock import VirtualClock
from followfocus.errors import LineError
from followfocus.wire.events import Down, Greeted, Implausible, Lost, OtherUnit, Phase, Told, Version, Why
from followfocus.wire.kept_port import REOPEN_EVERY_S, KeptPort
from followfocus.wire.messages import PROTOCOL_MAJOR, HelloReply
from followfocus.wire.session import Session
from tests.wire.test_requests import blank


@dataclass
class Quiet:
    """A port on which nobody says anything."""

    name: str = "/dev/quiet"
    closed: int = 0

    def read(self, timeout_s: float) -> bytes:
        return b""

    def write(self, data: bytes) -> None:
        pass

    def close(self) -> None:
        self.closed += 1


@dataclass
class Bench:
    """A kept port, its session and clock, and what was told."""

    clock: VirtualClock = field(default_factory=lambda: VirtualClock(100.0))
    session: Session = field(default_factory=Session)
    told: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.kept = KeptPort(lambda attempt: Quiet(f"/dev/{attempt}"), self.session, self.clock, self.told.append)

    def greeted(self) -> Quiet:
        """A unit is there, and has been greeted."""
        port, hello = Quiet(), blank(HelloReply)
        assert isinstance(hello, HelloReply)
        self.kept.take(port)
        self.session.hello = hello
        self.kept.hear(Greeted(hello, again=False))
        return port

    @property
    def downs(self) -> list[Down]:
        return [event for event in self.told if isinstance(event, Down)]


def test_a_port_that_is_open_is_greeted_on_by_its_name() -> None:
    bench, port = Bench(), Quiet("/dev/ttyUSB3")
    bench.kept.take(port)
    assert (bench.kept.port, bench.kept.name) == (port, "/dev/ttyUSB3")
    assert bench.session.phase is Phase.GREETING


def test_a_dropped_port_is_closed_once_and_due_again_in_a_moment() -> None:
    bench = Bench()
    port = bench.greeted()
    bench.kept.drop()
    assert (port.closed, bench.kept.port, bench.session.phase) == (1, None, Phase.CLOSED)
    assert bench.kept.due_in_s == pytest.approx(REOPEN_EVERY_S)
    bench.clock.sleep_until(bench.clock.now() + 0.1)
    assert bench.kept.due_in_s == pytest.approx(REOPEN_EVERY_S - 0.1)
    bench.clock.sleep_until(bench.clock.now() + 1.0)
    assert bench.kept.due_in_s == 0.0
    bench.kept.drop()
    assert port.closed == 1


def test_a_lost_unit_is_told_of_once_until_it_is_back() -> None:
    bench = Bench()
    for losses in (1, 2):
        port = bench.greeted()
        for _ in range(3):
            bench.kept.lose(port, LineError("The cable is cut."))
        assert [down.words for down in bench.downs] == ["The cable is cut."] * losses
        assert not any(down.final for down in bench.downs)
        assert port.closed == 1


def test_a_port_that_has_been_taken_over_is_not_lost_with_the_old_one() -> None:
    bench = Bench()
    old = bench.greeted()
    new = Quiet("/dev/new")
    bench.kept.take(new)
    bench.kept.broken = (old, LineError("The cable is cut."))
    bench.kept.lose(old, LineError("The cable is cut."))
    assert (bench.kept.port, new.closed, bench.kept.broken, bench.downs) == (new, 0, None, [])


@pytest.mark.parametrize("met", [False, True])
def test_a_loss_is_a_failure_only_where_no_unit_was_ever_met(met: bool) -> None:
    bench, error = Bench(), LineError("The cable is cut.")
    port = bench.greeted() if met else Quiet()
    if not met:
        bench.kept.take(port)
    bench.kept.lose(port, error)
    assert bench.kept.failure is (None if met else error)
    assert bool(bench.downs) is met  # who opens it for the first time is told by the failure


def test_attempts_are_counted_from_one_and_anew_after_each_meeting() -> None:
    bench = Bench()
    assert [bench.kept.next_attempt() for _ in range(3)] == [1, 2, 3]
    bench.greeted()
    assert bench.kept.next_attempt() == 1


def test_a_port_that_could_not_be_opened_is_tried_again_and_its_failure_forgotten() -> None:
    bench = Bench()
    bench.greeted()
    bench.kept.hear(OtherUnit(b"SIM00002", b"SIM00001"))
    assert bench.kept.failure is not None
    bench.clock.sleep_until(bench.clock.now() + 1.0)
    bench.kept.missed()
    assert bench.kept.failure is None
    assert bench.kept.due_in_s == pytest.approx(REOPEN_EVERY_S)


@pytest.mark.parametrize("event", [Version(PROTOCOL_MAJOR + 1, 0, 0), Implausible("its clock stands")], ids=type)
def test_who_is_none_to_go_on_with_is_told_of_once_and_forgotten_when_a_unit_is_there(event: Told) -> None:
    bench = Bench()
    port = bench.greeted()
    bench.kept.hear(event)
    bench.kept.hear(event)
    assert bench.kept.failure is not None
    assert [down.words for down in bench.downs] == [bench.kept.failure.message]
    assert (bench.kept.port, port.closed) == (port, 0)
    bench.greeted()
    assert bench.kept.failure is None
    bench.kept.hear(event)
    assert len(bench.downs) == 2


def test_a_stranger_is_told_of_once_however_often_met_and_each_time_left() -> None:
    bench = Bench()
    bench.greeted()
    for number, serial in enumerate([b"SIM00002", b"SIM00002", b"SIM00003"]):
        port = Quiet()
        bench.kept.take(port)
        bench.kept.hear(OtherUnit(serial, b"SIM00001"))
        assert port.closed == 1
        assert len(bench.downs) == (1 if number < 2 else 2)
    assert all(down.final for down in bench.downs)


def test_silence_is_final_at_the_first_opening_and_later_another_port_is_tried() -> None:
    bench = Bench()
    bench.kept.take(Quiet())
    bench.kept.hear(Lost(Why.UNANSWERED))
    assert bench.kept.failure is not None
    assert "Nothing answers" in bench.kept.failure.message
    assert bench.downs == []
    bench = Bench()
    port = bench.greeted()
    bench.kept.hear(Lost(Why.UNANSWERED))
    assert [down.words for down in bench.downs] == ["The unit on /dev/quiet has stopped answering."]
    assert (bench.kept.failure, port.closed) == (None, 0)  # it may have been reset, and greets again there
    bench.session._greeting.given_up = True
    bench.kept.hear(Lost(Why.UNANSWERED))
    assert (port.closed, len(bench.downs)) == (1, 1)
