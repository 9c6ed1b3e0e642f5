# SPDX-License-Identifier: MIT
"""The gallery page: what it shows is there, it is small, and its photograph's depth is what its script says."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

GALLERY = Path(__file__).parent.parent.parent / "docs" / "gallery"


def script(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, GALLERY / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def test_every_type_is_shown_and_the_whole_is_small(monkeypatch):
    types = script("make_gallery", monkeypatch).TYPES
    page = (GALLERY / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"\]\(([^)]+)\)", page)
    assert set(shown) == {path.name for path in GALLERY.iterdir() if path.suffix in (".jpg", ".gif")} - {"still.jpg"}
    for one in types:
        assert f"{one.name}.jpg" in shown
        assert (f"{one.name}-photo.jpg" in shown) == (one.photo is not None)
    assert sum(path.stat().st_size for path in GALLERY.iterdir() if path.is_file()) < 4_000_000


def test_the_sentences_are_the_programs_own(monkeypatch):
    gallery = script("make_gallery", monkeypatch)
    page = (GALLERY / "README.md").read_text(encoding="utf-8")
    for one in gallery.TYPES:
        if "squeeze" not in one.drawn:
            shot, _, _ = gallery.make_shot(gallery.ask_of(one.drawn, "ideal-50", (), "960x540", own=False))
            assert f"![{gallery.brief(shot)}]({one.name}.jpg)" in page, "draw the gallery again"


def test_the_photographs_depth_is_the_scenes(monkeypatch):
    still_life = script("still_life", monkeypatch)
    depth = np.asarray(Image.open(GALLERY / "depth.png")).astype(float) / 1000
    x, y = np.array([240.5, 120.5, 700.5]), np.array([520.5, 200.5, 100.5])
    _, seen = still_life.light(*still_life.rays(x, y), bounces=0)
    assert depth[y.astype(int), x.astype(int)] == pytest.approx(seen, abs=1e-3)
