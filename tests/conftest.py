# SPDX-License-Identifier: MIT
"""Rules for all tests: a busy machine fails no property, and signals reach the programs that tests start.

Whoever runs the tests in the background, or under nohup, may have made them deaf to Ctrl-C or to the end of a terminal,
which programs inherit from each other. No test writes into the take log of whoever runs it.
"""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# The same examples in every run, so that no run fails by chance; a campaign looks for new ones.
settings.register_profile(
    "followfocus",
    deadline=None,
    derandomize=os.environ.get("FOLLOWFOCUS_CAMPAIGN") != "full",
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("followfocus")
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


_FOLDERS = itertools.count(1)


@pytest.fixture(scope="session", autouse=True)
def _no_data_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Things made for many tests, before the first of them, find nothing of the user's own either."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        _live_in(tmp_path_factory.getbasetemp() / "user", monkeypatch)
        yield


@pytest.fixture(autouse=True)
def _own_data(
    _no_data_of_the_user: None, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A folder for the user's own data and settings, new for each test: what one keeps, no other finds."""
    _live_in(tmp_path_factory.getbasetemp() / "user" / str(next(_FOLDERS)), monkeypatch)


def _live_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only by name: most tests keep nothing, and then nothing is made."""
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
