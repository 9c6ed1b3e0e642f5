# SPDX-License-Identifier: MIT
"""The button page for Companion is as its script writes it, and every button of it sends what is heard here."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from followfocus.sources.osc import ADDRESSES, OSC_PORT, message, read_packet

FOLDER = Path(__file__).parents[2] / "docs" / "companion"
PAGE = json.loads((FOLDER / "followfocus.companionconfig").read_text(encoding="utf-8"))
ACTIONS = [
    action
    for row in PAGE["page"]["controls"].values()
    for control in row.values()
    for action in control["steps"]["0"]["action_sets"]["down"]
]


def test_it_is_as_its_script_writes_it():
    spec = importlib.util.spec_from_file_location("make_page", FOLDER / "make_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert json.loads(module.text()) == PAGE


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action["options"]["path"])
def test_every_button_is_heard(action):
    options = action["options"]
    packet = message(options["path"], *([options["string"]] if "string" in options else []))
    (asked,) = read_packet(packet, "companion", 0.0, 0.0).asked
    assert asked.what is ADDRESSES[options["path"]]
    assert asked.value == options.get("string", "")
    assert action["instance"] in PAGE["instances"]


def test_it_sends_to_where_serve_listens():
    (instance,) = PAGE["instances"].values()
    assert (instance["config"]["host"], instance["config"]["targetPort"]) == ("127.0.0.1", OSC_PORT)


def test_its_form_is_companion_s_own_of_one_exported_page():
    """As in Companion's source, `ExportPageModelv6` and `ExportInstanceFullv6`, without what came later."""
    assert set(PAGE) == {"version", "type", "companionBuild", "page", "instances", "oldPageNumber"}
    assert (PAGE["version"], PAGE["type"]) == (6, "page")
    assert set(PAGE["page"]) == {"name", "controls", "gridSize"}
    assert set(PAGE["page"]["gridSize"]) == {"minColumn", "maxColumn", "minRow", "maxRow"}
    grid = PAGE["page"]["gridSize"]
    assert all(grid["minRow"] <= int(row) <= grid["maxRow"] for row in PAGE["page"]["controls"])
    assert all(
        grid["minColumn"] <= int(column) <= grid["maxColumn"]
        for row in PAGE["page"]["controls"].values() for column in row
    )  # fmt: skip
    (instance,) = PAGE["instances"].values()
    needed = {"label", "config", "isFirstInit", "lastUpgradeIndex", "instance_type", "enabled"}
    assert needed <= set(instance) <= {*needed, "sortOrder"}
