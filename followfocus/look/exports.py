# SPDX-License-Identifier: MIT
"""A shot as keyframes for other programs: one function per format, each giving the file's text.

Every frame is a key and interpolation is linear, so that what arrives is exactly what was planned, whatever a program
thinks of easing. Infinity is written as 10 km where a format knows only numbers.

- CSV: for people and spreadsheets, with a byte order mark so that Excel reads it as UTF-8.
- Nuke: nodes to paste, a camera with its focus distance, the pull's figures as knobs, a Defocus per subject.
- ZDefocus and Fusion: for pictures with a depth channel (`depth_exports.py`).
- .chan: frame, tx ty tz, rx ry rz, vertical field of view; an Axis that rides on the plane of focus, 1 unit = 1 m.
- After Effects: keyframe text to paste on a layer (sliders), or on a camera (focus distance, 1 pixel = 1 mm).
- Blender: a script that makes the camera and an empty for each subject; 1 unit = 1 m.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence

from followfocus.errors import RequestError
from followfocus.look.depth_exports import to_fusion, to_zdefocus
from followfocus.look.keys import from_lens, key_number, nuke_curve, nuke_node, nuke_text
from followfocus.look.shot import Keyframe, Shot
from followfocus.look.words import brief, prompt
from followfocus.names import visible
from followfocus.spreadsheet import COMMA, Fixed, FormattedNumber, Style, csv_lines


def csv_of_frames(shot: Shot, style: Style = COMMA) -> str:
    """One row per frame: timecode, seconds, ring, focus distance, and each subject's blur three ways."""
    names = [subject.name for subject in shot.subjects]
    squeeze, zooms = shot.lens.squeeze, shot.camera.zoom is not None
    units = ("mm", "circles", "% of width", *(() if squeeze == 1.0 else ("across mm",)))
    blur_heads = [f"{name} blur {unit}" for name in names for unit in units]
    rows: list[list[object]] = [
        ["frame", "timecode", "time s", "ring deg", "focus m", *(["focal mm"] if zooms else []), *blur_heads]
    ]
    for key in shot.keyframes():
        blurs = [
            FormattedNumber(text)
            for blur in key.blurs_mm
            for text in (
                f"{blur:.5f}",
                f"{blur / shot.coc_mm:.3f}",
                f"{shot.percent(blur):.4f}",
                *(() if squeeze == 1.0 else (f"{blur / squeeze:.5f}",)),
            )
        ]
        focus = f"{key.focus_m:.4f}" if math.isfinite(key.focus_m) else "inf"
        time_s, ring_deg = FormattedNumber(f"{key.time_s:.6f}"), FormattedNumber(f"{key.ring_deg:z.4f}")
        focal = [FormattedNumber(f"{key.focal_mm:.3f}")] if zooms else []
        rows.append([key.frame, Fixed(key.timecode), time_s, ring_deg, FormattedNumber(focus), *focal, *blurs])
    return "".join(csv_lines(rows, style))


def _word(name: str) -> str:
    """A name that any program takes as an identifier."""
    word = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_")
    return word if word and not word[0].isdigit() else f"s_{word}"


def _words(shot: Shot) -> list[str]:
    """One identifier per subject, all different."""
    found: list[str] = []
    for subject in shot.subjects:
        word, again = _word(subject.name), 2
        while word in found:
            word, again = f"{_word(subject.name)}_{again}", again + 1
        found.append(word)
    return found


def to_nuke(shot: Shot) -> str:
    """Nodes to paste into Nuke (or to open as a script): FollowFocus, its camera, and a Defocus for each subject.

    The Defocus nodes take half the disc's diameter in pixels of their own format, through FollowFocus's knobs, so that
    the factor `defocus_scale` can correct them all at once.
    """
    keys = shot.keyframes()
    width = shot.frame_px[0]
    vaperture = shot.camera.frame_width_mm * shot.frame_px[1] / width
    knobs = ["addUserKnob {20 FollowFocus}"]
    knobs += [f"addUserKnob {{26 brief l brief T {nuke_text(brief(shot))}}}"]
    knobs += ['addUserKnob {7 defocus_scale l "defocus scale" R 0 4}', "defocus_scale 1"]
    knobs += ['addUserKnob {7 focus_m l "focus m" R 0 100}', f"focus_m {_nuke_focus(shot, keys)}"]
    knobs += ['addUserKnob {7 ring_deg l "ring deg" R 0 360}']
    knobs += [f"ring_deg {nuke_curve([key.ring_deg for key in keys], shot.start_frame)}"]
    nodes = []
    for index, (subject, word) in enumerate(zip(shot.subjects, _words(shot), strict=True)):
        share = [key.blurs_mm[index] / shot.camera.frame_width_mm for key in keys]
        knobs += [f"addUserKnob {{7 blur_{word} l {nuke_text(f'{subject.name}, share of width')} R 0 0.2}}"]
        knobs += [f"blur_{word} {nuke_curve(share, shot.start_frame)}"]
        expression = f"FollowFocus1.blur_{word}*width/2*FollowFocus1.defocus_scale"
        nodes += [
            nuke_node(
                "Defocus",
                ["inputs 0", "channels rgba", f"defocus {{{{{expression}}}}}", f"name Defocus_{word}"],
                f"label {nuke_text(subject.name)}",
                (index + 2) * 110,
            )
        ]
    camera = [
        "inputs 0",
        f"focal {nuke_curve([key.focal_mm for key in keys], shot.start_frame)}",
        f"haperture {key_number(shot.camera.frame_width_mm)}",
        f"vaperture {key_number(vaperture)}",
        f"focal_point {_nuke_focus(shot, keys)}",
        f"fstop {key_number(shot.lens.f_number(shot.camera.t_stop))}",
        "name FollowFocusCamera1",
    ]
    head = "#! followfocus\nversion 13.0 v1\n"
    first = nuke_node("NoOp", ["inputs 0", "name FollowFocus1", *knobs], "", 0)
    return head + first + nuke_node("Camera2", camera, "", 110) + "".join(nodes)


def _nuke_focus(shot: Shot, keys: Sequence[Keyframe]) -> str:
    return nuke_curve([key.focus_number_m for key in keys], shot.start_frame)


def to_chan(shot: Shot) -> str:
    """A Nuke .chan: an Axis (or a null in Maya or Houdini) that stands where the lens is focused, on the -z axis."""
    height = shot.camera.frame_width_mm * shot.frame_px[1] / shot.frame_px[0]
    rows = []
    for key in shot.keyframes():
        vfov = math.degrees(2 * math.atan(height / 2 / key.focal_mm))
        place = f"0\t0\t{key_number(-key.focus_number_m)}\t0\t0\t0"
        rows.append(f"{shot.start_frame + key.frame}\t{place}\t{key_number(vfov)}")
    return "\n".join(rows) + "\n"


def _after_effects(shot: Shot, properties: Sequence[tuple[str, str, Sequence[float]]]) -> str:
    """Keyframe text: header, then each property with its column heading and a row per frame."""
    rate = shot.fps
    lines = [
        "Adobe After Effects 8.0 Keyframe Data",
        "",
        f"\tUnits Per Second\t{key_number(float(rate))}",
        f"\tSource Width\t{shot.frame_px[0]}",
        f"\tSource Height\t{shot.frame_px[1]}",
        "\tSource Pixel Aspect Ratio\t1",
        "\tComp Pixel Aspect Ratio\t1",
    ]
    for path, heading, values in properties:
        lines += ["", path, f"\tFrame\t{heading}\t"]
        lines += [f"\t{shot.start_frame + frame}\t{key_number(value)}\t" for frame, value in enumerate(values)]
    return "\r\n".join([*lines, "", "", "End of Keyframe Data", ""])


def to_after_effects(shot: Shot) -> str:
    """To paste on any layer: slider 1 is the focus distance in m, then one slider per subject, its blur in pixels.

    The blur is the disc's radius, as Camera Lens Blur's Blur Radius takes it, in the subjects' order (see the CSV).
    """
    keys = shot.keyframes()
    columns = [[key.focus_number_m for key in keys]]
    columns += [[shot.pixels(key.blurs_mm[i]) / 2 for key in keys] for i in range(len(shot.subjects))]
    paths = [f"Effects\tSlider Control #{number}\tSlider #2" for number in range(1, len(columns) + 1)]
    return _after_effects(shot, [(path, "", column) for path, column in zip(paths, columns, strict=True)])


def to_after_effects_camera(shot: Shot) -> str:
    """To paste on a camera layer: its focus distance, 1 pixel standing for 1 mm; its zoom where that is moved."""
    keys = shot.keyframes()
    moves = [("Camera Options\tFocus Distance", "pixels", [key.focus_number_m * 1000 for key in keys])]
    if shot.camera.zoom is not None:  # the distance at which the frame's width fills the composition's, in its pixels
        px_per_mm = shot.frame_px[0] / shot.camera.frame_width_mm
        moves.append(("Camera Options\tZoom", "pixels", [key.focal_mm * px_per_mm for key in keys]))
    return _after_effects(shot, moves)


_BLENDER = '''"""{brief}

Made by followfocus. Run it in Blender's text editor: it adds a camera with this focus pull and an empty at the
distance of each subject. 1 unit is 1 m; the camera's origin is the lens's {origin}.
Frame {first} is {timecode}, GO.
"""

import bpy

FIRST_FRAME = {first}
FOCUS_M = {focus}
SUBJECTS_M = {subjects}

scene = bpy.context.scene
scene.render.fps = {fps}
scene.render.fps_base = {fps_base}
scene.frame_start = FIRST_FRAME
scene.frame_end = FIRST_FRAME + len(FOCUS_M) - 1

data = bpy.data.cameras.new("FollowFocus")
FOCAL_MM = {focals}
data.lens = FOCAL_MM[0]
data.sensor_fit = "HORIZONTAL"
data.sensor_width = {width}
data.dof.use_dof = True
data.dof.aperture_fstop = {fstop}
data.dof.aperture_blades = {blades}
data.dof.aperture_ratio = {ratio}
camera = bpy.data.objects.new("FollowFocus", data)
camera.rotation_euler = (1.5707963267948966, 0.0, 0.0)
scene.collection.objects.link(camera)
scene.camera = camera

for index, metres in enumerate(FOCUS_M):
    data.dof.focus_distance = metres
    data.dof.keyframe_insert("focus_distance", frame=FIRST_FRAME + index)

if len(FOCAL_MM) > 1:
    for index, millimetres in enumerate(FOCAL_MM):
        data.lens = millimetres
        data.keyframe_insert("lens", frame=FIRST_FRAME + index)

for name, metres in SUBJECTS_M:
    empty = bpy.data.objects.new(name, None)
    empty.location = (0.0, metres[0], 0.0)
    scene.collection.objects.link(empty)
    if len(metres) > 1:
        for index, y in enumerate(metres):
            empty.location = (0.0, y, 0.0)
            empty.keyframe_insert("location", index=1, frame=FIRST_FRAME + index)
'''


_BLENDERS_LAST = 1_048_574
"""Blender has no frame after this one and moves what is later onto it; at 60 frames a second it comes at 4:51 h."""


def to_blender(shot: Shot) -> str:
    """A Python script for Blender 2.80 or newer. A shot later in the day than Blender counts begins at frame 1."""
    keys = shot.keyframes()
    focus = [from_lens(shot, key.focus_m, key) for key in keys]
    subjects = []
    for subject in shot.subjects:
        places = [from_lens(shot, float(subject.distance_m(key.time_s)), key) for key in keys]
        subjects.append((subject.name, places if len(set(places)) > 1 else places[:1]))
    base = shot.fps.denominator / 1000 if shot.fps.denominator == 1001 else 1.0
    return _BLENDER.format(
        brief=brief(shot).replace("\\", "/").replace('"', "'"),
        origin="front principal plane" if shot.lens.entrance_pupil_m is None else "entrance pupil",
        first=shot.start_frame if shot.start_frame + len(keys) - 1 <= _BLENDERS_LAST else 1,
        timecode=shot.timecode(0),
        focus=json.dumps(focus),
        subjects=json.dumps(subjects, ensure_ascii=False),
        fps=round(float(shot.fps) * base),
        fps_base=base,
        focals=json.dumps([round(key.focal_mm, 6) for key in (keys if shot.camera.zoom is not None else keys[:1])]),
        width=key_number(shot.camera.frame_width_mm),
        fstop=key_number(shot.lens.f_number(shot.camera.t_stop)),
        blades=shot.camera.blades,
        ratio=key_number(shot.lens.squeeze),
    )


EXPORTS: dict[str, tuple[Callable[[Shot], str], str]] = {
    "csv": (csv_of_frames, ".csv"),
    "nuke": (to_nuke, ".nk"),
    "zdefocus": (to_zdefocus, ".nk"),
    "fusion": (to_fusion, ".setting"),
    "chan": (to_chan, ".chan"),
    "ae": (to_after_effects, ".txt"),
    "ae-camera": (to_after_effects_camera, ".txt"),
    "blender": (to_blender, ".py"),
    "brief": (brief, ".md"),
    "prompt": (prompt, ".txt"),
}
"""Each kind of export: what makes its text, and its file's usual ending."""

_BY_ENDING = {
    ".csv": "csv",
    ".nk": "nuke",
    ".chan": "chan",
    ".py": "blender",
    ".setting": "fusion",
    ".md": "brief",
    ".txt": "ae",
}


def export_kind(name: str | None, ending: str = "") -> str:
    """The kind called `name`, or the one that a file's ending stands for; RequestError lists them."""
    kind = name.strip().lower() if name else _BY_ENDING.get(ending.lower(), "")
    kind = {"nk": "nuke", "aftereffects": "ae", "after-effects": "ae", "py": "blender"}.get(kind, kind)
    if kind not in EXPORTS:
        if not name:
            said = f"The ending {ending}" if ending else "A name without an ending"
            raise RequestError(
                f"{said} doesn't say what to write.",
                f"Films end in .gif, .mp4 or .mov, a still in .png, keyframes in {', '.join(_BY_ENDING)}.",
            )
        raise RequestError(f"There is no export “{name}”.", f"Known: {', '.join(EXPORTS)}.")
    return kind


def export_text(shot: Shot, kind: str, style: Style = COMMA) -> str:
    """The file's text, always ending in a line end, without control characters of names; `style` is that of a CSV."""
    named = export_kind(kind)
    text = csv_of_frames(shot, style) if named == "csv" else EXPORTS[named][0](shot)
    return visible(text if text.endswith("\n") else text + "\n")


def encoding_of(kind: str) -> str:
    """How the text is written: CSV with a byte order mark, for Excel."""
    return "utf-8-sig" if kind == "csv" else "utf-8"
