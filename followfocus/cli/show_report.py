# SPDX-License-Identifier: MIT
"""The report of `show check`: the file, each lens and each cue, with what is fine, what isn't, and what to do."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from followfocus.names import counted

if TYPE_CHECKING:
    from followfocus.show.show import Show, ShowCue

_Facts = dict[str, object]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `remedy` is what to do where it isn't fine."""

    words: str
    fine: bool = False
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what was found under it; `name` is short, for scripts: `cue 1`, `lens ideal-50`."""

    name: str
    heading: str
    findings: tuple[Finding, ...]

    def doubts(self) -> list[str]:
        """The findings that aren't fine, a line each."""
        return [f"{self.name}: {one.words} {one.remedy}".strip() for one in self.findings if not one.fine]


def sections_of(show: Show) -> list[Section]:
    """The lenses, whose marks may look like typos, and the cues, which may be more than lens and motor can do."""
    lenses = [
        Section(
            f"lens {entry.id}", f"Lens {entry.id}", _or_fine(map(Finding, entry.lens.warnings()), "its scale agrees")
        )
        for entry in show.lenses
    ]
    return [*lenses, *(_of_cue(show, cue) for cue in show.cues)]


def _or_fine(found: Iterator[Finding], words: str) -> tuple[Finding, ...]:
    return tuple(found) or (Finding(words, fine=True),)


def _of_cue(show: Show, cue: ShowCue) -> Section:
    name = f"cue {cue.number}"
    heading = "  ".join(filter(None, (f"Cue {cue.number}", cue.name, f"{show.pull(cue.pull).duration_s:g} s")))
    found = _or_fine(_against(show, cue), "can be played, and every limit is kept")
    return Section(name, heading, (*found, *_shares(show, cue)))


def _shares(show: Show, cue: ShowCue) -> Iterator[Finding]:
    """How long each leg of a pull over several marks takes, which nobody has typed; nothing where it can't be told."""
    from followfocus.errors import FollowFocusError

    try:
        parts = show.parts(cue)
    except FollowFocusError:
        return
    legs = [
        f"{before.letter} → {after.letter} {leg.duration_s:.2f} s"
        for part in parts
        for before, after, leg in zip(part.marks, part.marks[1:], part.legs, strict=False)
    ]
    if len(legs) > 1:
        yield Finding(f"its legs share that by how far the ring turns: {', '.join(legs)}", fine=True)


def _against(show: Show, cue: ShowCue) -> Iterator[Finding]:
    """The reasons why a cue can't be shot."""
    from followfocus.errors import FollowFocusError
    from followfocus.stage.prepare import least_duration_s, objection, plan_part

    pull = show.pull(cue.pull)
    try:
        plans = [plan_part(show, pull, part, back=cue.back) for part in show.parts(cue)]
        words = objection(pull, plans)
        if words:
            longer = math.isfinite(least_duration_s(pull, plans))
            yield Finding(words, remedy="Give it that time, or bring its marks nearer." if longer else "")
    except FollowFocusError as error:
        yield Finding(error.message, remedy=error.remedy)


def report(name: str, facts: _Facts, sections: Sequence[Section]) -> Iterator[str]:
    """The report's lines, from the facts that --json gives and what was found of each lens and cue."""
    of_file = Section("file", "The file", tuple(_of_file(facts)))
    wrong = [one for section in (of_file, *sections) for one in section.findings if not one.fine]
    yield f"{name} {'can be used' if facts['usable'] else 'cannot be used as it is'}, {_count(len(wrong))}."
    for section in (of_file, *sections):
        yield f"\n{section.heading}"
        for one in section.findings:
            yield f"  {'✓' if one.fine else '✗'} {one.words}"
            if one.remedy:
                yield f"    → {one.remedy}"


def _count(wrong: int) -> str:
    return "and nothing speaks against it" if not wrong else f"with {counted(wrong, 'thing')} to look at"


def _of_file(facts: _Facts) -> Iterator[Finding]:
    yield from _contents(facts) if facts["usable"] else _damage(facts)
    for words in _texts(facts, "words") if facts["usable"] else ():
        yield Finding(words)
    if facts.get("read_only"):
        yield Finding("it can only be read", remedy="Save it as another in the app to change it.")
    if "locked_by" in facts:
        yield Finding(f"it is locked by {facts['locked_by']}", remedy="Close it there, or: followfocus show unlock.")
    if facts["unsaved_edits"]:
        stale = "unsaved_edits_of_an_earlier_version" in facts
        words = "edits are left that the app could not save" + (", of an earlier version of it" if stale else "")
        yield Finding(words, remedy="" if stale else "Open it in the app to get them back.")
    if versions := _texts(facts, "versions"):
        kept = f"{len(versions)} earlier version{'s are' if len(versions) > 1 else ' is'} kept, the newest"
        yield Finding(f"{kept} {versions[0]}", fine=True)


def _contents(facts: _Facts) -> Iterator[Finding]:
    counts = ", ".join(
        f"{facts[several]} {one if facts[several] == 1 else several}"
        for one, several in (("lens", "lenses"), ("pull", "pulls"), ("cue", "cues"))
    )
    yield Finding(f"whole, of version {facts['version']}: {counts}", fine=True)


def _damage(facts: _Facts) -> Iterator[Finding]:
    """The file's faults, each once, and how much of it can still be read."""
    said = list(dict.fromkeys([*_texts(facts, "problems"), *_texts(facts, "lost")])) or _texts(facts, "words")
    yield from map(Finding, said[:-1])
    saved = _texts(facts, "cues_saved")
    yield Finding(said[-1], remedy="" if saved else "Fetch a copy of it, or make it anew: followfocus show new.")
    if saved:
        cues = f"cue{'s' if len(saved) > 1 else ''} {', '.join(saved)}"
        yield Finding(f"{cues} can be saved", fine=True, remedy="Open it in the app: it opens with what is left.")


def _texts(facts: _Facts, name: str) -> list[str]:
    return [str(text) for text in cast("Sequence[object]", facts.get(name, ()))]
