# SPDX-License-Identifier: MIT
"""Another place for all that finds no room in the app's own folder as the app ends; it may lie on another disk."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from followfocus.errors import FollowFocusError
from followfocus.show.file import write_show
from followfocus.show.show import Show
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.rescue import rescue
from followfocus_gui.state.found_show import free_name

RESCUED = "takes-rescued.db"
RESCUED_SHOW = "-rescued"


def _places(folder: Path) -> tuple[Path, ...]:
    return folder, Path.home(), Path(tempfile.gettempdir())


def rescue_show(show: Show, name: str, folder: Path) -> None:
    """Save the last edits under a name of their own, in the first place that takes them."""
    for place in _places(folder):
        with contextlib.suppress(FollowFocusError):
            write_show(show, free_name(place, name + RESCUED_SHOW))
            return


def rescue_takes(keeper: TakeKeeper, folder: Path) -> None:
    """Save the takes that their log can't have."""
    rescue(keeper, RESCUED, _places(folder))


def rescued_words(folder: Path) -> str:
    """The sentences where there are such takes and shows, for the next start; empty for none."""
    told = (
        ("Takes that the log could not have are in", _found(folder, RESCUED)),
        ("Edits that a show could not have are in", _found(folder, f"*{RESCUED_SHOW}*.ffshow")),
    )
    return " ".join(f"{words} {' and '.join(found)}." for words, found in told if found)


def _found(folder: Path, pattern: str) -> list[str]:
    """The files of those names, where something may have been rescued to; a folder that can't be read has none."""
    found: list[str] = []
    for place in dict.fromkeys(_places(folder)):
        with contextlib.suppress(OSError):
            found += map(str, sorted(place.glob(pattern)))
    return found
