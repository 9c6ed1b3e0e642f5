# SPDX-License-Identifier: MIT
"""An absolute control takes the ring: it comes to where the ring stands, and its way from there is the ring's.

What it was off the ring when it took it is made up for as it moves, so that nothing jumps and its ends are the ring's
ends again in the end. Its noise, within the dead band, moves nothing.
"""

from __future__ import annotations

from followfocus.hand.events import WheelPlaced

LET_GO = 0.5
"""How much of its way an absolute control makes up for what it was off the ring when it took it."""


class Pickup:
    """The absolute controls at one ring, as shares 0 … 1 of their way. `drifts`: what it was off is never made up."""

    def __init__(self, *, drifts: bool) -> None:
        self.has_ring = False
        """The owner has come to the ring"""
        self._drifts = drifts
        self._accepted: dict[str, float] = {}
        self._side_deg = self._offset = 0.0

    def begin(self) -> None:
        """Another wheel has the ring now: if it is an absolute control, it must come to it first."""
        self.has_ring, self._side_deg = False, 0.0

    def forget(self, source: str) -> None:
        """A control that is gone."""
        self._accepted.pop(source, None)

    def comes(self, off_deg: float, within_deg: float) -> bool:
        """Whether a control that is `off_deg` from the ring is within reach of it, or has just passed it."""
        # Two words of a fast fader lie on both sides of the ring and neither within reach: the side has changed then.
        if abs(off_deg) > within_deg and off_deg * self._side_deg >= 0:
            self._side_deg = off_deg
            return False
        return True

    def take(self, event: WheelPlaced, place: float) -> None:
        """The control has the ring from here on, which stands at `place`."""
        self.has_ring = True
        self._accepted[event.source] = event.share
        self._offset = place - event.share

    def moved(self, event: WheelPlaced, dead_band: float) -> float:
        """How far the control has gone since it was last heard, its noise within the dead band left out."""
        # The first word says where it stands, not that it has moved there.
        before = self._accepted.setdefault(event.source, event.share)
        off = event.share - before
        if abs(off) <= dead_band:
            return 0.0
        # The band trails behind the control, as play does: noise about any place moves nothing, a slow turn loses
        # nothing.
        way = off - (dead_band if off > 0 else -dead_band)
        self._accepted[event.source] = before + way
        return way

    def place(self, source: str, way: float) -> float:
        """Where the ring's place is now that the control has gone `way`, nearer to its own than before."""
        # Half of the way, so that the ring goes the wheel's way even while what it was off is made up.
        rest = abs(self._offset) if self._drifts else max(0.0, abs(self._offset) - LET_GO * abs(way))
        self._offset = rest if self._offset > 0 else -rest
        return self._accepted[source] + self._offset
