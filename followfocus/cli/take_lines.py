# SPDX-License-Identifier: MIT
"""Logged takes as people read them in a terminal: a line each, or one with everything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from followfocus.cli.console import warn
from followfocus.cli.tables import Column, Grid
from followfocus.cli.take_words import figure
from followfocus.errors import RequestError
from followfocus.takes.settime import clock_words, day_words, local_time, offset_words, shoot_day, timecode_source

if TYPE_CHECKING:
    from pathlib import Path

    from followfocus.takes.log import TakeRow

_MOST_NUMBERS = 20


def check_words(word: str | None = None, verdict: str | None = None) -> None:
    """Raise RequestError for a word that no take can have, so that a typo doesn't look like a day without takes."""
    from followfocus.takes.log import WORDS
    from followfocus.takes.rows import VERDICTS

    for said, what, known in ((word, "word", WORDS), (verdict, "verdict", VERDICTS)):
        if said is not None and said not in filter(None, known):
            raise RequestError(f"“{said}” isn't a {what} of a take.", f"Known: {', '.join(filter(None, known))}.")


def warn_of_damage(file: Path, takes: Sequence[TakeRow], gaps: Sequence[int] = ()) -> None:
    """Say on standard error which takes are damaged, and which are gone."""
    damaged = [take.id for take in takes if take.damaged]
    words = [f"{file} is damaged at {numbers('row', damaged)}"] if damaged else []
    words += [f"{file} is damaged: {numbers('row', gaps)} {'is' if len(gaps) == 1 else 'are'} gone"] if gaps else []
    for said in words:
        warn(f"{said}. takes verify {file} says more.")


def numbers(what: str, known: Sequence[int]) -> str:
    """Rows by their numbers, as a person lists them.

    >>> numbers("row", [3]), numbers("row", [1, 2, 9])
    ('row 3', 'rows 1, 2 and 9')
    """
    words = list(map(str, known[:_MOST_NUMBERS]))
    more = len(known) - len(words)
    listed = f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 and not more else ", ".join(words)
    return f"{what}{'s' if len(known) > 1 else ''} {listed}" + (f" and {more} more" if more else "")


def take_table(title: str, takes: Sequence[TakeRow], zone: tzinfo | None = None, columns: int = 80) -> Grid:
    """A line a take, narrow enough for 80 columns: what is the same for all is in the title and not in a column.

    A note that has no room there is `below`, as `long_notes` has it. Times are the set's, or in `zone`; the days are
    shoot days.
    """
    times = [moment_of(take, zone) for take in takes]
    known = [time for time in times if time is not None]
    one_day = len({shoot_day(time) for time in known}) == 1
    how = "%H:%M" if one_day else "%m-%d %H:%M"
    parts = [title, *(filter(None, (day_words(known) if one_day else "", clock_words(known))))]
    optional: list[tuple[str, list[str]]] = []
    for name, texts in (("lens", [take.lens for take in takes]), ("pull", [take.pull for take in takes])):
        if len(set(texts)) == 1:
            parts.append(texts[0])
        elif takes:
            optional.append((name, texts))
    right, in_words = ("row", "take", "landing", "½ DOF", "timing"), ("pull", "lens", "note")
    names = ("row", "time", "shot", "take", *(name for name, _ in optional), *right[2:], "verdict", "note")
    known_as = [Column(name, right=name in right, wraps=name in in_words) for name in names]
    table = Grid(known_as, " · ".join(filter(None, parts)))
    below = long_notes(takes, columns)
    for number, take in enumerate(takes):
        time = times[number]
        when = "–" if time is None else f"{time:{how}}"
        table.add(
            str(take.id), when, take.shot, _number(take), *(texts[number] for _, texts in optional),
            figure(take.landing_error_deg, "{:+z.3f}°"), share(take.landing_error_half_dof),
            figure(take.duration_error_ms, "{:+z.2f} ms"), _listed(take.verdict_words, _said(take.word)),
            "below" if take.id in below else take.note,
        )  # fmt: skip
    return table


def long_notes(takes: Sequence[TakeRow], columns: int) -> dict[int, str]:
    """The notes, by their rows, that would make a tower of words beside their takes in a terminal of this width."""
    from rich.cells import cell_len

    room = max(24, columns - 68)
    return {take.id: take.note for take in takes if cell_len(take.note) > room}


def _said(word: str) -> str:
    """The word that a take was given, as a slate has it."""
    return "NG" if word == "ng" else word


def take_lines(take: TakeRow, zone: tzinfo | None = None) -> list[tuple[str, str]]:
    """One take in (what, words); what is not known has no line. Times are the set's, or in `zone`."""
    context = take.context
    length = "" if context.duration_s is None else f"{context.duration_s:g} s"
    exposure = "" if context.t_stop is None else f"T{context.t_stop:g}"
    part = f", part {context.part} of {context.parts}" if context.parts > 1 else ""
    moment = moment_of(take, zone)
    source = timecode_source(context.utc_offset_s)
    if moment is not None:
        source = source.removesuffix(f", {offset_words(moment)}")  # said already, with the time
    timecode = f", timecode {take.timecode} at {context.fps} fps by the {source}" if take.timecode else ""
    shot = "" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} {offset_words(moment)}{timecode}"
    unit = f"{context.unit} {context.unit_serial} on {context.port}, firmware {context.firmware}"
    lines = [
        ("slate", take.slate),
        ("verdict", _listed(take.verdict_words, _said(take.word))),
        *(("", reason) for reason in take.reasons),
        ("note", take.note),
        ("production", _listed(context.production, context.camera and f"camera {context.camera}", context.first_ac)),
        ("shot", shot),
        ("cue", f"{context.cue}{part}" if context.cue else ""),
        ("pull", _listed(context.pull, length, context.easing)),
        ("started by", context.started_by),
        ("clip", _listed(context.clip, context.timecode and f"timecode {context.timecode}")),
        *_marks(take),
        ("lens", _listed(" ".join(filter(None, (context.lens, context.lens_serial, exposure))), context.lens_off)),
        ("landing", _landing(take)),
        ("timing", f"{figure(take.duration_error_ms, '{:+z.3f} ms')} in duration by the unit's clock, "
                   f"{figure(take.start_latency_ms, '{:.1f} ms')} from GO"),
        ("", str(take.facts.get("timing") or "")),
        ("unit", unit if context.unit else ""),
        ("plan", take.plan_hash),
    ]  # fmt: skip
    return [(what, words) for what, words in lines if words]


def _number(take: TakeRow) -> str:
    """The take's number; the part of it where a hold for GO makes several, so that no number stands there twice."""
    part = f" {take.context.part}/{take.context.parts}" if take.context.parts > 1 else ""
    return f"{'rehearsal' if take.rehearsed else take.take}{part}"


def _listed(*words: str) -> str:
    return ", ".join(filter(None, words))


def _marks(take: TakeRow) -> list[tuple[str, str]]:
    from followfocus.paper.report import mark_words

    lines = [
        f"{mark_words(mark.letter, mark.name, mark.distance_m)} at {mark.ring_deg:z.2f}°"
        + (f", trim {mark.trim_m * 100:+z.1f} cm" if mark.trim_m else "")
        for mark in take.context.marks
    ]
    return [("" if number else "marks", line) for number, line in enumerate(lines)]


def _landing(take: TakeRow) -> str:
    if take.landing_error_deg is None:
        return ""
    by = "as the ring was seen" if take.facts.get("landed_by") == "witness" else "by the unit's count of steps"
    return f"{take.landing_error_deg:+z.3f}°, {share(take.landing_error_half_dof)} of half the depth of field, {by}"


def share(half_dofs: float | None) -> str:
    """A landing error in percent of half the depth of field."""
    if half_dofs is None:
        return "–"
    percent = abs(half_dofs) * 100.0
    return "<1 %" if 0.0 < percent < 1.0 else f"{percent:.0f} %"


def time_facts(take: TakeRow, zone: tzinfo | None = None) -> dict[str, object]:
    """When a take was, for JSON: local time with its offset, shoot day, and what its timecode was counted by."""
    moment = moment_of(take, zone)
    return {
        "local": None if moment is None else moment.isoformat(timespec="milliseconds"),
        "shoot_day": None if moment is None else f"{shoot_day(moment)}",
        "timecode_source": timecode_source(take.context.utc_offset_s),
    }


def moment_of(take: TakeRow, zone: tzinfo | None) -> datetime | None:
    """When a take began, or was kept where it never did, in the set's own time or in `zone`."""
    return local_time(take.at_utc_s, take.context.utc_offset_s, zone)
