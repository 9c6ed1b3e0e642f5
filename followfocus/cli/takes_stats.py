# SPDX-License-Identifier: MIT
"""`followfocus takes stats`: how alike the takes of a pull are, and what stands apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say, tell_json
from followfocus.cli.options import JsonOption
from followfocus.cli.take_lines import numbers
from followfocus.names import counted

if TYPE_CHECKING:
    from followfocus.takes.log import TakeRow
    from followfocus.takes.repeatability import Repeatability


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE.db", help="The take log.")],
    scene: Annotated[str | None, typer.Option(metavar="SCENE", help="Only takes of this scene.")] = None,
    pull: Annotated[str | None, typer.Option(metavar="NAME", help="Only takes of this pull.")] = None,
    plan: Annotated[str | None, typer.Option(metavar="HASH", help="Only takes of this plan.")] = None,
    last: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only the newest N of them.")] = None,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE.pdf", help="Write the one-page certificate of the pull here.")
    ] = None,
    paper: Annotated[str, typer.Option(metavar="SIZE", help="a4 or letter.")] = "a4",
    json: JsonOption = False,
) -> None:
    """How alike takes are: landing and timing spread, drift, slips and the odd one out, for each plan among them.

    Takes of different plans, lenses or units are not compared. Spreads are greatest less least. Ends with exit code 1
    where something drifts, has slipped or stands apart, or nothing landed.
    """
    from followfocus.errors import RequestError
    from followfocus.motion.motor import DEFAULT_RIG
    from followfocus.takes.log import TakeLog, TakeQuery
    from followfocus.takes.repeatability import landing_of_row, repeatability

    if certificate is not None:
        from followfocus.paper.page import check_pdf

        check_pdf(certificate, paper)
    query = TakeQuery(scene=scene, pull=pull, plan_hash=plan, rehearsals=False, limit=last, newest_first=True)
    with TakeLog(file, create=False) as log:
        rows = log.rows(query)[::-1]
    if not rows:
        raise RequestError(f"{file} has no such take.", "takes list shows what is there.")
    found = repeatability([landing_of_row(row) for row in rows if row.ended and not row.damaged], DEFAULT_RIG)
    if json:
        tell_json({"plans": [one.facts() for one in found]})
    else:
        _tell(found, rows)
    if certificate is not None:
        from followfocus.paper.certificate import certify

        certify(certificate, found, rows, paper)
        say(f"{certificate}: certificate of {counted(found[0].takes, 'take')}", err=True)
    raise typer.Exit(0 if found and not any(one.alarmed for one in found) else 1)


def _tell(found: Sequence[Repeatability], rows: Sequence[TakeRow]) -> None:
    """Every plan with its sentences."""
    by_number = {row.id: row for row in rows}
    damaged = [row.id for row in rows if row.damaged]
    open_ends = [row.id for row in rows if not row.ended and not row.damaged]
    if damaged:
        say(f"Left out, as the log is damaged there: {numbers('row', damaged)}.")
    if open_ends:
        say(f"Left out, as it isn't in the log how they ended: {numbers('row', open_ends)}.")
    if not found:
        say("None of these takes landed.")
    for one in found:
        first = by_number[one.landings[0].number]
        where = f"lens {one.lens or 'unknown'}, unit {one.unit_serial or 'unknown'}, plan {one.plan_hash or 'unknown'}"
        say(f"{first.pull or first.lens}  ({where})")
        for words in one.words:
            say(f"  {words}")
    if len(found) > 1:
        say(f"These are takes of {len(found)} plans, lenses or units, which are not compared with each other.")
