# SPDX-License-Identifier: MIT
"""The frames of a clip as codes of 16 bits: upright, in square pixels, at an even rate, their alpha with them."""

from __future__ import annotations

import importlib
import itertools
import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from followfocus.errors import FileError, RequestError

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer
    from av.video.stream import VideoStream

COLOURS = "rgb48le"
"""The layout of colours, with 16 bits each."""
_WIDEST_PIXEL = 4
_WITH_ALPHA = {"vp8": "libvpx", "vp9": "libvpx-vp9"}
"""Decoders that know of alpha, by the name of those that don't"""
_Frame = TypeVar("_Frame")


def kept(name: str, what: str) -> ModuleType:
    """A library of the extra `pictures`, imported when it is needed; RequestError with how to get it where it isn't."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        called = {"av": "PyAV"}.get(name, name)
        raise RequestError(
            f"{what} takes the library {called}, which is missing.", "Run: pip install 'followfocus[pictures]'"
        ) from error


def pyav(what: str) -> ModuleType:
    """PyAV, or the sentence that says how to get it."""
    return kept("av", what)


def unusable(path: Path, reason: str) -> FileError:
    """The error for a file that is no picture."""
    return FileError(f"{path} cannot be used as a picture: {reason}.", remedy="Give a PNG, JPEG, TIFF, EXR or a clip.")


def stored_frames(clip: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]:
    """A clip's frames as they are stored. FFmpeg's own decoders of VP8 and VP9 leave the alpha out, libvpx has it."""
    with_alpha = _WITH_ALPHA.get(stream.codec_context.name)
    if with_alpha is None or stream.metadata.get("alpha_mode") != "1":
        yield from clip.decode(stream)
        return
    decoder = pyav("Reading a clip").CodecContext.create(with_alpha, "r")
    for packet in clip.demux(stream):
        yield from decoder.decode(packet)


def codes_of(frame: VideoFrame, layout: str, size: tuple[int, int]) -> NDArray[np.uint16]:
    """A frame's codes of 16 bits, scaled to a size (width, height); for `COLOURS` with its alpha where it has one."""
    alpha_bits = max((component.bits for component in frame.format.components if component.is_alpha), default=0)
    if layout == COLOURS and alpha_bits:
        layout = "rgba64le"
    codes = np.asarray(frame.to_ndarray(format=layout, width=size[0], height=size[1]), np.uint16)
    if alpha_bits and layout == "rgba64le":
        # FFmpeg shifts few bits to the upper end of 16, which leaves what hides nothing short of all of it.
        most = (2**alpha_bits - 1) << max(16 - alpha_bits, 0)
        codes[..., 3] = np.rint(np.minimum(codes[..., 3] / most, 1) * 65535)
    return codes


def length_s(clip: InputContainer, stream: VideoStream) -> float | None:
    """How long the picture is; the file's own length is taken for it where nothing else is in the file."""
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return clip.duration / 1e6 if clip.duration is not None and len(clip.streams) == 1 else None


def square(stream: VideoStream) -> tuple[int, int]:
    """Width and height of a clip's frames in square pixels: some cameras write narrow ones, and how wide they are."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    return round(stream.width * (aspect if 0 < aspect <= _WIDEST_PIXEL else 1)), int(stream.height)


def turns_of(frame: VideoFrame) -> int:
    """Quarter turns to the left that set a frame upright: a phone held upright writes them beside its clip."""
    return round(frame.rotation / 90) % 4


def clip_frames(path: Path, layout: str, fps: Fraction | None) -> Iterator[NDArray[np.uint16]]:
    """A clip's frames as codes of 16 bits, upright, at an even rate: one is held or left out where the clip's isn't."""
    for codes, turns in decoded(path, layout, fps):
        yield np.rot90(codes, turns)


def decoded(path: Path, layout: str, fps: Fraction | None) -> Iterator[tuple[NDArray[np.uint16], int]]:
    """The frames as they are stored, each with the quarter turns that set it upright."""
    av = pyav(f"Reading {path.name}")
    try:
        with av.open(str(path)) as clip:
            stream = clip.streams.video[0]
            stream.thread_type = "AUTO"
            size = square(stream)
            for frame in _even(stored_frames(clip, stream), fps):
                yield codes_of(frame, layout, size), turns_of(frame)
    except (av.error.FFmpegError, av.codec.codec.UnknownCodecError, OSError) as error:
        raise unusable(path, "it ends early, or is damaged") from error


def paced(frames: Iterable[_Frame], share: Fraction, first: int = 0) -> Iterator[_Frame]:
    """At each place from `first` on the one of `frames` that is nearest to `share` times it; at its ends they are held.

    Of two that are as near the later one, so that a slower clip's frames all stand equally long.
    """
    place, last = first, None
    for number, frame in enumerate(frames):
        last = frame
        while math.floor(place * share + Fraction(1, 2)) <= number:
            yield frame
            place += 1
    if last is not None:
        yield from itertools.repeat(last)


def _even(frames: Iterable[VideoFrame], fps: Fraction | None) -> Iterator[VideoFrame]:
    """The frames that stand at 0, 1, 2 … of an even rate, each the last that had come by half a frame later."""
    held: VideoFrame | None = None
    first_s, due = 0.0, 0
    for number, frame in enumerate(frames):
        if fps is None or frame.time is None:
            yield frame
            continue
        at_s = float(frame.time)
        first_s = at_s if number == 0 else first_s
        while held is not None and due < (at_s - first_s) * fps - 0.5:
            yield held
            due += 1
        held = frame
    if held is not None:
        yield held
