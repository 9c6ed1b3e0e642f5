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
        self._was_armed = False

    def hear(self, told: Told) -> Told:
        """Take an event in: the same, or one that says more of what is to come."""
        if isinstance(told, Down):
            self._was_armed, self._armed = self._armed, False
            return replace(told, words=f"{told.words} {self._what_it_does()}") if self._was_armed else told
        if isinstance(told, ResetNoticed):
            self._armed = self._was_armed = False
        elif isinstance(told, Said) and isinstance(told.message, Telemetry | StateChanged):
            state = told.message.state if isinstance(told.message, Telemetry) else told.message.after
            self._armed = state is State.ARMED
        return told

    def disarmed(self, told: Told) -> UnitError | None:
        """The word that it disarmed itself while nobody was there, once, with the first state that is heard again."""
        if not self._was_armed or isinstance(told, Down | Greeted) or not isinstance(told, Said):
            return None
        if not isinstance(told.message, Telemetry):
            return None
        self._was_armed = False
        if told.message.state is not State.LOADED:
            return None
        return UnitError("The unit disarmed itself: it had heard nothing from this computer.", "silence", "Arm again.")

    def _what_it_does(self) -> str:
        safety = self._safety()
        return "" if safety is None else f"It was armed: {silence_words(safety)}."
