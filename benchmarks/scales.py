# SPDX-License-Identifier: MIT
"""How far a scale of so many marks misses real lenses, by the plain law and by the one that the marks show.

Every set of `data/scales.json` and the Signature Prime's sample clip: marks are taken evenly along the ring, the scale
through them is held against every sample, and the worst miss is given in degrees of a ring that turns 300°. The last
column takes every sample as a mark and leaves one out in turn: the data's own table.

Run: `python benchmarks/scales.py [--write]`; --write puts the table into docs/scales.md.
"""

from __future__ import annotations

import csv
import json
import math
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

from followfocus.importers.focus_track import ClipLens, Encoder, FocusTrack
from followfocus.importers.mapping import samples_of
from followfocus.lens.law import Law, Rows, made_by, next_mark_m, places_of, rows_of, scale_through
from followfocus.units import parse_fps

FloatArray = npt.NDArray[np.float64]
HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "scales.md"
SP40 = HERE.parent / "tests" / "golden" / "sp40-track.csv"
BEGIN, END = "<!-- table -->\n", "<!-- end of the table -->"
NEXT_BEGIN, NEXT_END = "<!-- next -->\n", "<!-- end of next -->"
COUNTS = (2, 3, 4, 5, 7, 9, 12, 16)
NEXT_COUNTS = (2, 3, 4, 5, 7, 9)
RING_DEG = 300.0


def sets() -> list[tuple[str, Rows]]:
    """Every measured lens: name, and all its samples as marks on a ring of 300°."""
    stored = json.loads((HERE / "data" / "scales.json").read_text("utf-8"))["sets"]
    found = [(one["name"], _rows(one["ring"], [float(metres) for metres in one["distance_m"]])) for one in stored]
    return [("ARRI Signature Prime 40", _sp40()), *found]


def _sp40() -> Rows:
    """Distances and lens encoder of 500 frames, a median of counts for each distance."""
    with SP40.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    counts = np.array([float(row["lens_encoder"]) for row in rows])
    metres = np.array([float(row["focus_distance_m"]) for row in rows])
    encoder = Encoder("lens encoder", counts, 8.0, 11558.0)
    track = FocusTrack(
        "ARRI", SP40.name, np.arange(len(rows)) / 24.0, metres, ("",) * len(rows), parse_fps("24"), ClipLens(),
        encoder=encoder,
    )  # fmt: skip
    reciprocal, fraction = samples_of(track, encoder)
    return _rows(fraction.tolist(), (1.0 / reciprocal).tolist())


def _rows(ring: list[float], distance_m: list[float]) -> Rows:
    """Samples that turn one way, on a ring of 300°."""
    kept: list[tuple[float, float]] = []
    for one in sorted(zip(ring, distance_m, strict=True)):
        if not kept or (one[0] > kept[-1][0] and one[1] < kept[-1][1]):
            kept.append(one)
    first, span = kept[0][0], kept[-1][0] - kept[0][0]
    return rows_of([((at - first) / span * RING_DEG, metres) for at, metres in kept])


def marks_of(samples: Rows, count: int) -> Rows:
    """`count` of the samples, evenly along the ring, both ends among them."""
    rings = np.array([ring for ring, _ in samples])
    return tuple(samples[i] for i in sorted({int(np.argmin(np.abs(rings - at))) for at in np.linspace(0, 300, count)}))


def worst_deg(marks: Rows, samples: Rows, law: Law | None) -> float:
    """The worst miss of any sample by the scale through the marks; `law` None chooses by the marks."""
    scale = scale_through(marks, 0.0) if law is None else made_by(law, marks, 0.0)
    distances = np.array([metres for _, metres in samples])
    rings = np.interp(places_of(distances, scale.offset_m), scale.places, scale.rings)
    return float(np.max(np.abs(rings - np.array([ring for ring, _ in samples]))))


def left_out_deg(samples: Rows) -> float:
    """The worst miss of an inner sample by the scale through all the others."""
    if len(samples) < 5:
        return math.nan
    law, misses = scale_through(samples, 0.0).law, []
    for i in range(1, len(samples) - 1):
        scale = made_by(law, samples[:i] + samples[i + 1 :], 0.0)
        ring = np.interp(places_of(np.array([samples[i][1]]), scale.offset_m), scale.places, scale.rings)
        misses.append(abs(float(ring[0]) - samples[i][0]))
    return max(misses)


def table() -> str:
    """The page's table: before → after."""
    lines = [f"| lens | samples | {' | '.join(f'{n} marks' for n in COUNTS)} | own table, one left out |"]
    lines.append("|---|---" + "|---" * (len(COUNTS) + 1) + "|")
    for name, samples in sets():
        cells = []
        for count in COUNTS:
            marks = marks_of(samples, count)
            if len(marks) < count or len(marks) == len(samples):
                cells.append("")
                continue
            cells.append(f"{worst_deg(marks, samples, Law.PLAIN):.1f} → {worst_deg(marks, samples, None):.1f}")
        own = left_out_deg(samples)
        cells.append("" if math.isnan(own) else f"{own:.1f}")
        lines.append(f"| {name} | {len(samples)} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def next_marks_deg(samples: Rows, count: int) -> tuple[float, float, list[float]]:
    """The worst miss with `count` even marks, with the suggested one besides, and with each other sample besides."""
    marks = marks_of(samples, count)
    suggested_m, _ = next_mark_m(marks, 0.0)
    nearest = min(samples, key=lambda row: abs(1 / row[1] - 1 / suggested_m))
    others = [row for row in samples if row not in marks]
    besides = [worst_deg(tuple(sorted({*marks, row})), samples, None) for row in others]
    return worst_deg(marks, samples, None), worst_deg(tuple(sorted({*marks, nearest})), samples, None), besides


def next_table() -> str:
    """The worth of the suggested mark: before → after (the best and the middle of all places; how many it beats)."""
    lines = [f"| lens | {' | '.join(f'from {n} marks' for n in NEXT_COUNTS)} |", "|---" * (len(NEXT_COUNTS) + 1) + "|"]
    for name, samples in sets():
        cells = []
        for count in NEXT_COUNTS:
            before, after, besides = next_marks_deg(samples, count)
            beaten = float(np.mean(np.array(besides) >= after - 1e-9))
            middle = float(np.median(besides))
            cells.append(f"{before:.1f} → {after:.1f} (best {min(besides):.1f}, middle {middle:.1f}; {beaten:.0%})")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print the tables, or put them into the page."""
    text = PAGE.read_text("utf-8")
    for made, begin, end in ((table(), BEGIN, END), (next_table(), NEXT_BEGIN, NEXT_END)):
        print(made)
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}{made}{end}{rest.partition(end)[2]}"
    if "--write" in sys.argv[1:]:
        PAGE.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
