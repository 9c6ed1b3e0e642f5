# SPDX-License-Identifier: MIT
"""From outside: the switch for GO, the open inputs, the page for phones, and each request with its answer."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from followfocus.sources.learned import LearnedControl
from followfocus.stage.outside_desk import Outside
from followfocus.stage.phones import Phones
from followfocus.takes.diary import DiaryLine
from followfocus_gui.screens.host import Screen
from followfocus_gui.widgets.parts import PanelBox, Tickbox, Words, button, line
from followfocus_gui.widgets.qr_picture import QrPicture
from followfocus_gui.widgets.scale import measured, px
from followfocus_gui.widgets.signs import sign_icon
from followfocus_gui.widgets.theme import TOUCH_PX, colour

HINT = "STOP from outside always works."
KINDS_OF_PLACE = "osc:// hears consoles, ltc: and mtc: timecode, blackmagic:// a REC."
PLACE, PAGE, TELL = "osc://", "0.0.0.0:53780", "opentrackio://"
LOOK_MS = 200


class GoKeysShown(Protocol):
    """The keys and buttons that are GO; while `learning` the next one is learned."""

    learned: tuple[LearnedControl, ...]

    @property
    def learning(self) -> bool:
        """Learn the next."""
        ...


class TracksShown(Protocol):
    """The places that are told where the ring is."""

    @property
    def words(self) -> str:
        """The sentence on them; empty while the ring isn't told."""
        ...


class OutsideShown(Protocol):
    """The screen's content; `changed` says that it is anew."""

    outside: Outside

    @property
    def phones(self) -> Phones | None:
        """The page for phones, where it is served."""
        ...

    @property
    def keys(self) -> GoKeysShown:
        """The controls learned for GO."""
        ...

    @property
    def tracks(self) -> TracksShown:
        """The programs that are told where the ring is."""
        ...

    @property
    def history(self) -> Sequence[DiaryLine]:
        """The requests that came, oldest first."""
        ...

    @property
    def lines(self) -> tuple[str, ...]:
        """Where it is listened, and what each source says of itself."""
        ...

    @property
    def level(self) -> float | None:
        """How high the LTC's signal is, 0 to 1; None without one."""
        ...


class OutsideScreen(Screen):
    """The panel. It asks by signals, and shows what is so."""

    allowed = Signal(bool)
    listenAsked = Signal(str)
    pageAsked = Signal(str)
    tellAsked = Signal(str)
    """To whom the ring is to be told; empty for nobody"""
    learnAsked = Signal()
    forgetAsked = Signal(object)
    _made = False

    def __init__(self, shown: OutsideShown, parent: QWidget | None = None) -> None:
        super().__init__("outsideScreen", "From outside is open", HINT, parent)
        self._shown = shown
        self._go = Tickbox("Let GO in from outside while armed", self)
        self._go.setObjectName("outsideGo")
        self._go.setAccessibleName("Let GO in from outside while armed")
        self._go.toggled.connect(self.allowed)
        self._place = line(self, "outsidePlace", "Where to listen", PLACE, "osc://, ltc:…, mtc:…, blackmagic://…")
        self._page = line(self, "outsidePage", "Where to serve the page for phones", PAGE, "HOST:PORT")
        self._tell = line(self, "outsideTell", "To whom the ring is told", TELL, "opentrackio://, freed://HOST:PORT")
        self._places = _words("outsidePlaces", self)
        self._phones = _words("outsidePhones", self)
        self._telling = _words("outsideTelling", self)
        self._level = _level(self)
        self._qr = QrPicture("outsideQr", "The page for phones, as a QR code", self)
        self._came = _list(self, "outsideCame", "What came from outside, newest first")
        self._keys = _list(self, "outsideKeys", "Keys and buttons that are GO")
        self._lay_out()
        self._order()
        self.refresh()
        self._made = True
        self._looks = QTimer(self)  # timecode runs and levels change without anything being asked
        self._looks.timeout.connect(self._look)
        self._looks.start(LOOK_MS)

    def _lay_out(self) -> None:
        page = QHBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        measured(page.setSpacing, 8)
        for share, make in ((3, self._left), (2, self._right)):
            panel = PanelBox(self)
            rows = make()
            measured(rows.setContentsMargins, 14, 8, 14, 8)
            measured(rows.setSpacing, 6)
            panel.setLayout(rows)
            page.addWidget(panel, share)

    def _order(self) -> None:
        """Tab goes as the panel is read: each field, then its button."""
        fields = ((self._place, self._listener), (self._page, self._server), (self._tell, self._send))
        order = (self._go, *itertools.chain(*fields), self._came, self._learn, self._forget, self._keys)
        for before, after in itertools.pairwise(order):
            QWidget.setTabOrder(before, after)

    def _left(self) -> QVBoxLayout:
        self._listener = button(self, "outsideListen", "Listen", "Listen there from now on", self._listen)
        self._server = button(self, "outsideServe", "Serve", "Serve the page for phones", self._serve)
        self._send = button(self, "outsideSend", "Tell", "Tell where the ring is", self._toggle_tell)
        rows, grid = QVBoxLayout(), QGridLayout()
        grid.setHorizontalSpacing(12)
        rows.addWidget(self._go)
        for row, (words, field, press) in enumerate((
            ("GO and STOP from", self._place, self._listener), ("Page for phones", self._page, self._server),
            ("Tell the ring to", self._tell, self._send),
        )):  # fmt: skip
            for place, widget in enumerate((Words(words, self, tone="faint"), field, press)):
                grid.addWidget(widget, row, place)
        rows.addLayout(grid)
        rows.addWidget(Words(KINDS_OF_PLACE, self, px=12, tone="faint", elides=True))
        for shown in (self._places, self._level, self._telling):
            rows.addWidget(shown)
        rows.addWidget(Words("What came", self, px=16, bold=True))
        rows.addWidget(self._came, 1)
        return rows

    def _right(self) -> QVBoxLayout:
        self._learn = button(self, "outsideLearn", "Learn a key", "Learn a key or a button for GO", self._ask_learn)
        self._forget = button(self, "outsideForget", "Forget", "Forget the chosen key", self._ask_forget)
        rows = QVBoxLayout()
        rows.addWidget(self._qr, 0, Qt.AlignmentFlag.AlignHCenter)
        rows.addWidget(self._phones)
        rows.addWidget(Words("Keys and buttons that are GO", self, px=16, bold=True))
        presses = QHBoxLayout()
        presses.addWidget(self._learn)
        presses.addWidget(self._forget)
        presses.addStretch(1)
        rows.addLayout(presses)
        rows.addWidget(self._keys, 1)
        return rows

    # What is pressed --------------------------------------------------------------------------------------------------

    def _listen(self) -> None:
        self.listenAsked.emit(self._place.text())

    def _serve(self) -> None:
        self.pageAsked.emit(self._page.text())

    def _toggle_tell(self) -> None:
        self.tellAsked.emit("" if self._shown.tracks.words else self._tell.text() or TELL)

    def _ask_learn(self) -> None:
        self.learnAsked.emit()

    def _ask_forget(self) -> None:
        row = self._keys.currentRow()
        if 0 <= row < len(self._shown.keys.learned):
            self.forgetAsked.emit(self._shown.keys.learned[row])

    # What is shown ----------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        """A new theme has other colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._made:
            self._draw_signs(list(reversed(self._shown.history)))

    def refresh(self) -> None:
        """Show what is so now."""
        with QSignalBlocker(self._go):
            self._go.setChecked(self._shown.outside.gate.open)
        phones = self._shown.phones
        self._phones.setText("" if phones is None else f"Phones: {phones.url}   code {phones.code}")
        self._phones.setVisible(phones is not None)
        self._qr.set_rows(() if phones is None else phones.qr_rows())
        self._send.setText("Tell no more" if self._shown.tracks.words else "Tell")
        self._learn.setText("Press it now …" if self._shown.keys.learning else "Learn a key")
        _fill(
            self._keys,
            [str(one) for one in self._shown.keys.learned],
            "None. Learn one: press it when asked.",
            pressed=True,
        )
        self._forget.setEnabled(bool(self._shown.keys.learned))
        came = list(reversed(self._shown.history))
        _fill(self._came, [_came_words(line) for line in came], "Nothing yet.")
        self._draw_signs(came)
        self._look()

    def _draw_signs(self, came: Sequence[DiaryLine]) -> None:
        """A tick before what passed, a cross before what was refused."""
        for row, one in enumerate(came[: self._came.count()]):
            name, tone = ("tick", "good") if one.passed else ("cross", "warn")
            self._came.item(row).setIcon(sign_icon(name, px(14), colour(tone)))

    def _look(self) -> None:
        self._places.setText("\n".join(self._shown.lines) or "Nothing is listened to.")
        self._telling.setText(self._shown.tracks.words)
        self._telling.setVisible(bool(self._shown.tracks.words))
        level = self._shown.level
        self._level.setVisible(level is not None)
        self._level.setValue(0 if level is None else round(100 * min(level, 1.0)))


def _words(name: str, parent: QWidget) -> Words:
    made = Words("", parent)
    made.setObjectName(name)
    made.setWordWrap(True)
    return made


def _list(parent: QWidget, name: str, says: str) -> QListWidget:
    made = QListWidget(parent)
    made.setObjectName(name)
    made.setAccessibleName(says)
    measured(made.setMinimumHeight, 40)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)  # what is left, never more
    return made


def _level(parent: QWidget) -> QProgressBar:
    made = QProgressBar(parent)
    made.setObjectName("outsideLevel")
    made.setAccessibleName("Level of the timecode's signal")
    made.setFormat("LTC level %p %")
    return made


def _fill(shown: QListWidget, texts: Sequence[str], empty: str, *, pressed: bool = False) -> None:
    """Other lines, or why there are none; the chosen one stays chosen where nothing has changed.

    `pressed`: each has a finger's room.
    """
    lines = list(texts) or [empty]
    if [shown.item(row).text() for row in range(shown.count())] != lines:
        shown.clear()
        shown.addItems(lines)
        for row in range(shown.count() if pressed else 0):
            shown.item(row).setSizeHint(QSize(0, px(TOUCH_PX)))
        if not texts:
            shown.item(0).setFlags(Qt.ItemFlag.NoItemFlags)


def _came_words(line: DiaryLine) -> str:
    often = "" if line.times == 1 else f" ({line.times} times)"
    return f"{line.said}{often}"
