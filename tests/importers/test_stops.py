# SPDX-License-Identifier: MIT
"""T-stops and f-stops: each clip's is told as it is meant, and depth of field goes by the f-number either way."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from followfocus.importers import read_clip
from followfocus.importers.focus_track import ClipLens, f_stop_of, t_stop_of
from followfocus.importers.mapping import map_of
from followfocus.lens.map import load_lens
from followfocus.lens.optics import half_dof_deg, signed_blur_mm
from followfocus.takes.recording import of_clip
from tests.support import clips

PRIME = dataclasses.replace(load_lens("ideal-50"), transmission=0.8)
UNSAID = dataclasses.replace(PRIME, transmission=None)
MONSTRO = "Clip Name,FPS,Record FPS,Total Frames,Abs TC,Aperture,Focal Length,Focus Distance,Lens Brand,Lens Name\n"


def lens_of(folder: Path, text: str) -> ClipLens:
    return read_clip([written(folder, text)]).lens


def written(folder: Path, text: str, name: str = "clip.txt") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def samples(**stops: float) -> str:
    return "\n".join(
        json.dumps({"lens": {"focusDistance": 1.5 + i / 10, "encoders": {"focus": 0.4 - i / 50}, **stops}})
        for i in range(12)
    )


def photos(number: object) -> str:
    return json.dumps([{"SourceFile": f"{i}.jpg", "FocusDistance": f"{2 + i} m", "FNumber": number} for i in range(3)])


@pytest.mark.parametrize(
    ("text", "t_stop", "f_stop"),
    [
        ("T2.8", 2.8, None), ("t/2.8", 2.8, None), ("2.8", 2.8, None), ("f/2.8", None, 2.8), ("F2.8", None, 2.8),
        ("f2.8 5/10", None, 2**1.75), ("f", None, None), ("f/0", None, None), ("x2.8", None, None),
    ],
)  # fmt: skip
def test_a_marked_stop_is_what_its_letter_says(text: str, t_stop: float | None, f_stop: float | None) -> None:
    for found, wanted in ((t_stop_of(text), t_stop), (f_stop_of(text), f_stop)):
        assert found == (None if wanted is None else pytest.approx(wanted))


def test_opentrackio_tells_either_stop_or_both(tmp_path: Path) -> None:
    lens = lens_of(tmp_path, samples(fStop=2.8))
    assert (lens.t_stop_used, lens.f_stop_used, lens.transmission) == (None, 2.8, None)
    lens = lens_of(tmp_path, samples(tStop=3.0))
    assert (lens.t_stop_used, lens.f_stop_used, lens.transmission) == (3.0, None, None)
    lens = lens_of(tmp_path, samples(tStop=3.0, fStop=2.8))
    assert (lens.t_stop_used, lens.f_stop_used) == (3.0, 2.8)
    assert lens.transmission == pytest.approx((2.8 / 3.0) ** 2)  # T = F/√τ
    assert lens_of(tmp_path, samples(tStop=2.8, fStop=3.0)).transmission is None  # no lens makes light


@pytest.mark.parametrize("aperture", ["f2.8", "T2.8"])
def test_blackmagic_tells_the_letter(tmp_path: Path, aperture: str) -> None:
    frames = [f"Frame {i} Metadata\naperture: {aperture}\ndistance: {900 + i}mm\n" for i in range(2)]
    lens = lens_of(tmp_path, "Clip Metadata\n" + "\n".join(frames))
    assert (lens.t_stop_used, lens.f_stop_used) == ((2.8, None) if aperture[0] == "T" else (None, 2.8))


def test_sony_tells_the_letter(tmp_path: Path) -> None:
    lens = lens_of(tmp_path, clips.sony_text().replace("T 2 3/10", "F 2 3/10"))
    assert (lens.t_stop_used, lens.f_stop_used) == (None, pytest.approx(2**1.15))


def test_reds_f_is_t_where_the_lens_tells_t(tmp_path: Path) -> None:
    """On RED's own sample the packets say T5.6 and the tables F5.6; a photographic lens means it."""
    frames, static = clips.red_frames_text(), clips.red_static_text()
    assert lens_of(tmp_path, frames).t_stop_used == 5.6
    for packet in clips.RED_PACKETS:
        frames = frames.replace(packet, "")
    beside = [written(tmp_path, frames, "frames.csv"), written(tmp_path, static, "static.csv")]
    assert read_clip(beside).lens.t_stop_used == 5.6
    for name, in_t in (("40mm T1.5 FF", True), ("EF 40mm f/2.8 STM", False)):
        lens = lens_of(tmp_path, MONSTRO + f"A001,24,24,100,01:00:00:00,F5.6,40mm,2160mm,SOME,{name}\n")
        assert (lens.t_stop_used, lens.f_stop_used) == ((5.6, None) if in_t else (None, 5.6))


@pytest.mark.parametrize("lens", [PRIME, UNSAID])
def test_depth_goes_by_the_f_number_that_a_clip_says(tmp_path: Path, lens) -> None:
    """A photo at f/2.8 has the depth of f/2.8, whatever the lens lets through."""
    found = of_clip([written(tmp_path, photos(2.8))], lens, None)
    share = 0.85 if lens.transmission is None else 0.8
    assert found.conditions.t_stop == pytest.approx(2.8 / share**0.5)
    assert lens.f_number(found.conditions.t_stop) == pytest.approx(2.8)
    by_hand = dataclasses.replace(lens, transmission=1.0)
    coc_mm = found.conditions.coc_mm
    assert found.half_dofs_deg[-1] == pytest.approx(half_dof_deg(by_hand, 2.8, coc_mm, 4.0))
    assert [note for note in found.notes if "f/2.8" in note] == [
        f"it was shot at f/2.8: T{2.8 / share**0.5:.3g} on ideal-50, which "
        f"{'is taken to pass 85' if lens.transmission is None else 'passes 80'} % of the light"
    ]
    assert not [note for note in of_clip([written(tmp_path, photos(2.8))], lens, 4.0).notes if "f/" in note]


def test_a_map_of_a_clip_that_says_f_stops_has_their_depth(tmp_path: Path) -> None:
    track = read_clip([written(tmp_path, samples(fStop=2.8, pinholeFocalLength=40.0))])
    lens, _ = map_of(track)
    assert lens.t_stop == pytest.approx(2.8 / 0.85**0.5, abs=1e-3)
    assert "widest stop taken as the clip's f/2.8" in lens.source
    blur = signed_blur_mm(2.0, 4.0, 40.0, lens.f_number(lens.t_stop))
    assert float(blur) == pytest.approx(0.04 * 0.04 / 2.8 / (2.0 - 0.04) * (1 - 2.0 / 4.0) * 1000, rel=0.03)
