# SPDX-License-Identifier: MIT
"""One plane of the picture and its blur: convolution with the aperture's shape, by FFT in float32.

A layer is cropped to what is in it, and its spectrum is made once per padding and kept; a blur then costs the kernel's
transform, a product and one transform back. Discs of `COARSE_PX` and more are blurred at half the size and enlarged:
the two averages that this adds widen such a disc by 1.4 % at most.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from followfocus.look.paint import Image32

Spectrum: TypeAlias = NDArray[np.complex64]
Patch: TypeAlias = tuple[Image32, int, int]
"""A piece of picture, channels first, and the frame coordinates of its upper left pixel."""

UNSEEN_PX = 0.3
"""A disc smaller than this leaves a pixel's value practically alone."""
COARSE_PX = 24.0
_KEPT = 2


def aperture_kernel(diameter_px: float, blades: int = 0, squeeze: float = 1.0) -> Image32:
    """The blurred image of a point: an odd square of weights that sum to 1, a disc of this diameter.

    Pixels at the edge weigh what part of them is covered (16 x 16 looks each while the disc is small). A bladed
    aperture is the regular polygon of the same area, so it passes the same light. An anamorphic lens's disc is an
    upright oval in the desqueezed picture: `diameter_px` high, and narrower by `squeeze`.
    """
    radius = diameter_px / 2
    reach = math.ceil(radius * (1.0 if blades == 0 else _circumradius(blades)) + 0.5)
    looks = 16 if diameter_px < 16 else 8 if diameter_px < 48 else 4
    steps = (np.arange((2 * reach + 1) * looks) + 0.5) / looks - (reach + 0.5)
    x, y = steps[None, :] * squeeze, steps[:, None]
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


_PADDINGS = tuple(2**n for n in range(3, 12))


@dataclass(slots=True)
class Layer:
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
    half: Layer | None = None

    def blurred(self, disc_px: float, blades: int, squeeze: float = 1.0) -> Patch:
        """The layer blurred by a disc of this height, with the frame coordinates of its upper left pixel."""
        if disc_px < UNSEEN_PX:
            return self.channels, self.left, self.top
        key = round(disc_px * 50)
        if key not in self.kept:
            coarse = disc_px >= COARSE_PX
            self.kept[key] = (
                self._coarse(disc_px, blades, squeeze)
                if coarse
                else self._convolved(aperture_kernel(disc_px, blades, squeeze))
            )
            if len(self.kept) > _KEPT:
                self.kept.popitem(last=False)
        return self.kept[key]

    def _coarse(self, disc_px: float, blades: int, squeeze: float = 1.0) -> Patch:
        """Blurred at half the size."""
        if self.half is None:
            self.half = self._halved()
        patch, left, top = self.half._convolved(aperture_kernel(disc_px / 2, blades, squeeze))
        return _doubled(_doubled(patch, 1), 2), 2 * left, 2 * top

    def _halved(self) -> Layer:
        """The layer in pixels of twice the size, beginning at even coordinates."""
        rows, columns = self.channels.shape[1:]
        before = (self.top % 2, self.left % 2)
        pads = [(0, 0), (before[0], (rows + before[0]) % 2), (before[1], (columns + before[1]) % 2)]
        full = np.pad(self.channels, pads, mode="edge" if self.extends else "constant")
        quarters = full[:, ::2, ::2] + full[:, 1::2, ::2] + full[:, ::2, 1::2] + full[:, 1::2, 1::2]
        frame = -(-self.frame[0] // 2), -(-self.frame[1] // 2)
        channels = quarters * np.float32(0.25)
        return Layer(channels, (self.left - before[1]) // 2, (self.top - before[0]) // 2, frame, self.extends)

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


def _doubled(channels: Image32, axis: int) -> Image32:
    """Twice as many pixels along an axis, linear between the middles of the old ones."""
    last = channels.shape[axis] - 1
    old = np.moveaxis(channels, axis, 0)
    made = np.empty((2 * len(old), *old.shape[1:]), dtype=np.float32)
    made[0::2] = made[1::2] = np.float32(0.75) * old
    quarter = np.float32(0.25) * old
    made[2::2] += quarter[:-1]
    made[0] += quarter[0]
    made[1:-1:2] += quarter[1:]
    made[2 * last + 1] += quarter[last]
    return np.moveaxis(made, 0, axis)
