# SPDX-License-Identifier: MIT
"""A camera on the network: whether it records, its clip's name, REC and stop. Blackmagic's REST, Z CAM's HTTP.

Written from the makers' public documents: Blackmagic, “REST API for Cameras” (record state by notification over a
websocket, PUT or POST /transports/0/record, GET /transports/0/clip); Z CAM, E2 HTTP protocol (one session,
/ctrl/rec, /ctrl/mode). A camera that can't be heard is said once, and asked again until it answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Coroutine
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from followfocus.errors import RequestError
from followfocus.sources.events import CameraSaid, Origin, OutsideEvent, SourceKind, SourceSaid
from followfocus.sources.loop import in_words
from followfocus.sources.places import CameraPlace

if TYPE_CHECKING:
    import aiohttp

ANSWER_S = 3.0
AGAIN_S = 2.0
"""A camera that is gone is asked again after so long"""
POLL_S = 0.1
"""Z CAM tells of REC only when it is asked"""
NAMED_S = 1.0
"""A camera names its clip some 10 to 500 ms after REC; until then it may still tell the one before"""
MOST_BYTES = 65_536
API = "/control/api/v1"
RECORD, STOP, CLIP = "/transports/0/record", "/transports/0/stop", "/transports/0/clip"
NO_PUT = (404, 405, 501)
"""How a camera answers that has only what replaces the PUT, which the maker's document calls deprecated"""

EventSubmit = Callable[[OutsideEvent], object]


class CameraLink(Protocol):
    """A camera. All of it belongs to the loop's thread."""

    source: Origin

    async def start(self) -> None:
        """Begin to listen to it."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...

    def record(self, *, start: bool) -> None:
        """Ask for REC, or for its end; returns at once."""
        ...


def camera_at(
    place: CameraPlace, loop: asyncio.AbstractEventLoop, submit: EventSubmit, now: Callable[[], float]
) -> CameraLink:
    """The camera of a place. RequestError where aiohttp is missing."""
    if find_spec("aiohttp") is None:
        raise RequestError("Cameras need aiohttp.", "pip install 'followfocus[remote]'")
    return (BlackmagicCamera if place.make == "blackmagic" else ZCamera)(place, loop, submit, now)


class _RefusedError(Exception):
    """The camera answered, and no; the words say why."""


class _NetworkCamera:
    """The common part of both: a session, one job that listens for ever, and a state that is told when it changes."""

    def __init__(
        self, place: CameraPlace, loop: asyncio.AbstractEventLoop, submit: EventSubmit, now: Callable[[], float]
    ) -> None:
        self._place, self._loop, self._submit, self._now = place, loop, submit, now
        self.source = Origin(SourceKind.CAMERA, f"{place.make} {place.host}")
        self._session: aiohttp.ClientSession | None = None
        self._jobs: set[asyncio.Task[None]] = set()
        self._said = ""

    async def start(self) -> None:
        """Begin to listen to it."""
        import aiohttp

        # Made in the loop: a session belongs to the one it is made in.
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_S))
        self._begin(self._for_ever())

    async def close(self) -> None:
        """Let go of it."""
        # The jobs before the session that they speak through.
        for job in tuple(self._jobs):
            job.cancel()
        await asyncio.gather(*self._jobs, return_exceptions=True)
        if self._session is not None:
            with contextlib.suppress(Exception):
                await self._goodbye()
            await self._session.close()

    def record(self, *, start: bool) -> None:
        """Ask for REC, or for its end; returns at once."""
        self._begin(self._record(start))

    def _begin(self, job: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(job)
        self._jobs.add(task)
        # Held until it is done: the loop itself holds its tasks but weakly.
        task.add_done_callback(self._jobs.discard)

    async def _for_ever(self) -> None:
        import aiohttp

        while True:
            try:
                await self._listen()
                words = "The camera has closed the connection."
            except _RefusedError as error:
                words = str(error)
            except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
                words = self._unheard(error)
            self._gone(words)
            await asyncio.sleep(AGAIN_S)

    def _gone(self, words: str) -> None:
        """Said once, until it answers again."""
        # A camera that is off is asked every two seconds: the sentence once, its unknown state each time.
        if words != self._said:
            self._said = words
            self._submit(SourceSaid(self.source, self._now(), words, trouble=True))
        self._submit(CameraSaid(self.source, self._now(), None))

    def _says(self, *, recording: bool, clip: str = "", at_s: float | None = None) -> None:
        self._said = ""
        self._submit(CameraSaid(self.source, self._now() if at_s is None else at_s, recording, clip))

    async def _listen(self) -> None:
        raise NotImplementedError

    async def _record(self, start: bool) -> None:
        raise NotImplementedError

    async def _goodbye(self) -> None:
        """Nothing to say."""

    async def _ask(self, method: str, path: str, body: object = None) -> tuple[int, object]:
        """Status, and the JSON of an answer that is a yes. Never follows elsewhere."""
        assert self._session is not None
        async with self._session.request(method, self._place.url + path, json=body, allow_redirects=False) as answer:
            raw = b""
            # Read piece by piece: an answer without an end must not be waited for, whatever length it claims.
            async for piece in answer.content.iter_any():
                raw += piece
                if len(raw) > MOST_BYTES:
                    raise ValueError("its answer has no end")
            return answer.status, json.loads(raw) if answer.status == 200 and raw.strip() else None

    def _unheard(self, error: Exception) -> str:
        return f"{self.source} can't be heard: {in_words(error)}."

    def _trouble(self, words: str) -> None:
        self._submit(SourceSaid(self.source, self._now(), words, trouble=True))


class BlackmagicCamera(_NetworkCamera):
    """A Blackmagic camera with its web media manager on."""

    _turns = 0
    """How often it has begun or ended to record, or was lost: a name that comes after a turn is of what was before"""
    _rolls = False
    _before: str | None = None
    """The clip that it told last, empty for none; None where that is not known"""

    async def _listen(self) -> None:
        assert self._session is not None
        self._turns, self._rolls, self._before = self._turns + 1, False, None
        # Asked before the subscription: a notification says only what changes, and this is where it starts from.
        recording = await self._recording()
        if not recording:
            self._before = await self._clip(unheard=None)
        url = f"{self._place.url}{API}/event/websocket"
        async with self._session.ws_connect(url, heartbeat=ANSWER_S, max_msg_size=MOST_BYTES) as line:
            subscribe = {"action": "subscribe", "properties": [RECORD]}
            await line.send_json({"type": "request", "id": 1, "data": subscribe})
            self._turned(recording, self._now())
            async for message in line:
                # Before the message is read: a GO is counted from when REC was told, not from when it was understood.
                at_s = self._now()
                for now_records in _records_in(message.data):
                    self._turned(now_records, at_s)

    def _turned(self, records: bool, at_s: float) -> None:
        """It says whether it records."""
        self._says(recording=records, at_s=at_s)
        if records is self._rolls:
            return
        self._turns, self._rolls = self._turns + 1, records
        if records:
            # The clip's name is asked for apart: a GO that hangs on REC doesn't wait for it.
            before, self._before = self._before, None
            self._begin(self._tell_clip(self._turns, before))
        elif self._before is None:
            self._begin(self._look_at_rest(self._turns))

    async def _recording(self) -> bool:
        status, answer = await self._ask("GET", f"{API}{RECORD}")
        if status != 200:
            raise _RefusedError(self._why(status))
        if not isinstance(answer, dict) or not isinstance(answer.get("recording"), bool):
            raise _RefusedError("The camera doesn't say whether it records.")
        return bool(answer["recording"])

    async def _tell_clip(self, turn: int, before: str | None) -> None:
        """Ask for the name of the clip that REC began, until it is told: `before` is what it told until then."""
        began_s = self._now()
        while self._turns == turn:
            path = await self._clip(unheard="")
            if path is None or self._turns != turn:
                return  # a take can do without the name of its clip, and must not have that of another
            if path not in ("", before) and (before is not None or self._now() - began_s >= NAMED_S):
                self._before = path
                self._says(recording=True, clip=PurePosixPath(path).name[:100])
                return
            await asyncio.sleep(POLL_S)

    async def _look_at_rest(self, turn: int) -> None:
        """Know which clip it tells from now on, once it has named what it recorded last."""
        await asyncio.sleep(NAMED_S)
        path = await self._clip(unheard=None)
        if self._turns == turn:
            self._before = path

    async def _clip(self, *, unheard: str | None) -> str | None:
        """The path of the clip that it tells; empty where it has none, None where it tells of none at all."""
        import aiohttp

        try:
            status, answer = await self._ask("GET", f"{API}{CLIP}")
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return unheard
        if status != 200:
            return None
        clip = answer.get("clip") if isinstance(answer, dict) else None
        path = clip.get("filePath") if isinstance(clip, dict) else None
        return path if isinstance(path, str) else ""

    async def _record(self, start: bool) -> None:
        import aiohttp

        try:
            status, _ = await self._ask("PUT", f"{API}{RECORD}", {"recording": start})
            if status in NO_PUT:
                status, _ = await self._ask("POST", f"{API}{RECORD if start else STOP}")
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            self._trouble(f"{self._unheard(error)} REC is unknown.")
            return
        if status not in (200, 204):
            self._trouble(self._why(status))

    def _why(self, status: int) -> str:
        if status == 307:
            return f"{self.source}: its web media manager is off. Turn it on in Blackmagic Camera Setup, under Network."
        return f"The camera answers {status} and does nothing."


def _records_in(raw: object) -> list[bool]:
    """The record states in a notification; empty where it is about something else, or can't be read."""
    if not isinstance(raw, str):
        return []
    with contextlib.suppress(ValueError, RecursionError):
        message = json.loads(raw)
        data = message.get("data") if isinstance(message, dict) else None
        if not isinstance(data, dict):
            return []
        if data.get("property") == RECORD:
            return _record_values(data.get("value"))
        values = data.get("values")
        return _record_values(values.get(RECORD)) if isinstance(values, dict) else []
    return []


def _record_values(value: object) -> list[bool]:
    found = value.get("recording") if isinstance(value, dict) else None
    return [found] if isinstance(found, bool) else []


class ZCamera(_NetworkCamera):
    """A Z CAM. Its session is ours while we listen; it is asked every tenth of a second."""

    async def _listen(self) -> None:
        status, _ = await self._ask("GET", "/ctrl/session")
        if status == 409:
            raise _RefusedError(f"{self.source}: another program has its session. Close that one first.")
        while True:
            # When it was asked, not answered: the mode is at most that old.
            before_s = self._now()
            status, answer = await self._ask("GET", "/ctrl/mode?action=query")
            if status == 409:
                raise _RefusedError(f"{self.source}: another program has taken its session.")
            mode = answer.get("msg") if isinstance(answer, dict) and answer.get("code") == 0 else None
            if status != 200 or not isinstance(mode, str):
                raise _RefusedError(f"The camera answers {status} and doesn't say what it does.")
            self._says(recording=mode in ("rec_ing", "rec_tl_ing"), at_s=before_s)
            await asyncio.sleep(POLL_S)

    async def _record(self, start: bool) -> None:
        import aiohttp

        try:
            status, answer = await self._ask("GET", f"/ctrl/rec?action={'start' if start else 'stop'}")
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            self._trouble(f"{self._unheard(error)} REC is unknown.")
            return
        if status == 409:
            self._trouble(f"{self.source}: another program has its session.")
        elif status != 200 or not isinstance(answer, dict) or answer.get("code") != 0:
            self._trouble(f"The camera answers {status} and does nothing.")

    async def _goodbye(self) -> None:
        await self._ask("GET", "/ctrl/session?action=quit")
