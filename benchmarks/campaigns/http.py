# SPDX-License-Identifier: MIT
"""Strangers at the remote page: no code, wrong ones, other sites, tokens of other sessions, bad bodies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator, Callable

import aiohttp

from followfocus.stage.phones import Phones

LONG_BYTES = 100_000_000
SLOW = 20


async def attack(
    phones: Phones, count: int, rng: random.Random, stop_ms: Callable[[Callable[[], object]], float]
) -> float:
    """So many requests, a hundred megabytes, slow bodies all the while; how long a phone's STOP takes then, ms."""
    url = phones.url.rstrip("/")
    slow = [asyncio.create_task(_slow_body(phones.page.port)) for _ in range(SLOW)]
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as phone:
        async with phone.post(f"{url}/pair", json={"code": phones.code}, headers={"Origin": url}) as answer:
            assert answer.status == 200
        async with phone.ws_connect(f"{url}/link", headers={"Origin": url}) as line:
            await line.send_json({"number": 1, "control": True})
            reads = asyncio.create_task(_read(line))
            flood = asyncio.create_task(_strangers(url, count, rng))
            slowest = 0.0
            for _ in range(5):
                await asyncio.sleep(0.02)
                slowest = max(slowest, await _stop(line, stop_ms))
            await flood
            await asyncio.sleep(0.02)  # a STOP at once after another is the same one
            slowest = max(slowest, await _stop(line, stop_ms))
            reads.cancel()
    await _long_body(phones.page.port)
    for task in slow:
        task.cancel()
    await asyncio.gather(*slow, return_exceptions=True)
    return slowest


async def _read(line: aiohttp.ClientWebSocketResponse) -> None:
    """A phone reads, and so answers the page's question whether it is there: who doesn't is cut off."""
    async for _ in line:
        pass


async def _stop(line: aiohttp.ClientWebSocketResponse, stop_ms: Callable[[Callable[[], object]], float]) -> float:
    """The phone's STOP goes out at once; the wait for it is another thread's, so that this loop goes on."""
    loop = asyncio.get_running_loop()
    words = json.dumps({"number": 2, "ask": "stop"})
    return await asyncio.to_thread(
        stop_ms, lambda: asyncio.run_coroutine_threadsafe(line.send_str(words), loop).result(5)
    )


async def _strangers(url: str, count: int, rng: random.Random) -> None:
    async with aiohttp.ClientSession(cookies={"followfocus": "of-another-session"}) as session:
        for _ in range(count):
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await _stranger(session, url, rng)


async def _stranger(session: aiohttp.ClientSession, url: str, rng: random.Random) -> None:
    origin = rng.choice([{}, {"Origin": url}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
    kind = rng.randrange(5)
    if kind == 0:
        async with session.get(f"{url}/link", headers={**origin, "Upgrade": "websocket", "Connection": "Upgrade"}) as a:
            assert a.status in (400, 403), a.status
    elif kind == 1:
        code = "".join(rng.choices("ABCDEFGH2345", k=8))
        async with session.post(f"{url}/pair", json={"code": code}, headers=origin) as answer:
            assert answer.status == 403, answer.status
    elif kind == 2:
        body = rng.choice([b"", b"{", b"[" * 1000, rng.randbytes(200), b'{"code": {}}', b"9" * 1000, b"x" * 5000])
        async with session.post(f"{url}/pair", data=body, headers=origin) as answer:
            assert answer.status in (400, 403, 413), answer.status
    elif kind == 3:
        path = rng.choice(["/%2e%2e/%2e%2e/etc/passwd", "/remote.js/x", "/%00", "/pair", "/link?x=1", "/" + "a" * 500])
        async with session.request(rng.choice(["GET", "PUT", "DELETE"]), f"{url}{path}", headers=origin) as answer:
            assert answer.status in (400, 403, 404, 405), answer.status
    else:
        async with session.get(url, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403, answer.status


async def _slow_body(port: int) -> None:
    """A request that never ends."""
    while True:
        with contextlib.suppress(OSError):
            async with _line(port) as (reader, writer):
                writer.write(b"POST /pair HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n")
                for byte in b"Origin: http://127.0.0.1\r\n\r\n" + b"x" * 400:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    if reader.at_eof():
                        break
                    await asyncio.sleep(0.05)


async def _long_body(port: int) -> None:
    """A hundred megabytes, as far as they are taken."""
    with contextlib.suppress(OSError):
        async with _line(port) as (_, writer):
            head = f"POST /pair HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\n"
            writer.write(f"{head}Content-Length: {LONG_BYTES}\r\n\r\n".encode())
            for _ in range(LONG_BYTES // 1_000_000):
                writer.write(b"x" * 1_000_000)
                await writer.drain()


@contextlib.asynccontextmanager
async def _line(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection, gone for good at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
