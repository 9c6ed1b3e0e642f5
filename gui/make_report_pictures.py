# SPDX-License-Identifier: MIT
"""Makes the pictures of the reports in the README: a day of takes on the simulated unit, on paper, as PNG.

Needs pdftoppm (poppler). Run it from the repository's root: python gui/make_report_pictures.py [FOLDER]
"""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import tempfile
from pathlib import Path

from followfocus.lens.map import load_lens
from followfocus.motion.motor import DEFAULT_RIG
from followfocus.paper.certificate import write_certificate
from followfocus.paper.focus_log import focus_log
from followfocus.paper.pdf import camera_report
from followfocus.show.cues import Standby, with_trim
from followfocus.show.show import Show, ShowCue, ShowLens, ShowMark, ShowPull, new_show
from followfocus.show.slate import Slate
from followfocus.stage.rehearsal import Rehearsal
from followfocus.takes.log import TakeLog, TakeQuery
from followfocus.takes.repeatability import landing_of_row, repeatability
from followfocus.unit.connect import open_unit

NOTES = {3: "Anna früh, B trimmed", 5: "die ist's", 9: "撮影 OK 🎬", 12: "camera bumped", 14: "best"}


def day() -> Show:
    """Two scenes on two lenses."""
    lens, sp40 = load_lens("ideal-50"), load_lens("arri-signature-prime-40")
    show = new_show("Die Überfahrt", lens)
    first = dataclasses.replace(
        show.pulls[0],
        marks=(ShowMark(lens.ring_deg(1.2), "Anna"), ShowMark(lens.ring_deg(4.0), "door")),
        t_stop=2.0,
        duration_s=1.6,
        name="Anna to door",
    )
    marks = tuple(ShowMark(sp40.ring_deg(m), who) for m, who in ((4.8, "Ben"), (2.0, "letter"), (0.9, "eyes")))
    second = ShowPull("2", sp40.name, marks, 2.2, t_stop=2.8, name="Ben, letter, eyes")
    return dataclasses.replace(
        show, lenses=(*show.lenses, ShowLens(sp40.name, sp40)), pulls=(first, second),
        cues=(ShowCue("1", "1"), ShowCue("2", "2")), camera="A", first_ac="M. Okafor", slate=Slate("27", 1),
    )  # fmt: skip


def shoot(log: TakeLog) -> None:
    """Eight takes of each pull, one of them with a knock at the motor."""
    show = day()
    for cue, faults in ((0, ()), (1, ("slip:take6+0.8s",))):
        lens = show.lens(show.pull(show.cues[cue].pull).lens)
        with open_unit(fast=True, rig=show.unit.rig(lens), faults=faults) as unit:
            at = Standby(cue)
            played = with_trim(show, at, 1, 0.05) if cue == 0 else show
            list(Rehearsal(unit, played, log.append).run(at, 8))
        show = dataclasses.replace(show, slate=show.slate.next_scene("28"))
    for row, note in NOTES.items():
        log.set_note(row, note)
    for row, word in ((5, "circled"), (8, "circled"), (12, "ng"), (14, "ng"), (16, "circled")):
        log.set_word(row, word)


def main() -> None:
    """Write one page of each."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures"
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        with TakeLog(base / "day.db") as log:
            shoot(log)
            rows = log.rows()
            made = rows[-1].logged_utc_s
            camera_report(base / "camera-report.pdf", rows, "a4", made)
            focus_log(base / "focus-log.pdf", rows, lambda row: log.take(row).traces, "letter", made)
            first = log.rows(TakeQuery(scene="27"))
            found = repeatability([landing_of_row(row) for row in first], DEFAULT_RIG)
            write_certificate(base / "certificate.pdf", max(found, key=lambda one: one.takes), first)
        for name in ("camera-report", "focus-log", "certificate"):
            command = ["pdftoppm", "-r", "90", "-png", "-singlefile", str(base / f"{name}.pdf"), str(target / name)]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
