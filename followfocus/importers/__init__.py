# SPDX-License-Identifier: MIT
"""Read a clip's lens metadata, whichever camera wrote it: one file per camera, told apart by the content.

read_clip([paths]) → FocusTrack        any source
mapping.map_of(track) → LensMap        where the track has an encoder
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import numpy as np

from followfocus.errors import FileError, RequestError
from followfocus.importers import plain, red, sony, sony_xml, written
from followfocus.importers.focus_track import ClipLens, FocusTrack, frames_of
from followfocus.importers.given import Given
from followfocus.importers.table import Table, table_of
from followfocus.units import format_distance


class TableSource(Protocol):
    """A file of this package for tables: what it calls them, how it knows one by its header, and how it reads it."""

    KIND: str

    def recognises(self, table: Table) -> bool:
        """Whether the header is that of this source."""
        ...

    def read(self, table: Table, fps: Fraction | None = None) -> FocusTrack:
        """The focus track; `fps` overrides what the table says. Raises FileError."""
        ...


class FileSource(Protocol):
    """A file of this package for anything else, told by its content: JSON, packets, lines."""

    KIND: str

    def recognises(self, given: Given) -> bool:
        """Whether the content is of this source."""
        ...

    def read(self, given: Given, fps: Fraction | None = None) -> FocusTrack:
        """The focus track; `fps` overrides what the file says. Raises FileError."""
        ...


FILES = (
    "art",
    "exiftool",
    "opentrackio",
    "mosys",
    "blackmagic",
    "dcs",
)
TABLES = (
    "arri",
    "sony",
    "canon",
    "plain",
    "scale",
)
"""The files of this package, asked in this order: a new camera gets its line here. RED's clips, two tables each, and
Sony's, a table with an XML, are put together below."""


def _file_sources() -> list[FileSource]:
    return [cast("FileSource", import_module(f"{__name__}.{name}")) for name in FILES]


def _table_sources() -> list[TableSource]:
    return [cast("TableSource", import_module(f"{__name__}.{name}")) for name in TABLES]


def read_clip(paths: Sequence[Path], fps: Fraction | None = None, seen: written.SeenFrame | None = None) -> FocusTrack:
    """The focus track of one clip, from its file, or from the two that RED and Sony write, in any order.

    Noted are a timecode that doesn't run on, distances that are hardly metres, and a change of lens, after which no one
    lens is told. `fps` overrides what the files say; `seen` is the frame that an angle of
    view is of, Super 35 in 16:9 where it isn't given. FileError for a file that can't be read, RequestError for a wrong
    set of files.
    """
    track = _read([Given.at(path) for path in paths], fps, seen or written.SeenFrame())
    if any(track.timecode) and frames_of(track.timecode, track.fps) is None:
        track = _noted(track, "its timecode doesn't run on, so its frames are counted")
    nearest_m = float(np.min(track.distance_m))
    if FARTHEST_MARK_M < nearest_m < math.inf:
        track = _noted(track, f"it is never nearer than {format_distance(nearest_m)}: check the unit of its distances")
    if track.other_lens_from is not None:
        track = replace(track, lens=ClipLens())
        track = _noted(track, f"another lens is on from frame {track.other_lens_from}")
    return track


FARTHEST_MARK_M = 200.0
"""Few lenses have a mark farther than a third of that before infinity"""


def _noted(track: FocusTrack, note: str) -> FocusTrack:
    return replace(track, notes=(*track.notes, note))


def _read(given: list[Given], fps: Fraction | None, seen: written.SeenFrame) -> FocusTrack:
    described = [one for one in given if sony_xml.recognises(one)]
    if described:
        return _read_described([one for one in given if one not in described], described, fps)
    if len(given) == 1:
        source = next((source for source in _file_sources() if source.recognises(given[0])), None)
        if source is not None:
            return source.read(given[0], fps)
        if (track := written.read_written(given[0].path, given[0].text, fps, seen)) is not None:
            return track
    tables = [_table(one) for one in given]
    static = [table for table in tables if red.recognises_static(table)]
    frames = [table for table in tables if table not in static]
    if len(frames) == 1 and red.recognises(frames[0]) and len(static) <= 1:
        return red.read(frames[0], static[0] if static else None, fps)
    if len(static) == 1 and not frames:
        return red.read_single(static[0], fps)
    if len(tables) != 1:
        raise RequestError(
            f"{len(tables)} files are not one clip.",
            "Give one file, RED's frames and static tables, or Sony's table with its XML.",
        )
    return _read_one(tables[0], fps)


def _read_described(rest: list[Given], described: list[Given], fps: Fraction | None) -> FocusTrack:
    """Sony's table of frames, with what its XML says of the clip."""
    clip = sony_xml.read(described[0])
    if len(described) != 1 or len(rest) != 1:
        raise RequestError(
            f"{described[0].path} is Sony's XML, which has no focus distances.",
            "Give the clip's CSV with it, which has them frame by frame.",
        )
    return sony.with_clip(_read_one(_table(rest[0]), fps or clip.fps), clip, stated=fps is None)


def _table(given: Given) -> Table:
    """The table in a file. FileError, with what would do, where it is none."""
    if given.text.lstrip()[:1] in ("{", "["):
        raise FileError(f"{given.path} is JSON of no kind known here.", remedy=_known())
    return table_of(given.path, given.text)


def _read_one(table: Table, fps: Fraction | None) -> FocusTrack:
    """The track in a table of a source that needs no second file."""
    for source in _table_sources():
        if source.recognises(table):
            return source.read(table, fps)
    columns = ", ".join(table.columns[:4])
    raise FileError(f"{table.path} comes from no camera known here (it starts {columns}).", remedy=_known())


def _known() -> str:
    """Every kind that can be read, as a remedy."""
    kinds = [*(source.KIND for source in _table_sources()), *(source.KIND for source in _file_sources())]
    names = ", ".join([f"{red.KIND} (frames, with static, or one table)", *kinds, *written.KINDS])
    return f"Known: {names}. {plain.NEEDED}"
