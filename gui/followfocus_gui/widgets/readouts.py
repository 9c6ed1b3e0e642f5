# SPDX-License-Identifier: MIT
"""Readouts for arm's length: the distance, the largest thing on the screen, and from where to where it is sharp."""

from __future__ import annotations

import math
import re
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QPushButton, QWidget

from followfocus_gui.state.views import SharpView
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.lettering import elided, fitting, width_of
from followfocus_gui.widgets.theme import colour, figure_font

_FAR = re.compile(r"(\d{3,}\.\d+) m|(\d{4,})'.*")
_LONGEST = {False: ("99.99 m", "1000 m"), True: ("999'11 1/2\"",)}
"""The longest that is shown here, where from 100 m and 1,000 feet on nobody asks for less than a whole one"""
_PARTED = re.compile(r"(.*?) ?(?:(\d+)/(\d+))?\"")
UNKNOWN = "– –"
FRACTION_SHARE, FRACTION_GAP = 0.44, 0.07
"""The height of a fraction's letters, one above the other, and the room beside them, of the digits'"""
LEAST_DIGITS_PX = 20
UNIT_SHARE, SHOOTING_SHARE = 0.55, 0.4
"""The height of the unit's letters, of the digits'; in the shooting view the digits have nearly all the room"""


class DistanceReadout(QPushButton):
    """The distance. Pressed, it switches between metres and feet and inches."""

    def __init__(self, parent: QWidget | None = None, *, framed: bool = True) -> None:
        super().__init__(UNKNOWN, parent)
        self.setObjectName("distanceReadout" if framed else "shootingDistance")
        self.setAccessibleName("Focus distance; press for the other units")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._framed, self._imperial, self._size = framed, False, 60

    def set_size(self, size_px: int) -> None:
        """Digits of this size, at most."""
        self._size = size_px
        self.update()

    def set_imperial(self, imperial: bool) -> None:
        """The longest value, for which there is always room, is in feet and inches, or in metres."""
        if imperial != self._imperial:
            self._imperial = imperial
            self.update()

    def set_distance(self, text: str, other: str) -> None:
        """The distance in the chosen units, and in the others for the tool tip; far off in whole metres or feet."""
        if far := _FAR.fullmatch(text):
            text = f"{float(far[1]):.0f} m" if far[1] else f"{far[2]}'"
        if text != self.text():
            self.setText(text)
            self.setToolTip(other)
            self.setAccessibleDescription(text)

    def letters_px(self) -> int:
        """The size of the digits: that of the longest distance in these units, never of the present one."""
        room = round(self.width() * (0.92 if self._framed else 0.98))
        if self._imperial:
            return _imperial_px(room, self._size, bold=self._bold())
        return _metric_px(room, self._size, self._share(), bold=self._bold())

    def _share(self) -> float:
        return UNIT_SHARE if self._framed else SHOOTING_SHARE

    @staticmethod
    def _bold() -> bool:
        """In the red the digits are thinner: less light."""
        return theme.current() != "red"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The frame on the desk, and the distance."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._framed:
            painter.setPen(QPen(colour("edge"), 1))
            painter.setBrush(colour("shade"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.setPen(colour("text"))
        if self._imperial:
            self._write_feet(painter)
        else:
            self._write_metres(painter)
        painter.end()

    def _write_feet(self, painter: QPainter) -> None:
        """Feet and inches, a half inch's figures one above the other: in one line they would take a third of it."""
        size, bold, middle = self.letters_px(), self._bold(), self.height() / 2.0
        main, above, below, inch = _parted(self.text())
        left = (self.width() - _imperial_wide(self.text(), size, bold=bold)) / 2.0 if self._framed else 0.0
        baseline = middle + size * 0.375  # capitals are three quarters of a size high
        painter.setFont(figure_font(size, bold=bold))
        painter.drawText(QPointF(left, baseline), main)
        left += width_of(main, size, bold=bold)
        wide = _fraction_wide(above, below, size, bold=bold)
        painter.drawText(QPointF(left + wide, baseline), inch)
        if not above:
            return
        small, gap = round(size * FRACTION_SHARE), size * FRACTION_GAP
        painter.setFont(figure_font(small, bold=bold))
        for figure, base in ((above, middle - gap), (below, middle + gap + small * 0.75)):
            room = wide - width_of(figure, small, bold=bold)
            painter.drawText(QPointF(left + room / 2.0, base), figure)
        painter.setPen(QPen(colour("text"), max(1.0, size * 0.035)))
        painter.drawLine(QPointF(left + gap, middle), QPointF(left + wide - gap, middle))

    def _write_metres(self, painter: QPainter) -> None:
        """Digits, and the unit smaller beside them."""
        digits, _, unit = (UNKNOWN, "", "") if self.text() == UNKNOWN else self.text().partition(" ")
        size, bold = self.letters_px(), self._bold()
        wide, small = width_of(digits, size, bold=bold), round(size * self._share())
        gap = size * self._share() * GAP_SHARE
        whole = wide + (width_of(unit, small) + gap if unit else 0.0)
        left = (self.width() - whole) / 2.0 if self._framed else 0.0
        baseline = self.height() / 2.0 + size * 0.375
        painter.setFont(figure_font(size, bold=bold))
        painter.drawText(QPointF(left, baseline), digits)
        if unit:
            painter.setFont(figure_font(small))
            painter.setPen(colour("faint"))
            painter.drawText(QPointF(left + wide + gap, baseline), unit)

    def text_wide(self) -> float:
        """How wide the present distance's figures stand."""
        if self._imperial:
            return _imperial_wide(self.text(), self.letters_px(), bold=self._bold())
        return width_of(self.text().partition(" ")[0], self.letters_px(), bold=self._bold())


def _parted(text: str) -> tuple[str, str, str, str]:
    """Feet and whole inches, the fraction's two figures, and the sign of the inch; what is none of these comes first.

    >>> _parted("18'5 1/2" + '"')
    ("18'5", '1', '2', '"')
    """
    found = _PARTED.fullmatch(text)
    return (text, "", "", "") if found is None else (found[1], found[2] or "", found[3] or "", '"')


def _fraction_wide(above: str, below: str, size_px: int, *, bold: bool) -> float:
    small = round(size_px * FRACTION_SHARE)
    widest = max(width_of(figure, small, bold=bold) for figure in (above, below))
    return widest + 2 * size_px * FRACTION_GAP if above else 0.0


def _imperial_wide(text: str, size_px: int, *, bold: bool) -> float:
    main, above, below, inch = _parted(text)
    return width_of(main + inch, size_px, bold=bold) + _fraction_wide(above, below, size_px, bold=bold)


@lru_cache(maxsize=64)
def _imperial_px(room: int, most_px: int, *, bold: bool) -> int:
    """The size of the digits of feet and inches."""
    size = most_px
    while size > LEAST_DIGITS_PX and max(_imperial_wide(text, size, bold=bold) for text in _LONGEST[True]) > room:
        size -= 1
    return size


GAP_SHARE = 0.36
"""Between digits and unit, of the unit's letters"""


@lru_cache(maxsize=64)
def _metric_px(room: int, most_px: int, share: float, *, bold: bool) -> int:
    """The size of the digits. The unit is smaller than they are: as much narrower the whole is."""
    size = most_px
    while size > LEAST_DIGITS_PX and max(_metric_wide(t, size, share, bold=bold) for t in _LONGEST[False]) > room:
        size -= 1
    return size


def _metric_wide(text: str, size_px: int, share: float, *, bold: bool) -> float:
    digits, _, unit = text.partition(" ")
    return width_of(digits, size_px, bold=bold) + width_of(unit, round(size_px * share)) + size_px * share * GAP_SHARE


class SharpRange(QWidget):
    """From where to where it is sharp, in words and as a bar with the focus on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("depthReadout")
        self.setAccessibleName("Depth of field")
        self._view: SharpView | None = None
        self._words, self._size = "", 15

    def set_size(self, size_px: int) -> None:
        """Letters of this size."""
        self._size = size_px
        self.update()

    def show_sharp(self, view: SharpView | None, words: str = "") -> None:
        """Show a range; without one, `words` say why."""
        if (view, words) != (self._view, self._words):
            self._view, self._words = view, words
            self.setAccessibleDescription(self.text())
            self.setToolTip(self.text())
            self.update()

    def text(self) -> str:
        """Everything it says."""
        view = self._view
        return self._words if view is None else f"sharp {view.near} – {view.far}, {view.deep}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Words above, bar below."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = QRectF(0, 0, self.width(), self.height() * 0.52)
        view, flags = self._view, Qt.AlignmentFlag.AlignVCenter
        painter.setFont(figure_font(self._size, bold=view is None))
        if view is None:
            painter.setPen(colour("warn"))
            painter.drawText(top, flags, elided(self._words, top.width(), self._size, bold=True))
            painter.end()
            return
        words = f"sharp {view.near} – {view.far}"
        size = fitting((words,), self.width(), self._size)
        painter.setFont(figure_font(size))
        painter.setPen(colour("text"))
        painter.drawText(top, flags, words)
        used = width_of(words, size) + 24
        if used + width_of(view.deep, size - 1) <= self.width():
            painter.setFont(figure_font(size - 1))
            painter.setPen(colour("faint"))
            painter.drawText(top, flags | Qt.AlignmentFlag.AlignRight, view.deep)
        self._draw_bar(painter, view.share)
        painter.end()

    def _draw_bar(self, painter: QPainter, share: float) -> None:
        draw_bar(painter, QRectF(1, self.height() * 0.58, self.width() - 2, self.height() * 0.4), share)


def draw_bar(painter: QPainter, room: QRectF, share: float) -> None:
    """A bar from near to far with the focus on it."""
    middle = room.center().y() + room.height() * 0.1
    thick = min(9.0, room.height() * 0.4)
    painter.fillRect(QRectF(room.left(), middle - thick / 2, room.width(), thick), colour("bandB"))
    painter.setPen(QPen(colour("good"), 2.5))
    for x in (room.left() + 1, room.right() - 1):
        painter.drawLine(QPointF(x, middle - thick), QPointF(x, middle + thick))
    if not math.isfinite(share):
        return
    x = room.left() + room.width() * min(max(share, 0.0), 1.0)
    painter.setPen(QPen(colour("text"), 2))
    painter.drawLine(QPointF(x, middle - thick), QPointF(x, middle + thick))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("text"))
    painter.drawPolygon(QPolygonF([
        QPointF(x - 6, middle - thick - 3), QPointF(x + 6, middle - thick - 3), QPointF(x, middle - thick + 6)
    ]))  # fmt: skip
