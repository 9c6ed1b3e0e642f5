# SPDX-License-Identifier: MIT
"""From outside: the switch for GO, where it is listened, the page for phones, and what came and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from followfocus.stage.outside import AskOutcome
from followfocus.stage.outside_desk import Outside
from followfocus.stage.phones import Phones
from followfocus_gui.screens.host import Screen
from followfocus_gui.widgets.parts import Words, button, line

HINT = "Outside GO works only while armed and allowed here. STOP works always. Esc closes this."
PLACE, PAGE = "osc://", "0.0.0.0:53780"


class OutsideShown(Protocol):
    """What the screen shows; `changed` says that it is anew."""

    outside: Outside
    phones: Phones | None

    @property
    def history(self) -> Sequence[AskOutcome]:
        """What came, oldest first."""
        ...

    @property
    def sentences(self) -> tuple[str, ...]:
        """Where it is listened."""
        ...


class OutsideScreen(Screen):
    """The panel. It asks by signals, and shows what is so."""

    allowed = Signal(bool)
    listenAsked = Signal(str)
    pageAsked = Signal(str)

    def __init__(self, shown: OutsideShown, parent: QWidget | None = None) -> None:
        super().__init__("outsideScreen", "From outside is open", HINT, parent)
        self._shown = shown
        self._go = QCheckBox("Let GO from outside in, while armed", self)
        self._go.setObjectName("outsideGo")
        self._go.setAccessibleName("Let GO from outside in, while armed")
        self._go.toggled.connect(self.allowed)
        self._place = line(self, "outsidePlace", "Where to listen", PLACE, "osc://, ltc:…, mtc:…, blackmagic://…")
        self._page = line(self, "outsidePage", "Where to serve the page for phones", PAGE, "HOST:PORT")
        self._places, self._phones = Words("", self), Words("", self)
        self._places.setObjectName("outsidePlaces")
        self._phones.setObjectName("outsidePhones")
        self._came = QListWidget(self)
        self._came.setObjectName("outsideCame")
        self._came.setAccessibleName("What came from outside, newest first")
        self._lay_out()
        self.refresh()

    def _lay_out(self) -> None:
        listen = button(self, "outsideListen", "Listen", "Listen there from now on", self._listen)
        page = button(self, "outsideServe", "Page for phones", "Serve the page for phones", self._serve)
        rows = QVBoxLayout(self)
        rows.addWidget(self._go)
        for field, press in ((self._place, listen), (self._page, page)):
            row = QHBoxLayout()
            row.addWidget(field, 1)
            row.addWidget(press)
            rows.addLayout(row)
        for words in (self._places, self._phones):
            words.setWordWrap(True)
            rows.addWidget(words)
        rows.addWidget(self._came, 1)

    def _listen(self) -> None:
        self.listenAsked.emit(self._place.text())

    def _serve(self) -> None:
        self.pageAsked.emit(self._page.text())

    def refresh(self) -> None:
        """Show what is so now."""
        with QSignalBlocker(self._go):
            self._go.setChecked(self._shown.outside.gate.open)
        self._places.setText(" ".join(self._shown.sentences) or "Nothing is listened to.")
        phones = self._shown.phones
        self._phones.setText("" if phones is None else f"Phones: {phones.url}   code {phones.code}")
        self._came.clear()
        for outcome in reversed(self._shown.history):
            facts = outcome.facts()
            sign = "✓" if outcome.passed else "✗"
            self._came.addItem(f"{sign} {facts['source']}: {facts['asked']}: {outcome.words}")
