# SPDX-License-Identifier: MIT
"""Samples of WAV files of every width, and when each frame of timecode in them came in."""

from __future__ import annotations

import contextlib
import os
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import FileError
from followfocus.sources.ltc_audio import LtcSource, read_wav

SHARES = (0.0, 0.5, -0.5, 0.25, -1.0)


def wav(path: Path, width: int, channels: list[tuple[float, ...]], rate: int = 48_000, spare: bytes = b"") -> Path:
    """A file with these shares of full scale in each channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(width)
        file.setframerate(rate)
        full = 1 << 8 * width - 1
        raw = bytearray()
        for shares in zip(*channels, strict=True):
            for share in shares:
                whole = min(round(share * full), full - 1)
                if width == 1:
                    raw += bytes((whole + 128,))
                else:
                    raw += whole.to_bytes(width, "little", signed=True)
        file.writeframes(bytes(raw) + spare)
    return path


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("others", [0, 1, 3])
def test_the_first_channel_is_read_as_shares_of_full_scale(tmp_path: Path, width: int, others: int) -> None:
    path = wav(tmp_path / "tc.wav", width, [SHARES, *[(0.75,) * len(SHARES)] * others], 44_100)
    rate_hz, samples = read_wav(path)
    assert (rate_hz, samples.dtype) == (44_100.0, np.float32)
    assert samples == pytest.approx(np.array(SHARES), abs=1e-6)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_the_loudest_sample_is_just_below_full_scale(tmp_path: Path, width: int) -> None:
    _, samples = read_wav(wav(tmp_path / "tc.wav", width, [(1.0, -1.0)]))
    assert samples[0] == pytest.approx(1.0 - 2.0 ** (1 - 8 * width), abs=1e-7)
    assert samples[1] == -1.0


@pytest.mark.parametrize("content", [b"", b"RIFF", b"no sound at all" * 10])
def test_what_is_no_wav_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.wav").write_bytes(content)
    with pytest.raises(FileError, match=r"x\.wav can't be read as a WAV file"):
        read_wav(tmp_path / "x.wav")
    with pytest.raises(FileError, match=r"none\.wav cannot be read: No such file or directory"):
        read_wav(tmp_path / "none.wav")


def test_a_damaged_wav_is_read_or_refused(tmp_path: Path) -> None:
    path = wav(tmp_path / "tc.wav", 2, [(0.5, -0.5)] * 50)
    whole, random = path.read_bytes(), np.random.default_rng(1)
    for _ in range(400):
        damaged = bytearray(whole)
        damaged[random.integers(44)] = random.integers(256)
        path.write_bytes(damaged)
        with contextlib.suppress(FileError):
            rate_hz, samples = read_wav(path)
            assert rate_hz > 0
            assert np.all(np.abs(samples) <= 1.0)


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in folders there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.wav")
    with pytest.raises(FileError, match="a device or a pipe"):
        read_wav(tmp_path / "x.wav")


def test_silence_has_no_level_and_no_timecode() -> None:
    source = LtcSource("in", 48_000.0, 5.0)
    assert list(source.feed(np.zeros(4800, np.float32))) == []
    assert source.level == 0.0
