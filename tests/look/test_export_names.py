# SPDX-License-Identifier: MIT
"""Every knob and input that an export writes is one that the program knows: seen in files that came out of it.

- Nuke's ZDefocus2: a node pasted in Epic's page on cinematic render passes (dev.epicgames.com, "World Depth with
  ZDefocus Nuke node", Nuke 12.0v3), and for `dof`, `aspect` and the disc Foundry's reference of the node.
- Fusion's VariBlur and Custom: depth/templates/rack-focus.setting of github.com/amateurmenace/control-z, as it was
  after pasting into Resolve: `BlurImage` there replaced `Blur`, which the program had not taken, and `XBlurSize`
  replaced `BlurSize`. `BlurLimit` is named in Blackmagic's manual only, in words.
"""

from __future__ import annotations

import re

from followfocus.look.exports import export_text
from tests.look.test_look_exports import shot_of

ZDEFOCUS2 = {
    "inputs", "z_channel", "math", "fill_foreground", "center", "focal_point", "size", "max_size", "filter_type",
    "legacy_resize_mode", "show_legacy_resize_mode", "blades", "name", "selected", "xpos", "ypos", "dof", "aspect",
}  # fmt: skip
VARIBLUR = {"Input", "BlurImage", "XBlurSize", "BlurLimit"}
CUSTOM = {
    *(f"NumberIn{i}" for i in range(1, 9)), *(f"NameforNumber{i}" for i in range(1, 9)), "Image1",
    "RedExpression", "GreenExpression", "BlueExpression", "AlphaExpression",
}  # fmt: skip


def test_zdefocus_has_knobs_that_nuke_knows() -> None:
    node = export_text(shot_of(), "zdefocus").split("ZDefocus2 {")[1]
    knobs = set(re.findall(r"^ (\w+) ", node, re.MULTILINE))
    assert {"z_channel", "math", "center", "size", "max_size"} <= knobs <= ZDEFOCUS2


def test_fusion_has_inputs_that_fusion_knows() -> None:
    text = export_text(shot_of(), "fusion")
    custom, blur = text.split("= Custom {")[1].split("= VariBlur {")
    assert set(re.findall(r"(\w+) = Input \{", custom)) <= CUSTOM
    assert {"BlurImage"} <= set(re.findall(r"(\w+) = Input \{", blur)) <= VARIBLUR
