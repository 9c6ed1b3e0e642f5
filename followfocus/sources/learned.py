# SPDX-License-Identifier: MIT
"""Keys and buttons that were learned for GO, kept in one file among the user's own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from followfocus.errors import FileError
from followfocus.files import read_input_text, shown_path, stat_of, user_folder, write_atomically

FORMAT, VERSION = "followfocus-go-keys", 1
MOST_BYTES, MOST_KEYS = 1_000_000, 50


class LearnedControl(BaseModel):
    """A key of the keyboard by its name, or a button of a wheel or pedal: `source` is which one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["key", "button"]
    control: str = Field(min_length=1, max_length=100)
    source: str = Field(default="", max_length=200)

    def __str__(self) -> str:
        return f"the key {self.control}" if self.kind == "key" else f"{self.source}, button {self.control}"


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: str
    version: int
    go: tuple[LearnedControl, ...] = Field(max_length=MOST_KEYS)


def learned_file() -> Path:
    """Where they are kept."""
    return user_folder() / "go-keys.json"


def learned_kept(path: Path | None = None) -> tuple[LearnedControl, ...]:
    """What was learned for GO. Raises FileError for a file that is none of ours."""
    where = path or learned_file()
    if stat_of(where) is None:
        return ()
    try:
        read = _File.model_validate_json(read_input_text(where, MOST_BYTES))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FileError(
            f"{shown_path(where)} can't be read: {place or 'it'}: {first['msg']}.", (), "Delete it and learn again."
        ) from error
    if read.format != FORMAT or read.version > VERSION:
        raise FileError(f"{shown_path(where)} is of another program or a newer version.", (), "Move it away.")
    return read.go


def keep_learned(learned: Iterable[LearnedControl], path: Path | None = None) -> None:
    """Keep them. Raises FileError."""
    go = [one.model_dump(exclude_defaults=True) for one in learned]
    text = json.dumps({"format": FORMAT, "version": VERSION, "go": go}, ensure_ascii=False, indent=2)
    write_atomically(path or learned_file(), f"{text}\n")
