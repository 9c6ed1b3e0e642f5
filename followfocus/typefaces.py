# SPDX-License-Identifier: MIT
"""The typefaces for what is set on a page or under a picture: DejaVu Sans, and for what it has not this computer's."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

MISSING = "▯"
"""Stands for every character that the fonts have no glyph for, so that it is seen that there was one."""
NO_FONT = f"{MISSING} is a sign that no font here has"
OTHERS = (
    "wqy-microhei.ttc", "wqy-zenhei.ttc", "droidsansfallbackfull.ttf", "droidsansfallback.ttf", "ipaexg.ttf",
    "ipag.ttf", "nanumgothic.ttf", "notosansthai-regular.ttf", "notosansdevanagari-regular.ttf",
    "notoemoji-regular.ttf", "symbola.ttf", "unifont.ttf", "arial unicode.ttf", "applegothic.ttf",
    "apple symbols.ttf", "msgothic.ttc", "yugothr.ttc", "msyh.ttc", "simsun.ttc", "malgun.ttf", "leelawui.ttf",
    "nirmala.ttf", "seguisym.ttf",
    "notosanscjk-regular.ttc", "notosanscjk-vf.otf.ttc", "notosanscjkjp-regular.otf", "notosanscjksc-regular.otf",
    "notosanscjkkr-regular.otf", "notoserifcjk-regular.ttc", "sourcehansans-regular.ttc", "hiragino sans gb.ttc",
    "ヒラギノ角ゴシック w3.ttc", "pingfang.ttc", "applesdgothicneo.ttc",
)  # fmt: skip
"""Fonts of Linux, macOS and Windows for what DejaVu has not; first those with TrueType outlines, which are put into a
PDF as they are."""


def dejavu(name: str = "DejaVuSans.ttf") -> Path:
    """A file of DejaVu Sans, which has ∞ and comes with matplotlib everywhere."""
    import matplotlib

    return Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name


@functools.cache
def other_files() -> tuple[Path, ...]:
    """Those of `OTHERS` that this computer has."""
    from matplotlib.font_manager import findSystemFonts

    found = {Path(name).name.lower(): Path(name) for name in findSystemFonts()}
    return tuple(found[name] for name in OTHERS if name in found)


@functools.lru_cache(maxsize=4096)
def file_of(character: str) -> Path | None:
    """The font that has a character; None where no font here has it."""
    return next((file for file in (dejavu(), *other_files()) if ord(character) in _characters(file)), None)


@functools.cache
def _characters(file: Path) -> frozenset[int]:
    from matplotlib.ft2font import FT2Font

    return frozenset(FT2Font(str(file)).get_charmap())


def lacks(texts: Iterable[str]) -> str:
    """The words on characters that no font has, which `MISSING` stands for; empty where there are none."""
    return NO_FONT if any(file_of(c) is None for c in "".join(texts)) else ""
