# SPDX-License-Identifier: MIT
"""A picture that is seen through in places: laid over black, whichever way its file says so, and told."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import av
import numpy as np
import OpenEXR
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from followfocus.look.footage import open_footage
from followfocus.look.picture import PictureAsk, open_source

SHARES = np.array([[1.0, 0.5, 0.0, 1.0]] * 4)
WHITE = np.ones((4, 4, 3))


def codes(kind: type[np.unsignedinteger]) -> NDArray[np.unsignedinteger]:
    """White all over, half of it hidden."""
    return np.round(np.dstack([WHITE, SHARES]) * np.iinfo(kind).max).astype(kind)


def png_of_16_bits(path: Path) -> None:
    """Written by hand, for Pillow writes 8."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in codes(np.uint16))
    head = struct.pack(">IIBBBBB", 4, 4, 16, 6, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def write(name: str, path: Path) -> None:
    if name == "8.png":
        Image.fromarray(codes(np.uint8)).save(path)
    elif name == "palette.png":
        picture = Image.new("P", (4, 4))
        picture.putpalette([255] * 9)
        picture.putdata([0, 1, 2, 0] * 4)
        picture.save(path, transparency=bytes([255, 128, 0]))
    elif name == "16.png":
        png_of_16_bits(path)
    elif name == "straight.tif":
        tifffile.imwrite(path, codes(np.uint16), photometric="rgb", extrasamples=["unassalpha"])
    elif name == "straight-float.tif":
        tifffile.imwrite(
            path, np.dstack([WHITE, SHARES]).astype(np.float32), photometric="rgb", extrasamples=["unassalpha"]
        )
    elif name == "multiplied.tif":
        light = np.dstack([WHITE * SHARES[..., None], SHARES]).astype(np.float32)
        tifffile.imwrite(path, light, photometric="rgb", extrasamples=["assocalpha"])
    else:
        light = np.dstack([WHITE * SHARES[..., None], SHARES]).astype(np.float32)
        OpenEXR.File({"type": OpenEXR.scanlineimage}, {"RGBA": light}).write(str(path))


STRAIGHT = ("8.png", "palette.png", "16.png", "straight.tif", "straight-float.tif")


@pytest.mark.parametrize("name", [*STRAIGHT, "multiplied.tif", "multiplied.exr"])
def test_what_is_hidden_is_black(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write(name, path)
    light = next(open_footage(path).colours())
    assert light.shape == (4, 4, 3)
    assert light == pytest.approx(WHITE * SHARES[..., None], abs=2e-3)


@pytest.mark.parametrize("name", STRAIGHT)
def test_it_is_said(tmp_path: Path, name: str) -> None:
    path, depth = tmp_path / name, tmp_path / "depth.tif"
    write(name, path)
    tifffile.imwrite(depth, np.full((4, 4), 2.0, np.float32))
    notes = open_source(PictureAsk(path, depth)).notes
    assert notes == (f"50 % of the picture {name} is seen through: laid over black.",)


CLIPS = {
    "prores.mov": ("prores_ks", "yuva444p10le"),
    "png.mov": ("png", "rgba"),
    "animation.mov": ("qtrle", "argb"),
    "ffv1.mkv": ("ffv1", "bgra"),
    "ffv1-planes.mkv": ("ffv1", "yuva444p"),
    "ffv1-12.mkv": ("ffv1", "gbrap12le"),
    "vp9.webm": ("libvpx-vp9", "yuva420p"),
    "vp8.webm": ("libvpx", "yuva420p"),
}
"""How programs write a clip with alpha: codec and pixels."""
OPTIONS = {"libvpx-vp9": {"lossless": "1"}, "libvpx": {"auto-alt-ref": "0", "crf": "4", "b": "4M"}}


def see_through_clip(path: Path, count: int = 3, shares: NDArray[np.float64] = SHARES) -> None:
    """White frames, hidden as the stills above are, each sixteenth of it a square of 16 pixels."""
    codec, layout = CLIPS[path.name]
    whole = np.dstack([np.ones_like(shares)] * 3 + [shares])
    codes = np.round(np.kron(whole, np.ones((16, 16, 1))) * 65535).astype(np.uint16)
    with av.open(str(path), "w") as made:
        stream = made.add_stream(codec, rate=24, options=OPTIONS.get(codec, {}))
        stream.height, stream.width, stream.pix_fmt = *codes.shape[:2], layout
        for _ in range(count):
            made.mux(stream.encode(av.VideoFrame.from_ndarray(codes, format="rgba64le").reformat(format=layout)))
        made.mux(stream.encode(None))


def notes_on(path: Path) -> tuple[str, ...]:
    """The sentences on a picture with a depth map of nothing but 2 m."""
    depth = path.parent / "depth.tif"
    tifffile.imwrite(depth, np.full((64, 64), 2.0, np.float32))
    return open_source(PictureAsk(path, depth)).notes


@pytest.mark.parametrize("name", CLIPS)
def test_what_a_clip_hides_is_black_on_every_frame_and_said(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    see_through_clip(path)
    frames = list(open_footage(path).colours())
    assert len(frames) == 3
    for light in frames:
        middles = light[8::16, 8::16]
        assert middles == pytest.approx(WHITE * SHARES[..., None], abs=0.013)
    assert notes_on(path) == (f"50 % of the first frame of the picture {name} is seen through: laid over black.",)


@pytest.mark.parametrize("name", CLIPS)
def test_a_clip_with_alpha_that_hides_nothing_is_whole(tmp_path: Path, name: str) -> None:
    """FFmpeg says all of 8 bits as 65280 of 65535: not as a pixel that lets a little through."""
    see_through_clip(tmp_path / name, shares=np.ones((4, 4)))
    assert notes_on(tmp_path / name) == ()


def test_a_clip_of_hdr_hides_as_others_do(tmp_path: Path) -> None:
    path = tmp_path / "hlg.mkv"
    codes = np.round(np.kron(np.dstack([WHITE, SHARES]), np.ones((16, 16, 1))) * 65535).astype(np.uint16)
    with av.open(str(path), "w") as made:
        stream = made.add_stream("ffv1", rate=24)
        stream.height, stream.width, stream.pix_fmt = 64, 64, "yuva444p10le"
        stream.codec_context.color_trc = 18
        made.mux(stream.encode(av.VideoFrame.from_ndarray(codes, format="rgba64le").reformat(format="yuva444p10le")))
        made.mux(stream.encode(None))
    light = next(open_footage(path).colours())[8::16, 8::16]
    assert light / light[0, 0] == pytest.approx(WHITE * SHARES[..., None], abs=6e-3)


def test_a_whole_picture_says_nothing(tmp_path: Path) -> None:
    path, depth = tmp_path / "whole.png", tmp_path / "depth.tif"
    Image.fromarray(np.full((4, 4, 4), 255, np.uint8)).save(path)
    tifffile.imwrite(depth, np.full((4, 4), 2.0, np.float32))
    assert open_source(PictureAsk(path, depth)).notes == ()
