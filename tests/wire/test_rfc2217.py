# SPDX-License-Identifier: MIT
"""Units behind port servers: a whole pull through ser2net and through pyserial's server, and servers that are none."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from followfocus.errors import LineError, NoUnitError, RequestError
from followfocus.sim.device import SimulatedUnit
from followfocus.stage.shoot import load, ready, shoot
from followfocus.takes.takes import Verdict
from followfocus.unit.connect import open_unit
from followfocus.wire.link import Port
from followfocus.wire.serialport import open_port, open_serial_port
from tests.support.addresses import kept_port
from tests.support.benches import a_plan, on_pty
from tests.support.portservers import PySerialServer, ser2net, ser2net_path

pytestmark = pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")  # pyserial's own


@pytest.fixture
def device(tmp_path: Path) -> Iterator[str]:
    """A simulated unit on a pty."""
    with on_pty(SimulatedUnit(), tmp_path / "unit") as name:
        yield name


@pytest.fixture
def through_ser2net(device: str, tmp_path: Path) -> Iterator[str]:
    program = ser2net_path()
    if program is None:
        assert os.environ.get("CI") != "true", "ser2net is not installed: .ci/setup test installs it"
        pytest.skip("ser2net is not installed")
    with ser2net(program, device, tmp_path) as url:
        yield url


def shoot_through(url: str) -> None:
    plan = a_plan(0.0, 20.0, 0.5)
    with open_unit(url) as unit:
        ready(unit, plan)
        take = shoot(unit, load(unit, plan), 1)
        assert take.verdict is Verdict.GOOD, take.reasons
        assert unit.goto_deg(1.0).at_rest


def test_a_pull_through_ser2net(through_ser2net: str) -> None:
    shoot_through(through_ser2net)


def test_where_modem_lines_are_missing_that_is_said(through_ser2net: str) -> None:
    with pytest.raises(LineError, match="no modem lines"):
        open_serial_port(through_ser2net, 115_200)


def test_a_pull_through_pyserial_s_own_server(device: str) -> None:
    with PySerialServer(device) as server:
        shoot_through(server.url)


def test_a_server_that_goes_away_is_a_lost_line(device: str) -> None:
    with PySerialServer(device) as server:
        port = open_port(server.url)
        try:
            port.write(b"\0")
            server.cut()
            with pytest.raises(LineError, match="was lost"):
                read_on(port)
        finally:
            port.close()


def read_on(port: Port) -> None:
    for _ in range(1000):
        port.read(0.02)


@pytest.mark.parametrize("address", ["rfc2217://", "rfc2217://host", "rfc2217://:7", "rfc2217://host:x"])
def test_half_an_address_is_told(address: str) -> None:
    with pytest.raises(RequestError, match="is not an address"):
        open_port(address)


def test_an_unknown_option_is_told() -> None:
    with pytest.raises(RequestError, match="unknown option"):
        open_port("rfc2217://127.0.0.1:9?colour=red")


def test_nobody_listens() -> None:
    with kept_port() as number, pytest.raises(NoUnitError, match="Connection refused"):
        open_port(f"rfc2217://127.0.0.1:{number}")


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"\xff\xf0\xff\xf0", b"\xff\xfa\x2c\xff\xf0"])
def test_what_is_no_port_server_is_told_and_brings_no_traceback(greeting: bytes) -> None:
    """Odd Telnet too: a thread of pyserial's that died of it would fail this test."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client:
                client.sendall(greeting)
                while client.recv(1024):
                    pass

        thread = threading.Thread(target=serve, name="no port server")
        thread.start()
        with pytest.raises(NoUnitError, match="not an RFC 2217 server"):
            open_port(f"rfc2217://127.0.0.1:{listener.getsockname()[1]}?timeout=0.5")
        thread.join(60.0)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # spy:// leaves its file open
@pytest.mark.parametrize("scheme", ["loop://", "spy://{}?file=/dev/null", "alt://{}?class=Serial"])
def test_the_other_urls_stay(scheme: str, device: str) -> None:
    port = open_port(scheme.format(device))
    port.write(b"\0")
    port.read(0.05)
    port.close()
