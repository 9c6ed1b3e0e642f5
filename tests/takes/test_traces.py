# SPDX-License-Identifier: MIT
"""Traces as bytes: what comes back, how small they are, and that a log of today is read by any reader of the format."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.takes.traces import pack, unpack
from followfocus.wire.evidence import Sample

GREATEST = 9e9
"""From here on the format has no room for billionths."""


def rows(samples: list[Sample]) -> list[list[float]]:
    return [[sample.at_s, sample.ring_deg] for sample in samples]


def read_by_the_format(blob: bytes) -> dict[str, list[list[float]]]:
    """Packing 2 read number by number, without the arrays that the product reads it with."""
    assert blob[:1] == b"\x02"
    data, made = zlib.decompress(blob[1:]), dict[str, list[list[float]]]()
    while data:
        head, _, data = data.partition(b"\n")
        name, count = head.decode().split(" ")[0], int(head.decode().split(" ")[1])
        part, data = data[: 16 * count], data[16 * count :]
        columns = []
        for column in range(2):
            at = step = 0
            values = []
            for number in range(column * count, (column + 1) * count):
                # The bytes stand together by weight: the lowest of all numbers first.
                folded = struct.unpack("<Q", bytes(part[weight * 2 * count + number] for weight in range(8)))[0]
                step += -(folded + 1) // 2 if folded % 2 else folded // 2
                at += step
                values.append((at + 2**63) % 2**64 - 2**63)
            columns.append(values)
        made[name] = [[t / 1e9, deg / 1e9] for t, deg in zip(*columns, strict=True)]
    return made


_SAMPLES = st.lists(st.builds(Sample, st.floats(-1e9, 1e9), st.floats(-1e9, 1e9)), max_size=50)


@given(_SAMPLES, _SAMPLES)
def test_traces_come_back_to_a_billionth(planned: list[Sample], actual: list[Sample]) -> None:
    traces = {"planned": planned, "actual": actual}
    back = unpack(pack(traces))
    assert list(back) == list(traces)
    for name, samples in traces.items():
        wanted = np.array([(sample.at_s, sample.ring_deg) for sample in samples]).reshape(-1, 2)
        assert back[name].shape == wanted.shape
        assert np.all(np.abs(back[name] - wanted) <= 0.51e-9 + 4e-16 * np.abs(wanted))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e300, 9.1e9])
def test_numbers_too_great_to_be_packed_small_come_back_as_they_were(value: float) -> None:
    back = unpack(pack({"actual": [Sample(0.0, 1.0), Sample(0.1, value)]}))
    np.testing.assert_array_equal(back["actual"], [[0.0, 1.0], [0.1, value]])


@given(st.binary(max_size=200))
def test_bytes_that_are_no_traces_are_refused(blob: bytes) -> None:
    for packed in (blob, b"\x02" + blob):
        try:
            unpack(packed)
        except ValueError:
            continue
        assert not blob


@given(st.binary(min_size=1, max_size=60))
def test_compressed_nonsense_is_refused_too(data: bytes) -> None:
    for head in (b"", b"\x02"):
        try:
            unpack(head + zlib.compress(data))
        except ValueError:
            continue
        head, _, rest = data.partition(b"\n")
        assert 16 * int(head.decode().split(" ")[1]) <= len(rest)


_WITHIN = st.floats(-GREATEST, GREATEST, exclude_min=True, exclude_max=True)


@given(st.lists(st.builds(Sample, _WITHIN, _WITHIN), max_size=30), st.lists(st.builds(Sample, _WITHIN, _WITHIN)))
def test_the_format_is_what_it_is_said_to_be(planned: list[Sample], actual: list[Sample]) -> None:
    """Logs are kept for years: what is written must be what any reader of the format makes of it, and not only ours."""
    blob = pack({"planned": planned, "actual": actual})
    assert {name: found.tolist() for name, found in unpack(blob).items()} == read_by_the_format(blob)


def test_the_bytes_of_a_kept_log_read_as_they_did() -> None:
    blob = bytes.fromhex(
        "0278da4b4c2e294dcc5130e6620082ff8c0c510c51fb7c1892184e4dbfc0c0c4d0bd722b509893132c8b0a0090200a30"
    )
    assert unpack(blob)["actual"].tolist() == [[0.0, 20.5], [0.02, 20.25], [0.04, -3.000000001]]
    again = pack({"actual": [Sample(0.0, 20.5), Sample(0.02, 20.25), Sample(0.04, -3.000000001)]})
    assert zlib.decompress(again[1:]) == zlib.decompress(blob[1:])


@pytest.mark.parametrize(("value", "small"), [
    (np.nextafter(GREATEST, 0.0), True), (-np.nextafter(GREATEST, 0.0), True), (GREATEST, False), (-GREATEST, False),
])  # fmt: skip
@pytest.mark.parametrize("place", [0, 1])
def test_only_what_has_no_room_is_kept_as_doubles(value: float, small: bool, place: int) -> None:
    odd = Sample(value, 0.0) if place == 0 else Sample(0.0, value)
    samples = [Sample(0.0, 1.0), odd, Sample(0.1, 2.0)]
    # One trace without room is enough, whichever it is.
    for traces in ({"planned": samples, "actual": []}, {"planned": [Sample(0.0, 1.0)], "actual": samples}):
        blob = pack(traces)
        assert blob.startswith(b"\x02") is small
        for name, kept in traces.items():
            found = unpack(blob)[name]
            # What fits is kept to the nearest double of a billionth, what doesn't to the bit.
            np.testing.assert_allclose(found, np.array(rows(kept)).reshape(-1, 2), rtol=2.3e-16 if small else 0, atol=0)


def test_a_ring_that_moves_smoothly_takes_a_fraction_of_its_doubles() -> None:
    times = [number * 0.02 for number in range(500)]
    samples = [Sample(at_s, 40.0 + 60.0 * at_s**3 / 1000.0) for at_s in times]
    assert len(pack({"actual": samples})) < 0.25 * len(zlib.compress(np.array(rows(samples)).tobytes(), 9))
