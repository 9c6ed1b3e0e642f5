# SPDX-License-Identifier: MIT
"""Feeds on both sides of their bounds, and a ring's walk whose every packet is kept."""

from __future__ import annotations

import hashlib
import json
import math
import random
import socket
from fractions import Fraction

import pytest

from followfocus.errors import RequestError
from followfocus.feeds import freed, opentrackio, track, udp
from followfocus.feeds.samples import EvenSamples, RingAt
from followfocus.lens.map import LensMap, load_lens
from tests.support.golden import Cell, assert_goes_as_it_did

FIFTY, PRIME = load_lens("ideal-50"), load_lens("arri-signature-prime-40")
NOON_S = 1_800_000_000.0


def source(lens: LensMap, **more: object) -> opentrackio.TrackSource:
    return opentrackio.TrackSource(lens, 2.8, Fraction(25), source_id="urn:uuid:1", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("clocks", "at"),
    [
        ((0.0, 0.5), (0.25, 0.5)),
        ((0.1, 0.24), ()),
        ((0.1, 0.25), (0.25,)),
        ((0.0, 1.0), (0.25, 0.5, 0.75, 1.0)),
        ((0.0, 1.001, 1.3), (1.25,)),
        ((1.0, 0.5, 0.8), (0.75,)),
        ((0.5, 0.5, 0.8), (0.75,)),
        ((0.25, 0.3, 0.55), (0.5,)),
    ],
)
def test_of_each_instant_there_is_one_sample_and_silence_is_not_filled(
    clocks: tuple[float, ...], at: tuple[float, ...]
) -> None:
    samples = EvenSamples(Fraction(4))
    found = [one for clock_s in clocks for one in samples.feed(RingAt(clock_s, 100.0 * clock_s))]
    assert [one.clock_s for one in found] == list(at)
    assert [one.ring_deg for one in found] == pytest.approx([100.0 * one for one in at])


@pytest.mark.parametrize(
    ("share", "metres", "raw", "mm"),
    [
        (0.0, math.inf, 0, freed.LARGEST),
        (1.0, 0.5, 0xFFFF, 5_000),
        (-0.1, -1.0, 0, 0),
        (1.1, 1e6, 0xFFFF, freed.LARGEST),
        (1 / 0xFFFF, 1677.7, 1, 16_777_000),
        (0.4999, 0.00004, 32_761, 0),
        (0.25, 0.00006, 16_384, 1),
    ],
)
def test_freed_counts_the_travel_or_tenths_of_millimetres(share: float, metres: float, raw: int, mm: int) -> None:
    assert (freed.focus_number(share, metres, "raw"), freed.focus_number(share, metres, "mm")) == (raw, mm)


def test_a_packet_holds_what_it_can_and_no_more() -> None:
    assert len(freed.d1_packet(0, 0)) == len(freed.d1_packet(255, freed.LARGEST)) == 29
    for camera, focus in ((-1, 0), (256, 0), (0, -1), (0, freed.LARGEST + 1)):
        with pytest.raises(RequestError):
            freed.d1_packet(camera, focus)


@pytest.mark.parametrize(("length", "sizes"), [(1, [1]), (1400, [1400]), (1401, [1400, 1]), (2801, [1400, 1400, 1])])
def test_a_payload_is_cut_where_a_datagram_is_full(length: int, sizes: list[int]) -> None:
    found = list(opentrackio.datagrams(bytes(length), 7))
    heads = [opentrackio.HEADER.unpack(one[:14]) for one in found]
    assert [len(one) - 16 for one in found] == sizes
    assert [head[:4] for head in heads] == [(b"OTrk", 0, 1, 7)] * len(found)
    assert [head[4] for head in heads] == [1400 * n for n in range(len(found))]
    assert [head[5] for head in heads] == [*sizes[:-1], 0x8000 | sizes[-1]]


def test_farther_than_ten_kilometres_is_told_as_infinity() -> None:
    for metres, told in ((9_999.0, True), (10_001.0, False)):
        lens = source(FIFTY).sample(RingAt(0.0, FIFTY.ring_deg(metres)), NOON_S, (0, 0, 0, 0), False)["lens"]
        assert isinstance(lens, dict)
        assert ("focusDistance" in lens) is told


def test_the_first_source_is_number_one_and_none_is_the_same_as_another() -> None:
    plain = opentrackio.TrackSource(FIFTY, 2.8, Fraction(25))
    assert (plain.number, plain.slate) == (1, "")
    assert plain.source_id != opentrackio.TrackSource(FIFTY, 2.8, Fraction(25)).source_id


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("opentrackio://", "opentrackio://239.135.1.3:55555"), ("opentrackio://10.0.0.2", "opentrackio://10.0.0.2:55555"),
        ("opentrackio://:4000", "opentrackio://239.135.1.3:4000"), (" freed://a:1/ ", "freed://a:1"), ("freed://a", ""),
        ("freed://:1", ""), ("freed://a:70000", ""), ("udp://a:1", ""), ("a:1", ""), ("freed://b@a:1", ""),
        ("freed://a:1/x", ""), ("freed://a:1?x", ""), ("freed://[::1", ""),
    ],
)  # fmt: skip
def test_an_address_is_a_kind_a_host_and_a_port(text: str, words: str) -> None:
    if words:
        assert str(udp.parse_destination(text, 3)) == words
        return
    with pytest.raises(RequestError, match="isn't an address to send to"):
        udp.parse_destination(text)


def test_a_group_is_reached_within_two_hops_and_a_host_as_is_usual() -> None:
    usual = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        plain = usual.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL)
    finally:
        usual.close()
    assert plain != 2
    for host, hops in (("239.135.1.1", 2), ("127.0.0.1", plain)):
        sender = udp.Sender(udp.Destination("freed", host, 40_000))
        assert sender._socket.getsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL) == hops
        assert sender._socket.gettimeout() == 0.0
        sender.close()


def test_what_is_sent_and_what_is_dropped_is_counted() -> None:
    sender = udp.Sender(udp.Destination("freed", "127.0.0.1", 40_000))
    assert (sender.sent, sender.dropped) == (0, 0)
    sender.send(bytes(70_000))  # more than a datagram holds
    sender.close()
    sender.send(b"x")
    assert (sender.sent, sender.dropped) == (0, 2)


def test_every_packet_of_a_walk_is_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opentrackio.uuid, "uuid4", lambda: opentrackio.uuid.UUID(int=5))
    rows: list[tuple[Cell, ...]] = []
    draw = random.Random(2)
    to = (
        udp.parse_destination("freed://a:1"),
        udp.parse_destination("freed://a:2"),
        udp.parse_destination("opentrackio://"),
    )
    for lens, rate, offset_s in ((FIFTY, Fraction(25), 0.0), (PRIME, Fraction(30000, 1001), 3600.0)):
        told = source(lens, number=7, slate="27A" if lens is PRIME else "")
        encoders = (
            (to[0], track.freed_encoder(lens, 3, "raw")),
            (to[1], track.freed_encoder(lens, 4, "mm")),
            (to[2], track.opentrackio_encoder(told)),
        )
        feeding = track.Track(encoders, rate, offset_s) if offset_s else track.Track(encoders, rate)
        clock_s, ring_deg = 0.0, 0.0
        for step in range(30):
            clock_s += draw.choice((0.01, 0.02, 0.05, 0.3, 1.2, -0.1))
            ring_deg = min(max(ring_deg + draw.uniform(-20.0, 30.0), -1.0), lens.travel_deg + 1.0)
            for sent in feeding.feed(clock_s, ring_deg, NOON_S + clock_s, recording=step % 2 == 0):
                body = sent.packet[16:] if sent.to is to[2] else b"{}"
                timing = json.loads(body).get("timing", {})
                said = json.dumps(timing.get("timecode", "")), json.dumps(json.loads(body).get("lens", ""))
                rows.append((str(sent.to), sent.packet.hex() if sent.to is not to[2] else "", *said,
                             hashlib.sha256(sent.packet).hexdigest()[:12]))  # fmt: skip
    assert_goes_as_it_did("feeds", rows)
