# SPDX-License-Identifier: MIT
"""Keys and buttons that are GO, in their file."""

from __future__ import annotations

from pathlib import Path

import pytest

from followfocus.errors import FileError
from followfocus.sources.learned import LearnedControl, keep_learned, learned_kept

KEYS = LearnedControl(kind="key", control="F9"), LearnedControl(kind="button", control="3", source="Knob")


def test_what_was_learned_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    assert learned_kept(path) == ()
    keep_learned(KEYS, path)
    assert learned_kept(path) == KEYS
    assert [str(one) for one in KEYS] == ["the key F9", "Knob, button 3"]


@pytest.mark.parametrize("text", [
    "", "{", "[]", '{"format": "other", "version": 1, "go": []}',
    '{"format": "followfocus-go-keys", "version": 2, "go": []}',
    '{"format": "followfocus-go-keys", "version": 1, "go": [{"kind": "key"}]}',
    '{"format": "followfocus-go-keys", "version": 1, "go": [{"kind": "stop", "control": "F9"}]}',
])  # fmt: skip
def test_a_file_that_is_none_of_ours_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(FileError, match=r"can't be read|another program|empty"):
        learned_kept(path)
    assert path.read_text() == text
