# SPDX-License-Identifier: MIT
"""`followfocus sim` as a process: where it says it listens, who can talk to it, how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from followfocus.cli.sim import _edge_file, parse_address
from followfocus.errors import FileError, RequestError
from followfocus.sim.device import SimulatedUnit
from followfocus.wire.frames import FrameReader, encode_frame
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    Ack,
    Goto,
    Hello,
    HelloReply,
    Message,
    SetPosition,
    StateChanged,
    decode_body,
    encode_body,
)

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def running(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A `followfocus sim` process, and the first line that it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "followfocus", "sim", *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait(60)
        process.stdout.close()
        process.stderr.close()


def refused(*options: str) -> tuple[int, str]:
    """Exit code and words of a call that doesn't get as far as listening."""
    done = subprocess.run(
        [sys.executable, "-m", "followfocus", "sim", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def received(connection: socket.socket) -> bytes:
    """The next bytes. None at all are the end of the line, which a loop would wait on for ever."""
    data = connection.recv(4096)
    assert data, "the unit is gone"
    return data


def talk(connection: socket.socket, *commands: Message) -> list[Message]:
    """Sends commands one after another: everything that comes until the last is answered."""
    reader, heard = FrameReader(), []
    connection.settimeout(60)
    for seq, command in enumerate(commands, 1):
        connection.sendall(encode_frame(seq, command.TYPE, encode_body(command)))
        answered = False
        while not answered:
            for frame in reader.feed(received(connection)):
                heard.append(decode_body(frame.type, frame.body))
                answered = answered or frame.seq == seq
    return heard


HELLO = Hello(1, 1, 0, DEFINITIONS_HASH)


def address_of(port: str) -> tuple[str, int]:
    return parse_address(port.removeprefix("socket://"))


def test_it_says_where_it_listens_and_what_to_type_next():
    with running("--tcp", "127.0.0.1:0") as (process, port):
        host, number = address_of(port)
        assert number > 0
        with socket.create_connection((host, number)) as connection:
            assert isinstance(talk(connection, HELLO)[0], HelloReply)
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=60)
    assert process.returncode == 0
    assert f"followfocus unit info --port {port}" in words
    assert words.endswith("Ended.\n")
    assert "Traceback" not in words


def test_being_terminated_frees_the_link(tmp_path):
    link = tmp_path / "unit"
    with running("--pty", str(link)) as (process, port):
        assert port == str(link)
        assert link.is_symlink()
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert not link.is_symlink()


def test_without_options_it_takes_a_pty_and_says_which():
    with running() as (_, port):
        assert Path(port).is_char_device()


def test_json_says_it_for_scripts():
    with running("--tcp", "0", "--json", "--fault", "noise:1e-5") as (_, line):
        told = json.loads(line)
    assert told["port"].startswith("socket://127.0.0.1:")
    assert (told["serial"], told["faults"]) == ("SIM00001", ["noise:1e-5"])


def test_edges_and_state_go_to_their_files(tmp_path):
    edges, state = tmp_path / "edges.csv", tmp_path / "unit.json"
    options = ("--tcp", ":0", "--edges", str(edges), "--state", str(state), "--motor", "nema14", "--lens", "ideal-50")
    with running(*options) as (process, port):
        with socket.create_connection(address_of(port)) as connection:
            heard = talk(connection, HELLO, SetPosition(100), Goto(130, 0))
            reader = FrameReader()
            while not (isinstance(heard[-1], StateChanged) and heard[-1].position == 130):
                heard += [decode_body(frame.type, frame.body) for frame in reader.feed(received(connection))]
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    header, *rows = edges.read_text().splitlines()
    assert header == "boot_id,tick,position"
    positions = [int(row.split(",")[2]) for row in rows]
    assert positions == list(range(101, 131))
    [boot_id] = {row.split(",")[0] for row in rows}
    assert boot_id == str(next(message.boot_id for message in heard if isinstance(message, HelloReply)))
    assert json.loads(state.read_text())["boots"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals and ptys")
@pytest.mark.parametrize("name", ["SIGHUP", "SIGQUIT", "SIGTERM", "SIGINT"])
def test_however_it_is_told_to_end_it_takes_its_port_s_name_with_it(tmp_path, name):
    link = tmp_path / "unit"
    with running("--pty", str(link)) as (process, _):
        process.send_signal(getattr(signal, name))
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert said.endswith("Ended.\n")
    assert not link.is_symlink(), "a name that stays would lead to whoever gets that terminal next"


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_it_outlives_its_terminal_where_it_was_told_to():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with running("--tcp", "0") as (process, port):
            process.send_signal(signal.SIGHUP)
            with socket.create_connection(address_of(port)) as connection:
                assert any(isinstance(message, HelloReply) for message in talk(connection, HELLO))
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_process_is_another_boot():
    ids = set()
    for _ in range(2):
        with running("--tcp", "0") as (_, port), socket.create_connection(address_of(port)) as connection:
            ids |= {message.boot_id for message in talk(connection, HELLO) if isinstance(message, HelloReply)}
    assert len(ids) == 2


def test_a_stranger_may_stand_in_for_the_unit():
    with (
        running("--tcp", "0", "--fault", "grbl") as (_, port),
        socket.create_connection(address_of(port)) as connection,
    ):
        connection.settimeout(60)
        assert connection.recv(100).startswith(b"\r\nGrbl 1.1h")


def test_a_clock_error_is_a_setting():
    with (
        running("--tcp", "0", "--clock-error", "-0.5%") as (_, port),
        socket.create_connection(address_of(port)) as line,
    ):
        assert any(isinstance(message, Ack) for message in talk(line, HELLO, SetPosition(0)))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--fault", "banana"], "Known: noise, drop"),
        (["--fault", "noise:often"], "not a rate"),
        (["--clock-error", "late"], "not a clock error"),
        (["--tcp", "localhost"], "Write HOST:PORT"),
        (["--tcp", "127.0.0.1:99999"], "Write HOST:PORT"),
        (["--tcp", "127.0.0.1:0", "--pty", "x"], "not both"),
        (["--fault", "dtr-reset"], "A pty doesn't say when it is opened"),
        (["--pty", "x", "--fault", "dtr-reset"], "A pty doesn't say when it is opened"),
        (["--motor", "nema99"], "nema17"),
        (["--lens", "ideal-51"], "ideal-50"),
        (["--state", str(ROOT / "pyproject.toml")], "state file"),
        (["--edges", "/no/such/folder/edges.csv"], "cannot be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_refused_in_a_sentence(options, words):
    code, said = refused(*options)
    assert code == 2
    assert words in said
    assert "Traceback" not in said


def test_help_lists_the_faults():
    done = subprocess.run(
        [sys.executable, "-m", "followfocus", "sim", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0
    for name in ("noise[:BER]", "reset[:WHEN]", "newer-protocol", "gps", "WHEN is 1.2s"):
        assert name in done.stdout


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:0", ("127.0.0.1", 0)),
        (":5000", ("127.0.0.1", 5000)),
        ("5000", ("127.0.0.1", 5000)),
        ("0.0.0.0:1", ("0.0.0.0", 1)),
        ("[::1]:7", ("::1", 7)),
        ("desk.local:65535", ("desk.local", 65535)),
    ],
)
def test_addresses_are_read(text, address):
    assert parse_address(text) == address


@pytest.mark.parametrize("text", ["", "host:", "host:x", "host:-1", "host:65536", "host:１２"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(RequestError):
        parse_address(text)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_edges_that_the_disk_does_not_take_are_told_of_at_the_end(tmp_path, monkeypatch):
    unit, path = SimulatedUnit(), tmp_path / "edges.csv"
    monkeypatch.setattr(Path, "open", lambda _path, *_mode, **_how: os.fdopen(os.open("/dev/full", os.O_WRONLY), "w"))

    def interrupted() -> None:
        with _edge_file(path, unit):
            for tick in range(10_000):
                unit.edges.listener(tick, 0)
            raise KeyboardInterrupt

    with pytest.raises(FileError, match=r"edges.csv cannot be written: the disk is full"):
        interrupted()
    assert unit.edges.listener is None
