# SPDX-License-Identifier: MIT
"""Devices that talk on a serial port and are no follow-focus units: what a person may plug in by mistake."""

from __future__ import annotations

from functools import reduce
from operator import xor


class Gps:
    """A GPS receiver: two NMEA sentences a second, deaf."""

    def __init__(self) -> None:
        self._next_s: float | None = None
        self._count = 0
        self._out = bytearray()

    def feed(self, data: bytes, now_s: float) -> None:
        """Ignored."""
        self.advance(now_s)

    def advance(self, now_s: float, until_output: bool = False) -> float:
        """Say a position every second."""
        if self._next_s is None:
            self._next_s = now_s + 0.2
        while self._next_s <= now_s and not (until_output and self._out):
            self._out += self._sentences()
            self._next_s += 1.0
        return min(now_s, self._next_s - 1.0) if until_output and self._out else now_s

    def take_output(self) -> bytes:
        """Everything said so far."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def next_event_s(self) -> float | None:
        """The next second."""
        return self._next_s

    def _sentences(self) -> bytes:
        clock = f"12{self._count // 60 % 60:02d}{self._count % 60:02d}.00"
        self._count += 1
        bodies = (
            f"GPGGA,{clock},5130.000,N,00007.200,W,1,08,0.9,35.0,M,47.0,M,,",
            f"GPRMC,{clock},A,5130.000,N,00007.200,W,0.0,0.0,010124,,,A",
        )
        return "".join(f"${body}*{reduce(xor, body.encode()):02X}\r\n" for body in bodies).encode()


class Grbl:
    """A Grbl 1.1 board: a banner when the port is opened (which resets it), an error for each line it can't read."""

    BANNER = b"\r\nGrbl 1.1h ['$' for help]\r\n"

    def __init__(self) -> None:
        self._line = bytearray()
        self._out = bytearray(self.BANNER)

    def opened(self, now_s: float) -> None:
        """DTR resets it."""
        self._line.clear()
        self._out[:] = self.BANNER

    def feed(self, data: bytes, now_s: float) -> None:
        """Answer each line, and `?` wherever it stands."""
        for byte in data:
            if byte == ord("?"):
                self._out += b"<Idle|MPos:0.000,0.000,0.000|FS:0,0|WCO:0.000,0.000,0.000>\r\n"
            elif byte in b"\r\n":
                self._out += b"ok\r\n" if not self._line else b"error:2\r\n"
                self._line.clear()
            elif 0x20 < byte < 0x80:
                self._line.append(byte)

    def advance(self, now_s: float, until_output: bool = False) -> float:
        """Nothing happens by itself."""
        return now_s

    def take_output(self) -> bytes:
        """Everything said so far."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def next_event_s(self) -> float | None:
        """Nothing happens by itself."""
        return None
