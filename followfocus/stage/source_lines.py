# SPDX-License-Identifier: MIT
"""Where it is listened, a line each: what a source says of itself now, and how late its GO has been."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from followfocus.sources.events import Origin, SourceKind
from followfocus.sources.timecode import FollowedTimecode, Running
from followfocus.stage.facts import delays_facts
from followfocus.stage.outside_desk import Outside

TIMECODES = (SourceKind.MTC, SourceKind.LTC)
_RUNNING = {Running.FREEWHEEL: "runs on by itself", Running.REVERSE: "runs backwards"}


@dataclass(frozen=True, slots=True)
class ListenedAt:
    """A place that is open: its kind of source, and the sentence that says where it is."""

    kind: SourceKind
    words: str
    source: Origin | None = None
    """The camera that is there"""


def source_lines(
    places: Sequence[ListenedAt], outside: Outside, delays_ms: Mapping[str, Iterable[float]], now_s: float
) -> tuple[str, ...]:
    """A line for each place, and one for whatever else has started takes (keys, pads, phones)."""
    said = {kind: _delay_words(facts) for kind, facts in delays_facts(delays_ms).items()}
    lines = [
        " ".join(filter(None, (place.words, _state_words(place, outside, now_s), said.get(place.kind.value, ""))))
        for place in places
    ]
    here = {place.kind.value for place in places}
    return (*lines, *(f"{kind[0].upper()}{kind[1:]}. {words}" for kind, words in said.items() if kind not in here))


def _delay_words(facts: Mapping[str, float]) -> str:
    if facts["starts"] == 1:
        return f"GO came once; the ring began {facts['middle_ms']:z.1f} ms later."
    times, later = f"{facts['starts']:.0f} times", f"{facts['middle_ms']:z.1f} ms later"
    return f"GO came {times}; the ring began {later}, {facts['worst_ms']:z.1f} at worst."


def _state_words(place: ListenedAt, outside: Outside, now_s: float) -> str:
    if place.source is not None:
        records = outside.cameras.records.get(place.source)
        return {True: "It records.", False: "It stands by.", None: "REC is unknown."}[records]
    if place.kind not in TIMECODES:
        return ""
    return " ".join(
        _timecode_words(one, now_s) for source, one in outside.timecodes.items() if source.kind is place.kind
    ) or "No timecode yet."  # fmt: skip


def _timecode_words(one: FollowedTimecode, now_s: float) -> str:
    label, running = one.label(now_s), one.now(now_s)
    if label is None:
        return "Timecode has stopped."
    drift = "" if one.drift_ppm is None else f", {one.drift_ppm:+z.0f} ppm against this computer's clock"
    jumps = "" if not one.jumps else f", jumped {'once' if one.jumps == 1 else f'{one.jumps} times'}"
    near = "" if one.off_s is None else f", frames within {_ms(one.off_s)} of their time"
    state = f", {_RUNNING[running]}" if running in _RUNNING else near
    return f"{label} at {float(one.fps):.6g} fps{state}{drift}{jumps}."


def _ms(seconds: float) -> str:
    """Up to the next tenth: what is said is not more than is so."""
    return f"{max(math.ceil(seconds * 1e4 - 1e-6), 1) / 10:.1f} ms"
