# SPDX-License-Identifier: MIT
"""The rack, drawn: every plane blurred by its own disc and laid under the nearer ones, in linear light.

Colours are premultiplied by alpha, so that the soft edge of a near plane lets the background through. Discs are drawn
with exact areas at their edges, so a disc of 7.3 pixels is that wide. How it is made quick: `blur.py` and `stack.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.lens.formats import SUPER_35, Format
from followfocus.lens.map import LensMap
from followfocus.lens.through import breathing_scale, lens_blur_mm
from followfocus.lens.zoom import Zoom
from followfocus.look.ahead import ahead
from followfocus.look.aperture import Aperture
from followfocus.look.paint import Image32, f32
from followfocus.look.planes import Plane
from followfocus.look.stack import PlacedSheet, Stack, in_bands
from followfocus.look.staging import Staging
from followfocus.look.tone import Frame, LightCodes
from followfocus.motion.motion import Motion

Pixels: TypeAlias = NDArray[np.uint8]
Draw: TypeAlias = Callable[[Stack, LightCodes], Frame]
"""Who draws a stack as a frame in a tone: this thread, all cores, or another process beside this one."""

FRAME_SIZE = (960, 540)
COMPOSED_MM = 50.0
"""The focal length on Super 35 through which the figures are as large as they are composed."""
MOST_HANDLES = 240
DRAFT_PX, FINAL_PX = 3.0, 5.0
"""The least disc, in its own pixels, that a coarser level blurs."""


@dataclass(frozen=True, slots=True)
class Camera:
    """The camera: lens, stop, format, and the aperture's blades (0 is round)."""

    lens: LensMap
    t_stop: float
    film: Format = SUPER_35
    blades: int = 0
    breathing_percent: float = 0.0
    """How much more the lens takes in at its infinity end than at close focus, in per cent; 0 draws no breathing."""

    cat_eye: float = 0.0
    """How far the barrel cuts into the aperture in the frame's corners, as a share of its width; 0 doesn't."""

    zoom: Zoom | None = None
    """How the zoom is moved during the shot; the lens then stands at the shortest focal length of the move."""

    def __post_init__(self) -> None:
        """Refuse what no camera has."""
        if self.zoom is not None and self.zoom.range_mm[0] < self.lens.focal_length_mm * (1 - 1e-6):
            raise RequestError("A camera's lens stands at the shortest focal length of its zoom's move.")
        if not (math.isfinite(self.t_stop) and self.t_stop > 0):
            raise RequestError(f"The T-stop must be more than 0, not {self.t_stop:g}.")
        self.lens.checked_t_stop(self.t_stop)
        if self.blades != 0 and not 3 <= self.blades <= 24:
            raise RequestError(f"An aperture has 3 to 24 blades, or 0 for round, not {self.blades}.")
        if not 0 <= self.cat_eye <= 0.8:
            raise RequestError(f"A cat's eye covers 0 to 0.8 of the disc's width, not {self.cat_eye:g}.")
        if not 0 <= self.breathing_percent <= 30:
            raise RequestError(f"Breathing is 0 to 30 per cent, not {self.breathing_percent:g}.")

    @property
    def aperture(self) -> Aperture:
        """The shape of a point out of focus."""
        return Aperture(self.blades, self.lens.squeeze, self.cat_eye)

    @property
    def field_scale(self) -> float:
        """How much larger than through 50 mm on Super 35, for which the figures are composed, things are in frame."""
        return self.lens.focal_length_mm / COMPOSED_MM * SUPER_35.width_mm / self.frame_width_mm

    @property
    def frame_width_mm(self) -> float:
        """Width of the desqueezed frame, in millimetres of its height: an anamorphic lens takes in more across."""
        return self.film.width_mm * self.lens.squeeze

    def focal_mm(self, t: float = 0.0) -> float:
        """The focal length at `t` seconds after GO."""
        return self.lens.focal_length_mm if self.zoom is None else self.zoom.at_mm(t)

    def lens_at(self, t: float) -> LensMap:
        """The lens as it stands at `t` seconds after GO."""
        return self.lens if self.zoom is None else replace(self.lens, focal_length_mm=self.zoom.at_mm(t))

    def _enlarged(self, t: float) -> float:
        """Size of the picture at `t`, 1 at the shortest focal length."""
        return self.focal_mm(t) / self.lens.focal_length_mm

    def disc_px(self, ring_deg: float, distance_m: float, width_px: int, t: float = 0.0) -> float:
        """Diameter in pixels of the blur of something at `distance_m` (metres) while the ring stands at `ring_deg`.

        With a zoom, of the frame before it is enlarged by `magnification`. For an anamorphic lens the height of the
        oval in the desqueezed frame, which is narrower by the squeeze.
        """
        return abs(float(self._discs_px(ring_deg, distance_m, width_px, t)))

    def signed_discs_px(self, ring_deg: float, distances_m: FloatArray, width_px: int, t: float = 0.0) -> FloatArray:
        """As `disc_px` for many distances, positive beyond the plane of focus, negative before it.

        What stands nearer than two and a half focal lengths is taken to stand there.
        """
        seen = np.maximum(distances_m, 2.5 * self.focal_mm(t) / 1000)
        return self._discs_px(ring_deg, seen, width_px, t)

    def _discs_px(self, ring_deg: float, distance_m: float | FloatArray, width_px: int, t: float) -> FloatArray:
        focus_m = self.lens.distance_m(float(ring_deg))
        blur = lens_blur_mm(self.lens, self.t_stop, focus_m, distance_m, focal_mm=self.focal_mm(t))
        return np.asarray(blur / self.frame_width_mm * width_px / self._enlarged(t), dtype=np.float64)

    def magnification(self, ring_deg: float, t: float = 0.0) -> float:
        """Size of the picture, ≥ 1: by breathing, 1 at infinity and linear in ring angle, times that of the zoom."""
        return breathing_scale(self.lens, ring_deg, self.breathing_percent) * self._enlarged(t)


class DrawsFrame(Protocol):
    """Draws one frame at a time."""

    def frame(self, ring_deg: float, t: float = 0.0, *, threads: bool = True) -> Pixels:
        """One frame for the screen."""
        ...


class Draws(DrawsFrame, Protocol):
    """Draws a rack: of planes, or on a picture."""

    def frames(
        self, motion: Motion, fps: Fraction | float = ..., handles: int = ..., tone: LightCodes = ...
    ) -> Iterator[Frame]:
        """All frames of a motion."""
        ...


class Renderer:
    """Draws frames of one set of planes through one camera, at one size. Frames may be drawn on several threads.

    A `draft` blurs more coarsely: for scrubbing.
    """

    def __init__(
        self, planes: Sequence[Plane], camera: Camera, size: tuple[int, int] = FRAME_SIZE, *, draft: bool = False
    ) -> None:
        check_size(size)
        if not 1 <= len(planes) <= 8:
            raise RequestError(f"A look has one to eight planes, not {len(planes)}.")
        self.planes, self.camera, self.size = tuple(planes), camera, size
        self._least_px = DRAFT_PX if draft else FINAL_PX
        self._stage = Staging(self.planes, camera.field_scale, size, quick=draft)
        self._last: tuple[tuple[int, ...], Pixels] | None = None

    def discs_px(self, ring_deg: float, t: float = 0.0) -> tuple[float, ...]:
        """Each plane's blur in pixels of this size, in the planes' order."""
        return tuple(self.camera.disc_px(ring_deg, plane.distance_m(t), self.size[0], t) for plane in self.planes)

    def linear(self, ring_deg: float, t: float = 0.0) -> Image32:
        """The picture in linear light, (height, width, 3) float32, before breathing and zoom; lights may exceed 1."""
        return drawn_light(self._stack(ring_deg, t))

    def frame(self, ring_deg: float, t: float = 0.0, *, threads: bool = True) -> Pixels:
        """The picture as a screen shows it: sRGB, (height, width, 3) uint8, read-only."""
        stack, scale = self._stack(ring_deg, t), self.camera.magnification(ring_deg, t)
        grown = [round(1000 * self._stage.growth(index, t)) for index in range(len(self.planes))]
        key = (*(round(placed.disc_px * 50) for placed in stack.sheets), *self._order(t), *grown, round(scale * 1e5))
        last = self._last
        if last is not None and last[0] == key:
            return last[1]
        pixels = finished(stack, scale, partial(drawn, threads=threads))
        self._last = key, pixels
        return pixels

    def frames(
        self,
        motion: Motion,
        fps: Fraction | float = Fraction(24),
        handles: int = 0,
        tone: LightCodes = LightCodes.SCREEN,
    ) -> Iterator[Frame]:
        """Every frame of a motion, from GO to the landing, both ends included (`frame_count` of them).

        With `handles`, so many more before GO and after the landing, the ring standing.
        """

        def make(t: float) -> Frame:
            ring_deg = float(motion.ring_deg(t))
            return developed(self._stack(ring_deg, t), self.camera.magnification(ring_deg, t), tone, alone)

        return ahead(make, frame_times(motion.duration_s, fps, handles))

    def _order(self, t: float) -> list[int]:
        """The planes' numbers, near to far; of two at one distance the later one is in front."""
        return sorted(range(len(self.planes)), key=lambda i: (self.planes[i].distance_m(t), -i))

    def _stack(self, ring_deg: float, t: float) -> Stack:
        discs = self.discs_px(ring_deg, t)
        sheets = [PlacedSheet(self._stage.layer(index, t), discs[index]) for index in self._order(t)]
        return Stack(sheets, self.size, self.camera.aperture, least_px=self._least_px)


def drawn(stack: Stack, tone: LightCodes = LightCodes.SCREEN, *, threads: bool = True) -> Frame:
    """A stack as a frame (height, width, 3)."""
    width, height = stack.frame
    made: Frame = np.empty((height, width, 3), dtype=tone.value)

    def draw(top: int, bottom: int) -> None:
        tone.write(stack.band(top, bottom)[:3], made[top:bottom])

    in_bands(stack.bands(), draw, threads=threads)
    return made


def alone(stack: Stack, tone: LightCodes) -> Frame:
    """The same on this thread."""
    return drawn(stack, tone, threads=False)


def drawn_light(stack: Stack) -> Image32:
    """A stack in linear light (height, width, 3); lights may exceed 1."""
    return np.asarray(drawn(stack, LightCodes.LIGHT), dtype=np.float32)


def check_size(size: tuple[int, int]) -> None:
    """Refuse a frame that can't be drawn."""
    width, height = size
    if not (16 <= width <= 3840 and 16 <= height <= 2160):
        raise RequestError(f"A frame of {width} x {height} pixels is out of range.", "16 x 16 to 3840 x 2160.")


def frame_count(duration_s: float, fps: Fraction | float) -> int:
    """Frames from GO to the first one at or after the landing, counting both."""
    return math.ceil(duration_s * float(fps) - 1e-6) + 1


def frame_times(duration_s: float, fps: Fraction | float, handles: int = 0) -> list[float]:
    """When each frame is taken, in seconds from GO; in the handles the time of GO, or of the landing."""
    if not 0 <= handles <= MOST_HANDLES:
        raise RequestError(f"Handles are 0 to {MOST_HANDLES} frames, not {handles}.")
    last = frame_count(duration_s, fps) - 1
    return [min(max(float(i / fps), 0.0), duration_s) for i in range(-handles, last + handles + 1)]


def finished(stack: Stack, scale: float, draw: Draw) -> Pixels:
    """A stack for the screen, its middle enlarged by `scale`; read-only."""
    pixels: Pixels = np.asarray(developed(stack, scale, LightCodes.SCREEN, draw), dtype=np.uint8)
    pixels.flags.writeable = False
    return pixels


def developed(stack: Stack, scale: float, tone: LightCodes, draw: Draw) -> Frame:
    """A stack as a frame in a tone, its middle enlarged by `scale` ≥ 1 (breathing) to the same size."""
    if scale - 1 < 1e-5:
        return draw(stack, tone)
    from PIL import Image

    width, height = stack.frame
    left, top = width / 2 * (1 - 1 / scale), height / 2 * (1 - 1 / scale)
    window = (left, top, width - left, height - top)
    if tone is LightCodes.SCREEN:
        screen = Image.fromarray(np.asarray(draw(stack, LightCodes.SCREEN), dtype=np.uint8))
        return np.array(screen.resize((width, height), Image.Resampling.BICUBIC, box=window))
    light = np.asarray(draw(stack, LightCodes.LIGHT), dtype=np.float32)
    bands = [
        Image.fromarray(np.ascontiguousarray(light[..., i])).resize(
            (width, height), Image.Resampling.BICUBIC, box=window
        )
        for i in range(3)
    ]
    made: Frame = np.empty((height, width, 3), dtype=tone.value)
    tone.write(np.maximum(np.stack([f32(np.asarray(band)) for band in bands]), 0), made)
    return made
