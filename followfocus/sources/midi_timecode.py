# SPDX-License-Identifier: MIT
"""A MIDI port's timecode and show control as events. It takes bytes; the port itself is `midi_live`'s.

mido's parser makes messages of bytes, so that running status, real-time bytes in the middle of others and torn SysEx
are its care; what a message means is ours (`mtc`).
"""

from __future__ import annotations

from collections.abc import Iterator

from followfocus.errors import RequestError
from followfocus.sources.events import Origin, OutsideAsked, OutsideEvent, SourceKind, TimecodeSaid, Want
from followfocus.sources.mtc import QuarterFrames, full_frame, show_control
from followfocus.sources.timecode import Labelled

_WANTS = {"go": Want.GO, "resume": Want.GO, "stop": Want.STOP, "all off": Want.STOP}
MOST_PENDING = 4096
"""A SysEx that is longer is torn off, so that one that never ends takes no memory"""


class MidiTimecode:
    """Bytes of one port in, events out: MTC as timecode, MSC as GO and STOP; each kind only where it is wanted."""

    def __init__(self, port: str, *, mtc: bool, msc: bool) -> None:
        try:
            from mido.parser import Parser
        except ImportError as error:
            raise RequestError("MIDI timecode needs mido.", "pip install 'followfocus[midi]'") from error

        self._mtc, self._msc = mtc, msc
        self._quarters = QuarterFrames()
        self._parser, self._fed = Parser(), 0
        self._new = Parser
        self._mtc_source, self._msc_source = Origin(SourceKind.MTC, port), Origin(SourceKind.MSC, port)

    def feed(self, data: bytes, at_s: float) -> Iterator[OutsideEvent]:
        """Take bytes that came in at `at_s`."""
        self._fed += len(data)
        self._parser.feed(data)
        for message in self._parser:
            self._fed = 0
            yield from self._events(message.bytes(), at_s)
        if self._fed > MOST_PENDING:
            self._parser, self._fed = self._new(), 0

    def _events(self, message: list[int], at_s: float) -> Iterator[OutsideEvent]:
        raw = bytes(message)
        if raw[0] == 0xF1 and self._mtc:
            labelled = self._quarters.feed(raw[1], at_s)
            if labelled is not None:
                yield TimecodeSaid(self._mtc_source, at_s, labelled, self._quarters.fps)
        elif raw[0] == 0xF0:
            yield from self._sysex(raw, at_s)

    def _sysex(self, raw: bytes, at_s: float) -> Iterator[OutsideEvent]:
        located = full_frame(raw) if self._mtc else None
        if located is not None:
            yield TimecodeSaid(self._mtc_source, at_s, Labelled(located[0], at_s, stands=True), located[1])
        command = show_control(raw) if self._msc else None
        if command is not None:
            want = _WANTS[command.command]
            yield OutsideAsked(self._msc_source, at_s, want, command.cue if want is Want.GO else "")
