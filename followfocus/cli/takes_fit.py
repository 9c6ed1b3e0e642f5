# SPDX-License-Identifier: MIT
"""`followfocus takes fit`: a recorded pull as marks, holds and eases."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import say, tell_json
from followfocus.cli.options import JsonOption, StopOption
from followfocus.cli.recordings import PlayedOnOption, RecordingArgument, TrackOption, recording_of
from followfocus.errors import JobError
from followfocus.names import counted

if TYPE_CHECKING:
    from followfocus.takes.fit import HandFit, Move
    from followfocus.takes.recording import Recording

OutOption = Annotated[
    Path | None, typer.Option("-o", "--out", metavar="OUT.ffshow", help="Write it as a show, to be edited.")
]
LOADING_S = 1.0


def command(
    recording: RecordingArgument,
    track: TrackOption = None,
    lens: PlayedOnOption = None,
    out: OutOption = None,
    stop: StopOption = None,
    json: JsonOption = False,
) -> None:
    """Turn a recorded pull into marks, holds and eases that can be edited, and say how far that is off.

    followfocus takes fit takes.db --track 12 -o by-hand.ffshow

    The fit never goes past where the recording went. Ends with 1 where it is farther off than half the recording's
    depth of field allows (0.5 half depths).
    """
    from followfocus.show.file import check_new_name

    if out is not None:
        check_new_name(out)
    found = recording_of(recording, lens, track, stop, None)
    fit = fit_of(found)
    if out is not None:
        write_fit(fit, found, out)
    if json:
        tell_json(_facts(fit, found))
    else:
        moves = counted(len(fit.moves), "move")
        say(f"{found.name} on {found.lens.name}: {moves}, {fit_words(fit)}.")
        for line in move_lines(fit, found):
            typer.echo(line)
    _judge(fit)


def fit_of(found: Recording) -> HandFit:
    """The fit of a recording, in half depths of field at its end; through a zoom, as it stood at each moment."""
    from followfocus.takes.fit import fit_hand

    return fit_hand(found.times_s, found.ring_deg, found.half_dofs_deg)


def write_fit(fit: HandFit, found: Recording, out: Path) -> None:
    """The fit as a new show. What can't be played as close as it was is said. Raises FileError or RequestError."""
    from followfocus.show.file import check_new_name, write_show
    from followfocus.takes.fit import fitted_show

    check_new_name(out)  # what was fitted before may have been edited since
    show = fitted_show(fit, found.lens, found.conditions, found.zoom)
    write_show(show, out)
    tight = [cue.number for cue in show.cues if cue.follow_s is not None and cue.follow_s < LOADING_S]
    cues = len(show.cues)
    say(f"{out}: {cues} cues, each following the one before." if cues > 1 else f"{out}: 1 cue.", err=True)
    passed = [str(number) for number, move in enumerate(fit.moves, 1) if move.via]
    if passed:
        say(
            f"Cue {', '.join(passed)} passes through marks in the fit, which a show has no place for: it goes by its "
            "ends and duration alone. replay --fitted plays the fit as it is.",
            err=True,
        )
    if tight:
        after = f"cue{'s' if len(tight) > 1 else ''} {' and '.join(tight)}"
        say(
            f"After {after} there is less than {LOADING_S:g} s for the unit to load the next: play it as one with "
            "replay --fitted.",
            err=True,
        )


def fit_words(fit: HandFit) -> str:
    """How far a fit is off."""
    return f"at most {fit.worst_deg:z.2f}° off, {fit.worst_half_dof:.2f} half depths of field"


def move_lines(fit: HandFit, found: Recording) -> list[str]:
    """A line for each move."""
    from followfocus.units import format_distance

    lines = []
    for move in fit.moves:
        ends = [format_distance(found.lens.distance_m(deg)) for deg in (move.from_deg, move.to_deg)]
        lines.append(
            f"{move.start_s:7.3f} s  {move.from_deg:7.2f}° → {move.to_deg:7.2f}°  ({ends[0]} → {ends[1]})  "
            f"{move.duration_s:.3f} s  {_way(move)}"
        )
    return lines


def _way(move: Move) -> str:
    return f"through {counted(len(move.via), 'mark')}" if move.via else move.easing


def _facts(fit: HandFit, found: Recording) -> dict[str, object]:
    from dataclasses import asdict

    return {
        "recording": found.name,
        "lens": found.lens.name,
        "moves": [asdict(move) for move in fit.moves],
        "worst_deg": fit.worst_deg,
        "worst_half_dof": fit.worst_half_dof,
        "beyond_deg": fit.beyond_deg,
    }


def _judge(fit: HandFit) -> None:
    from followfocus.takes.fit import TOLERANCE

    if fit.worst_half_dof > TOLERANCE:
        raise JobError(f"The fit is {fit_words(fit)}: more than {TOLERANCE}.", "Replay the recording itself.")
