# SPDX-License-Identifier: MIT
"""A unit's ring place, sent to other programs for as long as they want it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from followfocus.clock import utc_offset_s, utc_timestamp
from followfocus.feeds.freed import FocusUnit
from followfocus.feeds.opentrackio import TrackSource
from followfocus.feeds.track import Track, freed_encoder, opentrackio_encoder
from followfocus.feeds.udp import Destination, Sender
from followfocus.lens.map import LensMap
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State

TRACK_MS = 10


def track_to(
    lens: LensMap,
    destinations: Sequence[Destination],
    fps: Fraction,
    t_stop: float,
    *,
    source: int = 1,
    camera_id: int = 1,
    focus: FocusUnit = "raw",
    slate: str = "",
) -> Track:
    """The track for each destination: OpenTrackIO's samples, or FreeD's packets."""
    encoders = [
        (
            to,
            freed_encoder(lens, camera_id, focus)
            if to.kind == "freed"
            else opentrackio_encoder(TrackSource(lens, t_stop, fps, source, slate)),
        )
        for to in destinations
    ]
    return Track(encoders, fps, utc_offset_s() or 0)


def send_track(unit: FollowFocusUnit, track: Track, senders: Mapping[Destination, Sender]) -> Callable[[], None]:
    """Send it from now on, on the link's thread; returns what ends that. Nothing while the ring's place isn't known."""
    assert unit.info is not None
    tick_hz = unit.info.tick_hz

    def on_event(event: object) -> None:
        # No packet rather than a guess: a renderer that gets none
        # keeps the last place, one that gets a wrong one jumps.
        if not isinstance(event, UnitStatus) or not event.referenced or event.ring_deg is None:
            return
        recording = event.state is State.PLAYING
        for out in track.feed(event.clock / tick_hz, event.ring_deg, utc_timestamp(), recording=recording):
            senders[out.to].send(out.packet)

    unhear, tell_less = unit.listen(on_event), unit.line.telling.every(TRACK_MS)

    def stop() -> None:
        # The track first: what comes until the telemetry is slower again is no longer anybody's.
        unhear()
        tell_less()

    return stop
