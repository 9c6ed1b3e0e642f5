# SPDX-License-Identifier: MIT
"""JACK is asked only where its server answers: its library writes to the terminal otherwise."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from followfocus.sources import midi_port
from followfocus.sources.midi_port import jack_runs

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="JACK's sockets lie here on Linux only")


def test_only_the_server_that_a_program_is_given_and_only_a_living_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(midi_port, "_SHARED", tmp_path)
    monkeypatch.delenv("JACK_DEFAULT_SERVER", raising=False)
    assert not jack_runs()
    (tmp_path / "jack_default_0_0").touch()
    assert not jack_runs(), "no socket"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "jack_stage_0_0"))
        server.listen()
        assert not jack_runs(), "that is another server"
        monkeypatch.setenv("JACK_DEFAULT_SERVER", "stage")
        assert jack_runs()
    assert not jack_runs(), "it was killed, and its socket is left"
