# SPDX-License-Identifier: MIT
"""Tests in real time on a machine that may be too busy for them: again from the beginning, and not for ever.

A machine that starves is silent for too long, or late, now and then. A program that is so by itself is so every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

TRIES = 6


def tries(folder: Path) -> Iterator[Path]:
    """A new folder for each try, in `folder`. Whoever has come through returns; after the last the test has failed."""
    for number in range(TRIES):
        made = folder / f"try {number}"
        made.mkdir()
        yield made
    pytest.fail(f"{TRIES} times it was silent for too long, or late")
