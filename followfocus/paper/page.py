# SPDX-License-Identifier: MIT
"""Paper: page sizes, fonts that have the glyphs, a header and page numbers, for everything that leaves set as PDF."""

from __future__ import annotations

import contextlib
import functools
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import arabic_reshaper
from bidi.algorithm import get_display
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, LETTER, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

from followfocus.errors import RequestError
from followfocus.files import refuse_no_place, whole_file
from followfocus.names import is_leftward, plain_name
from followfocus.paper.outlines import outlined
from followfocus.typefaces import MISSING, NO_FONT, dejavu, other_files

rl_config.useA85 = 0
"""A page is bytes, not letters that stand for them: that costs a tenth of the time and a quarter of the room"""
SIZES = {"a4": A4, "letter": LETTER}
INK, FAINT, LINE, SHADE = HexColor("#111111"), HexColor("#555555"), HexColor("#999999"), HexColor("#efefef")
MARGIN = 13 * mm
HEAD = 21 * mm


@functools.cache
def fonts() -> tuple[str, str]:
    """The names of the plain and the bold font, known to reportlab from here on: DejaVu Sans, as matplotlib has it."""
    for name, file in (("Plain", "DejaVuSans.ttf"), ("Bold", "DejaVuSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, str(dejavu(file))))
    pdfmetrics.registerFontFamily("Plain", normal="Plain", bold="Bold", italic="Plain", boldItalic="Bold")
    return "Plain", "Bold"


EASTERN = {"ja": "HeiseiKakuGo-W5", "ko": "HYGothic-Medium"}


@functools.cache
def _eastern(language: str) -> str:
    """The name of a font for a script that DejaVu has not: every reader brings its own for these."""
    name = EASTERN[language]
    pdfmetrics.registerFont(UnicodeCIDFont(name))
    return name


@functools.cache
def _known(file: Path) -> str:
    """The name of such a font, known to reportlab from here on; none where it can't be read."""
    for read in (lambda name, path: TTFont(name, str(path)), outlined):
        with contextlib.suppress(TTFError, OSError):
            pdfmetrics.registerFont(read(file.stem, file))
            return file.stem
    return ""


@functools.cache
def _other_font(character: str) -> str:
    """The font of this computer that has a character; it goes into the PDF. None where no font has it."""
    names = (_known(file) for file in other_files())
    return next((n for n in names if n and ord(character) in pdfmetrics.getFont(n).face.charToGlyph), "")


def _font_of(character: str, font: str) -> str:
    """The font that shows a character; none where nothing here does."""
    if ord(character) in pdfmetrics.getFont(font).face.charToGlyph:
        return font
    return _other_font(character) or _readers_font(character)


def _readers_font(character: str) -> str:
    if "\uac00" <= character <= "\ud7a3":
        return _eastern("ko")
    return _eastern("ja") if "\u3000" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef" else ""


def markup(text: str, font: str) -> str:
    """The text for a paragraph, each run in a font that shows it, and ▯ for what nothing can show.

    Joiners and selectors, which are not seen themselves, are left out.
    """
    shown = [(c, _font_of(c, font)) for c in _plain(text)]
    runs = []
    for name, group in itertools.groupby(shown, key=lambda pair: pair[1]):
        run = "".join(c for c, _ in group)
        if name == font:
            runs.append(escape(run))
        else:
            runs.append(f'<font name="{name}">{escape(run)}</font>' if name else MISSING * len(run))
    return "".join(runs)


def legend(texts: Iterable[str]) -> str:
    """The words at a page's foot on letters that it can't show by itself; empty where it shows them all."""
    plain, _ = fonts()
    used = {_font_of(c, plain) for c in _plain("".join(set("".join(texts))))}
    said = ["Chinese, Japanese and Korean are drawn by the reader's own fonts"] if used & set(EASTERN.values()) else []
    said += [NO_FONT] if "" in used else []
    return " · ".join(said)


def in_order(text: str) -> str:
    """A line in the order in which it is drawn, from left to right."""
    return _drawn(arabic_reshaper.reshape(text)) if is_leftward(text) else text


def _drawn(line: str) -> str:
    """The order of a line that is shaped already; overrides and isolates in it have no say, fences of names have."""
    return plain_name(str(get_display(_TURNERS.sub("", line))))


_TURNERS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def _plain(text: str) -> str:
    """The text on one line, without what is not seen itself: joiners, selectors, control characters."""
    return "".join(c for c in re.sub(r"[\r\n\t]+", " ", plain_name(text)) if c >= " " and c not in "\u200d\ufe0f")


def cut(text: str, most: int) -> str:
    """At most so many characters, the last of them an ellipsis where there were more."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


@functools.cache
def style(size: float = 8.0, *, bold: bool = False, faint: bool = False, align: int = 0) -> ParagraphStyle:
    """A paragraph's style; `align` 0 left, 1 centre, 2 right."""
    plain, heavy = fonts()
    return ParagraphStyle(
        f"s{size}{bold}{faint}{align}",
        fontName=heavy if bold else plain,
        fontSize=size,
        leading=size * 1.25,
        textColor=FAINT if faint else INK,
        alignment=align,
        splitLongWords=1,
    )


class Settled(Paragraph):
    """A paragraph that is broken into lines once for a width, however often a table asks how high it is."""

    _settled: tuple[float, tuple[float, float]] | None = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As wide as there is room, as high as its lines."""
        if self._settled is None or self._settled[0] != width or not hasattr(self, "blPara"):  # split takes it away
            self._settled = width, tuple(super().wrap(width, height))
        return self._settled[1]


def words(text: str, how: ParagraphStyle | None = None) -> Flowable:
    """A paragraph of any text: wrapped, never cut, whatever the script."""
    used = how or style()
    if is_leftward(text):
        return Leftward(text, used)
    return Settled(markup(text, used.fontName), used)


class Leftward(Flowable):
    """A paragraph with words that are read from right to left: lines are broken as it is read, then put in order."""

    def __init__(self, text: str, how: ParagraphStyle) -> None:
        super().__init__()
        self._text, self._how = arabic_reshaper.reshape(text), how

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As wide as there is room, as high as its lines."""
        how = self._how
        lines = simpleSplit(self._text, how.fontName, how.fontSize, width)
        self._lines = Paragraph("<br/>".join(markup(_drawn(line), how.fontName) for line in lines), how)
        return tuple(self._lines.wrap(width, height))

    def draw(self) -> None:
        """The lines."""
        self._lines.drawOn(self.canv, 0, 0)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of every page; `columns` stands under it, over what goes on from page to page, `foot` at its foot."""

    title: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    columns: Flowable | None = None
    foot: str = ""


def check_pdf(path: Path, paper: str) -> None:
    """Refuse what no page can be written to, before the work. Raises RequestError, FileError."""
    if paper.lower() not in SIZES:
        raise RequestError(f"No paper size is called “{paper}”.", f"Give {' or '.join(SIZES)}.")
    if path.suffix.lower() != ".pdf":
        raise RequestError(f"{path} can't be a report on paper.", "Give one that ends in .pdf.")
    refuse_no_place(path)


def write_pdf(path: Path, head: Head, story: Sequence[Flowable], paper: str = "a4", *, wide: bool = False) -> int:
    """Lay the story out under the head on as many pages as it takes; how many. Raises RequestError, FileError.

    The file is written whole or not at all.
    """
    check_pdf(path, paper)
    size = SIZES[paper.lower()]
    page = landscape(size) if wide else size
    with whole_file(path) as temporary:
        return _lay_out(str(temporary), head, list(story), page)


def _lay_out(name: str, head: Head, story: list[Flowable], page: tuple[float, float]) -> int:
    document = BaseDocTemplate(name, pagesize=page, title=plain_name(head.title), author="followfocus", invariant=1)
    width, height = page
    room = width - 2 * MARGIN, height - 2 * MARGIN - HEAD
    taken = 0.0 if head.columns is None else head.columns.wrap(*room)[1]
    frame = Frame(MARGIN, MARGIN, room[0], room[1] - taken, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame]))
    counted: list[int] = []

    class Numbered(Canvas):
        """Knows how many pages there are only at the end, so heads are drawn then."""

        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **options)
            self._pages: list[str] = []

        def showPage(self) -> None:
            self._pages.append("\n".join(self._code))
            self._startPage()

        def save(self) -> None:
            counted.append(len(self._pages))
            pages: list[str] = self._pages
            _draw_head(self, head, page)
            above = "\n".join(self._code)
            for number, drawn in enumerate(pages, start=1):
                self._code[:] = (drawn, above)
                _draw_number(self, page, f"{number} / {len(pages)}")
                super().showPage()
                pages[number - 1] = ""
            super().save()

    document.build(story, canvasmaker=Numbered)
    return counted[0]


def _draw_head(canvas: Canvas, head: Head, page: tuple[float, float]) -> None:
    plain, _ = fonts()
    width, height = page
    top, room = height - MARGIN, width - 2 * MARGIN
    _line(canvas, head.title, style(15, bold=True), (MARGIN, top - 16), room * 0.56)
    canvas.setFillColor(INK)
    for row, (left, right) in enumerate(zip(_padded(head.left), _padded(head.right), strict=True)):
        _line(canvas, left, style(8), (MARGIN, top - 27 - 11 * row), room * 0.56)
        at = (width - MARGIN - room * 0.42, top - 14 - 11 * row)
        _line(canvas, right, style(8, align=2), at, room * 0.42)
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(0.8)
    canvas.line(MARGIN, top - HEAD + 8, width - MARGIN, top - HEAD + 8)
    canvas.setFont(plain, 7)
    canvas.setFillColor(FAINT)
    canvas.drawString(MARGIN, MARGIN * 0.55, " · ".join(filter(None, ("followfocus", head.foot))))
    if head.columns is not None:
        _, high = head.columns.wrapOn(canvas, room, height)
        head.columns.drawOn(canvas, MARGIN, height - MARGIN - HEAD - high)


def _draw_number(canvas: Canvas, page: tuple[float, float], number: str) -> None:
    plain, _ = fonts()
    canvas.setFont(plain, 7)
    canvas.setFillColor(FAINT)
    canvas.drawRightString(page[0] - MARGIN, MARGIN * 0.55, number)


def _padded(lines: tuple[str, ...]) -> list[str]:
    return [*lines, "", "", ""][:3]


def _line(canvas: Canvas, text: str, how: ParagraphStyle, at: tuple[float, float], room: float) -> None:
    """One line of the head in any script, from its lower left corner; shortened where it has no room."""
    shown = text
    made = words(shown, how)
    while len(shown) > 1 and made.wrap(room, 1e6)[1] > how.leading * 1.5:
        shown = shown[: -max(2, len(shown) // 20)].rstrip("… ") + "…"
        made = words(shown, how)
    made.wrapOn(canvas, room, how.leading)
    made.drawOn(canvas, *at)
