# SPDX-License-Identifier: MIT
"""The script for Blender, run in Blender: every frame as it evaluates it, against numbers that are worked out here.

Blender's Python module (bpy 4.5 or 5.0, on Python 3.11) takes numpy 1.26: it wants an environment of its own.
"""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

import pytest

from followfocus.cli.look_job import Ask, make_shot
from followfocus.lens.map import LensMark, load_lens, save_lens
from followfocus.lens.optics import lens_offset_m, offset_m
from followfocus.look.exports import export_text
from followfocus.look.shot import Shot

try:
    import bpy
except ImportError:  # it isn't there, or its numpy isn't
    pytest.skip("Blender's Python module doesn't load here", allow_module_level=True)

PLAIN = Ask(
    "ideal-50", "1.2m", "6m", "1", None, None, "minjerk", (), None, None, None, "super35", None, "24", "1920x1080", 0,
    None, None,
)  # fmt: skip
SHOTS: dict[str, dict[str, object]] = {
    "still": {"start_tc": "01:00:00:00", "fps": "23.976", "blades": 9},
    "from infinity": {"lens": "ideal-85", "from_": "inf", "to": "0.95m", "duration": "0.4", "fps": "50"},
    "to somebody who walks": {"planes": ("ANNA=3m..2m", "DOOR=4m"), "from_": "DOOR", "to": "ANNA", "duration": "2"},
    "followed": {
        "planes": ("ANNA=4m..2m", "DOOR=6m"), "follow": "ANNA", "from_": None, "to": None, "duration": "3", "fps": "25"
    },
    "a real scale on a large format": {"lens": "arri-signature-prime-40", "format": "alexa-lf", "stop": 2.8},
    "drop-frame": {"lens": "sigma-ff-high-speed-40", "fps": "29.97", "start_tc": "01:00:00;00"},
    "later than Blender counts": {"start_tc": "22:00:00:00", "fps": "60"},
    "zoom": {"lens": "zoom", "focal": "24..70"},
    "anamorphic": {"lens": "anamorphic", "fps": "59.94"},
    "macro": {"lens": "macro", "from_": "0.36m", "to": "0.6m"},
}  # fmt: skip
OF = load_lens("ideal-50")
LENSES = {
    "zoom": replace(OF, focal_length_mm=24.0, focal_range_mm=(18.0, 90.0), name="zoom"),
    "anamorphic": replace(OF, squeeze=2.0, t_stop=2.3, entrance_pupil_m=0.09, name="anamorphic"),
    "macro": replace(
        OF, focal_length_mm=100.0, t_stop=2.8, name="macro", entrance_pupil_m=0.12,
        close_focus_m=0.35, marks=(LensMark(0.0, math.inf), LensMark(300.0, 0.35)),
    ),
}  # fmt: skip


@pytest.fixture(params=SHOTS)
def shot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Shot:
    changes: dict[str, Any] = dict(SHOTS[request.param])
    if changes.get("lens") in LENSES:
        path = tmp_path_factory.mktemp("lens") / "lens.json"
        save_lens(LENSES[changes["lens"]], path)
        changes["lens"] = str(path)
    return make_shot(Ask(**{**asdict(PLAIN), **changes}))[0]


def in_blender(shot: Shot) -> Any:
    """The scene that the script makes of an empty one."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    exec(compile(export_text(shot, "blender"), "rack.py", "exec"), {})
    return bpy.context.scene


def test_each_frame_is_the_pulls(shot: Shot) -> None:
    scene, lens = in_blender(shot), shot.lens
    count = round(shot.motion.duration_s * float(shot.fps)) + 1
    assert scene.frame_end - scene.frame_start + 1 == count
    late = shot.start_frame + count > 1_048_575
    assert scene.frame_start == (1 if late else shot.start_frame)
    assert scene.render.fps / scene.render.fps_base == pytest.approx(float(shot.fps))
    for key in shot.keyframes():
        scene.frame_set(scene.frame_start + key.frame)
        depsgraph = bpy.context.evaluated_depsgraph_get()
        camera = scene.camera.evaluated_get(depsgraph).data
        t = key.frame / float(shot.fps)
        focus_m = lens.distance_m(float(shot.motion.ring_deg(min(t, shot.motion.duration_s))))
        origin_m = lens.entrance_pupil_m
        if origin_m is None:
            origin_m = offset_m(focus_m, key.focal_mm, lens_offset_m(lens))
        assert camera.dof.focus_distance == pytest.approx(min(focus_m - origin_m, 10_000), rel=1e-5)
        assert camera.lens == pytest.approx(shot.camera.focal_mm(t), abs=1e-3)
        for subject in shot.subjects:
            empty = scene.objects[subject.name].evaluated_get(depsgraph)
            assert empty.location.y == pytest.approx(min(subject.at_m(t) - origin_m, 10_000), rel=1e-5)


def test_its_camera_is_ours(shot: Shot) -> None:
    camera, lens = in_blender(shot).camera.data, shot.lens
    assert camera.sensor_fit == "HORIZONTAL"
    assert camera.sensor_width == pytest.approx(shot.camera.film.width_mm * lens.squeeze)
    assert camera.dof.use_dof
    assert camera.dof.aperture_fstop == pytest.approx(lens.f_number(shot.camera.t_stop))
    assert camera.dof.aperture_blades == shot.camera.blades
    assert camera.dof.aperture_ratio == pytest.approx(lens.squeeze)


def test_a_plain_pull_is_minimum_jerk_on_the_ring() -> None:
    """By the law of the ideal lenses, ring = 300° × close focus / distance, and the polynomial of minimum jerk."""
    shot = make_shot(PLAIN)[0]
    scene = in_blender(shot)
    for frame in range(25):
        scene.frame_set(scene.frame_start + frame)
        u = frame / 24
        share = u**3 * (10 - 15 * u + 6 * u * u)
        per_m = 1 / 1.2 + (1 / 6 - 1 / 1.2) * share
        assert scene.camera.data.dof.focus_distance == pytest.approx(1 / per_m, rel=1e-5)
