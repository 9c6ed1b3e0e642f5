# SPDX-License-Identifier: MIT
"""`followfocus hand`, `replay`, `wheels` and `takes fit`: what they print and keep, and how they end."""

from __future__ import annotations

import dataclasses
import json
import os
import pty
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.cli.hand_view import focus_words
from followfocus.errors import FollowFocusError
from followfocus.lens.map import load_lens, save_lens
from followfocus.plan.plan import Conditions
from followfocus.show.file import read_show
from followfocus.stage.hand_take import LET_GO
from followfocus.takes.log import TakeLog
from followfocus.takes.rows import TakeRow
from followfocus.wire.messages import POSITION_FRACTION, Follow
from tests.cli.test_cli_plan_optics import MACRO
from tests.support import clips
from tests.support.benches import on_pty
from tests.support.hands import hand_file, there_and_back
from tests.support.lossy import CountingUnit
from tests.support.tries import tries

PROGRAM = [sys.executable, "-m", "followfocus"]


@pytest.fixture(autouse=True)
def _own_wheels(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output, and the error's words."""
    words = [str(argument) for argument in arguments]
    result = CliRunner().invoke(build_app(words[:1]), words)
    error = result.exception
    if isinstance(error, FollowFocusError):
        return error.exit_code, result.stdout, str(error)
    if error is not None and not isinstance(error, SystemExit):
        raise error
    return result.exit_code, result.stdout, ""


def recorded(tmp_path: Path, seconds: float = 6.0) -> Path:
    """A log with one hand's take."""
    hand, log = hand_file(tmp_path / "hand.csv", seconds=seconds), tmp_path / "t.db"
    code, out, words = run(
        "hand", "ideal-50", "--source", f"file:{hand}", "--record", "--log", log, "--at", "100deg", "--fast", "--json"
    )
    assert (code, words) == (0, "")
    facts: dict[str, Any] = json.loads(out)
    (take,) = facts["takes"]
    assert (take["verdict"], take["row"]) == ("good", 1)
    assert take["landed_deg"] == pytest.approx(100.0 + there_and_back(seconds), abs=0.8)
    return log


def test_a_hand_is_recorded_replayed_ten_times_and_fitted(tmp_path: Path) -> None:
    log = recorded(tmp_path)
    code, out, _ = run("replay", log, "--track", 1, "--takes", 10, "--log", log, "--fast", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["off_recording_deg"] < 0.15
    assert {take["verdict"] for take in found["takes"]} == {"good"}
    edges = {(take["first_edge_ticks"], take["last_edge_ticks"], take["steps"]) for take in found["takes"]}
    assert len(edges) == 1
    with TakeLog(log, create=False) as kept:
        rows = kept.rows()
        assert [row.context.easing for row in rows] == ["by hand", *["recorded"] * 10]
        assert len({row.plan_hash for row in rows[1:]}) == 1
    show = tmp_path / "fit.ffshow"
    code, out, _ = run("takes", "fit", log, "--track", 1, "-o", show, "--json")
    fit = json.loads(out)
    assert code == 0
    assert fit["worst_half_dof"] <= 0.5
    assert fit["beyond_deg"] == pytest.approx(0.0, abs=1e-9)
    assert len(read_show(show).show.cues) == len(fit["moves"]) == 3
    assert run("show", "check", show)[0] == 0
    code, out, _ = run("rehearse", show, "--through", "--no-log", "--fast", "--json")
    assert (code, {take["verdict"] for take in json.loads(out)["takes"]}) == (0, {"good"})
    # it may have been edited since: never written over
    before = show.read_bytes()
    code, _, words = run("takes", "fit", log, "--track", 1, "-o", show)
    assert (code, words) == (2, f"{show} is there already. Give another name, or remove it first.")
    assert show.read_bytes() == before


def test_a_replays_take_can_be_replayed(tmp_path: Path) -> None:
    log = recorded(tmp_path, 2.0)
    for track in (1, 2):
        code, out, _ = run("replay", log, "--track", track, "--log", log, "--fast", "--json")
        assert code == 0
    assert json.loads(out)["off_recording_deg"] < 0.15


@pytest.mark.parametrize("name", ["t.db", "day.ffshow"])
def test_a_fit_is_written_over_nothing(tmp_path: Path, name: str) -> None:
    log, out = recorded(tmp_path, 2.0), tmp_path / name
    if not out.exists():
        out.write_text("a show of a day's work")
    for words in (
        ("replay", log, "--track", 1, "--no-log", "--fast", "--fit", out),
        ("takes", "fit", log, "--track", 1, "-o", out),
    ):
        before = out.read_bytes()
        assert run(*words)[0] == 2
        assert out.read_bytes() == before


def test_the_fit_is_played_as_one(tmp_path: Path) -> None:
    log = recorded(tmp_path, 2.0)
    code, out, _ = run("replay", log, "--track", 1, "--fitted", "--no-log", "--fast", "--json")
    assert code == 0
    assert json.loads(out)["takes"][0]["verdict"] == "good"


def test_a_clips_own_pull_is_played(tmp_path: Path) -> None:
    clip = tmp_path / "clip.csv"
    clip.write_text(clips.arri_text(), encoding="utf-8")
    code, out, _ = run("replay", clip, "--lens", "arri-signature-prime-40", "--no-log", "--fast", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["duration_s"] == pytest.approx(499 / 24)
    assert found["off_recording_deg"] / found["half_dof_deg"] < 0.5
    assert found["takes"][0]["verdict"] == "good"


@pytest.mark.parametrize("how", [(), ("--fitted",)])
def test_a_zoomed_clip_lands_in_the_depth_of_the_focal_length_it_ends_at(tmp_path: Path, how: tuple[str, ...]) -> None:
    """24 mm at GO, 70 mm at the landing: a miss that 24 mm forgives is eight and a half times as bad there."""
    lens = dataclasses.replace(load_lens("ideal-50"), name="zoom", focal_length_mm=24.0, focal_range_mm=(24.0, 70.0))
    save_lens(lens, tmp_path / "zoom.json")
    shares = [10 * u**3 - 15 * u**4 + 6 * u**5 for u in (i / 48 for i in range(49))]
    rows = [f"{i / 24:.6f},{1 / (1 / 3 + share / 2):.6f},{24 + 46 * share:.4f}" for i, share in enumerate(shares)]
    clip = tmp_path / "clip.csv"
    clip.write_text("\n".join(["time_s,focus_distance_m,focal_length_mm", *rows]) + "\n", encoding="utf-8")
    code, out, _ = run("replay", clip, "--lens", tmp_path / "zoom.json", *how, "--no-log", "--fast", "--json")
    assert code == 0
    # throw × close focus / H₀ × (1 − f/s), with H₀ = f²/(N·c)
    half = 300.0 * 0.55 * 1.4 * 0.025e-3 / 0.07**2 * (1 - 0.07 / 1.2)
    assert json.loads(out)["half_dof_deg"] == pytest.approx(half, rel=1e-4)


def test_a_hand_that_ends_too_near_for_a_depth_of_field_has_its_take_kept(tmp_path: Path) -> None:
    """A macro lens whose principal plane nobody knows: nearer than four focal lengths nothing can be worked out."""
    save_lens(MACRO, tmp_path / "macro.json")
    hand, log = hand_file(tmp_path / "hand.csv", seconds=2.0), tmp_path / "t.db"
    how = ("hand", tmp_path / "macro.json", "--source", f"file:{hand}", "--log", log, "--fast", "--json", "--record")
    for start in ("255deg", "290deg"):
        code, out, words = run(*how, "--at", start)
        assert (code, words) == (0, "")
        (take,) = json.loads(out)["takes"]
        assert take["verdict"] == "good"
        assert MACRO.distance_m(take["landed_deg"]) < 4 * 0.1
    with TakeLog(log, create=False) as kept:
        assert [row.verdict for row in kept.rows()] == ["good", "good"]


def test_what_a_hand_sees_goes_on_where_depth_cannot_be_told() -> None:
    conditions = Conditions(4.3)
    assert focus_words(MACRO, conditions, MACRO.ring_deg(0.36)) == f"0.36 m  {MACRO.ring_deg(0.36):.1f}°"
    assert "(" in focus_words(MACRO, conditions, MACRO.ring_deg(0.6))


def test_without_record_the_ring_follows_and_nothing_is_kept(tmp_path: Path) -> None:
    hand = hand_file(tmp_path / "hand.csv", seconds=1.0)
    code, out, _ = run("hand", "ideal-50", "--source", f"file:{hand}", "--fast", "--json")
    assert (code, json.loads(out)["takes"]) == (0, [])


def test_a_wheel_unplugged_in_a_take_stops_the_ring_and_the_take_is_kept(tmp_path: Path) -> None:
    hand, log = hand_file(tmp_path / "hand.csv", seconds=1.5), tmp_path / "t.db"
    hand.write_text(hand.read_text("utf-8") + "1.51,gone\n", encoding="utf-8")
    code, _, words = run("hand", "ideal-50", "--source", f"file:{hand}", "--record", "--log", log, "--fast")
    assert code == 1
    assert "was unplugged: the ring has stopped where it was" in words
    with TakeLog(log, create=False) as kept:
        (row,) = kept.rows()
    assert row.verdict == "stopped"
    assert row.reasons == ("the wheel was unplugged: the ring stopped where it was",)


def test_a_stop_button_ends_a_recording(tmp_path: Path) -> None:
    hand, log = hand_file(tmp_path / "hand.csv", seconds=1.0), tmp_path / "t.db"
    hand.write_text(hand.read_text("utf-8") + "1.01,press,stop\n1.5,turn,1\n", encoding="utf-8")
    code, _, words = run("hand", "ideal-50", "--source", f"file:{hand}", "--record", "--log", log, "--fast")
    assert (code, words) == (1, "The hand was cut short; what it did is kept.")
    with TakeLog(log, create=False) as kept:
        assert [row.verdict for row in kept.rows()] == ["stopped"]


CLIP = str(Path(__file__).parents[2] / "docs" / "samples" / "clip.csv")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["hand", "ideal-50", "--source", "wheel"], 2, "is no wheel"),
        (["hand", "ideal-50", "--source", "file:none.csv"], 2, "none.csv"),
        (["hand", "ideal-50", "--source", "keys"], 2, "no terminal"),
        (["hand", "ideal-50", "--source", "keys", "--low", "2m", "--high", "2m"], 2, "has no room"),
        (["hand", "no-lens", "--source", "keys"], 2, "no-lens"),
        (["replay", CLIP], 2, "Give --lens"),
        (["replay", "t.db"], 2, "--track"),
        (["replay", "none.db", "--track", "1"], 2, "none.db"),
        (["replay", CLIP, "--lens", "ideal-50", "--track", "1"], 2, "a clip has one pull"),
        (["replay", "none.csv", "--lens", "ideal-50"], 2, "none.csv"),
        (["replay", "clip.csv", "--lens", "ideal-50", "--takes", "0"], 2, "at least once"),
        (["replay", "clip.csv", "--lens", "ideal-50", "--limits", "none"], 2, "no ring limits"),
        (["wheels", "learn", "hid"], 2, "needs no learning"),
        (["wheels", "learn", "midi:x", "--button", "dance"], 2, "can't be “dance”"),
        (["wheels", "monitor", "wheel"], 2, "is no wheel"),
    ],
)
def test_bad_input_gets_a_sentence(arguments: list[str], code: int, words: str) -> None:
    assert run(*arguments)[0] == code
    assert words in run(*arguments)[2]


def test_a_take_without_a_ring_trace_is_refused(tmp_path: Path) -> None:
    code, _, words = run("replay", recorded(tmp_path, 1.0), "--track", 7)
    assert code == 2
    assert "7" in words


def test_the_rules_for_linux_are_printed() -> None:
    code, out, _ = run("wheels", "udev")
    assert code == 0
    assert 'ATTRS{idVendor}=="0b33"' in out


def test_wheels_are_listed_as_json() -> None:
    code, out, _ = run("wheels", "list", "--json")
    assert code == 0
    assert {"wheels", "troubles"} == set(json.loads(out))


def test_the_keys_of_a_terminal_turn_the_ring(tmp_path: Path) -> None:
    """On a real unit (a pty): right, right, up for the fine gear, right; then q."""
    for folder in tries(tmp_path):
        row, program = keyed(folder)
        if not let_go(row, program):  # such a take ends where the unit let go, and the ring goes on without it
            assert (row.verdict, program.returncode) == ("good", 0)
            assert row.facts["landed_deg"] == pytest.approx(102.2, abs=0.05)
            return


def keyed(folder: Path) -> tuple[TakeRow, subprocess.Popen[bytes]]:
    """The keys are pressed: the take that comes of it, and the program, which has ended."""
    unit = CountingUnit()
    master, slave = pty.openpty()
    with on_pty(unit, folder / "unit") as port:
        command = [*PROGRAM, "hand", "ideal-50", "--source", "keys", "--port", port, "--at", "100deg"]
        program = subprocess.Popen(
            [*command, "--record", "--log", str(folder / "t.db")], stdin=slave, stderr=subprocess.PIPE
        )
        os.close(slave)
        assert program.stderr is not None
        while b"follows" not in program.stderr.readline():
            assert program.poll() is None
        os.write(master, b"\x1b[C\x1b[C\x1b[A\x1b[C")
        wait_for_ring(program, unit, 102.2)
        os.write(master, b"q")
        program.communicate(timeout=60)
    os.close(master)
    return only_take(folder / "t.db"), program


def only_take(log: Path) -> TakeRow:
    with TakeLog(log, create=False) as kept:
        (row,) = kept.rows()
    return row


def let_go(row: TakeRow, program: subprocess.Popen[bytes]) -> bool:
    """A busy computer was silent while the hand rested; the take and the program say so."""
    return (row.verdict, row.reasons, program.returncode) == ("stopped", (LET_GO,), 1)


def wait_for_ring(program: subprocess.Popen[bytes], unit: CountingUnit, ring_deg: float) -> None:
    """Until the unit's counter is there."""
    while abs(unit.position / (3200 * 2.6 / 360) - ring_deg) > 0.1:
        with pytest.raises(subprocess.TimeoutExpired):  # it runs; and the unit, a thread of ours, isn't kept waiting
            program.wait(0.02)


class RestingUnit(CountingUnit):
    """Tells when a hand has said twenty times, one time every 40 ms, that it rests where the ring is."""

    def __init__(self) -> None:
        self.rests, self._words = threading.Event(), 0
        super().__init__()
        follow = self._line._follow

        def hear(word: Follow, overtaken: bool) -> None:
            follow(word, overtaken)
            at_rest = word.rate == 0 and abs(word.position / POSITION_FRACTION - self.position) < 1.0
            self._words = self._words + 1 if at_rest else 0
            if self._words >= 20:
                self.rests.set()

        self._line._follow = hear


def test_ctrl_c_ends_a_recording_at_rest_as_a_good_take(tmp_path: Path) -> None:
    hand = tmp_path / "hand.csv"
    hand.write_text("0.1,turn,2\n0.2,turn,2\n600,turn,0\n", encoding="utf-8")
    for folder in tries(tmp_path):
        row, program, said = interrupted(hand, folder)
        if not let_go(row, program):
            assert (row.verdict, program.returncode) == ("good", 0), said
            return


def interrupted(hand: Path, folder: Path) -> tuple[TakeRow, subprocess.Popen[bytes], bytes]:
    """A recording, ended by Ctrl-C at rest: its take, and the program with what it said."""
    log, unit = folder / "t.db", RestingUnit()
    with on_pty(unit, folder / "unit") as port:
        command = [*PROGRAM, "hand", "ideal-50", "--source", f"file:{hand}", "--at", "100deg", "--port", port]
        program = subprocess.Popen([*command, "--record", "--log", str(log)], stderr=subprocess.PIPE)
        # By then the program has long heard that the ring stands.
        while program.poll() is None and not unit.rests.wait(0.1):
            pass
        program.send_signal(signal.SIGINT)
        _, said = program.communicate(timeout=60)
    return only_take(log), program, said
