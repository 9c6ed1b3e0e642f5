# SPDX-License-Identifier: MIT
"""Words that fit: letters shrink to the longest that a place may hold, names end in an ellipsis, nothing is cut."""

from __future__ import annotations

import math
import re
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
LEAST_PX, LEAST_PITCH = 12, 1.2
"""The least letters of a sentence, and how far below each other its lines may stand, in sizes of letters"""
_LONG_WAY = re.compile(r"(?<![\w.:/])(?:[A-Za-z]:)?[\\/]\S*([\\/][^\s\\/]+)")
"""A path, of which its end says most"""
_LONG_WORD = 16


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
    if letters.horizontalAdvance(text) <= room:
        return text
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


def in_rows(text: str, room: float, size_px: int, names: Iterable[str] = (), most: int = 2) -> tuple[str, ...]:
    """The text in `most` lines at most, broken between words; what is too long for them has its names shortened."""
    letters, told = metrics(size_px), tuple(names)
    # A row seldom ends where its room does: the less of all is asked for, the surer they are whole.
    for fifths in range(5 * most, 5, -1):
        words = shortened(text, told, fifths / 5 * room, letters)
        rows = _rows(words, room, size_px)
        if len(rows) <= most and all(width_of(row, size_px) <= room for row in rows):
            return rows
    return tuple(elided(row, room, size_px) for row in (*rows[: most - 1], " ".join(rows[most - 1 :])))


def _rows(text: str, room: float, size_px: int) -> tuple[str, ...]:
    """As many lines as the words take."""
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and width_of(longer, size_px) <= room:
            rows[-1] = longer
        else:
            rows.append(word)
    return tuple(rows)


def in_box(
    texts: Iterable[str], room: float, height: float, size_px: int, names: Iterable[str] = ()
) -> tuple[tuple[str, ...], int]:
    """The texts below each other, each begins a line, in letters as large as may be; and the size of these.

    The letters shrink to the least first; only then do names in the first text give way, and the ways to files.
    """
    first, *rest = texts
    for size in range(size_px, LEAST_PX - 1, -1):
        rows = tuple(row for text in (first, *rest) for row in _rows(text, room, size))
        if len(rows) <= most_rows(height, size) and all(width_of(row, size) <= room for row in rows):
            return rows, size
    size = min(size_px, LEAST_PX)
    below = tuple(elided(text, room, size) for text in rest)
    most = max(1, most_rows(height, size) - len(below))
    brief = _LONG_WAY.sub("…\\1", first)
    for word in _long_words(brief):  # no break would help a word that is wider than the line
        brief = brief.replace(word, elided(word, 0.9 * room, size))
    return (*in_rows(brief, room, size, (*names, *_long_words(brief)), most), *below), size


def most_rows(height: float, size_px: int) -> int:
    """How many lines of letters of a size stand in a height."""
    return max(1, int(height / (size_px * LEAST_PITCH)))


def _long_words(text: str) -> list[str]:
    """Words that may give way besides names: those that somebody has typed and are quoted, and the names of files."""
    words = (word.strip("“”().,:;") for word in text.split())
    return [word for word in (*re.findall("“([^”]+)”", text), *words) if len(word) > _LONG_WORD]


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
