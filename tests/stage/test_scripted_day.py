# SPDX-License-Identifier: MIT
"""A whole day from outside: OSC, a camera, timecode, a phone, a recorder; the cable out and in; exported at the end."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import aiohttp
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.feeds.udp import Destination, Sender
from followfocus.show.cues import After
from followfocus.show.show import Show
from followfocus.sim.device import SimulatedUnit
from followfocus.sim.mechanics import StepperRing
from followfocus.sources.events import Origin, OutsideAsked, SourceKind, Want
from followfocus.sources.loop import SourceLoop
from followfocus.sources.midi_timecode import MidiTimecode
from followfocus.sources.osc_server import OscPlace
from followfocus.sources.places import CameraPlace
from followfocus.stage import events
from followfocus.stage.phones import Phones, serve_phones
from followfocus.stage.track_out import send_track, track_to
from followfocus.takes.diary import read_diary
from followfocus.takes.log import TakeLog
from followfocus.wire.messages import State
from tests.stage.scenarios import there_and_back
from tests.stage.test_serving import OscClient
from tests.support.benches import on_tcp
from tests.support.browser import Cuttable
from tests.support.cameras import FakeBlackmagic, in_loop
from tests.support.served import Served, served

LOOK_S = 0.5


def the_show() -> Show:
    """27A: there by the camera's REC, back at a timecode."""
    show = there_and_back(None)
    first = dataclasses.replace(show.cues[0], rec_hold_s=0.3, stop_rec_s=0.1)
    second = dataclasses.replace(show.cues[1], at_timecode="01:00:02:00")
    return dataclasses.replace(show, cues=(first, second), production="Day")


def quarter_frames(first: int, count: int) -> Iterator[bytes]:
    """MTC at 24 from a frame on, eight messages for every two frames."""
    for frame in range(first, first + count, 2):
        pieces = (frame % 24, frame // 24 % 60, frame // 1440 % 60, frame // 86_400)
        for number in range(8):
            nibble = pieces[number // 2] >> 4 * (number % 2) & 0x0F
            yield bytes([0xF1, number << 4 | nibble])


@contextlib.contextmanager
def cable(to_url: str) -> Iterator[tuple[str, Cuttable, SourceLoop]]:
    """A cable to the unit that can be pulled."""
    loop = SourceLoop()
    loop.start()
    line = Cuttable(int(to_url.rpartition(":")[2]))
    loop.run(line.open())
    try:
        yield f"socket://127.0.0.1:{line.port}", line, loop
    finally:
        loop.run(line.close())
        loop.close()


class Recorder:
    """Something that takes OpenTrackIO's packets."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.settimeout(0.2)
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._record, daemon=True)
        self._thread.start()

    @property
    def place(self) -> Destination:
        return Destination("opentrackio", "127.0.0.1", self._socket.getsockname()[1])

    def _record(self) -> None:
        while not self._ends.is_set():
            with contextlib.suppress(TimeoutError):
                self.packets.append(self._socket.recv(4096))

    def close(self) -> None:
        self._ends.set()
        self._thread.join(60)
        self._socket.close()


class Watcher:
    """A phone that only watches, in a thread of its own."""

    def __init__(self, phones: Phones) -> None:
        self.seen: list[dict[str, object]] = []
        self._phones = phones
        self._thread = threading.Thread(target=lambda: asyncio.run(self._watch()), daemon=True)
        self._thread.start()

    async def _watch(self) -> None:
        url = self._phones.url.rstrip("/")
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            await (await session.post(f"{url}/pair", json={"code": self._phones.code}, headers={"Origin": url})).read()
            async with session.ws_connect(f"{url}/link", headers={"Origin": url}) as line:
                async for message in line:
                    told = json.loads(message.data)
                    self.seen.append({**told["facts"], "role": told["role"]})

    def join(self) -> None:
        self._thread.join(60)
        assert not self._thread.is_alive()


def the_day(one: Served, phones: Phones, line: Cuttable, lines: SourceLoop, recorder: Recorder) -> Watcher:
    watcher = Watcher(phones)
    camera = FakeBlackmagic()
    port = in_loop(camera.start(), one.loop.loop)
    one.listening.open(OscPlace(port=0))
    one.listening.open(CameraPlace("blackmagic", "127.0.0.1", port))
    one.serving.cameras = one.listening.cameras
    client = OscClient(one.listening.osc_ports[0])
    with contextlib.closing(client):
        assert client.ask("/followfocus/take", "27A take 3")[3] == 1
        assert client.ask("/followfocus/arm")[3] == 1
        one.until_armed()
        one.wait(lambda: one.serving.outside.recording is False)
        in_loop(camera.rec(True), one.loop.loop)  # REC to rack
        one.wait(lambda: len(one.takes) == 1)
        one.until_armed()
        decoder = MidiTimecode("desk", mtc=True, msc=False)
        start_s = one.serving.now_s  # MTC's GO
        for number, piece in enumerate(quarter_frames(86_400 + 12, 48)):
            one.unit.clock.sleep_until(start_s + number / 96)
            for event in decoder.feed(piece, one.serving.now_s):
                one.put(event)
        one.wait(lambda: len(one.takes) == 2)
        lines.soon(line.cut)  # the cable is pulled, and put back
        one.wait(lambda: not one.serving.stage.unit.connected)
        assert client.ask("/followfocus/arm")[3] == 0
        lines.soon(line.mend)
        one.wait(lambda: one.serving.stage.state in (State.IDLE, State.LOADED) and not one.serving.stage.busy)
        for source in ("a", "b"):  # two at once, and one of them too early
            one.put(OutsideAsked(Origin(SourceKind.OSC, source), one.serving.now_s, Want.GO))
        one.loop.soon(one.serving.step, events.CueChosen(1))
        one.arm()
        for source in ("a", "b"):
            one.put(OutsideAsked(Origin(SourceKind.OSC, source), one.serving.now_s, Want.GO))
        one.wait(lambda: len(one.takes) == 3)
    in_loop(camera.stop(), one.loop.loop)
    assert [body for _, _, body in camera.asked] == [{"recording": False}]
    return watcher


def test_the_day(tmp_path: Path) -> None:
    log, recorder, show = tmp_path / "day.db", Recorder(), the_show()
    rig = show.unit.rig(show.lenses[0].lens)
    with (
        contextlib.closing(recorder),
        on_tcp(SimulatedUnit(mechanics=StepperRing(rig))) as url,
        cable(url) as (port, line, lines),
    ):
        with (
            served(show, log=log, after=After.LIST, port=port, at_deg=0.0) as one,
            serve_phones(one.serving, one.loop, "127.0.0.1:0") as phones,
        ):
            track = track_to(show.lenses[0].lens, [recorder.place], show.fps, 2.8, slate="27A")
            sender = Sender(recorder.place)
            stop = send_track(one.unit, track, {recorder.place: sender})
            watcher = the_day(one, phones, line, lines, recorder)
            stop()
            sender.close()
        watcher.join()

    with TakeLog(log) as kept:
        rows = kept.rows()
    assert [row.context.started_by for row in rows] == ["camera blackmagic 127.0.0.1", "MTC desk", "OSC a"]
    assert (str(rows[0].context.slate), rows[0].context.clip) == ("27A take 3", "A001_0001.braw")
    assert rows[1].context.timecode == "01:00:02:00"
    assert all(row.verdict == "good" for row in rows), [row.reasons for row in rows]

    diary = read_diary(log)
    for source, asked in (
        ("OSC 127.0.0.1", "take"), ("OSC 127.0.0.1", "arm"), ("camera blackmagic 127.0.0.1", "go"), ("MTC desk", "go"),
        ("OSC a", "go"), ("OSC a", "take"),
    ):  # fmt: skip
        assert [line for line in diary if (line.source, line.asked) == (source, asked) and line.passed], (source, asked)
    out, refused, back = (
        next(i for i, line in enumerate(diary) if fits(line))
        for fits in (
            lambda line: line.source == "unit" and not line.passed,
            lambda line: line.asked == "arm" and not line.passed,
            lambda line: line.source == "unit" and line.passed,
        )
    )
    assert out < min(refused, back), "the cable was out, ARM was refused, and it was put back"
    assert "heard again" in diary[back].words

    states = {facts["state"] for facts in watcher.seen}
    assert {"armed", "playing"} <= states
    assert {facts["role"] for facts in watcher.seen} == {"watch"}
    samples = [json.loads(packet[16:]) for packet in recorder.packets]
    assert any(sample["tracker"]["recording"] for sample in samples)
    assert len({sample["timing"]["sequenceNumber"] for sample in samples}) == len(samples)

    for name, more in (("day.ale", []), ("day.csv", []), ("ves.csv", ["--ves"]), ("1.tsv", ["--track", "1"])):
        result = CliRunner().invoke(
            build_app(["takes"]), ["takes", "export", str(log), "-o", str(tmp_path / name), *more]
        )
        assert result.exit_code == 0, result.output
    assert "A001_0001\tV\t" in (tmp_path / "day.ale").read_text(encoding="utf-8")
