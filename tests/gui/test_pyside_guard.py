# SPDX-License-Identifier: MIT
"""PySide6 6.12.0 drops references to None on Python 3.11 in calls that return nothing, until the interpreter dies."""

from __future__ import annotations

import sys

from PySide6.QtGui import QImage, QPainter, QPen
from pytestqt.qtbot import QtBot


def test_void_calls_keep_none_alive(qtbot: QtBot) -> None:
    assert qtbot is not None
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    painter, pen = QPainter(image), QPen()
    before = sys.getrefcount(None)
    for _ in range(1000):
        painter.setPen(pen)
        painter.drawLine(0, 0, 1, 1)
    after = sys.getrefcount(None)
    painter.end()
    assert abs(after - before) < 100
