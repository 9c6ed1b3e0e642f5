# SPDX-License-Identifier: MIT
"""Every place that is listened at, opened and closed: network in the loop, MIDI and audio on their libraries' threads.

What comes in anywhere is handed to the desk on the loop's thread, one after the other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from followfocus.clock import Clock, utc_timestamp
from followfocus.errors import FollowFocusError, RequestError
from followfocus.sources.camera import CameraLink, camera_at
from followfocus.sources.events import Origin, OutsideAsked, OutsideEvent, SourceKind, TimecodeSaid, TimecodeStopped
from followfocus.sources.loop import SourceLoop
from followfocus.sources.ltc_audio import LtcSource, read_wav
from followfocus.sources.ltc_device import Block, LiveAudio
from followfocus.sources.midi_live import LiveMidi
from followfocus.sources.midi_port import LOOKED_S
from followfocus.sources.osc_server import Answered, OscPlace, OscSource, open_osc
from followfocus.sources.places import CameraPlace, ListenPlace, NamedPlace, is_local
from followfocus.sources.timecode import STOPPED_S
from followfocus.stage.outside import AskOutcome
from followfocus.stage.source_lines import ListenedAt

PIECE = 480
"""Samples of a WAV file that are handed on at once: 10 ms at 48 kHz"""


class AskedDesk(Protocol):
    """Takes in events from outside, on the loop's thread."""

    def submit(self, event: OutsideEvent, then: Callable[[AskOutcome], object] = ...) -> None:
        """Take something in; `then` hears what became of it."""
        ...

    def facts(self) -> Mapping[str, object]:
        """How things stand."""
        ...


class _Live(Protocol):
    """A port or a device that may be unplugged, and come back."""

    def poll(self) -> None: ...
    def close(self) -> None: ...


class Listening:
    """The open inputs: `places` say where they listen, `warnings` are for a person to know."""

    def __init__(self, loop: SourceLoop, desk: AskedDesk, clock: Clock) -> None:
        self._loop, self._desk, self._clock = loop, desk, clock
        self._closing: list[Callable[[], object]] = []
        self._osc: list[OscSource] = []
        self.cameras: list[CameraLink] = []
        self.places: list[ListenedAt] = []
        self.warnings: list[str] = []
        self._levels: list[LtcSource] = []
        # Between every timecode and the desk: silence is an event too, and only a timer can tell of it.
        self._watched = _WatchedTimecode(loop, desk.submit, clock)

    def open(self, place: ListenPlace) -> None:
        """Listen there. Raises RequestError and FileError."""
        if isinstance(place, OscPlace):
            self._open_osc(place)
        elif isinstance(place, CameraPlace):
            camera = camera_at(place, self._loop.loop, self._desk.submit, self._clock.now)
            self._loop.run(camera.start())
            self.cameras.append(camera)
            self._closing.append(lambda: self._loop.run(camera.close()))
            words = f"Camera: {place.make} at {place.host}."
            self.places.append(ListenedAt(SourceKind.CAMERA, words, camera.source))
        elif place.kind == "ltc":
            self._open_ltc(place)
        else:
            self._open_midi(place)

    def tell(self) -> None:
        """Something has changed: tell those who are to know. On the loop's thread."""
        for source in self._osc:
            source.tell()

    def close(self) -> None:
        """Listen no more."""
        while self._closing:
            with contextlib.suppress(FollowFocusError, TimeoutError, OSError):
                # The last opened first, and each by itself: a place that fails to close keeps no other one open.
                self._closing.pop()()

    @property
    def sentences(self) -> tuple[str, ...]:
        """Where it is listened, and what a person should know about it."""
        return (*(place.words for place in self.places), *self.warnings)

    @property
    def level(self) -> float | None:
        """How high the LTC's signal is, 0 to 1; the highest of several, None where none has come."""
        return max((source.level for source in self._levels), default=None)

    @property
    def osc_ports(self) -> list[int]:
        """The ports OSC is heard on."""
        return [source.port for source in self._osc]

    # One kind each ----------------------------------------------------------------------------------------------------

    def _open_osc(self, place: OscPlace) -> None:
        def ask(asked: OutsideAsked, answered: Answered) -> None:
            self._desk.submit(asked, lambda outcome: answered(outcome.words, outcome.passed))

        source = self._loop.run(open_osc(place, ask, self._desk.facts, self._clock.now, utc_timestamp))
        self._osc.append(source)
        self._closing.append(lambda: self._loop.soon(source.close))
        self.places.append(ListenedAt(SourceKind.OSC, f"OSC on {place.host}:{source.port}."))
        if not is_local(place.host):
            self.warnings.append("Anyone on this network can press STOP there, and GO while it is allowed.")

    def _open_midi(self, place: NamedPlace) -> None:
        kind = SourceKind.MTC if place.kind == "mtc" else SourceKind.MSC
        live = LiveMidi(kind, place.name, self._clock, self._watched.soon)
        self._look_after(live)
        self.places.append(ListenedAt(kind, f"{kind.value} on {live.name}."))

    def _look_after(self, live: _Live) -> None:
        looks = self._loop.run(_started(live))

        def close() -> None:
            self._loop.soon(looks.cancel)
            live.close()

        self._closing.append(close)

    def _open_ltc(self, place: NamedPlace) -> None:
        if place.name.casefold().endswith(".wav"):
            self._open_wav(Path(place.name))
            return
        sources: dict[float, LtcSource] = {}

        def heard(block: Block) -> None:
            # A device that was unplugged may come back at another rate, and a decoder is made for one.
            if block.rate_hz not in sources:
                sources[block.rate_hz] = LtcSource(place.name, block.rate_hz, block.first_s)
                self._levels.append(sources[block.rate_hz])
            for event in sources[block.rate_hz].feed(block.samples, block.first_s, torn=block.torn):
                self._watched.soon(event)

        live = LiveAudio(place.name, heard, self._clock, self._watched.soon)
        self._look_after(live)
        self.places.append(ListenedAt(SourceKind.LTC, f"LTC on {live.name}."))

    def _open_wav(self, path: Path) -> None:
        """Play a file's timecode as if it came in now, at its own pace."""
        rate_hz, samples = read_wav(path)
        start_s = self._clock.now()
        source = LtcSource(path.name, rate_hz, start_s)

        def piece(at: int) -> None:
            for event in source.feed(samples[at : at + PIECE]):
                self._watched.submit(event)
            if at + PIECE < len(samples):
                # When its last sample would have been heard: a label is read as late as it would be from a cable.
                due_s = start_s + (at + 2 * PIECE) / rate_hz
                self._loop.loop.call_later(max(0.0, due_s - self._clock.now()), piece, at + PIECE)

        self._loop.soon(piece, 0)
        self._levels.append(source)
        self.places.append(ListenedAt(SourceKind.LTC, f"LTC from {path.name}, from now on."))


class _WatchedTimecode:
    """Timecode on its way to the desk, which is told too when no frame has come for a while."""

    def __init__(self, loop: SourceLoop, submit: Callable[[OutsideEvent], object], clock: Clock) -> None:
        self._loop, self._submit, self._clock = loop, submit, clock
        self._heard_s: dict[Origin, float] = {}

    def soon(self, event: OutsideEvent) -> None:
        """Take an event in from any thread."""
        self._loop.soon(self.submit, event)

    def submit(self, event: OutsideEvent) -> None:
        """The same on the loop's thread."""
        if isinstance(event, TimecodeSaid) and not event.frame.stands:
            # One timer for each source, which looks when it last spoke: a timer for each frame would be 25 set and
            # cancelled a second.
            looked_after = event.source in self._heard_s
            self._heard_s[event.source] = event.at_s
            if not looked_after:
                self._look_in(event.source, STOPPED_S)
        self._submit(event)

    def _look_in(self, source: Origin, seconds: float) -> None:
        self._loop.loop.call_later(seconds, self._look, source)

    def _look(self, source: Origin) -> None:
        now_s = self._clock.now()
        left_s = self._heard_s[source] + STOPPED_S - now_s
        if left_s > 0:
            self._look_in(source, left_s)
            return
        del self._heard_s[source]
        self._submit(TimecodeStopped(source, now_s))


async def _started(live: _Live) -> asyncio.Task[None]:
    """The job that looks after a port: in a thread of its own, since the sound system may take its time."""

    async def look() -> None:
        while True:
            await asyncio.sleep(LOOKED_S)
            with contextlib.suppress(RequestError):  # it is listed before it can be opened
                await asyncio.to_thread(live.poll)

    return asyncio.get_running_loop().create_task(look())
