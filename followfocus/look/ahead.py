# SPDX-License-Identifier: MIT
"""Drawing on all cores: bands of one frame, or frames ahead of the one that is asked for, handed over in order.

These threads only reckon: they wait for nothing and touch nothing shared.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

_From = TypeVar("_From")
_Made = TypeVar("_Made")


def cores() -> int:
    """Threads worth starting."""
    return max(1, min(8, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1))


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, cores() - 1), thread_name_prefix="look")


def on_all_cores(work: Callable[[_From], None], parts: Iterable[_From]) -> None:
    """Do the work for every part, all cores at once, this thread's too; returns when all is done."""
    left = deque(parts)

    def drain() -> None:
        while left:
            try:
                part = left.popleft()
            except IndexError:  # the last one went to another thread
                return
            work(part)

    others = [_pool().submit(drain) for _ in range(min(cores(), len(left)) - 1)]
    try:
        drain()
    finally:
        left.clear()
        for other in others:
            if not other.cancel():
                other.result()


def ahead(make: Callable[[_From], _Made], asked: Iterable[_From], at_once: int | None = None) -> Iterator[_Made]:
    """`make` of each, in order, `at_once` under way (one per core). Left early, it waits for those and ends."""
    at_once = at_once or cores()
    with ThreadPoolExecutor(at_once, thread_name_prefix="frames") as pool:
        waiting: deque[Future[_Made]] = deque()
        try:
            for one in asked:
                waiting.append(pool.submit(make, one))
                if len(waiting) > at_once:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
