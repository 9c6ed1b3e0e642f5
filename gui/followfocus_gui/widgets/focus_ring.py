# SPDX-License-Identifier: MIT
"""A ring around what the keyboard works on, outside it: focus, choice and hover can't be taken for each other."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget

from followfocus_gui.widgets.theme import colour

OUTSIDE, WIDE = 4, 2.5


class FocusRing(QWidget):
    """Lies over a window and takes no events. Only a field gets the ring without a key that brought the focus there."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._of: QWidget | None = None
        self.keyed: Callable[[QWidget], bool] = lambda _widget: False
        """Whether a key brought the focus there"""
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._move)
        self.hide()

    def _move(self, _before: QWidget | None, now: QWidget | None) -> None:
        for widget, watch in ((self._of, False), (now, True)):
            if widget is not None:
                (widget.installEventFilter if watch else widget.removeEventFilter)(self)
        ours = now is not None and now.window() is self.window() and now is not self.window()
        self._of = now if ours else None
        self._place()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Go along with what has the focus."""
        if event.type() in (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return False

    def around(self) -> QWidget | None:
        """The control with the ring."""
        return self._of if self.isVisible() else None

    def _place(self) -> None:
        widget = self._of
        if (
            widget is None
            or not widget.isVisible()
            or (not isinstance(widget, (QLineEdit, QPlainTextEdit)) and not self.keyed(widget))
        ):
            self.hide()
            return
        corner = widget.mapTo(self.window(), QPoint(0, 0))
        self.setGeometry(QRect(corner, widget.size()).adjusted(-OUTSIDE, -OUTSIDE, OUTSIDE, OUTSIDE))
        self.raise_()
        self.show()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("focus"), WIDE))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 9, 9)
        painter.end()
