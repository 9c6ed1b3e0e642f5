# SPDX-License-Identifier: MIT
"""Files written whole and read within bounds: links, rights, names, pipes and devices."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from followfocus import files
from followfocus.errors import FileError, RequestError
from followfocus.files import (
    hold_file,
    is_file,
    is_folder,
    read_input,
    read_input_text,
    refuse_source,
    safe_name,
    shown_path,
    stat_of,
    unwritable,
    whole_file,
    write_atomically,
)
from followfocus.takes.log import TakeLog

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
@pytest.mark.parametrize("text", ["longer than before", "x", ""])
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
from followfocus.errors import FileError, RequestError
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


def test_what_stands_at_a_path_is_a_file_a_folder_or_neither(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    for path, found in ((tmp_path / "a", (True, False)), (tmp_path, (False, True)), (tmp_path / "no", (False, False))):
        assert (is_file(path), is_folder(path)) == found
    assert (is_file(Path("/dev/null")), is_folder(Path("/dev/null"))) == (False, False)


@pytest.mark.parametrize(
    ("most", "words"), [(999, "1 kB"), (20_000, "20 kB"), (1_000_000, "1 MB"), (2_000_000, "2 MB")]
)
def test_a_file_may_be_as_large_as_that_and_no_larger(tmp_path: Path, most: int, words: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(bytes(most))
    assert len(read_input(path, most)) == most
    path.write_bytes(bytes(most + 1))
    with pytest.raises(FileError, match=f"too large: more than {words}"):
        read_input(path, most)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_asks_for_room(tmp_path: Path, number: int) -> None:
    found = unwritable(tmp_path / "a", OSError(number, "full"))
    assert (found.message.partition(": ")[2], found.remedy) == ("the disk is full.", "Free some space.")


def test_what_else_cannot_be_written_asks_for_another_place(tmp_path: Path) -> None:
    error = OSError(errno.EIO, "Input/output error")
    assert unwritable(tmp_path / "a", error).remedy == "Choose another file."
    assert unwritable(tmp_path / "no" / "a", error).remedy == "Choose another folder."
    assert unwritable(tmp_path / "a", error).message.endswith("cannot be written: Input/output error.")


@pytest.mark.parametrize(("length", "shown"), [(159, 159), (160, 160), (161, 161), (400, 161)])
def test_a_long_path_is_shown_by_its_ends(length: int, shown: int) -> None:
    text = "".join(chr(ord("a") + i % 26) for i in range(length))
    found = shown_path(Path(text))
    assert len(found) == shown
    assert (found == text) is (length <= 160)
    assert (found[:80], found[-80:]) == (text[:80], text[-80:])


def test_what_writes_by_itself_writes_a_whole_file_of_the_same_ending(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("old")
    with whole_file(path) as temporary:
        assert temporary.suffix == ".png"
        assert temporary != path
        assert temporary.parent.parent == tmp_path
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert not temporary.exists()
    with pytest.raises(FileError, match="no such folder"), whole_file(tmp_path / "no" / "a.png"):
        pass
    with pytest.raises(FileError, match="a folder, not a file"), whole_file(tmp_path):
        pass


@posix
@pytest.mark.parametrize("unnamed", [True, False])
def test_it_is_written_where_the_system_has_no_files_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unnamed: bool
) -> None:
    if not unnamed:
        monkeypatch.setattr(files, "_OPEN_FILES", tmp_path / "nowhere")
    path = tmp_path / ("n" * 250)
    for text in ("one", ("two ", "parts"), b"three"):
        write_atomically(path, text)
        assert path.read_text() == (text.decode() if isinstance(text, bytes) else "".join(text))
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_only_its_own_temporary_files_are_swept_away(tmp_path: Path) -> None:
    kept = [".a.notes", "b.tmp", ".b.1234abcd.tmp", ".a", ".aa.1234abcd.tmp"]
    for name in (*kept, ".a.1234abcd.tmp"):
        (tmp_path / name).write_text("x")
    write_atomically(tmp_path / "a", "new")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == sorted([*kept, "a"])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("27A PU", "27A-PU"), ("../../x", "x"), ("…", "untitled"), ("", "untitled"), ("a..b", "a.b"), ("a. -b", "a-b"),
        ("day_1.v2", "day_1.v2"), ("आना", "आना"), ("e\u0301", "é"), ("-x-", "x"), ("x" * 121, "x" * 120),
        ("é" * 61, "é" * 60),
        ("a/b:c*d", "a-b-c-d"),
    ],
)  # fmt: skip
def test_a_name_is_made_of_any_text(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_what_is_read_is_not_written_over_by_whatever_name(tmp_path: Path) -> None:
    clip, link, copy = tmp_path / "clip.csv", tmp_path / "link.csv", tmp_path / "copy.csv"
    clip.write_text("original")
    copy.write_text("original")
    link.symlink_to(clip)
    for written in (clip, link, tmp_path / "." / "clip.csv"):
        with pytest.raises(RequestError, match="is what this is made from"):
            refuse_source(written, [copy, clip])
    refuse_source(copy, [clip, "ideal-50", "24..70", "x" * 5000])
    refuse_source(tmp_path / "new.csv", [tmp_path / "new.csv"])
    refuse_source(None, [clip])


def test_a_disk_that_fills_while_a_library_writes_is_said_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "plot.png"

    def half() -> None:
        with whole_file(path) as temporary:
            temporary.write_bytes(b"half of it")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(FileError, match="the disk is full"):
        half()
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_whole_where_no_file_is_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Mac has none, and some disks on Linux don't."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    write_atomically(path, "new")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a.txt", "new")]

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(FileError, match="space"):
        write_atomically(path, "newer")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("a.txt", "new")]


def test_a_take_log_and_a_show_are_never_written_over_by_an_export(tmp_path: Path) -> None:
    log, renamed, show, plain = (tmp_path / name for name in ("takes.db", "takes.csv", "day.ffshow", "track.csv"))
    with TakeLog(log):
        pass
    renamed.write_bytes(log.read_bytes())
    show.write_text("{}")
    plain.write_text("frame,timecode\n")
    for written, what in ((log, "a take log"), (renamed, "a take log"), (show, "a show")):
        with pytest.raises(RequestError, match=f"is {what}, and would be written over"):
            refuse_source(written, [])
    refuse_source(plain, [])
    refuse_source(tmp_path / "new.ffshow", [])
