# SPDX-License-Identifier: MIT
"""However a program ends that moves the ring: signals, a dead terminal, suspended, killed, at moments nobody chose.

    python -m benchmarks.campaigns.endings [ENDINGS [KILLS]]

The programs are the real ones, on a simulated unit served from here, so that the unit's own record says what was begun
and where it stands. A row says how many were tried; kept (every take that the unit began is in the log, with its end);
told (a sentence, and the exit code of it); and what must be 0: tracebacks, hangs, takes that are lost, and motors that
move or are armed afterwards.
"""

from __future__ import annotations

import contextlib
import os
import pty
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from followfocus.lens.map import load_lens
from followfocus.show.file import write_show
from followfocus.show.show import new_show
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing, StepperRing
from followfocus.sim.servers import TcpServer
from followfocus.sim.store import FACTORY_CONFIG, Store
from followfocus.stage.reconcile import reconcile
from followfocus.takes.log import TakeLog
from followfocus.takes.rows import BEGUN
from followfocus.unit.connect import open_unit
from followfocus.wire.messages import Flag, State, StopInput

SAMPLE, KILLS, SEED = 1, 200, 11
PATIENCE_S = 90.0
LATEST_S = 1.2
"""How far into a motion an ending comes, at most"""
PROGRAM = [sys.executable, "-W", "ignore", "-m", "followfocus"]
PULL = ["pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "2", "--at", "2m"]
GOTO = ("unit", "goto", "200deg", "--at", "82.5deg", "--speed", "20")
JOG = ("unit", "jog", "8", "--for", "8", "--at", "82.5deg")
HOME = "unit home"
SHOW = "SHOW"
"""Stands for the path of a show with a pull of two seconds"""
ASTRAY_DEG = 0.3
"""The most that a ring at rest may be away from the position that the unit holds for known"""
TURNING = (State.MOVING, State.PLAYING, State.STOPPING)

APP = """
import sys
from PySide6.QtCore import QTimer
from followfocus.wire.messages import State
import followfocus_gui.window as window_module
from followfocus_gui.app import run

class Pressed(window_module.DeskWindow):
    def __init__(self, session):
        super().__init__(session)
        session.desk.edit_pull(duration_s=2.0)
        self.keys = QTimer(self)
        self.keys.timeout.connect(self.press)
        self.keys.start(50)

    def press(self):
        session = self.session
        if session.state in (State.IDLE, State.LOADED) and not session.busy:
            session.arm()
        elif session.state is State.ARMED and not session.busy:
            session.go()

window_module.DeskWindow = Pressed
sys.exit(run(sys.argv[1]))
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One section of the campaign, as counts; `wrong` are the cases that were, in words."""

    section: str
    tried: int
    kept: int
    told: int
    tracebacks: int
    hangs: int
    lost: int
    turning: int
    wrong: tuple[str, ...]


@dataclass
class Bench:
    """A simulated unit served on TCP by a thread, and what it did."""

    device: SimulatedUnit

    @contextlib.contextmanager
    def served(self) -> Iterator[str]:
        """Its URL."""
        server = TcpServer(self.device, "127.0.0.1", 0)
        thread = threading.Thread(target=server.run, name="campaign unit")
        with server:
            thread.start()
            try:
                yield f"socket://127.0.0.1:{server.port}"
            finally:
                server.stop()
                thread.join()

    def until(self, *states: State, seconds: float = PATIENCE_S) -> bool:
        """Wait until it is in one of some states; whether it came to be."""
        end = time.monotonic() + seconds
        while self.device.state not in states:
            if time.monotonic() > end:
                return False
            time.sleep(0.002)
        return True


def _unit(homes: bool) -> SimulatedUnit:
    """The unit of a case: one that `homes` has a ring with stops, and a switch that tells them."""
    if not homes:
        return SimulatedUnit(mechanics=RigidRing(0.04))
    store = Store()
    store.write(config=replace(FACTORY_CONFIG, stop_input=StopInput.HOME_SWITCH))
    return SimulatedUnit(mechanics=StepperRing(stops_deg=(0.0, 300.0), start_deg=80.0), store=store)


@dataclass(frozen=True, slots=True)
class Case:
    """A command, what ends it, and how long after its motion has begun. `takes`: it plays takes, into a log."""

    name: str
    words: tuple[str, ...]
    ending: str
    after_s: float
    takes: bool = True


@dataclass(frozen=True, slots=True)
class Ended:
    """How a case came out."""

    case: Case
    code: int | None
    said: str
    begun: int
    kept: int
    open_rows: int
    turning: bool
    astray_deg: float

    @property
    def wrong(self) -> str:
        """Everything wrong with it, in words; empty for nothing."""
        faults = []
        if self.code is None:
            faults.append("hung")
        if "Traceback" in self.said:
            faults.append("a traceback")
        if self.lost:
            faults.append(f"{self.begun} begun, {self.kept} in the log")
        if self.open_rows:
            faults.append("a row without an end")
        if self.turning:
            faults.append("the motor turns or is armed")
        if self.astray_deg > ASTRAY_DEG:
            faults.append(f"the ring stands {self.astray_deg:.1f}° from where the unit says that it is")
        return "; ".join(faults)

    @property
    def lost(self) -> int:
        """Takes that the unit began and the log doesn't know."""
        return max(0, self.begun - self.kept)


# What ends a program ----------------------------------------------------------------------------------------------


def _signalled(*numbers: int, apart_s: float = 0.02) -> Callable[[subprocess.Popen[bytes]], None]:
    def end(process: subprocess.Popen[bytes]) -> None:
        for number in numbers:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(number)
            time.sleep(apart_s)

    return end


def _suspended(process: subprocess.Popen[bytes]) -> None:
    _signalled(signal.SIGSTOP, apart_s=0.6)(process)
    _signalled(signal.SIGCONT, signal.SIGINT, apart_s=0.3)(process)


ENDINGS: dict[str, Callable[[subprocess.Popen[bytes]], None]] = {
    "INT": _signalled(signal.SIGINT),
    "INT three times": _signalled(*[signal.SIGINT] * 3, apart_s=0.03),
    "INT ten times": _signalled(*[signal.SIGINT] * 10, apart_s=0.01),
    "INT for three seconds": _signalled(*[signal.SIGINT] * 100, apart_s=0.03),
    "TERM": _signalled(signal.SIGTERM),
    "HUP": _signalled(signal.SIGHUP),
    "QUIT": _signalled(signal.SIGQUIT),
    "HUP and TERM": _signalled(signal.SIGHUP, signal.SIGTERM, apart_s=0.005),
    "suspended, resumed, INT": _suspended,
    "terminal gone": lambda _process: None,
}


def _cases(times: int, dice: random.Random) -> Iterator[Case]:
    commands = {
        "pull": ((*PULL, "--takes", "2"), True),
        "rehearse": (("rehearse", SHOW, "--takes", "2", "--at", "2m"), True),
        "unit goto": (GOTO, False),
        "unit jog": (JOG, False),
        HOME: (("unit", "home"), False),
        "app": ((), True),
    }
    for name, (words, takes) in commands.items():
        for ending in ENDINGS:
            if name == "app" and ending.startswith(("suspended", "terminal")):
                continue
            for _ in range(times):
                yield Case(name, words, ending, dice.uniform(0.05, LATEST_S), takes)


# Running one ------------------------------------------------------------------------------------------------------


def _started(case: Case, port: str, folder: Path, out: int) -> subprocess.Popen[bytes]:
    surroundings = {**os.environ, "XDG_DATA_HOME": str(folder), "QT_QPA_PLATFORM": "offscreen", "TERM": "xterm"}
    if case.name == "app":
        command = [sys.executable, "-W", "ignore", "-c", APP, port]
    else:
        words = [_show(folder) if word == SHOW else word for word in case.words]
        command = [*PROGRAM, *words, "--port", port]
    return subprocess.Popen(command, stdin=out, stdout=out, stderr=out, env=surroundings, start_new_session=True)


def _show(folder: Path) -> str:
    path = folder / "s.ffshow"
    write_show(new_show("Campaign", load_lens("ideal-50")), path)
    return str(path)


def _read(master: int, said: bytearray) -> None:
    with contextlib.suppress(OSError):
        while chunk := os.read(master, 4096):
            said += chunk


def tried(case: Case) -> Ended:
    """Run a case to its end, and look what became of it."""
    bench, said = Bench(_unit(case.name == HOME)), bytearray()
    with tempfile.TemporaryDirectory() as folder, bench.served() as port:
        master, slave = pty.openpty()
        process = _started(case, port, Path(folder), slave)
        os.close(slave)
        reader = threading.Thread(target=_read, args=(master, said))
        reader.start()
        bench.until(State.PLAYING if case.takes else State.MOVING)
        time.sleep(case.after_s)
        if case.ending == "killed":
            process.kill()
        else:
            ENDINGS[case.ending](process)
        if case.ending == "terminal gone":
            os.close(master)
        try:
            code: int | None = process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            code = None
        reader.join(5.0)
        if case.ending != "terminal gone":
            os.close(master)
        log = Path(folder) / "followfocus" / "takes.db"
        if case.ending == "killed":
            bench.until(State.IDLE, State.LOADED, State.UNREFERENCED, State.FAULT, seconds=10.0)
            _connected_again(port, log if case.takes else None)
        kept, open_rows = _rows(log)
        begun = len(bench.device.take_starts_s) if case.takes else 0
        # nobody is left to disarm for a killed program: the unit does, after its own time of silence
        still = (*TURNING, State.ARMED) if case.ending != "killed" else TURNING
        turning, astray_deg = bench.device.state in still, _astray_deg(case, bench.device)
        return Ended(case, code, said.decode("utf-8", "replace"), begun, kept, open_rows, turning, astray_deg)


def _connected_again(port: str, log: Path | None) -> None:
    """The next connection: what was left open in the log is ended."""
    with open_unit(port) as unit:
        if log is not None:
            reconcile(unit, log)


def _astray_deg(case: Case, device: SimulatedUnit) -> float:
    """How far the ring is from where the unit says it is; 0 where it doesn't know, or counts from a stop."""
    if case.name == HOME or Flag.REFERENCED not in device.status_flags:
        return 0.0
    config = device.config
    step_deg = 360.0 * config.motor_teeth / (config.full_steps_per_turn * config.microsteps * config.lens_teeth)
    return abs(device.position * step_deg - device.ring_deg)


def _rows(log: Path) -> tuple[int, int]:
    """Takes in the log, and those without an end."""
    if not log.exists():
        return 0, 0
    with TakeLog(log, create=False) as book:
        rows = book.rows()
    return len(rows), sum(row.verdict == BEGUN for row in rows)


# The sections -----------------------------------------------------------------------------------------------------


def endings(times: int = SAMPLE) -> Row:
    """Every command × every ending, `times` moments of each."""
    return _row("endings", [tried(case) for case in _cases(times, random.Random(SEED))])


def kills(count: int) -> Row:
    """Kill -9 at random moments of all that moves the ring, and the next connection."""
    dice = random.Random(SEED + 1)
    cases = []
    for number in range(count):
        name, words, takes = KILLED[number % len(KILLED)]
        cases.append(Case(name, words, "killed", dice.uniform(0.0, 2.6), takes))
    return _row("killed", [tried(case) for case in cases])


KILLED: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("pull", (*PULL, "--takes", "2"), True),
    ("app", (), True),
    ("rehearse", ("rehearse", SHOW, "--takes", "2", "--at", "2m"), True),
    ("unit goto", GOTO, False),
    ("unit jog", JOG, False),
    (HOME, ("unit", "home"), False),
)


def _row(section: str, done: list[Ended]) -> Row:
    return Row(
        section,
        tried=len(done),
        kept=sum(not (one.lost or one.open_rows) for one in done),
        told=sum(bool(one.said.strip()) or one.case.name == "app" or one.case.ending == "killed" for one in done),
        tracebacks=sum("Traceback" in one.said for one in done),
        hangs=sum(one.code is None for one in done),
        lost=sum(one.lost for one in done),
        turning=sum(one.turning for one in done),
        wrong=tuple(
            f"{one.case.name}, {one.case.ending}, {one.case.after_s:.2f} s: {one.wrong}: {one.said[-300:]!r}"
            for one in done if one.wrong
        ),
    )  # fmt: skip


def table(rows: Sequence[Row]) -> str:
    """The rows as they are printed."""
    names = ("section", "tried", "kept", "told", "tracebacks", "hangs", "lost", "turning")
    lines = [names, *(tuple(str(getattr(row, name)) for name in names) for row in rows)]
    return "\n".join("  ".join(f"{cell:>{10 if n else 26}}" for n, cell in enumerate(line)) for line in lines)


def main() -> None:
    """Both sections."""
    counts = [int(word) for word in sys.argv[1:]] or [SAMPLE, 4]
    for row in (endings(counts[0]), kills(counts[1] if len(counts) > 1 else 4)):
        print(
            row.section, {name: getattr(row, name) for name in ("tried", "kept", "told", "tracebacks", "hangs", "lost")}
        )
        print(*row.wrong, sep="\n")


if __name__ == "__main__":
    main()
