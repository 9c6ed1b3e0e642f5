# SPDX-License-Identifier: MIT
"""The host's own upload against every unit at speed: a long pull streams whole at 90,000 steps a second."""

from __future__ import annotations

from dataclasses import replace

from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.steps.profile import compile_profile
from followfocus.unit.unit import FollowFocusUnit
from followfocus.wire.link import Link
from followfocus.wire.messages import Cause
from tests.conformance.units import Bench
from tests.conformance.wire import CONFIG


def test_a_pull_of_90000_steps_a_second_streams_whole(bench: Bench) -> None:
    with FollowFocusUnit(Link(lambda _attempt: bench.open_port(), bench.clock)) as unit:
        unit.apply(replace(CONFIG, microsteps=128, min_interval_ticks=160, accel=1_000_000, goto_rate=60_000))
        unit.set_reference(0.0)
        pull = Pull.between(Mark("A", 0.0), Mark("B", 300.0), 1.15, parse_easing("minjerk"))
        profile = compile_profile(motion_of(pull), unit.steps_per_deg)
        assert profile.peak_step_hz >= 90_000
        assert unit.info is not None
        assert len(profile.segments) > 4 * unit.info.segment_capacity
        unit.load(profile)
        evidence = unit.play(1)
        assert (evidence.cause, evidence.steps, evidence.position) == (Cause.DONE, profile.steps, profile.end)
        assert len(bench.steps()) == profile.steps
