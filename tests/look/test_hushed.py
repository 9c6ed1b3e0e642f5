# SPDX-License-Identifier: MIT
"""A library that prints its own fault is hushed; others who say something meanwhile are not."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import pytest

from followfocus.look.hushed import hushed


def _says() -> None:
    os.write(2, b"another thread's error\n")
    print("another thread's line")


def test_only_what_is_said_of_the_file_is_dropped(capfd: pytest.CaptureFixture[str]) -> None:
    with hushed(Path("a.exr")):
        os.write(2, b"a.exr: (EXR_ERR_BAD_CHUNK_LEADER) found corrupt leader\n")
        print("Warning: Exception raised reading pixel data")
        other = threading.Thread(target=_says)
        other.start()
        other.join()
    said = capfd.readouterr()
    assert said.err == "another thread's error\n"
    assert said.out == "another thread's line\n"


def test_it_hushes_without_a_standard_output(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with hushed(Path("a.exr")):
        os.write(2, b"a.exr: (EXR_ERR_BAD_CHUNK_LEADER) found corrupt leader\n")
    assert capfd.readouterr().err == ""
