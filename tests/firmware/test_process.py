# SPDX-License-Identifier: MIT
"""The unit as a process: each start of it is another boot to whoever speaks to it."""

from __future__ import annotations

from pathlib import Path

from followfocus.wire.messages import HelloReply, ResetCause
from tests.conformance.units import ProcessBench, boot, running
from tests.conformance.wire import Host


def greeted(eeprom: Path | None = None) -> HelloReply:
    with running(ProcessBench(eeprom)) as bench:
        return Host(bench).hello()


def test_two_starts_without_an_eeprom_are_two_boots() -> None:
    assert len({greeted().boot_id for _ in range(3)}) == 3


def test_what_an_eeprom_counts_goes_on(tmp_path: Path) -> None:
    kept = tmp_path / "eeprom.bin"
    with running(ProcessBench(kept)) as bench:
        host = Host(bench)
        first = host.hello().boot_id
        boot(host.port)
        bench.reset(ResetCause.RESET_PIN)
        boot(host.port)
        second = host.hello().boot_id
    assert second - first in (0x9E3779B1, 0x9E3779B1 - 2**32)
    assert greeted(kept).boot_id - second in (0x9E3779B1, 0x9E3779B1 - 2**32)
