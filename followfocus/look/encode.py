# SPDX-License-Identifier: MIT
"""Frames into files: GIF and PNG always; MP4, ProRes and image sequences through kept libraries.

- `.mp4`: H.264, 4:2:0, BT.709, playable everywhere. `.mov`: ProRes 422 HQ, 10 bits. Both by PyAV, whose wheels bring
  the codecs, so that nothing is installed by hand.
- `NAME.####.png`, `.tif`, `.exr`: a file per frame, with 8 bits, with 16 bits, or as 16-bit floats in linear light.

Whether a path can be written is found out before anything is drawn, and a file appears under its name only when it is
whole; of a sequence all files or none.
"""

from __future__ import annotations

import errno
import io
import math
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from followfocus.errors import FileError, JobError, RequestError
from followfocus.files import (
    FULL,
    folder_beside,
    is_file,
    is_folder,
    real,
    refuse_no_file,
    refuse_source,
    shown_path,
    stat_of,
    unwritable,
    whole_file,
)
from followfocus.look.clips import kept, pyav
from followfocus.look.gif import write_gif
from followfocus.look.hushed import hushed
from followfocus.look.render import Pixels
from followfocus.look.tone import Frame, LightCodes

if TYPE_CHECKING:
    from av.video.stream import VideoStream

MOVIES, STILLS, SEQUENCES = (".mp4", ".mov", ".gif"), (".png",), (".png", ".tif", ".exr")
EVEN = (".mp4", ".mov")
"""Films of even width and height alone, as their chroma needs."""
MAX_GIF_FPS, MAX_GIF_PIXELS = 50, 200_000_000
"""Viewers slow a GIF down that asks for more than 50 frames a second."""
GIF_SIZE = (640, 360)
"""The size of a GIF where none is asked for: two seconds are 2 MB, small enough to be sent."""
_OF_THE_DISK = (*FULL, errno.EFBIG, errno.EIO)


def check_output(path: str | Path, suffixes: tuple[str, ...]) -> Path:
    """`path` as a Path if its ending is one of `suffixes` and its folder takes files; FileError or RequestError."""
    path = Path(path)
    if path.suffix.lower() not in suffixes:
        raise RequestError(f"{path} doesn't end in a type that can be written.", f"Use one of {', '.join(suffixes)}.")
    if is_folder(path):
        raise FileError(f"{path} cannot be written: it is a folder.", remedy="Give a file's name in it.")
    refuse_no_file(path)
    if not is_folder(path.parent):
        raise FileError(f"{path} cannot be written: there is no folder {path.parent}.", remedy="Choose another place.")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise unwritable(path, error) from error
    if stat_of(path) is not None and not os.access(path, os.W_OK):
        raise FileError(f"{path} cannot be written: it is read-only.", remedy="Choose another name.")
    return path


@dataclass(frozen=True, slots=True)
class Sequence:
    """A file name per frame: `rack.####.png` in a folder, counted from `first`."""

    before: str
    digits: int
    after: str
    folder: Path
    first: int = 0

    def name(self, index: int) -> str:
        """The name of the `index`-th frame's file."""
        return f"{self.before}{self.first + index:0{self.digits}d}{self.after}"

    def may_name(self, name: str) -> bool:
        """Whether some frame's file is called so."""
        return re.fullmatch(rf"{re.escape(self.before)}\d{{{self.digits},}}{re.escape(self.after)}", name) is not None


def sequence_of(path: Path, first: int = 0) -> Sequence | None:
    """The sequence that a name with `####` or `%04d` stands for; None for a plain name."""
    found = re.fullmatch(r"(.*?)(#+|%0(\d)d)(.*)", path.name)
    if found is None:
        return None
    digits = int(found[3]) if found[3] else len(found[2])
    return Sequence(found[1], digits, found[4], path.parent, first)


def refuse_inputs(path: Path | None, read: Iterable[Path | str]) -> None:
    """Raise RequestError where a file that is read would be written over, one of a sequence too."""
    sources = list(read)
    refuse_source(path, sources)
    sequence = None if path is None else sequence_of(path)
    for source in map(Path, sources):
        if sequence is None or not sequence.may_name(source.name) or not is_folder(sequence.folder):
            continue
        if is_file(source) and source.parent.samefile(sequence.folder):
            raise RequestError(
                f"{shown_path(source)} is what this is made from, and a frame of {path} may be called so.",
                "Give another name.",
            )


def tone_for(path: Path) -> LightCodes:
    """How deep the frames must be for a file: 8 bits, 16 bits or linear light."""
    return {".mov": LightCodes.DEEP, ".tif": LightCodes.DEEP, ".exr": LightCodes.LIGHT}.get(
        path.suffix.lower(), LightCodes.SCREEN
    )


def check_film(path: Path) -> Path:
    """`path` if a film, or a sequence, can be written there; FileError or RequestError for what can't, before work."""
    ending = path.suffix.lower()
    sequence = sequence_of(path)
    if sequence is not None:
        _sequence_writer(ending)
        check_output(sequence.folder / sequence.name(0), SEQUENCES)
        return path
    if ending in EVEN:
        pyav(f"Writing {path.name}")
    return check_output(path, MOVIES)


def check_length(path: Path, frames: int, size: tuple[int, int], fps: Fraction | float) -> None:
    """Refuse a GIF that would be too long to be sent, before its frames are drawn."""
    shown = -(-frames // math.ceil(float(fps) / MAX_GIF_FPS))
    if path.suffix.lower() == ".gif" and shown * size[0] * size[1] > MAX_GIF_PIXELS:
        raise RequestError("This pull is too long for a GIF.", "Write .mp4, or a smaller --size.")


def write_film(
    frames: Iterable[Frame],
    path: str | Path,
    fps: Fraction | int = Fraction(24),
    on_frame: Callable[[int], None] | None = None,
    first: int = 0,
) -> Path:
    """Write frames (all of one size, of the depth of `tone_for`) as what the path's ending or its #### asks for.

    `on_frame` hears how many are done; a sequence is counted from `first`.
    """
    path = check_film(Path(path))
    counted = _counted(frames, on_frame)
    sequence = sequence_of(path, first)
    if sequence is not None:
        return _write_sequence(counted, sequence, path)
    if path.suffix.lower() == ".gif":
        return _write_gif(counted, path, fps)
    return _write_clip(counted, path, fps)


def _counted(frames: Iterable[Frame], on_frame: Callable[[int], None] | None) -> Iterator[Frame]:
    for count, frame in enumerate(frames, start=1):
        yield frame
        if on_frame is not None:
            on_frame(count)


def _write_clip(frames: Iterator[Frame], path: Path, fps: Fraction | int) -> Path:
    """H.264 or ProRes. Frames are made even in size, as their chroma needs."""
    av = pyav(f"Writing {path.name}")
    rate = Fraction(fps)
    prores = path.suffix.lower() == ".mov"
    with whole_file(path) as temporary:
        try:
            # The index goes first, so that a browser plays it while it loads.
            with av.open(str(temporary), "w", options={} if prores else {"movflags": "+faststart"}) as clip:
                stream = None
                for pixels in frames:
                    height, width = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
                    if stream is None:
                        stream = clip.add_stream("prores_ks" if prores else "libx264", rate=rate)
                        stream.width, stream.height = width, height
                        _settle(stream, prores=prores)
                    even = np.ascontiguousarray(pixels[:height, :width])
                    frame = av.VideoFrame.from_ndarray(even, format="rgb48le" if even.dtype == np.uint16 else "rgb24")
                    clip.mux(stream.encode(frame.reformat(format=stream.pix_fmt, dst_colorspace=_BT709)))
                if stream is not None:
                    clip.mux(stream.encode(None))
        except av.error.FFmpegError as error:
            if isinstance(error, OSError) or error.errno in _OF_THE_DISK:
                raise unwritable(path, OSError(error.errno, error.strerror)) from error
            raise JobError(
                f"{path.name} could not be made: {error.strerror or error}.", "Write a .gif instead."
            ) from error
    return path


_BT709 = 1
"""FFmpeg's number for it: matrix, primaries and transfer alike."""


def _settle(stream: VideoStream, *, prores: bool) -> None:
    """Codec, depth and colours of a stream."""
    stream.pix_fmt = "yuv422p10le" if prores else "yuv420p"
    stream.options = (
        {"profile": "3", "vendor": "apl0"}
        if prores
        else {"preset": "veryfast", "crf": "17", "rc-lookahead": "1", "bf": "1"}
    )
    context = stream.codec_context
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = 1
    context.thread_count = 1  # frames are drawn on all cores, and every thread of an encoder holds frames of its own


def _sequence_writer(ending: str) -> Callable[[Frame, Path], None]:
    """The writer of single frames; RequestError for an unknown file ending, or where its library is missing."""
    if ending == ".png":
        return lambda frame, path: Image.fromarray(frame).save(path, format="PNG")
    if ending == ".tif":
        tifffile = kept("tifffile", "Writing .tif files")
        return partial(_write_tiff, tifffile)
    if ending == ".exr":
        exr = kept("OpenEXR", "Writing .exr files")
        return lambda frame, path: write_exr(exr, path, {"RGB": frame.astype(np.float16)})
    raise RequestError(f"A sequence of {ending or 'nameless'} files can't be written.", f"Use {', '.join(SEQUENCES)}.")


def _write_tiff(tifffile: ModuleType, frame: Frame, path: Path) -> None:
    """A TIFF, made in memory: where the disk takes no more the library says so in numbers alone."""
    made = io.BytesIO()
    tifffile.imwrite(made, frame, photometric="rgb", compression=None)
    path.write_bytes(made.getbuffer())


def write_exr(exr: ModuleType, path: Path, channels: dict[str, NDArray[np.generic]]) -> None:
    """Channels into an EXR file, losslessly packed, and read back: the library is silent where the disk takes no more.

    Raises OSError.
    """
    header = {"compression": exr.ZIP_COMPRESSION, "type": exr.scanlineimage}
    try:
        exr.File(header, dict(channels)).write(str(path))  # it puts channels of its own into what it is given
        with hushed(path), exr.File(str(path), separate_channels=False) as file:
            found = file.channels()
            whole = all(np.array_equal(found[name].pixels, pixels) for name, pixels in channels.items())
    except (RuntimeError, KeyError):
        whole = False
    if not whole:
        full = shutil.disk_usage(path.parent).free < sum(pixels.nbytes for pixels in channels.values())
        raise OSError(errno.ENOSPC if full else errno.EIO, "the disk doesn't take it")


def _write_sequence(frames: Iterator[Frame], sequence: Sequence, path: Path) -> Path:
    write = _sequence_writer(path.suffix.lower())
    try:
        with folder_beside(real(path)) as folder:
            count = 0
            for frame in frames:
                write(frame, folder / sequence.name(count))
                count += 1
            _move([sequence.name(index) for index in range(count)], folder, sequence.folder)
    except OSError as error:
        raise unwritable(path, error) from error
    return path


def _move(names: list[str], source: Path, folder: Path) -> None:
    """Files into another folder, all or none: what they are written over comes back where one can't be."""
    before = source / "before"
    before.mkdir()
    done: list[str] = []
    try:
        for name in names:
            there = folder / name
            if is_folder(there):
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(there))
            done.append(name)
            _set_aside(there, before / name)
            (source / name).replace(there)
    except BaseException:
        for name in done:
            with suppress(OSError):
                if os.path.lexists(before / name):
                    (before / name).replace(folder / name)
                elif not (source / name).exists():
                    (folder / name).unlink()
        raise


def _set_aside(path: Path, aside: Path) -> None:
    """Keep what is at a path, if anything, under another name too; where the disk knows no links, under that alone."""
    if not os.path.lexists(path):
        return
    try:
        os.link(path, aside, follow_symlinks=False)
    except (OSError, NotImplementedError):
        path.replace(aside)


def _write_gif(frames: Iterator[Frame], path: Path, fps: Fraction | float) -> Path:
    step = math.ceil(float(fps) / MAX_GIF_FPS)
    return write_gif(_some(frames, step), path, float(fps) / step)


def _some(frames: Iterator[Frame], step: int) -> Iterator[Frame]:
    """Every `step`-th frame, as long as what a GIF needs on the disk stays bearable."""
    total = 0
    for index, frame in enumerate(frames):
        if index % step == 0:
            total += frame.shape[0] * frame.shape[1]
            if total > MAX_GIF_PIXELS:
                raise RequestError("This pull is too long for a GIF.", "Write .mp4, or a smaller --size.")
            yield frame


def write_still(frame: Pixels, path: str | Path) -> Path:
    """Write one frame as PNG."""
    path = check_output(path, STILLS)
    with whole_file(path) as temporary:
        Image.fromarray(frame).save(temporary, format="PNG")
    return path


def write_text(text: str, path: str | Path, encoding: str = "utf-8") -> Path:
    """Write a text file whole, its line ends as they are."""
    path = check_output(path, (Path(path).suffix.lower(),))
    with whole_file(path) as temporary:
        temporary.write_bytes(text.encode(encoding, "replace"))
    return path
