# SPDX-License-Identifier: MIT
"""Fake cameras, written to the makers' public documents: a Blackmagic's REST and notifications, a Z CAM's HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import WSMsgType, web

from tests.support.camera_document import (
    ANSWERS,
    BODIES,
    EVENT,
    GET_RECORD,
    OPENED,
    RECORD_PATH,
    REQUEST,
    RESPONSE,
    STOP_PATH,
    Shape,
    unlike,
)

API = "/control/api/v1"


class FakeBlackmagic:
    """`web_manager` off answers 307 to everything, as such a camera does; without `puts` there is only POST.

    A camera that is not `prompt` tells the clip of before until it is told to `name` the one that it records.

    Everything that it says and hears is held against the maker's document: `faults` are what is unlike it.
    """

    def __init__(self, *, web_manager: bool = True, puts: bool = True, prompt: bool = True) -> None:
        self.puts, self.faults, self.checked = puts, list[str](), 0
        self.recording = False
        self.clips = self.named = 0
        self.prompt, self.tells_clip = prompt, True
        self.clip_asked, self.heard = 0, lambda: None
        """How often it was asked for its clip; is called each time"""
        self.web_manager = web_manager
        self.asked: list[tuple[str, str, Any]] = []
        self._lines: set[web.WebSocketResponse] = set()
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def start(self, port: int = 0) -> int:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self.port

    async def stop(self) -> None:
        for line in tuple(self._lines):
            await line.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def rec(self, recording: bool) -> None:
        """Its own button."""
        self.recording = recording
        self.clips += recording
        self.named = self.clips if self.prompt else self.named
        event = {
            "action": "propertyValueChanged",
            "property": "/transports/0/record",
            "value": {"recording": recording},
        }
        for line in tuple(self._lines):
            await line.send_json(self._alike({"type": "event", "data": event}, EVENT))

    async def name(self) -> None:
        """From now on the clip that it records is told."""
        self.named = self.clips

    async def say(self, text: str) -> None:
        """Any words on its notification lines."""
        for line in tuple(self._lines):
            await line.send_str(text)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if not self.web_manager:
            raise web.HTTPTemporaryRedirect(f"{request.path}/")
        path = request.path.removeprefix(API)
        if path == "/event/websocket":
            return await self._listen(request)
        if path in (RECORD_PATH, STOP_PATH):
            answer = await self._record(request, path)
            if answer.status not in (*ANSWERS[request.method, path], 405):
                self.faults.append(f"{request.method} {path} answers {answer.status}")
            return answer
        if path == "/transports/0/clip":
            if not self.tells_clip:
                raise web.HTTPNotFound
            self.clip_asked += 1
            self.heard()
            name = f"/mnt/s001/A001_{self.named:04}.braw"
            return web.json_response({"clip": {"clipUniqueId": self.named, "filePath": name} if self.named else None})
        raise web.HTTPNotFound

    async def _record(self, request: web.Request, path: str) -> web.Response:
        if request.method == "GET":
            return web.json_response(self._alike({"recording": self.recording}, GET_RECORD))
        if request.method == "PUT" and not self.puts:
            return web.Response(status=405)
        body = await request.json() if request.can_read_body else {}
        self._alike(body, BODIES[request.method, path])
        self.asked.append((request.method, path.rpartition("/")[2], body))
        await self.rec(path == RECORD_PATH and bool(body.get("recording", True)))
        return web.Response(status=204)

    def _alike(self, value: Any, shape: Shape) -> Any:
        self.checked += 1
        self.faults += filter(None, [unlike(value, shape)])
        return value

    async def _listen(self, request: web.Request) -> web.WebSocketResponse:
        line = web.WebSocketResponse()
        await line.prepare(request)
        await line.send_json(self._alike({"type": "event", "data": {"action": "websocketOpened"}}, OPENED))
        try:
            async for message in line:
                if message.type is not WSMsgType.TEXT:
                    continue
                asked = self._alike(message.json(), REQUEST)
                assert asked["data"]["action"] == "subscribe"
                values = {"/transports/0/record": {"recording": self.recording}}
                data = {"action": "subscribe", "properties": asked["data"]["properties"], "success": True}
                response = {"type": "response", "id": asked.get("id"), "data": {**data, "values": values}}
                await line.send_json(self._alike(response, RESPONSE))
                self._lines.add(line)
        finally:
            self._lines.discard(line)
        return line


class FakeZCam:
    """`taken` answers 409, as a camera whose session another client has."""

    def __init__(self, *, taken: bool = False) -> None:
        self.recording, self.taken = False, taken
        self.asked: list[str] = []
        self.asked_s: list[float] = []
        """When it was asked whether it records"""
        self._runner: web.AppRunner | None = None

    async def start(self) -> int:
        app = web.Application()
        app.router.add_get("/ctrl/{what}", self._ctrl)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _ctrl(self, request: web.Request) -> web.Response:
        if self.taken:
            raise web.HTTPConflict
        what, action = request.match_info["what"], request.query.get("action", "")
        self.asked.append(f"{what} {action}".strip())
        if what == "mode":
            self.asked_s.append(asyncio.get_running_loop().time())
        if what == "rec":
            self.recording = action == "start"
        message = ("rec_ing" if self.recording else "rec") if what == "mode" else ""
        return web.json_response({"code": 0, "desc": "", "msg": message})


def in_loop(job: Any, loop: asyncio.AbstractEventLoop) -> Any:
    """Do a job of the fake's in the loop it lives in."""
    return asyncio.run_coroutine_threadsafe(job, loop).result(60)
