# SPDX-License-Identifier: MIT
"""The firmware's core begins anew between ARM and GO: in `serve` and `pull` as they are run, GO is refused and told.

And what it has lost by a power cut, while it was being set up, is told by whoever meets it.
"""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from followfocus.sources.events import Origin, OutsideAsked, SourceKind, Want
from followfocus.stage.sentences import RESTARTED
from followfocus.takes.log import TakeLog
from followfocus.unit.setup import LOST
from followfocus.wire.frames import FrameReader
from followfocus.wire.messages import Go, ResetCause, State
from tests.conformance.tools import need_process
from tests.conformance.units import CAUSES, UNIT_PROCESS, Control, end, start
from tests.stage.scenarios import short
from tests.support.served import WAIT_S, Served, served

PROGRAM = [sys.executable, "-W", "ignore", "-m", "followfocus"]
PULL = ["ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.5"]


@dataclass
class Unit:
    """The core as a process, in real time."""

    number: int
    control: Control

    @property
    def url(self) -> str:
        return f"socket://127.0.0.1:{self.number}"

    def reset(self, cause: ResetCause = ResetCause.BROWN_OUT) -> None:
        self.control.ask("reset", cause=CAUSES[cause])

    def edges(self) -> list[tuple[int, str, int]]:
        return [tuple(edge) for edge in self.control.ask("edges", **{"from": 0})["edges"]]

    @property
    def ready(self) -> bool:
        """Its LED says that it is armed."""
        return [level for _, pin, level in self.edges() if pin == "READY"][-1:] == [1]

    def steps(self) -> int:
        return sum(level for _, pin, level in self.edges() if pin == "STEP")


@pytest.fixture(name="made")
def _made() -> Iterator[Callable[..., Unit]]:
    need_process()
    with contextlib.ExitStack() as opened:

        def make(*words: str) -> Unit:
            process, ports = start([str(UNIT_PROCESS), "--tcp", "0", "--control", "0", *words], ("uart", "control"))
            opened.callback(end, process)
            control = Control(ports["control"])
            opened.callback(control.close)
            return Unit(ports["uart"], control)

        yield make


def go(one: Served) -> None:
    one.put(OutsideAsked(Origin(SourceKind.OSC, "x"), one.unit.clock.now(), Want.GO))


@pytest.mark.parametrize("cause", [ResetCause.BROWN_OUT, ResetCause.WATCHDOG])
def test_served_go_is_refused_and_told(made: Callable[..., Unit], tmp_path: Path, cause: ResetCause) -> None:
    unit = made()
    with served(short(0.5), port=unit.url, log=tmp_path / "day.db") as one:
        one.arm()
        before = unit.steps()
        unit.reset(cause)
        one.wait(lambda: one.serving.stage.state is State.UNREFERENCED)
        for times in (1, 2):
            go(one)
            one.wait(lambda times=times: len(one.outcomes) == times)
        assert [(outcome.words, outcome.passed) for outcome in one.outcomes] == [(RESTARTED, False)] * 2
        assert one.serving.stage.state is State.UNREFERENCED
        assert one.serving.facts()["said"] == RESTARTED
        assert "The unit has started anew." in [line.said for line in one.diary]
        assert (unit.steps(), one.takes) == (before, [])


class GoWatch:
    """A line between a program and a unit; `meets` is called as the first GO has come in, before it is passed on."""

    def __init__(self, unit: Unit, meets: Callable[[], None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._far = socket.create_connection(("127.0.0.1", unit.number))
        self._meets, self._seen = meets, FrameReader()
        self.url = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        self.gos = 0
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        near, _ = self._listener.accept()
        back = threading.Thread(target=self._pass, args=(self._far, near))
        back.start()
        with near, contextlib.suppress(OSError):
            while data := near.recv(4096):
                for frame in self._seen.feed(data):
                    if frame.type == Go.TYPE:
                        self.gos += 1
                        if self.gos == 1:
                            self._meets()
                self._far.sendall(data)
        self._far.shutdown(socket.SHUT_RDWR)
        back.join()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(4096):
                other.sendall(data)

    def close(self) -> None:
        self._thread.join()
        self._listener.close()
        self._far.close()


def pulled(*words: str) -> tuple[int, dict[str, Any], str]:
    done = subprocess.run([*PROGRAM, "pull", *PULL, "--json", *words], capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout), done.stderr


def test_a_pull_whose_unit_begins_anew_as_go_comes_moves_nothing_and_says_so(
    made: Callable[..., Unit], tmp_path: Path
) -> None:
    unit = made()
    counted = []

    def reset() -> None:
        counted.append(unit.steps())
        unit.reset()

    line = GoWatch(unit, reset)
    code, told, said = pulled("--port", line.url, "--takes", "2", "--log", str(tmp_path / "t.db"))
    line.close()
    assert (code, told["takes"], line.gos) == (3, [], 1)
    assert "the unit was reset" in said
    assert "Set the reference again." in said
    assert counted == [unit.steps()], "nothing has moved since"
    with TakeLog(tmp_path / "t.db") as log:
        assert [row.verdict for row in log.rows()] == ["lost"]
    unit.control.ask("reset", cause=CAUSES[ResetCause.POWER_ON])
    assert pulled("--port", unit.url, "--no-log")[0] == 0, "and it works again"


def test_a_cue_after_a_restart_starts_nothing_and_the_take_that_waited_says_when_it_came(
    made: Callable[..., Unit], tmp_path: Path
) -> None:
    unit = made()
    words = [*PROGRAM, "pull", *PULL, "--cue", "--json", "--port", unit.url, "--log", str(tmp_path / "t.db")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Waiting for the cue."):
                break
        while not unit.ready:
            assert process.poll() is None
        before = unit.steps()
        unit.reset()
        unit.control.ask("set", pin="cue", level=0)
        out, err = process.communicate(timeout=WAIT_S)
    assert unit.steps() == before
    if process.returncode == 3:  # it came before the answer to ARM was through: then no take has waited
        assert "the unit was reset" in err
        return
    assert process.returncode == 1
    reason = "the unit was reset before it said that the take had begun; its position is unknown"
    assert json.loads(out)["takes"][0]["reasons"] == [reason]
    assert reason in err
    with TakeLog(tmp_path / "t.db") as log:
        assert [row.verdict for row in log.rows()] == ["faulted"]


# What it lost ---------------------------------------------------------------------------------------------------------


def torn(path: Path) -> Path:
    """An EEPROM whose power went in the middle of its first saving."""
    path.write_bytes(b"\0\x10" + b"\xff" * 1022)
    return path


def unit_says(*words: str) -> tuple[int, str]:
    done = subprocess.run([*PROGRAM, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def test_settings_that_were_lost_are_told_until_somebody_has_set_it_up(
    made: Callable[..., Unit], tmp_path: Path
) -> None:
    unit = made("--eeprom", str(torn(tmp_path / "unit.bin")))
    for words in (("pull", *PULL, "--no-log"), ("unit", "info"), ("unit", "park")):
        code, said = unit_says(*words, "--port", unit.url)
        assert (code, said.count(LOST)) == (0, 1), said
    assert unit_says("unit", "config", "--set", "stop_input=stop_button", "--save", "--port", unit.url)[0] == 0
    unit.reset(ResetCause.POWER_ON)
    code, said = unit_says("unit", "info", "--port", unit.url)
    assert (code, said) == (0, "")
