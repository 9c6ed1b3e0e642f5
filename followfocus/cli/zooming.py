# SPDX-License-Identifier: MIT
"""`--focal`: where a zoom stands, its move during the shot, or a clip's record of one."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from followfocus.errors import RequestError
from followfocus.files import stat_of
from followfocus.lens.formats import SUPER_35, Format
from followfocus.lens.map import LensMap
from followfocus.lens.through import at_focal
from followfocus.lens.zoom import Zoom, is_move, parse_zoom
from followfocus.units import parse_duration


def zoomed(
    lens: LensMap,
    text: str | None,
    duration_s: float,
    film: Format = SUPER_35,
    aspect: float = 16 / 9,
    *,
    fps: Fraction,
) -> tuple[LensMap, Zoom | None]:
    """The lens as `--focal` has it, and the zoom's move if it is moved; the lens then stands at its shortest.

    `35`, `24..70` over the pull, `24@0..70@1.5s`, or a clip whose first frame is GO; `clip.csv@2s` has GO at 2 s of it.
    Times in frames are at `fps`. `film` and `aspect` (width over height) are the frame's, for clips that have angles
    of view.
    Raises RequestError for a focal length that the lens doesn't have, FileError for a clip that can't be read.
    """
    if text is None:
        return lens, None
    clip = _clip(text, fps)
    if clip is None and not is_move(text):
        return at_focal(lens, _number(text)), None
    zoom = parse_zoom(text, duration_s, fps) if clip is None else _of_clip(*clip, film.width_mm * lens.squeeze, aspect)
    shortest, longest = zoom.range_mm
    at_focal(lens, longest)
    return at_focal(lens, shortest), zoom


def _number(text: str) -> float:
    from followfocus.cli.numbers import number

    plain = text.strip().removesuffix("mm").strip()
    return number(plain)


def _clip(text: str, fps: Fraction) -> tuple[Path, float] | None:
    """The file that a text names and the seconds into it at which GO is; None where it names none."""
    name, _, start = text.rpartition("@") if "@" in text else (text, "", "")
    path = Path(name)
    if stat_of(path) is None and (is_move(text) or not path.suffix[1:2].isalpha()):
        return None
    return path, parse_duration(start, fps) if start else 0.0


@lru_cache(maxsize=4)
def _of_clip(path: Path, start_s: float, width_mm: float, aspect: float) -> Zoom:
    from followfocus.importers import read_clip
    from followfocus.importers.written import SeenFrame

    track = read_clip([path], seen=SeenFrame(width_mm, width_mm / aspect))
    if track.focal_mm is None:
        fixed = track.lens.focal_length_mm
        stands = f": it stood at {fixed:g} mm" if fixed else ""
        remedy = f"Give --focal {fixed:g}." if fixed else "Give --focal in mm, or a clip with focal lengths."
        raise RequestError(f"{path} has no zoom that moves{stands}.", remedy)
    return Zoom(tuple(float(t) - start_s for t in track.time_s), tuple(float(mm) for mm in track.focal_mm))
