# SPDX-License-Identifier: MIT
"""The formats' frames, in millimetres as their makers and the ASC's tables give them."""

from __future__ import annotations

import pytest

from followfocus.lens.formats import FORMATS

FRAMES = {
    "super35": (24.89, 18.66),
    "full-frame": (36.0, 24.0),
    "16mm": (12.52, 7.41),
    "mft": (17.3, 13.0),
    "2/3in": (9.59, 5.39),
    "aps-c": (23.6, 15.6),
    "vistavision": (37.72, 24.92),
    "alexa-lf": (36.70, 25.54),
    "alexa65": (54.12, 25.58),
    "65mm": (52.48, 23.01),
    "imax": (70.41, 52.63),
}


def test_every_frame_is_what_its_maker_says() -> None:
    assert {name: (one.width_mm, one.height_mm) for name, one in FORMATS.items()} == FRAMES


@pytest.mark.parametrize(
    ("name", "coc_mm"), [("super35", 0.025), ("full-frame", 0.029), ("16mm", 0.015), ("mft", 0.015)]
)
def test_circles_of_confusion_that_are_given(name: str, coc_mm: float) -> None:
    assert FORMATS[name].coc_mm == coc_mm
