# SPDX-License-Identifier: MIT
"""A hand from a file: what a wheel did, at which time. For rehearsals without a wheel, and for tests.

CSV with a line for each event: seconds, what (turn, place, lean, press, gone), and the counts, share, lean or button.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path
from typing import Self

from followfocus.clock import Clock
from followfocus.errors import FileError
from followfocus.files import read_input_text, shown_path
from followfocus.hand.events import SourceEvent, WheelGone, WheelLeaned, WheelPlaced, WheelPressed, WheelTurned

MOST_BYTES = 50_000_000
_KINDS: dict[str, type[WheelTurned | WheelPlaced | WheelLeaned]] = {
    "turn": WheelTurned,
    "place": WheelPlaced,
    "lean": WheelLeaned,
}


class Scripted:
    """Events that are due at times since it was opened; `poll` hears those that are."""

    def __init__(
        self, name: str, events: list[tuple[float, str, str]], hear: Callable[[SourceEvent], object], clock: Clock
    ) -> None:
        self.name = name
        self._events, self._hear, self._clock = events, hear, clock
        self._began_s: float | None = None
        self._next = 0

    @classmethod
    def read(cls, path: str, hear: Callable[[SourceEvent], object], clock: Clock) -> Self:
        """From a file. Raises FileError with the line that can't be read."""
        text = read_input_text(Path(path), MOST_BYTES)
        events: list[tuple[float, str, str]] = []
        rows = csv.reader(text.splitlines())
        try:
            for row in rows:
                if not row or row[0].strip().startswith(("#", "time")):
                    continue
                events.append(_event(row, rows.line_num, Path(path), events[-1][0] if events else 0.0))
        except csv.Error as error:
            raise FileError(f"{shown_path(Path(path))} can't be read: {error}, line {rows.line_num}.") from error
        if not events:
            raise FileError(f"{shown_path(Path(path))} has no events.", (), "A line is: 0.25,turn,3.")
        return cls(Path(path).name, events, hear, clock)

    @property
    def due_s(self) -> float:
        """When the next event is due, by the clock."""
        if self._began_s is None or self.over:
            return self._clock.now()
        return self._began_s + self._events[self._next][0]

    @property
    def over(self) -> bool:
        """Every event has been heard."""
        return self._next >= len(self._events)

    def poll(self) -> None:
        """Hear the events that are due."""
        now_s = self._clock.now()
        # From its first poll on: what a program does before it listens is none of the hand's time.
        if self._began_s is None:
            self._began_s = now_s
        # The 1e-9 takes in an event whose time is this very tick, but for rounding.
        while not self.over and self._began_s + self._events[self._next][0] <= now_s + 1e-9:
            at_s, kind, value = self._events[self._next]
            self._next += 1
            self._hear(self._made(self._began_s + at_s, kind, value))

    def _made(self, at_s: float, kind: str, value: str) -> SourceEvent:
        if kind == "press":
            return WheelPressed(at_s, self.name, value)
        return WheelGone(at_s, self.name) if kind == "gone" else _KINDS[kind](at_s, self.name, float(value))

    def close(self) -> None:
        """Nothing is open."""


def _event(row: list[str], number: int, path: Path, after_s: float) -> tuple[float, str, str]:
    cells = [cell.strip() for cell in row] + ["", ""]
    kind, value = cells[1].lower(), cells[2]
    try:
        at_s = float(cells[0])
        numbers = (at_s, float(value)) if kind in _KINDS else (at_s,)
    except ValueError:
        numbers = (math.nan,)
    known = kind in (*_KINDS, "press", "gone")
    if not known or not all(math.isfinite(one) for one in numbers) or at_s < after_s:
        raise FileError(
            f"{shown_path(path)}, line {number} is no event of a hand: {','.join(row)[:60]}.",
            (),
            "A line is a time that rises, turn, place, lean, press or gone, and a number: 0.25,turn,3.",
        )
    return at_s, kind, value
