# SPDX-License-Identifier: MIT
"""Half of a frame drawn by another process: the same picture, and nothing lost or left over however that ends."""

from __future__ import annotations

import gc
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from followfocus.lens.map import load_lens
from followfocus.look import beside
from followfocus.look.beside import Beside
from followfocus.look.render import FINAL_PX, Camera, alone
from followfocus.look.slices import Sliced
from followfocus.look.stack import Stack
from followfocus.look.tone import LightCodes

CAMERA = Camera(load_lens("ideal-50"), 4.0)
SIZE = 320, 200
NEEDS_PIDFD = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="other systems can't wait for a stranger's end")
PATIENCE_MS = 20_000


def picture(seed: int = 1) -> Sliced:
    """A floor with a post on it."""
    width, height = SIZE
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    per_m = (0.1 + 0.5 * y / height).astype(np.float32)
    per_m[abs(x - 120) < 20] = 0.83
    return Sliced(np.random.default_rng(seed).random((3, height, width), dtype=np.float32), per_m, 16.0)


def stack(of: Sliced, focus_m: float) -> Stack:
    """The picture as the lens sees it."""
    discs = CAMERA.signed_discs_px(CAMERA.lens.ring_deg(focus_m), 1 / of.per_m(), SIZE[0])
    return Stack(of.placed(discs), SIZE, CAMERA.aperture, joined=True, least_px=FINAL_PX)


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Beside]:
    monkeypatch.setattr(beside, "cores", lambda: 2)
    made = Beside()
    assert made.wait()
    yield made
    made.end()


def started(by: Beside) -> subprocess.Popen[bytes]:
    assert by._other is not None
    return by._other.process


def test_the_frame_is_that_of_one_process_alone_in_every_tone(two: Beside) -> None:
    of = picture()
    for tone in LightCodes:
        for focus_m in (1.2, 2.0, 5.0):
            made = two.drawn(stack(of, focus_m), tone, of=of, threads=False)
            assert np.array_equal(made, alone(stack(of, focus_m), tone))
    assert two._other is not None


def test_it_holds_the_last_pictures_and_is_given_again_what_it_has_forgotten(two: Beside) -> None:
    pictures = [picture(seed) for seed in range(5)]
    for of in (*pictures, *pictures):
        made = two.drawn(stack(of, 2.0), LightCodes.SCREEN, of=of, threads=False)
        assert np.array_equal(made, alone(stack(of, 2.0), LightCodes.SCREEN))
    assert two._other is not None
    assert len(two._other._held) == beside._MOST_HELD
    del pictures, of
    gc.collect()
    last = picture(9)
    two.drawn(stack(last, 2.0), LightCodes.SCREEN, of=last, threads=False)
    assert [held() for held in two._other._held.values()] == [last]


def test_one_frame_starts_no_process_and_the_second_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "cores", lambda: 2)
    made, of = Beside(), picture()
    made.drawn(stack(of, 2.0), LightCodes.SCREEN, of=of, threads=False)
    assert made._other is None
    made.drawn(stack(of, 2.0), LightCodes.SCREEN, of=of, threads=False)
    assert made._other is not None
    made.end()


def test_on_one_core_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "cores", lambda: 1)
    made = Beside()
    assert not made.wait()
    assert not made.takes(SIZE)


def test_large_frames_are_drawn_here(two: Beside) -> None:
    assert two.takes((960, 540))
    assert not two.takes((1920, 1080))
    assert not two.takes((960, 64))


def test_where_it_is_killed_the_frame_is_whole_and_so_are_those_after_it(two: Beside) -> None:
    of = picture()
    right = alone(stack(of, 2.0), LightCodes.SCREEN)
    two.drawn(stack(of, 2.0), LightCodes.SCREEN, of=of, threads=False)
    process = started(two)
    process.kill()
    for _ in range(3):
        assert np.array_equal(two.drawn(stack(of, 2.0), LightCodes.SCREEN, of=of, threads=False), right)
    assert process.returncode is not None
    assert not two.takes(SIZE)


def test_an_interrupt_between_asking_and_answer_leaves_no_answer_for_the_next_frame(
    two: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C may come anywhere; half of another frame would be in the next one."""
    of = picture()

    def interrupted(self: Stack, top: int, bottom: int) -> np.ndarray:
        raise KeyboardInterrupt

    near = stack(of, 1.2)
    with monkeypatch.context() as here:
        here.setattr(Stack, "band", interrupted)
        with pytest.raises(KeyboardInterrupt):
            two.drawn(near, LightCodes.SCREEN, of=of, threads=False)
    made = two.drawn(stack(of, 5.0), LightCodes.SCREEN, of=of, threads=False)
    assert np.array_equal(made, alone(stack(of, 5.0), LightCodes.SCREEN))


PROGRAM = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from tests.look.test_beside import LightCodes, picture, stack
from followfocus.look.beside import BESIDE
assert BESIDE.wait()
of = picture()
BESIDE.drawn(stack(of, 2.0), LightCodes.SCREEN, of=of, threads=False)
print(BESIDE._other.process.pid, flush=True)
sys.stdin.read()
"""


@NEEDS_PIDFD
@pytest.mark.skipif(beside.cores() < 2, reason="on one core there is none")
@pytest.mark.parametrize("ending", ["killed", "interrupted", "done"])
def test_it_ends_with_the_one_that_started_it(ending: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as first:
        assert first.stdin is not None
        assert first.stdout is not None
        other = os.pidfd_open(int(first.stdout.readline()))
        if ending == "done":
            first.stdin.close()
        else:
            first.send_signal(signal.SIGKILL if ending == "killed" else signal.SIGINT)
        gone = select.poll()
        gone.register(other, select.POLLIN)
        assert gone.poll(PATIENCE_MS)
        os.close(other)


def test_a_ctrl_c_of_the_terminal_is_not_for_it(two: Beside) -> None:
    process, of = started(two), picture()
    process.send_signal(signal.SIGINT)
    two.drawn(stack(of, 2.0), LightCodes.SCREEN, of=of, threads=False)
    assert process.poll() is None
