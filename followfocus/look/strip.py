# SPDX-License-Identifier: MIT
"""Stills for a shot list: a strip of frames from GO to the landing, each with its time and who is sharp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from followfocus.errors import RequestError
from followfocus.look.render import Draws, Pixels, frame_count
from followfocus.look.shot import Shot
from followfocus.look.words import brief, caption

_PAPER, _INK, _FAINT = (22, 22, 24), (236, 234, 228), (160, 158, 152)
_GAP = 10
_COLUMNS = 4


@lru_cache(maxsize=4)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """DejaVu Sans, which has ∞ and comes with matplotlib everywhere."""
    from matplotlib import get_data_path

    return ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", size)


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
    lines = _wrapped(title, sheet_width - 2 * _GAP)
    top = 2 * _GAP + 22 * len(lines)
    sheet = Image.new("RGB", (sheet_width, top + rows * (height + text_height + _GAP)), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((_GAP, _GAP + 22 * number), line, font=_font(16), fill=_INK)
    for index, (picture, (when, who)) in enumerate(zip(pictures, captions, strict=True)):
        x, y = _GAP + index % columns * (width + _GAP), top + index // columns * (height + text_height + _GAP)
        sheet.paste(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS), (x, y))
        draw.text((x, y + height + 4), when, font=_font(13), fill=_INK)
        draw.text((x, y + height + 23), who, font=_font(13), fill=_FAINT)
    return np.asarray(sheet)


def _wrapped(text: str, width: int) -> list[str]:
    """Words in lines no wider than `width` pixels."""
    font, lines = _font(16), [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
