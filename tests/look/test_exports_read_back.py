# SPDX-License-Identifier: MIT
"""Exports read by the rules of the programs that take them: values and units of the first, a middle and the last frame.

Fusion's settings are tables of Lua, read here by a small reader of those; After Effects' keyframes by their columns;
a sequence of EXR frames by FFmpeg, through PyAV. (Nuke's scripts are read by Tcl in `test_nuke_by_tcl.py`.)
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import OpenEXR
import pytest

from followfocus.lens.map import load_lens
from followfocus.lens.optics import blur_disc_mm
from followfocus.lens.zoom import Zoom
from followfocus.look.encode import write_exr
from followfocus.look.exports import export_text
from followfocus.look.render import Camera
from followfocus.look.shot import Shot
from followfocus.motion.motion import motion_of
from followfocus.motion.pull import Mark, Pull
from followfocus.plan.sharpness import Subject

FRAMES = 0, 12, 24
FIRST = 86_400
LENSES = {
    "prime": (load_lens("ideal-50"), None),
    "zoom": (
        dataclasses.replace(
            load_lens("ideal-50"), focal_length_mm=24.0, focal_range_mm=(18.0, 90.0), squeeze=1.33, name="zoom"
        ),
        Zoom((0.0, 1.0), (24.0, 70.0)),
    ),
}
_LUA = re.compile(r'\s*(?:([{}\[\]=,])|"((?:[^"\\]|\\.)*)"|([A-Za-z_]\w*)(\(\))?|(-?[\d.]+(?:e[-+]?\d+)?))')


@pytest.fixture(params=LENSES)
def shot(request: pytest.FixtureRequest) -> Shot:
    lens, zoom = LENSES[request.param]
    motion = motion_of(Pull.between(Mark("A", lens.ring_deg(1.2)), Mark("B", lens.ring_deg(6.0)), 1.0))
    subjects = Subject('ANN"A \\', 1.2), Subject("DOOR]]", 6.0)
    return Shot(Camera(lens, 2.8, zoom=zoom), motion, subjects, 0.025, Fraction(24000, 1001), start_frame=FIRST)


class LuaTable:
    """A table of Lua as Fusion writes one: a constructor's name before the brace is passed over, as is `ordered()`."""

    def __init__(self, text: str) -> None:
        self._words: list[tuple[str, str]] = []
        at = 0
        while text[at:].strip():
            found = _LUA.match(text, at)
            assert found, f"no Lua: {text[at : at + 40]!r}"
            sign, quoted, name, _, number = found.groups()
            kind, word = ("sign", sign) if sign else ("name", name) if name else ("number", number)
            self._words.append(("text", quoted) if quoted is not None else (kind, word))
            at = found.end()
        self._at = 0

    def read(self) -> object:
        value = self._value()
        assert self._at == len(self._words), "something stands after the table"
        return value

    def _next(self) -> tuple[str, str]:
        self._at += 1
        return self._words[self._at - 1]

    def _value(self) -> object:
        kind, word = self._next()
        if kind == "name" and self._words[self._at] == ("sign", "{"):
            kind, word = self._next()
        if (kind, word) != ("sign", "{"):
            return {"true": True, "false": False}.get(word, float(word) if kind == "number" else word)
        table: dict[object, object] = {}
        while self._words[self._at] != ("sign", "}"):
            key: object = 1 + sum(isinstance(one, int) for one in table)
            if self._words[self._at] == ("sign", "["):
                self._next()
                key = float(self._next()[1])
                assert self._next() == ("sign", "]")
                assert self._next() == ("sign", "=")
            elif self._words[self._at][0] == "name" and self._words[self._at + 1] == ("sign", "="):
                key = self._next()[1]
                self._next()
            table[key] = self._value()
            if self._words[self._at] == ("sign", ","):
                self._next()
            else:
                assert self._words[self._at] == ("sign", "}")
        self._next()
        return table


def test_fusions_table_has_the_focus_and_blurs_each_distance_by_its_disc(shot: Shot) -> None:
    tools = LuaTable(export_text(shot, "fusion")).read()["Tools"]
    keys, width_mm = shot.keyframes(), shot.camera.frame_width_mm
    focus, far = (tools[name]["KeyFrames"] for name in ("FocusMetres", "FarDisc"))
    assert len(focus) == len(far) == len(keys)
    words = tools["FollowFocusBlurMap"]["Inputs"]["RedExpression"]["Value"]
    assert tools["FollowFocusBlurMap"]["Inputs"]["NumberIn1"]["SourceOp"] == "FocusMetres"
    assert tools["FollowFocusBlurMap"]["Inputs"]["NumberIn2"]["SourceOp"] == "FarDisc"
    for frame in FRAMES:
        key, n1, n2 = keys[frame], focus[FIRST + frame][1], far[FIRST + frame][1]
        assert n1 == pytest.approx(key.focus_m, abs=1e-6)
        for distance_m in (1.2, 2.5, 6.0, 40.0):
            disc_mm = blur_disc_mm(key.focus_m, distance_m, key.focal_mm, 2.8)
            for z1 in (distance_m, -distance_m):  # Fusion's own renderer counts downwards
                percent = eval(words, {"abs": abs, "max": max}, {"n1": n1, "n2": n2, "z1": z1})
                assert percent == pytest.approx(100 * disc_mm / width_mm, abs=2e-3)
        nothing = eval(words, {"abs": abs, "max": max}, {"n1": n1, "n2": n2, "z1": 0.0})
        assert nothing == pytest.approx(100 * blur_disc_mm(key.focus_m, np.inf, key.focal_mm, 2.8) / width_mm, abs=2e-3)


def test_a_text_that_is_no_table_is_found(shot: Shot) -> None:
    text = export_text(shot, "fusion")
    for broken in (text[:-3], text.replace("Value =", "Value", 1), text + "}", text.replace('"', "", 1)):
        with pytest.raises((AssertionError, IndexError, ValueError)):
            LuaTable(broken).read()


@pytest.mark.parametrize(("kind", "scale"), [("ae", 1.0), ("ae-camera", 1000.0)])
def test_after_effects_columns_have_the_focus_frame_by_frame(shot: Shot, kind: str, scale: float) -> None:
    text = export_text(shot, kind)
    assert float(re.search(r"Units Per Second\t([\d.]+)", text)[1]) == pytest.approx(float(shot.fps), abs=1e-5)
    _, *lines = text[text.index("\tFrame\t") :].splitlines()
    columns = [line.split("\t") for line in itertools.takewhile(lambda line: line.startswith("\t"), lines)]
    rows = {int(column[1]): float(column[2]) for column in columns}
    keys = shot.keyframes()
    assert len(rows) == len(keys)
    for frame in FRAMES:
        assert rows[FIRST + frame] == pytest.approx(keys[frame].focus_m * scale, abs=1e-6 * scale)


def test_blenders_aperture_is_as_much_higher_than_wide_as_the_lens_squeezes(shot: Shot) -> None:
    assert f"\ndata.dof.aperture_ratio = {shot.lens.squeeze:g}\n" in export_text(shot, "blender")


def test_ffmpeg_reads_the_exr_that_is_written(tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).uniform(0, 4, (24, 32, 3)).astype(np.float16)
    path = tmp_path / "frame.exr"
    write_exr(OpenEXR, path, {"RGB": pixels})
    with av.open(str(path)) as clip:
        frame = next(clip.decode(video=0))
    assert frame.format.name in ("gbrpf32le", "gbrpf16le")
    wide = np.float32 if frame.format.name == "gbrpf32le" else np.float16
    planes = [
        np.frombuffer(plane, wide).reshape(frame.height, -1)[:, : frame.width].astype(np.float32)
        for plane in frame.planes
    ]
    found = np.stack([planes[2], planes[0], planes[1]], axis=2)
    assert np.array_equal(found, pixels.astype(np.float32))
