# SPDX-License-Identifier: MIT
"""Paper is laid out as it was when people last looked at it: every word, line and dot in its place."""

from __future__ import annotations

import dataclasses
import difflib
import re
import zlib
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from followfocus.motion.motor import DEFAULT_RIG
from followfocus.paper.certificate import write_certificate
from followfocus.paper.focus_log import focus_log
from followfocus.paper.pdf import camera_report
from followfocus.paper.plots import plot_plan, plot_take
from followfocus.show.slate import Slate
from followfocus.takes.context import LoggedMark, TakeContext
from followfocus.takes.log import TakeRow
from followfocus.takes.repeatability import landing_of_row, repeatability
from tests.support.benches import a_plan
from tests.support.golden import FOLDER, HOW, assert_looks_as_it_did, makes_anew, spots

RIG = DEFAULT_RIG
CONTEXT = TakeContext(
    production="Die Überfahrt", slate=Slate("27", 1), pull="Anna to door", lens="SP 40", lens_serial="4711", t_stop=2.0,
    coc_mm=0.025, easing="minjerk", duration_s=1.6, plan_hash="ab12cd34ef", steps_per_deg=RIG.steps_per_deg,
    microsteps=16, half_dof_deg=1.5, end_mm_per_deg=100.0, unit="cam A", unit_serial="FF000007", board="atmega328p",
    firmware="0.1.0", utc_offset_s=0,
    marks=(LoggedMark("A", "Anna", 82.5, 1.2), LoggedMark("B", "door", 20.6, 4.0, trim_m=0.05)),
)  # fmt: skip
LANDED = (0.02, -0.01, None, 0.031, 0.4, -0.02, 0.005, 0.017)
WORDS = ("", "circled", "", "ng", "", "buzzed", "circled", "")
NOTES = ("", "soft eyes", "", "A note that is too long to stand beside its take, and so gets a line of its own.", "")


def rows() -> list[TakeRow]:
    """A day of eight takes: landed well, badly and not at all; circled, no good, with notes short and long."""
    made = []
    for number, error in enumerate(LANDED, start=1):
        facts = {
            "last_edge_ticks": 25_600_000 + 16 * number, "first_edge_ticks": 900, "steps": 1427, "tick_hz": 16e6,
            "landed_by": "counter", "counter_deg": error,
        }  # fmt: skip
        slate = dataclasses.replace(CONTEXT.slate, scene="28" if number > 5 else "27", take=number)
        made.append(
            TakeRow(
                number, 1e9 + 60 * number, 1e9 + 60 * number, number, CONTEXT.lens, slate.scene, slate.shot,
                CONTEXT.pull, CONTEXT.plan_hash, "stopped" if error is None else "good", WORDS[number - 1],
                NOTES[(number - 1) % len(NOTES)], error, None if error is None else error / 1.5,
                None if error is None else 0.1 * number, 20.0, facts, dataclasses.replace(CONTEXT, slate=slate),
            )
        )  # fmt: skip
    return made


def traces(row: int) -> dict[str, np.ndarray]:
    """A pull as planned, and as it went: a little late, and a little off."""
    at_s = np.linspace(0.0, 1.6, 33)
    planned = 82.5 - 61.9 * (3 - 2 * at_s / 1.6) * (at_s / 1.6) ** 2
    actual = planned + 0.02 * row * np.sin(4 * at_s)
    return {"planned": np.column_stack([at_s, planned]), "actual": np.column_stack([at_s, actual])}


def certificate(path: Path) -> None:
    taken = [row for row in rows() if row.landing_error_deg is not None]
    (found,) = repeatability([landing_of_row(row) for row in taken], RIG)
    write_certificate(path, found, taken)


PAGES: dict[str, Callable[[Path], object]] = {
    "certificate": certificate,
    "camera-report": lambda path: camera_report(path, rows(), "a4", 1e9, UTC),
    "camera-report-letter": lambda path: camera_report(path, rows()[:2], "letter", 1e9, UTC),
    "focus-log": lambda path: focus_log(path, rows()[:3], traces, "a4", 1e9, UTC),
}


def drawn(path: Path) -> list[str]:
    """The drawing operators of a PDF's pages, one a line; figures to a tenth of a point."""
    lines: list[str] = []
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", path.read_bytes(), re.DOTALL):
        said = zlib.decompressobj().decompress(stream)
        if said.startswith(b"1 0 0 1 0 0 cm"):  # the others are fonts
            lines += [_rounded(line) for line in said.decode("latin-1").splitlines() if line.strip()]
    return lines


def _rounded(line: str) -> str:
    return re.sub(r"-?\d*\.\d+", lambda found: f"{float(found[0]):z.1f}".removesuffix(".0"), line.strip())


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_laid_out_as_it_was(name: str, tmp_path: Path) -> None:
    path = FOLDER / "pages" / f"{name}.txt"
    PAGES[name](tmp_path / "page.pdf")
    found = drawn(tmp_path / "page.pdf")
    if makes_anew():
        path.write_text("\n".join(found) + "\n", encoding="latin-1")
    kept = path.read_text(encoding="latin-1").splitlines()
    differs = list(difflib.unified_diff(kept, found, "kept", "now", lineterm="", n=1))[:20]
    assert found == kept, f"{name} is laid out otherwise. {HOW}\n" + "\n".join(differs)


PLOTS: dict[str, Callable[[Path], object]] = {
    "plot-plan": lambda path: plot_plan(a_plan(60.0, 160.0, 1.6), path),
    "plot-plan-with-a-take": lambda path: plot_plan(
        a_plan(60.0, 160.0, 1.6), path, [(np.linspace(0.0, 1.6, 9), np.linspace(60.0, 161.0, 9))], "The one"
    ),
    "plot-plan-too-fast": lambda path: plot_plan(a_plan(60.0, 160.0, 0.25), path),
    "plot-plan-near-its-limit": lambda path: plot_plan(a_plan(60.0, 160.0, 0.45), path),
    "plot-take": lambda path: plot_take(traces(3), path, "27A take 3"),
}


@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_looks_as_it_did(name: str, tmp_path: Path) -> None:
    path = tmp_path / "plot.png"
    PLOTS[name](path)
    assert_looks_as_it_did(name, spots(np.asarray(Image.open(path).convert("RGB"), np.float64) / 255, 10))
