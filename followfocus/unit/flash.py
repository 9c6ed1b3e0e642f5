# SPDX-License-Identifier: MIT
"""Writing a unit's firmware through the bootloader of an Arduino Uno or Nano: STK500v1, or avrdude where it is there.

A pulse on DTR resets the board; its bootloader then listens for about a second, at 115200 baud (Uno, newer Nano) or
57600 (older Nano). Every command ends in a space; every answer begins with 14 and ends with 10 (Atmel application
note 061). Whatever is written is read back and compared.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from followfocus.clock import Clock
from followfocus.errors import JobError, LineError, NoUnitError, VersionError
from followfocus.unit.firmware import PAGE_BYTES, Image
from followfocus.wire.frames import FrameReader, encode_frame
from followfocus.wire.link import Port
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    Hello,
    HelloReply,
    decode_body,
    encode_body,
)

BAUDS = (115_200, 57_600)
SIGNATURE = bytes.fromhex("1e950f")
_GET_SYNC, _ENTER, _LEAVE, _LOAD_ADDRESS, _PROGRAM, _READ, _SIGNATURE = 0x30, 0x50, 0x51, 0x55, 0x64, 0x74, 0x75
_END_OF_COMMAND, _IN_SYNC, _OK, _NO_SYNC = 0x20, 0x14, 0x10, 0x15
ANSWER_S = 0.5
RESET_PULSE_S = 0.1
SYNC_S = 0.15
SYNC_FOR_S = 1.6
TRIES = 3
HELLO_S = 3.0
HELLO_EVERY_S = 0.4
AVRDUDE_S = 180.0
NO_BOOTLOADER = (
    "Press the board's reset button in the moment this starts and try again; close other programs on the port; a board "
    "without a bootloader needs a programmer: `avrdude -c usbasp -p m328p -U flash:w:FILE.hex`."
)

FlashProgress = Callable[[str, int, int], None]
"""Told what is being done ("write", "verify"), how many pages are done, and of how many."""


T = TypeVar("T")


class BootPort(Port, Protocol):
    """A port whose DTR line can reset the board."""

    def set_dtr(self, *, on: bool) -> None:
        """Set DTR; the board is reset as it goes on."""
        ...


BootPortOpener = Callable[[int], BootPort]
"""Opens the port at a baud rate."""


class _NoAnswerError(Exception):
    """The bootloader did not answer as it should."""


@dataclass(slots=True)
class Bootloader:
    """The bootloader at the other end of `port`."""

    port: Port
    clock: Clock

    def reset(self, port: BootPort) -> None:
        """Reset the board, so that its bootloader runs."""
        # A capacitor stands between DTR and the reset line: only the edge resets, and a port may have been opened with
        # DTR on.
        port.set_dtr(on=False)
        self.clock.sleep_until(self.clock.now() + RESET_PULSE_S)
        port.set_dtr(on=True)

    def synchronise(self) -> None:
        """Greet it until it answers. Raises _NoAnswerError if it doesn't."""
        end_s = self.clock.now() + SYNC_FOR_S
        while self.clock.now() < end_s:
            self._drain()
            try:
                self._command(bytes([_GET_SYNC]), timeout_s=SYNC_S)
            except _NoAnswerError:
                continue
            self._drain()  # a late answer to an earlier greeting would pass for that of the next command
            return
        raise _NoAnswerError

    def signature(self) -> bytes:
        """Three bytes that say what chip it is."""
        return self._command(bytes([_SIGNATURE]), 3)

    def enter(self) -> None:
        """Begin programming."""
        self._command(bytes([_ENTER]))

    def leave(self) -> None:
        """Start the program that is there now."""
        self._command(bytes([_LEAVE]))

    def write_page(self, address: int, page: bytes) -> None:
        """Write a page at a byte address."""
        self._load_address(address)
        # F for flash; E would be the EEPROM, where the unit keeps its settings.
        self._command(bytes([_PROGRAM, *len(page).to_bytes(2, "big")]) + b"F" + page)

    def read_page(self, address: int) -> bytes:
        """The page at a byte address."""
        self._load_address(address)
        return self._command(bytes([_READ, *PAGE_BYTES.to_bytes(2, "big")]) + b"F", PAGE_BYTES)

    def _load_address(self, address: int) -> None:
        # In words of two bytes, low byte first; a page's length is in bytes, high byte first. So it is in the note.
        self._command(bytes([_LOAD_ADDRESS, *(address // 2).to_bytes(2, "little")]))

    def _command(self, command: bytes, answer_bytes: int = 0, timeout_s: float = ANSWER_S) -> bytes:
        self.port.write(command + bytes([_END_OF_COMMAND]))
        answer = self._read(answer_bytes + 2, timeout_s)
        if len(answer) < answer_bytes + 2 or answer[0] != _IN_SYNC or answer[-1] != _OK:
            raise _NoAnswerError
        return answer[1:-1]

    def _read(self, count: int, timeout_s: float) -> bytes:
        data = b""
        end_s = self.clock.now() + timeout_s
        while len(data) < count and (left_s := end_s - self.clock.now()) > 0:
            data += self.port.read(left_s)
            # The bootloader has lost its place in our bytes and will say
            # nothing more: waiting on would use up its patience.
            if data[:1] == bytes([_NO_SYNC]):
                break
        return data

    def _drain(self) -> None:
        """Take in what is still under way; where something sends without end, no more than a while of it."""
        end_s = self.clock.now() + SYNC_S
        while self.port.read(0.02) and self.clock.now() < end_s:
            pass


def enter_bootloader(opener: BootPortOpener, clock: Clock, bauds: Sequence[int] = BAUDS) -> tuple[BootPort, Bootloader]:
    """Reset the board and find its bootloader. Raises NoUnitError where none answers at any baud rate."""
    name = ""
    # Each rate needs a reset of its own: the bootloader listens for about a second, and then starts the program.
    for baud in bauds:
        port = opener(baud)
        name = port.name
        bootloader = Bootloader(port, clock)
        try:
            bootloader.reset(port)
            bootloader.synchronise()
        except _NoAnswerError:
            port.close()
        except BaseException:
            port.close()
            raise
        else:
            return port, bootloader
    raise NoUnitError(f"No bootloader answers on {name} at {' or '.join(map(str, bauds))} baud.", NO_BOOTLOADER)


def write(
    image: Image,
    opener: BootPortOpener,
    clock: Clock,
    progress: FlashProgress = lambda *_: None,
    bauds: Sequence[int] = BAUDS,
) -> None:
    """Write `image` to the board, read it back, compare, and start it.

    Raises NoUnitError where no bootloader answers, JobError where the chip is another one or the image does not hold,
    LineError where the line or the bootloader is lost. The board keeps its bootloader, so it can always be tried again.
    """
    port, bootloader = enter_bootloader(opener, clock, bauds)
    try:
        # Before anything is written: on another chip the program that is there would be lost for one that can't run.
        _check_chip(_again(bootloader, bootloader.signature))
        _again(bootloader, bootloader.enter)
        pages = image.pages()
        for index, page in enumerate(pages):
            _again(bootloader, partial(bootloader.write_page, index * PAGE_BYTES, page))
            progress("write", index + 1, len(pages))
        for index, page in enumerate(pages):
            kept = _again(bootloader, partial(bootloader.read_page, index * PAGE_BYTES))
            if kept != page:
                raise JobError(
                    f"The board holds something else than was written, from byte {index * PAGE_BYTES} on.",
                    "Flash it again; if it happens again, its memory is worn or its supply too weak.",
                )
            progress("verify", index + 1, len(pages))
        with contextlib.suppress(_NoAnswerError):  # all is written and read back; a reset starts it as well
            bootloader.leave()
    except _NoAnswerError:
        raise LineError(f"The bootloader on {port.name} stopped answering.", "Flash the board again.") from None
    finally:
        port.close()


def _again(bootloader: Bootloader, action: Callable[[], T]) -> T:
    """Do something that may be done twice, again after a lost answer."""
    # Nobody knows whether the command or its answer was lost. All that is done here comes out the same done twice.
    for _ in range(TRIES - 1):
        try:
            return action()
        except _NoAnswerError:
            bootloader.synchronise()
    return action()


def _check_chip(signature: bytes) -> None:
    if signature != SIGNATURE:
        raise JobError(
            f"The chip on this board is not an ATmega328P: its signature is {signature.hex(' ')}.",
            f"The unit's firmware is for Arduino Uno and Nano with an ATmega328P ({SIGNATURE.hex(' ')}).",
        )


def avrdude_path() -> str | None:
    """Where avrdude is, if it is installed."""
    return shutil.which("avrdude")


def write_with_avrdude(avrdude: str, hex_path: Path, port_name: str, bauds: Sequence[int] = BAUDS) -> None:
    """Write and verify a .hex file with avrdude, which shows its own progress. Raises NoUnitError or JobError."""
    said = ""
    for baud in bauds:
        # -D: the bootloader erases each page as it writes it, and knows no erasing of the whole chip.
        command = [avrdude, "-p", "m328p", "-c", "arduino", "-P", port_name, "-b", str(baud), "-D"]
        try:
            done = subprocess.run(
                [*command, "-U", f"flash:w:{hex_path}:i"],
                stdin=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
                timeout=AVRDUDE_S,
            )
        except subprocess.TimeoutExpired:
            raise JobError(f"avrdude has not ended after {AVRDUDE_S:.0f} s.", "Flash the board again.") from None
        if done.returncode == 0:
            return
        said = done.stderr.strip()
        if "verification error" in said or "Expected signature" in said:
            raise JobError(f"avrdude could not write the board: {_last_words(said)}", "See above; then flash it again.")
    raise NoUnitError(f"avrdude finds no bootloader on {port_name}: {_last_words(said)}", NO_BOOTLOADER)


def _last_words(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if "error" in line.lower() or "not in sync" in line]
    return f"{(lines or text.splitlines() or ['it said nothing'])[-1].rstrip('.')}."


def ask_hello(port: Port, clock: Clock) -> HelloReply:
    """Ask a unit who it is, whatever version it speaks. Raises NoUnitError if none answers."""
    reader = FrameReader()
    end_s = clock.now() + HELLO_S
    seq = 0
    while clock.now() < end_s:
        seq += 1
        hello = Hello(seq, PROTOCOL_MAJOR, PROTOCOL_MINOR, DEFINITIONS_HASH)
        # The zero ends whatever the unit may hold of a frame: without it the greeting would be that frame's tail.
        port.write(b"\0" + encode_frame(seq, hello.TYPE, encode_body(hello)))
        until_s = clock.now() + HELLO_EVERY_S
        while (left_s := until_s - clock.now()) > 0:
            for frame in reader.feed(port.read(left_s)):
                if frame.type == HelloReply.TYPE:
                    return _hello_reply(frame.body, port.name)
    raise NoUnitError(
        f"No followfocus unit answers on {port.name}.", "A new board needs `followfocus firmware flash` first."
    )


def _hello_reply(body: bytes, name: str) -> HelloReply:
    try:
        reply = decode_body(HelloReply.TYPE, body)
    except ValueError as error:
        raise VersionError(
            f"The unit on {name} speaks in a way this program does not know.", "Update followfocus."
        ) from error
    assert isinstance(reply, HelloReply)
    return reply
