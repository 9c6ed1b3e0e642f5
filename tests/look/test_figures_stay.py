# SPDX-License-Identifier: MIT
"""The built-in figures look as they did when people last looked at them, to a hundredth in every spot of the frame."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from followfocus.look import figures
from followfocus.look.paint import linear_to_srgb
from tests.support.golden import FOLDER, HOW, makes_anew

SIZE = (384, 216)
SPOT_PX = 4
TOLERANCE = 2.5 / 255
"""Other processors round otherwise in the last place, and a spot is kept in whole codes."""


def spots(name: str, scale: float) -> np.ndarray:
    """Colour and coverage (h, w, 4) of a figure, each the mean over a spot of the frame, in codes of 0 … 1."""
    rgba = figures.draw(name, *SIZE, scale)
    shown = np.concatenate([linear_to_srgb(np.clip(rgba[..., :3], 0, 1)), rgba[..., 3:]], axis=2)
    rows, columns = (side - side % SPOT_PX for side in shown.shape[:2])
    cut = shown[:rows, :columns].reshape(rows // SPOT_PX, SPOT_PX, columns // SPOT_PX, SPOT_PX, 4)
    return cut.mean(axis=(1, 3))


@pytest.mark.parametrize(("name", "scale"), [(name, 1.0) for name in figures.NAMES] + [("anna", 1.6), ("ben", 0.6)])
def test_a_figure_looks_as_it_did(name: str, scale: float) -> None:
    path = FOLDER / "figures" / f"{name}-{scale:g}.png"
    found = spots(name, scale)
    if makes_anew():
        Image.fromarray(np.rint(found * 255).astype(np.uint8)).save(path, optimize=True)
    kept = np.asarray(Image.open(path), np.float64) / 255
    off = np.abs(found - kept).max(axis=2)
    at = np.unravel_index(off.argmax(), off.shape)
    assert off.max() < TOLERANCE, f"{name} looks otherwise at {at}, by {255 * off.max():.0f} codes. {HOW}"
