# SPDX-License-Identifier: MIT
"""How long the app's pictures take, offscreen: `QT_QPA_PLATFORM=offscreen python benchmarks/gui_frames.py [section …]`.

A frame is what the window's thread does for one reading of a take: take it in, lay it out, paint it. Sections are
functions in SECTIONS; each prints its own figures.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtWidgets import QApplication

from followfocus.lens.map import load_lens
from followfocus.motion.easing import parse_easing
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.plan import Conditions, Plan, make_plan
from followfocus_gui.plot.motion_plot import MotionPlot
from followfocus_gui.state.views import BandView, CurveView
from followfocus_gui.widgets import theme
from followfocus_gui.widgets.rack_view import RackView

LENS = load_lens("ideal-50")
PLOT_SIZE = 800, 380
TAKE_S, TELEMETRY_HZ = 8.0, 50


def application() -> QApplication:
    """The one application, in the dark theme."""
    found = QApplication.instance()
    made = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    theme.apply(made, "dark")
    return made


def report(name: str, times_s: Sequence[float]) -> None:
    """One line: median, 95th percentile and the worst, in milliseconds."""
    ms = np.array(times_s) * 1000
    print(f"{name}: median {np.median(ms):.2f} ms, p95 {np.percentile(ms, 95):.2f} ms, worst {ms.max():.2f} ms")


def timed(actions: Sequence[Callable[[], object]]) -> list[float]:
    """Seconds that each action takes, painting included."""
    app, times = application(), []
    for action in actions:
        start = time.perf_counter()
        action()
        app.processEvents()
        times.append(time.perf_counter() - start)
    return times


def plan_of(duration_s: float) -> Plan:
    """A rack from 2 m to 4 m."""
    marks = Mark("Anna", LENS.ring_deg(2.0)), Mark("door", LENS.ring_deg(4.0))
    pull = Pull.between(*marks, duration_s, parse_easing("minjerk"))
    return make_plan(LENS, pull, Conditions(LENS.t_stop, fps=Fraction(24)))


def curve_of(plan: Plan) -> CurveView:
    """The plan as the curve shows it."""
    t = np.linspace(0.0, plan.motion.duration_s, 401)
    ring, half = plan.motion.ring_deg(t), plan.half_dof_deg
    bands = tuple(
        BandView(letter, mark.name, mark.ring_deg + half, mark.ring_deg - half, s.goes_soft_s, s.becomes_sharp_s)
        for letter, mark, s in zip("AB", plan.pull.marks, plan.sharpness.subjects, strict=True)
    )
    speed = np.abs(plan.motion.speed_deg_s(t))
    return CurveView(
        t, ring, speed, LENS.distance_m(ring), math.inf, (), bands, float(t[-1]), None, can_ease=True, half_dof_deg=half
    )


def _take(plot: MotionPlot, plan: Plan) -> list[float]:
    """Frame times of a whole take at 50 Hz, without waiting between readings."""
    plot.clear_actual()
    times = np.arange(0, plan.motion.duration_s, 1 / TELEMETRY_HZ)

    def reading(t: float) -> Callable[[], object]:
        def show() -> None:
            plot.append_actual(t, float(plan.motion.ring_deg(t)) + 0.02)
            plot.set_cursor(t)

        return show

    return timed([reading(float(t)) for t in times])


def plot_section() -> None:
    """The curve at its size in the window: a take at 50 Hz showing a new plan, dragging the cursor."""
    app, plan = application(), plan_of(TAKE_S)
    plot, view = MotionPlot(), curve_of(plan)
    plot.resize(*PLOT_SIZE)
    plot.show()
    plot.set_view(view)
    app.processEvents()
    report(f"curve, a take at {TELEMETRY_HZ} Hz", _take(plot, plan))
    views = [curve_of(plan_of(s)) for s in np.linspace(1.0, 3.0, 60)]
    report("curve, another plan shown and painted", timed([partial(plot.set_view, view) for view in views]))
    laid_out = []
    for view in views:
        start = time.perf_counter()
        plot.set_view(view)
        laid_out.append(time.perf_counter() - start)
        app.processEvents()
    report("  of that, laying out (painting is another event)", laid_out)
    report("curve, cursor dragged", timed([partial(plot.set_cursor, t) for t in np.linspace(0, 1, 100)]))
    plot.close()


def rack_section() -> None:
    """The rack's picture during a take: what it costs the window's thread, and how many are shown a second."""
    app, plan = application(), plan_of(TAKE_S)
    view = RackView()
    view.resize(384, 260)
    view.set_scene(LENS, LENS.t_stop, (("Anna", 2.0), ("door", 4.0)))
    view.show()
    while view.picture.shown is None:
        app.processEvents()
    asked, painted, began, first = [], [], time.perf_counter(), view.picture.frames
    while (t := time.perf_counter() - began) < TAKE_S:
        ring = float(plan.motion.ring_deg(t))
        start = time.perf_counter()
        view.set_ring(ring, t)
        asked.append(time.perf_counter() - start)
        app.processEvents()
        time.sleep(max(0.0, 1 / TELEMETRY_HZ - (time.perf_counter() - start)))
    print(f"rack, pictures shown: {(view.picture.frames - first) / TAKE_S:.0f} a second of {TELEMETRY_HZ} asked for")
    for _ in range(100):
        start = time.perf_counter()
        view.picture.repaint()
        painted.append(time.perf_counter() - start)
    report("rack, asking for a picture", asked)
    report("rack, painting it", painted)
    view.close()
    view.picture.worker.end()


SECTIONS: dict[str, Callable[[], None]] = {"plot": plot_section, "rack": rack_section}


def main() -> None:
    """Run the sections named on the command line, or all."""
    for name in sys.argv[1:] or SECTIONS:
        SECTIONS[name]()


if __name__ == "__main__":
    main()
