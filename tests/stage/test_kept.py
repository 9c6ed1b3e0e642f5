# SPDX-License-Identifier: MIT
"""The log of everything begun: a refused GO is a refused GO, a rehearsal is a rehearsal."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from followfocus.show.cues import Standby
from followfocus.show.show import Show
from followfocus.stage import orders
from followfocus.stage.events import Done, Failed, Taken
from followfocus.stage.player import step
from followfocus.stage.prepare import prepare
from followfocus.stage.rehearsal import Rehearsal
from followfocus.stage.run import Runner
from followfocus.stage.state import Stage
from followfocus.takes.context import TakeContext
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus.takes.takes import Take
from followfocus.unit.connect import open_unit
from followfocus.wire.evidence import Sample
from followfocus.wire.messages import GetStatus, Silence, State, Telemetry
from tests.stage.scenarios import short


class _Watched(TakeKeeper):
    """A keeper that looks at the unit whenever it is asked."""

    def __init__(self, path: Path, look: Callable[[], bool]) -> None:
        super().__init__(path)
        self._look_at = look
        self.seen: list[tuple[str, bool]] = []

    def begin(
        self, context: TakeContext, take: int | None = None, planned: Sequence[Sample] = (), *, hurry: bool = False
    ) -> int | None:
        self.seen.append(("begun", self._look_at()))
        return super().begin(context, take, planned, hurry=hurry)

    def secure(self) -> int | None:
        self.seen.append(("secured", self._look_at()))
        return super().secure()

    def keep(self, take: Take, context: TakeContext, row: int | None = None, _clips: object = None, /) -> int | None:
        self.seen.append(("kept", self._look_at()))
        return super().keep(take, context, row)


def test_a_take_is_put_down_before_go_and_secured_while_it_runs(tmp_path: Path) -> None:
    show, path = short(), tmp_path / "takes.db"
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        keeper = _Watched(path, lambda: unit.line.ask(GetStatus(), Telemetry).state == State.PLAYING)
        runner, prepared = Runner(keeper), prepare(show, Standby(), unit.info)
        for order in (
            orders.Ready(1, 0, prepared.plan, Silence.FINISH, 82.5), orders.LoadOrder(2, 0, prepared.plan),
            orders.ArmOrder(3, 0), orders.Shoot(4, 0, 4, prepared.context),
        ):  # fmt: skip
            assert isinstance(runner.do(order, unit), Done)
    assert keeper.seen == [("begun", False), ("secured", True), ("kept", False)]
    with TakeLog(path, create=False) as log:
        assert [row.verdict for row in log.rows()] == ["good"]


def test_a_refused_go_is_told_as_refused_and_a_rehearsal_as_one(tmp_path: Path) -> None:
    show, path = short(), tmp_path / "takes.db"
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        runner, prepared = Runner(TakeKeeper(path)), prepare(show, Standby(), unit.info)
        assert isinstance(runner.do(orders.Ready(1, 0, prepared.plan, Silence.FINISH, 82.5), unit), Done)
        assert isinstance(runner.do(orders.LoadOrder(2, 0, prepared.plan), unit), Done)
        refused = runner.do(orders.Shoot(3, 0, 4, prepared.context), unit)
        assert isinstance(refused, Failed)
        assert refused.begun
        assert isinstance(runner.do(orders.ArmOrder(4, 0), unit), Done)
        rehearsed = runner.do(orders.Shoot(5, 0, 5, prepared.context, counts=False), unit)
        assert isinstance(rehearsed, Done)
        assert isinstance(rehearsed.answer, Taken)
        assert rehearsed.answer.rehearsed
    with TakeLog(path, create=False) as log:
        first, second = log.rows()
    assert (first.take, first.verdict) == (4, "refused")
    assert "nothing moved" in first.reasons[0]
    assert (second.slate, second.rehearsed, second.verdict) == ("1 rehearsal", True, "good")


def of_another(show: Show, take: int) -> TakeContext:
    """A take of the same shot, as another program keeps it."""
    return TakeContext(production=show.production, slate=dataclasses.replace(show.slate, take=take))


def test_a_number_that_another_program_has_used_goes_on_to_the_next_take(tmp_path: Path) -> None:
    show, path = short(), tmp_path / "takes.db"
    TakeLog(path).shut()
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        play = Rehearsal(unit, show, TakeKeeper(path), at_deg=82.5)
        with TakeLog(path) as log:
            log.begin(of_another(show, take=2))
        run = play.run(Standby(), 4)
        first, second = next(run), next(run)
        with TakeLog(path) as log:
            log.begin(of_another(show, take=4))
        taken = [first, second, *run]
    assert [one.take.take for one in taken] == [1, 3, 5, 6]
    assert [one.context.slate.take for one in taken] == [1, 3, 5, 6]
    assert [one.trouble for one in taken] == [
        "",
        "Another program has kept a take 2 in this log, so this is take 3.",
        "Another program has kept a take 4 in this log, so this is take 5.",
        "",
    ]
    assert play.show.slate.take == 7
    with TakeLog(path) as log:
        assert [row.take for row in log.rows()] == [2, 1, 3, 4, 5, 6]


def test_a_refused_go_uses_the_number_that_the_log_has_for_it(tmp_path: Path) -> None:
    show, path = short(), tmp_path / "takes.db"
    TakeLog(path).shut()
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:
        runner, prepared = Runner(TakeKeeper(path)), prepare(show, Standby(), unit.info)
        with TakeLog(path) as log:
            log.begin(of_another(show, take=1))
        assert isinstance(runner.do(orders.Ready(1, 0, prepared.plan, Silence.FINISH, 82.5), unit), Done)
        assert isinstance(runner.do(orders.LoadOrder(2, 0, prepared.plan), unit), Done)
        refused = runner.do(orders.Shoot(3, 0, 1, prepared.context), unit)
        assert isinstance(refused, Failed)
        assert refused.begun == 2
    stage = Stage(show, under_way=refused.order)
    assert step(stage, refused)[0].show.slate.take == 3
