# SPDX-License-Identifier: MIT
"""Learning a controller's dialect from a gesture: "turn slowly to the right, then left".

One message can't tell 1/127 from 0/127, and an absolute control near its middle looks like a binary offset. The two
halves of the gesture together can: an absolute control sends only what changed and comes back from where it went; of
the relative dialects the one is spoken in which all of the first half goes one way, all of the second the other, and
slowly.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence

from followfocus.errors import RequestError
from followfocus.sources.midi import CONTROL, LSB_OFFSET, PITCH, Dialect, MidiMessage, MidiWheel

LEAST = 3
"""Messages each way, at least."""
_RELATIVE = (Dialect.TWOS_COMPLEMENT, Dialect.SIGN_BIT, Dialect.OFFSET, Dialect.ON_OFF)
# A fader that is turned slowly may say a place twice; a wheel says its click again and again.
MOST_SAID_TWICE = 0.2
SLOW_COUNTS = 8.0
"""Slower than this, on average, is how a wheel is turned that was asked for slowly."""
_AGAIN = "Turn one wheel slowly to the right by a few clicks, then left by as many; touch nothing else."

_Key = tuple[int, int, int]


def learn_wheel(right: Sequence[MidiMessage], left: Sequence[MidiMessage]) -> MidiWheel:
    """The wheel that was turned right and then left. Raises RequestError where the messages don't tell."""
    turned = Counter(_key(message) for message in (*right, *left) if message.kind in (CONTROL, PITCH))
    if not turned:
        raise RequestError("No wheel was heard.", _AGAIN)
    # A finger that brushes another control sends a few messages: the wheel is the one that sent most.
    (kind, channel, number), _ = turned.most_common(1)[0]
    if kind == PITCH:
        values = tuple(
            [message.bend for message in half if _key(message) == (kind, channel, number)] for half in (right, left)
        )
        return MidiWheel(channel=channel, dialect=Dialect.PITCH_BEND, reversed=_falls(*_enough(*values)))
    return _pair(channel, number, right, left) or _single(channel, number, right, left)


def learn_at_once(heard: Sequence[MidiMessage]) -> MidiWheel | None:
    """The wheel that was turned right and left without a pause between; None where that can't be told for sure.

    Half a gesture must never do: a fader that goes through its middle looks like a wheel that turns back, were it not
    that a wheel says the same again and again. Bends and pairs of 14 bits are told by a pause alone.
    """
    for turn in range(LEAST, len(heard) - LEAST + 1):
        halves = heard[:turn], heard[turn:]
        try:
            wheel = learn_wheel(*halves)
        except RequestError:
            continue
        if wheel.dialect in (Dialect.ABSOLUTE, Dialect.NEXT_ADDRESS) or (
            wheel.dialect in _RELATIVE and all(_repeats(_values(half, wheel.channel, wheel.number)) for half in halves)
        ):
            return wheel
    return None


def _repeats(values: list[int]) -> bool:
    """Whether most values are the one before again."""
    pairs = list(itertools.pairwise(values))
    return 2 * sum(a == b for a, b in pairs) > len(pairs)


def learn_button(messages: Sequence[MidiMessage]) -> str:
    """The button that was pressed: the first. Raises RequestError where none was."""
    found = next((message.button for message in messages if message.button and message.down), "")
    if not found:
        raise RequestError("No button was heard.", "Press it once.")
    return found


def _key(message: MidiMessage) -> _Key:
    return (message.kind, message.channel, 0 if message.kind == PITCH else message.first)


def _values(half: Sequence[MidiMessage], channel: int, number: int) -> list[int]:
    return [message.second for message in half if _key(message) == (CONTROL, channel, number)]


def _enough(right: list[int], left: list[int]) -> tuple[list[int], list[int]]:
    if min(len(right), len(left)) < LEAST:
        raise RequestError("That was too little to tell how the wheel speaks.", _AGAIN)
    return right, left


def _pair(channel: int, number: int, right: Sequence[MidiMessage], left: Sequence[MidiMessage]) -> MidiWheel | None:
    """A wheel that speaks by two controls: 14 bits, or one for each way."""
    both = [*right, *left]
    # Whichever of the two was heard more often, it may be the fine part: that changes with every message.
    for coarse in {number, number - LSB_OFFSET}:
        fine = coarse + LSB_OFFSET
        if 0 <= coarse < LSB_OFFSET and _values(both, channel, coarse) and _values(both, channel, fine):
            return _fourteen(channel, coarse, right, left)
    for up in (number, number - 1):
        heard = [bool(_values(half, channel, one)) for half in (right, left) for one in (up, up + 1)]
        if heard in ([True, False, False, True], [False, True, True, False]):
            return MidiWheel(channel=channel, number=up, dialect=Dialect.NEXT_ADDRESS, reversed=not heard[0])
    return None


def _fourteen(channel: int, coarse: int, right: Sequence[MidiMessage], left: Sequence[MidiMessage]) -> MidiWheel:
    """14 bits: whichever half comes right before a pause is the last of a pair; the other order starts with it."""
    heard = [
        m for m in (*right, *left) if _key(m)[:2] == (CONTROL, channel) and m.first in (coarse, coarse + LSB_OFFSET)
    ]
    fine_first = heard[0].first != coarse and heard[-1].first == coarse
    ways = []
    for half in (right, left):
        at: dict[int, int] = {}
        way = []
        for message in half:
            if message in heard:
                at[message.first] = message.second
                if len(at) == 2 and (message.first == coarse) is fine_first:
                    way.append(at[coarse] << 7 | at[coarse + LSB_OFFSET])
        ways.append(way)
    dialect = Dialect.ABSOLUTE_14_FINE_FIRST if fine_first else Dialect.ABSOLUTE_14
    return MidiWheel(channel=channel, number=coarse, dialect=dialect, reversed=_falls(*_enough(*ways)))


def _single(channel: int, number: int, right: Sequence[MidiMessage], left: Sequence[MidiMessage]) -> MidiWheel:
    there, back = _enough(_values(right, channel, number), _values(left, channel, number))
    if _is_absolute(there, back):
        return MidiWheel(channel=channel, number=number, dialect=Dialect.ABSOLUTE, reversed=_falls(there, back))
    found: list[tuple[float, int, Dialect, bool]] = []
    for order, dialect in enumerate(_RELATIVE):
        clicks = [[dialect.counts(value) for value in half] for half in (there, back)]
        speed = sum(abs(click) for half in clicks for click in half) / (len(there) + len(back))
        found += [(speed, order, dialect, way < 0) for way in (1, -1) if _goes(clicks, way)]
    # A wrong dialect reads one click as 63 or more, so of those that fit the slowest is the one that was spoken.
    if not found or min(found)[0] > SLOW_COUNTS:
        raise RequestError("The wheel's messages can't be told apart by their direction.", _AGAIN)
    # By speed, then by how common a dialect is.
    _, _, dialect, backwards = min(found, key=lambda one: one[:2])
    return MidiWheel(channel=channel, number=number, dialect=dialect, reversed=backwards)


def _goes(clicks: list[list[int]], way: int) -> bool:
    """Whether every click of the first half goes one way, and every one of the second the other."""
    return all(click * way > 0 for click in clicks[0]) and all(click * way < 0 for click in clicks[1])


def _is_absolute(there: list[int], back: list[int]) -> bool:
    """Whether values are places: hardly one is said twice in a row, and the way back begins where the way ended."""
    pairs = [*itertools.pairwise(there), *itertools.pairwise(back)]
    said_twice = sum(a == b for a, b in pairs)
    ways = [half[-1] - half[0] for half in (there, back)]
    one_way = all(
        (b - a) * way >= 0 for half, way in zip((there, back), ways, strict=True) for a, b in itertools.pairwise(half)
    )
    returns = min(there) <= back[0] <= max(there) and ways[0] * ways[1] < 0
    return one_way and returns and said_twice <= MOST_SAID_TWICE * len(pairs)


def _falls(there: list[int], back: list[int]) -> bool:
    """Whether a turn to the right makes the values smaller."""
    way = (there[-1] - there[0]) - (back[-1] - back[0])
    if way == 0:
        raise RequestError("The control came to no other place.", _AGAIN)
    return way < 0
