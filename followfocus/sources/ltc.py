# SPDX-License-Identifier: MIT
"""Linear timecode: audio samples to frames (SMPTE ST 12-1).

A frame is 80 bits in biphase mark: the level turns at the start of every bit, and once more in the middle of a one. So
whole and half bit times between the turns are all that is read; speed may vary, and played backwards the bits come from
the other end. A turn is placed between two samples by a straight line, which times a frame to a few microseconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from followfocus.sources.timecode import NOMINAL, Labelled, Timecode

BITS = 80
SYNC = (0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1)
_NOMINAL_BITS_PER_S = 2160.0
"""Between 80 x 23.976 and 80 x 30: the cell that is looked for first."""
_HALF = 0.75
"""A turn nearer than this share of a cell is the middle of a one."""
# A turn later than this belongs to no bit of this speed: the signal was away, or another speed began.
_GAP = 1.6
# A tenth of each bit's difference: within a frame the cell follows any speed, and noise of single turns averages out.
_FOLLOW = 0.1
_QUIET = 0.01
"""A level under a hundredth of full scale is no signal."""
_DECAY_S = 0.25
_SAME_SPEED = 0.02


@dataclass(slots=True)
class _Bit:
    value: int
    began: float


class LtcDecoder:
    """Samples in any chunks, full scale ±1; frames out. `level` is the signal's height of late, 0 to 1.

    `fps` is 24, 25 or 30 by how long the last frame took; None where it ran at none of these speeds.
    """

    def __init__(self, sample_rate: float, start_s: float = 0.0) -> None:
        """`start_s` is the host's clock at the first sample."""
        self._rate, self._start_s = sample_rate, start_s
        self._cell = sample_rate / _NOMINAL_BITS_PER_S
        self._bits: deque[_Bit] = deque(maxlen=BITS)
        self._seen = 0
        self._last_turn: float | None = None
        self._half_from: float | None = None
        self._last = 0.0
        self._high = False
        self._crossed = 0.0
        self.level = 0.0
        self.fps: Fraction | None = None

    def feed(self, samples: NDArray[np.float32]) -> list[Labelled]:
        """The frames that end in these samples."""
        found: list[Labelled] = []
        for turn in self._turns(samples):
            bit = self._bit(turn)
            if bit is not None:
                self._bits.append(bit)
                frame = self._frame(turn)
                if frame is not None:
                    found.append(frame)
        return found

    def tear(self) -> None:
        """Samples were left out here: what has come of a frame so far belongs to no other half."""
        self._last_turn = self._half_from = None
        self._bits.clear()

    def _turns(self, samples: NDArray[np.float32]) -> list[float]:
        """Positions, in samples since the start, at which the signal turns: its last zero crossing before it is clear.

        Clear is above a tenth of its height of late, so that noise around zero turns nothing.
        """
        if not len(samples):
            return []
        peak = float(np.max(np.abs(samples)))
        # Up at once, down slowly: a quiet moment within a frame must not lower the edge into the noise.
        self.level = max(peak, self.level * (1 - min(1.0, len(samples) / (self._rate * _DECAY_S))))
        edge = max(self.level * 0.1, _QUIET)
        joined = np.concatenate(([self._last], samples)).astype(np.float64)
        crossings = self._crossings(joined)
        clear = np.flatnonzero(np.abs(joined[1:]) > edge) + 1
        high = joined[clear] > 0
        # A turn counts only once the signal is clear on the other
        # side; it is then dated back to its last zero crossing.
        flips = clear[np.flatnonzero(high != np.concatenate(([self._high], high[:-1])))] if len(clear) else clear
        if len(clear):
            self._high = bool(high[-1])
        before = np.searchsorted(crossings, self._seen + flips - 1, side="right") - 1
        self._crossed = float(crossings[-1])
        self._seen += len(samples)
        self._last = float(samples[-1])
        return [float(turn) for turn in crossings[before]]

    def _crossings(self, joined: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the signal passes zero, the last one of before included; `joined` begins with the sample before."""
        at = np.flatnonzero((joined[1:] > 0) != (joined[:-1] > 0))
        low, high = joined[at], joined[at + 1]
        return np.concatenate(([self._crossed], self._seen - 1 + at + low / (low - high)))

    def _bit(self, turn: float) -> _Bit | None:
        """The bit that a turn ends, if it ends one."""
        last, self._last_turn = self._last_turn, turn
        if last is None or turn - last > _GAP * self._cell:
            self._half_from = None
            self._bits.clear()
            return None
        width = turn - last
        if width >= _HALF * self._cell:
            self._half_from = None  # a half left over belongs to no bit: the phase was wrong until here
            # By whole bits alone: halves are where a recorder's asymmetry shows.
            self._cell += _FOLLOW * (width - self._cell)
            return _Bit(0, last)
        if self._half_from is None:
            self._half_from = last
            return None
        began, self._half_from = self._half_from, None
        self._cell += _FOLLOW * (turn - began - self._cell)
        return _Bit(1, began)

    def _frame(self, turn: float) -> Labelled | None:
        if len(self._bits) < BITS:
            return None
        values = [bit.value for bit in self._bits]
        # Forwards the word stands at the end of a frame; played backwards its bits come first, in the opposite order.
        if tuple(values[-16:]) == SYNC:
            return self._labelled(values, turn, reverse=False)
        if tuple(reversed(values[:16])) == SYNC:
            return self._labelled(values[::-1], turn, reverse=True)
        return None

    def _labelled(self, bits: list[int], turn: float, *, reverse: bool) -> Labelled | None:
        label, began = label_of(bits), self._bits[0].began
        if label is None:
            return None
        self.fps = _nominal(self._rate / (turn - began))
        # A label is a frame's beginning: backwards that is the end of what was heard.
        return Labelled(label, self._start_s + (turn if reverse else began) / self._rate, reverse)


def _nominal(frames_per_s: float) -> Fraction | None:
    """24, 25 or 30 within two in a hundred, which 23.976 and 29.97 are."""
    near = min(NOMINAL, key=lambda one: abs(frames_per_s / one - 1))
    return Fraction(near) if abs(frames_per_s / near - 1) < _SAME_SPEED else None


def label_of(bits: list[int]) -> Timecode | None:
    """The label in 80 bits, first bit first; None where they are no time of day."""

    def number(start: int, count: int) -> int:
        return sum(bits[start + i] << i for i in range(count))

    units = [number(at, 4) for at in (0, 16, 32, 48)]
    tens = [number(8, 2), number(24, 3), number(40, 3), number(56, 2)]
    frames, seconds, minutes, hours = (10 * ten + unit for ten, unit in zip(tens, units, strict=True))
    if max(units) > 9 or frames > 29 or seconds > 59 or minutes > 59 or hours > 23:
        return None
    return Timecode(hours, minutes, seconds, frames, drop=bool(bits[10]))
