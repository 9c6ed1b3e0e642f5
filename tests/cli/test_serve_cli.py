# SPDX-License-Identifier: MIT
"""A show that is served from the terminal says when its unit is lost, and ends as lost where it isn't back."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from followfocus.cli import main
from followfocus.show.file import write_show
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import RigidRing
from followfocus.sim.servers import TcpServer
from followfocus.wire.messages import State
from tests.stage.scenarios import short


class Lost(SimulatedUnit):
    """A unit that is out of reach once it is armed."""

    lost: Callable[[], object]

    def advance(self, now_s: float, until_output: bool = False) -> float:
        if self.state is State.ARMED:
            self.lost()
        return super().advance(now_s, until_output)


def test_a_lost_unit_is_said_and_ends_it_as_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_show(short(), tmp_path / "s.ffshow")
    unit = Lost(mechanics=RigidRing(0.04))
    server = TcpServer(unit, "127.0.0.1", 0)
    unit.lost = server.stop

    def serve() -> None:
        with server:
            server.run()

    served = threading.Thread(target=serve)
    served.start()
    words = ["serve", str(tmp_path / "s.ffshow"), "--port", f"socket://127.0.0.1:{server.port}", "--at", "2m"]
    asked = ["--arm", "--allow-go", "--for", "8", "--no-log", "--json"]
    monkeypatch.setattr(sys, "argv", ["followfocus", *words, *asked])
    with pytest.raises(SystemExit) as ended:
        main()
    server.stop()  # where it was never armed, too
    served.join()
    out, err = capsys.readouterr()
    assert ended.value.code == 3
    told = json.loads(out)
    assert told["takes"] == []
    assert told["error"] in " ".join(err.split())
    assert "was closed at the other end." in err
    assert err.count("followfocus:") == 1
