# SPDX-License-Identifier: MIT
"""Read a clip's lens metadata, whichever camera wrote it: one file per camera, told apart by its table's header.

read_clip([paths]) → FocusTrack        any source
mapping.map_of(track) → LensMap        where the track has an encoder
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from followfocus.errors import FileError, RequestError
from followfocus.importers import plain, red, tracking, written
from followfocus.importers.focus_track import FocusTrack, frames_of
from followfocus.importers.table import Table, read_text, table_of


class ClipSource(Protocol):
    """A file of this package: what it calls its tables, how it knows one by its header, and how it reads it."""

    KIND: str

    def recognises(self, table: Table) -> bool:
        """Whether the header is that of this source."""
        ...

    def read(self, table: Table, fps: Fraction | None = None) -> FocusTrack:
        """The focus track; `fps` overrides what the table says. Raises FileError."""
        ...


SOURCES = (
    "arri",
    "sony",
    "plain",
)
"""The files, asked in this order: a new camera gets its line here. RED's clips, two tables each, go first."""


def _sources() -> list[ClipSource]:
    return [cast("ClipSource", import_module(f"{__name__}.{name}")) for name in SOURCES]


def read_clip(paths: Sequence[Path], fps: Fraction | None = None) -> FocusTrack:
    """The focus track of one clip, from its file or from RED's two in any order.

    A timecode that doesn't run on is noted. `fps` overrides what the files say. FileError for a file that can't be
    read, RequestError for a wrong set of files.
    """
    track = _read(paths, fps)
    if any(track.timecode) and frames_of(track.timecode, track.fps) is None:
        track = replace(track, notes=(*track.notes, "its timecode doesn't run on, so its frames are counted"))
    return track


def _read(paths: Sequence[Path], fps: Fraction | None) -> FocusTrack:
    texts = [read_text(path) for path in paths]
    if len(paths) == 1 and (track := written.read_written(paths[0], texts[0], fps)) is not None:
        return track
    if len(paths) == 1 and (track := tracking.read_tracking(paths[0], texts[0], fps)) is not None:
        return track
    tables = [_table(path, text) for path, text in zip(paths, texts, strict=True)]
    static = [table for table in tables if red.recognises_static(table)]
    frames = [table for table in tables if table not in static]
    if len(frames) == 1 and red.recognises(frames[0]) and len(static) <= 1:
        return red.read(frames[0], static[0] if static else None, fps)
    if static and not frames:
        raise RequestError(f"{static[0].path} is RED's table of the clip only.", "Give the table of frames with it.")
    if len(tables) != 1:
        raise RequestError(
            f"{len(tables)} files are not one clip.", "Give one file, or RED's frames and static tables."
        )
    return _read_one(tables[0], fps)


def _table(path: Path, text: str) -> Table:
    """The table in a text. FileError, with what would do, where it is none."""
    if text.lstrip()[:1] in ("{", "["):
        raise FileError(f"{path} is JSON of no kind known here.", remedy=_known())
    return table_of(path, text)


def _read_one(table: Table, fps: Fraction | None) -> FocusTrack:
    """The track in a table of a source that needs no second file."""
    for source in _sources():
        if source.recognises(table):
            return source.read(table, fps)
    columns = ", ".join(table.columns[:4])
    raise FileError(f"{table.path} comes from no camera known here (it starts {columns}).", remedy=_known())


def _known() -> str:
    """Every kind that can be read, as a remedy."""
    names = ", ".join(
        [f"{red.KIND} (frames, with static)", *(source.KIND for source in _sources()), *written.KINDS, *tracking.KINDS]
    )
    return f"Known: {names}. {plain.NEEDED}"
