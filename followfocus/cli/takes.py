"""`followfocus takes`: what the take log says."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli import takes_export, takes_stats
from followfocus.cli.take_words import figure

if TYPE_CHECKING:
    from followfocus.takelog import TakeRow

app = typer.Typer(help="Read a take log: list its takes, show one, mark it, export them.", no_args_is_help=True)

app.command("export")(takes_export.command)
app.command("stats")(takes_stats.command)

LogArgument = Annotated[Path, typer.Argument(metavar="FILE.db", help="The log that pull --log wrote.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def row_facts(take: TakeRow) -> dict[str, object]:
    """A row for JSON: where and when, the crew's word and note, what was shot with, then what happened."""
    return {
        "row": take.id,
        "logged_utc_s": take.logged_utc_s,
        "timecode": take.timecode,
        "slate": f"{take.shot} take {take.take}".strip(),
        "scene": take.scene,
        "shot": take.shot,
        "pull": take.pull,
        "lens": take.lens,
        "word": take.word,
        "note": take.note,
        **take.facts,
        "context": take.context.facts(),
    }


@app.command("list")
def list_takes(
    file: LogArgument,
    scene: Annotated[str | None, typer.Option(help="Only takes of this scene.")] = None,
    pull: Annotated[str | None, typer.Option(help="Only takes of this pull.")] = None,
    lens: Annotated[str | None, typer.Option(help="Only takes on this lens.")] = None,
    verdict: Annotated[str | None, typer.Option(help="Only takes with this verdict: good, soft, missed …")] = None,
    word: Annotated[str | None, typer.Option(help="Only takes that are circled, ng or buzzed.")] = None,
    text: Annotated[str | None, typer.Option(help="Only takes with this in note, pull, shot or lens.")] = None,
    last: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the newest N of them.")] = None,
    json: JsonOption = False,
) -> None:
    """All takes, a line each, in the order they were kept."""
    from followfocus.takelog import TakeLog, TakeQuery

    query = TakeQuery(
        scene=scene, pull=pull, lens=lens, verdict=verdict, word=word, text=text, limit=last, newest_first=True
    )
    with TakeLog(file, create=False) as log:
        takes = log.rows(query)[::-1]
    if json:
        typer.echo(json_module.dumps({"takes": [row_facts(take) for take in takes]}, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=str(file), title_justify="left")
    right = ("row", "take", "landing error", "in half DOF", "duration error")
    names = ("row", "logged (UTC)", "lens", "shot", *right[1:], "verdict", "word", "note")
    for name in names:
        table.add_column(name, justify="right" if name in right else "left")
    for take in takes:
        figures = (
            figure(take.landing_error_deg, "{:+.3f}°"),
            figure(take.landing_error_half_dof, "{:+.3f}"),
            figure(take.duration_error_ms, "{:+.3f} ms"),
        )
        when = _when(take.logged_utc_s)
        words = take.verdict, take.word, take.note
        table.add_row(str(take.id), when, take.lens, take.shot, str(take.take), *figures, *words)
    Console(highlight=False).print(table)


@app.command()
def show(
    file: LogArgument,
    row: Annotated[int, typer.Argument(metavar="ROW", help="The take's row, as takes list gives it.")],
    json: JsonOption = False,
) -> None:
    """One take with everything that is known of it."""
    from followfocus.takelog import TakeLog

    with TakeLog(file, create=False) as log:
        take = log.take(row)
    facts = row_facts(take.row)
    if json:
        traces = {name: trace.tolist() for name, trace in take.traces.items()}
        typer.echo(json_module.dumps({**facts, "traces": traces}, ensure_ascii=False))
        return
    for name, value in facts.items():
        typer.echo(f"{name:24} {value}")


@app.command()
def mark(
    file: LogArgument,
    row: Annotated[int, typer.Argument(metavar="ROW", help="The take's row, as takes list gives it.")],
    word: Annotated[str, typer.Argument(metavar="WORD", help="circled, ng, buzzed, or none to take it off.")],
    note: Annotated[str | None, typer.Option(help="Write this beside the take.")] = None,
) -> None:
    """Circle a take, call it no good or buzzed, write a note beside it."""
    from followfocus.takelog import TakeLog

    with TakeLog(file, create=False) as log:
        log.set_word(row, "" if word == "none" else word)
        if note is not None:
            log.set_note(row, note)
    typer.echo(f"Row {row}: {word}.", err=True)


def _when(utc_s: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(utc_s, UTC).strftime("%Y-%m-%d %H:%M:%S")
