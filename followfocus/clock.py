# SPDX-License-Identifier: MIT
"""Time as an argument: the system's monotonic clock, and a virtual one for the simulator and tests.

Nothing else in the project reads a clock, so a six-second pull is tested in milliseconds.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """A monotonic clock in seconds that can also be waited on."""

    def now(self) -> float:
        """Seconds since an arbitrary origin; never decreases."""
        ...

    def sleep_until(self, when_s: float) -> None:
        """Return when `now()` has reached `when_s`; at once if it already has."""
        ...


class SystemClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def sleep_until(self, when_s: float) -> None:
        """Sleep until `when_s`."""
        remaining_s = when_s - time.monotonic()
        if remaining_s > 0:
            time.sleep(remaining_s)


class VirtualClock:
    """A clock that jumps: waiting takes no time, and only waiting (or `advance`) moves it.

    >>> clock = VirtualClock()
    >>> clock.sleep_until(6.0)
    >>> clock.now()
    6.0
    """

    def __init__(self, start_s: float = 0.0) -> None:
        self._now_s = start_s

    def now(self) -> float:
        """Seconds that have been waited for so far."""
        return self._now_s

    def sleep_until(self, when_s: float) -> None:
        """Jump to `when_s` if it lies ahead."""
        self._now_s = max(self._now_s, when_s)

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`, which must not be negative."""
        if seconds < 0:
            raise ValueError("a clock does not run backwards")
        self._now_s += seconds


def utc_timestamp() -> float:
    """Seconds since the Unix epoch, for stamping takes and files; may jump, so never measure with it."""
    return time.time()


def utc_offset_s(at_utc_s: float | None = None) -> int | None:
    """Seconds by which this computer's local time is ahead of UTC at a moment (now, if None).

    None where the computer is set to UTC itself, as servers and many set laptops are: that says nothing of where it is.
    """
    local = time.localtime(at_utc_s)
    return None if local.tm_zone in _NO_PLACE else local.tm_gmtoff


_NO_PLACE = ("UTC", "UCT", "Universal", "Zulu")
