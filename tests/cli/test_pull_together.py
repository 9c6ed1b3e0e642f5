# SPDX-License-Identifier: MIT
"""`followfocus pull --hand …`: what it plays, prints and keeps, and what it refuses."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FollowFocusError
from followfocus.hand.events import WheelGone
from followfocus.hand.hand import WheelHand
from followfocus.hand.manners import HandManners
from followfocus.hand.turned import TurnedWheel
from followfocus.lens.map import load_lens
from followfocus.show.file import write_show
from followfocus.show.show import new_show
from followfocus.takes.log import TakeLog
from tests.support.hands import hand_file

PULL = ("pull", "ideal-50", "--from", "60deg", "--to", "100deg", "--duration", "2", "--fast", "--json")


@pytest.fixture(autouse=True)
def _own_wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(build_app(["pull"]), [str(argument) for argument in (*PULL, *arguments)])
    error = result.exception
    if isinstance(error, FollowFocusError):
        return error.exit_code, result.stdout, str(error)
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return result.exit_code, result.stdout, ""


def played(*arguments: object) -> dict[str, Any]:
    code, out, words = run(*arguments)
    assert code == 0, words
    take: dict[str, Any] = json.loads(out)["takes"][0]
    return take


def turned(t: float) -> float:
    return 6.0 * min(1.0, t)


def test_a_ride_shows_plan_hand_and_result_apart(tmp_path: Path) -> None:
    wheel = hand_file(tmp_path / "wheel.csv", turned, 4.0)
    log = tmp_path / "t.db"
    take = played("--hand", "ride", "--source", f"file:{wheel}", "--log", log)
    hand = take["hand"]
    assert (take["verdict"], hand["how"], hand["trim_deg"], hand["ended"]) == ("good", "ride", 0.0, "")
    assert hand["plan"][-1][1] == pytest.approx(100.0)
    assert max(deg for _, deg in hand["wheel"]) == pytest.approx(6.0, abs=0.2)
    assert max(deg for _, deg in hand["ring"]) == pytest.approx(106.0, abs=0.6)
    assert hand["longest_silence_ms"] < 20.0
    with TakeLog(log) as kept:
        assert kept.count() == 1
        row = kept.take(take["row"]).row
    assert row.context.easing == "with the hand: ride"


def test_what_was_ridden_may_stay(tmp_path: Path) -> None:
    wheel = hand_file(tmp_path / "wheel.csv", turned, 4.0)
    take = played("--hand", "ride", "--keep", "--source", f"file:{wheel}", "--no-log")
    assert take["hand"]["trim_deg"] == pytest.approx(6.0, abs=0.2)


def test_the_wheel_plays_the_pull(tmp_path: Path) -> None:
    wheel = hand_file(tmp_path / "wheel.csv", lambda t: 45.0 * min(1.0, t / 3.0), 4.0)
    take = played("--hand", "scrub", "--source", f"file:{wheel}", "--no-log")
    assert take["hand"]["trim_deg"] == 0.0
    assert take["hand"]["ring"][-1][1] == pytest.approx(100.0, abs=0.1)


def test_a_file_that_is_at_its_end_before_the_scrub_is_ends_the_take(tmp_path: Path) -> None:
    wheel = hand_file(tmp_path / "wheel.csv", turned, 1.0)
    code, out, words = run("--hand", "scrub", "--source", f"file:{wheel}", "--no-log")
    (take,) = json.loads(out)["takes"]
    assert (code, take["verdict"]) == (1, "stopped")
    assert "wheel.csv is at its end, and the pull is not. The ring stands where it led." in words
    assert take["hand"]["plan"][-1][0] < 10.0


def test_why_a_take_with_a_hand_ended_early_is_said_once(tmp_path: Path) -> None:
    wheel = hand_file(tmp_path / "wheel.csv", turned, 1.0)
    arguments = [*PULL, "--hand", "scrub", "--source", f"file:{wheel}", "--no-log"]
    result = CliRunner().invoke(build_app(["pull"]), arguments)
    assert f"{result.stderr}{result.exception}".count("is at its end") == 1


def test_a_cue_is_rehearsed_with_a_hand(tmp_path: Path) -> None:
    wheel, show = hand_file(tmp_path / "wheel.csv", turned, 4.0), tmp_path / "a.ffshow"
    words = ["show", "new", str(show), "--lens", "ideal-50"]
    assert CliRunner().invoke(build_app(["show"]), words).exit_code == 0
    words = ["rehearse", str(show), "--fast", "--json", "--no-log", "--hand", "ride", "--source", f"file:{wheel}"]
    result = CliRunner().invoke(build_app(["rehearse"]), words)
    assert result.exit_code == 0, result.exception
    assert json.loads(result.stdout)["takes"][0]["hand"]["how"] == "ride"


def test_a_wheel_that_is_unplugged_ends_the_take_and_it_is_kept() -> None:
    wheel = TurnedWheel(WheelHand(HandManners(), 300.0), 60.0)
    wheel.hear(WheelGone(0.0, "X-Touch"))
    with pytest.raises(FollowFocusError, match="X-Touch was unplugged"):
        wheel.deg(0.1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--hand", "lead", "--source", "hid"), "not known"),
        (("--hand", "ride"), "needs a wheel"),
        (("--source", "hid"), "for a pull with --hand"),
        (("--hand", "scrub", "--keep", "--source", "hid"), "--keep is for"),
        (("--hand", "ride", "--source", "hid", "--cue"), "streamed"),
    ],
)
def test_what_does_not_go_together_is_said(arguments: tuple[str, ...], words: str) -> None:
    code, _, said = run(*arguments, "--no-log")
    assert code == 2
    assert words in said


@pytest.mark.parametrize(("units", "says"), [("metric", "±2 cm"), ("imperial", '±2"')])
def test_a_bare_bound_is_in_the_units_of_the_show_as_a_bare_trim_is(tmp_path: Path, units: str, says: str) -> None:
    made = new_show("", load_lens("ideal-50"))
    path = tmp_path / "day.ffshow"
    write_show(dataclasses.replace(made, preferences=dataclasses.replace(made.preferences, units=units)), path)
    wheel = hand_file(tmp_path / "wheel.csv", turned, 4.0)
    words = ["rehearse", path, "--hand", "ride", "--within", "2", "--source", f"file:{wheel}", "--fast", "--no-log"]
    result = CliRunner().invoke(build_app(["rehearse"]), list(map(str, words)))
    assert result.exit_code == 0, result.output
    assert says in result.output
