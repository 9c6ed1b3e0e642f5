# SPDX-License-Identifier: MIT
"""Sony's XML of a clip (NonRealTimeMeta), which stands beside the table of frames: its rates, its squeeze, its lens.

Sample: venice/D001C005_210716AGM01.xml in SMPTE's ris-osvp-metadata-camdkit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from xml.parsers import expat

from followfocus.errors import FileError, RequestError
from followfocus.importers.given import Given
from followfocus.units import parse_fps

_WHOLE = True
"""The text that is parsed is the whole document."""
Element = tuple[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class SonyClip:
    """A clip as its XML describes it; None and "" where it doesn't."""

    fps: Fraction | None
    capture_fps: Fraction | None
    squeeze: float | None
    lens_model: str


def recognises(given: Given) -> bool:
    """Whether it is Sony's XML."""
    return b"NonRealTimeMeta" in given.data[:2000] and given.data.lstrip()[:1] == b"<"


def read(given: Given) -> SonyClip:
    """The clip that it describes. FileError for what is no such XML."""
    elements = _elements(given)
    frame, lens = _first(elements, "VideoFrame"), _first(elements, "Lens")
    items = {attributes.get("name", ""): attributes.get("value", "") for name, attributes in elements if name == "Item"}
    squeeze = items.get("AnamorphicLensSqueezeRatio", "")
    return SonyClip(
        _rate(frame.get("formatFps", "")),
        _rate(frame.get("captureFps", "")),
        int(squeeze) / 100 if squeeze.isdecimal() and int(squeeze) > 0 else None,
        lens.get("modelName", "").strip(),
    )


def _elements(given: Given) -> list[Element]:
    """Every element's name, without its namespace, and attributes. Entities, which no camera declares, are refused."""
    found: list[Element] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.append((name.rpartition(":")[2], attributes))

    def refuse(*_declared: object) -> None:
        raise FileError(f"{given.path} declares entities, which no camera does.", remedy="Give the camera's own file.")

    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(given.data, _WHOLE)
    except (expat.ExpatError, LookupError) as error:  # LookupError: it names an encoding that there is none of
        raise FileError(f"{given.path} is not whole XML: {error}.", remedy="Copy it from the card again.") from error
    return found


def _first(elements: list[Element], name: str) -> dict[str, str]:
    """The attributes of the first element of that name; empty where there is none."""
    return next((attributes for found, attributes in elements if found == name), {})


def _rate(text: str) -> Fraction | None:
    """`24.00p` as a rate; None for anything else."""
    try:
        return parse_fps(re.sub(r"[pi]$", "", text)) if text else None
    except RequestError:
        return None
