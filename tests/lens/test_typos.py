# SPDX-License-Identifier: MIT
"""Looking for typing errors in a scale, whatever its length."""

from __future__ import annotations

import math

from followfocus.lens.typos import scale_warnings


def test_a_table_of_a_thousand_rows_is_checked_as_fast_as_a_scale() -> None:
    places = [0.0, *(i / 550 for i in range(1, 1001))]
    rows = [(0.3 * i, 1 / place if place else math.inf, "") for i, place in enumerate(places)]
    assert scale_warnings(rows, 300.3, 0.0) == ()
    wrong = [*rows[:500], (rows[500][0], rows[500][1] * 1.0005, ""), *rows[501:]]
    bent = [(ring + 30 * math.sin(ring / 50), distance, label) for ring, distance, label in rows]
    assert scale_warnings(wrong, 300.3, 0.0) == ()
    (words,) = scale_warnings(bent, 300.3, 0.0)
    assert "no common 1/distance law" in words
