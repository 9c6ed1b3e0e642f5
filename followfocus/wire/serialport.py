# SPDX-License-Identifier: MIT
"""Ports to real units: serial devices, ptys, pyserial URLs; opened for one program only, without a reset if possible.

Reset. Opening a port raises DTR, and an Arduino's reset hangs on that edge. On POSIX the kernel raises DTR at open
whatever we ask, but only if it was low; so HUPCL is cleared, DTR stays high when the port is closed, and only the first
opening after plugging in resets the board. Windows raises DTR only if asked to, so there it is kept low. Where a
reset happens all the same, the greeting waits out the bootloader and the boot id tells.
"""

from __future__ import annotations

import contextlib
import difflib
import errno
import os
import select
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from followfocus.errors import LineError, NoUnitError, RequestError

if TYPE_CHECKING:
    import serial

BAUD = 250_000
# Writing holds the link's lock: a line that takes no more bytes must let go of it, or every STOP waits behind it.
WRITE_TIMEOUT_S = 1.0
CONNECT_TIMEOUT_S = 3.0
CHUNK = 4096
SCHEME = "rfc2217://"
# Without a descriptor there is nothing to wait on but the read itself: it comes back this often, for the deadlines.
_BLIND_READ_S = 0.01


class _Line(Protocol):
    """A port's file descriptor, for select."""

    def fileno(self) -> int:
        """The file descriptor."""
        ...


@dataclass(frozen=True, slots=True)
class PortEntry:
    """A serial port as the system lists it; `identity` is the USB device behind it, empty where there is none."""

    device: str
    description: str
    identity: str


def list_ports() -> tuple[PortEntry, ...]:
    """The system's serial ports, those of USB devices first."""
    from serial.tools import list_ports as system

    entries = []
    for port in system.comports():
        identity = "" if port.vid is None else f"{port.vid:04x}:{port.pid:04x}:{port.serial_number or ''}"
        description = "" if port.description in (None, "n/a") else port.description
        entries.append(PortEntry(port.device, description, identity))
    return tuple(sorted(entries, key=lambda entry: (not entry.identity, entry.device)))


def open_serial_port(name: str, baud: int) -> SerialPort:
    """Open a port at a baud rate of its own, with its modem lines, as a bootloader needs. Raises LineError."""
    return SerialPort(name, baud, modem_lines=True)


def open_port(name: str) -> SerialPort | SocketPort:
    """Open a device, a pty's path or a pyserial URL. Raises LineError (NoUnitError where there is no such port)."""
    if name.startswith("socket://"):
        return SocketPort(name)
    return SerialPort(name)


class SocketPort:
    """A unit on TCP, `socket://host:port`."""

    def __init__(self, name: str) -> None:
        self.name = name
        try:
            url = urlsplit(name)
            address = (url.hostname or "", url.port or 0)
        except ValueError:
            address = ("", 0)
        if not address[0] or not address[1]:
            raise RequestError(f"{name} is not an address.", "Write socket://host:port.")
        try:
            self._socket = socket.create_connection(address, CONNECT_TIMEOUT_S)
        except socket.gaierror as error:
            raise NoUnitError(f"There is no host called {address[0]}.", "Check the name.") from error
        except OSError as error:
            said = error.strerror or "no answer in time"
            raise NoUnitError(f"Can't connect to {name}: {said}.", "Check that the unit listens there.") from error
        if self._socket.getsockname() == self._socket.getpeername():
            # Nobody listens. On this computer the system may have given the call the very number that is called, and
            # what rings itself up is through: it would hear its own words, and keep the unit off its port.
            self._socket.close()
            raise NoUnitError(f"Can't connect to {name}: nobody is there.", "Check that the unit listens there.")
        # The 7 bytes of a STOP must not wait to be bunched with what follows (Nagle's algorithm).
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(WRITE_TIMEOUT_S)

    def read(self, timeout_s: float) -> bytes:
        """Bytes as soon as there are any, b"" after `timeout_s`."""
        with _told_as_lost(self.name):
            if not _readable(self._socket, timeout_s):
                return b""
            data = self._socket.recv(CHUNK)
        if not data:
            raise LineError(f"The connection to {self.name} was closed at the other end.")
        return data

    def write(self, data: bytes) -> None:
        """Send `data`."""
        with _told_as_lost(self.name):
            self._socket.sendall(data)

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class SerialPort:
    """A serial device, a pty, or a pyserial URL other than socket://."""

    def __init__(self, name: str, baud: int = BAUD, *, modem_lines: bool = False) -> None:
        self.name = name
        try:
            self._serial = _closed_port(name, baud, modem_lines=modem_lines)
            self._serial.timeout = _BLIND_READ_S
            if sys.platform == "win32":
                self._serial.dtr = self._serial.rts = False
            self._serial.open()
        except (OSError, ValueError, TypeError) as error:  # SerialException is an OSError; TypeError: half an address
            raise _cannot_open(name, error, baud) from error
        self._fd = _descriptor(self._serial)
        _keep_dtr(self._fd)

    def read(self, timeout_s: float) -> bytes:
        """Bytes as soon as there are any, b"" after `timeout_s` (after 10 ms where the port can't be watched)."""
        with _told_as_lost(self.name):
            if self._fd is None:
                first: bytes = self._serial.read(1)
                return first + self._serial.read(min(CHUNK, self._serial.in_waiting)) if first else b""
            if not _readable(self._serial, timeout_s):
                return b""
            # Not pyserial's read, which waits until it has as many bytes as were asked for.
            data = os.read(self._fd, CHUNK)
        # Readable, and yet nothing to read: so a device that was pulled out looks to POSIX.
        if not data:
            raise LineError(f"{self.name} has been unplugged.")
        return data

    def write(self, data: bytes) -> None:
        """Send `data`."""
        with _told_as_lost(self.name):
            self._serial.write(data)

    def set_dtr(self, *, on: bool) -> None:
        """Set DTR and RTS; going on resets an Arduino. A pty has neither, and is left as it is."""
        with contextlib.suppress(OSError):
            self._serial.dtr = self._serial.rts = on

    def close(self) -> None:
        """Close the port, leaving DTR as it is."""
        with contextlib.suppress(OSError):
            self._serial.close()


def _closed_port(name: str, baud: int, *, modem_lines: bool) -> serial.SerialBase:
    """The port of this name, not open yet."""
    import serial

    if name.startswith(SCHEME):
        from followfocus.wire.rfc2217 import rfc2217_port

        return rfc2217_port(name, baud, modem_lines=modem_lines)
    port = serial.serial_for_url(name, baud, do_not_open=True)
    port.write_timeout = WRITE_TIMEOUT_S
    if "://" not in name:
        # Two programs on one line would each get a part of the unit's answers.
        port.exclusive = True
    return port


@contextlib.contextmanager
def _told_as_lost(name: str) -> Iterator[None]:
    """Turn the system's many ways of saying that a line is gone into LineError."""
    try:
        yield
    except (OSError, ValueError, TypeError, AttributeError) as error:  # pyserial, on a port closed meanwhile
        reason = getattr(error, "strerror", None) or str(error) or "the line is gone"
        raise LineError(f"The line on {name} was lost: {reason}.", "Check the cable.") from error


def _readable(line: _Line, timeout_s: float) -> bool:
    return bool(select.select([line], [], [], max(0.0, timeout_s))[0])


def _descriptor(port: serial.Serial) -> int | None:
    """The file descriptor, where the system lets us wait on one."""
    if os.name != "posix":
        return None
    try:
        return int(port.fileno())
    except (AttributeError, OSError, ValueError):  # rfc2217:// and the like
        return None


def _keep_dtr(descriptor: int | None) -> None:
    """Let DTR stay as it is when the port is closed (POSIX)."""
    if descriptor is None:
        return
    import termios

    with contextlib.suppress(termios.error):
        settings = termios.tcgetattr(descriptor)
        # Control flags are the third of the list (termios(3)).
        settings[2] &= ~termios.HUPCL
        termios.tcsetattr(descriptor, termios.TCSANOW, settings)


def _cannot_open(name: str, error: OSError | ValueError | TypeError, baud: int = BAUD) -> LineError | RequestError:
    """Why a port can't be opened, and what to do."""
    code = getattr(error, "errno", None)
    text = str(error)
    if name.startswith(SCHEME):
        from followfocus.wire.rfc2217 import cannot_open

        return cannot_open(name, baud, error)
    if "://" in name and (isinstance(error, ValueError | TypeError) or "expected a string in the form" in text):
        return RequestError(f"{name} is not an address that pyserial knows: {text}.", "Write socket://host:port.")
    if not name.strip():
        return NoUnitError("No port is named.", _near_ports(name))
    if code == errno.ENOENT or "FileNotFoundError" in text:
        return NoUnitError(f"There is no port {name}.", _near_ports(name))
    if code in (errno.EACCES, errno.EPERM) and sys.platform != "win32":
        return LineError(
            f"No permission to open {name}.",
            "Add yourself to the group dialout (sudo usermod -aG dialout $USER), then log in again.",
        )
    # EAGAIN is pyserial's own lock, which some versions tell in words alone; Windows says PermissionError for “in use”.
    if code in (errno.EBUSY, errno.EAGAIN) or "lock" in text or "PermissionError" in text:
        return LineError(f"{name} is in use by another program.", "Close the other program first.")
    if code in (errno.ENOTTY, errno.EINVAL, errno.EISDIR, errno.ENXIO) or "Could not configure port" in text:
        return NoUnitError(f"{name} is not a serial port.", _near_ports(name))
    reason = os.strerror(code) if isinstance(code, int) else text.rpartition("] ")[2]
    return NoUnitError(f"{name} can't be opened: {reason}.", "`followfocus ports` lists the ports.")


def _near_ports(name: str) -> str:
    devices = [entry.device for entry in list_ports()]
    near = difflib.get_close_matches(name, devices, n=2, cutoff=0.7)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Ports here: {', '.join(devices)}." if devices else "No serial port is plugged in here; `sim` always works."
