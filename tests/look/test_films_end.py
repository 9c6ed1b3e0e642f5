# SPDX-License-Identifier: MIT
"""A film that can't be finished, for a signal or a disk that takes no more, leaves nothing and says so."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from followfocus.cli.look import _stoppable
from followfocus.errors import FileError, JobError
from followfocus.look import encode
from followfocus.look.tone import Frame

NAMES = ("a.mp4", "a.mov", "a.gif", "a.####.png", "a.####.tif", "a.####.exr")


def noise(path: Path, count: int) -> Iterator[Frame]:
    """Frames that no encoder makes small."""
    rng, tone = np.random.default_rng(1), encode.tone_for(path)
    for _ in range(count):
        light = rng.random((3, 180, 320), dtype=np.float32)
        frame = np.empty((180, 320, 3), tone.value)
        tone.write(light, frame)
        yield frame


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_however_often_it_comes(tmp_path: Path, name: str, which: signal.Signals) -> None:
    path = tmp_path / name

    def interrupted() -> Iterator[Frame]:
        yield from noise(path, 2)
        for _ in range(3):
            os.kill(os.getpid(), which)
        yield from noise(path, 2)

    before = signal.getsignal(which)
    with pytest.raises(JobError, match=rf"^Interrupted: nothing is written to .*{name}"), _stoppable(path):
        encode.write_film(interrupted(), path)
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(which) is before


@pytest.mark.parametrize("name", NAMES)
def test_a_disk_that_takes_no_more_ends_it(tmp_path: Path, name: str) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        with pytest.raises(FileError, match=r"cannot be written: (File too large|the disk doesn't take it)") as caught:
            encode.write_film(noise(tmp_path / name, 8), tmp_path / name)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert caught.value.remedy == "Choose another file."
    assert list(tmp_path.iterdir()) == []


def test_of_a_sequence_all_files_are_there_or_none(tmp_path: Path) -> None:
    path = tmp_path / "a.####.png"
    (tmp_path / "a.0002.png").mkdir()
    with pytest.raises(FileError, match="cannot be written"):
        encode.write_film(noise(path, 4), path)
    assert [found.name for found in tmp_path.iterdir()] == ["a.0002.png"]


def test_a_file_that_cannot_be_written_over_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = tmp_path / "a.0001.png"
    there.write_bytes(b"of yesterday")
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target == there:
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(FileError, match="cannot be written"):
        encode.write_film(noise(tmp_path / "a.####.png", 3), tmp_path / "a.####.png")
    assert [found.name for found in tmp_path.iterdir()] == [there.name]
    assert there.read_bytes() == b"of yesterday"


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.EIO, "the stick was pulled")])
def test_frames_of_yesterday_come_back_where_those_of_today_cannot_all_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, *, links: bool
) -> None:
    """Also on a disk without links, such as a camera's card."""
    for number in (0, 1, 7):
        (tmp_path / f"a.{number:04}.png").write_bytes(b"of yesterday %d" % number)
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if target == tmp_path / "a.0002.png":
            raise error
        return real(self, target)

    def link(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(Path, "replace", replace)
    if not links:
        monkeypatch.setattr("os.link", link)
    with pytest.raises(KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else FileError):
        encode.write_film(noise(tmp_path / "a.####.png", 4), tmp_path / "a.####.png")
    found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert found == {f"a.{number:04}.png": b"of yesterday %d" % number for number in (0, 1, 7)}
    monkeypatch.undo()
    encode.write_film(noise(tmp_path / "a.####.png", 4), tmp_path / "a.####.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{number:04}.png" for number in (0, 1, 2, 3, 7)]
    assert b"yesterday" not in (tmp_path / "a.0001.png").read_bytes()


WRITER = """
import sys
import numpy as np
from pathlib import Path
from followfocus.look import encode

def frames(tone):
    frame = np.zeros((180, 320, 3), tone.value)
    yield frame
    yield frame
    print("drawing", flush=True)
    sys.stdin.readline()
    yield frame

path = Path(sys.argv[1])
encode.write_film(frames(encode.tone_for(path)), path)
"""


def writer(path: Path) -> subprocess.Popen[str]:
    """A program that is in the middle of a film until it is told to go on."""
    made = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert made.stdout is not None
    assert made.stdout.readline() == "drawing\n"
    return made


@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.####.png"])
def test_what_a_killed_program_left_goes_with_the_next_and_nothing_of_one_that_lives(tmp_path: Path, name: str) -> None:
    path, other = tmp_path / name, tmp_path / f"{name[:-4]}.parts"
    other.mkdir()  # somebody's own folder of nearly that name
    with writer(path) as killed:
        killed.kill()
    left = set(tmp_path.iterdir()) - {other}
    assert len(left) == 1
    with writer(path) as alive:
        assert not left & set(tmp_path.iterdir())
        encode.write_film(noise(path, 2), path)
        assert alive.communicate("\n")[0] == ""
        assert alive.returncode == 0
    names = [f"a.{number:04d}.png" for number in range(3)] if "#" in name else [name]
    assert sorted(found.name for found in tmp_path.iterdir()) == sorted([*names, other.name])
