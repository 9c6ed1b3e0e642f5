# SPDX-License-Identifier: MIT
"""The built-in figures look as they did when people last looked at them, to a hundredth in every spot of the frame."""

from __future__ import annotations

import numpy as np
import pytest

from followfocus.look import figures
from followfocus.look.paint import linear_to_srgb
from tests.support.golden import assert_looks_as_it_did, spots

SIZE = (384, 216)


@pytest.mark.parametrize(("name", "scale"), [(name, 1.0) for name in figures.NAMES] + [("anna", 1.6), ("ben", 0.6)])
def test_a_figure_looks_as_it_did(name: str, scale: float) -> None:
    rgba = figures.draw(name, *SIZE, scale)
    shown = np.concatenate([linear_to_srgb(np.clip(rgba[..., :3], 0, 1)), rgba[..., 3:]], axis=2)
    assert_looks_as_it_did(f"{name}-{scale:g}", spots(shown, 4))
