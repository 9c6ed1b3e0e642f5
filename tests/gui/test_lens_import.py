# SPDX-License-Identifier: MIT
"""The desk reads a lens from a lens file and from a clip, whatever their names end in."""

from __future__ import annotations

from pathlib import Path

import pytest

from followfocus.errors import FileError, JobError
from followfocus.lens.map import lens_to_json, load_lens
from followfocus_gui.state.lens_import import read_lens
from tests.importers.test_cameras import SCALE, SP40, art, state

FIFTY = load_lens("ideal-50")


def write(folder: Path, text: str, name: str) -> list[Path]:
    (folder / name).write_text(text, encoding="utf-8")
    return [folder / name]


def test_a_clips_json_is_no_lens_file(tmp_path: Path) -> None:
    """ARRI's Reference Tool writes .json as well."""
    clip = art([state(*one) for one in SP40])
    clip = clip.replace('"clipBasedMetadataSets": [', '"clipBasedMetadataSets": [{"metadataSetName": "Lens Device", '
                        '"metadataSetPayload": {"lensModel": "SP40 T1.8"}}, ', 1)  # fmt: skip
    lens, words = read_lens(write(tmp_path, clip, "clip.json"))
    assert lens.model == "SP40 T1.8"
    assert lens.ring_deg(2.997) / lens.ring_deg(4.844) == pytest.approx(1244 / 772, rel=0.01)
    assert words.endswith("infinity is by the law, the other end where it was seen nearest.")  # what the clip notes


def test_a_lens_file_is_one_sound_or_not(tmp_path: Path) -> None:
    text = lens_to_json(FIFTY)
    assert read_lens(write(tmp_path, text, "fifty.json")) == (FIFTY, "ideal-50: 2 marks.")
    with pytest.raises(FileError, match="not a usable lens file"):
        read_lens(write(tmp_path, text.replace('"travel_deg": 300.0', '"travel_deg": -1.0'), "fifty.json"))
    with pytest.raises(FileError, match=r"is not a lens file: .* at line"):
        read_lens(write(tmp_path, text[:-20], "fifty.json"))
    with pytest.raises(FileError, match="JSON of no kind known here"):
        read_lens(write(tmp_path, '{"marks": []}', "other.json"))


def test_what_a_clip_lacks_is_said(tmp_path: Path) -> None:
    rows = "".join(f"{share},{metres}\n" for metres, share in SCALE)
    with pytest.raises(JobError, match="no focal length or stop"):
        read_lens(write(tmp_path, "ring_share,distance_m\n" + rows, "scale.csv"))
