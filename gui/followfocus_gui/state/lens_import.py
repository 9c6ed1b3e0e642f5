# SPDX-License-Identifier: MIT
"""Lenses read from files: a lens file, or a clip in which someone pulled focus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from followfocus.errors import FollowFocusError, JobError
from followfocus.lens.map import LensMap, load_lens
from followfocus.lens.schema import FORMAT
from followfocus.lens.shelf import SUFFIX


def read_lens(files: Sequence[Path]) -> tuple[LensMap, str]:
    """A lens file, or the map of a clip; and in words what was found.

    Raises FileError, RequestError, or JobError where a clip holds no map.
    """
    if len(files) == 1 and _is_lens_file(files[0]):
        lens = load_lens(files[0])
        return lens, f"{lens.name}: {len(lens.marks)} marks."
    from followfocus.importers import read_clip
    from followfocus.importers.mapping import map_of

    clip = read_clip(list(files))
    lens, report = map_of(clip)
    found = f"{lens.name}: a map of {len(lens.marks)} marks from {files[0].name}, {report.samples} samples."
    return lens, " ".join([found, *(f"{note[:1].upper()}{note[1:]}." for note in clip.notes)])


def _is_lens_file(path: Path) -> bool:
    """Whether it is a lens file, sound or not; cameras and trackers write JSON as well."""
    from followfocus.importers.table import bytes_of_file

    return path.suffix.lower() == SUFFIX and FORMAT.encode() in bytes_of_file(path)


def import_words(error: FollowFocusError) -> str:
    """Why a file could not be used, and what to do."""
    return str(error) if not isinstance(error, JobError) else f"{error} Only a clip with a ring encoder gives a map."
