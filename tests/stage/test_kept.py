# SPDX-License-Identifier: MIT
"""What the log says of what was begun: a refused GO is a refused GO, a rehearsal is a rehearsal."""

from __future__ import annotations

from pathlib import Path

from followfocus.show.cues import Standby
from followfocus.stage import orders
from followfocus.stage.events import Done, Failed, Taken
from followfocus.stage.prepare import prepare
from followfocus.stage.run import Runner
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus.unit.connect import open_unit
from followfocus.wire.messages import Silence
from tests.stage.scenarios import short


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
