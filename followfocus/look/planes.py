# SPDX-License-Identifier: MIT
"""The scene in front of the camera: planes, each a picture at a distance, and where their pictures come from.

A picture is drawn for a frame size on demand: a built-in figure (`figures.py`) at any size, a user's file fitted to the
frame. Files are measured before they are decoded, so that a picture of 40,000 pixels is refused and not loaded.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from followfocus.errors import FileError
from followfocus.files import read_input, stat_of
from followfocus.look import figures
from followfocus.look.paint import MARGIN, Image32, srgb_to_linear
from followfocus.plan.sharpness import Subject, SubjectTrack

if TYPE_CHECKING:
    from PIL.Image import Image as PILImage

_MOST_BYTES = 300_000_000
MAX_SIDE_PX, MAX_PIXELS = 16_384, 50_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Premultiplied linear RGBA, (h, w, 4) float32, and where its upper left pixel lies in the frame."""

    rgba: Image32
    left: int
    top: int


class Picture(Protocol):
    """Anything that can draw itself for a frame."""

    @property
    def framed(self) -> bool:
        """Whether the picture is as large in the frame as it is meant to be, whatever the lens."""
        ...

    def drawn(self, width_px: int, height_px: int, scale: float = 1.0) -> Drawn:
        """Draw for a frame of this size, `scale` times as large as composed; may reach beyond it."""
        ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A built-in figure, drawn at the frame's own resolution."""

    name: str

    @property
    def framed(self) -> bool:
        """Charts are, to be measured by."""
        return self.name in figures.CHARTS

    def drawn(self, width_px: int, height_px: int, scale: float = 1.0) -> Drawn:
        """Draw it, margins included."""
        margin = round(MARGIN * height_px)
        scale = 1.0 if self.framed else scale
        return Drawn(figures.draw(self.name, width_px, height_px, scale), -margin, -margin)


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """A picture in memory: straight-alpha sRGB, (h, w, 3 or 4) uint8, fitted into the frame's middle."""

    pixels: np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]

    @property
    def framed(self) -> bool:
        """A picture was framed by whoever took it."""
        return True

    def drawn(self, width_px: int, height_px: int, scale: float = 1.0) -> Drawn:
        """Fit it: opaque pictures fill the frame, others stand in it whole, on its lower edge if scaled."""
        from PIL import Image

        image = Image.fromarray(self.pixels).convert("RGBA")
        opaque = image.getchannel("A").getextrema()[0] == 255
        ratios = width_px / image.width, height_px / image.height
        fitted = max(ratios) * max(scale, 1.0) if opaque else min(ratios) * scale
        size = max(1, round(image.width * fitted)), max(1, round(image.height * fitted))
        codes = np.asarray(image, dtype=np.float32) / np.float32(255)
        rgba = np.concatenate([srgb_to_linear(codes[..., :3]) * codes[..., 3:], codes[..., 3:]], axis=2)
        # Enlarging rings at edges: light below nothing, or more of it than the alpha lets by, would be a halo.
        alpha = np.clip(_resized(rgba[..., 3], size), 0, 1)
        bands = [*(np.clip(_resized(rgba[..., band], size), 0, alpha) for band in range(3)), alpha]
        top = (height_px - size[1]) // 2 if scale == 1 else height_px - size[1]
        return Drawn(np.stack(bands, axis=2), (width_px - size[0]) // 2, top)


def _resized(band: Image32, size: tuple[int, int]) -> Image32:
    """One float channel at another size, averaged over what each new pixel covers."""
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(band))
    return np.asarray(image.resize(size, Image.Resampling.BOX if size[0] < band.shape[1] else Image.Resampling.BICUBIC))


def load_picture(path: str | Path) -> Still:
    """A picture file with or without alpha. FileError if it is missing, no picture, or too large to hold."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    path = Path(path)
    if stat_of(path) is None:
        raise FileError(f"There is no picture {path}.", remedy="Check the path.")
    try:
        with Image.open(io.BytesIO(read_input(path, _MOST_BYTES))) as image:
            width, height = image.size
            if max(width, height) > MAX_SIDE_PX or width * height > MAX_PIXELS:
                raise FileError(
                    f"The picture {path} is too large: {width} x {height} pixels.",
                    remedy="4096 pixels of width are more than enough; scale it down first.",
                )
            if image.mode == "F":
                raise FileError(f"The picture {path} holds floating-point values.", remedy="Save it with 8 or 16 bits.")
            image.draft("RGB", (4096, 4096))
            upright = ImageOps.exif_transpose(_in_8_bits(image))
            upright.thumbnail((4096, 4096))
            return Still(np.asarray(upright.convert("RGBA")))
    except Image.DecompressionBombError as error:
        raise FileError(f"The picture {path} is too large to open.", remedy="Scale it down first.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not a picture, or damaged"
        raise FileError(f"{path} cannot be used as a picture: {reason}.", remedy="Give a PNG, JPEG or TIFF.") from error


def _in_8_bits(image: PILImage) -> PILImage:
    """A grey picture of 16 bits scaled to 8, for Pillow's own conversion clips it at 255; any other as it is."""
    from PIL import Image

    if not image.mode.startswith("I"):
        return image
    grey = np.asarray(image).astype(np.float64).clip(0, 65535) / 257
    scaled = Image.fromarray(np.rint(grey).astype(np.uint8))
    scaled.info, exif = dict(image.info), image.getexif()
    scaled.getexif().update(exif)
    return scaled


@dataclass(frozen=True, slots=True)
class Plane:
    """One thing at one distance (metres from the image plane, or a track of distances), with its picture."""

    name: str
    where: float | SubjectTrack
    picture: Picture

    def distance_m(self, t: float = 0.0) -> float:
        """Its distance at `t` seconds."""
        return float(self.subject.distance_m(t))

    @property
    def subject(self) -> Subject:
        """The plane as something to be sharp or soft."""
        return Subject(self.name, self.where)


def figure_for(name: str, rank: int, count: int) -> Figure:
    """A built-in figure fit for a plane called `name`, the `rank`-th nearest of `count`."""
    words = name.lower()
    for word, figure in figures.WORDS.items():
        if word in words:
            return Figure(figure)
    if rank == 0:
        return Figure("anna")
    return Figure("door" if rank == 1 else "street" if rank == count - 1 else "ben")
