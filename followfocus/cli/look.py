# SPDX-License-Identifier: MIT
"""`followfocus look`: the rack as a picture, a film, keyframes, or words, with no camera and no motor."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from followfocus.cli.console import console, say, tell_json
from followfocus.cli.numbers import CsvOption, number, t_stop
from followfocus.cli.options import JsonOption
from followfocus.cli.pull_options import LongOption

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from followfocus.look.picture import RgbdSource
    from followfocus.look.render import Draws, Pixels
    from followfocus.look.scene import PlaneRequest
    from followfocus.look.shot import Shot
    from followfocus.spreadsheet import Style

_EXPORT_HELP = "csv, nuke, zdefocus, fusion, chan, ae, ae-camera, blender, brief or prompt; to -o or standard output."


def command(
    lens: Annotated[str, typer.Argument(metavar="LENS", help="A lens file, or the name of a lens that ships.")],
    from_: Annotated[str | None, typer.Option("--from", metavar="POINT", help="Where the pull starts.")] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="POINT", help="Where it lands.")] = None,
    duration: Annotated[str | None, typer.Option(metavar="S", help="2, 2s, 48f, 1s+12f.")] = None,
    visible: Annotated[str | None, typer.Option(metavar="S", help="The time between A soft and B sharp.")] = None,
    sharp_frame: Annotated[int | None, typer.Option(metavar="N", help="B is sharp on this frame after GO.")] = None,
    ease: Annotated[str, typer.Option(metavar="NAME", help="The pull's easing.")] = "minjerk",
    plane: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=DIST[=FILE]", help="What stands where, up to eight. A walk: NAME=4m..1.2m."),
    ] = None,
    follow: Annotated[str | None, typer.Option(metavar="NAME", help="Keep this moving plane in focus.")] = None,
    stop: Annotated[
        float | None, typer.Option(metavar="T", parser=t_stop, help="T-stop; the lens's widest if not given.")
    ] = None,
    focal: Annotated[
        str | None,
        typer.Option(metavar="MM", help="Where a zoom stands; 24..70 moves it, as does a clip's record: clip.csv."),
    ] = None,
    long: LongOption = None,
    format_: Annotated[
        str,
        typer.Option(
            "--format", metavar="NAME", help="super35, full-frame, mft, alexa65 …, or the frame in mm: 17.3x13."
        ),
    ] = "super35",
    coc: Annotated[str | None, typer.Option(metavar="MM", help="Circle of confusion: mm, or critical.")] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="mp4, mov, gif, png, rack.####.exr, csv, nk …")
    ] = None,
    export: Annotated[str | None, typer.Option(metavar="KIND", help=_EXPORT_HELP)] = None,
    strip: Annotated[int | None, typer.Option(metavar="N", help="A strip of N stills (PNG).")] = None,
    at: Annotated[
        str | None, typer.Option(metavar="S", help="One still at this time (PNG); the middle if not given.")
    ] = None,
    fps: Annotated[str, typer.Option(metavar="RATE", help="24, 23.976, 25, … 60.")] = "24",
    size: Annotated[
        str | None,
        typer.Option(
            metavar="WxH", help="Size of the picture; 960x540, or your own picture's; a GIF 640x360 (1 MB/s)."
        ),
    ] = None,
    blades: Annotated[int, typer.Option(metavar="N", help="Aperture blades; 0 is round.")] = 0,
    breathing: Annotated[
        float | None,
        typer.Option(metavar="PCT", parser=number, help="Breathing over the ring; else the lens's own."),
    ] = None,
    cat_eye: Annotated[
        float,
        typer.Option(metavar="SHARE", parser=number, help="How far the barrel cuts discs in the corners, 0 to 0.8."),
    ] = 0.0,
    picture: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own still or clip to rack on; takes --depth.")
    ] = None,
    depth: Annotated[Path | None, typer.Option(metavar="FILE", help="Its depth map: PNG, TIFF, EXR or a clip.")] = None,
    depth_kind: Annotated[
        str | None, typer.Option(metavar="KIND", help="metric (m, whole numbers mm), inverse (1/m) or relative.")
    ] = None,
    depth_at: Annotated[
        list[str] | None, typer.Option(metavar="X,Y=DIST", help="A known distance in the picture, or VALUE=DIST.")
    ] = None,
    highlights: Annotated[
        float, typer.Option(metavar="GAIN", parser=number, help="Raise your picture's highlights, for their discs.")
    ] = 0.0,
    handles: Annotated[int, typer.Option(metavar="N", help="Frames more before GO and after the landing.")] = 0,
    start_tc: Annotated[
        str | None, typer.Option("--tc", metavar="HH:MM:SS:FF", help="Timecode of GO; HH:MM:SS;FF is drop-frame.")
    ] = None,
    csv: CsvOption = "comma",
    json: JsonOption = False,
) -> None:
    """Show a rack before it is shot: a film, a still or a strip of it; keyframes for post; the pull in words.

    followfocus look ideal-50 --from 1.2m --to 4m --duration 2 -o rack.mp4

    followfocus look ideal-50 --from 1.2m --to 4m --duration 2 --strip 6 -o strip.png

    followfocus look ideal-50 --plane ANNA=1.2m --plane DOOR=4m=door.png --from ANNA --to DOOR --duration 2 -o rack.gif

    followfocus look ideal-50 --picture still.png --depth depth.exr --from @412,220 --to 4m --duration 2 -o rack.mov
    """
    from followfocus.cli.look_idle import check_asked, tell_even, tell_follow
    from followfocus.cli.look_job import Ask, make_shot
    from followfocus.cli.look_picture import open_picture
    from followfocus.look.encode import GIF_SIZE, refuse_inputs
    from followfocus.spreadsheet import style_named

    of_planes = [words.split("=", 2)[2] for words in plane or () if words.count("=") > 1]
    zoomed_by = [] if focal is None else [focal, focal.rpartition("@")[0]]  # a clip, or a clip from a time on
    own_files = [file for file in (picture, depth, *zoomed_by) if file]
    refuse_inputs(output, [*own_files, lens, *of_planes])
    given = {
        "--strip": strip is not None, "--at": at is not None, "--handles": handles, "--size": size, "--blades": blades,
        "--breathing": breathing is not None, "--cat-eye": cat_eye, "--highlights": highlights, "--tc": start_tc,
        "--csv": csv != "comma", "--focal": focal,
    }  # fmt: skip
    gif = output is not None and output.suffix.lower() == ".gif"
    width, height = GIF_SIZE if gif else (960, 540)
    own = open_picture(picture, depth, depth_kind, tuple(depth_at or ()), highlights, size, width if gif else None)
    planes, ends = tuple(plane or ()), (from_, to)
    if own is not None:
        planes, ends, size = own.planes(planes), own.points(ends), own.size
    ask = Ask(
        lens, *ends, duration, visible, sharp_frame, ease, planes, follow, stop, focal, format_, coc,
        fps, size or f"{width}x{height}", blades, breathing, start_tc, cat_eye, own_picture=own is not None, long=long,
    )  # fmt: skip
    style = style_named(csv)
    shot, requests, notes = make_shot(ask)
    check_asked(output, export, given, json=json)
    if follow is not None:
        tell_follow({"--from": from_, "--to": to, "--ease": ease != "minjerk"})
    tell_even(output, shot.frame_px)
    until_s = shot.motion.duration_s + handles / float(shot.fps)
    for note in (*(own.notes(until_s) if own is not None else ()), *notes):
        say(f"followfocus: {note}", err=True)
    job = LookJob(shot, requests, own.source if own is not None else None, handles)
    written = _produce(job, output, export, strip, at, style)
    if json:
        from followfocus.cli.look_job import facts

        tell_json({**facts(shot), "output": written})
    elif written is not None:
        say(f"{written}: {_one_line(shot)}", err=export is not None)
    elif export is None:
        from followfocus.cli.look_job import told

        say(told(shot))


def _one_line(shot: Shot) -> str:
    from followfocus.look.words import brief

    return brief(shot)


@dataclass(frozen=True, slots=True)
class LookJob:
    """A drawing job: the shot, its planes, the user's own picture if there is one, and handles in frames."""

    shot: Shot
    requests: tuple[PlaneRequest, ...]
    source: RgbdSource | None
    handles: int

    def renderer(self) -> Draws:
        """The renderer for this job."""
        if self.source is not None:
            from followfocus.look.picture import PictureRenderer

            return PictureRenderer(self.source, self.shot.camera, self.shot.frame_px)
        from followfocus.look.render import Renderer
        from followfocus.look.scene import build_planes

        return Renderer(build_planes(self.requests), self.shot.camera, self.shot.frame_px)


def _produce(
    job: LookJob, output: Path | None, export: str | None, strip: int | None, at: str | None, style: Style
) -> str | None:
    """Make what is asked for; the path of the file written, if any."""
    from followfocus.look.encode import MOVIES, STILLS, check_output, sequence_of, write_still

    if output is None and export is None:
        return None
    ending = output.suffix.lower() if output is not None else ""
    film = output is not None and (ending in MOVIES or sequence_of(output) is not None)
    if export is not None or not (film or ending in STILLS):
        return _export(job.shot, export, output, style)
    assert output is not None
    if film:
        return _film(job, output)
    check_output(output, STILLS)
    with _stoppable(output):
        return str(write_still(_still(job, strip, at), output))


def _stoppable(output: Path) -> AbstractContextManager[object]:
    """Ctrl-C, a closed terminal and being terminated: what is half made is taken away, and JobError says so."""
    from followfocus.cli.endings import ended_by_signals

    return ended_by_signals(f"Interrupted: nothing is written to {output}.", tidies=True)


def _film(job: LookJob, output: Path) -> str:
    from followfocus.look.encode import check_film, check_length, tone_for, write_film
    from followfocus.look.render import check_size, frame_times

    check_film(output)
    shot = job.shot
    count = len(frame_times(shot.motion.duration_s, shot.fps, job.handles))
    check_size(shot.frame_px)
    check_length(output, count, shot.frame_px, shot.fps)
    with _stoppable(output), _progress(count) as done:
        frames = job.renderer().frames(shot.motion, shot.fps, job.handles, tone_for(output))
        first = max(0, shot.start_frame - job.handles)
        return str(write_film(frames, output, shot.fps, done, first))


def _still(job: LookJob, strip: int | None, at: str | None) -> Pixels:
    from followfocus.errors import RequestError
    from followfocus.look.strip import render_strip
    from followfocus.units import parse_duration

    shot, renderer = job.shot, job.renderer()
    if strip is not None:
        with _progress(strip) as done:
            return render_strip(renderer, shot, strip, done)
    t = shot.motion.duration_s / 2 if at is None else 0.0 if at.strip() in ("0", "0s") else parse_duration(at, shot.fps)
    if not 0 <= t <= shot.motion.duration_s:
        raise RequestError(f"{t:g} s is not within the pull of {shot.motion.duration_s:g} s.")
    return renderer.frame(float(shot.motion.ring_deg(t)), t)


def _export(shot: Shot, export: str | None, output: Path | None, style: Style) -> str | None:
    from followfocus.look.encode import check_output, write_text
    from followfocus.look.exports import encoding_of, export_kind, export_text

    kind = export_kind(export, output.suffix if output is not None else "")
    text = export_text(shot, kind, style)
    if output is None:
        sys.stdout.write(text)
        return None
    check_output(output, (output.suffix.lower(),))
    return str(write_text(text, output, encoding_of(kind)))


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error while frames are drawn, where a person watches."""
    from rich.progress import Progress

    printer = console(stderr=True)
    with Progress(console=printer, transient=True, disable=not printer.is_terminal) as progress:
        task = progress.add_task("drawing", total=total)
        yield lambda done: progress.update(task, completed=done)
