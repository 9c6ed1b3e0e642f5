# SPDX-License-Identifier: MIT
"""Distances, angles, durations, frame rates: read as a person on set writes them, print so that it can be read back.

Inside the program a distance is metres from the image plane (infinity is `math.inf`), an angle degrees, a duration
seconds, a frame rate an exact `Fraction`. Whatever cannot be read is refused with a `RequestError` that quotes it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from followfocus.errors import RequestError
from followfocus.timecode import is_timecode, parse_timecode

FOOT_M = 0.3048
INCH_M = 0.0254
FAR_M = 1_000.0
"""From here on a distance is ∞ wherever a person reads it: a motor step beside a lens's ∞ is kilometres"""

Bare = Literal["m", "ft"]
System = Literal["metric", "imperial"]

_METRIC_WORDS = {
    1.0: ("m", "metre", "metres", "meter", "meters"),
    0.01: ("cm", "centimetre", "centimetres", "centimeter", "centimeters"),
    0.001: ("mm", "millimetre", "millimetres", "millimeter", "millimeters"),
}
_UNIT_M = {word: unit_m for unit_m, words in _METRIC_WORDS.items() for word in words}
_INFINITY = {"inf", "infinity", "infinite", "∞"}
_MARKS = str.maketrans(
    {"′": "'", "’": "'", "‘": "'", "ʹ": "'", "´": "'", "″": '"', "”": '"', "“": '"', "ʺ": '"', "−": "-"}
    | dict.fromkeys("\u2010\u2011\u2012–—", "-")
    | dict.fromkeys("\u2044\u2215", "/")
    | dict.fromkeys("\u00a0\u2009\u202f\t", " ")
)
_ENDLESS = re.compile(r"\d{301}")
_VULGAR = {"½": "1/2", "¼": "1/4", "¾": "3/4", "⅛": "1/8", "⅜": "3/8", "⅝": "5/8", "⅞": "7/8"}
_FRACTION = re.compile(rf"[{''.join(_VULGAR)}](?![\d.,/])")

_NUMBER = r"(?:\d+(?:\.\d*|,\d+)?|[.,]\d+)"
_MIXED = rf"(?:\d+(?: +|-)\d+/\d+|\d+/\d+|{_NUMBER})"
_FEET_UNIT = r"(?:'|(?:feet|foot|ft)(?![a-z])\.?)"
_INCH_UNIT = r'(?:"|(?:inches|inch|in)(?![a-z])\.?)'
_FEET_INCHES = re.compile(
    rf"(?P<feet>{_MIXED}) *{_FEET_UNIT}"
    rf"(?:(?:-| *,? *)(?P<inches>{_MIXED})(?: *(?P<marked>{_INCH_UNIT})|(?![\d.,/]| *[a-z'])))?"
)
_INCHES_ONLY = re.compile(rf"(?P<inches>{_MIXED}) *{_INCH_UNIT}")
_METRIC = re.compile(rf" *(?P<value>{_MIXED}) *(?P<unit>[a-z]+)\.?")
_CENTIMETRES = re.compile(r" *(\d\d)(?![\d.,/]| *[a-z'\"])")
_BARE = re.compile(_MIXED)
_SIGN = re.compile(r" *([+-]) *")
_HOW = "Write a distance like 1.6m, 160cm, 5'6\", 5ft 3in, 63in or inf."


def _tidy(text: str) -> str:
    """Lower case, plain quotes for primes, one space where there was white space, vulgar fractions spelled out.

    RequestError for a number that no program reads.
    """
    text = text.translate(_MARKS).lower().replace("''", '"')
    # Before a digit it stays as it is, and is refused: 3⅛6 is a slip of the finger, and would read as 3 1/86.
    text = _FRACTION.sub(lambda glyph: f" {_VULGAR[glyph[0]]}", text)
    if _ENDLESS.search(text):
        raise RequestError("A number of over 300 digits is too large.", "Write it shorter.")
    return re.sub(r"\s+", " ", text).strip()


def _number(text: str) -> float:
    """The value of `3`, `3.5`, `3,5`, `1/2`, `3 1/2` or `3-1/2`."""
    total = 0.0
    for part in re.split(r"[ -]+", text):
        top, slash, bottom = part.partition("/")
        if slash and int(bottom) == 0:
            raise RequestError(f"“{text}” divides by zero.", _HOW)
        total += int(top) / int(bottom) if slash else float(part.replace(",", "."))
    return total


@dataclass(frozen=True, slots=True)
class _Length:
    """A length that was read, zero allowed: metres, where its text ends, and what a dash there could go on with."""

    metres: float
    end: int
    open: Literal["", "feet", "inches", "marked inches", "number"] = ""


def _feet_inches(match: re.Match[str], text: str) -> _Length:
    """A match of `_FEET_INCHES`; refuses inches that carry and a fraction of a foot beside inches."""
    feet = _number(match["feet"])
    if match["inches"] is None:
        return _Length(feet * FOOT_M, match.end(), "feet" if feet.is_integer() else "")
    inches = _number(match["inches"])
    if not feet.is_integer():
        raise RequestError(f"“{text}” has a fraction of a foot and inches beside it.", "Write 5.5ft or 5'6\".")
    if inches >= 12:
        carried = _feet_and_inches(feet * FOOT_M + inches * INCH_M, 0.125)
        raise RequestError(f"“{text}” has {inches:g} inches, and a foot has 12.", f"Write {carried} if that is meant.")
    metres = feet * FOOT_M + inches * INCH_M
    if not inches.is_integer():
        return _Length(metres, match.end())
    return _Length(metres, match.end(), "marked inches" if match["marked"] else "inches")


def _metric(text: str, place: int) -> _Length | None:
    """`1m`, `160 cm`, and parts from large to small: `1m50cm`, `1m50`; None where no metric length begins."""
    metres, unit_m = 0.0, math.inf
    while (match := _METRIC.match(text, place)) and _UNIT_M.get(match["unit"], math.inf) < unit_m:
        value = _number(match["value"]) * _UNIT_M[match["unit"]]
        if value >= unit_m and math.isfinite(unit_m):
            raise RequestError(f"“{text}” has {match['value']} {match['unit']} beside a larger unit.", _HOW)
        metres, unit_m, place = metres + value, _UNIT_M[match["unit"]], match.end()
    if unit_m == 1.0 and (match := _CENTIMETRES.match(text, place)):
        metres, place = metres + int(match[1]) / 100, match.end()
    return _Length(metres, place) if math.isfinite(unit_m) else None


def _length(text: str, place: int, bare: Bare | None, what: str) -> _Length:
    """The length that begins at `place` of a tidied text; no sign, no infinity."""
    if match := _FEET_INCHES.match(text, place):
        return _feet_inches(match, text)
    if match := _INCHES_ONLY.match(text, place):
        inches = _number(match["inches"])
        return _Length(inches * INCH_M, match.end(), "marked inches" if inches.is_integer() else "")
    if metric := _metric(text, place):
        return metric
    if (match := _BARE.match(text, place)) and not re.match(" *[a-z]", text[match.end() :]):
        if bare is None:
            raise RequestError(
                f"The {what} “{text[place:]}” has no unit.", "Write m, cm, mm, ft or in after it, or inf."
            )
        return _Length(_number(match[0]) * (FOOT_M if bare == "ft" else 1.0), match.end(), "number")
    raise RequestError(f"“{text}” is not a {what}.", _HOW)


_SMALL_LENGTH = rf"[cm]m|centi|milli|{_FEET_UNIT}|{_INCH_UNIT}"


def _check_commas(text: str, small: str = _SMALL_LENGTH) -> None:
    """Refuse a comma that may part thousands, before a `small` unit: `1,250 mm` is 1250 or 1.25, and both are met."""
    if re.search(rf"\d[.,]\d+[.,]\d|\d,\d{{3}}(?!\d) *(?:{small})|\d'\d{{3}}(?![\d\"])", text):
        sign = next(words for mark, words in ((",", "comma"), (".", "point"), ("'", "apostrophe")) if mark in text)
        raise RequestError(f"The {sign} in “{text}” can be read in two ways.", "Write the number without it.")


def _check_dash(text: str, place: int, before: _Length, after: str) -> None:
    """Refuse a dash that some read as a join and others as minus: `10' - 6"`, `5'6"-1/2"`, `10-6`."""
    tight = place > before.end and text[place - 1] != " " and text[before.end] != " "
    joins = (
        (before.open == "feet" and _INCHES_ONLY.match(text, place))
        or (before.open == "inches" and re.match(r"\d+/\d+", after))
        or (before.open == "marked inches" and tight and re.match(r"\d+/\d+", after))
        or (before.open == "number" and (tight or _INCHES_ONLY.match(text, place)))
    )
    if joins:
        shown = f"{text[: before.end]} less {after}"
        raise RequestError(
            f"“{text}” could be {shown}, or one length with a dash in it.",
            'Write feet and inches without the dash (10\'6"), and what comes off after a whole length (10\'0" - 6").',
        )


def parse_length(text: str, bare: Bare | None = "m", *, what: str = "length") -> float:
    """Metres of one length without a sign, zero allowed. RequestError as for a distance."""
    tidy = _tidy(text)
    _check_commas(tidy)
    length = _length(tidy, 0, bare, what)
    if length.end != len(tidy):
        raise RequestError(f"“{text}” is not a {what}.", _HOW)
    return _finite(length.metres, what, text)


def parse_distance(text: str, bare: Bare | None = "m", *, what: str = "distance") -> float:
    r"""Metres (or `math.inf`) from what a person writes; `bare` is the unit of a number without one, None refuses it.

    Lengths may be added or taken off: `6'2" + 3in`, `1.2m - 5cm`. A dash between feet and inches, or between inches
    and their fraction, joins them, as a tape is read: `10'-6"`, `5'6-1/2"`. A comma is a decimal point.

    Raises RequestError for anything unreadable, zero, negative, not a number, or to be read in two ways; `what` names
    the value there.

    >>> parse_distance("10'-6"), parse_distance("160cm"), parse_distance("10'6\" - 6\""), parse_distance("∞")
    (3.2004, 1.6, 3.048, inf)
    """
    tidy = _tidy(text)
    if not tidy:
        raise RequestError(f"The {what} is empty.", _HOW)
    body = tidy.removeprefix("+").lstrip()
    head, *rest = _SIGN.split(body, maxsplit=1)
    if head in _INFINITY and not (rest and math.isinf(parse_distance(rest[1], bare, what=what))):
        return math.inf
    if body.startswith("-"):
        raise RequestError(f"The {what} “{text}” is negative.", "Distances count from the image plane, above zero.")
    if body == "nan":
        raise RequestError(f"The {what} “{text}” is not a number.", _HOW)
    _check_commas(body)
    length = _length(body, 0, bare, what)
    total, summed = length.metres, False
    while length.end != len(body):
        term = _SIGN.match(body, length.end)
        if not term or term.end() == len(body):
            raise RequestError(f"“{text}” is not a {what}.", _HOW)
        if term[1] == "-":
            _check_dash(body, term.end(), length, body[term.end() :])
        # Behind a length with a unit a number without one is anybody's guess: 6'2" + 3 is inches to whoever writes it.
        bare = bare if length.open == "number" else None
        length = _length(body, term.end(), bare, "length")
        total, summed = total + (length.metres if term[1] == "+" else -length.metres), True
    return checked_distance(_finite(total, what, text), f"{what} “{text}”" if summed else what)


_LEAST_M, _FARTHEST_M = 1e-6, 1e6


def checked_distance(metres: float, what: str = "distance") -> float:
    """`metres` itself if it can be a distance: 1 µm to 1,000 km, or infinity; RequestError otherwise."""
    if math.isnan(metres) or metres < _LEAST_M:
        shown = "not a number" if math.isnan(metres) else f"{metres:g} m"
        raise RequestError(f"The {what} is {shown}.", "Distances count from the image plane, above zero.")
    if _FARTHEST_M < metres < math.inf:
        raise RequestError(f"The {what} is {metres:g} m.", "Write inf for infinity.")
    return metres


def _fraction_text(value: Fraction) -> str:
    """`6`, `6 1/2`, `0 1/2` for tape-measure fractions, decimals otherwise."""
    whole, rest = divmod(value, 1)
    if rest == 0:
        return str(whole)
    return f"{whole} {rest}" if rest.denominator in (2, 4, 8, 16) else f"{float(value):.4g}"


def format_feet_inches(metres: float, inch_rounding: float = 1.0) -> str:
    """Feet and inches rounded to `inch_rounding` inches, carried (1.8285 m is 6'0", never 5'12"); `∞` from `FAR_M` on.

    Under a foot only inches are printed; under half a rounding step three digits of them, so that it never reads 0.
    """
    return _feet_and_inches(metres, inch_rounding) if metres < FAR_M else "∞"


def _feet_and_inches(metres: float, inch_rounding: float) -> str:
    step = Fraction(inch_rounding).limit_denominator(64)
    total = step * math.floor(metres / INCH_M / float(step) + 0.5)
    if total == 0:
        return f'{metres / INCH_M:.3g}"'
    feet, inches = divmod(total, 12)
    if feet == 0:
        return f'{_fraction_text(inches)}"'.removeprefix("0 ")
    return f"{feet}'{_fraction_text(inches)}\""


def format_distance(
    metres: float, system: System = "metric", inch_rounding: float = 1.0, metric_rounding: float = 0.01
) -> str:
    """A distance as `1.68 m` (to `metric_rounding` metres) or as `5'6"`; `∞` from `FAR_M` on. Reads back.

    Under ten metric steps it is printed in millimetres with three digits, so that it never reads 0.
    """
    if system == "imperial":
        return format_feet_inches(metres, inch_rounding)
    return _metres(metres, metric_rounding) if metres < FAR_M else "∞"


def _metres(metres: float, metric_rounding: float) -> str:
    if metres < 10 * metric_rounding:
        return f"{float(f'{metres * 1000:.3g}'):g} mm"
    step, places = _metric_step(metric_rounding)
    return f"{float(step * math.floor(metres / float(step) + 0.5)):.{places}f} m"


def format_both(metres: float, inch_rounding: float = 0.5, metric_rounding: float = 0.01, far_m: float = FAR_M) -> str:
    """A distance in both systems: `1.68 m / 5'6"`; `∞` from `far_m` on, which is ∞ for one that a person has typed."""
    if not metres < far_m:
        return "∞"
    return f"{_metres(metres, metric_rounding)} / {_feet_and_inches(metres, inch_rounding)}"


@lru_cache(maxsize=16)
def _metric_step(rounding: float) -> tuple[Fraction, int]:
    """A rounded distance's step, and how many decimal places show it."""
    step = Fraction(rounding).limit_denominator(10_000)
    return step, max(0, math.ceil(-math.log10(float(step)) - 1e-9))


def parse_angle(text: str, *, what: str = "angle") -> float:
    """Degrees from `84.5deg`, `84.5°`, `84.5`; a sign is allowed. RequestError for anything else, nan and inf too."""
    match = re.fullmatch(rf"([+-]? *{_NUMBER}) *(?:[°º˚]|deg|degs|degree|degrees)?", _tidy(text))
    if not match:
        raise RequestError(f"“{text}” is no {what}.", "Write degrees of the ring, like 84.5deg.")
    return _finite(float(match[1].replace(" ", "").replace(",", ".")), what, text)


def parse_number(text: str, *, what: str = "number") -> float:
    """A plain number with a point or a comma, a sign and an exponent allowed. RequestError for anything else."""
    match = re.fullmatch(rf"[+-]?{_NUMBER}(?:e[+-]?\d+)?", _tidy(text))
    if not match:
        raise RequestError(f"“{text}” is no {what}.", "Write it like 2.5.")
    return _finite(float(match[0].replace(",", ".")), what, text)


_WIDEST, _NARROWEST = 0.5, 64


def parse_stop(text: str) -> float:
    """The T-stop of `T2.8`, `2.8` or `2,8`. RequestError for what no lens has."""
    try:
        t_stop = parse_number(re.sub(r"^ *[tT]/? *", "", text))
    except RequestError:
        raise RequestError(f"“{text}” isn't a stop.", "Write it like T2.8.") from None
    if not _WIDEST <= t_stop <= _NARROWEST:
        raise RequestError(f"T{t_stop:g} is no T-stop of a lens.", f"Give T{_WIDEST} to T{_NARROWEST}.")
    return t_stop


def _finite(value: float, what: str, text: str) -> float:
    """`value` if it is finite; a number of 400 digits is not."""
    if not math.isfinite(value):
        raise RequestError(f"The {what} “{text}” is too large.", "Write a finite number.")
    return value


_DURATION_TERM = re.compile(rf"([+-]?) *({_NUMBER}) *(ms|s|sec|secs|seconds?|min|minutes?|frames?|fr|f)?(?![a-z])")


def parse_duration(text: str, fps: Fraction | float = 24, *, what: str = "duration") -> float:
    """Seconds from `2`, `2,5s`, `400ms`, `1.5min`, `48f` (frames at `fps`), their sums (`1s+12f`, `2s-6f`), and from
    timecode, which counts frames: `00:00:02:12`.

    The sum may be zero or negative (that is for the caller to judge); not-a-number and infinity are refused, and so is
    a number without a unit beside another: `2 5` is seven seconds to some and two and a half to others.
    """
    tidy = _tidy(text)
    if is_timecode(tidy):
        return parse_timecode(tidy, Fraction(fps)) / float(fps)
    _check_commas(tidy, "ms|f")
    total, place, bare = 0.0, 0, False
    while match := _DURATION_TERM.match(tidy, place):
        sign, number, unit = match[1], float(match[2].replace(",", ".")), match[3] or "s"
        if place and not sign and (tidy[place - 1] != " " or bare or not match[3]):
            break
        bare = not match[3]
        scale = 0.001 if unit == "ms" else 60.0 if unit[0] == "m" else 1.0 / float(fps) if unit[0] == "f" else 1.0
        total += (-number if sign == "-" else number) * scale
        place = match.end()
        while place < len(tidy) and tidy[place] == " ":
            place += 1
    if not tidy or place != len(tidy):
        how = "Write seconds, frames or timecode, like 2, 2s, 400ms, 48f, 1s+12f or 00:00:02:00."
        raise RequestError(f"“{text}” is not a {what}.", how)
    return _finite(total, what, text)


MAX_FPS = 1000


def meant_fps(fps: Fraction) -> Fraction:
    """The n·1000/1001 that a rate which isn't whole stands for, as 23.976 and 1571291/65536 do; else itself."""
    nominal = round(fps * 1001 / 1000)
    is_pulled_down = nominal % 24 == 0 or nominal % 30 == 0
    if fps.denominator > 1 and nominal and is_pulled_down and abs(fps * 1001 / 1000 - nominal) < Fraction(1, 140):
        return Fraction(nominal * 1000, 1001)
    return fps


def parse_fps(text: str, *, what: str = "frame rate") -> Fraction:
    """Frames per second as an exact fraction; 23.976, 23.98, 29.97, 59.94 … are the n·1000/1001 they stand for.

    >>> parse_fps("23.976")
    Fraction(24000, 1001)
    """
    tidy = re.sub(r" *(fps|p)$", "", _tidy(text))
    match = re.fullmatch(rf"({_NUMBER})(?: */ *(\d+))?", tidy)
    if not match or (match[2] and int(match[2]) == 0):
        raise RequestError(f"“{text}” is not a {what}.", "Write frames per second like 24, 23.976 or 24000/1001.")
    fps = Fraction(match[1].replace(",", ".")) / int(match[2] or 1)
    fps = meant_fps(fps)
    if not 0 < fps <= MAX_FPS:
        raise RequestError(f"A {what} of {text} frames per second cannot be.", "Use one between 0 and 1000.")
    return fps
