# SPDX-License-Identifier: MIT
"""The commands' output: in every encoding, with every name, and on a stream that is full or closed."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from followfocus.cli.console import console, say, sheet, warn
from followfocus.cli.streams import Guarded, guarded
from followfocus.cli.tables import Column, Grid, say_table
from followfocus.look.exports import EXPORTS as EXPORT_KINDS
from followfocus.names import visible
from tests.support.program import ran

COMMANDS = Path(__file__).parent.parent.parent / "followfocus" / "cli"
EVIL = "\x1b]0;PWNED\x07\x1b[31mred\x1b[2J\x9b1m\x08\rx\x7f\u202e\u2066\0\n\t\u2028y"
AS_TYPED = EVIL.replace("\0", "")  # a word of a command can have no NUL
RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u202e\u2066]|\r(?!\n)")


@pytest.fixture(name="log", scope="module")
def _log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with two takes, one with a note that is an attack."""
    folder = tmp_path_factory.mktemp("evil")
    show, log = folder / "s.ffshow", folder / "t.db"
    words = ("--lens", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.6")
    assert ran("show", "new", show, *words).returncode == 0
    document = json.loads(show.read_text("utf-8"))
    for mark in document["pulls"][0]["marks"]:
        mark["name"] = EVIL
    document["pulls"][0]["name"] = document["cues"][0]["name"] = document["cues"][0]["note"] = EVIL
    document["production"] = document["camera"] = document["first_ac"] = EVIL
    show.write_text(json.dumps(document), "utf-8")
    done = ran("rehearse", show, "--fast", "--takes", 2, "--log", log)
    assert done.returncode == 0
    assert not RAW.search(done.stdout.decode() + done.stderr.decode())
    assert b"take cue" not in done.stdout + done.stderr, "a take has one name"
    assert ran("takes", "mark", log, 1, "circled", "--note", EVIL).returncode == 0
    return log


@pytest.mark.parametrize("command", [
    ("takes", "list", "t.db"), ("takes", "list", "t.db", "--json"), ("takes", "show", "t.db", "1"),
    ("takes", "stats", "t.db"), ("show", "check", "s.ffshow"), ("show", "cues", "s.ffshow"),
    ("show", "check", f"no{AS_TYPED}such.ffshow"),
    ("plan", f"no{EVIL}", "--from", "1m", "--to", "2m", "--duration", "1"),
])  # fmt: skip
def test_no_control_character_reaches_a_terminal(log: Path, command: tuple[str, ...]) -> None:
    words = [str(log.parent / word) if word in ("t.db", "s.ffshow") else word for word in command]
    done = ran(*words)
    said = done.stdout.decode() + done.stderr.decode()
    assert not RAW.search(said)
    assert "Traceback" not in said
    if "--json" in command:
        assert json.loads(done.stdout)["takes"][0]["note"] == EVIL


LOOK = ("look", "ideal-50", "--plane", f"{EVIL}=2m", "--plane", "B=4m", "--from", EVIL, "--to", "B", "--duration", 1)
EXPORTS = [
    *(("takes", "export", "t.db", "-o", f"out.{ending}") for ending in ("csv", "ale")),
    ("takes", "export", "t.db", "--ves", "-o", "out.csv"),
    *(("takes", "export", "t.db", "--track", 1, "-o", f"out.{ending}") for ending in ("csv", "tsv", "chan")),
    *((*LOOK, "--export", kind, "-o", f"out{ending}") for kind, (_, ending) in EXPORT_KINDS.items()),
]


@pytest.mark.parametrize("command", EXPORTS, ids=lambda command: " ".join(map(str, command[-5:])))
def test_no_control_character_reaches_a_file_for_other_programs(
    log: Path, command: tuple[object, ...], tmp_path: Path
) -> None:
    made = tmp_path / str(command[-1])
    done = ran(*(log if word == "t.db" else word for word in command[:-1]), made)
    text = made.read_bytes().decode("utf-8-sig")
    assert done.returncode == 0
    assert not RAW.search(text)
    if made.suffix in (".ale", ".tsv"):
        rows = [line.count("\t") for line in text.splitlines() if line.count("\t") > 3]
        assert len(rows) > 1
        assert len(set(rows)) == 1, "a name made a cell or a line of its own"
    if made.suffix == ".py":
        compile(text, made, "exec")


@pytest.mark.parametrize("words", [("takes", "list"), ("takes", "stats")])
def test_an_old_console_as_a_person_has_it(log: Path, words: tuple[str, ...]) -> None:
    command = [sys.executable, "-W", "ignore", "-m", "followfocus", *words, str(log)]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"take" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo terminals")
def test_on_a_real_terminal_only_our_own_colours_pass(log: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    words = [sys.executable, "-W", "ignore", "-m", "followfocus", "takes", "list", str(log)]
    with subprocess.Popen(words, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"}) as listing:
        os.close(theirs)
        said = b""
        try:
            while part := os.read(ours, 65_536):
                said += part
        except OSError as error:
            assert error.errno == errno.EIO  # noqa: PT017 - how a terminal ends
        assert listing.wait() == 0
    os.close(ours)
    left = re.sub(r"\x1b\[[0-9;]*m", "", said.decode())
    assert not RAW.search(left)
    assert "␛]0;PWNED" in re.sub(r"\s", "", left)


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "cp850", "ascii", "utf-8"])
def test_every_encoding_takes_every_table(log: Path, encoding: str) -> None:
    for words in (
        ("plan", "ideal-50", "--from", "2m", "--to", "inf", "--duration", "2"),
        ("lens", "show", "ideal-50"),
        ("takes", "list", log),
        ("takes", "stats", log),
        ("pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.6", "--fast"),
    ):
        done = ran(*words, encoding=encoding)
        assert done.returncode == 0, done.stderr
        done.stdout.decode(encoding)


def test_json_stays_the_same_in_every_encoding(log: Path) -> None:
    words = ("takes", "show", log, 1, "--json")
    plain = json.loads(ran(*words).stdout)
    for encoding in ("cp1252", "ascii"):
        assert json.loads(ran(*words, encoding=encoding).stdout.decode(encoding)) == plain


PULL = ("pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.6", "--fast")


def _on(output: int | None, *args: object) -> tuple[int, str]:
    words = [sys.executable, "-W", "ignore", "-m", "followfocus", *map(str, args)]
    if output is None:
        words = ["sh", "-c", 'exec "$@" >&-', "sh", *words]
    done = subprocess.run(words, stdout=output, stderr=subprocess.PIPE, check=False)
    return done.returncode, done.stderr.decode()


@pytest.fixture(name="full")
def _full() -> Iterator[int]:
    if not Path("/dev/full").exists():
        pytest.skip("there is no device that is always full")
    handle = os.open("/dev/full", os.O_WRONLY)
    yield handle
    os.close(handle)


@pytest.mark.parametrize("json_", [(), ("--json",)])
def test_a_full_output_makes_no_failure_of_a_take(full: int, tmp_path: Path, json_: tuple[str, ...]) -> None:
    code, said = _on(full, *PULL, *json_, "--log", tmp_path / "t.db")
    assert code == 0
    assert "Standard output can't be written: No space left on device." in said
    assert "Traceback" not in said
    assert json.loads(ran("takes", "list", tmp_path / "t.db", "--json").stdout)["takes"][0]["verdict"] == "good"


def test_a_full_output_is_a_failure_of_what_only_prints(full: int, log: Path) -> None:
    for words in (("takes", "list", log), ("unit", "info", "--json")):
        code, said = _on(full, *words)
        assert code == 1
        assert "No space left" in said


ONLY_PRINT = (
    ("plan", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "2", "--json"), ("unit", "info"), ("--version",),
    ("takes", "list"), ("lens", "list"),
)  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="has no sh")
@pytest.mark.parametrize("command", ONLY_PRINT)
def test_a_closed_output_is_a_failure_of_what_only_prints(command: tuple[str, ...], log: Path) -> None:
    code, said = _on(None, *command, *([log] if command[0] == "takes" else []))
    assert (code, said) == (1, "followfocus: Standard output can't be written: it is closed.\n")


@pytest.mark.skipif(sys.platform == "win32", reason="has no sh")
def test_no_file_takes_the_place_of_a_closed_output(log: Path) -> None:
    """Words printed past the guard must not go into whatever was opened first."""
    code = "from followfocus.cli.streams import keep_places\nkeep_places()\n"
    code += "print(open('taken', 'w').fileno(), file=open('n', 'w'))"
    words = ["sh", "-c", 'cd "$1"; exec "$2" -c "$3" <&- >&- 2>&-', "sh", str(log.parent), sys.executable, code]
    assert subprocess.run(words, check=False).returncode == 0
    assert int((log.parent / "n").read_text()) > 2


@pytest.mark.skipif(sys.platform == "win32", reason="has no sh")
def test_a_file_is_written_whatever_became_of_the_output(log: Path, tmp_path: Path) -> None:
    code, said = _on(None, "takes", "export", log, "-o", tmp_path / "t.csv")
    assert (code, (tmp_path / "t.csv").exists()) == (0, True), said


def test_a_line_goes_into_a_pipe_as_it_comes() -> None:
    reads, writes = os.pipe()
    with os.fdopen(writes, "w") as pipe:
        Guarded(pipe).write("standing by\n")
        assert os.read(reads, 100) == b"standing by\n"
    os.close(reads)


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGTERM")
def test_a_track_says_at_once_where_it_goes_and_at_its_end_how_much_went() -> None:
    words = [
        sys.executable,
        "-m",
        "followfocus",
        "track",
        "ideal-50",
        "--at",
        "2m",
        "--to",
        "opentrackio://127.0.0.1:9",
    ]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stderr.readline() == "Telling opentrackio://127.0.0.1:9 where the ring is. Ctrl-C ends it.\n"
        process.terminate()
        assert re.fullmatch(r"opentrackio://127.0.0.1:9: \d+ packets sent, .*\n", process.stdout.read())
        assert process.wait() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no sh")
def test_a_closed_output_makes_no_failure_of_a_take(tmp_path: Path) -> None:
    code, said = _on(None, *PULL, "--log", tmp_path / "t.db")
    assert (code, "Traceback" in said) == (0, False)
    reads, writes = os.pipe()
    os.close(reads)
    code, said = _on(writes, *PULL, "--log", tmp_path / "t.db")
    os.close(writes)
    assert (code, said) == (0, "")
    assert len(json.loads(ran("takes", "list", tmp_path / "t.db", "--json").stdout)["takes"]) == 2


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_our_own_colours_pass_and_nobody_elses(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    with guarded(json=False):
        table = Grid([Column("name")], EVIL)
        table.add(EVIL, colour="red")
        say_table(table)
        say(EVIL, "bold red")
        warn(EVIL)
        sheet(EVIL, [("name", EVIL)])
        console().print(EVIL, style="green")
        print(EVIL)  # what doesn't go through the console
    said = stream.getvalue()
    assert "\x1b[1m" in said
    assert "\x1b[33m" in said
    assert not RAW.search(re.sub(r"\x1b\[[0-9;]*m", "", said))
    assert "\x1b[31mred" not in said


def test_every_style_that_a_command_uses_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    for style, written in (("dim", "\x1b[2m"), ("bold", "\x1b[1m"), ("bold red", "\x1b[31m\x1b[1m"), ("", "")):
        say("x", style)
        assert stream.getvalue().startswith(f"{written}x")
        stream.seek(0)
        stream.truncate()


def test_what_is_shown_is_as_it_was_typed() -> None:
    assert visible("Änna → 撮影 🎬\tx\r\n") == "Änna → 撮影 🎬\tx\r\n"


@pytest.mark.parametrize("error", [OSError(errno.EIO, "gone"), ValueError("closed"), BrokenPipeError(errno.EPIPE, "x")])
def test_a_broken_stream_is_remembered_and_raises_nothing(error: Exception) -> None:
    class Broken(io.StringIO):
        def write(self, _: str) -> int:
            raise error

    guard = Guarded(Broken())
    guard.write("x")
    guard.write("y")
    guard.flush()
    assert guard.trouble is error
    assert guard.unread is isinstance(error, BrokenPipeError)
    assert not guard.isatty()


def test_colours_are_made_in_one_place() -> None:
    for path in COMMANDS.glob("*.py"):
        if path.name not in ("console.py", "streams.py"):
            # keys that begin with an escape are read, not written
            assert not re.search(r"secho|typer\.style|click\.style|\\x1b\[[\d;{]", path.read_text("utf-8")), path


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_a_terminal_that_wants_no_colours_gets_none(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = _Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv(name, value)
    say("all is well", "bold green")
    warn("all is not")
    sheet("facts", [("name", "words")])
    assert stream.getvalue() == "all is well\nall is not\nfacts\nname  words\n"
