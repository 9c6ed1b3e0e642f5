# SPDX-License-Identifier: MIT
"""Small JSON files of the user's own, each with its format and version: read whole or refused in a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from followfocus.errors import FileError
from followfocus.files import read_input_text, shown_path, stat_of, write_atomically

MOST_BYTES = 1_000_000


class OwnFile(BaseModel):
    """The content of such a file. A key that is not known is an error."""

    model_config = ConfigDict(extra="forbid")

    format: str
    version: int


_Kind = TypeVar("_Kind", bound=OwnFile)


def read_own(kind: type[_Kind], path: Path, format_name: str, version: int, remedy: str) -> _Kind | None:
    """The file's content; None where there is no file. Raises FileError for a foreign or a newer one."""
    if stat_of(path) is None:
        return None
    try:
        read = kind.model_validate_json(read_input_text(path, MOST_BYTES))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FileError(f"{shown_path(path)} can't be read: {place or 'it'}: {first['msg']}.", (), remedy) from error
    if read.format != format_name or read.version > version:
        raise FileError(f"{shown_path(path)} is of another program or a newer version.", (), "Move it away.")
    return read


def write_own(path: Path, format_name: str, version: int, held: Mapping[str, object]) -> None:
    """Write what it holds, whole or not at all. Raises FileError."""
    document = {"format": format_name, "version": version, **held}
    write_atomically(path, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
