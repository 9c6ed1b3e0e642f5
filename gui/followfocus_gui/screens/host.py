# SPDX-License-Identifier: MIT
"""The place between the two bands: the desk, and over it at most one screen. Screens take the place of dialogs.

While a screen is open nothing but the screen moves the ring: ARM and GO are dead. Armed, no screen opens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QSizePolicy, QStackedWidget, QWidget

from followfocus_gui.widgets.scale import ratio

TYPED = "QLineEdit", "QPlainTextEdit", "QComboBox", "QAbstractSpinBox"


@dataclass(frozen=True, slots=True)
class Room:
    """The room that the bands leave a screen, in points of the usual desk. Its own size doesn't say: it may scroll."""

    width: int = 1256
    height: int = 538

    @property
    def upright(self) -> bool:
        """A screen on its short side: one part below the other."""
        return self.width < 860

    @property
    def narrow(self) -> bool:
        """Two lists have no room side by side."""
        return self.width < 1100

    @property
    def low(self) -> bool:
        """Only what is needed has room."""
        # One part below the other takes more of it.
        return self.height < (700 if self.upright else 420)


class Screen(QWidget):
    """A page between the bands. It ends by `close()`, which a subclass refuses in `may_close`."""

    closed = Signal()
    hinted = Signal(str)
    """The state line's hint at the next possible step here"""

    def __init__(self, name: str, title: str, hint: str = "", parent: QWidget | None = None) -> None:
        """`title` is a sentence without its end ("Lenses are open"), `hint` a sentence on what can be done."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.title, self.hint = title, hint
        self.leave_words = "Done"
        """The words on the button that closes it"""
        self._gone = False

    def fit(self, room: Room) -> None:
        """Stand everything so that nothing need be scrolled to; by default there is one way only."""

    def say(self, hint: str) -> None:
        """Say something else in the state line."""
        self.hint = hint
        self.hinted.emit(hint)

    def first_field(self) -> QWidget | None:
        """The field that has the focus when the screen opens; None is the first that can be typed in, or pressed."""
        able = [w for w in self.findChildren(QWidget) if w.isEnabled() and w.focusPolicy() & Qt.FocusPolicy.TabFocus]
        typed = [w for w in able if any(w.inherits(kind) for kind in TYPED)]
        return next(iter(typed or able), None)

    def enter(self) -> bool:
        """Return, where no field and no button has the focus; whether that meant something here."""
        return False

    def may_close(self) -> bool:
        """Whether it may go now."""
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        """Gone, unless it has something to end first; told once, however often it is closed."""
        if not self._gone and not self.may_close():
            event.ignore()
            return
        event.accept()
        if not self._gone:
            self._gone = True
            self.closed.emit()


class ScreenHost(QStackedWidget):
    """The desk, or the screen over it. The focus goes back to `home` of the desk.

    `locked` says in a sentence why none may open now, `refuse` says it aloud.
    """

    changed = Signal()
    """A screen has opened, closed, or says something else"""

    said = Signal()
    """The open screen has answered: what was said before is over"""

    def __init__(
        self,
        desk: QWidget,
        home: QWidget,
        locked: Callable[[], str],
        refuse: Callable[[str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("screens")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)  # the bands never give way
        self._desk, self._home, self._locked, self._refuse = desk, home, locked, refuse
        self._screen: Screen | None = None
        self._area = QScrollArea(self)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.addWidget(desk)
        self.addWidget(self._area)

    @property
    def shown(self) -> Screen | None:
        """The open screen."""
        return self._screen

    @property
    def area(self) -> QScrollArea:
        """The scrolled area of the open screen; it scrolls where a screen is larger than its room."""
        return self._area

    def may_open(self) -> bool:
        """Whether a screen may open now; if not, why is said."""
        words = self._locked()
        if words:
            self._refuse(words)
        return not words

    def open(self, screen: Screen) -> bool:
        """Show a screen in place of the desk, or of the one that is open; False where neither may be."""
        if not self.may_open() or not self.close_screen():
            screen.deleteLater()
            return False
        self._screen = screen
        screen.fit(self._room())
        screen.closed.connect(self._leave)
        screen.hinted.connect(lambda _words: self.said.emit())
        self._area.setWidget(screen)
        self.setCurrentWidget(self._area)
        screen.show()
        field = screen.first_field()
        if field is not None:
            field.setFocus(Qt.FocusReason.OtherFocusReason)
            if isinstance(field, QLineEdit):
                field.selectAll()  # 42 typed into scene 1 is scene 42, not 142
        self.changed.emit()
        return True

    def _room(self) -> Room:
        scale = ratio()
        return Room(round(self.width() / scale), round(self.height() / scale))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another room for the screen."""
        super().resizeEvent(event)
        if self._screen is not None:
            self._screen.fit(self._room())

    def close_screen(self) -> bool:
        """Back to the desk; False where the screen has something to end first."""
        return self._screen is None or self._screen.close()

    def _leave(self) -> None:
        screen, self._screen = self._screen, None
        if screen is None:
            return
        self._area.takeWidget()
        screen.setParent(None)
        self.setCurrentWidget(self._desk)
        self._home.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()
