# SPDX-License-Identifier: MIT
"""The thread in which everything from the network is heard and answered: one asyncio loop, beside whoever plays.

Nothing in it waits for a unit, a disk or a person, so STOP that comes in is with the unit in the next moment.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
ANSWER_S = 10.0


def in_words(error: BaseException) -> str:
    """The system's own words for the error, without those that libraries put around them.

    >>> in_words(OSError(errno.ECONNREFUSED, "Connect call failed ('192.0.2.1', 80)"))
    'Connection refused'
    >>> in_words(ValueError("its answer has no end"))
    'its answer has no end'
    """
    found = getattr(error, "os_error", error)  # where aiohttp has put it
    if isinstance(found, OSError) and not isinstance(found, socket.gaierror) and (found.errno or 0) > 0:
        return os.strerror(found.errno or 0)
    return getattr(found, "strerror", "") or str(error) or type(error).__name__


def way_out(error: OSError) -> str:
    """Advice where an address can't be listened at."""
    if error.errno in (errno.EADDRINUSE, None):
        return "Give another port, or end the program that has it."
    if error.errno == errno.EACCES:
        return "Give a port from 1024 on."
    return "Give an address that this computer has."


class SourceLoop:
    """A loop in its own thread. `start`, then `run` what is to be set up in it; `close` ends all of it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        # A daemon: whatever hangs in it must not keep the program from ending.
        self._thread = threading.Thread(target=self._turn, name="sources", daemon=True)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop itself, for what is scheduled from within."""
        return self._loop

    def start(self) -> None:
        """Begin to turn."""
        self._thread.start()

    def run(self, job: Coroutine[Any, Any, T]) -> T:
        """Do a job in the loop and wait for what it returns; what it raises is raised here."""
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(ANSWER_S)

    def soon(self, call: Callable[..., object], *given: object) -> None:
        """Call something in the loop soon, from any thread; nothing where the loop has ended."""
        # Tried, not looked at first: the loop may close in between, and a STOP must not trip over what it tells.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(call, *given)

    def close(self) -> None:
        """End every job, and the thread."""
        if self._thread.is_alive():
            self.soon(self._loop.stop)
            self._thread.join(ANSWER_S)

    def _turn(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            jobs = asyncio.all_tasks(self._loop)
            # Cancelled and waited for, so that sockets are closed by
            # those who opened them and nothing is told of lost jobs.
            for job in jobs:
                job.cancel()
            self._loop.run_until_complete(asyncio.gather(*jobs, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()
