# SPDX-License-Identifier: MIT
"""Four buttons that turn the ring as long as they are held: fast and slowly, either way. Arrow keys do the same."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from followfocus_gui.widgets.list_signs import draw_list_sign
from followfocus_gui.widgets.scale import letters, measured, px
from followfocus_gui.widgets.theme import colour, figure_font

JOG_MS = 120
"""How often a turn that goes on is asked for anew: the unit stops by itself soon after the last"""
SLOW_DEG_S, FAST_DEG_S = 6.0, 40.0
HIGH_PX, LOW_PX = 76, 52
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class JogButton(QPushButton):
    """An arrow, a word, and its key; while it turns it says so."""

    def __init__(self, name: str, says: str, speed_deg_s: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(says)
        self.setToolTip(says)
        self.setAutoDefault(False)
        self.setCheckable(True)
        self.setProperty("weight", "choice")
        self.speed_deg_s = speed_deg_s
        self.set_high(HIGH_PX)

    def set_high(self, high_px: int) -> None:
        """Three lines, or two on a low screen."""
        self._high_px = high_px
        measured(self.setMinimumSize, 64, high_px)  # the style sheet has a least of its own, for all buttons
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """A finger's room and the lines."""
        return QSize(px(130), px(self._high_px))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The arrow and the words."""
        super().paintEvent(event)
        painter = QPainter(self)
        turning, fast = self.isChecked(), abs(self.speed_deg_s) > SLOW_DEG_S
        tone = colour("accent" if turning else "text" if self.isEnabled() else "faint")
        middle, top = self.width() / 2, self.height() * 0.10
        low = self._high_px < HIGH_PX
        high = self.height() * (0.42 if low else 0.36)
        for place in (-0.75, 0.05) if fast else (-0.35,):
            box = QRectF(middle + place * high, top, high * 0.8, high)
            self._arrow(painter, box, tone)
        painter.setPen(colour("text" if turning else "faint"))
        painter.setFont(figure_font(letters(13), bold=turning))
        word = "turning" if turning else "fast" if fast else "slow"
        key = ("Shift " if fast else "") + ("→" if self.speed_deg_s > 0 else "←")
        if low:
            room = QRectF(0, self.height() * 0.54, self.width(), letters(19))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, word if turning else f"{word}  {key}")
            painter.end()
            return
        painter.drawText(QRectF(0, self.height() * 0.48, self.width(), letters(18)), Qt.AlignmentFlag.AlignCenter, word)
        painter.setPen(colour("faint"))
        painter.setFont(figure_font(letters(11)))
        painter.drawText(QRectF(0, self.height() * 0.73, self.width(), letters(15)), Qt.AlignmentFlag.AlignCenter, key)
        painter.end()

    def _arrow(self, painter: QPainter, box: QRectF, tone: object) -> None:
        painter.save()
        if self.speed_deg_s < 0:
            painter.translate(box.center())
            painter.scale(-1.0, 1.0)
            painter.translate(-box.center())
        draw_list_sign(painter, "arrow", box, tone)  # type: ignore[arg-type]
        painter.restore()


class JogRow(QWidget):
    """The four; `turned` comes again and again while one is held, with 0 at its end."""

    turned = Signal(float)
    """Ring degrees a second, positive towards the close stop"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("jogRow")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        measured(row.setSpacing, 10)
        self.buttons = [
            JogButton(name, says, speed, self)
            for name, says, speed in (
                ("jogFastBack", "Turn fast towards ∞, while held", -FAST_DEG_S),
                ("jogBack", "Turn slowly towards ∞, while held", -SLOW_DEG_S),
                ("jogOn", "Turn slowly towards close, while held", SLOW_DEG_S),
                ("jogFastOn", "Turn fast towards close, while held", FAST_DEG_S),
            )
        ]
        for each in self.buttons:
            each.pressed.connect(lambda s=each.speed_deg_s: self.begin(s))
            each.released.connect(self.end)
            row.addWidget(each)
        self._speed = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(JOG_MS)
        self._timer.timeout.connect(lambda: self.turned.emit(self._speed))

    def set_low(self, *, low: bool) -> None:
        """Lower buttons, for a low screen."""
        for each in self.buttons:
            each.set_high(LOW_PX if low else HIGH_PX)

    @property
    def turning(self) -> bool:
        """One of them is held."""
        return self._timer.isActive()

    def begin(self, speed_deg_s: float) -> None:
        """Turn, until `end`."""
        self._speed = speed_deg_s
        self._paint()
        self.turned.emit(speed_deg_s)
        self._timer.start()

    def end(self) -> None:
        """Turn no more; said once."""
        self.halt()
        self.turned.emit(0.0)

    def halt(self) -> None:
        """The ring was stopped otherwise: ask for nothing more."""
        self._timer.stop()
        self._speed = 0.0
        self._paint()

    def changeEvent(self, event: QEvent) -> None:
        """A key that is let go in another window is not told here, so the ring stops when the hand goes there."""
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow() and self.turning:
            self.end()
        super().changeEvent(event)

    def _paint(self) -> None:
        for each in self.buttons:
            each.setChecked(self._speed == each.speed_deg_s)

    def key(self, event: QEvent) -> bool:
        """Take an arrow key in, pressed or let go; whether it was one."""
        if not isinstance(event, QKeyEvent) or Qt.Key(event.key()) not in _KEYS:
            return False
        if event.isAutoRepeat():
            return True
        if event.type() == QEvent.Type.KeyPress and self.isVisible() and self.isEnabled():
            fast = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self.begin(_KEYS[Qt.Key(event.key())] * (FAST_DEG_S if fast else SLOW_DEG_S))
        elif event.type() == QEvent.Type.KeyRelease and self.turning:
            self.end()
        return True


class ArrowKeys(QObject):
    """Gives a screen's arrow keys to its jog row, whichever button has the focus.

    So does `field` while nothing stands in it; a field with words keeps its arrows.
    A key that is held while the focus goes elsewhere is let go there and not heard here: the ring stops at once.
    """

    def __init__(self, row: JogRow, screen: QWidget, field: QLineEdit | None = None) -> None:
        super().__init__(screen)
        self._row, self._field = row, field
        if field is not None:
            field.installEventFilter(self)
        for button in screen.findChildren(QPushButton):
            button.installEventFilter(self)
        screen.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """True for an arrow key."""
        if event.type() == QEvent.Type.FocusOut and self._row.turning:
            self._row.end()
        written = self._field is not None and watched is self._field and bool(self._field.text())
        if written and not self._row.turning:
            return False
        return event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and self._row.key(event)
