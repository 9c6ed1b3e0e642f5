# SPDX-License-Identifier: MIT
"""The part of the one style sheet that the screens use: panels, tones of words, the main button, lists."""

from __future__ import annotations


def screen_sheet(c: dict[str, str]) -> str:
    """Rules for the parts of screens, in a theme's colours."""
    tones = "".join(f'QLabel[tone="{tone}"] {{ color: {c[tone]}; }}\n' for tone in ("faint", "good", "warn", "bad"))
    frames = "".join(
        f'QFrame[part="panel"][tone="{tone}"] {{ border: 2px solid {c[tone]}; background: {c[ground]}; }}\n'
        for tone, ground in (("good", "go_idle"), ("warn", "panel"), ("bad", "panel"), ("accent", "sel"))
    )
    return f"""
    QFrame[part="panel"] {{ background: {c["panel"]}; border: 1px solid {c["edge"]}; border-radius: 8px; }}
    QLabel {{ background: transparent; }}
    {tones}{frames}
    QPushButton[weight="main"] {{ border: 2px solid {c["go_line"]}; background: {c["go_idle"]}; }}
    QPushButton[weight="main"]:hover {{ background: {c["raised"]}; }}
    QPushButton[weight="main"]:focus {{ border: 3px solid {c["focus"]}; }}
    QPushButton[weight="main"]:disabled {{ border: 1px solid {c["edge"]}; }}
    QPushButton[weight="choice"]:checked {{
        border: 2px solid {c["accent"]}; background: {c["sel"]}; font-weight: 700;
    }}
    QListView[part="cards"] {{ background: {c["panel"]}; border: 0; outline: 0; }}
    QListView[part="cards"]::item {{ border: 0; }}
    QTableView[part="cards"] {{ border: 0; outline: 0; selection-background-color: transparent; }}
    QTableView[part="cards"]::item:selected {{ background: transparent; }}
    QLineEdit[weight="large"] {{ min-height: 62px; }}
    QPushButton[weight="large"] {{ min-height: 60px; min-width: 60px; }}
    QCheckBox::indicator {{ border: 1px solid {c["outline"]}; border-radius: 4px; background: {c["panel"]}; }}
    QCheckBox::indicator:checked {{ background: {c["accent"]}; border: 5px solid {c["sel"]}; }}
    QCheckBox:focus {{ color: {c["accent"]}; }}
    QScrollArea {{ background: {c["window"]}; border: 0; }}
    """
