# SPDX-License-Identifier: MIT
"""An area that is drawn from near to far: a farther picture is laid under it where it may still be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from followfocus.look.area import Area, area_of, stretches
from followfocus.look.paint import Image32
from followfocus.look.scratch import SCRATCH

WHOLE = 0.9995
"""Covered as good as wholly."""


class Front:
    """Pixels of a box, premultiplied RGBA (4, h, w), empty at first; `joined` is the rule for what is laid under."""

    def __init__(self, box: Area, *, joined: bool) -> None:
        self.box, self.pixels = box, np.zeros((4, *box.shape), dtype=np.float32)
        self._joined = joined
        self._laid: list[Area] = []
        """Where anything may lie: areas that have nothing in common."""
        self._open, self._looked = box, True

    def uncovered(self) -> Area:
        """The part in which something farther may still be seen."""
        if not self._looked:
            self._open = area_of(self.pixels[(3, *self._open.inside(self.box))] < WHOLE, self._open)
            self._looked = True
        return self._open

    def open_parts(self, at: Area, apart: int) -> list[Area]:
        """The columns of a part of the box in which something farther may still be seen, in parts that lie apart."""
        open_columns = self.pixels[(3, *at.inside(self.box))].min(axis=0) < WHOLE
        return [
            Area(at.left + left, at.top, at.left + right, at.bottom) for left, right in stretches(open_columns, apart)
        ]

    def lay_under(self, at: Area, under: Image32) -> None:
        """Let a picture (4 or, opaque, 3, h, w) of a part of the box show where nothing nearer covers it."""
        if at.empty:
            return
        fresh: list[Area] = []
        for part, empty in _apart(at, self._laid):
            front, behind = (
                pixels[(slice(None), *part.inside(box))] for pixels, box in ((self.pixels, self.box), (under, at))
            )
            if empty:
                _lay_first(front, behind)
                fresh.append(part)
            else:
                self._blend(front, behind)
        self._laid, self._looked = _joined([*self._laid, *fresh]), False

    def _blend(self, front: Image32, under: Image32) -> None:
        free = np.subtract(1, front[3], out=SCRATCH.array("free", front.shape[1:]))
        part = SCRATCH.array("part", free.shape)
        if len(under) == 3:
            front[3] = 1
        elif self._joined:
            # Slices of one thing share its edge: they add up to it, and neither shines through the other.
            np.minimum(free, under[3], out=free)
            free /= np.maximum(under[3], np.float32(1e-6), out=part)
        for behind, shown in zip(under, front, strict=False):
            shown += np.multiply(behind, free, out=part)

    def filled_up(self) -> Image32:
        """The pixels; of slices that differ in their discs, which leave a per cent here and there, brought to whole."""
        if self._joined and self.pixels[3].min() < WHOLE:
            whole = np.maximum(self.pixels[3], np.float32(0.5), out=SCRATCH.array("free", self.box.shape))
            self.pixels[:3] *= np.divide(1, whole, out=whole)
        return self.pixels


def _lay_first(front: Image32, under: Image32) -> None:
    """Where nothing lies yet there is nothing to reckon."""
    front[: len(under)] = under
    front[len(under) :] = 1


def _apart(at: Area, laid: Sequence[Area]) -> Iterator[tuple[Area, bool]]:
    """A part of the box in pieces, and of each whether nothing lies there yet."""
    for number, one in enumerate(laid):
        common = at.common(one)
        if not common.empty:
            yield common, False
            for rest in at.without(common):
                yield from _apart(rest, laid[number + 1 :])
            return
    yield at, True


def _joined(laid: list[Area]) -> list[Area]:
    """The same areas, as few as lie beside each other in one row or column."""
    found: list[Area] = []
    for area in laid:
        beside = next((one for one in found if one.beside(area)), None)
        while beside is not None:
            found.remove(beside)
            area = beside.around(area)
            beside = next((one for one in found if one.beside(area)), None)
        found.append(area)
    return found
