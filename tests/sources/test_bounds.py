# SPDX-License-Identifier: MIT
"""Messages and wheels from outside, on both sides of their bounds."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from followfocus.errors import RequestError
from followfocus.sources.hid import KNOWN
from followfocus.sources.midi import CONTROL, NOTE_OFF, NOTE_ON, PITCH, Dialect, MidiMessage, MidiWheel
from followfocus.sources.midi_learn import learn_at_once, learn_button, learn_wheel


@pytest.mark.parametrize("kind", [CONTROL, PITCH, NOTE_ON, NOTE_OFF])
@pytest.mark.parametrize(("first", "second", "taken"), [
    (0, 0, True), (127, 127, True), (128, 0, False), (0, 128, False), (255, 255, False),
])  # fmt: skip
def test_a_message_of_midi_has_bytes_of_seven_bits(kind: int, first: int, second: int, taken: bool) -> None:
    for channel in (0, 15):
        found = MidiMessage.of([kind | channel, first, second])
        assert found == (MidiMessage(kind, channel + 1, first, second) if taken else None)
    for message in ([kind], [kind, 0], [kind, 0, 0, 0], [], [0xF0, 0, 0], [0xA0, 0, 0], [0xD0, 0, 0]):
        assert MidiMessage.of(message) is None


@pytest.mark.parametrize(("channel", "number", "is_one"), [
    (1, 0, True), (16, 127, True), (0, 5, False), (17, 5, False), (1, -1, False), (1, 128, False),
])  # fmt: skip
def test_a_wheel_is_on_a_channel_and_has_a_number(channel: int, number: int, is_one: bool) -> None:
    if is_one:
        assert MidiWheel(channel=channel, number=number, dialect=Dialect.ABSOLUTE).number == number
        return
    with pytest.raises(ValidationError):
        MidiWheel(channel=channel, number=number, dialect=Dialect.ABSOLUTE)


def test_a_bend_has_no_number_and_turns_as_it_is() -> None:
    wheel = MidiWheel(channel=1, dialect=Dialect.PITCH_BEND)
    assert (wheel.number, wheel.reversed) == (0, False)


def test_the_devices_that_are_known_have_their_numbers_on_the_bus() -> None:
    """By the vendors' own, as they stand in the USB ID repository; and clicks of a whole turn."""
    assert [(one.name, f"{one.vendor:04x}:{one.product:04x}", one.turn_counts) for one in KNOWN] == [
        ("ShuttleXpress", "0b33:0020", 10), ("ShuttlePRO v2", "0b33:0030", 10), ("PowerMate", "077d:0410", 96),
        ("DualShock 4", "054c:05c4", 128), ("DualShock 4 v2", "054c:09cc", 128),
    ]  # fmt: skip


def moved(number: int, *values: int, channel: int = 1) -> list[MidiMessage]:
    return [MidiMessage(CONTROL, channel, number, value) for value in values]


def bent(*values: int) -> list[MidiMessage]:
    return [MidiMessage(PITCH, 1, value & 127, value >> 7) for value in values]


def pairs(coarse: int, *values: int, fine_first: bool = False) -> list[MidiMessage]:
    halves = [(moved(coarse, value >> 7), moved(coarse + 32, value & 127)) for value in values]
    return [one for high, low in halves for one in ((*low, *high) if fine_first else (*high, *low))]


UP, DOWN = (8000, 8050, 8101, 8203, 8305), (8305, 8210, 8107, 8000)


@pytest.mark.parametrize("coarse", [0, 1, 30, 31])
@pytest.mark.parametrize("fine_first", [False, True])
@pytest.mark.parametrize("backwards", [False, True])
def test_two_controls_of_fourteen_bits_are_one_wheel(coarse: int, fine_first: bool, backwards: bool) -> None:
    right, left = (pairs(coarse, *way, fine_first=fine_first) for way in ((DOWN, UP) if backwards else (UP, DOWN)))
    found = learn_wheel(right, left)
    dialect = Dialect.ABSOLUTE_14_FINE_FIRST if fine_first else Dialect.ABSOLUTE_14
    assert (found.number, found.dialect, found.reversed, found.channel) == (coarse, dialect, backwards, 1)


@pytest.mark.parametrize("up", [0, 31, 32, 95, 126])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_control_for_each_way_is_one_wheel(up: int, backwards: bool) -> None:
    there, back = moved(up, 1, 1, 2), moved(up + 1, 1, 1, 1, 2)
    found = learn_wheel(*((back, there) if backwards else (there, back)))
    assert (found.number, found.dialect, found.reversed) == (up, Dialect.NEXT_ADDRESS, backwards)


def test_a_bend_is_learned_by_the_way_it_goes() -> None:
    for right, left, backwards in ((UP, DOWN, False), (DOWN, UP, True)):
        found = learn_wheel(bent(*right), bent(*left))
        assert (found.dialect, found.reversed, found.number) == (Dialect.PITCH_BEND, backwards, 0)
    with pytest.raises(RequestError, match="came to no other place"):
        learn_wheel(bent(5, 9, 5), bent(7, 9, 7))
    with pytest.raises(RequestError, match="too little"):
        learn_wheel(bent(5, 9), bent(9, 7, 5))


def test_the_wheel_is_what_was_heard_most() -> None:
    brushed = moved(9, 3, 4, channel=2)
    found = learn_wheel([*brushed, *moved(20, 1, 1, 1)], [*moved(20, 127, 127, 127), *brushed])
    assert (found.channel, found.number, found.dialect) == (1, 20, Dialect.TWOS_COMPLEMENT)
    with pytest.raises(RequestError, match="No wheel was heard"):
        learn_wheel([MidiMessage(NOTE_ON, 1, 5, 100)], [])


@pytest.mark.parametrize(("values", "turn"), [
    ((1, 1, 1, 127, 127, 127), True), ((1, 1, 127, 127, 127), False), ((1, 1, 1, 127, 127), False),
    ((1, 2, 1, 127, 127, 127), False), ((1, 1, 2, 2, 127, 127, 127), True), ((60, 62, 64, 66, 64, 62, 60), None),
])  # fmt: skip
def test_a_gesture_at_once_is_told_by_what_says_the_same_again(values: tuple[int, ...], turn: bool | None) -> None:
    found = learn_at_once(moved(20, *values))
    if turn is None:
        assert found is not None
        assert found.dialect is Dialect.ABSOLUTE
    else:
        assert (found is not None) is turn


def test_a_button_is_the_first_that_went_down() -> None:
    up, down = MidiMessage(NOTE_OFF, 1, 40, 64), MidiMessage(NOTE_ON, 1, 41, 100)
    assert learn_button([*moved(20, 3), up, down, MidiMessage(NOTE_ON, 1, 42, 100)]) == down.button
    with pytest.raises(RequestError, match="No button"):
        learn_button([up])
