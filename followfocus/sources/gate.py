# SPDX-License-Identifier: MIT
"""The rights of each source, and when they hold: one table, and nothing else lets anything in.

- STOP always works, from every source that can say it.
- GO works only while the unit is armed and outside GO is allowed at the desk.
- What else turns the ring, or may (ARM, back to one, to a mark), works only while outside GO is allowed.
- What turns it only because something is armed (another cue, a trim: it is loaded again) needs that too, but only then.
- What turns nothing (the slate, disarming) works always.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from followfocus.sources.events import OutsideAsked, SourceKind, Want


class Need(enum.Enum):
    """Conditions for letting something in."""

    NOTHING = "always"
    OPEN_IF_ARMED = "while armed: outside GO allowed"
    OPEN = "outside GO allowed"
    OPEN_AND_ARMED = "armed, and outside GO allowed"


NEEDS: dict[Want, Need] = {
    Want.STOP: Need.NOTHING,
    Want.DISARM: Need.NOTHING,
    Want.TAKE: Need.NOTHING,
    Want.STANDBY: Need.OPEN_IF_ARMED,
    Want.NEXT: Need.OPEN_IF_ARMED,
    Want.PREVIOUS: Need.OPEN_IF_ARMED,
    Want.TRIM: Need.OPEN_IF_ARMED,
    Want.ARM: Need.OPEN,
    Want.BACK: Need.OPEN,
    Want.MARK: Need.OPEN,
    Want.GO: Need.OPEN_AND_ARMED,
}
_ALL = frozenset(Want)
MAY: dict[SourceKind, frozenset[Want]] = {
    SourceKind.KEY: _ALL,
    SourceKind.MIDI: _ALL,
    SourceKind.HID: _ALL,
    SourceKind.OSC: _ALL,
    SourceKind.MSC: frozenset({Want.GO, Want.STOP}),
    SourceKind.MTC: frozenset({Want.GO}),
    SourceKind.LTC: frozenset({Want.GO}),
    SourceKind.CAMERA: frozenset({Want.GO}),
    SourceKind.REMOTE: frozenset({Want.STOP, Want.GO, Want.DISARM, Want.STANDBY, Want.NEXT, Want.PREVIOUS, Want.MARK}),
}
"""A phone can't arm: whoever arms stands by the lens."""

NOT_ALLOWED = "Outside GO is off: it is allowed at the desk."
NOT_ARMED = "Not armed. Nothing has moved."


@dataclass(frozen=True, slots=True)
class Gate:
    """The desk's switch. `open`: outside GO is allowed. Closed by default."""

    open: bool = False

    def refusal(self, asked: OutsideAsked, *, armed: bool) -> str:
        """Why something is not let in, in a sentence; empty where it is."""
        # What a source may ever ask comes before when it may: the
        # switch at the desk can't give a phone the right to arm.
        if asked.what not in MAY[asked.source.kind]:
            return f"{asked.source.kind.value} can't ask for “{asked.what.value}”."
        need = NEEDS[asked.what]
        if need is Need.NOTHING or (need is Need.OPEN_IF_ARMED and not armed):
            return ""
        if not self.open:
            return NOT_ALLOWED
        if need is Need.OPEN_AND_ARMED and not armed:
            return NOT_ARMED
        return ""


CLOSED = Gate()
