# SPDX-License-Identifier: MIT
"""A sample of the campaign on damaged files; the whole with FOLLOWFOCUS_CAMPAIGN=full. Its figures are not the point:
that nothing is silent, raises or hangs is.
"""

from __future__ import annotations

import os
import random

import pytest

from benchmarks.campaigns.files import FLIPS, TRIES, damaged_bytes, damaged_json, rows, small_show, table

FULL = os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full"


@pytest.mark.timeout(36_000 if FULL else 180)
def test_whatever_a_file_holds_it_is_told_or_used() -> None:
    found = rows(TRIES, FLIPS) if FULL else rows(60, 30)
    assert [row.tried for row in found[:-1]] == [(TRIES if FULL else 60) // 4] * 4
    for row in found:
        assert (row.tracebacks, row.hangs) == (0, 0), table(found)
        assert row.tried == row.told + row.harmless + row.silent
        assert row.silent <= (0.01 * row.tried if row is found[-1] else 0), table(found)
    assert found[-1].told > 0.9 * found[-1].tried


def test_the_damage_is_damage() -> None:
    show, chance = small_show(), random.Random(7)
    made = {damaged_json(show, chance) for _ in range(200)}
    assert len(made) > 150
    raw = bytes(range(256)) * 20
    assert sum(damaged_bytes(raw, chance) != raw for _ in range(200)) > 190
