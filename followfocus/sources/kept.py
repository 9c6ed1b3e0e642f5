# SPDX-License-Identifier: MIT
"""What the user has taught: how each wheel speaks, what its buttons do, its manners. One file among the user's own."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from followfocus.errors import FileError
from followfocus.files import read_input_text, shown_path, stat_of, user_folder, write_atomically
from followfocus.hand.manners import HandManners
from followfocus.sources.midi import MidiWheel

FORMAT, VERSION = "followfocus-wheels", 1
MOST_BYTES = 1_000_000
ACTIONS = ("stop", "go", "arm", "back", "record", "gear", *(f"mark {letter}" for letter in "ABCDEFGH"))
"""What a wheel's button may do."""


class KeptWheel(BaseModel):
    """One wheel. `buttons`: the device's own name of a button → what it does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wheel: MidiWheel | None = None
    buttons: dict[str, str] = {}
    manners: HandManners = HandManners()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: str
    version: int
    wheels: dict[str, KeptWheel]


def wheels_file() -> Path:
    """Where they are kept."""
    return user_folder() / "wheels.json"


def wheels_kept(path: Path | None = None) -> dict[str, KeptWheel]:
    """Every wheel that is known, by its name. Raises FileError for a file that is none of ours."""
    where = path or wheels_file()
    if stat_of(where) is None:
        return {}
    try:
        read = _File.model_validate_json(read_input_text(where, MOST_BYTES))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FileError(
            f"{shown_path(where)} can't be read: {place or 'it'}: {first['msg']}.",
            (),
            "Mend it, or delete it and learn again.",
        ) from error
    if read.format != FORMAT or read.version > VERSION:
        raise FileError(f"{shown_path(where)} is of another program or a newer version.", (), "Move it away.")
    return read.wheels


def keep_wheel(name: str, wheel: KeptWheel, path: Path | None = None) -> None:
    """Keep what is known of a wheel. Raises FileError."""
    where = path or wheels_file()
    known = {**wheels_kept(where), name: wheel}
    document = {
        "format": FORMAT,
        "version": VERSION,
        "wheels": {one: kept.model_dump(mode="json", exclude_defaults=True) for one, kept in sorted(known.items())},
    }
    write_atomically(where, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
