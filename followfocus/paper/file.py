"""The camera report and the focus log as whatever file is asked for: paper, spreadsheet or JSON."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.files import write_atomically
from followfocus.paper.report import to_csv, to_json
from followfocus.takes.log import TakeLog, TakeRow

REPORTS = ("camera", "focus")
"""A line a take, or a block a take with its curve; spreadsheet and JSON hold both at once."""


def write_report(
    path: Path,
    log: TakeLog,
    rows: Sequence[TakeRow],
    report: str,
    paper: str,
    made_utc_s: float,
    step: Callable[[], object] = lambda: None,
) -> None:
    """Write `rows` of the log as the ending of `path` says: .pdf, .csv or .json. `step` is called for each take drawn.

    Raises RequestError for another ending, FileError where it can't be written.
    """
    ending = path.suffix.lower()
    if ending == ".csv":
        write_atomically(path, to_csv(rows))
    elif ending == ".json":
        write_atomically(path, to_json(rows, made_utc_s))
    elif ending == ".pdf":
        from followfocus.paper.pdf import camera_report, focus_log  # drawing takes a while to load

        def traces(number: int) -> dict[str, FloatArray]:
            step()
            return log.take(number).traces

        if report == "camera":
            camera_report(path, rows, paper, made_utc_s)
        else:
            focus_log(path, rows, traces, paper, made_utc_s)
    else:
        raise RequestError(f"{path}: takes are exported as .csv, .json or .pdf.", "Give a name that ends so.")
