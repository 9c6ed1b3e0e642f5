# SPDX-License-Identifier: MIT
"""Meeting a unit: which answer is to our hello, and whether whoever gave it is the one to go on with."""

from __future__ import annotations

from followfocus.wire.events import Implausible, OtherUnit, Version
from followfocus.wire.messages import DEFINITIONS_HASH, PROTOCOL_MAJOR, PROTOCOL_MINOR, Hello, HelloReply
from followfocus.wire.plausible import hello_doubt

GREETING_PATIENCE_S = 3.5
"""An Arduino that was reset by the opening of its port spends up to 2 s in its bootloader."""
NOISE_KEPT = 2048


class Greeting:
    """The greetings of one session. `nonce` makes its hellos differ from those of an earlier one.

    `given_up` once nobody has answered for long; `serial` is who was met, and whom alone it goes on with.
    """

    def __init__(self, nonce: int) -> None:
        self.given_up = False
        self.serial: bytes | None = None
        self._nonce = nonce & 0xFFFFFFFF
        self._since_s = 0.0
        self._noise = bytearray()

    @property
    def noise(self) -> bytes:
        """All bytes of the greeting, good frames or not: they tell what else may be on the port."""
        return bytes(self._noise)

    def forget_noise(self) -> None:
        """The port was opened anew."""
        self._noise.clear()

    def hear(self, data: bytes) -> None:
        """Bytes came in meanwhile."""
        # The newest bytes, so that a chatty device's last whole lines are there to be recognised, and no flood is kept.
        self._noise = (self._noise + data)[-NOISE_KEPT:]

    def hello(self, now_s: float) -> Hello:
        """Begin: the hello to send until it is answered.

        A fresh nonce each time. An answer to an earlier hello may still be on its way, from a unit that was reset since
        it gave it.
        """
        self._since_s = now_s
        self.given_up = False
        # Never 0: that is the nonce of the hello that a unit says by itself after a reset.
        self._nonce = self._nonce % 0xFFFFFFFF + 1
        return Hello(self._nonce, PROTOCOL_MAJOR, PROTOCOL_MINOR, DEFINITIONS_HASH)

    def runs_out(self, now_s: float) -> bool:
        """Whether it is time to give up: once."""
        return not self.given_up and now_s - self._since_s >= GREETING_PATIENCE_S

    def is_for_us(self, reply: HelloReply) -> bool:
        """Whether a hello answers the one that is out."""
        return reply.nonce == self._nonce

    def refusal(self, reply: HelloReply) -> Version | OtherUnit | Implausible | None:
        """Why the link can't go on with this unit; None where it can. The version first: the rest is read by that."""
        if reply.major != PROTOCOL_MAJOR or reply.definitions != DEFINITIONS_HASH:
            return Version(reply.major, reply.minor, reply.definitions)
        if self.serial is not None and reply.serial != self.serial:
            return OtherUnit(reply.serial, self.serial)
        words = hello_doubt(reply)
        return Implausible(words) if words else None
