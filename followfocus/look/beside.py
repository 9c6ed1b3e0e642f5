# SPDX-License-Identifier: MIT
"""The lower half of a frame, drawn by another process beside this one.

Threads share the interpreter, and a picture of one's own is drawn in a thousand short steps: on two threads they wait
on each other for longer than they save. A process of its own has an interpreter of its own. It is given a picture's
slices once, then for each frame what is to be drawn, and hands back rows of pixels; both by pipes, so that nothing is
left behind however either of the two ends. Without it, or when it fails, the frame is drawn here.
"""

from __future__ import annotations

import atexit
import contextlib
import pickle
import subprocess
import sys
import threading
import weakref
from io import BufferedReader

import numpy as np

from followfocus.look.ahead import cores
from followfocus.look.orders import READY, BandOrder, OrderWriter, Pictures
from followfocus.look.render import drawn
from followfocus.look.slices import Sliced
from followfocus.look.stack import Stack, frame_bands
from followfocus.look.tone import Frame, LightCodes

MOST_PX = 1_000_000
"""Frames with more pixels are drawn here: their slices would be too much memory to have twice."""
_MOST_HELD = 3
"""Pictures that the process keeps, the last ones used: an app draws drafts and finals of one."""
_PIPE_BYTES = 1 << 20
"""Half a frame for the screen goes into a pipe at once, where the system lets it (Linux)."""
_PATIENCE_S = 10.0


class _Other:
    """A process that draws, from its start to its end."""

    def __init__(self) -> None:
        """Start it; OSError where the system has none to give."""
        # Of no terminal: a Ctrl-C there is for this process, which then ends the other.
        process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-c", "from followfocus.look.orders import main; main()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, pipesize=_PIPE_BYTES,
            start_new_session=True, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
        assert process.stdin is not None
        assert isinstance(process.stdout, BufferedReader)
        self.process, self._orders, self._rows = process, process.stdin, process.stdout
        self._held: dict[int, weakref.ref[Sliced]] = {}
        self._last = 0

    def welcome(self) -> bool:
        """Wait until it can draw; whether it can."""
        return self._rows.read(1) == READY

    def ask(self, rows: BandOrder, of: Sliced) -> bool:
        """Send what is asked for, and the picture where it isn't held; whether that went."""
        try:
            if self._number_of(of) is None:
                self._send(of)
            OrderWriter(self._orders, self._number_of).dump(rows)
            self._orders.flush()
        except (OSError, ValueError):  # it is gone, or its pipes are closed
            return False
        return True

    def answered(self, into: Frame) -> bool:
        """Read the rows that were asked for; whether all of them came."""
        left = into.data.cast("B")
        while left:
            count = self._rows.readinto(left)
            if not count:
                return False
            left = left[count:]
        return True

    def end(self) -> None:
        """End it, whatever it is at."""
        self.process.kill()
        for pipe in (self._orders, self._rows):
            with contextlib.suppress(OSError):
                pipe.close()
        self.process.wait()

    def _send(self, picture: Sliced) -> None:
        """Give it a picture; it keeps the last ones that are still in use."""
        used = [number for number, held in self._held.items() if held() is not None]
        kept = used[-(_MOST_HELD - 1) :]
        self._last += 1
        pickle.dump(Pictures(tuple(kept), self._last, picture), self._orders, protocol=5)
        self._held = {**{number: self._held[number] for number in kept}, self._last: weakref.ref(picture)}

    def _number_of(self, picture: Sliced) -> int | None:
        return next((number for number, held in self._held.items() if held() is picture), None)


class Beside:
    """Draws half of a frame in the other process, which is started by the second frame: one alone isn't worth it."""

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._other: _Other | None = None
        self._ready = threading.Event()
        self._asked = 0
        self._gone = cores() < 2

    def takes(self, frame: tuple[int, int]) -> bool:
        """Whether it would draw a part of such a frame (width, height)."""
        return not self._gone and frame[0] * frame[1] <= MOST_PX and len(frame_bands(frame)) == 2

    def drawn(self, stack: Stack, tone: LightCodes, *, of: Sliced, threads: bool) -> Frame:
        """A stack of a picture's slices as a frame (height, width, 3), as `render.drawn` makes it."""
        if not self.takes(stack.frame) or not self._busy.acquire(blocking=False):
            return drawn(stack, tone, threads=threads)
        try:
            self._asked += 1
            if self._asked == 2:
                self._start()
            other = self._other if self._ready.is_set() else None
            return drawn(stack, tone, threads=threads) if other is None else self._halved(other, stack, tone, of)
        finally:
            self._busy.release()

    def wait(self) -> bool:
        """Start the other process and wait until it can draw; whether it can."""
        with self._busy:
            self._start()
        return not self._gone and self._ready.wait(_PATIENCE_S)

    def end(self) -> None:
        """End the other process, if there is one; frames are drawn here from now on."""
        self._gone, other, self._other = True, self._other, None
        if other is not None:
            other.end()

    def _start(self) -> None:
        if self._other is not None or self._gone:
            return
        try:
            self._other = _Other()
        except OSError:
            self._gone = True
            return
        atexit.register(self.end)
        threading.Thread(target=self._welcome, args=(self._other,), name="beside", daemon=True).start()

    def _welcome(self, other: _Other) -> None:
        if other.welcome():
            self._ready.set()
        else:
            self._gone = True

    def _halved(self, other: _Other, stack: Stack, tone: LightCodes, of: Sliced) -> Frame:
        (_, middle), (_, height) = stack.bands()
        width = stack.frame[0]
        made: Frame = np.empty((height, width, 3), dtype=tone.value)
        try:
            asked = other.ask(BandOrder(stack, tone, middle, height), of)
            tone.write(stack.band(0, middle)[:3], made[:middle])
            answered = asked and other.answered(made[middle:])
        except BaseException:
            self.end()  # its answer would be taken for the next frame's
            raise
        if not answered:
            self.end()
            tone.write(stack.band(middle, height)[:3], made[middle:])
        return made


BESIDE = Beside()
"""The one process beside this one, whoever draws."""
