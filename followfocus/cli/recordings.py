# SPDX-License-Identifier: MIT
"""Shared by `replay` and `takes fit`: the recording that the arguments name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.errors import FileError, RequestError
from followfocus.files import shown_path, stat_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from followfocus.takes.recording import Recording

RecordingArgument = Annotated[
    list[Path], typer.Argument(metavar="CLIP|FILE.db", help="A clip's metadata (RED: both files), or a take log.")
]
PlayedOnOption = Annotated[
    str | None, typer.Option("--lens", metavar="LENS", help="The lens to play it on; a log knows its own.")
]
TrackOption = Annotated[
    int | None, typer.Option("--track", metavar="N", help="The take's row in the log, as takes list gives it.")
]


def recording_of(
    files: Sequence[Path], lens: str | None, track: int | None, stop: float | None, fps: str | None
) -> Recording:
    """The recording. Raises RequestError where the arguments don't say which."""
    from followfocus.lens.map import load_lens
    from followfocus.takes import recording
    from followfocus.units import parse_fps

    on = None if lens is None else load_lens(lens)
    if recording.is_log(files):
        if track is None:
            raise RequestError(f"{files[0]} has many takes.", "Say which: --track N (see: followfocus takes list).")
        return recording.of_take(files[0], track, on, stop)
    for file in files:
        if stat_of(file) is None:
            raise FileError(f"There is no clip and no take log {shown_path(file)}.", remedy="Check the path.")
    if track is not None:
        raise RequestError("--track names a take of a log; a clip has one pull.", "Leave it out.")
    if on is None:
        raise RequestError("A clip says distances, and a lens where they are on its ring.", "Give --lens LENS.")
    return recording.of_clip(files, on, stop, None if fps is None else parse_fps(fps))
