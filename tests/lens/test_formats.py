# SPDX-License-Identifier: MIT
"""The formats' frames, in millimetres as their makers and the ASC's tables give them."""

from __future__ import annotations

import pytest

from followfocus.errors import RequestError
from followfocus.lens.formats import FORMATS, format_named

FRAMES = {
    "super35": (24.89, 18.66),
    "full-frame": (36.0, 24.0),
    "16mm": (12.52, 7.41),
    "mft": (17.3, 13.0),
    "2/3in": (9.59, 5.39),
    "1in": (13.2, 8.8),
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


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("S-35", "super35"), ("super_35", "super35"), ("Super 35 mm", "super35"), ("M 4/3", "mft"),
        ("Micro 4/3", "mft"),
        ("micro-four-thirds", "mft"), ("Mini LF", "alexa-lf"), ("ALEXA Mini LF", "alexa-lf"), ("Super-16", "16mm"),
        ("2/3″", "2/3in"), ("2/3''", "2/3in"), ("1 Inch", "1in"), ("FULL  FRAME", "full-frame"), ("Aps C", "aps-c"),
        ("Alexa 65", "alexa65"), ("1.6", "1.6x0.9"), ("36 × 24 mm", "36x24"),
    ],
)  # fmt: skip
def test_a_format_is_found_however_it_is_spelt(written: str, name: str) -> None:
    assert format_named(written).name == name


def test_what_is_spelt_wrong_is_answered_with_a_name_that_is_known() -> None:
    with pytest.raises(RequestError, match="Did you mean super35"):
        format_named("Supr 35")
