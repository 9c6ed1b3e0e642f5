# SPDX-License-Identifier: MIT
"""A flood of one refusal is one line that says how many; everything else that came stays a line each."""

from __future__ import annotations

from collections.abc import Callable

from followfocus.sources.events import CameraSaid, Origin, OutsideAsked, SourceKind, Want
from followfocus.stage.merged import MergedLines, floods, with_line
from followfocus.stage.outside import TOO_MUCH, AskOutcome
from followfocus.takes.diary import DiaryLine

OSC = Origin(SourceKind.OSC, "10.0.0.5")


def outcome(words: str, *, passed: bool = False, what: Want = Want.GO) -> AskOutcome:
    return AskOutcome(OutsideAsked(OSC, 5.0, what), words, passed=passed)


class Later:
    """Calls that are due after so many seconds."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Callable[..., object], tuple[object, ...]]] = []

    def __call__(self, seconds: float, call: Callable[..., object], *given: object) -> None:
        self.due.append((seconds, call, given))

    def pass_by(self) -> list[float]:
        """All that is due now; after how many seconds it came."""
        due, self.due = self.due, []
        for _, call, given in due:
            call(*given)
        return [seconds for seconds, _, _ in due]


def test_stop_over_and_over_is_counted_and_another_s_stays_a_line_of_its_own() -> None:
    later, wrote = Later(), list[DiaryLine]()
    merged = MergedLines(later, wrote.append)
    for _ in range(1000):
        merged.note(outcome("STOP.", passed=True, what=Want.STOP))
    merged.note(outcome("ARM for cue 1.", passed=True, what=Want.ARM))
    merged.note(outcome("ARM for cue 1.", passed=True, what=Want.ARM))
    later.pass_by()
    assert [(line.asked, line.times) for line in wrote] == [("stop", 1), ("arm", 1), ("arm", 1), ("stop", 999)]


def test_a_flood_is_a_line_at_once_and_then_a_line_that_counts_ever_later() -> None:
    later, wrote = Later(), list[DiaryLine]()
    merged = MergedLines(later, wrote.append)
    for _ in range(500):
        merged.note(outcome(TOO_MUCH))
        merged.note(outcome("There is no cue 9."))
    merged.note(outcome("STOP.", passed=True, what=Want.STOP))
    assert [line.words for line in wrote] == [TOO_MUCH, "There is no cue 9.", "STOP."], "what was done at once, too"
    waits = []
    for _ in range(8):
        waits += later.pass_by()[:1]
        merged.note(outcome(TOO_MUCH))
    assert [(line.words, line.times) for line in wrote[3:6]] == [
        (TOO_MUCH, 499), ("There is no cue 9.", 499), (TOO_MUCH, 1),
    ]  # fmt: skip
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 64.0]
    merged.flush()
    assert sum(line.times for line in wrote if line.words == TOO_MUCH) == 508, "every one is counted"
    later.pass_by()
    later.pass_by()
    assert later.due == [], "once it has ended nothing is kept"
    merged.note(outcome(TOO_MUCH))
    assert wrote[-1].times == 1


def test_what_a_machine_says_in_a_flood_is_counted_whatever_its_figures_are() -> None:
    camera, timecode = Origin(SourceKind.CAMERA, "blackmagic pocket"), Origin(SourceKind.MTC, "port")
    later, wrote, shown = Later(), list[DiaryLine](), list[DiaryLine]()
    merged = MergedLines(later, wrote.append)
    for number in range(200):
        for said in (
            AskOutcome(CameraSaid(camera, 1.0, recording=bool(number % 2)), ("On.", "Off.")[number % 2]),
            AskOutcome(OutsideAsked(timecode, 1.0, Want.GO), f"Timecode jumped, to {number}:00.", passed=False),
        ):
            merged.note(said)
            shown = with_line(shown, said.noted(1.0), counted=floods(said))
    assert len(wrote) == 3
    later.pass_by()
    told = [(line.words, line.times) for line in wrote[3:]]
    assert told == [("On.", 99), ("Timecode jumped, to 199:00.", 199), ("Off.", 99)], "with where it jumped to last"
    assert {(line.words, line.times) for line in shown} == {
        ("On.", 100), ("Timecode jumped, to 199:00.", 200), ("Off.", 100),
    }  # fmt: skip


def test_who_looks_sees_a_flood_as_one_line_and_everything_else() -> None:
    shown: list[DiaryLine] = []
    for kind in (outcome("REC."), outcome("GO for cue 1.", passed=True)):
        shown = with_line(shown, kind.noted(1.0), counted=floods(kind))
    for i in range(300):
        shown = with_line(shown, outcome(TOO_MUCH).noted(2.0 + i), counted=True)
        shown = with_line(shown, outcome("There is no cue 9.").noted(2.5 + i), counted=True)
    shown = with_line(shown, outcome("GO for cue 1.", passed=True).noted(400.0), counted=False)
    assert [(line.words, line.times) for line in shown] == [
        ("REC.", 1), ("GO for cue 1.", 1), (TOO_MUCH, 300), ("There is no cue 9.", 300), ("GO for cue 1.", 1),
    ]  # fmt: skip
    assert shown[2].utc_s == 301.0, "when it came last"
