# SPDX-License-Identifier: MIT
"""The slate as it is being written, without a widget: from the fields to a show."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from fractions import Fraction

from followfocus.show.show import Show
from followfocus.show.slate import Slate, parse_slate
from followfocus.units import parse_fps

Texts = Mapping[str, str]


def texts_of(show: Show) -> dict[str, str]:
    """The text of each field."""
    slate = show.slate
    return {
        "production": show.production, "camera": show.camera, "firstAc": show.first_ac, "fps": fps_text(show.fps),
        "scene": slate.scene, "shot": slate.name, "take": str(slate.take), "slateSystem": slate.system,
        "slateKind": slate.kind, "mos": "1" if slate.mos else "",
    }  # fmt: skip


def slate_of(old: Slate, texts: Texts) -> Slate:
    """The slate that is written: the board's line decides on take, pickup and MOS, before the other fields.

    Raises RequestError.
    """
    scene, system, digits = texts["scene"].strip(), texts["slateSystem"], texts["take"].strip()
    take = int(digits) if digits.isdecimal() else 0
    like = dataclasses.replace(old, system=system, scene=scene or old.scene)
    # The board's own line first: whoever types “24A-PU t3” there has said take and kind, whatever the fields held.
    written = parse_slate(texts["shot"] or like.name, like, scene=scene, take=take)
    if system == "british":
        written = dataclasses.replace(written, scene=scene, setup=0)
    kind, mos = written.kind or texts["slateKind"], written.mos or bool(texts["mos"])
    return dataclasses.replace(written, kind=kind, mos=mos)


def show_with_slate(show: Show, texts: Texts) -> Show:
    """The show with what is written. Raises FollowFocusError."""
    return dataclasses.replace(
        show,
        production=texts["production"].strip(),
        camera=texts["camera"].strip(),
        first_ac=texts["firstAc"].strip(),
        fps=parse_fps(texts["fps"]),
        slate=slate_of(show.slate, texts),
    )


def shot_after_scene(scene: str, system: str) -> str | None:
    """A new scene begins with its first shot; British slates run on."""
    return scene.strip() if scene.strip() and system != "british" else None


def fps_text(fps: Fraction) -> str:
    """A frame rate as it is written."""
    return str(fps) if fps.denominator == 1 else f"{float(fps):.3f}"
