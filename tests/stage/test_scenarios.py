# SPDX-License-Identifier: MIT
"""The table of scenarios through the player pumped in one thread, and through the commands that do so."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.plan.plan import Plan
from followfocus.show.cues import After, Standby
from followfocus.show.file import read_show, write_show
from followfocus.stage.events import Taken
from followfocus.stage.orders import Shoot
from followfocus.stage.rehearsal import Rehearsal
from followfocus.stage.together import Wheel
from followfocus.takes.keeper import TakeKeeper
from followfocus.unit import connect
from followfocus.unit.connect import open_unit
from followfocus.unit.unit import FollowFocusUnit, Progress
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from tests.stage.scenarios import BY_NAME, FOLLOWS_WITHIN_S, SCENARIOS, Scenario, outcomes, seen
from tests.support.cables import loose
from tests.support.hands import from_now, hand_file

UNSTOPPED = [one for one in SCENARIOS if one.stop_at_s is None]
SINGLE = ("one take", "three takes")
WITH_WHEEL = [one for one in SCENARIOS if one.wheel is not None]


def kept_m(scenario: Scenario) -> float:
    """The trim of the last mark after a scenario."""
    return scenario.kept_m or scenario.show.pulls[0].marks[-1].trim_m


def pumped(scenario: Scenario, path: Path) -> list[Taken]:
    """Play a scenario in virtual time; its takes are in the log at `path`."""
    show = scenario.show
    with open_unit(fast=True, rig=show.unit.rig(show.lenses[0].lens)) as unit:

        @contextmanager
        def watch(_order: Shoot) -> Iterator[Progress]:
            def progress(elapsed_s: float, _status: UnitStatus) -> None:
                if scenario.stop_at_s is not None and elapsed_s >= scenario.stop_at_s and not play.runner.epoch:
                    play.runner.stop(unit, unit.clock.now())

            yield progress

        @contextmanager
        def wheel(_unit: FollowFocusUnit, _plan: Plan) -> Iterator[Wheel]:
            assert scenario.wheel is not None
            yield from_now(unit.clock, scenario.wheel)

        play = Rehearsal(unit, show, TakeKeeper(path), watch, wheel=wheel)
        played = list(play.run(Standby(), scenario.takes, scenario.after))
        assert unit.config.take_silence is scenario.silence
        assert unit.status.state not in (State.ARMED, State.PLAYING)
        assert play.show.slate.take == scenario.slate_after
        assert play.show.pulls[0].marks[-1].trim_m == pytest.approx(kept_m(scenario), abs=0.001)
        if scenario.ends_deg is not None:
            assert unit.status.ring_deg == pytest.approx(scenario.ends_deg, abs=scenario.within_deg)
    return played


def cabled(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """The unit's cable is as loose as the scenario has it."""
    if scenario.cable_out_s is not None:
        monkeypatch.setattr(connect, "_simulated", loose(scenario.cable_out_s))


@pytest.mark.parametrize("name", BY_NAME)
def test_the_player_plays_the_table(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = BY_NAME[name]
    cabled(scenario, monkeypatch)
    played = pumped(scenario, tmp_path / "t.db")
    assert seen(outcomes(tmp_path / "t.db")) == scenario.expected
    if scenario.cable_out_s is not None:
        assert any("the link was lost on the way" in reason for reason in played[0].take.reasons)
    for one, follow_s in zip(played, scenario.follows, strict=False):
        if follow_s is not None:
            assert one.after_landing_s == pytest.approx(follow_s, abs=FOLLOWS_WITHIN_S)


@pytest.mark.parametrize("scenario", UNSTOPPED, ids=lambda one: one.name)
def test_rehearse_plays_it_alike(scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cabled(scenario, monkeypatch)
    pumped(scenario, tmp_path / "player.db")
    write_show(scenario.show, tmp_path / "s.ffshow")
    mode = {After.LIST: ["--through"], After.PINGPONG: ["--pingpong"], After.REPEAT: []}[scenario.after]
    words = ["rehearse", str(tmp_path / "s.ffshow"), "--takes", str(scenario.takes), *mode, "--fast", "--json"]
    if scenario.wheel is not None:
        monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
        words += ["--source", f"file:{hand_file(tmp_path / 'wheel.csv', scenario.wheel, 4.0)}"]
    done = CliRunner().invoke(build_app(["rehearse"]), [*words, "--log", str(tmp_path / "c.db")])
    assert done.exit_code == 0, done.exception
    assert outcomes(tmp_path / "c.db") == outcomes(tmp_path / "player.db")
    assert read_show(tmp_path / "s.ffshow").show.pulls[0].marks[-1].trim_m == pytest.approx(kept_m(scenario), abs=0.001)
    follows = [take["after_landing_s"] for take in json.loads(done.stdout)["takes"]]
    for found, follow_s in zip(follows, scenario.follows, strict=False):
        assert follow_s is None or found == pytest.approx(follow_s, abs=FOLLOWS_WITHIN_S)


@pytest.mark.parametrize("name", SINGLE)
def test_pull_is_a_show_of_one_cue(name: str, tmp_path: Path) -> None:
    scenario = BY_NAME[name]
    pumped(scenario, tmp_path / "player.db")
    words = ["pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.5", "--takes", str(scenario.takes)]
    done = CliRunner().invoke(build_app(["pull"]), [*words, "--fast", "--json", "--log", str(tmp_path / "c.db")])
    assert done.exit_code == 0, done.exception
    assert seen(outcomes(tmp_path / "c.db")) == scenario.expected
    same = [(one.steps, one.plan_hash) for one in outcomes(tmp_path / "player.db")]
    assert [(one.steps, one.plan_hash) for one in outcomes(tmp_path / "c.db")] == same


@pytest.mark.parametrize("scenario", WITH_WHEEL, ids=lambda one: one.name)
def test_pull_plays_a_hand_alike(scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    pumped(scenario, tmp_path / "player.db")
    cue = scenario.show.cues[0]
    wheel = hand_file(tmp_path / "wheel.csv", scenario.wheel or abs, 4.0)
    words = ["pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.8", "--hand", cue.hand]
    words += ["--source", f"file:{wheel}", *(["--keep"] if cue.hand_keep else [])]
    words += ["--within", f"{cue.hand_within_m}m"] if cue.hand_within_m else []
    done = CliRunner().invoke(build_app(["pull"]), [*words, "--fast", "--json", "--log", str(tmp_path / "c.db")])
    assert done.exit_code == 0, done.exception
    assert outcomes(tmp_path / "c.db") == outcomes(tmp_path / "player.db")


def test_what_a_limit_forbids_moves_nothing_in_either(tmp_path: Path) -> None:
    show = BY_NAME["one take"].show
    show = show.with_pull(dataclasses.replace(show.pulls[0], duration_s=0.05))
    write_show(show, tmp_path / "s.ffshow")
    for words in (
        ["rehearse", str(tmp_path / "s.ffshow")],
        ["pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.05"],
    ):
        done = CliRunner().invoke(build_app([words[0]]), [*words, "--fast", "--log", str(tmp_path / f"{words[0]}.db")])
        assert "is the shortest" in str(done.exception)
        assert not (tmp_path / f"{words[0]}.db").exists() or outcomes(tmp_path / f"{words[0]}.db") == []
