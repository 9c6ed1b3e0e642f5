# SPDX-License-Identifier: MIT
"""How long the look takes: figures of a new plan, a three-plane rack, a frame for scrubbing. And one hand's pull.

One core: `taskset -c 0 python benchmarks/look_render.py`.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from followfocus.lens.map import load_lens
from followfocus.lens.optics import depth_of_field, half_dof_deg
from followfocus.look import figures
from followfocus.look.encode import write_film
from followfocus.look.match import fit_pull
from followfocus.look.planes import Figure, Plane
from followfocus.look.render import Camera, Renderer
from followfocus.motion.easing import parse_easing
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.sharpness import rack_sharpness

CLIP = Path(__file__).parent.parent / "tests" / "golden" / "sp40-pull-81-118.csv"


def timed(action: Callable[[], object], rounds: int) -> float:
    """Median milliseconds of one call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def planning() -> None:
    """Everything of optics that a plan shows, for new parameters each time."""
    lens = load_lens("ideal-50")
    places = iter(np.linspace(1.9, 2.1, 2000))
    for ease in ("minjerk", "scurve", "bezier(0.42,0,0.58,1)"):

        def once(ease: str = ease) -> None:
            start = float(next(places))
            marks = Mark("A", lens.ring_deg(start)), Mark("B", lens.ring_deg(4.0))
            motion = motion_of(Pull.between(*marks, 2.0, parse_easing(ease)))
            rack_sharpness(motion, lens, 1.4, 0.025)
            half_dof_deg(lens, 1.4, 0.025, 4.0)
            depth_of_field(start, 50, 1.4, 0.025)
            depth_of_field(4.0, 50, 1.4, 0.025)

        print(f"figures of a new plan, {ease}: {timed(once, 200):.2f} ms")


def rendering() -> None:
    """A 2 s, 24 fps, three-plane rack at 960 x 540, from nothing to frames and to a GIF; a frame at half size."""
    lens = load_lens("ideal-50")
    motion = motion_of(Pull.between(Mark("A", lens.ring_deg(1.2)), Mark("B", lens.ring_deg(4.0)), 2.0))
    planes = [
        Plane("ANNA", 1.2, Figure("anna")),
        Plane("DOOR", 4.0, Figure("door")),
        Plane("far", 12.0, Figure("street")),
    ]
    figures.draw.cache_clear()
    start = time.perf_counter()
    renderer = Renderer(planes, Camera(lens, 1.4))
    ready = time.perf_counter()
    frames = list(renderer.frames(motion, 24))
    done = time.perf_counter()
    print(
        f"rack: figures {ready - start:.2f} s, {len(frames)} frames {done - ready:.2f} s, together {done - start:.2f} s"
    )
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("gif", "mp4"):
            start = time.perf_counter()
            write_film(frames, Path(folder) / f"rack.{ending}", 24)
            print(f"write {ending}: {time.perf_counter() - start:.2f} s")
    small = Renderer(planes, Camera(lens, 1.4), (480, 270))
    rings = iter(np.linspace(130, 45, 100))
    print(f"a frame for scrubbing, 480 x 270: {timed(lambda: small.frame(float(next(rings))), 60):.1f} ms")


def hand() -> None:
    """The plans nearest to the pull in ARRI's clip, frames 81 to 118."""
    lens = load_lens("arri-signature-prime-40")
    frames, encoder = np.loadtxt(CLIP, delimiter=",", skiprows=4, usecols=(0, 3), unpack=True)
    half = half_dof_deg(lens, 1.8, 0.029, 2.0)
    print(f"half depth of field at T1.8, 2 m: {half:.2f}° of ring")
    for fit in fit_pull((frames - frames[0]) / 24, (encoder - 8) / 11550 * lens.travel_deg):
        print(
            f"{fit.easing:32} {fit.duration_s:.3f} s, rms {fit.rms_deg:.2f}° = {fit.rms_deg / half:.2f} half DOF, "
            f"worst {fit.worst_deg:.2f}° = {fit.worst_deg / half:.2f}"
        )


if __name__ == "__main__":
    planning()
    rendering()
    hand()
