# SPDX-License-Identifier: MIT
"""CSV as spreadsheets read it: two ways of writing numbers, and text that stays the text it was.

A program that opens CSV guesses what each cell is: scene 007 becomes 7, part 1/3 a date, 1E5 a hundred thousand, and
=SUM(…) is run. Such texts get an apostrophe before them, as people type them; everything else is as it was, but for
control characters, which are pictures of themselves. Who reads the file takes one apostrophe off, where there is one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from followfocus.errors import RequestError
from followfocus.names import visible


@dataclass(frozen=True, slots=True)
class Style:
    """The mark between cells, and the mark between a number's whole and its fraction."""

    delimiter: str = ","
    decimal: str = "."


COMMA, SEMICOLON = Style(), Style(";", ",")
STYLES = {"comma": COMMA, "semicolon": SEMICOLON}
"""By the name that the command line takes; the second is for countries that write 1,5."""


class FormattedNumber(str):
    """A number that is formatted already: it takes the decimal sign of the style."""

    __slots__ = ()


class Fixed(str):
    """Text that every spreadsheet leaves alone, or reads as what it is: a timecode, a moment of ISO 8601."""

    __slots__ = ()


def style_named(name: str) -> Style:
    """The style of that name. Raises RequestError."""
    if name not in STYLES:
        raise RequestError(f"There is no CSV with “{name}”.", f"Give {' or '.join(STYLES)}.")
    return STYLES[name]


def csv_lines(rows: Iterable[Sequence[object]], style: Style = COMMA, end: str = "\r\n") -> Iterator[str]:
    """Each row as a line; memory is that of one row."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=style.delimiter, lineterminator=end)
    for row in rows:
        writer.writerow([_cell(value, style) for value in row])
        yield text.getvalue()
        text.seek(0)
        text.truncate()


def _cell(value: object, style: Style) -> object:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        value = FormattedNumber(f"{value:.6g}")
    if isinstance(value, FormattedNumber):
        return value.replace(".", style.decimal)
    if isinstance(value, str):
        return visible(value if isinstance(value, Fixed) else kept_as_text(value))
    return value


_MONTH = r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zä]*\.?"
_MONEY = "$€£¢¥₩₹₺₽₪฿"
_CHANGED = re.compile(
    r"\s*[=+\-@＝＋－＠\t\r'].*"  # a formula (wide in Japan); an apostrophe, which would be taken for ours
    rf"|[\s\d.,:/'%{_MONEY}()–+-]*\d[\s\d.,:/'%{_MONEY}()–+-]*"  # a number, a date, a time, a share, an amount
    r"|\s*[\d.,]+e[+-]?\d+\s*"
    r"|\s*\d{1,2}(?::\d\d){1,2}\s*[ap]m?\s*|\s*\d{1,2}(?:\s+[ap]|\s*[ap]m)\s*"
    rf"|\s*{_MONTH}[\s./-]*\d{{1,4}}(?:[\s,./-]+\d{{1,4}})?\s*|\s*\d{{1,4}}[\s./-]*{_MONTH}(?:[\s,./-]*\d{{1,4}})?\s*"
    r"|\s*(?:true|false|wahr|falsch|vrai|faux)\s*",
    re.IGNORECASE | re.DOTALL,
)
_WHOLE = re.compile(r"0|[1-9]\d{0,14}")


def kept_as_text(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet would make something else of it.

    >>> kept_as_text("27A"), kept_as_text("27"), kept_as_text("007"), kept_as_text("1/3")
    ('27A', '27', "'007", "'1/3")
    """
    return f"'{text}" if _CHANGED.fullmatch(text) and not _WHOLE.fullmatch(text) else text
