# SPDX-License-Identifier: MIT
"""Where to listen, as it is written: `osc://`, `mtc:PORT`, `msc:PORT`, `ltc:DEVICE`, `blackmagic://HOST`, `zcam://HOST`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from followfocus.errors import RequestError
from followfocus.sources.osc import OSC_PORT
from followfocus.sources.osc_server import OscPlace

_HELP = (
    "Write osc:// (or osc://HOST:PORT?tell=HOST:PORT), mtc:NAME or msc:NAME of a MIDI port, ltc:DEVICE or "
    "ltc:FILE.wav, blackmagic://HOST or zcam://HOST."
)
NAMED = ("mtc", "msc", "ltc")
CAMERAS = ("blackmagic", "zcam")


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """MIDI or audio: which of them (mtc, msc, ltc), and the port's or device's name, or a file's."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class CameraPlace:
    """A camera's make (blackmagic, zcam), and where it is on the network."""

    make: str
    host: str
    port: int = 80

    @property
    def url(self) -> str:
        """The beginning of its addresses."""
        return f"http://{self.host}:{self.port}"


ListenPlace = OscPlace | NamedPlace | CameraPlace


def parse_place(text: str) -> ListenPlace:
    """The place that was written. RequestError says how to write one.

    >>> parse_place("osc://:9000?tell=127.0.0.1:12321&as=companion")
    OscPlace(host='127.0.0.1', port=9000, tell=(('127.0.0.1', 12321),), style='companion')
    >>> parse_place("blackmagic://pocket.local").url
    'http://pocket.local:80'
    """
    scheme, _, rest = text.strip().partition(":")
    if scheme in NAMED:
        return NamedPlace(scheme, rest)
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise _no_place(text) from error
    if parts.path.strip("/") or parts.username:
        raise _no_place(text)
    if parts.scheme in CAMERAS and parts.hostname and not parts.query:
        return CameraPlace(parts.scheme, parts.hostname, port or 80)
    if parts.scheme == "osc":
        return _osc(text, parts, port)
    raise _no_place(text)


def _osc(text: str, parts: SplitResult, port: int | None) -> OscPlace:
    options = parse_qs(parts.query, keep_blank_values=True)
    style = options.pop("as", ["plain"])[0]
    tell = tuple(host_and_port(one) for one in options.pop("tell", []))
    if options or style not in ("plain", "companion"):
        raise _no_place(text)
    return OscPlace(parts.hostname or "127.0.0.1", OSC_PORT if port is None else port, tell, style)


def host_and_port(text: str) -> tuple[str, int]:
    """`HOST:PORT`. RequestError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise RequestError(f"“{text}” isn't an address.", "Write HOST:PORT.")
    return host, int(port)


def is_local(host: str) -> bool:
    """Whether only this computer can reach what listens there."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _no_place(text: str) -> RequestError:
    return RequestError(f"“{text}” isn't a place to listen at.", _HELP)
