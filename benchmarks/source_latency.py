# SPDX-License-Identifier: MIT
"""How late a pull begins that is started from outside, source by source: from the event to the first step edge.

    python benchmarks/source_latency.py [--takes 100] [--unit sim | board] [rec] [rec-hold] [osc] [msc] [ltc]

`rec` is a fake Blackmagic's REC over its notifications, no hold; `rec-hold` the same with half a second, which the
unit's own clock counts; `osc` a packet on loopback; `msc` a MIDI show control's bytes; `ltc` a cue's timecode, from
samples. The takes are kept in a log on disk before GO, as always. A first step comes a while into its curve: what is
told is how much later than planned it comes, so that the curve plays no part. On the board the edge is the pin's, by
its control channel's clock, and has to be where the unit says that it is.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


from followfocus.cli.serving import SWITCH_S  # noqa: E402
from followfocus.show.show import Show  # noqa: E402
from followfocus.sources.ltc_audio import LtcSource  # noqa: E402
from followfocus.sources.midi_timecode import MidiTimecode  # noqa: E402
from followfocus.sources.osc import message  # noqa: E402
from followfocus.sources.osc_server import OscPlace  # noqa: E402
from followfocus.sources.places import CameraPlace  # noqa: E402
from followfocus.stage import events  # noqa: E402
from followfocus.stage.events import Taken  # noqa: E402
from followfocus.wire.messages import State  # noqa: E402
from tests.conformance.tools import missing_for_board  # noqa: E402
from tests.conformance.units import BOARD_HEX, BOARD_SCRIPT, Control, end, start  # noqa: E402
from tests.sources.test_timecode import audio, label  # noqa: E402
from tests.stage.scenarios import short  # noqa: E402
from tests.support.cameras import FakeBlackmagic, in_loop  # noqa: E402
from tests.support.served import Served, served  # noqa: E402

FPS = Fraction(25)
HOLD_S = 0.5
GO_MSC = bytes([0xF0, 0x7F, 0x7F, 0x02, 0x7F, 0x01, 0xF7])
Begin = Callable[[int], float]
"""Starts a take; when it was meant to begin, by the host's clock"""


@contextlib.contextmanager
def unit_port(kind: str) -> Iterator[tuple[str, Control | None]]:
    """A unit's port, and the board's control channel."""
    if kind == "sim":
        yield "sim", None
        return
    process, ports = start(["node", str(BOARD_SCRIPT), str(BOARD_HEX), "--pace", "1.0"], ("uart", "control"))
    control = Control(ports["control"])
    try:
        yield f"socket://127.0.0.1:{ports['uart']}", control
    finally:
        control.close()
        end(process)


def late_ms(one: Served, taken: Taken, meant_s: float) -> float:
    """How much later than planned its first edge came."""
    take = taken.take
    assert take.first_edge_ticks is not None, take.reasons
    started_s = one.unit.link.unit_clock.host_s(take.start_clock)
    assert started_s is not None
    return (started_s - meant_s) * 1e3


def _more_than(one: Served, number: int) -> bool:
    return len(one.takes) > number


def measured(one: Served, takes: int, begin: Begin) -> list[float]:
    """So many takes, one after the other."""
    found = []
    for number in range(takes):
        one.arm()
        meant_s = begin(number)
        one.wait(partial(_more_than, one, number))
        found.append(late_ms(one, one.takes[-1], meant_s))
        one.wait(lambda: one.serving.stage.state is not State.PLAYING and not one.serving.stage.busy)
    return found


def rec(one: Served, takes: int, hold_s: float) -> list[float]:
    """A fake camera's REC."""
    fake = FakeBlackmagic()
    port = in_loop(fake.start(), one.loop.loop)
    one.listening.open(CameraPlace("blackmagic", "127.0.0.1", port))
    one.wait(lambda: one.serving.outside.recording is False)

    def begin(number: int) -> float:
        if number:
            in_loop(fake.rec(recording=False), one.loop.loop)
            one.wait(lambda: one.serving.outside.recording is False)
        meant_s = one.unit.clock.now() + hold_s
        asyncio.run_coroutine_threadsafe(fake.rec(recording=True), one.loop.loop)
        return meant_s

    try:
        return measured(one, takes, begin)
    finally:
        in_loop(fake.stop(), one.loop.loop)


def osc(one: Served, takes: int) -> list[float]:
    """A packet on loopback."""
    one.listening.open(OscPlace(port=0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

        def begin(number: int) -> float:
            sent_s = one.unit.clock.now()
            sender.sendto(message("/followfocus/go", number + 1), ("127.0.0.1", one.listening.osc_ports[0]))
            return sent_s

        return measured(one, takes, begin)


def msc(one: Served, takes: int) -> list[float]:
    """Bytes as a MIDI port's thread would hand them over."""
    decoder = MidiTimecode("port", mtc=False, msc=True)

    def begin(_number: int) -> float:
        at_s = one.unit.clock.now()
        for event in decoder.feed(GO_MSC, at_s):
            one.put(event)
        return at_s

    return measured(one, takes, begin)


def ltc(one: Served, takes: int) -> list[float]:
    """Samples of a second of timecode before the cue's, in blocks of 10 ms as they would come in."""
    samples = audio([label(n, FPS) for n in range(75, 75 + 60)], FPS).astype("float32")

    def begin(_number: int) -> float:
        start_s = one.unit.clock.now()
        source = LtcSource("line", 48_000, start_s)
        for at in range(0, len(samples), 480):
            one.unit.clock.sleep_until(start_s + (at + 480) / 48_000)
            for event in source.feed(samples[at : at + 480]):
                one.put(event)
        return start_s + 25 / float(FPS)  # the label 00:00:04:00 begins a second into it

    return measured(one, takes, begin)


def show_of(name: str) -> Show:
    """The show that a source plays."""
    show = dataclasses.replace(short(), fps=FPS)
    what: dict[str, dict[str, Any]] = {
        "rec": {"rec_hold_s": 0.0},
        "rec-hold": {"rec_hold_s": HOLD_S},
        "ltc": {"at_timecode": "00:00:04:00"},
    }
    return dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], **what.get(name, {})),))


SOURCES: dict[str, Callable[[Served, int], list[float]]] = {
    "rec": lambda one, takes: rec(one, takes, 0.0),
    "rec-hold": lambda one, takes: rec(one, takes, HOLD_S),
    "osc": osc,
    "msc": msc,
    "ltc": ltc,
}


def told(name: str, found: list[float]) -> None:
    """The figures and a histogram."""
    values = sorted(found)
    middle, p95 = values[len(values) // 2], values[min(len(values) - 1, int(len(values) * 0.95))]
    print(
        f"{name:9} takes {len(values)}  middle {middle:.2f} ms  p95 {p95:.2f} ms  worst {values[-1]:.2f} ms", flush=True
    )
    low, width = values[0], max((values[-1] - values[0]) / 10, 0.05)
    for bar in range(10):
        count = sum(low + bar * width <= value < low + (bar + 1) * width or (bar == 9 and value >= low + 10 * width)
                    for value in values)  # fmt: skip
        if count:
            print(f"  {low + bar * width:8.2f} ms  {'#' * count}")


def checked_on_the_pin(control: Control, one: Served) -> None:
    """The last take's first edge at the pin is where the unit says."""
    take = one.takes[-1].take
    assert take.first_edge_ticks is not None
    expected = take.start_clock + take.first_edge_ticks
    edges = [int(tick) for tick, pin, level in control.ask("edges", **{"from": 0})["edges"] if pin == "STEP" and level]
    nearest = min(edges, key=lambda tick: abs((tick - expected) & 0xFFFFFFFF))
    print(f"  the pin's edge and the unit's word of it are {nearest - expected} cycles apart")


def main() -> None:
    """Measure the sources that are named."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("sources", nargs="*", default=[], help=", ".join(SOURCES))
    parser.add_argument("--takes", type=int, default=100)
    parser.add_argument("--unit", choices=("sim", "board"), default="sim")
    given = parser.parse_args()
    if given.unit == "board" and (problem := missing_for_board()):
        sys.exit(f"The emulated board can't run here: this needs {problem}.")
    sys.setswitchinterval(SWITCH_S)
    for name in given.sources or SOURCES:
        with (
            tempfile.TemporaryDirectory() as folder,
            unit_port(given.unit) as (port, control),
            served(show_of(name), log=Path(folder) / "log.db", port=port, at_deg=0.0) as one,
        ):
            one.loop.soon(one.serving.step, events.Noted(""))
            told(name, SOURCES[name](one, given.takes))
            if control is not None:
                checked_on_the_pin(control, one)


if __name__ == "__main__":
    main()
