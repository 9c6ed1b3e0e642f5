# SPDX-License-Identifier: MIT
"""A show served on the simulated unit in real time, over real sockets: OSC, fake cameras, timecode from a file."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import socket
import threading
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pythonosc.osc_message import OscMessage

from followfocus.errors import RequestError
from followfocus.show.show import Show
from followfocus.sources.camera import CameraLink
from followfocus.sources.events import Origin, OutsideAsked, SourceKind, Want
from followfocus.sources.gate import NOT_ARMED
from followfocus.sources.osc import message
from followfocus.sources.osc_server import OscPlace
from followfocus.sources.places import CameraPlace, NamedPlace
from followfocus.stage import events
from followfocus.stage.outside import TOO_MUCH, AskOutcome
from followfocus.stage.outside_desk import OVERTAKEN
from followfocus.takes.diary import read_diary
from followfocus.takes.log import TakeLog
from followfocus.wire.messages import State
from tests.sources.test_timecode import audio, label
from tests.stage.scenarios import STOPPED_S, short, there_and_back, with_hand
from tests.support.cameras import FakeBlackmagic, FakeZCam, in_loop
from tests.support.served import WAIT_S, Served, served


class OscClient:
    """Somebody with a cue list."""

    def __init__(self, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(WAIT_S)
        self._to = ("127.0.0.1", port)

    def ask(self, address: str, *arguments: object) -> list[object]:
        self._socket.sendto(message(address, *arguments), self._to)
        while True:
            heard = OscMessage(self._socket.recv(4096))
            if heard.address == "/followfocus/answer":
                return heard.params

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def osc():
    clients = []

    def make(one: Served) -> OscClient:
        one.listening.open(OscPlace(port=0))
        clients.append(OscClient(one.listening.osc_ports[0]))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


def rec(show: Show, hold_s: float = 0.2, stop_s: float = 0.1) -> Show:
    cue = dataclasses.replace(show.cues[0], rec_hold_s=hold_s, stop_rec_s=stop_s)
    return dataclasses.replace(show, cues=(cue, *show.cues[1:]))


def test_a_day_s_first_take_by_osc_is_in_the_log_with_its_source(osc, tmp_path: Path) -> None:
    log = tmp_path / "day.db"
    with served(short(0.5), log=log) as one:
        client = osc(one)
        assert client.ask("/followfocus/take", "27A take 3")[3:] == [1, "27A take 3."]
        assert client.ask("/followfocus/go", 1)[3:] == [0, "Not armed. Nothing has moved."]
        assert client.ask("/followfocus/arm", 2)[1:4] == [2, "arm", 1]
        one.until_armed()
        first = client.ask("/followfocus/go", 3)
        assert first[1:] == [3, "go", 1, "GO for cue 1."]
        assert client.ask("/followfocus/go", 3) == first, "a packet that came twice is one GO"
        one.wait(lambda: one.takes)
        assert client.ask("/followfocus/go", 4)[3] == 0
    with TakeLog(log) as kept:
        (row,) = kept.rows()
    assert (str(row.context.slate), row.context.started_by) == ("27A take 3", "OSC 127.0.0.1")
    diary = [(line.source, line.asked, line.passed) for line in read_diary(log)]
    assert ("OSC 127.0.0.1", "go", True) in diary
    assert ("OSC 127.0.0.1", "go", False) in diary
    assert ("OSC 127.0.0.1", "take", True) in diary


def test_stop_by_osc_ends_a_take_with_outside_go_off(osc) -> None:
    with served(short(3.0)) as one:
        client = osc(one)
        one.arm()
        client.ask("/followfocus/go")
        one.wait(lambda: one.serving.stage.state is State.PLAYING)
        one.serving.outside = one.serving.outside.but(gate=dataclasses.replace(one.serving.outside.gate, open=False))
        assert client.ask("/followfocus/stop")[3] == 1
        one.wait(lambda: one.takes)
    assert one.takes[0].take.verdict.value == "stopped"


def test_stop_between_a_landing_and_arming_again_leaves_it_unarmed() -> None:
    with served(short(0.5), rearm=True) as one:
        one.serving.taken.append(lambda _taken: one.serving.stop())
        one.arm()
        one.put(OutsideAsked(Origin(SourceKind.OSC, "x"), one.unit.clock.now(), Want.GO))
        one.wait(lambda: one.takes)
        done = threading.Event()
        one.loop.soon(lambda: one.loop.soon(done.set))  # after what was put into the loop by the landing
        assert done.wait(WAIT_S)
        one.wait(lambda: not one.serving.stage.busy)
        assert one.unit.refresh().state is not State.ARMED


def test_what_stop_overtakes_on_its_way_is_refused() -> None:
    with served(short(0.5)) as one:
        before_s = one.unit.clock.now()
        one.serving.stop()
        one.put(OutsideAsked(Origin(SourceKind.OSC, "x"), before_s, Want.ARM))
        one.wait(lambda: one.outcomes)
        assert [(outcome.passed, outcome.words) for outcome in one.outcomes] == [(False, OVERTAKEN)]
        one.put(OutsideAsked(Origin(SourceKind.OSC, "x"), one.unit.clock.now(), Want.ARM))
        one.until_armed()


def test_a_stop_twice_at_once_is_one_and_stops_what_was_armed_between() -> None:
    with served(short(0.5)) as one:
        console, now_s = Origin(SourceKind.OSC, "x"), one.unit.clock.now()
        for _ in range(2):
            one.put(OutsideAsked(console, now_s, Want.STOP))
        one.wait(lambda: len(one.outcomes) == 2)
        assert one.serving.runner.epoch == 1
        one.put(OutsideAsked(console, one.unit.clock.now(), Want.ARM))
        one.put(OutsideAsked(console, now_s, Want.STOP))
        one.wait(lambda: len(one.outcomes) == 4)
        assert [outcome.passed for outcome in one.outcomes] == [True] * 4
        assert one.serving.runner.epoch == 2
        one.wait(lambda: not one.serving.stage.busy)
        assert one.unit.refresh().state is not State.ARMED


def test_of_a_flood_only_what_a_hand_could_ask_for_is_looked_at_and_stop_always_is() -> None:
    answers: list[AskOutcome] = []
    console, done = Origin(SourceKind.OSC, "x"), threading.Event()
    with served(short(0.5)) as one:
        now_s = one.unit.clock.now()

        def flood() -> None:
            for want in [Want.GO] * 200 + [Want.STOP]:
                one.serving.submit(OutsideAsked(console, now_s, want), answers.append)
            done.set()

        one.loop.soon(flood)
        assert done.wait(WAIT_S)
    assert [answer.words for answer in answers] == [NOT_ARMED] * 50 + [TOO_MUCH] * 150 + ["STOP."]
    assert [answer.passed for answer in answers] == [False] * 200 + [True]


def test_arming_at_the_start_gives_way_to_a_stop_before_it() -> None:
    with served(short(0.5)) as one:
        one.serving.stop()
        one.loop.soon(one.serving.arm, 0)
        done = threading.Event()
        one.loop.soon(done.set)
        assert done.wait(WAIT_S)
        assert not one.serving.stage.busy
        assert one.unit.refresh().state is not State.ARMED


def test_who_ends_leaves_nothing_armed() -> None:
    with served(short(3.0)) as one:
        one.arm()
        one.serving.end()
        one.player.join(WAIT_S)
        assert one.unit.refresh().state is State.LOADED


def test_who_ends_on_the_way_leaves_nothing_turning() -> None:
    """It was said that the motor still turns, and left at that."""
    with served(short(3.0)) as one:
        one.loop.soon(one.serving.step, events.ArmAsked())
        one.wait(lambda: one.unit.status.state is State.MOVING and abs(one.unit.status.speed_deg_s) > 20)
        one.serving.stop()
        one.serving.end()
        one.player.join(WAIT_S)
        assert one.unit.status.at_rest


def test_a_cue_with_a_hand_is_refused_when_it_is_armed_as_nobody_has_a_wheel(osc) -> None:
    with served(with_hand("ride 40cm")) as one:
        answer = osc(one).ask("/followfocus/arm", 1)
        assert answer[3:] == [0, "Cue 1 is played with a wheel (ride), and there is none here. "
                                 "Play it in the app, or set its hand to none."]  # fmt: skip
        assert one.serving.stage.state is not State.ARMED
        assert not one.serving.stage.busy


def test_states_are_told_to_who_asked_for_them() -> None:
    told = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    told.bind(("127.0.0.1", 0))
    told.settimeout(WAIT_S)
    with told, served(there_and_back(None)) as one:
        one.listening.open(OscPlace(port=0, tell=(told.getsockname(),), style="companion"))
        one.put(OutsideAsked(Origin(SourceKind.OSC, "x"), 0.0, Want.NEXT))
        while True:
            heard = OscMessage(told.recv(4096))
            if heard.address.endswith("_cue/value") and heard.params == ["2"]:
                break


def test_a_port_in_use_is_told_in_a_sentence() -> None:
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("127.0.0.1", 0))
    with taken, served(short()) as one:
        with pytest.raises(RequestError, match="Give another port"):
            one.listening.open(OscPlace(port=taken.getsockname()[1]))
        with pytest.raises(RequestError):
            one.listening.open(OscPlace(host="192.0.2.1"))


# Cameras --------------------------------------------------------------------------------------------------------------


def with_camera(one: Served, camera: FakeBlackmagic | FakeZCam, make: str = "blackmagic") -> CameraLink:
    port = in_loop(camera.start(), one.loop.loop)
    one.listening.open(CameraPlace(make, "127.0.0.1", port))
    one.serving.cameras = one.listening.cameras
    return one.listening.cameras[0]


def test_rec_hold_pull_hold_stop_without_touching_anything() -> None:
    camera = FakeBlackmagic()
    with served(rec(short(0.5)), rearm=True) as one:
        with_camera(one, camera)
        one.arm()
        one.wait(lambda: one.serving.outside.recording is False)
        for count in (1, 2):
            in_loop(camera.rec(True), one.loop.loop)
            one.wait(lambda count=count: len(one.takes) == count and one.serving.outside.recording is False)
            one.until_armed()
        in_loop(camera.stop(), one.loop.loop)
    assert camera.asked == [("PUT", "record", {"recording": False})] * 2
    # Which of them was named before so short a take was over is the network's to say; another's name it never has.
    assert all(taken.context.clip in ("", f"A001_000{n}.braw") for n, taken in enumerate(one.takes, 1))
    assert all(taken.take.verdict.usable for taken in one.takes)
    assert max(abs(ms) for ms in one.serving.delays_ms["camera"]) < 5.0, "by the unit's clock from REC on"


@pytest.mark.parametrize("by_go", [False, True], ids=["rec", "go"])
def test_a_clip_that_is_named_while_the_ring_turns_is_in_the_take_and_its_log(by_go: bool, tmp_path: Path) -> None:
    """The cue begins by REC, before the camera has named anything: it was looked for then, and never again."""
    camera, log = FakeBlackmagic(prompt=False), tmp_path / "day.db"
    with served(rec(short(STOPPED_S), hold_s=0.1), log=log) as one:
        with_camera(one, camera)
        one.arm()
        one.wait(lambda: one.serving.outside.recording is False)
        if by_go:
            one.put(OutsideAsked(Origin(SourceKind.OSC, "x"), one.unit.clock.now(), Want.GO))
        else:
            in_loop(camera.rec(True), one.loop.loop)
        one.wait(lambda: one.serving.stage.state is State.PLAYING)
        in_loop(camera.name(), one.loop.loop)
        one.wait(lambda: one.serving.facts()["clip"])
        one.serving.stop()
        one.wait(lambda: one.takes)
        in_loop(camera.stop(), one.loop.loop)
    assert one.takes[0].context.clip == "A001_0001.braw"
    with TakeLog(log) as kept:
        assert [row.context.clip for row in kept.rows()] == ["A001_0001.braw"]


def test_go_starts_the_camera_and_the_camera_the_pull() -> None:
    camera = FakeBlackmagic()
    with served(rec(short(0.5))) as one:
        with_camera(one, camera)
        one.arm()
        one.wait(lambda: one.serving.outside.recording is False)
        one.put(OutsideAsked(Origin(SourceKind.OSC, "x"), one.unit.clock.now(), Want.GO))
        one.wait(lambda: one.takes and one.serving.outside.recording is False)
        in_loop(camera.stop(), one.loop.loop)
    assert [body for _, _, body in camera.asked] == [{"recording": True}, {"recording": False}]


def test_a_camera_that_goes_in_a_take_ends_nothing_and_is_said() -> None:
    camera = FakeBlackmagic()
    with served(rec(short(1.0))) as one:
        with_camera(one, camera)
        one.arm()
        one.wait(lambda: one.serving.outside.recording is False)
        in_loop(camera.rec(True), one.loop.loop)
        one.wait(lambda: one.serving.stage.state is State.PLAYING)
        in_loop(camera.stop(), one.loop.loop)
        one.wait(lambda: one.takes and one.serving.outside.recording is None)
        assert one.serving.facts()["rec"] == "unknown"
    assert one.takes[0].take.verdict.usable
    assert any("REC is unknown" in outcome.words for outcome in one.outcomes)


@pytest.mark.parametrize(("camera", "make", "words"), [
    (FakeBlackmagic(web_manager=False), "blackmagic", "web media manager is off"),
    (FakeZCam(taken=True), "zcam", "another program has its session"),
])  # fmt: skip
def test_what_a_camera_refuses_is_told(camera: FakeBlackmagic | FakeZCam, make: str, words: str) -> None:
    with served(rec(short())) as one:
        with_camera(one, camera, make)
        one.wait(lambda: any(words in outcome.words for outcome in one.outcomes))
        in_loop(camera.stop(), one.loop.loop)
    assert one.serving.outside.recording is None


def test_a_z_cam_s_rec_starts_and_its_session_is_given_back() -> None:
    camera = FakeZCam()
    with served(rec(short(0.5))) as one:
        with_camera(one, camera, "zcam")
        one.arm()
        one.wait(lambda: one.serving.outside.recording is False)
        camera.recording = True
        one.wait(lambda: one.takes and one.serving.outside.recording is False)
        one.listening.close()
        in_loop(camera.stop(), one.loop.loop)
    assert "rec stop" in camera.asked
    assert camera.asked[-1] == "session quit"


def test_a_z_cam_is_asked_ten_times_a_second_whether_it_records() -> None:
    """Its REC may start a cue. However busy this machine is, of a dozen asks one comes when it is due."""
    camera, asks = FakeZCam(), 12
    with served(rec(short(0.5))) as one:
        with_camera(one, camera, "zcam")
        one.wait(lambda: len(camera.asked_s) > asks)
        in_loop(camera.stop(), one.loop.loop)
    assert min(after - before for before, after in itertools.pairwise(camera.asked_s)) < 0.2


NONSENSE = (
    "", "x", "[]", "null", '{"data": 3}', '{"data": {"property": "/transports/0/record", "value": 1}}',
    '{"data": {"property": "/transports/0/record", "value": {"recording": "yes"}}}', "[" * 3000,
)  # fmt: skip


def test_a_camera_s_nonsense_starts_nothing() -> None:
    camera = FakeBlackmagic()
    with served(rec(short(0.5))) as one:
        with_camera(one, camera)
        one.arm()
        one.wait(lambda: one.serving.outside.recording is False)
        for said in NONSENSE:
            in_loop(camera.say(said), one.loop.loop)
        in_loop(camera.rec(False), one.loop.loop)
        in_loop(camera.stop(), one.loop.loop)
        one.wait(lambda: one.serving.outside.recording is None)
    assert one.takes == []


# Timecode -------------------------------------------------------------------------------------------------------------


def test_ltc_from_a_file_starts_its_cue_within_half_a_frame(tmp_path: Path) -> None:
    fps = Fraction(25)
    samples = (audio([label(n, fps) for n in range(90_000, 90_000 + 60)], fps) * 20_000).astype("<i2")
    path = tmp_path / "timecode.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    show = short(0.5)
    cue = dataclasses.replace(show.cues[0], at_timecode="01:00:01:10")
    show = dataclasses.replace(show, cues=(cue,), fps=fps)
    with served(show) as one:
        one.arm()
        one.listening.open(NamedPlace("ltc", str(path)))
        one.wait(lambda: one.takes)
    (taken,) = one.takes
    assert (taken.context.timecode, taken.context.started_by) == ("01:00:01:10", "LTC timecode.wav")
    assert abs(one.serving.delays_ms["LTC"][0]) < 20.0, "half a frame at 25"


def test_ltc_that_ends_in_an_odd_label_starts_nothing(tmp_path: Path) -> None:
    """One label may be misread; nothing comes after it to say so, and the desk looks again by itself before the cue."""
    fps = Fraction(25)
    labels = [label(n, fps) for n in (*range(90_000, 90_027), 7000)]
    path = tmp_path / "timecode.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        file.writeframes((audio(labels, fps) * 20_000).astype("<i2").tobytes())
    show = short(0.5)
    cue = dataclasses.replace(show.cues[0], at_timecode="01:00:01:10")
    with served(dataclasses.replace(show, cues=(cue,), fps=fps)) as one:
        one.arm()
        one.listening.open(NamedPlace("ltc", str(path)))
        one.wait(lambda: any(outcome.words.startswith("Timecode went on as 00:04:40:00.") for outcome in one.outcomes))
        one.wait(lambda: not one.serving.stage.busy)
    assert [taken.take.verdict.value for taken in one.takes] in ([], ["stopped"])


def test_a_wav_of_noise_or_none_is_no_timecode(tmp_path: Path) -> None:
    path = tmp_path / "noise.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 3, 48_000, 0, "NONE", ""))
        file.writeframes(np.random.default_rng(1).bytes(48_000))
    with served(short()) as one:
        one.listening.open(NamedPlace("ltc", str(path)))
        (tmp_path / "text.wav").write_text("no")
        with pytest.raises(RequestError, match="can't be read as a WAV"):
            one.listening.open(NamedPlace("ltc", str(tmp_path / "text.wav")))
    assert one.takes == []


def test_the_loop_ends_its_jobs() -> None:
    with served(short()) as one:
        task: list[asyncio.Task[None]] = []

        async def begin() -> None:
            task.append(asyncio.create_task(asyncio.sleep(1000)))

        one.loop.run(begin())
    assert task[0].cancelled()
