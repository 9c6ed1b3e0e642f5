# SPDX-License-Identifier: MIT
"""The calibration's picture: a stop that is found is ticked beside its word, clear of the way and of the hub."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from followfocus_gui.widgets import calibration_pictures, theme
from followfocus_gui.widgets.calibration_pictures import HUB, WAY, WAY_WIDE, CalibrationPicture, RingPicture
from tests.gui.looking import painted

SIZES = ((447, 276), (607, 456), (650, 433), (746, 418), (920, 634))
"""As large as it is at the sizes of the window"""
INNER = WAY * (1 - WAY_WIDE / 2)
"""Where the way begins, in radii"""


@pytest.fixture(name="picture")
def _picture(qapp: QApplication, qtbot: QtBot) -> CalibrationPicture:
    theme.apply(qapp, "dark")
    picture = CalibrationPicture()
    qtbot.addWidget(picture)
    return picture


def spot(box: QRectF, centre: QPointF) -> tuple[float, float]:
    """How near and how far from the centre a box reaches."""
    corners = [box.topLeft(), box.topRight(), box.bottomLeft(), box.bottomRight()]
    away = [math.hypot(corner.x() - centre.x(), corner.y() - centre.y()) for corner in corners]
    return min(away), max(away)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("turned_deg", [0.0, 150.0, 300.0])
def test_a_tick_stands_right_before_its_word_and_off_the_way(
    size: tuple[int, int], turned_deg: float, picture: CalibrationPicture, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks: list[QRectF] = []
    draw = calibration_pictures.draw_list_sign

    def drawn(painter: QPainter, sign: str, box: QRectF, tone: QColor) -> None:
        ticks.append(box)
        draw(painter, sign, box, tone)

    monkeypatch.setattr(calibration_pictures, "draw_list_sign", drawn)
    picture.resize(*size)
    picture.show_ring(RingPicture(turned_deg, far_found=True, close_found=True))
    words = {text: box for text, box in painted(picture) if text in ("far", "close")}
    centre, radius = picture.ring
    assert len(ticks) == len(words) == 2
    for tick, word in zip(ticks, (words["far"], words["close"]), strict=True):
        near, far = spot(tick.adjusted(2, 2, -2, -2), centre)  # its strokes
        assert far < INNER * radius, "not on the way that was turned"
        assert near > HUB * radius - 2, "nor on the hub"
        assert 0 < word.left() - tick.right() < 8
        assert not tick.intersects(word)
        assert spot(word, centre)[1] < INNER * radius
