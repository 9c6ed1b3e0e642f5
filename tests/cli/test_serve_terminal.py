# SPDX-License-Identifier: MIT
"""`serve` whose terminal goes: as a service it plays on for whoever asks from outside; told to end, it ends."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pythonosc.osc_message import OscMessage

from followfocus.show.file import write_show
from followfocus.sources.osc import message
from tests.stage.scenarios import short

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ptys and their signals")
WAIT_S = 60.0


def read_until(terminal: int, pattern: str) -> re.Match[str]:
    said = ""
    while True:
        said += os.read(terminal, 4096).decode()
        found = re.search(pattern, said)
        if found is not None:
            return found


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_served_show_outlives_a_terminal_that_says_nothing_and_ends_when_it_is_told(
    tmp_path: Path, ending: signal.Signals
) -> None:
    write_show(short(), tmp_path / "s.ffshow")
    ours, theirs = os.openpty()
    words = ["serve", str(tmp_path / "s.ffshow"), "--allow-go", "--listen", "osc://127.0.0.1:0", "--no-log"]
    served = subprocess.Popen(
        [sys.executable, "-m", "followfocus", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,  # no terminal of its own: nobody tells it that this one goes
    )
    os.close(theirs)
    port = int(read_until(ours, r"OSC on 127\.0\.0\.1:(\d+)\.").group(1))
    os.close(ours)
    console = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with console:
        console.settimeout(WAIT_S)
        for number, want in enumerate(("arm", "stop"), 1):
            console.sendto(message(f"/followfocus/{want}", number), ("127.0.0.1", port))
            assert OscMessage(console.recv(4096)).params[1:4] == [number, want, 1]
    assert served.poll() is None
    served.send_signal(ending)
    assert served.wait(WAIT_S) == 0
