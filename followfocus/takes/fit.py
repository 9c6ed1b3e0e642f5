# SPDX-License-Identifier: MIT
"""A hand's pull as marks, holds and eases: what a plan would have to be to move as the hand did.

The recording is cut where the ring rests and where it turns back; each move between is given the easing, start and
duration nearest to it (`look.match`), and is cut again at its slowest point where none is near enough. A move goes from
mark to mark and never past one, and marks lie within what the ring did: where the hand did not overshoot, neither does
the fit.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass

import numpy as np

from followfocus.arrays import FloatArray
from followfocus.errors import RequestError
from followfocus.lens.map import LensMap
from followfocus.lens.zoom import Zoom, zoom_words
from followfocus.look.match import SHAPED, PullFit, fit_pull
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import Motion, motion_of
from followfocus.motion.pull import Leg, Mark, Pull
from followfocus.plan.plan import Conditions
from followfocus.show.show import Show, ShowCue, ShowMark, ShowPull, letter, new_show

EASINGS = ("minjerk", "sine", SHAPED[0], SHAPED[1])
TOLERANCE = 0.5
"""Half depths of field that a move may be off; one that is farther off gets marks on its way."""
STRICTER = (0.8, 0.6, 0.4)
"""Where moves and holds together are too far off, each is held to this share of what one alone may be off."""
REST_S, REST_SHARE = 0.3, 0.1
"""The ring rests where it stays within this share of half the depth of field for so long."""
TURN_SHARE = 0.25
"""The ring turns back where it comes back by more than this share."""
LEAST_SAMPLES, MOST_VIA = 8, 12
LETTERS = 26
ZOOM_POINTS = 9
"""So many focal lengths of a move are written into a show."""
LEAST_MOVE_S, LEAST_VIA_DEG = 0.02, 0.05


@dataclass(frozen=True, slots=True)
class Move:
    """One move of the fit: when it starts in the recording's time, how long it takes, from where to where, its ease."""

    start_s: float
    duration_s: float
    from_deg: float
    to_deg: float
    easing: str
    via: tuple[tuple[float, float], ...] = ()
    """Marks on the way that it passes through: seconds after its start, ring degrees. Then no easing holds"""

    @property
    def end_s(self) -> float:
        """When it lands."""
        return self.start_s + self.duration_s


@dataclass(frozen=True, slots=True)
class HandFit:
    """The moves of a recording, and how far they are off it: at worst, in ring degrees and half depths of field."""

    moves: tuple[Move, ...]
    worst_deg: float
    worst_half_dof: float
    beyond_deg: float = 0.0
    """How far past the recording's own extremes it goes, at most"""

    @property
    def pull(self) -> Pull:
        """One pull of all the moves: their marks, holds and eases."""
        marks, legs = [_mark(0, self.moves[0].from_deg, hold_s=self.moves[0].start_s)], []
        holds = [*(max(0.0, b.start_s - a.end_s) for a, b in itertools.pairwise(self.moves)), 0.0]
        for move, hold_s in zip(self.moves, holds, strict=True):
            at_s = 0.0
            for via_s, deg in move.via:
                marks.append(_mark(len(marks), deg, through=True))
                legs.append(Leg(via_s - at_s))
                at_s = via_s
            marks.append(_mark(len(marks), move.to_deg, hold_s=hold_s))
            legs.append(Leg(move.duration_s - at_s, parse_easing(move.easing)))
        return Pull(tuple(marks), tuple(legs))


def _mark(index: int, deg: float, *, hold_s: float = 0.0, through: bool = False) -> Mark:
    name = letter(index) if index < LETTERS else f"mark {index + 1}"
    return Mark(name, deg, hold_s=hold_s, through=through, letter=name)


def fit_hand(
    times_s: FloatArray, ring_deg: FloatArray, half_dof_deg: float | FloatArray, tolerance: float = TOLERANCE
) -> HandFit:
    """Marks, holds and eases for a recording: rising times in seconds, ring degrees, both 1-d.

    Half the depth of field, in ring degrees, is one number, or where a zoom was moved one for each sample; `tolerance`
    is how far a move may be off, in those. Raises RequestError for a recording that has too few samples or doesn't turn
    the ring.
    """
    times, ring = np.asarray(times_s, dtype=np.float64), np.asarray(ring_deg, dtype=np.float64)
    if len(times) < LEAST_SAMPLES or times.shape != ring.shape or not np.all(np.asarray(half_dof_deg) > 0):
        raise RequestError(f"A fit takes at least {LEAST_SAMPLES} samples of the ring.", "Record a longer pull.")
    times = times - times[0]
    half = np.broadcast_to(np.asarray(half_dof_deg, dtype=np.float64), ring.shape)
    best = _fit(times, ring, half, tolerance)
    for share in STRICTER:
        if best.worst_half_dof <= tolerance:
            break
        fit = _fit(times, ring, half, tolerance * share)
        best = min(best, fit, key=lambda one: one.worst_half_dof)
    return best


def _fit(times: FloatArray, ring: FloatArray, half: FloatArray, tolerance: float) -> HandFit:
    cuts = _cuts(times, ring, half)
    moves: list[Move] = []
    rested_s = 0.0
    for index, ((first, start_deg), (last, end_deg)) in enumerate(itertools.pairwise(cuts)):
        if _is_rest(cuts, index, half):
            rested_s = float(times[last] - times[first])
            continue
        rests_s = _rest_s(times, cuts, index + 1) if _is_rest(cuts, index + 1, half) else 0.0
        part = slice(first, last + 1)
        # Half of each rest: two moves that reach into the same one never meet.
        stretch = _Stretch(times[part], ring[part], tolerance * half[part], rested_s / 2, rests_s / 2)
        moves.append(_move(stretch, start_deg, end_deg))
        rested_s = 0.0
    if not moves:
        raise RequestError("The recording doesn't turn the ring by more than a tenth of half the depth of field.")
    fit = HandFit(tuple(_in_order(_joined(moves))), 0.0, 0.0)
    made = motion_of(fit.pull)
    off = np.abs(made.ring_deg(times) - ring)
    worst, shares = float(np.max(off)), float(np.max(off / half))
    return dataclasses.replace(fit, worst_deg=worst, worst_half_dof=shares, beyond_deg=_beyond(made, ring))


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Samples that go one way: how far off a move may be at each, degrees, and how far it may reach into the rests
    before and after them, seconds.
    """

    times: FloatArray
    ring: FloatArray
    most_deg: FloatArray
    before_s: float
    after_s: float


def _is_rest(cuts: list[tuple[int, float]], index: int, half: FloatArray) -> bool:
    """Whether the ring rests from one cut to the next."""
    if index + 1 >= len(cuts):
        return False
    (at, before_deg), (_, after_deg) = cuts[index : index + 2]
    return abs(after_deg - before_deg) <= REST_SHARE * float(half[at])


def _rest_s(times: FloatArray, cuts: list[tuple[int, float]], index: int) -> float:
    return float(times[cuts[index + 1][0]] - times[cuts[index][0]])


def _joined(moves: list[Move]) -> list[Move]:
    """Each move begins at the mark where the one before it landed."""
    kept = [moves[0]]
    for move in moves[1:]:
        if move.to_deg != kept[-1].to_deg:
            kept.append(dataclasses.replace(move, from_deg=kept[-1].to_deg))
    return kept


def _beyond(made: Motion, ring: FloatArray) -> float:
    looked = made.ring_deg(made.looks_s())
    return max(0.0, float(looked.max() - ring.max()), float(ring.min() - looked.min()))


def _cuts(times: FloatArray, ring: FloatArray, half: FloatArray) -> list[tuple[int, float]]:
    """Where moves begin and end, each with its mark's angle: both ends of every rest, and the turning points."""
    rests = _rests(times, ring, REST_SHARE * half)
    known: list[tuple[int, float]] = []
    for first, last in rests:
        deg = float((ring[first : last + 1].max() + ring[first : last + 1].min()) / 2)
        known += [(first, deg), (last, deg)]
    if not known or known[0][0] > 0:
        known.insert(0, (0, float(ring[0])))
    if known[-1][0] < len(ring) - 1:
        known.append((len(ring) - 1, float(ring[-1])))
    cuts = [known[0]]
    for (first, _), (last, end_deg) in itertools.pairwise(known):
        cuts += [(at, float(ring[at])) for at in _turns(ring, first, last, TURN_SHARE * half)]
        cuts.append((last, end_deg))
    return cuts


def _rests(times: FloatArray, ring: FloatArray, band_deg: FloatArray) -> list[tuple[int, int]]:
    """(First, last) sample of every stretch that stays within `band_deg` of its moment for at least REST_S."""
    found: list[tuple[int, int]] = []
    first = 0
    while first < len(ring) - 1:
        low = high = ring[first]
        last = first
        while last + 1 < len(ring) and max(high, ring[last + 1]) - min(low, ring[last + 1]) <= band_deg[last]:
            last += 1
            low, high = min(low, ring[last]), max(high, ring[last])
        # The rest's last sample begins what comes next, so that no sample lies between a rest and a move.
        if times[last] - times[first] >= REST_S:
            found.append((first, last))
            first = last
        else:
            first += 1
    return found


def _turns(ring: FloatArray, first: int, last: int, least_deg: FloatArray) -> list[int]:
    """The samples within a stretch at which the ring turns back by at least `least_deg`."""
    found: list[int] = []
    top = bottom = first
    way = 0
    for at in range(first, last + 1):
        if way >= 0 and ring[at] > ring[top]:
            top = at
        if way <= 0 and ring[at] < ring[bottom]:
            bottom = at
        if way >= 0 and ring[top] - ring[at] > least_deg[at]:
            # While it has no way yet the extreme is where the stretch began, which is no turning point.
            found += [top] if way else []
            way, bottom = -1, at
        elif way <= 0 and ring[at] - ring[bottom] > least_deg[at]:
            found += [bottom] if way else []
            way, top = 1, at
    return [at for at in found if first < at < last]


def _move(stretch: _Stretch, start_deg: float, end_deg: float) -> Move:
    """The move of a stretch that goes one way: by the easing nearest to it, or through marks where none is."""
    times = stretch.times
    inside = np.clip(stretch.ring, min(start_deg, end_deg), max(start_deg, end_deg))
    # The marks are the middles of the rests, not the single samples at their edges: the move ends on a mark.
    inside[0], inside[-1] = start_deg, end_deg
    length_s = max(float(times[-1] - times[0]), LEAST_MOVE_S)
    plain = Move(float(times[0]), length_s, start_deg, end_deg, "minjerk")
    if len(times) < LEAST_SAMPLES:
        return plain
    moves = [_within(fit, stretch) for fit in fit_pull(times, inside, EASINGS)]
    offs = [_off(move, stretch, inside) for move in moves]
    best = int(np.argmin(offs))
    return moves[best] if offs[best] <= 1.0 else _through(plain, times - times[0], inside, stretch.most_deg)


def _within(fit: PullFit, stretch: _Stretch) -> Move:
    """The fit, no longer than its stretch: what lies beyond belongs to the move before or after."""
    start_s = max(fit.start_s, float(stretch.times[0]) - stretch.before_s)
    end_s = min(fit.start_s + fit.duration_s, float(stretch.times[-1]) + stretch.after_s)
    return Move(start_s, max(end_s - start_s, LEAST_MOVE_S), fit.from_deg, fit.to_deg, fit.easing)


def _off(move: Move, stretch: _Stretch, ring: FloatArray) -> float:
    """How far a move is off at worst, in shares of what it may be."""
    share = parse_easing(move.easing).value((stretch.times - move.start_s) / move.duration_s)
    return float(np.max(np.abs(move.from_deg + (move.to_deg - move.from_deg) * share - ring) / stretch.most_deg))


def _through(move: Move, times: FloatArray, ring: FloatArray, most_deg: FloatArray) -> Move:
    """The move with marks where it is farthest off, one after the other, until it is near enough."""
    known = {0.0: move.from_deg, move.duration_s: move.to_deg}
    for _ in range(MOST_VIA):
        off = np.abs(motion_of(HandFit((move,), 0.0, 0.0).pull).ring_deg(times + move.start_s) - ring) / most_deg
        if off.max() <= 1.0:
            break
        # The worst sample may lie too near a mark that is there; then the next worst is asked.
        for at in np.argsort(off)[::-1]:
            if _fits_between(known, float(times[at]), float(ring[at])):
                known[float(times[at])] = float(ring[at])
                break
        move = dataclasses.replace(move, via=tuple(sorted(known.items()))[1:-1])
    return move


def _fits_between(known: dict[float, float], at_s: float, deg: float) -> bool:
    """Whether a mark lies clear of the ones before and after it, in time and on the way."""
    before = max((one for one in known if one < at_s), default=None)
    after = min((one for one in known if one > at_s), default=None)
    if before is None or after is None or at_s in known:
        return False
    clear_s = min(at_s - before, after - at_s) >= LEAST_MOVE_S
    ways = (deg - known[before], known[after] - deg)
    return clear_s and ways[0] * ways[1] > 0 and min(map(abs, ways)) >= LEAST_VIA_DEG


def _in_order(moves: list[Move]) -> list[Move]:
    """Moves that follow each other: none begins before the one before it has landed, nor before the recording."""
    kept: list[Move] = []
    free_s = 0.0
    for move in moves:
        start_s = max(move.start_s, free_s)
        length_s = max(move.end_s - start_s, LEAST_MOVE_S)
        late_s = start_s - move.start_s
        via = tuple((at_s - late_s, deg) for at_s, deg in move.via if 0.0 < at_s - late_s < length_s)
        kept.append(dataclasses.replace(move, start_s=start_s, duration_s=length_s, via=via))
        free_s = kept[-1].end_s
    return kept


def fitted_show(fit: HandFit, lens: LensMap, conditions: Conditions, zoom: Zoom | None = None) -> Show:
    """The fit as a show, to be edited: a pull and a cue for each move, each following the one before after its hold.

    A `zoom` that was moved, on the recording's clock, is moved in each pull as it was meanwhile.
    A pull of a show has one easing and no marks that it passes through: those of the fit are left out.
    """
    show = new_show("", lens)
    coming = [*(b.start_s - a.end_s for a, b in itertools.pairwise(fit.moves)), None]
    pulls, cues = [], []
    for number, (move, hold_s) in enumerate(zip(fit.moves, coming, strict=True), 1):
        marks = (ShowMark(move.from_deg), ShowMark(move.to_deg))
        pulls.append(
            ShowPull(
                str(number), show.lenses[0].id, marks, round(move.duration_s, 4), move.easing,
                t_stop=conditions.t_stop, coc_mm=conditions.coc_mm, zoom=_zoom_words(zoom, move),
            )
        )  # fmt: skip
        lead_s = round(fit.moves[0].start_s, 3) if number == 1 else 0.0
        follow_s = None if hold_s is None else round(max(0.0, hold_s), 4)
        cues.append(ShowCue(str(number), str(number), follow_s=follow_s, lead_s=lead_s))
    return dataclasses.replace(show, pulls=tuple(pulls), cues=tuple(cues), fps=conditions.fps)


def _zoom_words(zoom: Zoom | None, move: Move) -> str:
    if zoom is None:
        return ""
    times = np.linspace(0.0, move.duration_s, ZOOM_POINTS)
    focals = zoom.focal_mm(times + move.start_s)
    return zoom_words(Zoom(tuple(times.tolist()), tuple(focals.tolist())))
