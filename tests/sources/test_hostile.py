# SPDX-License-Identifier: MIT
"""A sample of the campaign on hostile packets, for every source; the whole with FOLLOWFOCUS_CAMPAIGN=full."""

from __future__ import annotations

import os

import pytest

from benchmarks.campaigns import sources

COUNT = sources.WHOLE if os.environ.get("FOLLOWFOCUS_CAMPAIGN") == "full" else 200


@pytest.mark.parametrize("section", ["osc", "osc_patterns", "midi", "ltc", "camera", "http"])
def test_nothing_goes_nothing_breaks_and_stop_is_heard(section: str) -> None:
    row = getattr(sources, section)(COUNT)
    late = [words for words in row.wrong if words.startswith("STOP took")]
    assert [words for words in row.wrong if words not in late] == [], row
    assert row.sent == COUNT
