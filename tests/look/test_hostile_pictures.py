# SPDX-License-Identifier: MIT
"""Files that are no picture, no depth, or hardly one: refused in one sentence with nothing left behind, or drawn."""

from __future__ import annotations

import io
import os
import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from followfocus.look.picture import PictureAsk, open_source
from tests.look.test_look_picture import Done, clip, deep_png, distances, exr, look, picture, with_orientation

__all__ = ["look"]  # a fixture
ENDS = ("--from", "1.5m", "--to", "6m", "--duration", "1", "--stop", "2.8")
NAN, INF = np.float32(np.nan), np.float32(np.inf)
Make = Callable[[Path], Path]
Look = Callable[..., Done]


def floats(value: float) -> np.ndarray:
    return np.full((64, 96), value, np.float32)


def rgb(value: float | np.ndarray) -> dict[str, np.ndarray]:
    band = floats(1.0) * np.asarray(value, np.float32)
    return {name: band.copy() for name in "RGB"}


def partly(value: float, rows: int = 32) -> np.ndarray:
    made = distances()
    made[:rows] = value
    return made


def data(name: str, made: bytes) -> Make:
    def write(folder: Path) -> Path:
        (folder / name).write_bytes(made)
        return folder / name

    return write


def pillow(name: str, image: Image.Image, **more: object) -> Make:
    def write(folder: Path) -> Path:
        image.save(folder / name, **more)
        return folder / name

    return write


def floating(name: str, channels: dict[str, np.ndarray]) -> Make:
    return lambda folder: exr(folder / name, channels)


def tiff(name: str, values: np.ndarray, **more: object) -> Make:
    def write(folder: Path) -> Path:
        tifffile.imwrite(folder / name, values, **more)
        return folder / name

    return write


def png(width: int, height: int, depth: int = 8, kind: int = 2, rows: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def encoded(image: Image.Image, form: str, **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **more)
    return file.getvalue()


def half(made: bytes) -> bytes:
    return made[: len(made) // 2]


def turned(folder: Path) -> Path:
    """A JPEG whose EXIF is no EXIF."""
    (folder / "exif.jpg").write_bytes(encoded(COLOURS, "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff\xff\xff"))
    return folder / "exif.jpg"


def circle(folder: Path) -> Path:
    (folder / "a.png").symlink_to(folder / "b.png")
    (folder / "b.png").symlink_to(folder / "a.png")
    return folder / "a.png"


def pipe(name: str) -> Make:
    def make(folder: Path) -> Path:
        if not hasattr(os, "mkfifo"):
            pytest.skip("this system has no pipes with names")
        os.mkfifo(folder / name)
        return folder / name

    return make


def directory(name: str) -> Make:
    def make(folder: Path) -> Path:
        (folder / name).mkdir()
        return folder / name

    return make


def film(name: str, kept: float = 1.0) -> Make:
    def write(folder: Path) -> Path:
        made = clip(folder / "made.mkv", [picture(shift) for shift in range(4)])
        whole = made.read_bytes()
        made.unlink()
        (folder / name).write_bytes(whole[: int(len(whole) * kept)])
        return folder / name

    return write


COLOURS = Image.fromarray(picture())
GREY = COLOURS.convert("L")
DEEP = picture().astype(np.uint16) * 257
SPECK = np.where(np.indices((64, 96)).sum(axis=0) == 0, NAN, distances())
DEEP_GREY = np.dstack([distances() * 1000, floats(65535)]).astype(">u2")
ANIMATED = [COLOURS.rotate(angle) for angle in (0, 90)]


@dataclass(frozen=True)
class Case:
    make: Make
    says: str | None = None
    """Words of the sentence; None where it is drawn."""
    notes: str | None = None
    """Words said beside a picture that is drawn."""


def grey_alpha() -> bytes:
    rows = b"".join(b"\0" + row.tobytes() for row in DEEP_GREY)
    return png(96, 64, 16, 4, rows)


PICTURES = {
    "exr all NaN": Case(floating("p.exr", rgb(np.nan)), "no picture in"),
    "exr all infinite": Case(floating("p.exr", rgb(np.inf)), "no picture in"),
    "exr partly NaN": Case(floating("p.exr", rgb(partly(np.nan) / 6)), notes="50 % of the picture p.exr isn't numbers"),
    "exr NaN but for a line": Case(floating("p.exr", rgb(partly(np.nan, 63) / 6)), notes="98 % of the picture"),
    "exr all but one NaN": Case(floating("p.exr", rgb(np.where(np.isnan(SPECK), 0.5, NAN))), notes="99 % of the pic"),
    "exr a speck of NaN": Case(floating("p.exr", rgb(SPECK / 6)), notes="Less than 1 % of the picture"),
    "exr partly infinite": Case(floating("p.exr", rgb(partly(INF) / 6))),
    "exr black": Case(floating("p.exr", rgb(0.0))),
    "exr negative": Case(floating("p.exr", rgb(-1.0))),
    "exr without channels of colour": Case(floating("p.exr", {"U": floats(1)}), "none of those looked for"),
    "exr 1 pixel": Case(floating("p.exr", {name: np.ones((1, 1), np.float32) for name in "RGB"}), "shape"),
    "tiff all NaN": Case(tiff("p.tif", np.dstack([floats(NAN)] * 3), photometric="rgb"), "no picture in"),
    "tiff of bools": Case(tiff("p.tif", distances() > 2), "numbers are of type bool"),
    "tiff of 32-bit whole numbers": Case(tiff("p.tif", (distances() * 9).astype(np.int32)), "numbers are of type"),
    "tiff of complex numbers": Case(tiff("p.tif", distances().astype(np.complex64)), "numbers are of type"),
    "tiff of doubles": Case(tiff("p.tif", np.dstack([distances() / 6] * 3).astype(np.float64), photometric="rgb")),
    "tiff of one line": Case(tiff("p.tif", np.ones(50, np.float32)), "shape"),
    "tiff of many pages": Case(tiff("p.tif", np.stack([distances()] * 3), photometric="minisblack")),
    "tiff of four dimensions": Case(tiff("p.tif", np.zeros((2, 3, 64, 96), np.float32), photometric="minisblack")),
    "tiff truncated": Case(data("p.tif", half(encoded(COLOURS, "TIFF"))), "not a TIFF file, or damaged"),
    "png all of it 1 pixel": Case(data("p.png", encoded(COLOURS.resize((1, 1)), "PNG")), "shape"),
    "png 0 x 0": Case(data("p.png", png(0, 0)), "not a picture, or damaged"),
    "png without pixels": Case(data("p.png", png(96, 64)), "not a picture, or damaged"),
    "png truncated": Case(data("p.png", half(encoded(COLOURS, "PNG"))), "not a picture, or damaged"),
    "png 16-bit truncated": Case(data("p.png", half(deep_png(DEEP))), "damaged|ends early"),
    "png too large": Case(data("p.png", png(20_000, 12_000)), "too large"),
    "png a bomb": Case(data("p.png", png(200_000, 200_000)), "too large"),
    "png too long": Case(data("p.png", png(40_000, 10)), "too large"),
    "png 16-bit grey with alpha": Case(data("p.png", grey_alpha())),
    "png of a palette": Case(pillow("p.png", COLOURS.quantize(16))),
    "png of a palette with a hole": Case(pillow("p.png", COLOURS.quantize(16), transparency=0), notes="seen through"),
    "png of 1 bit": Case(pillow("p.png", COLOURS.convert("1"))),
    "png transparent": Case(pillow("p.png", Image.new("RGBA", (96, 64), (9, 9, 9, 0))), notes="All of the picture"),
    "png animated": Case(pillow("p.png", ANIMATED[0], save_all=True, append_images=ANIMATED[1:])),
    "png empty": Case(data("p.png", b""), "not a picture, or damaged"),
    "png of text": Case(data("p.png", b"a picture\n" * 50), "not a picture, or damaged"),
    "png of a PDF": Case(data("p.png", b"%PDF-1.7\n"), "not a picture, or damaged"),
    "png with orientation 99": Case(data("p.png", with_orientation(encoded(COLOURS, "PNG"), 99))),
    "jpeg called png": Case(data("p.png", encoded(COLOURS, "JPEG"))),
    "png called exr": Case(data("p.exr", encoded(COLOURS, "PNG")), "not an EXR file, or damaged"),
    "png called tif": Case(data("p.tif", encoded(COLOURS, "PNG")), "not a TIFF file, or damaged"),
    "png called mov": Case(data("p.mov", encoded(COLOURS, "PNG"))),
    "clip called png": Case(film("p.png"), "not a picture, or damaged"),
    "jpeg CMYK": Case(pillow("p.jpg", COLOURS.convert("CMYK"))),
    "jpeg with EXIF that is none": Case(turned),
    "jpeg truncated": Case(data("p.jpg", half(encoded(COLOURS, "JPEG"))), "not a picture, or damaged"),
    "gif animated": Case(pillow("p.gif", ANIMATED[0], save_all=True, append_images=ANIMATED[1:])),
    "clip truncated": Case(film("p.mkv", 0.2), "no frame in it|ends early"),
    "clip empty": Case(data("p.mov", b""), "not a clip, or damaged"),
    "clip of text": Case(data("p.mp4", b"a clip\n" * 50), "not a clip, or damaged"),
    "links in a circle": Case(circle, "can't be reached"),
    "a folder": Case(directory("p.png"), "no picture|not a file"),
    "a folder called exr": Case(directory("p.exr"), "no picture|not a file"),
    "a pipe": Case(pipe("p.png"), "no picture|not a file"),
    "a pipe called mov": Case(pipe("p.mov"), "no picture|not a file"),
    "nothing": Case(lambda folder: folder / "p.png", "There is no picture"),
    "a name too long": Case(lambda folder: folder / ("p" * 300 + ".png"), "can't be reached"),
}  # fmt: skip

DEPTHS = {
    "exr all NaN": Case(floating("d.exr", {"Z": floats(NAN)}), "no depth in"),
    "exr all infinite": Case(floating("d.exr", {"Z": floats(INF)}), "no depth in"),
    "exr partly NaN": Case(floating("d.exr", {"Z": partly(NAN)}), notes="50 % of the depth map"),
    "exr NaN but for a line": Case(floating("d.exr", {"Z": partly(NAN, 63)}), notes="98 % of the depth map"),
    "exr a speck of NaN": Case(floating("d.exr", {"Z": SPECK}), notes="Less than 1 % of the depth map"),
    "exr partly infinite": Case(floating("d.exr", {"Z": partly(INF)})),
    "exr partly minus infinite": Case(floating("d.exr", {"Z": partly(-INF)}), notes="50 % of the depth map"),
    "exr negative": Case(floating("d.exr", {"Z": -distances()}), "Not one number of the depth map is a distance"),
    "exr partly negative": Case(floating("d.exr", {"Z": partly(-2.0)}), notes="50 % of the depth map"),
    "exr all 0": Case(floating("d.exr", {"Z": floats(0)}), "Not one number of the depth map is a distance"),
    "exr all the same": Case(floating("d.exr", {"Z": floats(2)})),
    "exr of another shape": Case(floating("d.exr", {"Z": distances()[:, :40].copy()}), "don't have the same shape"),
    "exr 1 pixel": Case(floating("d.exr", {"Z": np.ones((1, 1), np.float32)}), "don't have the same shape"),
    "exr half the size": Case(floating("d.exr", {"Z": distances()[::2, ::2].copy()})),
    "tiff all NaN": Case(tiff("d.tif", floats(NAN)), "no depth in"),
    "tiff partly NaN": Case(tiff("d.tif", partly(NAN)), notes="50 % of the depth map"),
    "tiff of doubles": Case(tiff("d.tif", distances().astype(np.float64))),
    "tiff of complex numbers": Case(tiff("d.tif", distances().astype(np.complex64)), "numbers are of type"),
    "png coloured": Case(pillow("d.png", COLOURS), "coloured picture of depth"),
    "png of whole numbers unexplained": Case(pillow("d.png", GREY), "can't be told"),
    "png 16-bit grey with alpha": Case(data("d.png", grey_alpha()), "can't be told"),
    "png truncated": Case(data("d.png", half(encoded(GREY, "PNG"))), "not a picture, or damaged"),
    "png 0 x 0": Case(data("d.png", png(0, 0)), "not a picture, or damaged"),
    "clip of depth for a still": Case(film("d.mkv"), "takes one depth map"),
    "clip truncated": Case(film("d.mov", 0.2), "no frame in it|ends early"),
    "links in a circle": Case(circle, "can't be reached"),
    "a folder": Case(directory("d.exr"), "no picture|not a file"),
    "a pipe": Case(pipe("d.exr"), "no picture|not a file"),
    "nothing": Case(lambda folder: folder / "d.exr", "There is no"),
}  # fmt: skip


def check(look: Look, folder: Path, case: Case, own: Path, depth: Path, made: str) -> None:
    """Drawn, or refused in one sentence with exit code 2; nothing but what was asked for is left behind."""
    before = set(folder.rglob("*"))
    done = look("ideal-50", "--picture", own, "--depth", depth, *ENDS, "-o", folder / made)
    left, lines = set(folder.rglob("*")) - before, [line for line in done.err.splitlines() if line.strip()]
    assert "Traceback" not in done.err + done.out
    if case.says is None:
        assert (done.code, left) == (0, {folder / made}), done.err
        assert len(lines) == (0 if case.notes is None else 1), done.err
        assert (case.notes or "") in " ".join(lines)
        return
    assert (done.code, left) == (2, set()), done.err
    assert re.search(case.says, done.err), done.err
    assert lines[0].startswith("followfocus: ")
    assert done.err.count("followfocus: ") == 1
    assert done.out == ""


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_drawn_or_refused(name: str, look: Look, tmp_path: Path) -> None:
    case = PICTURES[name]
    depth = exr(tmp_path / "depth.exr", {"Z": distances()})
    check(look, tmp_path, case, case.make(tmp_path), depth, "made.png")


@pytest.mark.parametrize("name", DEPTHS)
def test_a_depth_map_is_used_or_refused(name: str, look: Look, tmp_path: Path) -> None:
    case = DEPTHS[name]
    COLOURS.save(tmp_path / "own.png")
    check(look, tmp_path, case, tmp_path / "own.png", case.make(tmp_path), "made.png")


@pytest.mark.parametrize("name", ["exr all NaN", "tiff of complex numbers", "exr partly NaN", "exr negative"])
def test_no_film_is_begun_of_it(name: str, look: Look, tmp_path: Path) -> None:
    COLOURS.save(tmp_path / "own.png")
    check(look, tmp_path, DEPTHS[name], tmp_path / "own.png", DEPTHS[name].make(tmp_path), "made.mp4")


def test_what_has_no_depth_is_as_far_as_the_farthest_that_has(tmp_path: Path) -> None:
    COLOURS.save(tmp_path / "own.png")
    source = open_source(PictureAsk(tmp_path / "own.png", exr(tmp_path / "d.exr", {"Z": partly(NAN, 20)})))
    _, per_m = next(source.frames((96, 64)))
    assert np.allclose(per_m[:20], 1 / distances().max())
    assert np.allclose(per_m[20:], 1 / distances()[20:])


@pytest.mark.parametrize("name", PICTURES)
def test_the_picture_of_a_plane_is_drawn_or_refused(name: str, look: Look, tmp_path: Path) -> None:
    path = PICTURES[name].make(tmp_path)
    before = set(tmp_path.rglob("*"))
    planes = "--plane", f"A=1.5m={path}", "--plane", "B=6m=street"
    done = look("ideal-50", *planes, "--from", "A", "--to", "B", "--duration", "1", "-o", tmp_path / "made.png")
    left = set(tmp_path.rglob("*")) - before
    assert "Traceback" not in done.err + done.out
    if done.code == 0:
        assert left == {tmp_path / "made.png"}
        return
    assert (done.code, left, done.out) == (2, set(), "")
    assert done.err.startswith("followfocus: ")
    assert done.err.count("followfocus: ") == 1
    assert PICTURES[name].says is not None or name in REFUSED_AS_A_PLANE, done.err


REFUSED_AS_A_PLANE = {
    "exr partly NaN", "exr NaN but for a line", "exr all but one NaN", "exr a speck of NaN", "exr partly infinite",
    "exr black", "exr negative", "tiff of doubles", "tiff of many pages", "tiff of four dimensions",
    "png transparent", "png called mov",
}  # fmt: skip
"""Pictures that no plane can have: floats, several pages of them, and nothing at all."""
