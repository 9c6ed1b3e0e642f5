# SPDX-License-Identifier: MIT
"""Words that fit: letters shrink to the longest that a place may hold, names end in an ellipsis, nothing is cut."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter

from followfocus_gui.widgets.theme import HINT_PX, colour, figure_font

LONGEST = {False: ("99.99 m", "999 mm"), True: ("100'11 1/2\"",)}
"""The longest distances, in metres and in feet and inches, that a place must hold"""


@lru_cache(maxsize=512)
def metrics(size_px: int, *, bold: bool = False) -> QFontMetricsF:
    """Measures of our letters at a size."""
    return QFontMetricsF(figure_font(size_px, bold=bold))


@lru_cache(maxsize=8192)
def width_of(text: str, size_px: int, *, bold: bool = False) -> float:
    """How wide a text is, in points."""
    return metrics(size_px, bold=bold).horizontalAdvance(text)


@lru_cache(maxsize=512)
def fitting(texts: tuple[str, ...], room: int, size_px: int, *, bold: bool = False) -> int:
    """The largest size up to `size_px` at which every one of the texts is no wider than `room`."""
    widest = max((width_of(text, 100, bold=bold) for text in texts), default=0.0)
    size = size_px if widest <= 0 else min(size_px, int(room * 100 / widest))
    while size > HINT_PX and any(width_of(text, size, bold=bold) > room for text in texts):
        size -= 1
    return max(HINT_PX, size)


def elided(text: str, room: float, size_px: int, *, bold: bool = False) -> str:
    """The text, ended by an ellipsis where it is wider than `room`."""
    return metrics(size_px, bold=bold).elidedText(text, Qt.TextElideMode.ElideRight, room)


def paint_text(
    painter: QPainter,
    box: QRectF,
    text: str,
    tone: str,
    px: int,
    *,
    bold: bool = False,
    flags: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line in a box, in a colour of the theme; what has no room ends in an ellipsis."""
    painter.setFont(figure_font(px, bold=bold))
    painter.setPen(colour(tone))
    painter.drawText(box, flags | Qt.AlignmentFlag.AlignVCenter, elided(text, box.width(), px, bold=bold))


def longest(texts: Iterable[str], size_px: int, *, bold: bool = False) -> float:
    """The width of the widest of some texts."""
    return max((width_of(text, size_px, bold=bold) for text in texts), default=0.0)
