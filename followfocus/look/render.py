"""The rack, drawn: every plane blurred by its own disc and laid over the ones behind it, in linear light.

A plane is convolved with the aperture's shape by FFT, in float32, on its own cropped canvas; its spectrum is made once
and kept. Colours are premultiplied by alpha, so that the soft edge of a near plane lets the background through, and
planes are laid far to near. Discs are drawn with exact areas at their edges, so a disc of 7.3 pixels is that wide.

The speed that a rack needs comes from three things: planes are cropped to what is in them, an opaque backdrop has no
alpha channel to blur, and frames in which no disc has changed by a fiftieth of a pixel are not drawn again.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from followfocus.errors import RequestError
from followfocus.lens import LensMap
from followfocus.look.paint import Image32, linear_to_srgb
from followfocus.look.planes import Plane
from followfocus.motion import Motion
from followfocus.optics import SUPER_35, Format, blur_disc_mm, lens_offset_m

Pixels: TypeAlias = NDArray[np.uint8]
Spectrum: TypeAlias = NDArray[np.complex64]
Patch: TypeAlias = tuple[Image32, int, int]
"""A piece of picture, channels first, and the frame coordinates of its upper left pixel."""

FRAME_SIZE = (960, 540)
UNSEEN_PX = 0.3
"""A disc smaller than this leaves a pixel's value practically alone."""
_CODES = (linear_to_srgb(np.linspace(0, 1, 65536, dtype=np.float32)) * 255 + 0.5).astype(np.uint8)
_KEPT = 2


@dataclass(frozen=True, slots=True)
class Camera:
    """What the picture is taken through: lens, stop, format, and the aperture's blades (0 is round)."""

    lens: LensMap
    t_stop: float
    film: Format = SUPER_35
    blades: int = 0
    breathing_percent: float = 0.0
    """How much wider the picture is at the infinity end than at close focus, in per cent; 0 draws no breathing."""

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

    def disc_px(self, ring_deg: float, distance_m: float, width_px: int) -> float:
        """Diameter in pixels of the blur of something at `distance_m` (metres) while the ring stands at `ring_deg`."""
        focus = self.lens.distance_m(float(ring_deg))
        number, n = self.lens.f_number(self.t_stop), lens_offset_m(self.lens)
        blur = blur_disc_mm(focus, distance_m, self.lens.focal_length_mm, number, n)
        return float(blur) / self.film.width_mm * width_px

    def magnification(self, ring_deg: float) -> float:
        """Size of the picture relative to the ring at infinity, by breathing: linear in ring angle, ≥ 1."""
        return 1 + self.breathing_percent / 100 * ring_deg / self.lens.travel_deg


def aperture_kernel(diameter_px: float, blades: int = 0) -> Image32:
    """The blurred image of a point: an odd square of weights that sum to 1, a disc of this diameter.

    Pixels at the edge weigh what part of them is covered (16 x 16 looks each while the disc is small). A bladed
    aperture is the regular polygon of the same area, so it passes the same light.
    """
    radius = diameter_px / 2
    reach = math.ceil(radius * (1.0 if blades == 0 else _circumradius(blades)) + 0.5)
    looks = 16 if diameter_px < 16 else 8 if diameter_px < 48 else 4
    steps = (np.arange((2 * reach + 1) * looks) + 0.5) / looks - (reach + 0.5)
    x, y = steps[None, :], steps[:, None]
    inside = (np.hypot(x, y) <= radius) if blades == 0 else _in_polygon(x, y, radius, blades)
    size = 2 * reach + 1
    weights = inside.reshape(size, looks, size, looks).sum(axis=(1, 3))
    return np.asarray(weights / weights.sum(), dtype=np.float32)


def _circumradius(blades: int) -> float:
    """Radius of the corners of a regular polygon whose area is that of a circle of radius 1."""
    return math.sqrt(2 * math.pi / (blades * math.sin(2 * math.pi / blades)))


def _in_polygon(x: NDArray[np.float64], y: NDArray[np.float64], radius: float, blades: int) -> NDArray[np.bool_]:
    apothem = radius * _circumradius(blades) * math.cos(math.pi / blades)
    inside = np.ones(np.broadcast_shapes(x.shape, y.shape), dtype=np.bool_)
    for blade in range(blades):
        angle = 2 * math.pi * (blade + 0.5) / blades + math.pi / 2
        inside &= x * math.cos(angle) + y * math.sin(angle) <= apothem
    return inside


def _fast_length(wanted: int) -> int:
    """The next even length whose FFT is quick: only factors 2, 3 and 5."""
    length = wanted + wanted % 2
    while True:
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return length
        length += 2


_PADDINGS = tuple(sorted({2**n for n in range(3, 12)} | {3 * 2**n for n in range(2, 10)}))


@dataclass(slots=True)
class _Layer:
    """One plane, ready to be blurred: channels first, cropped to what is in it."""

    channels: Image32
    """(3 or 4, h, w): premultiplied colours, and alpha unless the plane is opaque everywhere."""
    left: int
    top: int
    frame: tuple[int, int]
    extends: bool
    """An opaque backdrop goes on beyond its edges; everything else ends there."""
    spectra: dict[int, tuple[Spectrum, tuple[int, int], int, int]] = field(default_factory=dict)
    """By padding: the spectrum, its size, and the window's upper left corner in the frame."""
    kept: OrderedDict[int, Patch] = field(default_factory=OrderedDict)

    def blurred(self, disc_px: float, blades: int) -> Patch:
        """The layer blurred by a disc of this diameter, with the frame coordinates of its upper left pixel."""
        if disc_px < UNSEEN_PX:
            return self.channels, self.left, self.top
        key = round(disc_px * 50)
        if key not in self.kept:
            self.kept[key] = self._convolved(aperture_kernel(disc_px, blades))
            if len(self.kept) > _KEPT:
                self.kept.popitem(last=False)
        return self.kept[key]

    def _convolved(self, kernel: Image32) -> Patch:
        reach = kernel.shape[0] // 2
        padding = next(p for p in _PADDINGS if p >= reach)
        if padding not in self.spectra:
            self.spectra[padding] = self._spectrum(padding)
        spectrum, (height, width), left, top = self.spectra[padding]
        rows = np.fft.rfft(kernel, n=width, axis=1)
        product = spectrum * np.fft.fft(rows, n=height, axis=0)
        columns_done = np.fft.ifft(product, axis=1)
        # the kernel starts at 0 instead of around it, so everything comes out `reach` to the right and below
        start = padding + reach if self.extends else max(0, reach - top)
        stop = start + self.frame[1] if self.extends else min(height, self.frame[1] + reach - top)
        blurred = np.asarray(np.fft.irfft(columns_done[:, start:stop], n=width, axis=2), dtype=np.float32)
        if self.extends:
            return blurred[:, :, start : start + self.frame[0]], 0, 0
        return blurred, left - reach, top - reach + start

    def _spectrum(self, padding: int) -> tuple[Spectrum, tuple[int, int], int, int]:
        """Spectrum of what may reach the frame when blurred by up to `padding`, its size, and where it lies."""
        width, height = self.frame
        rows, columns = self.channels.shape[1:]
        xs = np.arange(-padding, width + padding) - self.left
        ys = np.arange(-padding, height + padding) - self.top
        if self.extends:
            xs, ys = np.clip(xs, 0, columns - 1), np.clip(ys, 0, rows - 1)
        else:
            xs, ys = xs[(xs >= 0) & (xs < columns)], ys[(ys >= 0) & (ys < rows)]
        window = np.ascontiguousarray(self.channels[:, ys[:, None], xs[None, :]])
        beyond = 0 if self.extends else 2 * padding
        size = _fast_length(len(ys) + beyond), _fast_length(len(xs) + beyond)
        spectrum = np.fft.rfft2(window, s=size).astype(np.complex64, copy=False)
        return spectrum, size, int(xs[0]) + self.left, int(ys[0]) + self.top


def _layer_of(plane: Plane, frame: tuple[int, int]) -> _Layer:
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
    channels = np.ascontiguousarray(np.moveaxis(picture.rgba[top:bottom, left:right, :count], 2, 0))
    return _Layer(channels, picture.left + int(left), picture.top + int(top), frame, opaque)


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
        discs = self.discs_px(ring_deg, t)
        for index in sorted(range(len(discs)), key=lambda i: -self.planes[i].distance_m(t)):
            _lay_over(picture, self._layers[index].blurred(discs[index], self.camera.blades))
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
