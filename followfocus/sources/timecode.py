# SPDX-License-Identifier: MIT
"""Timecode from outside, as a clock: where it is now, whether it still runs, whether it has jumped.

LTC and MTC both say "this frame began then". From that follows a line, timecode over the host's clock; between two
frames and for a short while after the last one (freewheel) the line goes on. One frame that does not lie on it may be
misread; two in a row are a jump.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from fractions import Fraction

from followfocus.errors import RequestError
from followfocus.timecode import format_timecode, parse_timecode

RATES = (Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30))
FREEWHEEL_S = 2.0
"""How long the line goes on without a frame: a reel change of a cable, not a stopped recorder."""
STOPPED_S = 0.5
"""After so long without a frame a GO that was counted to a label is called off: it may never come."""
# A frame that is late by a port's buffer lies within half a frame; a whole one beside the line is another label.
JUMP_FRAMES = 0.75
NOMINAL = (24, 25, 30)
"""The rates a source can tell: by MTC's two bits, or by how long an LTC frame takes."""
_DROP_FPS = Fraction(30000, 1001)
# A fiftieth less with each frame: what was an hour ago is not told as what is so now.
_FORGETS = 0.98
_SOONER, _LATER = 0.1, 0.02
"""A frame may come in late, on a busy computer or by a port that hands on a period at once, but never early: the line
follows the ones that came soonest."""


@dataclass(frozen=True, slots=True)
class Timecode:
    """One frame's label: hours, minutes, seconds, frames, and whether it counts in drop-frame."""

    hours: int
    minutes: int
    seconds: int
    frames: int
    drop: bool = False

    def __str__(self) -> str:
        return f"{self.hours:02}:{self.minutes:02}:{self.seconds:02}{';' if self.drop else ':'}{self.frames:02}"

    def number(self, fps: Fraction) -> int:
        """Frames since midnight's label. RequestError for a label that does not exist at this rate."""
        return parse_timecode(str(self), fps)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A frame that was received: its label, and the host's clock when it began.

    `stands`: it was located, and nothing says that it runs from there.
    """

    label: Timecode
    began_s: float
    reverse: bool = False
    stands: bool = False


def counted_at(said: Fraction | None, drop: bool, show_fps: Fraction) -> Fraction:
    """The rate at which a source's labels count: the show's own where they may be the same, 23.976 said as 24.

    Or a half or a quarter of that: at 48 fps a source labels every second frame.

    >>> counted_at(Fraction(24), False, Fraction(24000, 1001))
    Fraction(24000, 1001)
    >>> counted_at(Fraction(25), False, Fraction(24))
    Fraction(25, 1)
    >>> counted_at(Fraction(24), False, Fraction(48000, 1001))
    Fraction(24000, 1001)
    """
    if said is None:
        return show_fps
    if drop:
        return _DROP_FPS
    alike = (show_fps / frames for frames in (1, 2, 4))
    return next((fps for fps in alike if round(fps) == round(said)), said)


class Running(enum.Enum):
    """How a timecode runs."""

    NOT = "no timecode"
    LOCKED = "locked"
    FREEWHEEL = "runs on by itself"
    REVERSE = "plays backwards"


@dataclass(frozen=True, slots=True)
class FollowedTimecode:
    """A timecode that is followed. Frozen: `heard` and `at` give answers, or the next value."""

    fps: Fraction
    frame: float = 0.0
    """Frame number at `at_s`, with a fraction once smoothed."""
    at_s: float = 0.0
    drop: bool = False
    running: Running = Running.NOT
    jumps: int = 0
    """Frames that did not lie where the ones before had them."""
    drift_ppm: float | None = None
    """How much faster than the host's clock it runs, in parts per million; None until it has been seen for 10 s."""
    off_s: float | None = None
    """How far a frame has lain from the line, at most, of late; None after a single one"""
    odd: Labelled | None = None
    """The last frame, where it did not lie on the line: the next one says whether it was misread"""
    _since: tuple[float, float] | None = None
    _sure: bool = False
    """A second frame has lain on the line: one alone may be misread, and starts nothing"""

    def heard(self, one: Labelled, fps: Fraction | None = None) -> FollowedTimecode:
        """The timecode after a frame has come in, of a source that counts at `fps`, None: as before.

        A label that does not exist at the rate is noise, and ignored.
        """
        if fps is not None and fps != self.fps:
            return self._recounted(one, fps)
        try:
            number = one.label.number(self.fps)
        except RequestError:
            return self
        # At once: it takes two wrong bits in certain places, or eight quarter frames, for a frame to seem reversed.
        if one.reverse:
            return replace(
                self, frame=number, at_s=one.began_s, running=Running.REVERSE, drift_ppm=None, off_s=None, _since=None,
                _sure=False, odd=None,
            )  # fmt: skip
        off = self._off(number, one.began_s) if self.runs(one.began_s) else None
        if one.stands:
            return self._located(one, number, off)
        if off is None:
            return self._jammed(one, number, self.jumps)
        if abs(off) > JUMP_FRAMES:
            return self._off_the_line(one) if self._sure else self._jammed(one, number, self.jumps + 1)
        expected = self.frame + (one.began_s - self.at_s) * float(self.fps)
        # Ahead of the line came sooner than any before: followed five times as willingly as one that was late.
        frame = (expected + (_SOONER if off > 0 else _LATER) * off) % self._day
        return replace(
            self, frame=frame, at_s=one.began_s, running=Running.LOCKED, drift_ppm=self._drift(number, one.began_s),
            _sure=True, odd=None, off_s=max(abs(off) / float(self.fps), _FORGETS * (self.off_s or 0.0)),
        )  # fmt: skip

    def _off_the_line(self, one: Labelled) -> FollowedTimecode:
        """One alone may be misread, and the line stands until the next; that one has to go back to it."""
        if self.odd is None:
            return replace(self, odd=one)
        return FollowedTimecode(self.fps, jumps=self.jumps + 1).heard(self.odd).heard(one)

    def _recounted(self, one: Labelled, fps: Fraction) -> FollowedTimecode:
        """Counted anew: labels of two rates are no longer the same distance apart. The jumps stay, they are the
        source's.

        Of one alone a flag may be misread, as of a label.
        """
        counts_on = self._sure and self.runs(one.began_s) and not one.stands
        if counts_on and self.odd is None and not one.reverse:
            return replace(self, odd=one)
        return FollowedTimecode(fps, jumps=self.jumps + counts_on).heard(one)

    def runs(self, now_s: float) -> bool:
        """It runs forwards, or did a moment ago."""
        return self.now(now_s) in (Running.LOCKED, Running.FREEWHEEL)

    @property
    def _day(self) -> int:
        """Labels a day: after the last one comes the first."""
        last = round(self.fps) - 1
        drop = self.fps == _DROP_FPS and self.drop
        return Timecode(23, 59, 59, last, drop).number(self.fps) + 1

    def _off(self, number: int, at_s: float) -> float:
        """How many frames a label is ahead of where the line has it, by the shorter way around midnight."""
        off = number - self.frame - (at_s - self.at_s) * float(self.fps)
        return (off + self._day / 2) % self._day - self._day / 2

    def _located(self, one: Labelled, number: int, off: float | None) -> FollowedTimecode:
        """A machine says where it is, without running: some say so while they run, and that changes nothing."""
        if off is not None and abs(off) <= JUMP_FRAMES:
            return self
        jumps = self.jumps + (off is not None)
        return FollowedTimecode(self.fps, float(number), one.began_s, one.label.drop, Running.NOT, jumps)

    def _jammed(self, one: Labelled, number: int, jumps: int) -> FollowedTimecode:
        return replace(
            self, frame=float(number), at_s=one.began_s, drop=one.label.drop, running=Running.LOCKED, jumps=jumps,
            drift_ppm=None, _since=(float(number), one.began_s), _sure=False, off_s=None, odd=None,
        )  # fmt: skip

    def _drift(self, number: int, now_s: float) -> float | None:
        if self._since is None or now_s - self._since[1] < 10:
            return None
        frames, seconds = (number - self._since[0]) % self._day, now_s - self._since[1]
        return (frames / float(self.fps) / seconds - 1) * 1e6

    def now(self, now_s: float) -> Running:
        """How it runs at a time of the host's clock."""
        silent_s = now_s - self.at_s
        if self.running is Running.NOT or silent_s > FREEWHEEL_S:
            return Running.NOT
        if self.running is Running.REVERSE:
            return Running.REVERSE
        # Two frames may be lost before it is said that it runs on by itself.
        return Running.LOCKED if silent_s <= 2.5 / float(self.fps) else Running.FREEWHEEL

    def label(self, now_s: float) -> str | None:
        """The label at a time of the host's clock; None where no timecode runs."""
        if self.now(now_s) is Running.NOT:
            return None
        direction = -1 if self.running is Running.REVERSE else 1
        frame = int(self.frame + direction * (now_s - self.at_s) * float(self.fps) + 1e-6)
        return format_timecode(frame % self._day, self.fps, drop_frame=self.drop)

    def counted(self, label: Timecode) -> Timecode:
        """A label that somebody has written as this source counts: with dropped numbers or without, whatever stands
        before its frames. A number that is left out is the next.
        """
        left_out = self.drop and label.minutes % 10 and label.seconds == 0
        return replace(label, frames=max(label.frames, 2) if left_out else label.frames, drop=self.drop)

    def when(self, label: Timecode, now_s: float) -> float | None:
        """The host's clock at which a label will begin; None where none runs forwards, or it has gone by.

        And none after a single frame, which may be misread.
        """
        if not self._sure or not self.runs(now_s):
            return None
        due_s = self.at_s + self._off(label.number(self.fps), self.at_s) / float(self.fps)
        # What has gone by is not due: a label that is passed starts nothing late.
        return due_s if due_s >= now_s else None
