# SPDX-License-Identifier: MIT
"""`followfocus pull`: what it prints and writes, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FollowFocusError, InfeasibleError, JobError, RequestError
from followfocus.lens.map import load_lens
from followfocus.show.file import write_show
from followfocus.show.show import new_show
from tests.support.benches import on_pty, on_tcp
from tests.support.lossy import CountingUnit

USUAL = ["pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.8"]
ON_SIM = [*USUAL, "--fast"]


def run(*arguments: str) -> tuple[int, str, FollowFocusError | None]:
    """Exit code as the program would give it, standard output, and the error that it would print."""
    result = CliRunner().invoke(build_app(["pull"]), list(arguments))
    error = result.exception
    if isinstance(error, FollowFocusError):
        return error.exit_code, result.stdout, error
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return result.exit_code, result.stdout, None


def facts(*arguments: str) -> tuple[int, dict[str, Any]]:
    code, out, _ = run(*arguments, "--json")
    return code, json.loads(out)


def test_the_json_has_everything_of_the_plan_the_unit_and_the_takes() -> None:
    code, found = facts(*ON_SIM, "--takes", "3")
    assert code == 0
    plan_keys = "ring_deg duration_s steps peak_ring_deg_s peak_step_hz segments worst_step_error_us half_dof_deg"
    more_keys = "from_soft_s to_sharp_s feasible binding min_duration_s unit takes"
    assert set(f"{plan_keys} {more_keys}".split()) <= set(found)
    assert found["unit"]["board"] == "simulated"
    assert found["unit"]["measured_tick_hz"] == pytest.approx(16e6, rel=1e-4)
    assert [take["take"] for take in found["takes"]] == [1, 2, 3]
    for take in found["takes"]:
        assert take["verdict"] == "good"
        assert abs(take["landing_error_deg"]) <= 1 / (3200 * 2.6 / 360)
        assert take["landing_error_half_dof"] == pytest.approx(take["landing_error_deg"] / found["half_dof_deg"])
        assert take["duration_error_ms"] == pytest.approx(0.0, abs=0.001)
        assert 0 < take["start_latency_ms"] < 2


def test_the_table_shows_each_take() -> None:
    code, out, _ = run(*ON_SIM, "--takes", "2")
    assert code == 0
    assert out.count("good") == 2
    assert "2 takes landed within" in out


def test_an_infeasible_pull_is_refused_before_anything_moves() -> None:
    code, out, error = run(*ON_SIM[:-2], "0.05", "--fast", "--json")
    assert code == 1
    found = json.loads(out)
    assert (found["feasible"], found["unit"], found["takes"]) == (False, None, [])
    assert found["binding"]
    assert f"{found['min_duration_s']:.2f} s is the shortest" in str(error)


@pytest.mark.parametrize(
    ("fault", "code", "verdict", "words"),
    [
        ("slip:0.4s", 1, "missed", "lost steps"),
        ("reset:0.4s", 1, "faulted", "reset"),
        ("mute:0.4s", 3, "lost", "stopped answering"),
    ],
)
def test_a_take_that_goes_wrong(fault: str, code: int, verdict: str, words: str) -> None:
    ended, out, error = run(*ON_SIM, "--takes", "1", "--fault", fault, "--json")
    [take] = json.loads(out)["takes"]
    assert ended == code
    assert take["verdict"] == verdict
    assert words in " ".join(take["reasons"])
    assert words in str(error)


def test_after_a_lost_take_no_other_is_tried() -> None:
    _, found = facts(*ON_SIM, "--takes", "3", "--fault", "mute:take2+0.3s")
    assert [take["verdict"] for take in found["takes"]] == ["good", "lost"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [("gps", "GPS"), ("grbl", "Grbl"), ("newer-protocol", "Update this program"), ("other-table", "firmware flash")],
)
def test_what_is_no_unit_of_ours(fault: str, words: str) -> None:
    code, _, error = run(*ON_SIM, "--fault", fault)
    assert code == 3
    assert words in str(error)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (["--takes", "0"], "at least one"),
        (["--port", "/dev/ttyNOT0", "--fast"], "real time"),
        (["--port", "/dev/ttyNOT0", "--fault", "noise"], "--port sim"),
        (["--fault", "nois"], "noise"),
        (["--at", "0.1m"], "0.55"),
        (["--duration", "nan"], "nan"),
        (["--from", "4m"], "same place"),
    ],
)
def test_bad_input_is_exit_code_2(change: list[str], words: str) -> None:
    code, out, error = run(*USUAL, *change)
    assert code == 2
    assert words in str(error)
    assert "landing" not in out


def test_noise_on_the_line_changes_no_take() -> None:
    code, found = facts(*ON_SIM, "--takes", "3", "--fault", "noise:1e-4")
    _, clean = facts(*ON_SIM)
    assert code == 0
    assert {take["last_edge_ticks"] for take in found["takes"]} == {clean["takes"][0]["last_edge_ticks"]}


def test_a_clock_that_is_off_is_corrected() -> None:
    code, found = facts(*ON_SIM, "--fault", "clock:-0.5%")
    assert code == 0
    assert found["unit"]["planned_tick_hz"] == pytest.approx(15.92e6, rel=1e-5)


def test_the_picture_shows_plan_and_take(tmp_path: Path) -> None:
    code, _, _ = run(*ON_SIM, "--takes", "2", "--plot", str(tmp_path / "take.png"))
    assert code == 0
    assert (tmp_path / "take.png").read_bytes().startswith(b"\x89PNG")


def config_of(port: str) -> dict[str, Any]:
    result = CliRunner().invoke(build_app(["unit"]), ["unit", "info", "--port", port, "--json"])
    found: dict[str, Any] = json.loads(result.stdout)["config"]
    return found


@pytest.mark.parametrize(
    "command",
    [
        [*USUAL, "--at", "2m"],
        ["hand", "ideal-50", "--source", "keys", "--for", "0.1", "--at", "2m"],
        ["unit", "reference", "2m", "--lens", "ideal-50"],
        ["unit", "hold", "--lens", "ideal-50"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_the_terminal_goes_by_the_gears_that_the_unit_is_set_to(tmp_path: Path, command: list[str]) -> None:
    """Nobody else knows what was built: by the usual 50 teeth a motor with 40 would stop a fifth short."""
    with on_pty(CountingUnit(), tmp_path / "unit") as pty:
        given = ["motor_teeth=40", "direction=-1", "microsteps=32"]
        words = ["unit", "config", *(word for one in given for word in ("--set", one)), "--port", pty]
        assert CliRunner().invoke(build_app(["unit"]), words).exit_code == 0
        result = CliRunner().invoke(build_app(command[:1]), [*command, "--port", pty])
        kept = config_of(pty)
    assert [f"{name}={kept[name]}" for name in ("motor_teeth", "direction", "microsteps")] == given
    assert "As this unit is set: 40 teeth on the motor, 200 × 32 steps a turn, direction −1." in result.stderr
    if command[0] == "pull":
        assert result.exit_code == 0
        assert "good" in result.stdout


def test_a_show_that_goes_by_another_gear_than_the_unit_says_so(tmp_path: Path) -> None:
    show = tmp_path / "a.ffshow"
    write_show(new_show("", load_lens("ideal-50")), show)
    words = ["rehearse", str(show), "--cue", "1", "--takes", "1", "--no-log", "--at", "2m"]
    with on_pty(CountingUnit(), tmp_path / "unit") as pty:
        usual = CliRunner().invoke(build_app(["rehearse"]), [*words, "--port", pty])
        given = ["unit", "config", "--set", "motor_teeth=40", "--port", pty]
        assert CliRunner().invoke(build_app(["unit"]), given).exit_code == 0
        other = CliRunner().invoke(build_app(["rehearse"]), [*words, "--port", pty])
    assert (usual.exit_code, other.exit_code) == (0, 0)
    assert "was set to" not in usual.stderr
    assert (
        "The unit was set to 40 teeth, 16 microsteps, direction +1; the show goes by 50 teeth, 16 microsteps, "
        "direction +1."
    ) in " ".join(other.stderr.split())


def test_nothing_is_said_of_the_usual_gears(tmp_path: Path) -> None:
    with on_pty(CountingUnit(), tmp_path / "unit") as pty:
        result = CliRunner().invoke(build_app(["unit"]), ["unit", "hold", "--lens", "ideal-50", "--port", pty])
    assert "As this unit is set" not in result.stderr


def test_a_pty_and_tcp_give_the_same_takes_as_sim(tmp_path: Path) -> None:
    _, here = facts(*ON_SIM)
    [expected] = here["takes"]
    with on_pty(CountingUnit(), tmp_path / "unit") as pty:
        code, there = facts(*USUAL, "--port", pty, "--takes", "2")
        assert code == 0
    with on_tcp(CountingUnit()) as url:
        _, elsewhere = facts(*USUAL, "--port", url)
    for take in (*there["takes"], *elsewhere["takes"]):
        assert take["last_edge_ticks"] == expected["last_edge_ticks"]
        assert take["first_edge_ticks"] == expected["first_edge_ticks"]
        assert take["landed_by"] == "counter"
        assert take["counter_deg"] == pytest.approx(expected["counter_deg"])


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_stops_the_motor_and_keeps_the_take_as_stopped(tmp_path: Path, signal_number: int) -> None:
    unit = CountingUnit()
    with on_tcp(unit) as url:
        program = [sys.executable, "-m", "followfocus", *USUAL[:-1], "20", "--port", url, "--json"]
        with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}) as pull:
            wait_for_a_take(unit)
            pull.send_signal(signal_number)
            out, words = pull.communicate(timeout=60)
        assert pull.returncode == 1
        [take] = json.loads(out)["takes"]
        assert take["verdict"] == "stopped"
        assert take["landing_error_deg"] is None
        assert b"was stopped" in words


def wait_for_a_take(unit: CountingUnit) -> None:
    """Until the unit, served by another thread, has made a hundred steps of a take."""
    reached = threading.Event()
    made = [0]

    def note(_tick: int, _position: int) -> None:
        made[0] += bool(unit.take_starts_s)
        if made[0] >= 100:
            reached.set()

    unit.edges.listener = note
    assert reached.wait(60.0)


# A weak motor ------------------------------------------------------------------------------------------------------

SNAP = ("ideal-50", "--from", "inf", "--to", "0.55m", "--duration", "snap", "--motor", "nema11", "--friction", "0.2")


def test_a_weak_motor_is_refused_before_anything_moves_and_loses_steps_when_shot_anyway() -> None:
    refused = CliRunner().invoke(build_app(["pull"]), ["pull", *SNAP, "--fast", "--json"])
    assert isinstance(refused.exception, InfeasibleError)
    assert json.loads(refused.stdout)["takes"] == []
    shot = CliRunner().invoke(build_app(["pull"]), ["pull", *SNAP, "--fast", "--json", "--anyway"])
    assert isinstance(shot.exception, JobError)
    take = json.loads(shot.stdout)["takes"][0]
    assert take["verdict"] == "missed"
    assert abs(take["landing_error_half_dof"]) > 1
    assert any("lost steps" in reason for reason in take["reasons"])


def test_what_a_limit_forbids_is_never_shot_on_a_real_port() -> None:
    refused = CliRunner().invoke(build_app(["pull"]), ["pull", *SNAP, "--anyway", "--port", "/dev/ttyUSB0"])
    assert isinstance(refused.exception, RequestError)
    assert "past its limits" in str(refused.exception)


def test_a_picture_that_can_not_be_drawn_is_refused_before_anything_moves(tmp_path: Path) -> None:
    log = tmp_path / "takes.db"
    for name in ("take.gif", "none/take.png", ""):
        code, _, said = run(*ON_SIM, "--log", str(log), "--plot", str(tmp_path / name))
        assert (code, log.exists()) == (2, False)
        assert isinstance(said, RequestError)
