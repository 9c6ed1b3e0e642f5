# SPDX-License-Identifier: MIT
"""A file that a docstring, a comment or a guide names is there: where one is renamed, its name changes everywhere."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`([\w./-]*\w\.(?:py|c|h|md|sh|toml))`")
FOLDERS = ("followfocus", "gui", "firmware", "docs", "benchmarks", "tests", ".ci")
TEXTS = [
    *(
        path
        for folder in ("followfocus", "gui", "docs", "benchmarks")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ),
    *sorted((ROOT / "docs").rglob("*.md")),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "firmware/PROTOCOL.md")),
]
FILES = [
    *(path for path in ROOT.iterdir() if path.is_file()),
    *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()),
]


def ends_of(files: list[Path]) -> frozenset[str]:
    """Every way to name these files: by the name alone, or with some of the folders that they are in."""
    parts = [path.relative_to(ROOT).parts for path in files]
    return frozenset("/".join(of[at:]) for of in parts for at in range(len(of)))


def missing(text: str, known: frozenset[str]) -> list[str]:
    """The names in backticks that no file has."""
    return [name for name in NAMED.findall(text) if name not in known]


def test_every_file_that_is_named_is_there():
    known = ends_of(FILES)
    found = {str(path.relative_to(ROOT)): missing(path.read_text(encoding="utf-8"), known) for path in TEXTS}
    assert {name: names for name, names in found.items() if names} == {}


def test_a_file_that_was_renamed_is_found_out():
    text = "Times (`steptimes.py`) become segments (`steps/segments.py`)."
    assert missing(text, ends_of(FILES)) == ["steptimes.py"]
