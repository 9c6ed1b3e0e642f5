# SPDX-License-Identifier: MIT
"""`followfocus takes export`: the takes as paper, spreadsheet or JSON; one take's focus track or plot."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from followfocus.cli.console import console, tell_json
from followfocus.cli.idle import tell_idle
from followfocus.cli.numbers import CsvOption
from followfocus.cli.options import JsonOption
from followfocus.cli.take_lines import check_words, warn_of_damage
from followfocus.errors import FileError, JobError, RequestError
from followfocus.names import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import tzinfo

    from followfocus.paper.lists import Filled
    from followfocus.spreadsheet import Style
    from followfocus.takes.log import LoggedTake, TakeLog, TakeQuery, TakeRow


_LISTS = (".pdf", ".csv", ".json", ".ale", "ves")
_USED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("--report", "--paper"), (".pdf",)),
    **dict.fromkeys(("--scene", "--shot", "--pull", "--word"), _LISTS),
    **dict.fromkeys(("--unit", "--day", "--tilt", "--height", "--filters"), ("ves",)),
    "--zone": (".pdf", ".csv", ".json", "ves"),
    "--csv": (".csv", "ves", "track .csv"),
    "--lens": ("track .csv", "track .json", "track .tsv", "track .jsonl", "track .chan"),
}
"""The exports that each option is seen in"""


def command(
    file: Annotated[Path, typer.Argument(metavar="FILE.db", help="The take log.")],
    output: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FILE", help="takes.pdf, .csv, .json, .ale; ves.csv with --ves; .png for a plot."
        ),
    ],
    report: Annotated[
        str, typer.Option(metavar="KIND", help="On paper: camera (a line a take) or focus (a block a take).")
    ] = "camera",
    paper: Annotated[str, typer.Option(metavar="SIZE", help="a4 or letter.")] = "a4",
    scene: Annotated[str | None, typer.Option(metavar="SCENE", help="Only takes of this scene, such as 27.")] = None,
    shot: Annotated[
        str | None, typer.Option(metavar="SHOT", help="Only takes of what is on the board, such as 27A.")
    ] = None,
    pull: Annotated[str | None, typer.Option(metavar="NAME", help="Only takes of this pull.")] = None,
    word: Annotated[str | None, typer.Option(metavar="WORD", help="Only takes that are circled, ng or buzzed.")] = None,
    track: Annotated[
        int | None, typer.Option(metavar="ROW", help="One take frame by frame: .csv, .json, .tsv (DCS), .jsonl, .chan.")
    ] = None,
    plot: Annotated[int | None, typer.Option(metavar="ROW", help="One take as a picture: .png, .svg or .pdf.")] = None,
    lens: Annotated[str | None, typer.Option(metavar="LENS", help="For --track: a lens that doesn't ship.")] = None,
    csv: CsvOption = "comma",
    ves: Annotated[bool, typer.Option("--ves", help="As a VES camera report (.csv).")] = False,
    unit: Annotated[str, typer.Option(metavar="NAME", help="For --ves: the shooting unit, such as 1st.")] = "",
    day: Annotated[int | None, typer.Option(metavar="N", help="For --ves: the number of the first shoot day.")] = None,
    tilt: Annotated[str, typer.Option(metavar="TEXT", help="For --ves: the camera's tilt.")] = "",
    height: Annotated[str, typer.Option(metavar="TEXT", help="For --ves: the camera's height.")] = "",
    filters: Annotated[str, typer.Option(metavar="TEXT", help="For --ves: the filters.")] = "",
    zone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Tell times in this zone: utc, -08:00, …; else the set's.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Write the camera report, the focus log, the focus track of a take, or its plot.

    followfocus takes export day3.db -o day3.pdf

    followfocus takes export day3.db -o focus.pdf --report focus --scene 27

    followfocus takes export day3.db -o 27A-4.tsv --track 12

    followfocus takes export day3.db -o day3.ale --scene 27

    followfocus takes export day3.db -o day3-vfx.csv --ves --unit 1st --day 14 --filters ND6

    Times are the set's own; a shoot day goes from 06:00 to 06:00. In a CSV, text that a spreadsheet would take for a
    number, a date or a formula has an apostrophe before it.
    """
    from followfocus.files import refuse_source
    from followfocus.paper.file import REPORTS
    from followfocus.paper.lists import Filled
    from followfocus.spreadsheet import style_named
    from followfocus.takes.log import TakeLog, TakeQuery
    from followfocus.takes.settime import zone_named

    style, told_in = style_named(csv), zone_named(zone)
    refuse_source(output, (file, *filter(None, (lens,))))
    if report not in REPORTS:
        raise RequestError(f"There is no report “{report}”.", f"Give {' or '.join(REPORTS)}.")
    if track is not None and plot is not None:
        raise RequestError("A track and a plot at once go into two files.", "Ask for one after the other.")
    ending = output.suffix.lower()
    made = "track" if track is not None else "plot" if plot is not None else "ves" if ves else ending
    given: dict[str, object] = {
        "--report": report != "camera", "--paper": paper != "a4", "--scene": scene, "--shot": shot, "--pull": pull,
        "--word": word, "--lens": lens, "--csv": csv != "comma", "--ves": ves and made != "ves", "--unit": unit,
        "--day": day is not None, "--tilt": tilt, "--height": height, "--filters": filters, "--zone": zone,
    }  # fmt: skip
    where = {"track": "--track", "plot": "--plot", "ves": "--ves"}.get(made, f"a {ending}")
    with TakeLog(file, create=False) as log:
        tell_idle(given, _USED, f"track {ending}" if made == "track" else made, f"in {where}")
        if track is not None:
            facts, said = _track(log, track, lens, output, style)
        elif plot is not None:
            facts, said = _plot(log, plot, output)
        else:
            check_words(word)
            query = TakeQuery(scene=scene, shot=shot, pull=pull, word=word, rehearsals=False)
            if ves or output.suffix.lower() == ".ale":
                filled = Filled(unit, day, tilt, height, filters) if ves else None
                count = _list(log, query, output, style, told_in, filled)
            else:
                count = _report(log, query, report, paper, output, style, told_in)
            facts, said = {"takes": count}, counted(count, "take")
    typer.echo(f"{output}: {said}", err=True)
    if json:
        tell_json({"output": str(output), **facts})


_Made: TypeAlias = "tuple[dict[str, object], str]"
"""Facts and words on a file that was made"""


def _report(
    log: TakeLog, query: TakeQuery, report: str, paper: str, output: Path, style: Style, zone: tzinfo | None
) -> int:
    """Write the takes that fit, and say which of them are damaged; how many there are."""
    from rich.progress import Progress

    from followfocus.clock import utc_timestamp
    from followfocus.paper.file import write_report

    if output.suffix.lower() not in (".pdf", ".csv", ".json"):
        raise RequestError(f"Takes aren't exported as {output}.", "Give a name that ends in .pdf, .csv, .json or .ale.")
    count, damaged = log.count(query), []
    if not count:
        raise RequestError(f"{log.path} has no such take: nothing is written.", "takes list shows what is there.")

    def rows() -> Iterator[TakeRow]:
        for row in log.each(query):
            if row.damaged:
                damaged.append(row)
            yield row

    printer = console(stderr=True)
    with Progress(console=printer, disable=not printer.is_terminal, transient=True) as progress:
        task = progress.add_task("takes", total=count)
        step = functools.partial(progress.advance, task)
        try:
            write_report(output, log, rows(), report, paper, utc_timestamp(), step, style=style, zone=zone)
        except KeyboardInterrupt:
            raise JobError(f"Interrupted: nothing is written to {output}.") from None
    warn_of_damage(log.path, damaged, log.gaps())
    return count


def _list(
    log: TakeLog, query: TakeQuery, output: Path, style: Style, zone: tzinfo | None, filled: Filled | None
) -> int:
    """The day as a list for another trade: ALE, or the VES report with what was filled in; how many takes it has."""
    from followfocus.files import write_atomically
    from followfocus.paper.lists import ale_of, crif_csv

    if filled is not None and output.suffix.lower() != ".csv":
        raise RequestError(f"{output}: a VES report is a .csv.", "Give a name that ends so.")
    rows = log.rows(query)
    if not rows:
        raise RequestError(f"{log.path} has no such take: nothing is written.", "takes list shows what is there.")
    write_atomically(output, ale_of(rows) if filled is None else crif_csv(rows, log.name, filled, style, zone))
    warn_of_damage(log.path, [row for row in rows if row.damaged], log.gaps())
    return len(rows)


def _sound(log: TakeLog, row: int) -> LoggedTake:
    """An undamaged take: an export of a damaged one would look like evidence. Raises FileError."""
    take = log.take(row)
    if take.row.damaged:
        raise FileError(
            f"{log.path} is damaged at row {row}: nothing is written of it.", (), "takes show gives what can be read."
        )
    return take


def _track(log: TakeLog, row: int, lens: str | None, output: Path, style: Style) -> _Made:
    from followfocus.files import write_atomically
    from followfocus.lens.map import load_lens
    from followfocus.paper.focus_track import focus_track, lens_of, track_columns, track_json
    from followfocus.paper.report import csv_of
    from followfocus.paper.track_files import chan_lines, dcs_table, opentrackio_lines

    take = _sound(log, row)
    on = lens_of(take, None if lens is None else load_lens(lens))
    track = focus_track(take, on)
    kinds: dict[str, Callable[[], str | Iterable[str]]] = {
        ".csv": lambda: csv_of(track_columns(track), style),
        ".json": lambda: track_json(track),
        ".tsv": lambda: dcs_table(track, on, take.row),
        ".jsonl": lambda: opentrackio_lines(track, on, take.row),
        ".chan": lambda: chan_lines(track, on),
    }
    make = kinds.get(output.suffix.lower())
    if make is None:
        raise RequestError(f"{output}: a focus track is written as {', '.join(kinds)}.", "Give a name that ends so.")
    write_atomically(output, make())
    facts: dict[str, object] = {"row": row, "slate": track.slate, "frames": len(track.frames), "by": track.by}
    return facts, f"{counted(len(track.frames), 'frame')} of {track.slate}, {track.by}"


def _plot(log: TakeLog, row: int, output: Path) -> _Made:
    from followfocus.paper.plots import plot_take
    from followfocus.takes.schema import slate_words

    take = _sound(log, row)
    title = f"{slate_words(take.row.shot or take.row.lens, take.row.take)}: {take.row.verdict_words}"
    plot_take(take.traces, output, title)
    return {"row": row, "title": title}, title
