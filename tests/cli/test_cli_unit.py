# SPDX-License-Identifier: MIT
"""`followfocus unit …` and `followfocus ports`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FollowFocusError
from followfocus.unit import connect
from followfocus.wire import serialport
from followfocus.wire.messages import ResetCause, State
from followfocus.wire.serialport import PortEntry
from tests.support.benches import on_tcp
from tests.support.lossy import CountingUnit


def run(*arguments: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, the JSON document, and the error in words."""
    result = CliRunner().invoke(build_app(["unit", "ports"]), [*arguments, "--json"])
    error = result.exception
    document = json.loads(result.stdout) if result.stdout else {}
    if isinstance(error, FollowFocusError):
        return error.exit_code, document, str(error)
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return result.exit_code, document, result.stderr


@pytest.fixture
def served() -> Iterator[tuple[CountingUnit, str]]:
    unit = CountingUnit()
    with on_tcp(unit) as url:
        yield unit, url


def test_info_says_who_and_where() -> None:
    code, found, _ = run("unit", "info")
    assert code == 0
    assert (found["serial"], found["board"], found["port"]) == ("SIM00001", "simulated", "sim")
    assert found["status"]["state"] == "unreferenced"
    assert found["status"]["ring_deg"] is None
    assert found["config"]["microsteps"] == 16
    said = words("info")
    assert said[0] == "followfocus (SIM00001) on sim"
    assert "state    doesn't know where the ring stands" in said
    assert "started  power was switched on" in said
    assert "gear     50 teeth on a ring of 130, 16 microsteps: 23.111 steps a degree" in said


def words(*arguments: str) -> list[str]:
    """A command's lines for people, with nothing in them that only a program says."""
    run = CliRunner().invoke(build_app(["unit"]), ["unit", *arguments])
    assert run.exit_code == 0, run.output
    assert not re.search(r"None|True|False|[a-z]_[a-z]", run.stdout) or arguments[0] == "config"
    return run.stdout.splitlines()


def test_what_moves_the_ring_says_in_words_how_it_stands_then(served: tuple[CountingUnit, str]) -> None:
    port = ("--port", served[1])
    words("reference", "10", *port)
    state, ring, motor = (line.split(None, 1) for line in words("goto", "20", *port)[1:])
    assert (state, motor) == (["state", "stands still"], ["motor", "holds the ring"])
    assert float(ring[1].removesuffix("°")) == pytest.approx(20.0, abs=0.03)
    words("park", *port)
    parked = words("info", *port)
    assert any(line.startswith("parked") and "unit confirm" in line for line in parked)
    words("config", "--set", "stop_input=stop_button", *port)
    served[0].set_stop(True)
    assert any(line.startswith("fault") for line in words("info", *port))


def test_settings_are_listed_by_the_names_that_they_are_set_by() -> None:
    listed = {line.split()[0] for line in words("config")[1:]}
    assert listed == set(run("unit", "config")[1]["config"])


def test_config_is_changed_kept_and_reset(served: tuple[CountingUnit, str]) -> None:
    unit, url = served
    code, found, _ = run("unit", "config", "--set", "silence_ms=300", "--set", "name=B cam", "--save", "--port", url)
    assert code == 0
    assert (found["config"]["silence_ms"], found["config"]["name"]) == (300, "B cam")
    assert unit.store.kept.config.silence_ms == 300
    assert run("unit", "config", "--factory-reset", "--port", url)[1]["config"]["silence_ms"] == 250
    code, _, words = run("unit", "config", "--set", "name=Zoë", "--port", url)
    assert code == 2
    assert "can't be called “Zoë”" in words, "it would be called Zo? without a word"
    code, _, words = run("unit", "config", "--set", "silense_ms=300", "--port", url)
    assert code == 2
    assert "silence_ms" in words


def test_reference_goto_park_and_confirm(served: tuple[CountingUnit, str]) -> None:
    url = served[1]
    code, _, words = run("unit", "goto", "20deg", "--port", url)
    assert code == 1
    assert "doesn't know where the ring stands" in words
    code, found, _ = run("unit", "reference", "inf", "--lens", "ideal-50", "--port", url)
    assert (code, found["status"]["ring_deg"]) == (0, 0.0)
    code, found, _ = run("unit", "goto", "1.1m", "--lens", "ideal-50", "--port", url)
    assert found["status"]["ring_deg"] == pytest.approx(150.0, abs=0.03)
    code, _, words = run("unit", "goto", "310", "--port", url)
    assert code == 1
    assert "soft limits" in words
    code, found, _ = run("unit", "park", "--port", url)
    assert found["parked_deg"] == pytest.approx(150.0, abs=0.03)
    code, found, _ = run("unit", "confirm", "--port", url)
    assert found["status"]["ring_deg"] == pytest.approx(150.0, abs=0.03)
    assert run("unit", "release", "--port", url)[1]["status"]["state"] == "unreferenced"


def test_on_sim_goto_needs_no_reference_as_the_unit_was_just_made() -> None:
    assert run("unit", "goto", "20")[1]["status"]["ring_deg"] == pytest.approx(20.0, abs=0.03)
    assert run("unit", "goto", "20deg", "--at", "25deg")[1]["status"]["ring_deg"] == pytest.approx(20.0, abs=0.03)


def test_jog_turns_and_stands() -> None:
    code, found, _ = run("unit", "jog", "40", "--for", "0.5", "--at", "10")
    assert code == 0
    assert 20.0 < found["status"]["ring_deg"] < 40.0
    assert found["status"]["speed_deg_s"] == 0.0
    assert run("unit", "jog", "40", "--for", "-1")[0] == 2
    code, found, _ = run("unit", "jog", "-40", "--for", "0.5", "--at", "100deg")
    assert code == 0, "below 0 it goes toward infinity, and isn't an option"
    assert 70.0 < found["status"]["ring_deg"] < 90.0
    assert run("unit", "goto", "-5deg", "--at", "20deg")[1]["status"]["ring_deg"] == pytest.approx(-5.0, abs=0.03)
    assert run("unit", "reference", "-5deg")[1]["status"]["ring_deg"] == pytest.approx(-5.0, abs=0.03)


def test_stop_stops_what_another_program_has_started(served: tuple[CountingUnit, str]) -> None:
    unit, url = served
    with connect.open_unit(url) as mover:
        mover.set_reference(0.0)
        mover.goto_deg(2000.0, 20.0, wait=False)
    for hard in ([], ["--hard"]):
        code, found, _ = run("unit", "stop", *hard, "--port", url)
        assert code == 0
        assert found["status"]["state"] == "idle"
    assert unit.state is State.IDLE


def test_home_without_a_switch_says_what_to_do() -> None:
    code, _, words = run("unit", "home")
    assert code == 1
    assert "home_switch" in words


def test_clear_without_a_fault_is_refused(served: tuple[CountingUnit, str]) -> None:
    assert run("unit", "clear", "--port", served[1])[0] == 1


def test_a_reset_between_two_commands_is_seen(served: tuple[CountingUnit, str]) -> None:
    unit, url = served
    before = run("unit", "info", "--port", url)[1]
    unit.reset(cause=ResetCause.WATCHDOG)
    after = run("unit", "info", "--port", url)[1]
    assert before["boot_id"] != after["boot_id"]
    assert after["reset_cause"] == "watchdog"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["goto", "300furlongs"], 2, "ring angle"),
        (["goto", "3m"], 2, "--lens"),
        (["goto", "5m", "--lens", "ideal-51"], 2, "ideal-50"),
        (["goto", "20", "--speed", "-1"], 2, "speed"),
        (["info", "--port", "/dev/ttyNOT0"], 3, "no port"),
        (["info", "--port", "socket://127.0.0.1:1"], 3, "refused"),
    ],
)
def test_bad_input(arguments: list[str], code: int, words: str) -> None:
    ended, _, said = run("unit", *arguments)
    assert ended == code
    assert words in said


def test_ports_lists_sim_and_what_is_behind_the_others(
    monkeypatch: pytest.MonkeyPatch, served: tuple[CountingUnit, str]
) -> None:
    entries = (PortEntry(served[1], "a unit", ""), PortEntry("/dev/ttyNOT0", "a ghost", ""))
    monkeypatch.setattr(serialport, "list_ports", lambda: entries)
    code, found, _ = run("ports")
    assert code == 0
    sim, unit, ghost = found["ports"]
    assert (sim["port"], sim["unit"]) == ("sim", None)
    assert unit["unit"]["serial"] == "SIM00001"
    assert (ghost["unit"], ghost["description"]) == (None, "a ghost")
    unprobed = run("ports", "--no-probe")[1]["ports"]
    assert [port["words"] for port in unprobed] == ["always there", "not asked", "not asked"]
    table = CliRunner().invoke(build_app(["ports"]), ["ports", "--no-probe"])
    assert "sim" in table.stdout
