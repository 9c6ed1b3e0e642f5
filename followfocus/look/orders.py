# SPDX-License-Identifier: MIT
"""The orders of a process that draws for another one (see `beside.py`), and how it carries them out.

It holds pictures with their slices, draws rows of stacks of them, and writes their pixels as they lie in memory.
"""

from __future__ import annotations

import pickle
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, TypeAlias

import numpy as np

from followfocus.look.slices import Sliced
from followfocus.look.stack import Stack
from followfocus.look.tone import Frame, LightCodes

READY = b"!"
"""Written once, when orders are taken."""
Held: TypeAlias = dict[int, Sliced]


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """The pictures that are held from now on: those of these numbers, and a new one."""

    numbers: tuple[int, ...]
    number: int
    new: Sliced


@dataclass(frozen=True, slots=True, eq=False)
class BandOrder:
    """BandOrder of a frame that are asked for."""

    stack: Stack
    tone: LightCodes
    top: int
    bottom: int


class OrderWriter(pickle.Pickler):
    """Writes orders; a picture that the other process holds is written as its number."""

    def __init__(self, to: IO[bytes], number_of: Callable[[Sliced], int | None]) -> None:
        super().__init__(to, protocol=5)
        self._number_of = number_of

    def persistent_id(self, obj: object) -> int | None:
        """The number of a picture."""
        return self._number_of(obj) if isinstance(obj, Sliced) else None


class OrderReader(pickle.Unpickler):
    """Reads orders, from the process that started this one and nobody else."""

    def __init__(self, of: IO[bytes], held: Held) -> None:
        super().__init__(of)
        self._held = held

    def persistent_load(self, pid: int) -> Sliced:
        """The picture of a number."""
        return self._held[pid]


def main() -> None:
    """Draw what standard input asks for, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    orders, rows = sys.stdin.buffer, sys.stdout.buffer
    held: Held = {}
    rows.write(READY)
    rows.flush()
    while True:
        try:
            order = OrderReader(orders, held).load()
        except EOFError:
            return
        if isinstance(order, Pictures):
            held = {number: held[number] for number in order.numbers} | {order.number: order.new}
            continue
        made: Frame = np.empty((order.bottom - order.top, order.stack.frame[0], 3), dtype=order.tone.value)
        order.tone.write(order.stack.band(order.top, order.bottom)[:3], made)
        rows.write(made.data.cast("B"))
        rows.flush()
