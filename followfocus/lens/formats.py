# SPDX-License-Identifier: MIT
"""Recording formats: how large the frame is, and what circle of confusion its schools use.

A format is a name (`super35`, `mft`, `alexa65`), or a frame's size in millimetres (`17.3x13`, or a width alone, which
is taken as the width of a 16:9 frame). Where a school has no circle of its own, the rule is the frame's
diagonal / 1500, the one of large-format tables: the same share of the picture in every format.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass

from followfocus.errors import RequestError

BY_DIAGONAL = 1500.0
"""Circles of confusion in a frame's diagonal, where no school says otherwise."""
WIDE = 16 / 9
SMALLEST_MM, LARGEST_MM = 1.0, 300.0
"""A phone's sensor is 4 mm wide, a 10 x 8 inch plate 254 mm."""


@dataclass(frozen=True, slots=True)
class Format:
    """A recording format: the frame in mm, and the circle of confusion in mm with where that comes from."""

    name: str
    width_mm: float
    height_mm: float
    coc_mm: float
    source: str
    title: str = ""
    """As people write it; the name where it has none."""

    @property
    def diagonal_mm(self) -> float:
        """Corner to corner."""
        return math.hypot(self.width_mm, self.height_mm)


def _by_rule(name: str, width_mm: float, height_mm: float, title: str) -> Format:
    coc_mm = math.hypot(width_mm, height_mm) / BY_DIAGONAL
    return Format(name, width_mm, height_mm, coc_mm, f"diagonal/{BY_DIAGONAL:g}", title)


FORMATS: dict[str, Format] = {
    item.name: item
    for item in (
        Format(
            "super35", 24.89, 18.66, 0.025,
            "0.001 in, ASC-type tables, Panavision's starting value; camera aperture", "Super 35",
        ),
        Format(
            "full-frame", 36.0, 24.0, 0.029,
            "diagonal/1500, as large-format tables; Canon 0.030, Zeiss 0.025", "full frame",
        ),
        Format("16mm", 12.52, 7.41, 0.015, "0.0006 in, ASC-type tables; Super 16 camera aperture", "16 mm film"),
        Format("mft", 17.3, 13.0, 0.015, "0.015 mm, the makers' own tables; diagonal/1442", "Micro Four Thirds"),
        _by_rule("2/3in", 9.59, 5.39, "2/3 inch"),
        _by_rule("1in", 13.2, 8.8, "1 inch"),
        _by_rule("aps-c", 23.6, 15.6, "APS-C"),
        _by_rule("vistavision", 37.72, 24.92, "VistaVision"),
        _by_rule("alexa-lf", 36.70, 25.54, "ALEXA LF"),
        _by_rule("alexa65", 54.12, 25.58, "ALEXA 65"),
        _by_rule("65mm", 52.48, 23.01, "65 mm, 5 perforations"),
        _by_rule("imax", 70.41, 52.63, "IMAX, 15 perforations"),
    )
}  # fmt: skip
"""The formats by name. `critical` halves a format's circle (Panavision's 1/2000 in for Primos and a hard look)."""
SUPER_35 = FORMATS["super35"]

_ALIASES = {
    "super35": ("s35", "35", "35mm", "super35mm", "s35mm"),
    "full-frame": ("ff", "24x36"),
    "16mm": ("s16", "super16", "super16mm", "16"),
    "mft": ("m43", "m4/3", "micro43", "micro4/3", "microfourthirds", "fourthirds", "4/3"),
    "2/3in": ("2/3", "2/3inch", '2/3"', "b4"),
    "1in": ("1inch", '1"'),
    "aps-c": (),
    "vistavision": ("vv",),
    "alexa-lf": ("lf", "largeformat", "minilf", "alexaminilf"),
    "alexa65": (),
    "65mm": ("65",),
    "imax": ("imax70", "15/70"),
}
"""Other names of a format; spaces, hyphens and case say nothing"""


def _key(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text.casefold()).replace("″", '"').replace("”", '"').replace("''", '"')


_BY_KEY = {_key(word): FORMATS[name] for name, others in _ALIASES.items() for word in (name, *others)}
_SIZE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:mm)?(?:\s*[x×]\s*(\d+(?:[.,]\d+)?)\s*(?:mm)?)?", re.IGNORECASE)


def format_named(text: str) -> Format:
    """The format of a name (any case, the usual short forms) or of a frame's size in mm: `17.3x13`, `54.12mm`.

    RequestError for anything else lists what is known.

    >>> format_named("M43").width_mm, format_named("20x15").coc_mm, format_named("32mm").height_mm
    (17.3, 0.016666666666666666, 18.0)
    """
    key, found = text.strip().lower(), _BY_KEY.get(_key(text))
    if found is not None:
        return found
    size = _SIZE.fullmatch(key)
    if size is None:
        near = difflib.get_close_matches(_key(text), _BY_KEY, n=1)
        hint = f"Did you mean {_BY_KEY[near[0]].name}? " if near else ""
        raise RequestError(
            f"No format is called “{text}”.", f"{hint}Known: {', '.join(FORMATS)}; or give the frame as 24.9x18.7."
        )
    width_mm = _millimetres(size[1])
    height_mm = _millimetres(size[2]) if size[2] else width_mm / WIDE
    return _by_rule(f"{width_mm:g}x{height_mm:.4g}", width_mm, height_mm, f"{width_mm:g} × {height_mm:.4g} mm")


def _millimetres(text: str) -> float:
    value = float(text.replace(",", "."))
    if not SMALLEST_MM <= value <= LARGEST_MM:
        raise RequestError(
            f"No camera has a frame {value:g} mm across.",
            f"Give {SMALLEST_MM:g} to {LARGEST_MM:g} mm, as in 24.9x18.7.",
        )
    return value


def parse_coc(text: str, film_format: Format = SUPER_35) -> float:
    """Circle of confusion in mm from a format's name, `critical` (half of `film_format`'s), or a number of mm.

    >>> parse_coc("full-frame"), parse_coc("critical"), parse_coc("0.018")
    (0.029, 0.0125, 0.018)
    """
    word = text.strip().lower()
    if word == "critical":
        return film_format.coc_mm / 2
    if word.endswith(" critical") or word.startswith("critical "):
        return format_named(word.replace("critical", "")).coc_mm / 2
    if _key(word) in _BY_KEY:
        return format_named(word).coc_mm  # 16mm is a film before it is a length
    try:
        value = float(word.removesuffix("mm").replace(",", "."))
    except ValueError:
        return format_named(text).coc_mm
    if not (math.isfinite(value) and value > 0):
        raise RequestError(f"The circle of confusion must be more than 0 mm, not {value:g}.")
    return value
