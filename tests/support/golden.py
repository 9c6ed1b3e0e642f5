# SPDX-License-Identifier: MIT
"""Golden files stay as people judged them by eye: kept beside the tests, and made anew on purpose only."""

from __future__ import annotations

import csv
import itertools
import math
import os
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FOLDER = Path(__file__).parent.parent / "golden"
ANEW = "FOLLOWFOCUS_GOLDEN"
HOW = f"If that was on purpose, look at it, then make it anew: {ANEW}=anew python -m pytest with this test."
TOLERANCE = 2.5 / 255
"""Other processors round otherwise in the last place, and a spot is kept in whole codes."""


def makes_anew() -> bool:
    """Whether what is kept is to be written, not compared."""
    return os.environ.get(ANEW) == "anew"


def spots(codes: NDArray[np.floating], spot_px: int) -> NDArray[np.float64]:
    """The mean of each square of a picture (h, w, c), in codes of 0 … 1."""
    rows, columns = (side - side % spot_px for side in codes.shape[:2])
    cut = codes[:rows, :columns].reshape(rows // spot_px, spot_px, columns // spot_px, spot_px, codes.shape[2])
    return np.asarray(cut.mean(axis=(1, 3)), np.float64)


def assert_looks_as_it_did(name: str, found: NDArray[np.float64]) -> None:
    """Compare a picture's spots with those that are kept in `golden/figures/NAME.png`."""
    path = FOLDER / "figures" / f"{name}.png"
    if makes_anew():
        Image.fromarray(np.rint(found * 255).astype(np.uint8)).save(path, optimize=True)
    kept = np.asarray(Image.open(path), np.float64) / 255
    assert kept.shape == found.shape, f"{name} has another size. {HOW}"
    off = np.abs(found - kept).max(axis=2)
    at = np.unravel_index(off.argmax(), off.shape)
    assert off.max() < TOLERANCE, f"{name} looks otherwise at {at}, by {255 * off.max():.0f} codes. {HOW}"


Cell = str | float | bool | None
"""One thing that was heard or said on a walk."""


def assert_goes_as_it_did(name: str, rows: list[tuple[Cell, ...]]) -> None:
    """Compare what came of a walk, row by row, with what is kept in `golden/walks/NAME.csv`.

    Numbers are compared to a millionth, also those within words that are no whole ones.
    """
    path = FOLDER / "walks" / f"{name}.csv"
    found = [[_told(cell) for cell in row] for row in rows]
    if makes_anew():
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows(found)
    with path.open(newline="", encoding="utf-8") as file:
        kept = list(csv.reader(file))
    for number, (before, now) in enumerate(itertools.zip_longest(kept, found), start=1):
        assert _same_row(before, now), f"{name}, row {number}: {now}, and it was {before}. {HOW}"


def _told(cell: Cell) -> str:
    return f"{cell:.9g}" if isinstance(cell, float) else "" if cell is None else str(cell)


def _same_row(before: list[str] | None, now: list[str] | None) -> bool:
    if before is None or now is None or len(before) != len(now):
        return False
    return all(one == other or _near(one, other) for one, other in zip(before, now, strict=True))


_REAL = re.compile(r"-?\d+(?:\.\d+(?:e[-+]?\d+)?|e[-+]?\d+)")
"""A number that is no whole one, as a value's own text has it: its last digit is another on another processor."""


def _near(one: str, other: str) -> bool:
    try:
        return _close(one, other)
    except ValueError:
        pass
    if _REAL.sub("#", one) != _REAL.sub("#", other):
        return False
    return all(map(_close, _REAL.findall(one), _REAL.findall(other)))


def _close(one: str, other: str) -> bool:
    return math.isclose(float(one), float(other), rel_tol=1e-6, abs_tol=1e-9)


_STEPS = 65_535


def assert_drawn_as_it_was(name: str, found: NDArray[np.floating], within: float = 5e-4) -> None:
    """Compare an array of 0 … 1, to `within`, with what is kept in `golden/drawn/NAME.npz`."""
    path = FOLDER / "drawn" / f"{name}.npz"
    if makes_anew():
        np.savez_compressed(path, codes=np.rint(np.clip(found, 0, 1) * _STEPS).astype(np.uint16))
    kept = np.load(path)["codes"] / _STEPS
    assert kept.shape == found.shape, f"{name} has another size. {HOW}"
    off = np.abs(np.clip(found, 0, 1) - kept)
    at = np.unravel_index(off.argmax(), off.shape)
    assert off.max() < within, f"{name} is drawn otherwise at {at}, by {off.max():.4f}. {HOW}"


def facts_told(facts: object, name: str = "") -> list[tuple[Cell, ...]]:
    """A document of dicts, lists and values as rows for a walk: the path of each value, and the value."""
    if isinstance(facts, dict):
        pairs = [(f"{name}.{key}" if name else str(key), value) for key, value in facts.items()]
    elif isinstance(facts, list | tuple):
        pairs = [(f"{name}[{number}]", value) for number, value in enumerate(facts)]
    else:
        assert facts is None or isinstance(facts, str | float | int), facts
        return [(name, facts)]
    return [row for path, value in pairs for row in facts_told(value, path)]
