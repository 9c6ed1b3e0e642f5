# SPDX-License-Identifier: MIT
"""Timecode through real ports of a JACK server without sound: how far from its moment each frame is said to have begun.

    python benchmarks/timecode_wires.py [ltc] [mtc]

LTC is played by a JACK client of its own, which knows by the server's clock when each sample was there; MTC by a clock
that sends each quarter frame when it is due. Both are heard as the product hears them: PortAudio, RtMidi. The server's
periods are 64 to 2048 samples, at two rates. What a GO is timed by is the line through the frames, told beside them.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from followfocus.clock import SystemClock
from followfocus.sources.events import OutsideEvent, SourceKind, TimecodeSaid
from followfocus.sources.ltc_audio import LtcSource
from followfocus.sources.ltc_device import Block, LiveAudio
from followfocus.sources.midi_live import LiveMidi
from followfocus.sources.timecode import FollowedTimecode
from tests.sources.test_timecode import audio, label, quarter_frames
from tests.support.jack import running
from tests.support.jack_player import Player

FPS = Fraction(25)
FIRST, COUNT = 75, 100
"""Frames that are played: four seconds, the first of which the source settles in"""
PERIODS, RATES = (64, 128, 256, 512, 1024, 2048), (48_000, 44_100)
TAPE = "tape"
MTC_RATE = 1
CLOCK = SystemClock()


@contextlib.contextmanager
def jack_server(period: int, rate: int) -> Iterator[None]:
    """A server of our own, which whoever looks for JACK in this process finds."""
    name = f"followfocus-{os.getpid()}"
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("JACK_NO_AUDIO_RESERVATION", "1")
        patched.setenv("JACK_DEFAULT_SERVER", name)
        with running(name, period, rate, realtime=True):
            yield


def tape(rate: int) -> np.ndarray:
    """The timecode as samples."""
    return audio([label(FIRST + i, FPS) for i in range(COUNT)], FPS, rate)


Played = Callable[[int], float]
"""When the n-th frame began, by `SystemClock`"""


def off_ms(found: Sequence[OutsideEvent], played_s: Played) -> list[tuple[float, float]]:
    """How much later than it was played each frame is said to have begun, and how far the line through them is off."""
    line, told_ms = FollowedTimecode(FPS), []
    for one in found:
        assert isinstance(one, TimecodeSaid)
        line, number = line.heard(one.frame), one.frame.label.number(FPS) - FIRST
        if FPS <= number < COUNT:
            began_s = played_s(number)
            line_s = line.at_s + (number - line.frame + FIRST) / float(FPS)
            told_ms.append(((one.frame.began_s - began_s) * 1e3, (line_s - began_s) * 1e3))
    return told_ms


def ltc_off_ms() -> list[tuple[float, float]]:
    """LTC's."""
    sources: list[LtcSource] = []
    found: list[TimecodeSaid] = []

    def heard(block: Block) -> None:
        if not sources:
            sources.append(LtcSource(TAPE, block.rate_hz, block.first_s))
        found.extend(sources[0].feed(block.samples, block.first_s, torn=block.torn))

    with contextlib.closing(Player(TAPE)) as player:
        live = LiveAudio(TAPE, heard, CLOCK, print)
        player.play(tape(player.rate_hz))
        player.wait()
        live.close()
        return off_ms(found, lambda number: player.played_s(number * player.rate_hz / float(FPS)))


def sent_quarters(send: Callable[[list[int]], object], first: int, count: int) -> float:
    """Quarter frames of so many labels, each sent when it is due; when the first was, by `SystemClock`."""
    start_s = CLOCK.now() + 0.1
    pieces = [data for n in range(first, first + count, 2) for data in quarter_frames(label(n, FPS), MTC_RATE)]
    for i, data in enumerate(pieces):
        CLOCK.sleep_until(start_s + i / float(FPS) / 4)
        send([0xF1, data])
    return start_s


def mtc_off_ms() -> list[tuple[float, float]]:
    """MTC's."""
    import rtmidi

    found: list[OutsideEvent] = []
    out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, TAPE)
    out.open_virtual_port("Recorder")
    live = LiveMidi(SourceKind.MTC, "Recorder", CLOCK, found.append)
    start_s = sent_quarters(out.send_message, FIRST, COUNT)
    live.close()
    out.delete()
    return off_ms(found, lambda number: start_s + number / float(FPS))


SOURCES = {"ltc": ltc_off_ms, "mtc": mtc_off_ms}


def told(name: str, period: int, rate: int, found_ms: Sequence[tuple[float, float]]) -> None:
    """A row of the table."""
    frames, line = np.array(found_ms).T
    print(
        f"{name}  {rate} Hz, period {period:4} ({period / rate * 1e3:4.1f} ms)  frames {len(frames)}"
        + "".join(
            f"  {what} {np.median(off):+.2f} ({off.min():+.2f} to {off.max():+.2f}) ms"
            for what, off in (("each", frames), ("line", line))
        ),
        flush=True,
    )


def main() -> None:
    """Measure what is named, at every period and rate, each in a process of its own: libraries stay with a server."""
    for name in sys.argv[1:] or SOURCES:
        for rate in RATES:
            for period in PERIODS:
                child = os.fork()
                if not child:
                    with jack_server(period, rate):
                        told(name, period, rate, SOURCES[name]())
                    os._exit(0)  # RtMidi may wait for the server that is gone
                os.waitpid(child, 0)


if __name__ == "__main__":
    main()
