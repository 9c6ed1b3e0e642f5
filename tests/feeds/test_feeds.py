# SPDX-License-Identifier: MIT
"""Feeds against decoders of their own, written from the published texts; and through a real UDP socket."""

from __future__ import annotations

import itertools
import json
import math
import socket
import struct
import subprocess
import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.feeds.freed import LARGEST, d1_packet, focus_number
from followfocus.feeds.opentrackio import MOST_PAYLOAD, TrackSource, datagrams
from followfocus.feeds.samples import EvenSamples, RingAt
from followfocus.feeds.track import Track, freed_encoder, opentrackio_encoder
from followfocus.feeds.udp import Destination, Sender, parse_destination
from followfocus.lens.map import load_lens
from followfocus.takes.context import timecode_of
from followfocus.timecode import parse_timecode
from followfocus.units import parse_fps

FIFTY = load_lens("ideal-50")


# Decoders ------------------------------------------------------------------------------------------------------------


def decoded_d1(packet: bytes) -> tuple[int, int]:
    """Camera ID and focus; the checksum by the rule that all bytes and 0x40 add up to nothing."""
    assert len(packet) == 29
    assert packet[0] == 0xD1
    assert (sum(packet[:28]) + packet[28]) % 256 == 0x40
    assert packet[2:23] == bytes(21)
    return packet[1], packet[23] << 16 | packet[24] << 8 | packet[25]


def checked_segment(packet: bytes) -> tuple[int, int, bool, bytes]:
    """Sequence number, offset, last or not, payload."""
    magic, reserved, encoding, sequence, offset, length, checksum = struct.unpack(">4sBBHIHH", packet[:16])
    assert (magic, reserved, encoding) == (b"OTrk", 0, 1)
    payload = packet[16:]
    assert length & 0x7FFF == len(payload)
    one = two = 0
    for byte in packet[:14] + payload:
        one += byte
        two += one
    assert checksum == (two % 256) << 8 | one % 256
    return sequence, offset, bool(length >> 15), payload


def sample(packets: list[bytes]) -> dict:
    return json.loads(b"".join(checked_segment(packet)[3] for packet in packets))


# FreeD ---------------------------------------------------------------------------------------------------------------


@given(st.integers(0, 255), st.integers(0, LARGEST))
def test_freed_reads_back(camera: int, focus: int) -> None:
    assert decoded_d1(d1_packet(camera, focus)) == (camera, focus)


@pytest.mark.parametrize(("camera", "focus"), [(-1, 0), (256, 0), (1, -1), (1, LARGEST + 1)])
def test_freed_refuses_what_has_no_room(camera: int, focus: int) -> None:
    with pytest.raises(RequestError):
        d1_packet(camera, focus)


@given(st.floats(-0.1, 1.1), st.floats(0.01, 1e9))
def test_freed_focus_never_leaves_its_field(share: float, distance: float) -> None:
    assert 0 <= focus_number(share, distance, "raw") <= 0xFFFF
    assert 0 <= focus_number(share, distance, "mm") <= LARGEST


# OpenTrackIO ---------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=1, max_size=5 * MOST_PAYLOAD), st.integers(1, 65535))
def test_segments_put_together_are_the_payload(payload: bytes, sequence: int) -> None:
    found = [checked_segment(packet) for packet in datagrams(payload, sequence)]
    assert {one[0] for one in found} == {sequence}
    assert [one[1] for one in found] == list(range(0, len(payload), MOST_PAYLOAD))
    assert [one[2] for one in found] == [False] * (len(found) - 1) + [True]
    assert b"".join(one[3] for one in found) == payload


def test_a_sample_says_where_the_ring_is() -> None:
    source = TrackSource(FIFTY, 1.4, Fraction(24000, 1001), 7, "27A take 3")
    found = sample(list(source.packets(RingAt(1.0, FIFTY.ring_deg(1.5)), 1_800_000_000.25, (1, 2, 3, 4), True)))
    assert found["lens"]["focusDistance"] == pytest.approx(1.5, abs=1e-4)
    assert found["lens"]["encoders"]["focus"] == pytest.approx(0.55 / 1.5, abs=1e-6)
    assert found["timing"]["sampleTimestamp"] == {"seconds": 1_800_000_000, "nanoseconds": 250_000_000}
    assert found["timing"]["timecode"]["frameRate"] == {"num": 24000, "denom": 1001}
    assert found["tracker"] == {"recording": True, "status": "by the step count", "slate": "27A take 3"}
    assert found["sourceNumber"] == 7


def test_a_slate_that_is_no_text_does_not_end_the_stream() -> None:
    source = TrackSource(FIFTY, 1.4, Fraction(24), slate=b"27\xff".decode(errors="surrogateescape"))
    found = sample(list(source.packets(RingAt(0.0, 0.0), 1.8e9, (0, 0, 0, 0), False)))
    assert found["tracker"]["slate"] == "27?"


def test_infinity_leaves_the_distance_out() -> None:
    found = sample(list(TrackSource(FIFTY, 1.4, Fraction(24)).packets(RingAt(0.0, 0.0), 1.8e9, (0, 0, 0, 0), False)))
    assert "focusDistance" not in found["lens"]
    assert found["lens"]["encoders"]["focus"] == 0


@given(st.floats(0.0, FIFTY.travel_deg))
def test_a_sample_says_the_ring_finer_than_a_step_and_no_longer_than_that(ring_deg: float) -> None:
    """Numbers with all the digits of a double would fill half the packet; a step of the unit is 2e-4 of the travel."""
    [packet] = TrackSource(FIFTY, 1.4, Fraction(24)).packets(RingAt(0.0, ring_deg), 1.8e9, (0, 0, 0, 0), False)
    lens = sample([packet])["lens"]
    assert lens["encoders"]["focus"] == pytest.approx(ring_deg / FIFTY.travel_deg, abs=0.51e-7)
    assert len(f"{lens['encoders']['focus']:.12g}") <= len("0.1234567") + 4 * ("e" in str(lens["encoders"]["focus"]))
    if "focusDistance" in lens:
        assert lens["focusDistance"] == pytest.approx(FIFTY.distance_m(ring_deg), abs=0.51e-5)
    assert lens["encoders"]["focus"] == round(lens["encoders"]["focus"], 7)


def test_sequence_numbers_never_repeat_at_the_wrap() -> None:
    source = TrackSource(FIFTY, 1.4, Fraction(24))
    source._count = 65533
    numbers = [checked_segment(next(iter(source.packets(RingAt(0, 10), 0, (0, 0, 0, 0), False))))[0] for _ in range(4)]
    assert numbers == [65534, 65535, 1, 2]


# Even samples --------------------------------------------------------------------------------------------------------


@given(
    st.lists(st.floats(0.002, 0.09), min_size=2, max_size=80),
    st.sampled_from([Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(50), Fraction(60)]),
    st.floats(0, 1e5),
)
def test_one_sample_a_frame_on_the_line_between_telemetries(gaps: list[float], rate: Fraction, start: float) -> None:
    evenly, clock, got = EvenSamples(rate), start, []
    for gap in gaps:
        got += evenly.feed(RingAt(clock, 3 * (clock - start)))
        clock += gap
    frames = [round(at.clock_s * float(rate)) for at in got]
    assert frames == list(range(frames[0], frames[0] + len(frames))) if frames else True
    for at in got:
        assert at.ring_deg == pytest.approx(3 * (at.clock_s - start), abs=1e-5)


def test_a_reset_clock_or_silence_is_no_motion() -> None:
    evenly = EvenSamples(Fraction(50))
    assert len(list(evenly.feed(RingAt(10.0, 0)))) == 0
    assert len(list(evenly.feed(RingAt(10.1, 10)))) == 5
    assert list(evenly.feed(RingAt(0.5, 200))) == []
    assert list(evenly.feed(RingAt(5.0, 300))) == []
    assert [at.ring_deg for at in evenly.feed(RingAt(5.02, 302))] == pytest.approx([302])


# Timecode ------------------------------------------------------------------------------------------------------------


def timecode_sent(rate: Fraction, utc_s: float, day_offset_s: float) -> tuple[int, int, int, int]:
    """The timecode that a track sends for a sample at this time."""
    seen = []
    to = Destination("freed", "127.0.0.1", 1)

    def encoder(_at: RingAt, when: float, timecode: tuple[int, int, int, int], recording: bool) -> list[bytes]:
        seen.append((when, timecode, recording))
        return [b"x"]

    track, clock = Track([(to, encoder)], rate, day_offset_s), 100.0
    assert list(track.feed(clock, 10.0, utc_s - 0.02, recording=False)) == []
    frame_s = float(1 / rate)
    assert list(track.feed(clock + frame_s, 20.0, utc_s, recording=True))
    (when, timecode, recording), *_ = seen
    assert when == pytest.approx(utc_s, abs=frame_s)
    assert recording
    return timecode


@pytest.mark.parametrize("offset_h", [0, 2, -8, 5.75])
@pytest.mark.parametrize("rate", [Fraction(24), Fraction(25), Fraction(50)])
@given(st.integers(0, 86_399), st.data())
def test_the_timecode_is_the_local_time_of_day(
    rate: Fraction, offset_h: float, second: int, data: st.DataObject
) -> None:
    frame = data.draw(st.integers(0, int(rate) - 1))
    local_s = (second + offset_h * 3600) % 86_400
    utc_s = 1_767_225_600.0 + second + (frame + 0.5) / float(rate)
    expected = (int(local_s // 3600), int(local_s // 60 % 60), int(local_s % 60), frame)
    assert timecode_sent(rate, utc_s, offset_h * 3600) == expected


def test_an_hour_of_23_976_is_3_6_seconds_short_in_timecode() -> None:
    assert timecode_sent(Fraction(24000, 1001), 1_767_225_600.0 + 3600.01, 0.0) == (0, 59, 56, 9)


# Places --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "",
        "osc://x:1",
        "freed://",
        "freed://host",
        "freed://host:99999",
        "opentrackio://a/b",
        "freed://u@h:1",
        "http://[",
        "4",
    ],
)
def test_bad_places_are_refused_in_words(text: str) -> None:
    with pytest.raises(RequestError, match="an address to send to"):
        parse_destination(text)


def test_what_cannot_be_sent_is_dropped_and_counted() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        sender = Sender(Destination("freed", "127.0.0.1", listener.getsockname()[1]))
        for packet in (b"x", bytes(70_000), b"y", bytes(70_000), bytes(70_000)):
            sender.send(packet)
        sender.close()
        sender.send(b"z")
        assert (sender.sent, sender.dropped) == (2, 4)


def test_a_source_is_number_1_until_it_is_given_another() -> None:
    assert (
        TrackSource(FIFTY, 1.4, Fraction(24)).numbered_sample(RingAt(0.0, 0.0), 1.8e9, (0, 0, 0, 0), recording=False)[
            "sourceNumber"
        ]
        == 1
    )


def test_a_pull_arrives_over_udp_by_both_protocols() -> None:
    rate = Fraction(25)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as freed,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as otrk,
    ):
        for one in (freed, otrk):
            one.bind(("127.0.0.1", 0))
            one.settimeout(60)
        to = [
            Destination("freed", "127.0.0.1", freed.getsockname()[1]),
            Destination("opentrackio", "127.0.0.1", otrk.getsockname()[1]),
        ]
        track = Track(
            [(to[0], freed_encoder(FIFTY, 3, "mm")), (to[1], opentrackio_encoder(TrackSource(FIFTY, 1.4, rate)))], rate
        )
        senders = {one: Sender(one) for one in to}
        for step in range(21):
            clock = 100 + step * 0.02
            for out in track.feed(clock, FIFTY.ring_deg(2.0 + step / 10), 1.8e9 + step * 0.02, recording=True):
                senders[out.to].send(out.packet)
        count = senders[to[0]].sent
        assert 9 <= count <= 11
        focus = [decoded_d1(freed.recv(2048)) for _ in range(count)]
        told = [sample([otrk.recv(2048)]) for _ in range(count)]
        for sender in senders.values():
            sender.close()
    assert {camera for camera, _ in focus} == {3}
    distances = [one["lens"]["focusDistance"] for one in told]
    assert distances == sorted(distances)
    assert [number / 10_000 for _, number in focus] == pytest.approx(distances, abs=2e-4)
    stamps = [one["timing"]["sampleTimestamp"] for one in told]
    seconds = [one["seconds"] + one["nanoseconds"] * 1e-9 for one in stamps]
    assert [b - a for a, b in itertools.pairwise(seconds)] == pytest.approx([0.04] * (count - 1), abs=1e-5)


def test_the_command_tracks_the_simulated_unit() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(60)
        url = f"freed://127.0.0.1:{listener.getsockname()[1]}"
        program = [
            sys.executable,
            "-m",
            "followfocus",
            "track",
            "ideal-50",
            "--to",
            url,
            "--at",
            "2m",
            "--for",
            "1",
            "--json",
        ]
        done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        (feed,) = json.loads(done.stdout)["feeds"]
        assert feed["sent"] >= 20
        camera, focus = decoded_d1(listener.recv(2048))
    assert camera == 1
    assert focus / 0xFFFF == pytest.approx(0.55 / 2, abs=1e-3)


@pytest.mark.parametrize("fps", ["23.976", "24", "25", "29.97", "30", "50", "59.94", "60"])
@pytest.mark.parametrize("of_day_s", [0.02, 3600.01, 36_600.013, 86_399.5])
def test_a_track_and_the_list_of_a_take_have_one_time_of_day(fps: str, of_day_s: float) -> None:
    """At 29.97 the track counted non-drop: at ten o'clock it was 36 s behind the take that it is of."""
    utc_s = 1_767_225_600.0 + of_day_s
    rate, mark = parse_fps(fps), ";" if fps in ("29.97", "59.94") else ":"
    hours, minutes, seconds, frames = timecode_sent(rate, utc_s, 0.0)
    sent = parse_timecode(f"{hours:02}:{minutes:02}:{seconds:02}{mark}{frames:02}", rate)
    apart = (parse_timecode(timecode_of(utc_s, fps), rate) - sent) % math.floor(86_400 * rate)
    assert apart in (0, 1), "a sample lies up to a frame before"
