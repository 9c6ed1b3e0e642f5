# SPDX-License-Identifier: MIT
"""LTC through a real audio port: when its frames were, whatever the period, and an input that is gone is told."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from followfocus.clock import SystemClock
from followfocus.sources.audio_inputs import AudioInputs
from followfocus.sources.events import TimecodeSaid
from followfocus.sources.ltc_audio import LtcSource
from followfocus.sources.ltc_device import Block, LiveAudio
from followfocus.sources.timecode import FollowedTimecode, Labelled
from tests.sources.test_timecode import audio, label
from tests.support.jack import jack, running
from tests.support.jack_player import Player

__all__ = ["jack"]

FPS = Fraction(25)
LABELS = [label(75 + i, FPS) for i in range(40)]
HALF_FRAME_S = 0.02
TRIES = 5


@pytest.fixture
def long_periods(jack: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second server: 46 ms a period, at 44.1 kHz."""
    name = f"{os.environ['JACK_DEFAULT_SERVER']}-long"
    monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
    with running(name, 2048, 44_100):
        yield


def _off_s(player: Player) -> list[float]:
    """How much later than it was played each label was said to be."""
    found: list[TimecodeSaid] = []
    sources: list[LtcSource] = []

    def heard(block: Block) -> None:
        if not sources:
            sources.append(LtcSource("tape", block.rate_hz, block.first_s))
        found.extend(sources[0].feed(block.samples, block.first_s, torn=block.torn))

    live = LiveAudio("tape", heard, SystemClock(), lambda _said: None)
    player.play(audio(LABELS, FPS, player.rate_hz))
    player.wait()
    live.close()
    began_s = [player.played_s((one.frame.label.number(FPS) - 75) * player.rate_hz / 25) for one in found]
    return [one.frame.began_s - was_s for one, was_s in zip(found, began_s, strict=True)]


def test_ltc_is_said_when_it_was_however_long_the_period(long_periods: None) -> None:
    for _ in range(TRIES):
        with contextlib.closing(Player("tape")) as player:
            off_s = _off_s(player)
        if player.is_even:
            break
    else:
        pytest.skip("this computer is so busy that nobody knows when a sample was played")
    assert len(off_s) > 30
    assert abs(np.median(off_s)) < HALF_FRAME_S, "cut into small blocks it was 40 ms early"


_SERVER_ENDS = """
import contextlib, os
from followfocus.clock import SystemClock
from followfocus.errors import RequestError
from followfocus.sources.audio_inputs import INPUTS
from followfocus.sources.ltc_device import LiveAudio
from tests.support.jack import News, running

os.environ["JACK_DEFAULT_SERVER"] = name = f"followfocus-ends-{os.getpid()}"
news, blocks = News(), []
def heard(block):
    blocks.append(block)
    news.tell()
with running(name):
    live = LiveAudio("", heard, SystemClock(), lambda said: print(said.words))
    news.until(lambda: blocks)
    live.poll()
while live._stream is not None:
    live.poll()
with contextlib.suppress(RequestError):
    INPUTS.open("", live._callback)
    print("opened")
live.poll()
live.close()
print("over")
"""


def test_a_sound_server_that_ends_is_told_and_keeps_no_program_from_ending(jack: None) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SERVER_ENDS], capture_output=True, text=True, timeout=60, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.splitlines() == ["The usual input is gone. Start followfocus anew to hear it.", "over"]


def test_a_torn_frame_is_none_and_the_time_goes_on_at_once() -> None:
    line = audio(LABELS, FPS)
    source = LtcSource("card", 48_000, 5.0)
    lost_s, cut = 0.13, 20_000
    found = [*source.feed(line[:cut], 5.0)]
    at = cut + round(lost_s * 48_000)
    found += source.feed(line[at : at + 480], 5.0 + at / 48_000, torn=True)
    found += source.feed(line[at + 480 :], 5.0 + (at + 480) / 48_000)
    assert {one.frame.label for one in found} < set(LABELS)
    off_s = [one.frame.began_s - 5.0 - (one.frame.label.number(FPS) - 75) / 25 for one in found]
    assert len(found) >= 35
    assert off_s == pytest.approx([0.0] * len(found), abs=1e-4)


def test_the_line_follows_the_frames_that_came_soonest() -> None:
    """A MIDI port of a sound server hands on a period at once: up to 21 ms late, never early."""
    late_s = np.random.default_rng(3).uniform(0.0, 0.0213, 100)
    line = FollowedTimecode(FPS)
    for i, late in enumerate(late_s):
        line = line.heard(Labelled(label(75 + i, FPS), 50.0 + i / 25 + late))
    due_s = line.when(label(200, FPS), line.at_s)
    assert due_s == pytest.approx(55.0, abs=0.009)
    assert line.jumps == 0


class QuietStream:
    """An input of a sound library that says nothing by itself."""

    def __init__(self, **asked: object) -> None:
        self.asked, self.active = asked, False

    def start(self) -> None:
        self.active = True

    def close(self) -> None:
        self.active = False


@pytest.mark.parametrize(("time", "behind_s"), [
    (SimpleNamespace(currentTime=12.5, inputBufferAdcTime=12.25), 0.25),
    (SimpleNamespace(currentTime=12.5, inputBufferAdcTime=12.5), 0.0), (None, 0.0),
])  # fmt: skip
def test_a_block_is_as_old_as_the_library_says_and_new_where_it_says_nothing(
    monkeypatch: pytest.MonkeyPatch, time: object, behind_s: float
) -> None:
    library = SimpleNamespace(
        _initialized=0, PortAudioError=OSError, InputStream=QuietStream, _terminate=lambda: None,
        _initialize=lambda: None, query_devices=lambda _name, _kind: {"default_samplerate": 44100},
    )  # fmt: skip
    monkeypatch.setitem(sys.modules, "sounddevice", library)
    heard: list[tuple[list[float], float, bool]] = []
    inputs = AudioInputs()
    stream = inputs.open("desk", lambda _rate: lambda *block: heard.append((block[0].tolist(), *block[1:])))
    assert isinstance(stream, QuietStream)
    assert stream.active
    assert {**stream.asked, "callback": None} == {
        "device": "desk", "samplerate": 44100.0, "channels": 1, "blocksize": 0, "dtype": "float32", "callback": None,
    }  # fmt: skip
    data, block = np.array([[0.5], [-0.5]], np.float32), stream.asked["callback"]
    assert callable(block)
    for status in (SimpleNamespace(input_overflow=True), SimpleNamespace(input_overflow=False), None):
        block(data, 2, time, status)
    assert heard == [([0.5, -0.5], behind_s, torn) for torn in (True, False, False)]
    inputs.close(stream)
    assert not stream.active
