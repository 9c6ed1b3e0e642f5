# SPDX-License-Identifier: MIT
"""SetWords, lines and curves straight on a page, as PDF has them.

A focus log of 10,000 takes has a quarter of a million words and figures, nearly all of which are one line of the page's
own font. For these a paragraph, its table and their saved states cost many times what they draw. What one line of that
font doesn't hold, another script or a note, is the paragraph that `page` makes of it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from reportlab.lib.colors import Color, black
from reportlab.lib.rl_accel import escapePDF
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from followfocus.arrays import FloatArray
from followfocus.names import is_leftward
from followfocus.paper.page import FAINT, INK, LINE, SHADE, fonts, style, words

_COLOURS = {colour: " ".join(f"{part:.6g}" for part in colour.rgb()) for colour in (INK, FAINT, LINE, SHADE, black)}
_FEW = 4096
"""Lines that are kept as they are drawn: a day says the same ones again and again"""
_CIRCLE = 1.1


class Ink:
    """Draws on the canvas of one document, which `on` gives it with the state that a drawing begins with."""

    def __init__(self) -> None:
        self._drawn: dict[tuple[str, str, float], str] = {}
        self._filled: Color | None = None

    def on(self, canvas: Canvas) -> None:
        """Draw on it from here on; nothing is known of its colours."""
        self.canvas, self._put, self._filled = canvas, canvas.addLiteral, None

    def text(
        self, at: tuple[float, float], words: str, font: str, size: float, colour: Color, anchor: str = ""
    ) -> None:
        """A line of a font that has all its letters: where it starts, on the base line; or its "end" or "middle"."""
        x, y = at
        if anchor:
            x -= pdfmetrics.stringWidth(words, font, size) / (1 if anchor == "end" else 2)
        if colour is not self._filled:
            self._filled = colour
            self._put(f"{_COLOURS[colour]} rg")
        self._put(f"BT {x:.3f} {y:.3f} Td {self._shown(words, font, size)} ET")

    def _shown(self, words: str, font: str, size: float) -> str:
        """The operators that show it."""
        key = (words, font, size)
        if (known := self._drawn.get(key)) is None:
            used, document = pdfmetrics.getFont(font), self.canvas._doc
            known = " ".join(
                f"{used.getSubsetInternalName(subset, document)} {size:g} Tf ({escapePDF(raw)}) Tj"
                for subset, raw in used.splitString(words, document)
            )
            if len(self._drawn) >= _FEW:
                self._drawn.clear()
            self._drawn[key] = known
        return known

    def line(self, from_xy: tuple[float, float], to_xy: tuple[float, float], colour: Color, thick: float) -> None:
        """A straight line."""
        (x, y), (x1, y1) = from_xy, to_xy
        self._put(f"{_COLOURS[colour]} RG {thick:g} w {x:.3f} {y:.3f} m {x1:.3f} {y1:.3f} l S")

    def curve(self, points: FloatArray, colour: Color, thick: float) -> None:
        """A line through points, rows of (x, y), of which there are two at least."""
        through = "%.3f %.3f m" + " %.3f %.3f l" * (len(points) - 1)
        self._put(f"{_COLOURS[colour]} RG {thick:g} w {through % tuple(points.ravel().tolist())} S")

    def box(self, x: float, y: float, width: float, height: float, colour: Color) -> None:
        """A filled box."""
        self._filled = colour
        self._put(f"{_COLOURS[colour]} rg {x:.3f} {y:.3f} {width:.3f} {height:.3f} re f")

    def caps(self, *, round_ends: bool) -> None:
        """How lines end from here on."""
        self._put("1 J 1 j" if round_ends else "0 J 0 j")


class Piece(Protocol):
    """A thing in a cell: so high, and it draws itself from its upper left corner."""

    @property
    def height(self) -> float:
        """Points."""

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """Put it on the page."""


@dataclass(frozen=True, slots=True)
class SetWords:
    """SetWords set in a width: one line of the page's own font, or a paragraph where that doesn't hold them."""

    text: str
    how: ParagraphStyle
    width: float
    height: float
    paragraph: Flowable | None = None

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """The words, at the side that their style says."""
        how = self.how
        if self.paragraph is not None:
            self.paragraph.wrapOn(ink.canvas, self.width, self.height)
            self.paragraph.drawOn(ink.canvas, x, top - self.height)
            return
        at, anchor = (x, "") if how.alignment == 0 else (x + self.width, "end")
        ink.text((at, top - how.fontSize), self.text, how.fontName, how.fontSize, how.textColor, anchor)


@functools.lru_cache(maxsize=_FEW)
def set_in(width: float, text: str, how: ParagraphStyle | None = None) -> SetWords:
    """The words of any script in a width, flush left or right: wrapped, never cut."""
    used = how or style()
    if _is_plain(text, used.fontName) and pdfmetrics.stringWidth(text, used.fontName, used.fontSize) <= width:
        return SetWords(text, used, width, used.leading)
    made = words(text, used)
    return SetWords(text, used, width, made.wrap(width, 1e6)[1], made)


def _is_plain(line: str, font: str) -> bool:
    """The font has all its letters, which are read from the left, a space at most between two words."""
    has = pdfmetrics.getFont(font).face.charToGlyph
    plain = line.isprintable() and all(map(has.__contains__, map(ord, line))) and line == " ".join(line.split())
    return bool(line) and plain and (line.isascii() or not is_leftward(line))


class Circled:
    """A take's number in a width, with the circle drawn round it where the take is circled."""

    def __init__(self, width: float, text: str, word: str, size: float = 9.0) -> None:
        self._width, self._text, self._word, self._size = width, text, word, size
        self.height = size * 1.7

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """The number in the middle; a circle, or a stroke through it where the take is no good."""
        _, bold = fonts()
        size, canvas = self._size, ink.canvas
        middle, y = x + self._width / 2, top - self.height + size * 0.55
        ink.text((middle, y), self._text, bold, size, black, "middle")
        reach, centre = max(size * 0.82, pdfmetrics.stringWidth(self._text, bold, size) / 2 + 3), y + size * 0.34
        if self._word == "ng":
            ink.line((middle - reach, centre), (middle + reach, centre), black, _CIRCLE)
        elif self._word == "circled":
            canvas.setStrokeColor(black)
            canvas.setLineWidth(_CIRCLE)
            canvas.circle(middle, centre, reach)


@dataclass(frozen=True, slots=True)
class Stacked:
    """Parts one below the other."""

    parts: Sequence[Piece]

    @property
    def height(self) -> float:
        """Of all together."""
        return sum(part.height for part in self.parts)

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """Each below the one before."""
        for part in self.parts:
            part.draw(ink, x, top)
            top -= part.height


@dataclass(frozen=True, slots=True)
class Row:
    """Parts side by side, each so far from the left, with room above and below the highest."""

    parts: Sequence[tuple[float, Piece]]
    room: float
    middle: bool = False
    """The others stand in the middle of its height, not at its top"""
    least: float = 0.0
    """So much it has, however low they are"""

    @property
    def height(self) -> float:
        """Of the highest with its room."""
        return max(self.least, *(part.height for _, part in self.parts)) + 2 * self.room

    def draw(self, ink: Ink, x: float, top: float) -> None:
        """All of them."""
        height = self.height
        for left, part in self.parts:
            part.draw(ink, x + left, top - ((height - part.height) / 2 if self.middle else self.room))


class Inked(Flowable):
    """A part of the story that stays on one page; `then` is done once it is there."""

    def __init__(self, ink: Ink, wide: float, make: Callable[[], Piece], then: Callable[[], object]) -> None:
        super().__init__()
        self.ink, self.wide, self._make, self.then = ink, wide, make, then
        self.part: Piece | None = None

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """As wide as it is, as high as its part, which is made now: a long story is not made all at once."""
        self.part = self.part or self._make()
        return self.wide, self.part.height

    def draw(self) -> None:
        """Put it on the page."""
        assert self.part is not None
        self.ink.on(self.canv)
        self.part.draw(self.ink, 0.0, self.part.height)
        self.then()
