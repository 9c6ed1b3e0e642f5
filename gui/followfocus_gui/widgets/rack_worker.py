# SPDX-License-Identifier: MIT
"""The rack is rendered here, on one thread of its own; only the newest wish counts, and what it makes is a QImage.

A frame takes 6 to 15 ms and a new lens or stop a quarter of a second, too long for the thread that draws the window.
The picture is scaled and, at night, turned red before it is handed over, so that painting it is copying it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage

from followfocus.errors import FollowFocusError, RequestError
from followfocus.lens.formats import SUPER_35, Format
from followfocus.lens.map import LensMap
from followfocus.lens.zoom import Zoom
from followfocus_gui import background
from followfocus_gui.widgets.rack_own import OwnStill

if TYPE_CHECKING:
    from followfocus.look.picture import RgbdSource
    from followfocus.look.render import Camera, DrawsFrame, Renderer
    from followfocus.look.scene import PlaneRequest

RENDER_SIZES = ((256, 144), (320, 180), (384, 216), (480, 270))
"""Sizes to render at; what is shown larger is scaled up smoothly."""
FINAL_SIZES = (*RENDER_SIZES, (640, 360), (960, 540), (1280, 720))
"""Sizes at which a picture of one's own is drawn anew once nothing moves"""
NOTE = "Note"
"""The key of a picture's text under which it says what its files lack"""
JOIN_S = 5.0
_RED = np.array([0.80, 0.17, 0.11])
"""White at night: red, and not much of it."""
_RED_CODES = (255 * (np.arange(256) / 255)[:, None] ** 0.8 * _RED).astype(np.uint8)
"""The night's reds by brightness; the power lifts the shadows, of which little is left otherwise."""
_LUMA = np.array([54, 183, 19], dtype=np.uint16)

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PictureSpot:
    """A point of an own picture: shares of the frame that is shown, from its upper left corner."""

    own: OwnStill
    across: float
    down: float


@dataclass(frozen=True, slots=True)
class RackScene:
    """The scene: the lens, its stop, and each mark's (name, distance in metres)."""

    lens: LensMap
    t_stop: float
    marks: tuple[tuple[str, float], ...]
    breathing_percent: float = 0.0
    film: Format = SUPER_35
    zoom: Zoom | None = None
    """How the zoom is moved; the lens then stands at its shortest"""
    own: OwnStill | None = None
    """The user's own picture, instead of figures at the marks."""
    plain: bool = False
    """Draw the own picture sharp throughout: points are looked for in it."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A picture to be made: the scene, the ring's angle (degrees), the time (s), the size (pixels), in red or not.

    `size` is the picture's on the screen, in real pixels. A `final` one of an own picture is as fine as that.
    """

    scene: RackScene
    ring_deg: float
    time_s: float
    size: QSize
    red: bool = False
    final: bool = False


class RackWorker(QObject):
    """Renders the newest wish on one thread. Signals come from that thread, so they arrive queued."""

    drawn = Signal(QImage, object)
    """(the picture, the Wish it answers)"""
    failed = Signal(str, object)
    """(the sentence, the Wish that it answers)"""
    measured = Signal(float)
    """How far away a point of the own picture is, metres."""
    unmeasured = Signal(str)
    """Why that can't be said."""

    def __init__(self) -> None:
        super().__init__()
        self._news = threading.Condition()
        self._wish: Wish | None = None
        self._place: PictureSpot | None = None
        self._ended = False
        self._thread: threading.Thread | None = None
        self._studio = _Studio()

    @property
    def alive(self) -> bool:
        """Whether the thread is running."""
        return self._thread is not None and self._thread.is_alive()

    def ask(self, wish: Wish) -> None:
        """Make this picture next; a wish that was still waiting is forgotten. Returns at once."""
        with self._news:
            if self._ended:
                return
            self._wish = wish
            self._wake()

    def measure(self, place: PictureSpot) -> None:
        """Say how far away a point of an own picture is. Returns at once."""
        with self._news:
            if self._ended:
                return
            self._place = place
            self._wake()

    def _wake(self) -> None:
        if self._thread is None:
            self._thread = background.in_background(self._work, "rack view")
        self._news.notify()

    def end(self) -> None:
        """Finish the picture in hand, if any, and end the thread. More wishes are ignored."""
        with self._news:
            self._ended = True
            self._news.notify()
        if self._thread is not None:
            self._thread.join(JOIN_S)

    def _next(self) -> Wish | PictureSpot | None:
        with self._news:
            self._news.wait_for(lambda: self._ended or self._wish is not None or self._place is not None)
            if self._ended:
                return None
            if self._place is not None:
                place, self._place = self._place, None
                return place
            wish, self._wish = self._wish, None
            return wish

    def _work(self) -> None:
        while (asked := self._next()) is not None:
            if isinstance(asked, PictureSpot):
                self._measure(asked)
            else:
                self._draw(asked)

    def _draw(self, wish: Wish) -> None:
        try:
            image = self._studio.picture(wish)
        except FollowFocusError as error:
            self.failed.emit(str(error), wish)
        else:
            self.drawn.emit(image, wish)

    def _measure(self, place: PictureSpot) -> None:
        try:
            self.measured.emit(self._studio.distance_m(place))
        except FollowFocusError as error:
            self.unmeasured.emit(str(error))


class _Studio:
    """The renderer of the scene in hand, rebuilt only for another scene or size. Used by the worker's thread alone."""

    def __init__(self) -> None:
        self._built: dict[bool, tuple[RackScene, tuple[int, int], DrawsFrame]] = {}
        """The last one for drafts, and for finals"""
        self._source: tuple[OwnStill, RgbdSource] | None = None

    def picture(self, wish: Wish) -> QImage:
        """The wish as a picture of its size. FollowFocusError for a scene that cannot be."""
        # On this thread alone, and of an own picture in the process beside: the other threads belong to the window.
        pixels: Pixels = self._draws(wish).frame(wish.ring_deg, wish.time_s, threads=False)
        if wish.red:
            pixels = reddened(pixels)
        height, width = pixels.shape[:2]
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        smooth = Qt.TransformationMode.SmoothTransformation
        # converting copies: the pixels belong to the renderer
        made = image.scaled(wish.size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth).convertToFormat(
            QImage.Format.Format_RGB32
        )
        if wish.scene.own is not None and not wish.scene.plain:
            made.setText(NOTE, " ".join(self._opened(wish.scene.own).notes))
        return made

    def distance_m(self, place: PictureSpot) -> float:
        """How far away a point of an own picture is. FollowFocusError for what has no depth."""
        from followfocus.look.picture import place_in

        source = self._opened(place.own)
        return source.distance_m(place_in(source.colours.size, RENDER_SIZES[-1], (place.across, place.down)))

    def _draws(self, wish: Wish) -> DrawsFrame:
        """The renderer for a wish: as it was, where it is the same scene."""
        size = render_size(wish.size.width(), FINAL_SIZES if wish.final else RENDER_SIZES)
        built = self._built.get(wish.final)
        if built is None or built[:2] != (wish.scene, size):
            built = wish.scene, size, self._renderer(wish.scene, size, final=wish.final)
            self._built[wish.final] = built
        return built[2]

    def _renderer(self, scene: RackScene, size: tuple[int, int], *, final: bool) -> DrawsFrame:
        if scene.own is None:
            return _renderer(scene, size)
        if scene.plain:
            from followfocus_gui.widgets.rack_plain import PlainPicture

            return PlainPicture(scene.own.picture, size)
        from followfocus.look.picture import PictureRenderer

        source, before = self._opened(scene.own), self._built.get(final)
        if before is not None and isinstance(before[2], PictureRenderer):
            last = before[2]
            if last.source is source and last.size == size:
                return last.through(_camera(scene))
        return PictureRenderer(source, _camera(scene), size, draft=not final)

    def _opened(self, own: OwnStill) -> RgbdSource:
        if self._source is None or self._source[0] != own:
            self._source = own, _open(own)
        return self._source[1]


def _open(own: OwnStill) -> RgbdSource:
    """The picture with its depth, scaled by the known points; without them whole numbers are millimetres."""
    from followfocus.look.depth import Known, likeliest_kind
    from followfocus.look.footage import open_footage
    from followfocus.look.picture import PictureAsk, open_source, place_in

    depth, size = open_footage(own.depth), open_footage(own.picture).size
    if depth.whole and depth.bits < 16 and len(own.known) < 2:
        raise RequestError(
            f"{own.depth.name} has 8 bits, which alone can't say how far anything is.",
            "Press “scale …” and click two points, or save it in metres (32-bit TIFF, EXR).",
        )
    known = tuple(
        Known(spot.distance_m, at=place_in(size, RENDER_SIZES[-1], (spot.across, spot.down))) for spot in own.known
    )
    kind = "metric" if depth.whole or known else None
    if len(known) == 2:
        kind = likeliest_kind(next(depth.values()), known, size)
    return open_source(PictureAsk(own.picture, own.depth, kind, known))


def render_size(width_px: int, sizes: Sequence[tuple[int, int]] = RENDER_SIZES) -> tuple[int, int]:
    """The size to render at for a picture of this width: the first that is not smaller, else the largest."""
    return next((size for size in sizes if size[0] >= width_px), sizes[-1])


def reddened(pixels: Pixels) -> Pixels:
    """A picture by its brightness alone, in the red that leaves eyes used to the dark as they are."""
    luma = (pixels.astype(np.uint16) @ _LUMA) >> 8
    return np.ascontiguousarray(_RED_CODES[luma])


def planes_of(scene: RackScene) -> tuple[PlaneRequest, ...]:
    """The set: a figure for each mark, a street behind. RequestError for a scene without two marks.

    Marks between the nearest and the farthest get a figure of their own only where none is on the set yet: a second Ben
    in the same spot would hide the first.
    """
    from followfocus.look.planes import Figure, figure_for
    from followfocus.look.scene import PlaneRequest, default_requests

    if len(scene.marks) < 2:
        raise RequestError("A rack needs two marks.", "Set two marks.")
    marks = sorted(scene.marks, key=lambda mark: mark[1])
    near, far = marks[0], marks[-1]
    planes = list(default_requests(near[1], far[1]))
    for index, (name, _) in ((0, near), (1, far)):
        suits = figure_for(name, index, 3)
        planes[index] = replace(planes[index], picture=suits.name)
    if planes[0].picture == planes[1].picture:
        planes[1] = replace(planes[1], picture="ben" if planes[0].picture != "ben" else "door")
    for rank, (name, distance_m) in enumerate(marks[1:-1]):
        suits = figure_for(name, 2, len(marks) + 1)
        if suits not in [Figure(plane.picture or "") for plane in planes]:
            planes.insert(-1, PlaneRequest(f"mark {rank}", distance_m, suits.name))
    return tuple(planes)


def _renderer(scene: RackScene, size: tuple[int, int]) -> Renderer:
    from followfocus.look.render import Renderer
    from followfocus.look.scene import build_planes

    return Renderer(build_planes(planes_of(scene)), _camera(scene), size, draft=True)


def _camera(scene: RackScene) -> Camera:
    from followfocus.look.render import Camera

    breathing = scene.breathing_percent
    return Camera(scene.lens, scene.t_stop, scene.film, breathing_percent=breathing, zoom=scene.zoom)
