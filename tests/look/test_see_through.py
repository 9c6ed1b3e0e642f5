# SPDX-License-Identifier: MIT
"""A picture that is seen through in places: laid over black, whichever way its file says so, and told."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

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


def test_a_whole_picture_says_nothing(tmp_path: Path) -> None:
    path, depth = tmp_path / "whole.png", tmp_path / "depth.tif"
    Image.fromarray(np.full((4, 4, 4), 255, np.uint8)).save(path)
    tifffile.imwrite(depth, np.full((4, 4), 2.0, np.float32))
    assert open_source(PictureAsk(path, depth)).notes == ()
