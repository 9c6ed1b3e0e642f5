# SPDX-License-Identifier: MIT
"""Days on the simulated unit, told word by word: what was said to it, when, and how it stood after, is said still."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import pytest

from followfocus.errors import FollowFocusError
from followfocus.motion.limits import FAST, UNLIMITED
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.unit import (
    calibration,
    following,
    latency,
    line,
    moves,
    playing,
    settings,
    upload,
    watch,
)
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.frames import FrameReader
from followfocus.wire.link import Port
from followfocus.wire.messages import HARD_STOP_TYPE, STOP_TYPE, CueEdge, Safety, Silence, StopInput, decode_body
from tests.support.benches import VirtualBench, a_plan
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]
PARTS = (calibration, following, latency, line, moves, playing, settings, upload, watch)
"""The modules that have a word in these conversations"""


class Overheard:
    """A port on which every word to the unit is taken down."""

    def __init__(self, port: Port, now: Callable[[], float], rows: list[Row]) -> None:
        self.name = port.name
        self._port, self._now, self._rows = port, now, rows
        self._frames = FrameReader()

    def read(self, timeout_s: float) -> bytes:
        return self._port.read(timeout_s)

    def write(self, data: bytes) -> None:
        for frame in self._frames.feed(data):
            known = frame.type not in (STOP_TYPE, HARD_STOP_TYPE)
            said = repr(decode_body(frame.type, frame.body)) if known else f"stop 0x{frame.type:x}"
            told = said if len(said) < 90 else f"{said[:60]}… {len(said)}"
            self._rows.append(("said", round(self._now() - 1000.0, 4), told))
        self._port.write(data)

    def close(self) -> None:
        self._port.close()


class OverheardBench(VirtualBench):
    """A bench whose words are taken down in `rows`."""

    def __init__(self, *faults: str) -> None:
        self.rows: list[Row] = []
        super().__init__(*faults, stops_deg=(0.0, 300.0))

    def _open(self, attempt: int) -> Port:
        return Overheard(super()._open(attempt), self.clock.now, self.rows)

    def did(self, what: str, work: Callable[[], object]) -> None:
        """Do it, and take down how it ended and how the unit stands."""
        try:
            found = work()
            said = "" if found is None or "Status" in repr(found) else repr(found)
        except FollowFocusError as error:
            said = str(error)
        status = self.unit.status
        self.rows.append((
            what, round(self.clock.now() - 1000.0, 4), said[:400], status.state.name if status.state else None,
            status.ring_deg, status.position, status.cause.name, status.fault.name, status.free_segments,
            status.wanted_offset, status.last_take,
        ))  # fmt: skip


def ready(bench: OverheardBench) -> FollowFocusUnit:
    unit = bench.unit
    bench.did("connect", lambda: unit.connect().facts())
    bench.did("configure", lambda: unit.configure(DEFAULT_RIG, FAST))
    bench.did("reference", lambda: unit.set_reference(40.0))
    bench.did("limits", lambda: unit.set_limits(0.0, 300.0))
    return unit


def moving(bench: OverheardBench) -> None:
    unit = ready(bench)
    bench.did("goto", lambda: unit.goto_deg(90.0))
    bench.did("slowly", lambda: unit.goto_deg(95.0, 20.0))
    bench.did("out of reach", lambda: unit.goto_deg(301.0))
    bench.did("heads", lambda: unit.head_for(120.0))
    bench.did("waits", lambda: unit.link.sleep(0.1))
    bench.did("stop", unit.stop)
    bench.did("jog", lambda: unit.jog(30.0))
    bench.did("waits", lambda: unit.link.sleep(0.2))
    bench.did("no jog", lambda: unit.jog(0.0))
    bench.did("waits", lambda: unit.link.sleep(0.3))
    bench.did("jog back", lambda: unit.jog(-15.0))
    bench.did("waits", lambda: unit.link.sleep(0.9))
    bench.did("hard stop", unit.hard_stop)
    bench.did("last known", unit.last_known)
    bench.did("reference", lambda: unit.set_reference(100.0))
    bench.did("park", unit.park)
    bench.did("release", unit.release)
    bench.did("energise", unit.energise)
    bench.did("refresh", unit.refresh)


def homing(bench: OverheardBench) -> None:
    unit = bench.unit
    bench.did("connect", lambda: unit.connect().facts())
    bench.did("not yet", lambda: unit.goto_deg(10.0))
    bench.did("home", unit.home)
    bench.did("again", lambda: unit.home(300.0))
    bench.did("elsewhere", lambda: unit.home(250.0))
    bench.did("save", unit.save_config)
    bench.did("safety", lambda: unit.safety)
    bench.did("apply safety", lambda: unit.apply_safety(Safety(StopInput.STOP_BUTTON, CueEdge.RISING)))
    bench.did("factory", unit.factory_reset)
    bench.did("confirm", unit.confirm_position)


def shooting(bench: OverheardBench) -> None:
    unit = ready(bench)
    plan = a_plan(60.0, 120.0, 1.0)
    bench.did("no pull", unit.back_to_one)
    bench.did("no pull", unit.arm)
    bench.did("load", lambda: unit.load(plan.profile))
    bench.did("to one", unit.back_to_one)
    bench.did("to one again", unit.back_to_one)
    bench.did("arm", unit.arm)
    bench.did("disarm", unit.disarm)
    bench.did("arm", unit.arm)
    progress: list[float] = []
    bench.did("play", lambda: unit.play(1, lambda at_s, _status: progress.append(at_s)))
    bench.rows.append(("progress", len(progress), *progress[-3:]))
    bench.did("arm again", unit.arm)
    bench.did("go", lambda: unit.go(2))
    bench.did("meanwhile", lambda: unit.link.sleep(0.4))
    bench.did("stop", unit.stop)
    bench.did("take", unit.wait_take)
    bench.did("nothing left", unit.wait_take)
    bench.did("arm", unit.arm)
    bench.did("go later", lambda: unit.go(3, unit.status.clock + 8_000_000))
    bench.did("take", unit.wait_take)
    bench.did("unload", unit.unload)
    bench.did("measure", lambda: round(unit.measure_clock(0.5), 1))


def streaming(bench: OverheardBench) -> None:
    """A pull that the unit hears in pieces, as it is too long to be held."""
    unit = ready(bench)
    plan = a_plan(20.0, 280.0, 9.0)
    bench.did("load", lambda: unit.load(plan.profile))
    bench.did("arm", unit.arm)
    bench.did("play", lambda: unit.play(7))
    bench.did("arm again", unit.arm)
    bench.did("play", lambda: unit.play(8))


def cued(bench: OverheardBench) -> None:
    unit = ready(bench)
    bench.did("silence", lambda: unit.apply(dataclasses.replace(unit.config, take_silence=Silence.SLOW_DOWN)))
    both = unit.config, unit.safety
    for change in ("take-silence=finish", "take_silence=never", "cue_edge=rising", "accel=x", "accel=5000000000",
                   "acel=5",
                   "accel", "name=", "name=Kamera A", "name=" + "x" * 17, "microsteps=32"):  # fmt: skip
        bench.did(change, lambda change=change: settings.changed(both, [change]))
    bench.rows += [(name, str(value)) for name, value in settings.settings_facts(*both).items()]
    bench.did("safety", lambda: unit.apply_safety(Safety(StopInput.NONE, CueEdge.FALLING)))
    bench.did("load", lambda: unit.load(a_plan(60.0, 90.0, 0.8).profile))
    bench.did("arm", lambda: unit.arm(cue=True))
    bench.did("waits", lambda: unit.link.sleep(0.3))
    bench.did("disarm", unit.disarm)
    bench.did("limits", lambda: unit.configure(DEFAULT_RIG, UNLIMITED))


def followed(bench: OverheardBench) -> None:
    unit = ready(bench)
    hand = unit.follow()
    for step in range(60):
        now_s = bench.clock.now()
        if step % 3 == 0:
            bench.did("hand", lambda at=now_s, step=step: hand.send(920 + 4.0 * step, 400.0, at))
        unit.link.sleep(0.01)
    bench.rows.append(("behind", hand.behind_steps, hand.over, hand.let_go, hand.fell_silent))
    bench.did("close", lambda: hand.close().cause)
    bench.did("again at once", lambda: unit.follow().close().cause)
    silent = unit.follow()
    bench.did("one word", lambda: silent.send(1500.0, 300.0, bench.clock.now()))
    unit.link.sleep(0.5)
    bench.rows.append(("silent", silent.over, silent.let_go, silent.fell_silent))
    bench.did("too late", lambda: silent.send(1500.0, 0.0, bench.clock.now()))
    bench.did("close", lambda: silent.close().cause)
    bench.did("nonsense", lambda: unit.follow().send(float("nan"), 0.0, bench.clock.now()))


def cut_off(bench: OverheardBench) -> None:
    unit = ready(bench)
    bench.did("load", lambda: unit.load(a_plan(60.0, 120.0, 2.0).profile))
    bench.did("arm", unit.arm)
    bench.did("go", lambda: unit.go(5))
    bench.did("meanwhile", lambda: unit.link.sleep(0.5))
    bench.cut()
    bench.did("meanwhile", lambda: unit.link.sleep(0.2))
    bench.did("take", unit.wait_take)
    bench.did("goto", lambda: unit.goto_deg(50.0))
    bench.did("connect", lambda: unit.connect().boot_id)


DAYS: dict[str, tuple[Callable[[OverheardBench], None], tuple[str, ...]]] = {
    "moving": (moving, ()), "homing": (homing, ()), "shooting": (shooting, ()), "streaming": (streaming, ()),
    "cued": (cued, ()), "followed": (followed, ()), "cut-off": (cut_off, ()),
}  # fmt: skip


@pytest.fixture(name="bench")
def _bench(request: pytest.FixtureRequest) -> Iterator[OverheardBench]:
    bench = OverheardBench(*DAYS[request.param][1])
    yield bench
    bench.unit.close()


@pytest.mark.parametrize(("name", "bench"), [(name, name) for name in DAYS], indirect=["bench"])
def test_a_day_goes_as_it_went(name: str, bench: OverheardBench) -> None:
    DAYS[name][0](bench)
    assert len({row[0] for row in bench.rows}) > 3
    assert all(part.__doc__ for part in PARTS)
    assert_goes_as_it_did(f"day-{name}", bench.rows)
