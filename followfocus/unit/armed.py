# SPDX-License-Identifier: MIT
"""An armed unit whose host has gone: what will become of it, and what became of it, in sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from followfocus.errors import UnitError
from followfocus.unit.settings import silence_words
from followfocus.wire.events import Greeted, ResetNoticed, Said
from followfocus.wire.link import Down, Told
from followfocus.wire.messages import Safety, State, StateChanged, Telemetry


class ArmedWatch:
    """Notices that the link is lost while the unit is armed, and that it is not armed any more when it is back.

    `safety` gives the unit's settings, None before they are known.
    """

    def __init__(self, safety: Callable[[], Safety | None]) -> None:
        self._safety = safety
        self._armed = False
        self._left_armed = False
        self._greeted_again = False

    def hear(self, told: Told) -> Told:
        """Take an event in: the same, or one that says more of what is to come."""
        if isinstance(told, Down):
            was_armed, self._armed, self._greeted_again = self._armed, False, False
            # Remembered over several losses: the line may come and go more than once before a status is heard again.
            self._left_armed = self._left_armed or was_armed
            return replace(told, words=told.words + self._what_it_does()) if was_armed else told
        if isinstance(told, Greeted):
            self._greeted_again = True  # what comes before may have waited in some buffer since the link was lost
        elif isinstance(told, ResetNoticed):
            self._armed = self._left_armed = False
        elif isinstance(told, Said):
            self._note_state(told)
        return told

    def _note_state(self, said: Said) -> None:
        message = said.message
        if isinstance(message, Telemetry):
            self._armed = message.state is State.ARMED
        elif isinstance(message, StateChanged):
            self._armed = message.after is State.ARMED

    def disarmed(self, told: Told) -> UnitError | None:
        """The word that it disarmed itself while nobody was there: once, with the first status that is heard again."""
        status = told.message if isinstance(told, Said) else None
        if not (self._left_armed and self._greeted_again and isinstance(status, Telemetry)):
            return None
        self._left_armed = False
        # Still armed, or something else happened to it: that its status says by itself.
        if status.state is not State.LOADED:
            return None
        return UnitError("The unit disarmed itself: it had heard nothing from this computer.", "silence", "Arm again.")

    def _what_it_does(self) -> str:
        safety = self._safety()
        return "" if safety is None else f" It was armed: {silence_words(safety)}."
