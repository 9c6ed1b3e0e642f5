# SPDX-License-Identifier: MIT
"""The lenses at hand, without a widget: those that ship, those of one's own, and a map that is being edited."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from followfocus.errors import FollowFocusError, JobError, RequestError
from followfocus.files import is_file, is_folder, safe_name
from followfocus.lens.map import LensMap, LensMark, lens_names, load_lens, save_lens

SUFFIX = ".json"


class LensLibrary:
    """The lenses that ship and those in a folder; one's own go before one that ships under the same name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self, search: str = "") -> list[str]:
        """All names that hold every word of `search`, one's own first."""
        own = sorted(path.stem for path in self.folder.glob(f"*{SUFFIX}")) if is_folder(self.folder) else []
        words = search.casefold().split()
        return [name for name in [*own, *(n for n in lens_names() if n not in own)] if _fits(name, words)]

    def is_own(self, name: str) -> bool:
        """Whether the lens is a file of one's own."""
        return is_file(self.folder / f"{name}{SUFFIX}")

    def load(self, name: str) -> LensMap:
        """The lens of that name. Raises FileError with all that is wrong, RequestError for no lens."""
        return load_lens(self.folder / f"{name}{SUFFIX}") if self.is_own(name) else load_lens(name)

    def save(self, lens: LensMap) -> str:
        """Keep a lens as one's own; the name that it has there. Raises FileError."""
        name = safe_name(lens.name)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(
                f"{self.folder} can't be made: {error.strerror}.", "Check the folder's permissions."
            ) from error
        save_lens(lens, self.folder / f"{name}{SUFFIX}")
        return name

    def read(self, files: Sequence[Path]) -> tuple[LensMap, str]:
        """A lens file, or the map of a clip in which someone pulled focus; and in words what was found.

        Raises FileError, RequestError, or JobError where a clip holds no map.
        """
        if len(files) == 1 and files[0].suffix.lower() == SUFFIX:
            lens = load_lens(files[0])
            return lens, f"{lens.name}: {len(lens.marks)} marks."
        from followfocus.importers import read_clip
        from followfocus.importers.mapping import map_of

        lens, report = map_of(read_clip(list(files)))
        return lens, f"{lens.name}: a map of {len(lens.marks)} marks from {files[0].name}, {report.samples} samples."


def _fits(name: str, words: list[str]) -> bool:
    return all(word in name.casefold() for word in words)


@dataclasses.dataclass(slots=True)
class MapEdit:
    """A lens map being edited, every change undoable."""

    lens: LensMap
    _undo: list[LensMap] = dataclasses.field(default_factory=list)

    def put(self, ring_deg: float, distance_m: float, label: str = "") -> None:
        """A mark at a ring angle; one that is within half a degree is replaced. Raises RequestError."""
        others = [mark for mark in self.lens.marks if abs(mark.ring_deg - ring_deg) > 0.5]
        self._to(marks=_sorted([*others, LensMark(ring_deg, distance_m, label)]))

    def change(self, index: int, distance_m: float) -> None:
        """Another distance for a mark. Raises RequestError."""
        marks = list(self.lens.marks)
        marks[index] = dataclasses.replace(marks[index], distance_m=distance_m)
        self._to(marks=tuple(marks))

    def remove(self, index: int) -> None:
        """A mark goes; two stay. Raises RequestError."""
        if len(self.lens.marks) <= 2:
            raise RequestError("A lens map needs two marks.", "Put another one first.")
        self._to(marks=tuple(mark for i, mark in enumerate(self.lens.marks) if i != index))

    def rename(self, name: str, serial: str) -> None:
        """Name and serial number. Raises RequestError."""
        self._to(name=name.strip(), serial=serial.strip())

    def undo(self) -> bool:
        """Take the last change back."""
        if self._undo:
            self.lens = self._undo.pop()
            return True
        return False

    def _to(self, **changes: object) -> None:
        changed = dataclasses.replace(self.lens, ideal=False, **changes)  # type: ignore[arg-type]
        if changed != self.lens:
            self._undo.append(self.lens)
            self.lens = changed


def _sorted(marks: list[LensMark]) -> tuple[LensMark, ...]:
    return tuple(sorted(marks, key=lambda mark: mark.ring_deg))


def import_words(error: FollowFocusError) -> str:
    """Why a file could not be used, and what to do."""
    return str(error) if not isinstance(error, JobError) else f"{error} Only a clip with a ring encoder gives a map."
