# SPDX-License-Identifier: MIT
"""Firmware images: the .hex file that ships with the program, or another, read and recognised.

An image names itself: somewhere in it stands `followfocus BOARD X.Y.Z` between two zeros, so that a file for another
board, or of another project, is told from ours before anything is written.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from followfocus.errors import FileError
from followfocus.files import read_input

BOARD = "atmega328p"
PAGE_BYTES = 128
MOST_BYTES = 30_720
"""Flash of an ATmega328P below the largest bootloader there is for it (2 KB, the older Nano's)."""
_MOST_BYTES = 4_000_000
_IDENTITY = re.compile(rb"\0followfocus ([a-z0-9]{1,16}) (\d{1,3})\.(\d{1,3})\.(\d{1,3})\0")
_DATA, _END, _SEGMENT_ADDRESS, _START_SEGMENT, _LINEAR_ADDRESS, _START_LINEAR = range(6)

FirmwareVersion = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Image:
    """A program for a unit: its bytes from address 0, what it says of itself, and where it came from."""

    data: bytes
    board: str
    version: FirmwareVersion
    path: Path

    def pages(self) -> list[bytes]:
        """The image in whole pages, filled up with erased bytes."""
        padded = self.data + b"\xff" * (-len(self.data) % PAGE_BYTES)
        return [padded[at : at + PAGE_BYTES] for at in range(0, len(padded), PAGE_BYTES)]


def version_text(version: FirmwareVersion) -> str:
    """`1.0.0`."""
    return ".".join(map(str, version))


def parse_hex(text: str, name: str) -> bytes:
    r"""The bytes of an Intel HEX file from address 0; what it leaves out is 0xff.

    Raises FileError with every line that is wrong.

    >>> parse_hex(":020000000C945E\n:00000001FF\n", "two.hex").hex()
    '0c94'
    """
    cells = bytearray()
    base, ended, problems = 0, False, []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            kind, address, data = _record(line.strip())
        except ValueError as error:
            problems.append(f"line {number}: {error}")
            continue
        if kind == _DATA:
            end = base + address + len(data)
            if end > MOST_BYTES:
                problems.append(f"line {number}: ends at {end} bytes, but there are {MOST_BYTES}")
                continue
            # What the file leaves out is what erased flash holds: the image read back from a board compares equal.
            cells.extend(b"\xff" * (end - len(cells)))
            cells[base + address : end] = data
        elif kind == _END:
            ended = True
            break
        elif kind in (_SEGMENT_ADDRESS, _LINEAR_ADDRESS) and len(data) == 2:
            base = int.from_bytes(data, "big") << (4 if kind == _SEGMENT_ADDRESS else 16)
        elif kind not in (_START_SEGMENT, _START_LINEAR):
            problems.append(f"line {number}: record type {kind} is not known")
    # Only where all else is sound: a line that can't be read may have been the end record.
    if not ended and not problems:
        problems.append("the file has no end record: it was cut off")
    if problems:
        raise FileError(f"{name} is not a sound Intel HEX file for this board.", problems[:10])
    return bytes(cells)


def _record(line: str) -> tuple[int, int, bytes]:
    """Type, address and data of one line. Raises ValueError with what is wrong with it."""
    if not line.startswith(":"):
        raise ValueError("does not begin with a colon")
    try:
        raw = bytes.fromhex(line[1:])
    except ValueError:
        raise ValueError("is not in hexadecimal digits") from None
    if len(raw) < 5 or len(raw) != raw[0] + 5:
        raise ValueError("is not as long as it says")
    # The last byte is chosen so that all of the record adds up to 0 modulo 256.
    if sum(raw) & 0xFF:
        raise ValueError("has a wrong checksum")
    return raw[3], int.from_bytes(raw[1:3], "big"), raw[4:-1]


def to_hex(data: bytes) -> str:
    """`data` as an Intel HEX file from address 0, 16 bytes a line."""
    lines = []
    for at in range(0, len(data), 16):
        part = data[at : at + 16]
        raw = bytes([len(part), *at.to_bytes(2, "big"), _DATA]) + part
        lines.append(f":{(raw + bytes([-sum(raw) & 0xFF])).hex().upper()}")
    return "\n".join([*lines, ":00000001FF", ""])


def read_image(path: Path) -> Image:
    """The image in a .hex file, recognised. Raises FileError where it is not one for the unit's board."""
    try:
        text = read_input(path, _MOST_BYTES).decode("ascii")
    except UnicodeDecodeError as error:
        raise FileError(f"{path} is not an Intel HEX file.", remedy="Give the .hex, not the .elf.") from error
    # As sound bytes first, then by what they say of themselves: a torn file of ours is not a file for another board.
    data = parse_hex(text, path.name)
    found = _IDENTITY.search(data)
    if found is None:
        raise FileError(f"{path} is not a followfocus unit's firmware.", remedy="Build it with `make -C firmware`.")
    board = found[1].decode()
    if board != BOARD:
        raise FileError(f"{path} is for the board {board}, not for an {BOARD}.", remedy="Give the file for this board.")
    return Image(data, board, (int(found[2]), int(found[3]), int(found[4])), path)


def shipped_facts() -> dict[str, str]:
    """The facts of the image that ships, from the file beside it: version, board, compiler."""
    folder = resources.files("followfocus") / "firmware_image"
    facts: dict[str, str] = json.loads((folder / "firmware.json").read_text(encoding="utf-8"))
    return facts


def shipped_image() -> Image:
    """The image that ships with this program."""
    with resources.as_file(resources.files("followfocus") / "firmware_image" / f"followfocus-{BOARD}.hex") as path:
        return read_image(path)
