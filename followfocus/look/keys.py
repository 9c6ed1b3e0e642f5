# SPDX-License-Identifier: MIT
"""How numbers, texts and curves are written in the files of other programs."""

from __future__ import annotations

import math
from collections.abc import Sequence

from followfocus.lens.optics import lens_offset_m, offset_m
from followfocus.look.shot import FAR_M, Keyframe, Shot


def key_number(value: float) -> str:
    """A number short and exact enough for a key: up to 6 decimals, no trailing zeros, never in exponents."""
    return f"{value:z.6f}".rstrip("0").rstrip(".")


def nuke_curve(values: Sequence[float], first: int) -> str:
    """A knob's animation: linear keys on consecutive frames; a plain number where nothing moves."""
    if len({key_number(value) for value in values}) == 1:
        return key_number(values[0])
    return "{{curve L x" + str(first) + " " + " ".join(key_number(value) for value in values) + "}}"


def nuke_text(text: str) -> str:
    """Text as a quoted TCL string."""
    for plain, escaped in (
        ("\\", "\\\\"),
        ('"', '\\"'),
        ("[", "\\["),
        ("]", "\\]"),
        ("$", "\\$"),
        ("{", "\\{"),
        ("}", "\\}"),
        ("\n", "\\n"),
    ):
        text = text.replace(plain, escaped)
    return f'"{text}"'


def nuke_node(kind: str, lines: Sequence[str], label: str, x: int) -> str:
    """A node as Nuke pastes it, `x` pixels to the right in the graph."""
    body = [*lines, *([label] if label else []), f"xpos {x}", "ypos 0"]
    return f"{kind} {{\n" + "".join(f" {line}\n" for line in body) + "}\n"


def from_lens(shot: Shot, distance_m: float, key: Keyframe) -> float:
    """Metres from the entrance pupil, where a renderer has its camera: a blur is in proportion to 1 - focus/distance.

    Where nobody says where that lies, from the front principal plane as focused in that frame.
    """
    if not math.isfinite(distance_m):
        return FAR_M
    origin_m = shot.lens.entrance_pupil_m
    if origin_m is None:
        origin_m = offset_m(key.focus_m, key.focal_mm, lens_offset_m(shot.lens))
    return round(min(distance_m - origin_m, FAR_M), 6)
