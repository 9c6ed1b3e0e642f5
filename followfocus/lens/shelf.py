# SPDX-License-Identifier: MIT
"""The lenses at hand, on their shelf: those that ship and one's own, by make and series, favourites, last used.

Searching goes over everything a lens is called: make, series, focal length, stop, serial number. Which are favourites,
and which were used last, is kept in a small file of its own; a damaged one costs the order and no lens.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from followfocus.errors import FollowFocusError, RequestError
from followfocus.files import is_file, is_folder, read_input_text, safe_name, write_atomically
from followfocus.lens.map import LensMap, lens_names, load_lens, save_lens
from followfocus.lens.scale import scale_facts

SUFFIX = ".json"
# JSON, but not by its name: every .json in the folder is a lens.
KEPT_FILE = "shelf.txt"
MOST_USED = 12
_MOST_BYTES = 100_000
IDEAL_MAKE = "Ideal lenses"
NO_MAKE = "Other makes"
_BETWEEN = re.compile(r"[\s\-_/|()]+")
"""Between the words of a name, a lens's own as in a search"""
_FOCAL = re.compile(r"(^|\s+)\d+(\.\d+)?(\s*mm|(?=[\s-]|$)).*$", re.IGNORECASE)
"""A number that stands alone: that of CP.3 or S4/i is a name's"""


@dataclass(frozen=True, slots=True)
class ShelfLens:
    """A lens on the shelf under its `name`; `lens` is None where its file can't be used, and `trouble` says why."""

    name: str
    own: bool
    lens: LensMap | None
    trouble: str = ""

    @property
    def make(self) -> str:
        """Who made it, as a heading."""
        if self.lens is None:
            return NO_MAKE
        return IDEAL_MAKE if self.lens.ideal else self.lens.make or NO_MAKE

    @property
    def series(self) -> str:
        """Its series: the model up to the focal length."""
        return "" if self.lens is None else _FOCAL.sub("", self.lens.model).strip()

    @property
    def title(self) -> str:
        """The lens's name as people say it."""
        return self.name if self.lens is None else self.lens.model or self.name

    @property
    def under(self) -> str:
        """The line below the title: whose it is, and its serial number."""
        if self.lens is None:
            return "can't be used"
        if self.lens.ideal:
            return "worked out, not measured"
        serial = f"serial {self.lens.serial}" if self.lens.serial else ""
        return " · ".join(filter(None, ("mine" if self.own else self.lens.make, serial)))

    @property
    def kind(self) -> str:
        """Where its scale comes from, in a word."""
        if self.lens is None:
            return "damaged"
        if self.lens.ideal:
            return "ideal"
        if not scale_facts(self.lens).measured:
            return "worked out"
        return "measured" if self.own else "sample"

    @property
    def words(self) -> str:
        """Everything it can be found by."""
        if self.lens is None:
            return self.name.casefold()
        lens = self.lens
        parts = (lens.make, lens.model, self.name, lens.serial, f"{lens.focal_length_mm:g}mm", f"t{lens.t_stop:g}")
        return " ".join(parts).casefold()

    def fits(self, words: Sequence[str]) -> bool:
        """Whether each word begins one of its own."""
        own = _BETWEEN.split(self.words)
        return all(any(part.startswith(word) for part in own) for word in words)


@dataclass(frozen=True, slots=True)
class ShelfMemory:
    """Names of the favourites in their order, and of the lenses that were used last, the newest first."""

    favourites: tuple[str, ...] = ()
    used: tuple[str, ...] = ()

    def used_now(self, name: str) -> ShelfMemory:
        """With a lens used just now."""
        return dataclasses.replace(self, used=(name, *(n for n in self.used if n != name))[:MOST_USED])

    def toggled(self, name: str) -> ShelfMemory:
        """With a lens among the favourites, or no more."""
        others = tuple(n for n in self.favourites if n != name)
        return dataclasses.replace(self, favourites=others if name in self.favourites else (*others, name))


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the shelf with its lenses."""

    name: str
    lenses: tuple[ShelfLens, ...]


class LensShelf:
    """The shelf: lenses that ship, and those in a folder, which go before one that ships under the same name.

    `guests` came with a show: they lie among one's own where nothing on the shelf has their name.
    """

    def __init__(self, folder: Path, guests: Sequence[LensMap] = ()) -> None:
        self.folder, self._guests = folder, guests

    # Lenses -----------------------------------------------------------------------------------------------------------

    def lenses(self) -> tuple[ShelfLens, ...]:
        """All of them, by make, series and focal length."""
        own = sorted(path.stem for path in self.folder.glob(f"*{SUFFIX}")) if is_folder(self.folder) else []
        names = [*own, *(name for name in lens_names() if name not in own)]
        on_shelf = tuple(map(self._read, names))
        known = {name for one in on_shelf for name in (one.name, one.lens.name if one.lens is not None else "")}
        guests = {lens.name: ShelfLens(lens.name, own=True, lens=lens) for lens in self._guests}
        return tuple(sorted((*on_shelf, *(one for name, one in guests.items() if name not in known)), key=_order))

    def _read(self, name: str) -> ShelfLens:
        try:
            return ShelfLens(name, self.is_own(name), self.load(name))
        except FollowFocusError as error:
            return ShelfLens(name, own=True, lens=None, trouble=str(error))

    def is_own(self, name: str) -> bool:
        """Whether the lens is a file of one's own."""
        return is_file(self.folder / f"{name}{SUFFIX}")

    def load(self, name: str) -> LensMap:
        """The lens of that name. Raises FileError with all that is wrong, RequestError for no lens."""
        return load_lens(self.folder / f"{name}{SUFFIX}") if self.is_own(name) else load_lens(name)

    def save(self, lens: LensMap) -> str:
        """Keep a lens as one's own; the name that it has there. Raises FileError, RequestError."""
        name = safe_name(lens.name)
        self._make_folder()
        save_lens(lens, self.folder / f"{name}{SUFFIX}")
        return name

    # Favourites and last used -----------------------------------------------------------------------------------------

    def kept(self) -> ShelfMemory:
        """Favourites and last used; none where nothing is kept or can be read."""
        try:
            document = json.loads(read_input_text(self.folder / KEPT_FILE, _MOST_BYTES))
            return ShelfMemory(*(tuple(map(str, document[key])) for key in ("favourites", "used")))
        except (FollowFocusError, ValueError, KeyError, TypeError, RecursionError):
            return ShelfMemory()

    def keep(self, kept: ShelfMemory) -> None:
        """Keep them. Raises FileError, RequestError."""
        self._make_folder()
        write_atomically(self.folder / KEPT_FILE, json.dumps(dataclasses.asdict(kept), ensure_ascii=False) + "\n")

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RequestError(
                f"{self.folder} can't be made: {error.strerror}.", "Check the folder's permissions."
            ) from error


def groups(lenses: Sequence[ShelfLens], kept: ShelfMemory) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """(favourites, last used, my own), (all, then each make in the order of its lenses): the shelf's headings."""
    by_name = {lens.name: lens for lens in lenses}
    mine = (
        Group("Favourites", tuple(by_name[name] for name in kept.favourites if name in by_name)),
        Group("Last used", tuple(by_name[name] for name in kept.used if name in by_name)),
        Group("My own", tuple(lens for lens in lenses if lens.own)),
    )
    makes = dict.fromkeys(lens.make for lens in lenses)
    made = (Group(make, tuple(lens for lens in lenses if lens.make == make)) for make in makes)
    return mine, (Group("All lenses", tuple(lenses)), *made)


def found(lenses: Sequence[ShelfLens], search: str) -> tuple[ShelfLens, ...]:
    """The lenses that every word of a search fits.

    >>> from followfocus.lens.shelf import LensShelf
    >>> [lens.name for lens in found(LensShelf(Path("/nowhere")).lenses(), "sig 40 t1.8")]
    ['arri-signature-prime-40']
    >>> [lens.name for lens in found(LensShelf(Path("/nowhere")).lenses(), "ideal-85")]
    ['ideal-85']
    """
    words = _BETWEEN.split(search.casefold())
    return tuple(lens for lens in lenses if lens.fits(words))


def _order(lens: ShelfLens) -> tuple[bool, str, str, float, str]:
    focal = 0.0 if lens.lens is None else lens.lens.focal_length_mm
    return (lens.make in (IDEAL_MAKE, NO_MAKE), lens.make.casefold(), lens.series.casefold(), focal, lens.name)
