# SPDX-License-Identifier: MIT
"""The words for what a network refuses, a hand from a file by its clock, and an audio input that goes and comes."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable

import numpy as np
import pytest

from followfocus.clock import VirtualClock
from followfocus.errors import RequestError
from followfocus.hand.events import SourceEvent, WheelGone, WheelLeaned, WheelPlaced, WheelPressed, WheelTurned
from followfocus.sources import ltc_device
from followfocus.sources.events import OutsideEvent, SourceSaid
from followfocus.sources.loop import SourceLoop, in_words, way_out
from followfocus.sources.ltc_device import LATEST_S, SOONEST_S, Block, LiveAudio, behind_s
from followfocus.sources.scripted import Scripted


class WrappedError(Exception):
    """An error of a library with the system's within."""

    def __init__(self, within: OSError) -> None:
        super().__init__("Cannot connect to host")
        self.os_error = within


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ECONNREFUSED, "as asyncio puts it"), "Connection refused"),
        (WrappedError(OSError(errno.EHOSTUNREACH, "x")), "No route to host"),
        (socket.gaierror(8, "Name or service not known"), "Name or service not known"),
        (OSError(0, "nothing of the system's"), "nothing of the system's"),
        (OSError(-2, "a library's own"), "a library's own"),
        (OSError(1, "x"), "Operation not permitted"),
        (OSError("in words only"), "in words only"),
        (TimeoutError(), "TimeoutError"),
        (ValueError("its answer has no end"), "its answer has no end"),
    ],
)
def test_an_error_of_the_network_is_told_in_the_systems_words(error: BaseException, words: str) -> None:
    assert in_words(error) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EADDRINUSE, "another port"),
        (None, "another port"),
        (errno.EACCES, "from 1024 on"),
        (errno.EADDRNOTAVAIL, "an address"),
    ],
)
def test_the_way_out_of_an_address_that_can_not_be_had(number: int | None, words: str) -> None:
    error = OSError("x") if number is None else OSError(number, "x")
    assert words in way_out(error)


def test_a_loop_that_has_ended_does_nothing_and_hurts_nobody() -> None:
    loop, done = SourceLoop(), list[int]()

    async def job() -> int:
        return 7

    loop.close()
    loop.start()
    assert loop.run(job()) == 7
    loop.soon(done.append, 1)
    assert loop.run(job()) == 7
    assert done == [1]
    loop.close()
    loop.soon(done.append, 2)
    assert done == [1]


def test_what_still_runs_in_a_loop_ends_with_it_and_lets_go_of_what_it_has() -> None:
    loop, ended = SourceLoop(), list[str]()

    async def for_ever(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    async def begin() -> list[asyncio.Task[None]]:
        tasks = [asyncio.get_running_loop().create_task(for_ever(name)) for name in "ab"]
        await asyncio.sleep(0)
        return tasks

    loop.start()
    tasks = loop.run(begin())
    loop.close()
    assert sorted(ended) == ["a", "b"]
    assert all(task.cancelled() for task in tasks)
    assert loop.loop.is_closed()


def test_a_hand_from_a_file_is_due_by_the_clock_from_its_first_poll_on() -> None:
    heard, clock = list[SourceEvent](), VirtualClock()
    events = [(0.5, "turn", "3"), (0.5, "place", "0.25"), (0.75, "lean", "-1"), (1.0, "press", "A"), (2.0, "gone", "")]
    hand = Scripted("hand.csv", events, heard.append, clock)
    clock.advance(10.0)
    assert hand.due_s == 10.0
    hand.poll()
    assert (hand.due_s, heard, hand.over) == (10.5, [], False)
    clock.advance(0.5 - 1e-6)
    hand.poll()
    assert heard == []
    clock.advance(1e-6)
    hand.poll()
    assert heard == [WheelTurned(10.5, "hand.csv", 3.0), WheelPlaced(10.5, "hand.csv", 0.25)]
    assert hand.due_s == 10.75
    clock.advance(1.4)
    hand.poll()
    assert heard[2:] == [WheelLeaned(10.75, "hand.csv", -1.0), WheelPressed(11.0, "hand.csv", "A")]
    assert not hand.over
    clock.advance(5.0)
    hand.poll()
    assert heard[4:] == [WheelGone(12.0, "hand.csv")]
    assert hand.over
    assert hand.due_s == clock.now()


@pytest.mark.parametrize(
    ("said_s", "behind"),
    [
        (0.0, 0.0),
        (SOONEST_S, -0.1),
        (SOONEST_S - 1e-9, 0.02),
        (LATEST_S, 1.0),
        (LATEST_S + 1e-9, 0.02),
        (float("nan"), 0.02),
    ],
)
def test_a_device_is_believed_within_bounds_only(said_s: float, behind: float) -> None:
    assert behind_s(said_s, 0.02) == behind


class Card:
    """A sound card that is pulled out and put back: the streams of it, and what they call."""

    def __init__(self) -> None:
        self.there, self.stuck, self.closed = True, False, 0
        self.callbacks: list[Callable[[float], Callable[[object, float, bool], None]]] = []
        self.active = True

    def open(self, _name: str, callback: Callable[[float], Callable[[object, float, bool], None]]) -> Card:
        if not self.there:
            raise RequestError("There is no such input.")
        self.callbacks.append(callback)
        self.active = True
        return self

    def close(self, _stream: object) -> None:
        self.closed += 1


@pytest.mark.parametrize("stuck", [False, True])
def test_an_input_that_goes_is_told_once_and_so_is_its_return(monkeypatch: pytest.MonkeyPatch, stuck: bool) -> None:
    card, told, blocks, clock = Card(), list[OutsideEvent](), list[Block](), VirtualClock()
    card.stuck = stuck
    monkeypatch.setattr(ltc_device, "INPUTS", card)
    live = LiveAudio("tape deck", blocks.append, clock, told.append)
    live.poll()
    assert told == []
    clock.advance(3.0)
    hear = card.callbacks[0](48_000.0)
    hear(np.zeros(480), 0.25, False)
    hear(np.zeros(480), 99.0, True)
    assert [(one.rate_hz, one.first_s, one.torn) for one in blocks] == [(48_000.0, 2.75, False), (48_000.0, 2.99, True)]
    card.there = card.active = False
    for _ in range(3):
        live.poll()
    assert card.closed == 1
    card.there = True
    live.poll()
    live.poll()
    said = [(one.words, one.trouble, one.at_s) for one in told if isinstance(one, SourceSaid)]
    way = "Start followfocus anew to hear it" if stuck else "It is heard again when it is back"
    assert said == [(f"Tape deck is gone. {way}.", True, 3.0), ("Tape deck is back.", False, 3.0)]
    live.close()
    live.close()
    assert card.closed == 2
