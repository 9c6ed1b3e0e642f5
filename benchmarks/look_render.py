# SPDX-License-Identifier: MIT
"""How long the look takes, and how much memory: a new plan's figures, a scene, a picture with depth, a film.

All, or some: `python benchmarks/look_render.py scene picture`. One core: `taskset -c 0 python …`. The most memory is of
all parts that ran; `clip` alone is that of a film of 1920 x 1080 pixels.
"""

from __future__ import annotations

import argparse
import math
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from followfocus.lens.map import load_lens
from followfocus.lens.optics import depth_of_field, half_dof_deg
from followfocus.look import figures
from followfocus.look.beside import BESIDE
from followfocus.look.depth import Known
from followfocus.look.encode import tone_for, write_film
from followfocus.look.match import fit_pull
from followfocus.look.picture import PictureAsk, PictureRenderer, open_source
from followfocus.look.planes import Figure, Plane
from followfocus.look.render import FINAL_PX, Camera, Renderer, drawn
from followfocus.look.slices import Sliced
from followfocus.look.stack import Stack
from followfocus.look.tone import LightCodes
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


PLANES = [
    Plane("ANNA", 1.2, Figure("anna")),
    Plane("DOOR", 4.0, Figure("door")),
    Plane("far", 12.0, Figure("street")),
]
FULL, HALF = (1920, 1080), (960, 540)


def fastest(action: Callable[[], object], rounds: int = 9) -> tuple[float, float]:
    """Milliseconds of the quickest call, by the clock and of all cores together."""
    best = (math.inf, math.inf)
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.process_time()
        action()
        best = min(best[0], time.perf_counter() - wall), min(best[1], time.process_time() - cpu)
    return best[0] * 1000, best[1] * 1000


def _draw(made: Renderer, ring_deg: float) -> object:
    return drawn(made._stack(ring_deg, 0.0))


def rendering() -> None:
    """A three-plane scene with discs up to 2 % of the width: one frame, as a draft and final, at both sizes."""
    lens = load_lens("ideal-50")
    made: Renderer | None = None
    for size in (HALF, FULL):
        for draft in (True, False):
            del made  # two at once would be twice the memory
            made = Renderer(PLANES, Camera(lens, 4.0), size, draft=draft)
            for focus in (1.2, 2.0, 4.0):
                ring = lens.ring_deg(focus)
                wall, cpu = fastest(partial(_draw, made, float(ring)))
                widest = max(made.discs_px(ring)) / size[0]
                print(
                    f"{size[0]} x {size[1]} {'draft' if draft else 'final'}, focus {focus} m, discs to {widest:.1%}: "
                    f"{wall:.1f} ms, {cpu:.1f} ms of all cores"
                )


def on_a_picture() -> None:
    """The same on a picture with depth: a floor that comes up to the lens, a figure before it.

    Half of a small frame is another process's work, which is in the time by the clock and not in the other.
    """
    lens, camera = load_lens("ideal-50"), Camera(load_lens("ideal-50"), 4.0)
    BESIDE.wait()
    for width, height in (HALF, FULL):
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        per_m = (0.1 + 0.3 * y / height).astype(np.float32)
        per_m[((x - width * 0.3) / (width * 0.1)) ** 2 + ((y - height * 0.6) / (height * 0.5)) ** 2 < 1] = 0.83
        colours = np.random.default_rng(1).random((3, height, width), dtype=np.float32)
        start = time.perf_counter()
        sliced = Sliced(colours, per_m, 0.05 * width)
        print(f"picture {width} x {height}: sliced in {(time.perf_counter() - start) * 1000:.0f} ms")
        del colours, per_m, x, y
        for focus in (1.2, 2.0, 4.0, 9.0):
            discs = camera.signed_discs_px(lens.ring_deg(focus), 1 / sliced.per_m(), width)
            stack = Stack(sliced.placed(discs), (width, height), camera.aperture, joined=True, least_px=FINAL_PX)
            draw = partial(BESIDE.drawn, stack, LightCodes.SCREEN, of=sliced, threads=True)
            wall, cpu = fastest(draw, 5)
            told = f"{wall:.0f} ms, {cpu:.0f} ms of this process"
            print(f"  final, focus {focus} m, {len(stack.sheets)} slices: {told}")


def _next_frame(made: PictureRenderer, rings: Iterator[float]) -> object:
    return made.frame(float(next(rings)))


def drafts() -> None:
    """A picture of one's own while the time line is dragged: the whole way from the ring's angle to a frame."""
    lens = load_lens("ideal-50")
    with tempfile.TemporaryDirectory() as folder:
        still, depth = Path(folder) / "still.png", Path(folder) / "depth.png"
        y, x = np.mgrid[0:1080, 0:1920]
        codes = np.random.default_rng(1).integers(0, 256, (1080, 1920, 3), dtype=np.uint8)
        Image.fromarray(codes).save(still)
        Image.fromarray((y * 40 + np.where(abs(x - 600) < 200, 20000, 0)).astype(np.uint16)).save(depth)
        source = open_source(PictureAsk(still, depth, "relative", (Known(1.2, value=40_000.0), Known(9.0, value=0.0))))
        for size in (HALF, FULL):
            made = PictureRenderer(source, Camera(lens, 4.0), size, draft=True)
            made.frame(0.0)
            for focus in (1.3, 2.0, 4.0, 8.0):
                rings = iter(np.linspace(lens.ring_deg(focus), lens.ring_deg(focus) + 1, 40))
                wall, cpu = fastest(partial(_next_frame, made, rings), 9)
                print(f"draft {size[0]} x {size[1]}, focus {focus} m: {wall:.0f} ms, {cpu:.0f} ms of this process")


def filming() -> None:
    """A second of film from nothing, at 960 x 540."""
    lens = load_lens("ideal-50")
    motion = motion_of(Pull.between(Mark("A", lens.ring_deg(1.2)), Mark("B", lens.ring_deg(4.0)), 1.0))
    figures._drawn.cache_clear()
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("gif", "mp4", "mov"):
            path = Path(folder) / f"rack.{ending}"
            start = time.perf_counter()
            made = Renderer(PLANES, Camera(lens, 1.4), HALF)
            write_film(made.frames(motion, 24, tone=tone_for(path)), path, 24)
            print(f"25 frames into {ending}: {time.perf_counter() - start:.2f} s")


def clip() -> None:
    """A second of MP4 at 1920 x 1080, as `followfocus look` writes it."""
    lens = load_lens("ideal-50")
    motion = motion_of(Pull.between(Mark("A", lens.ring_deg(1.2)), Mark("B", lens.ring_deg(4.0)), 1.0))
    with tempfile.TemporaryDirectory() as folder:
        path, cpu = Path(folder) / "rack.mp4", time.process_time()
        made = Renderer(PLANES, Camera(lens, 1.4), FULL)
        memory("drawn and not yet filmed, memory at most")
        write_film(made.frames(motion, 24, tone=tone_for(path)), path, 24)
        print(f"25 frames of 1920 x 1080 into mp4: {time.process_time() - cpu:.2f} s of all cores")


def memory(what: str = "memory at most") -> None:
    """The most memory so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"{what}: {most / (1024 if sys.platform != 'darwin' else 1024 * 1024):.0f} MB")


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


PARTS = {
    "plan": planning,
    "scene": rendering,
    "picture": on_a_picture,
    "draft": drafts,
    "film": filming,
    "clip": clip,
    "hand": hand,
}


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all, if none is named")
    asked = parser.parse_args().parts
    unknown = [part for part in asked if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]}; known: {', '.join(PARTS)}")
    for part in asked or PARTS:
        PARTS[part]()
    memory()


if __name__ == "__main__":
    main()
