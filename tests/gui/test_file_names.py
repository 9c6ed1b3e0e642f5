# SPDX-License-Identifier: MIT
"""A name to save under: whole with its ending before it is asked about, so that nothing is written over unasked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from followfocus_gui.widgets import file_names, theme

KINDS = "PDF (*.pdf);;CSV (*.csv);;JSON (*.json)"
SAVE, NO, YES, CANCEL = "save", "no", "yes", "cancel"


@contextmanager
def hand(*steps: str) -> Iterator[list[str]]:
    """A hand that takes the next step at each dialog or question, or types a name and saves; what it saw there."""
    left, seen, watch = list(steps), list[str](), QTimer(interval=20)

    def look() -> None:
        found = QApplication.activeModalWidget()
        if isinstance(found, QDialog) and not left:
            seen.append("one more")
            found.reject()
        elif isinstance(found, QMessageBox):
            seen.append(found.text().splitlines()[0])
            yes = left.pop(0) == YES
            button = found.button(QMessageBox.StandardButton.Yes if yes else QMessageBox.StandardButton.No)
            assert button is not None
            button.click()
        elif isinstance(found, QFileDialog):
            at_dialog(found, left.pop(0))

    def at_dialog(dialog: QFileDialog, step: str) -> None:
        if step == CANCEL:
            dialog.reject()
        elif step.startswith("*"):
            dialog.selectNameFilter(next(kind for kind in dialog.nameFilters() if step in kind))
        else:
            field = dialog.findChild(QLineEdit, "fileNameEdit")
            assert field is not None
            if step != SAVE:
                field.selectAll()
                field.insert(step)
            seen.append(field.text())
            # By a timer of its own: one that is in its slot doesn't go on while the dialog asks its question.
            watch.stop()
            QTimer.singleShot(0, lambda: (watch.start(), dialog.accept()))

    watch.timeout.connect(look)
    watch.start()
    yield seen
    watch.stop()
    assert not left, seen
    assert "one more" not in seen, seen


@pytest.fixture(name="parent")
def _parent(qtbot: QtBot, qapp: QApplication) -> QWidget:
    theme.apply(qapp, "dark")
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def asked(parent: QWidget, start: Path) -> str:
    """The name that comes of it."""
    return file_names.name_to_save(parent, "Write the report", str(start), KINDS)


def test_a_file_is_never_written_over_by_the_ending_that_its_name_gets(parent: QWidget, tmp_path: Path) -> None:
    (tmp_path / "day.pdf").write_text("of yesterday")
    with hand("day", SAVE, NO, CANCEL) as seen:
        assert asked(parent, tmp_path / "show.pdf") == ""
    assert seen[:2] == ["day", "day.pdf"]
    assert "already exists" in seen[2]
    with hand("day", SAVE, YES):
        assert asked(parent, tmp_path / "show.pdf") == str(tmp_path / "day.pdf")


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        (("Tag é 1.2",), "Tag é 1.2.pdf"),
        (("*.csv", "Day 1.2"), "Day 1.2.csv"),
        (("*.csv", SAVE), "show.csv"),
        (("day.json",), "day.json"),
        (("DAY.PDF",), "DAY.PDF"),
    ],
)
def test_a_name_gets_the_ending_of_its_kind_and_keeps_its_own_dots(
    parent: QWidget, tmp_path: Path, steps: tuple[str, ...], name: str
) -> None:
    with hand(*steps):
        assert asked(parent, tmp_path / "show.pdf") == str(tmp_path / name)


def test_a_show_called_1_2_is_not_saved_over_show_1(parent: QWidget, tmp_path: Path) -> None:
    (tmp_path / "Film 1.ffshow").write_text("{}")
    with hand("Film 1.2"):
        found = file_names.name_to_save(parent, "Save the show", str(tmp_path / "show.ffshow"), "Shows (*.ffshow)")
    assert found == str(tmp_path / "Film 1.2.ffshow")
