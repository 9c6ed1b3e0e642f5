# SPDX-License-Identifier: MIT
"""Where things lie on the disk: a mark's tab covers no figure of the scale, on the least disk either."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from followfocus_gui.widgets.disk_painter import DiskPlace
from followfocus_gui.widgets.theme import figure_font


@pytest.mark.parametrize("side", [180, 200, 226, 300, 420])
def test_a_tab_covers_no_figure_of_the_scale(qapp: QApplication, side: int) -> None:
    assert qapp is not None
    place = DiskPlace(side, side)
    size = max(11, round(place.radius * 0.092))
    high = QFontMetricsF(figure_font(size, bold=True)).capHeight() / 2
    outer = place.scale * place.radius + high
    inner = place.scale * place.radius - high
    tab = place.track * place.radius
    assert outer <= tab - place.bubble + 0.5
    assert inner >= (place.disk + 0.035) * place.radius - 0.5
    assert tab + place.bubble <= side / 2  # nor is the tab cut off
