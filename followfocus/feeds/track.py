# SPDX-License-Identifier: MIT
"""One unit's ring to any number of places: what comes from the unit goes in, packets come out, on the unit's clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from followfocus.feeds.freed import FocusUnit, d1_packet, focus_number
from followfocus.feeds.opentrackio import TrackSource
from followfocus.feeds.samples import EvenSamples, RingAt, Timecode
from followfocus.feeds.udp import Destination
from followfocus.lens.map import LensMap
from followfocus.timecode import drops, format_timecode

EncoderValue = Callable[[RingAt, float, Timecode, bool], Iterator[bytes]]


def freed_encoder(lens: LensMap, camera_id: int, unit: FocusUnit) -> EncoderValue:
    """D1 packets of the ring of this lens."""

    def encode(at: RingAt, _utc_s: float, _timecode: Timecode, _recording: bool) -> Iterator[bytes]:
        focus = focus_number(at.ring_deg / lens.travel_deg, lens.distance_m(at.ring_deg), unit)
        yield d1_packet(camera_id, focus)

    return encode


def opentrackio_encoder(source: TrackSource) -> EncoderValue:
    """Samples of the source, as datagrams."""
    return source.packets


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A packet and where it goes."""

    to: Destination
    packet: bytes


class Track:
    """Telemetry in, packets for every destination out. Holds no socket and reads no clock."""

    def __init__(
        self, encoders: Sequence[tuple[Destination, EncoderValue]], rate: Fraction, day_offset_s: float = 0.0
    ) -> None:
        """`day_offset_s` is local time less UTC: timecode is the local time of day."""
        self._encoders = tuple(encoders)
        self._samples = EvenSamples(rate)
        self._rate, self._day_offset_s = rate, day_offset_s

    def feed(self, clock_s: float, ring_deg: float, utc_s: float, *, recording: bool) -> Iterator[Outgoing]:
        """Take a telemetry of the unit's clock that came in at `utc_s`; yield what is to be sent for it."""
        for at in self._samples.feed(RingAt(clock_s, ring_deg)):
            when = utc_s - (clock_s - at.clock_s)
            timecode = self._timecode(when)
            for to, encode in self._encoders:
                for packet in encode(at, when, timecode, recording):
                    yield Outgoing(to, packet)

    def _timecode(self, utc_s: float) -> Timecode:
        of_day = (utc_s + self._day_offset_s) % 86_400
        # As takes are: a track and the list of a take have one time of day.
        label = format_timecode(int(Fraction(of_day) * self._rate), self._rate, drop_frame=drops(self._rate))
        hours, minutes, seconds, frames = label.replace(";", ":").split(":")
        return int(hours) % 24, int(minutes), int(seconds), int(frames)
