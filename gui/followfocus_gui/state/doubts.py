# SPDX-License-Identifier: MIT
"""Objections of a session's takes to the next one."""

from __future__ import annotations

from collections import deque

from followfocus.motion.motor import Rig
from followfocus.stage.events import Taken
from followfocus.takes.landings import Landing, landing_of
from followfocus.takes.warnings import warnings_before

REMEMBERED = 50
"""So many takes are looked at for drift and slips"""


class Doubts:
    """Remembers the takes of a session."""

    def __init__(self) -> None:
        self._landings: deque[Landing] = deque(maxlen=REMEMBERED)

    def after(self, taken: Taken, rig: Rig) -> str:
        """Warnings before another take, after this one; empty where nothing speaks against it."""
        self._landings.append(landing_of(taken.context.slate.take, taken.take, taken.context))
        return " ".join(warnings_before(self._landings, rig))
