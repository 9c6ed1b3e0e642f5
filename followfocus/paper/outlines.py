# SPDX-License-Identifier: MIT
"""A font with PostScript outlines, as Noto Sans CJK is one, in a PDF: what is printed of it becomes TrueType.

Reportlab embeds TrueType fonts alone. PostScript's curves are cubic, TrueType's quadratic: each glyph that a document
uses is drawn anew by quadratic ones, which leave it by a thousandth of the letter's height at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError
from fontTools.ttLib.tables._g_l_y_f import Glyph
from reportlab.pdfbase import ttfonts
from reportlab.pdfbase.ttfonts import TTFError, TTFontFace

MOST_OFF = 0.001
"""Of the letter's height: a third of what a laser printer's dot is, in letters of a report's size"""
RESTRICTED = 0x0002
"""The licence bit of a font that may not be put into a document (OpenType, OS/2, fsType)"""
_NOTHING = ".notdef"


class Outlines(TTFontFace):
    """Such a font for reportlab: measured whole, drawn as far as it is used. TTFError where it can't be used."""

    def __init__(self, file: Path) -> None:
        try:
            self._font = TTFont(BytesIO(file.read_bytes()), fontNumber=0, lazy=True)
            self._names = self._font.getBestCmap() or {}
            self._per_em = self._font["head"].unitsPerEm
            widths = self._font["hmtx"].metrics
            restricted = self._font["OS/2"].fsType & RESTRICTED
        except (TTLibError, KeyError, OSError, AttributeError) as error:
            raise TTFError(f"{file}: {error}") from error
        if restricted:
            raise TTFError(f"{file} may not be put into a document")
        super().__init__(BytesIO(self.true_type(())))
        head = self._font["head"]
        self.bbox = [side * 1000 / self._per_em for side in (head.xMin, head.yMin, head.xMax, head.yMax)]
        self.charToGlyph = {code: self._font.getGlyphID(name) for code, name in self._names.items()}
        self.charWidths = {code: widths[name][0] * 1000 / self._per_em for code, name in self._names.items()}

    def makeSubset(self, subset: Iterable[int]) -> bytes:
        """The TrueType font of these characters; the first glyph is what stands for those it has not."""
        codes = list(subset)
        made: bytes = TTFontFace(BytesIO(self.true_type(codes))).makeSubset(codes)
        return made

    def true_type(self, codes: Iterable[int]) -> bytes:
        """A TrueType font of these characters and no others."""
        names = {code: self._names[code] for code in codes if code in self._names}
        glyphs = {name: self._quadratic(name) for name in dict.fromkeys((_NOTHING, *names.values()))}
        builder = FontBuilder(self._per_em, isTTF=True)
        builder.updateHead(created=0, modified=0)  # the same page is the same bytes
        builder.font.recalcTimestamp = False
        builder.setupGlyphOrder(list(glyphs))
        builder.setupCharacterMap(names)
        builder.setupGlyf(glyphs)
        metrics = self._font["hmtx"].metrics
        builder.setupHorizontalMetrics({name: (metrics[name][0], glyphs[name].xMin) for name in glyphs})
        head = self._font["hhea"]
        builder.setupHorizontalHeader(ascent=head.ascent, descent=head.descent)
        builder.setupOS2(sTypoAscender=head.ascent, sTypoDescender=head.descent, sCapHeight=head.ascent)
        called = self._font["name"].getDebugName(6) or "Other"
        builder.setupNameTable({"familyName": called, "styleName": "Regular", "psName": called})
        builder.setupPost()
        written = BytesIO()
        builder.save(written)
        return written.getvalue()

    def _quadratic(self, name: str) -> Glyph:
        pen = TTGlyphPen(None)
        outlines = self._font.getGlyphSet()
        outlines[name if name in outlines else self._font.getGlyphOrder()[0]].draw(
            Cu2QuPen(pen, self._per_em * MOST_OFF, reverse_direction=True)
        )
        drawn: Glyph = pen.glyph()
        return drawn


def outlined(name: str, file: Path) -> ttfonts.TTFont:
    """The font of such a file, by the name that reportlab is to know it by. Raises TTFError."""
    face = Outlines(file)
    font = ttfonts.TTFont(name, BytesIO(face.true_type(())), shapable=False)
    font.face = face
    return font
