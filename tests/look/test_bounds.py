# SPDX-License-Identifier: MIT
"""A camera's and a frame's limits: every figure at its bounds and just beyond them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from followfocus.errors import FollowFocusError, RequestError
from followfocus.lens.map import load_lens
from followfocus.look import figures
from followfocus.look.paint import linear_to_srgb, srgb_to_linear
from followfocus.look.planes import Figure
from followfocus.look.render import Camera, check_size, frame_count, frame_times
from followfocus.look.scene import PlaneRequest, build_planes

FIFTY = load_lens("ideal-50")

CAMERAS: list[tuple[dict[str, float], bool]] = [
    ({"t_stop": FIFTY.t_stop}, True), ({"t_stop": FIFTY.t_stop * 0.995}, True),
    ({"t_stop": FIFTY.t_stop * 0.98}, False), ({"blades": 0}, True), ({"blades": 3}, True), ({"blades": 24}, True),
    ({"blades": 1}, False), ({"blades": 2}, False),
    ({"blades": 25}, False), ({"blades": -5}, False), ({"cat_eye": 0.0}, True), ({"cat_eye": 0.8}, True),
    ({"cat_eye": 0.81}, False), ({"cat_eye": -0.01}, False), ({"breathing_percent": 0.0}, True),
    ({"breathing_percent": 30.0}, True), ({"breathing_percent": 30.1}, False), ({"breathing_percent": -0.1}, False),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "taken"), CAMERAS, ids=[str(settings) for settings, _ in CAMERAS])
def test_a_camera_is_within_its_bounds(settings: dict[str, float], taken: bool) -> None:
    asked = {"t_stop": 2.8, **settings}
    if taken:
        Camera(FIFTY, **asked)  # type: ignore[arg-type]
    else:
        with pytest.raises(RequestError):
            Camera(FIFTY, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "taken"),
    [
        ((16, 16), True), ((3840, 2160), True), ((15, 16), False), ((16, 15), False), ((3841, 2160), False),
        ((3840, 2161), False),
    ],
)  # fmt: skip
def test_a_frame_is_within_its_bounds(size: tuple[int, int], taken: bool) -> None:
    if taken:
        check_size(size)
    else:
        with pytest.raises(RequestError, match="out of range"):
            check_size(size)


@pytest.mark.parametrize(
    ("duration_s", "fps", "count"),
    [
        (2.0, 24, 49), (2.0, Fraction(24000, 1001), 49), (0.0, 24, 1), (1 / 24, 24, 2), (1 / 24 + 1e-9, 24, 2),
        (1 / 24 + 1e-4, 24, 3), (1.0, 25, 26),
    ],
)  # fmt: skip
def test_frames_are_those_from_go_to_the_first_at_or_after_the_landing(
    duration_s: float, fps: Fraction | float, count: int
) -> None:
    assert frame_count(duration_s, fps) == count
    times = frame_times(duration_s, fps)
    assert len(times) == count
    assert times[0] == 0.0
    assert times[-1] == pytest.approx(duration_s, abs=1e-6)


def test_in_the_handles_the_ring_rests_at_its_ends() -> None:
    times = frame_times(0.25, 24, 3)
    assert times[:4] == [0.0] * 4
    assert times[-4:] == [0.25] * 4
    assert times[4:-4] == pytest.approx([n / 24 for n in range(1, 6)])
    with pytest.raises(RequestError, match="Handles are 0 to"):
        frame_times(0.25, 24, -1)


@pytest.mark.parametrize(("count", "taken"), [(1, True), (8, True), (0, False), (9, False)])
def test_a_scene_has_one_plane_to_eight(count: int, taken: bool) -> None:
    requests = [PlaneRequest(f"P{n}", 1.0 + n, None) for n in range(count)]
    if taken:
        assert len(build_planes(requests)) == count
    else:
        with pytest.raises(RequestError):
            build_planes(requests)


@pytest.mark.parametrize(
    ("code", "light"),
    [(0.0, 0.0), (0.02, 0.02 / 12.92), (0.04045, 0.04045 / 12.92), (0.2, 0.0331048), (0.5, 0.2140411), (1.0, 1.0)],
)
def test_the_screens_codes_are_those_of_srgb(code: float, light: float) -> None:

    assert srgb_to_linear(np.float32([code]))[0] == pytest.approx(light, rel=1e-4)
    assert linear_to_srgb(np.float32([light]))[0] == pytest.approx(code, rel=1e-4)


@pytest.mark.parametrize("name", [figures.NAMES[0], figures.NAMES[-1].upper()])
def test_a_figure_is_asked_for_by_name_and_anything_else_is_a_file(name: str, tmp_path: Path) -> None:
    (plane,) = build_planes([PlaneRequest("Anna", 2.0, name)])
    assert plane.picture == Figure(name.lower())
    own = tmp_path / name
    Image.new("RGBA", (30, 60), (10, 200, 30, 255)).save(own, "PNG")
    (plane,) = build_planes([PlaneRequest("Anna", 2.0, str(own))])
    assert not isinstance(plane.picture, Figure)
    with pytest.raises(FollowFocusError):
        build_planes([PlaneRequest("Anna", 2.0, "nobody")])
