# SPDX-License-Identifier: MIT
"""Where the ring is, told to other programs from the desk: one switch, and the addresses it sends to."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from followfocus.errors import FollowFocusError, RequestError
from followfocus.feeds.udp import Destination, Sender, parse_destination
from followfocus.lens.map import LensMap
from followfocus.stage.track_out import send_track, track_to
from followfocus.unit.unit import FollowFocusUnit
from followfocus_gui.background import in_background
from followfocus_gui.desk_player import DeskPlayer


class OutsideTracks(QObject):
    """Sends while it is on, of the lens that stands by; another lens or another unit is followed."""

    changed = Signal()
    _found = Signal(object, object)

    def __init__(self, session: DeskPlayer, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: tuple[Destination, ...] = ()
        self._senders: dict[Destination, Sender] = {}
        self._of: tuple[FollowFocusUnit, LensMap] | None = None
        self._stop: Callable[[], object] = lambda: None
        self._found.connect(self._begin)
        session.changed.connect(self._follow)

    @property
    def on(self) -> bool:
        """Whether it is wanted."""
        return bool(self._wanted)

    @property
    def words(self) -> str:
        """Where it goes, in a sentence; empty while it is off."""
        if not self._wanted:
            return ""
        sent = sum(sender.sent for sender in self._senders.values())
        where = ", ".join(str(to) for to in self._wanted)
        return f"The ring is told to {where}: {sent} packets." if sent else f"The ring is told to {where}."

    def send(self, text: str) -> None:
        """Send to the addresses in a text, commas or spaces between them. RequestError says how to write one."""
        wanted = tuple(dict.fromkeys(parse_destination(word) for word in text.replace(",", " ").split()))
        if not wanted:
            raise RequestError("There is no address to send to.", "Write opentrackio:// or freed://HOST:PORT.")
        self.end()
        self._wanted = wanted
        # A name is looked for on the network, which may take seconds.
        in_background(lambda: self._look(wanted), "addresses")
        self.changed.emit()

    def end(self) -> None:
        """Send no more."""
        self._stop()
        self._stop = lambda: None
        for sender in self._senders.values():
            sender.close()
        self._senders, self._wanted, self._of = {}, (), None
        self.changed.emit()

    def _look(self, wanted: tuple[Destination, ...]) -> None:
        senders: dict[Destination, Sender] = {}
        problem: FollowFocusError | None = None
        try:
            for to in wanted:
                senders[to] = Sender(to)
        except FollowFocusError as error:
            problem = error
        self._found.emit(senders, problem)

    def _begin(self, senders: dict[Destination, Sender], problem: FollowFocusError | None) -> None:
        # Another list was asked for while this one was looked up, or none: what was opened for it is closed again.
        if problem is not None or set(senders) != set(self._wanted):
            for sender in senders.values():
                sender.close()
            if problem is not None and self._wanted:
                self.end()
                self._session.refuse(str(problem))
            return
        self._senders = senders
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        """Follow the unit and the lens that stand by."""
        unit, desk = self._session.bridge.unit, self._session.desk
        # Told at every change of the desk: only another unit or another lens makes another track.
        if not self._senders or unit is None or unit.info is None or self._of == (unit, desk.lens):
            return
        self._stop()
        self._of = unit, desk.lens
        track = track_to(desk.lens, list(self._senders), desk.show.fps, desk.pull.t_stop)
        self._stop = send_track(unit, track, self._senders)
