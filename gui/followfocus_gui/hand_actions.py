# SPDX-License-Identifier: MIT
"""The hand's own actions: its screen, its recording, its gear, and what a wheel's buttons ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from followfocus.errors import FollowFocusError
from followfocus.sources.events import Origin, SourceKind, Want
from followfocus.sources.kept import KeptWheel, keep_wheel, wheels_kept
from followfocus_gui.state.desk_views import sharp_view
from followfocus_gui.wheels import WheelDesk
from followfocus_gui.window import DeskWindow

if TYPE_CHECKING:
    from followfocus_gui.screens.hand import Now

SCREEN = "handScreen"
WANTS = {"go": Want.GO, "arm": Want.ARM, "back": Want.BACK, "mark": Want.MARK}


class HandActions(QObject):
    """The actions by hand, on one window."""

    def __init__(self, window: DeskWindow, ask: Callable[[Origin, Want, str, float], str]) -> None:
        """`ask` takes in what came from outside at a time, and says why not."""
        super().__init__(window)
        self._window, self._session, self._ask = window, window.session, ask
        self._desk, self._drive = window.session.desk, window.session.bridge.drive
        self.wheels = WheelDesk(window.session.bridge, self)
        self.wheels.barred = self._is_barred
        self.wheels.told.connect(self._session.tell)
        self.wheels.pressed.connect(self.press)

    def _is_barred(self) -> bool:
        """While a screen of something else is open, wheels move nothing."""
        screen = self._window.host.shown
        return screen is not None and screen.objectName() != SCREEN

    def open(self) -> None:
        """Show the wheels' settings."""
        from followfocus_gui.screens.hand import HandScreen

        marks = tuple(mark.trimmed_deg(self._desk.lens) for mark in self._desk.pull.marks)
        screen = HandScreen(
            self._known(), self._desk.lens, marks, self._now, self._window, in_words=self._desk.distance_text,
            bare="ft" if self._desk.imperial else "m",
        )  # fmt: skip
        screen.behaved.connect(self._behave)
        screen.recordAsked.connect(self._session.record_hand)
        screen.gearAsked.connect(self.shift)
        self._window.host.open(screen)

    def shift(self) -> None:
        """Into the other gear."""
        self._drive.hand.shift(fine=not self._drive.hand.is_fine)

    def press(self, action: str, wheel: str, at_s: float) -> None:
        """Do what a wheel's button is for. STOP has gone its own way; what may turn the ring goes by the gate."""
        # Gear and recording move nothing: only what may turn the ring or start a take has to pass the gate.
        if action == "gear":
            self.shift()
        elif action == "record":
            self._session.record_hand()
        else:
            word, _, mark = action.partition(" ")
            refused = self._ask(Origin(SourceKind.HID, wheel), WANTS[word], mark, at_s)
            if refused:
                self._session.refuse(refused)

    def _known(self) -> dict[str, KeptWheel]:
        try:
            kept = wheels_kept()
        except FollowFocusError as error:
            self._session.trouble(str(error))
            kept = {}
        return {name: kept.get(name, self.wheels.usual(name)) for name in self.wheels.names}

    def _behave(self, name: str, kept: KeptWheel) -> None:
        self.wheels.behave(name, kept)
        try:
            keep_wheel(name, kept)
        except FollowFocusError as error:
            self._session.trouble(str(error))

    def _now(self) -> Now:
        from followfocus_gui.screens.hand import Now

        drive, ring = self._drive, self._session.status_now().ring_deg
        shown = drive.ring_deg if drive.ring_deg is not None else ring
        return Now(shown, self._words(shown), drive.words, recording=drive.recording, fine=drive.hand.is_fine)

    def _words(self, ring_deg: float | None) -> str:
        if ring_deg is None:
            return "?"
        at = min(max(ring_deg, 0.0), self._desk.lens.travel_deg)
        sharp = sharp_view(self._desk, at)
        words = self._desk.distance_text(self._desk.lens.distance_m(at))
        return words if sharp is None else f"{words}   {sharp.near} – {sharp.far}"
