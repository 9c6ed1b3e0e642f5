# SPDX-License-Identifier: MIT
"""Files written whole and read within bounds: links, rights, names, pipes and devices."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from followfocus.errors import FileError
from followfocus.files import hold_file, read_input, read_input_text, stat_of, write_atomically

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and rights work differently there")


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    target, link = tmp_path / "real" / "a.txt", tmp_path / "a.txt"
    target.parent.mkdir()
    target.write_text("old")
    link.symlink_to("real/a.txt")
    write_atomically(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.txt", "real"]


def test_a_link_to_nothing_makes_what_it_points_to(tmp_path: Path) -> None:
    link = tmp_path / "a.txt"
    link.symlink_to("b.txt")
    write_atomically(link, "new")
    assert link.is_symlink()
    assert (tmp_path / "b.txt").read_text() == "new"


@posix
@pytest.mark.parametrize("text", ["longer than before", "x"])
def test_a_file_with_two_names_keeps_both(tmp_path: Path, text: str) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("before")
    os.link(one, two)
    write_atomically(one, text)
    assert two.read_text() == text
    assert one.stat().st_ino == two.stat().st_ino


@posix
def test_rights_stay_and_a_new_file_has_what_is_usual(tmp_path: Path) -> None:
    path = tmp_path / "a"
    before = os.umask(0o027)
    try:
        write_atomically(path, "1")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        for mode in (0o600, 0o664, 0o755):
            path.chmod(mode)
            write_atomically(path, f"{mode}")
            assert stat.S_IMODE(path.stat().st_mode) == mode
        write_atomically(tmp_path / "b", "1", mode=0o600)
        assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600
    finally:
        os.umask(before)


@posix
def test_a_write_that_may_not_change_rights_still_saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    (tmp_path / "a").write_text("old")
    for name in ("fchmod", "fchown", "chmod"):
        monkeypatch.setattr(os, name, refuse)
    write_atomically(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"


_DYING = """
import os, signal, sys
from pathlib import Path
from followfocus import files
if sys.argv[2] == "named":
    files._OPEN_FILES = Path("/nowhere")
files.os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
files.write_atomically(Path(sys.argv[1]), "new" * 1000)
"""


@posix
@pytest.mark.parametrize("how", ["unnamed", "named"])
def test_a_writer_that_dies_leaves_the_old_file_and_no_litter_behind(tmp_path: Path, how: str) -> None:
    path = tmp_path / "a.ffshow"
    path.write_text("old")
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", _DYING, str(path), how], check=False)
    assert done.returncode < 0
    assert path.read_text() == "old"
    if how == "unnamed" and sys.platform == "linux":
        assert [entry.name for entry in tmp_path.iterdir()] == ["a.ffshow"]
    write_atomically(path, "newer")
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.ffshow"]


@posix
def test_what_a_living_writer_holds_is_not_swept_away(tmp_path: Path) -> None:
    theirs = tmp_path / ".a.1234abcd.tmp"
    with theirs.open("wb") as file:
        assert hold_file(file.fileno())
        write_atomically(tmp_path / "a", "new")
        assert theirs.exists()
    write_atomically(tmp_path / "a", "newer")
    assert not theirs.exists()


_AS_ANOTHER = """
import os, sys
from pathlib import Path
from followfocus.errors import FileError
from followfocus.files import read_input, stat_of, write_atomically
if os.geteuid() == 0:  # root may do anything
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
for ask in (stat_of, lambda path: read_input(path, 100), lambda path: write_atomically(path, "mine")):
    try:
        print(ask(Path(sys.argv[1])) is None)
    except FileError as error:
        print(error.message)
"""


def _as_another(path: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _AS_ANOTHER, str(path)], capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.stdout.splitlines()


@posix
def test_a_folder_that_may_not_be_entered_is_a_sentence(tmp_path: Path) -> None:
    locked = Path(f"/tmp/{tmp_path.name}-locked-{os.getpid()}")
    locked.mkdir()
    (locked / "a").write_text("x")
    locked.chmod(0o700 if os.geteuid() == 0 else 0)
    try:
        said = _as_another(locked / "a")
    finally:
        locked.chmod(0o700)
        (locked / "a").unlink()
        locked.rmdir()
    assert ["Permission denied" in line for line in said] == [True] * 3


@posix
def test_a_write_protected_file_is_not_replaced(tmp_path: Path) -> None:
    folder = Path(f"/tmp/{tmp_path.name}-open-{os.getpid()}")
    folder.mkdir()
    folder.chmod(0o777)
    (folder / "a").write_text("x")
    (folder / "a").chmod(0o444)
    try:
        if os.geteuid() == 0:
            assert "is write-protected" in _as_another(folder / "a")[2]
        else:
            with pytest.raises(FileError, match="is write-protected"):
                write_atomically(folder / "a", "mine")
        assert (folder / "a").read_text() == "x"
    finally:
        (folder / "a").unlink()
        folder.rmdir()


@posix
def test_pipes_devices_folders_and_endless_files_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "big").write_bytes(bytes(1001))
    for path, words in (
        (tmp_path / "pipe", "a device or a pipe"),
        (Path("/dev/zero"), "a device or a pipe"),
        (tmp_path, "a folder"),
        (tmp_path / "loop", "Too many levels"),
        (tmp_path / ("n" * 300), "too long"),
        (tmp_path / "big", "too large"),
        (tmp_path / "none", "No such file"),
        (tmp_path / "big" / "inside", "Not a directory"),
        (Path("a\0b"), "null"),
    ):
        with pytest.raises(FileError, match=words):
            read_input(path, 1000)
    for name in ("pipe", "loop", "n" * 300):
        with pytest.raises(FileError):
            write_atomically(tmp_path / name, "x")
    assert stat_of(tmp_path / "none") is None


def test_text_is_read_with_and_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes("\ufeffé\r\n".encode())
    assert read_input_text(path, 100) == "é\r\n"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileError, match="not a text file"):
        read_input_text(path, 100)


@posix
def test_a_name_that_is_no_text_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "Ren\udce9.csv"
    write_atomically(path, "a")
    write_atomically(path, "b")
    assert path.read_text() == "b"
