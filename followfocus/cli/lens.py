# SPDX-License-Identifier: MIT
"""`followfocus lens`: look at lens maps, check lens files, make maps from clips."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say, tell_json, warn
from followfocus.cli.numbers import CsvOption, number, t_stop
from followfocus.cli.options import JsonOption
from followfocus.cli.tables import Column, Grid, say_table
from followfocus.names import counted

if TYPE_CHECKING:
    from followfocus.importers.focus_track import FocusTrack
    from followfocus.importers.mapping import MapReport
    from followfocus.lens.map import LensMap

app = typer.Typer(
    no_args_is_help=True,
    help="""Lens maps: which ring angle is which distance.

    A lens is a file or the name of one that ships:

        followfocus lens list
        followfocus lens show ideal-50

    A clip in which someone pulled focus makes a map of the lens it was shot with:

        followfocus lens import clip.csv -o my-lens.json --travel 280
    """,
)

# The distances that lens barrels carry; the scale shows those that the lens reaches.
_ENGRAVED_M = (10.0, 5.0, 3.0, 2.0, 1.5, 1.2, 1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4, 0.35, 0.3)
_HALF_DOF_COC_MM = 0.025


@app.command("list")
def list_lenses(json: JsonOption = False) -> None:
    """Name the lenses that ship."""
    from followfocus.lens.map import lens_names, load_lens
    from followfocus.units import format_distance

    lenses = [load_lens(name) for name in lens_names()]
    if json:
        tell_json({"lenses": [_summary(lens) for lens in lenses]})
        return
    right = (Column(name, right=True) for name in ("focal", "widest", "close focus", "ring"))
    table = Grid([Column("lens"), *right, Column("scale")])
    for lens in lenses:
        kind = "ideal" if lens.ideal else counted(len(lens.marks), "mark")
        focal, nearest = f"{lens.focal_length_mm:g} mm", format_distance(lens.close_focus_m)
        table.add(lens.name, focal, f"T{lens.t_stop:g}", nearest, f"{lens.travel_deg:g}°", kind)
    say_table(table)


@app.command("show")
def show_lens(
    lens: Annotated[str, typer.Argument(metavar="LENS", help="A lens file, or the name of a lens that ships.")],
    json: JsonOption = False,
) -> None:
    """Show a lens's scale, what is known of it, and what is doubtful about it."""
    from followfocus.lens.map import load_lens

    loaded = load_lens(lens)
    if json:
        tell_json(_facts(loaded))
        return
    _print_lens(loaded)


@app.command("check")
def check_lens(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The lens file.")],
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if anything is doubtful.")] = False,
    json: JsonOption = False,
) -> None:
    """Check a lens file: every problem at once, each with its place, and marks that look mistyped.

    Exit codes: 0 the lens can be used (doubts are printed), 1 doubts and --strict, 2 it cannot be used.
    """
    from followfocus.errors import FileError
    from followfocus.lens.map import load_lens

    try:
        loaded = load_lens(file)
    except FileError as error:
        if json:
            problems = list(error.problems) or [error.message]
            tell_json({"file": file, "usable": False, "problems": problems, "warnings": []})
        raise
    doubts = loaded.warnings()
    unverified = " ".join(filter(None, (loaded.unverified, loaded.beyond_marks(loaded.travel_deg))))
    if json:
        tell_json({"file": file, "usable": True, "problems": [], "warnings": list(doubts), "unverified": unverified})
    else:
        named = f"{file}: " if file != loaded.name else ""
        say(f"{named}{loaded.name} can be used, {len(loaded.marks)} marks.")
        if unverified:
            say(unverified)
        _print_warnings(doubts)
    if doubts and strict:
        raise typer.Exit(1)


@app.command("import")
def import_clip(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="The clip's metadata table; for RED, frames and static.")
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE.json", help="Write the lens map here (JSON).")
    ] = None,
    track: Annotated[
        Path | None, typer.Option("--track", metavar="FILE.csv", help="Write the focus track here (CSV).")
    ] = None,
    travel: Annotated[
        float | None,
        typer.Option(
            "--travel", metavar="DEG", parser=number, help="The ring's travel, stop to stop; 300 if not given."
        ),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Name of the lens in the file.")] = None,
    focal: Annotated[
        float | None,
        typer.Option("--focal", metavar="MM", parser=number, help="Focal length, if the file is silent."),
    ] = None,
    stop: Annotated[
        float | None,
        typer.Option("--stop", metavar="T", parser=t_stop, help="Widest T-stop, if the file is silent."),
    ] = None,
    fps: Annotated[
        str | None, typer.Option("--fps", metavar="RATE", help="Frame rate, where the file is silent or wrong.")
    ] = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format", metavar="NAME", help="The frame, 16:9, that a .chan's or After Effects' angle of view is of."
        ),
    ] = "super35",
    note: Annotated[
        str, typer.Option("--note", metavar="WORDS", help="Kept with the map, such as “12 °C, night”: lenses drift.")
    ] = "",
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Make a lens map from a clip in which someone pulled focus; or, with --track, take its focus track.

    Read are ARRI Meta Extract and Reference Tool (JSON), OpenTrackIO (JSON, a sample a line too), Mo-Sys F4 packets,
    RED (Cooke /i), Sony Venice (with its XML), Blackmagic metadata, exiftool's JSON and CSV, and tables of a lens's
    scale, told apart by what is in them. Where there is a ring encoder they give a map, else a focus track (time and
    distance of every frame). What this program writes is read back: focus tracks, .chan, After Effects keyframes. Any
    other table needs a distance, with its unit in the column's name, and a time, timecode or frame. Canon's
    FocusPosition is no distance.

    Exit codes: 0 done, 1 the clip holds no map, 2 a file that cannot be read.
    """
    from followfocus.errors import JobError
    from followfocus.files import refuse_source, write_atomically
    from followfocus.importers import read_clip
    from followfocus.importers.mapping import map_of, with_lens
    from followfocus.importers.written import SeenFrame
    from followfocus.lens.formats import format_named
    from followfocus.lens.map import save_lens
    from followfocus.spreadsheet import style_named
    from followfocus.units import parse_fps

    refuse_source(output, files)
    refuse_source(track, files)
    seen = SeenFrame.of(format_named(format_))
    clip = with_lens(read_clip(files, parse_fps(fps) if fps else None, seen), focal, stop)
    if track:
        write_atomically(track, clip.to_csv(style_named(csv)))
    refusal = None
    made = None
    try:
        made = _noted(_named(map_of(clip, travel), name), note)
    except JobError as error:
        refusal = error
    if made and output:
        save_lens(made[0], output)
    _report_import(clip, made, refusal, output if made else None, track, json=json)
    if refusal and (output or not track):
        raise refusal


def _named(made: tuple[LensMap, MapReport], name: str | None) -> tuple[LensMap, MapReport]:
    """The map under the name that was asked for."""
    from dataclasses import replace

    return (replace(made[0], name=name), made[1]) if name else made


def _noted(made: tuple[LensMap, MapReport], note: str) -> tuple[LensMap, MapReport]:
    """The map with a note of what it may depend on."""
    from dataclasses import replace

    words = note.strip().rstrip(".")
    return (replace(made[0], calibration=(*made[0].calibration, f"Noted: {words}.")), made[1]) if words else made


def _report_import(
    clip: FocusTrack,
    made: tuple[LensMap, MapReport] | None,
    refusal: Exception | None,
    output: Path | None,
    track: Path | None,
    *,
    json: bool,
) -> None:
    """Say what was read and made: one JSON document, or tables."""
    if json:
        from followfocus.cli.lens_facts import import_facts

        tell_json(import_facts(clip, made, refusal, output, track))
        return
    from followfocus.cli.lens_facts import track_words

    for line in track_words(clip):
        say(line)
    if made:
        typer.echo()
        _print_lens(made[0], made[1])
    for what, path in (("lens map", output), ("focus track", track)):
        if path:
            say(f"Wrote the {what} to {path}.")
    if made and not output:
        say("Nothing is written without -o FILE.")


def _print_lens(lens: LensMap, report: MapReport | None = None) -> None:
    """A lens's facts, scale and warnings on standard output."""
    from followfocus.cli.lens_facts import lens_words, scale_rows

    for line in lens_words(lens, report, _HALF_DOF_COC_MM):
        say(line)
    table = Grid([*(Column(name, right=True) for name in ("ring", "metres", "feet")), Column("")])
    for ring, metric, imperial, words in scale_rows(lens, _ENGRAVED_M):
        table.add(ring, metric, imperial, words)
    say_table(table)
    _print_warnings(lens.warnings())


def _summary(lens: LensMap) -> dict[str, object]:
    """A lens's entry in the list."""
    from followfocus.cli.lens_facts import summary

    return summary(lens)


def _facts(lens: LensMap) -> dict[str, object]:
    """Everything about a lens, for JSON."""
    from followfocus.cli.lens_facts import lens_facts

    return lens_facts(lens, _ENGRAVED_M, _HALF_DOF_COC_MM)


def _print_warnings(warnings: tuple[str, ...]) -> None:
    """Doubts, on standard error."""
    for warning in warnings:
        warn(f"Warning: {warning}")
