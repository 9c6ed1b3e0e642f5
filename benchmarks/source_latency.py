# SPDX-License-Identifier: MIT
"""How late a pull begins that is started from outside, source by source: from the event to the first step edge.

    python benchmarks/source_latency.py [--takes 100] [--unit sim | board] [rec] [rec-hold] [osc] [msc] [ltc]
        [ltc-audio] [mtc-port] [cue]

`rec` is a fake Blackmagic's REC over its notifications, no hold; `rec-hold` the same with half a second, which the
unit's own clock counts; `osc` a packet on loopback; `msc` a MIDI show control's bytes; `ltc` a cue's timecode, from
samples; `cue` an edge at the board's cue pin. Only where they are named: `ltc-audio` and `mtc-port`, timecode as sound
and as quarter frames through real ports of a JACK server without sound (`timecode_wires` has the frames themselves, at
every period). The takes are kept in a log on disk, as always. A first step comes a while into its curve: what is told
is how much later than planned it comes, so that the curve plays no part. On the board both moments of `rec`,
`rec-hold`, `osc` and `msc` are told by the board's own clock, asked of the emulator as the event happens, and the edge
at the pin has to be where the unit says that it is; `cue` counts from edge to edge.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import random
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


from benchmarks.timecode_wires import COUNT, FIRST, TAPE, jack_server, sent_quarters, tape
from followfocus.cli.serving import SWITCH_S
from followfocus.show.show import Show
from followfocus.sources.ltc_audio import LtcSource
from followfocus.sources.midi_timecode import MidiTimecode
from followfocus.sources.osc import message
from followfocus.sources.osc_server import OscPlace
from followfocus.sources.places import CameraPlace, NamedPlace
from followfocus.stage import events
from followfocus.stage.events import Taken
from followfocus.wire.messages import Arm, CueEdge, GetStatus, SetTelemetry, State, TakeStarted
from tests.conformance.tools import missing_for_board
from tests.conformance.units import BOARD_HEX, BOARD_SCRIPT, BoardBench, Control, end, running, start
from tests.conformance.wire import Host, Profile, even
from tests.sources.test_timecode import audio, label
from tests.stage.scenarios import short
from tests.support.cameras import FakeBlackmagic, in_loop
from tests.support.jack_player import Player
from tests.support.served import Served, served

FPS = Fraction(25)
TICK_HZ = 16_000_000
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


@dataclasses.dataclass
class Watch:
    """By which clock it is measured: the emulated board's own where there is one, else the host's."""

    one: Served
    control: Control | None

    def now(self) -> float:
        """The present moment, in seconds."""
        if self.control is None:
            return self.one.unit.clock.now()
        return int(self.control.ask("clock")["tick"]) / TICK_HZ

    def late_ms(self, taken: Taken, meant_s: float, *, host: bool = False) -> float:
        """How much later than planned its first edge came; `host`: than a moment of the host's clock."""
        take = taken.take
        assert take.first_edge_ticks is not None, take.reasons
        if self.control is not None and not host:
            return (take.start_clock / TICK_HZ - meant_s) * 1e3
        started_s = self.one.unit.link.session.sync.host_s(take.start_clock)
        assert started_s is not None
        return (started_s - meant_s) * 1e3


def _more_than(one: Served, number: int) -> bool:
    return len(one.takes) > number


def measured(watch: Watch, takes: int, begin: Begin, *, host: bool = False) -> list[float]:
    """So many takes, one after the other."""
    found, one = [], watch.one
    for number in range(takes):
        one.arm()
        meant_s = begin(number)
        one.wait(partial(_more_than, one, number))
        found.append(watch.late_ms(one.takes[-1], meant_s, host=host))
        one.wait(lambda: one.serving.stage.state is not State.PLAYING and not one.serving.stage.busy)
    return found


def rec(watch: Watch, takes: int, hold_s: float) -> list[float]:
    """A fake camera's REC."""
    one = watch.one
    fake = FakeBlackmagic()
    port = in_loop(fake.start(), one.loop.loop)
    one.listening.open(CameraPlace("blackmagic", "127.0.0.1", port))
    one.wait(lambda: one.serving.outside.recording is False)

    def begin(number: int) -> float:
        if number:
            in_loop(fake.rec(recording=False), one.loop.loop)
            one.wait(lambda: one.serving.outside.recording is False)
        meant_s = watch.now() + hold_s
        asyncio.run_coroutine_threadsafe(fake.rec(recording=True), one.loop.loop)
        return meant_s

    try:
        return measured(watch, takes, begin)
    finally:
        in_loop(fake.stop(), one.loop.loop)


def osc(watch: Watch, takes: int) -> list[float]:
    """A packet on loopback."""
    one = watch.one
    one.listening.open(OscPlace(port=0))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:

        def begin(number: int) -> float:
            sent_s = watch.now()
            sender.sendto(message("/followfocus/go", number + 1), ("127.0.0.1", one.listening.osc_ports[0]))
            return sent_s

        return measured(watch, takes, begin)


def msc(watch: Watch, takes: int) -> list[float]:
    """Bytes as a MIDI port's thread would hand them over."""
    one = watch.one
    decoder = MidiTimecode("port", mtc=False, msc=True)

    def begin(_number: int) -> float:
        meant_s = watch.now()
        for event in decoder.feed(GO_MSC, one.unit.clock.now()):
            one.put(event)
        return meant_s

    return measured(watch, takes, begin)


def ltc(watch: Watch, takes: int) -> list[float]:
    """Samples of a second of timecode before the cue's, in blocks of 10 ms as they would come in."""
    one = watch.one
    samples = audio([label(n, FPS) for n in range(75, 75 + 60)], FPS).astype("float32")

    def begin(_number: int) -> float:
        start_s = one.unit.clock.now()
        source = LtcSource("line", 48_000, start_s)
        for at in range(0, len(samples), 480):
            one.unit.clock.sleep_until(start_s + (at + 480) / 48_000)
            for event in source.feed(samples[at : at + 480]):
                one.put(event)
        return start_s + 25 / float(FPS)  # the label 00:00:04:00 begins a second into it

    return measured(watch, takes, begin, host=True)


def ltc_audio(watch: Watch, takes: int) -> list[float]:
    """The same as sound, through a JACK server."""
    with contextlib.closing(Player(TAPE)) as player:
        watch.one.listening.open(NamedPlace("ltc", TAPE))

        def begin(_number: int) -> float:
            player.play(tape(player.rate_hz))
            player.wait()
            return player.played_s(player.rate_hz)  # the label 00:00:04:00 begins a second into it

        return measured(watch, takes, begin, host=True)


def mtc_port(watch: Watch, takes: int) -> list[float]:
    """Quarter frames through a JACK server's MIDI port."""
    import rtmidi

    out = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, TAPE)
    out.open_virtual_port("Recorder")
    watch.one.listening.open(NamedPlace("mtc", "Recorder"))
    return measured(watch, takes, lambda _: sent_quarters(out.send_message, FIRST, COUNT) + 1.0, host=True)


def cue(edges: int) -> None:
    """Edges at the cue pin: from each to the first step's edge, with the line quiet and busy."""
    for busy in (False, True):
        draw, leads_us = random.Random(5), []
        with running(BoardBench()) as board:
            host = Host(board)
            host.ready(cue_edge=CueEdge.FALLING)
            if busy:
                host.ok(SetTelemetry(5))
            profile = Profile(0, (even(1, 4000), even(-1, 6000)))
            host.upload(profile)
            for _ in range(edges):
                board.set_input("cue", 1)
                host.ok(Arm(profile.id, 1))
                host.pass_time(0.002)
                board.forget_edges()
                at = board.set_input("cue", 0, board.tick() + 400 + draw.randrange(20_000))
                if busy:
                    host.write(host.frame(GetStatus()))
                host.event(TakeStarted)
                host.pass_time(0.01)
                first = next(int(tick) for tick, pin, level in board.edges() if pin == "STEP" and level)
                leads_us.append((first - 4000 - at) / TICK_HZ * 1e6)
        low, high = min(leads_us), max(leads_us)
        middle = sorted(leads_us)[len(leads_us) // 2]
        line = "busy" if busy else "quiet"
        print(f"cue       edges {edges}, line {line}: time zero {middle:.2f} µs after it, spread {high - low:.2f} µs")


def show_of(name: str) -> Show:
    """The show that a source plays."""
    show = dataclasses.replace(short(), fps=FPS)
    what: dict[str, dict[str, Any]] = {
        "rec": {"rec_hold_s": 0.0},
        "rec-hold": {"rec_hold_s": HOLD_S},
        **{kind: {"at_timecode": "00:00:04:00"} for kind in ("ltc", "ltc-audio", "mtc-port")},
    }
    return dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], **what.get(name, {})),))


SOURCES: dict[str, Callable[[Watch, int], list[float]]] = {
    "rec": lambda watch, takes: rec(watch, takes, 0.0),
    "rec-hold": lambda watch, takes: rec(watch, takes, HOLD_S),
    "osc": osc,
    "msc": msc,
    "ltc": ltc,
    "ltc-audio": ltc_audio,
    "mtc-port": mtc_port,
}
WIRED = {"ltc-audio": 1024, "mtc-port": 256}
"""The JACK server's period, in samples"""


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
    parser.add_argument("sources", nargs="*", default=[], help=", ".join((*SOURCES, "cue")))
    parser.add_argument("--takes", type=int, default=100)
    parser.add_argument("--unit", choices=("sim", "board"), default="sim")
    given = parser.parse_args()
    if given.unit == "board" and (problem := missing_for_board()):
        sys.exit(f"The emulated board can't run here: this needs {problem}.")
    sys.setswitchinterval(SWITCH_S)
    for name in given.sources or [name for name in SOURCES if name not in WIRED]:
        if name == "cue":
            cue(given.takes)
            continue
        with (
            tempfile.TemporaryDirectory() as folder,
            jack_server(WIRED[name], 48_000) if name in WIRED else contextlib.nullcontext(),
            unit_port(given.unit) as (port, control),
            served(show_of(name), log=Path(folder) / "log.db", port=port, at_deg=0.0) as one,
        ):
            one.loop.soon(one.serving.step, events.Noted(""))
            told(name, SOURCES[name](Watch(one, control), given.takes))
            if control is not None:
                checked_on_the_pin(control, one)


if __name__ == "__main__":
    main()
