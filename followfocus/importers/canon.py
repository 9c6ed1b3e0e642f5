# SPDX-License-Identifier: MIT
"""Canon Cinema RAW Light: a table of frames whose FocusPosition is where the focus group stands, and no distance."""

from __future__ import annotations

from fractions import Fraction

from followfocus.errors import FileError
from followfocus.importers.focus_track import FocusTrack
from followfocus.importers.table import Table

KIND = "Canon (says why not)"


def recognises(table: Table) -> bool:
    """Whether the header is that of Canon's table of frames."""
    return table.has("FocusPosition", "Timecode") or table.has("FocusPosition", "ApertureNumber")


def read(table: Table, _fps: Fraction | None = None) -> FocusTrack:
    """Raises FileError: this table has no distance."""
    raise FileError(
        f"{table.path} is Canon's, and its FocusPosition is no distance but a place of the lens's focus group, in "
        "hexadecimal.",
        remedy="Record the distance with a lens system that tells it, such as Cooke /i, or map the lens by hand.",
    )
