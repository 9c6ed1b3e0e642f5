# SPDX-License-Identifier: MIT
"""The rack on a picture of one's own: reading it and its depth, scaling, and what the command line makes of it."""

from __future__ import annotations

import json
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import av
import numpy as np
import OpenEXR
import pytest
import tifffile
from PIL import Image, ImageOps

from followfocus.cli import main
from followfocus.errors import FileError, RequestError
from followfocus.lens.map import load_lens
from followfocus.look.depth import _LOOK_PX, KINDS, Known, around, depth_scale_of, parse_known
from followfocus.look.footage import open_footage
from followfocus.look.paint import srgb_to_linear
from followfocus.look.picture import PictureAsk, PictureRenderer, frame_size, open_source, place_in
from followfocus.look.render import Camera
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull

FIFTY = load_lens("ideal-50")
NEAR, FAR = 1.5, 6.0
SIZE = (96, 64)


def picture(shift: int = 0) -> np.ndarray:
    """Stripes, and a near square with stripes of its own: 8-bit codes."""
    rows, columns = np.indices((64, 96))
    far = np.stack([60 + 80 * (columns // 3 % 2), 90 + 0 * rows, 160 + 0 * rows], axis=2)
    near = np.stack([200 + 0 * rows, 60 + 120 * (rows // 3 % 2), 40 + 0 * rows], axis=2)
    return np.where(square(shift)[..., None], near, far).astype(np.uint8)


def square(shift: int = 0) -> np.ndarray:
    rows, columns = np.indices((64, 96))
    return (abs(rows - 32) < 16) & (abs(columns - 40 - shift) < 16)


def distances(shift: int = 0) -> np.ndarray:
    return np.where(square(shift), NEAR, FAR).astype(np.float32)


def exr(path: Path, channels: dict[str, np.ndarray]) -> Path:
    OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}, channels).write(str(path))
    return path


@pytest.fixture
def still(tmp_path: Path) -> Path:
    Image.fromarray(picture()).save(tmp_path / "still.png")
    return tmp_path / "still.png"


@pytest.fixture
def depth(tmp_path: Path) -> Path:
    return exr(tmp_path / "depth.exr", {"Z": distances()})


def clip(path: Path, frames: list[np.ndarray], layout: str = "rgb24", fps: int = 24) -> Path:
    """Frames as a lossless clip."""
    with av.open(str(path), "w") as made:
        stream = made.add_stream("ffv1", rate=fps)
        stream.height, stream.width = frames[0].shape[:2]
        stream.pix_fmt = {"rgb24": "bgr0", "gray16le": "gray16le"}[layout]
        for frame in frames:
            made.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format=layout)))
        made.mux(stream.encode(None))
    return path


@dataclass
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture
def look(monkeypatch, capsys) -> Callable[..., Done]:
    def call(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["followfocus", "look", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return Done(int(ended.value.code or 0), said.out, said.err)

    return call


# Reading ------------------------------------------------------------------------------------------------------------


def test_every_depth_of_colour_is_the_same_light(tmp_path: Path):
    codes = picture()
    light = srgb_to_linear(codes.astype(np.float32) / np.float32(255))
    Image.fromarray(codes).save(tmp_path / "8.png")
    tifffile.imwrite(tmp_path / "16.tif", codes.astype(np.uint16) * 257, photometric="rgb")
    tifffile.imwrite(tmp_path / "32.tif", light, photometric="rgb")
    exr(tmp_path / "half.exr", {"RGB": light.astype(np.float16)})
    clip(tmp_path / "clip.mkv", [codes])
    coder = av.CodecContext.create("png", "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = 96, 64, "rgb48be", Fraction(1, 24)
    deep = av.VideoFrame.from_ndarray(codes.astype(np.uint16) * 257, format="rgb48le").reformat(format="rgb48be")
    (tmp_path / "16.png").write_bytes(b"".join(bytes(p) for p in [*coder.encode(deep), *coder.encode(None)]))
    for path in tmp_path.iterdir():
        found = next(open_footage(path).colours())
        assert found.shape == (64, 96, 3), path
        assert np.abs(found - light).max() < 0.006, path


def test_sixteen_bit_colours_keep_what_eight_lose(tmp_path: Path):
    codes = (20_000 + np.arange(64 * 96).reshape(64, 96, 1) % 200).repeat(3, axis=2).astype(np.uint16)
    tifffile.imwrite(tmp_path / "fine.tif", codes, photometric="rgb")
    assert len(np.unique(next(open_footage(tmp_path / "fine.tif").colours()))) == 200


@pytest.mark.parametrize("kind", ["exr", "tif", "png16", "png8", "clip"])
def test_every_depth_file_gives_its_numbers(tmp_path: Path, kind: str):
    millimetres = (distances() * 1000).astype(np.uint16)
    path, expected = tmp_path / f"d.{kind.rstrip('1860')}", distances()
    if kind == "exr":
        exr(path, {"depth.Z": distances(), "R": np.zeros((64, 96), np.float32)})
    elif kind == "tif":
        tifffile.imwrite(path, distances())
    elif kind == "png16":
        Image.fromarray(millimetres).save(path)
        expected = millimetres
    elif kind == "png8":
        Image.fromarray((millimetres // 100).astype(np.uint8)).convert("RGB").save(path)
        expected = millimetres // 100
    else:
        clip(path.with_suffix(".mkv"), [millimetres], "gray16le")
        path, expected = path.with_suffix(".mkv"), millimetres / 65535
    assert np.allclose(next(open_footage(path).values()), expected, rtol=1e-4)


def test_pictures_that_cannot_be_used(tmp_path: Path, still: Path, depth: Path):
    for name in ("a.exr", "a.tif", "a.png", "a.mov"):
        (tmp_path / name).write_bytes(b"no picture at all" * 9)
        with pytest.raises(FileError, match=f"{name} cannot be used"):
            open_footage(tmp_path / name)
    with pytest.raises(FileError, match="no picture"):
        open_footage(tmp_path / "none.png")
    with pytest.raises(FileError, match="coloured picture of depth"):
        open_source(PictureAsk(still, still))
    exr(tmp_path / "odd.exr", {"Z": np.ones((64, 64), np.float32)})
    with pytest.raises(FileError, match="same shape"):
        open_source(PictureAsk(still, tmp_path / "odd.exr"))
    exr(tmp_path / "nan.exr", {"Z": np.full((64, 96), np.nan, np.float32)})
    with pytest.raises(FileError, match="no depth in"):
        open_source(PictureAsk(still, tmp_path / "nan.exr"))
    exr(tmp_path / "uv.exr", {"U": np.ones((64, 96), np.float32)})
    with pytest.raises(FileError, match="channels U"):
        open_source(PictureAsk(still, tmp_path / "uv.exr"))
    with pytest.raises(RequestError, match="Highlights"):
        open_source(PictureAsk(still, depth, highlights=-1))


# Scaling ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "kind", "known"),
    [
        (distances(), None, ()),
        (distances() * 1000, "metric", ()),
        (distances() * 3, "metric", (Known(NEAR, at=(40, 32)),)),
        (1 / distances(), "inverse", ()),
        (700 / distances(), "inverse", (Known(FAR, at=(5, 5)),)),
        (40 + 300 / distances(), None, (Known(NEAR, at=(40, 32)), Known(FAR, at=(5, 5)))),
        (900 - 300 / distances(), "relative", (Known(NEAR, value=900 - 300 / NEAR), Known(FAR, value=900 - 300 / FAR))),
    ],
)
def test_every_kind_of_depth_gives_the_same_distances(values, kind, known):
    whole = bool(np.all(values % 1 == 0))
    scale = depth_scale_of(values.astype(np.float32), whole, kind, known, SIZE)
    assert np.allclose(1 / scale.per_m(values.astype(np.float32)), distances(), rtol=2e-3)


def test_what_has_no_depth_is_as_far_as_the_farthest():
    values = distances()
    values[0, :4] = (0, np.nan, -1, np.inf)
    per_m = depth_scale_of(values, False, "metric", (), SIZE).per_m(values)
    assert per_m[0, :3].tolist() == [0, 0, 0]  # the farthest that has one is at infinity
    assert per_m[0, 3] == 0
    assert np.all(np.isfinite(per_m))


@pytest.mark.parametrize(
    ("whole", "kind", "known", "words"),
    [
        (True, None, (), "can't be told"),
        (False, "relative", (), "two known distances"),
        (True, "inverse", (), "one known distance"),
        (False, "disparity", (), ", ".join(KINDS)),
        (False, None, (Known(1, at=(200, 1)),), "not in the picture"),
        (False, None, (Known(1, at=(5, 5)), Known(2, at=(6, 6))), "same number"),
        (False, None, (Known(2, at=(5, 5)), Known(2, at=(40, 32))), "don't differ"),
        (False, "metric", (Known(2, value=-3),), "no distance"),
    ],
)
def test_scales_that_cannot_be(whole, kind, known, words):
    with pytest.raises(RequestError, match=words):
        depth_scale_of(distances(), whole, kind, known, SIZE)


def test_known_distances_are_read():
    assert parse_known("412,220=2m") == Known(2.0, at=(412, 220))
    assert parse_known("0.8 = 6ft") == Known(pytest.approx(1.8288), value=0.8)
    for text in ("2m", "a,b=2m", "face=2m", "3,4=", "3,4=much"):
        with pytest.raises(RequestError):
            parse_known(text)


# Drawing ------------------------------------------------------------------------------------------------------------


def sharpness(pixels: np.ndarray, where: np.ndarray) -> float:
    """Squared steps between neighbours inside an area: a hard edge weighs more than the same edge spread out."""
    grey = pixels.astype(float).sum(axis=2)
    inside, down = where[:, 1:] & where[:, :-1], where[1:] & where[:-1]
    across = np.square(np.diff(grey, axis=1))[inside].mean()
    return float(across + np.square(np.diff(grey, axis=0))[down].mean())


def test_the_rack_goes_from_one_to_the_other(still: Path, depth: Path):
    source = open_source(PictureAsk(still, depth))
    assert source.distance_m((40, 32)) == pytest.approx(NEAR)
    assert source.distance_m((4, 4)) == pytest.approx(FAR)
    assert frame_size(source.colours, None) == SIZE
    made = PictureRenderer(source, Camera(FIFTY, 1.4), SIZE)
    pull = motion_of(Pull.between(Mark("A", FIFTY.ring_deg(NEAR)), Mark("B", FIFTY.ring_deg(FAR)), 0.5))
    frames = list(made.frames(pull, 24, handles=3))
    assert len(frames) == 19
    first, last = frames[0], frames[-1]
    assert sharpness(first, square()) > 1.4 * sharpness(last, square())
    assert sharpness(last, ~square()) > 1.4 * sharpness(first, ~square())
    assert np.array_equal(first, frames[3])
    assert np.array_equal(first, made.frame(FIFTY.ring_deg(NEAR)))
    inside = square()[8:-8, 8:-8]
    assert np.abs(first.astype(int) - picture())[8:-8, 8:-8][inside].max() <= 6  # what is in focus is the picture


@pytest.mark.parametrize(
    ("own", "drawn"),
    [
        ((640, 360), (640, 360)), ((641, 359), (640, 360)), ((3840, 2160), (1920, 1080)), ((1920, 1080), (1920, 1080)),
        ((1922, 1000), (1920, 998)), ((1000, 2160), (1000, 2160)), ((1000, 4320), (500, 2160)), ((20, 9), (20, 16)),
        ((1903, 2161), (1902, 2160)),
    ],
)  # fmt: skip
def test_a_picture_is_drawn_at_its_own_size_as_far_as_that_is_bearable(
    own: tuple[int, int], drawn: tuple[int, int]
) -> None:
    assert frame_size(SimpleNamespace(size=own), None, 1920) == drawn
    assert frame_size(SimpleNamespace(size=own), (7, 5)) == (7, 5)


def test_a_clip_racks_as_it_runs_and_holds_its_last_frame(tmp_path: Path):
    shifts = range(0, 24, 4)
    moving = clip(tmp_path / "m.mkv", [picture(shift) for shift in shifts])
    depths = clip(tmp_path / "d.mkv", [(distances(shift) * 1000).astype(np.uint16) for shift in shifts], "gray16le")
    ask = PictureAsk(moving, depths, "metric", (Known(NEAR, at=(40, 32)),))
    made = PictureRenderer(open_source(ask), Camera(FIFTY, 1.4), SIZE)
    held = motion_of(Pull.between(Mark("A", FIFTY.ring_deg(NEAR)), Mark("B", FIFTY.ring_deg(NEAR + 1e-4)), 0.5))
    frames = list(made.frames(held, 24))
    assert len(frames) == 13
    for number in (0, 3, 5, 12):
        shift = 4 * min(number, 5)
        core = square(shift) & square(shift - 2) & square(shift + 2)
        core[:18] = core[46:] = False
        assert np.abs(frames[number].astype(int) - picture(shift))[core].max() <= 8, number
    assert np.array_equal(made.frame(float(held.ring_deg(0.125)), 0.125), frames[3])


def test_highlights_come_back_for_their_discs(tmp_path: Path):
    night = np.full((64, 96, 3), 20, np.uint8)
    night[32, 48] = 255
    Image.fromarray(night).save(tmp_path / "night.png")
    depth = exr(tmp_path / "far.exr", {"Z": np.where(square(-30), 1.0, 8.0).astype(np.float32)})
    discs = []
    for gain in (0.0, 20.0):
        source = open_source(PictureAsk(tmp_path / "night.png", depth, highlights=gain))
        light = PictureRenderer(source, Camera(FIFTY, 2.8), SIZE).linear(FIFTY.ring_deg(2.0))
        discs.append(light[20:45, 36:61].max() - light[5, 90].max())
    assert discs[1] == pytest.approx(21 * discs[0], rel=0.05)


# The command line ---------------------------------------------------------------------------------------------------


def test_look_on_a_picture(look, tmp_path: Path, still: Path, depth: Path):
    ends = ("--plane", "ANNA=@40,32", "--from", "ANNA", "--to", "@4,4", "--duration", "1")
    done = look("ideal-50", "--picture", still, "--depth", depth, *ends, "--json", "-o", tmp_path / "r.gif")
    assert done.code == 0, done.err
    facts = json.loads(done.out)
    assert (facts["from_m"], facts["to_m"]) == (pytest.approx(NEAR), pytest.approx(FAR, rel=1e-3))
    assert facts["subjects"][0]["name"] == "ANNA"
    assert "DOOR" not in done.out
    with Image.open(tmp_path / "r.gif") as gif:
        assert gif.size == SIZE
    for output in ("a.png", "a.mp4", "a.mov", "a.##.exr"):
        assert look("ideal-50", "--picture", still, "--depth", depth, *ends, "-o", tmp_path / output).code == 0
    strip = ("--strip", "3", "-o", tmp_path / "s.png")
    assert look("ideal-50", "--picture", still, "--depth", depth, *ends, *strip).code == 0


def test_look_refuses_half_a_picture(look, tmp_path: Path, still: Path, depth: Path):
    ends = ("--from", "2m", "--to", "4m", "--duration", "1", "-o", tmp_path / "a.gif")
    for asked, words in (
        (("--picture", still), "takes its depth"),
        (("--depth", depth), "belongs to a picture"),
        (("--picture", still, "--depth", depth, "--plane", "A=2m=anna"), "your own picture"),
        (("--picture", still, "--depth", depth, "--plane", "A=@200,2"), "not in the picture"),
        (("--picture", still, "--depth", depth, "--plane", "A=@face"), "no point"),
        (("--picture", still, "--depth", depth, "--cat-eye", "2"), "cat's eye"),
    ):
        done = look("ideal-50", *asked, *ends)
        assert done.code == 2
        assert words in done.err
    assert not (tmp_path / "a.gif").exists()


@pytest.mark.parametrize(
    ("picture", "share", "place"),
    [
        # as the frame is: corner to corner
        ((960, 540), (0.0, 0.0), (0.0, 0.0)), ((960, 540), (1.0, 1.0), (960.0, 540.0)),
        ((480, 270), (0.25, 0.75), (120.0, 202.5)),
        # wider than the frame: its sides are not shown; higher: neither top nor bottom
        ((1920, 540), (0.0, 0.25), (480.0, 135.0)), ((1920, 540), (1.0, 1.0), (1440.0, 540.0)),
        ((960, 1080), (0.5, 0.0), (480.0, 270.0)), ((960, 1080), (0.25, 1.0), (240.0, 810.0)),
    ],
)  # fmt: skip
def test_a_place_of_the_frame_is_found_in_the_picture(
    picture: tuple[int, int], share: tuple[float, float], place: tuple[float, float]
) -> None:
    assert place_in(picture, (960, 540), share) == pytest.approx(place)


@pytest.mark.parametrize("seed", range(6))
def test_what_a_point_shows_is_the_median_of_the_known_pixels_about_it(seed: int):
    rng = np.random.default_rng(seed)
    rows, columns, size = int(rng.integers(1, 24)), int(rng.integers(1, 24)), (180, 120)
    values = rng.uniform(1.0, 9.0, (rows, columns)).astype(np.float32)
    values[rng.random(values.shape) < 0.3] = np.nan
    for x, y in [(0.0, 0.0), (179.9, 119.9), *zip(rng.uniform(0, 180, 20), rng.uniform(0, 120, 20), strict=True)]:
        row, column = int(y * rows / 120), int(x * columns / 180)
        near = [
            float(values[r, c]) for r in range(rows) for c in range(columns)
            if abs(r - row) <= _LOOK_PX and abs(c - column) <= _LOOK_PX and np.isfinite(values[r, c])
        ]  # fmt: skip
        if near:
            assert around(values, (float(x), float(y)), size) == pytest.approx(float(np.median(np.float32(near))))
        else:
            with pytest.raises(RequestError, match="no depth"):
                around(values, (float(x), float(y)), size)


@pytest.mark.parametrize(
    ("at", "inside"),
    [((0, 0), True), ((179, 119), True), ((180, 0), False), ((0, 120), False), ((-1, 0), False), ((0, -0.1), False)],
)
def test_a_point_is_in_the_picture_or_refused(at: tuple[float, float], inside: bool):
    values = np.full((12, 18), 2.0, np.float32)
    if inside:
        assert around(values, at, (180, 120)) == 2.0
    else:
        with pytest.raises(RequestError, match="not in the picture"):
            around(values, at, (180, 120))


@pytest.mark.parametrize("kept", [0.0, 0.05, 0.5, 0.9])
def test_a_torn_exr_is_refused_once_and_by_us_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str], kept: float):
    path = exr(tmp_path / "torn.exr", {"Y": np.random.default_rng(1).random((64, 64), dtype=np.float32)})
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(FileError, match="not an EXR file, or damaged"):
        open_footage(path)
    print("said on", flush=True)
    assert capfd.readouterr() == ("said on\n", "")


def with_orientation(png: bytes, orientation: int) -> bytes:
    exif = b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHHI", 0x112, 3, 1, orientation, 0, 0)
    chunk = b"eXIf" + exif
    return png[:33] + struct.pack(">I", len(exif)) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[33:]


def deep_png(codes: np.ndarray) -> bytes:
    """A PNG of 16 bits a channel, which Pillow doesn't write."""
    frame = av.VideoFrame.from_ndarray(codes, format="rgb48le").reformat(format="rgb48be")
    coder = av.CodecContext.create("png", "w")
    coder.width, coder.height, coder.pix_fmt, coder.time_base = frame.width, frame.height, "rgb48be", Fraction(1)
    return b"".join(bytes(packet) for packet in [*coder.encode(frame), *coder.encode(None)])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_kind_of_picture_is_held_as_its_camera_meant(tmp_path: Path, orientation: int) -> None:
    codes = np.random.default_rng(5).integers(0, 65536, (6, 10, 3), dtype=np.uint16)
    with Image.new("L", (10, 6)) as grey:  # Pillow's own turning is the truth, for a picture of where each pixel was
        grey.putdata(range(60))
        exif = Image.Exif()
        exif[0x112] = orientation
        grey.save(tmp_path / "where.png", exif=exif)
    with Image.open(tmp_path / "where.png") as grey:
        where = np.asarray(ImageOps.exif_transpose(grey))
    wanted = srgb_to_linear(codes.reshape(60, 3)[where].astype(np.float32) / np.float32(65535))
    (tmp_path / "deep.png").write_bytes(with_orientation(deep_png(codes), orientation))
    tags = [(0x112, "H", 1, orientation, True)]
    tifffile.imwrite(tmp_path / "deep.tif", codes, photometric="rgb", extratags=tags)
    planes = np.moveaxis(codes, 2, 0)
    tifffile.imwrite(tmp_path / "planes.tif", planes, photometric="rgb", planarconfig="separate", extratags=tags)
    for name in ("deep.png", "deep.tif", "planes.tif"):
        footage = open_footage(tmp_path / name)
        assert footage.size == where.shape[::-1], name
        assert next(iter(footage.colours())) == pytest.approx(wanted, abs=1e-6), name
    tifffile.imwrite(tmp_path / "depth.tif", codes[..., 0], extratags=tags)
    assert np.array_equal(next(iter(open_footage(tmp_path / "depth.tif").values())), codes[..., 0].ravel()[where])
