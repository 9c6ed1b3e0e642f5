# SPDX-License-Identifier: MIT
"""A GIF is written frame after frame: what is on the screen is right, and a long one takes no more memory."""

from __future__ import annotations

import subprocess
import sys
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from followfocus.look.gif import write_gif

SIZE = (48, 64)
PEAK = """
import resource, sys
from pathlib import Path
import numpy as np
from followfocus.look.gif import write_gif

def frames(count):
    ground = np.indices((270, 480)).sum(axis=0) % 200
    for index in range(count):
        yield np.stack([np.roll(ground, index, 1), ground, np.roll(ground, -index, 0)], axis=2).astype(np.uint8)

write_gif(frames(int(sys.argv[1])), Path(sys.argv[2]), 24)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def moving(count: int) -> list[np.ndarray]:
    """A bright square that goes to the right over a soft ground, and rests on every third frame."""
    made = []
    for index in range(count):
        frame = np.zeros((*SIZE, 3), np.uint8)
        frame[..., 0] = np.linspace(20, 120, SIZE[1])
        left = 3 * (index - index // 3)
        frame[10:26, left : left + 12] = (240, 220, 60)
        made.append(frame)
    return made


def shown(path: Path) -> list[tuple[np.ndarray, int]]:
    """Each picture as a viewer shows it, and for how many hundredths of a second."""
    found = []
    with Image.open(path) as gif:
        for index in range(getattr(gif, "n_frames", 1)):
            gif.seek(index)
            found.append((np.asarray(gif.convert("RGB"), np.float32), gif.info["duration"] // 10))
    return found


@pytest.mark.parametrize(("count", "fps"), [(1, 24.0), (2, 25.0), (9, 24.0), (12, 30000 / 1001)])
def test_every_moment_shows_its_frame(tmp_path: Path, count: int, fps: float) -> None:
    frames = moving(count)
    found = shown(write_gif(iter(frames), tmp_path / "a.gif", fps))
    ends = list(accumulate(hundredths for _, hundredths in found))
    assert ends[-1] == round(100 * count / fps)
    for index, frame in enumerate(frames):
        middle = 100 * (index + 0.5) / fps
        picture = next(picture for (picture, _), end in zip(found, ends, strict=True) if middle < end)
        # Dithered, so a pixel may be some codes off and the mean of many hardly.
        assert np.abs(picture - frame).mean() < 6
        assert np.abs(picture[:8].mean(axis=0) - frame[:8].mean(axis=0)).max() < 8
        assert np.abs(picture[12:24].mean(axis=0) - frame[12:24].mean(axis=0)).max() < 16


@pytest.mark.parametrize("code", [0, 255])
def test_black_is_black_and_white_is_white(tmp_path: Path, code: int) -> None:
    """An ordered pattern that goes beyond the ends of the scale is cut off there, and comes round nowhere."""
    ((picture, _),) = shown(write_gif(iter([np.full((*SIZE, 3), code, np.uint8)]), tmp_path / "a.gif", 25.0))
    assert (picture.max() if code else picture.min()) == code
    assert np.abs(picture - code).max() < 8


def test_frames_alike_are_one_that_lasts_longer(tmp_path: Path) -> None:
    frames = moving(9)
    assert len(shown(write_gif(iter(frames), tmp_path / "a.gif", 25.0))) == len({frame.tobytes() for frame in frames})


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
def test_a_long_one_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    peaks = []
    for count in (10, 150):
        done = subprocess.run(
            [sys.executable, "-c", PEAK, str(count), str(tmp_path / "a.gif")],
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(done.stdout) / (1024 if sys.platform != "darwin" else 1024 * 1024))
    assert peaks[1] - peaks[0] < 12  # MB; 140 more frames are 56 MB as pixels and 19 MB as codes


def test_where_frames_fail_nothing_is_left_behind(tmp_path: Path) -> None:
    def failing():
        yield from moving(3)
        raise KeyboardInterrupt

    (tmp_path / "a.gif").write_bytes(b"before")
    with pytest.raises(KeyboardInterrupt):
        write_gif(failing(), tmp_path / "a.gif", 24.0)
    assert [path.name for path in tmp_path.iterdir()] == ["a.gif"]
    assert (tmp_path / "a.gif").read_bytes() == b"before"
