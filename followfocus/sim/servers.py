# SPDX-License-Identifier: MIT
"""A simulated unit for any client, in real time: on a pseudo-terminal or a TCP port."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Self

from followfocus.clock import Clock, SystemClock
from followfocus.errors import RequestError
from followfocus.sim.ports import Device, SimLine

MOST_UNREAD = 65_536
"""Bytes kept for a client that doesn't read; after that they are lost, as on a serial line."""


class UnitServer:
    """Serves a device in real time to any client on a file descriptor, until `stop`.

    The unit runs whether or not anyone listens. What nobody reads is lost.
    """

    def __init__(self, device: Device, clock: Clock | None = None) -> None:
        self._line = SimLine(device)
        self._clock: Clock = clock if clock is not None else SystemClock()
        # `stop` may come from a signal handler while select waits: only a byte ends that wait at once.
        self._wake_in, self._wake_out = socket.socketpair()
        self._stopped = False
        self._unsent = bytearray()

    def run(self) -> None:
        """Serve until `stop` is called. Close it afterwards, or use it in a `with`."""
        while not self._stopped:
            self._turn()

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Free the address."""
        self.close()

    def stop(self) -> None:
        """End `run`, from any thread or a signal handler."""
        self._stopped = True
        with contextlib.suppress(OSError):
            self._wake_out.send(b"\0")

    def close(self) -> None:
        """Free the address."""
        self._wake_in.close()
        self._wake_out.close()

    def _turn(self) -> None:
        """Wait for bytes or for the unit, whichever is first, and pass on what there is."""
        now_s = self._clock.now()
        self._line.run_to(now_s)
        self._send(self._line.device.take_output())
        due_s = self._line.next_event_s()
        timeout_s = None if due_s is None else max(0.0, due_s - self._clock.now())
        channel = self._channel()
        writers = [channel] if self._unsent and channel is not None else []
        readable, writable, _ = select.select([self._wake_in, *self._listens()], writers, [], timeout_s)
        if writable:
            self._flush()
        for source in readable:
            if source is not self._wake_in:
                self._attend(source)

    def _receive(self, data: bytes) -> None:
        now_s = self._clock.now()
        self._line.run_to(now_s)
        self._line.write(data, now_s)

    def _send(self, data: bytes) -> None:
        if data and self._channel() is not None and len(self._unsent) + len(data) <= MOST_UNREAD:
            self._unsent += data
            self._flush()

    def _flush(self) -> None:
        try:
            sent = self._write(bytes(self._unsent))
        except BlockingIOError:
            return
        except OSError:
            self._hang_up()
            return
        del self._unsent[:sent]

    def _channel(self) -> int | socket.socket | None:
        """The peer that bytes are sent to; None while nobody is there."""
        raise NotImplementedError

    def _listens(self) -> list[int | socket.socket]:
        """The file descriptors to wait on."""
        raise NotImplementedError

    def _attend(self, source: int | socket.socket) -> None:
        """Something is to be read from `source`."""
        raise NotImplementedError

    def _write(self, data: bytes) -> int:
        """Send what goes without waiting; the number of bytes sent."""
        raise NotImplementedError

    def _hang_up(self) -> None:
        """The client is gone."""
        self._unsent.clear()


class PtyServer(UnitServer):
    """A unit on a pseudo-terminal; `link_path` becomes a symbolic link to it, removed again at the end."""

    def __init__(self, device: Device, link_path: Path | None = None, clock: Clock | None = None) -> None:
        try:
            import tty
        except ImportError as error:
            raise RequestError("There are no ptys on this system.", "Use --tcp 127.0.0.1:0 instead.") from error
        super().__init__(device, clock)
        # The far end stays open here too, so that a client that closes the port doesn't hang the pty up.
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        self._link = link_path
        if link_path is not None:
            self._make_link(link_path)

    def close(self) -> None:
        """Remove the link, if it is still ours, and close the pty."""
        # First the link: the system gives the pty's number to the next that asks, and a client that looks for its unit
        # through the link would open that one.
        if self._link is not None and self._link.is_symlink() and str(self._link.readlink()) == self.path:
            self._link.unlink()
        super().close()
        os.close(self._near)
        os.close(self._far)

    def _make_link(self, link: Path) -> None:
        try:
            if link.is_symlink():
                link.unlink()
            link.symlink_to(self.path)
        except OSError as error:
            self._link = None
            self.close()
            raise RequestError(f"{link} can't be made a link to {self.path}: {error.strerror}.") from error

    def _channel(self) -> int | socket.socket | None:
        return self._near

    def _listens(self) -> list[int | socket.socket]:
        return [self._near]

    def _attend(self, source: int | socket.socket) -> None:
        with contextlib.suppress(BlockingIOError):
            self._receive(os.read(self._near, 4096))

    def _write(self, data: bytes) -> int:
        return os.write(self._near, data)


class TcpServer(UnitServer):
    """A unit on a TCP port, one client at a time; `host` and `port` are where it listens."""

    def __init__(self, device: Device, host: str, port: int, clock: Clock | None = None) -> None:
        super().__init__(device, clock)
        try:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._listener = socket.create_server((host, port), family=family)
        except OSError as error:
            super().close()
            hint = "Choose another port; 0 takes any free one." if error.errno == errno.EADDRINUSE else ""
            raise RequestError(f"Can't listen on {host}:{port}: {error.strerror or error}.", hint) from error
        self._listener.settimeout(0)
        self.host, self.port = self._listener.getsockname()[:2]
        self._client: socket.socket | None = None

    def close(self) -> None:
        """Close listener and client."""
        super().close()
        self._listener.close()
        self._hang_up()

    def _channel(self) -> int | socket.socket | None:
        return self._client

    def _listens(self) -> list[int | socket.socket]:
        return [self._listener] if self._client is None else [self._listener, self._client]

    def _attend(self, source: int | socket.socket) -> None:
        if source is self._listener:
            self._accept()
        else:
            self._read_client()

    def _read_client(self) -> bool:
        """Take what the client has sent; False if there is nothing now, or it is gone."""
        if self._client is None:
            return False
        try:
            data = self._client.recv(4096)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        if not data:
            self._hang_up()
            return False
        self._receive(data)
        return True

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        while self._read_client():  # the one before may be gone already
            pass
        if self._client is not None:  # a serial port has one owner
            client.close()
            return
        client.settimeout(0)
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._client = client
        now_s = self._clock.now()
        self._line.run_to(now_s)
        self._line.open(now_s)

    def _write(self, data: bytes) -> int:
        assert self._client is not None
        return self._client.send(data)

    def _hang_up(self) -> None:
        super()._hang_up()
        if self._client is not None:
            self._client.close()
            self._client = None


def serve_pty(device: Device, link_path: Path | None, ready: Callable[[str], None]) -> None:
    """Serve `device` on a pty until interrupted; `ready` is told the path to open."""
    with PtyServer(device, link_path) as server:
        ready(str(link_path) if link_path is not None else server.path)
        server.run()


def serve_tcp(device: Device, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve `device` on TCP until interrupted; `ready` is told `host:port`, with the port chosen if `port` is 0."""
    with TcpServer(device, host, port) as server:
        ready(f"[{server.host}]:{server.port}" if ":" in server.host else f"{server.host}:{server.port}")
        server.run()
