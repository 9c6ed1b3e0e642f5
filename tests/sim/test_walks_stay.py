# SPDX-License-Identifier: MIT
"""Walks on the simulated unit: whatever is asked of it or done to it, it answers as it did, to the tick."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable

import pytest

from followfocus.motion.motor import DEFAULT_RIG, MOTORS, Rig
from followfocus.sim import follow, inputs, player, profile, ramp, uart
from followfocus.sim.build import Build
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.faults import parse_faults
from followfocus.sim.faulty import FaultyUnit, simulate
from followfocus.sim.mechanics import Mechanics, RigidRing, StepperRing
from followfocus.sim.oscillator import Oscillator
from followfocus.sim.stepper import Stepper
from followfocus.sim.store import Store
from followfocus.wire.frames import HARD_STOP_BYTES, STOP_BYTES
from followfocus.wire.messages import (
    Arm,
    ClearFault,
    ConfirmPosition,
    CueEdge,
    Disarm,
    FactoryReset,
    Follow,
    GetConfig,
    GetLastKnown,
    GetSafety,
    GetStatus,
    GetTake,
    Go,
    Goto,
    Hello,
    Hold,
    Home,
    Jog,
    Message,
    Park,
    Ping,
    ProfileBegin,
    ProfileData,
    ResetCause,
    Safety,
    SaveConfig,
    Segment,
    SetLimits,
    SetPosition,
    SetTelemetry,
    Silence,
    StopInput,
    Unload,
)
from tests.sim.driver import Driver, begin_of, steady
from tests.support.golden import Cell, assert_goes_as_it_did

Row = tuple[Cell, ...]
PARTS = (follow, inputs, player, profile, ramp, uart)
"""The modules that have a word in these walks"""


class Walk:
    """A unit that is asked for things drawn from a seed, and the rows of what came of them."""

    def __init__(self, seed: int, mechanics: Mechanics, *faults: str, store: Store | None = None) -> None:
        self.draw = random.Random(seed)
        device, unit = simulate(
            parse_faults(faults), mechanics=mechanics, store=store, build=Build(boot_seed=seed), seed=seed
        )
        assert unit is not None
        self.driver = Driver(unit, device)
        self.rows: list[Row] = []
        self._told = self._edges = 0

    def note(self, what: str) -> None:
        """How it stands, after what was heard since the last note."""
        driver = self.driver
        for at_s, number, message in driver.heard[self._told :]:
            said = repr(message)
            self.rows.append(("heard", at_s, number, said if len(said) < 200 else f"{said[:190]}… {len(said)}"))
        self._told = len(driver.heard)
        unit, made = driver.unit, driver.edges()[self._edges :]
        self._edges += len(made)
        sums = sum(tick * (1 + index % 7) for index, (tick, _) in enumerate(made))
        self.rows.append((
            what, driver.now_s, unit.state.name, str(int(unit.status_flags)), unit.position, unit.ring_deg, len(made),
            sums, made[-1][0] if made else None, unit.next_event_s(), unit.bad_frames,
        ))  # fmt: skip

    def ask(self, command: Message) -> None:
        """Send a command, wait for what comes at once, and note it."""
        self.driver.send(self.driver.frame(command, self.draw.randrange(1, 256)))
        self.driver.wait(0.004)
        self.note(type(command).__name__)

    def wait(self, seconds: float, ping_every_s: float | None = 0.06) -> None:
        """Let time pass, the host there or not, and note what came."""
        end_s = self.driver.now_s + seconds
        while self.driver.now_s < end_s - 1e-9:
            self.driver.wait(min(ping_every_s or seconds, end_s - self.driver.now_s))
            if ping_every_s is not None:
                self.driver.send(self.driver.frame(Ping(), 9))
        self.note("waited")


PULL = (
    Segment(180_000, 40, -2_000), Segment(100_000, 300, 0), Segment(100_000, 40, 2_000), Segment(2_000_000, 0, 0),
    Segment(200_000, -60, -1_500), Segment(110_000, -200, 0), Segment(110_000, -50, 1_900),
)  # fmt: skip
"""380 steps forth, 2 Mtick at rest, 310 back."""
STREAM = tuple(steady(4_000 + 20 * (number % 30), 4) for number in range(130))


def load(walk: Walk, segments: tuple[Segment, ...] = PULL, start: int = 0) -> None:
    walk.ask(begin_of(segments, start, 1 + walk.draw.randrange(3)))
    for offset in range(0, min(len(segments), 96), 24):
        walk.ask(ProfileData(offset, tuple(segments[offset : min(offset + 24, 96)])))


def _follow(walk: Walk) -> None:
    at, rate = 256 * walk.driver.unit.position, 0
    for _ in range(walk.draw.randrange(3, 40)):
        rate = max(-900_000, min(900_000, rate + walk.draw.randrange(-200_000, 200_000)))
        at += rate // 100
        word = Follow(at, rate, walk.draw.randrange(-80_000, 120_000))
        walk.driver.send(walk.driver.frame(word, 0))
        walk.driver.wait(0.01)
    walk.note("followed")
    walk.wait((0.05, 0.2)[walk.draw.randrange(2)], None)


def _take(walk: Walk) -> None:
    load(walk, PULL if walk.draw.randrange(3) else STREAM, walk.driver.unit.position)
    cue = int(walk.draw.randrange(3) == 0)
    for number in (1, 2, 3):
        walk.ask(Arm(number, cue))
    if cue:
        walk.driver.unit.set_cue(True)
        walk.wait(0.01)
        walk.driver.unit.set_cue(False)
    else:
        walk.ask(Go(walk.draw.randrange(1, 9), (0, 0, 200_000)[walk.draw.randrange(3)]))
    walk.wait(walk.draw.random(), (0.06, None)[walk.draw.randrange(4) == 0])
    if walk.draw.randrange(4) == 0:
        _stop(walk)
    walk.ask(GetTake())


def _settings(walk: Walk) -> None:
    draw = walk.draw
    safety = Safety(draw.randrange(0, 3), draw.randrange(0, 200))
    walk.ask(safety)
    config = walk.driver.unit.config
    walk.ask(dataclasses.replace(
        config,
        accel=(0, 1, 20_000, 40_000, 2**31)[draw.randrange(5)],
        goto_rate=(0, 1, 3_000, 6_000, 60_000)[draw.randrange(5)],
        home_rate=(500, 1_500)[draw.randrange(2)],
        min_interval_ticks=(159, 160, 320, 1_000)[draw.randrange(4)],
        dir_setup_ticks=(0, 320, 2_000)[draw.randrange(3)],
        take_silence=tuple(Silence)[draw.randrange(len(Silence))],
        silence_ms=(0, 100, 250)[draw.randrange(3)],
        cue_edge=tuple(CueEdge)[draw.randrange(len(CueEdge))],
        stop_input=tuple(StopInput)[draw.randrange(len(StopInput))],
        direction=(1, -1, 0)[draw.randrange(3)],
        microsteps=(16, 16, 8, 3)[draw.randrange(4)],
    ))  # fmt: skip


def _inputs(walk: Walk) -> None:
    unit, draw = walk.driver.unit, walk.draw
    moved: Callable[[bool], None] = unit.set_cue if draw.randrange(2) else unit.set_stop
    moved(True)
    walk.wait((0.0001, 0.0003, 0.02)[draw.randrange(3)])
    moved(False)
    walk.wait(0.01)


def _stop(walk: Walk) -> None:
    walk.driver.send((STOP_BYTES, HARD_STOP_BYTES)[walk.draw.randrange(2)])
    walk.wait((0.01, 0.3)[walk.draw.randrange(2)])


def _turn(walk: Walk) -> None:
    draw = walk.draw
    aims: list[Message] = [
        Goto(draw.randrange(-1_500, 1_500), (0, 900, 5_000)[draw.randrange(3)]), Jog(draw.randrange(-4_000, 4_000)),
        Jog(0), Home(draw.randrange(100, 4_000)), Goto(draw.randrange(-2_100, 2_100), 0), Hold(draw.randrange(2)),
    ]  # fmt: skip
    for _ in range(draw.randrange(1, 4)):
        walk.ask(aims[draw.randrange(len(aims))])
        walk.wait((0.03, 0.2, 0.6)[draw.randrange(3)], (0.06, 0.06, 0.06, None)[draw.randrange(4)])
    if draw.randrange(3) == 0:
        _stop(walk)


def _say(walk: Walk) -> None:
    draw = walk.draw
    words: list[Message] = [
        GetStatus(), GetConfig(), GetSafety(), GetTake(), GetLastKnown(), Park(), ConfirmPosition(), SaveConfig(),
        Disarm(), Unload(), ClearFault(), SetTelemetry((0, 5, 20, 100)[draw.randrange(4)]), Go(3, 0), Arm(2, 1),
        SetPosition(draw.randrange(-50, 50)), SetLimits(-2_000, 2_000), Hello(draw.randrange(99), 1, 0, 5),
        ProfileBegin(7, 0, draw.randrange(3), 1, 0, 0), Goto(2_001, 0), Home(0), FactoryReset(),
    ]  # fmt: skip
    walk.ask(words[draw.randrange(len(words))])


def _damage(walk: Walk) -> None:
    frame = bytearray(walk.driver.frame(Ping(), 3))
    frame[walk.draw.randrange(len(frame))] ^= 1 << walk.draw.randrange(8)
    walk.driver.send(bytes(frame))
    walk.wait(0.02)


def _ready(walk: Walk) -> None:
    for command in (ClearFault(), Hello(5, 1, 0, 0), SetPosition(walk.driver.unit.position), SetLimits(-2_000, 2_000)):
        walk.ask(command)
        walk.wait(0.12 if isinstance(command, SetPosition) else 0.001)  # the motor is given its current first


WHATS = (_turn, _turn, _turn, _take, _take, _take, _follow, _follow, _settings, _inputs, _stop, _say, _say, _damage)


@pytest.mark.parametrize("seed", range(5))
def test_a_unit_answers_as_it_did(seed: int) -> None:
    assert all(part.__doc__ for part in PARTS)
    walk = Walk(seed, RigidRing(0.1, (-60.0, 90.0)) if seed % 2 else RigidRing(0.04))
    for number in range(50):
        if number % 4 == 0:
            _ready(walk)
        WHATS[walk.draw.randrange(len(WHATS))](walk)
        if number % 19 == 18:
            walk.driver.unit.reset(walk.driver.now_s, tuple(ResetCause)[walk.draw.randrange(len(ResetCause))])
            walk.wait(0.05)
    assert_goes_as_it_did(f"unit-{seed}", walk.rows)


FAULTS = [
    ("noise:2e-3",), ("drop:0.02",), ("torn:0.2",), ("mute:0.1s",), ("reset:0.05s", "reset:take2"), ("slip:0.02s",),
    ("reset:boot+0.3s",), ("clock:+0.5%",), ("clock:-2%", "dtr-reset"), ("newer-protocol",), ("other-table",),
    ("worn-store", "stuck-cue"), ("stuck-stop",), ("unreferenced",),
]  # fmt: skip


@pytest.mark.parametrize("faults", FAULTS, ids="+".join)
def test_a_faulty_unit_fails_as_it_did(faults: tuple[str, ...]) -> None:
    walk = Walk(5, RigidRing(0.04), *faults)
    device = walk.driver.device
    if isinstance(device, FaultyUnit):
        device.opened(0.01)
        walk.note("opened")
        walk.rows.append((device.next_event_s(),))
    _ready(walk)
    for _ in range(2):
        _take(walk)
        walk.wait(0.2)
        walk.ask(Park())
        walk.ask(SaveConfig())
        _ready(walk)
    walk.rows.append((device.next_event_s(),))
    assert_goes_as_it_did(f"faulty-{'+'.join(faults).replace(':', '-').replace('%', '')}", walk.rows)


RIGS = {
    "usual": DEFAULT_RIG,
    "heavy": dataclasses.replace(
        DEFAULT_RIG, ring_inertia_kgm2=8e-4, ring_friction_nm=0.15, lash_deg=0.8, gear_efficiency=0.8
    ),
    "coarse": dataclasses.replace(DEFAULT_RIG, microsteps=4, lens_teeth=120, motor_teeth=50, lash_deg=0.0),
    "small": Rig(motor=MOTORS["14hs17-0504s"], volts=12.0),
}


def _seen(stepper: Stepper, what: str) -> Row:
    return (
        what, stepper.now_s, stepper.ring_deg, stepper.rotor_deg, stepper.commanded_deg, stepper.ring_deg_s,
        stepper.load_angle_deg, stepper.lost_full_steps, stepper.contact, stepper.stalled, stepper.energised,
    )  # fmt: skip


@pytest.mark.parametrize("name", RIGS)
def test_a_motor_turns_its_ring_as_it_did(name: str) -> None:
    stepper, draw, rows = Stepper(RIGS[name], (-20.0, 45.0), 3.0), random.Random(4), list[Row]()
    now_s = 0.0

    def steps(count: int, first_hz: float, last_hz: float, direction: int) -> None:
        nonlocal now_s
        for number in range(count):
            now_s += 1.0 / (first_hz + (last_hz - first_hz) * number / count)
            stepper.step(now_s, direction)
            if number % 25 == 0:
                stepper.advance(now_s)
                rows.append(_seen(stepper, "on its way"))
        stepper.advance(now_s)
        rows.append(_seen(stepper, "there"))

    def rest(seconds: float, what: str) -> None:
        nonlocal now_s
        for _ in range(5):
            now_s += seconds / 5
            stepper.advance(now_s)
            rows.append(_seen(stepper, what))

    steps(200, 300, 4000, 1)
    rest(0.03, "swings")
    steps(150, 200, 3000, -1)
    rest(0.05, "swings back")
    stepper.slip()
    rest(0.07, "slips")
    stepper.torque_scale = 0.15
    steps(120, 4000, 9000, 1)
    rest(0.06, "is weak")
    stepper.torque_scale = 1.0
    stepper.release()
    rest(0.02, "is free")
    stepper.turn_to(10.0 + 5 * draw.random())
    rows.append(_seen(stepper, "is turned"))
    stepper.restart_driver()
    stepper.energise()
    rest(0.05, "holds")
    steps(900, 1500, 2500, 1)  # into the stop
    rest(0.02, "presses")
    steps(300, 800, 800, -1)
    stepper.settle()
    rows.append(_seen(stepper, "rests"))
    steps(1, 100, 100, 1)
    stepper.settle(0.005)
    rows.append(_seen(stepper, "soon"))
    assert_goes_as_it_did(f"motor-{name}", rows)


def test_the_ring_behind_a_unit_does_what_it_did() -> None:
    ring, rows, now_s = StepperRing(DEFAULT_RIG, (0.0, 100.0), 50.0), list[Row](), 0.0

    def then(what: str, seconds: float = 0.05) -> None:
        nonlocal now_s
        now_s += seconds
        ring.run_to(now_s)
        rows.append((what, now_s, ring.ring_deg, ring.blocked, ring.stepper.commanded_deg, ring.stepper.torque_scale))

    def steps(count: int, direction: int) -> None:
        nonlocal now_s
        for _ in range(count):
            now_s += 0.001
            ring.step(now_s, direction)

    steps(60, 1)
    then("turned")
    ring.weaken(0.6)
    ring.gear(8, 40, 80, now_s)
    then("geared")
    ring.gear(0, 40, 80, now_s)
    steps(60, -1)
    then("turned back")
    ring.energise(now_s, on=True)
    ring.energise(now_s, on=False)
    ring.place(120.0, now_s)
    then("placed beyond the stop")
    ring.energise(now_s, on=True)
    then("held")
    ring.mesh(-5.0, now_s)
    then("meshed beyond the other")
    ring.energise(now_s, on=False)
    ring.mesh(30.0, now_s)
    then("meshed free")
    ring.power_on(now_s)
    ring.energise(now_s, on=True)
    then("on again")
    ring.slip(now_s, 2)
    then("slipped", 0.01)
    then("rests", 0.2)
    rigid = RigidRing(0.1, (-1.0, 1.0))
    for direction in (1,) * 12 + (-1,) * 23:
        rigid.step(0.0, direction)
        rows.append((rigid.ring_deg, rigid.blocked))
    rigid.gear(16, 50, 100, 0.0)
    rigid.step(0.0, 1)
    rows.append((rigid.ring_deg, rigid.blocked))
    rigid.slip(0.0, 2)
    rows.append((rigid.ring_deg,))
    rigid.mesh(7.0, 0.0)
    rows.append((rigid.ring_deg, rigid.blocked))
    assert_goes_as_it_did("ring", rows)


def test_a_clock_ticks_as_it_did() -> None:
    clock, rows = Oscillator(16_000_123.0), list[Row]()
    rows.append((clock.time_of(5), clock.tick_at(100.0), clock.ticks(0.0123)))
    for at_s in (100.0, 100.5, 103.25):
        tick = clock.tick_at(at_s)
        rows.append(
            (at_s, tick, clock.time_of(tick) - at_s, clock.since_power_on(tick), clock.tick_at(clock.time_of(tick)))
        )
        clock.restart(tick // 2)
        rows.append((at_s, clock.tick_at(at_s), clock.since_power_on(0), clock.time_of(0)))
    assert_goes_as_it_did("oscillator", rows)


def test_a_unit_keeps_what_it_kept() -> None:
    store = Store()
    for _ in range(2):
        walk = Walk(8, RigidRing(0.04), store=store)
        _ready(walk)
        _settings(walk)
        for command in (SaveConfig(), Goto(70, 0), GetLastKnown()):
            walk.ask(command)
        walk.wait(0.3)
        for command in (Park(), GetLastKnown(), ConfirmPosition(), GetStatus()):
            walk.ask(command)
        unit = walk.driver.unit
        walk.rows.append((unit.serial, unit.clock, repr(unit.safety), unit.time_of(500)))
    assert isinstance(unit, SimulatedUnit)
    assert_goes_as_it_did("kept", walk.rows)
