# SPDX-License-Identifier: MIT
"""A stage that is served, on the simulated unit in real time, in a thread of the test's; and waiting for it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from followfocus.show.cues import After
from followfocus.show.show import Show
from followfocus.sources.events import OutsideEvent
from followfocus.sources.gate import Gate
from followfocus.sources.loop import SourceLoop
from followfocus.stage import events
from followfocus.stage.events import Taken
from followfocus.stage.listening import Listening
from followfocus.stage.outside import AskOutcome
from followfocus.stage.outside_desk import Outside
from followfocus.stage.serving import Serving
from followfocus.stage.state import Stage
from followfocus.takes.diary import DiaryLine, write_diary
from followfocus.takes.keeper import TakeKeeper
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.messages import Cause, State

WAIT_S = 60.0


@dataclass
class Served:
    """The parts of a served show that a test needs."""

    serving: Serving
    unit: FollowFocusUnit
    loop: SourceLoop
    listening: Listening
    outcomes: list[AskOutcome] = field(default_factory=list)
    takes: list[Taken] = field(default_factory=list)
    diary: list[DiaryLine] = field(default_factory=list)
    news: threading.Condition = field(default_factory=threading.Condition)
    player: threading.Thread = field(default_factory=threading.Thread)

    def wait(self, found: Callable[[], object]) -> None:
        """Until something is so."""
        with self.news:
            assert self.news.wait_for(found, WAIT_S), self.serving.facts()

    def put(self, event: OutsideEvent) -> None:
        """Something from outside, by no network."""
        self.loop.soon(self.serving.submit, event)

    def arm(self) -> None:
        """Armed at the desk."""
        self.loop.soon(self.serving.step, events.ArmAsked())
        self.until_armed()

    def until_armed(self) -> None:
        """Wait for it; ARM is pressed again where a machine too busy to speak has let the ring rest on its way."""
        heard = self.unit.status.cause_clock

        def stands() -> bool:
            return not self.serving.stage.busy and self.serving.stage.under_way is None

        def cut_short() -> bool:
            status = self.unit.status
            return stands() and status.at_rest and status.cause is Cause.SILENCE and status.cause_clock != heard

        def armed() -> bool:
            return self.serving.stage.state is State.ARMED and stands()

        self.wait(lambda: armed() or cut_short())
        while not armed():
            heard = self.unit.status.cause_clock
            self.loop.soon(self.serving.step, events.ArmAsked())
            self.wait(lambda: armed() or cut_short())

    def note(self, *_: object) -> None:
        """Something has changed."""
        with self.news:
            self.news.notify_all()


@contextlib.contextmanager
def served(
    show: Show, *, open_gate: bool = True, rearm: bool = False, after: After = After.REPEAT, log: Path | None = None,
    port: str = "sim", at_deg: float | None = None,
) -> Iterator[Served]:  # fmt: skip
    """A show that is served until the block ends."""
    loop = SourceLoop()
    loop.start()
    rig = show.unit.rig(show.lenses[0].lens)
    with open_unit(port, rig=rig if port == "sim" else None) as unit:
        keeper = None if log is None else TakeKeeper(log)
        made: list[Served] = []

        def wrote(line: DiaryLine) -> None:
            made[0].diary.append(line)

        stage, outside = Stage(show, after=after, position_deg=at_deg), Outside(Gate(open_gate))
        serving = Serving(
            unit, stage, outside, loop.soon, loop.loop.call_later, keeper, rearm=rearm, wrote=wrote,
        )  # fmt: skip
        one = Served(serving, unit, loop, Listening(loop, serving, unit.clock))
        made.append(one)
        serving.told += [one.outcomes.append, one.note]
        serving.taken += [one.takes.append, one.note]
        serving.changes += [one.note, one.listening.tell]
        one.player = threading.Thread(target=serving.play)
        one.player.start()
        assert unit.info is not None
        loop.soon(serving.step, events.Met(unit.info))
        one.wait(lambda: serving.stage.state is not None and serving.stage.numbered and not serving.stage.under_way)
        try:
            yield one
        finally:
            one.listening.close()
            serving.stop()
            serving.end()
            one.player.join(WAIT_S)
            loop.soon(serving.flush)
            loop.close()
            if keeper is not None:
                keeper.retry()
            if log is not None and one.diary:
                write_diary(log, one.diary)
