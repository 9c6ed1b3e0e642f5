# SPDX-License-Identifier: MIT
"""Takes that their log can't have as the program ends: into another log, in the first place that takes them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from pathlib import Path

from followfocus.errors import FileError
from followfocus.takes.keeper import TakeKeeper


def rescue(keeper: TakeKeeper, name: str, folders: Iterable[Path]) -> list[Path]:
    """Save what is unsaved under that name in the first of some folders that takes it; where takes are now.

    What none of them takes stays unsaved.
    """
    places: list[Path] = []
    for folder in folders:
        path, count, begun = folder / name, len(keeper.unsaved), False
        with contextlib.suppress(FileError, OSError):
            folder.mkdir(parents=True, exist_ok=True)
            begun = not path.exists()
            keeper.rescue(path)
        if len(keeper.unsaved) < count:
            places.append(path)
        elif begun:
            _remove_log(path)
        if not keeper.unsaved:
            break
    return places


def _remove_log(path: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        with contextlib.suppress(OSError):
            path.with_name(path.name + ending).unlink()
