# SPDX-License-Identifier: MIT
"""Write the button page for Bitfocus Companion: `python docs/companion/make_page.py`.

Its form is Companion's export of one page, version 6 (3.3 and later read it and bring it up to date), over the module
"generic-osc". A press sends one message without arguments, or with a text.
"""

from __future__ import annotations

import json
from pathlib import Path

PAGE = Path(__file__).with_name("followfocus.companionconfig")
CONNECTION = "followfocus-osc"
WHITE, BLACK, RED, GREEN, GREY = 0xFFFFFF, 0x000000, 0xC62828, 0x2E7D43, 0x1C2024
BUTTONS: tuple[tuple[int, int, str, str, str, int], ...] = (
    (0, 0, "STOP", "/followfocus/stop", "", RED),
    (0, 1, "GO", "/followfocus/go", "", GREEN),
    (0, 2, "ARM", "/followfocus/arm", "", GREY),
    (0, 3, "DISARM", "/followfocus/disarm", "", GREY),
    (1, 0, "Cue ◀", "/followfocus/previous", "", GREY),
    (1, 1, "Cue ▶", "/followfocus/next", "", GREY),
    (1, 2, "Back\\nto one", "/followfocus/back", "", GREY),
    (1, 3, "To A", "/followfocus/mark", "A", GREY),
    (1, 4, "To B", "/followfocus/mark", "B", GREY),
    (2, 0, "$(internal:custom_followfocus_state)", "", "", BLACK),
    (2, 1, "Cue $(internal:custom_followfocus_cue)", "", "", BLACK),
    (2, 2, "$(internal:custom_followfocus_distance)", "", "", BLACK),
    (2, 3, "$(internal:custom_followfocus_slate)", "", "", BLACK),
)
"""Row, column, words, OSC address, text to send, colour"""


def button(row: int, column: int, words: str, address: str, text: str, colour: int) -> dict[str, object]:
    """One button as Companion exports it."""
    held: dict[str, object] = {"runWhileHeld": []}
    options = {"path": address, "string": text} if text else {"path": address}
    action = {
        "id": f"ff-{row}-{column}", "action": "send_string" if text else "send_blank", "instance": CONNECTION,
        "options": options, "delay": 0,
    }  # fmt: skip
    return {
        "type": "button",
        "style": {
            "text": words, "textExpression": False, "size": "auto", "alignment": "center:center", "color": WHITE,
            "bgcolor": colour, "show_topbar": "default",
        },
        "options": {"relativeDelay": False, "rotaryActions": False, "stepAutoProgress": True},
        "feedbacks": [],
        "steps": {"0": {"action_sets": {"down": [action] if address else [], "up": []}, "options": held}},
    }  # fmt: skip


def page() -> dict[str, object]:
    """The whole file."""
    controls: dict[str, dict[str, object]] = {}
    for row, column, *what in BUTTONS:
        controls.setdefault(str(row), {})[str(column)] = button(row, column, *what)  # type: ignore[arg-type]
    grid = {"minColumn": 0, "maxColumn": 7, "minRow": 0, "maxRow": 3}
    config = {"host": "127.0.0.1", "targetPort": 53720, "listen": False}
    instance = {
        "instance_type": "generic-osc", "label": "followfocus", "config": config, "isFirstInit": False,
        "lastUpgradeIndex": -1, "enabled": True, "sortOrder": 0,
    }  # fmt: skip
    return {
        "version": 6,
        "type": "page",
        "companionBuild": "3.3.0",
        "page": {"name": "followfocus", "controls": controls, "gridSize": grid},
        "instances": {CONNECTION: instance},
        "oldPageNumber": 1,
    }


def text() -> str:
    """The file's text."""
    return json.dumps(page(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
