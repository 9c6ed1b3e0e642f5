# SPDX-License-Identifier: MIT
"""Where everything stands on the desk, in points, for a window of a size: nothing that is shown can move anything.

Two bands keep their place whatever is shown: the readings on top, state line and buttons at the bottom. Between them
stands the middle, which scrolls where the window is lower than the least desk.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

MARGIN, GAP, APART = 12, 8, 12
"""From the window's edge, between parts, and between the buttons that move the ring"""
# The least that a finger is given by the guidelines of phones and tablets.
TOUCH = 44
LEAST_WIDTH, LEAST_HEIGHT = 960, 540
WIDE, HIGH = 1200, 680
"""From these on everything is shown at once; below, the right column becomes tabs"""

LEAST_CURVE = 120
"""The least height of a curve that can be read"""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """The first point to its right."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The first point below it."""
        return self.y + self.height

    def holds(self, other: Box) -> bool:
        """Whether the other lies wholly within."""
        return self.x <= other.x and self.y <= other.y and self.right >= other.right and self.bottom >= other.bottom

    def meets(self, other: Box) -> bool:
        """Whether the two overlap."""
        across = self.x < other.right and other.x < self.right
        return across and self.y < other.bottom and other.y < self.bottom


@dataclass(frozen=True, slots=True)
class Type:
    """Sizes of letters in points, for a window of a size. Capitals are three quarters of a size high."""

    body: int
    hint: int
    large: int
    button: int
    """BACK TO ONE, REHEARSE, ARM"""
    go: int
    state: int
    distance: int

    @classmethod
    def of(cls, width: int, height: int) -> Type:
        """The sizes for a window."""
        # By the short side: on a screen that is turned, letters keep their size.
        high = min(height, width)
        body = max(13, min(round(high / 53), round(width / (57 if height > width else 85))))
        wide = width if height <= width else round(width * 1.4)  # upright, three buttons share a row, and two
        return cls(
            body=body,
            hint=max(11, round(body * 0.85)),
            large=max(16, round(high / 38)),
            button=max(13, min(round(high / 37), wide // 58)),
            go=max(22, min(round(high / 22), wide // 30)),
            state=max(15, min(round(high / 34), width // 46)),
            distance=max(40, round(high * 0.08)),
        )


@dataclass(frozen=True, slots=True)
class BandPlaces:
    """The two bands of a window, and what is left between them."""

    readout: Box
    sharp: Box
    plates: Box
    middle: Box
    state: Box
    back: Box
    rehearse: Box
    arm: Box
    go: Box
    stop: Box


def upright(width: int, height: int) -> bool:
    """A screen that stands on its short side."""
    return height > width and width < WIDE


def bands(width: int, height: int) -> BandPlaces:
    """The bands of a window of this size."""
    gap = APART if height >= 700 else 6
    back, rehearse, arm, go, stop = _buttons(width, height)
    # Upright the line is short, and there is height: a sentence and a refusal below it have four rows.
    state_high = round(width * 0.085) if upright(width, height) else max(TOUCH, round(min(height, width) / 16))
    state = Box(MARGIN, min(back.y, go.y) - gap - state_high, width - 2 * MARGIN, state_high)
    readout, sharp, plates = _top(width, height)
    top = readout.bottom + (GAP if height >= 700 else 6)
    middle = Box(MARGIN, top, width - 2 * MARGIN, state.y - (GAP if height >= 700 else 6) - top)
    return BandPlaces(readout, sharp, plates, middle, state, back, rehearse, arm, go, stop)


def _buttons(width: int, height: int) -> tuple[Box, Box, Box, Box, Box]:
    if upright(width, height):
        high = max(64, round(width * 0.12))
        y, room = height - 8 - high, width - 2 * MARGIN - APART
        stop_wide = round(room * 0.395)
        go = Box(MARGIN, y, room - stop_wide, high)
        stop = Box(width - MARGIN - stop_wide, y, stop_wide, high)
        return (*_row(MARGIN, y - GAP - 64, width - 2 * MARGIN, 64), go, stop)
    high = max(64, round(height * 0.1))
    y = height - 8 - high
    stop = Box(width - MARGIN - round(width * 0.18), y, round(width * 0.18), high)
    go = Box(stop.x - APART - round(width * 0.26), y, round(width * 0.26), high)
    return (*_row(MARGIN, y, go.x - APART - MARGIN, high), go, stop)


def _row(x: int, y: int, width: int, height: int) -> tuple[Box, Box, Box]:
    """Three side by side."""
    # Edges are rounded, not widths: so the three end exactly where the row does.
    edges = [x + round((width + GAP) * i / 3) for i in range(4)]
    first, second, third = (Box(a, y, b - a - GAP, height) for a, b in itertools.pairwise(edges))
    return first, second, third


def _top(width: int, height: int) -> tuple[Box, Box, Box]:
    """Distance, sharp range, plates; on a narrow screen the sharp range gives way to the plates."""
    high = max(60, round(min(height, width) * 0.11))
    readout = Box(MARGIN, 8, max(round(width * 0.248), min(244, width // 3)), high)
    deep = round(high * 0.74)
    plates_wide = max(382, round(width * 0.389)) if width >= LEAST_WIDTH else round(width * 0.42)
    plates = Box(width - MARGIN - plates_wide, 8 + (high - deep) // 2, plates_wide, deep)
    left = readout.right + 16
    return readout, Box(left, 8 + (high - deep) // 2, max(0, plates.x - 16 - left), deep), plates


@dataclass(frozen=True, slots=True)
class MiddlePlaces:
    """The parts of the desk, from the middle's corner; None where a part is behind a tab."""

    cues: Box
    tabs: Box | None
    disk: Box
    curve: Box
    marks: Box
    tools: Box | None
    """None: they share the row of time and ease"""
    time: Box
    picture: Box | None
    takes: Box | None


def middle(width: int, height: int, *, window: tuple[int, int]) -> MiddlePlaces:
    """The parts in a middle of this size, of a window of that (width, height)."""
    # By the room there is, too: a window that only looks upright would have everything, and nothing of a size.
    if upright(*window) and width >= 640 and height >= 700:
        return _standing(width, height)
    if window[0] >= WIDE and window[1] >= HIGH:
        return _whole(width, height, max(1.0, min(window[1] / 800, window[0] / 1280)))
    return _tabbed(width, height)


def _whole(width: int, height: int, scale: float) -> MiddlePlaces:
    """Everything at once: disk and curve over marks, tools and time; picture and takes in a column at the right."""
    column = round(332 * scale)
    left = width - column - GAP
    cue_high, mark_high, row_high = round(52 * scale), round(56 * scale), max(TOUCH, round(44 * scale))
    time_y = height - row_high
    tools_y = time_y - GAP - row_high
    marks_y = tools_y - 6 - mark_high
    top = cue_high + GAP
    high = marks_y - GAP - top
    # Square where there is room, and never so narrow that its figures touch.
    disk_wide = min(round(306 * scale), high)
    disk_wide = max(disk_wide, round(280 * scale))
    at = width - column
    picture = Box(at, 0, column, round(column * 9 / 16) + round(58 * scale))
    return MiddlePlaces(
        cues=Box(0, 0, left, cue_high),
        tabs=None,
        disk=Box(0, top, disk_wide, high),
        curve=Box(disk_wide + GAP, top, left - disk_wide - GAP, high),
        marks=Box(0, marks_y, left, mark_high),
        tools=Box(0, tools_y, left, row_high),
        time=Box(0, time_y, left, row_high),
        picture=picture,
        takes=Box(at, picture.bottom + GAP, column, height - picture.bottom - GAP),
    )


def _tabbed(width: int, height: int) -> MiddlePlaces:
    """A small screen: the disk stays, the rest takes turns."""
    row, gap = TOUCH, 6
    time_y = height - row
    marks_y = time_y - gap - 46
    high = marks_y - gap - row - gap
    cues_wide = round(width * 0.42)
    disk_wide = min(round(width * 0.235), max(high, 150))
    beside = disk_wide + GAP
    return MiddlePlaces(
        cues=Box(0, 0, cues_wide, row),
        tabs=Box(cues_wide + GAP, 0, width - cues_wide - GAP, row),
        disk=Box(0, row + gap, disk_wide, high),
        curve=Box(beside, row + gap, width - beside, high),
        marks=Box(0, marks_y, width, 46),
        tools=None,
        time=Box(0, time_y, width, row),
        picture=None,
        takes=None,
    )


def split(beside: Box) -> tuple[Box, Box | None]:
    """A row of tools at the top of a room, and what is left below it; None where that is too little for a curve."""
    below = Box(beside.x, beside.y + TOUCH + GAP, beside.width, beside.height - TOUCH - GAP)
    return Box(beside.x, beside.y, beside.width, TOUCH), below if below.height >= LEAST_CURVE else None


def _standing(width: int, height: int) -> MiddlePlaces:
    """A screen on its short side: picture beside the disk, the rest below."""
    cue_high, mark_high, row = 52, 56, TOUCH
    # The disk is round: what its room is wider than high goes to the picture.
    disk = min((width - GAP) // 2, round(height * 0.36))
    takes_high = max(120, round(height * 0.17))
    takes_y = height - takes_high
    time_y = takes_y - GAP - row
    tools_y = time_y - GAP - row
    marks_y = tools_y - 6 - mark_high
    top = cue_high + GAP
    curve_y = top + disk + GAP
    return MiddlePlaces(
        cues=Box(0, 0, width, cue_high),
        tabs=None,
        disk=Box(width - disk, top, disk, disk),
        curve=Box(0, curve_y, width, marks_y - GAP - curve_y),
        marks=Box(0, marks_y, width, mark_high),
        tools=Box(0, tools_y, width, row),
        time=Box(0, time_y, width, row),
        picture=Box(0, top, width - GAP - disk, disk),
        takes=Box(0, takes_y, width, takes_high),
    )


@dataclass(frozen=True, slots=True)
class Shooting:
    """The parts of the shooting view."""

    slate: Box
    distance: Box
    sharp: Box
    picture: Box
    scale: Box
    time: Box
    state: Box
    last: Box
    word_px: int
    """The letters of the state's word"""


def shooting(width: int, height: int) -> Shooting:
    """The shooting view in a window of this size; GO and STOP stay where the desk has them."""
    found = bands(width, height)
    edge = max(MARGIN, round(width * 0.0167))
    state_high = max(found.state.height, round(height * 0.09))
    bottom = min(found.back.y, found.go.y)
    state = Box(MARGIN, bottom - APART - state_high, width - 2 * MARGIN, state_high)
    slate_high = max(30, round(height * 0.046))
    slate = Box(edge, 8, width - 2 * edge, slate_high)
    room = state.y - slate.bottom
    time_high, scale_high = round(room * 0.15), round(room * 0.27)
    time = Box(edge, state.y - GAP - time_high, width - 2 * edge, time_high)
    scale = Box(edge, time.y - GAP - scale_high, width - 2 * edge, scale_high)
    top, high = slate.bottom + 4, scale.y - slate.bottom - 8
    distance, sharp, picture = _readings(Box(edge, top, width - 2 * edge, high), upright=upright(width, height))
    last = Box(found.back.x, found.back.y, found.arm.right - found.back.x, found.back.height)
    word_px = round(min(height * 0.053, width * 0.045))
    return Shooting(slate, distance, sharp, picture, scale, time, state, last, word_px)


def _readings(room: Box, *, upright: bool) -> tuple[Box, Box, Box]:
    """Distance, sharp range and picture of the shooting view: side by side, or the distance above."""
    if upright:
        distance = Box(room.x, room.y, room.width, round(room.height * 0.5))
        wide = min(round(room.width * 0.45), round((room.bottom - distance.bottom - GAP) * 16 / 9))
        picture = Box(room.right - wide, distance.bottom + GAP, wide, round(wide * 9 / 16))
        sharp = Box(room.x, picture.y, picture.x - 2 * GAP - room.x, room.bottom - picture.y)
        return distance, sharp, picture
    distance = Box(room.x, room.y, round((room.right + room.x) * 0.724) - room.x, room.height)
    wide = round((room.right + room.x) * 0.13)
    # The picture above, so that the longest sharp distance has the whole width: it is read from beside the camera.
    picture = Box(room.right - wide, room.y + GAP, wide, round(wide * 9 / 16))
    below = picture.bottom + GAP
    return distance, Box(distance.right + GAP, below, room.right - distance.right - GAP, room.bottom - below), picture
