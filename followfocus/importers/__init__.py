"""Read a clip's lens metadata, whichever camera wrote it: one file per source, told apart by its header.

read_clip([paths]) → FocusTrack        any source
mapping.map_of(track) → LensMap        where the track has an encoder
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from followfocus.errors import FileError, RequestError
from followfocus.importers import arri, plain, red, sony, written
from followfocus.importers.focus_track import FocusTrack
from followfocus.importers.table import Table, read_text, table_of

_READERS = ((arri.recognises, arri.read), (sony.recognises, sony.read), (plain.recognises, plain.read))
_KNOWN = (
    "Known: ARRI Meta Extract, RED (frames, with static), Sony Venice, and what this program writes: focus tracks, "
    f".chan, After Effects keyframes. {plain.NEEDED}"
)


def read_clip(paths: Sequence[Path], fps: Fraction | None = None) -> FocusTrack:
    """The focus track of one clip, from its file or from RED's two in any order.

    `fps` overrides what the files say. FileError for a file that can't be read, RequestError for a wrong set of files.
    """
    texts = [read_text(path) for path in paths]
    if len(paths) == 1 and (track := written.read_written(paths[0], texts[0], fps)) is not None:
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
        raise FileError(f"{path} is JSON of no kind known here.", remedy=_KNOWN)
    return table_of(path, text)


def _read_one(table: Table, fps: Fraction | None) -> FocusTrack:
    """The track in a table of a source that needs no second file."""
    for recognises, read in _READERS:
        if recognises(table):
            return read(table, fps)
    columns = ", ".join(table.columns[:4])
    raise FileError(f"{table.path} is a table of no camera known here (it starts {columns}).", remedy=_KNOWN)
