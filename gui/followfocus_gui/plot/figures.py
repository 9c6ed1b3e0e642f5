# SPDX-License-Identifier: MIT
"""Short words that are painted again with every edit, mostly the same ones: laid out once, and kept."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QStaticText, QTransform

from followfocus_gui.widgets.lettering import metrics
from followfocus_gui.widgets.theme import figure_font

KEPT = 512


@lru_cache(maxsize=KEPT)
def _laid(words: str, size_px: int, *, bold: bool) -> tuple[QStaticText, float, float]:
    """The words, their width and their height."""
    made = QStaticText(words)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.prepare(QTransform(), figure_font(size_px, bold=bold))
    return made, made.size().width(), metrics(size_px, bold=bold).height()


def put_figure(
    painter: QPainter, box: QRectF, words: str, size_px: int, *, bold: bool = False, right: bool = False
) -> None:
    """One line in the middle of a box, or at its right; it must have room there.

    In the painter's colour and font, which is the figures' of this size.
    """
    laid, width, height = _laid(words, size_px, bold=bold)
    spare = box.width() - width
    painter.drawStaticText(
        QPointF(box.x() + (spare if right else spare / 2), box.y() + (box.height() - height) / 2), laid
    )
