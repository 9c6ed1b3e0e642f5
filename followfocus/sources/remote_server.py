# SPDX-License-Identifier: MIT
"""The page for a phone: served, paired, told how things stand, and heard. aiohttp, in the sources' loop.

- Nothing but the page itself is given without the session's code, and nothing to a page of another site: where a
  browser says where a request comes from, it has to be from here.
- A link that goes, a battery that dies, a page that is closed: none of it asks for anything.
- What a phone asked for while the link was down is not asked for later.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ipaddress
import json
import socket
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING

from followfocus.errors import RequestError
from followfocus.sources.events import Origin, OutsideAsked, OutsideEvent, SourceKind, StripSaid, Want
from followfocus.sources.loop import in_words, way_out
from followfocus.sources.pace import Pace
from followfocus.sources.pairing import Pairing, Phone

if TYPE_CHECKING:
    from aiohttp import web

REMOTE_PORT = 53780
COOKIE = "followfocus"
MOST_BODY = 1024
MOST_MESSAGE = 512
BODY_S = 5.0
IDLE_S = 15.0
"""A connection that has brought no phone by then is closed"""
MOST_CONNECTIONS = 64
BEAT_S = 4.0
TELL_EVERY_S = 0.1
TOLD_ANYWAY_S = 1.0
"""Told so often though nothing has changed: the page takes a silent line for lost"""
MOST_HEARD = 100.0
"""Messages of one link a second, more than strip and buttons make together; what comes beyond waits on its own line"""
WAIT_S = 0.01
MOST_UNREAD = 100
"""Answers that a phone has not taken yet; more are not told"""
MOST_SHARE = 0.05
"""The most of the ring's travel in one message of a wheel strip: no finger asks for more"""
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_PAGES = {"/": ("remote.html", "text/html"), "/remote.js": ("remote.js", "text/javascript"),
          "/remote.css": ("remote.css", "text/css")}  # fmt: skip
_WANTS = {want.value: want for want in Want}

Handler = Callable[["web.Request"], Awaitable["web.StreamResponse"]]
PhoneSubmit = Callable[[OutsideEvent, Callable[[str, bool], object]], object]


@dataclass(frozen=True, slots=True)
class RemotePlace:
    """Where the page is served; this computer alone unless another host is named."""

    host: str = "127.0.0.1"
    port: int = REMOTE_PORT


@dataclass(slots=True, eq=False)
class PhoneLink:
    """One of a phone's links: how it is told something, and how much of what it says is heard."""

    phone: Phone
    say: Callable[[dict[str, object]], Coroutine[None, None, None]]
    # A strip speaks at every frame of the phone's screen, some sixty a second; buttons never do.
    pace: Pace = field(default_factory=lambda: Pace(20.0, 20.0))
    strip: Pace = field(default_factory=lambda: Pace(70.0, 70.0))
    heard: Pace = field(default_factory=lambda: Pace(MOST_HEARD, MOST_HEARD))
    answers: set[asyncio.Task[None]] = field(default_factory=set)

    def answer(self, number: object, words: str, *, passed: bool) -> None:
        """Tell what became of a request, where the phone takes in what it is told."""
        if len(self.answers) >= MOST_UNREAD:
            return
        told = {"answer": number if isinstance(number, int) else 0, "words": words, "passed": passed}
        task = asyncio.get_running_loop().create_task(self.say(told))
        self.answers.add(task)
        task.add_done_callback(self.answers.discard)


class RemotePage:
    """The page of one session. `facts` is all that a phone shows; `told` is called by whoever changes it."""

    def __init__(
        self, pairing: Pairing, submit: PhoneSubmit, facts: Callable[[], Mapping[str, object]],
        now: Callable[[], float],
    ) -> None:  # fmt: skip
        self.pairing = pairing
        self._submit, self._facts, self._now = submit, facts, now
        self._runner: web.AppRunner | None = None
        self._news: dict[Phone, set[asyncio.Event]] = {}
        self._seen: dict[object, float] = {}
        self._known: set[object] = set()
        self._reaper: asyncio.Task[None] | None = None
        self.port = 0

    async def open(self, place: RemotePlace) -> None:
        """Serve it. RequestError where the port can't be had, or aiohttp is missing."""
        try:
            from aiohttp import web
        except ImportError as error:
            raise RequestError("The remote page needs aiohttp.", "pip install 'followfocus[remote]'") from error
        app = web.Application(client_max_size=MOST_BODY, middlewares=[web.middleware(_guarded)])
        for path in _PAGES:
            app.router.add_get(path, self._page)
        app.router.add_post("/pair", self._pair)
        app.router.add_get("/link", self._link)
        self._runner = web.AppRunner(app, access_log=None, keepalive_timeout=IDLE_S, shutdown_timeout=1.0)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, place.host, place.port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise RequestError(
                f"The page can't be served on {place.host}:{place.port}: {in_words(error)}.",
                way_out(error),
            ) from error
        self.port = int(self._runner.addresses[0][1])
        self._reaper = asyncio.get_running_loop().create_task(self._reap())

    async def close(self) -> None:
        """Serve it no more."""
        if self._reaper is not None:
            self._reaper.cancel()
        if self._runner is not None:
            await self._runner.cleanup()

    def tell(self) -> None:
        """Something has changed."""
        for links in self._news.values():
            for news in links:
                news.set()

    @property
    def phones(self) -> int:
        """How many links to phones are up."""
        return sum(len(links) for links in self._news.values())

    # What is served ---------------------------------------------------------------------------------------------------

    async def _page(self, request: web.Request) -> web.Response:
        from aiohttp import web

        name, kind = _PAGES[request.path]
        text = (files("followfocus.sources") / "page" / name).read_text(encoding="utf-8")
        return web.Response(text=text, content_type=kind)

    async def _pair(self, request: web.Request) -> web.Response:
        from aiohttp import web

        # Browsers say where a POST comes from: without it a program asks, and no page of ours.
        if request.headers.get("Origin") is None:
            raise web.HTTPForbidden(text="A page of ours asks for this.")
        try:
            async with asyncio.timeout(BODY_S):
                asked = json.loads(await request.text())
        except (ValueError, RecursionError, ConnectionError):
            raise web.HTTPBadRequest(text="That is not how a code is given.") from None
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        code = asked.get("code") if isinstance(asked, dict) else None
        token, refused = self.pairing.pair(code if isinstance(code, str) else "", request.remote or "", self._now())
        if refused:
            return web.json_response({"words": refused}, status=403)
        response = web.json_response({"words": "Paired."})
        response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", path="/")
        return response

    # A phone's link ---------------------------------------------------------------------------------------------------

    async def _link(self, request: web.Request) -> web.StreamResponse:
        from aiohttp import WSMsgType, web

        phone = self.pairing.phone(request.cookies.get(COOKIE, ""))
        if phone is None or request.headers.get("Origin") is None:
            raise web.HTTPForbidden(text="Give the code first.")
        line = web.WebSocketResponse(heartbeat=BEAT_S, max_msg_size=MOST_MESSAGE)
        await line.prepare(request)
        self._known.add(request.protocol)
        link, news = PhoneLink(phone, functools.partial(_sent, line)), asyncio.Event()
        self._news.setdefault(phone, set()).add(news)
        self.pairing.linked(phone)
        teller = asyncio.get_running_loop().create_task(self._tell(line, phone, news))
        try:
            async for message in line:
                if message.type is not WSMsgType.TEXT:
                    break
                self._heard(link, message.data)
                # STOP of anybody else is never behind a flood: it waits on its own line, and so slows its sender.
                if not link.heard.lets(self._now()):
                    await asyncio.sleep(WAIT_S)
        finally:
            teller.cancel()
            self._news[phone].discard(news)
            if not self._news[phone]:
                del self._news[phone]
            self._known.discard(request.protocol)
            self.pairing.unlinked(phone, self._now())
        return line

    async def _tell(self, line: web.WebSocketResponse, phone: Phone, news: asyncio.Event) -> None:
        """Tell it how things stand, never more than it can take: only the newest."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            while not line.closed:
                # Before the facts are read: what changes while they are sent is told with the next.
                news.clear()
                role = "control" if self.pairing.controls(phone) else "watch"
                await line.send_json({"facts": dict(self._facts()), "role": role})
                # Ten times a second at most, whatever changes: a phone on a weak link would be shown the past.
                await asyncio.sleep(TELL_EVERY_S)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(news.wait(), TOLD_ANYWAY_S)

    def _heard(self, link: PhoneLink, raw: str) -> None:
        """A phone asks: for control, or, with it, for something of the desk."""
        asked, phone = _message(raw), link.phone
        if "strip" in asked:
            self._stripped(link, asked["strip"])
            return
        want, value = _WANTS.get(str(asked.get("ask", ""))), asked.get("value", "")

        def answer(words: str, passed: bool) -> None:
            link.answer(asked.get("number"), words, passed=passed)

        def refuse(words: str) -> None:
            answer(words, passed=False)

        # STOP is never too much, however fast it comes.
        if want is not Want.STOP and not link.pace.lets(self._now()):
            return
        if isinstance(asked.get("control"), bool):
            refused = self._control(phone, wanted=asked["control"] is True)
            answer(refused or "Control.", not refused)
            self.tell()
        elif want is None or not (isinstance(value, str) or want is Want.STOP):
            # Half a request is none: a GO whose cue can't be read is no GO for whatever stands by.
            refuse("That can't be asked for.")
        elif not self.pairing.controls(phone):
            refuse("This phone only watches. Take control first.")
        else:
            source = Origin(SourceKind.REMOTE, phone.address)
            self._submit(OutsideAsked(source, self._now(), want, value if isinstance(value, str) else ""), answer)

    def _stripped(self, link: PhoneLink, share: object) -> None:
        """The wheel strip, where this phone has control; it is answered by the ring alone."""
        # Turned round, so that NaN is refused as well.
        if isinstance(share, bool) or not isinstance(share, (int, float)) or not abs(share) <= MOST_SHARE:
            return
        if self.pairing.controls(link.phone) and link.strip.lets(self._now()):
            source = Origin(SourceKind.REMOTE, link.phone.address)
            self._submit(StripSaid(source, self._now(), float(share)), lambda _words, _passed: None)

    def _control(self, phone: Phone, *, wanted: bool) -> str:
        if wanted:
            return self.pairing.take_control(phone, self._now())
        self.pairing.give_up(phone)
        return ""

    # Connections that bring nothing -----------------------------------------------------------------------------------

    async def _reap(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            server = self._runner.server if self._runner is not None else None
            open_now = set() if server is None else set(server.connections)
            # Made anew from those that are open: what has gone is forgotten with it.
            self._seen = {one: self._seen.get(one, self._now()) for one in open_now}
            strangers = sorted((at_s, id(one), one) for one, at_s in self._seen.items() if one not in self._known)
            too_many = len(strangers) - MOST_CONNECTIONS
            for number, (at_s, _, one) in enumerate(strangers):
                # The oldest strangers first: whoever floods the page with connections must not keep phones out.
                if number < too_many or self._now() - at_s > IDLE_S:
                    transport = getattr(one, "transport", None)
                    if transport is not None:
                        transport.abort()


async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse pages of other sites, and give every answer its headers."""
    from aiohttp import web

    if not _of_ours(request.headers.get("Host", ""), request.headers.get("Origin")):
        raise web.HTTPForbidden(text="This page is of another site.", headers=_HEADERS)
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(_HEADERS)
        raise
    # A link's headers are out by now.
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


async def _sent(line: web.WebSocketResponse, told: dict[str, object]) -> None:
    with contextlib.suppress(ConnectionError, RuntimeError):
        await line.send_json(told)


def _message(raw: str) -> dict[str, object]:
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(raw)
        if isinstance(found, dict):
            return found
    return {}


def _of_ours(host: str, origin: str | None) -> bool:
    """Whether a request names this computer by its own address and, if it is from a page, comes from our page.

    A name that somebody else has pointed here (DNS rebinding) is not its own.
    """
    name = host.rsplit(":", 1)[0].strip("[]").lower()
    mine = {"localhost", socket.gethostname().lower(), f"{socket.gethostname().lower()}.local"}
    try:
        ipaddress.ip_address(name)
    except ValueError:
        if name not in mine:
            return False
    return origin is None or origin.lower() == f"http://{host.lower()}"
