# SPDX-License-Identifier: MIT
"""Keys and buttons that were learned for GO, kept in one file among the user's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from followfocus.files import user_folder
from followfocus.sources.own_file import OwnFile, read_own, write_own

FORMAT, VERSION = "followfocus-go-keys", 1
MOST_KEYS = 50


class LearnedControl(BaseModel):
    """A key of the keyboard by its name, or a button of a wheel or pedal: `source` is which one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["key", "button"]
    control: str = Field(min_length=1, max_length=100)
    source: str = Field(default="", max_length=200)

    def __str__(self) -> str:
        return f"the key {self.control}" if self.kind == "key" else f"{self.source}, button {self.control}"


class _File(OwnFile):
    go: tuple[LearnedControl, ...] = Field(max_length=MOST_KEYS)


def learned_file() -> Path:
    """Where they are kept."""
    return user_folder() / "go-keys.json"


def learned_kept(path: Path | None = None) -> tuple[LearnedControl, ...]:
    """The controls learned for GO. Raises FileError for a foreign file."""
    read = read_own(_File, path or learned_file(), FORMAT, VERSION, "Delete it and learn again.")
    return () if read is None else read.go


def keep_learned(learned: Iterable[LearnedControl], path: Path | None = None) -> None:
    """Keep them. Raises FileError."""
    go = [one.model_dump(exclude_defaults=True) for one in learned]
    write_own(path or learned_file(), FORMAT, VERSION, {"go": go})
