# SPDX-License-Identifier: MIT
"""The world outside, as a take holds it: looked at as GO leaves, and again as its row is closed."""

from __future__ import annotations

import contextlib
import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest

from followfocus.show.cues import Standby
from followfocus.sources.events import CameraSaid, Origin, SourceKind
from followfocus.sources.timecode import FollowedTimecode, Labelled, Timecode
from followfocus.stage import orders
from followfocus.stage.around import SeenAround
from followfocus.stage.outside_desk import Outside
from followfocus.stage.prepare import prepare
from followfocus.stage.run import Runner
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus.takes.rows import BEGUN, TakeRow
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import FollowFocusUnit, Progress
from followfocus.wire.messages import State
from tests.stage.scenarios import short
from tests.stage.test_runner import Bench

CAMERA, LTC = Origin(SourceKind.CAMERA, "blackmagic a"), Origin(SourceKind.LTC, "line")
FPS = Fraction(25)


@dataclass
class Set:
    """A set around a bench: its log, and what happens once the ring is on its way."""

    bench: Bench
    log: Path
    keeper: TakeKeeper
    outside: Outside = field(default_factory=Outside)
    happens: list[Callable[[], object]] = field(default_factory=list)
    begun: list[TakeRow] = field(default_factory=list)

    @property
    def now_s(self) -> float:
        return self.bench.unit.clock.now()

    @property
    def row(self) -> TakeRow:
        with TakeLog(self.log, create=False) as log:
            return log.rows()[-1]

    def camera(self, recording: bool | None, clip: str = "") -> None:
        said = CameraSaid(CAMERA, self.now_s, recording, clip)
        self.outside = self.outside.but(cameras=self.outside.cameras.heard(said))

    def timecode(self, number: int, at_s: float) -> None:
        """Two frames from this one on: one alone may be misread."""
        following = self.outside.timecodes.get(LTC, FollowedTimecode(FPS))
        for n in (number, number + 1, number + 2):
            label = Timecode(n // 90_000, n // 1500 % 60, n // 25 % 60, n % 25)
            following = following.heard(Labelled(label, at_s + (n - number) / 25))
        self.outside = self.outside.but(timecodes={LTC: following})

    def shoot(self, at_clock: int | None = None, timecode: str = "") -> TakeRow:
        """A take, from GO to its row in the log."""
        bench = self.bench
        if bench.unit.status.state is not State.ARMED:
            bench.do(orders.ArmOrder)
        context = bench.prepared.started("OSC x", timecode).context
        done = bench.do(orders.Shoot, 1, context, at_clock)
        assert done.answer.context == self.row.context, "what is told of it is what is kept"
        return self.row


@pytest.fixture
def on_set(tmp_path: Path) -> Iterator[Set]:
    show, log = short(2.0), tmp_path / "day.db"

    @contextlib.contextmanager
    def watch(_order: orders.Shoot) -> Iterator[Progress]:
        made.begun.append(made.row)  # as a program that dies now would leave it

        def progress(_elapsed_s: float, _status: object) -> None:
            while made.happens:
                made.happens.pop(0)()

        yield progress

    keeper = TakeKeeper(log)

    def runner(unit: FollowFocusUnit) -> Bench:
        return Bench(Runner(keeper, watch, around=lambda: made.outside), unit, prepare(show, Standby(), unit.info))

    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        made = Set(runner(unit), log, keeper)
        made.bench.ready()
        yield made


def test_a_clip_that_the_camera_names_in_the_take_is_the_take_s(on_set: Set) -> None:
    on_set.camera(True)
    on_set.happens.append(lambda: on_set.camera(True, "A001_C002.braw"))
    assert on_set.shoot().context.clip == "A001_C002.braw"
    assert [(row.verdict, row.context.clip) for row in on_set.begun] == [(BEGUN, "")]
    with TakeLog(on_set.log, create=False) as log:
        assert log.checked().whole


def test_a_clip_that_is_named_after_the_take_comes_into_its_row(on_set: Set) -> None:
    """As the unit is armed again, or as the program ends; sealed, and what people wrote meanwhile stays."""
    on_set.camera(True)
    assert on_set.shoot().context.clip == ""
    with TakeLog(on_set.log, create=False) as log:
        log.set_word(1, "circled")
        log.set_note(1, "the one")
    before = on_set.row
    on_set.camera(True, "A001_C002.braw")
    on_set.bench.do(orders.ArmOrder)
    assert on_set.row.context.clip == "A001_C002.braw"
    assert on_set.row == dataclasses.replace(before, context=on_set.row.context)
    on_set.camera(False)
    on_set.camera(True)
    assert on_set.shoot().context.clip == ""
    on_set.camera(False)
    assert on_set.keeper.retry() == []
    assert on_set.row.context.clip == "", "it never named what it rolled"
    on_set.bench.do(orders.BackToOne)
    on_set.camera(True)
    assert on_set.shoot().context.clip == ""
    on_set.camera(True, "A001_C004.braw")
    on_set.keeper.retry()
    with TakeLog(on_set.log, create=False) as log:
        assert [row.context.clip for row in log.rows()] == ["A001_C002.braw", "", "A001_C004.braw"]
        assert log.checked().whole


def test_a_name_that_comes_late_waits_for_room_in_the_log(on_set: Set) -> None:
    on_set.camera(True)
    on_set.shoot()
    on_set.camera(True, "A001_C002.braw")
    away = on_set.log.rename(on_set.log.with_name("away.db"))
    on_set.keeper.retry()
    away.rename(on_set.log)
    assert on_set.row.context.clip == ""
    on_set.keeper.retry()
    assert on_set.row.context.clip == "A001_C002.braw"


def test_a_damaged_row_takes_no_late_name(on_set: Set) -> None:
    on_set.camera(True)
    on_set.shoot()
    with contextlib.closing(sqlite3.connect(on_set.log)) as db, db:
        db.execute("UPDATE documents SET context = replace(context, 'osc', 'oso')")
        db.execute("UPDATE documents SET facts = '{}'")
    on_set.camera(True, "A001_C002.braw")
    on_set.keeper.retry()
    with TakeLog(on_set.log, create=False) as log:
        assert not log.checked().whole, "what was damaged is not sealed as if it were whole"
        assert log.rows()[-1].context.clip == ""


def test_a_clip_that_is_named_before_go_is_in_what_is_put_down_first(on_set: Set) -> None:
    on_set.camera(True, "A001_C002.braw")
    on_set.shoot()
    assert on_set.begun[0].context.clip == "A001_C002.braw"


def test_the_clip_of_the_take_before_is_not_the_next_one_s(on_set: Set) -> None:
    on_set.camera(True, "A001_C001.braw")
    assert on_set.shoot().context.clip == "A001_C001.braw"
    on_set.camera(False)
    assert on_set.shoot().context.clip == ""
    on_set.camera(True)
    assert on_set.shoot().context.clip == "", "it rolls, and has not named what"


def test_a_camera_that_is_cut_and_rolls_again_in_the_take_has_two_clips_in_it(on_set: Set) -> None:
    on_set.camera(True, "A001_C001.braw")
    on_set.happens += [lambda: on_set.camera(False), lambda: on_set.camera(True, "A001_C002.braw")]
    context = on_set.shoot().context
    assert (context.clip, context.clip_name) == ("A001_C001.braw, A001_C002.braw", "A001_C001")


@pytest.mark.parametrize("later_s", [None, 0.5], ids=["at once", "at a tick to come"])
def test_a_take_is_stamped_with_the_timecode_of_its_own_start(on_set: Set, later_s: float | None) -> None:
    """Whoever starts it, and however long after GO it begins."""
    at_s, sync = on_set.now_s, on_set.bench.unit.link.session.sync
    on_set.timecode(100, at_s)
    on_set.bench.do(orders.ArmOrder)
    row = on_set.shoot(None if later_s is None else sync.clock_at(on_set.now_s + later_s))
    after_s = sync.host_s(row.facts["start_clock"]) - at_s
    assert after_s > (later_s or 0.0)
    assert row.context.timecode == f"00:00:{4 + int(after_s):02}:{int(after_s * 25) % 25:02}"
    assert on_set.begun[0].context.timecode[:10] == row.context.timecode[:10]


def test_a_timecode_that_jumps_in_the_take_is_stamped_as_it_was_at_its_start(on_set: Set) -> None:
    on_set.timecode(100, on_set.now_s)
    on_set.happens.append(lambda: on_set.timecode(9000, on_set.now_s))
    assert on_set.shoot().context.timecode.startswith("00:00:04")


def test_a_label_that_go_was_counted_to_is_the_take_s_to_the_letter(on_set: Set) -> None:
    on_set.timecode(100, on_set.now_s)
    assert on_set.shoot(timecode="01:00:00:00").context.timecode == "01:00:00:00"


def test_a_label_is_kept_with_the_rate_that_it_counts_at(on_set: Set) -> None:
    """Of a label alone nobody can say it: 00:00:04:00 exists at 24 and at 25 fps."""
    on_set.timecode(100, on_set.now_s)
    context = on_set.shoot().context
    assert (context.fps, context.timecode_fps) == ("24", "25")
    assert context.label_frame is None, "the film's frames can't be counted from it"
    counted = dataclasses.replace(context, timecode="01:00:00:00", started_by=str(LTC))
    seen = SeenAround(on_set.bench.unit, lambda: on_set.outside, on_set.outside, on_set.now_s)
    assert seen.begun(counted).timecode_fps == "25"
    assert seen.begun(dataclasses.replace(counted, started_by="OSC x")).timecode_fps == ""


def test_a_take_that_could_not_begin_has_what_ran_as_go_was_given(on_set: Set) -> None:
    on_set.camera(True, "A001_C001.braw")
    on_set.timecode(100, on_set.now_s)
    bench = on_set.bench
    bench.do(orders.Shoot, 1, bench.prepared.context)  # it isn't armed
    assert on_set.row.verdict == "refused"
    assert (on_set.row.context.clip, on_set.row.context.timecode) == ("A001_C001.braw", "00:00:04:00")
