# SPDX-License-Identifier: MIT
"""What stands in front of the camera, as large as the lens sees it: walkers grow as they come near."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from followfocus.look.layers import Layer, layer_of
from followfocus.look.paint import Image32
from followfocus.look.planes import Drawn, Plane
from followfocus.plan.sharpness import SubjectTrack

_STEPS = 500
"""A walker's size changes in steps of 1/500."""
_KEPT = 4
_LEAST, _MOST = 0.1, 6.0


class Staging:
    """The planes' layers for a frame (width, height), `field_scale` times as large as composed."""

    def __init__(self, planes: Sequence[Plane], field_scale: float, frame: tuple[int, int]) -> None:
        self._planes, self._frame = tuple(planes), frame
        self._largest: list[Drawn] = []
        self._layers: list[Layer | None] = []
        self._grown: dict[tuple[int, int], Layer] = {}
        for plane in self._planes:
            walks = isinstance(plane.where, SubjectTrack)
            scale = 1.0 if plane.picture.framed else field_scale
            picture = plane.picture.drawn(*frame, min(max(scale * _most_growth(plane), _LEAST), _MOST))
            self._largest.append(picture if walks else _NOTHING)
            self._layers.append(None if walks else layer_of(picture, plane.name, frame))

    def growth(self, index: int, t: float) -> float:
        """How large a plane is at `t` seconds, 1 as it was at GO; things twice as near are twice as large."""
        plane = self._planes[index]
        return plane.distance_m(0.0) / plane.distance_m(t) if isinstance(plane.where, SubjectTrack) else 1.0

    def layer(self, index: int, t: float) -> Layer:
        """A plane's layer at `t` seconds."""
        standing = self._layers[index]
        if standing is not None:
            return standing
        share = self.growth(index, t) / _most_growth(self._planes[index])
        key = index, round(share * _STEPS)
        found = self._grown.get(key)
        if found is None:
            small = _shrunk(self._largest[index], max(key[1], 1) / _STEPS, self._frame)
            found = layer_of(small, self._planes[index].name, self._frame)
            while len(self._grown) >= _KEPT * len(self._planes):
                self._grown.pop(next(iter(self._grown)), None)
            self._grown[key] = found
        return found


_NOTHING = Drawn(np.zeros((1, 1, 4), np.float32), 0, 0)


def _most_growth(plane: Plane) -> float:
    """A walker's largest size, 1 as at GO."""
    if not isinstance(plane.where, SubjectTrack):
        return 1.0
    return plane.distance_m(0.0) / min(plane.where.distances_m)


def _shrunk(picture: Drawn, share: float, frame: tuple[int, int]) -> Drawn:
    """A cut-out picture made smaller towards the frame's foot, right below its middle. An opaque one stays."""
    if share >= 1 or bool(np.all(picture.rgba[..., 3] >= 0.999)):
        return picture
    columns = np.flatnonzero(picture.rgba[..., 3].any(axis=0))
    height, width = picture.rgba.shape[:2]
    size = max(1, round(width * share)), max(1, round(height * share))
    middle = picture.left + (columns[0] + columns[-1] + 1) / 2 if len(columns) else frame[0] / 2
    left, top = round(middle + (picture.left - middle) * share), round(frame[1] + (picture.top - frame[1]) * share)
    bands = [_resized(picture.rgba[..., band], size) for band in range(4)]
    return Drawn(np.stack(bands, axis=2), left, top)


def _resized(band: Image32, size: tuple[int, int]) -> Image32:
    from PIL import Image

    return np.asarray(Image.fromarray(np.ascontiguousarray(band)).resize(size, Image.Resampling.BILINEAR))
