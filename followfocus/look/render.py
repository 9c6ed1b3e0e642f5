# SPDX-License-Identifier: MIT
"""The rack, drawn: every plane blurred by its own disc and laid over the ones behind it, in linear light.

A plane is convolved with the aperture's shape by FFT, in float32, on its own cropped canvas; its spectrum is made once
and kept. Colours are premultiplied by alpha, so that the soft edge of a near plane lets the background through, and
planes are laid far to near. Discs are drawn with exact areas at their edges, so a disc of 7.3 pixels is that wide.

The speed that a rack needs comes from three things: planes are cropped to what is in them, an opaque backdrop has no
alpha channel to blur, and frames in which no disc has changed by a fiftieth of a pixel are not drawn again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from followfocus.errors import RequestError
from followfocus.lens.formats import SUPER_35, Format
from followfocus.lens.map import LensMap
from followfocus.lens.optics import blur_disc_mm, lens_offset_m
from followfocus.look.blur import Layer, Patch
from followfocus.look.paint import Image32, linear_to_srgb
from followfocus.look.planes import Plane
from followfocus.motion.motion import Motion

Pixels: TypeAlias = NDArray[np.uint8]

FRAME_SIZE = (960, 540)
_CODES = (linear_to_srgb(np.linspace(0, 1, 65536, dtype=np.float32)) * 255 + 0.5).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Camera:
    """The camera: lens, stop, format, and the aperture's blades (0 is round)."""

    lens: LensMap
    t_stop: float
    film: Format = SUPER_35
    blades: int = 0
    breathing_percent: float = 0.0
    """How much more the lens takes in at its infinity end than at close focus, in per cent; 0 draws no breathing."""

    def __post_init__(self) -> None:
        """Refuse what no camera has."""
        if not (math.isfinite(self.t_stop) and self.t_stop > 0):
            raise RequestError(f"The T-stop must be more than 0, not {self.t_stop:g}.")
        if self.t_stop < self.lens.t_stop * 0.99:
            raise RequestError(
                f"{self.lens.name} opens to T{self.lens.t_stop:g}, not to T{self.t_stop:g}.", "Ask for a slower stop."
            )
        if self.blades != 0 and not 3 <= self.blades <= 24:
            raise RequestError(f"An aperture has 3 to 24 blades, or 0 for round, not {self.blades}.")
        if not 0 <= self.breathing_percent <= 30:
            raise RequestError(f"Breathing is 0 to 30 per cent, not {self.breathing_percent:g}.")

    @property
    def frame_width_mm(self) -> float:
        """Width of the desqueezed frame, in millimetres of its height: an anamorphic lens takes in more across."""
        return self.film.width_mm * self.lens.squeeze

    def disc_px(self, ring_deg: float, distance_m: float, width_px: int) -> float:
        """Diameter in pixels of the blur of something at `distance_m` (metres) while the ring stands at `ring_deg`.

        For an anamorphic lens the height of the oval in the desqueezed frame, which is narrower by the squeeze.
        """
        focus = self.lens.distance_m(float(ring_deg))
        number, n = self.lens.f_number(self.t_stop), lens_offset_m(self.lens)
        blur = blur_disc_mm(focus, distance_m, self.lens.focal_length_mm, number, n)
        return float(blur) / self.frame_width_mm * width_px

    def magnification(self, ring_deg: float) -> float:
        """Size of the picture relative to the ring at infinity, by breathing: linear in ring angle, ≥ 1."""
        return 1 + self.breathing_percent / 100 * ring_deg / self.lens.travel_deg


def _layer_of(plane: Plane, frame: tuple[int, int]) -> Layer:
    """Crop a plane to what is in it and put its channels first."""
    picture = plane.picture.drawn(*frame)
    alpha = picture.rgba[..., 3]
    opaque = bool(np.all(alpha >= 0.999)) and picture.left <= 0 and picture.top <= 0
    opaque = opaque and picture.left + alpha.shape[1] >= frame[0] and picture.top + alpha.shape[0] >= frame[1]
    filled = np.argwhere(alpha > 0)
    if not len(filled):
        raise RequestError(f"The picture of {plane.name} is empty: every pixel is transparent.", "Give another one.")
    (top, left), (bottom, right) = filled.min(axis=0), filled.max(axis=0) + 1
    count = 3 if opaque else 4
    channels = np.moveaxis(picture.rgba[top:bottom, left:right, :count], 2, 0)
    x, y = picture.left + int(left), picture.top + int(top)
    if not opaque:
        across, down = _goes_on(x, channels.shape[2], frame[0]), _goes_on(y, channels.shape[1], frame[1])
        channels = np.pad(channels, ((0, 0), down, across), mode="edge")
        x, y = x - across[0], y - down[0]
    return Layer(np.ascontiguousarray(channels), x, y, frame, opaque)


_BEYOND = 0.25
"""Share of the frame by which what its edge cuts goes on beyond it, so that a wide blur finds more of the same."""


def _goes_on(start: int, length: int, frame: int) -> tuple[int, int]:
    """Pixels to add before and after along one axis, where the picture reaches the frame's edge."""
    reach = round(_BEYOND * frame)
    before = max(0, reach + start) if start <= 0 else 0
    after = max(0, frame + reach - start - length) if start + length >= frame else 0
    return before, after


def _lay_over(picture: Image32, patch: Patch) -> None:
    """Composite a patch over a (3, h, w) picture, clipped to it, in place."""
    channels, left, top = patch
    rows, columns = picture.shape[1:]
    y0, y1 = max(top, 0), min(top + channels.shape[1], rows)
    x0, x1 = max(left, 0), min(left + channels.shape[2], columns)
    if y0 >= y1 or x0 >= x1:
        return
    under = picture[:, y0:y1, x0:x1]
    over = channels[:, y0 - top : y1 - top, x0 - left : x1 - left]
    if len(over) == 3:
        under[:] = over
        return
    under *= 1 - np.clip(over[3], 0, 1)
    under += over[:3]


class Renderer:
    """Draws frames of one set of planes through one camera, at one size. Holds the planes' spectra; not thread-safe.

    `frame` costs about 70 ms for three planes at 960 x 540 on one core and a quarter of that at half the size, so an
    app scrubs at half size.
    """

    def __init__(self, planes: Sequence[Plane], camera: Camera, size: tuple[int, int] = FRAME_SIZE) -> None:
        width, height = size
        if not (16 <= width <= 3840 and 16 <= height <= 2160):
            raise RequestError(f"A frame of {width} x {height} pixels is out of range.", "16 x 16 to 3840 x 2160.")
        if not 1 <= len(planes) <= 8:
            raise RequestError(f"A look has one to eight planes, not {len(planes)}.")
        self.planes, self.camera, self.size = tuple(planes), camera, (width, height)
        self._layers = [_layer_of(plane, self.size) for plane in self.planes]
        self._last: tuple[tuple[int, ...], Pixels] | None = None

    def discs_px(self, ring_deg: float, t: float = 0.0) -> tuple[float, ...]:
        """Each plane's blur in pixels of this size, in the planes' order."""
        return tuple(self.camera.disc_px(ring_deg, plane.distance_m(t), self.size[0]) for plane in self.planes)

    def linear(self, ring_deg: float, t: float = 0.0) -> Image32:
        """The picture in linear light, (height, width, 3) float32, before breathing; lights may exceed 1."""
        return np.moveaxis(self._composite(ring_deg, t), 0, 2)

    def frame(self, ring_deg: float, t: float = 0.0) -> Pixels:
        """The picture as a screen shows it: sRGB, (height, width, 3) uint8, read-only."""
        discs = self.discs_px(ring_deg, t)
        scale = self.camera.magnification(ring_deg)
        order = sorted(range(len(discs)), key=lambda i: -self.planes[i].distance_m(t))
        key = (*(round(disc * 50) for disc in discs), *order, round(scale * 1e5))
        if self._last is None or self._last[0] != key:
            codes = np.clip(self._composite(ring_deg, t), 0, 1) * np.float32(65535)
            pixels = np.ascontiguousarray(np.moveaxis(_CODES[codes.astype(np.uint16)], 0, 2))
            pixels = _scaled(pixels, scale)
            pixels.flags.writeable = False
            self._last = key, pixels
        return self._last[1]

    def frames(self, motion: Motion, fps: Fraction | float = Fraction(24)) -> Iterator[Pixels]:
        """Every frame of a motion, from GO to the landing, both ends included (`frame_count` of them)."""
        for index in range(frame_count(motion.duration_s, fps)):
            t = min(float(index / fps), motion.duration_s)
            yield self.frame(float(motion.ring_deg(t)), t)

    def _composite(self, ring_deg: float, t: float) -> Image32:
        width, height = self.size
        picture = np.zeros((3, height, width), dtype=np.float32)
        squeeze = self.camera.lens.squeeze
        discs = self.discs_px(ring_deg, t)
        for index in sorted(range(len(discs)), key=lambda i: -self.planes[i].distance_m(t)):
            _lay_over(picture, self._layers[index].blurred(discs[index], self.camera.blades, squeeze))
        return picture


def frame_count(duration_s: float, fps: Fraction | float) -> int:
    """Frames from GO to the first one at or after the landing, counting both."""
    return math.ceil(duration_s * float(fps) - 1e-6) + 1


def _scaled(pixels: Pixels, scale: float) -> Pixels:
    """The middle of a picture, enlarged by `scale` ≥ 1 to the same size."""
    if scale - 1 < 1e-5:
        return pixels
    from PIL import Image

    height, width = pixels.shape[:2]
    left, top = width / 2 * (1 - 1 / scale), height / 2 * (1 - 1 / scale)
    window = (left, top, width - left, height - top)
    return np.array(Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC, box=window))
