# SPDX-License-Identifier: MIT
"""Hostile packets at every source of a stage that is armed: no GO, no crash, bounded memory, STOP in time.

    python -m benchmarks.campaigns.sources [COUNT]

Random and mutated packets, patterns in addresses, bundles in bundles, time tags of long ago and far ahead, floods; HTTP
without a code, with wrong ones, from other sites, with bodies that are long, slow or no JSON. Outside GO is off, for a
mutation may well be a proper GO; patterns go to one that is let in. A row says how many were sent, how many GOs came of
it, what the loop complained of, by how much memory grew, and how long STOP took in the midst of it: from its packet to
the stop being out.
"""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import random
import resource
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from followfocus.clock import SystemClock
from followfocus.sources.events import CameraSaid, Origin, OutsideAsked, SourceKind, Want
from followfocus.sources.gate import Gate
from followfocus.sources.ltc_audio import LtcSource
from followfocus.sources.midi_timecode import MidiTimecode
from followfocus.sources.osc import ADDRESSES, message, read_packet
from followfocus.sources.osc_server import OscPlace
from followfocus.sources.places import CameraPlace
from followfocus.stage.phones import serve_phones
from tests.stage.scenarios import short
from tests.support.cameras import FakeBlackmagic, in_loop
from tests.support.served import Served, served

WHOLE, SEED = 10_000, 16
MOST_MB = 8.0
STOP_MS = 20.0
STOPS = 5
FLOOD_A_SECOND = 2000.0


@dataclass(frozen=True, slots=True)
class SourcesRow:
    """One source's row: how much it was sent, and how that went."""

    section: str
    sent: int
    gos: int
    complaints: int
    grew_mb: float
    stop_ms: float
    wrong: tuple[str, ...] = ()


def _judged(row: SourcesRow) -> SourcesRow:
    wrong = []
    if row.gos:
        wrong.append(f"{row.gos} GOs")
    if row.complaints:
        wrong.append(f"{row.complaints} complaints of the loop")
    if row.grew_mb > MOST_MB:
        wrong.append(f"memory grew by {row.grew_mb:.1f} MB")
    if row.stop_ms > STOP_MS:
        wrong.append(f"STOP took {row.stop_ms:.1f} ms")
    return dataclasses.replace(row, wrong=tuple(wrong))


# What is sent ---------------------------------------------------------------------------------------------------------

VALUES: tuple[str | int | float, ...] = (1, 1.0, "1")
PATTERNS = (
    "/followfocus/*", "/*/go", "/followfocus/?o", "/followfocus/{go,arm}", "/followfocus/[g]o", "//go", "/*",
    "/followfocus/g*", "/followfocus//go", "/followfocus/GO", "/followfocus/go ", "/followfocus/go\x01",
)  # fmt: skip


def osc_packets(rng: random.Random) -> Iterator[bytes]:
    """One after the other, without end."""
    proper = [message(address, *given) for address in ADDRESSES for given in ((), (1,), ("2",), (0.5, "x"))]
    while True:
        kind = rng.randrange(6)
        if kind == 0:
            yield rng.randbytes(rng.randrange(0, 200))
        elif kind == 1:
            raw = bytearray(rng.choice(proper))
            for _ in range(rng.randrange(1, 4)):
                raw[rng.randrange(len(raw))] = rng.randrange(256)
            yield bytes(raw)
        elif kind == 2:
            yield message(rng.choice(PATTERNS), rng.choice(VALUES))
        elif kind == 3:
            yield _bundle(rng, proper)
        elif kind == 4:
            whole = rng.choice(proper)
            yield whole[: rng.randrange(len(whole))] + rng.randbytes(rng.randrange(8))
        else:
            yield b"/followfocus/go\0,b\0\0" + struct.pack(">i", rng.choice([-1, 2**31 - 1, 0])) + rng.randbytes(4)


def _bundle(rng: random.Random, proper: list[bytes]) -> bytes:
    """Bundles in bundles, at any time, with sizes that may be wrong; GO only at times that are not now."""
    packet = rng.choice(proper)
    for _ in range(rng.choice([1, 2, 7, 9, 60])):
        tag = rng.choice([0, 2, 2**63, 2**64 - 1, rng.getrandbits(64)])
        size = rng.choice([len(packet), len(packet), -4, 0, 2**31 - 1])
        packet = b"#bundle\0" + struct.pack(">Qi", tag, size) + packet
    return packet[:4000]


def midi_bytes(rng: random.Random) -> Iterator[bytes]:
    """Any bytes, torn SysEx, quarter frames in any order, labels that don't exist."""
    while True:
        kind = rng.randrange(4)
        if kind == 0:
            yield rng.randbytes(rng.randrange(1, 60))
        elif kind == 1:
            yield bytes([0xF1, rng.randrange(256)])
        elif kind == 2:
            yield bytes([0xF0, 0x7F, rng.randrange(128), 0x01, 0x01, *rng.randbytes(4), 0xF7])
        else:
            yield bytes([0xF0, 0x7F, 0x7F, 0x02, 0x7F, rng.randrange(1, 12)]) + rng.randbytes(rng.randrange(40))


# What came of it ------------------------------------------------------------------------------------------------------


def resident_mb() -> float:
    """The memory that this program holds; 0 where the system doesn't tell."""
    gc.collect()
    told = Path("/proc/self/statm")
    return int(told.read_text().split()[1]) * resource.getpagesize() / 1e6 if told.exists() else 0.0


class _Watched:
    """Counts on a stage that is served: GOs, complaints of the loop, memory, and how long STOP takes."""

    def __init__(self, one: Served) -> None:
        self._one, self._clock = one, SystemClock()
        self.complaints = 0
        self._stopped = threading.Event()
        one.serving.stopped.append(lambda _epoch: self._stopped.set())
        one.loop.loop.set_exception_handler(self._complained)
        self._began = resident_mb()

    def _complained(self, _loop: object, about: dict[str, object]) -> None:
        self.complaints += 1
        print(about, file=sys.stderr)

    def stop_ms(self, send: Callable[[], object]) -> float:
        """From sending STOP to its being out. Again, where a stranger's STOP was just out and this was the same one."""
        for _ in range(5):
            self._stopped.clear()
            began_s = self._clock.now()
            send()
            if self._stopped.wait(1.0):
                return (self._clock.now() - began_s) * 1e3
        raise AssertionError("STOP never came through")

    def row(self, section: str, sent: int, stop_ms: float) -> SourcesRow:
        """The row that all of it comes to."""
        done = threading.Event()
        self._one.loop.soon(done.set)
        assert done.wait(30.0), "the loop hangs"
        grew_mb, stop_ms = round(resident_mb() - self._began, 2), round(stop_ms, 1)
        return _judged(SourcesRow(section, sent, len(self._one.takes), self.complaints, grew_mb, stop_ms))


def _paced(clock: SystemClock, began_s: float, number: int) -> None:
    clock.sleep_until(began_s + number / FLOOD_A_SECOND)


def osc(count: int) -> SourcesRow:
    """Over UDP, at 2,000 a second, with STOP in between."""
    rng, clock = random.Random(SEED), SystemClock()
    with served(short(), open_gate=False) as one, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        one.listening.open(OscPlace(port=0))
        to = ("127.0.0.1", one.listening.osc_ports[0])
        one.arm()
        watched, packets, slowest = _Watched(one), osc_packets(rng), 0.0
        began_s = clock.now()
        for number in range(count):
            _paced(clock, began_s, number)
            sender.sendto(next(packets), to)
            if number % max(1, count // STOPS) == count // STOPS // 2:
                slowest = max(slowest, watched.stop_ms(lambda: sender.sendto(message("/followfocus/stop"), to)))
        return watched.row("OSC, hostile", count, slowest)


def osc_patterns(count: int) -> SourcesRow:
    """Patterns and times that are not now, to a stage that is armed and lets GO in."""
    rng = random.Random(SEED)
    proper = [message("/followfocus/go"), message("/followfocus/arm")]
    with served(short(), open_gate=True) as one:
        one.arm()
        watched = _Watched(one)
        for number in range(count):
            packet = message(rng.choice(PATTERNS), 1) if number % 2 else _bundle(rng, proper)
            for asked in read_packet(packet, "stranger", one.serving.now_s, 1.7e9).asked:
                one.put(asked)
        stop = OutsideAsked(Origin(SourceKind.OSC, "x"), one.serving.now_s + 1, Want.STOP)
        return watched.row("OSC, patterns, GO allowed", count, watched.stop_ms(lambda: one.put(stop)))


def midi(count: int) -> SourcesRow:
    """Bytes at MTC's and MSC's decoders, to a stage that is armed; outside GO is off."""
    rng = random.Random(SEED)
    decoder = MidiTimecode("port", mtc=True, msc=True)
    with served(short(), open_gate=False) as one:
        one.arm()
        watched, stream = _Watched(one), midi_bytes(rng)
        for _ in range(count):
            for event in decoder.feed(next(stream), one.serving.now_s):
                one.put(event)
        stop = bytes([0xF0, 0x7F, 0x7F, 0x02, 0x7F, 0x02, 0xF7])

        def send() -> None:
            for event in decoder.feed(b"\xf7" + stop, one.serving.now_s + 1):
                one.put(event)

        return watched.row("MIDI, MTC and MSC", count, watched.stop_ms(send))


def ltc(count: int) -> SourcesRow:
    """Blocks of noise, clipping, silence, not-a-number; GO allowed."""
    rng = np.random.default_rng(SEED)
    show = short()
    show = dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], at_timecode="10:00:00:00"),))
    with served(show) as one:
        one.arm()
        watched, source = _Watched(one), LtcSource("noise", 48_000, one.serving.now_s)
        shapes: list[Callable[[], np.ndarray]] = [
            lambda: rng.standard_normal(256), lambda: np.zeros(256), lambda: rng.choice([-1.0, 1.0], 256),
            lambda: np.full(256, np.nan), lambda: rng.standard_normal(256) * 1e30,
        ]  # fmt: skip
        for _ in range(count):
            for event in source.feed(shapes[rng.integers(len(shapes))]().astype(np.float32)):
                one.put(event)
        stop = OutsideAsked(Origin(SourceKind.OSC, "x"), one.serving.now_s + 1, Want.STOP)
        return watched.row("LTC", count, watched.stop_ms(lambda: one.put(stop)))


def camera(count: int) -> SourcesRow:
    """A camera that talks nonsense on its line, and REC that comes and goes; outside GO is off."""
    rng = random.Random(SEED)
    show = short()
    show = dataclasses.replace(show, cues=(dataclasses.replace(show.cues[0], rec_hold_s=0.0),))
    fake = FakeBlackmagic()
    with served(show, open_gate=False) as one:
        port = in_loop(fake.start(), one.loop.loop)
        one.listening.open(CameraPlace("blackmagic", "127.0.0.1", port))
        one.arm()
        one.wait(lambda: one.serving.outside.recording is False)
        watched = _Watched(one)

        async def talk() -> None:
            for number in range(count):
                words = rng.choice(['{"data": ', "[" * 50, '{"data": {"property": "/transports/0/record", "value": ['])
                await fake.say(words + "".join(chr(rng.randrange(32, 1000)) for _ in range(rng.randrange(20))))
                if number % 50 == 0:
                    one.serving.submit(CameraSaid(Origin(SourceKind.CAMERA, "x"), 0.0, rng.choice([True, False, None])))
                    await asyncio.sleep(0)

        asyncio.run_coroutine_threadsafe(talk(), one.loop.loop).result(600)
        stop = OutsideAsked(Origin(SourceKind.OSC, "x"), one.serving.now_s + 1, Want.STOP)
        row = watched.row("camera", count, watched.stop_ms(lambda: one.put(stop)))
        in_loop(fake.stop(), one.loop.loop)
        return row


def http(count: int) -> SourcesRow:
    """The page for phones: see `benchmarks.campaigns.http`."""
    from benchmarks.campaigns.http import attack

    with served(short(), open_gate=True) as one, serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones:
        one.arm()
        watched = _Watched(one)
        stop_ms = asyncio.run(attack(phones, count, random.Random(SEED), watched.stop_ms))
        one.serving.outside = one.serving.outside.but(gate=Gate())
        return watched.row("remote page", count, stop_ms)


def rows(count: int = WHOLE) -> Iterator[SourcesRow]:
    """Every source."""
    for section in (osc, osc_patterns, midi, ltc, camera, http):
        yield section(count)


if __name__ == "__main__":
    for row in rows(int(sys.argv[1]) if len(sys.argv) > 1 else WHOLE):
        print(row)
