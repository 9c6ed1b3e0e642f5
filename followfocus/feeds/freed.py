# SPDX-License-Identifier: MIT
"""FreeD D1: one 29-byte packet with the camera's pose and the lens, as studio cameras and engines speak it.

    D1 · camera ID · pan, tilt, roll (s24, deg × 32768) · x, y, z (s24, mm × 64) · zoom u24 · focus u24 · u16 · checksum

Numbers are big-endian; the checksum makes all 29 bytes add up to 0x40 modulo 256. This rig knows no pose, so it is
zero. What focus counts is agreed per installation: `raw` is 0 at infinity to 65535 at close focus, `mm` is millimetres
times ten from the image plane, as Z CAM sends it, and the largest number stands for infinity.
"""

from __future__ import annotations

import math
from typing import Literal

from followfocus.errors import RequestError

FocusUnit = Literal["raw", "mm"]
FOCUS_UNITS: tuple[FocusUnit, ...] = ("raw", "mm")
LARGEST = 0xFF_FFFF
RAW_CLOSE = 0xFFFF


def focus_number(share: float, distance_m: float, unit: FocusUnit) -> int:
    """Focus as FreeD counts it; `share` is the ring's travel from infinity (0) to close focus (1).

    >>> focus_number(0.5, 2.0, "raw"), focus_number(0.5, 2.0, "mm"), focus_number(0.0, math.inf, "mm")
    (32768, 20000, 16777215)
    """
    if unit == "raw":
        return min(max(round(share * RAW_CLOSE), 0), RAW_CLOSE)
    return LARGEST if math.isinf(distance_m) else min(max(round(distance_m * 10_000), 0), LARGEST)


def d1_packet(camera_id: int, focus: int) -> bytes:
    """A D1 packet of a camera that stands at the origin. RequestError for an ID or a focus that has no room in it.

    >>> d1_packet(1, 0x012345).hex(" ")
    'd1 01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 23 45 00 00 05'
    """
    if not 0 <= camera_id <= 0xFF:
        raise RequestError(f"A FreeD camera ID is 0 to 255, not {camera_id}.")
    if not 0 <= focus <= LARGEST:
        raise RequestError(f"FreeD's focus is 0 to {LARGEST}, not {focus}.")
    body = bytes([0xD1, camera_id]) + bytes(9 + 9 + 3) + focus.to_bytes(3, "big") + bytes(2)
    return body + bytes([(0x40 - sum(body)) & 0xFF])
