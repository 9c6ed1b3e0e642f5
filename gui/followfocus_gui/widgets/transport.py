# SPDX-License-Identifier: MIT
"""Back to one, rehearse, arm, GO, STOP: large, apart, each in its own place, and as loud as the state asks."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QWidget

from followfocus_gui.state.loudness import Look, looks
from followfocus_gui.widgets.lettering import fitting, width_of
from followfocus_gui.widgets.signs import draw_sign
from followfocus_gui.widgets.theme import HINT_PX, colour, figure_font

_SHADES = {
    "plain": ("raised", "outline", "text", 1.0),
    "dead": ("panel", "edge", "faint", 1.0),
    "gone": ("panel", "edge", "outline", 1.0),
    "outline": ("go_idle", "go_line", "faint", 2.0),
    "filled": ("go", "focus", "go_text", 3.0),
    "counting": ("go", "go", "go_text", 3.0),
    "dim": ("go_idle", "edge", "faint", 2.0),
    "stop": ("stop", "stop", "stop_text", 1.0),
    "hot": ("stop_hot", "focus", "stop_hot_text", 3.0),
}
"""Ground, frame, word, and the frame's width of each style"""


class BigButton(QPushButton):
    """A button that is found without reading: a word, a sign before it, and its key in the corner."""

    def __init__(self, name: str, says: str, look: Look, parent: QWidget) -> None:
        super().__init__(look.text, parent)
        self.setObjectName(name)
        self.setAccessibleName(says)
        self.setToolTip(says)
        self._look, self._size, self._hint_size = look, 20, HINT_PX

    @property
    def look(self) -> Look:
        """How it looks now."""
        return self._look

    def set_look(self, look: Look) -> None:
        """Look like this from now on."""
        if look != self._look:
            self._look = look
            self.setText(look.text)
            self.setEnabled(look.enabled)
            self.setProperty("lit", look.style in ("filled", "counting"))
            self.update()

    def set_size(self, size_px: int, hint_px: int) -> None:
        """Letters of this size, at most."""
        self._size, self._hint_size = size_px, hint_px
        self.update()

    def letters_px(self) -> int:
        """The size of its word: what fits, its sign included."""
        room = self.width() - 28
        size = self._size if self._look.style != "dim" else round(self._size * 0.75)
        if self._look.sign:
            room -= round(size * 1.1)
        return fitting((self._look.text,), room, size, bold=True)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, frame, sign, word, key."""
        ground, frame, ink, wide = _SHADES[self._look.style]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tone = colour(ground)
        if self.isDown():
            tone = tone.lighter(130)
        elif self.underMouse() and self._look.style in ("plain", "outline"):
            tone = tone.lighter(115)
        painter.setPen(QPen(colour(frame), wide))
        painter.setBrush(tone)
        inset = wide / 2.0
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 9, 9)
        self._write(painter, ink)
        painter.end()

    def _write(self, painter: QPainter, ink: str) -> None:
        look, size = self._look, self.letters_px()
        bold = look.style != "dim"
        wide, centre = width_of(look.text, size, bold=bold), QPointF(self.width() / 2.0, self.height() / 2.0)
        if look.sign:
            sign = size * 0.62
            draw_sign(painter, look.sign, QPointF(centre.x() - wide / 2.0 - sign * 0.45, centre.y()), sign, colour(ink))
            centre.setX(centre.x() + sign * 0.75)
        painter.setPen(colour(ink))
        painter.setFont(figure_font(size, bold=bold))
        box = QRectF(centre.x() - wide, centre.y() - size, 2 * wide, 2 * size)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, look.text)
        if look.hint:
            painter.setFont(figure_font(self._hint_size))
            corner = QRectF(self.rect()).adjusted(8, 4, -10, -4)
            painter.drawText(corner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, look.hint)


_SAYS = {
    "backToOne": "Go to the first mark, in the direction of the pull",
    "rehearse": "Play the pull at once, then return",
    "arm": "Load the pull and make it ready for GO",
    "go": "Start the armed pull (Space)",
    "stop": "Stop the ring, whatever it does (Esc)",
}


class Transport:
    """The five buttons that move the ring. Where they stand is the window's; STOP never goes grey."""

    def __init__(self, parent: QWidget) -> None:
        self._look: tuple[str, float | None, bool] = ("NO UNIT", None, False)
        self.buttons = {name: BigButton(name, _SAYS[name], look, parent) for name, look in looks("NO UNIT").items()}
        self.back, self.rehearse, self.arm, self.go, self.stop = self.buttons.values()

    def show_state(self, word: str, *, left_s: float | None, screen: bool) -> None:
        """Look as the state asks; `screen`: one is open, so nothing but STOP does anything."""
        if (word, left_s, screen) != self._look:
            self._look = (word, left_s, screen)
            for name, look in looks(word, left_s=left_s, screen=screen).items():
                self.buttons[name].set_look(look)
