# SPDX-License-Identifier: MIT
"""A stop on its way: sent at once and again until it is answered, beside whatever else is under way."""

from __future__ import annotations

from followfocus.wire.events import Why
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import Message, Stopped
from followfocus.wire.requests import MOVES

# 7 bytes take 0.3 ms of the line, so asking often costs nothing, and one that is lost costs 50 ms.
STOP_EVERY_S = 0.05
STOP_PATIENCE_S = 1.0
# A line that stood still hands over what it has kept. What has not come after so long was lost.
HELD_UP_S = 5.0


class Stopping:
    """The stop that has not been answered yet, if there is one.

    It is no command: it has no number, and no state of the unit or of the session that it would have to wait for.
    """

    def __init__(self) -> None:
        self._hard: bool | None = None
        self._since_s = self._due_s = 0.0
        self._told = False
        self._unanswered = 0
        self._former = 0
        self._sent_s = 0.0

    @property
    def under_way(self) -> bool:
        """A stop has been asked for and not been answered."""
        return self._hard is not None

    @property
    def due_s(self) -> float | None:
        """When it is to be sent (again)."""
        return self._due_s if self.under_way else None

    def refusal(self, message: Message) -> Why | None:
        """Why a command isn't even taken: a unit that leaves a stop unanswered is given nothing that moves."""
        return Why.UNSTOPPED if self.under_way and self._told and isinstance(message, MOVES) else None

    def ask(self, now_s: float, *, hard: bool) -> None:
        """A stop is asked for. One that is under way already goes on, unless this one is harder."""
        # The clock of the first one goes on: a person who presses again and again must still hear that nothing answers.
        if self._hard is None or (hard and not self._hard):
            self._hard, self._since_s, self._due_s, self._told = hard, now_s, now_s, False
            self._former = self._unanswered if now_s - self._sent_s < HELD_UP_S else 0
            self._unanswered = self._former

    def hear(self, stopped: Stopped) -> None:
        """Hear the unit's answer. One to a soft stop doesn't answer a hard one, which may have crossed it."""
        self._unanswered = max(0, self._unanswered - 1)
        # Each sending is answered, in their order, and a stop that was repeated is over with the first answer. The late
        # ones are of before this stop: its own bytes may be lost, and what was asked in between may have got through.
        if self._former:
            self._former -= 1
        elif stopped.hard or not self._hard:
            self._hard = None

    def bytes_due(self, now_s: float) -> bytes:
        """The bytes to be sent now; empty for none."""
        if self._hard is None or self._due_s > now_s:
            return b""
        # From now, not from when it was due: after a pause of the computer one is sent, not all that were missed.
        self._due_s = now_s + STOP_EVERY_S
        self._unanswered, self._sent_s = self._unanswered + 1, now_s
        return HARD_STOP_BYTES if self._hard else STOP_BYTES

    def runs_out(self, now_s: float) -> bool:
        """Whether it has gone unanswered for so long that a person must know: once."""
        if self._told or self._hard is None or now_s - self._since_s < STOP_PATIENCE_S:
            return False
        self._told = True
        return True
