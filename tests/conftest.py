# SPDX-License-Identifier: MIT
"""What holds for all tests: a busy machine fails no property, and Ctrl-C reaches the programs that tests start.

Whoever runs the tests in the background may have made them deaf to Ctrl-C, which programs inherit from each other. No
test writes into the take log of whoever runs it.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("followfocus", deadline=None)
settings.load_profile("followfocus")
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_data(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A folder for the user's own data, where takes go that nobody named a log for."""
    folder: Path = tmp_path_factory.getbasetemp() / "user-data"
    monkeypatch.setenv("XDG_DATA_HOME", str(folder))
