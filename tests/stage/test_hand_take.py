# SPDX-License-Identifier: MIT
"""A hand's take is kept as any take is, however it ended, and can be played again."""

from pathlib import Path

import numpy as np
import pytest

from followfocus.hand.events import WheelGone
from followfocus.plan.plan import Conditions, rig_for
from followfocus.plan.recorded import playable_plan
from followfocus.show.slate import Slate
from followfocus.stage.hand_recorder import HandRecorder
from followfocus.takes.context import TakeContext
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.log import TakeLog
from followfocus.takes.recording import of_take
from followfocus.takes.takes import Take, Verdict
from tests.support.hands import HandBench, there_and_back


def recorded(path: Path | None, end: str = "") -> tuple[Take, HandBench]:
    """A hand of 6 s, recorded; ended early as `end` says."""
    hand = HandBench()
    keeper = None if path is None else TakeKeeper(path)
    assert hand.unit.info is not None
    recorder = HandRecorder(hand.unit.info, hand.lens, Conditions(2.8), rig_for(hand.lens), Slate("27", 1), keeper)
    recorder.begin(100.0)
    hand.by_hand.holds = True
    hand.turn(there_and_back, 2.5 if end else 6.0)
    if end == "stop":
        hand.unit.stop(wait=False)
    elif end == "cut":
        hand.bench.reachable = False
        hand.bench.cut()
    elif end == "unplugged":
        hand.say(WheelGone(hand.now_s, "wheel"))
        recorder.unplugged()
    hand.wait(0.2)
    hand.by_hand.end()
    take = recorder.end(hand.ended[0], hand.unit.steps_per_deg).take
    hand.unit.close()
    return take, hand


def test_it_has_slate_evidence_and_a_trace_by_the_units_clock(tmp_path: Path) -> None:
    take, _ = recorded(tmp_path / "t.db")
    with TakeLog(tmp_path / "t.db", create=False) as log:
        (row,) = log.rows()
        kept = log.take(row.id)
    assert (row.verdict, row.shot, row.pull, row.context.easing) == ("good", "27A", "by hand", "by hand")
    assert row.landing_error_deg is None
    assert row.context.marks[0].ring_deg == 100.0
    times, ring = kept.traces["actual"].T
    assert np.all(np.diff(times) > 0)
    assert times[-1] == pytest.approx(6.2, abs=0.1)
    assert ring[0] == pytest.approx(100.0, abs=0.05)
    assert ring[-1] == pytest.approx(100.0 + there_and_back(6.0), abs=0.05)
    assert len(kept.traces["planned"]) >= 600
    assert take.actual_s == pytest.approx(times[-1])


@pytest.mark.parametrize(
    ("end", "verdict", "why"),
    [
        ("stop", Verdict.STOPPED, "stopped"),
        ("unplugged", Verdict.STOPPED, "the wheel was unplugged: the ring stopped where it was"),
        ("cut", Verdict.LOST, ""),
    ],
)
def test_however_it_ends_it_is_kept(tmp_path: Path, end: str, verdict: Verdict, why: str) -> None:
    take, _ = recorded(tmp_path / "t.db", end)
    assert take.verdict is verdict
    assert any(why in reason for reason in take.reasons)
    with TakeLog(tmp_path / "t.db", create=False) as log:
        (row,) = log.rows()
        assert row.verdict == verdict.value
        assert len(log.take(row.id).traces["actual"]) > 100


def test_a_take_that_has_begun_is_in_the_log_before_it_ends(tmp_path: Path) -> None:
    hand = HandBench()
    assert hand.unit.info is not None
    keeper = TakeKeeper(tmp_path / "t.db")
    recorder = HandRecorder(hand.unit.info, hand.lens, Conditions(2.8), rig_for(hand.lens), Slate(), keeper)
    recorder.begin(100.0)
    with TakeLog(tmp_path / "t.db", create=False) as log:
        assert [row.verdict for row in log.rows()] == ["begun"]
    hand.unit.close()


def test_a_replay_goes_where_the_ring_went(tmp_path: Path) -> None:
    recorded(tmp_path / "t.db")
    found = of_take(tmp_path / "t.db", 1)
    plan = playable_plan(found.lens, found.times_s, found.ring_deg, found.conditions, noise_s=found.noise_s)
    assert plan.feasibility.feasible
    assert plan.motion.duration_s == pytest.approx(found.times_s[-1] - found.times_s[0])
    off = np.abs(plan.motion.ring_deg(found.times_s - found.times_s[0]) - found.ring_deg)
    assert off.max() < 0.1


def test_its_number_and_names_are_those_of_the_log(tmp_path: Path) -> None:
    hand = HandBench()
    assert hand.unit.info is not None
    about = TakeContext(production="Table", camera="A", first_ac="Kim")
    recorders = [
        HandRecorder(
            hand.unit.info, hand.lens, Conditions(2.8), rig_for(hand.lens), Slate("27"),
            TakeKeeper(tmp_path / "t.db"), about,
        )
        for _ in range(2)
    ]  # fmt: skip
    for recorder in recorders:
        recorder.begin(100.0)
    assert [recorder.slate.take for recorder in recorders] == [1, 2]
    with TakeLog(tmp_path / "t.db", create=False) as log:
        rows = log.rows()
    assert [(row.take, row.context.slate.take) for row in rows] == [(1, 1), (2, 2)]
    said = {(row.context.production, row.context.camera, row.context.first_ac) for row in rows}
    assert said == {("Table", "A", "Kim")}
    hand.unit.close()
