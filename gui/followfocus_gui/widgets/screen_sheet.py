# SPDX-License-Identifier: MIT
"""The part of the one style sheet that the screens use: panels, tones of words, the main button, lists."""

from __future__ import annotations

from followfocus_gui.widgets.scale import px


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
    QPushButton[weight="choice"]:checked {{
        border: 2px solid {c["accent"]}; background: {c["sel"]}; font-weight: 700;
    }}
    QPushButton[weight="main"]:disabled, QPushButton[weight="choice"]:disabled {{
        border: 1px solid {c["edge"]}; background: {c["panel"]}; color: {c["faint"]};
    }}
    QListView[part="cards"] {{ background: {c["panel"]}; border: 0; outline: 0; }}
    QListView[part="cards"]::item {{ border: 0; }}
    QTableView[part="cards"] {{ border: 0; outline: 0; selection-background-color: transparent; }}
    QTableView[part="cards"] QHeaderView {{ background: {c["panel"]}; }}
    QTableView[part="cards"] QHeaderView::section {{ background: {c["panel"]}; padding: {px(4)}px {px(6)}px; }}
    QTableView[part="cards"]::item:selected {{ background: transparent; }}
    QLineEdit[weight="large"] {{ min-height: {px(62)}px; }}
    QPushButton[weight="large"] {{ min-height: {px(60)}px; min-width: {px(60)}px; }}
    QCheckBox::indicator {{ border: 1px solid {c["outline"]}; border-radius: 4px; background: {c["panel"]}; }}
    QCheckBox::indicator:checked {{ background: {c["sel"]}; border: 2px solid {c["accent"]}; margin: -1px; }}
    QCheckBox::indicator:disabled, QCheckBox::indicator:checked:disabled {{
        border: 1px solid {c["edge"]}; background: {c["panel"]};
    }}
    QCheckBox:focus {{ color: {c["accent"]}; }}
    QScrollBar:vertical {{ background: {c["panel"]}; border: 0; width: {px(14)}px; margin: 0; }}
    QScrollBar:horizontal {{ background: {c["panel"]}; border: 0; height: {px(14)}px; margin: 0; }}
    QScrollBar::handle {{ background: {c["outline"]}; border-radius: 4px; margin: 3px; }}
    QScrollBar::handle:hover {{ background: {c["faint"]}; }}
    QScrollBar::handle:vertical {{ min-height: {px(38)}px; }}
    QScrollBar::handle:horizontal {{ min-width: {px(38)}px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QScrollArea {{ background: {c["window"]}; border: 0; }}
    """
