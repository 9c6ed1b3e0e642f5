# SPDX-License-Identifier: MIT
"""Recordings from clips and from takes of a log: what is played of them, on which lens, and what is said of it."""

from __future__ import annotations

import dataclasses
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import RequestError
from followfocus.lens.map import LensMap, load_lens
from followfocus.lens.optics import half_dof_deg
from followfocus.plan.plan import Conditions
from followfocus.show.slate import Slate
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from followfocus.takes.recording import LEAST_SAMPLES, UNIT_SMOOTH_S, Recording, is_log, of_clip, of_take
from followfocus.wire.evidence import Sample
from tests.support.clips import arri_text
from tests.support.golden import Cell, assert_goes_as_it_did
from tests.support.takes import a_take

PRIME = load_lens("ideal-50")
ZOOM = dataclasses.replace(PRIME, name="zoom", focal_length_mm=50.0, focal_range_mm=(18.0, 90.0))
SHORT = dataclasses.replace(PRIME, name="short", focal_length_mm=50.0, focal_range_mm=(18.0, 60.0))
LONG = dataclasses.replace(PRIME, name="long", focal_length_mm=50.0, focal_range_mm=(30.0, 90.0))
STOPS = {"wide open": None, "closed": 5.6}


def a_clip(path: Path, focals: list[str], *, first: int = 0, near_m: float = 1.2) -> Path:
    """A clip of our own format, a frame for each focal length; `near_m` is where it begins."""
    head = "frame,timecode,time_s,focus_distance_m,lens_encoder,motor_encoder,focal_length_mm\n"
    rows = [
        f"{i},01:00:{i // 24:02}:{i % 24:02},{(i + first) / 24:.6f},{near_m + 0.1 * i:.4f},,,{focal}\n"
        for i, focal in enumerate(focals)
    ]
    path.write_text(head + "".join(rows), encoding="utf-8")
    return path


def told(found: Recording) -> list[tuple[Cell, ...]]:
    """A recording as rows: what is said, and of some seven samples where it is and how deep."""
    zoom = None if found.zoom is None else repr((found.zoom.range_mm, found.zoom.focal_mm(np.array([0.0, 0.2, 9.0]))))
    halves = found.half_dofs_deg
    conditions = found.conditions
    return [
        (found.name, found.lens.name, found.lens.focal_length_mm, len(found.times_s), found.noise_s, zoom),
        (conditions.t_stop, conditions.coc_mm, str(conditions.fps), *found.notes),
        *(
            (found.times_s[i], found.ring_deg[i], halves[i])
            for i in range(0, len(found.times_s), len(found.times_s) // 7)
        ),
    ]


def test_clips_are_played_as_they_were(tmp_path: Path) -> None:
    moved = [str(24 + i) for i in range(48)]
    clips = {
        "moved": a_clip(tmp_path / "moved.csv", moved),
        "stood": a_clip(tmp_path / "stood.csv", ["35"] * 48),
        "unknown": a_clip(tmp_path / "unknown.csv", [""] * 48),
        "beyond": a_clip(tmp_path / "beyond.csv", [""] * 48, near_m=0.3),
        "arri": tmp_path / "arri.csv",
    }
    clips["arri"].write_text(arri_text(), encoding="utf-8")
    rows: list[tuple[Cell, ...]] = []
    for name, path in clips.items():
        for lens in (PRIME, ZOOM, SHORT, LONG, dataclasses.replace(PRIME, t_stop=2.8)):
            for stop in STOPS.values():
                rows += [(name, lens.name, stop), *told(of_clip([path], lens, stop))]
    rows += told(of_clip([clips["stood"]], PRIME, None, Fraction(25)))
    assert_goes_as_it_did("recordings-of-clips", rows)


def test_depth_is_that_of_each_sample_s_focal_length(tmp_path: Path) -> None:
    found = of_clip([a_clip(tmp_path / "c.csv", [str(24 + i) for i in range(48)])], ZOOM, 2.8)
    assert found.zoom is not None
    end_m = found.lens.distance_m(float(found.ring_deg[-1]))
    later = dataclasses.replace(found, times_s=found.times_s + 3.0)  # a recording need not begin at 0
    for index in (0, 20, 47):
        lens = dataclasses.replace(ZOOM, focal_length_mm=24.0 + index)
        wanted = pytest.approx(half_dof_deg(lens, 2.8, found.conditions.coc_mm, end_m), rel=1e-6)
        assert (found.half_dofs_deg[index], later.half_dofs_deg[index]) == (wanted, wanted)


@pytest.mark.parametrize(("names", "log"), [
    (["a.db"], True), (["A.SQLite3"], True), (["a.sqlite"], True), (["a.csv"], False), (["a.db", "b.db"], False),
    (["a.csv", "b.csv"], False), ([], False),
])  # fmt: skip
def test_a_log_is_one_file_and_named_as_one(names: list[str], log: bool) -> None:
    assert is_log([Path(name) for name in names]) is log


# Of a log -------------------------------------------------------------------------------------------------------------

CONTEXT = TakeContext(slate=Slate("27", take=3), pull="p", lens="ideal-50", t_stop=4.0, coc_mm=0.02, fps="25")
RINGS: dict[str, tuple[float, ...]] = {
    "rising": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5), "twice": (0.0, 0.1, 0.1, 0.2, 0.3, 0.4),
    "back": (0.0, 0.2, 0.1, 0.2, 0.3, 0.4, 0.5), "least": (0.0, 0.1, 0.2, 0.3, 0.4), "few": (0.0, 0.1, 0.2, 0.3),
    "stood still": (0.0, 0.0, 0.0, 0.0, 0.0), "none": (),
}  # fmt: skip


def logged(path: Path, context: TakeContext, actual: tuple[float, ...], planned: tuple[float, ...]) -> int:
    """A take with samples at these times; it is planned to the other side."""
    take = dataclasses.replace(
        a_take(3),
        actual=tuple(Sample(at_s, 82.5 - 50.0 * at_s) for at_s in actual),
        planned=tuple(Sample(at_s, 20.0 + 50.0 * at_s) for at_s in planned),
    )
    with TakeLog(path) as log:
        return log.append(take, context)


@pytest.mark.parametrize("name", RINGS)
def test_what_the_unit_counted_is_played_and_else_what_was_planned(tmp_path: Path, name: str) -> None:
    path, times = tmp_path / "t.db", RINGS[name]
    kept = [at_s for index, at_s in enumerate(times) if index == 0 or at_s > max(times[:index])]
    row = logged(path, CONTEXT, times, RINGS["rising"])
    found = of_take(path, row)
    if len(kept) >= LEAST_SAMPLES:
        assert found.times_s.tolist() == kept
        assert found.ring_deg == pytest.approx([82.5 - 50.0 * at_s for at_s in kept])
    else:
        assert found.times_s.tolist() == list(RINGS["rising"])
        assert found.ring_deg == pytest.approx([20.0 + 50.0 * at_s for at_s in RINGS["rising"]])


def test_a_take_without_a_trace_cannot_be_played(tmp_path: Path) -> None:
    row = logged(tmp_path / "t.db", CONTEXT, RINGS["few"], RINGS["none"])
    with pytest.raises(RequestError, match="no trace"):
        of_take(tmp_path / "t.db", row)


@pytest.mark.parametrize(("t_stop", "asked", "used"), [
    (4.0, None, 4.0), (None, None, PRIME.t_stop), (1.0, None, PRIME.t_stop), (4.0, 2.0, 2.0),
])  # fmt: skip
def test_it_is_played_at_the_stop_it_was_shot_at(
    tmp_path: Path, t_stop: float | None, asked: float | None, used: float
) -> None:
    row = logged(tmp_path / "t.db", dataclasses.replace(CONTEXT, t_stop=t_stop), RINGS["rising"], ())
    found = of_take(tmp_path / "t.db", row, t_stop=asked)
    assert (found.conditions.t_stop, found.conditions.coc_mm, found.conditions.fps) == (used, 0.02, 25)
    assert (found.name, found.noise_s, found.lens.name) == ("27 take 3 (p)", UNIT_SMOOTH_S, "ideal-50")


def test_what_the_log_does_not_know_is_usual(tmp_path: Path) -> None:
    context = dataclasses.replace(CONTEXT, pull="", coc_mm=None, lens="of the rental")
    row = logged(tmp_path / "t.db", context, RINGS["rising"], ())
    with pytest.raises(RequestError, match="of the rental, which doesn't ship"):
        of_take(tmp_path / "t.db", row)
    lens: LensMap = dataclasses.replace(PRIME, name="mine")
    found = of_take(tmp_path / "t.db", row, lens)
    assert (found.name, found.lens.name) == ("27 take 3", "mine")
    assert found.conditions.coc_mm == Conditions(PRIME.t_stop).coc_mm
