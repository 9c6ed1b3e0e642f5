# SPDX-License-Identifier: MIT
"""The standard jobs on the emulated board, played by the real host code and measured by the board's own clock.

A step is ideal when the curve crosses i + ½ steps. The curve is the test's own: minimum jerk, by bisection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.steps.profile import StepProfile, compile_profile
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link
from followfocus.wire.messages import Cause, GetStatus, SetTelemetry, State, Telemetry
from tests.conformance.units import TICK_HZ, BoardBench, Step
from tests.conformance.wire import CONFIG, Host, Profile, even

Array = npt.NDArray[np.float64]
TICKS_A_US = TICK_HZ / 1e6
BUSY_TELEMETRY_MS = 5


@dataclass(frozen=True, slots=True)
class Job:
    """A minimum-jerk pull of `steps` in `duration_s`."""

    name: str
    steps: int
    duration_s: float


JOBS = (Job("J1", 4_000, 1.0), Job("J2", 1_600, 2.0), Job("J3", 1_600, 0.35), Job("J4", 24_000, 5.0))


def minimum_jerk(u: Array) -> Array:
    """Share of the way at the share `u` of the time."""
    return u**3 * (10.0 + u * (6.0 * u - 15.0))


def ideal_times_s(job: Job) -> Array:
    """When the curve crosses i + ½ steps."""
    wanted = (np.arange(job.steps) + 0.5) / job.steps
    low, high = np.zeros(job.steps), np.ones(job.steps)
    for _ in range(60):
        middle = (low + high) / 2
        above = minimum_jerk(middle) > wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return low * job.duration_s


@dataclass(frozen=True, slots=True)
class PlayedTake:
    """Step edges of one take in ticks from its time zero, and how long it was by the unit's own word."""

    edges: npt.NDArray[np.int64]
    directions: frozenset[int]
    duration_ticks: int
    cause: Cause
    polls: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A job's worst over its takes. Spread: between takes of the same direction, per step."""

    job: Job
    worst_step_us: float
    worst_position_steps: float
    worst_duration_us: float
    spread_cycles: int
    polls_a_s: float
    takes: int


class Rig:
    """The host's own unit object on an emulated board."""

    def __init__(self, board: BoardBench) -> None:
        self.board = board
        self.unit = FollowFocusUnit(Link(lambda _attempt: board.open_port(), board.clock))
        self.unit.connect()
        self.unit.apply(replace(CONFIG, min_interval_ticks=400))
        self.unit.set_reference(0.0)

    def profile(self, job: Job, *, back: bool = False) -> StepProfile:
        """The job as the host plans it."""
        return self.profile_for(self.unit, job, back=back)

    @staticmethod
    def profile_for(unit: FollowFocusUnit, job: Job, *, back: bool = False) -> StepProfile:
        """The same for any unit."""
        ends_deg = (0.0, job.steps / unit.steps_per_deg)
        start, end = ends_deg[::-1] if back else ends_deg
        pull = Pull.between(Mark("A", start), Mark("B", end), job.duration_s, parse_easing("minjerk"))
        return compile_profile(motion_of(pull), unit.steps_per_deg)

    def play(self, profile: StepProfile, take: int, *, busy: bool = False) -> PlayedTake:
        """Load and play; with `busy` telemetry at its fastest, and a question as soon as the last is answered."""
        self.unit.load(profile)
        if busy:
            self.unit.link.ask(SetTelemetry(BUSY_TELEMETRY_MS))
        self.unit.arm()
        self.board.forget_edges()
        self.unit.go(take)
        polls = 0
        while busy:
            status = self.unit.link.ask(GetStatus()).message
            assert isinstance(status, Telemetry)
            if status.state is not State.PLAYING:
                break
            polls += 1
        evidence = self.unit.wait_take()
        steps = self.board.steps()
        return PlayedTake(
            np.array([step.tick for step in steps]) - evidence.start_clock,
            frozenset(step.direction for step in steps),
            evidence.end_clock - evidence.start_clock,
            evidence.cause,
            polls,
        )

    def measure(self, job: Job, takes: int, *, busy: bool = False) -> Figures:
        """`takes` takes forward and as many back, in turn."""
        profiles = (self.profile(job), self.profile(job, back=True))
        played: tuple[list[PlayedTake], list[PlayedTake]] = ([], [])
        for take in range(2 * takes):
            played[take % 2].append(self.play(profiles[take % 2], take + 1, busy=busy))
        return figures(job, *played)


def figures(job: Job, forward: list[PlayedTake], back: list[PlayedTake]) -> Figures:
    """The worst of all takes. Raises AssertionError where steps are missing or go the wrong way."""
    ideal_s = ideal_times_s(job)
    worst_us = worst_steps = worst_duration = 0.0
    spread = 0
    for takes, way in ((forward, 1), (back, -1)):
        for take in takes:
            assert take.cause is Cause.DONE
            assert take.directions == {way}
            assert len(take.edges) == job.steps
            times_s = take.edges / TICK_HZ
            worst_us = max(worst_us, float(np.max(np.abs(times_s - ideal_s))) * 1e6)
            curve = minimum_jerk(np.clip(times_s / job.duration_s, 0, 1)) * job.steps
            made = np.arange(job.steps)
            off = np.maximum(np.abs(curve - made), np.abs(curve - made - 1))
            worst_steps = max(worst_steps, float(np.max(off)))
            worst_duration = max(worst_duration, abs(take.duration_ticks / TICKS_A_US - job.duration_s * 1e6))
        edges = np.stack([take.edges for take in takes])
        spread = max(spread, int(np.max(np.ptp(edges, axis=0))))
    polls = sum(take.polls for take in forward + back) / (len(forward) + len(back)) / job.duration_s
    return Figures(job, worst_us, worst_steps, worst_duration, spread, polls, len(forward))


def clean_at(interval_ticks: int, steps: int = 30_000) -> bool:
    """A constant rate with the serial line busy, on a freshly started board: every edge in its place."""
    board = BoardBench()
    try:
        host = Host(board)
        host.ready(min_interval_ticks=1)
        profile = Profile(0, (even(steps, interval_ticks),))
        host.ok(SetTelemetry(BUSY_TELEMETRY_MS))
        ended = host.play(profile)
        return ended.cause is Cause.DONE and _as_planned(board.steps(), profile, ended.start_clock)
    finally:
        board.close()


def _as_planned(steps: list[Step], profile: Profile, start: int) -> bool:
    expected, _ = profile.expand()
    return len(steps) == len(expected) and all(
        abs(step.tick - start - planned.tick) <= 3 for step, planned in zip(steps, expected, strict=True)
    )
