# SPDX-License-Identifier: MIT
"""The rack on a picture of the user's own, still or moving, with a depth map.

Each frame is cut into slices in 1/distance, each slice is blurred by the disc that the lens makes of it while the ring
stands where the motor will have it, and slices are laid under each other from near to far (`stack.py`, joined).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from itertools import repeat
from pathlib import Path

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError, RequestError
from followfocus.look.ahead import ahead
from followfocus.look.beside import BESIDE
from followfocus.look.clips import paced
from followfocus.look.depth import DepthScale, Known, around, depth_scale_of
from followfocus.look.footage import Footage, open_footage
from followfocus.look.paint import Image32, f32
from followfocus.look.render import (
    DRAFT_PX,
    FINAL_PX,
    Camera,
    Draw,
    Pixels,
    alone,
    check_size,
    developed,
    drawn,
    drawn_light,
    finished,
    frame_times,
)
from followfocus.look.slices import Sliced
from followfocus.look.stack import PlacedSheet, Stack, frame_bands, in_bands
from followfocus.look.tone import Frame, LightCodes
from followfocus.motion.motion import Motion

_REACH = 0.05
"""How far behind an outline is filled, as a share of the width: half a disc of a tenth of it."""
DRAFT_STEP_PX = 2.0
"""A draft's slices are so many pixels of disc apart: a few less of them."""
_KNEE = 0.8
_SHARP_DRAFT = 1280
"""A draft of a wider frame is drawn at half its size and enlarged."""
WIDEST = 1920
"""Pixels that a film is wide at most, where no size is asked for."""


@dataclass(frozen=True, slots=True)
class PictureAsk:
    """The picture, its depth map, what is known of that, and the gain of highlights (0 leaves them)."""

    picture: Path
    depth: Path
    kind: str | None = None
    known: tuple[Known, ...] = ()
    highlights: float = 0.0


@dataclass(frozen=True, slots=True)
class RgbdSource:
    """A picture or clip with its depth, and how its numbers are distances."""

    colours: Footage
    depth: Footage
    scale: DepthScale
    highlights: float = 0.0
    notes: tuple[str, ...] = ()
    """Sentences on the two files that the user should know."""
    first_values: Image32 = field(repr=False, compare=False, default_factory=lambda: np.zeros((1, 1), np.float32))

    def distance_m(self, at: tuple[float, float]) -> float:
        """How far away what stands at a point of the (first) picture is, in metres from the image plane."""
        per_m = self.scale.per_m(np.array([[around(self.first_values, at, self.colours.size)]], np.float32))
        return 1 / float(per_m[0, 0]) if per_m[0, 0] > 0 else float("inf")

    def frames(self, size: tuple[int, int]) -> Iterator[tuple[Image32, Image32]]:
        """Colours (3, h, w) and 1/distance (h, w) of each frame, at a size (width, height)."""
        # By time, and the last one held: a clip of depth may have another rate, and end before its picture does.
        share = (self.depth.fps or Fraction(0)) / (self.colours.fps or Fraction(1))
        for colours, values in zip(self.colours.colours(), paced(self.depth.values(), share), strict=False):
            yield filling(self._lit(colours), size), _nearest(self.scale.per_m(values), self.colours.size, size)

    def _lit(self, colours: Image32) -> Image32:
        """The highlights brought back that a display's white has cut off."""
        if not self.highlights:
            return colours
        brightest = colours.max(axis=2, keepdims=True)
        over = np.clip((brightest - np.float32(_KNEE)) / np.float32(1 - _KNEE), 0, 1)
        return f32(colours * (1 + np.float32(self.highlights) * over * over))


def open_source(ask: PictureAsk) -> RgbdSource:
    """The picture and its depth, opened and scaled. FileError or RequestError for what can't be used."""
    if not 0 <= ask.highlights <= 100:
        raise RequestError(f"Highlights are raised by 0 to 100 times, not {ask.highlights:g}.")
    colours, depth = open_footage(ask.picture), open_footage(ask.depth)
    if depth.fps is not None and colours.fps is None:
        raise RequestError("A still takes one depth map, not a clip of them.", "Give a picture of depth.")
    if abs(colours.size[0] * depth.size[1] / (colours.size[1] * depth.size[0]) - 1) > 0.02:
        raise FileError(
            f"The depth map is {depth.size[0]} x {depth.size[1]}, the picture {colours.size[0]} x {colours.size[1]} "
            "pixels: they don't have the same shape.",
            remedy="Make the depth map from this very picture.",
        )
    first = next(depth.values(), None)
    if first is None:
        raise FileError(f"{ask.depth} has no frame in it.", remedy="Save it again.")
    scale = depth_scale_of(first, depth.whole, ask.kind, _known(ask, depth), colours.size)
    # Floats may hold no picture at all, and any numbers no distance: to be told now, not when it is drawn.
    notes = (
        *_missing("picture", colours, colours.missing(), "isn't numbers: drawn black"),
        *_missing("picture", colours, colours.see_through, "is seen through: laid over black"),
        *_ends_early(colours, depth),
        *_missing("depth map", depth, scale.unknown(first), "has no depth: drawn as far as its farthest"),
    )
    scale.per_m(first)
    return RgbdSource(colours, depth, scale, ask.highlights, notes, first)


def _known(ask: PictureAsk, depth: Footage) -> tuple[Known, ...]:
    """The distances that are known: of a clip in millimetres, whose numbers are read as shares of 1, what 1 is."""
    if depth.fps is None or ask.known or ask.kind != "metric":
        return ask.known
    if depth.bits < 16:
        raise RequestError(
            f"{depth.path.name} has {depth.bits} bits, too few for millimetres.",
            "Give one known distance: --depth-at X,Y=2m.",
        )
    return (Known(65.535, value=1.0),)


def _ends_early(colours: Footage, depth: Footage) -> tuple[str, ...]:
    """The sentence on a clip of depth that is shorter than its picture, by more than a frame of each."""
    if colours.lasts_s is None or depth.lasts_s is None or colours.fps is None or depth.fps is None:
        return ()
    if depth.lasts_s >= colours.lasts_s - 1.5 * float(max(1 / colours.fps, 1 / depth.fps)):
        return ()
    return (
        f"The depth map {depth.path.name} ends after {depth.lasts_s:.2f} s of the picture's {colours.lasts_s:.2f} s: "
        "its last frame is held.",
    )


def _missing(kind: str, footage: Footage, share: float, words: str) -> tuple[str, ...]:
    """The sentence on the share of a file's pixels that say nothing; of a clip's first frame."""
    if share == 0:
        return ()
    # No share of all but a few pixels is told as all of them, nor one of a few as none.
    percent = "All" if share == 1 else f"{min(max(round(100 * share), 1), 99)} %" if share >= 0.01 else "Less than 1 %"
    whole = f"the {kind} {footage.path.name}"
    return (f"{percent} of {whole if footage.fps is None else f'the first frame of {whole}'} {words}.",)


def frame_size(colours: Footage, asked: tuple[int, int] | None, widest: int = WIDEST) -> tuple[int, int]:
    """The size to draw at: as asked, else the picture's own, at most `widest` px, in even pixels."""
    if asked is not None:
        return asked
    share = min(1.0, widest / colours.size[0], 2160 / colours.size[1])
    width, height = (max(16, round(side * share / 2) * 2) for side in colours.size)
    return width, height


class PictureRenderer:
    """Draws frames of a picture with depth through a camera, at one size; as `render.Renderer` does of planes.

    A `draft` blurs more coarsely, and frames wider than 1280 px are drawn at half the size and enlarged: for scrubbing.
    """

    def __init__(
        self, source: RgbdSource, camera: Camera, size: tuple[int, int] = (960, 540), *, draft: bool = False
    ) -> None:
        check_size(size)
        self.source, self.camera, self.size = source, camera, size
        self._draft, self._least_px = draft, DRAFT_PX if draft else FINAL_PX
        self._drawn_size = (size[0] // 2, size[1] // 2) if draft and size[0] > _SHARP_DRAFT else size
        self._still: Sliced | None = None
        self._last: tuple[tuple[float, ...], Pixels] | None = None

    def through(self, camera: Camera) -> PictureRenderer:
        """The same picture through another camera: it isn't read and cut into depths again."""
        made = PictureRenderer(self.source, camera, self.size, draft=self._draft)
        made._still = self._still
        return made

    def frame(self, ring_deg: float, t: float = 0.0, *, threads: bool = True) -> Pixels:
        """The picture as a screen shows it: sRGB, (height, width, 3) uint8, read-only."""
        key = (round(ring_deg, 3), t if self._moves or self.camera.zoom is not None else 0.0)
        last = self._last
        if last is not None and last[0] == key:
            return last[1]
        sliced = self._sliced_at(t)
        stack = self._stack(sliced, ring_deg, t)
        draw = partial(drawn, threads=threads) if self._moves else partial(BESIDE.drawn, of=sliced, threads=threads)
        small = finished(stack, self.camera.magnification(ring_deg, t), draw)
        pixels = _enlarged(small, self.size, threads=threads)
        self._last = key, pixels
        return pixels

    def linear(self, ring_deg: float, t: float = 0.0) -> Image32:
        """The picture in linear light, (height, width, 3) float32; lights may exceed 1."""
        return drawn_light(self._stack(self._sliced_at(t), ring_deg, t))

    def frames(
        self,
        motion: Motion,
        fps: Fraction | float = Fraction(24),
        handles: int = 0,
        tone: LightCodes = LightCodes.SCREEN,
    ) -> Iterator[Frame]:
        """Every frame of a motion, from GO to the landing; with `handles`, so many more before and after it."""
        draw: Draw = alone

        def make(asked: tuple[Callable[[], Sliced], float]) -> Frame:
            slicing, t = asked
            ring_deg = float(motion.ring_deg(t))
            stack = self._stack(slicing(), ring_deg, t)
            return developed(stack, self.camera.magnification(ring_deg, t), tone, draw)

        times = frame_times(motion.duration_s, fps, handles)
        slicings = zip(self._slicings(Fraction(fps), handles), times, strict=False)
        if self._still is None or not BESIDE.takes(self._drawn_size):
            return ahead(make, slicings)
        # Both processes draw one frame, while the last one is written.
        draw = partial(BESIDE.drawn, of=self._still, threads=True)
        return ahead(make, slicings, 1)

    @property
    def _moves(self) -> bool:
        return self.source.colours.fps is not None

    def _sliced(self, colours: Image32, per_m: Image32) -> Sliced:
        return Sliced(colours, per_m, _REACH * self._drawn_size[0])

    def _still_sliced(self) -> Sliced:
        if self._still is None:
            self._still = self._sliced(*next(self.source.frames(self._drawn_size)))
        return self._still

    def _sliced_at(self, t: float) -> Sliced:
        """The picture at `t` seconds of a clip, its last one after its end."""
        if self.source.colours.fps is None:
            return self._still_sliced()
        at = Fraction(max(t, 0.0)) * self.source.colours.fps
        found = next(paced(self.source.frames(self._drawn_size), Fraction(1), math.floor(at + Fraction(1, 2))), None)
        if found is None:
            raise FileError(f"{self.source.colours.path} has no frame in it.", remedy="Save it again.")
        return self._sliced(*found)

    def _slicings(self, fps: Fraction, handles: int) -> Iterator[Callable[[], Sliced]]:
        """For each frame of a film what makes its slices: a clip's of that time, whose first frame is GO's.

        Its first one is held before that, its last one after its end.
        """
        if self.source.colours.fps is None:
            self._still_sliced()
            return repeat(self._still_sliced)
        once = (_Once(self, *frame) for frame in self.source.frames(self._drawn_size))
        return paced(once, self.source.colours.fps / fps, -handles)

    def _stack(self, sliced: Sliced, ring_deg: float, t: float) -> Stack:
        discs = self._discs(sliced, ring_deg, t)
        placed: list[PlacedSheet] = sliced.placed(discs, DRAFT_STEP_PX) if self._draft else sliced.placed(discs)
        return Stack(placed, self._drawn_size, self.camera.aperture, joined=True, least_px=self._least_px)

    def _discs(self, sliced: Sliced, ring_deg: float, t: float) -> FloatArray:
        with np.errstate(divide="ignore"):
            distances = 1 / sliced.per_m()
        return self.camera.signed_discs_px(ring_deg, distances, self._drawn_size[0], t)


class _Once:
    """A clip's frame that is sliced when it is drawn, on the thread that draws it."""

    def __init__(self, renderer: PictureRenderer, colours: Image32, per_m: Image32) -> None:
        self._renderer, self._colours, self._per_m = renderer, colours, per_m

    def __call__(self) -> Sliced:
        return self._renderer._sliced(self._colours, self._per_m)


def _enlarged(pixels: Pixels, size: tuple[int, int], *, threads: bool) -> Pixels:
    """A draft at the size (width, height) that was asked for; read-only."""
    if pixels.shape[1::-1] == size:
        return pixels
    from PIL import Image

    image, made = Image.fromarray(pixels), np.empty((size[1], size[0], 3), np.uint8)

    def draw(top: int, bottom: int) -> None:
        part = 0, top * image.height / size[1], image.width, bottom * image.height / size[1]
        made[top:bottom] = np.asarray(image.resize((size[0], bottom - top), Image.Resampling.BILINEAR, box=part))

    in_bands(frame_bands(size), draw, threads=threads)
    made.flags.writeable = False
    return made


def filling(colours: Image32, size: tuple[int, int]) -> Image32:
    """A picture (h, w, 3) at another size (width, height), filling it from the middle: (3, height, width)."""
    from PIL import Image

    height, width = colours.shape[:2]
    box = _middle((width, height), size)
    smaller = (box[2] - box[0]) > size[0]
    way = Image.Resampling.BOX if smaller else Image.Resampling.BICUBIC
    if (width, height) == size:
        return np.ascontiguousarray(np.moveaxis(colours, 2, 0))
    bands = [
        np.asarray(Image.fromarray(np.ascontiguousarray(colours[..., band])).resize(size, way, box=box))
        for band in range(3)
    ]
    return f32(np.maximum(np.stack(bands), 0))


def _middle(has: tuple[int, int], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The largest part of the frame's shape in the middle of a picture: left, top, right, bottom."""
    share = min(has[0] / size[0], has[1] / size[1])
    width, height = share * size[0], share * size[1]
    left, top = (has[0] - width) / 2, (has[1] - height) / 2
    return left, top, left + width, top + height


def place_in(picture: tuple[int, int], frame: tuple[int, int], share: tuple[float, float]) -> tuple[float, float]:
    """The pixel of a picture (width, height) that is shown at shares (across, down) of a frame that it fills."""
    left, top, right, bottom = _middle(picture, frame)
    return left + share[0] * (right - left), top + share[1] * (bottom - top)


def _nearest(values: Image32, picture: tuple[int, int], size: tuple[int, int]) -> Image32:
    """A depth map of a picture of size `picture` at the frame's size, each pixel one of the map's own numbers."""
    left, top, right, bottom = _middle(picture, size)
    x = (left + (np.arange(size[0]) + 0.5) * (right - left) / size[0]) * values.shape[1] / picture[0]
    y = (top + (np.arange(size[1]) + 0.5) * (bottom - top) / size[1]) * values.shape[0] / picture[1]
    columns = np.clip(x.astype(np.int64), 0, values.shape[1] - 1)
    rows = np.clip(y.astype(np.int64), 0, values.shape[0] - 1)
    return np.ascontiguousarray(values[rows[:, None], columns[None, :]])
