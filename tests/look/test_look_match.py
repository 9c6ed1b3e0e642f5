# SPDX-License-Identifier: MIT
"""The plan nearest to a recorded hand, on the pull of ARRI's sample clip (frames 81 to 118)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.lens.optics import half_dof_deg
from followfocus.look.match import PullFit, fit_pull
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of

CLIP = Path(__file__).parent.parent / "golden" / "sp40-pull-81-118.csv"
FPS = 24


def recorded() -> tuple[np.ndarray, np.ndarray]:
    """Seconds from frame 81 and ring degrees of the shipped lens map's travel, by the lens's own encoder."""
    frames, encoder = np.loadtxt(CLIP, delimiter=",", skiprows=4, usecols=(0, 3), unpack=True)
    lens = load_lens("arri-signature-prime-40")
    return (frames - frames[0]) / FPS, (encoder - 8) / 11550 * lens.travel_deg


@pytest.fixture(scope="module")
def fits() -> tuple[PullFit, ...]:
    return fit_pull(*recorded())


def test_the_best_plan_and_its_error(fits):
    lens = load_lens("arri-signature-prime-40")
    half = half_dof_deg(lens, 1.8, 0.029, 2.0)
    best = fits[0]
    assert best.easing.startswith("scurve(")
    assert best.duration_s == pytest.approx(1.51, abs=0.02)
    assert lens.distance_m(best.from_deg) == pytest.approx(4.81, abs=0.02)
    assert lens.distance_m(best.to_deg) == pytest.approx(0.661, abs=0.002)
    assert best.rms_deg / half < 0.2
    assert best.worst_deg / half < 0.5  # nowhere in the pull would it be warned of, were it a landing


def test_a_long_run_up_and_a_short_landing(fits):
    easing = parse_easing(fits[0].easing)
    assert easing.value(0.5) < 0.42  # the hand is late in the middle: it speeds up longer than it slows down
    assert easing.peaks().speed == pytest.approx(1.63, abs=0.1)


def test_every_easing_is_ranked_by_its_error(fits):
    assert [fit.rms_deg for fit in fits] == sorted(fit.rms_deg for fit in fits)
    assert {fit.easing for fit in fits} >= {"minjerk", "sine", "linear", "septic"}
    assert fits[-1].easing == "linear"


def test_the_plan_is_what_it_says_it_is(fits):
    times, ring = recorded()
    best = fits[0]
    motion = motion_of(best.pull())
    made = motion.ring_deg(times - best.start_s)
    assert np.sqrt(np.mean((made - ring) ** 2)) == pytest.approx(best.rms_deg, abs=1e-9)
    assert np.abs(best.ring_deg(times) - ring).max() == pytest.approx(best.worst_deg, abs=1e-9)


@pytest.mark.parametrize("name", ["minjerk", "sine", "septic", "scurve(0.3,0.5,0.4)", "bezier(0.3,0,0.8,1)"])
def test_a_plan_is_found_again_from_its_own_samples(name):
    times = np.arange(60) / 24
    ring = 30 + 50 * parse_easing(name).value((times - 0.3) / 1.7)
    best = fit_pull(times, ring)[0]
    assert best.rms_deg < 0.06
    assert best.start_s == pytest.approx(0.3, abs=0.05)
    assert best.duration_s == pytest.approx(1.7, abs=0.1)


def test_what_is_no_pull_is_refused():
    with pytest.raises(RequestError):
        fit_pull(np.arange(10.0), np.full(10, 3.0))
    with pytest.raises(RequestError):
        fit_pull(np.arange(3.0), np.arange(3.0))


@pytest.mark.parametrize(
    ("ring", "taken"),
    [
        ([0.0, 1.0, 2.0, 3.0], False),
        ([0.0, 1.0, 2.0, 3.0, 4.0], True),
        ([0.0, 4.0, 4.0, 4.0, 4.0], True),
        ([4.0, 4.0, 4.0, 4.0, 0.0], True),
        ([0.0, 1.0, 2.0, 1.0, 0.0], False),
    ],
    ids=["four samples", "five", "there at once", "there at last", "back where it began"],
)
def test_five_samples_that_end_elsewhere_are_a_pull(ring: list[float], taken: bool) -> None:
    times = np.arange(len(ring), dtype=float)
    if taken:
        best = fit_pull(times, np.array(ring), ["linear"])[0]
        assert (best.from_deg, best.to_deg) == (ring[0], ring[-1])
    else:
        with pytest.raises(RequestError, match="at least five samples"):
            fit_pull(times, np.array(ring))


def test_as_many_times_as_angles_are_a_pull() -> None:
    with pytest.raises(RequestError, match="at least five samples"):
        fit_pull(np.arange(6.0), np.arange(5.0))
