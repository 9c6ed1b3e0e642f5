# SPDX-License-Identifier: MIT
"""The pull for programs that blur by a depth channel: Nuke's ZDefocus, and Fusion (also Resolve's Fusion page).

Both take depth.Z in metres from the lens: from its entrance pupil, where the file says where that lies. A blur is
size × |1 - focus / z|, where `size` is the disc of something infinitely far, so two curves say it all: the focus
distance and that disc, larger the nearer the focus.
Every frame is a key and interpolation is linear, as in `exports.py`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from followfocus.lens.optics import blur_disc_mm, lens_offset_m
from followfocus.look.keys import from_lens, key_number, nuke_curve, nuke_node, nuke_text
from followfocus.look.shot import Shot
from followfocus.look.words import brief


@dataclass(frozen=True, slots=True)
class DepthCurves:
    """Per frame: focus in metres from the lens, and the disc of infinity as a share of the frame's width."""

    first_frame: int
    focus_m: tuple[float, ...]
    far_disc: tuple[float, ...]


def depth_curves(shot: Shot) -> DepthCurves:
    """Both curves of a shot."""
    keys = shot.keyframes()
    lens, stop = shot.lens, shot.lens.f_number(shot.camera.t_stop)
    discs = [blur_disc_mm(key.focus_m, math.inf, key.focal_mm, stop, lens_offset_m(lens)) for key in keys]
    shares = tuple(float(disc) / shot.camera.frame_width_mm for disc in discs)
    return DepthCurves(shot.start_frame, tuple(from_lens(shot, key.focus_m, key) for key in keys), shares)


def to_zdefocus(shot: Shot) -> str:
    """A ZDefocus to paste under a picture with depth.Z in metres; `defocus_scale` corrects its size as a whole."""
    curves = depth_curves(shot)
    expression = "FollowFocusDepth1.far_disc*width/2*FollowFocusDepth1.defocus_scale"
    knobs = [
        "inputs 0",
        "name FollowFocusDepth1",
        "addUserKnob {20 FollowFocus}",
        f"addUserKnob {{26 brief l brief T {nuke_text(brief(shot))}}}",
        'addUserKnob {7 defocus_scale l "defocus scale" R 0 4}',
        "defocus_scale 1",
        'addUserKnob {7 focus_m l "focus m" R 0 100}',
        f"focus_m {nuke_curve(curves.focus_m, curves.first_frame)}",
        'addUserKnob {7 far_disc l "disc of infinity, share of width" R 0 0.2}',
        f"far_disc {nuke_curve(curves.far_disc, curves.first_frame)}",
    ]
    shape = [f"filter_type bladed\n blades {shot.camera.blades}"] if shot.camera.blades else ["filter_type disc"]
    squeeze = [f"aspect {key_number(1 / shot.lens.squeeze)}"] if shot.lens.squeeze != 1 else []
    zdefocus = [
        "z_channel depth.Z",
        "math depth",
        "center {{FollowFocusDepth1.focus_m}}",
        "dof 0",
        f"size {{{{{expression}}}}}",
        f"max_size {math.ceil(max(curves.far_disc) * shot.frame_px[0]) + 8}",
        *shape,
        *squeeze,
        "legacy_resize_mode false",
        "show_legacy_resize_mode false",
        "name FollowFocusZDefocus1",
    ]
    head = "#! followfocus\nversion 13.0 v1\n"
    return head + nuke_node("NoOp", knobs, "", 0) + nuke_node("ZDefocus2", ["inputs 1", *zdefocus], "", 110)


_FUSION = """{{
	Tools = ordered() {{
		FollowFocusBlurMap = Custom {{
			NameSet = true,
			Comments = {comments},
			Inputs = {{
				NumberIn1 = Input {{ SourceOp = "FocusMetres", Source = "Value", }},
				NumberIn2 = Input {{ SourceOp = "FarDisc", Source = "Value", }},
				NameforNumber1 = Input {{ Value = "Focus in metres", }},
				NameforNumber2 = Input {{ Value = "Disc of infinity, share of width", }},
				RedExpression = Input {{ Value = "{expression}", }},
				GreenExpression = Input {{ Value = "{expression}", }},
				BlueExpression = Input {{ Value = "{expression}", }},
				AlphaExpression = Input {{ Value = "{expression}", }},
			}},
			ViewInfo = OperatorInfo {{ Pos = {{ 0, 0 }} }},
		}},
		FollowFocusBlur = VariBlur {{
			NameSet = true,
			Inputs = {{
				BlurImage = Input {{ SourceOp = "FollowFocusBlurMap", Source = "Output", }},
				BlurLimit = Input {{ Value = {limit}, }},
			}},
			ViewInfo = OperatorInfo {{ Pos = {{ 110, 33 }} }},
		}},
{splines}	}},
	ActiveTool = "FollowFocusBlur",
}}
"""
_SPLINE = """		{name} = BezierSpline {{
			SplineColor = {{ Red = 225, Green = 160, Blue = 40 }},
			NameSet = true,
			KeyFrames = {{
{keys}			}}
		}},
"""


def to_fusion(shot: Shot) -> str:
    """A .setting to paste into Fusion: a blur map made of the picture's Z channel in metres, and a blur by it.

    Connect the picture (with Z) to FollowFocusBlurMap and to FollowFocusBlur. The map is the disc's diameter in per
    cent of the width; the curves FocusMetres and FarDisc serve any other depth blur as well. Fusion's own renderer
    counts Z downwards, so its sign is passed over; where there is none (0), nothing stands, and the disc is infinity's.
    """
    curves = depth_curves(shot)
    return _FUSION.format(
        comments=_lua(brief(shot)),
        expression="abs(1 - n1 * abs(z1) / max(z1 * z1, 0.0001)) * n2 * 100",
        limit=key_number(max(curves.far_disc) * 100 * 4),
        splines=_spline("FocusMetres", curves.focus_m, curves.first_frame)
        + _spline("FarDisc", curves.far_disc, curves.first_frame),
    )


def _spline(name: str, values: Sequence[float], first: int) -> str:
    keys = "".join(
        f"				[{first + i}] = {{ {key_number(value)}, Flags = {{ Linear = true }} }},\n"
        for i, value in enumerate(values)
    )
    return _SPLINE.format(name=name, keys=keys)


def _lua(text: str) -> str:
    """Text as a quoted Lua string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
