# SPDX-License-Identifier: MIT
"""The places that are open at the desk: where it is listened, the page for phones, cameras, and the diary of it all.

They live in their own loop's thread, which turns only once the first place is opened. All here is called on the app's
thread; what the loop's must do is handed over to it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from followfocus.clock import Clock
from followfocus.errors import FileError
from followfocus.stage.outside import AskOutcome
from followfocus.stage.source_lines import ListenedAt

if TYPE_CHECKING:
    from typing import Protocol

    from followfocus.sources.loop import SourceLoop
    from followfocus.stage.diarist import Diarist
    from followfocus.stage.listening import AskedDesk, Listening
    from followfocus.stage.merged import MergedLines
    from followfocus.stage.phones import Phones, ServedDesk

    class OpenDesk(AskedDesk, ServedDesk, Protocol):
        """The desk that all of it comes to."""


class OpenPlaces:
    """Nothing at first. `log` says where the take log is, beside which the diary is kept."""

    def __init__(self, desk: OpenDesk, clock: Clock, log: Callable[[], Path]) -> None:
        self._desk, self._clock, self._log = desk, clock, log
        self._loop: SourceLoop | None = None
        self._listening: Listening | None = None
        self._diarist: Diarist | None = None
        self._merged: MergedLines | None = None
        self._ends = contextlib.ExitStack()
        self.phones: Phones | None = None

    def listen(self, text: str) -> str:
        """Listen at a place, written as for `serve --listen`; what there is to say of it. Raises FollowFocusError."""
        from followfocus.sources.places import parse_place

        place = parse_place(text)
        _, listening = self._begun()
        listening.open(place)
        return " ".join((listening.places[-1].words, *listening.warnings))

    def serve_page(self, where: str) -> None:
        """Serve the page for phones at HOST:PORT, once. Raises FollowFocusError."""
        from followfocus.stage.phones import serve_phones

        if self.phones is None:
            loop, _ = self._begun()
            self.phones = self._ends.enter_context(serve_phones(self._desk, loop, where))

    def close(self) -> None:
        """Hear nothing any more."""
        # The page before the loop that serves it; the diary last, when nobody can add to it any more.
        self._ends.close()
        if self._listening is not None:
            self._listening.close()
        if self._merged is not None:
            self.soon(self._merged.flush)
        if self._loop is not None:
            self._loop.close()
        if self._diarist is not None:
            with contextlib.suppress(FileError):
                self._diarist.flush()
        self._loop = self._listening = self._diarist = self._merged = None

    def _begun(self) -> tuple[SourceLoop, Listening]:
        # Here, not above: an event loop and its servers are the slowest part of opening the app, and few desks listen.
        from followfocus.sources.loop import SourceLoop
        from followfocus.stage.diarist import Diarist
        from followfocus.stage.listening import Listening
        from followfocus.stage.merged import MergedLines

        if self._loop is None or self._listening is None:
            self._loop = SourceLoop()
            self._loop.start()
            self._listening = Listening(self._loop, self._desk, self._clock)
            # A diary that can't be written is no trouble of the shot: it is tried again, and nothing is said in the
            # middle of a take.
            self._diarist = Diarist(self._log(), self._loop.loop, lambda _words: None)
            self._merged = MergedLines(self._loop.loop.call_later, self._diarist.note)
            self._desk.changes.append(self._listening.tell)
        return self._loop, self._listening

    # What is open -----------------------------------------------------------------------------------------------------

    @property
    def listened(self) -> tuple[ListenedAt, ...]:
        """Where it is listened."""
        return () if self._listening is None else tuple(self._listening.places)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about it that a person should read."""
        return () if self._listening is None else tuple(self._listening.warnings)

    @property
    def osc_ports(self) -> tuple[int, ...]:
        """The ports that OSC comes in at."""
        return () if self._listening is None else tuple(self._listening.osc_ports)

    @property
    def can_rec(self) -> bool:
        """A camera is there to roll."""
        return self._listening is not None and bool(self._listening.cameras)

    @property
    def level(self) -> float | None:
        """How high the LTC's signal is; None without one."""
        return None if self._listening is None else self._listening.level

    # What is handed over ----------------------------------------------------------------------------------------------

    def soon(self, done: Callable[..., object], *values: object) -> None:
        """Have it done on the loop's thread, if that turns."""
        if self._loop is not None:
            self._loop.soon(done, *values)

    def later(self, seconds: float, done: Callable[..., object], *values: object) -> None:
        """The same so long from now."""
        if self._loop is not None:
            self.soon(self._loop.loop.call_later, max(0.0, seconds), done, *values)

    def record(self, *, start: bool, after_s: float = 0.0) -> None:
        """Roll or cut every camera, so long from now."""
        if self._listening is not None:
            for camera in self._listening.cameras:
                self.later(after_s, lambda c=camera: c.record(start=start))

    def note(self, outcome: AskOutcome) -> None:
        """Write a request and its answer into the diary."""
        if self._merged is not None:
            self.soon(self._merged.note, outcome)
