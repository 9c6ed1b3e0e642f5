# SPDX-License-Identifier: MIT
"""Frames into files: MP4 through ffmpeg where it is installed, GIF and PNG always.

Whether a path can be written is found out before anything is drawn, and a file appears under its name only when it is
whole.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from PIL import Image

from followfocus.errors import FileError, JobError, RequestError
from followfocus.files import is_folder, refuse_no_file, stat_of, whole_file
from followfocus.look.render import Pixels

MOVIES, STILLS = (".mp4", ".mov", ".gif"), (".png",)
MAX_GIF_FPS, MAX_GIF_PIXELS = 50, 200_000_000
"""Viewers slow a GIF down that asks for more than 50 frames a second."""
_NO_FFMPEG = "ffmpeg is not installed, and without it there is no MP4."


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
        raise _unwritable(path, error) from error
    if stat_of(path) is not None and not os.access(path, os.W_OK):
        raise FileError(f"{path} cannot be written: it is read-only.", remedy="Choose another name.")
    return path


def _unwritable(path: Path, error: OSError) -> FileError:
    return FileError(f"{path} cannot be written: {error.strerror or error}.", remedy="Choose another place.")


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A temporary path whose content becomes the file's when the block ends well."""
    try:
        with whole_file(path) as temporary:
            yield temporary
    except OSError as error:
        raise _unwritable(path, error) from error


def ffmpeg_path() -> str:
    """Where ffmpeg is; JobError with the way round where it isn't."""
    found = shutil.which("ffmpeg")
    if found is None:
        raise JobError(_NO_FFMPEG, "Install ffmpeg, or write a .gif or a strip as .png.")
    return found


def write_movie(
    frames: Iterable[Pixels],
    path: str | Path,
    fps: Fraction | float = Fraction(24),
    on_frame: Callable[[int], None] | None = None,
) -> Path:
    """Write frames (all of one size) as MP4, MOV or GIF by the path's ending; `on_frame` hears how many are done."""
    path = check_output(path, MOVIES)
    if path.suffix.lower() == ".gif":
        return _write_gif(_counted(frames, on_frame), path, fps)
    return _write_mp4(_counted(frames, on_frame), path, fps)


def _counted(frames: Iterable[Pixels], on_frame: Callable[[int], None] | None) -> Iterator[Pixels]:
    for count, frame in enumerate(frames, start=1):
        yield frame
        if on_frame is not None:
            on_frame(count)


def _write_mp4(frames: Iterator[Pixels], path: Path, fps: Fraction | float) -> Path:
    """H.264, 4:2:0, BT.709, playable everywhere. Frames are made even in size, as 4:2:0 needs."""
    program = ffmpeg_path()
    first = next(frames)
    height, width = first.shape[0] // 2 * 2, first.shape[1] // 2 * 2
    rate = fps if isinstance(fps, Fraction) else Fraction(fps).limit_denominator(1001)
    with _whole(path) as temporary, tempfile.TemporaryFile() as complaints:
        command = [
            *(program, "-hide_banner", "-loglevel", "error", "-y"),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(rate), "-i", "-"),
            *(
                "-vf",
                "scale=out_color_matrix=bt709:out_range=tv",
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-crf",
                "17",
            ),
            *("-pix_fmt", "yuv420p", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
            *("-movflags", "+faststart", "-threads", "1", str(temporary)),
        ]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints) as process:
            pipe = process.stdin
            assert pipe is not None
            try:
                for frame in _chain(first, frames):
                    pipe.write(frame[:height, :width].tobytes())
                pipe.close()
            except BrokenPipeError:
                pass
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            complaints.seek(0)
            lines = complaints.read().decode(errors="replace").strip().splitlines()
            reason = lines[-1] if lines else f"exit code {process.returncode}"
            raise JobError(f"ffmpeg could not make {path.name}: {reason}.", "Write a .gif instead.")
    return path


def _chain(first: Pixels, rest: Iterator[Pixels]) -> Iterator[Pixels]:
    yield first
    yield from rest


def _write_gif(frames: Iterator[Pixels], path: Path, fps: Fraction | float) -> Path:
    """An endless GIF in one palette, timed to hundredths of a second, right in sum. Pillow joins frames alike."""
    step = math.ceil(float(fps) / MAX_GIF_FPS)
    fps = float(fps) / step
    pictures = [Image.fromarray(frame) for frame in _some(frames, step)]
    palette = _common_palette(pictures)
    coded = [picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG) for picture in pictures]
    ends = [round(100 * (index + 1) / float(fps)) for index in range(len(coded))]
    durations = [10 * (end - start) for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    with _whole(path) as temporary:
        coded[0].save(temporary, format="GIF", save_all=True, append_images=coded[1:], duration=durations, loop=0)
    return path


def _some(frames: Iterator[Pixels], step: int) -> Iterator[Pixels]:
    """Every `step`-th frame, as long as what a GIF needs in memory stays bearable."""
    total = 0
    for index, frame in enumerate(frames):
        if index % step == 0:
            total += frame.shape[0] * frame.shape[1]
            if total > MAX_GIF_PIXELS:
                raise RequestError("This pull is too long for a GIF.", "Write .mp4, or a smaller --size.")
            yield frame


def _common_palette(pictures: list[Image.Image]) -> Image.Image:
    """256 colours that fit the first, the middle and the last picture."""
    chosen = [pictures[0], pictures[len(pictures) // 2], pictures[-1]]
    width, height = max(1, chosen[0].width // 2), max(1, chosen[0].height // 2)
    sheet = Image.new("RGB", (width, height * len(chosen)))
    for row, picture in enumerate(chosen):
        sheet.paste(picture.resize((width, height), Image.Resampling.BOX), (0, row * height))
    return sheet.quantize(256, method=Image.Quantize.MEDIANCUT)


def write_still(frame: Pixels, path: str | Path) -> Path:
    """Write one frame as PNG."""
    path = check_output(path, STILLS)
    with _whole(path) as temporary:
        Image.fromarray(frame).save(temporary, format="PNG")
    return path


def write_text(text: str, path: str | Path, encoding: str = "utf-8") -> Path:
    """Write a text file whole, its line ends as they are."""
    path = check_output(path, (Path(path).suffix.lower(),))
    with _whole(path) as temporary:
        temporary.write_bytes(text.encode(encoding))
    return path
