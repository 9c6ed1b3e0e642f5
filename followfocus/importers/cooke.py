# SPDX-License-Identifier: MIT
"""Cooke /i lens packets: what a lens tells the camera of focus, stop and depth of field.

Packed binary (the answer to `Kd`): tag `d`, then numbers of 6 bits a byte, most significant byte first; bits 6 and 7
only keep a byte clear of control characters: ssss focus, TT T-number × 100, tt ring notation, zz focal length,
hhhh hyperfocal, nnnn near, ffff far, vv field of view in 0.1°, ee entrance pupil in mm with a sign, ZZ zoom, S serial.
A focus of all ones is infinity. ASCII (the answer to `D`) and the fixed data (`N`) say the same in decimals.
Distances are in 1 mm or 0.1 inch, by the lens's display setting, which no packet carries.

Source: Cooke /i Technology User's Guide & Technical Manual, version 3 (2012), sections 5.1.1 to 5.1.3; the sign bit of
the entrance pupil as in SMPTE's ris-osvp-metadata-camdkit.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

from followfocus.errors import RequestError

Units = Literal["metric", "imperial"]
_UNIT_M: dict[Units, float] = {"metric": 0.001, "imperial": 0.00254}
_HOW = "The packet is damaged, or not one of Cooke's."
_KD_BYTES = 29  # the tag and 28 bytes of numbers, before the serial
_INFINITY_24 = (1 << 24) - 1


@dataclass(frozen=True, slots=True)
class CookeData:
    """One reading of a lens: metres from the image plane, `math.inf` allowed; `focal_length_mm` None on a prime."""

    focus_m: float
    t_stop: float
    hyperfocal_m: float
    near_m: float
    far_m: float
    field_of_view_deg: float
    entrance_pupil_m: float
    focal_length_mm: float | None
    serial: str


@dataclass(frozen=True, slots=True)
class CookeFixed:
    """The fixed data of a lens (the answer to `N`). `transmission` is None if the lens doesn't say."""

    serial: str
    owner: str
    is_zoom: bool
    focal_length_mm: float
    transmission: float | None
    firmware: str


def _number(data: bytes) -> int:
    """An unsigned number of 6 bits a byte, most significant first."""
    value = 0
    for byte in data:
        value = value << 6 | byte & 0x3F
    return value


def decode_kd(data: bytes, units: Units = "metric") -> CookeData:
    """One packed binary packet, with or without its end bytes. RequestError for anything else."""
    if len(data) < _KD_BYTES or data[:1] != b"d":
        raise RequestError(f"{len(data)} bytes are not a Cooke Kd packet.", _HOW)
    body = data.rstrip(b"\r\n")
    if len(body) < _KD_BYTES or any(byte < 0x40 for byte in body[1:_KD_BYTES]):
        raise RequestError("A Cooke Kd packet has a byte that isn't a number.", _HOW)
    serial = body[_KD_BYTES:]
    if serial and serial[:1] != b"S":
        raise RequestError("A Cooke Kd packet lacks its serial number's tag.", _HOW)
    pupil_mm = _number(body[25:27]) & 0x3FF
    return CookeData(
        focus_m=_packed_m(body[1:5], units),
        t_stop=_number(body[5:7]) / 100,
        hyperfocal_m=_packed_m(body[11:15], units),
        near_m=_packed_m(body[15:19], units),
        far_m=_packed_m(body[19:23], units),
        field_of_view_deg=_number(body[23:25]) / 10,
        entrance_pupil_m=(-pupil_mm if body[25] & 0x20 else pupil_mm) / 1000,
        focal_length_mm=float(_number(body[9:11])) or None,
        serial=serial[1:].decode("ascii", "replace").strip(),
    )


def _packed_m(data: bytes, units: Units) -> float:
    """Metres of a 24-bit distance; all ones is infinity."""
    value = _number(data)
    return math.inf if value == _INFINITY_24 else value * _UNIT_M[units]


_N = re.compile(
    r"NS(?P<serial>.{9})O(?P<owner>.{31})L(?P<type>[PZ])[Nf](?P<focal>\d{3})M(?P<long>.{3})U(?P<units>.)"
    r"(?:[Tt](?P<transmission>\d\d))?\s*B(?P<firmware>\d+\.\d+)\s*",
    re.DOTALL,
)


def decode_n(text: str) -> CookeFixed:
    """The fixed data of a lens. RequestError for anything else."""
    match = _N.match(text)
    if not match:
        raise RequestError(f"“{text[:60]}” is not a Cooke N packet.", _HOW)
    return CookeFixed(
        serial=match["serial"].strip(),
        owner=match["owner"].strip(),
        is_zoom=match["type"] == "Z",
        focal_length_mm=float(match["focal"]),
        transmission=int(match["transmission"]) / 100 if match["transmission"] else None,
        firmware=match["firmware"],
    )


def bytes_of(cell: str) -> bytes:
    """A packet from the text that RED's tool writes, `64/40/40/…`; spaces and dashes between bytes are read too."""
    try:
        return bytes(int(part, 16) for part in re.split(r"[/ \-,]+", cell.strip()) if part)
    except ValueError as error:
        raise RequestError(f"“{cell[:60]}” is not a list of hexadecimal bytes.", _HOW) from error
