# SPDX-License-Identifier: MIT
"""Commands on their way: what answers each, what a stop drops, and how often and since when each was sent."""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.wire.messages import (
    Ack,
    Arm,
    Config,
    ConfirmPosition,
    FactoryReset,
    GetConfig,
    GetLastKnown,
    GetSafety,
    GetStatus,
    GetTake,
    Go,
    Goto,
    Hold,
    Home,
    Jog,
    LastKnown,
    Message,
    Park,
    Result,
    Safety,
    SaveConfig,
    SetPosition,
    SetSerial,
    TakeEnded,
    Telemetry,
)

REPLIES: dict[type[Message], type[Message]] = {
    GetStatus: Telemetry,
    GetConfig: Config,
    GetLastKnown: LastKnown,
    GetSafety: Safety,
    GetTake: TakeEnded,
}
HOLDS = (SetPosition, ConfirmPosition, Hold)
HOLDS_UP = (*HOLDS, SaveConfig, FactoryReset, SetSerial, Park)
"""Commands that the unit may answer late, reading nothing behind them meanwhile: for the motor, or for its EEPROM."""
BYTE_S = 40e-6
"""One byte at 250000 baud, 8N1."""
MOVES = (Arm, Go, Goto, Home, Jog)
"""Commands that a stop drops while they are unanswered: what moves the ring, and what lets it be moved."""


@dataclass(slots=True)
class Request:
    """A command: its frame, once it has a number, and when it is due to be sent (again)."""

    ticket: int
    message: Message
    slot: str | None = None
    seq: int = 0
    frame: bytes = b""
    tries: int = 0
    sent_s: float = 0.0
    due_s: float = 0.0

    def sent(self, now_s: float, wait_s: float) -> None:
        """Note that it goes out now, and again `wait_s` after it and its answer have passed the line."""
        # Of the first sending: so long somebody has waited.
        self.sent_s = now_s if self.tries == 0 else self.sent_s
        self.tries += 1
        # A frame takes its time on the line, and its answer is taken to be no longer: neither is silence.
        self.due_s = now_s + wait_s + 2 * BYTE_S * len(self.frame)


def answers(reply: Message, command: Message) -> bool:
    """Whether `reply` is of the kind that `command` gets. A question is not answered with a mere yes."""
    if isinstance(reply, Ack):
        # An Ack that says OK to a question answers something else, or
        # is damaged: only a refusal may stand in for the reply.
        asks = type(command) in REPLIES
        return reply.command == command.TYPE and not (asks and reply.result is Result.OK)
    return REPLIES.get(type(command)) is type(reply)
