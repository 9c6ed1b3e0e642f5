# SPDX-License-Identifier: MIT
"""Where the ring stands is asked for once the motor holds it: `--at`, `unit reference`, `unit confirm`, `unit hold`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app, ring_place
from followfocus.errors import FollowFocusError
from followfocus.sim.build import Build
from followfocus.sim.device import SimulatedUnit
from followfocus.wire.messages import Board
from tests.support.benches import on_tcp


@pytest.fixture
def real() -> Iterator[tuple[SimulatedUnit, str]]:
    """A unit that says it is a real board, so that somebody has to look at its ring."""
    unit = SimulatedUnit(build=Build(board=Board.ATMEGA328P))
    with on_tcp(unit) as url:
        yield unit, url


def run(*arguments: str, answer: str | None = None) -> tuple[int, dict[str, Any], str]:
    """Exit code, the JSON document, and what was said."""
    result = CliRunner().invoke(build_app(["unit", "pull"]), [*arguments, "--json"], input=answer)
    printed = [line for line in result.stdout.splitlines() if line.startswith("{")]  # the runner echoes the answers
    document = json.loads(printed[0]) if printed else {}
    if isinstance(result.exception, FollowFocusError):
        return result.exception.exit_code, document, result.stderr + str(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, document, result.stderr


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal:
        @staticmethod
        def isatty() -> bool:
            return True

    class System:
        stdin = stderr = Terminal

    monkeypatch.setattr(ring_place, "sys", System)


def test_without_a_person_the_jump_is_told(real: tuple[SimulatedUnit, str]) -> None:
    unit, url = real
    code, found, words = run("unit", "reference", "101.7", "--port", url)
    assert code == 0
    assert "The motor was off. It has taken hold of the ring just now, and may have turned it by up to 1.4°." in words
    assert "Look whether it stands at 101.7" in words
    assert found["status"]["ring_deg"] == pytest.approx(unit.ring_deg, abs=0.03)
    assert run("unit", "reference", "101.7", "--port", url)[2] == "", "now the motor holds it already"


@pytest.mark.usefixtures("at_a_terminal")
def test_a_person_is_asked_again(real: tuple[SimulatedUnit, str]) -> None:
    code, found, words = run("unit", "reference", "inf", "--lens", "ideal-50", "--port", real[1], answer="10deg\n")
    assert code == 0
    assert "Where does the ring stand now?" in words
    assert found["status"]["ring_deg"] == pytest.approx(10.0, abs=0.03)


def test_hold_first_then_look(real: tuple[SimulatedUnit, str]) -> None:
    url = real[1]
    code, found, words = run("unit", "hold", "--port", url)
    assert (code, found["status"]["state"]) == (0, "unreferenced")
    assert "Look where the ring stands now." in words
    assert run("unit", "hold", "--port", url)[2] == ""
    assert run("unit", "reference", "30", "--port", url)[2] == ""


def test_a_parked_place_is_taken_once_the_motor_holds(real: tuple[SimulatedUnit, str]) -> None:
    url = real[1]
    run("unit", "reference", "150", "--port", url)
    run("unit", "park", "--port", url)
    code, found, words = run("unit", "confirm", "--port", url)
    assert "Taken as it was parked: 150.0°. Look whether it stands there." in words
    assert (code, found["status"]["ring_deg"]) == (0, pytest.approx(150.0, abs=0.03))


@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize(("answer", "code", "state"), [("y\n", 0, "idle"), ("n\n", 1, "unreferenced")])
def test_a_person_confirms_what_was_parked(real: tuple[SimulatedUnit, str], answer: str, code: int, state: str) -> None:
    url = real[1]
    run("unit", "hold", "--port", url)
    run("unit", "reference", "150", "--port", url)
    run("unit", "park", "--port", url)
    ended, _, words = run("unit", "confirm", "--port", url, answer=answer)
    assert ended == code
    assert "Does it stand at 150.0°?" in words
    assert real[0].state.name.lower() == state


PULL = ("pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "1")


def test_a_pull_on_a_unit_that_does_not_know_its_place_can_be_rehearsed() -> None:
    code, _, words = run(*PULL, "--fast", "--fault", "unreferenced")
    assert code == 1
    assert "doesn't know where the ring stands" in words
    assert "--at" in words


def test_a_pull_says_that_the_motor_has_taken_hold() -> None:
    code, found, words = run(*PULL, "--fast", "--fault", "unreferenced", "--at", "inf")
    assert code == 0
    assert found["takes"][0]["verdict"] == "good"
    assert "Look whether it stands at inf" in words
