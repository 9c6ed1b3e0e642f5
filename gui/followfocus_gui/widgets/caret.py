# SPDX-License-Identifier: MIT
"""Where the next letter goes, in the theme's colour. Qt's own turns what lies below it round: white, in a red night."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from followfocus_gui.widgets.theme import colour

WIDE = 2
BESIDE = 5
"""Qt's rectangle begins so many pixels left of the line that it draws"""


class Caret(QWidget):
    """Lies over Qt's own in the field that is typed in, and takes no events. It doesn't blink: nothing here does.

    A dialog with a field gets one of its own, which goes with it.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._of: QLineEdit | None = None
        self._soon = QTimer(self)  # a field scrolls its words only when it paints them
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._place)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.setCursorFlashTime(0)
        application.focusChanged.connect(self._move)
        self.hide()
        self._move(None, application.focusWidget())

    def _move(self, _before: QWidget | None, now: QWidget | None) -> None:
        if self._of is not None and isValid(self._of):
            self._of.removeEventFilter(self)
        ours = isinstance(now, QLineEdit) and now.window() is self.window()
        if isinstance(now, QLineEdit) and not ours:
            _give(now.window())
        self._of = now if ours and isinstance(now, QLineEdit) else None
        if self._of is not None:
            self._of.installEventFilter(self)
        self._place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Go along with what is typed."""
        if event.type() in (QEvent.Type.Paint, QEvent.Type.Move, QEvent.Type.Hide):
            self._soon.start()
        return False

    def _place(self) -> None:
        field = self._of
        if field is None or not isValid(field) or not field.isVisible() or field.isReadOnly():
            self.hide()
            return
        line: QRect = field.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
        corner = field.mapTo(self.window(), QPoint(line.x() + BESIDE, line.y()))
        self.setGeometry(QRect(corner.x(), corner.y(), WIDE, line.height()))
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The line."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), colour("focus"))
        painter.end()


def _give(window: QWidget) -> None:
    if window.findChild(Caret, options=Qt.FindChildOption.FindDirectChildrenOnly) is None:
        Caret(window)
