# SPDX-License-Identifier: MIT
"""The whole app, offscreen: `python benchmarks/gui_app.py [section …]`, all if none is named.

take    How long the window's thread is busy at a stretch while a take runs with 50 Hz telemetry, as a timer of 1 ms
        sees it. A frame can't be later than that, nor a key.
drag    A needle dragged for 10 s at 30°/s against a simulated unit over TCP. Lag: how long ago the hand was where the
        needle is shown now.
memory  Resident memory after a thousand takes have come in.
start   From the start of the process to the window on the screen; five tries.
shooting  What the window's thread works for a frame of a take in the shooting view at 1920 × 1080, by its own clock.
scrub   What it works for each step of the time cursor, dragged over a picture of one's own, 1920 x 1080 with depth; and
        how long after a step the picture of that moment is there.
edit    What it works for an edit: planned again, laid out, painted.
idle    How busy it is while nothing happens.
"""

from __future__ import annotations

import dataclasses
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from followfocus.stage.events import Taken
from followfocus.wire.evidence import UnitStatus
from followfocus.wire.messages import State
from followfocus_gui.app import Desktop, open_desk
from followfocus_gui.widgets.rack_own import OwnStill
from followfocus_gui.widgets.rack_worker import Wish

DRAG_S, DRAG_DEG_S, LOW_DEG, HIGH_DEG = 10.0, 30.0, 60.0, 120.0
TAKE_S, TAKES, STARTS = 8.0, 1_000, 5
FRAMES, SCRUBS, IDLE_S = 200, 300, 10.0


def application() -> QApplication:
    """The one application."""
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication(sys.argv[:1])


def until(so: Callable[[], bool], seconds: float = 60.0) -> None:
    """Run the event loop until something is so."""
    end = time.monotonic() + seconds
    while not so():
        application().processEvents()
        time.sleep(0.001)
        if time.monotonic() > end:
            raise TimeoutError


def opened(port: str = "sim") -> Desktop:
    """The app, connected and at rest."""
    desktop = open_desk(application(), port, Path(tempfile.mkdtemp()))
    desktop.window.show()
    until(lambda: desktop.session.state in (State.IDLE, State.LOADED) and not desktop.session.busy)
    return desktop


def run_until(signal_or_so: Callable[[], bool]) -> None:
    """Let an event loop run, so that it sleeps and wakes as it does for a user."""
    loop = QEventLoop()
    watch = QTimer()
    watch.setInterval(20)
    watch.timeout.connect(lambda: loop.quit() if signal_or_so() else None)
    watch.start()
    loop.exec()


def shoot(desktop: Desktop, duration_s: float) -> Taken:
    """One take."""
    kept: list[Taken] = []
    desktop.session.taken.connect(kept.append)
    desktop.session.edit(lambda: desktop.session.desk.edit_pull(duration_s=duration_s))
    desktop.session.arm()
    until(lambda: desktop.session.state is State.ARMED and not desktop.session.busy)
    desktop.session.go()
    run_until(lambda: bool(kept))
    return kept[0]


def take_section() -> None:
    """Busy stretches of the window's thread in a take of eight seconds."""
    desktop = opened()
    ticks: list[float] = []
    beat = QTimer(desktop.window)
    beat.setTimerType(Qt.TimerType.PreciseTimer)
    beat.setInterval(1)
    beat.timeout.connect(lambda: ticks.append(time.perf_counter()))
    beat.start()
    taken = shoot(desktop, TAKE_S)
    beat.stop()
    gaps = np.diff(ticks)[len(ticks) // 20 :] * 1e3 - 1.0  # what the timer itself waits is not the window's
    worked = gaps[gaps > 0.5]
    print(
        f"take: {len(worked)} stretches, median {np.median(worked):.1f} ms, p95 {np.percentile(worked, 95):.1f} ms, "
        f"worst {gaps.max():.1f} ms; {taken.take.verdict.value}, {desktop.window.rack.picture.frames} rack pictures"
    )
    desktop.window.close()


def drag_section() -> None:
    """The needle behind the hand."""
    command = [sys.executable, "-m", "followfocus", "sim", "--tcp", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as unit:
        assert unit.stdout is not None
        desktop = opened(unit.stdout.readline().strip())
        session, disk = desktop.session, desktop.window.disk
        session.turn(LOW_DEG)
        until(lambda: session.state is not State.MOVING and abs(session.ring_deg - LOW_DEG) < 0.5)
        lags: list[float] = []
        start = time.perf_counter()
        period = 2 * (HIGH_DEG - LOW_DEG) / DRAG_DEG_S

        def hand(t: float) -> float:
            share = t % period / period
            return LOW_DEG + (HIGH_DEG - LOW_DEG) * (2 * share if share < 0.5 else 2 - 2 * share)

        def move() -> None:
            session.turn(hand(time.perf_counter() - start))

        def look() -> None:
            t = time.perf_counter() - start
            needle = disk.needle_deg
            phase = t % (period / 2)
            if needle is None or not 0.3 < phase < period / 2 - 0.05:
                return  # just after a turn of the hand two moments fit
            lags.append(abs(hand(t) - needle) / DRAG_DEG_S)

        timers = []
        for action, every_ms in ((move, 10), (look, 5)):
            timer = QTimer(desktop.window)
            timer.setInterval(every_ms)
            timer.timeout.connect(action)
            timer.start()
            timers.append(timer)
        run_until(lambda: time.perf_counter() - start > DRAG_S)
        ms = np.array(lags) * 1e3
        print(f"drag: lag median {np.median(ms):.0f} ms, p95 {np.percentile(ms, 95):.0f} ms, worst {ms.max():.0f} ms")
        for timer in timers:
            timer.stop()
        until(lambda: session.state in (State.IDLE, State.LOADED))
        desktop.window.close()
        unit.kill()


def resident_mb() -> float:
    """Resident memory of this process, megabytes (Linux)."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def memory_section() -> None:
    """A thousand takes of the table and the plots."""
    desktop = opened()
    before = resident_mb()
    taken = shoot(desktop, 1.0)
    for number in range(TAKES):
        again = dataclasses.replace(taken, take=dataclasses.replace(taken.take, take=number + 1))
        again = dataclasses.replace(again, row=desktop.session.keeper.keep(again.take, again.context))
        desktop.session.began.emit()
        desktop.session.taken.emit(again)
        application().processEvents()
    print(f"memory: {before:.0f} MB at the start, {resident_mb():.0f} MB after {TAKES} takes")
    desktop.window.close()


_START = """
import sys, time
from pathlib import Path
from followfocus_gui.app import load_core, open_desk
load_core()
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
application = QApplication([])
desktop = open_desk(application, "sim", Path(sys.argv[1]))
desktop.window.show()
def shown():
    desktop.window.grab()
    print(time.time(), flush=True)
    desktop.window.close()
    application.quit()

QTimer.singleShot(0, shown)
application.exec()
"""


def start_section() -> None:
    """Process start to a painted window, with the bytecode that Python keeps of every program that is installed."""
    spent = []
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPYCACHEPREFIX"] = tempfile.mkdtemp()
    for _ in range(STARTS + 1):
        began = time.time()
        command = [sys.executable, "-c", _START, tempfile.mkdtemp()]
        said = subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout
        spent.append(float(said) - began)
    del spent[0]  # it wrote the bytecode
    print(f"start: median {np.median(spent):.2f} s, worst {max(spent):.2f} s")


def worked_ms(act: Callable[[], object]) -> float:
    """CPU time of the window's thread for an action and the painting that follows, milliseconds."""
    before = time.thread_time()
    act()
    application().sendPostedEvents()
    application().processEvents()
    return (time.thread_time() - before) * 1e3


def told(section: str, ms: list[float]) -> None:
    """One line of figures."""
    print(f"{section}: median {np.median(ms):.1f} ms, p95 {np.percentile(ms, 95):.1f} ms, worst {max(ms):.1f} ms")


def shooting_section() -> None:
    """Frames of a take in the shooting view, as telemetry brings them."""
    desktop = opened()
    window, session, desk = desktop.window, desktop.session, desktop.session.desk
    window.resize(1920, 1080)
    window.turn_shooting()
    application().processEvents()
    status = session.status
    session.bridge.close()  # or the unit's own word, that it rests, would come between the take's
    session.began.emit()
    ms = []
    for number in range(FRAMES):
        at_s = desk.pull.duration_s * number / FRAMES
        ring_deg = 60.0 + 120.0 * number / FRAMES
        seen = dataclasses.replace(status, state=State.PLAYING, ring_deg=ring_deg)

        def frame(seen: UnitStatus = seen, at_s: float = at_s) -> None:
            session.bridge.statusChanged.emit(seen)
            session.progressed.emit(at_s, seen)
            window.showing.show_status()

        ms.append(worked_ms(frame))
    told("shooting", ms[len(ms) // 10 :])
    session.bridge.statusChanged.emit(status)
    window.close()


def own_still(folder: Path) -> OwnStill:
    """A picture of 1920 x 1080 with metres of depth: a floor that comes up to the lens, and somebody on it."""
    y, x = np.mgrid[0:1080, 0:1920].astype(np.float32)
    metres = np.where(abs(x - 600) < 200, 1.2, 1 / (0.1 + 0.7 * y / 1080))
    codes = np.random.default_rng(1).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
    Image.fromarray(codes).save(folder / "still.png")
    Image.fromarray((metres * 1000).astype(np.uint16)).save(folder / "depth.png")
    return OwnStill(folder / "still.png", folder / "depth.png")


def scrub_section() -> None:
    """The time cursor dragged to and fro over a picture of one's own, a step 60 times a second."""
    desktop = opened()
    desktop.window.resize(1920, 1080)
    curve, rack = desktop.window.page.curve, desktop.window.rack
    rack.set_own([*dataclasses.astuple(own_still(Path(tempfile.mkdtemp())))[:2]])
    duration_s = desktop.session.desk.pull.duration_s
    until(lambda: rack.picture.shown is not None and rack.picture.shown.scene.own is not None)
    asked: dict[float, float] = {}
    worked: list[float] = []
    waits: list[float] = []
    steps = iter(range(SCRUBS))

    def drawn(_: object, wish: Wish) -> None:
        if not wish.final and wish.time_s in asked:
            waits.append(time.perf_counter() - asked[wish.time_s])

    def last_seen() -> bool:
        shown = rack.picture.shown
        return not timer.isActive() and shown is not None and shown.time_s == next(reversed(asked))

    rack.picture.worker.drawn.connect(drawn)

    def step() -> None:
        number = next(steps, None)
        if number is None:
            timer.stop()
            return
        at_s = duration_s * (0.5 - 0.5 * math.cos(number / 60)) + number * 1e-6
        asked[at_s] = time.perf_counter()
        worked.append(worked_ms(lambda: curve.cursorMoved.emit(at_s)))

    timer = QTimer(desktop.window)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(16)
    timer.timeout.connect(step)
    timer.start()
    run_until(last_seen)
    told("scrub, the window's thread", worked[SCRUBS // 10 :])
    if waits:  # a machine may be too busy for a draft between two steps
        told(f"scrub, {len(waits)} pictures of {SCRUBS} steps, each after", [wait * 1e3 for wait in waits])
    desktop.window.close()


def edit_section() -> None:
    """Edits that are planned again, as a drag of the curve's end makes them."""
    desktop = opened()
    session, desk = desktop.session, desktop.session.desk

    def edit(number: int) -> None:
        session.edit(lambda: desk.edit_pull(duration_s=1.0 + number / 500))

    told("edit", [worked_ms(partial(edit, number)) for number in range(FRAMES)])
    desktop.window.close()


def idle_section() -> None:
    """The window's thread while nothing happens."""
    desktop = opened()
    application().processEvents()
    before, start = time.thread_time(), time.perf_counter()
    run_until(lambda: time.perf_counter() - start > IDLE_S)
    share = (time.thread_time() - before) / (time.perf_counter() - start)
    print(f"idle: the window's thread is busy {share:.1%} of the time")
    desktop.window.close()


SECTIONS: dict[str, Callable[[], None]] = {
    "take": take_section,
    "drag": drag_section,
    "memory": memory_section,
    "start": start_section,
    "shooting": shooting_section,
    "scrub": scrub_section,
    "edit": edit_section,
    "idle": idle_section,
}


def main() -> None:
    """Run the sections named on the command line, or all."""
    for name in sys.argv[1:] or SECTIONS:
        SECTIONS[name]()


if __name__ == "__main__":
    main()
