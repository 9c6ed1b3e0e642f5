# SPDX-License-Identifier: MIT
"""The unit's intake: stops recognised in the stream, frames judged by length before anything reads them."""

from __future__ import annotations

import struct
from enum import Enum, auto

from followfocus.sim.states import COMMANDS, state_refusal
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES, Frame
from followfocus.wire.messages import (
    HARD_STOP_TYPE,
    SEGMENT,
    STOP_TYPE,
    Follow,
    Message,
    Result,
    State,
    decode_body,
    definitions_text,
    message_types,
)


class StopSeen(Enum):
    """Which stop has just been recognised."""

    SOFT = auto()
    HARD = auto()


class StopMatcher:
    """Sees STOP and HARD STOP as their last byte arrives, in whatever chunks the bytes come.

    Each of them ends with its only second zero, so it is enough to look at the end of a run (`uart.runs_of`).
    """

    def __init__(self) -> None:
        self._window = b"\0"  # a unit that has just started needs no zero to end what came before

    def take(self, run: bytes) -> StopSeen | None:
        """The stop that `run` completes."""
        # Only as many bytes as a stop has: what came before can't matter.
        self._window = (self._window + run)[-len(STOP_BYTES) :]
        return {STOP_BYTES: StopSeen.SOFT, HARD_STOP_BYTES: StopSeen.HARD}.get(self._window)


def _body_lengths() -> dict[int, tuple[int, bool]]:
    """Bytes in the body of each message type, and whether segments follow."""
    lengths = {}
    for line in definitions_text().splitlines()[: len(message_types())]:
        number, _, *fields = line.split()
        codes = [field.split(":")[1] for field in fields]
        fixed = "".join(code for code in codes if not code.startswith("["))
        lengths[int(number, 16)] = (struct.calcsize("<" + fixed), any(code.startswith("[") for code in codes))
    return lengths


_LENGTHS = _body_lengths()


def _length_fits(frame: Frame) -> bool:
    fixed, segmented = _LENGTHS[frame.type]
    extra = len(frame.body) - fixed
    # A piece without a segment in it would bring nothing on, and be asked for and sent for ever.
    return extra > 0 and extra % SEGMENT.size == 0 if segmented else extra == 0


def is_stop(frame: Frame) -> bool:
    """The frame is a stop, which the matcher has seen to already."""
    return frame.seq == 0 and frame.type in (STOP_TYPE, HARD_STOP_TYPE) and not frame.body


def hand_in(frame: Frame) -> Follow | None:
    """The word of a hand that `frame` is, if it is one."""
    if frame.seq != 0 or frame.type != Follow.TYPE or not _length_fits(frame):
        return None
    message = decode_body(frame.type, frame.body)
    assert isinstance(message, Follow)
    return message


def command_in(frame: Frame, state: State, overtaken: bool) -> Message | Result:
    """The command in `frame` if it is one and fits `state`, else why it is refused: type, length, state, value.

    `overtaken`: a stop that came after it has been acted on.
    """
    kind = message_types().get(frame.type)
    if kind is None or kind not in COMMANDS:
        return Result.UNKNOWN_TYPE
    if not _length_fits(frame):
        return Result.BAD_LENGTH
    refused = state_refusal(kind, state, overtaken)
    if refused is not Result.OK:
        return refused
    try:
        return decode_body(frame.type, frame.body)
    except ValueError:
        return Result.BAD_VALUE
