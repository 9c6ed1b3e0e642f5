# SPDX-License-Identifier: MIT
"""A GIF, frame after frame: one palette for all of them, and never more than two of them in memory.

Pillow codes and packs; its own writer of many frames keeps them all until the last one is there. The palette needs the
middle and the last frame before the first can be coded, so the frames wait on the disk, beside what is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from followfocus.files import whole_file
from followfocus.look.area import Area, area_of
from followfocus.look.tone import Frame

_GRAIN = 12.0
"""How far the ordered dither reaches, in codes of 255: a step of the palette in soft ground, unseen in detail."""
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 15 / 32
_SEEN_THROUGH = np.uint8(255)
"""The code of a pixel that stays as it was: long runs of it pack best."""
_END = b";"


def write_gif(frames: Iterable[Frame], path: Path, fps: float) -> Path:
    """An endless GIF of frames (h, w, 3) of 8 bits, timed to hundredths of a second, right in sum; FileError."""
    with whole_file(path) as temporary, tempfile.TemporaryFile(dir=temporary.parent) as spool:
        waiting = _Waiting(spool, frames)
        palette = _common_palette([waiting.picture(index) for index in (0, waiting.count // 2, waiting.count - 1)])
        with temporary.open("wb") as file:
            for block in _blocks(waiting, palette, fps):
                file.write(block)
    return path


class _Waiting:
    """Frames of one size on the disk, to be had again in any order."""

    def __init__(self, spool: BinaryIO, frames: Iterable[Frame]) -> None:
        self._spool, self.count, self._shape = spool, 0, (0, 0, 3)
        for frame in frames:
            self._shape = frame.shape[0], frame.shape[1], 3
            spool.write(np.ascontiguousarray(frame, np.uint8).data)
            self.count += 1

    def picture(self, index: int) -> Image.Image:
        size = self._shape[0] * self._shape[1] * 3
        self._spool.seek(index * size)
        return Image.fromarray(np.frombuffer(self._spool.read(size), np.uint8).reshape(self._shape))


def _blocks(waiting: _Waiting, palette: Image.Image, fps: float) -> Iterator[bytes]:
    """The file's blocks: of each frame what differs from the one before; frames alike are one that lasts longer."""
    ends = [round(100 * (index + 1) / fps) for index in range(waiting.count)]
    first = _coded(waiting.picture(0), palette)
    yield from GifImagePlugin.getheader(first.copy(), info={"loop": 0})[0]
    before, since = np.asarray(first), 0
    held, at = before, Area(0, 0, first.width, first.height)
    for index in range(1, waiting.count):
        now = np.asarray(_coded(waiting.picture(index), palette))
        differs = now != before
        changed = area_of(differs, Area(0, 0, first.width, first.height))
        if changed.empty:
            continue
        yield from _packed(held, at, ends[index - 1] - since)
        held, at, since = np.where(differs, now, _SEEN_THROUGH), changed, ends[index - 1]
        before = now
    yield from _packed(held, at, ends[-1] - since)
    yield _END


def _coded(picture: Image.Image, palette: Image.Image) -> Image.Image:
    return _dithered(picture).quantize(palette=palette, dither=Image.Dither.NONE)


def _packed(codes: NDArray[np.uint8], at: Area, hundredths: int) -> list[bytes]:
    part = Image.fromarray(np.ascontiguousarray(codes[at.top : at.bottom, at.left : at.right]))
    shown = {"duration": 10 * hundredths, "transparency": int(_SEEN_THROUGH)}
    return GifImagePlugin.getdata(part, (at.left, at.top), **shown)


def _dithered(picture: Image.Image) -> Image.Image:
    """With an ordered pattern (Bayer, 1973), the same in every frame: what stands still stays so, and packs."""
    codes = np.asarray(picture, np.float32)
    height, width = codes.shape[:2]
    pattern = np.tile(_BAYER, (-(-height // 4), -(-width // 4)))[:height, :width, None]
    return Image.fromarray(np.clip(codes + _GRAIN * pattern + 0.5, 0, 255).astype(np.uint8))


def _common_palette(chosen: list[Image.Image]) -> Image.Image:
    """255 colours that fit the pictures."""
    width, height = max(1, chosen[0].width // 2), max(1, chosen[0].height // 2)
    sheet = Image.new("RGB", (width, height * len(chosen)))
    for row, picture in enumerate(chosen):
        sheet.paste(picture.resize((width, height), Image.Resampling.BOX), (0, row * height))
    return sheet.quantize(int(_SEEN_THROUGH), method=Image.Quantize.MEDIANCUT)
