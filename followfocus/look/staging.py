# SPDX-License-Identifier: MIT
"""The subjects in front of the camera, as large as the lens sees them: walkers grow as they come near."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from followfocus.look.layers import Layer, layer_of
from followfocus.look.paint import EYES, Image32
from followfocus.look.planes import Drawn, Plane
from followfocus.plan.sharpness import SubjectTrack

_STEPS = 500
"""A walker's size changes in steps of 1/500."""
_KEPT = 4
_FINEST = 2.0
_LEAST, _MOST = 0.1, 6.0
_COMPACT_PX = 1_000_000
"""From this size on a frame's layers are kept compact, unless it is to be drawn quickly."""


class Staging:
    """The planes' layers for a frame (width, height), `field_scale` times as large as composed.

    At GO everything is as large as composed; who comes nearer grows around her eyes, who goes shrinks on the frame's
    foot. `quick` spends memory on speed.
    """

    def __init__(
        self, planes: Sequence[Plane], field_scale: float, frame: tuple[int, int], *, quick: bool = False
    ) -> None:
        self._planes, self._frame = tuple(planes), frame
        self._compact = not quick and frame[0] * frame[1] >= _COMPACT_PX
        self._scale = min(max(field_scale, _LEAST), _MOST)
        self._standing = [None if _walks(plane) else self._layer(plane) for plane in self._planes]
        self._detail = [min(max(_most_growth(plane), 1.0), _FINEST) for plane in self._planes]
        self._walking = [self._at_go(i) if _walks(plane) else None for i, plane in enumerate(self._planes)]
        self._grown: dict[tuple[int, int], Layer] = {}

    def growth(self, index: int, t: float) -> float:
        """How large a plane is at `t` seconds, 1 as it was at GO; things twice as near are twice as large."""
        plane = self._planes[index]
        return plane.distance_m(0.0) / plane.distance_m(t) if _walks(plane) else 1.0

    def layer(self, index: int, t: float) -> Layer:
        """A plane's layer at `t` seconds."""
        standing, walking = self._standing[index], self._walking[index]
        if standing is not None or walking is None:
            assert standing is not None
            return standing
        key = index, max(1, round(self.growth(index, t) * _STEPS))
        found = self._grown.get(key)
        if found is None:
            grown = self._resized(walking, key[1] / _STEPS, self._detail[index])
            found = layer_of(grown, self._planes[index].name, self._frame, compact=self._compact)
            # The oldest first: a walker's sizes come one after the other and hardly come back.
            while len(self._grown) >= _KEPT * len(self._planes):
                self._grown.pop(next(iter(self._grown)), None)
            self._grown[key] = found
        return found

    def _layer(self, plane: Plane) -> Layer:
        drawn = plane.picture.drawn(*self._frame, self._scale_of(plane))
        return layer_of(drawn, plane.name, self._frame, compact=self._compact)

    def _scale_of(self, plane: Plane) -> float:
        return 1.0 if plane.picture.framed else self._scale

    def _at_go(self, index: int) -> Drawn:
        """A walker as composed, finer by as much as she will grow."""
        plane, fine = self._planes[index], self._detail[index]
        width, height = (round(side * fine) for side in self._frame)
        return plane.picture.drawn(width, height, self._scale_of(plane))

    def _resized(self, picture: Drawn, growth: float, fine: float) -> Drawn:
        """A walker `growth` times as large as at GO. An opaque picture stays as it is."""
        rows, columns = picture.rgba.shape[:2]
        opaque = bool(np.all(picture.rgba[..., 3] >= 0.999))
        # It fills the frame at any distance: grown or shrunk it would no longer end where the frame does.
        share = 1 / fine if opaque else growth / fine
        used = np.flatnonzero(picture.rgba[..., 3].any(axis=0))
        middle = (picture.left + (used[0] + used[-1] + 1) / 2) / fine if len(used) else self._frame[0] / 2
        eyes = EYES if self._scale >= 1 else 1 - (1 - EYES) * self._scale
        still = self._frame[1] * (eyes if growth >= 1 else 1.0)
        left, top = middle + (picture.left - middle * fine) * share, still + (picture.top - still * fine) * share
        size = max(1, round(columns * share)), max(1, round(rows * share))
        bands = [_resized(picture.rgba[..., band], size) for band in range(4)]
        return Drawn(np.stack(bands, axis=2), round(left), round(top))


def _walks(plane: Plane) -> bool:
    return isinstance(plane.where, SubjectTrack)


def _most_growth(plane: Plane) -> float:
    """A walker's largest size, 1 as at GO."""
    if not isinstance(plane.where, SubjectTrack):
        return 1.0
    return plane.distance_m(0.0) / min(plane.where.distances_m)


def _resized(band: Image32, size: tuple[int, int]) -> Image32:
    from PIL import Image

    return np.asarray(Image.fromarray(np.ascontiguousarray(band)).resize(size, Image.Resampling.BILINEAR))
