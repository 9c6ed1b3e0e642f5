# SPDX-License-Identifier: MIT
"""One program writes a show, whatever name it was opened by; a lock that a machine left behind can be taken over."""

from __future__ import annotations

import dataclasses
import os
import shutil
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError, RequestError
from followfocus.show import lock
from followfocus.show.file import ChangedError, kept_versions, read_show, versions_folder, write_show
from followfocus.show.journal import Journal
from followfocus.show.lock import LockedError, ShowLock, holder_of, lock_path, remove_lock
from followfocus.show.show import Show
from tests.support.shows import full_show

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and locks work differently there")
ELSEWHERE = "process 4711 on dead-laptop"


def named(number: int) -> Show:
    return dataclasses.replace(full_show(), production=str(number))


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    path = tmp_path / "real" / "day.ffshow"
    path.parent.mkdir()
    write_show(named(1), path)
    return path


@pytest.mark.parametrize("kind", ["the name", "a link", "a link to the folder", "a second name"])
def test_a_show_is_open_once_whatever_its_name(path: Path, tmp_path: Path, kind: str) -> None:
    other = {
        "the name": path,
        "a link": tmp_path / "link.ffshow",
        "a link to the folder": tmp_path / "folder" / "day.ffshow",
        "a second name": tmp_path / "second.ffshow",
    }[kind]
    if kind == "a link":
        other.symlink_to(path)
    elif kind == "a link to the folder":
        other.parent.symlink_to(path.parent)
    elif kind == "a second name":
        os.link(path, other)
    first = Journal(path)
    for _ in range(2):
        with pytest.raises(LockedError, match="open in another followfocus") as caught:
            Journal(other)
        if kind != "a second name":  # there is no text beside it that says who
            assert str(os.getpid()) in caught.value.holder
        first.clear(write_show(named(2), path))  # the file is another one now, and held
    first.close()
    second = Journal(other)
    with pytest.raises(LockedError):
        Journal(path)
    second.close()
    assert not lock_path(path).exists()


_HOLDER = """
import sys
from followfocus.show.lock import ShowLock
lock = ShowLock(sys.argv[1])
print("held", flush=True)
sys.stdin.readline()
"""


def test_a_program_that_dies_lets_go(path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", _HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"process {holder.pid} on") as caught:
            ShowLock(path, take_over=True)  # what lives here is never pushed aside
        assert caught.value.remedy == "Close it there first."
        holder.kill()
    assert lock_path(path).exists()
    ShowLock(path).release()


def test_a_number_that_another_program_has_by_now_holds_nothing(path: Path) -> None:
    lock_path(path).write_text(f"process {os.getppid()} on {socket.gethostname()}")
    lock = ShowLock(path)
    assert f"process {os.getpid()} on" in (holder_of(path) or "")
    lock.release()
    assert not lock_path(path).exists()


def test_a_lock_of_another_machine_is_believed_until_it_is_taken_over(path: Path) -> None:
    lock_path(path).write_text(ELSEWHERE)
    with pytest.raises(LockedError, match="dead-laptop") as caught:
        ShowLock(path)
    assert "take it over" in caught.value.remedy
    assert f"followfocus show unlock {path}" in caught.value.remedy
    assert holder_of(path) == ELSEWHERE
    lock = ShowLock(path, take_over=True)
    assert lock.ours
    lock_path(path).write_text(ELSEWHERE)  # and back
    assert not lock.ours
    lock.release()
    assert holder_of(path) == ELSEWHERE


def test_the_command_takes_a_lock_over(path: Path) -> None:
    run, app = CliRunner(), build_app(["show"])
    lock_path(path).write_text(ELSEWHERE)
    assert "locked by" in run.invoke(app, ["show", "check", str(path)]).stdout
    done = run.invoke(app, ["show", "unlock", str(path)])
    assert done.exit_code == 0
    assert f"was locked by {ELSEWHERE}, and is free now" in done.stderr
    assert not lock_path(path).exists()
    held = ShowLock(path)
    refused = run.invoke(app, ["show", "unlock", str(path)])
    assert isinstance(refused.exception, LockedError)
    held.release()
    assert "nobody has it open" in run.invoke(app, ["show", "unlock", str(path)]).stderr
    assert isinstance(run.invoke(app, ["show", "unlock", f"{path}x"]).exception, RequestError)


@pytest.mark.parametrize("text", ["", "process", "x" * 10_000, "\x00\xff", "process -1 on h", "process 9 on h on h"])
def test_whatever_stands_in_a_lock_is_no_trouble(path: Path, text: str) -> None:
    lock_path(path).write_bytes(text.encode("latin-1"))
    lock = ShowLock(path, take_over=True)
    assert lock.ours
    lock.release()


def test_a_show_that_changed_on_disk_is_not_written_over(path: Path) -> None:
    seen = read_show(path).stamp
    seen = write_show(named(2), path, seen)
    theirs = write_show(named(7), path)
    with pytest.raises(ChangedError, match="was changed by someone else"):
        write_show(named(3), path, seen)
    assert read_show(path).show == named(7)
    assert write_show(named(7), path, seen) == theirs  # the same content is nobody's loss
    path.unlink()
    with pytest.raises(ChangedError, match="is gone"):
        write_show(named(3), path, theirs)
    assert not path.exists()


def test_versions_have_the_rights_of_the_show(path: Path) -> None:
    path.chmod(0o600)
    write_show(named(2), path)
    (kept,) = kept_versions(path)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(versions_folder(path).stat().st_mode) == 0o700


def test_what_was_damaged_is_kept_as_it_was(path: Path) -> None:
    path.write_bytes(raw := b'{"format": "followfocus-show", \xff')
    write_show(named(2), path)
    (kept,) = versions_folder(path).glob("*.damaged")
    assert kept.read_bytes() == raw


def test_versions_are_the_shows_whatever_its_name(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.ffshow"
    link.symlink_to(path)
    write_show(named(2), link)
    assert link.is_symlink()
    assert read_show(path).show == named(2)
    assert kept_versions(link) == kept_versions(path) != []
    assert shutil.which("sh") is None or not (tmp_path / "link.ffshow.versions").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders there")
def test_a_pipe_in_the_locks_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(lock_path(tmp_path / "day.ffshow"))
    lock = ShowLock(tmp_path / "day.ffshow")
    assert lock.ours
    lock.release()


def test_a_folder_has_no_lock() -> None:
    for folder in (Path("/"), Path.cwd()):
        with pytest.raises(FileError, match="is a folder"):
            remove_lock(folder)


@pytest.mark.parametrize(("whose", "refused"), [
    ("ours", False), ("another that runs", True), ("one that has ended", False), ("nobody's", False), ("a note", False),
])  # fmt: skip
def test_where_a_system_has_no_locks_the_text_says_whether_its_holder_still_runs(
    path: Path, monkeypatch: pytest.MonkeyPatch, whose: str, refused: bool
) -> None:
    """As on some network drives."""
    monkeypatch.setattr(lock, "hold_file", lambda _handle: None)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    holder = {
        "ours": f"process {os.getpid()} on {socket.gethostname()}",
        "another that runs": f"process {os.getppid()} on {socket.gethostname()}",
        "one that has ended": f"process {ended.pid} on {socket.gethostname()}",
        "nobody's": "",
        "a note": f"process of mine on {socket.gethostname()}",
    }[whose]
    lock_path(path).write_text(holder, "utf-8")
    if refused:
        with pytest.raises(LockedError, match="open in another followfocus"):
            ShowLock(path)
        assert holder_of(path) == holder
        return
    held = ShowLock(path)
    assert held.ours
    assert holder_of(path) == f"process {os.getpid()} on {socket.gethostname()}"
    held.release()
