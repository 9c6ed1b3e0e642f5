# SPDX-License-Identifier: MIT
"""Words that fit: letters shrink to the longest that a place may hold, names end in an ellipsis, nothing is cut."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPainter, QTextLayout

from followfocus_gui.widgets.scale import letters
from followfocus_gui.widgets.theme import HINT_PX, colour, figure_font

LONGEST = {False: ("999.99 m",), True: ("3280'10 1/2\"",)}
"""The longest distances, in metres and in feet and inches, that a place must hold: from 1,000 m on it is ∞"""
PADDING_PX = 26
"""Of a field, left and right together"""


LEAST_OF_NAME = 3
"""As many letters of a name are always left"""


@lru_cache(maxsize=512)
def metrics(size_px: int, *, bold: bool = False) -> QFontMetricsF:
    """Measures of our letters at a size."""
    return QFontMetricsF(figure_font(size_px, bold=bold))


@lru_cache(maxsize=8192)
def width_of(text: str, size_px: int, *, bold: bool = False) -> float:
    """How wide a text is, in points."""
    return metrics(size_px, bold=bold).horizontalAdvance(text)


@lru_cache(maxsize=512)
def fitting(texts: tuple[str, ...], room: int, size_px: int, *, bold: bool = False, least_px: int = HINT_PX) -> int:
    """The largest size up to `size_px`, from `least_px`, at which every one of the texts is no wider than `room`."""
    widest = max((width_of(text, 100, bold=bold) for text in texts), default=0.0)
    size = size_px if widest <= 0 else min(size_px, int(room * 100 / widest))
    while size > least_px and any(width_of(text, size, bold=bold) > room for text in texts):
        size -= 1
    return max(least_px, size)


def elided(text: str, room: float, size_px: int, *, bold: bool = False) -> str:
    """The text, ended by an ellipsis where it is wider than `room`."""
    return metrics(size_px, bold=bold).elidedText(text, Qt.TextElideMode.ElideRight, room)


def shortened(text: str, names: Iterable[str], room: float, letters: QFontMetricsF | QFontMetrics) -> str:
    """The text with its names shortened, the longest first, as far as the room asks: verdicts and figures stay.

    Only what is too long without any name ends in an ellipsis.
    """
    for name in sorted(filter(None, names), key=len, reverse=True):
        before, _, after = text.partition(name)
        if name in text and letters.horizontalAdvance(text) > room:
            text = f"{before}{_least(name, before, after, room, letters)}{after}"
    return letters.elidedText(text, Qt.TextElideMode.ElideRight, math.floor(room))


def _least(name: str, before: str, after: str, room: float, letters: QFontMetricsF | QFontMetrics) -> str:
    """As much of a name as there is room for between what stands before and after it."""
    count = len(name) - 1
    # By letters and measured whole: letters beside each other are not as wide as each alone.
    while count > LEAST_OF_NAME and letters.horizontalAdvance(f"{before}{name[:count]}…{after}") > math.floor(room):
        count -= 1
    return f"{name[:count].rstrip()}…"


def in_rows(text: str, room: float, size_px: int, names: Iterable[str] = ()) -> tuple[str, ...]:
    """The text in one line or two, broken between words; what is too long for two has its names shortened."""
    letters = metrics(size_px)
    for share in (2.0, 1.8, 1.6, 1.4, 1.2):
        # A row seldom ends where its room does: the less of both is asked for, the surer it is whole.
        words = shortened(text, names, share * room, letters)
        rows = _rows(words, room, size_px)
        if "…" not in "".join(rows) or " ".join(rows) == " ".join(words.split()):
            return rows
    return rows


def _rows(text: str, room: float, size_px: int) -> tuple[str, ...]:
    words, first = text.split(), 1
    while first < len(words) and width_of(" ".join(words[: first + 1]), size_px) <= room:
        first += 1
    rows = " ".join(words[:first]), " ".join(words[first:])
    return tuple(elided(row, room, size_px) for row in rows if row)


def paint_text(
    painter: QPainter,
    box: QRectF,
    text: str,
    tone: str,
    px: float,
    *,
    bold: bool = False,
    flags: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """One line in a box, in a colour of the theme; `px` as on the least desk. What has no room ends in an ellipsis."""
    size = letters(px)
    painter.setFont(figure_font(size, bold=bold))
    painter.setPen(colour(tone))
    painter.drawText(box, flags | Qt.AlignmentFlag.AlignVCenter, elided(text, box.width(), size, bold=bold))


def longest(texts: Iterable[str], size_px: int, *, bold: bool = False) -> float:
    """The width of the widest of some texts."""
    return max((width_of(text, size_px, bold=bold) for text in texts), default=0.0)


def unseen(text: str) -> str:
    """The letters and signs of a text, each once, that neither our typeface nor any of the system's can show."""
    return "".join(letter for letter in dict.fromkeys(text) if not _is_shown(letter))


@lru_cache(maxsize=8192)
def _is_shown(letter: str) -> bool:
    kind = unicodedata.category(letter)
    if kind in ("Cc", "Cf") or kind[0] in "ZM":  # joiners, spaces and accents have nothing of their own to be seen
        return True
    layout = QTextLayout(letter, figure_font(HINT_PX))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return all(glyph != 0 for run in layout.glyphRuns() for glyph in run.glyphIndexes())
