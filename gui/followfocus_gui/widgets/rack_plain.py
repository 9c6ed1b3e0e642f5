# SPDX-License-Identifier: MIT
"""A picture of one's own as it is, sharp throughout, while points are looked for in it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from followfocus.look.footage import open_footage
from followfocus.look.picture import filling
from followfocus.look.render import Pixels
from followfocus.look.tone import LightCodes


class PlainPicture:
    """The picture (of a clip its first) at a size (width, height), whatever the ring does. FileError for none."""

    def __init__(self, path: Path, size: tuple[int, int]) -> None:
        self._pixels: Pixels = np.empty((size[1], size[0], 3), np.uint8)
        LightCodes.SCREEN.write(filling(next(open_footage(path).colours()), size), self._pixels)

    def frame(self, ring_deg: float, t: float = 0.0, *, threads: bool = True) -> Pixels:
        """The same always."""
        del ring_deg, t, threads
        return self._pixels
