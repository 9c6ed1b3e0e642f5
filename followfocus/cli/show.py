# SPDX-License-Identifier: MIT
"""`followfocus show`: show files, their cue lists, and what can be saved of a damaged one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from followfocus.cli.console import say, tell_json, warn
from followfocus.cli.idle import tell_bystanders
from followfocus.cli.numbers import t_stop
from followfocus.cli.options import JsonOption
from followfocus.cli.pull_options import FormatOption, SubjectOption
from followfocus.cli.tables import Column, Grid, say_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from followfocus.lens.map import LensMap
    from followfocus.show.pulls import ShowPull
    from followfocus.show.show import Show

app = typer.Typer(
    help="Show files: make one, check one, read its cue list. The last ten versions of NAME.ffshow are kept in the "
    "folder NAME.ffshow.versions beside it; to go back, copy one over the show.",
    no_args_is_help=True,
)

ShowArgument = Annotated[Path, typer.Argument(metavar="FILE.ffshow", help="The show file.")]


@app.command()
def new(
    file: ShowArgument,
    lens: Annotated[str, typer.Option(metavar="LENS", help="A lens file, or a lens that ships.")] = "ideal-50",
    production: Annotated[str, typer.Option(metavar="NAME", help="The production's name.")] = "",
    camera: Annotated[str, typer.Option(metavar="LETTER", help="The camera's letter.")] = "A",
    first_ac: Annotated[str, typer.Option(metavar="NAME", help="The 1st AC.")] = "",
    fps: Annotated[str, typer.Option(metavar="RATE", help="Frames a second, such as 24 or 23.976.")] = "24",
    from_: Annotated[str | None, typer.Option("--from", metavar="POINT", help="Mark A: 1.2m, 4'6\", 84.5deg.")] = None,
    to: Annotated[str | None, typer.Option(metavar="POINT", help="Mark B.")] = None,
    duration: Annotated[str, typer.Option(metavar="S", help="How long the pull takes: 2, 48f, 1s+12f.")] = "2",
    stop: Annotated[
        float | None, typer.Option(metavar="T", parser=t_stop, help="The T-stop; the lens's widest if not given.")
    ] = None,
    format_: FormatOption = "super35",
    subject: SubjectOption = None,
    json: JsonOption = False,
) -> None:
    """Make a show with one lens, one pull and one cue; the app goes on from there."""
    import dataclasses

    from followfocus.lens.formats import format_named
    from followfocus.lens.map import load_lens, parse_point
    from followfocus.lens.subjects import check_names, parse_subject
    from followfocus.show.file import check_new_name, write_show
    from followfocus.show.show import ShowMark, new_show
    from followfocus.units import parse_duration, parse_fps

    check_new_name(file)
    rate, used = parse_fps(fps), load_lens(lens)
    show = new_show(production, used)
    pull = show.pulls[0]
    marks, duration_s = list(pull.marks), parse_duration(duration, rate)
    subjects = [parse_subject(text, duration_s, rate) for text in subject or ()]
    check_names(one.name for one in subjects)
    tell_bystanders(subject or (), (from_, to))
    people = {one.name.casefold(): one for one in subjects}
    walkers = []
    for index, point in enumerate((from_, to)):
        if point is None:
            continue
        who = people.get(point.strip().casefold())
        if who is None:
            marks[index] = ShowMark(parse_point(used, point))
            continue
        walkers += [who] if who.moves and who not in walkers else []
        marks[index] = ShowMark(used.ring_deg(who.at_m(0.0)), who.name, subject=who.name if who.moves else "")
    t_number = used.t_stop if stop is None else used.checked_t_stop(stop)
    pull = dataclasses.replace(
        pull, marks=tuple(marks), duration_s=duration_s, t_stop=t_number, subjects=tuple(walkers)
    )
    show = show.with_pull(pull).with_film(format_named(format_))
    show = dataclasses.replace(show, camera=camera, first_ac=first_ac, fps=rate)
    show.parts(show.cues[0])
    write_show(show, file)
    typer.echo(f"{file}: cue 1 on {used.name}. Open it with: followfocus gui --show {file}", err=True)
    if json:
        tell_json({"file": str(file), "production": production, "cues": [_cue_facts(show, 0)]})


@app.command()
def check(file: ShowArgument, json: JsonOption = False) -> None:
    """A report on a show: what is fine, what isn't, what to do, and what can be saved of a damaged one.

    Ends with exit code 1 if it can't be used as it is, with 2 where there is no such file and nothing left of one.
    """
    from followfocus.cli.show_report import report, sections_of
    from followfocus.errors import FileError
    from followfocus.files import stat_of
    from followfocus.show.file import kept_versions, read_show, salvage
    from followfocus.show.journal import recover
    from followfocus.show.lock import holder_of

    versions = [f"{path.parent.name}/{path.name}" for path in kept_versions(file)]
    left = recover(file)
    if stat_of(file) is None and not versions and left is None:
        read_show(file)  # raises, with what to do
    sections = []
    try:
        opened = read_show(file)
        sections = sections_of(opened.show)
        facts: dict[str, object] = {
            "usable": True, "version": opened.version, "read_only": opened.read_only, "words": list(opened.words),
            "lenses": len(opened.show.lenses), "pulls": len(opened.show.pulls), "cues": len(opened.show.cues),
            "warnings": [doubt for section in sections for doubt in section.doubts()],
        }  # fmt: skip
    except FileError as error:
        saved, lost = salvage(file) if stat_of(file) is not None else (None, ())
        facts = {
            "usable": False, "words": [error.message], "problems": list(error.problems), "lost": list(lost),
            "cues_saved": [] if saved is None else [cue.number for cue in saved.cues],
        }  # fmt: skip
    facts |= {"versions": versions, "unsaved_edits": left is not None}
    if left is not None and not left.fits:
        facts["unsaved_edits_of_an_earlier_version"] = True
    if holder := holder_of(file):
        facts["locked_by"] = holder
    if json:
        tell_json(facts)
    else:
        for line in report(file.name, facts, sections):
            say(line)
    raise typer.Exit(0 if facts["usable"] else 1)


@app.command()
def unlock(file: ShowArgument, json: JsonOption = False) -> None:
    """Take over a show that another machine left locked, when it isn't open there any more.

    What a followfocus on this machine has open stays locked. Nothing of the show is changed.
    """
    from followfocus.files import stat_of
    from followfocus.show.lock import remove_lock as unlocked

    if stat_of(file) is None:
        from followfocus.errors import RequestError

        raise RequestError(f"There is no show {file}.", "Check the path.")
    holder = unlocked(file)
    said = f"it was locked by {holder}, and is free now" if holder else "nobody has it open"
    typer.echo(f"{file}: {said}.", err=True)
    if json:
        tell_json({"file": str(file), "was_locked_by": holder or None})


def opened_show(file: Path) -> Show:
    """The show in a file, to be played or read; what a person must know of it is said on standard error."""
    from followfocus.show.file import read_show
    from followfocus.show.journal import recover

    opened = read_show(file)
    for words in opened.words:
        warn(words)
    left = recover(file)
    if left is not None:
        words = "open it in the app to get them back" if left.fits else "they are of an earlier version of it"
        warn(f"Edits that the app could not save are not in {file.name}: {words}.")
    return opened.show


def change_show(file: Path, change: Callable[[Show], Show]) -> None:
    """Change a show's file. Raises FileError where it is open elsewhere, or can't be written."""
    from followfocus.show.file import read_show, write_show
    from followfocus.show.lock import ShowLock

    lock = ShowLock(file)
    try:
        opened = read_show(file)
        write_show(change(opened.show), file, opened.stamp)
    finally:
        lock.release()


@app.command()
def hand(
    file: ShowArgument,
    cue: Annotated[str, typer.Argument(metavar="CUE", help="The cue's number.")],
    how: Annotated[
        list[str] | None, typer.Argument(metavar="HOW", help="none, ride, ride 5cm, ride 5cm keep, takeover, scrub.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Set what a wheel does while a cue plays; without HOW, say what is set.

    followfocus show hand day3.ffshow 2 ride 5cm keep
    """
    from followfocus.show.cue_hand import parse_hand
    from followfocus.show.cues import hand_words, jump

    show = opened_show(file)
    at = jump(show, cue)
    if how:
        fields = parse_hand(" ".join(how), imperial=show.preferences.units == "imperial")
        show = _with_cue(file, show, cue, fields)
    _tell_cue(show, at.cue, hand_words(show, at) or "No hand.", json=json)


@app.command()
def start(
    file: ShowArgument,
    cue: Annotated[str, typer.Argument(metavar="CUE", help="The cue's number.")],
    how: Annotated[
        list[str] | None,
        typer.Argument(metavar="HOW", help="GO, REC + 3 s, 01:00:10:00; with ', cut + 2 s' the camera stops."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Set what starts a cue besides GO, and when the camera stops; without HOW, say what is set.

    followfocus show start day3.ffshow 2 REC + 3 s, cut + 2 s

    followfocus show start day3.ffshow 3 01:00:10:00
    """
    from followfocus.show.cue_start import parse_start
    from followfocus.show.cues import jump

    show = opened_show(file)
    if how:
        show = _with_cue(file, show, cue, parse_start(" ".join(how), show.fps))
    at = jump(show, cue).cue
    _tell_cue(show, at, f"{show.cues[at].start.brief()}.", json=json)


def _tell_cue(show: Show, index: int, words: str, *, json: bool) -> None:
    """Say of a cue what was asked for; with `json` every fact of it, as `cues` gives them."""
    facts = _cue_facts(show, index)
    tell_json(facts) if json else typer.echo(f"Cue {facts['number']}: {words}")


def _with_cue(file: Path, show: Show, number: str, fields: dict[str, Any]) -> Show:
    """The show with fields of a cue changed, in the file too."""
    import dataclasses

    from followfocus.show.cues import jump

    def changed(show: Show) -> Show:
        at = jump(show, number).cue
        return dataclasses.replace(
            show, cues=(*show.cues[:at], dataclasses.replace(show.cues[at], **fields), *show.cues[at + 1 :])
        )

    new = changed(show)
    change_show(file, changed)
    return new


@app.command()
def cues(file: ShowArgument, json: JsonOption = False) -> None:
    """The cue list: what is pulled from where to where, how long, and what follows."""
    show = opened_show(file)
    facts = [_cue_facts(show, index) for index in range(len(show.cues))]
    if json:
        tell_json({"production": show.production, "cues": facts})
        return
    rows = [_cue_row(cue) for cue in facts]
    # What no cue has, no column is spent on: a terminal is 80 wide.
    usual = {"starts on": "GO", "lead": "0 s", "hand": ""}
    names = [name for name in rows[0] if any(row[name] != usual.get(name) for row in rows)]
    columns = [Column(name, right=name in ("duration", "lead"), wraps=name in _IN_WORDS) for name in names]
    table = Grid(columns, show.production or str(file))
    for row in rows:
        table.add(*(row[name] for name in names))
    say_table(table)


_IN_WORDS = ("name", "marks", "starts on", "hand")


def _cue_row(cue: dict[str, object]) -> dict[str, str]:
    """A cue's cells by their columns."""
    return {
        "cue": str(cue["number"]),
        "name": str(cue["name"]),
        "lens": str(cue["lens"]),
        "marks": str(cue["words"]),
        "duration": f"{cue['duration_s']:g} s",
        "easing": str(cue["easing"]),
        "starts on": str(cue["start_words"]),
        "lead": f"{cue['lead_s']:g} s",
        "then": "GO" if cue["follow_s"] is None else f"after {cue['follow_s']:g} s",
        "hand": str(cue["hand_words"]),
    }


def _rings(pull: ShowPull, lens: LensMap) -> list[float]:
    """Each mark's own ring angle; of somebody who walks, where she is met."""
    return [
        place if mark.subject else mark.ring_deg for mark, place in zip(pull.marks, pull.places_deg(lens), strict=True)
    ]


def _cue_facts(show: Show, index: int) -> dict[str, object]:
    from followfocus.show.cues import Standby, hand_words
    from followfocus.show.show import letter
    from followfocus.units import format_distance

    cue = show.cues[index]
    pull = show.pull(cue.pull)
    lens, system = show.lens(pull.lens), "imperial" if show.preferences.units == "imperial" else "metric"
    marks = [
        {
            "letter": letter(i), "name": mark.name, "ring_deg": ring_deg, "trim_m": mark.trim_m,
            "distance": format_distance(lens.distance_m(ring_deg) - (mark.trim_m if mark.subject else 0), system),  # type: ignore[arg-type]
            "hold_s": mark.hold_s, "hold_for_go": mark.hold_for_go, "subject": mark.subject or None,
        }
        for i, (mark, ring_deg) in enumerate(zip(pull.marks, _rings(pull, lens), strict=True))
    ]  # fmt: skip
    order = marks[::-1] if cue.back else marks
    words = " → ".join(f"{mark['letter']} {mark['name'] or mark['distance']}" for mark in order)
    return {
        "number": cue.number, "name": cue.name, "lens": lens.name, "pull": pull.id, "back": cue.back, "marks": order,
        "words": words, "duration_s": pull.duration_s, "easing": pull.easing, "t_stop": pull.t_stop,
        "lead_s": cue.lead_s, "follow_s": cue.follow_s, "note": cue.note,
        "rec_hold_s": cue.rec_hold_s, "stop_rec_s": cue.stop_rec_s, "at_timecode": cue.at_timecode or None,
        "start_words": cue.start.brief(),
        "hand": cue.hand, "hand_within_m": cue.hand_within_m, "hand_keep": cue.hand_keep,
        "hand_words": hand_words(show, Standby(index)),
    }  # fmt: skip
