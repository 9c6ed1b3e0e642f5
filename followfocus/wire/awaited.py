# SPDX-License-Identifier: MIT
"""Outcomes that a thread waits for, kept until it comes for them."""

from __future__ import annotations

from followfocus.wire.events import Dropped, Replied, Told


class Awaited:
    """Tickets whose outcome somebody waits for, and the outcomes that have come. Under the link's lock."""

    def __init__(self) -> None:
        self._tickets: set[int] = set()
        self._outcomes: dict[int, Replied | Dropped] = {}

    def expect(self, ticket: int) -> None:
        """Keep this ticket's outcome: somebody will wait for it."""
        self._tickets.add(ticket)

    def keeps(self, event: Told) -> bool:
        """Keep an outcome that is waited for; whether it is one."""
        if not (isinstance(event, Replied | Dropped) and event.ticket in self._tickets):
            return False
        self._tickets.discard(event.ticket)
        self._outcomes[event.ticket] = event
        return True

    def outcome(self, ticket: int) -> Replied | Dropped | None:
        """The outcome, once; None while it hasn't come."""
        return self._outcomes.pop(ticket, None)

    def forget(self, ticket: int) -> None:
        """Nobody waits any more: Ctrl-C or a stop may end the wait, and a late reply must not be kept for nobody."""
        self._tickets.discard(ticket)
        self._outcomes.pop(ticket, None)
