# SPDX-License-Identifier: MIT
"""Old news is kept from the window: a unit at rest reports fifty times a second, and hearing it takes time."""

from __future__ import annotations

import dataclasses

from followfocus.wire.evidence import UnitStatus

TELL_S = 0.15


class Retelling:
    """Remembers the last report that was told."""

    def __init__(self) -> None:
        self._last: UnitStatus | None = None

    def is_news(self, status: UnitStatus) -> bool:
        """Whether to tell it: whatever is new, at once; that a unit rests as it did, some seven times a second."""
        last = self._last
        if last is not None and status.received_s - last.received_s < TELL_S and _rests(status, last):
            return False
        self._last = status
        return True


def _rests(status: UnitStatus, last: UnitStatus) -> bool:
    """Whether the unit says what it said before, at another time, and nothing turns."""
    # All but the two clocks, which go on at rest too.
    return status.at_rest and last == dataclasses.replace(status, clock=last.clock, received_s=last.received_s)
