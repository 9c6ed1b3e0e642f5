# SPDX-License-Identifier: MIT
"""Nuke's scripts read by Tcl itself, the language that they are written in: nodes, knobs, curves and links."""

from __future__ import annotations

import dataclasses

import pytest

from followfocus.lens.map import load_lens
from followfocus.lens.zoom import Zoom
from followfocus.look.exports import export_text
from followfocus.look.render import Camera
from followfocus.look.shot import Shot
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.sharpness import Subject

tkinter = pytest.importorskip("tkinter", reason="Python was built without Tcl")

FIFTY = load_lens("ideal-50")
NASTY = ('AN"NA \\ [exit 3]', "THE {DOOR $env(HOME)", "}; error x; #é")
"""Names that a careless script would run, or stumble over."""
KINDS = ("NoOp", "Camera2", "Defocus", "ZDefocus2")


def shot_of(names=("ANNA", "DOOR"), zoom: Zoom | None = None) -> Shot:
    places = (1.2, 4.0, 7.0)
    marks = Mark("A", FIFTY.ring_deg(1.2)), Mark("B", FIFTY.ring_deg(places[len(names) - 1]))
    subjects = tuple(Subject(name, place) for name, place in zip(names, places, strict=False))
    lens = dataclasses.replace(FIFTY, focal_range_mm=(50.0, 100.0))
    return Shot(Camera(lens, 1.4, blades=7, zoom=zoom), motion_of(Pull.between(*marks, 1.0)), subjects, 0.025)


class Script:
    """A script as Tcl runs it: every node with its knobs, in order; what isn't a node's command is an error."""

    def __init__(self, text: str) -> None:
        self.tcl = tkinter.Tcl()
        self.nodes: list[tuple[str, dict[str, str]]] = []
        self.user_knobs: list[tuple[str, ...]] = []
        for kind in KINDS:
            self.tcl.createcommand(kind, lambda body, kind=kind: self._node(kind, body))
        self.tcl.createcommand("version", lambda *words: self.nodes.append(("version", {"is": " ".join(words)})))
        self.tcl.eval(text)

    def _node(self, kind: str, body: str) -> None:
        words = self.tcl.splitlist(body)
        assert len(words) % 2 == 0, words
        knobs: dict[str, str] = {}
        for name, value in zip(words[::2], words[1::2], strict=True):
            if name == "addUserKnob":
                self.user_knobs.append(self.tcl.splitlist(value))
            else:
                assert name not in knobs, f"{name} is set twice"
                knobs[name] = value
        self.nodes.append((kind, knobs))

    def node(self, kind: str) -> dict[str, str]:
        return next(knobs for name, knobs in self.nodes if name == kind)

    def curve(self, value: str) -> tuple[int, list[float]]:
        """`{{curve L x101 1 2}}` as its first frame and its values."""
        (words,) = self.tcl.splitlist(value)
        head, linear, first, *values = self.tcl.splitlist(words)
        assert (head, linear, first[0]) == ("curve", "L", "x")
        return int(first[1:]), [float(one) for one in values]


@pytest.mark.parametrize("kind", ["nuke", "zdefocus"])
@pytest.mark.parametrize("names", [("ANNA", "DOOR"), NASTY], ids=["plain", "nasty"])
def test_tcl_reads_the_script_to_its_end(kind: str, names: tuple[str, ...]):
    script = Script(export_text(shot_of(names), kind))
    assert script.nodes[0] == ("version", {"is": "13.0 v1"})
    kinds = [name for name, _ in script.nodes[1:]]
    assert kinds == (["NoOp", "Camera2", *["Defocus"] * len(names)] if kind == "nuke" else ["NoOp", "ZDefocus2"])
    all_names = [knobs["name"] for _, knobs in script.nodes[1:]]
    assert len(set(all_names)) == len(all_names)
    assert all(name.isascii() and name.isidentifier() for name in all_names)


def test_labels_come_through_as_they_are():
    script = Script(export_text(shot_of(NASTY), "nuke"))
    assert [knobs["label"] for kind, knobs in script.nodes if kind == "Defocus"] == list(NASTY)
    labels = [knob[knob.index("l") + 1] for knob in script.user_knobs if knob[1].startswith("blur_")]
    assert labels == [f"{name}, share of width" for name in NASTY]


def test_curves_are_the_shots_frames():
    shot = shot_of(zoom=Zoom((0.0, 1.0), (50.0, 100.0)))
    script = Script(export_text(shot, "nuke"))
    keys = shot.keyframes()
    for value, expected in (
        (script.node("NoOp")["focus_m"], [key.focus_m for key in keys]),
        (script.node("Camera2")["focal_point"], [key.focus_m for key in keys]),
        (script.node("Camera2")["focal"], [key.focal_mm for key in keys]),
        (script.node("NoOp")["blur_ANNA"], [key.blurs_mm[0] / shot.camera.frame_width_mm for key in keys]),
    ):
        first, values = script.curve(value)
        assert first == shot.start_frame
        assert values == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("kind", ["nuke", "zdefocus"])
def test_every_link_leads_to_a_knob_that_is_there(kind: str):
    """An expression such as `FollowFocus1.blur_ANNA*width/2` names a node and one of its own knobs."""
    script = Script(export_text(shot_of(), kind))
    there = {f"{script.node('NoOp')['name']}.{knob[1]}" for knob in script.user_knobs}
    said = [value for node, knobs in script.nodes if node in ("Defocus", "ZDefocus2") for value in knobs.values()]
    parts = [part for value in said for part in value.strip("{}").replace("*", "/").split("/")]
    links = [part for part in parts if part.startswith("FollowFocus") and "." in part]
    assert len(links) >= 2
    assert set(links) <= there
