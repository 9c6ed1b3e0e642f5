# SPDX-License-Identifier: MIT
"""Shows for tests: one with everything in it, and any that hypothesis thinks of."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from followfocus.lens.map import load_lens
from followfocus.show.show import Preferences, Show, ShowCue, ShowLens, ShowMark, ShowPull, ShowUnit
from followfocus.show.slate import Slate

LENS = load_lens("ideal-50")


def full_show() -> Show:
    """Two lenses, holds, a wait for GO, a way back, trims, names in many scripts, a British slate."""
    sp40 = load_lens("arri-signature-prime-40")
    pulls = (
        ShowPull(
            "1", "ideal-50",
            (
                ShowMark(82.5, "Ánna · आना · 아나"), ShowMark(60.0, "Tür", hold_s=1.5),
                ShowMark(41.25, "ドア 🚪", trim_m=0.05, locked=True),
            ),
            2.5, "bezier(0.42,0,0.58,1)", 1.4, name="Ins Haus",
        ),
        ShowPull(
            "2", "SP 40", (ShowMark(30.0), ShowMark(90.0, hold_for_go=True), ShowMark(12.0, trim_m=-0.0254)), 4.0,
            t_stop=2.8,
        ),
    )  # fmt: skip
    cues = (
        ShowCue("1", "1", "hinein"),
        ShowCue("2", "1", "hinaus", back=True, follow_s=2.0, lead_s=1.0),
        ShowCue("2.5", "2", "שלום / سلام", note='zweite Zeile\n\tmit Tabulator und "Anführung"'),
    )
    return Show(
        "Überfahrt 撮影 🎬", (ShowLens("ideal-50", LENS), ShowLens("SP 40", sp40)), pulls, cues, "B", "Z. Öztürk",
        Fraction(24000, 1001), Slate("../../x", 3, 7, "british", 412, "pickup", mos=True),
        ShowUnit("socket://127.0.0.1:4000", motor_teeth=40, direction=-1, lash_deg=0.2, link_loss="slow_down"),
        Preferences("imperial", "red", show_distance=True),
    )  # fmt: skip


_text = st.text(max_size=12)
_marks = st.builds(ShowMark, st.floats(0, 300), _text, st.booleans(), st.floats(-1, 1), st.floats(0, 10), st.booleans())


@st.composite
def shows(draw: st.DrawFn) -> Show:
    """Any valid show on one lens."""
    count = draw(st.integers(1, 4))
    pulls = tuple(
        ShowPull(
            str(n), "L", tuple(draw(st.lists(_marks, min_size=2, max_size=9))), draw(st.floats(0.05, 60)),
            draw(st.sampled_from(["minjerk", "linear", "septic"])), draw(st.floats(0.7, 32)), name=draw(_text),
        )
        for n in range(count)
    )  # fmt: skip
    cues = tuple(
        ShowCue(
            str(n + 1), str(draw(st.integers(0, count - 1))), draw(_text), draw(st.booleans()),
            draw(st.none() | st.floats(0, 60)), draw(st.floats(0, 10)), draw(_text),
        )
        for n in range(draw(st.integers(1, 5)))
    )  # fmt: skip
    scene = draw(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20))
    slate = Slate(scene, draw(st.integers(0, 60)), draw(st.integers(1, 99)), kind=draw(st.sampled_from(["", "plate"])))
    return Show(draw(_text), (ShowLens("L", LENS),), pulls, cues, fps=Fraction(draw(st.integers(1, 120))), slate=slate)
