# SPDX-License-Identifier: MIT
"""Every brush stroke of the built-in figures lies where it lay, at any size, to a two-thousandth in every spot."""

from __future__ import annotations

import numpy as np
import pytest

from followfocus.look import figures, paint, portraits, sets
from followfocus.look.paint import Canvas, linear_to_srgb, srgb_to_linear
from tests.support.golden import assert_drawn_as_it_was, spots

PAINTERS = {
    "anna": portraits.paint_anna, "ben": portraits.paint_ben, "door": sets.paint_door, "street": sets.paint_street,
    "lights": sets.paint_lights, "chart": figures.paint_chart, "edge": figures.paint_edge, "dot": figures.paint_dot,
}  # fmt: skip


def shown(rgba: np.ndarray) -> np.ndarray:
    """As it is seen: codes, so that the dark parts count as much as the light ones."""
    return np.concatenate([linear_to_srgb(np.clip(rgba[..., :3], 0, 1)), rgba[..., 3:]], axis=2)


@pytest.mark.parametrize("name", PAINTERS)
@pytest.mark.parametrize("scale", [1.0, 0.35, 2.6])
def test_strokes_lie_where_they_lay(name: str, scale: float) -> None:
    canvas = Canvas.for_frame(300, 170, scale)
    PAINTERS[name](canvas)
    assert_drawn_as_it_was(f"{name}-{scale:g}", spots(shown(canvas.rgba), 5))


@pytest.mark.parametrize("name", ["anna", "door", "street"])
def test_a_large_picture_painted_in_bands_is_the_one_painted_whole(name: str) -> None:
    large = figures.draw(name, 1100, 620)
    whole = Canvas.for_frame(1100, 620, 1.0)
    PAINTERS[name](whole)
    assert large.size >= 2_000_000
    assert np.abs(shown(large) - shown(whole.rgba)).max() < 2e-3


def test_fields_are_what_they_were() -> None:
    c = Canvas.for_frame(64, 36, 1.0)
    fields = [
        paint.ellipse(c, 0.5, 0.4, 0.3, 0.2), paint.box(c, 0.2, 0.1, 0.9, 0.7, 0.05),
        paint.segment(c, 0.1, 0.2, 1.2, 0.8),
        paint.join(paint.ellipse(c, 0.5, 0.4, 0.3, 0.2), paint.box(c, 0.4, 0.3, 1.2, 0.6), 0.1),
        paint.smooth(0.1, 0.7, c.y), paint.smooth(0.7, 0.1, c.x), paint.strands(c.x, 30.0, 4), paint.mottle(c, 20.0, 5),
    ]  # fmt: skip
    for number, field in enumerate(fields):
        whole = np.broadcast_to(field, c.rgba.shape[:2])
        assert_drawn_as_it_was(f"field-{number}", np.tanh(whole.astype(np.float64)) / 2 + 0.5)


def test_brushes_paint_what_they_did() -> None:
    c = Canvas.for_frame(64, 36, 1.0)
    c.paint(c.cover(paint.ellipse(c, 0.8, 0.5, 0.5, 0.3)), paint.linear_colour("a08040"))
    c.tint(c.cover(paint.box(c, 0.5, 0.2, 0.9, 0.9), 0.05), paint.linear_colour("204060", 2.0))
    c.light(c.cover(paint.ellipse(c, 0.7, 0.4, 0.1, 0.1), 0.1), 0.5)
    c.shade(0.8 + 0.2 * paint.smooth(0.0, 1.0, c.y))
    part = c.part(0.2, 0.1, 0.6, 0.5).local(0.1, 0.05, 0.5)
    part.paint(part.cover(paint.segment(part, 0.0, 0.0, 0.6, 0.6) - 0.05), paint.linear_colour("ffffff"))
    assert_drawn_as_it_was("brushes", shown(c.rgba))


def test_codes_and_light_are_each_others_inverse_and_meet_the_standard() -> None:
    codes = np.linspace(0, 1, 256, dtype=np.float32)
    assert linear_to_srgb(srgb_to_linear(codes)) == pytest.approx(codes, abs=2e-6)
    # IEC 61966-2-1: the straight part ends at a code of 0.04045; half a code is 21.4 % of the light
    assert srgb_to_linear(np.float32([0.0, 0.02, 0.04045, 0.5, 1.0])) == pytest.approx(
        [0.0, 0.02 / 12.92, 0.04045 / 12.92, 0.21404, 1.0], rel=1e-4
    )
