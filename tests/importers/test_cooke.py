# SPDX-License-Identifier: MIT
from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import RequestError
from followfocus.importers import cooke

SHARED_CASES = Path(__file__).parents[3] / "shared" / "data" / "reference-cases.json"

# Reference case cooke-kd-1: a Sigma 40 mm T1.5 FF with /i, from SMPTE ris-osvp-metadata-camdkit's RED test resource.
SIGMA = (
    "64/40/40/46/68/48/70/B8/80/40/40/40/42/66/6D/40/40/46/5E/40/40/46/73/45/4E/41/7F/40/40/"
    "53/47/35/33/35/39/39/37/36/34/0A/0D"
)
# Cooke /i manual (2012), page 26, in 0.1 inch: the packed answer beside reference case cooke-d-1.
MANUAL_KD = b"d@@FRCC\x8e\x88@@@USR@@FP@@FTADA\xa2@@S5/100-009\n\r"
RED_STATIC = "NSG53599764OSIGMA                          LPN040M040UIT94  B1.00"


def test_a_real_packet_in_millimetres():
    data = cooke.decode_kd(cooke.bytes_of(SIGMA))
    assert data.focus_m == pytest.approx(0.424)
    assert data.t_stop == 5.6
    assert data.hyperfocal_m == pytest.approx(10.669)
    assert (data.near_m, data.far_m) == (pytest.approx(0.414), pytest.approx(0.435))
    assert data.entrance_pupil_m == pytest.approx(0.127)
    assert data.serial == "G53599764"
    assert data.focal_length_mm is None


def test_the_manuals_packed_answer_says_what_its_plain_one_does():
    """D0000402 T0195 H0087250 N0000400 F0000404 V006.8 E+039, in tenths of an inch."""
    packed = cooke.decode_kd(MANUAL_KD, "imperial")
    assert packed.focus_m == pytest.approx(40.2 * 0.0254)
    assert packed.t_stop == 1.95
    assert packed.hyperfocal_m == pytest.approx(8725.0 * 0.0254)
    assert (packed.near_m, packed.far_m) == (pytest.approx(40.0 * 0.0254), pytest.approx(40.4 * 0.0254))
    assert packed.field_of_view_deg == pytest.approx(6.8)
    assert packed.serial == "5/100-009"
    assert packed.entrance_pupil_m == pytest.approx(3.9 * 0.0254, abs=0.0013)


def test_all_ones_is_infinity():
    packet = bytearray(cooke.bytes_of(SIGMA))
    packet[1:5] = b"\x7f\x7f\x7f\x7f"
    assert cooke.decode_kd(bytes(packet)).focus_m == math.inf
    packet[19:23] = b"\xff\xff\xff\xff"  # bits 6 and 7 say nothing
    assert cooke.decode_kd(bytes(packet)).far_m == math.inf


def test_the_entrance_pupil_has_a_sign():
    packet = bytearray(cooke.bytes_of(SIGMA))
    packet[25] |= 0x20
    assert cooke.decode_kd(bytes(packet)).entrance_pupil_m == pytest.approx(-0.127)


def packed(value, width):
    return bytes(0x40 | value >> 6 * (width - 1 - i) & 0x3F for i in range(width))


@given(st.integers(1, 2**24 - 2), st.integers(80, 4095), st.integers(0, 2**24 - 2), st.integers(0, 300), st.booleans())
def test_packed_numbers_read_back(focus, t_hundredths, hyperfocal, focal, ends):
    packet = b"d" + packed(focus, 4) + packed(t_hundredths, 2) + b"\x8e\x88" + packed(focal, 2) + packed(hyperfocal, 4)
    packet += packed(focus, 4) + packed(focus, 4) + packed(68, 2) + packed(98, 2) + b"@@S123456789" + b"\n\r" * ends
    data = cooke.decode_kd(packet)
    assert data.focus_m == pytest.approx(focus / 1000)
    assert data.t_stop == t_hundredths / 100
    assert data.hyperfocal_m == pytest.approx(hyperfocal / 1000)
    assert data.focal_length_mm == (focal or None)
    assert data.serial == "123456789"


@given(st.binary(max_size=60))
def test_any_bytes_are_a_packet_or_a_refusal(data):
    try:
        cooke.decode_kd(data)
    except RequestError:
        return
    assert data.startswith(b"d")


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"d",
        cooke.bytes_of(SIGMA)[:20],
        b"D" + cooke.bytes_of(SIGMA)[1:],
        cooke.bytes_of(SIGMA)[:3] + b"\x06" + cooke.bytes_of(SIGMA)[4:],
        cooke.bytes_of(SIGMA)[:29] + b"X123",
    ],
    ids=["empty", "tag", "cut", "other tag", "control byte", "no serial tag"],
)
def test_damaged_packets_are_refused(packet):
    with pytest.raises(RequestError):
        cooke.decode_kd(packet)


@pytest.mark.parametrize("cell", ["64/4G", "64/140", "not bytes"])
def test_text_that_is_no_bytes_is_refused(cell):
    with pytest.raises(RequestError):
        cooke.bytes_of(cell)


def test_the_fixed_data():
    fixed = cooke.decode_n(RED_STATIC)
    assert fixed.serial == "G53599764"
    assert fixed.owner == "SIGMA"
    assert (fixed.focal_length_mm, fixed.transmission, fixed.firmware) == (40.0, 0.94, "1.00")
    assert not fixed.is_zoom


def test_fixed_data_that_is_none_is_refused():
    with pytest.raises(RequestError):
        cooke.decode_n("NS")


@pytest.mark.skipif(not SHARED_CASES.exists(), reason="the reference cases are not beside this checkout")
def test_all_shared_cases_of_cooke():
    cases = {c["id"]: c for c in json.loads(SHARED_CASES.read_text("utf-8"))["cases"] if c["group"] == "cooke_i"}
    assert cases["cooke-kd-1"]["input"]["hex"] == SIGMA
    expected = cases["cooke-kd-1"]["expected"]
    data = cooke.decode_kd(cooke.bytes_of(SIGMA))
    for key, value in {"focus_mm": data.focus_m, "near_mm": data.near_m, "far_mm": data.far_m}.items():
        assert value * 1000 == pytest.approx(expected[key])
