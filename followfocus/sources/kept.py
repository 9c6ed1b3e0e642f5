# SPDX-License-Identifier: MIT
"""The user's lessons: how each wheel speaks, its buttons and its manners. One file among the user's own."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from followfocus.files import user_folder
from followfocus.hand.manners import HandManners
from followfocus.sources.midi import MidiWheel
from followfocus.sources.own_file import OwnFile, read_own, write_own

FORMAT, VERSION = "followfocus-wheels", 1
ACTIONS = ("stop", "go", "arm", "back", "record", "gear", *(f"mark {letter}" for letter in "ABCDEFGH"))
"""The jobs of a wheel's button."""


class KeptWheel(BaseModel):
    """One wheel. `buttons`: the device's own name of a button → what it does."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wheel: MidiWheel | None = None
    buttons: dict[str, str] = {}
    manners: HandManners = HandManners()


class _File(OwnFile):
    wheels: dict[str, KeptWheel]


def wheels_file() -> Path:
    """Where they are kept."""
    return user_folder() / "wheels.json"


def wheels_kept(path: Path | None = None) -> dict[str, KeptWheel]:
    """Every wheel that is known, by its name. Raises FileError for a foreign file."""
    read = read_own(_File, path or wheels_file(), FORMAT, VERSION, "Mend it, or delete it and learn again.")
    return {} if read is None else read.wheels


def keep_wheel(name: str, wheel: KeptWheel, path: Path | None = None) -> None:
    """Keep what is known of a wheel. Raises FileError."""
    where = path or wheels_file()
    known = {**wheels_kept(where), name: wheel}
    wheels = {one: kept.model_dump(mode="json", exclude_defaults=True) for one, kept in sorted(known.items())}
    write_own(where, FORMAT, VERSION, {"wheels": wheels})
