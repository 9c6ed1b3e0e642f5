# SPDX-License-Identifier: MIT
"""Memory to reckon in, kept from one frame to the next.

To ask the system for it anew takes longer than the reckoning.
"""

from __future__ import annotations

import math
import threading

import numpy as np

from followfocus.look.paint import Image32


class Scratch(threading.local):
    """Arrays by what they are for, each thread its own."""

    def __init__(self) -> None:
        self._kept: dict[str, Image32] = {}

    def array(self, what: str, shape: tuple[int, ...]) -> Image32:
        """An array of a shape, with anything in it; good until the same is asked for again."""
        size = math.prod(shape)
        kept = self._kept.get(what)
        if kept is None or kept.size < size:
            kept = self._kept[what] = np.empty(size, dtype=np.float32)
        return kept[:size].reshape(shape)


SCRATCH = Scratch()
