# SPDX-License-Identifier: MIT
"""A board's bootloader, as optiboot and the older ATmegaBOOT speak STK500v1: bytes in, bytes out, with a flash behind.

Behaviour from their sources: a command that does not end in a space resets optiboot (it falls silent) and is answered
15 by ATmegaBOOT; unknown commands are taken and answered; parameters are looked up for GET_PARAMETER.
"""

from __future__ import annotations

import os
import termios
import threading
import tty
from dataclasses import dataclass, field
from pathlib import Path

from followfocus.clock import VirtualClock
from followfocus.errors import LineError

PAGE = 128
FLASH = 0x8000
BOOT_START = 0x7E00
SPACE, IN_SYNC, OK, NO_SYNC = 0x20, 0x14, 0x10, 0x15
ARGUMENTS = {0x41: 1, 0x42: 20, 0x45: 5, 0x55: 2, 0x56: 4, 0x74: 3}
SPEEDS = {termios.B115200: 115_200, termios.B57600: 57_600}


@dataclass
class Bootloader:
    """Settings are what is wrong with the board, if anything."""

    baud: int = 115_200
    signature: bytes = b"\x1e\x95\x0f"
    silent: bool = False
    forgiving: bool = False
    worn_cell: int | None = None
    lose_answers: set[int] = field(default_factory=set)
    dies_after: int | None = None
    flash: bytearray = field(default_factory=lambda: bytearray(b"\xff" * FLASH))
    left: bool = False
    resets: int = 0
    commands: int = 0
    address: int = 0
    held: bytes = b""

    def reset(self) -> None:
        self.resets += 1
        self.left = False
        self.held = b""

    def feed(self, data: bytes, baud: int) -> bytes:
        """Its answer to bytes at a baud rate."""
        if self.silent or self.left or (self.dies_after is not None and self.commands >= self.dies_after):
            return b""
        if baud != self.baud:
            return bytes(byte ^ 0xF3 for byte in data[:1])
        self.held += data
        answers = b""
        while (length := self._length()) is not None and len(self.held) >= length:
            command, self.held = self.held[:length], self.held[length:]
            self.commands += 1
            answer = self._answer(command)
            answers += b"" if self.commands in self.lose_answers else answer
        return answers

    def _length(self) -> int | None:
        """Bytes in the command under way, its space included; None while that is not known."""
        if not self.held:
            return None
        if self.held[0] == 0x64:
            return None if len(self.held) < 3 else 5 + int.from_bytes(self.held[1:3], "big")
        return ARGUMENTS.get(self.held[0], 0) + 2

    def _answer(self, command: bytes) -> bytes:
        kind, body, end = command[0], command[1:-1], command[-1]
        if end != SPACE:
            if self.forgiving:
                return bytes([NO_SYNC])
            self.held = b""
            return b""
        return bytes([IN_SYNC, *self._carry_out(kind, body), OK])

    def _carry_out(self, kind: int, body: bytes) -> bytes:
        if kind == 0x41:
            return {0x81: b"\x04", 0x82: b"\x04"}.get(body[0], b"\x03")
        if kind == 0x55:
            self.address = int.from_bytes(body, "little") * 2
        elif kind == 0x56:
            return b"\x00"
        elif kind == 0x64:
            self._program(body[3:])
        elif kind == 0x74:
            return bytes(self.flash[self.address : self.address + int.from_bytes(body[:2], "big")])
        elif kind == 0x75:
            return self.signature
        elif kind == 0x51:
            self.left = True
        return b""

    def _program(self, page: bytes) -> None:
        if self.address + len(page) > BOOT_START:
            return
        self.flash[self.address : self.address + len(page)] = page
        if self.worn_cell is not None:
            self.flash[self.worn_cell] &= 0xFE


class MemoryPort:
    """The bootloader's serial line in memory, on a virtual clock; DTR resets the board."""

    def __init__(
        self, boot: Bootloader, clock: VirtualClock, baud: int, at_once: int = 50, chatter: bytes = b""
    ) -> None:
        """`at_once` is how many bytes a read gives at most; `chatter` is what a program sends without end."""
        self.name = "board"
        self.boot, self.clock, self.baud, self.at_once, self.chatter = boot, clock, baud, at_once, chatter
        self.incoming = b"\xfe\x00hello from the program that ran before"
        self.closed = False

    def set_dtr(self, *, on: bool) -> None:
        if on:
            self.boot.reset()

    def read(self, timeout_s: float) -> bytes:
        if self.closed:
            raise LineError("closed")
        data, self.incoming = self.incoming[: self.at_once], self.incoming[self.at_once :]
        if not data and self.chatter:
            data = self.chatter
            self.clock.advance(len(data) * 10 / self.baud)
        if not data:
            self.clock.advance(max(0.0, timeout_s))
        return data

    def write(self, data: bytes) -> None:
        self.clock.advance(len(data) * 10 / self.baud)
        self.incoming += self.boot.feed(data, self.baud)

    def close(self) -> None:
        self.closed = True


class PtyBoard:
    """The same on a pty, for programs of their own: the speed that they set is the speed that it hears."""

    def __init__(self, boot: Bootloader) -> None:
        self.boot = boot
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        self.path = Path(os.ttyname(self._far))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            data = os.read(self._near, 4096)
            if data == b"\x04end of test":
                return
            baud = SPEEDS.get(termios.tcgetattr(self._far)[5], 0)
            answer = self.boot.feed(data, baud)
            if answer:
                os.write(self._near, answer)

    def close(self) -> None:
        os.write(self._far, b"\x04end of test")
        self._thread.join()
        os.close(self._near)
        os.close(self._far)
