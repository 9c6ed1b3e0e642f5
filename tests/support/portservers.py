# SPDX-License-Identifier: MIT
"""Port servers for `rfc2217://`: a real ser2net, and one made of pyserial's own server side."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import socket
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import serial
from serial import rfc2217

from tests.support.addresses import kept_port


def ser2net_path() -> str | None:
    """Where ser2net is, if it is installed."""
    return shutil.which("ser2net") or next((path for path in ("/usr/sbin/ser2net",) if os.access(path, os.X_OK)), None)


@contextlib.contextmanager
def ser2net(program: str, device: str, folder: Path) -> Iterator[str]:
    """ser2net on a serial device; its URL."""
    with kept_port() as number:
        config = folder / "ser2net.yaml"
        config.write_text(
            f"connection: &unit\n  accepter: telnet(rfc2217),tcp,127.0.0.1,{number}\n"
            f"  connector: serialdev,{device},250000n81,local\n"
        )
        command = [program, "-n", "-d", "-c", str(config), "-P", str(folder / "ser2net.pid")]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                _wait_for(number, server)
                yield f"rfc2217://127.0.0.1:{number}"
            finally:
                server.terminate()


def _wait_for(number: int, server: subprocess.Popen[bytes]) -> None:
    """Until it listens there: connecting waits for it, refusal by refusal."""
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", number)) == 0:
                return
        assert server.poll() is None, f"it ended before it listened on {number}"
        select.select([], [], [], 0.05)


class _Lineless(serial.Serial):  # type: ignore[misc]
    """A pty: it has no modem lines, and says that all are off."""

    cts = dsr = ri = cd = property(lambda _: False)

    def _update_dtr_state(self) -> None:
        pass

    def _update_rts_state(self) -> None:
        pass


class PySerialServer:
    """pyserial's server side on a serial device, for one client at a time. `dropped` cuts the client off."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ended = threading.Event()
        self._cut = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="rfc2217 server")
        self.url = f"rfc2217://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> PySerialServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join(60.0)
        self._listener.close()

    def cut(self) -> None:
        """Cut off whoever is connected, without a goodbye: by a reset, as a server that is switched off."""
        self._cut.set()

    def _serve(self) -> None:
        self._listener.settimeout(0.1)
        while not self._ended.is_set():
            with contextlib.suppress(OSError):
                client, _ = self._listener.accept()
                with client, _Lineless(self._device, 250_000, timeout=0) as port:
                    self._pass_on(client, port)

    def _pass_on(self, client: socket.socket, port: serial.Serial) -> None:
        manager = rfc2217.PortManager(port, _Sender(client))
        while not self._ended.is_set() and not self._cut.is_set():
            ready = select.select([client, port], [], [], 0.05)[0]
            if client in ready:
                data = client.recv(1024)
                if not data:
                    return
                port.write(b"".join(manager.filter(data)))
            if port in ready:
                client.sendall(b"".join(manager.escape(port.read(1024))))
        if self._cut.is_set():
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._cut.clear()


class _Sender:
    """The sink for the Telnet of pyserial's server side."""

    def __init__(self, client: socket.socket) -> None:
        self.write = client.sendall
