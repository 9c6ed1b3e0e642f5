"""`followfocus takes`: what the take log says."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from followfocus.takelog import LoggedTake

app = typer.Typer(help="Read a take log: list its takes, show one, export them.", no_args_is_help=True)

LogArgument = Annotated[Path, typer.Argument(metavar="FILE.db", help="The log that pull --log wrote.")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]


def _row(take: LoggedTake) -> dict[str, object]:
    return {"row": take.id, "logged_utc_s": take.logged_utc_s, "lens": take.lens, "note": take.note, **take.facts}


@app.command("list")
def list_takes(file: LogArgument, json: JsonOption = False) -> None:
    """All takes, a line each."""
    from followfocus.takelog import TakeLog

    with TakeLog(file, create=False) as log:
        takes = list(log.takes())
    if json:
        typer.echo(json_module.dumps({"takes": [_row(take) for take in takes]}, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=str(file), title_justify="left")
    for name in ("row", "logged (UTC)", "lens", "take", "landing error", "in half DOF", "duration error", "verdict"):
        table.add_column(name, justify="left" if name in ("lens", "verdict") else "right")
    for take in takes:
        figures = (
            _figure(take.landing_error_deg, "{:+.3f}°"),
            _figure(take.landing_error_half_dof, "{:+.3f}"),
            _figure(take.duration_error_ms, "{:+.3f} ms"),
        )
        table.add_row(str(take.id), _when(take.logged_utc_s), take.lens, str(take.take), *figures, take.verdict)
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
    facts = _row(take)
    if json:
        traces = {name: trace.tolist() for name, trace in take.traces.items()}
        typer.echo(json_module.dumps({**facts, "traces": traces}, ensure_ascii=False))
        return
    for name, value in facts.items():
        typer.echo(f"{name:24} {value}")


@app.command()
def export(
    file: LogArgument,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="takes.csv or takes.json.")],
) -> None:
    """All takes as CSV (opens in Excel) or JSON."""
    from followfocus.errors import RequestError
    from followfocus.lens import write_atomically
    from followfocus.takelog import TakeLog

    with TakeLog(file, create=False) as log:
        rows = [_row(take) for take in log.takes()]
    ending = output.suffix.lower()
    if ending == ".json":
        write_atomically(output, json_module.dumps({"takes": rows}, ensure_ascii=False, indent=1) + "\n")
    elif ending == ".csv":
        write_atomically(output, "\ufeff" + _csv(rows))
    else:
        raise RequestError(f"{output}: takes are exported as .csv or .json.", "Give a name that ends so.")
    typer.echo(f"{output}: {len(rows)} takes", err=True)


def _csv(rows: list[dict[str, object]]) -> str:
    import csv
    import io

    names = list(dict.fromkeys(name for row in rows for name in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({k: "; ".join(map(str, v)) if isinstance(v, list) else v for k, v in row.items()})
    return text.getvalue()


def _figure(value: float | None, how: str) -> str:
    return "–" if value is None else how.format(value)


def _when(utc_s: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(utc_s, UTC).strftime("%Y-%m-%d %H:%M:%S")
