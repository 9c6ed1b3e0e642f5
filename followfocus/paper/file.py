# SPDX-License-Identifier: MIT
"""The camera report and the focus log as whatever file is asked for: paper, spreadsheet or JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from pathlib import Path

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.files import write_atomically
from followfocus.paper.report import csv_of, json_of, take_facts
from followfocus.spreadsheet import COMMA, Style
from followfocus.takes.log import TakeLog, TakeRow

REPORTS = ("camera", "focus")
"""A line a take, or a block a take with its curve; spreadsheet and JSON hold both at once."""


def write_report(
    path: Path,
    log: TakeLog,
    rows: Iterable[TakeRow],
    report: str,
    paper: str,
    made_utc_s: float,
    step: Callable[[], object] = lambda: None,
    *,
    style: Style = COMMA,
    zone: tzinfo | None = None,
) -> None:
    """Write `rows` of the log as the ending of `path` says: .pdf, .csv or .json. `step` is called for each take.

    A table takes the memory of one take, paper that of them all. Times are the set's, or in `zone`.
    Raises RequestError for another ending, FileError where it can't be written.
    """

    def counted() -> Iterator[TakeRow]:
        for row in rows:
            step()
            yield row

    ending = path.suffix.lower()
    if ending == ".csv":
        write_atomically(path, csv_of((take_facts(row, zone) for row in counted()), style))
    elif ending == ".json":
        write_atomically(path, json_of(counted(), made_utc_s, zone))
    elif ending == ".pdf":
        from followfocus.paper.pdf import camera_report, focus_log  # drawing takes a while to load

        def traces(number: int) -> dict[str, FloatArray]:
            step()
            return log.take(number).traces

        if report == "camera":
            camera_report(path, list(counted()), paper, made_utc_s, zone)
        else:
            focus_log(path, list(rows), traces, paper, made_utc_s, zone)
    else:
        raise RequestError(f"{path}: takes are exported as .csv, .json or .pdf.", "Give a name that ends so.")
