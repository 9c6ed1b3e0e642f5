# SPDX-License-Identifier: MIT
"""MIDI controllers: the bytes of devices as their makers' documents give them, decoded, and their dialects learned."""

import itertools
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from followfocus.errors import RequestError
from followfocus.hand.events import WheelPlaced, WheelPressed, WheelTurned
from followfocus.sources.midi import Dialect, MidiDecoder, MidiMessage, MidiWheel, messages_of
from followfocus.sources.midi_learn import learn_at_once, learn_button, learn_wheel


def control(number, *values, channel=1):
    return [bytes((0xB0 | channel - 1, number, value)) for value in values]


def pairs(number, *values, fine_first=False):
    out = []
    for value in values:
        both = control(number, value >> 7) + control(number + 32, value & 127)
        out += both[::-1] if fine_first else both
    return out


def bends(*values, channel=1):
    return [bytes((0xE0 | channel - 1, value & 127, value >> 7)) for value in values]


@dataclass(frozen=True)
class Device:
    name: str
    right: list[bytes]
    left: list[bytes]
    wheel: MidiWheel
    turned: float
    """Counts of the way to the right, or for an absolute control where it ends, 0 … 1"""


DEVICES = [
    Device(
        "Faderfox UC4, CCr1; Akai APC40 cue level",
        control(47, 1, 1, 2, 1),
        control(47, 127, 126, 127),
        MidiWheel(channel=1, number=47, dialect=Dialect.TWOS_COMPLEMENT),
        5,
    ),
    Device(
        "Faderfox UC4, CCr2",
        control(30, 65, 65, 66),
        control(30, 63, 63, 62),
        MidiWheel(channel=1, number=30, dialect=Dialect.OFFSET),
        4,
    ),
    Device(
        "Citronic MPD-X3",  # its manual: 43h is +3, 31h is -15
        control(17, 0x43, 0x41, 0x41, channel=3),
        control(17, 0x31, 0x3F, 0x3E, channel=3),
        MidiWheel(channel=3, number=17, dialect=Dialect.OFFSET),
        5,
    ),
    Device(
        "Mackie Control and X-Touch in MC mode, jog wheel",
        control(60, 1, 1, 1),
        control(60, 65, 65, 65),
        MidiWheel(channel=1, number=60, dialect=Dialect.SIGN_BIT),
        3,
    ),
    Device(
        "Mackie Control V-pot, accelerated",
        control(16, 1, 2, 4),
        control(16, 0x41, 0x42, 0x41),
        MidiWheel(channel=1, number=16, dialect=Dialect.SIGN_BIT),
        7,
    ),
    Device(
        "Electrix Tweaker, navigation encoder",  # its manual: 1 to the left, 127 to the right
        control(59, 127, 127, 127, channel=2),
        control(59, 1, 1, 1, channel=2),
        MidiWheel(channel=2, number=59, dialect=Dialect.TWOS_COMPLEMENT, reversed=True),
        3,
    ),
    Device(
        "An encoder with a message for up and one for down, 127/0",
        control(20, 127, 127, 127),
        control(20, 0, 0, 0),
        MidiWheel(channel=1, number=20, dialect=Dialect.ON_OFF),
        3,
    ),
    Device(
        "Data increment and decrement; Control Surface's NEXT_ADDRESS",
        control(96, 1, 1, 3),
        control(97, 1, 1, 1),
        MidiWheel(channel=1, number=96, dialect=Dialect.NEXT_ADDRESS),
        5,
    ),
    Device(
        "Korg nanoKONTROL2, knob",
        control(16, 60, 61, 63, 64, 66),
        control(16, 65, 63, 62, 60),
        MidiWheel(channel=1, number=16, dialect=Dialect.ABSOLUTE),
        66 / 127,
    ),
    Device(
        "The same, mounted the other way round",
        control(16, 66, 64, 63, 61),
        control(16, 62, 64, 65),
        MidiWheel(channel=1, number=16, dialect=Dialect.ABSOLUTE, reversed=True),
        1 - 61 / 127,
    ),
    Device(
        "Faderfox UC4, CCAh",
        pairs(7, 8000, 8060, 8130, 8200),
        pairs(7, 8190, 8100, 8000),
        MidiWheel(channel=1, number=7, dialect=Dialect.ABSOLUTE_14),
        8200 / 16383,
    ),
    Device(
        "A 14-bit control that sends its fine part first",
        pairs(7, 8000, 8060, 8200, fine_first=True),
        pairs(7, 8190, 8100, 8000, fine_first=True),
        MidiWheel(channel=1, number=7, dialect=Dialect.ABSOLUTE_14_FINE_FIRST),
        8200 / 16383,
    ),
    Device(
        "Mackie Control and X-Touch, fader",
        bends(4000, 5000, 6000, channel=2),
        bends(5500, 5000, 3000, channel=2),
        MidiWheel(channel=2, dialect=Dialect.PITCH_BEND),
        6000 / 16383,
    ),
]
devices = pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)


def read(messages):
    return [MidiMessage.of(message) for message in messages]


@devices
def test_what_a_device_speaks_is_learned_from_a_turn_to_the_right_and_back(device):
    assert learn_wheel(read(device.right), read(device.left)) == device.wheel


@devices
def test_a_gesture_without_a_pause_is_learned_right_or_not_at_all(device):
    assert learn_at_once(read([*device.right, *device.left])) in (device.wheel, None)


@devices
def test_half_a_gesture_is_never_taken_for_a_whole_one(device):
    for half in (device.right, device.left, device.right * 2, device.left * 3):
        assert learn_at_once(read(half)) is None


def test_what_most_wheels_say_needs_no_pause():
    slow = {
        Dialect.SIGN_BIT: (1, 65), Dialect.TWOS_COMPLEMENT: (1, 127), Dialect.OFFSET: (65, 63), Dialect.ON_OFF: (127, 0)
    }  # fmt: skip
    for dialect, (up, down) in slow.items():
        heard = read([*control(60, *[up] * 6), *control(60, *[down] * 5)])
        found = learn_at_once(heard)
        assert found is not None
        assert [found.dialect.counts(up) > 0, found.reversed] in ([True, False], [False, True]), dialect
    there, back = range(40, 90, 5), range(85, 30, -5)
    assert learn_at_once(read([*control(7, *there), *control(7, *back)])) == MidiWheel(
        channel=1, number=7, dialect=Dialect.ABSOLUTE
    )


@given(st.integers(0, 60), st.lists(st.integers(1, 6), min_size=6, max_size=12), st.booleans())
def test_a_fader_that_goes_one_way_is_no_whole_gesture(start, steps, falls):
    """Through its middle too, where its values would read as turns to the left and then to the right."""
    values = list(itertools.accumulate(steps, initial=start))
    assert learn_at_once(read(control(7, *(values[::-1] if falls else values)))) is None


@devices
def test_a_devices_turn_is_decoded(device):
    decoder = MidiDecoder("wheel", device.wheel)
    events = [decoder.feed(message, 1.0) for message in device.right]
    found = [event for event in events if event is not None]
    if device.wheel.dialect.absolute:
        assert isinstance(found[-1], WheelPlaced)
        assert found[-1].share == pytest.approx(device.turned)
    else:
        assert all(isinstance(event, WheelTurned) for event in found)
        assert sum(event.counts for event in found) == device.turned


@devices
def test_the_bytes_come_through_mido_in_one_piece(device):
    assert messages_of(b"".join([*device.right, *device.left])) == read([*device.right, *device.left])


def test_a_14_bit_control_says_one_place_a_pair_and_never_one_between():
    decoder = MidiDecoder("wheel", MidiWheel(channel=1, number=7, dialect=Dialect.ABSOLUTE_14))
    found = [decoder.feed(message, 1.0) for message in pairs(7, 127, 128, 129)]
    assert [round(event.share * 16383) for event in found if event] == [127, 128, 129]


def test_other_channels_and_controls_turn_nothing():
    decoder = MidiDecoder("wheel", MidiWheel(channel=1, number=7, dialect=Dialect.TWOS_COMPLEMENT))
    assert decoder.feed(control(7, 1, channel=2)[0], 1.0) is None
    assert decoder.feed(control(8, 1)[0], 1.0) is None
    assert decoder.feed(b"\xf8", 1.0) is None
    assert decoder.feed(control(7, 0)[0], 1.0) is None


def test_buttons_go_down_once_and_up_once():
    decoder = MidiDecoder("pad")
    told = [
        decoder.feed(bytes(message), 1.0) for message in ([0x90, 36, 90], [0x90, 36, 91], [0x90, 36, 0], [0x80, 36, 0])
    ]
    assert told == [
        WheelPressed(1.0, "pad", "note 1/36"),
        None,
        WheelPressed(1.0, "pad", "note 1/36", down=False),
        None,
    ]
    assert decoder.feed(control(64, 127)[0], 2.0) == WheelPressed(2.0, "pad", "control 1/64")
    assert learn_button(read([b"\x80\x24\x00", b"\x92\x30\x40"])) == "note 3/48"
    with pytest.raises(RequestError, match="No button"):
        learn_button(read([b"\x80\x24\x00"]))


@pytest.mark.parametrize(
    ("right", "left", "words"),
    [
        ([], [], "No wheel was heard"),
        (control(7, 1, 1, 1), control(7, 127), "too little"),
        (control(7, 1, 1, 127), control(7, 127, 1, 127), "can't be told apart"),
        (bends(100, 200, 100), bends(200, 100, 200, 200), "no other place"),
    ],
)
def test_a_gesture_that_tells_nothing_is_refused(right, left, words):
    if words == "no other place":
        left = bends(100, 200, 100)
    with pytest.raises(RequestError, match=words):
        learn_wheel(read(right), read(left))


@pytest.mark.parametrize("dialect", [d for d in Dialect if not d.absolute and d is not Dialect.NEXT_ADDRESS])
@given(st.integers(-63, 63).filter(bool))
def test_every_click_of_a_relative_dialect_reads_back(dialect, clicks):
    written = {
        Dialect.TWOS_COMPLEMENT: clicks % 128,
        Dialect.SIGN_BIT: clicks if clicks >= 0 else 64 - clicks,
        Dialect.OFFSET: clicks + 64,
        Dialect.ON_OFF: 127 if clicks > 0 else 0,
    }[dialect]
    expected = clicks if dialect is not Dialect.ON_OFF else (1 if clicks > 0 else -1)
    assert dialect.counts(written) == expected


@given(st.lists(st.binary(max_size=4), max_size=30), st.sampled_from(DEVICES))
def test_any_bytes_are_an_event_or_nothing(messages, device):
    decoder = MidiDecoder("wheel", device.wheel)
    for message in messages:
        event = decoder.feed(message, 1.0)
        if isinstance(event, WheelPlaced):
            assert 0.0 <= event.share <= 1.0


def test_a_control_that_there_is_not_is_refused():
    with pytest.raises(ValidationError):
        MidiWheel(channel=17, number=1, dialect=Dialect.ABSOLUTE)
