# SPDX-License-Identifier: MIT
"""Units that lie: whatever they say, a pull ends in time, with a sentence, and is good only if it was played."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from followfocus.sim.device import SimulatedUnit
from tests.support.benches import on_tcp
from tests.support.liars import LIES, PHASES, lying_server
from tests.support.lied_to import attempt

HUNG, PATIENCE_S = -1, 240.0
FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"
SEED = 20
EVERYWHERE = [(lie, phase) for lie in LIES for phase in PHASES]
SAMPLE = EVERYWHERE if FULL else Random(SEED).sample(EVERYWHERE, 30)
BY_COMMAND = (
    "a clock of 0 Hz", "gears of zeros", "part -5 of the profile", "always moving", "no events",
)  # fmt: skip
"""Lies that are told to `followfocus pull` as a process, in real time."""


def test_there_are_lies_enough() -> None:
    assert len(LIES) >= 40
    assert {lie.home for lie in LIES.values()} >= {"hello", "config", "moves", "upload", "arm", "play"}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_where_it_hurts_most_is_told_or_does_no_harm(lie: str) -> None:
    outcome = attempt(lie, LIES[lie].home)
    assert not outcome.wrong, outcome


@pytest.mark.parametrize(("lie", "phase"), SAMPLE)
def test_a_lie_from_any_moment_on_is_told_or_does_no_harm(lie: str, phase: str) -> None:
    outcome = attempt(lie, phase, seed=1)
    assert not outcome.wrong, outcome


@pytest.mark.parametrize(
    ("lie", "code", "words"),
    [
        ("a clock of 0 Hz", 3, "its clock ticks 0 times a second"),
        ("gears of zeros", 3, "there is a 0 in its gearing"),
        ("settings not taken", 1, "has not taken the settings"),
        ("part -5 of the profile", 3, "it asks for part -5 of the profile next"),
        ("no events", 3, "has stopped telling where it stands"),
        ("always moving", 1, "told to stop"),
        ("a clock fifty times as slow", 1, "no pull can be timed by it"),
        ("a clock fifty times as fast", 1, "no pull can be timed by it"),
        ("playing for ever", 1, "had not ended it"),
        ("always playing", 1, "the motor still turns"),
        ("always in fault", 1, "fault"),
        ("stopped at the very end", 1, "it was stopped"),
        ("a reference it does not take", 1, "didn't accept"),
        ("half the steps", 1, "steps were made of"),
        ("an end before the start", 1, "contradict each other"),
        ("an end as it begins", 1, "0 steps were made of"),
        ("GO without going", 1, "never said that it started"),
        ("a flood of noise", 3, ""),
        ("silence", 3, "does not answer"),
    ],
)
def test_what_is_told_names_the_lie(lie: str, code: int, words: str) -> None:
    outcome = attempt(lie, LIES[lie].home)
    assert outcome.code == code
    assert words in outcome.words


def pulled(lie: str) -> tuple[str, int, str]:
    """`followfocus pull` on a unit that lies: the lie, exit code, and what was said."""
    with on_tcp(SimulatedUnit()) as url, lying_server(int(url.rpartition(":")[2]), LIES[lie], LIES[lie].home) as lying:
        command: Sequence[str] = (sys.executable, "-m", "followfocus", "pull", "ideal-50", "--from", "2m", "--to", "4m")
        last = ("--duration", "0.8", "--port", lying)
        try:
            done = subprocess.run([*command, *last], capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        except subprocess.TimeoutExpired:
            return lie, HUNG, ""
    return lie, done.returncode, done.stderr


def test_the_command_line_ends_with_a_sentence_too() -> None:
    with ThreadPoolExecutor(len(BY_COMMAND)) as pool:
        for lie, code, said in pool.map(pulled, BY_COMMAND):
            assert code in (1, 3), (lie, code, said)
            assert "Traceback" not in said, (lie, said)
            assert any(line.startswith("followfocus:") for line in said.splitlines()), (lie, said)
