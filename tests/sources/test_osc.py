# SPDX-License-Identifier: MIT
"""OSC: exact addresses only, releases and doubles do nothing, anybody's bytes do no harm."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.osc_packet import OscPacket

from followfocus.errors import RequestError
from followfocus.sources.events import OutsideAsked, Want
from followfocus.sources.osc import ADDRESSES, MOST_BYTES, OscAnswers, message, read_packet, state_messages
from followfocus.sources.places import parse_place

UTC = 1_700_000_000.0


def read(packet: bytes) -> tuple[OutsideAsked, ...]:
    return read_packet(packet, "10.0.0.2", 5.0, UTC).asked


def one(address: str, *arguments: object) -> OutsideAsked:
    (asked,) = read(message(address, *arguments))
    return asked


def bundle(at: float, *packets: bytes) -> bytes:
    builder = OscBundleBuilder(at)
    for packet in packets:
        builder.add_content(OscPacket(packet).messages[0].message)
    return builder.build().dgram


@pytest.mark.parametrize("address", ADDRESSES)
def test_each_address_asks_for_its_own(address: str) -> None:
    asked = one(address)
    assert (asked.what, asked.at_s, str(asked.source)) == (ADDRESSES[address], 5.0, "OSC 10.0.0.2")


@pytest.mark.parametrize("address", [
    "/followfocus/*", "/followfocus/?o", "/*/go", "/followfocus/{go,stop}", "/followfocus/[a-z]o", "/followfocus/go/",
    "/followfocus/GO", "//go", "/followfocus/go*", "/", "/go",
])  # fmt: skip
def test_patterns_and_neighbours_fire_nothing(address: str) -> None:
    heard = read_packet(message(address), "x", 0.0, UTC)
    assert heard.asked == ()
    assert not heard.state
    assert heard.strange == 1


def test_arguments_say_what_it_is_about() -> None:
    assert one("/followfocus/standby", "2.5", 7).value == "2.5"
    assert one("/followfocus/standby", 2).value == "2"
    assert one("/followfocus/standby", 2.0).value == "2"
    trim = one("/followfocus/trim", "B", 0.25, 9)
    assert (trim.value, trim.amount, trim.number) == ("B", 0.25, 9)
    assert one("/followfocus/go", "3").value == "3"
    assert one("/followfocus/go", 41).number == 41
    assert one("/followfocus/take", "27A take 3").value == "27A take 3"


@pytest.mark.parametrize("released", [0, 0.0, False])
def test_a_button_s_release_asks_for_nothing(released: object) -> None:
    assert read(message("/followfocus/go", released)) == ()
    assert len(read(message("/followfocus/go", type(released)(1)))) == 1


def test_what_is_not_meant_for_now_is_only_heard_as_stop() -> None:
    go, stop = message("/followfocus/go"), message("/followfocus/stop")
    assert [a.what for a in read(bundle(IMMEDIATELY, go))] == [Want.GO]
    assert [a.what for a in read_packet(bundle(UTC, go, stop), "x", 0.0, UTC).asked] == [Want.GO, Want.STOP]
    for off_s in (-3600.0, 3600.0, 3e8):
        assert [a.what for a in read_packet(bundle(UTC + off_s, go, stop), "x", 0.0, UTC).asked] == [Want.STOP]


def test_the_same_number_is_answered_again_and_new_ones_are_new() -> None:
    answers, go = OscAnswers(), one("/followfocus/go", 7)
    assert answers.again(go) is None
    first = answers.answer(go, "Cue 1 plays.", passed=True)
    assert answers.again(go) == first
    assert answers.again(one("/followfocus/go", 8)) is None
    assert answers.again(one("/followfocus/arm", 7)) is None
    assert OscPacket(first).messages[0].message.params == [1, 7, "go", 1, "Cue 1 plays."]
    stop = one("/followfocus/stop", 7)
    answers.answer(stop, "STOP.", passed=True)
    assert answers.again(stop) is None, "STOP is done as often as it is asked for"


def test_answers_are_numbered_on_and_only_so_many_are_kept() -> None:
    answers = OscAnswers()
    packets = [answers.answer(one("/followfocus/go", n), "", passed=True) for n in range(1, 400)]
    assert [OscPacket(p).messages[0].message.params[0] for p in packets] == list(range(1, 400))
    assert answers.again(one("/followfocus/go", 1)) is None
    assert answers.again(one("/followfocus/go", 399)) == packets[-1]


def nested(depth: int) -> bytes:
    packet = message("/followfocus/go")
    for _ in range(depth):
        packet = b"#bundle\0" + struct.pack(">QI", 1, len(packet)) + packet
    return packet


def test_after_the_greatest_number_answers_are_counted_from_one() -> None:
    answers, numbers = OscAnswers(), []
    answers._count = 0x7FFF_FFFD
    for _ in range(4):
        packet = answers.answer(one("/followfocus/go"), "", passed=True)
        numbers.append(OscPacket(packet).messages[0].message.params[0])
    assert numbers == [0x7FFF_FFFE, 0x7FFF_FFFF, 1, 2]


def test_an_element_of_no_or_negative_size_ends_the_bundle() -> None:
    for size in (0, -4, -8, 2**31 - 1):
        packet = b"#bundle\0" + struct.pack(">Qi", 1, size) + message("/followfocus/go")
        assert read(packet) == ()


def test_what_the_parser_does_not_know_is_not_complained_of(caplog: pytest.LogCaptureFixture) -> None:
    assert read(b"/followfocus/go\0,!?\0") == ()
    assert caplog.records == []


@pytest.mark.parametrize("depth", [1, 5, 100, 190, 3000])
def test_bundles_in_bundles_do_no_harm(depth: int) -> None:
    packet = nested(depth)
    heard = read_packet(packet, "x", 0.0, 0.0)
    assert len(packet) <= MOST_BYTES or heard.strange == 1


@given(st.binary(max_size=300) | st.builds(lambda tail: b"/followfocus/go\0,s\0\0" + tail, st.binary(max_size=60)))
def test_any_bytes_are_read_or_left(packet: bytes) -> None:
    for asked in read_packet(packet, "x", 0.0, UTC).asked:
        assert asked.what in ADDRESSES.values()


def test_states_go_out_plain_and_as_companion_variables() -> None:
    facts = {"cue": "2", "outside_go": True, "countdown_s": 1.5, "marks": [1]}
    plain = [OscPacket(p).messages[0].message for p in state_messages(facts)]
    assert [(m.address, m.params) for m in plain] == [
        ("/followfocus/cue", ["2"]), ("/followfocus/outside_go", [1]), ("/followfocus/countdown_s", [1.5]),
    ]  # fmt: skip
    companion = OscPacket(state_messages({"cue": "2"}, "companion")[0]).messages[0].message
    assert (companion.address, companion.params) == ("/custom-variable/followfocus_cue/value", ["2"])


@pytest.mark.parametrize("text", ["", "osc", "udp://x", "osc://h:99999", "osc://?tell=x", "osc://?what=1", "zcam://"])
def test_a_place_that_is_none_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(RequestError):
        parse_place(text)


def test_no_builder_of_ours_is_needed_to_ask() -> None:
    builder = OscMessageBuilder("/followfocus/stop")
    assert [a.what for a in read(builder.build().dgram)] == [Want.STOP]


ARGUMENTS = {
    "i": struct.pack(">i", 3), "h": struct.pack(">q", 3), "f": struct.pack(">f", 0.5), "d": struct.pack(">d", 0.5),
    "s": b"B\0\0\0", "b": struct.pack(">I", 0), "r": bytes(4), "m": bytes(4), "t": struct.pack(">Q", 1),
    "T": b"", "F": b"", "N": b"",
}  # fmt: skip


def with_arguments(tags: str) -> bytes:
    """A message to nobody here with arguments of these types."""
    named = f",{tags}".encode()
    padded = named + bytes(4 - len(named) % 4)
    return b"/elsewhere\0\0" + padded + b"".join(ARGUMENTS.get(tag, b"") for tag in tags)


@pytest.mark.parametrize("tags", [*ARGUMENTS, "[ii]", "".join(ARGUMENTS), "[" + "".join(ARGUMENTS) + "]"])
def test_a_message_is_read_with_arguments_of_every_type_of_osc(tags: str) -> None:
    assert read_packet(with_arguments(tags), "x", 0.0, UTC).strange == 1


@pytest.mark.parametrize("tags", ["x", "iI", "".join(ARGUMENTS) + "c"])
def test_a_message_with_a_type_that_nobody_knows_is_not_read(tags: str, caplog: pytest.LogCaptureFixture) -> None:
    assert read_packet(with_arguments(tags), "x", 0.0, UTC).strange == 0
    assert not caplog.records, "and nobody's terminal is told"
