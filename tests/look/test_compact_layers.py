# SPDX-License-Identifier: MIT
"""Large frames keep their planes in half the memory, and look the same."""

from __future__ import annotations

import numpy as np
import pytest

from followfocus.lens.map import load_lens
from followfocus.look import layers, staging
from followfocus.look.planes import Figure, Plane
from followfocus.look.render import Camera, Renderer

FIFTY = load_lens("ideal-50")
PLANES = [Plane("ANNA", 1.2, Figure("anna")), Plane("far", 9.0, Figure("lights"))]
SIZE = (480, 270)


def held_bytes(made: Renderer) -> int:
    return sum(level.nbytes for index in range(len(PLANES)) for level in made._stage.layer(index, 0.0).levels)


def test_compact_layers_take_half_and_show_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a code of 255 everywhere, and the same in all but one pixel of fifty: sharp, soft, and through an edge."""
    plain = Renderer(PLANES, Camera(FIFTY, 2.8), SIZE)
    monkeypatch.setattr(staging, "_COMPACT_PX", 1)
    compact = Renderer(PLANES, Camera(FIFTY, 2.8), SIZE)
    quick = Renderer(PLANES, Camera(FIFTY, 2.8), SIZE, draft=True)
    assert held_bytes(compact) * 2 == held_bytes(plain)
    assert held_bytes(quick) == held_bytes(plain)
    for focus_m in (1.2, 2.5, 9.0):
        ring = FIFTY.ring_deg(focus_m)
        off = np.abs(compact.frame(ring).astype(int) - plain.frame(ring).astype(int))
        assert off.max() <= 1
        assert (off > 0).mean() < 0.02


def test_a_large_frame_is_compact_by_itself() -> None:
    made = Renderer(PLANES[1:], Camera(FIFTY, 2.8), (1360, 768))
    assert made._stage.layer(0, 0.0).levels[0].dtype == np.float16


def test_what_is_packed_comes_back_as_a_sixteen_bit_float_holds_it() -> None:
    light = np.concatenate([[0.0], np.geomspace(4e-6, 4000, 20_000)]).astype(np.float32)[None]
    back = layers._unpacked(layers._packed(light))
    assert back[0, 0] == 0
    assert back == pytest.approx(light, rel=2.0**-11)


def test_what_no_screen_shows_is_packed_as_nothing_or_as_the_most_there_is() -> None:
    back = layers._unpacked(layers._packed(np.array([[-1e-3, 3e-6, 1e9]], np.float32)))[0]
    assert back[:2].tolist() == [0, 0]
    assert back[2] == pytest.approx(4094, abs=1)
