# SPDX-License-Identifier: MIT
"""`--json` is one JSON document on standard output whatever becomes of the command, and the exit code says what did."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from followfocus.cli import _COMMANDS, build_app
from followfocus.lens import map as lens_map
from tests.support.program import ran

SAMPLES = Path(__file__).parents[2] / "docs" / "samples"
WAY = "--from 2m --to 4m --duration 2"
FAILS = {
    "plan": {f"no-lens {WAY}": 2, "ideal-50 --from 2m --to 9parsecs --duration 2": 2, f"ideal-50 {WAY} --stop f": 2},
    "pull": {
        f"ideal-50 {WAY} --port none": 3, f"ideal-50 {WAY} --port BUSY": 3, f"no-lens {WAY}": 2,
        f"ideal-50 {WAY} --port ''": 3,
        "ideal-50 --from inf --to 0.55m --duration 0.1 --fast": 1, f"ideal-50 {WAY} --fast --at moon": 2,
        f"ideal-50 {WAY} --fast --fault mute --no-log": 3, f"ideal-50 {WAY} --fast --fault slip --no-log": 1,
        f"ideal-50 {WAY} --log clip.csv --fast": 2,
    },
    "rehearse": {
        "none.ffshow": 2, "bad.ffshow": 2, "sample.ffshow --port none": 3, "sample.ffshow --port BUSY": 3,
        "sample.ffshow --cue 99": 2, "sample.ffshow --fast --fault reset --no-log": 1,
    },
    "serve": {
        "bad.ffshow": 2, "sample.ffshow --port none": 3, "sample.ffshow --listen nonsense": 2,
        "sample.ffshow --port BUSY": 3,
    },
    "remote": {"bad.ffshow": 2, "sample.ffshow --port none": 3, "sample.ffshow --page 192.0.2.1:1 --no-log": 2},
    "hand": {
        "ideal-50 --source file:none.csv": 2, "ideal-50 --source file:wheel.csv --port none": 3,
        "no-lens --source file:wheel.csv": 2, "ideal-50 --source file:wheel.csv --port BUSY": 3,
    },
    "replay": {
        "clip.csv --lens ideal-50 --port none": 3, "none.csv --lens ideal-50": 2, "none.db --track 1": 2,
        "clip.csv --lens bad.json": 2, "clip.csv --lens ideal-50 --port BUSY": 3,
    },
    "wheels list": {"too much": 2},
    "wheels learn": {"hid": 2, "midi:none at all": 2},
    "wheels monitor": {"nonsense": 2, "file:none.csv": 2},
    "look": {f"no-lens {WAY}": 2, f"ideal-50 {WAY} -o rack.xyz": 2, f"ideal-50 {WAY} -o none/rack.gif": 2},
    "track": {
        "ideal-50 --to opentrackio:// --port none": 3, "ideal-50 --to nonsense": 2,
        "ideal-50 --to opentrackio:// --port BUSY": 3,
    },
    "lens list": {"too much": 2},
    "lens show": {"no-lens": 2, "bad.json": 2},
    "lens check": {"no-lens": 2, "bad.json": 2, "doubtful.json --strict": 1},
    "lens import": {"none.csv": 2, "sample.ffshow": 2, "wheel.csv": 2},
    "ports": {"too much": 2},
    **{
        f"unit {name}": {f"{point} --port none": 3, f"{point} --port BUSY": 3}
        for name, point in (
            *((name, "") for name in ("info", "config", "hold", "confirm", "home", "stop", "park", "release", "clear")),
            ("reference", "0deg"), ("goto", "90deg"), ("jog", "5"),
        )
    },
    "sim": {"--tcp 192.0.2.1:1": 2, "--fault nonsense": 2, "--pty none/unit": 2},
    "takes list": {"none.db": 2, "clip.csv": 2},
    "takes show": {"none.db 1": 2, "clip.csv 1": 2},
    "takes stats": {"none.db": 2, "clip.csv": 2},
    "takes verify": {"none.db": 2, "clip.csv": 2},
    "takes export": {"none.db -o a.pdf": 2, "clip.csv -o a.pdf": 2},
    "takes mark": {"none.db 1 ng": 2, "none.db 1 great": 2, "none.db 1 ''": 2},
    "takes diary": {"none.db": 2, "clip.csv": 2},
    "takes join": {"none.db none2.db": 2, "none.db clip.csv": 2},
    "takes fit": {"none.db --track 1": 2, "clip.csv": 2, "none --track 1": 2},
    "show new": {"new.txt": 2, "sample.ffshow": 2, "new.ffshow --lens no-lens": 2},
    "show unlock": {"none.ffshow": 2},
    "show check": {"none.ffshow": 2, "bad.ffshow": 1},
    "show cues": {"none.ffshow": 2, "bad.ffshow": 2},
    "show hand": {"sample.ffshow 99": 2, "sample.ffshow 1 sideways": 2, "bad.ffshow 1": 2},
    "show start": {"sample.ffshow 99": 2, "sample.ffshow 1 sideways": 2, "bad.ffshow 1": 2},
    "firmware info": {"--port none": 3, "--port BUSY": 3},
    "firmware flash": {"--port none": 3, "--port sim": 2},
}  # fmt: skip
"""By command: what fails, and by which exit code. BUSY is a port that another program has opened."""
LINES = {"wheels monitor"}
"""A document a line, as their help says"""
ASKED = [(command, words, code) for command, fails in FAILS.items() for words, code in fails.items()]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The samples, and files that are none."""
    monkeypatch.chdir(tmp_path)
    for name in ("clip.csv", "wheel.csv", "sample.ffshow"):
        shutil.copy(SAMPLES / name, tmp_path)
    (tmp_path / "bad.ffshow").write_text('{"format": "followfocus-show", "version": 1}')
    (tmp_path / "bad.json").write_text("{")
    assert ran("lens", "import", "clip.csv", "-o", "sound.json").returncode == 0
    mistyped = (tmp_path / "sound.json").read_text().replace('"distance_m": 1.092', '"distance_m": 1.24')
    (tmp_path / "doubtful.json").write_text(mistyped)


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[str]:
    """A port that another program has."""
    fcntl, pty = import_module("fcntl"), import_module("pty")
    ours, theirs = pty.openpty()
    fcntl.flock(theirs, fcntl.LOCK_EX | fcntl.LOCK_NB)
    yield os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


def told(out: bytes) -> dict[str, Any]:
    """The one document of an output. ValueError where it is none, or no JSON that everybody reads."""

    def refused(constant: str) -> float:
        raise ValueError(constant)

    facts = json.loads(out, parse_constant=refused)
    assert isinstance(facts, dict)
    return facts


NO_FACTS = ("gui", "wheels udev")
"""Commands that report nothing: a window, and a file's text."""


def test_every_command_that_reports_something_takes_json_and_is_tried() -> None:
    known: list[str] = []

    def look(command: Any, words: list[str]) -> None:
        inner = getattr(command, "commands", {})
        for name, one in inner.items():
            look(one, [*words, name])
        if not inner:
            known.append(" ".join(words))
            assert any("--json" in option.opts for option in command.params) == (known[-1] not in NO_FACTS), known[-1]

    look(get_command(build_app(list(_COMMANDS))), [])
    assert sorted(known) == sorted([*FAILS, *NO_FACTS])


def test_what_a_command_has_written_is_told(tmp_path: Path) -> None:
    """One document with what the sentence says, and the sentence still on standard error."""

    def facts(words: str) -> dict[str, Any]:
        done = ran(*shlex.split(words), "--json")
        assert (done.returncode, done.stderr.count(b"\n")) == (0, 1), done.stderr
        return told(done.stdout)

    assert ran(*f"pull ideal-50 {WAY} --fast --log day.db".split()).returncode == 0
    marked = facts("takes mark day.db 1 circled --note 'the one'")
    assert (marked["row"], marked["word"], marked["note"]) == (1, "circled", "the one")
    assert told(ran(*["takes", "list", "day.db", "--json"]).stdout)["takes"] == [marked]
    for name in ("a.pdf", "a.csv", "a.json", "a.ale", "v.csv --ves"):
        made = name.split()[0]
        assert facts(f"takes export day.db -o {name}") == {"output": made, "takes": 1}
        assert (tmp_path / made).stat().st_size > 0
    track = facts("takes export day.db -o t.csv --track 1")
    assert (track["output"], track["row"]) == ("t.csv", 1)
    assert track["frames"] == len((tmp_path / "t.csv").read_text().splitlines()) - 1
    assert facts("takes export day.db -o t.svg --plot 1")["output"] == "t.svg"
    new = facts("show new new.ffshow --production Day --from 2m --to 4m --duration 3")
    assert (new["file"], new["production"]) == ("new.ffshow", "Day")
    assert new["cues"] == told(ran(*["show", "cues", "new.ffshow", "--json"]).stdout)["cues"]
    assert facts("show unlock new.ffshow") == {"file": "new.ffshow", "was_locked_by": None}
    (tmp_path / ".new.ffshow.lock").write_text("process 12 on elsewhere")
    assert facts("show unlock new.ffshow")["was_locked_by"] == "process 12 on elsewhere"


def test_a_word_that_is_none_takes_no_word_off() -> None:
    assert ran(*f"pull ideal-50 {WAY} --fast --log day.db".split()).returncode == 0
    assert ran(*["takes", "mark", "day.db", "1", "circled"]).returncode == 0
    done = ran("takes", "mark", "day.db", "1", "")
    assert (done.returncode, b"isn't a word of a take" in done.stderr) == (2, True)
    assert told(ran(*["takes", "show", "day.db", "1", "--json"]).stdout)["word"] == "circled"
    assert ran(*["takes", "mark", "day.db", "1", "none"]).returncode == 0
    assert told(ran(*["takes", "show", "day.db", "1", "--json"]).stdout)["word"] == ""


def test_a_file_is_read_as_what_it_is(tmp_path: Path) -> None:
    """A log goes by its content, whatever it is called; of what isn't there nothing is guessed."""
    for words in ("takes fit nothing --track 1", "takes fit nothing", "replay nothing --track 1"):
        done = ran(*words.split())
        assert done.returncode == 2
        assert b"There is no clip and no take log nothing." in done.stderr
    assert ran(*f"pull ideal-50 {WAY} --fast --log day.db".split()).returncode == 0
    (tmp_path / "day.db").rename(tmp_path / "day.log")
    assert ran(*["takes", "fit", "day.log", "--track", "1"]).returncode == 0


def test_no_port_is_said_as_that() -> None:
    for name in ("", " "):
        done = ran("unit", "info", "--port", name)
        assert done.returncode == 3
        assert done.stderr.startswith(b"followfocus: No port is named.")


@pytest.mark.parametrize(("command", "words", "code"), ASKED, ids=[f"{name} {words}" for name, words, _ in ASKED])
def test_a_failure_is_one_document_with_its_sentence(command: str, words: str, code: int, busy: str) -> None:
    done = ran(*command.split(), *shlex.split(words.replace("BUSY", busy)), "--json")
    facts, said = told(done.stdout), done.stderr.decode()
    assert done.returncode == code, said
    assert "Traceback" not in said
    if "takes" not in facts and "usable" not in facts:
        assert facts["exit_code"] == code
    if "error" in facts:
        assert facts["error"]
        assert facts["error"].splitlines()[0] in said


def test_a_failure_that_has_facts_gives_its_sentence_with_them() -> None:
    for command in ("pull ideal-50 --from 2m --to 4m --duration 2", "replay clip.csv --lens ideal-50"):
        facts = told(ran(*command.split(), "--port", "none", "--json").stdout)
        assert (facts["unit"], facts["takes"], facts["feasible"]) == (None, [], True)
        assert "There is no port none" in facts["error"]


def test_a_word_that_is_no_option_is_a_document_too() -> None:
    for words in (["--json"], ["nonsense", "--json"], ["unit", "--json"], ["plan", "ideal-50", "--json"]):
        done = ran(*words)
        assert told(done.stdout)["exit_code"] == done.returncode == 2
        assert told(done.stdout)["error"] in done.stderr.decode()


def test_success_has_no_error_in_it() -> None:
    for words in ("plan ideal-50 --from inf --to 0.55m --duration 3", "show check sample.ffshow", "unit info"):
        done = ran(*words.split(), "--json")
        assert done.returncode == 0
        assert "error" not in told(done.stdout)


@pytest.mark.parametrize("command", ["plan", "pull", "replay"])
def test_ctrl_c_is_a_document_and_a_sentence(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes while the lens is read; the handler is Python's own, as in the program."""
    load, before = lens_map.load_lens, signal.getsignal(signal.SIGINT)

    def interrupted(name: str) -> object:
        signal.raise_signal(signal.SIGINT)
        return load(name)

    monkeypatch.setattr(lens_map, "load_lens", interrupted)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        way = ("clip.csv", "--lens", "ideal-50") if command == "replay" else ("ideal-50", *WAY.split())
        done = ran(command, *way, "--json")
        plain = ran(command, *way)
    finally:
        signal.signal(signal.SIGINT, before)
    assert (done.returncode, told(done.stdout)) == (1, {"error": "Interrupted.", "exit_code": 1})
    assert (plain.returncode, plain.stdout, plain.stderr) == (1, b"", b"followfocus: Interrupted.\n")


def test_a_wheel_that_is_watched_is_a_document_a_line() -> None:
    done = ran("wheels", "monitor", "file:wheel.csv", "--json", "--for", "20")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(lines) == len(SAMPLES.joinpath("wheel.csv").read_text().splitlines()) - 1
    assert {line["event"] for line in lines} == {"turned"}
    assert sum(line["counts"] for line in lines) != 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no SIGTERM")
def test_a_wheel_is_watched_until_a_signal_and_that_is_no_failure() -> None:
    words = [sys.executable, "-m", "followfocus", "wheels", "monitor", "file:wheel.csv", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["event"] == "turned"
        process.terminate()
        for line in process.stdout:
            assert json.loads(line)
        assert (process.wait(), process.stderr.read()) == (0, "")
