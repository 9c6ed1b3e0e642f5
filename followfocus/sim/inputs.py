# SPDX-License-Identifier: MIT
"""The two input pins behind their filter, and what they mean: a cue starts an armed take, a stop input stops.

A level counts once it has stood for FILTER_TICKS, so that a spike on a long wire is no command. The edge keeps the
time at which it came; it only becomes known that much later.
"""

from __future__ import annotations

from followfocus.wire.messages import CueEdge, StopInput

FILTER_TICKS = 4_000
"""How long a level must stand to count: 250 µs at 16 MHz."""
CUE_LEAD_TICKS = 16_000
"""Time zero of a take that the cue starts lies this long after its edge: 1 ms at 16 MHz."""


class FilteredPin:
    """A pin and the level of it that counts. Active is low on the pin; at the start what it shows counts at once."""

    def __init__(self, active: bool) -> None:
        self.active = active
        self._raw = active
        self._since = 0

    @property
    def due_tick(self) -> int | None:
        """When the level on the pin will count, if it stays so; None where it counts already."""
        return self._since + FILTER_TICKS if self._raw is not self.active else None

    def move(self, active: bool, tick: int) -> None:
        """The level on the pin is this from `tick` on."""
        if active is not self._raw:
            self._raw, self._since = active, tick

    def presume(self, active: bool, tick: int) -> None:
        """Take the level for this at `tick`, whatever the pin shows; what it shows has to stand for its time anew."""
        self.active, self._since = active, tick

    @property
    def shown(self) -> bool:
        """The level on the pin, unfiltered."""
        return self._raw

    def settle(self, tick: int) -> int | None:
        """The tick of the edge that counts from now on; None if nothing changes at `tick`."""
        if self.due_tick is None or self.due_tick > tick:
            return None
        self.active = self._raw
        return self._since


class InputPins:
    """Both pins, and when the first of them has something to say."""

    def __init__(self, stop: bool, cue: bool) -> None:
        self.stop = FilteredPin(stop)
        self.cue = FilteredPin(cue)

    @property
    def due_tick(self) -> int | None:
        """When a level will count that doesn't yet; None where nothing is to come."""
        dues = [tick for tick in (self.stop.due_tick, self.cue.due_tick) if tick is not None]
        return min(dues, default=None)


class CueInput:
    """Finds the edge on the cue input that counts: the one that was asked for, and only from rest."""

    def __init__(self) -> None:
        self.enabled = False
        self._edge = CueEdge.FALLING
        self._armed_tick = 0
        self._rested = False

    def arm(self, enabled: bool, edge: CueEdge, tick: int) -> None:
        """From `tick` on an edge counts if `enabled`, once the input has been seen at rest."""
        self.enabled, self._edge, self._armed_tick = enabled, edge, tick
        self._rested = False

    def disarm(self) -> None:
        """Edges count no more."""
        self.enabled = False

    def sees(self, active: bool, edge_tick: int) -> bool:
        """The level has changed, at `edge_tick`: True where that starts a take."""
        if self._rests(active):
            self._rested = True
            return False
        # By when the edge came, not by when it was known: one from before arming must not start a take.
        return self.enabled and self._rested and edge_tick >= self._armed_tick

    def _rests(self, active: bool) -> bool:
        """At the level from which the edge comes."""
        return active != (self._edge is CueEdge.FALLING)


def has_stop_button(stop_input: StopInput) -> bool:
    """A stop button is wired, open or closed until it is pressed."""
    return stop_input in (StopInput.STOP_BUTTON, StopInput.STOP_BUTTON_NC)


def stop_active(stop_input: StopInput, low: bool) -> bool:
    """Reads the level on the stop input's pin: a button that is closed at rest is pressed when the pin is high."""
    return low is not (stop_input is StopInput.STOP_BUTTON_NC)
