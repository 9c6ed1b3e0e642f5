# SPDX-License-Identifier: MIT
"""The time axis of plots that pyqtgraph draws: of takes that are compared."""

from __future__ import annotations

from typing import cast

import pyqtgraph as pg


class TimeAxis(pg.AxisItem):
    """The bottom axis: seconds, said at every figure, so that no line of the little room goes to a title."""

    def __init__(self) -> None:
        super().__init__("bottom")

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """`0.5 s`."""
        words = cast("list[str]", super().tickStrings(values, scale, spacing))
        return [f"{word} s" if word else "" for word in words]
