# SPDX-License-Identifier: MIT
"""How late the takes begin that are started from outside: each source's delay, measured at every take."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from followfocus.stage.events import Taken

KEPT = 200


class SourceDelays:
    """The latest delays of each kind of source, milliseconds: from when a take was meant to begin until it did.

    That is until the take's time zero by the unit's own clock; the first step comes as much later as its curve wants.
    """

    def __init__(self) -> None:
        self.kept_ms: dict[str, deque[float]] = {}
        self._due: tuple[str, float] | None = None

    def asked(self, kind: str, due_s: float) -> None:
        """A source has asked for GO, meant for `due_s` of the host's clock."""
        self._due = kind, due_s

    def taken(self, taken: Taken, lead_s: float, host_s: Callable[[int], float | None]) -> None:
        """A take is over. `host_s` gives the host's clock of a tick of the unit's; a cue with a lead tells nothing."""
        due, self._due = self._due, None
        if due is None or lead_s or not taken.take.start_clock or not taken.context.started_by:
            return
        started_s = host_s(taken.take.start_clock)
        if started_s is not None:
            self.kept_ms.setdefault(due[0], deque(maxlen=KEPT)).append((started_s - due[1]) * 1e3)
