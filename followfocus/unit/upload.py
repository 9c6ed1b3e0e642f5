# SPDX-License-Identifier: MIT
"""A profile on its way to the unit: announced, sent in pieces, and streamed on while it plays if it is long.

Pieces are short on purpose: at a bit error rate of 1e-4 a full frame is lost one time in five, a piece of 120 bytes one
time in ten, and a stop never waits behind more than one piece. While fast steps keep a small unit busy, a long frame
comes faster than it is taken out of the unit's few bytes of receive buffer: then pieces are shorter still.
"""

from __future__ import annotations

import threading
import zlib

from followfocus.steps.profile import profile_id
from followfocus.wire.events import Dropped, Replied
from followfocus.wire.link import Link
from followfocus.wire.messages import SEGMENT, Ack, ProfileBegin, ProfileData, Result, Segment, Telemetry
from followfocus.wire.refusals import refusal

SEGMENTS_A_PIECE = 12
SEGMENTS_AT_SPEED = 4
"""A piece of a profile that has fast steps, on its way while it plays: its frame is 50 bytes."""
FAST_STEPS_HZ = 40_000.0
_FRAME_OVERHEAD = 8
"""Bytes of a ProfileData's payload that are not segments: seq, type, offset, crc."""


class Upload:
    """One profile for one unit. `begin` announces it; `head` is the part that must be there before it can be armed."""

    def __init__(
        self, link: Link, start: int, packed: bytes, capacity: int, max_payload: int, peak_step_hz: float = 0.0
    ) -> None:
        self._link = link
        self._packed = packed
        self._piece = max(1, min(SEGMENTS_A_PIECE, (max_payload - _FRAME_OVERHEAD) // SEGMENT.size))
        self._streamed_piece = self._piece if peak_step_hz <= FAST_STEPS_HZ else min(self._piece, SEGMENTS_AT_SPEED)
        self._capacity = capacity
        total = len(packed) // SEGMENT.size
        head = min(total, capacity)
        total_crc = zlib.crc32(packed)
        self.begin = ProfileBegin(
            profile_id=profile_id(start, packed),
            start=start,
            total=total,
            head=head,
            head_crc=zlib.crc32(packed[: head * SEGMENT.size]),
            total_crc=total_crc,
        )
        self._wanted = 0
        self._under_way = False
        self._lock = threading.Lock()

    @property
    def streamed(self) -> bool:
        """Longer than the unit's memory: the rest follows while it plays."""
        return self.begin.total > self._capacity

    def send_head(self) -> None:
        """Announce the profile and send all that fits. Raises UnitError with the unit's reason, LineError."""
        self._tell(self.begin)
        # From the start again, whatever went before: the unit has forgotten its profile at the announcement.
        self._wanted = 0
        while self._wanted < self.begin.head:
            command = self._data(self._wanted, self.begin.head)
            # The unit's word for where it goes on: after a lost answer it has the piece already, and says so.
            self._wanted = self._tell(command).detail

    def feed(self, telemetry: Telemetry) -> None:
        """Send the next piece of a streamed profile if there is room; for a listener, doesn't wait."""
        with self._lock:
            if self._under_way or not self.streamed:
                return
            # By the unit's own figures, not by what was sent: pieces and answers get lost, and what it wants next it
            # says itself.
            offset = telemetry.wanted_offset
            room = min(offset + telemetry.free_segments, self.begin.total)
            if offset < self.begin.head or offset >= self.begin.total:
                return
            # Whole pieces only: a frame for every segment that falls free would cost more of the line than it carries.
            enough = min(self._streamed_piece, self.begin.total - offset)
            if room - offset < enough:
                return
            self._under_way = True
        # Outside the lock: where the line is lost the outcome may be
        # told before `post` returns, and that takes the lock too.
        self._send(offset, room)

    def _send(self, offset: int, room: int) -> None:
        piece = self._data(offset, min(room, offset + self._streamed_piece))
        self._link.post(piece, then=lambda outcome: self._sent(outcome, offset, room))

    def _sent(self, outcome: Replied | Dropped, before: int, room: int) -> None:
        """The piece from `before` on was answered: the next at once while the memory is known to have room.

        A unit that asks for the same again gets it after its next telemetry, not round and round.
        """
        reply = outcome.message if isinstance(outcome, Replied) else None
        # The unit's own word for where it goes on, not ours: after a lost answer it may have the piece already.
        offset = reply.detail if isinstance(reply, Ack) and reply.result in (Result.OK, Result.WRONG_OFFSET) else room
        if offset > before and room - offset >= min(self._streamed_piece, max(1, self.begin.total - offset)):
            self._send(offset, room)
            return
        with self._lock:
            self._under_way = False

    def _data(self, offset: int, end: int) -> ProfileData:
        last = min(offset + self._piece, end)
        packed = self._packed[offset * SEGMENT.size : last * SEGMENT.size]
        return ProfileData(offset, tuple(Segment(*parts) for parts in SEGMENT.iter_unpack(packed)))

    def _tell(self, command: ProfileBegin | ProfileData) -> Ack:
        reply = self._link.ask(command).message
        assert isinstance(reply, Ack)
        if reply.result is not Result.OK and not (isinstance(command, ProfileData) and self._goes_on(reply)):
            raise refusal(command, reply)
        return reply

    def _goes_on(self, reply: Ack) -> bool:
        """WRONG_OFFSET only says where to go on, if that is further than we thought."""
        return reply.result is Result.WRONG_OFFSET and self._wanted < reply.detail <= self.begin.head
