# SPDX-License-Identifier: MIT
"""Stills for a shot list: a strip of frames from GO to the landing, each with its time and who is sharp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from followfocus.errors import RequestError
from followfocus.look.render import Draws, Pixels, frame_count
from followfocus.look.shot import Shot
from followfocus.look.words import brief, caption
from followfocus.names import plain_name
from followfocus.typefaces import MISSING, dejavu, file_of, lacks

_PAPER, _INK, _FAINT = (22, 22, 24), (236, 234, 228), (160, 158, 152)
_GAP = 10
_COLUMNS = 4


@lru_cache(maxsize=16)
def _font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(file), size)


def _runs(text: str) -> list[tuple[Path, str]]:
    """The text in pieces of one font each, with ▯ for what no font here has."""
    pieces = ((file, "".join(piece)) for file, piece in groupby(plain_name(text), file_of))
    return [(dejavu(), MISSING * len(piece)) if file is None else (file, piece) for file, piece in pieces]


def _length(text: str, size: int) -> float:
    return sum(_font(file, size).getlength(piece) for file, piece in _runs(text))


def _write(draw: ImageDraw.ImageDraw, left: float, top: float, text: str, size: int, ink: tuple[int, int, int]) -> None:
    """A line of text, whatever scripts it is in; all of it on one base line."""
    base = top + _font(dejavu(), size).getmetrics()[0]
    for file, piece in _runs(text):
        font = _font(file, size)
        draw.text((left, base), piece, font=font, fill=ink, anchor="ls")
        left += font.getlength(piece)


def _legend(texts: Sequence[str]) -> str:
    said = lacks(map(plain_name, texts))
    return f" {said}." if said else ""


def strip_frames(shot: Shot, count: int) -> list[int]:
    """`count` frames spread over the pull: GO and landing, and between them the frames where sharpness changes.

    Spaced evenly; a middle still is drawn to the last frame with A sharp, or the first with B sharp, where one is near.
    """
    last = frame_count(shot.motion.duration_s, shot.fps) - 1
    if not 1 <= count <= 24:
        raise RequestError(f"A strip has 1 to 24 stills, not {count}.")
    if count == 1:
        return [last // 2]
    chosen = [round(last * i / (count - 1)) for i in range(count)]
    for one in shot.rack.subjects:
        last_sharp = None if one.goes_soft_frame is None else one.goes_soft_frame - 1
        for moment in (last_sharp, one.becomes_sharp_frame):
            if moment is None or count < 4:
                continue
            nearest = min(range(1, count - 1), key=lambda i: abs(chosen[i] - moment))
            if abs(chosen[nearest] - moment) <= last / (2 * (count - 1)):
                chosen[nearest] = min(moment, last)
    return sorted(set(chosen))


def render_strip(renderer: Draws, shot: Shot, count: int = 5, on_frame: Callable[[int], None] | None = None) -> Pixels:
    """The strip as one picture: stills in rows of up to four, captions under them, the brief on top."""
    frames = strip_frames(shot, count)
    pictures = []
    for done, frame in enumerate(frames, start=1):
        t = min(frame / float(shot.fps), shot.motion.duration_s)
        pictures.append(renderer.frame(float(shot.motion.ring_deg(t)), t))
        if on_frame is not None:
            on_frame(done)
    return _sheet(pictures, [caption(shot, frame) for frame in frames], brief(shot))


def _sheet(pictures: Sequence[Pixels], captions: Sequence[tuple[str, str]], title: str) -> Pixels:
    columns = min(_COLUMNS, len(pictures)) if len(pictures) != 5 else 5
    height, width = 270, round(270 * pictures[0].shape[1] / pictures[0].shape[0])
    rows = -(-len(pictures) // columns)
    text_height = 46
    sheet_width = columns * (width + _GAP) + _GAP
    lines = _wrapped(title + _legend([title, *(who for _, who in captions)]), sheet_width - 2 * _GAP)
    top = 2 * _GAP + 22 * len(lines)
    sheet = Image.new("RGB", (sheet_width, top + rows * (height + text_height + _GAP)), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        _write(draw, _GAP, _GAP + 22 * number, line, 16, _INK)
    for index, (picture, (when, who)) in enumerate(zip(pictures, captions, strict=True)):
        x, y = _GAP + index % columns * (width + _GAP), top + index // columns * (height + text_height + _GAP)
        sheet.paste(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS), (x, y))
        _write(draw, x, y + height + 4, when, 13, _INK)
        _write(draw, x, y + height + 23, who, 13, _FAINT)
    return np.asarray(sheet)


def _wrapped(text: str, width: int) -> list[str]:
    """Words in lines no wider than `width` pixels."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _length(longer, 16) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
