# SPDX-License-Identifier: MIT
"""The page for phones, beside a stage that is served: what they are shown, and where they find it."""

from __future__ import annotations

import contextlib
import io
import ipaddress
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from followfocus.errors import RequestError
from followfocus.sources.events import OutsideEvent
from followfocus.sources.loop import SourceLoop
from followfocus.sources.pairing import Pairing
from followfocus.sources.places import host_and_port, is_local
from followfocus.sources.remote_server import RemotePage, RemotePlace
from followfocus.stage.events import Taken
from followfocus.stage.facts import marks_facts, stage_facts
from followfocus.stage.outside import AskOutcome
from followfocus.stage.outside_desk import Outside
from followfocus.stage.state import Stage

if TYPE_CHECKING:
    from segno import QRCode

SHOWN_TAKES = 4


@dataclass(frozen=True, slots=True)
class Phones:
    """A page that is served: where, and its code."""

    page: RemotePage
    url: str
    code: str
    warnings: tuple[str, ...] = ()

    @property
    def link(self) -> str:
        """The QR code's content: the address with the code, which a browser keeps to itself."""
        return f"{self.url}#{self.code}"

    def qr_rows(self) -> tuple[tuple[bool, ...], ...]:
        """The QR code as rows of modules, True where dark. RequestError where segno is missing."""
        return tuple(tuple(bool(module) for module in row) for row in self._qr().matrix)

    def _qr(self) -> QRCode:
        try:
            import segno
        except ImportError as error:
            raise RequestError("The QR code needs segno.", "pip install 'followfocus[remote]'") from error
        return segno.make(self.link, error="m")

    def qr_text(self) -> str:
        """The QR code in half blocks for a terminal. RequestError where segno is missing."""
        text = io.StringIO()
        self._qr().terminal(text, compact=True, border=2)
        return "".join(part for part in text.getvalue() if part in "▀▄█ \n").rstrip("\n")


class ServedDesk(Protocol):
    """A desk that phones are served from: a stage without a window, or the app."""

    outside: Outside
    turns: bool
    """A wheel strip can turn the ring here"""
    taken: list[Callable[[Taken], object]]
    changes: list[Callable[[], object]]

    @property
    def stage(self) -> Stage:
        """How the stage stands."""
        ...

    @property
    def now_s(self) -> float:
        """The host's clock."""
        ...

    def submit(self, event: OutsideEvent, then: Callable[[AskOutcome], object] = ...) -> None:
        """Take something in, on the loop's thread."""
        ...


@contextlib.contextmanager
def serve_phones(serving: ServedDesk, loop: SourceLoop, where: str) -> Iterator[Phones]:
    """Serve the page while the block lasts; `where` is HOST:PORT. Raises RequestError."""
    host, port = host_and_port(where) if not where.endswith(":0") else (where.removesuffix(":0"), 0)
    takes: tuple[str, ...] = ()  # replaced, never changed: in the app it is told on another thread than it is shown

    def facts() -> Mapping[str, object]:
        stage = serving.stage
        return {
            **stage_facts(stage, serving.outside, serving.now_s),
            "marks": marks_facts(stage),
            "takes": list(takes),
            "strip": serving.turns,
        }

    def note(taken: Taken) -> None:
        nonlocal takes
        takes = (f"{taken.context.slate}: {taken.take.verdict.value}", *takes)[:SHOWN_TAKES]

    page = RemotePage(
        Pairing(), lambda asked, answered: serving.submit(asked, lambda one: answered(one.words, one.passed)), facts,
        lambda: serving.now_s,
    )  # fmt: skip
    loop.run(page.open(RemotePlace(host, port)))
    serving.taken.append(note)
    serving.changes.append(page.tell)
    warnings = () if is_local(host) else ("Anyone on this network finds the page; the code keeps them out.",)
    try:
        yield Phones(page, f"http://{_shown(host)}:{page.port}/", page.pairing.code, warnings)
    finally:
        serving.changes.remove(page.tell)
        serving.taken.remove(note)
        with contextlib.suppress(TimeoutError):
            loop.run(page.close())


def _shown(host: str) -> str:
    """The address that a phone can use: where every one of this computer's is served, one that others see."""
    try:
        everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        everywhere = False
    if not everywhere:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))  # sends nothing: it only tells the address that would be sent from
            return str(asking.getsockname()[0])
        except OSError:
            return socket.gethostname()
