# SPDX-License-Identifier: MIT
"""An option that changes nothing where it is given is named in one sentence, and one that changes something isn't."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.cli.idle import listed
from followfocus.errors import FollowFocusError
from followfocus.lens.map import LensMark, load_lens, save_lens
from followfocus.show.file import read_show
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from tests.support.takes import a_take

RACK = ("ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.1")
OPTIONS = {
    "--handles": "2", "--at": "0.02", "--strip": "3", "--csv": "semicolon", "--cat-eye": "0.6", "--breathing": "12",
    "--blades": "5", "--size": "96x48", "--tc": "01:02:03:04",
}  # fmt: skip
EXPORTS = ("csv", "nuke", "zdefocus", "fusion", "chan", "ae", "ae-camera", "blender", "brief", "prompt")


def told(*words: object) -> tuple[int, str, str]:
    """Exit code, standard output, and what is said beside it, a refusal's sentence included."""
    texts = [str(word) for word in words]
    done = CliRunner().invoke(build_app(texts[:1]), texts)
    if isinstance(done.exception, FollowFocusError):
        return done.exception.exit_code, done.stdout, done.stderr + str(done.exception)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("kind", ["words", *EXPORTS])
def test_text_is_the_same_exactly_where_the_option_is_said_to_change_nothing(kind: str, option: str) -> None:
    words = ("look", *RACK, *(() if kind == "words" else ("--export", kind)))
    _, plain, beside = told(*words)
    code, text, said = told(*words, option, OPTIONS[option])
    if kind == "words" and option in ("--at", "--strip"):
        assert (code, text) == (2, "")
        assert said == "A still or a strip needs a file to go to. Add -o FILE.png."
        return
    assert (code, beside) == (0, "")
    sentence = f"followfocus: {option} changes nothing in {'the facts' if kind == 'words' else f'--export {kind}'}.\n"
    assert said == (sentence if text == plain else "")


@pytest.mark.parametrize("option", [option for option in OPTIONS if option != "--strip"])
@pytest.mark.parametrize("name", ["still.png", "strip.png", "film.gif", "rack.###.png"])
def test_pictures_too(tmp_path: Path, name: str, option: str) -> None:
    base = ("look", *RACK, "--size", "64x36", *(("--strip", "2") if name == "strip.png" else ()))
    if option == "--at" and name != "still.png":
        code, _, said = told(*base, option, OPTIONS[option], "-o", tmp_path / name)
        assert (code, list(tmp_path.iterdir())) == (2, [])
        assert ("Give --strip or --at" in said) if name == "strip.png" else ("written as .png" in said)
        return
    made = []
    for folder, more in ((tmp_path / "plain", ()), (tmp_path / "with", (option, OPTIONS[option]))):
        folder.mkdir()
        code, _, said = told(*base, *more, "-o", folder / name)
        assert code == 0
        made.append({path.name: path.read_bytes() for path in folder.iterdir()})
    what = {"still.png": "a still", "strip.png": "a strip", "film.gif": "a film"}.get(name, "a sequence")
    assert said == (f"followfocus: {option} changes nothing in {what}.\n" if made[0] == made[1] else "")


def test_a_follow_goes_as_the_walk_does() -> None:
    walk = ("look", "ideal-50", "--plane", "ANNA=4m..2m", "--plane", "DOOR=6m", "--follow", "ANNA", "--duration", "2")
    code, plain, beside = told(*walk)
    assert (code, beside) == (0, "")
    code, text, said = told(*walk, "--from", "DOOR", "--to", "ANNA", "--ease", "linear")
    assert (code, text) == (0, plain)
    assert (
        said == "followfocus: --from, --to and --ease change nothing with --follow: the ring goes as the walk does.\n"
    )


@pytest.mark.parametrize("name", ["rack.mp4", "rack.mov", "rack.gif", "rack.png"])
def test_keyframes_are_no_film(tmp_path: Path, name: str) -> None:
    code, out, said = told("look", *RACK, "--export", "csv", "-o", tmp_path / name)
    assert (code, out, list(tmp_path.iterdir())) == (2, "", [])
    assert "--export csv is text. Give a name that ends in .csv." in said


def test_one_document_on_standard_output(tmp_path: Path) -> None:
    code, out, said = told("look", *RACK, "--export", "csv", "--json")
    assert (code, out) == (2, "")
    assert "both take standard output. Give -o FILE." in said
    code, out, _ = told("look", *RACK, "--export", "csv", "--json", "-o", tmp_path / "keys.csv")
    assert json.loads(out)["output"] == str(tmp_path / "keys.csv")


@pytest.mark.parametrize("name", ["rack.mp4", "rack.mov"])
def test_a_film_of_odd_size_says_what_it_becomes(tmp_path: Path, name: str) -> None:
    code, _, said = told("look", *RACK, "--size", "65x37", "-o", tmp_path / name)
    assert (code, said) == (0, f"followfocus: a {name[-4:]} takes even sizes alone: it is made 64 x 36.\n")
    assert told("look", *RACK, "--size", "66x36", "-o", tmp_path / name)[2] == ""
    assert told("look", *RACK, "--size", "65x37", "-o", tmp_path / "rack.gif")[2] == ""


def test_no_frame_is_written_over_the_picture_it_is_made_from(tmp_path: Path) -> None:
    own = tmp_path / "rack.0001.png"
    Image.new("RGB", (96, 54), (90, 80, 70)).save(own)
    before = own.read_bytes()
    asked = ("look", *RACK, "--plane", f"A=2m={own}", "--plane", "B=4m")
    for name in ("rack.####.png", "rack.%04d.png", "rack.#.png"):
        code, _, said = told(*asked, "-o", tmp_path / name)
        assert (code, own.read_bytes()) == (2, before)
        assert "is what this is made from" in said
    (tmp_path / "other").mkdir()
    for name in ("other/rack.####.png", "rack.####.tif", "racks.####.png", "rack.#####.png"):
        assert told(*asked, "--size", "32x18", "-o", tmp_path / name)[0] == 0
    assert own.read_bytes() == before


@pytest.mark.parametrize("from_s", ["", "@0", "@0.1s"])
def test_the_clip_of_a_zoom_is_not_written_over_either(tmp_path: Path, from_s: str) -> None:
    clip = tmp_path / "zoom.csv"
    clip.write_text("frame,focus_distance_m,focal_length_mm\n0,2,24\n1,2,25\n2,2,26\n", encoding="utf-8")
    before = clip.read_bytes()
    code, _, said = told("look", *RACK, "--focal", f"{clip}{from_s}", "--export", "csv", "-o", clip)
    assert (code, clip.read_bytes()) == (2, before)
    assert "is what this is made from" in said


@pytest.mark.parametrize("command", ["plan", "pull"])
def test_who_stands_at_neither_end_of_a_pull_is_named(command: str) -> None:
    words = [command, "ideal-50", "--from", "DOOR", "--to", "anna", "--duration", "1", "--json"]
    words += ["--no-log", "--fast"] if command == "pull" else []
    ends = ["--subject", "DOOR=4m", "--subject", "ANNA=3m..2m"]
    code, out, said = told(*words, *ends)
    assert (code, said) == (0, "")
    code, again, said = told(*words, *ends, "--subject", "LAMP=2.5m")
    assert said == (
        "followfocus: LAMP is at neither end of the pull, and changes nothing here; look shows what stands between.\n"
    )
    if command == "plan":
        assert again == out
    said = told(*words, *ends, "--subject", "LAMP=2.5m", "--subject", "BEN=5m..4m")[2]
    assert "LAMP and BEN are at neither end of the pull, and change nothing here" in said


def test_a_new_show_names_them_too(tmp_path: Path) -> None:
    words = ("show", "new", tmp_path / "a.ffshow", "--from", "DOOR", "--to", "2m", "--subject", "DOOR=4m")
    assert "neither" not in told(*words)[2]
    said = told("show", "new", tmp_path / "b.ffshow", *words[3:], "--subject", "ANNA=3m..2m")[2]
    assert "followfocus: ANNA is at neither end of the pull, and changes nothing here.\n" in said
    assert read_show(tmp_path / "a.ffshow").show.pulls == read_show(tmp_path / "b.ffshow").show.pulls


def test_one_take_goes_nowhere_in_turn(tmp_path: Path) -> None:
    show = tmp_path / "a.ffshow"
    told("show", "new", show, "--from", "2m", "--to", "4m")
    words = ("rehearse", show, "--fast", "--no-log", "--port", "sim")
    assert "changes nothing" not in told(*words, "--takes", "2", "--pingpong")[2]
    said = told(*words, "--pingpong", "--check-slips")[2]
    assert said.startswith("followfocus: --pingpong and --check-slips change nothing with one take.\n")


@pytest.mark.parametrize("command", ["pull", "rehearse"])
def test_a_log_that_is_named_is_never_left_empty(tmp_path: Path, command: str) -> None:
    show, log = tmp_path / "a.ffshow", tmp_path / "day.db"
    told("show", "new", show, "--from", "2m", "--to", "4m")
    words = (*RACK, "--fast") if command == "pull" else (show, "--port", "sim", "--fast")
    code, out, said = told(command, *words, "--log", log, "--no-log")
    assert (code, out, log.exists()) == (2, "", False)
    assert "--no-log wants no log. Leave one of the two out." in said


REPORTS = {
    "--report": "focus", "--paper": "letter", "--scene": "", "--csv": "semicolon", "--unit": "2nd", "--day": "3",
    "--tilt": "5", "--height": "2m", "--filters": "ND6", "--zone": "+05:00", "--lens": "ideal-50",
}  # fmt: skip


@pytest.mark.parametrize("made", ["takes.csv", "takes.json", "takes.pdf", "takes.ale", "ves.csv", "track.csv"])
def test_what_a_report_has_no_use_for_is_said(tmp_path: Path, made: str) -> None:
    """By what is written: the same bytes with the option and without."""
    log = tmp_path / "day.db"
    with TakeLog(log) as opened:
        opened.append(a_take(1), TakeContext(lens="ideal-50", plan_hash="ab12"))
    how = {"ves.csv": ["--ves"], "track.csv": ["--track", "1"]}.get(made, [])
    for option, value in REPORTS.items():
        texts = []
        for name, more in ((f"plain-{made}", []), (f"with-{made}", [option, value] if value else [])):
            code, _, said = told("takes", "export", log, "-o", tmp_path / name, *how, *more)
            assert code == 0, said
            texts.append((tmp_path / name).read_bytes())
        idle = f"followfocus: {option} changes nothing in "
        if made == "takes.pdf":  # in which the moment stands when it was made
            assert (idle in said) is (option not in ("--report", "--paper", "--zone", "--scene")), option
        elif made == "takes.json":
            assert (idle in said) is (option not in ("--zone", "--scene")), option
        elif option != "--lens" or made != "track.csv":
            assert (idle in said) is (texts[0] == texts[1] and bool(value)), (option, said)


def test_words_are_listed_as_people_do() -> None:
    assert [listed(words) for words in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


@pytest.mark.parametrize("command", ["look", "pull", "rehearse"])
def test_a_second_focus_ring_is_left_to_a_hand_and_said(tmp_path: Path, command: str) -> None:
    """As in `plan`: the motor turns one ring, and without the other one the picture lands soft across."""
    two = dataclasses.replace(
        load_lens("ideal-50"), name="two", ideal=False, squeeze=2.0, transmission=0.8,
        second_scale=(LensMark(0.0, math.inf), LensMark(100.0, 1.0)),
    )  # fmt: skip
    for name, lens in (("one", dataclasses.replace(two, name="one", second_scale=())), ("two", two)):
        save_lens(lens, tmp_path / f"{name}.json")
        words: tuple[object, ...] = (tmp_path / f"{name}.json", "--from", "2m", "--to", "4m", "--duration", "2")
        if command == "rehearse":
            told("show", "new", tmp_path / f"{name}.ffshow", "--lens", *words)
            words = (tmp_path / f"{name}.ffshow", "--port", "sim")
        words += ("--fast", "--no-log") if command != "look" else ()
        code, _, said = told(command, *words)
        assert code == 0
        sentence = "two has a second focus ring: turn it from 50.0° to 25.0° as well, or the picture lands soft across."
        assert (sentence in said) is (name == "two")
