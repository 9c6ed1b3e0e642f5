# SPDX-License-Identifier: MIT
"""A layer of a widget that is painted and then kept as a pixmap until something of it changes.

It is kept from the second time on that it is shown: at a drag every frame is another, and a picture of each that is
never shown again would only cost.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget


class KeptLayer:
    """One layer as large as its widget, in the screen's own pixels; without a ground it can be seen through."""

    def __init__(self, widget: QWidget, paint: Callable[[QPainter], None], *, ground: bool) -> None:
        self._widget, self._paint = widget, paint
        self._pixmap = QPixmap()
        self._ground, self._stale, self._new = ground, True, True
        self.painted = 0
        """How often it was painted"""

    def forget(self) -> None:
        """Something of it changed: it is painted anew when it is shown next."""
        self._stale = self._new = True

    def show(self, painter: QPainter) -> None:
        """Put it on the widget."""
        ratio = self._widget.devicePixelRatioF()
        size = self._widget.size() * ratio
        # A screen of another density too: the pixmap is in real pixels, or letters would blur.
        if self._new:
            self._new, self.painted = False, self.painted + 1
            painter.save()
            self._paint(painter)
            painter.restore()
            return
        if self._stale or size != self._pixmap.size() or ratio != self._pixmap.devicePixelRatio():
            self._renew(ratio)
        painter.drawPixmap(0, 0, self._pixmap)

    def _renew(self, ratio: float) -> None:
        size = self._widget.size() * ratio
        if size != self._pixmap.size():
            self._pixmap = QPixmap(size)
        self._pixmap.setDevicePixelRatio(ratio)
        if not self._ground:
            self._pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._pixmap)
        self._paint(painter)
        painter.end()
        self._stale, self.painted = False, self.painted + 1
