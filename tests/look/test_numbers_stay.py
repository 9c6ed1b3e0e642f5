# SPDX-License-Identifier: MIT
"""The pictures' numbers: discs, depths, planes, layers, sizes; on their bounds and beside."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import FollowFocusError
from followfocus.lens.map import load_lens
from followfocus.look import aperture, depth, encode, kinds, layers, match, planes, render, scene, stack, staging, strip
from followfocus.look.aperture import Aperture
from followfocus.look.area import Area
from followfocus.look.behind import behind
from followfocus.look.blur import LEVELS, halved
from followfocus.look.figures import draw
from followfocus.look.planes import Drawn, Figure, Plane, Still, figure_for
from followfocus.look.render import Camera
from followfocus.look.slices import Sliced
from followfocus.look.tone import LightCodes
from followfocus.plan.sharpness import SubjectTrack
from tests.support.golden import Cell, assert_drawn_as_it_was, assert_goes_as_it_did

Row = tuple[Cell, ...]
FIFTY = load_lens("ideal-50")


def told(work: object, *given: object) -> str:
    """The result in words: its value, or the sentence that refuses it."""
    assert callable(work)
    try:
        return repr(work(*given))
    except FollowFocusError as error:
        return str(error)


def sums(values: np.ndarray) -> Row:
    """An array in a few numbers, none of which stays as it is when one pixel changes."""
    flat = np.asarray(values, np.float64).ravel()
    weights = 1.0 + np.arange(len(flat)) % 97
    return str(values.shape), float(np.round(flat.sum(), 3)), float(np.round((flat * weights).sum(), 2))


# ---------------------------------------------------------------- discs


@pytest.mark.parametrize("blades", [0, 5, 6, 9])
@pytest.mark.parametrize("squeeze", [1.0, 2.0])
def test_a_disc_is_as_it_was(blades: int, squeeze: float) -> None:
    rows: list[Row] = []
    for cat_eye, corner in ((0.0, (1.0, 1.0)), (0.5, (0.7, -0.4)), (0.5, (0.0, 0.0)), (0.9, (-1.0, 0.0))):
        for diameter in (0.0, 0.4, 0.98, 1.0, 1.48, 1.52, 2.98, 3.02, 7.3, 24.0):
            found = Aperture(blades, squeeze, cat_eye).runs(diameter, corner)
            ends = " ".join(f"{low:g}/{high:g}*{len(columns)}@{columns[0]}" for low, high, columns in found.runs)
            rows.append((diameter, found.area, *found.reach, ends))
    assert_goes_as_it_did(f"disc-{blades}-{squeeze:g}", rows)


def test_every_disc_has_its_area() -> None:
    for blades in (0, 5, 7, 8):
        for diameter in (11.0, 40.0):
            area = Aperture(blades).runs(diameter).area
            assert area == pytest.approx(math.pi * diameter**2 / 4, rel=0.05), (blades, diameter)
        if blades:
            assert blades / 2 * aperture.circumradius(blades) ** 2 * math.sin(2 * math.pi / blades) == pytest.approx(
                math.pi
            )


# ---------------------------------------------------------------- depths


def test_a_known_distance_is_understood_as_it_was() -> None:
    asked = ("412,220=2m", "4,2 = 6ft", "0.5=3m", "a=3m", "5", "-1=2m", "1,2,3=4m", "412.5 , 0=1", "x,y=2", "1=", "=2m")
    assert_goes_as_it_did("known", [(text, told(depth.parse_known, text)) for text in asked])
    assert_goes_as_it_did(
        "point", [(text, told(depth.picture_point, text)) for text in ("4,2", " 4.5 , 2 ", "4", "", "-1,2")]
    )


def test_depth_maps_are_scaled_as_they_were() -> None:
    draw_, rows = random.Random(14), list[Row]()
    values = np.array([[0.0, 0.5, 1.0, 2.0], [4.0, np.nan, np.inf, 8.0], [1.5, 2.5, 3.0, 9.0]], np.float32)
    knowns = [depth.Known(2.0, value=1.0), depth.Known(4.0, value=2.0), depth.Known(8.0, at=(3.0, 0.0)),
              depth.Known(1.0, value=0.0),
              depth.Known(1.0, at=(9.0, 0.0)), depth.Known(2.0, value=4.0), depth.Known(0.5, value=4.0)]  # fmt: skip
    for _ in range(120):
        kind = (None, *depth.KINDS, "odd")[draw_.randrange(5)]
        known = draw_.sample(knowns, draw_.randrange(4))
        whole = draw_.randrange(2) == 1
        said = told(depth.depth_scale_of, values, whole, kind, known, (4, 3))
        row: Row = (kind, whole, len(known), said)
        try:
            row += sums(depth.depth_scale_of(values, whole, kind, known, (4, 3)).per_m(values))
        except FollowFocusError as error:
            row += (str(error),)
        if len(known) == 2:
            row += (told(depth.likeliest_kind, values, known, (4, 3)),)
        rows.append(row)
    assert_goes_as_it_did("depth", rows)


def test_around_a_point_is_five_pixels_and_the_picture_ends_where_it_ends() -> None:
    values = np.arange(80, dtype=np.float32).reshape(8, 10)
    rows: list[Row] = [
        (x, y, told(depth.around, values, (x, y), (20, 16)))
        for x in (-0.1, 0.0, 9.0, 19.9, 20.0) for y in (-1.0, 0.0, 7.9, 15.99, 16.0)
    ]  # fmt: skip
    values[2:7, 2:7] = np.nan
    rows.append(("none", told(depth.around, values, (9.0, 9.0), (20, 16))))
    assert_goes_as_it_did("around", rows)


# ---------------------------------------------------------------- scenes


def test_a_scene_is_set_as_it_was() -> None:
    asked = (
        "ANNA=2m",
        "A=4m..1.2m",
        "A=4m@0..2m@1.5s..1.2m@3s",
        "A",
        "=2m",
        "A=",
        "A=2m=ben",
        " A = 2m = ",
        "A=inf=x=y",
        "A=0m",
    )
    rows: list[Row] = [(text, told(scene.parse_plane, text, 3.0)) for text in asked]
    ends = ((1.2, 4.0), (4.0, 1.2), (2.0, math.inf), (1.0, 2.4), (1.0, 2.6))
    rows += [(*pair, told(scene.default_requests, *pair)) for pair in ends]
    one = scene.parse_plane("Anna=2m", 1.0)
    many = [scene.parse_plane(f"p{i}={i + 1}m", 1.0) for i in range(9)]
    rows += [(str(len(asked)), told(scene.build_planes, asked)) for asked in ([], [one], [one, one], many[:8], many)]
    requests = [one, *scene.default_requests(1.2, 3.0), scene.parse_plane("walker=5m..2.5m", 2.0)]
    for text in ("anna", "  THE DOOR ", "nobody"):
        for distance in (1.2, 1.21, 1.3, 3.0, 2.5, 9.0):
            for at_s in (0.0, 2.0):
                rows.append((text, distance, at_s, told(scene.subject_at, distance, text, requests, FIFTY, at_s)))
    assert_goes_as_it_did("scene", rows)


def test_a_name_has_its_figure() -> None:
    names = ("Anna", "her", "Ben", "the man", "door", "window", "street", "x")
    rows: list[Row] = [
        (name, rank, figure_for(name, rank, 4).name, figure_for(name, rank, rank + 1).name)
        for name in names
        for rank in range(4)
    ]
    assert_goes_as_it_did("figures", rows)


@pytest.mark.parametrize(("seconds", "begins"), [
    (0.499, "sudden"), (0.5, "quick"), (1.199, "quick"), (1.2, "calm"), (2.99, "calm"), (3.0, "tender"),
    (4.99, "tender"), (5.0, "slow"),
])  # fmt: skip
def test_how_a_duration_feels(seconds: float, begins: str) -> None:
    assert kinds.feeling_of(seconds).startswith(begins)


# ---------------------------------------------------------------- planes and layers


def test_a_still_fills_the_frame_or_stands_in_it() -> None:
    codes = np.indices((12, 20)).sum(axis=0).astype(np.uint8) * 8
    opaque = np.dstack([codes, codes[::-1], codes[:, ::-1], np.full_like(codes, 255)])
    cut = opaque.copy()
    cut[:4, :, 3] = 0
    rows: list[Row] = []
    for pixels in (opaque, cut):
        for size in ((40, 24), (10, 6), (30, 30)):
            for scale in (1.0, 0.5, 1.7):
                drawn = Still(pixels).drawn(*size, scale)
                rows.append((*size, scale, drawn.left, drawn.top, *sums(drawn.rgba)))
    assert_goes_as_it_did("stills", rows)


@pytest.mark.parametrize("compact", [False, True])
def test_a_layer_holds_what_it_held(compact: bool) -> None:
    rgba = np.zeros((20, 30, 4), np.float32)
    rgba[3:17, 5:26] = np.linspace(0.2, 1.0, 21)[None, :, None]
    rows: list[Row] = []
    for left, top, full in ((0, 0, False), (4, -3, False), (-5, -5, False), (0, 0, True), (-2, -1, True), (1, 0, True)):
        picture = np.clip(rgba + 1.0, 0, 1) if full else rgba
        made = layers.layer_of(Drawn(picture, left, top), "x", (28, 18), compact=compact)
        rows.append((left, top, full, str(made.box), made.extends, len(made.levels)))
        for level in range(LEVELS):
            rows.append(sums(made.levels[level]))
            boxes = (Area(-4, -4, 6, 5), Area(1, 0, 3, 2), Area(40, 40, 44, 43))
            rows += [(str(made.filled(level, box)), *sums(made.window(level, box))) for box in boxes]
    rows.append((told(layers.layer_of, Drawn(np.zeros((4, 4, 4), np.float32), 0, 0), "x", (4, 4)),))
    assert_goes_as_it_did(f"layers-{compact}", rows)


def test_areas() -> None:
    one, other = Area(2, 3, 10, 9), Area(5, 0, 12, 6)
    assert (one.shape, one.empty) == ((6, 8), False)
    assert Area(2, 3, 2, 9).empty
    assert Area(2, 9, 5, 9).empty
    assert one.common(other) == Area(5, 3, 10, 6)
    assert one.grown(2, 1) == Area(0, 2, 12, 10)
    assert one.common(other).inside(one) == (slice(0, 3), slice(3, 8))
    assert [stack.band_rows(*size) % 8 for size in ((2160, 3840), (1080, 1920), (90, 160))] == [0, 0, 0]
    assert_goes_as_it_did(
        "bands", [(h, w, stack.band_rows(h, w)) for h in (9, 180, 1080, 2160) for w in (16, 320, 1920, 4096, 8192)]
    )


def test_half_the_size_is_the_mean_of_four() -> None:
    values = np.random.default_rng(1).random((3, 8, 12)).astype(np.float32)
    assert halved(values) == pytest.approx(values.reshape(3, 4, 2, 6, 2).mean(axis=(2, 4)), abs=1e-6)


def test_walkers_grow_as_they_come() -> None:
    there = SubjectTrack((0.0, 2.0), (4.0, 1.0))
    for scale in (1.0, 0.5, 20.0, 0.01):
        acts = staging.Staging(
            [Plane("SHE", there, Figure("anna")), Plane("HE", 2.0, Figure("ben")),
             Plane("chart", there, Figure("chart"))],
            scale, (96, 54),
        )  # fmt: skip
        rows: list[Row] = []
        for t in (-1.0, 0.0, 0.4, 1.0, 1.999, 2.0, 5.0):
            for index in range(3):
                layer = acts.layer(index, t)
                assert acts.layer(index, t) is layer  # kept
                level = layer.levels[0].astype(np.float64)
                rows.append(
                    (t, index, acts.growth(index, t), str(layer.box), layer.extends, float(round(level.mean(), 3)))
                )
        assert_goes_as_it_did(f"walkers-{scale:g}", rows)


# ---------------------------------------------------------------- pictures with depth


def scenery() -> tuple[np.ndarray, np.ndarray]:
    rows, columns = np.indices((40, 64))
    metres = np.where((abs(columns - 22) < 6) & (rows > 9), 1.5, 2.0 + 6.0 * (1 - rows / 39))
    colours = np.stack([rows / 39, columns / 63, 0.3 + 0.4 * ((rows + columns) % 7 < 3)])
    return colours.astype(np.float32), (1 / metres).astype(np.float32)


@pytest.mark.parametrize(("apart", "reach"), [(0.05, 4.0), (0.3, 20.0), (0.01, 1.0)])
def test_what_is_behind_is_made_up_as_it_was(apart: float, reach: float) -> None:
    colours, per_m = scenery()
    found = behind(colours[:, :39, :63], -per_m[:39, :63], apart, reach)
    assert_drawn_as_it_was(
        f"behind-{reach:g}", np.concatenate([found.colours, found.depth[None] / 4 + 0.5, found.there[None]])
    )


@pytest.mark.parametrize("reach_px", [2.0, 9.0])
def test_a_picture_is_sliced_as_it_was(reach_px: float) -> None:
    colours, per_m = scenery()
    sliced = Sliced(colours, per_m, reach_px)
    rows: list[Row] = [("slices", len(sliced.per_m()), *sums(np.asarray(sliced.per_m())))]
    whole = Area(-8, -8, 72, 48)
    for level in range(LEVELS):
        size = 2**level
        box = Area(whole.left // size, whole.top // size, whole.right // size, whole.bottom // size)
        for first in range(0, len(sliced.per_m()), 37):
            rows.append((level, first, str(sliced.filled(level, box, first, min(first + 39, len(sliced.per_m()) - 1)))))
            shares = np.zeros(len(sliced.per_m()) + 1, np.float32)
            shares[first : first + 40] = 1.0
            rows.append(sums(sliced.window(level, box, shares)))
    assert_goes_as_it_did(f"slices-{reach_px:g}", rows)


@pytest.mark.parametrize("codes", LightCodes)
def test_light_is_written_as_it_was(codes: LightCodes) -> None:
    light = np.linspace(0, 1.3, 48, dtype=np.float32).reshape(3, 4, 4)
    frame = np.zeros((4, 4, 3), codes.value)
    codes.write(light, frame)
    assert_goes_as_it_did(f"tone-{codes.name.lower()}", [tuple(float(v) for v in row) for row in frame.reshape(4, -1)])


# ---------------------------------------------------------------- sizes, names, times


def test_frames_are_counted_and_timed_as_they_were() -> None:
    rows: list[Row] = []
    for fps in (24, 25, Fraction(24000, 1001), 120):
        for seconds in (0.0, 0.02, 1.0, 1.0 + 1e-9, 2.51):
            times = render.frame_times(seconds, fps, 3)
            rows.append((str(fps), seconds, render.frame_count(seconds, fps), len(times), times[0], times[-1]))
    rows += [
        (str(size), told(render.check_size, size))
        for size in ((0, 10), (16, 16), (15, 15), (8192, 4320), (8193, 4320), (20000, 8))
    ]
    assert_goes_as_it_did("frame-times", rows)


def test_names_of_sequences() -> None:
    rows: list[Row] = []
    for name in ("rack.####.png", "rack.%04d.tif", "rack.png", "#.exr", "a#b#c.png", "%00d.png"):
        found = encode.sequence_of(Path("/x") / name, 7)
        rows.append((name, repr(found), found.name(3) if found else None, encode.tone_for(Path(name)).name))
    assert_goes_as_it_did("sequences", rows)


def test_a_gif_that_is_too_long_is_refused_at_its_bound() -> None:
    rows: list[Row] = [
        (path, frames, fps, told(encode.check_length, Path(path), frames, (640, 360), fps))
        for path in ("a.gif", "a.mp4")
        for frames in (1, 867, 868, 869, 1736, 1737)
        for fps in (24, 50, 50.5, 120)
    ]
    assert_goes_as_it_did("gif-length", rows)


def test_the_lens_s_discs() -> None:
    rows: list[Row] = []
    for camera in (Camera(FIFTY, 1.4), Camera(FIFTY, 4.0, blades=7, cat_eye=0.5, breathing_percent=6.0)):
        rows.append((camera.field_scale, camera.frame_width_mm, camera.focal_mm(0.5), repr(camera.aperture)))
        for focus in (0.7, 1.2, 5.0, math.inf):
            ring = FIFTY.ring_deg(focus) if math.isfinite(focus) else 0.0
            discs = camera.signed_discs_px(ring, np.array([0.6, 1.2, 3.0, 50.0]), 1920)
            rows.append(
                (focus, camera.magnification(ring), *(float(d) for d in discs), camera.disc_px(ring, 2.0, 1920))
            )
    assert_goes_as_it_did("discs", rows)


# ---------------------------------------------------------------- fits


@pytest.mark.parametrize("easing", ["minjerk", "scurve(0.3,0.5,0.2)", "bezier(0.6,0,0.3,1)"])
def test_a_hand_is_fitted_as_it_was(easing: str) -> None:
    from followfocus.motion.easing import parse_easing

    times = np.linspace(0.0, 3.0, 61)
    share = parse_easing(easing).value(np.clip((times - 0.4) / 1.9, 0.0, 1.0))
    ring = 60.0 + 80.0 * share + 0.1 * np.sin(7 * times) * (share > 0) * (share < 1)
    fits = match.fit_pull(times, ring)
    assert fits[0].rms_deg < 0.12
    rows: list[Row] = [
        (
            fit.easing.split("(")[0],
            round(fit.start_s, 3),
            round(fit.duration_s, 3),
            round(fit.rms_deg, 3),
            round(fit.worst_deg, 2),
        )
        for fit in fits
    ]
    assert_goes_as_it_did(f"fit-{easing.split('(')[0]}", rows)
    assert fits[0].ring_deg(times)[[0, -1]] == pytest.approx([60.0, 140.0], abs=0.5)
    with pytest.raises(FollowFocusError):
        match.fit_pull(times[:4], ring[:4])
    with pytest.raises(FollowFocusError):
        match.fit_pull(times, np.full(61, 60.0))
    assert len(match.fit_pull(times[::15], ring[::15], ["linear"])) == 1


def test_a_kept_picture_is_the_same_one_again() -> None:
    assert draw("anna", 64, 36) is draw("anna", 64, 36)
    assert planes.Figure("chart").framed
    assert not planes.Figure("anna").framed
    for name in ("anna", "chart"):  # as composed, where nobody says how large; a chart is measured by, and never larger
        plain, twice = planes.Figure(name).drawn(64, 36), planes.Figure(name).drawn(64, 36, 2.0)
        assert plain.rgba is planes.Figure(name).drawn(64, 36, 1.0).rgba
        assert (plain.rgba is twice.rgba) is (name == "chart")
    assert strip.__doc__
