# SPDX-License-Identifier: MIT
"""LTC from samples to events, and the samples of a WAV file. A device's samples are `ltc_device`'s."""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from followfocus.errors import FileError
from followfocus.files import read_input
from followfocus.sources.events import Origin, SourceKind, TimecodeSaid
from followfocus.sources.ltc import LtcDecoder

LEFT_OUT_S = 0.02
"""Blocks that are all later than that: samples were left out, and it is no unsteady clock."""
# Long enough to have a block in it that came at once, short enough to follow a drift.
LOOK_S = 0.25
# A fifth of what is seen each time: a clock drifts by microseconds meanwhile, a busy computer errs by milliseconds.
_FOLLOW = 0.2
_MOST_BYTES = 1_000_000_000
_FULL = {2: 32_768.0, 4: 2_147_483_648.0}


class LtcSource:
    """Blocks of samples in, frames of timecode out. `level` is the signal's height of late, 0 to 1.

    A device counts by a clock of its own, a few hundredths of a second away from the host's after ten minutes, and may
    leave samples out. So it is kept for each block when it came in, and frames are told by the host's clock.
    """

    def __init__(self, name: str, rate_hz: float, start_s: float) -> None:
        """`start_s` is the host's clock at the first sample."""
        self._source = Origin(SourceKind.LTC, name)
        self._decoder = LtcDecoder(rate_hz)
        self._rate_hz, self._start_s, self._count = rate_hz, start_s, 0
        self._least_s, self._looked = math.inf, 0.0

    @property
    def level(self) -> float:
        """How high the signal is."""
        return self._decoder.level

    def feed(
        self, samples: NDArray[np.float32], first_s: float | None = None, *, torn: bool = False
    ) -> Iterator[TimecodeSaid]:
        """Take a block in; each frame is told with when its last sample came in.

        `first_s` is the host's clock at the block's first sample; without it the rate is kept to the letter. `torn`:
        samples before this block were left out, so a frame that had begun is none.
        """
        if torn:
            self._decoder.tear()
            self._least_s, self._looked = math.inf, -math.inf
        if first_s is not None:
            self._follow(first_s)
        self._count += len(samples)
        # When its last sample came in: no sooner can a frame be known.
        now_s = self._start_s + self._count / self._rate_hz
        for frame in self._decoder.feed(samples):
            began_s = self._start_s + frame.began_s
            yield TimecodeSaid(self._source, now_s, replace(frame, began_s=began_s), self._decoder.fps)

    def _follow(self, first_s: float) -> None:
        """A block may come in late, on a busy computer, but never early: what counts is the least late of some."""
        late_s = first_s - self._start_s - self._count / self._rate_hz
        self._least_s = min(self._least_s, late_s)
        if late_s >= -LEFT_OUT_S and self._count - self._looked < LOOK_S * self._rate_hz:
            return
        # All at once where samples are missing: that is a step, and no drift to be followed.
        self._start_s += self._least_s if abs(self._least_s) > LEFT_OUT_S else _FOLLOW * self._least_s
        self._least_s, self._looked = math.inf, self._count


def read_wav(path: Path) -> tuple[float, NDArray[np.float32]]:
    """Sample rate and first channel of a WAV file, full scale ±1. Raises FileError."""
    data = read_input(path, _MOST_BYTES)
    try:
        with wave.open(io.BytesIO(data), "rb") as file:
            rate, width, channels = file.getframerate(), file.getsampwidth(), file.getnchannels()
            raw = file.readframes(file.getnframes())
    except (EOFError, RuntimeError, wave.Error) as error:
        words = str(error) or "it is cut off"
        raise FileError(f"{path} can't be read as a WAV file: {words}.", (), "Give a PCM file.") from error
    if width not in (1, 2, 3, 4) or not rate:
        raise FileError(f"{path} has samples of {8 * width} bits.", (), "Give PCM of 8 to 32 bits.")
    samples = _whole(raw, width)[: len(raw) // width]
    return float(rate), samples[::channels].astype(np.float32)


def _whole(raw: bytes, width: int) -> NDArray[np.float64]:
    if width == 3:
        # numpy has no whole numbers of three bytes.
        triples = np.frombuffer(raw[: len(raw) // 3 * 3], np.uint8).reshape(-1, 3).astype(np.int32)
        joined = triples[:, 0] | triples[:, 1] << 8 | triples[:, 2] << 16
        return np.where(joined >= 1 << 23, joined - (1 << 24), joined) / float(1 << 23)
    if width == 1:
        return (np.frombuffer(raw, np.uint8).astype(np.float64) - 128.0) / 128.0
    kind = "<i2" if width == 2 else "<i4"
    return np.frombuffer(raw[: len(raw) // width * width], kind).astype(np.float64) / _FULL[width]
