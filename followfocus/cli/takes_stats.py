"""`followfocus takes stats`: how alike the takes of a pull are, and what stands apart."""

from __future__ import annotations

import json as json_module
from pathlib import Path
from typing import Annotated

import typer


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE.db", help="The take log.")],
    scene: Annotated[str | None, typer.Option(help="Only takes of this scene.")] = None,
    pull: Annotated[str | None, typer.Option(help="Only takes of this pull.")] = None,
    last: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the newest N of them.")] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE.pdf", help="Write the one-page certificate of the pull here.")
    ] = None,
    paper: Annotated[str, typer.Option(help="a4 or letter.")] = "a4",
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Landing and timing spread, drift, slips and the odd one out, for each plan among the takes.

    Takes of different plans are not compared. Ends with exit code 1 where something drifts, jumps or stands apart.
    """
    from followfocus.errors import RequestError
    from followfocus.motor import DEFAULT_RIG
    from followfocus.repeatability import landing_of_row, repeatability
    from followfocus.takelog import TakeLog, TakeQuery

    query = TakeQuery(scene=scene, pull=pull, limit=last, newest_first=True)
    with TakeLog(file, create=False) as log:
        rows = log.rows(query)[::-1]
    if not rows:
        raise RequestError(f"{file} has no such take.", "takes list shows what is there.")
    found = repeatability([landing_of_row(row) for row in rows], DEFAULT_RIG)
    if json:
        typer.echo(json_module.dumps({"plans": [one.facts() for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            first = next(row for row in rows if row.plan_hash == one.plan_hash)
            typer.echo(f"{first.pull or first.lens}  (plan {one.plan_hash or 'unknown'})")
            for words in one.words:
                typer.echo(f"  {words}")
    if certificate is not None:
        from followfocus.certificate import write_certificate

        if len(found) != 1:
            raise RequestError(
                f"A certificate is of one plan, and these takes are of {len(found)}.", "Choose with --pull or --last."
            )
        write_certificate(certificate, found[0], rows, paper)
        typer.echo(f"{certificate}: certificate of {found[0].takes} takes", err=True)
    raise typer.Exit(0 if all(one.steady for one in found) else 1)
