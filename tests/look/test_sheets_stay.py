# SPDX-License-Identifier: MIT
"""A look's sheet of stills, its bands, slices and words, and what is taken where nothing is said: as they were."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from followfocus import typefaces
from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.lens.subjects import Subject, SubjectTrack
from followfocus.lens.zoom import Zoom
from followfocus.look import encode, exports, kinds, slices, stack, strip, words
from followfocus.look.area import Area
from followfocus.look.planes import Figure, Plane, figure_for
from followfocus.look.render import Camera, Pixels, Renderer
from followfocus.look.shot import Shot
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.typefaces import dejavu
from tests.support.golden import Cell, assert_goes_as_it_did, assert_looks_as_it_did, spots

Row = tuple[Cell, ...]
FIFTY = load_lens("ideal-50")


def shot(from_m: float, to_m: float, duration_s: float = 2.0, t_stop: float = 1.4, **more: object) -> Shot:
    marks = Mark("A", FIFTY.ring_deg(from_m)), Mark("B", FIFTY.ring_deg(to_m))
    subjects = more.pop("subjects", (Subject("ANNA", from_m), Subject("THE DOOR", to_m)))
    camera = Camera(FIFTY, t_stop, zoom=more.pop("zoom", None))  # type: ignore[arg-type]
    return Shot(camera, motion_of(Pull.between(*marks, duration_s)), subjects, 0.025, **more)  # type: ignore[arg-type]


class Flat:
    """Draws a colour for the moment, and remembers which it was asked for."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size, self.asked = size, list[tuple[float, float]]()

    def frame(self, ring_deg: float, t: float = 0.0, *, threads: bool = True) -> Pixels:
        del threads
        self.asked.append((ring_deg, t))
        colour = np.array([ring_deg % 200, 255 * t / 2.0, 128]).astype(np.uint8)
        return np.broadcast_to(colour, (self.size[1], self.size[0], 3))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 9])
def test_stills_are_laid_out_as_they_were(count: int) -> None:
    flat, done = Flat((480 if count != 3 else 300, 270)), list[int]()
    made = strip.render_strip(flat, shot(1.2, 4.0), count, done.append)  # type: ignore[arg-type]
    assert done == list(range(1, len(flat.asked) + 1))
    assert_looks_as_it_did(f"sheet-{count}", spots(made.astype(np.float64) / 255, 6))


def test_a_strip_has_the_letters_of_this_computer_s_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """⌖ is in STIX and not in DejaVu; 安 is in neither, and is shown to have been there."""
    stix = dejavu("STIXGeneral.ttf")
    monkeypatch.setattr(typefaces, "other_files", lambda: (stix,))
    typefaces.file_of.cache_clear()
    assert strip._runs("A⌖安娜b") == [(dejavu(), "A"), (stix, "⌖"), (dejavu(), "▯▯"), (dejavu(), "b")]
    assert strip._legend(["A⌖b"]) == ""
    assert strip._legend(["A", "安娜"]) == " ▯ is a sign that no font here has."
    typefaces.file_of.cache_clear()


def test_a_strip_shows_go_the_landing_and_where_it_changes() -> None:
    rows: list[Row] = []
    shots = (
        shot(1.2, 4.0),
        shot(4.0, 1.2, 0.3),
        shot(2.0, 2.1, 5.0, 11.0),
        shot(3.0, 1.5, 8.0, fps=Fraction(30000, 1001)),
    )
    for one, count in itertools.product(shots, (1, 2, 3, 4, 5, 8, 24)):
        rows.append((count, *strip.strip_frames(one, count)))
        rows += [(frame, *words.caption(one, frame)) for frame in strip.strip_frames(one, 4)]
    assert_goes_as_it_did("strip-frames", rows)
    for count in (0, 25):
        with pytest.raises(RequestError, match="1 to 24"):
            strip.strip_frames(shots[0], count)


@pytest.mark.parametrize(
    ("name", "frames", "size", "fps", "fits"),
    [
        ("a.gif", 100, (2000, 1000), 24, True), ("a.gif", 101, (2000, 1000), 24, False),
        ("a.GIF", 101, (2000, 1000), 24, False), ("a.mp4", 10**6, (2000, 1000), 24, True),
        ("a.gif", 100, (2000, 1000), 50, True), ("a.gif", 200, (2000, 1000), 51, True),
        ("a.gif", 201, (2000, 1000), 51, False), ("a.gif", 200, (2000, 1000), 100, True),
        ("a.gif", 300, (2000, 1000), 101, True), ("a.gif", 301, (2000, 1000), 101, False),
    ],
)  # fmt: skip
def test_a_gif_is_as_long_as_memory_lets_it(
    name: str, frames: int, size: tuple[int, int], fps: float, fits: bool
) -> None:
    if fits:
        encode.check_length(Path(name), frames, size, fps)
        return
    with pytest.raises(RequestError, match="too long for a GIF"):
        encode.check_length(Path(name), frames, size, fps)


# Where nothing is said ----------------------------------------------------------------------------------------------


def test_where_no_moment_is_said_it_is_go() -> None:
    walk = SubjectTrack((0.0, 1.0), (3.0, 1.2))
    anna = Plane("ANNA", walk, Figure("dot"))
    assert anna.distance_m() == anna.distance_m(0.0) == 3.0
    renderer = Renderer((anna, Plane("DOOR", 5.0, Figure("door"))), Camera(FIFTY, 2.0), (64, 36))
    ring = FIFTY.ring_deg(3.0)
    assert renderer.discs_px(ring) == renderer.discs_px(ring, 0.0) != renderer.discs_px(ring, 1.0)
    assert np.array_equal(renderer.linear(ring), renderer.linear(ring, 0.0))
    assert not np.array_equal(renderer.linear(ring), renderer.linear(ring, 1.0))
    at_go = renderer.frame(ring).copy()
    assert np.array_equal(at_go, renderer.frame(ring, 0.0))
    assert not np.array_equal(at_go, renderer.frame(ring, 1.0))


@pytest.mark.parametrize(
    ("name", "rank", "count", "figure"),
    [("X", 0, 3, "anna"), ("X", 1, 3, "door"), ("X", 2, 3, "street"), ("X", 2, 4, "ben"), ("X", 1, 2, "door"),
     ("THE DOOR", 0, 2, "door"), ("Ben", 0, 2, "ben"), ("street lights", 0, 3, None), ("X", 3, 4, "street")],
)  # fmt: skip
def test_a_plane_looks_like_its_name_or_its_rank(name: str, rank: int, count: int, figure: str | None) -> None:
    found = figure_for(name, rank, count)
    assert found == (Figure(figure) if figure else figure_for(name, 2, 9))


# Bands and slices ---------------------------------------------------------------------------------------------------


def test_bands_boxes_and_slices_are_cut_as_they_were() -> None:
    rows: list[Row] = []
    for height, width in itertools.product(
        (16, 63, 64, 65, 270, 720, 1080, 2160), (16, 480, 780, 782, 1920, 2343, 2345, 3840)
    ):
        bands = stack.frame_bands((width, height))
        rows.append((height, width, stack.band_rows(height, width), len(bands), *bands[-1]))
        assert [top for top, _ in bands[1:]] == [bottom for _, bottom in bands[:-1]]
    for low, high, step in (
        (-9.0, 30.0, 1.0),
        (0.0, 0.0, 1.0),
        (-0.5, 0.5, 0.75),
        (-80.0, 0.0, 2.0),
        (0.0, 200.0, 1.5),
    ):
        found = slices._middles(low, high, step)
        rows.append((low, high, len(found), found[0], found[-1], *found[:12]))
    for left, top, level in itertools.product((-9, 0, 7, 8), (-1, 0, 15), (0, 1, 3)):
        box = stack._at(Area(left, top, left + 21, top + 10), level)
        rows.append((box.left, box.top, box.right, box.bottom))
    for seed in range(6):
        true = np.random.default_rng(seed).random((6, 9)) > 0.88 + 0.03 * seed
        box = stack.area_of(true, Area(3, 5, 12, 11))
        rows.append((box.left, box.top, box.right, box.bottom))
    discs = np.linspace(-4.0, 6.0, 512)
    for before, middle, after in ((-2.0, 0.0, 3.0), (-math.inf, -1.0, 0.5), (0.0, 2.0, math.inf)):
        tent = slices._tent(discs, before, middle, after)
        rows.append((len(tent), float(tent.sum()), float(tent @ np.arange(513)), float(tent[-1])))
    assert_goes_as_it_did("bands-and-slices", rows)


# Words --------------------------------------------------------------------------------------------------------------


def test_what_is_said_of_a_shot_is_said_as_it_was() -> None:
    anna = Subject("ANNA", SubjectTrack((0.0, 2.0), (4.0, 1.4)))
    three = Subject("A", 1.2), Subject("B", 2.0), Subject("C", math.inf)
    shots = [
        shot(1.2, 4.0), shot(4.0, 1.2, 0.4), shot(2.0, 2.1, 5.0, 11.0), shot(1.0, math.inf, 3.0, 2.8),
        shot(8.0, 9.0, 1.0),
        shot(4.0, 1.4, subjects=(anna, Subject("DOOR", 6.0)), followed=True),
        shot(4.0, 1.4, subjects=(Subject("DOOR", 6.0), anna), start_frame=86_400, fps=Fraction(25)),
        shot(1.2, 6.0, subjects=three, easing="linear"), shot(1.2, 6.0, zoom=Zoom((0.0, 2.0), (50.0, 80.0))),
        shot(1.2, 6.0, start_frame=1800, fps=Fraction(30000, 1001), drop_frame=True, frame_px=(1280, 720)),
    ]  # fmt: skip
    rows: list[Row] = []
    for number, one in enumerate(shots):
        rows += [(number, words.brief(one), words.prompt(one), kinds.kind_of(one).name)]
        rows += [
            (number, words.timeline(one, who, who.name, frames=way))
            for who in one.everyone.subjects
            for way in (False, True)
        ]
        rows += [(number, *words.caption(one, frame), one.timecode(frame)) for frame in (0, 7, 24)]
        for kind in exports.EXPORTS:
            text = exports.export_text(one, kind)
            rows += [
                (number, kind, len(text.splitlines()), line[:160])
                for line in text.splitlines()[:: max(1, len(text.splitlines()) // 6)]
            ]
    assert_goes_as_it_did("shots", rows)


@pytest.mark.parametrize("level", [1, 2, 3])
@pytest.mark.parametrize("whole", [Area(16, 24, 80, 40), Area(0, 0, 8, 8), Area(24, 8, 40, 104)])
def test_a_box_of_a_level_covers_its_band_at_full_size_and_lies_where_it_did(level: int, whole: Area) -> None:
    """A ramp stays the ramp: each pixel of full size says where it is."""
    has = stack._at(whole, level).grown(stack._MARGIN, stack._MARGIN)
    size = 2**level
    across = (np.arange(has.left, has.right) + 0.5) * size - 0.5
    down = (np.arange(has.top, has.bottom) + 0.5) * size - 0.5
    made = np.stack(np.broadcast_arrays(across[None, :], down[:, None])).astype(np.float32)
    found, where = stack._enlarged(made, has, level, whole)
    assert (where.left, where.top, where.right, where.bottom) == (whole.left, whole.top, whole.right, whole.bottom)
    assert found.shape == (2, whole.bottom - whole.top, whole.right - whole.left)
    assert np.allclose(found[0], np.arange(whole.left, whole.right)[None, :], atol=1e-3)
    assert np.allclose(found[1], np.arange(whole.top, whole.bottom)[:, None], atol=1e-3)
