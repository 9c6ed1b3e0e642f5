# SPDX-License-Identifier: MIT
"""Show files: what is written comes back, nothing is lost on the way, and a damaged file says all that is wrong."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import FileError
from followfocus.show import file as showfile
from followfocus.show.file import kept_versions, read_show, salvage, show_from_json, show_to_json, write_show
from followfocus.show.journal import recover
from followfocus.show.show import Show
from tests.support.shows import full_show, shows

GOLDEN = Path(__file__).parent.parent / "golden" / "show-v1.ffshow"
Document = dict[str, object]


@given(shows())
def test_every_show_comes_back_exactly(show: Show) -> None:
    assert show_from_json(show_to_json(show), Path("x")).show == show


@pytest.mark.parametrize("none", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_written(none: float, tmp_path: Path) -> None:
    path = tmp_path / "s.ffshow"
    write_show(full_show(), path)
    before = path.read_bytes()
    broken = dataclasses.replace(full_show(), slate=dataclasses.replace(full_show().slate))
    object.__setattr__(broken.slate, "take", none)
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_show(broken, path)
    assert path.read_bytes() == before


def test_a_show_file_can_be_read_by_people() -> None:
    text = show_to_json(full_show())
    assert full_show().production in text
    assert not full_show().production.isascii()
    assert text.splitlines()[1].startswith(' "'), "a line an entry"
    assert text.endswith("}\n")


def with_hand(**fields: object) -> Document:
    document: Document = json.loads(show_to_json(full_show()))
    cues = document["cues"]
    assert isinstance(cues, list)
    cues[0] |= fields
    return document


def test_what_a_wheel_does_is_written_only_where_a_cue_has_one() -> None:
    assert "hand" not in show_to_json(full_show())
    read = show_from_json(json.dumps(with_hand(hand="ride", hand_within_m=0.05, hand_keep=True)), Path("x")).show
    assert (read.cues[0].hand, read.cues[0].hand_within_m, read.cues[0].hand_keep) == ("ride", 0.05, True)
    assert show_from_json(show_to_json(read), Path("x")).show == read


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"hand": "lead"}, "cues[0]: Cue 1: No hand is called “lead”. Known: none, ride, take over, scrub."),
        ({"hand": "scrub", "hand_keep": True}, "cues[0]: Cue 1: Only a ride has a bound and can be kept"),
        ({"hand": "ride", "hand_within_m": 3.0}, "cues[0]: Cue 1 has a ride of 3 m."),
        ({"hand": 3}, "cues[0].hand: "),
    ],
)
def test_a_hand_that_is_none_is_refused_in_a_sentence(fields: dict[str, object], words: str) -> None:
    with pytest.raises(FileError) as refused:
        show_from_json(json.dumps(with_hand(**fields)), Path("x"))
    (problem,) = refused.value.problems
    assert words in problem


def test_version_1_is_read_as_it_was_written() -> None:
    opened = read_show(GOLDEN)
    assert opened.show == full_show()
    assert (opened.version, opened.read_only, opened.words) == (1, False, ())


def test_older_formats_are_brought_up_to_date_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def renamed(document: Document) -> Document:
        return {**{k: v for k, v in document.items() if k != "title"}, "production": document["title"]}

    def shouted(document: Document) -> Document:
        return {**document, "production": str(document["production"]).upper()}

    document = json.loads(show_to_json(full_show()))
    document["title"] = document.pop("production")
    monkeypatch.setattr(showfile, "VERSION", 3)
    monkeypatch.setattr(showfile, "MIGRATIONS", {1: renamed, 2: shouted})
    opened = show_from_json(json.dumps(document), Path("x"))
    assert opened.show.production == "ÜBERFAHRT 撮影 🎬"
    assert opened.version == 1


def test_a_newer_show_opens_to_read_only_and_is_never_written_over(tmp_path: Path) -> None:
    document = json.loads(show_to_json(full_show()))
    document |= {"version": 2, "hologram": True}
    document["cues"][0]["scent"] = "rain"
    path = tmp_path / "new.ffshow"
    path.write_text(json.dumps(document), "utf-8")
    opened = read_show(path)
    assert opened.show == full_show()
    assert opened.read_only
    assert "newer version 2" in opened.words[0]
    with pytest.raises(FileError, match="another name"):
        write_show(full_show(), path)
    assert json.loads(path.read_text("utf-8")) == document
    del document["pulls"]
    with pytest.raises(FileError, match="Update followfocus"):
        show_from_json(json.dumps(document), path)


def test_the_last_ten_versions_are_kept(tmp_path: Path) -> None:
    path, show = tmp_path / "day.ffshow", full_show()
    for number in range(15):
        write_show(_named(show, number), path)
        write_show(_named(show, number), path)  # nothing changed: no version
    kept = kept_versions(path)
    assert len(kept) == 10
    assert [read_show(version).show.production for version in kept] == [str(n) for n in range(13, 3, -1)]
    assert read_show(path).show.production == "14"


def _named(show: Show, number: int) -> Show:
    import dataclasses

    return dataclasses.replace(show, production=str(number))


def test_all_problems_are_said_at_once_and_what_can_be_is_saved(tmp_path: Path) -> None:
    document = json.loads(show_to_json(full_show()))
    document["pulls"][0]["marks"][0]["ring_deg"] = "82.5"
    document["cues"][1]["follow_s"] = -2
    document["lenses"][1]["lens"]["lens"]["marks"] = []
    document["colour"] = "blue"
    path = tmp_path / "bad.ffshow"
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(FileError) as caught:
        read_show(path)
    places = " ".join(caught.value.problems)
    assert "pulls[0].marks[0].ring_deg" in places
    assert "colour" in places
    document["pulls"][0]["marks"][0]["ring_deg"] = 82.5
    del document["colour"]
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(FileError) as caught:
        read_show(path)
    places = " ".join(caught.value.problems)
    assert "cues[1]" in places
    assert "lenses[1]" in places
    saved, lost = salvage(path)
    assert saved is not None
    assert [cue.number for cue in saved.cues] == ["1"]
    assert saved.production == "Überfahrt 撮影 🎬"
    assert any("SP 40" in line for line in lost)


def test_what_is_wrong_in_shape_hides_nothing_that_is_wrong_in_value(tmp_path: Path) -> None:
    document = json.loads(show_to_json(full_show()))
    document["fps"] = "x"
    document["slate"]["setup"] = -4
    first = document["pulls"][0]
    first["duration_s"], first["easing"], first["marks"][1]["hold_s"] = -1.0, "wobbly", -2.0
    document["pulls"].append({**first, "id": "far", "duration_s": 1.0, "easing": "minjerk"})
    document["pulls"][-1]["marks"] = [{"ring_deg": 999.0}, {"ring_deg": 1.0}]
    document["cues"][1] |= {"pull": "nowhere"}
    path = tmp_path / "bad.ffshow"
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(FileError) as caught:
        read_show(path)
    said = "\n".join(caught.value.problems)
    for words in (
        "fps: “x” is not a frame rate", "pulls[0]: Pull", "duration", "pulls[0].easing: ", "pulls[0].marks[1]: ",
        "mark A at 999° is off the ring's travel", "Cue 2 plays pull “nowhere”",
    ):  # fmt: skip
        assert words in said
    assert "Value error" not in said
    assert f"plays pull {document['pulls'][0]['id']!r}" not in said
    document["fps"] = "24"
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(FileError) as caught:
        read_show(path)
    assert "slate: " in "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 6


@pytest.mark.parametrize("half", ["\\ud83d", "\\udfac", "\\ud83d\\ud83d", "\\udfac\\ud83c"])
def test_half_an_emoji_is_seen_and_can_be_written_again(tmp_path: Path, half: str) -> None:
    path = tmp_path / "day.ffshow"
    text = show_to_json(_named(full_show(), 7)).replace('"production": "7"', f'"production": "a{half}b \\ud83c\\udfac"')
    path.write_text(text, "utf-8")
    show = read_show(path).show
    assert show.production.startswith("a\ufffd")
    assert show.production.endswith("b 🎬")
    write_show(show, path)
    assert read_show(path).show == show


def test_a_pull_of_a_year_is_a_slip_of_the_finger(tmp_path: Path) -> None:
    document = json.loads(show_to_json(full_show()))
    document["pulls"][0]["duration_s"] = 1e300
    path = tmp_path / "day.ffshow"
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(FileError) as caught:
        read_show(path)
    assert "Give 0.001 s to 3600 s" in "\n".join(caught.value.problems)


def test_a_torn_file_gives_the_newest_whole_version(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    write_show(_named(full_show(), 1), path)
    write_show(_named(full_show(), 2), path)
    path.write_text(path.read_text("utf-8")[:500], "utf-8")
    saved, words = salvage(path)
    assert saved is not None
    assert saved.production == "1"
    assert "newest whole version" in words[-1]
    assert salvage(tmp_path / "none.ffshow")[0] is None


@pytest.mark.parametrize(("text", "words"), [
    (b"", "not a whole show"), (b"{}", "not a show"), (b"[1]", "not a show"), (b"\xff\xfe", "not text"),
    (b'{"format": "followfocus-show", "version": "1"}', "which version"),
    (b'{"format": "followfocus-show", "version": 1, "version": 1}', "the key “version” is given twice"),
    (b'{"format": "followfocus-show", "version": 1, "pulls": NaN}', "problem"),
    (b"[" * 100_000, "not a show"),
])  # fmt: skip
def test_what_is_no_show_is_said(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "x.ffshow"
    path.write_bytes(text)
    with pytest.raises(FileError, match=words):
        read_show(path)
    with pytest.raises(FileError):
        read_show(tmp_path)


def test_a_byte_order_mark_is_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "x.ffshow"
    path.write_bytes(b"\xef\xbb\xbf" + show_to_json(full_show()).encode())
    assert read_show(path).show == full_show()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(FileError, match="cannot be written"):
        write_show(full_show(), tmp_path / "x.ffshow")
    tmp_path.chmod(0o700)


_FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from followfocus.errors import FileError
from followfocus.show.file import write_show, read_show
import dataclasses
show = read_show(sys.argv[1]).show
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_show(dataclasses.replace(show, production="new"), sys.argv[1])
except FileError as error:
    print(error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on file sizes there")
def test_a_full_disk_is_a_sentence_and_the_old_show_stays(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    write_show(full_show(), path)
    said = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _FULL, str(path)], capture_output=True, text=True, check=True
    )
    assert "cannot be written" in said.stdout
    assert read_show(path).show == full_show()
    assert not list(tmp_path.glob("*.tmp"))


def _run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(build_app(["show"]), ["show", *words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_the_commands(tmp_path: Path) -> None:
    path = str(tmp_path / "day.ffshow")
    assert _run("new", path, "--production", "День", "--from", "1.2m", "--duration", "48f")[0] == 0
    code, said = _run("check", path, "--json")
    assert code == 0
    assert json.loads(said)["cues"] == 1
    cues = json.loads(_run("cues", path, "--json")[1])
    assert cues["production"] == "День"
    assert cues["cues"][0]["marks"][0]["distance"] == "1.20 m"
    assert cues["cues"][0]["duration_s"] == 2.0
    assert "1.20 m" in _run("cues", path)[1]
    Path(path).write_text("{", "utf-8")
    code, said = _run("check", path)
    assert code == 1
    assert "not a whole show" in said
    again: Callable[[], object] = lambda: _run("new", path)  # noqa: E731
    with pytest.raises(Exception, match="there already"):
        again()


def test_a_name_that_is_no_text_is_kept_as_far_as_it_is_one(tmp_path: Path) -> None:
    path = tmp_path / "day\udcff.ffshow"
    stamp = write_show(dataclasses.replace(full_show(), production="Ren\udce9"), path)
    opened = read_show(path)
    assert (opened.show.production, opened.stamp) == ("Ren?", stamp)


def test_the_root_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        read_show(Path("/"))
    assert recover(Path("/")) is None
