# SPDX-License-Identifier: MIT
"""Ports of the system: opened for one program, without touching DTR at the close, and every way to fail named."""

from __future__ import annotations

import contextlib
import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from followfocus.errors import FollowFocusError, LineError, NoUnitError, RequestError
from followfocus.wire import serialport
from followfocus.wire.identify import describe, misfit, nobody
from followfocus.wire.serialport import PortEntry, SerialPort, SocketPort, list_ports, open_port
from tests.support.addresses import kept_port

termios = pytest.importorskip("termios")


@pytest.fixture
def pty() -> Iterator[tuple[int, str]]:
    """A pseudo-terminal: our end, and the name of the other."""
    near, far = os.openpty()
    name = os.ttyname(far)
    yield near, name
    for end in (near, far):
        with contextlib.suppress(OSError):
            os.close(end)


def test_bytes_go_both_ways_on_a_pty(pty: tuple[int, str]) -> None:
    near, name = pty
    port = open_port(name)
    assert isinstance(port, SerialPort)
    assert port.read(0.0) == b""
    os.write(near, b"\0\x11\x13hello\xff")
    assert port.read(5.0) == b"\0\x11\x13hello\xff"
    port.write(b"\0\r\n\x03")
    assert os.read(near, 10) == b"\0\r\n\x03"
    port.close()
    port.close()
    with pytest.raises(LineError):
        port.write(b"x")
    with pytest.raises(LineError):
        port.read(0.1)


def test_dtr_is_left_alone_at_the_close(pty: tuple[int, str]) -> None:
    """HUPCL makes the last close drop DTR, and the next open then resets an Arduino."""
    near, name = pty
    settings = termios.tcgetattr(near)
    settings[2] |= termios.HUPCL
    termios.tcsetattr(near, termios.TCSANOW, settings)
    port = open_port(name)
    assert not termios.tcgetattr(near)[2] & termios.HUPCL
    port.close()
    assert not termios.tcgetattr(near)[2] & termios.HUPCL


def test_a_port_is_opened_for_one_program_only(pty: tuple[int, str]) -> None:
    port = open_port(pty[1])
    with pytest.raises(LineError, match="in use by another program"):
        open_port(pty[1])
    port.close()
    open_port(pty[1]).close()


def test_a_port_that_is_unplugged_is_lost(pty: tuple[int, str]) -> None:
    near, name = pty
    port = open_port(name)
    os.close(near)
    with pytest.raises(LineError):
        port.read(5.0)
    port.close()


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("/dev/ttyNOT7", NoUnitError, "There is no port /dev/ttyNOT7"),
        (__file__, NoUnitError, "is not a serial port"),
        ("socket://", RequestError, "not an address"),
        ("socket://somewhere", RequestError, "not an address"),
        ("socket://127.0.0.1:99999", RequestError, "not an address"),
        ("nonsense://x", RequestError, "pyserial"),
        ("rfc2217://127.0.0.1:1", NoUnitError, "refused"),
    ],
)
def test_what_cannot_be_opened_is_named(name: str, kind: type[FollowFocusError], words: str) -> None:
    with pytest.raises(kind, match=words):
        open_port(name)


@pytest.mark.parametrize(
    ("error", "words", "remedy"),
    [
        (serial.SerialException(13, "could not open port"), "No permission", "dialout"),
        (serial.SerialException(16, "could not open port"), "in use", "Close"),
        (serial.SerialException("could not open port 'COM3': PermissionError(13, 'Access')"), "in use", "Close"),
        (serial.SerialException("could not open port 'COM9': FileNotFoundError(2, 'x')"), "no port", ""),
        (serial.SerialException(5, "could not open port"), "can't be opened", "ports"),
    ],
)
def test_what_the_system_says_is_put_into_words(error: OSError, words: str, remedy: str) -> None:
    made = serialport._cannot_open("COM3", error)
    assert words in made.message
    assert remedy in made.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open everything")
def test_no_permission(pty: tuple[int, str]) -> None:
    Path(pty[1]).chmod(stat.S_IWUSR)
    with pytest.raises(LineError, match="dialout"):
        open_port(pty[1])


def test_a_near_name_is_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serialport, "list_ports", lambda: (PortEntry("/dev/ttyUSB0", "", ""),))
    assert serialport._near_ports("/dev/ttyUSB1") == "Did you mean /dev/ttyUSB0?"
    monkeypatch.setattr(serialport, "list_ports", tuple)
    assert "sim" in serialport._near_ports("/dev/ttyUSB1")


def test_a_socket_port() -> None:
    with kept_port() as number, socket.create_server(("127.0.0.1", number)) as server:
        port = open_port(f"socket://127.0.0.1:{number}")
        assert isinstance(port, SocketPort)
        client, _ = server.accept()
        with client:
            assert client.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) is not None
            client.sendall(b"abc")
            assert port.read(5.0) == b"abc"
            port.write(b"xyz")
            assert client.recv(10) == b"xyz"
            assert port.read(0.01) == b""
        with pytest.raises(LineError, match="closed at the other end"):
            port.read(5.0)
        port.close()
        with pytest.raises(LineError):
            port.read(0.1)
        server.close()
        with pytest.raises(NoUnitError, match="Connection refused"):
            open_port(f"socket://127.0.0.1:{number}")
    with pytest.raises(NoUnitError, match="no host"):
        open_port("socket://no-such-host.invalid:5")


def test_who_rings_itself_up_has_reached_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one in 14,000 calls to a free port of this computer does; here each does, as it calls from that number."""

    def call(to: tuple[str, int], _patience_s: float) -> socket.socket:
        caller = socket.socket()
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        caller.bind(to)
        caller.connect(to)
        return caller

    monkeypatch.setattr(socket, "create_connection", call)
    with kept_port() as number, pytest.raises(NoUnitError, match="nobody is there"):
        open_port(f"socket://127.0.0.1:{number}")


def test_the_systems_ports_are_listed() -> None:
    assert all(isinstance(entry, PortEntry) for entry in list_ports())


# Strangers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("noise", "words"),
    [
        (b"xx\r\n$GPGGA,120000.00,5130.000,N,00007.200,W,1,08,0.9,35.0,M,47.0,M,,*5A\r\n", "GPS"),
        (b"$GNRMC,x*00\r\n", "GPS"),
        (b"\r\nGrbl 1.1h ['$' for help]\r\n", "Grbl 1.1h"),
        (b"<Idle|MPos:0.000,0.000,0.000|FS:0,0>\r\n", "Grbl"),
        (b"\r\nGrblHAL 1.1f ['$' or '$HELP' for help]\r\n", "grblHAL"),
        (b"start\necho:Marlin 2.1.2\n", "Marlin"),
        (b"hi 1 4 1.3.1\r\n", "DFMoco"),
        (b"Hello from my sketch\r\n", "Hello from my sketch"),
        (b"a" * 200 + b"\n", "aaa…"),
        (bytes(range(128, 256)), "make no sense"),
    ],
)
def test_strangers_are_named_by_what_they_say(noise: bytes, words: str) -> None:
    assert words in describe(noise)
    assert describe(noise) in nobody("COM3", noise).message


@pytest.mark.parametrize(("long", "quoted"), [(1, 1), (39, 39), (40, 40), (41, 39), (100, 39)])
def test_what_a_stranger_says_is_quoted_up_to_forty_signs(long: int, quoted: int) -> None:
    cut = "…" if quoted < long else ""
    assert describe(b"a" * long + b"\n") == f"something that says “{'a' * quoted}{cut}”"


@pytest.mark.parametrize(("plain", "said"), [(8, False), (9, True), (10, True)])
def test_nine_tenths_plain_is_text(plain: int, said: bool) -> None:
    assert ("says" in describe(b"a" * plain + b"\xff" * (10 - plain))) == said


def test_silence_is_not_a_stranger() -> None:
    assert "Nothing answers" in nobody("COM3", b"").message
    assert "Nothing answers" in nobody("COM3", b"\0\0").message


def test_the_side_to_update_is_named() -> None:
    assert misfit("COM3", 2, 0).remedy == "Update this program."
    assert "firmware flash --port COM3" in misfit("COM3", 0, 9).remedy
    assert "table" in misfit("COM3", 1, 0).message


@pytest.mark.parametrize(("asked_s", "waits_s"), [(-5.0, 0.0), (-1e-9, 0.0), (0.0, 0.0), (0.25, 0.25), (2.0, 2.0)])
def test_a_read_waits_as_long_as_it_is_asked_to_and_never_less_than_no_time(
    pty: tuple[int, str], monkeypatch: pytest.MonkeyPatch, asked_s: float, waits_s: float
) -> None:
    near, name = pty
    waited, select = [], serialport.select.select

    def noting(readable: list[object], writable: list[object], odd: list[object], seconds: float) -> object:
        waited.append(seconds)
        return select(readable, writable, odd, seconds)

    with contextlib.closing(open_port(name)) as port:
        os.write(near, b"x")
        monkeypatch.setattr(serialport.select, "select", noting)
        assert port.read(asked_s) == b"x"
    assert waited == [waits_s]
