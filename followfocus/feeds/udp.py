# SPDX-License-Identifier: MIT
"""Where a feed goes (`opentrackio://`, `opentrackio://HOST:PORT`, `freed://HOST:PORT`), and the socket for it."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from followfocus.errors import RequestError
from followfocus.feeds import opentrackio

Kind = Literal["opentrackio", "freed"]
HOPS = 2
_HELP = "Write opentrackio:// (multicast), opentrackio://HOST:PORT or freed://HOST:PORT."


@dataclass(frozen=True, slots=True)
class Destination:
    """A feed's kind, and the host and UDP port that it goes to."""

    kind: Kind
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.kind}://{self.host}:{self.port}"


def parse_destination(text: str, source: int = 1) -> Destination:
    """The destination that was written. RequestError says how to write one.

    >>> str(parse_destination("opentrackio://")), str(parse_destination("freed://studio.local:40000"))
    ('opentrackio://239.135.1.1:55555', 'freed://studio.local:40000')
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise RequestError(f"“{text}” isn't an address to send to.", _HELP) from error
    if parts.path.strip("/") or parts.query or parts.username:
        raise RequestError(f"“{text}” isn't an address to send to.", _HELP)
    if parts.scheme == "opentrackio":
        return Destination("opentrackio", host or opentrackio.multicast_group(source), port or opentrackio.PORT)
    if parts.scheme == "freed" and host and port:
        return Destination("freed", host, port)
    raise RequestError(f"“{text}” isn't an address to send to.", _HELP)


class Sender:
    """A UDP socket to one destination. Never waits; what the network does not take is counted and dropped."""

    def __init__(self, to: Destination) -> None:
        try:
            family, kind, protocol, _, address = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_DGRAM)[0]
        except OSError as error:
            raise RequestError(
                f"{to.host} is not found on the network.", "Check the name, or give its address."
            ) from error
        self._address = address
        self.sent, self.dropped = 0, 0
        self._socket = socket.socket(family, kind, protocol)
        self._socket.settimeout(0)
        with contextlib.suppress(ValueError):
            if ipaddress.ip_address(str(self._address[0])).is_multicast and family == socket.AF_INET:
                self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, HOPS)

    def send(self, packet: bytes) -> None:
        """Send one datagram, or drop it."""
        try:
            self._socket.sendto(packet, self._address)
            self.sent += 1
        except OSError:
            self.dropped += 1

    def close(self) -> None:
        """Give the socket back."""
        self._socket.close()
