# SPDX-License-Identifier: MIT
"""Names that no font here can show, told once: Qt takes what B612 has not from the system's fonts, else shows boxes."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from followfocus.show.show import Show
from followfocus_gui.desk_player import DeskPlayer
from followfocus_gui.widgets.lettering import unseen

MOST = 6
"""So many of the letters are named"""


class UnseenNames(QObject):
    """Looks at a show's names whenever they may be others."""

    def __init__(self, session: DeskPlayer, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._told = session, ""
        self._seen: Show | None = None
        self._soon = QTimer(self, interval=0, singleShot=True)  # after what is under way: a note has listeners too
        self._soon.timeout.connect(self._look)
        session.changed.connect(self._changed)
        self._changed()

    def _changed(self) -> None:
        if self._session.desk.show is not self._seen:
            self._seen = self._session.desk.show
            self._soon.start()

    def _look(self) -> None:
        new = "".join(letter for letter in unseen(_names(self._session.desk.show)) if letter not in self._told)
        if new:
            self._told += new
            self._session.tell(f"No font here has {new[:MOST]}: install one, such as Noto. Names are kept.")


def _names(show: Show) -> str:
    """All that people have called something, in one."""
    named = [mark.name for pull in show.pulls for mark in pull.marks]
    named += [name for cue in show.cues for name in (cue.number, cue.name)]
    return "".join((*named, str(show.slate), *(entry.lens.name for entry in show.lenses)))
