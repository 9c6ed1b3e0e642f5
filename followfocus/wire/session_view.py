# SPDX-License-Identifier: MIT
"""The part of a session that any thread may read while the link steps it."""

from __future__ import annotations

import threading

from followfocus.wire.clockreading import BootClock, ClockReading
from followfocus.wire.session import Session


class SessionView:
    """A session's figures. The session itself is handed to nobody: only who holds the lock may see it change."""

    def __init__(self, session: Session, lock: threading.Condition) -> None:
        self._session, self._lock = session, lock

    @property
    def sync(self) -> ClockReading:
        """The reading of the unit's clock by now, frozen; without the lock, so that a reader holds up no STOP."""
        return self._session.sync.reading

    def sync_of_this_boot(self) -> BootClock:
        """A function for later readings: of the clock of the unit as it runs now, also after a reset."""
        sync = self._session.sync
        return lambda: sync.reading

    @property
    def false_hz(self) -> float | None:
        """The true rate of the unit's clock where that is surely not what it claims."""
        with self._lock:  # made of two timestamps, which must be of one moment
            return self._session.clock.false_hz

    @property
    def bad_frames(self) -> int:
        """Frames from the unit that were dropped as damaged."""
        return self._session.bad_frames
