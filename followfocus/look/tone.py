# SPDX-License-Identifier: MIT
"""Linear light in a file's or a screen's codes: sRGB of 8 or 16 bits, or left linear."""

from __future__ import annotations

from enum import Enum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from followfocus.look.paint import Image32, linear_to_srgb

Frame: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]
"""(height, width, 3)."""
_STRIP = 64
"""Rows at a time, to need little memory."""
_CODES = (linear_to_srgb(np.linspace(0, 1, 65536, dtype=np.float32)) * 255 + 0.5).astype(np.uint8)


class LightCodes(Enum):
    """How a frame's light is written down."""

    SCREEN = np.uint8
    """sRGB codes 0…255."""
    DEEP = np.uint16
    """sRGB codes 0…65535."""
    LIGHT = np.float32
    """Linear light; lights may exceed 1."""

    def write(self, light: Image32, into: Frame) -> None:
        """Write linear light (3, h, w) into a frame's rows (h, w, 3)."""
        if self is LightCodes.SCREEN:
            # The table's own index type, in the frame's own order: nothing is converted or moved on the way.
            steps = np.empty((min(_STRIP, len(into)), *into.shape[1:]), dtype=np.intp)
            for top in range(0, len(into), _STRIP):
                rows = slice(top, min(top + _STRIP, len(into)))
                part = steps[: rows.stop - top]
                for channel, band in enumerate(light[:, rows]):
                    # Cast on the way; `take` clips lights above 1, and no light is more than such a number holds.
                    np.multiply(band, np.float32(65535), out=part[:, :, channel], casting="unsafe")
                _CODES.take(part, out=into[rows], mode="clip")
            return
        for channel, band in enumerate(light):
            if self is LightCodes.LIGHT:
                into[:, :, channel] = band
            else:
                into[:, :, channel] = linear_to_srgb(np.minimum(band, 1)) * np.float32(65535) + np.float32(0.5)
