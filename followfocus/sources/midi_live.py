# SPDX-License-Identifier: MIT
"""A MIDI port that is listened at for as long as it is asked for. Unplugged is told; back again, it is heard again."""

from __future__ import annotations

from collections.abc import Callable

from followfocus.clock import Clock
from followfocus.errors import RequestError
from followfocus.sources.events import Origin, OutsideEvent, SourceKind, SourceSaid
from followfocus.sources.midi_port import MidiPort, midi_inputs, midi_named
from followfocus.sources.midi_timecode import MidiTimecode


class LiveMidi:
    """MTC or MSC of the port whose name is, begins with or has `name`; "" is the only one. Raises RequestError.

    `tell` hears its events, on the MIDI library's thread, and what becomes of the port, on the thread of `poll`, which
    is to be called every second.
    """

    def __init__(self, kind: SourceKind, name: str, clock: Clock, tell: Callable[[OutsideEvent], object]) -> None:
        self._clock, self._tell = clock, tell
        self.name = midi_named(name)
        self._source = Origin(kind, self.name)
        self._port: MidiPort | None = self._opened()

    def poll(self) -> None:
        """Look whether it is still there, or there again."""
        if self._port is not None:
            self._port.poll()
            if self._port.over:
                self._port.close()
                self._port = None
        # By its name, the one that was opened first: another port of the kind is not this one come back.
        elif self._there():
            self._port = self._opened()
            self._say(f"{self.name} is back.", trouble=False)

    def close(self) -> None:
        """Hear nothing any more."""
        if self._port is not None:
            self._port.close()

    def _opened(self) -> MidiPort:
        kind = self._source.kind
        decoder = MidiTimecode(self.name, mtc=kind is SourceKind.MTC, msc=kind is SourceKind.MSC)

        def heard(message: bytes, at_s: float) -> None:
            for event in decoder.feed(message, at_s):
                self._tell(event)

        def gone(_event: object) -> None:
            self._say(f"{self.name} is unplugged. It is heard again when it is back.", trouble=True)

        return MidiPort(self.name, heard, self._clock, gone, timecode=True)

    def _there(self) -> bool:
        try:
            return self.name in midi_inputs()
        except RequestError:
            return False

    def _say(self, words: str, *, trouble: bool) -> None:
        self._tell(SourceSaid(self._source, self._clock.now(), words, trouble=trouble))
