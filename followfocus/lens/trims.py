"""Trims as people write them: `+5cm`, `-2in`, `3` (centimetres). A trim moves a mark for the next takes only."""

from __future__ import annotations

from followfocus.errors import RequestError
from followfocus.units import INCH_M, parse_distance


def parse_trim(text: str) -> float:
    """Metres, with a sign. Raises RequestError.

    >>> parse_trim("-2in")
    -0.0508
    """
    tidy = text.strip().lower().removeprefix("trim").strip().replace("−", "-").replace("±", "")
    if tidy in {"", "0", "+0", "-0"}:
        return 0.0
    sign = -1.0 if tidy.startswith("-") else 1.0
    body = tidy.lstrip("+-").strip()
    try:
        metres = float(body) / 100.0
    except ValueError:
        metres = parse_distance(body, None, what="trim")
    if not metres < 1.0:
        raise RequestError(f"A trim of {text} is more than a metre.", "Set the mark anew instead.")
    return sign * metres


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
