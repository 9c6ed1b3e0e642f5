# SPDX-License-Identifier: MIT
"""Every message there and back, and whatever else a body may be."""

from __future__ import annotations

import re
import struct
import zlib
from enum import EnumMeta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.wire.messages import (
    CUE_LEAD_S,
    DEFINITIONS_HASH,
    FOLLOW_AGE_MAX,
    FOLLOW_RATE_MAX,
    FOLLOW_SILENCE_S,
    POSITION_FRACTION,
    RATE_FRACTION,
    SEGMENT,
    Config,
    Message,
    ProfileData,
    Segment,
    State,
    Telemetry,
    decode_body,
    definitions_text,
    encode_body,
    fields_of,
    message_types,
)

segments = st.builds(
    Segment, st.integers(0, 2**32 - 1), st.integers(-(2**15), 2**15 - 1), st.integers(-(2**31), 2**31 - 1)
)


def values(code: str, enumeration: object) -> st.SearchStrategy[object]:
    if isinstance(enumeration, EnumMeta):
        return st.sampled_from(list(enumeration))
    if code.endswith("s"):
        return st.binary(min_size=int(code[:-1]), max_size=int(code[:-1]))
    bits = 8 * struct.calcsize(code)
    return st.integers(-(1 << bits - 1), (1 << bits - 1) - 1) if code.islower() else st.integers(0, (1 << bits) - 1)


def messages(kind: type[Message]) -> st.SearchStrategy[Message]:
    made = {name: values(code, enumeration) for name, code, enumeration in fields_of(kind)}
    if kind is ProfileData:
        made["segments"] = st.lists(segments, max_size=24).map(tuple)
    return st.fixed_dictionaries(made).map(lambda fields: kind(**fields))


any_message = st.sampled_from(sorted(message_types().values(), key=lambda kind: kind.TYPE)).flatmap(messages)


@given(any_message)
def test_a_message_comes_back(message: Message) -> None:
    assert decode_body(message.TYPE, encode_body(message)) == message


@given(st.integers(0, 255), st.binary(max_size=260))
def test_any_body_is_a_message_or_a_value_error(type_id: int, body: bytes) -> None:
    try:
        message = decode_body(type_id, body)
    except ValueError:
        return
    assert encode_body(message) == body


@pytest.mark.parametrize("kind", message_types().values(), ids=lambda kind: kind.__name__)
def test_a_byte_too_many_or_too_few_is_refused(kind: type[Message]) -> None:
    size = sum(struct.calcsize("<" + code) for _, code, _ in fields_of(kind))
    with pytest.raises(ValueError, match=kind.__name__):
        decode_body(kind.TYPE, bytes(size + 1))
    if size:
        with pytest.raises(ValueError, match=kind.__name__):
            decode_body(kind.TYPE, bytes(size - 1))


def test_an_unknown_word_of_an_enumeration_is_refused() -> None:
    body = bytearray(struct.calcsize("<QBBBiiHIHH"))
    body[8] = max(State) + 1
    with pytest.raises(ValueError, match="State"):
        decode_body(Telemetry.TYPE, bytes(body))


def test_a_value_that_does_not_fit_is_refused() -> None:
    config = Config(200, 16, 50, 130, 1, 0, 2**32, 1, 1, 1, 0, 0, 0, 0, 250, b"")  # type: ignore[arg-type]
    with pytest.raises(struct.error):
        encode_body(config)


def test_the_hash_is_of_the_text() -> None:
    assert zlib.crc32(definitions_text().encode()) == DEFINITIONS_HASH
    assert definitions_text().endswith("\n")


def test_a_frame_holds_24_segments() -> None:
    assert 4 + 4 + 24 * SEGMENT.size <= 253


def test_every_number_is_the_one_that_the_protocol_gives_it() -> None:
    protocol = (Path(__file__).parents[2] / "firmware" / "PROTOCOL.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in definitions_text().splitlines() if line not in protocol] == []


def test_every_scale_and_bound_of_a_hand_is_the_protocols() -> None:
    """The page's numbers in this program too: a part of a step that one side took for another would turn the ring."""
    text = (Path(__file__).parents[2] / "firmware" / "PROTOCOL.md").read_text(encoding="utf-8")
    powers = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")

    def said(pattern: str) -> list[float]:
        found = re.search(pattern, text)
        assert found is not None, pattern
        return [float(group.translate(powers)) for group in found.groups()]

    parts = said(r"`position` \(1/(\d+) step\), turning at `rate` \(1/(\d+) step/s\)")
    assert parts == [POSITION_FRACTION, RATE_FRACTION]
    age, rate = said(r"`\|age\|` above 2([⁰¹²³⁴-⁹]+) or `\|rate\|` above 2([⁰¹²³⁴-⁹]+) says nothing")
    assert (2**age, 2**rate) == (FOLLOW_AGE_MAX, FOLLOW_RATE_MAX)
    silence = pytest.approx([1e3 * FOLLOW_SILENCE_S])
    assert said(r"first Follow after a pause of (\d+) ms") == silence
    assert said(r"\*\*Ends\*\* when (\d+) ms have passed without a word") == silence
    assert said(r"exactly (\d+) ms \([\d,]+ ticks of [\d.]+ ns\) after the cue's own edge") == [1e3 * CUE_LEAD_S]
