# SPDX-License-Identifier: MIT
"""No figure reads "-0.00": whatever can be less than nothing is written with `z`, which rounds to 0 without a sign."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from followfocus.cli.take_words import figure
from followfocus.look.keys import key_number
from followfocus.takes.timing import Timing

ROOT = Path(__file__).parents[2]
BARE = re.compile(r":\+\.\d[fg%]|:\+g\}|:\.\df\}°")
"""A signed figure, or one in degrees, that would keep the sign of what rounds to 0."""


def test_every_signed_figure_loses_the_sign_of_nothing():
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder in ("followfocus", "gui")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if BARE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("value", [-0.0, -1e-9, -0.0004])
def test_what_rounds_to_nothing_has_no_minus(value):
    assert figure(value, "{:+z.3f}°") == "+0.000°"
    assert Timing(late_ms=value).words.startswith("+0.00 ms")
    assert key_number(min(value, 0.0) / 1e4) == "0"
