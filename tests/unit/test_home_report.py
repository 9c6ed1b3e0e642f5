# SPDX-License-Identifier: MIT
"""The result of homing against the lens's own figure."""

from __future__ import annotations

import pytest

from followfocus.unit.moves import HomeReport


def test_a_travel_that_is_longer_than_the_lens_says_is_off_by_a_share_above_nought() -> None:
    assert HomeReport(span_deg=303.0, expected_deg=300.0).off_share == pytest.approx(0.01)
    assert HomeReport(span_deg=285.0, expected_deg=300.0).off_share == pytest.approx(-0.05)


def test_nothing_is_off_where_the_lens_says_nothing() -> None:
    assert HomeReport(span_deg=303.0, expected_deg=None).off_share == 0.0
