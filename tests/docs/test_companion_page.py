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
