# SPDX-License-Identifier: MIT
"""The menu: what it offers, each with the key that does the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QMenu, QWidget


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu: its name, its words, what it does, and its key, which is bound elsewhere."""

    name: str
    words: str
    act: Callable[[], object]
    key: str = ""


def desk_menu(parent: QWidget, entries: Sequence[Entry | None], *, keys: bool = True) -> QMenu:
    """The menu; None is a line between. On a low screen it has two columns, and is narrower without the keys."""
    menu = QMenu(parent)
    menu.setObjectName("deskMenu")
    for entry in entries:
        if entry is None:
            menu.addSeparator()
            continue
        # The key as text after a tab is shown like a shortcut, and is none: the window has it already.
        made = menu.addAction(f"{entry.words}\t{entry.key}" if keys and entry.key else entry.words)
        made.setObjectName(entry.name)
        made.triggered.connect(lambda _checked, a=entry.act: a())
    return menu
