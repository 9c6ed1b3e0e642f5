# SPDX-License-Identifier: MIT
"""Takes as the log gives them back, and what can be asked for."""

from __future__ import annotations

from dataclasses import dataclass

from followfocus.arrays import FloatArray
from followfocus.takes.context import TakeContext, timecode_of
from followfocus.takes.schema import folded, folded_with_accents, slate_words, storable
from followfocus.takes.seal import TAKE_COLUMNS
from followfocus.takes.takes import REHEARSAL, Verdict

COLUMNS = TAKE_COLUMNS[:-2]
"""The columns of `takes` in the order of TakeRow's fields."""
BEGUN, UNKNOWN = "begun", "unknown"
"""Verdicts of takes without an ending: GO was about to be given, or it was asked afterwards and nobody knows."""
VERDICTS = (*(verdict.value for verdict in Verdict), BEGUN, UNKNOWN)
_NO_ENDING = {BEGUN: "begun, no ending yet", UNKNOWN: "not known how it ended"}
_BY_CHOICE = ("plan_hash", "shot", "scene", "pull", "word", "lens", "verdict")
"""Columns to filter by, the most selective first: its index is used, and the others are compared."""
DAMAGED = "the log is damaged at this take: what stands here may not be what was kept"
WORDS = ("", "circled", "ng", "buzzed")
"""The crew's word for a take, beside the verdict of the figures."""


@dataclass(frozen=True, slots=True)
class TakeQuery:
    """Which takes: every field that is not None must fit.

    `text` is looked for in notes and in every name: slate, scene, pull, cue, lens, marks, production, show, camera,
    1st AC, unit; upper and lower case are the same in every script. `since_utc_s` is included, `until_utc_s` is not.
    """

    scene: str | None = None
    shot: str | None = None
    pull: str | None = None
    lens: str | None = None
    verdict: str | None = None
    word: str | None = None
    plan_hash: str | None = None
    since_utc_s: float | None = None
    until_utc_s: float | None = None
    text: str | None = None
    rehearsals: bool | None = None
    """True for rehearsals alone, False for takes alone"""
    before: int | None = None
    """Only rows with a lower number: how a long list is read page by page at the same cost"""
    after: int | None = None
    """Only rows with a higher number: what was kept since"""
    from_take: int | None = None
    """Only takes of this number and higher"""
    newest_first: bool = False
    limit: int | None = None
    offset: int = 0

    def where(self) -> tuple[str, list[object]]:
        """The WHERE clause and its values."""
        terms: list[str] = []
        values: list[object] = []
        for column in _BY_CHOICE:
            wanted = getattr(self, column)
            if wanted is not None:
                # “+” keeps SQLite, which knows nothing of how often each value occurs, from a poorer index.
                terms.append(f"{'+' if terms else ''}{column} = ?")
                values.append(storable(wanted))
        if self.rehearsals is not None:
            terms.append(f"take {'=' if self.rehearsals else '<>'} {REHEARSAL}")
        limits = (
            ("logged_utc_s >= ?", self.since_utc_s),
            ("logged_utc_s < ?", self.until_utc_s),
            ("id < ?", self.before),
            ("id > ?", self.after),
            ("take >= ?", self.from_take),
        )
        for term, value in limits:
            if value is not None:
                terms.append(term)
                values.append(value)
        if self.text is not None:
            written = storable(self.text)
            # Logs of before were folded with their accents: both spellings are asked for, once where they are the same.
            spellings = dict.fromkeys((folded(written), folded_with_accents(written)))
            terms.append(f"({' OR '.join(['instr(names_folded, ?) OR instr(note_folded, ?)'] * len(spellings))})")
            values += [spelling for spelling in spellings for _ in range(2)]
        return (" WHERE " + " AND ".join(terms) if terms else ""), values


@dataclass(frozen=True, slots=True)
class TakeRow:
    """A row of the log without its traces. `facts` is what `pull --json` said of the take, `context` what was shot.

    `damaged`: something of it is not what was written.
    """

    id: int
    logged_utc_s: float
    started_utc_s: float | None
    take: int
    lens: str
    scene: str
    shot: str
    pull: str
    plan_hash: str
    verdict: str
    word: str
    note: str
    landing_error_deg: float | None
    landing_error_half_dof: float | None
    duration_error_ms: float | None
    start_latency_ms: float | None
    facts: dict[str, object]
    context: TakeContext
    damaged: bool = False

    @property
    def at_utc_s(self) -> float:
        """When it began, or was kept where it never did."""
        return self.logged_utc_s if self.started_utc_s is None else self.started_utc_s

    @property
    def slate(self) -> str:
        """The take as it is called out: "27A take 4", "27A rehearsal"."""
        return slate_words(self.shot, self.take)

    @property
    def rehearsed(self) -> bool:
        """It was a rehearsal, and no take of the slate."""
        return self.take == REHEARSAL

    @property
    def ended(self) -> bool:
        """How the take ended is known."""
        return self.verdict not in _NO_ENDING

    @property
    def verdict_words(self) -> str:
        """The verdict as people read it."""
        words = _NO_ENDING.get(self.verdict, self.verdict)
        return f"{words}, damaged".lstrip(", ") if self.damaged else words

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the verdict is what it is, a sentence each; first of all that the row is damaged."""
        said = self.facts.get("reasons")
        return ((DAMAGED,) if self.damaged else ()) + (tuple(map(str, said)) if isinstance(said, list) else ())

    @property
    def start_clock(self) -> int:
        """The unit's clock at the start, in its ticks; 0 where it never started."""
        clock = self.facts.get("start_clock")
        return clock if isinstance(clock, int) else 0

    @property
    def timecode(self) -> str:
        """The set's time of day at the start by the host's clock, as timecode in the take's rate; empty where unknown.

        In UTC where the set's zone isn't known.
        """
        return timecode_of(self.started_utc_s, self.context.fps, self.context.utc_offset_s or 0)


@dataclass(frozen=True, slots=True)
class LoggedTake:
    """A row with its traces: name → rows of (seconds, ring degrees); none where they can't be read."""

    row: TakeRow
    traces: dict[str, FloatArray]


def facts_without_ending(take: int, verdict: str) -> dict[str, object]:
    """The facts of a take that has begun and has no ending: `verdict` is BEGUN or UNKNOWN."""
    return {"take": take, "verdict": verdict, "reasons": [_NO_ENDING[verdict]]}
