# SPDX-License-Identifier: MIT
"""A recorded pull as marks, holds and eases: near enough, and never past where the hand went."""

import dataclasses
import itertools

import numpy as np
import pytest

from followfocus.errors import RequestError
from followfocus.importers import read_clip
from followfocus.lens.map import load_lens
from followfocus.lens.optics import half_dof_deg
from followfocus.lens.through import at_focal
from followfocus.lens.zoom import Zoom
from followfocus.motion.motion import motion_of
from followfocus.plan.plan import Conditions
from followfocus.show.file import show_from_json, show_to_json
from followfocus.takes.fit import LEAST_MOVE_S, LEAST_VIA_DEG, TOLERANCE, _turns, fit_hand, fitted_show
from followfocus.takes.recording import Recording
from tests.support import clips
from tests.support.hands import there_and_back

LENS = load_lens("arri-signature-prime-40")


@pytest.fixture(scope="module")
def arri(tmp_path_factory):
    path = tmp_path_factory.mktemp("arri") / "clip.csv"
    path.write_text(clips.arri_text(), encoding="utf-8")
    return read_clip([path])


def half_dof(ring):
    return half_dof_deg(LENS, 1.8, 0.025, LENS.distance_m(float(ring[-1])))


@pytest.mark.parametrize("number", [0, 1, 2])
def test_arris_three_pulls(arri, number):
    pull = arri.pulls()[number]
    part = slice(pull.first - 6, pull.last + 7)
    times, ring = arri.time_s[part], np.asarray(arri.ring_deg(LENS))[part]
    fit = fit_hand(times, ring, half_dof(ring))
    assert fit.worst_half_dof <= TOLERANCE
    assert fit.beyond_deg <= 1e-9
    made = motion_of(fit.pull)
    looked = made.ring_deg(np.linspace(0, made.duration_s, 5000))
    assert ring.min() - 1e-9 <= looked.min()
    assert looked.max() <= ring.max() + 1e-9


def hand_samples():
    times = np.arange(0, 6.4, 0.011)
    steps_per_deg = 23.1
    ring = 100.0 + np.array([there_and_back(at) for at in times])
    return times, np.round(ring * steps_per_deg) / steps_per_deg


def test_a_recorded_hand():
    times, ring = hand_samples()
    fit = fit_hand(times, ring, 2.1)
    assert fit.worst_half_dof <= TOLERANCE
    assert fit.beyond_deg <= 1e-9
    ends = [(round(move.from_deg), round(move.to_deg)) for move in fit.moves]
    assert ends == [(100, 154), (154, 100), (100, 154)]
    said = np.max(np.abs(motion_of(fit.pull).ring_deg(times) - ring))
    assert fit.worst_deg == pytest.approx(said)


def test_a_planned_pull_with_a_hold_is_found_again():
    times = np.arange(0, 4.5, 0.02)

    def ease(at, start, length):
        share = np.clip((at - start) / length, 0, 1)
        return share**3 * (10 + share * (6 * share - 15))

    ring = 40 + 60 * ease(times, 0.5, 1.2) - 30 * ease(times, 2.6, 1.0)
    fit = fit_hand(times, ring, 1.0)
    assert fit.worst_half_dof < 0.1
    assert [round(move.to_deg, 1) for move in fit.moves] == [100.0, 70.0]
    assert fit.moves[0].start_s == pytest.approx(0.5, abs=0.1)
    assert fit.moves[1].start_s == pytest.approx(2.6, abs=0.1)
    assert fit.pull.marks[1].hold_s == pytest.approx(0.9, abs=0.2)


def test_the_fit_is_a_show_that_reads_back(tmp_path):
    times, ring = hand_samples()
    fit = fit_hand(times, ring, 2.1)
    show = fitted_show(fit, LENS, Conditions(1.8))
    assert [cue.follow_s is not None for cue in show.cues] == [True, True, False]
    assert [pull.easing for pull in show.pulls] == [move.easing for move in fit.moves]
    assert {mark.name for pull in show.pulls for mark in pull.marks} == {""}, "a mark's letter is its place in its pull"
    assert show_from_json(show_to_json(show), tmp_path / "x.ffshow").show == show


@pytest.mark.parametrize(
    ("times", "ring"),
    [(np.arange(3.0), np.arange(3.0)), (np.arange(50.0), np.full(50, 20.0)), (np.arange(9.0), np.arange(8.0))],
)
def test_what_is_no_pull_is_refused(times, ring):
    with pytest.raises(RequestError):
        fit_hand(times, ring, 1.0)


def test_a_zoom_that_was_moved_is_fitted_as_near_as_each_moment_asks(tmp_path):
    zoom = dataclasses.replace(load_lens("ideal-50"), name="zoom", focal_range_mm=(18.0, 90.0))
    times = np.arange(0, 4.0, 1 / 48)
    wobble = np.interp(times, (1.2, 1.45, 1.7), (0.0, 1.0, 0.0))
    for focals, moves in (((24.0, 24.0), 1), ((90.0, 24.0), 3)):
        move = Zoom((0.0, 1.0, 2.0, 3.9), (focals[0], focals[0], focals[0], focals[1]))
        ring = 120.0 + 2.0 * wobble + 60.0 * np.clip((times - 2.5) / 1.2, 0, 1)
        found = Recording("clip", at_focal(zoom, 24.0), times, ring, Conditions(2.8), zoom=move)
        halves = found.half_dofs_deg
        assert halves[-1] == pytest.approx(half_dof_deg(at_focal(zoom, 24.0), 2.8, 0.025, zoom.distance_m(ring[-1])))
        fit = fit_hand(times, ring, halves)
        assert fit.worst_half_dof <= TOLERANCE
        assert len(fit.moves) == moves
        show = fitted_show(fit, found.lens, found.conditions, move)
        assert show_from_json(show_to_json(show), tmp_path / "a.ffshow").show == show
        for pull, one in zip(show.pulls, fit.moves, strict=True):
            (part,) = pull.parts(found.lens)
            _, there = pull.zoomed(part, found.lens)
            assert there.at_mm(0.0) == pytest.approx(move.at_mm(one.start_s), abs=1e-3)


@pytest.mark.parametrize(
    ("ring", "turns"),
    [
        ([0.0, 4.0, 3.0, 8.0], []),  # back by as much as is nothing
        ([0.0, 4.0, 2.9, 8.0], [1, 2]),
        ([0.0, 4.0, 0.0, 1.0, 0.0], [1]),  # and on again by as much
        ([0.0, 4.0, 0.0, 1.1, 0.0], [1, 2, 3]),
        ([0.0, 1.0, 2.0, 3.0], []),
        ([5.0, 5.0, 5.0], []),
        ([0.0, 1.0, 0.0, 1.0], []),
        ([0.0, 3.0, 0.0, 3.0], [1, 2]),
    ],
)
@pytest.mark.parametrize("way", [1.0, -1.0])
def test_a_ring_turns_where_it_comes_back_by_more_than_is_nothing(
    ring: list[float], turns: list[int], way: float
) -> None:
    found = _turns(way * np.array(ring), 0, len(ring) - 1, np.ones(len(ring)))
    assert found == turns


@pytest.mark.parametrize("seed", [3, 8, 9, 11, 12])
def test_marks_on_the_way_stand_clear_of_each_other_and_of_both_ends(seed):
    """A hand that goes one way by jerks, some of them just before it lands."""
    jerks = np.cumsum(np.random.default_rng(seed).uniform(0, 1, 24) ** 4)
    times = np.arange(0, 2.0, 0.005)
    ring = 40 + 60 * np.interp(np.clip(times - 0.5, 0, 1), np.linspace(0, 1, 24), jerks / jerks[-1])
    fit = fit_hand(times, ring, 0.3)
    assert any(move.via for move in fit.moves)
    for move in fit.moves:
        marks = [(0.0, move.from_deg), *move.via, (move.duration_s, move.to_deg)]
        for (before_s, before), (after_s, after) in itertools.pairwise(marks):
            assert after_s - before_s >= LEAST_MOVE_S - 1e-9
            assert after - before >= LEAST_VIA_DEG - 1e-9
