# SPDX-License-Identifier: MIT
"""What people judge by eye stays what they judged: kept beside the tests, and made anew on purpose only."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "golden"
ANEW = "FOLLOWFOCUS_GOLDEN"
HOW = f"If that was on purpose, look at it, then make it anew: {ANEW}=anew python -m pytest with this test."


def makes_anew() -> bool:
    """Whether what is kept is to be written, not compared."""
    return os.environ.get(ANEW) == "anew"
