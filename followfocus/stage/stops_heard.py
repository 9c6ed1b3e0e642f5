# SPDX-License-Identifier: MIT
"""The STOPs that come from outside: which of them are passed on."""

from __future__ import annotations

import math

STOP_AGAIN_S = 0.01
"""A STOP so soon after another is the same: a flood of them leaves the line free"""


class StopsHeard:
    """When the last STOP that was passed on was heard, as long as nothing may move since. For any thread."""

    def __init__(self) -> None:
        self._last_s = -math.inf

    def passes(self, at_s: float) -> bool:
        """Whether a STOP heard at `at_s` of the host's clock is one of its own; it counts as passed on then."""
        if at_s - self._last_s <= STOP_AGAIN_S:
            return False
        self._last_s = at_s
        return True

    def may_move(self) -> None:
        """Something is asked of the unit: the next STOP is not the last one once more, however soon it comes.

        To be called before it is given to whoever carries it out.
        """
        self._last_s = -math.inf
