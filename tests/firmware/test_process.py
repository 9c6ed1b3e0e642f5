# SPDX-License-Identifier: MIT
"""The unit as a process: each start of it is another boot to whoever speaks to it, and no file of anybody's is lost."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import pytest

from followfocus.wire.messages import HelloReply, ResetCause
from tests.conformance.tools import need_process
from tests.conformance.units import UNIT_PROCESS, ProcessBench, boot, running
from tests.conformance.wire import Host


@pytest.fixture(autouse=True)
def _built() -> None:
    need_process()


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


def started(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen([UNIT_PROCESS, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def refused(*words: str) -> str:
    """The sentence with which it won't start."""
    with started(*words) as process:
        said = process.communicate()[1]
    assert process.returncode in (1, 2)
    return said


def test_a_file_where_the_port_is_to_be_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine")
    assert "File exists" in refused("--pty", str(file))
    assert file.read_text() == "mine"


def test_a_dead_link_is_replaced_and_one_of_another_unit_is_left(tmp_path: Path) -> None:
    port = tmp_path / "unit"
    port.symlink_to("/dev/pts/no_more")
    with started("--pty", str(port)) as first:
        assert first.stdout is not None
        first.stdout.readline()
        with started("--pty", str(port)) as second:
            assert second.stdout is not None
            second.stdout.readline()
            of_second = port.readlink()
            first.send_signal(signal.SIGHUP)
            first.wait()
            assert port.readlink() == of_second
            second.terminate()
        assert not port.is_symlink()


@pytest.mark.parametrize("name", ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"])
def test_however_it_ends_its_port_s_name_goes_with_it(tmp_path: Path, name: str) -> None:
    port = tmp_path / "unit"
    with started("--pty", str(port)) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(getattr(signal, name))
        assert process.wait() == 0
    assert not port.is_symlink()


def test_one_that_ends_with_an_error_leaves_no_link_to_what_is_another_s_next(tmp_path: Path) -> None:
    port = tmp_path / "unit"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "cannot listen" in refused("--pty", str(port), "--control", str(taken.getsockname()[1]))
    assert not port.is_symlink()


def test_what_is_no_eeprom_is_not_written_over(tmp_path: Path) -> None:
    for size in (1, 1023, 1025):
        file = tmp_path / "photo.jpg"
        file.write_bytes(b"x" * size)
        assert "is no EEPROM" in refused("--tcp", "0", "--eeprom", str(file))
        assert file.read_bytes() == b"x" * size


def test_an_eeprom_that_can_not_be_kept_is_said_at_once(tmp_path: Path) -> None:
    assert "Is a directory" in refused("--tcp", "0", "--eeprom", str(tmp_path))
    assert "No such file" in refused("--tcp", "0", "--eeprom", str(tmp_path / "none" / "eeprom.bin"))


@pytest.mark.parametrize("stops", ["9,1", "5,5", "1,9x", "1", "x"])
def test_stops_are_two_numbers_that_rise(stops: str) -> None:
    assert refused("--tcp", "0", "--stops", stops).startswith("usage: ")


def test_help_is_no_fault() -> None:
    with started("--help") as process:
        said, _ = process.communicate()
    assert (process.returncode, said.startswith("usage: ")) == (0, True)
