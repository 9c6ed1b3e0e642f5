# SPDX-License-Identifier: MIT
"""Another place for what finds no room in the app's own folder as the app ends: it may lie on another disk."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from followfocus.errors import FollowFocusError
from followfocus.files import stat_of
from followfocus.show.file import write_show
from followfocus.show.show import Show
from followfocus.takes.keeper import TakeKeeper
from followfocus.takes.rescue import rescue
from followfocus_gui.state.found_show import free_name

RESCUED = "takes-rescued.db"


def _places(folder: Path) -> tuple[Path, ...]:
    return folder, Path.home(), Path(tempfile.gettempdir())


def rescue_show(show: Show, name: str, folder: Path) -> None:
    """Save the last edits under a name of their own, in the first place that takes them."""
    for place in _places(folder):
        with contextlib.suppress(FollowFocusError):
            write_show(show, free_name(place, f"{name}-rescued"))
            return


def rescue_takes(keeper: TakeKeeper, folder: Path) -> None:
    """Save the takes that their log can't have."""
    rescue(keeper, RESCUED, _places(folder))


def rescued_words(folder: Path) -> str:
    """The sentence where there are such takes, for the next start; empty for none."""
    with contextlib.suppress(FollowFocusError):
        found = [str(place / RESCUED) for place in _places(folder) if stat_of(place / RESCUED) is not None]
        return f"Takes that the log could not have are in {' and '.join(found)}." if found else ""
    return ""
