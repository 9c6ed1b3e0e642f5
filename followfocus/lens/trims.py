# SPDX-License-Identifier: MIT
"""Trims as people write them: `+5cm`, `-2in`, `3` (centimetres). A trim moves a mark for the next takes only."""

from __future__ import annotations

import math
import re

from followfocus.errors import RequestError
from followfocus.units import INCH_M, parse_length, parse_number

_MOST_M = 1.0


def parse_trim(text: str, *, imperial: bool = False) -> float:
    """Metres, with a sign; a number without a unit is centimetres, or inches where the tape is imperial.

    Raises RequestError for what is no length, and for a metre and more.

    >>> parse_trim("-2in"), parse_trim("2,5"), parse_trim("±0")
    (-0.0508, 0.025, 0.0)
    """
    tidy = text.strip().lower().removeprefix("trim").strip().replace("−", "-").removeprefix("±").strip()
    if not tidy:
        return 0.0
    sign = -1.0 if tidy.startswith("-") else 1.0
    body = tidy[1:].strip() if tidy[0] in "+-" else tidy
    if re.fullmatch(r"[\d.,]+", body):
        metres = parse_number(body, what="trim") * (INCH_M if imperial else 0.01)
    else:
        metres = parse_length(body, None, what="trim")
    if not (math.isfinite(metres) and metres < _MOST_M):
        raise RequestError(f"A trim of {text} is more than a metre.", "Set the mark anew instead.")
    return sign * metres if metres else 0.0


def show_trim(metres: float, *, imperial: bool) -> str:
    """A trim in centimetres or inches, with its sign.

    >>> show_trim(-0.0508, imperial=True)
    '−2"'
    """
    if metres == 0:
        return "±0"
    sign = "+" if metres > 0 else "−"
    if imperial:
        return f'{sign}{abs(metres) / INCH_M:.3g}"'
    return f"{sign}{abs(metres) * 100:.3g} cm"
