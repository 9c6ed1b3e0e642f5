# SPDX-License-Identifier: MIT
"""The remote page: kept from strangers over real HTTP, and used in a real browser at the sizes of phone and tablet."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from PIL import Image

from followfocus.errors import RequestError
from followfocus.show.slate import Slate
from followfocus.sources.events import StripSaid
from followfocus.stage.events import Taken
from followfocus.stage.phones import Phones, serve_phones
from followfocus.takes.context import TakeContext
from followfocus.wire.messages import State
from tests.stage.scenarios import short, there_and_back
from tests.support.browser import CHROMIUM, PHONE, TABLET, Cuttable, Tab, tab
from tests.support.interleaved import At, every_step, meddling
from tests.support.served import Served, served
from tests.support.takes import a_take

Done = Coroutine[Any, Any, None]
Browsing = Callable[[aiohttp.ClientSession, str, str], Done]


def visit(phones: Phones, what: Browsing) -> None:
    """Do something with a client that keeps cookies: (session, address, code)."""

    async def run() -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            await what(session, phones.url.rstrip("/"), phones.code)

    asyncio.run(run())


async def pair(session: aiohttp.ClientSession, url: str, code: str) -> int:
    async with session.post(f"{url}/pair", json={"code": code}, headers={"Origin": url}) as answer:
        return answer.status


async def told(line: aiohttp.ClientWebSocketResponse, key: str) -> dict[str, Any]:
    """The next message that has a key."""
    while True:
        message = json.loads((await line.receive(timeout=60)).data)
        if key in message:
            return message


async def asked(line: aiohttp.ClientWebSocketResponse, **message: object) -> dict[str, Any]:
    await line.send_json({"number": 1, **message})
    return await told(line, "answer")


def test_nothing_is_given_without_the_code_and_nothing_to_other_sites() -> None:
    async def run(session: aiohttp.ClientSession, url: str, code: str) -> None:
        async with session.get(url) as page:
            assert page.status == 200
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        evil = {"Origin": "http://evil.example"}
        for headers in ({"Origin": url}, {}, evil):
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(f"{url}/link", headers=headers)
        async with session.post(f"{url}/pair", json={"code": code}, headers=evil) as answer:
            assert answer.status == 403
        async with session.post(f"{url}/pair", json={"code": code}) as answer:
            assert answer.status == 403, "no page of ours: no Origin"
        async with session.get(url, headers={"Host": "evil.example:80"}) as page:
            assert page.status == 403, "a name that was pointed here"
        assert await pair(session, url, "WRONGONE") == 403
        assert await pair(session, url, code) == 200
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(f"{url}/link", headers=evil)
        async with session.ws_connect(f"{url}/link", headers={"Origin": url}) as line:
            assert (await told(line, "facts"))["role"] == "watch"

    with served(short()) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:
        visit(phones, run)


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 900, b'{"code": 7}', b"x" * 2000, b"null"])
def test_bad_bodies_are_refused(body: bytes) -> None:
    async def run(session: aiohttp.ClientSession, url: str, _code: str) -> None:
        async with session.post(f"{url}/pair", data=body, headers={"Origin": url}) as answer:
            assert answer.status in (400, 403, 413)

    with served(short()) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:
        visit(phones, run)


def test_watching_touches_nothing_and_control_is_one_at_a_time() -> None:
    async def run(session: aiohttp.ClientSession, url: str, code: str) -> None:
        await pair(session, url, code)
        origin = {"Origin": url}
        async with session.ws_connect(f"{url}/link", headers=origin) as first:
            assert not (await asked(first, ask="go"))["passed"]
            assert not (await asked(first, ask="stop"))["passed"]
            assert (await asked(first, control=True))["passed"]
            assert (await asked(first, ask="next"))["words"] == "Cue 2 stands by."
            assert not (await asked(first, ask="arm"))["passed"], "a phone can't arm"
            assert not (await asked(first, ask="rm -rf"))["passed"]
            async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as other:
                await pair(other, url, code)
                async with other.ws_connect(f"{url}/link", headers=origin) as second:
                    assert (await asked(second, control=True))["words"] == "Another phone has control."
                    assert (await asked(first, control=False))["passed"]
                    assert (await asked(second, control=True))["passed"]
            for noise in ("", "[]", '{"ask": {}}', '{"control": 1}', "null", '{"ask": "go", "number": "x"}'):
                await first.send_str(noise)
            await first.send_str("x" * 4000)
            while not first.closed:
                await first.receive(timeout=60)

    with served(there_and_back(None)) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:
        visit(phones, run)
        assert one.takes == []


def test_a_port_in_use_and_a_place_that_is_none_are_told() -> None:
    with served(short()) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:
        with (
            pytest.raises(RequestError, match="Give another port"),
            serve_phones(one.serving, one.loop, f"127.0.0.1:{phones.page.port}"),
        ):
            pass
        with pytest.raises(RequestError), serve_phones(one.serving, one.loop, "everywhere"):
            pass
        assert phones.qr_text().count("\n") > 10


# In a browser ---------------------------------------------------------------------------------------------------------

browser = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def browse(one: Served, phones: Phones, profile: Path, what: Callable[[Tab, Cuttable], Done]) -> None:
    async def run() -> None:
        line = Cuttable(phones.page.port)
        await line.open()
        async with tab(profile) as page:
            await what(page, line)
        await line.close()

    asyncio.run(run())
    assert one.outcomes is not None


async def in_control(page: Tab, line: Cuttable, code: str) -> None:
    await page.go(f"http://127.0.0.1:{line.port}/#{code}")
    await page.until("!document.getElementById('desk').hidden && facts !== null")
    await page.click("#control")
    await page.until("role === 'control'")


@browser
@pytest.mark.parametrize("size", [PHONE, TABLET], ids=["phone", "tablet"])
def test_go_stop_and_a_link_that_is_cut_in_a_pull(size: tuple[int, int], tmp_path: Path) -> None:
    with served(short(3.0), rearm=True) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:

        async def waited(found: Callable[[], object]) -> None:
            await asyncio.to_thread(one.wait, found)

        async def run(page: Tab, line: Cuttable) -> None:
            await page.size(*size)
            await in_control(page, line, phones.code)
            assert await page.js("location.hash") == "", "the code stays in nobody's history"
            assert await page.js("document.getElementById('go').disabled")
            assert await page.js("document.documentElement.scrollWidth <= window.innerWidth")
            await asyncio.to_thread(one.arm)
            await page.until("!document.getElementById('go').disabled")
            await page.click("#go")
            await waited(lambda: one.serving.stage.state is State.PLAYING)
            line.cut()
            await page.until("document.getElementById('link').textContent.startsWith('Link lost')")
            assert await page.js("document.getElementById('stop').disabled")
            await page.click("#stop")
            await waited(lambda: one.takes)
            assert one.takes[0].take.verdict.usable, "the take goes on without the phone"
            line.mend()
            await page.until("linked && document.getElementById('last').textContent.includes('good')")
            await asyncio.to_thread(one.until_armed)
            assert len(one.takes) == 1, "nothing that was pressed without a link is done later"
            await page.until("role === 'control' && !document.getElementById('go').disabled")
            await page.click("#go")
            await waited(lambda: one.serving.stage.state is State.PLAYING)
            await page.picture(tmp_path / "page.png")
            await page.click("#stop")
            await waited(lambda: len(one.takes) == 2)

        browse(one, phones, tmp_path / "profile", run)
    assert one.takes[1].take.verdict.value == "stopped"
    assert one.takes[0].context.started_by == "remote 127.0.0.1"


@browser
def test_what_a_wrong_code_and_a_closed_gate_look_like(tmp_path: Path) -> None:
    with served(short(), open_gate=False) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:

        async def run(page: Tab, line: Cuttable) -> None:
            await page.size(*PHONE)
            await page.go(f"http://127.0.0.1:{line.port}/#WRONG")
            await page.until("document.getElementById('refused').textContent === 'That is not the code.'")
            await page.js(f"document.getElementById('code').value = '{phones.code.lower()}'")
            await page.click("#pair button")
            await page.until("!document.getElementById('desk').hidden && facts !== null")
            await page.click("#control")
            await page.until("role === 'control'")
            assert await page.js("[...document.querySelectorAll('#marks button')].every((b) => b.disabled)")
            assert await page.js("document.getElementById('go').disabled")
            await page.js("ask('go')")
            await page.until("document.getElementById('said').textContent.startsWith('Outside GO is off')")

        browse(one, phones, tmp_path / "profile", run)
    assert one.takes == []


@browser
@pytest.mark.parametrize("size", [(320, 568), PHONE, (1024, 768), TABLET, (820, 1180)], ids=str)
def test_on_every_size_all_of_it_is_there_and_a_finger_turns_the_strip(size: tuple[int, int], tmp_path: Path) -> None:
    heard: list[StripSaid] = []
    with served(short()) as one:
        one.serving.turns = True
        submit = one.serving.submit
        one.serving.submit = lambda event, then: (
            heard.append(event) if isinstance(event, StripSaid) else submit(event, then)
        )
        with serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:

            async def run(page: Tab, line: Cuttable) -> None:
                await page.size(*size)
                await page.go(f"http://127.0.0.1:{line.port}/#{phones.code}")
                await page.until("!document.getElementById('desk').hidden && facts !== null")
                assert await page.js("document.getElementById('buttons').hidden"), "who watches has nothing to press"
                await page.click("#control")
                await page.until("role === 'control'")
                assert await page.js("document.documentElement.scrollWidth <= window.innerWidth")
                for name in ("distance", "state", "marks", "strip", "go", "stop", "control"):
                    inside = f"""(() => {{
                        const box = document.getElementById("{name}").getBoundingClientRect();
                        return box.height > 20 && box.top >= 0 && box.bottom <= window.innerHeight;
                    }})()"""
                    assert await page.js(inside), name
                await page.drag("#strip", -120)
                await page.drag("#strip", 60)
                width = await page.js("document.getElementById('strip').clientWidth")
                await asyncio.to_thread(one.wait, lambda: sum(one.share for one in heard) <= 60 / width / 4 + 1e-6)
                assert max(one.share for one in heard) > 0, "to the left is closer"
                assert sum(one.share for one in heard) == pytest.approx(60 / width / 4, rel=1e-3)

            browse(one, phones, tmp_path / "profile", run)


LONG = "Bartholomew Featherstonehaugh-Cholmondeley"


@browser
@pytest.mark.parametrize("size", [(320, 568), (360, 640), PHONE], ids=str)
def test_stop_keeps_its_place_and_no_long_name_covers_another_mark(size: tuple[int, int], tmp_path: Path) -> None:
    show = short(3.0)
    pull = show.pulls[0]
    marks = tuple(dataclasses.replace(pull.marks[i % 2], name=f"{LONG} {i}") for i in range(8))
    show = show.with_pull(dataclasses.replace(pull, marks=marks, duration_s=9.0))

    async def place(page: Tab) -> list[float]:
        found: list[float] = await page.js("""(() => {
            const box = document.getElementById("stop").getBoundingClientRect();
            return [box.left, box.top, box.right, box.bottom];
        })()""")
        return found

    with served(show) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:

        async def run(page: Tab, line: Cuttable) -> None:
            await page.size(*size)
            await in_control(page, line, phones.code)
            at_rest = await place(page)
            assert at_rest[2] <= size[0]
            assert at_rest[3] <= size[1]
            assert await page.js("document.documentElement.scrollWidth") == size[0]
            nowhere = "facts.state = 'unreferenced'; show(); document.getElementById('state').textContent"
            assert await page.js(nowhere) == "where?"
            assert await page.js("[...document.querySelectorAll('#marks button')].every((b) => b.disabled)")
            assert await page.js("""[...document.querySelectorAll("#marks button")].every(
                (b) => b.scrollWidth <= b.clientWidth && b.lastChild.scrollWidth <= b.lastChild.clientWidth)""")
            await asyncio.to_thread(one.arm)
            await page.until("!document.getElementById('go').disabled")
            assert await place(page) == at_rest
            await page.click("#go")
            await page.until("facts.state === 'playing'")
            assert await place(page) == at_rest
            await page.click("#stop")
            await page.until("document.getElementById('last').textContent.includes('stopped')")
            assert await place(page) == at_rest, "what a take came to moves nothing"

        browse(one, phones, tmp_path / "profile", run)


@browser
def test_a_line_that_falls_silent_is_lost_though_nothing_closed_it(tmp_path: Path) -> None:
    with served(short()) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:

        async def run(page: Tab, line: Cuttable) -> None:
            await page.size(*PHONE)
            await in_control(page, line, phones.code)
            line.silent = True
            await page.until("document.getElementById('link').textContent.startsWith('Link lost')")
            assert await page.js("document.getElementById('stop').disabled")
            assert await page.js("getComputedStyle(document.getElementById('focus')).opacity < 0.5")
            line.silent = False
            await page.until("linked && document.getElementById('link').textContent === ''")

        browse(one, phones, tmp_path / "profile", run)


def test_the_takes_that_a_phone_shows_are_whole_while_another_is_kept() -> None:
    """In the app they are told on another thread than they are shown."""
    with served(short()) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:
        note, facts = one.serving.taken[-1], phones.page._facts
        for number in range(6):
            note(_taken(1 + number))

        def at(number: int) -> At:
            before, seen = facts()["takes"], list[object]()
            asks = At(number, lambda: seen.append(facts()["takes"]))
            with meddling(asks, "stage/phones.py"):
                note(_taken(10 + number))
            after = facts()["takes"]
            assert after[1:] == before[:-1]
            assert all(shown in (before, after) for shown in seen)
            return asks

        every_step(at)


def _taken(number: int) -> Taken:
    return Taken(a_take(number), TakeContext(slate=Slate("27", take=number)))


@browser
def test_a_phone_is_red_at_night_and_stays_so(tmp_path: Path) -> None:
    with served(short()) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:

        async def run(page: Tab, line: Cuttable) -> None:
            await page.size(*PHONE)
            await in_control(page, line, phones.code)
            await page.click("#light")
            await page.go(f"http://127.0.0.1:{line.port}/")
            await page.until("!document.getElementById('desk').hidden && facts !== null")
            assert await page.js("document.documentElement.dataset.light") == "red"
            await page.until("role === 'control' && !document.getElementById('buttons').hidden")
            await page.picture(tmp_path / "red.png")
            await page.click("#light")
            await page.picture(tmp_path / "bright.png")

        browse(one, phones, tmp_path / "profile", run)
    red = np.asarray(Image.open(tmp_path / "red.png").convert("RGB")).astype(int)
    seen = red.sum(axis=-1) > 60
    assert seen.sum() > 5000
    assert not (seen & (red[..., 1:].max(axis=-1) > 0.8 * red[..., 0])).any(), "white, green or blue in a red night"
    assert np.asarray(Image.open(tmp_path / "bright.png").convert("L")).mean() > 150
