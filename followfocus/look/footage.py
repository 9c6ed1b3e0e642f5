# SPDX-License-Identifier: MIT
"""Pictures and clips of the user's, in linear light, and depth maps as the numbers that are in them.

8 and 16 bits are display codes (sRGB; a clip's PQ and HLG, too) and are made linear; 32-bit TIFF and EXR are linear
already. Clips are read frame after frame, at an even rate and held as their camera was, and never kept. What a library
reads is read by the library: Pillow, tifffile, OpenEXR, PyAV.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from followfocus.errors import FileError
from followfocus.files import is_file, read_input
from followfocus.look.clips import (
    COLOURS,
    clip_frames,
    codes_of,
    decoded,
    kept,
    length_s,
    pyav,
    square,
    stored_frames,
    turns_of,
    unusable,
)
from followfocus.look.hdr import HLG, PQ, WIDE, light_by_code, on_srgb
from followfocus.look.hushed import hushed
from followfocus.look.paint import Image32, f32, srgb_to_linear

CLIPS = (".mov", ".mp4", ".m4v", ".mkv", ".mxf", ".avi", ".webm")
DISTANCES = ("Z", "depth.Z", "Depth.Z", "depth", "Y", "R")
"""The names of an EXR's depth channel, the likeliest first."""
ANY = ("",)
MAX_SIDE_PX, MAX_PIXELS = 16_384, 50_000_000
_MOST_BYTES = 600_000_000
_STRIP = 64
Codes: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Footage:
    """A still, or a clip with its frame rate, that exists and has a readable head."""

    path: Path
    size: tuple[int, int]
    fps: Fraction | None
    """None for a still."""
    whole: bool = True
    """Whether its numbers are whole ones, codes of 8 or 16 bits."""
    bits: int = 16
    """Bits of a number as it is stored; a clip's are read as 16."""
    coded: tuple[int, int] = (0, 0)
    """A clip's transfer curve and primaries, as streams number them."""
    lasts_s: float | None = None
    """How long a clip is, where its head says so."""
    see_through: float = 0.0
    """The share of its pixels, of a clip's first frame, that hide their colour, wholly or in part."""

    def _light(self, codes: Codes) -> Image32:
        """A clip's codes in linear light."""
        transfer, primaries = self.coded
        if transfer not in (PQ, HLG):
            return _linear(codes, self.path)
        light = looked_up(light_by_code(transfer), codes[..., :3])
        return _over_black(on_srgb(light) if primaries == WIDE else light, codes)

    def colours(self) -> Iterator[Image32]:
        """Its frames in linear light, (h, w, 3); a still has one."""
        if self.fps is None:
            yield _linear(_upright(self.path), self.path)
            return
        for codes in clip_frames(self.path, COLOURS, self.fps):
            yield self._light(codes)

    def missing(self) -> float:
        """The share of a still's pixels that aren't numbers, which only floats may be. FileError where none is."""
        if self.fps is not None or self.whole:
            return 0.0
        codes = _upright(self.path)
        _linear(codes, self.path)
        # Infinitely bright is bright; what is nothing, or infinitely dark, is drawn black.
        lost = np.isnan(codes) | np.isneginf(codes)
        return float((lost if codes.ndim == 2 else lost[..., :3].any(axis=2)).mean())

    def values(self) -> Iterator[Image32]:
        """Its frames as a depth map: the numbers as they are, (h, w); whole numbers of a clip as a share of 1."""
        if self.fps is None:
            yield _one_channel(_stored(self.path, DISTANCES), self.path)
            return
        for codes in clip_frames(self.path, "gray16le", self.fps):
            yield f32(codes.astype(np.float32) / np.float32(65535))


def open_footage(path: str | Path) -> Footage:
    """A picture or clip. FileError for what isn't one or is too large; RequestError where a library is missing."""
    path = Path(path)
    if not is_file(path):
        raise FileError(f"There is no picture {path}.", remedy="Check the path.")
    if path.suffix.lower() in CLIPS:
        found = _clip_head(path)
    else:
        stored = _stored(path, ANY) if path.suffix.lower() in (".exr", ".tif", ".tiff") else _upright(path)
        size, bits = (stored.shape[1], stored.shape[0]), 8 * stored.dtype.itemsize
        found = Footage(path, size, None, stored.dtype.kind != "f", bits, see_through=_see_through(stored))
    _check_size(path, found.size)
    return found


def _check_size(path: Path, size: tuple[int, int]) -> None:
    if max(size) > MAX_SIDE_PX or size[0] * size[1] > MAX_PIXELS:
        raise FileError(
            f"The picture {path} is too large: {size[0]} x {size[1]} pixels.", remedy="Scale it down first."
        )


# Stills -------------------------------------------------------------------------------------------------------------


def _alpha(codes: Codes) -> Image32 | None:
    """How much of each pixel there is, (h, w, 1) from 0 to 1; None where all of it is.

    Only what is not multiplied in yet comes here: a PNG's and a clip's, and of TIFFs those that say so; an EXR's
    colours have it.
    """
    if codes.ndim == 2 or codes.shape[2] not in (2, 4):
        return None
    most = 1.0 if codes.dtype.kind == "f" else 255.0 if codes.dtype == np.uint8 else 65535.0
    return f32(np.clip(np.nan_to_num(codes[..., -1:].astype(np.float32)) / np.float32(most), 0, 1))


def _see_through(codes: Codes) -> float:
    """The share of the pixels that hide their colour, wholly or in part."""
    alpha = _alpha(codes)
    return 0.0 if alpha is None else float((alpha < 1).mean())


def _linear(codes: Codes, path: Path) -> Image32:
    """Codes of any depth as linear light, (h, w, 3); what is seen through is laid over black."""
    return _over_black(_colours(codes, path), codes)


def _over_black(light: Image32, codes: Codes) -> Image32:
    """The light of a picture's codes as it is seen over black."""
    alpha = _alpha(codes)
    return light if alpha is None else f32(light * alpha)


def _colours(codes: Codes, path: Path) -> Image32:
    """The colours alone, also those that aren't to be seen."""
    if codes.ndim == 2 or codes.shape[2] < 3:
        grey = codes if codes.ndim == 2 else codes[..., 0]
        colours = np.stack([grey] * 3, axis=2)
    else:
        colours = codes[..., :3]
    if colours.dtype.kind == "f":
        if not np.isfinite(colours).any():
            raise FileError(f"There is no picture in {path}: not one number.", remedy="Save the picture again.")
        # The greatest number of a 16-bit float: an infinite light would make everything that its blur touches infinite.
        light = np.nan_to_num(colours.astype(np.float32), posinf=65504.0)
        return np.maximum(light, 0)
    if colours.dtype not in (np.uint8, np.uint16):
        raise unusable(path, f"its numbers are of type {colours.dtype}")
    return looked_up(_table(colours.dtype), colours)


def looked_up(table: Image32, codes: NDArray[Any]) -> Image32:
    """A table's entry for each code; a strip of rows at a time, for numpy's own numbers of places are large."""
    light = np.empty(codes.shape, np.float32)
    for top in range(0, len(codes), _STRIP):
        light[top : top + _STRIP] = table.take(codes[top : top + _STRIP])
    return light


def _table(kind: np.dtype[np.generic]) -> Image32:
    """Linear light by code."""
    most = 255 if kind == np.uint8 else 65535
    return srgb_to_linear(np.arange(most + 1, dtype=np.float32) / np.float32(most))


def _stored(path: Path, wanted: tuple[str, ...] | None) -> Codes:
    """The numbers in a file: (h, w) or (h, w, c); of an EXR the first of the `wanted` channels, else its colours."""
    ending = path.suffix.lower()
    if ending == ".exr":
        return _exr(path, wanted)
    if ending in (".tif", ".tiff"):
        return _tiff(path)
    return _upright(path)


def _exr(path: Path, wanted: tuple[str, ...] | None) -> Codes:
    exr = kept("OpenEXR", f"Reading {path.name}")
    try:
        with hushed(path), exr.File(str(path), separate_channels=True) as file:
            channels = {name: np.asarray(channel.pixels) for name, channel in file.channels().items()}
    except (RuntimeError, OSError, ValueError, TypeError) as error:
        raise unusable(path, "it is not an EXR file, or damaged") from error
    if wanted is None and all(name in channels for name in "RGB"):
        return np.stack([channels[name] for name in "RGB"], axis=2)
    if wanted == ANY and channels:
        return next(iter(channels.values()))
    for name in wanted or ("Y", "R"):
        if name in channels:
            return channels[name]
    raise unusable(path, f"it has the channels {', '.join(sorted(channels))} and none of those looked for")


def _tiff(path: Path) -> Codes:
    tifffile = kept("tifffile", f"Reading {path.name}")
    try:
        # Closed by us as well: the file's own objects go round in a circle, and would hold its bytes for long.
        with io.BytesIO(read_input(path, _MOST_BYTES)) as data, tifffile.TiffFile(data) as file:
            page = file.pages[0]
            extra = [int(one) for one in page.extrasamples]
            _check_size(path, (page.shape[1], page.shape[0]))
            found = np.moveaxis(page.asarray(), 0, -1) if page.axes == "SYX" else page.asarray()
            turned = page.tags.get(_ORIENTATION)
    except FileError:
        raise
    except (ValueError, OSError, RuntimeError, LookupError, TypeError, ArithmeticError, ImportError) as error:
        if "imagecodecs" in str(error):
            raise unusable(path, "its packing takes a library that isn't here; save it unpacked or as EXR") from error
        raise unusable(path, "it is not a TIFF file, or damaged") from error
    if found.dtype.kind not in "uif":
        raise unusable(path, f"its numbers are of type {found.dtype}")
    upright = set_upright(np.asarray(found), 1 if turned is None else int(turned.value))
    return upright if upright.ndim == 2 or not extra or extra == [_STRAIGHT] else upright[..., : -len(extra)]


_STRAIGHT = 2
"""TIFF's word for a share of a pixel that its colours are not multiplied by; by any other they are, or it is none"""
_ORIENTATION = 0x0112
"""The tag of EXIF and of TIFF that says which way up a picture is"""
_UPRIGHT: dict[int, Callable[[Codes], Codes]] = {
    2: lambda codes: codes[:, ::-1],
    3: lambda codes: codes[::-1, ::-1],
    4: lambda codes: codes[::-1],
    5: lambda codes: codes.swapaxes(0, 1),
    6: lambda codes: codes[::-1].swapaxes(0, 1),
    7: lambda codes: codes[::-1, ::-1].swapaxes(0, 1),
    8: lambda codes: codes[:, ::-1].swapaxes(0, 1),
}
"""How each orientation but the first is set upright"""


def set_upright(codes: Codes, orientation: int) -> Codes:
    """A picture (h, w, …) as it was meant to be held, by its orientation in EXIF's numbers, 1 to 8; others are 1."""
    return np.ascontiguousarray(_UPRIGHT.get(orientation, np.asarray)(codes))


def _upright(path: Path) -> Codes:
    """A picture as its camera meant it to be held. 16-bit colours by PyAV, for Pillow makes 8 of them."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    if path.suffix.lower() in (".exr", ".tif", ".tiff"):
        return _stored(path, None)
    data = read_input(path, _MOST_BYTES)
    try:
        with Image.open(io.BytesIO(data)) as image:
            _check_size(path, image.size)
            if image.mode.startswith("I"):
                return np.asarray(ImageOps.exif_transpose(image)).clip(0, 65535).astype(np.uint16)
            # Byte 24 of a PNG is how many bits a channel has.
            if image.format == "PNG" and data[24:25] == b"\x10" and image.mode in ("RGB", "RGBA"):
                # FFmpeg knows turns only; a picture may be mirrored as well.
                codes, _ = next(decoded(path, "rgba64le" if image.mode == "RGBA" else "rgb48le", None))
                return set_upright(codes, int(image.getexif().get(_ORIENTATION, 1)))
            mode = "RGBA" if image.has_transparency_data else "RGB"
            return np.asarray(ImageOps.exif_transpose(image).convert(mode))
    except Image.DecompressionBombError as error:
        raise FileError(f"The picture {path} is too large to open.", remedy="Scale it down first.") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise unusable(path, "it is not a picture, or damaged") from error


def _one_channel(stored: Codes, path: Path) -> Image32:
    """A depth map's numbers from a file's: grey pictures saved as colours are taken, coloured ones refused."""
    if stored.ndim == 3:
        if stored.shape[2] >= 3 and not (np.ptp(stored[..., :3].astype(np.float32), axis=2) <= 0).all():
            raise FileError(
                f"{path} is a coloured picture of depth, not a depth map.",
                remedy="Save the map itself: grey with 16 bits, a 32-bit TIFF, or an EXR.",
            )
        stored = stored[..., 0]
    values = stored.astype(np.float32)
    if not np.isfinite(values).any():
        raise FileError(f"There is no depth in {path}: not one number.", remedy="Save the map again.")
    return values


# Clips --------------------------------------------------------------------------------------------------------------


def _clip_head(path: Path) -> Footage:
    """A clip as its head and its first frame say: upright size, average rate, curve and primaries, length."""
    av = pyav(f"Reading {path.name}")
    try:
        with av.open(str(path)) as clip:
            if not clip.streams.video:
                raise unusable(path, "it has no picture track")
            stream = clip.streams.video[0]
            rate = stream.average_rate or stream.guessed_rate or Fraction(24)
            first = next(stored_frames(clip, stream), None)
            if first is None:
                raise unusable(path, "it has no frame in it")
            width, height = square(stream)
            coded = int(first.color_trc), int(first.color_primaries)
            size = (height, width) if turns_of(first) % 2 else (width, height)
            bits = max(component.bits for component in first.format.components)
            hidden = _see_through(codes_of(first, COLOURS, (width, height)))
            lasts_s = length_s(clip, stream)
            return Footage(path, size, Fraction(rate), bits=bits, coded=coded, lasts_s=lasts_s, see_through=hidden)
    except (av.error.FFmpegError, av.codec.codec.UnknownCodecError, OSError) as error:
        raise unusable(path, "it is not a clip, or damaged") from error
