# SPDX-License-Identifier: MIT
"""The list of ports, live, with what answers on each. The simulated unit is always there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from followfocus.unit.connect import SIM, Found, probe
from followfocus.wire.serialport import PortEntry, list_ports
from followfocus_gui import background

EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class PortView:
    """A port as the list shows it: its name, and in words what is on it."""

    port: str
    words: str
    unit: bool = False


SIMULATED = PortView(SIM, "the simulated unit", unit=True)


class PortWatch(QObject):
    """Looks at the system's ports once a second on a thread of its own; a new one is asked once what it is."""

    portsChanged = Signal(object)
    """A tuple of PortView, the simulated unit first"""

    def __init__(
        self,
        in_use: Callable[[], str],
        parent: QObject | None = None,
        *,
        ports: Callable[[], Sequence[PortEntry]] = list_ports,
        ask: Callable[[PortEntry], Found] = probe,
    ) -> None:
        """`in_use` names the port that must not be asked, for the app is on it."""
        super().__init__(parent)
        self._in_use, self._ports, self._ask = in_use, ports, ask
        self._known: dict[str, PortView] = {}
        self._shown: tuple[PortView, ...] = ()
        self._end = threading.Event()

    def start(self) -> None:
        """Begin to look."""
        background.in_background(self._watch, "ports")

    def close(self) -> None:
        """Look no more. A port that is being asked is let go when it has answered or not."""
        self._end.set()

    def _watch(self) -> None:
        while not self._end.is_set():
            self.look()
            self._end.wait(EVERY_S)

    def look(self) -> tuple[PortView, ...]:
        """Look once; what is there now."""
        entries = {entry.device: entry for entry in self._ports()}
        self._known = {name: view for name, view in self._known.items() if name in entries}
        self._tell(entries)
        for name, entry in entries.items():
            if name not in self._known and not self._end.is_set() and name != self._in_use():
                found = self._ask(entry)
                self._known[name] = PortView(name, _words(found), unit=found.unit is not None)
                self._tell(entries)
        return self._shown

    def _tell(self, entries: dict[str, PortEntry]) -> None:
        views = (SIMULATED, *(self._known.get(name) or self._unasked(entry) for name, entry in entries.items()))
        if views != self._shown and not self._end.is_set():
            self._shown = views
            self.portsChanged.emit(views)

    def _unasked(self, entry: PortEntry) -> PortView:
        if entry.device == self._in_use():
            return PortView(entry.device, "in use here", unit=True)
        return PortView(entry.device, entry.description or "being asked …")


def _words(found: Found) -> str:
    if found.unit is not None:
        return f"{found.unit.name or 'followfocus'} · {found.unit.serial}"
    return found.words
