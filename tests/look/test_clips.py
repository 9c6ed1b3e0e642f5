# SPDX-License-Identifier: MIT
"""Clips as phones and cameras write them: held upright, at an uneven rate, at another rate than the film, in HDR."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from followfocus.cli.look_picture import open_picture
from followfocus.errors import FileError, RequestError
from followfocus.lens.map import load_lens
from followfocus.look.clips import _even
from followfocus.look.depth import Known
from followfocus.look.encode import write_film
from followfocus.look.footage import open_footage
from followfocus.look.hdr import HLG, PQ, WIDE, light_by_code, on_srgb
from followfocus.look.picture import PictureAsk, PictureRenderer, open_source
from followfocus.look.render import Camera
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from tests.look.test_look_picture import clip, exr

FIFTY = load_lens("ideal-50")


def greys(count: int, each: int = 10) -> list[np.ndarray]:
    """Frames that tell their number by their grey."""
    return [np.full((64, 96, 3), each * number, np.uint8) for number in range(count)]


def numbers(path: Path, each: int = 10) -> list[int]:
    """The numbers that the frames tell when they are read, from linear light."""
    codes = (np.interp(frame[8, 8, 0], SRGB, np.arange(256)) for frame in open_footage(path).colours())
    return [round(code / each) for code in codes]


def test_light_that_can_t_be_is_none_and_light_without_end_is_the_most_there_can_be(tmp_path: Path) -> None:
    """In an EXR a program that divides by nought leaves such numbers."""
    codes = np.full((64, 96), 0.25, np.float32)
    codes[0, :4] = np.nan, np.inf, -np.inf, -0.5
    exr(tmp_path / "odd.exr", dict.fromkeys("RGB", codes))
    (light,) = open_footage(tmp_path / "odd.exr").colours()
    assert light[0, :5, 1].tolist() == [0.0, 65504.0, 0.0, 0.0, 0.25]


@given(
    st.integers(-50_000, 50_000), st.lists(st.integers(1, 300), max_size=12), st.sampled_from([24, 25, 30, 50])
)  # fmt: skip
def test_an_even_rate_shows_at_each_of_its_times_what_stood_there(first_ms: int, gaps_ms: list[int], fps: int) -> None:
    """Searched through: the last frame that had come by half a frame later. From the first on, whenever that was."""
    times_ms = [first_ms + sum(gaps_ms[:count]) for count in range(len(gaps_ms) + 1)]
    frames = [av.VideoFrame(16, 16, "gray") for _ in times_ms]
    for frame, at_ms in zip(frames, times_ms, strict=True):
        frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
    shown = list(_even(frames, Fraction(fps)))
    for number, frame in enumerate(shown[:-1]):
        late_ms = first_ms + (number + 0.5) * 1000 / fps
        either = {max(at_ms for at_ms in times_ms if at_ms <= late_ms + tie_ms) for tie_ms in (-1e-6, 1e-6)}
        assert frame.pts in either
    assert shown[-1].pts == times_ms[-1]
    assert abs(len(shown) - 1 - (times_ms[-1] - first_ms) * fps / 1000) <= 0.5 + 1e-6


SRGB = np.where(
    np.arange(256) / 255 <= 0.04045, np.arange(256) / 255 / 12.92, ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4
)


def timed_clip(path: Path, times_ms: list[int]) -> Path:
    """A clip whose frames stand at these times."""
    with av.open(str(path), "w") as made:
        stream = made.add_stream("ffv1", rate=1000)
        stream.height, stream.width, stream.pix_fmt = 64, 96, "bgr0"
        stream.codec_context.time_base = Fraction(1, 1000)
        for at_ms, codes in zip(times_ms, greys(len(times_ms)), strict=True):
            frame = av.VideoFrame.from_ndarray(codes, format="rgb24")
            frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
            made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    return path


def turned_clip(path: Path, to_the: str) -> Path:
    """A clip lying on its side, with the turn that sets it upright in its track's header, as a phone writes it."""
    lying = np.zeros((64, 96, 3), np.uint8)
    lying[:, :48] = 200
    with av.open(str(path), "w") as made:
        stream = made.add_stream("mpeg4", rate=24)
        stream.height, stream.width, stream.pix_fmt = 64, 96, "yuv420p"
        made.mux(stream.encode(av.VideoFrame.from_ndarray(lying, format="rgb24")))
        made.mux(stream.encode(None))
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 44
    one, zero = 0x10000, 0
    turn = {"right": (zero, one, -one, zero), "left": (zero, -one, one, zero)}[to_the]
    a, b, c, d = (value.to_bytes(4, "big", signed=True) for value in turn)
    nothing, whole = bytes(4), (0x40000000).to_bytes(4, "big")
    data[at : at + 36] = a + b + nothing + c + d + nothing + nothing + nothing + whole
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("to_the", ["right", "left"])
def test_a_clip_that_was_held_upright_is_read_upright(tmp_path: Path, to_the: str):
    footage = open_footage(turned_clip(tmp_path / "phone.mp4", to_the))
    assert footage.size == (64, 96)
    (light,) = footage.colours()
    assert light.shape == (96, 64, 3)
    top, bottom = float(light[:40].mean()), float(light[56:].mean())
    assert (top > bottom + 0.3) if to_the == "right" else (bottom > top + 0.3)


def test_an_uneven_clip_is_read_at_an_even_rate(tmp_path: Path):
    """Ten frames in the time of twelve: where two are missing the last one stands."""
    uneven = timed_clip(tmp_path / "uneven.mkv", [0, 40, 80, 120, 240, 280, 320, 360, 400, 440])
    assert open_footage(uneven).fps is not None
    seen = numbers(uneven)
    fps = float(open_footage(uneven).fps or 0)
    times_s = np.array([0, 40, 80, 120, 240, 280, 320, 360, 400, 440]) / 1000
    for place, number in enumerate(seen):
        assert number == np.flatnonzero(times_s <= (place + 0.5) / fps + 1e-9)[-1]
    assert seen[-1] == 9


def test_an_even_clip_is_read_frame_by_frame(tmp_path: Path):
    assert numbers(clip(tmp_path / "even.mkv", greys(20), fps=30)) == list(range(20))


@pytest.mark.parametrize(
    ("fps", "film", "seen"),
    [
        (50, 25, [0, 2, 4, 6, 8]),
        (24, 24, [0, 1, 2, 3, 4]),
        (12, 24, [0, 1, 1, 2, 2, 3, 3, 4]),
        (24, 60, [0, 0, 1, 1, 2, 2, 2, 3, 3, 4]),
    ],
)
def test_a_clip_of_another_rate_runs_as_long_in_the_film(tmp_path: Path, fps: int, film: int, seen: list[int]):
    moving = clip(tmp_path / "moving.mkv", greys(12), fps=fps)
    flat = exr(tmp_path / "z.exr", {"Z": np.full((64, 96), 4.0, np.float32)})
    source = open_source(PictureAsk(moving, flat, "metric", (Known(4.0, value=4.0),)))
    made = PictureRenderer(source, Camera(FIFTY, 1.4), (96, 64))
    ends = Mark("A", FIFTY.ring_deg(4.0)), Mark("B", FIFTY.ring_deg(3.9))
    motion = motion_of(Pull.between(*ends, (len(seen) - 1) / film))
    assert [round(float(frame[30, 50, 0]) / 10) for frame in made.frames(motion, film)] == seen


def test_a_clip_without_a_frame_is_told(tmp_path: Path):
    empty = tmp_path / "empty.mkv"
    with av.open(str(empty), "w") as made:
        stream = made.add_stream("ffv1", rate=24)
        stream.height, stream.width, stream.pix_fmt = 64, 96, "bgr0"
        made.start_encoding()
    with pytest.raises(FileError, match="cannot be used as a picture"):
        open_footage(empty)


def test_hdr_codes_are_light_with_diffuse_white_as_one():
    """BT.2408: white at 58 % of PQ (203 cd/m²), at 75 % of HLG; 18 % grey at 38 % of PQ (26 cd/m²) and HLG."""
    pq, hlg = light_by_code(PQ), light_by_code(HLG)
    assert pq[round(0.5807 * 65535)] == pytest.approx(1, rel=0.005)
    assert hlg[round(0.75 * 65535)] == pytest.approx(1, rel=0.005)
    assert pq[round(0.38 * 65535)] == pytest.approx(26 / 203, rel=0.03)
    assert pq[-1] == pytest.approx(10_000 / 203, rel=1e-4)
    for curve in (pq, hlg):
        assert curve[0] == 0
        assert np.all(np.diff(curve) >= 0)
    white = np.ones((1, 1, 3), np.float32)
    assert on_srgb(white) == pytest.approx(white, abs=1e-3)


@pytest.mark.parametrize(("transfer", "code"), [(PQ, 0.5807), (HLG, 0.75)])
def test_an_hdr_clip_is_read_by_its_own_curve(tmp_path: Path, transfer: int, code: float):
    path = tmp_path / "hdr.mkv"
    with av.open(str(path), "w") as made:
        stream = made.add_stream("ffv1", rate=24)
        stream.height, stream.width, stream.pix_fmt = 64, 96, "yuv444p10le"
        context = stream.codec_context
        context.color_trc, context.color_primaries, context.colorspace = transfer, WIDE, 9
        frame = av.VideoFrame.from_ndarray(np.full((64, 96, 3), round(code * 65535), np.uint16), format="rgb48le")
        made.mux(stream.encode(frame))
        made.mux(stream.encode(None))
    (light,) = open_footage(path).colours()
    assert light.mean(axis=(0, 1)) == pytest.approx(np.ones(3), rel=0.05)


def test_a_disk_that_fills_while_a_clip_is_written_is_said_as_that(tmp_path: Path) -> None:
    def frames() -> Iterator[NDArray[np.uint8]]:
        yield np.zeros((16, 16, 3), np.uint8)
        raise av.error.FFmpegError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FileError, match="the disk is full"):
        write_film(frames(), tmp_path / "a.mp4")
    assert list(tmp_path.iterdir()) == []


def racked(moving: Path, depth: Path, *, film: int = 24, frames: int = 4, handles: int = 0) -> list[np.ndarray]:
    """A film of so many frames and its handles, from 4 m to where the ring hardly moves: 4 m is sharp."""
    source = open_source(PictureAsk(moving, depth, "metric", (Known(4.0, value=0.4),)))
    made = PictureRenderer(source, Camera(FIFTY, 1.4), (96, 64))
    ends = Mark("A", FIFTY.ring_deg(4.0)), Mark("B", FIFTY.ring_deg(3.999))
    motion = motion_of(Pull.between(*ends, frames / film))
    return [frame.astype(float) for frame in made.frames(motion, film, handles)]


def test_the_first_frame_of_a_clip_is_gos_with_handles_too(tmp_path: Path) -> None:
    moving = clip(tmp_path / "moving.mkv", greys(12))
    flat = exr(tmp_path / "z.exr", {"Z": np.full((64, 96), 0.4, np.float32)})
    shown = [round(float(frame[30, 50, 0]) / 10) for frame in racked(moving, flat, handles=3)]
    assert shown == [0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7]  # GO is the fourth, the landing the eighth, and the clip goes on


def striped(count: int) -> list[np.ndarray]:
    """Frames of fine stripes: their contrast tells how sharp they are drawn."""
    stripes = np.where(np.arange(96) // 3 % 2, 220, 20).astype(np.uint8)
    return [np.broadcast_to(stripes[None, :, None], (64, 96, 3)).copy() for _ in range(count)]


def depths(near: list[bool]) -> list[np.ndarray]:
    """Maps of 4 m where true, else of much nearer, in shares of 1."""
    return [np.full((64, 96), 0.4 * 65535 if one else 0.08 * 65535, np.uint16) for one in near]


@pytest.mark.parametrize(("fps", "each"), [(24, 1), (12, 2), (48, 0.5)])
def test_a_clip_of_depth_is_laid_by_time(tmp_path: Path, fps: int, each: float) -> None:
    """Sharp for the first eighth of a second and for no longer, whatever the rate of the depth."""
    moving = clip(tmp_path / "moving.mkv", striped(10))
    places = np.floor(np.arange(round(10 / each)) * each + 1e-9)
    depth = clip(tmp_path / "depth.mkv", depths(list(places < 3)), "gray16le", fps=fps)
    sharp = [np.ptp(frame[30, 30:60, 0]) > 150 for frame in racked(moving, depth, frames=8)]
    changes = [number for number in range(1, 9) if sharp[number] != sharp[number - 1]]
    assert sharp[0]
    assert changes == [3]


def test_depth_that_ends_early_is_held_and_the_picture_goes_on(tmp_path: Path) -> None:
    moving = clip(tmp_path / "moving.mkv", greys(10))
    depth = clip(tmp_path / "depth.mkv", depths([True] * 3), "gray16le")
    assert [round(float(frame[30, 50, 0]) / 10) for frame in racked(moving, depth, frames=7)] == list(range(8))
    known = (Known(4.0, value=0.4),)
    notes = open_source(PictureAsk(moving, depth, "metric", known)).notes
    assert notes == ("The depth map depth.mkv ends after 0.12 s of the picture's 0.42 s: its last frame is held.",)
    for other in (10, 9):  # as long, and a frame less, as programs write them
        whole = clip(tmp_path / f"whole{other}.mkv", depths([True] * other), "gray16le")
        assert open_source(PictureAsk(moving, whole, "metric", known)).notes == ()


def test_pixels_that_are_not_square_are_shown_as_wide_as_they_are(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "narrow.mov"), "w") as made:
        stream = made.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 48, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(2)
        for pixels in greys(3):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels[:, :48]), format="rgb24")
            made.mux(stream.encode(frame.reformat(format="yuv420p")))
        made.mux(stream.encode(None))
    footage = open_footage(tmp_path / "narrow.mov")
    assert footage.size == (96, 64)
    assert [colours.shape for colours in footage.colours()] == [(64, 96, 3)] * 3


def test_a_clip_that_ends_before_the_pull_says_so(tmp_path: Path) -> None:
    moving = clip(tmp_path / "moving.mkv", greys(12))
    flat = exr(tmp_path / "z.exr", {"Z": np.full((64, 96), 4.0, np.float32)})
    own = open_picture(moving, flat, None, (), 0.0, None)
    assert own is not None
    assert own.notes(0.5) == own.notes(0.48) == ()
    held = "The clip moving.mkv ends after 0.50 s of {} s: its last frame is held."
    assert own.notes(0.6) == (held.format("0.60"),)
    still = open_picture(exr(tmp_path / "p.exr", dict.fromkeys("RGB", flat_light())), flat, None, (), 0.0, None)
    assert still is not None
    assert still.notes(60.0) == ()


def flat_light() -> NDArray[np.float32]:
    return np.full((64, 96), 0.2, np.float32)


def test_a_clip_of_depth_in_millimetres(tmp_path: Path) -> None:
    """16 bits are read as they were written; in 8 nobody writes millimetres, so that a distance must be known."""
    moving = clip(tmp_path / "moving.mkv", greys(3))
    depth = clip(tmp_path / "depth.mkv", [np.full((64, 96), 2345, np.uint16)] * 3, "gray16le")
    source = open_source(PictureAsk(moving, depth, "metric"))
    assert source.distance_m((40, 30)) == pytest.approx(2.345, rel=1e-4)
    _, per_m = next(source.frames((96, 64)))
    assert np.allclose(1 / per_m, 2.345, rtol=1e-4)
    assert open_source(PictureAsk(moving, depth, "metric", (Known(4.0, at=(3, 3)),))).distance_m((9, 9)) == 4.0
    with pytest.raises(RequestError, match=r"moving\.mkv has 8 bits, too few for millimetres"):
        open_source(PictureAsk(moving, moving, "metric"))
    grey = clip(tmp_path / "grey.mkv", [np.full((64, 96, 3), 128, np.uint8)] * 3)
    known = (Known(4.0, at=(3, 3)),)
    assert open_source(PictureAsk(moving, grey, "metric", known)).distance_m((9, 9)) == pytest.approx(4.0)
