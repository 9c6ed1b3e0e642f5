# SPDX-License-Identifier: MIT
"""A port that is opened again for as long as it is wanted, and its news meanwhile.

The link owns one, and its lock with it: everything here is called under that lock, but for the opening itself.
"""

from __future__ import annotations

from collections.abc import Callable

from followfocus.clock import Clock
from followfocus.errors import FollowFocusError, LineError
from followfocus.wire.events import Down, Greeted, Implausible, Lost, OtherUnit, Told, Version
from followfocus.wire.identify import implausible, misfit, nobody, stranger
from followfocus.wire.port import Port, PortOpener
from followfocus.wire.session import Session

REOPEN_EVERY_S = 0.25


class KeptPort:
    """The port that `session` is on: opened, lost, opened again. `tell` gets what listeners are to hear of it."""

    def __init__(self, opener: PortOpener, session: Session, clock: Clock, tell: Callable[[Told], None]) -> None:
        self.open = opener
        self.name = ""
        self.port: Port | None = None
        self.failure: FollowFocusError | None = None
        """Why there is no unit to go on with, None while there is one or it is only looked for"""
        self.broken: tuple[Port, LineError] | None = None
        """A port that failed as something was written: the pump, which may be reading from it, closes it"""
        self._session, self._clock, self._tell = session, clock, tell
        self._attempts = 0
        self._reopen_s = 0.0
        self._down = True
        self._stranger: OtherUnit | None = None

    def take(self, port: Port) -> None:
        """The port is open: greet whoever is there."""
        self.port = port
        self.name = port.name
        self._session.open(self._clock.now())

    def drop(self) -> None:
        """Close it, and drop every request; it is opened again in a moment."""
        port, self.port = self.port, None
        self._session.close()
        # Each dropped request is told of before the loss itself: who waits for a reply learns of its own first.
        for event in self._session.step(b"", self._clock.now()).events:
            self._tell(event)
        self._reopen_s = self._clock.now() + REOPEN_EVERY_S
        if port is not None:
            port.close()

    def lose(self, port: Port, error: LineError) -> None:
        """The port is gone. Nothing where it is another one by now: two threads may find the same loss."""
        self.broken = None
        if port is not self.port:
            return
        self.drop()
        # Nobody has been met on this link: `open` still waits, and
        # raises this. Later it is news for the listeners alone.
        if self._session.hello is None:
            self.failure = error
        self._go_down(error.message)

    # Opening it again -------------------------------------------------------------------------------------------------

    @property
    def due_in_s(self) -> float:
        """How long until it is to be opened again."""
        return max(0.0, self._reopen_s - self._clock.now())

    def next_attempt(self) -> int:
        """The argument for `open`. It is called without the lock: that may take seconds, and a STOP must not wait."""
        # Counted from the last greeting: with the count an opener
        # goes on from the port's old name to where else it may be.
        self._attempts += 1
        return self._attempts

    def missed(self) -> None:
        """The port could not be opened: whoever was there is gone."""
        # From when the attempt has ended: one that takes seconds must not be followed by the next without a pause.
        self._reopen_s = self._clock.now() + REOPEN_EVERY_S
        self.failure = self._stranger = None

    # What the session finds there -------------------------------------------------------------------------------------

    def hear(self, event: Told) -> None:
        """Learn from an event about the port and who is there."""
        if isinstance(event, Version):
            self._refuse(misfit(self.name, event.major, event.minor))
        elif isinstance(event, Implausible):
            self._refuse(implausible(self.name, event.words))
        elif isinstance(event, Greeted):
            self._down, self._attempts = False, 0
            self.failure = self._stranger = None
        elif isinstance(event, Lost):
            self._lost()
        elif isinstance(event, OtherUnit):
            self._meet_stranger(event)

    def _refuse(self, failure: FollowFocusError) -> None:
        """The link can't go on with whoever is there now."""
        self.failure = failure
        self._go_down(failure.message)

    def _meet_stranger(self, other: OtherUnit) -> None:
        """Another unit is there: told once, however often it is met while the one that was there is looked for."""
        known, self._stranger = self._stranger, other
        failure = stranger(self.name, other.serial, other.wanted)
        self.failure = failure
        if known != other:
            self._down = True
            # Told before the port is let go, since dropping tells of its own loss, and this is the reason for it.
            self._tell(Down(str(failure), final=True))
        self.drop()

    def _lost(self) -> None:
        """The unit doesn't answer. At the first opening that is final; later another port is tried."""
        # As in `lose`: at the first opening there is somebody who waits for an answer.
        if self._session.hello is None:
            self.failure = nobody(self.name, self._session.noise)
            return
        self._go_down(f"The unit on {self.name} has stopped answering.")
        # Not at the first silence: a unit that was reset greets again on the same port, and to open it anew may reset
        # it once more.
        if self.port is not None and self._session.given_up:
            self.drop()

    def _go_down(self, words: str) -> None:
        if not self._down:
            self._down = True
            self._tell(Down(words))
