"""The cue input: an edge on it starts an armed take, a stuck one starts nothing."""

from __future__ import annotations

from followfocus.wire.messages import CueEdge


class CueInput:
    """The level of the cue pin, and whether its next edge counts. Active is low on the pin."""

    def __init__(self) -> None:
        self.active = False
        self.enabled = False
        self._rested = False

    def arm(self, enabled: bool, edge: CueEdge) -> None:
        """From now on an edge counts if `enabled`, once the input has been seen at rest."""
        self.enabled = enabled
        self._rested = self._rests(edge)

    def disarm(self) -> None:
        """Edges count no more."""
        self.enabled = False

    def move(self, active: bool, edge: CueEdge) -> bool:
        """The input is active, or not: True where that is the edge that starts a take."""
        if active == self.active:
            return False
        self.active = active
        if self._rests(edge):
            self._rested = True
            return False
        return self.enabled and self._rested

    def _rests(self, edge: CueEdge) -> bool:
        """At the level from which the edge comes."""
        return self.active != (edge is CueEdge.FALLING)
