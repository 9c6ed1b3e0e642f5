# SPDX-License-Identifier: MIT
"""`followfocus takes verify`: whether a log is what was written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say, tell_json
from followfocus.cli.options import JsonOption
from followfocus.cli.tables import Column, Grid, say_table
from followfocus.cli.take_lines import numbers
from followfocus.names import counted

if TYPE_CHECKING:
    from followfocus.takes.check import Checked
    from followfocus.takes.rows import TakeRow

_REMEDY = "Keep a copy of the file as it is; the other takes can be used, and takes show gives what is left of these."


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE.db", help="The take log.")],
    json: JsonOption = False,
) -> None:
    """Check a whole log: every take, its facts and its curve against their checksums, and the file itself.

    Ends with exit code 1 where something is damaged, 0 where everything is what was written.
    """
    from followfocus.errors import JobError
    from followfocus.takes.schema import LogDamagedError

    try:
        found, gaps, rows = _checked(file)
    except LogDamagedError as error:
        raise JobError(error.message, error.remedy) from error
    damaged = not found.whole or bool(gaps)
    if json:
        tell_json(_facts(file, found, gaps))
    else:
        _tell(file, found, gaps, rows)
    raise typer.Exit(1 if damaged else 0)


def _checked(file: Path) -> tuple[Checked, list[int], dict[int, TakeRow]]:
    """The result of a check: rows that are gone, and the remains of damaged ones."""
    from followfocus.errors import RequestError
    from followfocus.takes.log import TakeLog

    with TakeLog(file, create=False) as log:
        found, gaps, rows = log.checked(), log.gaps(), {}
        for row in found.damaged:
            try:
                rows[row] = log.take(row).row
            except RequestError:  # the row itself is gone, and a part of it is left
                continue
    return found, gaps, rows


def _facts(file: Path, found: Checked, gaps: list[int]) -> dict[str, object]:
    return {
        "log": str(file),
        "whole": found.whole and not gaps,
        "takes": found.takes,
        "damaged": [{"row": row, "at": list(parts)} for row, parts in found.damaged.items()],
        "gone": gaps,
        "file": list(found.file),
        "rows_without_checksums_before": found.older_rows,
    }


def _tell(file: Path, found: Checked, gaps: list[int], rows: dict[int, TakeRow]) -> None:
    takes = counted(found.takes, "take")
    if found.whole and not gaps:
        say(f"{file}: {takes}, all as they were written.")
    if found.damaged:
        say_table(_table(f"{file}: {takes}, {len(found.damaged)} damaged", found, rows))
    if gaps:
        say(f"{file}: {numbers('row', gaps)} {'is' if len(gaps) == 1 else 'are'} gone.", "yellow")
    for said in found.file:
        say(f"{file}, as SQLite sees it: {said}", "yellow")
    if found.older_rows:
        say(f"Up to row {found.older_rows} the takes came from a log without checksums: earlier damage can't be seen.")
    if not found.whole or gaps:
        say(_REMEDY)


def _table(title: str, found: Checked, rows: dict[int, TakeRow]) -> Grid:
    columns = [Column("row", right=True), Column("shot"), Column("take", right=True), Column("damaged at", wraps=True)]
    table = Grid(columns, title)
    for number, parts in found.damaged.items():
        row = rows.get(number)
        shot, take = (row.shot, str(row.take)) if row else ("–", "–")
        table.add(str(number), shot, take, ", ".join(parts))
    return table
