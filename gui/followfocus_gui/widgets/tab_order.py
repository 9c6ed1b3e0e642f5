# SPDX-License-Identifier: MIT
"""Tab in the order of the eye: part after part, in each by rows from the left, whenever a control was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def next_to(focus: QWidget | None, parts: Sequence[QWidget], *, back: bool = False) -> QWidget | None:
    """The control that Tab reaches from `focus`; None where there is nothing to reach."""
    order = list(dict.fromkeys(found for part in parts for found in _reached(part)))
    if not order:
        return None
    at = order.index(focus) if focus in order else (0 if back else -1)
    return order[(at + (-1 if back else 1)) % len(order)]


def _reached(widget: QWidget) -> Iterator[QWidget]:
    """A widget and those within it that Tab may reach, as they are read."""
    if not widget.isVisible() or not widget.isEnabled():
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    children = [each for each in widget.children() if isinstance(each, QWidget) and not each.isWindow()]
    for child in _by_rows(children):
        yield from _reached(child)


def _by_rows(widgets: Iterable[QWidget]) -> Iterator[QWidget]:
    """Rows from above, each from the left; what begins beside a row and lies mostly in it belongs to it."""
    row: list[QWidget] = []
    for widget in sorted(widgets, key=lambda each: (each.y(), each.x())):
        if row and widget.geometry().center().y() > max(each.geometry().bottom() for each in row):
            yield from sorted(row, key=QWidget.x)
            row = []
        row.append(widget)
    yield from sorted(row, key=QWidget.x)
