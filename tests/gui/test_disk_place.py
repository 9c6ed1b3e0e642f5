# SPDX-License-Identifier: MIT
"""Where things lie on the disk: a mark's tab covers no figure of the scale, on the least disk either."""

from __future__ import annotations

import math

import pytest
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication

from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.state.desk import Desk
from followfocus_gui.state.desk_views import ring_view
from followfocus_gui.widgets.disk_painter import LINE, DiskPlace, figures
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


@pytest.mark.parametrize("units", ["metric", "imperial"])
@pytest.mark.parametrize("side", [180, 300, 420])
def test_no_figure_is_half_under_a_tab_or_on_a_line(qapp: QApplication, side: int, units: str) -> None:
    assert qapp is not None
    desk = Desk.new()
    desk.prefer(units=units)
    place = DiskPlace(side, side, desk.lens.travel_deg)
    shown = 0
    for marks in range(2, 10):
        while len(desk.pull.marks) < marks:
            desk.add_mark(13.0 * len(desk.pull.marks))
        status = UnitStatus(connected=True, state=State.IDLE, ring_deg=10.0)
        view = ring_view(desk, status, None, None)
        found = figures(place, view)
        shown += len(found)
        for figure in found:
            box, deg = figure.box, next(deg for deg, text, _ in view.scale if text == figure.text)
            end = place.point(deg, place.disk + LINE - 0.005)
            assert not box.adjusted(2, 1, -2, -1).contains(end), f"the line runs into {figure.text}"
            for spot in place.spots(view):
                x, y = min(max(spot.x(), box.left()), box.right()), min(max(spot.y(), box.top()), box.bottom())
                assert math.hypot(x - spot.x(), y - spot.y()) > place.bubble, figure.text
    assert shown > 40 if side > 200 else shown > 20
