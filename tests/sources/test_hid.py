# SPDX-License-Identifier: MIT
"""Wheels on USB: reports as the devices send them, decoded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.hand.events import WheelLeaned, WheelPressed, WheelTurned
from followfocus.sources.hid import KNOWN, known, named

XPRESS, PRO, POWERMATE, PAD, PAD_2 = KNOWN


def fed(wheel, *reports):
    decoder = wheel.decoder("wheel")
    return [event for report in reports for event in decoder.feed(bytes.fromhex(report), 1.0)]


def test_a_shuttles_jog_wheel_counts_and_its_counter_goes_round():
    assert fed(XPRESS, "00 05 00 00 00", "00 06 00 00 00", "00 08 00 00 00", "00 07 00 00 00") == [
        WheelTurned(1.0, "wheel", 1),
        WheelTurned(1.0, "wheel", 2),
        WheelTurned(1.0, "wheel", -1),
    ]
    assert fed(XPRESS, "00 fe 00 00 00", "00 01 00 00 00", "00 ff 00 00 00") == [
        WheelTurned(1.0, "wheel", 3),
        WheelTurned(1.0, "wheel", -2),
    ]


def test_a_shuttles_ring_is_a_speed_and_springs_back():
    assert fed(PRO, "00 05 00 00 00", "07 05 00 00 00", "f9 05 00 00 00", "00 05 00 00 00") == [
        WheelLeaned(1.0, "wheel", 1.0),
        WheelLeaned(1.0, "wheel", -1.0),
        WheelLeaned(1.0, "wheel", 0.0),
    ]


def test_a_shuttles_buttons_go_down_and_up():
    assert fed(XPRESS, "00 05 00 10 00", "00 05 00 00 01", "00 05 00 00 00") == [
        WheelPressed(1.0, "wheel", "button 1"),
        WheelPressed(1.0, "wheel", "button 1", down=False),
        WheelPressed(1.0, "wheel", "button 5"),
        WheelPressed(1.0, "wheel", "button 5", down=False),
    ]
    assert fed(PRO, "00 05 00 01 40") == [
        WheelPressed(1.0, "wheel", "button 1"),
        WheelPressed(1.0, "wheel", "button 15"),
    ]


def test_a_powermate_turns_and_is_pressed():
    assert fed(POWERMATE, "00 01 00 4f 10 00", "00 fe 00 4f 10 00", "01 00 00 4f 10 00", "00 00 00 4f 10 00") == [
        WheelTurned(1.0, "wheel", 1),
        WheelTurned(1.0, "wheel", -2),
        WheelPressed(1.0, "wheel", "button 1"),
        WheelPressed(1.0, "wheel", "button 1", down=False),
    ]


def pad(x: int, buttons: str = "08 00 00") -> str:
    """A report of a DualShock 4 as it comes by USB: 64 bytes, of which the last say of triggers, motion and touch."""
    return f"01 {x:02x} 80 7f 81 {buttons}" + " 00" * 56


def test_a_stick_is_a_speed_and_rests_where_its_spring_leaves_it():
    assert fed(PAD, pad(0x80), pad(0x86), pad(0x7A), pad(0xFF), pad(0x00), pad(0x79)) == [
        WheelLeaned(1.0, "wheel", 1.0),
        WheelLeaned(1.0, "wheel", -1.0),
        WheelLeaned(1.0, "wheel", 0.0),
    ]
    (half,) = fed(PAD_2, pad(0x80 + 70))
    assert half.lean == pytest.approx(0.5)


def test_a_pads_buttons_are_buttons_and_its_cross_is_none():
    assert fed(PAD, pad(0x80), pad(0x80, "28 00 00"), pad(0x80, "02 80 02")) == [
        WheelPressed(1.0, "wheel", "button 2"),
        WheelPressed(1.0, "wheel", "button 2", down=False),
        WheelPressed(1.0, "wheel", "button 12"),
        WheelPressed(1.0, "wheel", "button 14"),
    ]
    assert fed(PAD, pad(0xFF).replace("01", "11", 1)) == []


@pytest.mark.parametrize("wheel", KNOWN, ids=lambda wheel: wheel.name)
@given(st.lists(st.binary(max_size=8), max_size=20))
def test_any_reports_are_events_or_nothing(wheel, reports):
    decoder = wheel.decoder("wheel")
    for report in reports:
        for event in decoder.feed(report, 1.0):
            if isinstance(event, WheelLeaned):
                assert -1.0 <= event.lean <= 1.0
            if isinstance(event, WheelTurned):
                assert -128 <= event.counts <= 127


def test_devices_are_known_by_their_numbers_and_names():
    assert known(0x0B33, 0x0030) is PRO
    assert known(0x046D, 0xC077) is None
    assert named("shuttlepro") is PRO
    assert named("powermate") is POWERMATE
    assert named("mouse") is None
