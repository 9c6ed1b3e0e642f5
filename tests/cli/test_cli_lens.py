# SPDX-License-Identifier: MIT
from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.cli.lens import app
from followfocus.errors import FileError, JobError, RequestError
from followfocus.lens.map import load_lens
from tests.support import clips


def run(*arguments, exit_code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == exit_code, result.output
    return result


def facts(*arguments, exit_code=0):
    return json.loads(run(*arguments, "--json", exit_code=exit_code).stdout)


@pytest.fixture
def arri(tmp_path):
    path = tmp_path / "clip.csv"
    path.write_text(clips.arri_text(), encoding="utf-8")
    return path


@pytest.fixture
def sony(tmp_path):
    path = tmp_path / "sony.csv"
    path.write_text(clips.sony_text(), encoding="utf-8")
    return path


def lens_file(tmp_path, **changes):
    marks = [
        {"ring_deg": 0, "distance_m": "inf"},
        {"ring_deg": 49.2126, "distance_m": 3.048},
        {"ring_deg": 89.4774, "distance_m": 1.6764},
        {"ring_deg": 150, "distance_m": 1},
    ]
    lens = {
        "name": "mine",
        "nominalFocalLength": 40,
        "tStop": 2,
        "close_focus_m": 0.5,
        "travel_deg": 300,
        "marks": marks,
    }
    path = tmp_path / "lens.json"
    path.write_text(json.dumps({"format": "followfocus-lens", "version": 1, "lens": lens | changes}), encoding="utf-8")
    return path


def test_list_names_what_ships():
    text = run("list").stdout
    assert "arri-signature-prime-40" in text
    assert facts("list")["lenses"][0]["name"] == "arri-signature-prime-40"


def test_show_prints_the_scale():
    text = run("show", "ideal-50").stdout
    assert "was not measured" in text
    assert "Half the throw is at 1.100 m" in text
    assert "82.50°" in text  # 2 m
    assert "6'6 1/2\"" in text


def test_show_as_json():
    shown = facts("show", "arri-signature-prime-40")
    assert shown["lens"]["serialNumber"] == "2"
    assert shown["measured_from_m"] == 0.661
    assert shown["scale"][0] == {"ring_deg": 0.0, "distance_m": "inf", "label": "∞", "mark": True}
    assert shown["warnings"] == []
    assert 0.5 < facts("show", "ideal-135")["half_dof_deg"] < 0.7  # 135 T1.8: ±0.6°


def test_show_of_a_stranger_suggests():
    with pytest.raises(RequestError, match="ideal-50"):
        run("show", "ideel-50")


def test_show_warns_on_standard_error(tmp_path):
    marks = json.loads(lens_file(tmp_path).read_text("utf-8"))["lens"]["marks"]
    marks[2]["distance_m"] = "5.8ft"
    result = run("show", lens_file(tmp_path, marks=marks))
    assert "Warning: marks[2]" in result.stderr
    assert "Warning" not in result.stdout


def test_check_of_a_good_file(tmp_path):
    assert "mine can be used" in run("check", lens_file(tmp_path), "--strict").stdout
    assert facts("check", lens_file(tmp_path))["usable"]


def test_check_of_a_doubtful_file(tmp_path):
    marks = json.loads(lens_file(tmp_path).read_text("utf-8"))["lens"]["marks"]
    marks[2]["distance_m"] = "5.6ft"
    path = lens_file(tmp_path, marks=marks)
    assert "5.6 ft where 5'6\" was meant" in run("check", path).stderr
    assert len(facts("check", path)["warnings"]) == 1
    run("check", path, "--strict", exit_code=1)


def test_check_of_a_bad_file_tells_everything(tmp_path):
    path = lens_file(tmp_path, tStop=-1, direction=5, surprise=1)
    with pytest.raises(FileError) as refusal:
        run("check", path)
    assert len(refusal.value.problems) == 3
    result = CliRunner().invoke(app, ["check", str(path), "--json"])
    told = json.loads(result.stdout)
    assert not told["usable"]
    assert told["problems"] == list(refusal.value.problems)


def test_import_makes_a_lens_file(arri, tmp_path):
    output = tmp_path / "sp40.json"
    told = facts("import", arri, "-o", output, "--travel", "280", "--name", "my-40")
    lens = load_lens(output)
    assert (lens.name, lens.travel_deg) == ("my-40", 280.0)
    assert told["lens_file"] == str(output)
    assert told["report"]["leave_one_out_max"] <= 0.005
    assert told["clip"]["frames"] == 500
    assert len(told["clip"]["pulls"]) == 3
    assert told["map"]["name"] == "my-40"
    assert told["reason"] is None


def test_a_note_is_kept_with_the_map(arri, tmp_path):
    output = tmp_path / "sp40.json"
    run("import", arri, "-o", output, "--note", "12 °C, night.")
    assert load_lens(output).calibration[-1] == "Noted: 12 °C, night."
    assert "Noted: 12 °C, night." in run("show", output).stdout


def test_import_for_people(arri, tmp_path):
    text = run("import", arri, "-o", tmp_path / "o.json").stdout
    assert "Pull in frames 82 to 118" in text
    assert "183 distances in 500 frames" in text
    assert "with any one mark left out to 0.2" in text.replace("\n", " ")
    assert "Nothing is written" not in text


def test_import_without_output_writes_nothing(arri, tmp_path):
    assert "Nothing is written without -o" in run("import", arri).stdout
    assert [item.name for item in tmp_path.iterdir()] == ["clip.csv"]


def test_import_of_a_clip_without_an_encoder_says_so(sony, tmp_path):
    with pytest.raises(JobError, match="no ring encoder") as refusal:
        run("import", sony, "-o", tmp_path / "o.json")
    assert refusal.value.exit_code == 1
    assert not (tmp_path / "o.json").exists()


def test_import_of_a_track_needs_no_encoder(sony, tmp_path):
    track = tmp_path / "track.csv"
    told = facts("import", sony, "--track", track)
    assert told["map"] is None
    assert "no ring encoder" in told["reason"]
    lines = track.read_text("utf-8").splitlines()
    assert lines[0] == "frame,timecode,time_s,focus_distance_m,lens_encoder,motor_encoder"
    assert len(lines) == 7


def test_import_of_reds_two_files(tmp_path):
    (tmp_path / "frames.csv").write_text(clips.red_frames_text(), encoding="utf-8")
    (tmp_path / "static.csv").write_text(clips.red_static_text(), encoding="utf-8")
    told = facts("import", tmp_path / "static.csv", tmp_path / "frames.csv", "--track", tmp_path / "t.csv")
    assert told["clip"]["cooke"][0]["near_m"] == 0.414
    text = run("import", tmp_path / "static.csv", tmp_path / "frames.csv", "--track", tmp_path / "t.csv").stdout
    assert "sharp from 0.414 m" in text


def test_import_with_a_rate(sony, tmp_path):
    told = facts("import", sony, "--fps", "23.976", "--track", tmp_path / "t.csv")
    assert told["clip"]["fps"] == "24000/1001"
    assert not told["clip"]["fps_assumed"]
    with pytest.raises(RequestError):
        run("import", sony, "--fps", "fast")


@pytest.mark.parametrize("option", ["-o", "--track"])
def test_the_clip_itself_is_not_written_over(arri, option):
    before = arri.read_bytes()
    with pytest.raises(RequestError, match="made from"):
        run("import", arri, option, arri)
    assert arri.read_bytes() == before


def test_a_scale_that_is_worked_out_is_not_called_measured() -> None:
    listed = CliRunner().invoke(build_app(["lens"]), ["lens", "list"], env={"COLUMNS": "120"}).stdout
    kinds = {line.split()[0]: line.split()[-2:] for line in listed.splitlines() if line.strip()}
    assert kinds["sigma-ff-high-speed-40"] == ["2", "marks"]
    assert kinds["arri-signature-prime-40"] == ["13", "marks"]
    assert kinds["ideal-50"][1] == "ideal"
    shown = CliRunner().invoke(build_app(["lens"]), ["lens", "show", "sigma-ff-high-speed-40"]).stdout
    said = " ".join(shown.split())
    assert "Measured from" not in said
    assert "Its marks are 0.400 m / 1'3 1/2\" and infinity; all between them is worked out." in said
