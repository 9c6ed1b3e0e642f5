# SPDX-License-Identifier: MIT
"""Frames drawn ahead on all cores, handed over in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from followfocus.look.stack import cores

Asked = TypeVar("Asked")
Made = TypeVar("Made")


def ahead(make: Callable[[Asked], Made], asked: Iterable[Asked]) -> Iterator[Made]:
    """`make` of each, in order, a frame per core under way at a time. Left early, it waits for those and ends."""
    with ThreadPoolExecutor(cores(), thread_name_prefix="frames") as pool:
        waiting: deque[Future[Made]] = deque()
        try:
            for one in asked:
                waiting.append(pool.submit(make, one))
                if len(waiting) > cores():
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
