# SPDX-License-Identifier: MIT
"""Lists that a finger flicks. What a finger drags or holds to turn the ring is never flicked: it stays the finger's."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QScroller, QScrollerProperties


def flicks(view: QAbstractItemView) -> None:
    """A finger scrolls the list, and it runs on; the mouse chooses as ever."""
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    QScroller.grabGesture(view.viewport(), QScroller.ScrollerGestureType.TouchGesture)
    scroller = QScroller.scroller(view.viewport())
    manners, metric = scroller.scrollerProperties(), QScrollerProperties.ScrollMetric
    off = QScrollerProperties.OvershootPolicy.OvershootAlwaysOff
    for each in (metric.VerticalOvershootPolicy, metric.HorizontalOvershootPolicy):
        manners.setScrollMetric(each, off)
    scroller.setScrollerProperties(manners)


def rest(view: QAbstractItemView) -> None:
    """The list stands still at once."""
    QScroller.scroller(view.viewport()).stop()
