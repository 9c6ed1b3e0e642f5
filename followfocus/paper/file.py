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
    step: Callable[[float], object] = lambda _share: None,
    *,
    style: Style = COMMA,
    zone: tzinfo | None = None,
) -> None:
    """Write `rows` of the log as the ending of `path` says: .pdf, .csv or .json.

    `step` is told how much of a take more is done.

    A table takes the memory of one take, paper that of them all. Times are the set's, or in `zone`.
    Raises RequestError for another ending, FileError where it can't be written.
    """

    def counted() -> Iterator[TakeRow]:
        for row in rows:
            step(1.0)
            yield row

    ending = path.suffix.lower()
    if ending == ".csv":
        write_atomically(path, csv_of((take_facts(row, zone) for row in counted()), style))
    elif ending == ".json":
        write_atomically(path, json_of(counted(), made_utc_s, zone))
    elif ending == ".pdf":
        from followfocus.paper.focus_log import focus_log  # drawing takes a while to load
        from followfocus.paper.pdf import camera_report

        some = list(rows)
        if not some:
            raise RequestError("There is no take yet: nothing is written.", "A report takes one at least.")

        def traces(number: int) -> dict[str, FloatArray]:
            return log.traces(number) or {}

        if report == "camera":
            camera_report(path, some, paper, made_utc_s, zone, step)
        else:
            focus_log(path, some, traces, paper, made_utc_s, zone, step)
    else:
        raise RequestError(f"{path}: takes are exported as .csv, .json or .pdf.", "Give a name that ends so.")
