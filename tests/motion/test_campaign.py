# SPDX-License-Identifier: MIT
"""Random pulls against independent oracles: a sample here, 2,000 where FOLLOWFOCUS_CAMPAIGN is full."""

from __future__ import annotations

import os

import pytest

from benchmarks.campaigns import motion

FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"


@pytest.mark.timeout(3600 if FULL else 300)
def test_random_pulls_keep_every_promise() -> None:
    rows = motion.rows(motion.PULLS if FULL else motion.SAMPLE)
    assert {name for name, *_ in rows} == set(motion.FAULTS)
    assert [row for row in rows if row[2]] == []


def test_each_oracle_sees_its_fault() -> None:
    """Pulls twice too fast or needlessly slow, so that an oracle that sees nothing is seen."""
    seen: set[str] = set()
    for asked in motion.pulls(12):
        try:
            made = motion.shortest(asked.pull, asked.rig, asked.limits)
        except motion.InfeasibleError:
            continue
        for factor in (0.5, 1.1):
            wrong = motion.Asked(made.stretched(factor), asked.rig, asked.limits)
            seen |= {name for name, oracle in motion.ORACLES.items() if oracle(wrong)}
    assert seen == set(motion.FAULTS)
