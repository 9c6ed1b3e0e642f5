# SPDX-License-Identifier: MIT
"""Where a simulated unit is plugged in: in process on either clock, on a pty, on TCP."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from followfocus.clock import SystemClock, VirtualClock
from followfocus.errors import LineError, RequestError
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.plug import plug_in
from followfocus.sim.ports import SimPort
from followfocus.sim.servers import PtyServer, TcpServer, UnitServer
from followfocus.wire.frames import FrameReader, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    Ack,
    GetStatus,
    Hello,
    HelloReply,
    Jog,
    Message,
    Ping,
    SetPosition,
    SetTelemetry,
    State,
    Telemetry,
    decode_body,
    encode_body,
)
from tests.sim.driver import HZ, rigid_unit
from tests.support.addresses import kept_port

HELLO = Hello(5, 1, 0, DEFINITIONS_HASH)


def frame(seq: int, command: Message) -> bytes:
    return encode_frame(seq, command.TYPE, encode_body(command))


class Talk:
    """Reads frames from `read` until one fits."""

    def __init__(self, read: Callable[[], bytes], write: Callable[[bytes], object]) -> None:
        self._read, self._write = read, write
        self._reader = FrameReader()
        self.heard: list[tuple[int, Message]] = []
        self._told = 0

    def until(self, kind: type[Message], seq: int | None = None) -> Message:
        for _ in range(2000):
            while self._told < len(self.heard):
                number, message = self.heard[self._told]
                self._told += 1
                if isinstance(message, kind) and seq in (None, number):
                    return message
            for found in self._reader.feed(self._read()):
                self.heard.append((found.seq, decode_body(found.type, found.body)))
        raise AssertionError(f"no {kind.__name__} in {self.heard}")

    def ask(self, seq: int, command: Message, kind: type[Message] = Ack) -> Message:
        self._write(frame(seq, command))
        return self.until(kind, seq)


def on_virtual() -> tuple[SimPort, VirtualClock, SimulatedUnit, Talk]:
    clock, unit = VirtualClock(), rigid_unit()
    port = SimPort(unit, clock)
    return port, clock, unit, Talk(lambda: port.read(0.1), port.write)


def test_reading_moves_a_virtual_clock_to_the_next_byte_and_no_further():
    port, clock, _, _ = on_virtual()
    banner = port.read(10.0)
    assert clock.now() == pytest.approx(len(banner) * 40e-6, abs=1e-6)
    assert port.read(2.5) == b""
    assert clock.now() == pytest.approx(2.5 + len(banner) * 40e-6, abs=1e-6)
    assert port.read(0.0) == b""


def test_bytes_take_40_microseconds_each_way():
    port, clock, _, talk = on_virtual()
    talk.ask(1, HELLO, HelloReply)
    asked_s = clock.now()
    question = frame(2, GetStatus())
    port.write(question)
    answer = talk.until(Telemetry, 2)
    length = len(question) + len(frame(2, answer))
    assert clock.now() - asked_s == pytest.approx(length * 40e-6, abs=2e-6)


def test_a_frame_behind_a_long_one_waits_for_the_line():
    port, clock, _, talk = on_virtual()
    talk.ask(1, HELLO, HelloReply)
    asked_s = clock.now()
    port.write(b"\x05" * 2000 + b"\0")
    port.write(frame(3, Ping()))
    talk.until(Ack, 3)
    assert clock.now() - asked_s > 2000 * 40e-6


def test_time_that_someone_else_moved_is_caught_up_in_order():
    port, clock, unit, talk = on_virtual()
    talk.ask(1, HELLO, HelloReply)
    talk.ask(2, SetPosition(0))
    talk.ask(3, Jog(1000))
    clock.advance(5.0)
    port.read(0.0)
    assert unit.state is State.IDLE  # silence stopped it at its time, not five seconds later
    assert unit.position == pytest.approx(250, abs=20)


def test_both_clocks_give_the_same_take():
    logs = []
    for clock in (VirtualClock(), SystemClock()):
        unit = rigid_unit()
        port = SimPort(unit, clock)
        talk = Talk(lambda port=port: port.read(0.05), port.write)
        talk.ask(1, HELLO, HelloReply)
        talk.ask(2, SetPosition(0))
        talk.ask(3, Jog(2000))
        while unit.state is not State.IDLE:
            port.read(0.05)
        first = next(iter(unit.edges))[0]
        logs.append([(tick - first, position) for tick, position in unit.edges][:300])
    assert logs[0] == logs[1]


def test_telemetry_comes_in_real_time_without_being_asked():
    clock = SystemClock()
    port = SimPort(rigid_unit(), clock)
    talk = Talk(lambda: port.read(0.5), port.write)
    talk.ask(1, HELLO, HelloReply)
    started_s = clock.now()
    talk.ask(2, SetTelemetry(5))
    ticks = [talk.until(Telemetry).clock for _ in range(20)]
    assert ticks[-1] - ticks[0] == 19 * HZ // 200
    assert clock.now() - started_s >= 19 * 0.005  # never ahead of time


def test_a_write_from_another_thread_wakes_a_reader():
    port = SimPort(rigid_unit(), SystemClock())
    talk = Talk(lambda: port.read(20.0), port.write)
    talk.until(HelloReply)
    answers: list[Message] = []
    reader = threading.Thread(target=lambda: answers.append(talk.until(HelloReply)))
    reader.start()
    port.write(frame(1, HELLO))
    reader.join(60)
    assert answers
    assert not reader.is_alive()


def test_a_closed_port_says_so_and_the_unit_lives_on():
    clock, unit = VirtualClock(), rigid_unit()
    port = SimPort(unit, clock)
    talk = Talk(lambda: port.read(0.1), port.write)
    talk.ask(1, HELLO, HelloReply)
    talk.ask(2, SetPosition(40))
    port.close()
    with pytest.raises(LineError, match="unplugged"):
        port.read(0.1)
    with pytest.raises(LineError):
        port.write(b"\0")
    clock.advance(1.0)
    again = SimPort(unit, clock)
    status = Talk(lambda: again.read(0.1), again.write).ask(9, GetStatus(), Telemetry)
    assert (status.state, status.position) == (State.IDLE, 40)


def test_a_reader_is_released_when_its_port_is_closed():
    port = SimPort(rigid_unit(), SystemClock())
    port.read(0.5)
    raised = threading.Event()

    def read() -> None:
        try:
            port.read(20.0)
        except LineError:
            raised.set()

    reader = threading.Thread(target=read)
    reader.start()
    port.close()
    assert raised.wait(60)
    reader.join(60)


def test_the_bench_is_reached_beside_the_line():
    port, clock, unit, talk = on_virtual()
    talk.ask(1, HELLO, HelloReply)
    port.on_bench(lambda now_s: unit.set_cue(True, now_s))
    clock.advance(0.001)
    assert port.witness(lambda: unit.ring_deg) == 0.0
    assert talk.ask(2, GetStatus(), Telemetry).flags & 128


def test_plugging_in_gives_port_unit_and_witness():
    clock = VirtualClock()
    plugged = plug_in(clock, stops_deg=(10.0, 200.0))
    assert plugged.witness is not None
    assert plugged.witness() == pytest.approx(10.0)
    other = plug_in(clock, faults=["gps"])
    assert (other.unit, other.witness) == (None, None)
    assert other.port.read(2.0).startswith(b"$GPGGA")


# Servers --------------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def serving(server: UnitServer) -> Iterator[None]:
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.stop()
        thread.join(60)
        assert not thread.is_alive()
        server.close()


def on_socket(connection: socket.socket) -> Talk:
    connection.settimeout(60)
    return Talk(lambda: connection.recv(4096), connection.sendall)


def test_tcp_serves_one_client_after_another():
    with kept_port() as number:
        server = TcpServer(rigid_unit(), "127.0.0.1", number)
        with serving(server):
            for position in (11, 22):
                with socket.create_connection((server.host, server.port)) as connection:
                    talk = on_socket(connection)
                    talk.ask(1, HELLO, HelloReply)
                    talk.ask(2, SetPosition(position))
                    assert talk.ask(3, GetStatus(), Telemetry).position == position
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((server.host, server.port))


def test_a_second_client_is_turned_away():
    server = TcpServer(rigid_unit(), "127.0.0.1", 0)
    with serving(server), socket.create_connection((server.host, server.port)) as first:
        talk = on_socket(first)
        talk.ask(1, HELLO, HelloReply)
        with socket.create_connection((server.host, server.port)) as second:
            second.settimeout(60)
            assert second.recv(10) == b""
        talk.ask(2, Ping())


def test_the_dead_man_works_when_a_client_is_gone():
    unit = rigid_unit()
    server = TcpServer(unit, "127.0.0.1", 0)
    with serving(server):
        with socket.create_connection((server.host, server.port)) as connection:
            talk = on_socket(connection)
            talk.ask(1, HELLO, HelloReply)
            talk.ask(2, SetPosition(0))
            talk.ask(3, SetTelemetry(5))
            talk.ask(4, Jog(500))
        with socket.create_connection((server.host, server.port)) as connection:
            talk = on_socket(connection)  # says nothing: only that would keep the jog alive
            while (told := talk.until(Telemetry)).state is not State.IDLE:
                assert told.state in (State.MOVING, State.STOPPING)
    assert 0 < unit.position < 500


def test_an_address_in_use_is_refused_with_what_to_do():
    first = TcpServer(rigid_unit(), "127.0.0.1", 0)
    try:
        with pytest.raises(RequestError, match=r"Can't listen on 127\.0\.0\.1") as error:
            TcpServer(rigid_unit(), "127.0.0.1", first.port)
        assert "0 takes any free one" in str(error.value)
    finally:
        first.close()


def test_a_host_that_is_none_is_refused():
    with pytest.raises(RequestError, match="Can't listen"):
        TcpServer(rigid_unit(), "no-such-host.invalid", 0)


def test_a_pty_serves_clients_that_come_and_go(tmp_path):
    link = tmp_path / "unit"
    server = PtyServer(rigid_unit(), link)
    with serving(server):
        for position in (7, 8):
            far = os.open(link, os.O_RDWR | os.O_NOCTTY)
            try:
                talk = Talk(lambda far=far: os.read(far, 4096), lambda data, far=far: os.write(far, data))
                talk.ask(1, HELLO, HelloReply)
                talk.ask(2, SetPosition(position))
                assert talk.ask(3, GetStatus(), Telemetry).position == position
            finally:
                os.close(far)
    assert not link.is_symlink()


def test_the_link_goes_before_the_pty_does(tmp_path, monkeypatch):
    """The pty's number is another's at once, and who looks for its unit through the link would open that one."""
    link = tmp_path / "unit"
    server = PtyServer(rigid_unit(), link)
    linked: list[bool] = []
    closes = os.close
    monkeypatch.setattr(os, "close", lambda number: (linked.append(link.is_symlink()), closes(number)))
    server.close()
    assert len(linked) >= 2
    assert not any(linked)


def test_a_link_of_before_is_replaced_but_no_file_is(tmp_path):
    link = tmp_path / "unit"
    link.symlink_to("/dev/pts/none")
    server = PtyServer(rigid_unit(), link)
    assert str(link.readlink()) == server.path
    server.close()
    link.write_text("someone's file")
    with pytest.raises(RequestError, match="can't be made a link"):
        PtyServer(rigid_unit(), link)
    assert link.read_text() == "someone's file"


def test_a_client_that_never_reads_does_not_stop_the_unit():
    unit = rigid_unit()
    server = PtyServer(unit)
    with serving(server):
        far = os.open(server.path, os.O_RDWR | os.O_NOCTTY)
        try:
            os.write(far, frame(1, HELLO))
            for seq in range(2, 255):
                os.write(far, frame(seq, GetStatus()) * 2)
            os.write(far, frame(255, SetPosition(99)))
            Talk(lambda: os.read(far, 65_536), lambda data: os.write(far, data)).until(Ack, 255)
        finally:
            os.close(far)


@pytest.mark.parametrize(("stops_deg", "starts_deg"), [(None, 0.0), ((0.0, 300.0), 0.0), ((-2.5, 290.0), -2.5)])
def test_a_ring_starts_at_its_lower_stop_or_at_nought(stops_deg, starts_deg):
    plugged = plug_in(VirtualClock(), stops_deg=stops_deg)
    assert plugged.witness() == starts_deg
