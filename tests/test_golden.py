# SPDX-License-Identifier: MIT
"""A walk that is kept is the same on every processor, and no other walk is taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import golden
from tests.support.golden import Cell, assert_goes_as_it_did


@pytest.mark.parametrize(("kept", "found", "same"), [
    (2.0, 2.0, True), (2.0, 2.0 + 1e-7, True), (2.0, 2.0 + 1e-5, False), (0.0, 1e-10, True), (0.0, 1e-8, False),
    (2, 2, True), (2, 3, False), (None, "", True), (None, 0.0, False), (True, False, False),
    ("Scale(0.49999999999999983)", "Scale(0.5)", True), ("Scale(0.4999)", "Scale(0.5)", False),
    ("at 1.5e-05 s", "at 1.5000000001e-05 s", True), ("at 1.5e-05 s", "at 1.5e-06 s", False),
    ("(-0.25, 3.0)", "(0.25, 3.0)", False), ("(0.25, 3.0)", "(0.25)", False),
    # A whole number is counted, not measured: a tick more is another.
    ("clock=16000000", "clock=16000001", False), ("0.5 of A", "0.5 of B", False), ("1.0", "one", False),
])  # fmt: skip
def test_the_last_digit_is_the_processors_and_all_else_is_the_walks(
    kept: Cell, found: Cell, same: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "walks").mkdir()
    monkeypatch.setattr(golden, "FOLDER", tmp_path)
    with monkeypatch.context() as anew:
        anew.setenv(golden.ANEW, "anew")
        assert_goes_as_it_did("a", [("x", kept)])
    monkeypatch.delenv(golden.ANEW, raising=False)
    if same:
        assert_goes_as_it_did("a", [("x", found)])
    else:
        with pytest.raises(AssertionError, match="a, row 1"):
            assert_goes_as_it_did("a", [("x", found)])
    with pytest.raises(AssertionError, match="a, row 2"):
        assert_goes_as_it_did("a", [("x", kept), ("x", kept)])
