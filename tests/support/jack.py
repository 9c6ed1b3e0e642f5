# SPDX-License-Identifier: MIT
"""A JACK server without sound: its MIDI ports and audio ports are real ones between programs."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import which

import pytest

from followfocus.clock import SystemClock

WAIT_S = 60.0
PERIOD = 256
"""Samples that are handed on at once: 5.3 ms"""


@pytest.fixture
def jack() -> Iterator[None]:
    """One of the test's own, which whoever looks for JACK in this process finds.

    One test on this computer at a time: clients of one name share a socket's name, whatever server each of them is on.
    """
    if sys.version_info >= (3, 13):
        pytest.skip("python-rtmidi has no wheel for this Python, and rtmidi2 can't speak to Debian's JACK")
    if which("jackd") is None:
        pytest.skip("there is no jackd (apt install jackd2): MIDI isn't tried end to end")
    if Path("/dev/snd/seq").exists():
        pytest.skip("this computer has ALSA's sequencer: its own ports would be taken, not JACK's")
    name = f"followfocus-{os.getpid()}"
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("JACK_NO_AUDIO_RESERVATION", "1")
        monkeypatch.setenv("JACK_DEFAULT_SERVER", name)
        with _alone(), running(name):
            yield


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (Path(tempfile.gettempdir()) / f"followfocus-jack-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # closing the file gives it back, also where this process dies
        yield


@contextlib.contextmanager
def running(name: str, period: int = PERIOD, rate: int = 48_000, *, realtime: bool = False) -> Iterator[None]:
    """A server of that name. `realtime` takes the rights for it, which short periods need on a busy computer.

    Without them it waits for whoever is late, instead of leaving out what it had for him.
    """
    how = ["-R"] if realtime else ["-r", "-S", "-t", str(round(WAIT_S * 1000))]
    server = subprocess.Popen(
        ["jackd", *how, "-n", name, "-d", "dummy", "-r", str(rate), "-p", str(period)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end_s = SystemClock().now() + WAIT_S
        while not any(Path("/dev/shm").glob(f"jack_{name}_*_[0-9]")):
            assert server.poll() is None, "the JACK server didn't start"
            assert SystemClock().now() < end_s
        yield
    finally:
        server.terminate()
        server.communicate(timeout=WAIT_S)


class News:
    """Waiting for what comes on another thread, without keeping it from coming: JACK leaves out who is late."""

    def __init__(self) -> None:
        self._news = threading.Condition()

    def tell(self, *_: object) -> None:
        """Something has come."""
        with self._news:
            self._news.notify_all()

    def until(self, so: Callable[[], object]) -> None:
        """Wait until something is so; fails after a minute."""
        with self._news:
            assert self._news.wait_for(so, WAIT_S)
