# SPDX-License-Identifier: MIT
"""The page for a phone as a browser and as others ask for it, over its own connections; time is an argument."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import pytest

from followfocus.errors import RequestError
from followfocus.sources.events import OutsideAsked, OutsideEvent, StripSaid, Want
from followfocus.sources.pairing import Pairing
from followfocus.sources.remote_server import (
    COOKIE,
    MOST_MESSAGE,
    MOST_SHARE,
    MOST_UNREAD,
    PhoneLink,
    RemotePage,
    RemotePlace,
)

CODE = "ABCDEFGH"
PASSES = 20
STRIPS = 70
"""How many asks, and turns of the strip, go through at once"""


@dataclass
class Served:
    """The page, with what a desk would hear, and a browser that is on it."""

    page: RemotePage
    browser: aiohttp.ClientSession
    heard: list[OutsideEvent] = field(default_factory=list)
    now_s: float = 100.0

    @property
    def place(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.page.port}"

    async def pair(self, code: str = CODE) -> int:
        """Give the code; the answer's status."""
        async with self.browser.post(f"{self.place}/pair", json={"code": code}, headers={"Origin": self.place}) as one:
            return one.status

    @contextlib.asynccontextmanager
    async def link(self) -> AsyncIterator[Phone]:
        """A phone's link."""
        async with self.browser.ws_connect(f"{self.place}/link", headers={"Origin": self.place}) as line:
            yield Phone(line)


@dataclass
class Phone:
    """A link, from the phone's end."""

    line: aiohttp.ClientWebSocketResponse

    async def asks(self, **what: object) -> dict[str, object]:
        """The answer; facts that are told meanwhile are passed over."""
        await self.line.send_json(what)
        return await self.hears("answer")

    async def hears(self, key: str) -> dict[str, object]:
        """The next message that has this in it."""
        while True:
            found: dict[str, object] = await self.line.receive_json()
            if key in found:
                return found


def on_a_page(job: Callable[[Served], Awaitable[None]]) -> None:
    async def run() -> None:
        def submit(event: OutsideEvent, answer: Callable[[str, bool], object]) -> None:
            made.heard.append(event)
            answer("Done.", True)

        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as browser:
            page = RemotePage(Pairing(CODE), submit, lambda: {"word": "READY"}, lambda: made.now_s)
            made = Served(page, browser)
            await page.open(RemotePlace(port=0))
            try:
                await job(made)
            finally:
                await page.close()

    asyncio.run(run())


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "text/html"), ("/remote.js", "text/javascript"), ("/remote.css", "text/css")]
)
def test_the_page_is_given_to_all_who_name_this_computer(path: str, kind: str) -> None:
    async def job(served: Served) -> None:
        async with served.browser.get(served.place + path) as found:
            assert (found.status, found.content_type) == (200, kind)
            assert found.headers["Cache-Control"] == "no-store"
            assert "frame-ancestors 'none'" in found.headers["Content-Security-Policy"]
            assert await found.text()
        for name in ("somebody.example", "localhost.evil", ""):
            async with served.browser.get(served.place + path, headers={"Host": name}) as found:
                assert found.status == 403, name
                assert found.headers["X-Content-Type-Options"] == "nosniff"
        for host in (f"localhost:{served.page.port}", "[::1]:80", "LOCALHOST"):
            async with served.browser.get(served.place + path, headers={"Host": host}) as found:
                assert found.status == 200, host
        async with served.browser.get(served.place + path, headers={"Origin": "http://127.0.0.1:1"}) as found:
            assert found.status == 403

    on_a_page(job)


def test_a_code_is_given_by_our_page_alone_and_as_one() -> None:
    async def job(served: Served) -> None:
        ours = {"Origin": served.place}
        for headers, body, status in (
            ({}, '{"code": "ABCDEFGH"}', 403), (ours, "{", 400), (ours, "[" * 900, 400), (ours, "[]", 403),
            (ours, '{"code": 5}', 403), (ours, '{"code": "\\ud800"}', 403), (ours, f'{{"code": "{"A" * 1100}"}}', 413),
        ):  # fmt: skip
            async with served.browser.post(f"{served.place}/pair", data=body, headers=headers) as found:
                assert found.status == status, body[:20]
        async with served.browser.get(f"{served.place}/link", headers=ours) as found:
            assert found.status == 403
        assert await served.pair("ABCDEFGX") == 403
        assert await served.pair("abcd efgh") == 200
        assert [cookie.key for cookie in served.browser.cookie_jar] == [COOKIE]
        async with served.browser.get(f"{served.place}/link") as found:
            assert found.status == 403, "no page asks"

    on_a_page(job)


def test_a_phone_watches_till_it_takes_control_and_then_asks() -> None:
    async def job(served: Served) -> None:
        await served.pair()
        async with served.link() as phone:
            assert await phone.hears("facts") == {"facts": {"word": "READY"}, "role": "watch"}
            assert served.page.phones == 1
            refused = {"answer": 3, "words": "This phone only watches. Take control first.", "passed": False}
            assert await phone.asks(ask="go", number=3) == refused
            assert (await phone.asks(ask="fly"))["words"] == "That can't be asked for."
            assert await phone.asks(control=True, number=4) == {"answer": 4, "words": "Control.", "passed": True}
            assert (await phone.hears("facts"))["role"] == "control"
            assert await phone.asks(ask="go", value="2A", number="x") == {"answer": 0, "words": "Done.", "passed": True}
            await phone.asks(ask="stop", value=5)
            assert (await phone.asks(control=False))["passed"] is True
            assert (await phone.hears("facts"))["role"] == "watch"
        asked = [event for event in served.heard if isinstance(event, OutsideAsked)]
        assert [(one.what, one.value, one.at_s, one.source.name) for one in asked] == [
            (Want.GO, "2A", 100.0, "127.0.0.1"), (Want.STOP, "", 100.0, "127.0.0.1"),
        ]  # fmt: skip
        while served.page.phones:
            await asyncio.sleep(0)

    on_a_page(job)


def test_one_phone_at_a_time_has_control() -> None:
    async def job(served: Served) -> None:
        await served.pair()
        async with served.link() as first:
            await first.asks(control=True)
            await served.pair()
            async with served.link() as second:
                refused = await second.asks(control=True)
                assert (refused["words"], refused["passed"]) == ("Another phone has control.", False)
                await first.asks(control=False)
                assert (await second.asks(control=True))["passed"] is True

    on_a_page(job)


def test_more_asks_than_a_hand_makes_are_left_but_every_stop_is_heard() -> None:
    async def job(served: Served) -> None:
        await served.pair()
        async with served.link() as phone:
            await phone.asks(control=True)
            for number in range(PASSES + 5):
                await phone.line.send_json({"ask": "go", "number": number})
            for number in range(30):
                await phone.asks(ask="stop", number=number)
            served.now_s += 0.051
            assert (await phone.asks(ask="arm"))["passed"] is True
        wants = [event.what for event in served.heard if isinstance(event, OutsideAsked)]
        assert wants == [Want.GO] * (PASSES - 1) + [Want.STOP] * 30 + [Want.ARM]

    on_a_page(job)


def test_a_go_whose_cue_cannot_be_read_is_no_go_for_the_one_that_stands_by() -> None:
    async def job(served: Served) -> None:
        await served.pair()
        async with served.link() as phone:
            await phone.asks(control=True)
            for value in ({"cue": "2"}, 2, ["2"], None, True):
                refused = {"answer": 3, "words": "That can't be asked for.", "passed": False}
                assert await phone.asks(ask="go", value=value, number=3) == refused, value
        assert not served.heard

    on_a_page(job)


def test_a_flood_on_one_link_is_not_before_a_stop_on_another() -> None:
    async def job(served: Served) -> None:
        await served.pair()
        async with served.link() as flood, served.link() as other:
            await flood.asks(control=True)
            for number in range(3000):
                await flood.line.send_json({"ask": "stop", "number": number})
            assert (await other.asks(ask="stop"))["passed"] is True
            assert len(served.heard) < 1000

    on_a_page(job)


def test_a_phone_that_takes_in_nothing_is_told_so_much_and_no_more() -> None:
    async def run() -> None:
        async def never(_told: dict[str, object]) -> None:
            await asyncio.Event().wait()

        pairing = Pairing(CODE)
        phone = pairing.phone(pairing.pair(CODE, "10.0.0.9", 0.0)[0])
        assert phone is not None
        link = PhoneLink(phone, never)
        for number in range(MOST_UNREAD + 50):
            link.answer(number, "STOP.", passed=True)
        assert len(link.answers) == MOST_UNREAD
        for task in link.answers:
            task.cancel()

    asyncio.run(run())


def test_a_strip_turns_by_so_much_at_most_with_control_and_as_often_as_a_screen() -> None:
    async def job(served: Served) -> None:
        await served.pair()
        async with served.link() as phone:
            await phone.line.send_json({"strip": 0.01})
            await phone.asks(control=True)
            for share in (MOST_SHARE, -MOST_SHARE, 0, MOST_SHARE + 1e-6, -MOST_SHARE - 1e-6, "0.01", None, [0.01]):
                await phone.line.send_json({"strip": share})
            await phone.line.send_str('{"strip": NaN}')
            await phone.asks(control=True)
            assert [event.share for event in served.heard if isinstance(event, StripSaid)] == [0.05, -0.05, 0.0]
            for _ in range(STRIPS + 5):
                await phone.line.send_json({"strip": 0.02})
            await phone.asks(control=True)
        assert len(served.heard) == STRIPS

    on_a_page(job)


def test_what_is_no_message_ends_nothing_and_one_too_long_ends_the_link() -> None:
    async def job(served: Served) -> None:
        await served.pair()
        async with served.link() as phone:
            for raw in ("", "[]", "5", "{", "[" * 400):
                await phone.line.send_str(raw)
                assert (await phone.hears("answer"))["words"] == "That can't be asked for."
            await phone.line.send_str(" " * 513)
            while (found := await phone.line.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
            assert found.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)

    on_a_page(job)


def odd(draw: random.Random, depth: int = 3) -> object:
    """A value of JSON that nobody would send."""
    kinds: list[Callable[[], object]] = [
        lambda: draw.choice([None, True, False, "", "go", "stop", "arm", "\0", "\ud800", "9" * 200, "ﷺ" * 20]),
        lambda: draw.choice([0, -1, 10**60, 0.02, -0.05, 1e308, float("nan"), float("inf"), float("-inf")]),
        lambda: [odd(draw, depth - 1) for _ in range(draw.randrange(3))] if depth else [],
        lambda: {draw.choice(["ask", "strip", "x"]): odd(draw, depth - 1)} if depth else {},
    ]
    return draw.choice(kinds)()


def test_nonsense_from_a_phone_in_control_asks_for_nothing_else_and_its_stop_is_heard() -> None:
    async def job(served: Served) -> None:
        assert await served.pair() == 200
        draw, turned = random.Random(7), 0
        async with served.link() as phone:
            assert (await phone.asks(control=True, number=1))["passed"] is True
            for number in range(1500):
                served.now_s += 1.0
                names = draw.sample(["ask", "strip", "number", "value", "y"], draw.randrange(1, 5))
                message = {name: odd(draw) for name in names}
                share = message.get("strip")
                turned += type(share) in (int, float) and abs(share) <= MOST_SHARE  # type: ignore[operator, arg-type]
                raw = json.dumps(message)
                if len(raw) < MOST_MESSAGE:
                    await phone.line.send_str(raw if draw.random() < 0.8 else raw[: draw.randrange(len(raw))])
                if number % 100 == 0:
                    answer = await phone.asks(ask="stop", number=900 + number)
                    while answer["answer"] != 900 + number:
                        answer = await phone.hears("answer")
                    assert answer["passed"] is True
        strips = [one for one in served.heard if isinstance(one, StripSaid)]
        asks = [one for one in served.heard if isinstance(one, OutsideAsked)]
        assert len(strips) <= turned
        assert {one.what for one in asks} <= {Want.STOP, Want.GO, Want.ARM}, "the words that were said"
        assert all(isinstance(one.value, str) for one in asks)
        assert [one.what for one in asks].count(Want.STOP) >= 15

    on_a_page(job)


def test_a_port_that_is_taken_is_refused_with_the_way_out() -> None:
    async def job(served: Served) -> None:
        other = RemotePage(Pairing(), lambda _event, _answer: None, dict, lambda: 0.0)
        with pytest.raises(
            RequestError, match=f"served on 127.0.0.1:{served.page.port}: Address already in use"
        ) as found:
            await other.open(RemotePlace(port=served.page.port))
        assert found.value.remedy == "Give another port, or end the program that has it."
        await other.close()

    on_a_page(job)


def test_a_connection_that_brings_no_phone_is_closed_in_time() -> None:
    async def job(served: Served) -> None:
        await served.pair()
        async with served.link() as phone:
            reader, writer = await asyncio.open_connection("127.0.0.1", served.page.port)
            for _ in range(3):
                await phone.hears("facts")  # told once a second: by then it has been seen
            served.now_s += 15.1
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
            assert (await phone.asks(control=True))["passed"] is True, "a phone stays"

    on_a_page(job)
