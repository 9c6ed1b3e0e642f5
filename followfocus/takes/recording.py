# SPDX-License-Identifier: MIT
"""A recorded pull, wherever it comes from: a clip's focus track, or a take of the log. What is played and fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import FileError, RequestError
from followfocus.files import is_file
from followfocus.importers import read_clip
from followfocus.importers.focus_track import FocusTrack
from followfocus.lens.map import ASSUMED_TRANSMISSION, LensMap, load_lens
from followfocus.lens.optics import half_dof_deg, t_number
from followfocus.lens.through import at_focal
from followfocus.lens.zoom import Zoom
from followfocus.names import counted
from followfocus.plan.plan import Conditions
from followfocus.takes.log import TakeLog
from followfocus.units import parse_fps

UNIT_SMOOTH_S = 0.03
"""Half the width of the window over a unit's own samples, which are whole steps some 11 ms apart: it takes the steps
out, and moves a hand's sharpest turn (±40° at 0.5 Hz) by 0.06°."""
LEAST_SAMPLES = 5
LOG_SUFFIXES = (".db", ".sqlite", ".sqlite3")
_SQLITE = b"SQLite format 3\0"


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Samples of the ring on a lens: rising times in seconds, ring degrees. `noise_s`: how wide their noise is.

    `notes` are worth a word to the user. `zoom` is how the zoom was moved, from the first sample on.
    """

    name: str
    lens: LensMap
    times_s: FloatArray
    ring_deg: FloatArray
    conditions: Conditions
    noise_s: float = 0.0
    notes: tuple[str, ...] = ()
    zoom: Zoom | None = None

    @property
    def half_dofs_deg(self) -> FloatArray:
        """Half the depth of field where the ring ends, in ring degrees, through the focal length of each sample."""
        c, end_m = self.conditions, self.lens.distance_m(float(self.ring_deg[-1]))
        if self.zoom is None:
            return np.full(len(self.times_s), half_dof_deg(self.lens, c.t_stop, c.coc_mm, end_m))
        focals, of = np.unique(self.zoom.focal_mm(self.times_s - self.times_s[0]), return_inverse=True)
        halves = [half_dof_deg(at_focal(self.lens, mm), c.t_stop, c.coc_mm, end_m) for mm in focals.tolist()]
        return np.array(halves)[of]


def is_log(paths: Sequence[Path]) -> bool:
    """Whether it is a take log that is named, not a clip."""
    return len(paths) == 1 and (paths[0].suffix.lower() in LOG_SUFFIXES or _begins_as_log(paths[0]))


def _begins_as_log(path: Path) -> bool:
    """Whether a file that is called something else begins as SQLite's do."""
    try:
        if not is_file(path):
            return False
        with path.open("rb") as file:
            return file.read(len(_SQLITE)) == _SQLITE
    except (OSError, FileError):
        return False


def of_clip(paths: Sequence[Path], lens: LensMap, t_stop: float | None, fps: Fraction | None = None) -> Recording:
    """A clip's own pull, played on `lens` through its map. Raises FileError, RequestError."""
    track = read_clip(paths, fps)
    lens, zoom, notes = _zoomed(lens, track)
    far_m, near_m = lens.distance_m(0.0), lens.distance_m(lens.travel_deg)
    inside = np.clip(track.distance_m, near_m, far_m)
    beyond = int(np.count_nonzero(inside != track.distance_m))
    notes = (*track.notes, *notes)
    if beyond:
        frames = f"{counted(beyond, 'frame')} {'is' if beyond == 1 else 'are'}"
        notes = (*notes, f"{frames} beyond {lens.name}'s scale, played at its end")
    ring = np.asarray(lens.ring_deg(inside), dtype=np.float64)
    shot_at, words = _stop_of(track, lens)
    # Never wider than this lens opens: the clip may come from a faster one.
    used = t_stop or max(shot_at, lens.t_stop)
    notes = notes if t_stop else (*notes, *words)
    conditions = Conditions(used, fps=track.fps)
    return Recording(track.clip or paths[0].name, lens, track.time_s, ring, conditions, notes=notes, zoom=zoom)


def _stop_of(track: FocusTrack, lens: LensMap) -> tuple[float, tuple[str, ...]]:
    """The T-stop that a clip was shot at, or this lens's widest; a note where all that is known is an f-stop."""
    said = track.lens
    if said.t_stop_used or not said.f_stop_used:
        return said.t_stop_used or lens.t_stop, ()
    stop = t_number(said.f_stop_used, lens.transmission)
    share = ASSUMED_TRANSMISSION if lens.transmission is None else lens.transmission
    passes = f"{'is taken to pass' if lens.transmission is None else 'passes'} {100 * share:.3g} % of the light"
    return stop, (f"it was shot at f/{said.f_stop_used:.3g}: T{stop:.3g} on {lens.name}, which {passes}",)


def _zoomed(lens: LensMap, track: FocusTrack) -> tuple[LensMap, Zoom | None, tuple[str, ...]]:
    """A zoom as it stood in a clip, or how it was moved, the lens then at its shortest; why not, where it can't be."""
    focals = track.lens.focal_length_mm if track.focal_mm is None else track.focal_mm
    if lens.focal_range_mm is None or focals is None:
        return lens, None, ()
    shortest, longest = float(np.min(focals)), float(np.max(focals))
    try:
        at_focal(lens, longest)
        standing = at_focal(lens, shortest)
    except RequestError as error:
        return lens, None, (f"{error.message} What is sharp is told for {lens.focal_length_mm:g} mm",)
    if track.focal_mm is None or shortest == longest:
        return standing, None, ()
    return standing, Zoom(tuple((track.time_s - track.time_s[0]).tolist()), tuple(track.focal_mm.tolist())), ()


def of_take(path: Path, row: int, lens: LensMap | None = None, t_stop: float | None = None) -> Recording:
    """A take of a log as its ring went, by the unit's clock. `lens` where it isn't one that ships by its name.

    Raises FileError, RequestError.
    """
    with TakeLog(path, create=False) as log:
        logged = log.take(row)
    context = logged.row.context
    on = lens or _lens_of(context.lens, row)
    trace = _trace(logged.traces)
    if trace is None:
        raise RequestError(f"Row {row} of {path} has no trace of the ring to be played.", "Choose another take.")
    conditions = Conditions(
        t_stop or max(context.t_stop or on.t_stop, on.t_stop),
        coc_mm=context.coc_mm or Conditions(on.t_stop).coc_mm,
        fps=parse_fps(context.fps),
    )
    name = f"{context.slate} ({context.pull})" if context.pull else f"{context.slate}"
    return Recording(name, on, trace[:, 0], trace[:, 1], conditions, UNIT_SMOOTH_S)


def _trace(traces: dict[str, FloatArray]) -> FloatArray | None:
    """The ring as the unit counted it, else as it was planned; its times rising."""
    for name in ("actual", "planned"):
        trace = traces.get(name)
        if trace is None or len(trace) < LEAST_SAMPLES:
            continue
        # A sample that is stamped no later than one before it goes: between equal times nothing can be interpolated.
        rising = np.concatenate([[True], np.diff(np.maximum.accumulate(trace[:, 0])) > 0])
        kept: FloatArray = trace[rising]
        if len(kept) >= LEAST_SAMPLES:
            return kept
    return None


def _lens_of(name: str, row: int) -> LensMap:
    try:
        return load_lens(name)
    except (FileError, RequestError) as error:
        raise RequestError(
            f"Row {row} was shot on {name or 'a lens without a name'}, which doesn't ship.", "Give its file: --lens."
        ) from error
