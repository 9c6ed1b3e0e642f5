# SPDX-License-Identifier: MIT
"""The drawn blur against the formula, compositing, figures and pictures, and the files that come out."""

from __future__ import annotations

import dataclasses
import math
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from followfocus.errors import FileError, RequestError
from followfocus.lens.formats import FORMATS
from followfocus.lens.map import load_lens
from followfocus.lens.optics import blur_disc_mm
from followfocus.look import encode, figures, gif
from followfocus.look.aperture import Aperture
from followfocus.look.blur import at_level, blurred, level_of
from followfocus.look.footage import open_footage
from followfocus.look.paint import Canvas, linear_to_srgb, srgb_to_linear
from followfocus.look.planes import Figure, Plane, Still, figure_for, load_picture
from followfocus.look.render import Camera, Renderer, frame_count
from followfocus.look.stack import frame_bands
from followfocus.look.tone import LightCodes
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.sharpness import SubjectTrack

FIFTY = load_lens("ideal-50")
SIZE = (480, 270)

# lens, T-stop, focus m, subject m: twenty settings with discs from 4 to 85 pixels of a frame 480 wide
SETTINGS = [
    ("ideal-35", 1.4, 0.8, 1.2), ("ideal-35", 1.4, 0.5, 0.8), ("ideal-35", 2.0, 0.6, 3.0), ("ideal-35", 1.4, 4.0, 0.9),
    ("ideal-50", 1.4, 2.0, 4.0), ("ideal-50", 1.4, 4.0, 2.0), ("ideal-50", 2.8, 1.0, 3.0), ("ideal-50", 1.4, 1.2, 4.0),
    ("ideal-50", 1.4, 0.7, 9.0), ("ideal-50", 2.0, 0.8, 1.4), ("ideal-50", 1.4, math.inf, 1.5),
    ("ideal-50", 4.0, 0.6, math.inf),
    ("ideal-85", 1.3, 2.0, 3.0), ("ideal-85", 2.0, 3.0, 1.8), ("ideal-85", 1.3, 4.0, 7.0), ("ideal-85", 2.8, 1.5, 4.0),
    ("ideal-135", 1.8, 3.0, 3.5), ("ideal-135", 4.0, 4.0, 8.0), ("ideal-135", 2.8, 6.0, 4.0),
    ("arri-signature-prime-40", 1.8, 1.0, 2.5),
]  # fmt: skip


def aperture_kernel(diameter: float, blades: int = 0, squeeze: float = 1.0, **more) -> np.ndarray:
    """The picture of one bright pixel: an odd rectangle with it in the middle."""
    runs = Aperture(blades, squeeze, more.get("cat_eye", 0.0)).runs(diameter, more.get("corner", (0.0, 0.0)))
    across, down = runs.reach
    window = np.zeros((1, 4 * down + 1, 4 * across + 1), np.float32)
    window[0, 2 * down, 2 * across] = 1
    return blurred(window, runs, runs.area)[0].copy()


def renderer(lens_name: str, t_stop: float, subject: float, figure: str, blades: int = 0) -> Renderer:
    return Renderer([Plane("it", subject, Figure(figure))], Camera(load_lens(lens_name), t_stop, blades=blades), SIZE)


@pytest.mark.parametrize(("lens_name", "stop", "focus", "subject"), SETTINGS)
def test_a_blurred_point_is_as_wide_as_the_formula_says(lens_name, stop, focus, subject):
    lens = load_lens(lens_name)
    made = renderer(lens_name, stop, subject, "dot")
    offset = 0.0 if lens.ideal else None
    millimetres = blur_disc_mm(focus, subject, lens.focal_length_mm, lens.f_number(stop), offset)
    expected = millimetres / 24.89 * SIZE[0]
    assert 4 < expected < 90
    point = made.linear(lens.ring_deg(focus))[..., 0]
    assert point.sum() == pytest.approx(1.0, abs=0.01)  # no light is lost
    area = point.sum() / np.median(point[point > point.max() / 2])
    assert 2 * math.sqrt(area / math.pi) == pytest.approx(expected, rel=0.05)
    columns = np.indices(point.shape)[1]
    spread = (point * (columns - (point * columns).sum()) ** 2).sum()
    assert 4 * math.sqrt(spread) == pytest.approx(expected, rel=0.05)  # σ of a disc is a quarter of its diameter


@pytest.mark.parametrize(("lens_name", "stop", "focus", "subject"), SETTINGS)
def test_a_blurred_edge_is_as_wide_as_the_formula_says(lens_name, stop, focus, subject):
    lens = load_lens(lens_name)
    made = renderer(lens_name, stop, subject, "edge")
    (expected,) = made.discs_px(lens.ring_deg(focus))
    row = made.linear(lens.ring_deg(focus))[SIZE[1] // 2, :, 0]
    slope = np.diff(row)
    at = np.arange(len(slope))
    spread = (slope * (at - (slope * at).sum() / slope.sum()) ** 2).sum() / slope.sum()
    assert 4 * math.sqrt(spread) == pytest.approx(expected, rel=0.05)
    assert row[:150].max() < 0.01
    assert row[-5:].min() > 0.99


@pytest.mark.parametrize("blades", [0, 5, 6, 9])
@pytest.mark.parametrize("diameter", [0.4, 1.0, 2.6, 7.3, 23.9, 61.2])
def test_kernels_have_the_area_of_the_disc(diameter, blades):
    kernel = aperture_kernel(diameter, blades)
    assert kernel.shape[0] % 2 == 1
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    if diameter > 3:
        assert 1 / kernel.max() == pytest.approx(math.pi * diameter**2 / 4, rel=0.03)


def test_a_bladed_aperture_has_corners():
    hexagon, disc = aperture_kernel(60, 6) > 1e-5, aperture_kernel(60, 0) > 1e-5
    assert max(hexagon.shape) > max(disc.shape)  # corners stand out of the circle of the same area
    assert hexagon.sum() == pytest.approx(disc.sum(), rel=0.04)


@pytest.mark.parametrize("subject", [1.6, 1.2, 0.8])
def test_coarse_and_fine_blur_meet(subject: float):
    """The same disc at full size and at the level that a draft takes: hardly a grey apart, on hard black and white."""
    planes, camera = [Plane("it", subject, Figure("chart"))], Camera(FIFTY, 1.4)
    ring = FIFTY.ring_deg(4.0)
    fine, coarse = Renderer(planes, camera, SIZE), Renderer(planes, camera, SIZE, draft=True)
    fine._least_px = 1e6
    (disc,) = fine.discs_px(ring)
    assert level_of(disc, coarse._least_px) > level_of(disc, fine._least_px) == 0
    apart = np.abs(fine.linear(ring) - coarse.linear(ring))
    assert apart.max() < 0.08
    assert apart.mean() < 0.008


def test_a_level_takes_most_of_its_own_softness_off_the_disc():
    for disc, level in ((12.0, 1), (24.0, 2), (48.0, 3)):
        own = 4 * (4**level - 1) * 0.7
        assert (at_level(disc, level) * 2**level) ** 2 + own == pytest.approx(disc**2)


def test_in_focus_a_plane_is_its_own_picture():
    made = renderer("ideal-50", 1.4, 2.0, "chart")
    picture = Figure("chart").drawn(*SIZE)
    margin = -picture.top
    inside = picture.rgba[margin : margin + SIZE[1], margin : margin + SIZE[0], :3]
    assert np.abs(made.linear(FIFTY.ring_deg(2.0)) - inside).max() < 1e-5


def flat(red: int, green: int, alpha: int = 255) -> Still:
    pixels = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    pixels[:] = (red, green, 0, alpha)
    return Still(pixels)


def test_a_soft_near_edge_lets_the_background_through():
    # green backdrop in focus, a red half-plane near: at the middle of its blurred edge, half of each
    half = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    half[:, : SIZE[0] // 2] = (255, 0, 0, 255)
    planes = [Plane("near", 1.0, Still(half)), Plane("far", 4.0, flat(0, 255))]
    picture = Renderer(planes, Camera(FIFTY, 1.4), SIZE).linear(FIFTY.ring_deg(4.0))
    row = picture[SIZE[1] // 2]
    middle = row[SIZE[0] // 2 - 1 : SIZE[0] // 2 + 1].mean(axis=0)
    assert middle[0] == pytest.approx(0.5, abs=0.02)
    assert np.allclose(row[100:380, 0] + row[100:380, 1], 1, atol=1e-4)  # premultiplied: no dark fringe


def test_the_sharp_edge_of_a_near_plane_cuts_the_blur_behind_it():
    half = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    half[:, : SIZE[0] // 2] = (255, 0, 0, 255)
    planes = [Plane("far", 4.0, flat(0, 255)), Plane("near", 1.0, Still(half))]
    row = Renderer(planes, Camera(FIFTY, 1.4), SIZE).linear(FIFTY.ring_deg(1.0))[SIZE[1] // 2]
    assert np.allclose(row[: SIZE[0] // 2], (1, 0, 0), atol=1e-4)
    assert np.allclose(row[SIZE[0] // 2 :], (0, 1, 0), atol=1e-4)


def test_an_opaque_backdrop_stays_opaque_to_the_frames_edge():
    picture = Renderer([Plane("far", 9.0, flat(0, 255))], Camera(FIFTY, 1.4), SIZE).linear(FIFTY.ring_deg(0.6))
    assert np.allclose(picture[..., 1], 1, atol=1e-3)


def test_who_stands_nearer_covers_the_other_as_they_pass():
    walk = SubjectTrack((0.0, 1.0), (4.0, 1.0))
    made = Renderer([Plane("walks", walk, flat(255, 0)), Plane("stands", 2.0, flat(0, 255))], Camera(FIFTY, 1.4), SIZE)
    ring = FIFTY.ring_deg(2.0)
    assert made.linear(ring, 0.0)[100, 200, 1] == pytest.approx(1, abs=1e-3)
    assert made.linear(ring, 1.0)[100, 200, 0] == pytest.approx(1, abs=1e-3)
    assert made.frame(ring, 0.0)[100, 200, 1] == 255
    assert made.frame(ring, 1.0)[100, 200, 0] == 255


def test_frames_run_from_go_to_the_landing():
    motion = motion_of(Pull.between(Mark("A", 80.0), Mark("B", 40.0), 0.5))
    made = list(renderer("ideal-50", 1.4, 3.0, "chart").frames(motion, Fraction(24)))
    assert len(made) == 13 == frame_count(0.5, 24)
    assert frame_count(2.0, Fraction(24000, 1001)) == 49
    assert {frame.shape for frame in made} == {(270, 480, 3)}
    assert made[0].dtype == np.uint8
    assert not np.array_equal(made[0], made[-1])


def test_breathing_enlarges_the_picture_toward_close_focus():
    plane = [Plane("it", 2.0, Figure("chart"))]
    still = Renderer(plane, Camera(FIFTY, 22, breathing_percent=0), SIZE).frame(FIFTY.ring_deg(0.6))
    breathed = Renderer(plane, Camera(FIFTY, 22, breathing_percent=10), SIZE).frame(FIFTY.ring_deg(0.6))
    white = [np.count_nonzero(picture.min(axis=2) > 150) for picture in (still, breathed)]
    assert white[1] / white[0] == pytest.approx(1 + 2 * 0.10 * 0.55 / 0.6, abs=0.06)


@pytest.mark.parametrize("name", figures.NAMES)
def test_every_figure_draws_at_any_size(name):
    for size in ((192, 108), (97, 73)):
        rgba = figures.draw(name, *size)
        assert rgba.dtype == np.float32
        assert np.all(np.isfinite(rgba))
        assert rgba[..., 3].max() == pytest.approx(1.0, abs=1e-3)
        assert rgba.min() >= -1e-4
        assert rgba[..., 3].max() <= 1 + 1e-4


def test_figures_suit_their_names():
    assert figure_for("THE DOOR", 0, 2) == Figure("door")
    assert figure_for("an old woman", 1, 2) == Figure("anna")
    assert figure_for("X", 0, 3) == Figure("anna")
    assert figure_for("Y", 1, 3) == Figure("door")
    assert figure_for("Z", 2, 3) == Figure("street")
    with pytest.raises(RequestError):
        figures.draw("nobody", 96, 54)


def test_srgb_round_trip():
    codes = np.linspace(0, 1, 256, dtype=np.float32)
    assert np.allclose(linear_to_srgb(srgb_to_linear(codes)), codes, atol=1e-5)
    assert srgb_to_linear(np.float32([0.5]))[0] == pytest.approx(0.21404, abs=1e-4)


def test_pictures_of_the_user(tmp_path: Path):
    Image.new("RGBA", (300, 900), (255, 0, 0, 128)).save(tmp_path / "half.png")
    drawn = load_picture(tmp_path / "half.png").drawn(*SIZE)
    assert drawn.rgba.shape == (270, 90, 4)  # fitted whole into the frame
    assert (drawn.left, drawn.top) == (195, 0)
    assert drawn.rgba[100, 40, 0] == pytest.approx(128 / 255, abs=0.01)  # premultiplied
    Image.new("RGB", (1000, 1000), (0, 0, 255)).save(tmp_path / "full.jpg")
    drawn = load_picture(tmp_path / "full.jpg").drawn(*SIZE)
    assert drawn.rgba.shape == (480, 480, 4)  # an opaque picture fills the frame
    assert (drawn.left, drawn.top) == (0, -105)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_drawn_upright_as_its_camera_says(tmp_path: Path, orientation: int):
    """EXIF's eight orientations, against the tag's own words: where row 0 and column 0 of the stored picture lie."""
    stored = np.zeros((30, 40, 3), np.uint8)
    stored[:15, :20], stored[:15, 20:] = (255, 0, 0), (0, 255, 0)
    stored[15:, :20], stored[15:, 20:] = (0, 0, 255), (255, 255, 255)
    seen = {
        1: stored, 2: stored[:, ::-1], 3: stored[::-1, ::-1], 4: stored[::-1], 5: stored.swapaxes(0, 1),
        6: stored[::-1].swapaxes(0, 1), 7: stored[::-1, ::-1].swapaxes(0, 1), 8: stored[:, ::-1].swapaxes(0, 1),
    }[orientation]  # fmt: skip
    photo = Image.fromarray(stored)
    exif = photo.getexif()
    exif[0x0112] = orientation
    photo.save(tmp_path / "photo.png", exif=exif)
    assert np.array_equal(load_picture(tmp_path / "photo.png").pixels[..., :3], seen)


def test_sixteen_bits_are_scaled_and_not_cut_off(tmp_path: Path):
    codes = np.array([[0, 257, 20_000, 40_000, 65_535]], np.uint16).repeat(4, axis=0)
    for name in ("grey.png", "grey.tif"):
        Image.fromarray(codes).save(tmp_path / name)
        assert load_picture(tmp_path / name).pixels[0, :, 0].tolist() == [0, 1, 78, 156, 255]
    Image.fromarray(np.ones((4, 4), np.float32)).save(tmp_path / "float.tif")
    with pytest.raises(FileError, match="floating-point"):
        load_picture(tmp_path / "float.tif")


def test_pictures_that_cannot_be_used(tmp_path: Path):
    with pytest.raises(FileError, match="no picture"):
        load_picture(tmp_path / "missing.png")
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(FileError, match="cannot be used"):
        load_picture(tmp_path / "text.png")
    Image.new("1", (40_000, 300)).save(tmp_path / "wide.png")
    with pytest.raises(FileError, match="40000 x 300"):
        load_picture(tmp_path / "wide.png")
    Image.new("1", (9000, 9000)).save(tmp_path / "large.png")
    with pytest.raises(FileError, match="too large"):
        load_picture(tmp_path / "large.png")
    Image.new("RGBA", (64, 64)).save(tmp_path / "empty.png")
    with pytest.raises(RequestError, match="transparent"):
        Renderer([Plane("ghost", 1.0, load_picture(tmp_path / "empty.png"))], Camera(FIFTY, 1.4), SIZE)


@pytest.mark.parametrize(
    "settings",
    [
        {"t_stop": 0},
        {"t_stop": math.nan},
        {"t_stop": 1.0},
        {"t_stop": 2, "blades": 2},
        {"t_stop": 2, "breathing_percent": 99},
    ],
)
def test_cameras_that_cannot_be(settings):
    with pytest.raises(RequestError):
        Camera(FIFTY, **settings)


@pytest.mark.parametrize("size", [(0, 0), (8, 8), (100_000, 540)])
def test_frames_that_cannot_be(size):
    with pytest.raises(RequestError):
        Renderer([Plane("it", 1.0, Figure("dot"))], Camera(FIFTY, 1.4), size)


def some_frames(count: int = 6) -> list[np.ndarray]:
    ramp = np.linspace(0, 255, 64 * 48 * 3).reshape(48, 64, 3).astype(np.uint8)
    return [np.roll(ramp, 3 * i, axis=1) for i in range(count)]


@pytest.mark.parametrize(("fps", "frames", "milliseconds"), [(24, 6, 250), (25, 6, 240), (60, 3, 100)])
def test_gif_lasts_as_long_as_the_pull(tmp_path: Path, fps, frames, milliseconds):
    heard: list[int] = []
    encode.write_film(some_frames(), tmp_path / "a.gif", fps, heard.append)
    assert heard == [1, 2, 3, 4, 5, 6]
    with Image.open(tmp_path / "a.gif") as gif:
        assert gif.n_frames == frames
        total = 0
        for index in range(gif.n_frames):
            gif.seek(index)
            total += gif.info["duration"]
        assert total == milliseconds
        assert gif.info["loop"] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]


@pytest.mark.parametrize("fps", [24, 25, 60, Fraction(24_000, 1001), Fraction(30_000, 1001), Fraction(25, 2)])
@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_a_film_runs_at_its_exact_rate(tmp_path: Path, fps: Fraction | int, name: str) -> None:
    encode.write_film(some_frames(2), tmp_path / name, fps)
    with av.open(str(tmp_path / name)) as film:
        assert film.streams.video[0].average_rate == fps


def _of_the_gif(path: Path, index: int) -> np.ndarray:
    with Image.open(path) as gif:
        gif.seek(index)
        return np.asarray(gif.convert("RGB"), np.float32)


def test_a_gif_has_the_colours_of_its_first_its_middle_and_its_last_frame(tmp_path: Path) -> None:
    """Nothing but the last frame is blue: without its colours in the palette it would be another."""
    colours = [(200, 30, 30)] * 4 + [(30, 200, 30)] + [(200, 30, 30)] * 3 + [(30, 30, 200)]
    frames = [np.full((48, 64, 3), colour, np.uint8) for colour in colours]
    encode.write_film(frames, tmp_path / "a.gif", 24)
    for index, colour in enumerate((colours[0], colours[4], colours[0], colours[8])):  # alike frames are kept as one
        assert np.allclose(_of_the_gif(tmp_path / "a.gif", index).mean(axis=(0, 1)), colour, atol=3.0)


def test_a_gif_s_dither_is_bayer_s_and_alike_in_every_frame(tmp_path: Path) -> None:
    """Against the pattern by its own recursion: of a flat ground every level of it comes once in 4 by 4 pixels."""
    two = np.array([[0, 2], [3, 1]])
    pattern = np.block([[4 * two, 4 * two + 2], [4 * two + 3, 4 * two + 1]])
    flat = Image.fromarray(np.full((9, 14, 3), 100, np.uint8))
    expected = np.floor(100 + 12 * (np.tile(pattern, (3, 4))[:9, :14] / 16 - 15 / 32) + 0.5)
    assert np.array_equal(np.asarray(gif._dithered(flat))[..., 1], expected)


def test_mp4_holds_every_frame(tmp_path: Path):
    odd = [frame[:47, :63] for frame in some_frames()]
    with av.open(str(encode.write_film(odd, tmp_path / "a.mp4", Fraction(24000, 1001)))) as clip:
        stream = clip.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height, stream.average_rate) == (62, 46, Fraction(24000, 1001))
        back = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video=0)]
    assert len(back) == 6
    assert np.abs(back[2].astype(int) - odd[2][:46, :62]).mean() < 12


def test_prores_keeps_more_than_eight_bits(tmp_path: Path):
    ramp = np.linspace(20_000, 30_000, 64 * 48).reshape(48, 64, 1).repeat(3, axis=2).astype(np.uint16)
    assert encode.tone_for(Path("a.mov")) is LightCodes.DEEP
    with av.open(str(encode.write_film([ramp] * 3, tmp_path / "a.mov", 25))) as clip:
        assert (clip.streams.video[0].codec_context.name, clip.streams.video[0].pix_fmt) == ("prores", "yuv422p10le")
        back = next(clip.decode(video=0)).to_ndarray(format="rgb48le")
    apart = np.abs(back.astype(int) - ramp)
    assert np.median(apart) < 65535 / 1023 / 2 * 1.5


@pytest.mark.parametrize("ending", [".png", ".tif", ".exr"])
def test_a_sequence_is_a_file_per_frame_or_none(tmp_path: Path, ending: str):
    tone = encode.tone_for(Path(f"a.####{ending}"))
    light = np.linspace(0, 2, 16 * 24 * 3, dtype=np.float32).reshape(3, 16, 24)
    frame = np.empty((16, 24, 3), tone.value)
    tone.write(light, frame)
    path = tmp_path / f"a.####{ending}"
    encode.write_film([frame] * 3, path, 24, first=1001)
    assert sorted(found.name for found in tmp_path.iterdir()) == [f"a.{n}{ending}" for n in (1001, 1002, 1003)]
    back = next(open_footage(tmp_path / f"a.1002{ending}").colours())
    shown = np.moveaxis(light, 0, 2) if ending == ".exr" else np.minimum(np.moveaxis(light, 0, 2), 1)
    assert np.abs(back - shown).max() < {".png": 0.006, ".tif": 0.0001, ".exr": 0.001}[ending]

    def stopped():
        yield frame
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode.write_film(stopped(), tmp_path / f"b.%04d{ending}")
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("ending", [".mp4", ".mov"])
def test_a_film_that_is_stopped_leaves_nothing(tmp_path: Path, ending: str):
    def stopped():
        yield np.zeros((48, 64, 3), encode.tone_for(Path("a" + ending)).value)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode.write_film(stopped(), tmp_path / f"a{ending}")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_is_named_with_how_to_get_it(tmp_path: Path, monkeypatch):
    for name, path in (("av", "a.mp4"), ("OpenEXR", "a.##.exr"), ("tifffile", "a.##.tif")):
        monkeypatch.setitem(sys.modules, name, None)
        with pytest.raises(RequestError, match=r"which is missing.*pip install 'followfocus\[pictures\]'"):
            encode.check_film(tmp_path / path)
    assert list(tmp_path.iterdir()) == []


def test_a_pull_too_long_for_a_gif_is_refused(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(encode, "MAX_GIF_PIXELS", 3 * 64 * 48)
    with pytest.raises(RequestError, match="too long"):
        encode.write_film(some_frames(), tmp_path / "a.gif")


def test_a_gif_too_long_is_refused_before_it_is_drawn():
    encode.check_length(Path("a.gif"), 385, (960, 540), 24)
    encode.check_length(Path("a.gif"), 2 * 385, (960, 540), 60)  # every second frame is left out
    encode.check_length(Path("a.mp4"), 100_000, (960, 540), 24)
    with pytest.raises(RequestError, match="too long"):
        encode.check_length(Path("a.gif"), 386, (960, 540), 24)


def test_outputs_that_cannot_be_written(tmp_path: Path):
    for path, error in (
        (tmp_path / "nowhere" / "a.gif", FileError),
        (tmp_path, RequestError),
        (tmp_path / "a.avi", RequestError),
        (Path("/proc/a.gif"), FileError),
    ):
        with pytest.raises(error):
            encode.check_output(path, encode.MOVIES)


def test_an_old_file_survives_a_failed_one(tmp_path: Path):
    path = tmp_path / "a.png"
    encode.write_still(some_frames(1)[0], path)
    before = path.read_bytes()

    def failing():
        yield some_frames(1)[0]
        raise RuntimeError

    with pytest.raises(RuntimeError):
        encode.write_film(failing(), tmp_path / "b.gif")
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["a.png"]


@pytest.mark.parametrize(("squeeze", "blades"), [(1.33, 0), (1.8, 0), (2.0, 0), (2.0, 9)])
def test_an_anamorphic_disc_is_an_upright_oval(squeeze: float, blades: int):
    """Its second moments: a disc of diameter d has variance d²/16 each way; across it is narrower by the squeeze."""
    kernel = aperture_kernel(30.0, blades, squeeze)
    columns, rows = (np.arange(size) - size // 2 for size in (kernel.shape[1], kernel.shape[0]))
    across, down = (kernel.sum(axis=0) * columns**2).sum(), (kernel.sum(axis=1) * rows**2).sum()
    assert kernel.sum() == pytest.approx(1, abs=1e-5)
    assert math.sqrt(down / across) == pytest.approx(squeeze, rel=0.02)
    assert 4 * math.sqrt(down) == pytest.approx(30, rel=0.03)


def test_a_cats_eye_is_what_two_circles_have_in_common_and_lies_towards_the_middle():
    whole, cut = aperture_kernel(40.0), aperture_kernel(40.0, cat_eye=0.5, corner=(1.0, 1.0))
    shown = (cut > 1e-5).sum() / (whole > 1e-5).sum()
    off = 0.5  # in diameters; area of the lens that two circles that far apart share (Weisstein, "Lens")
    assert shown == pytest.approx((2 * math.acos(off) - 2 * off * math.sqrt(1 - off * off)) / math.pi, abs=0.03)
    rows, columns = np.indices(cut.shape)
    assert (cut * (columns - cut.shape[1] // 2)).sum() == pytest.approx(40 * 0.25 / math.sqrt(2), abs=1)
    assert np.array_equal(aperture_kernel(40.0, cat_eye=0.5), whole)  # none in the middle of the frame
    assert rows.shape == columns.shape


def test_neighbouring_places_of_the_frame_share_a_shape():
    """Thousands of cells would else each cut a shape of their own, and keep it."""
    lens = Aperture(0, 1.0, 0.4)
    for way in ((1, 0), (0, 1)):
        shapes = {id(lens.runs(24.0, (0.5 + way[0] * step / 4000, way[1] * step / 4000))) for step in range(400)}
        assert 20 <= len(shapes) <= 40
    assert lens.runs(24.0, (0.6, 0.0)) != lens.runs(24.0, (0.5, 0.0))


def test_an_anamorphic_lens_takes_in_more_across_and_blurs_less_of_it():
    """Sensor-side optics: the disc is f²/N high, and 1/squeeze² of that across, on a frame as wide as the sensor."""
    plain, squeezed = Camera(FIFTY, 1.4), Camera(dataclasses.replace(FIFTY, squeeze=2.0), 1.4)
    ring = FIFTY.ring_deg(2.0)
    assert squeezed.frame_width_mm == 2 * plain.frame_width_mm
    assert squeezed.disc_px(ring, 4.0, 1920) == pytest.approx(plain.disc_px(ring, 4.0, 1920) / 2)


def test_twice_the_lens_is_twice_the_figure():
    """Scaled figures are the same painting on another grid: eyes keep their height, smaller ones stand on the edge."""
    large, same = figures.draw("door", 160, 100, 2.0), figures.draw("door", 160, 200)
    assert np.allclose(large[14:114, 14:174], same[28 + 42 : 28 + 142, 28:188], atol=2e-3)
    small, same = figures.draw("door", 160, 200, 0.5), figures.draw("door", 160, 100)
    assert np.allclose(small[28 + 100 : 28 + 200, 28:188], same[14:114, 14:174], atol=2e-3)


def test_35_50_and_85_mm_frame_differently():
    scales = [Camera(load_lens(f"ideal-{mm}"), 2.0).field_scale for mm in (35, 50, 85)]
    assert scales == pytest.approx([0.7, 1.0, 1.7])
    pictures = {
        mm: Renderer([Plane("it", 2.0, Figure("anna"))], Camera(load_lens(f"ideal-{mm}"), 22), SIZE).linear(150)
        for mm in (35, 50, 85)
    }
    covered = [(picture.max(axis=2) > 0.002).mean() for picture in pictures.values()]
    assert covered[0] < covered[1] < covered[2]
    full = dataclasses.replace(Camera(FIFTY, 2.0), film=FORMATS["full-frame"])
    assert full.field_scale == pytest.approx(24.89 / 36)


def test_charts_are_as_large_through_any_lens():
    made = [
        Renderer([Plane("it", 2.0, Figure("chart"))], Camera(load_lens(name), 22), SIZE).linear(0.0).mean()
        for name in ("ideal-35", "ideal-85")
    ]
    assert made[0] == pytest.approx(made[1], rel=0.01)


@pytest.mark.parametrize(("walk", "growths"), [((3.0, 2.0), (1, 1.2, 1.5)), ((2.0, 4.0), (1, 2 / 3, 0.5))])
def test_a_walker_grows_as_she_comes_near(walk, growths):
    """A card 0.2 frame heights high, as composed at GO; who comes grows around the eyes, who goes keeps on her feet."""
    card = np.zeros((300, 200, 4), np.uint8)
    card[240:, 50:150] = 255
    made = Renderer([Plane("it", SubjectTrack((0.0, 2.0), walk), Still(card))], Camera(FIFTY, 22), SIZE)
    for growth, t in zip(growths, (0.0, 1.0, 2.0), strict=True):
        column = made.linear(FIFTY.ring_deg(2.4), t)[:, SIZE[0] // 2, 0] > 0.5
        still = 0.42 if growth >= 1 else 1.0
        assert np.flatnonzero(column)[0] == pytest.approx(SIZE[1] * (still + (0.8 - still) * growth), abs=2)
        assert column[-1]


def test_a_walkers_head_is_whole_before_she_fills_the_frame():
    walk = SubjectTrack((0.0, 2.0), (3.0, 1.2))
    made = Renderer([Plane("ANNA", walk, Figure("anna"))], Camera(FIFTY, 22), SIZE)
    stands = Renderer([Plane("ANNA", 3.0, Figure("anna"))], Camera(FIFTY, 22), SIZE)
    ring = FIFTY.ring_deg(3.0)
    assert np.abs(made.linear(ring, 0.0) - stands.linear(ring)).mean() < 0.004


@pytest.mark.parametrize("name", ["anna", "ben", "door", "street", "lights"])
def test_a_figure_painted_in_bands_is_the_figure(name: str, monkeypatch):
    draw = figures._drawn.__wrapped__
    whole = draw(name, 320, 180, 1.0)
    monkeypatch.setattr(figures, "_BANDED", 0)
    monkeypatch.setattr(figures, "_BAND_ROWS", 23)
    assert np.allclose(draw(name, 320, 180, 1.0), whole, atol=1e-6)


@pytest.mark.parametrize("name", ["anna", "ben", "door", "lights"])
def test_what_is_painted_on_a_few_pixels_is_as_if_painted_on_all(name: str, monkeypatch):
    """Small things are painted on the pixels about them only, to save time: nothing of them is cut off."""
    fast, slow = Canvas.for_frame(*SIZE), Canvas.for_frame(*SIZE)
    figures._PAINTERS[name](fast)
    monkeypatch.setattr(Canvas, "part", lambda whole, *_box: whole)
    figures._PAINTERS[name](slow)
    assert np.allclose(fast.rgba, slow.rgba, atol=1e-6)


def test_the_string_of_lights_hangs_alike_on_both_sides():
    lights = Canvas.for_frame(*SIZE)
    figures._PAINTERS["lights"](lights)
    assert lights.rgba[..., 3].max() == 1.0
    assert np.allclose(lights.rgba, lights.rgba[:, ::-1], atol=1e-3)


def test_frames_ahead_are_the_frames_in_their_order():
    motion = motion_of(Pull.between(Mark("A", 120.0), Mark("B", 40.0), 0.5))
    made = renderer("ideal-50", 1.4, 3.0, "anna")
    times = [i / 24 for i in range(13)]
    single = [made.frame(float(motion.ring_deg(t)), t).copy() for t in times]
    assert all(np.array_equal(a, b) for a, b in zip(made.frames(motion, 24), single, strict=True))


_NO_ROOM = """
import resource, sys
from pathlib import Path
import numpy as np
from followfocus.errors import FileError, JobError
from followfocus.look.encode import write_film
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write_film([np.full((90, 160, 3), 90, np.uint8)] * 2, Path(sys.argv[1]), 24)
except (FileError, JobError) as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such limits there")
@pytest.mark.parametrize("name", ["a.##.png", "a.##.tif", "a.##.exr", "a.gif", "a.mp4", "a.mov"])
def test_a_film_on_a_full_disk_is_refused_in_words(tmp_path: Path, name: str) -> None:
    command = [sys.executable, "-c", _NO_ROOM, str(tmp_path / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert name in done.stdout
    assert "cannot be written" in done.stdout or "could not be made" in done.stdout
    assert not list(tmp_path.iterdir())


def test_a_lens_that_squeezes_is_blurred_as_finely_across_as_another():
    """An anamorphic's oval is half as wide as high: what blurs it must be fine enough for its width."""
    planes = [Plane("it", 0.6, Figure("chart"))]
    for squeeze in (1.0, 2.0):
        camera = Camera(dataclasses.replace(FIFTY, squeeze=squeeze), 1.4)
        fine, made = Renderer(planes, camera, SIZE), Renderer(planes, camera, SIZE)
        fine._least_px = 1e6
        ring = next(ring for ring in np.linspace(0, 300, 3000) if 11 < fine.discs_px(ring)[0] / squeeze < 12)
        apart = np.abs(fine.linear(ring) - made.linear(ring))
        assert 0 < apart.max() < 0.05  # a coarser level, and hardly to be told from full size


def test_a_frame_is_the_same_after_others_of_other_sizes():
    """Leftovers of the frame before, in memory that is kept to reckon in, never show."""
    small, large = (
        Renderer([Plane("it", 2.0, Figure("street"))], Camera(FIFTY, 1.4), size) for size in (SIZE, (480, 270))
    )
    rings = [FIFTY.ring_deg(focus_m) for focus_m in (1.0, 1.8, 5.0)]
    first = [small.linear(ring) for ring in rings]
    for ring in rings:
        large.linear(ring)
    assert all(np.array_equal(small.linear(ring), before) for ring, before in zip(rings, first, strict=True))


@pytest.mark.parametrize("size", [(480, 270), (960, 540), (1280, 720), (1920, 1080), (3840, 2160)])
def test_two_cores_have_as_much_to_draw(size: tuple[int, int]):
    """Bands handed out one after the other: neither core draws a fifth more than its half."""
    bands = [bottom - top for top, bottom in frame_bands(size)]
    assert sum(bands) == size[1]
    shares = sum(bands[::2]), sum(bands[1::2])
    assert max(shares) < 0.6 * size[1]
