# SPDX-License-Identifier: MIT
"""Lines of samples, made ready for the painter: what nobody would see is left out, and no point is an object."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QByteArray, QDataStream
from PySide6.QtGui import QPolygonF

from followfocus.arrays import FloatArray

OFF_PX = 0.1
"""How far a drawn line may lie beside the samples"""
APART = 8
"""One point in so many stays where the line is straight"""


def thinned(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """A line without the points that nobody would see missing: what is drawn is off by a tenth of a pixel at most.

    Where the bend is b pixels from point to point, every n-th point alone puts the line b·n²/8 beside itself: one in
    eight stays, one in four where that is too much, and each at which the line bends more. `x` is even, `y` of the
    same length.
    """
    if len(x) < 2 * APART:
        return x, y
    bends = np.abs(np.diff(y, 2))
    keep = np.zeros(len(x), dtype=bool)
    keep[::APART] = keep[-1] = True
    # The bends at the seven points between two that stay; what is left at the end keeps its fourth point.
    between = bends[: (len(bends) // APART) * APART].reshape(-1, APART)[:, : APART - 1].max(axis=1)
    keep[APART // 2 :: APART] = True
    keep[APART // 2 :: APART][: len(between)] = between > _bend(APART)
    keep[1:-1] |= bends > _bend(APART // 2)
    return x[keep], y[keep]


def _bend(apart: int) -> float:
    """The greatest bend at which one point in so many is enough."""
    return 8 * OFF_PX / apart**2


def polygon(x: FloatArray, y: FloatArray) -> QPolygonF:
    """The points as Qt's, read from their bytes: to make an object of each takes five times as long."""
    made = QPolygonF()
    points = np.column_stack([x, y]).astype(">f8").tobytes()
    QDataStream(QByteArray(len(x).to_bytes(4, "big") + points)) >> made
    return made
