# SPDX-License-Identifier: MIT
"""`followfocus takes`: what the take log says."""

from __future__ import annotations

import shutil
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli import takes_export, takes_fit, takes_stats, takes_verify
from followfocus.cli.console import say, sheet, tell_json
from followfocus.cli.options import JsonOption
from followfocus.cli.tables import say_table
from followfocus.cli.take_lines import check_words, long_notes, take_lines, take_table, time_facts, warn_of_damage
from followfocus.names import counted

if TYPE_CHECKING:
    from followfocus.takes.log import TakeRow

app = typer.Typer(help="Read a take log: list its takes, show one, mark it, export them.", no_args_is_help=True)

app.command("export")(takes_export.command)
app.command("fit")(takes_fit.command)
app.command("stats")(takes_stats.command)
app.command("verify")(takes_verify.command)

LogArgument = Annotated[Path, typer.Argument(metavar="FILE.db", help="The log that pull --log wrote.")]
ZoneOption = Annotated[
    str | None,
    typer.Option(metavar="ZONE", help="Tell times in this zone: utc, -08:00, America/Los_Angeles; else the set's."),
]


def row_facts(take: TakeRow, zone: tzinfo | None = None) -> dict[str, object]:
    """A row for JSON: where and when, the crew's word and note, what was shot with, then what happened."""
    return {
        "row": take.id,
        "logged_utc_s": take.logged_utc_s,
        **time_facts(take, zone),
        "timecode": take.timecode,
        "slate": take.slate,
        "rehearsal": take.rehearsed,
        "scene": take.scene,
        "shot": take.shot,
        "pull": take.pull,
        "lens": take.lens,
        "word": take.word,
        "note": take.note,
        **take.facts,
        **({"damaged": True, "reasons": list(take.reasons)} if take.damaged else {}),
        "context": take.context.facts(),
    }


@app.command("list")
def list_takes(
    file: LogArgument,
    scene: Annotated[str | None, typer.Option(metavar="SCENE", help="Only takes of this scene, such as 27.")] = None,
    shot: Annotated[
        str | None, typer.Option(metavar="SHOT", help="Only takes of what is on the board, such as 27A.")
    ] = None,
    pull: Annotated[str | None, typer.Option(metavar="NAME", help="Only takes of this pull.")] = None,
    lens: Annotated[str | None, typer.Option(metavar="NAME", help="Only takes on this lens.")] = None,
    verdict: Annotated[
        str | None, typer.Option(metavar="VERDICT", help="Only takes with this verdict: good, soft, missed …")
    ] = None,
    word: Annotated[str | None, typer.Option(metavar="WORD", help="Only takes that are circled, ng or buzzed.")] = None,
    text: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Only takes with this in the note or any name: slate, pull, mark, lens …"),
    ] = None,
    last: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the newest N of them.")] = None,
    zone: ZoneOption = None,
    json: JsonOption = False,
) -> None:
    """All takes, a line each, in the order they were kept.

    Times are the set's own, with their offset from UTC; a shoot day goes from 06:00 to 06:00.
    """
    from followfocus.takes.log import TakeLog, TakeQuery
    from followfocus.takes.settime import zone_named

    check_words(word, verdict)
    told_in = zone_named(zone)
    query = TakeQuery(
        scene=scene,
        shot=shot,
        pull=pull,
        lens=lens,
        verdict=verdict,
        word=word,
        text=text,
        limit=last,
        newest_first=True,
    )
    with TakeLog(file, create=False) as log:
        takes = log.rows(query)[::-1]
        warn_of_damage(file, takes, log.gaps())
    if json:
        tell_json({"takes": [row_facts(take, told_in) for take in takes]})
        return
    if not takes:
        typer.echo(f"{file} has no such take.", err=True)
        return
    columns = shutil.get_terminal_size().columns
    say_table(take_table(str(file), takes, told_in, columns))
    notes = [(f"row {row}", note) for row, note in long_notes(takes, columns).items()]
    if notes:
        sheet("Notes", notes)


@app.command()
def show(
    file: LogArgument,
    row: Annotated[int, typer.Argument(metavar="ROW", help="The take's row, as takes list gives it.")],
    zone: ZoneOption = None,
    json: JsonOption = False,
) -> None:
    """One take with everything that is known of it; with --json its traces too."""
    from followfocus.takes.log import TakeLog
    from followfocus.takes.settime import zone_named

    told_in = zone_named(zone)
    with TakeLog(file, create=False) as log:
        take = log.take(row)
    facts = row_facts(take.row, told_in)
    if json:
        traces = {name: trace.tolist() for name, trace in take.traces.items()}
        tell_json({**facts, "traces": traces})
        return
    sheet("", [*take_lines(take.row, told_in), ("row", f"{row} of {file}")])


@app.command()
def mark(
    file: LogArgument,
    row: Annotated[int, typer.Argument(metavar="ROW", help="The take's row, as takes list gives it.")],
    word: Annotated[str, typer.Argument(metavar="WORD", help="circled, ng, buzzed, or none to take it off.")],
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="Write this beside the take.")] = None,
    json: JsonOption = False,
) -> None:
    """Circle a take, call it no good or buzzed, write a note beside it."""
    from followfocus.takes.log import TakeLog

    kept = "" if word == "none" else word
    check_words(kept or None if word else word)
    with TakeLog(file, create=False) as log:
        log.set_word(row, kept)
        if note is not None:
            log.set_note(row, note)
        take = log.take(row).row
    typer.echo(f"Row {row}: {'NG' if word == 'ng' else word}.", err=True)
    if json:
        tell_json(row_facts(take))


@app.command()
def join(
    file: LogArgument,
    others: Annotated[list[Path], typer.Argument(metavar="OTHER.db…", help="The logs whose takes are brought over.")],
    json: JsonOption = False,
) -> None:
    """Bring takes of other logs into this one: those that were saved elsewhere while it had no room, for example.

    A take that is here already stays as it is, and the other logs do too.
    """
    from followfocus.takes.join import join_logs

    facts = []
    for other in others:
        found = join_logs(file, other)
        facts.append({"log": str(other), "added": found.added, "known": found.known, "damaged": found.damaged})
        is_now = "is" if found.added == 1 else "are"
        known = f" {counted(found.known, 'other')} had been there." if found.known else ""
        say(f"{counted(found.added, 'take')} of {other} {is_now} in {file} now.{known}", err=True)
        if found.damaged:
            stayed = f"{counted(found.damaged, 'take')} of {other} stayed: damaged."
            say(f"{stayed} takes verify says more.", "yellow", err=True)
    if json:
        tell_json({"joined": facts})


@app.command()
def diary(file: LogArgument, zone: ZoneOption = None, json: JsonOption = False) -> None:
    """List what came from outside: from where, the request, and the answer; with the takes between."""
    from followfocus.takes.diary import read_diary
    from followfocus.takes.log import TakeLog, TakeQuery
    from followfocus.takes.settime import local_time, offset_words, zone_named

    told_in, lines = zone_named(zone), read_diary(file)
    if json:
        tell_json({"diary": [line.facts() for line in lines]})
        return
    with TakeLog(file, create=False) as log:
        offset_s = next((take.context.utc_offset_s for take in log.each(TakeQuery(limit=1, newest_first=True))), None)
    for line in lines:
        at = local_time(line.utc_s, offset_s, told_in)
        when = "at no time that can be told" if at is None else f"{at:%Y-%m-%d %H:%M:%S} {offset_words(at)}"
        often = f" ({line.times} times)" if line.times > 1 else ""
        say(f"{when}  {line.said}{often}", "" if line.passed else "yellow")
    if not lines:
        typer.echo(f"{file}: nothing came from outside.", err=True)
