# SPDX-License-Identifier: MIT
"""Show files (`.ffshow`): versioned JSON, checked through pydantic where it comes in, written so that none is lost.

Writing replaces the file at once (temporary file, fsync, rename) and keeps the last ten versions in a folder beside it
(`NAME.ffshow.versions`), the oldest of which goes. Older formats are brought up to date by the migrations below; a
newer one opens to read only, as far as what is known of it makes a show.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from followfocus.errors import FileError, RequestError
from followfocus.files import read_input, real, stat_of, unwritable, write_atomically
from followfocus.lens import schema
from followfocus.names import counted
from followfocus.show.document import checked, known_part, salvaged
from followfocus.show.show import Show, ShowCue
from followfocus.show.written import ShowJson, lens_document, pull_document

FORMAT = "followfocus-show"
VERSION = 1
KEPT = 10
SUFFIX = ".ffshow"
MOST_BYTES = 20_000_000
_HOW = "`followfocus show check` lists what is left and what could be saved."

MIGRATIONS: dict[int, Callable[[ShowJson], ShowJson]] = {}
"""From a version to the next: a function on the whole document."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A show as it was read, and what a person must know about it. `version` is the file's, `stamp` its content's."""

    show: Show
    path: Path
    version: int = VERSION
    read_only: bool = False
    words: tuple[str, ...] = ()
    stamp: str = ""


# Writing ----------------------------------------------------------------------------------------------------------


def show_to_json(show: Show) -> str:
    """The show file's text."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "production": show.production,
        "camera": show.camera,
        "first_ac": show.first_ac,
        "fps": str(show.fps),
        "film": show.film.name,
        "slate": dataclasses.asdict(show.slate),
        "unit": dataclasses.asdict(show.unit),
        "preferences": dataclasses.asdict(show.preferences),
        "lenses": [lens_document(entry) for entry in show.lenses],
        "pulls": [pull_document(pull) for pull in show.pulls],
        "cues": [_cue(cue) for cue in show.cues],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


_OUTSIDE = {"rec_hold_s": None, "stop_rec_s": None, "at_timecode": ""}
_HAND = {"hand": "none", "hand_within_m": None, "hand_keep": False}
"""Both are written only where they are set: a show without them stays one that every program of this version reads."""


def _cue(cue: ShowCue) -> dict[str, object]:
    facts = dataclasses.asdict(cue)
    usual = _OUTSIDE | _HAND
    return {name: value for name, value in facts.items() if name not in usual or value != usual[name]}


class ChangedError(FileError):
    """The file is not what it was when it was read: someone else has written it."""


def stamp_of(raw: bytes) -> str:
    """A hash that tells one content of a file from another."""
    return hashlib.blake2b(raw, digest_size=12).hexdigest()


def stamp_on_disk(path: Path) -> str:
    """The stamp of what a show file holds now; empty where there is none, or it can't be read."""
    try:
        return stamp_of(read_input(path, MOST_BYTES))
    except FileError:
        return ""


def check_new_name(path: Path) -> None:
    """Raises RequestError where no new show may be put: another name than a show's, or one that is taken."""
    if path.suffix != SUFFIX:
        raise RequestError(f"{path} isn't a name for a show.", f"Give one that ends in {SUFFIX}.")
    if stat_of(path) is not None:
        raise RequestError(f"{path} is there already.", "Give another name, or remove it first.")


def write_show(show: Show, path: str | Path, seen: str | None = None) -> str:
    """Write a show, and keep what the file held before; the stamp of what is there now.

    `seen` is the stamp of the content that this show is made from, None to write over whatever is there. Raises
    ChangedError where the file holds something else by now, FileError where it can't be written; then it is as it was.
    """
    target = Path(path)
    text = show_to_json(show).encode(errors="replace")
    held = read_input(target, MOST_BYTES) if stat_of(target) is not None else None
    if held is not None:
        _refuse_newer(target, held)
        if held == text:
            return stamp_of(held)
    if seen and (held is None or stamp_of(held) != seen):
        raise _changed(target, gone=held is None)
    if held is not None:
        _keep_version(target, held)
    write_atomically(target, text)
    _sync_folder(real(target).parent)
    return stamp_of(text)


def _changed(path: Path, *, gone: bool) -> ChangedError:
    what = "is gone: it was moved or deleted" if gone else "was changed by someone else"
    return ChangedError(
        f"{path} {what} since it was opened here, and nothing is written.",
        (),
        "Save this under another name, or open the file again." if not gone else "Save this under a name again.",
    )


def _refuse_newer(path: Path, held: bytes) -> None:
    """Refuse to write over a file that this program doesn't understand whole."""
    with contextlib.suppress(ValueError, RecursionError):
        document = json.loads(held.decode("utf-8-sig"))
        version = document.get("version") if isinstance(document, dict) else None
        if isinstance(version, int) and version > VERSION:
            raise _newer(path, version)


def _newer(path: Path, version: int) -> FileError:
    return FileError(f"{path} is a show of the newer version {version}.", (), "Save under another name.")


def versions_folder(path: Path) -> Path:
    """Where the last versions of a show are."""
    target = real(path)
    return target.parent / f"{target.name}.versions"


def kept_versions(path: Path) -> list[Path]:
    """The versions that are kept, the newest first."""
    folder = versions_folder(path)
    try:
        names = [entry for entry in folder.iterdir() if entry.suffix == SUFFIX and entry.stem.isdecimal()]
    except OSError:
        return []
    return sorted(names, key=lambda entry: int(entry.stem), reverse=True)


def _keep_version(path: Path, held: bytes) -> None:
    """The file as it is becomes the newest version, with the same rights; a damaged one is kept as that."""
    mode = stat.S_IMODE(path.stat().st_mode)
    folder, kept = versions_folder(path), kept_versions(path)
    number = int(kept[0].stem) + 1 if kept else 1
    try:
        json.loads(held.decode("utf-8"))
        name = f"{number:06d}{SUFFIX}"
    except (ValueError, RecursionError):
        name = f"{number:06d}.damaged"
    try:
        folder.mkdir(exist_ok=True, mode=mode | (mode & 0o444) >> 2)
        write_atomically(folder / name, held, mode=mode)
        for old in kept[KEPT - 1 :]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(folder / name, error) from error


def _sync_folder(folder: Path) -> None:
    """A rename is on disk when its folder is."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


# Reading ----------------------------------------------------------------------------------------------------------


def read_show(path: str | Path) -> Opened:
    """The show in a file. Raises FileError with everything that is wrong, each with its place."""
    target = Path(path)
    raw = read_input(target, MOST_BYTES)
    return dataclasses.replace(show_from_json(_text(raw, target), target), stamp=stamp_of(raw))


def show_from_json(text: str, where: Path) -> Opened:
    """The show of a file's text; `where` is its name, for messages. Raises FileError."""
    document, version = _parsed(text, where)
    newer = version > VERSION
    try:
        opened = _checked(known_part(document) if newer else _migrated(document, version), where)
    except FileError as error:
        if newer:
            raise FileError(
                f"{where} is a show of version {version}; this program knows {VERSION} and can't read it.",
                (),
                "Update followfocus.",
            ) from error
        raise
    if not newer:
        return dataclasses.replace(opened, version=version)
    words = (
        f"{where.name} is a show of the newer version {version}: it is open to read only, and some of it may be "
        "missing here. Update followfocus, or save it under another name.",
    )
    return dataclasses.replace(opened, version=version, read_only=True, words=words)


def _text(raw: bytes, where: Path) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(f"{where} is not a show: it is not text.", (), "Give a .ffshow file.") from error


def _parsed(text: str, where: Path) -> tuple[ShowJson, int]:
    def unique(pairs: list[tuple[str, object]]) -> ShowJson:
        keys = [key for key, _ in pairs]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise ValueError(f"the key “{twice}” is given twice in one object")
        return dict(pairs)

    try:
        document = json.loads(schema.HALF_CHARACTERS.sub("\ufffd", text), object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FileError(f"{where} is not a whole show: {error.msg} at {place}.", (), _HOW) from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"{where} is not a show: {error}.", (), _HOW) from error
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FileError(f"{where} is not a show.", (), f'A show is a JSON object with "format": "{FORMAT}".')
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FileError(f"{where} does not say which version of a show it is.", (), _HOW)
    return document, version


def _migrated(document: ShowJson, version: int) -> ShowJson:
    while version < VERSION:
        document = {**MIGRATIONS[version](document), "version": version + 1}
        version += 1
    return document


def _checked(document: ShowJson, where: Path) -> Opened:
    """The show of a document, or everything that is wrong with it at once."""
    show, problems = checked(document)
    if show is None:
        raise _unusable(where, problems)
    return Opened(show, where)


def _unusable(where: Path, problems: list[str]) -> FileError:
    count = counted(len(problems), "problem")
    return FileError(f"{where} is not a usable show: {count}.", problems, _HOW)


# Saving what can be saved -----------------------------------------------------------------------------------------


def salvage(path: str | Path) -> tuple[Show | None, tuple[str, ...]]:
    """The largest show that can be made of a damaged file, or else the newest version that is whole; and what is lost.

    (None, words) where there is neither.
    """
    target = Path(path)
    try:
        document, version = _parsed(_text(read_input(target, MOST_BYTES), target), target)
        return salvaged(_migrated(document, version) if version <= VERSION else known_part(document))
    except FileError as error:
        words = [error.message]
    for kept in kept_versions(target):
        with contextlib.suppress(FileError):
            show = read_show(kept).show
            return show, (*words, f"The newest whole version is {kept.relative_to(target.parent)}.")
    return None, (*words, "No earlier version is kept.")
