# SPDX-License-Identifier: MIT
"""A Blackmagic's clip: it is named some moments after REC; until then the camera tells the one before."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from followfocus.clock import SystemClock
from followfocus.sources import camera as camera_source
from followfocus.sources.camera import camera_at
from followfocus.sources.events import CameraSaid, OutsideEvent
from followfocus.sources.loop import SourceLoop
from followfocus.sources.places import CameraPlace
from followfocus.stage.rolls import Cameras
from tests.support.cameras import FakeBlackmagic, in_loop

WAIT_S, NEVER_S = 60.0, 1e6


@dataclass
class Met:
    """A fake camera and what ours says of it."""

    fake: FakeBlackmagic
    loop: SourceLoop
    said: list[CameraSaid] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)

    def hear(self, event: OutsideEvent) -> None:
        with self.news:
            if isinstance(event, CameraSaid):
                self.said.append(event)
            self.news.notify_all()

    def note(self) -> None:
        with self.news:
            self.news.notify_all()

    @property
    def named(self) -> list[str]:
        return [one.clip for one in self.said if one.clip]

    def wait(self, found: Callable[[], object]) -> None:
        with self.news:
            assert self.news.wait_for(found, WAIT_S), self.said

    def asks_again(self) -> None:
        """It has asked twice more: what it was told before was no answer."""
        asked = self.fake.clip_asked
        self.wait(lambda: self.fake.clip_asked >= asked + 2)

    def does(self, job: object) -> None:
        in_loop(job, self.loop.loop)

    def records(self, recording: bool) -> None:
        self.does(self.fake.rec(recording))
        self.wait(lambda: self.said[-1].recording is recording)


@pytest.fixture
def met() -> Iterator[Met]:
    with meeting(FakeBlackmagic(prompt=False)) as one:
        yield one


@contextmanager
def meeting(fake: FakeBlackmagic) -> Iterator[Met]:
    loop = SourceLoop()
    loop.start()
    one = Met(fake, loop)
    fake.heard = one.note
    place = CameraPlace("blackmagic", "127.0.0.1", in_loop(fake.start(), loop.loop))
    ours = camera_at(place, loop.loop, one.hear, SystemClock().now)
    loop.run(ours.start())
    try:
        one.wait(lambda: one.said)
        yield one
    finally:
        loop.run(ours.close())
        in_loop(fake.stop(), loop.loop)
        loop.close()


def test_a_name_that_comes_late_is_asked_for_until_it_comes(met: Met) -> None:
    met.records(True)
    met.asks_again()
    assert met.named == []
    met.does(met.fake.name())
    met.wait(lambda: met.named)
    assert met.named == ["A001_0001.braw"]


def test_the_clip_of_before_is_not_taken_for_the_one_that_begins(met: Met) -> None:
    met.records(True)
    met.does(met.fake.name())
    met.wait(lambda: met.named)
    met.records(False)
    met.records(True)
    met.asks_again()
    assert met.named == ["A001_0001.braw"]
    met.does(met.fake.name())
    met.wait(lambda: len(met.named) == 2)
    assert met.named[-1] == "A001_0002.braw"


def test_a_name_that_comes_after_the_cut_is_of_no_roll_and_starts_none(
    met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer was told as if the camera recorded: REC was then seen to begin no more."""
    monkeypatch.setattr(camera_source, "NAMED_S", NEVER_S)
    met.records(True)
    met.asks_again()
    met.records(False)
    met.does(met.fake.name())
    met.records(True)
    met.asks_again()
    cameras = Cameras()
    for one in met.said:
        cameras = cameras.heard(one)
    assert [one.recording for one in met.said if not one.clip][-3:] == [True, False, True]
    assert "A001_0001.braw" not in [roll.clip for roll in cameras.rolls]


def test_after_a_roll_that_was_never_named_only_what_is_told_for_long_enough_is_its_name(
    met: Met, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera_source, "NAMED_S", NEVER_S)
    met.records(True)
    met.records(False)
    met.does(met.fake.name())
    met.records(True)
    met.asks_again()
    met.does(met.fake.name())
    met.asks_again()
    assert met.named == []
    monkeypatch.setattr(camera_source, "NAMED_S", 0.0)
    met.wait(lambda: met.named)
    assert met.named == ["A001_0002.braw"]


def test_a_camera_that_tells_of_no_clip_records_all_the_same() -> None:
    older = FakeBlackmagic()
    older.tells_clip = False
    with meeting(older) as met:
        for recording in (True, False, True):
            met.records(recording)
        assert met.named == []
