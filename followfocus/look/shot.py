# SPDX-License-Identifier: MIT
"""One planned rack as post and previsualisation want it: who is where, and per frame focus distance and blur."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.lens.subjects import SubjectTrack
from followfocus.look.render import Camera, frame_count
from followfocus.motion.motion import Motion
from followfocus.plan.sharpness import RackSharpness, Subject, circles, rack_sharpness
from followfocus.timecode import format_timecode

FAR_M = 10_000.0
"""Infinity in formats that know only numbers: 10 km, beyond any hyperfocal distance."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A motion with its camera and its subjects. The first subject is pulled from, the last pulled to (see `ends`).

    Frames are counted from 0 at GO; `start_frame` is what GO is in the shot's timecode, which counts in drop-frame with
    `drop_frame`.
    """

    camera: Camera
    motion: Motion
    subjects: tuple[Subject, ...]
    coc_mm: float
    fps: Fraction = Fraction(24)
    easing: str = "minjerk"
    start_frame: int = 0
    frame_px: tuple[int, int] = (1920, 1080)
    drop_frame: bool = False
    followed: bool = False
    """The first subject walks and is followed; the others are only there."""
    rack: RackSharpness = field(init=False)
    """Sharpness of the first and the last subject, the two that the rack is about."""
    everyone: RackSharpness = field(init=False)
    """Sharpness of all subjects, in their order."""

    def __post_init__(self) -> None:
        """Refuse a rack without two ends; work out the sharpness."""
        if len(self.subjects) < (1 if self.followed else 2):
            raise RequestError("A rack needs a subject to pull from and one to pull to.")
        object.__setattr__(self, "rack", self._sharpness(self.ends))
        object.__setattr__(self, "everyone", self._sharpness(self.subjects))

    def _sharpness(self, subjects: Sequence[Subject]) -> RackSharpness:
        stop, zoom = self.camera.t_stop, self.camera.zoom
        return rack_sharpness(self.motion, self.lens, stop, self.coc_mm, self.fps, subjects, zoom)

    @property
    def lens(self) -> LensMap:
        """The camera's lens; a zoom that is moved, at its shortest focal length."""
        return self.camera.lens

    @property
    def focals_mm(self) -> tuple[float, float]:
        """The focal length at GO and at the landing."""
        return self.camera.focal_mm(0.0), self.camera.focal_mm(self.motion.duration_s)

    @property
    def ends(self) -> tuple[Subject, Subject]:
        """Who is pulled from and who is pulled to; somebody who is followed is both."""
        return self.subjects[0], self.subjects[0 if self.followed else -1]

    @property
    def is_rack(self) -> bool:
        """Whether one goes soft and another becomes sharp."""
        return self.rack.is_rack and not self.followed

    def places_m(self, subject: Subject) -> tuple[float, ...]:
        """Where a subject is at GO, where it turns round during the shot, and where it is at the landing.

        One distance where it doesn't move.
        """
        end_s = self.motion.duration_s
        times = subject.where.times_s if isinstance(subject.where, SubjectTrack) else ()
        passed = [subject.at_m(t) for t in (0.0, *(t for t in times if 0.0 < t < end_s), end_s)]
        places = passed[:1]
        for place, following in zip(passed[1:], [*passed[2:], None], strict=True):
            if place != places[-1] and (following is None or (place - places[-1]) * (following - place) <= 0):
                places.append(place)
        return tuple(places)

    def timecode(self, frame: int) -> str:
        """Timecode of a frame counted from GO."""
        return format_timecode(self.start_frame + frame, self.fps, drop_frame=self.drop_frame)

    def circles_at(self, t: float) -> tuple[float, ...]:
        """Each subject's blur in circles of confusion at `t` seconds, without sign."""
        return tuple(self.circles_of(subject, t) for subject in self.subjects)

    def circles_of(self, subject: Subject, t: float) -> float:
        """A subject's blur in circles of confusion at `t` seconds, without sign."""
        return abs(float(self._circles(self.motion.ring_deg(t), t, subject)))

    def _circles(self, ring_deg: float | FloatArray, t: float | FloatArray, subject: Subject) -> FloatArray:
        return circles(ring_deg, t, subject, self.lens, self.camera.t_stop, self.coc_mm, zoom=self.camera.zoom)

    def keyframes(self) -> tuple[Keyframe, ...]:
        """Every frame from GO to the landing, both included."""
        count = frame_count(self.motion.duration_s, self.fps)
        times = np.minimum(np.arange(count) / float(self.fps), self.motion.duration_s)
        ring = self.motion.ring_deg(times)
        focus = self.lens.distance_m(ring)
        blurs = [self._circles(ring, times, subject) * self.coc_mm for subject in self.subjects]
        return tuple(
            Keyframe(
                i,
                self.timecode(i),
                i / float(self.fps),
                float(ring[i]),
                float(focus[i]),
                tuple(float(abs(b[i])) for b in blurs),
                self.camera.focal_mm(float(times[i])),
            )
            for i in range(count)
        )

    def percent(self, blur_mm: float) -> float:
        """A blur in per cent of the frame's width."""
        return blur_mm / self.camera.frame_width_mm * 100

    def pixels(self, blur_mm: float) -> float:
        """A blur's diameter in pixels of `frame_px`."""
        return blur_mm / self.camera.frame_width_mm * self.frame_px[0]


@dataclass(frozen=True, slots=True)
class Keyframe:
    """One frame of a shot."""

    frame: int
    timecode: str
    time_s: float
    ring_deg: float
    focus_m: float
    """Metres from the image plane, may be infinite."""
    blurs_mm: tuple[float, ...]
    """Blur disc of each subject in mm on the sensor, in the subjects' order."""
    focal_mm: float
    """Focal length, which changes where the zoom is moved."""

    @property
    def focus_number_m(self) -> float:
        """The focus distance where only numbers are understood: infinity is `FAR_M`."""
        return min(self.focus_m, FAR_M) if math.isfinite(self.focus_m) else FAR_M
