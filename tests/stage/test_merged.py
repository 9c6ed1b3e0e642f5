# SPDX-License-Identifier: MIT
"""A flood of one refusal is one line that says how many; everything else that came stays a line each."""

from __future__ import annotations

from collections.abc import Callable

from followfocus.sources.events import Origin, OutsideAsked, SourceKind, Want
from followfocus.stage.merged import MergedLines, with_line
from followfocus.stage.outside import TOO_MUCH, AskOutcome
from followfocus.takes.diary import DiaryLine

OSC = Origin(SourceKind.OSC, "10.0.0.5")


def outcome(words: str, *, passed: bool = False, what: Want = Want.GO) -> AskOutcome:
    return AskOutcome(OutsideAsked(OSC, 5.0, what), words, passed=passed)


def test_a_flood_is_a_line_a_second_in_the_log() -> None:
    later: list[tuple[Callable[..., object], str]] = []
    wrote: list[DiaryLine] = []
    merged = MergedLines(lambda _seconds, call, key: later.append((call, key)), wrote.append)
    for _ in range(500):
        merged.note(outcome(TOO_MUCH))
        merged.note(outcome("There is no cue 9."))
    merged.note(outcome("STOP.", passed=True, what=Want.STOP))
    assert [line.words for line in wrote] == ["STOP."], "what was done is written at once"
    assert len(later) == 2
    for call, key in later:
        call(key)
    assert [(line.words, line.times) for line in wrote[1:]] == [(TOO_MUCH, 500), ("There is no cue 9.", 500)]
    merged.note(outcome(TOO_MUCH))
    merged.flush()
    assert wrote[-1].times == 1


def test_who_looks_sees_a_flood_as_one_line_and_everything_else() -> None:
    shown: list[DiaryLine] = []
    for kind in (outcome("REC."), outcome("GO for cue 1.", passed=True)):
        shown = with_line(shown, kind.noted(1.0))
    for i in range(300):
        shown = with_line(shown, outcome(TOO_MUCH).noted(2.0 + i))
        shown = with_line(shown, outcome("There is no cue 9.").noted(2.5 + i))
    shown = with_line(shown, outcome("GO for cue 1.", passed=True).noted(400.0))
    assert [(line.words, line.times) for line in shown] == [
        ("REC.", 1), ("GO for cue 1.", 1), (TOO_MUCH, 300), ("There is no cue 9.", 300), ("GO for cue 1.", 1),
    ]  # fmt: skip
    assert shown[2].utc_s == 301.0, "when it came last"
