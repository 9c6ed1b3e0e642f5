# SPDX-License-Identifier: MIT
"""Words beside the work: in their order, and nobody waits for a terminal that doesn't take them."""

from __future__ import annotations

import importlib
import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from pythonosc.osc_message import OscMessage

from followfocus.cli.aside import MOST, Aside
from followfocus.lens.map import load_lens
from followfocus.show.file import write_show
from followfocus.show.show import new_show
from followfocus.sources.osc import message

WAIT_S = 60.0


def test_sentences_come_in_their_order_and_the_end_waits_for_them() -> None:
    said: list[tuple[str, str]] = []
    aside = Aside(lambda words, style: said.append((words, style)))
    for number in range(50):
        aside(str(number), "bold")
    aside.end()
    assert said == [(str(number), "bold") for number in range(50)]


def test_a_terminal_that_takes_nothing_keeps_nobody_waiting_and_too_much_is_dropped() -> None:
    resumed, said = threading.Event(), []
    aside = Aside(lambda words, _style: (resumed.wait(), said.append(words)))
    for number in range(3 * MOST):
        aside(str(number))  # returns, though nothing is taken
    assert said == []
    resumed.set()
    aside.end()
    aside._thread.join()
    assert said[:3] == ["0", "1", "2"]
    assert len(said) <= MOST + 2


def test_a_terminal_that_has_gone_ends_nothing() -> None:
    said: list[str] = []

    def say(words: str, _style: str) -> None:
        if words == "gone":
            raise BrokenPipeError
        said.append(words)

    aside = Aside(say)
    aside("gone")
    aside("here")
    aside.end()
    assert said == ["here"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has pipes that can be made small")
def test_stop_from_outside_is_answered_though_nobody_reads_what_serve_prints(tmp_path: Path) -> None:
    show = tmp_path / "s.ffshow"
    write_show(new_show("Paused", load_lens("ideal-50")), show)
    unread, printed = os.pipe()
    fcntl = importlib.import_module("fcntl")
    fcntl.fcntl(unread, fcntl.F_SETPIPE_SZ, 4096)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.bind(("127.0.0.1", 0))
        client.settimeout(WAIT_S)
        command = [sys.executable, "-W", "ignore", "-m", "followfocus", "serve", str(show), "--listen", "osc://:0"]
        process = subprocess.Popen([*command, "--no-log"], stdout=subprocess.DEVNULL, stderr=printed)
        os.close(printed)
        try:
            port = _listened_at(unread)
            refused = 0
            for number in range(2, 1_000_000):
                refused += "Outside GO is off" in str(_asked(client, port, "/followfocus/go", number)[4])
                if refused > 75:
                    break
            # 75 lines of more than 60 letters: the pipe has been full for a while
            assert _asked(client, port, "/followfocus/stop", 2_000_000)[2:] == ["stop", 1, "STOP."]
        finally:
            process.kill()
            process.wait()
            os.close(unread)


def _listened_at(printed: int) -> int:
    """The port that `serve` says it has taken; what it prints from then on is not read."""
    said = b""
    while (found := re.search(rb"OSC on \S+:(\d+)\.", said)) is None:
        more = os.read(printed, 4096)
        assert more, said
        said += more
    return int(found[1])


def _asked(client: socket.socket, port: int, address: str, number: int) -> list[Any]:
    """The answer to a request."""
    client.sendto(message(address, number), ("127.0.0.1", port))
    while (answer := OscMessage(client.recv(4096)).params)[1] != number:
        pass
    return list(answer)
