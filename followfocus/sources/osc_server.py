# SPDX-License-Identifier: MIT
"""OSC over UDP, in the sources' loop: datagrams to events, outcomes to answers, states to whoever is told of them."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from followfocus.errors import RequestError
from followfocus.sources.events import OutsideAsked
from followfocus.sources.loop import in_words, way_out
from followfocus.sources.osc import OSC_PORT, OscAnswers, message, read_packet, state_messages

Address = tuple[str, int]
StandingFacts = Mapping[str, object]
Answered = Callable[[str, bool], object]
"""Hears the sentence, and whether it was let in"""
AskedSubmit = Callable[[OutsideAsked, Answered], object]


@dataclass(frozen=True, slots=True)
class OscPlace:
    """An address where OSC is heard; every state is told to `tell`, in a `style`: plain or companion."""

    host: str = "127.0.0.1"
    port: int = OSC_PORT
    tell: tuple[Address, ...] = ()
    style: str = "plain"


class OscSource(asyncio.DatagramProtocol):
    """Hears, answers and tells. `now` and `utc` are clocks, `facts` is how things stand."""

    def __init__(
        self, place: OscPlace, submit: AskedSubmit, facts: Callable[[], StandingFacts], now: Callable[[], float],
        utc: Callable[[], float],
    ) -> None:  # fmt: skip
        self._place, self._submit, self._facts, self._now, self._utc = place, submit, facts, now, utc
        self._transport: asyncio.DatagramTransport | None = None
        self._answers = OscAnswers()
        self._told: dict[str, object] = {}
        self.strange = 0
        """Messages that were none of ours"""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is open."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    @property
    def port(self) -> int:
        """The port it hears on."""
        assert self._transport is not None
        return int(self._transport.get_extra_info("sockname")[1])

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """A packet came."""
        heard = read_packet(data, addr[0], self._now(), self._utc())
        self.strange += heard.strange
        for asked in heard.asked:
            before = self._answers.again(asked)
            if before is not None:
                self._send(before, addr)
            else:
                self._submit(asked, functools.partial(self._answer, asked, addr))
        if heard.state:
            for packet in state_messages(self._facts()):
                self._send(packet, addr)

    def error_received(self, exc: Exception) -> None:
        """Ignore it: nobody hears on the other side, which is no trouble of ours."""

    def tell(self) -> None:
        """Send what has changed since the last time to who is to be told."""
        facts = self._facts()
        news = {name: value for name, value in facts.items() if self._told.get(name) != value}
        # Whether it arrives or not: UDP tells nobody, and each fact is told anew when it changes.
        self._told = dict(facts)
        for packet in state_messages(news, self._place.style) if self._place.tell else ():
            for to in self._place.tell:
                self._send(packet, to)

    def close(self) -> None:
        """Hear no more."""
        if self._transport is not None:
            self._transport.close()

    def _answer(self, asked: OutsideAsked, to: Address, words: str, passed: bool) -> None:
        self._send(self._answers.answer(asked, words, passed=passed), to)

    def _send(self, packet: bytes, to: Address) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(packet, to)


async def open_osc(
    place: OscPlace,
    submit: AskedSubmit,
    facts: Callable[[], StandingFacts],
    now: Callable[[], float],
    utc: Callable[[], float],
) -> OscSource:  # fmt: skip
    """Hear OSC there. RequestError where the port can't be had, or python-osc is missing."""
    message("/followfocus")  # says now if the library is missing
    loop = asyncio.get_running_loop()
    try:
        _, source = await loop.create_datagram_endpoint(
            lambda: OscSource(place, submit, facts, now, utc), local_addr=(place.host, place.port)
        )
    except OSError as error:
        raise RequestError(
            f"OSC can't be heard on {place.host}:{place.port}: {in_words(error)}.",
            way_out(error),
        ) from error
    return source
