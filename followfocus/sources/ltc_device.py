# SPDX-License-Identifier: MIT
"""An audio input that is listened at for as long as it is asked for: its blocks of samples, each with its moment.

A device's own buffer delays what is heard, and the library says by how much. Blocks are taken as large as the system
hands them over: cut into smaller ones, several come at once, and all but the first would seem to be early.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from followfocus.clock import Clock
from followfocus.errors import RequestError
from followfocus.sources.audio_inputs import INPUTS, HeardSamples, Samples, Stream
from followfocus.sources.events import Origin, OutsideEvent, SourceKind, SourceSaid

SOONEST_S, LATEST_S = -0.1, 1.0
"""The believable ages of a block's first sample, as a library gives them; a wilder figure is none."""


@dataclass(frozen=True, slots=True)
class Block:
    """Samples of one channel, full scale ±1; `first_s` is the host's clock when the first of them was at the input.

    `torn`: samples right before it were left out.
    """

    rate_hz: float
    first_s: float
    samples: Samples
    torn: bool = False


def behind_s(said_s: float, length_s: float) -> float:
    """How long before its call a block's first sample was at the input, by the library's word if it can be so.

    >>> behind_s(0.021, 0.01)
    0.021
    >>> behind_s(89478.48, 0.01)  # as it can be where an unsigned number went below zero
    0.01
    """
    return said_s if SOONEST_S <= said_s <= LATEST_S else length_s


class LiveAudio:
    """The input that has `name` in its name; "" is the usual one. Raises RequestError.

    `hear` gets its blocks, on the audio library's thread. `tell` gets what becomes of it, on the thread of `poll`,
    which is to be called every second.
    """

    def __init__(
        self, name: str, hear: Callable[[Block], object], clock: Clock, tell: Callable[[OutsideEvent], object]
    ) -> None:
        self.name = name or "the usual input"
        self._wanted, self._hear, self._clock, self._tell = name, hear, clock, tell
        self._stream: Stream | None = INPUTS.open(self._wanted, self._callback)

    def poll(self) -> None:
        """Look whether it is still there, or there again."""
        if self._stream is not None:
            # A device that is unplugged ends its stream without a word.
            if not self._stream.active:
                self.close()
                way = "Start followfocus anew to hear it" if INPUTS.stuck else "It is heard again when it is back"
                self._say(f"is gone. {way}.", trouble=True)
            return
        try:
            self._stream = INPUTS.open(self._wanted, self._callback)
        except RequestError:
            return
        self._say("is back.", trouble=False)

    def close(self) -> None:
        """Hear nothing any more."""
        stream, self._stream = self._stream, None
        if stream is not None:
            INPUTS.close(stream)

    def _callback(self, rate_hz: float) -> HeardSamples:
        def heard(samples: Samples, said_s: float, torn: bool) -> None:
            first_s = self._clock.now() - behind_s(said_s, len(samples) / rate_hz)
            self._hear(Block(rate_hz, first_s, samples, torn))

        return heard

    def _say(self, words: str, *, trouble: bool) -> None:
        source, name = Origin(SourceKind.LTC, self._wanted), self.name[0].upper() + self.name[1:]
        self._tell(SourceSaid(source, self._clock.now(), f"{name} {words}", trouble=trouble))
