# SPDX-License-Identifier: MIT
"""A real browser without a window, by its DevTools protocol over aiohttp; and a line that can be cut."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE, TABLET = (390, 844), (1180, 820)


class Tab:
    """One page in the browser."""

    def __init__(self, line: aiohttp.ClientWebSocketResponse) -> None:
        self._line, self._count = line, 0
        self.session = ""

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """A command, and its answer."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        await self._line.send_json(message)
        while True:
            told = json.loads((await self._line.receive(timeout=90)).data)
            if told.get("id") == self._count:
                assert "error" not in told, told
                found: dict[str, Any] = told["result"]
                return found

    async def size(self, width: int, height: int) -> None:
        """As a device of this size."""
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=2, mobile=True
        )

    async def go(self, url: str) -> None:
        """To a page."""
        await self.call("Page.enable")
        await self.call("Page.navigate", url=url)

    async def js(self, expression: str) -> Any:
        """The value of an expression in the page; of a promise what it resolves to."""
        told = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def until(self, condition: str) -> None:
        """Until a condition is so in the page; it looks itself."""
        words = f"""new Promise((done, failed) => {{
            const began = performance.now();
            const look = () => {{
                let so = false;
                try {{ so = {condition}; }} catch {{ so = false; }}
                if (so) done(true);
                else if (performance.now() - began > 60000) failed(document.body.innerText);
                else setTimeout(look, 20);
            }};
            look();
        }})"""
        assert await self.js(words)

    async def drag(self, selector: str, by_px: int, steps: int = 20) -> None:
        """A finger that is put in the middle of it, moved sideways, and lifted: touches as the system sends them."""
        x, y = await self.js(f"""(() => {{
            const box = document.querySelector({selector!r}).getBoundingClientRect();
            return [box.x + box.width / 2, box.y + box.height / 2];
        }})()""")
        await self.call("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        for step in range(1, steps + 1):
            points = [{"x": x + by_px * step / steps, "y": y}]
            await self.call("Input.dispatchTouchEvent", type="touchMove", touchPoints=points)
            await self.js("new Promise(requestAnimationFrame)")
        await self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    async def click(self, selector: str) -> None:
        """A click where a finger would be: on what lies in the middle of it, once that is scrolled to."""
        await self.js(f"""(() => {{
            document.querySelector({selector!r}).scrollIntoView({{ block: "nearest" }});
            const box = document.querySelector({selector!r}).getBoundingClientRect();
            document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2).click();
        }})()""")

    async def picture(self, path: Path) -> None:
        """Save a picture of the page."""
        told = await self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(told["data"]))


@contextlib.asynccontextmanager
async def tab(profile: Path) -> AsyncIterator[Tab]:
    """A browser with one empty tab, gone at the end."""
    assert CHROMIUM is not None
    process = await asyncio.create_subprocess_exec(
        CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0",
        "--disable-dev-shm-usage", f"--user-data-dir={profile}", "about:blank",
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        url = ""
        while not url:
            said = (await asyncio.wait_for(process.stderr.readline(), 60)).decode("utf-8", "replace")
            assert said, "the browser did not start"
            found = re.search(r"DevTools listening on (ws://\S+)", said)
            url = found[1] if found else ""
        async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0) as line:
            one = Tab(line)
            target = await one.call("Target.createTarget", url="about:blank")
            attached = await one.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            one.session = attached["sessionId"]
            yield one
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


class Cuttable:
    """A TCP line to a port of this computer that can be cut, and mended.

    While it is `silent` nothing comes through, and
    nobody is told.
    """

    def __init__(self, to_port: int) -> None:
        self._to, self._pairs = to_port, set[asyncio.StreamWriter]()
        self._server: asyncio.Server | None = None
        self._up, self.silent = True, False
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Nothing goes through any more."""
        self._up = False
        for writer in tuple(self._pairs):
            writer.transport.abort()

    def mend(self) -> None:
        """As before."""
        self._up = True

    async def close(self) -> None:
        self.cut()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._up:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._pairs |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        self._pairs -= {writer, far_writer}

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if not self.silent:
                    writer.write(data)
                    await writer.drain()
        writer.close()
