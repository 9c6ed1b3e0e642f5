# SPDX-License-Identifier: MIT
"""One's own picture in the rack view: chosen or dropped, racked like the figures, clicked for a mark's distance."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from followfocus.errors import RequestError
from followfocus.lens.map import load_lens
from followfocus.look.picture import PictureAsk, open_source
from followfocus.show.file import read_show, write_show
from followfocus.show.still import KnownSpot
from followfocus_gui.widgets import file_names, theme
from followfocus_gui.widgets.rack_own import OwnStill, own_of
from followfocus_gui.widgets.rack_view import RackView
from followfocus_gui.widgets.rack_worker import Wish
from tests.gui.conftest import WAIT_MS

LENS = load_lens("ideal-50")
MARKS = (("Anna", 1.5), ("door", 6.0))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Red in front on the left, blue behind on the right; 4:3, so that the frame cuts it above and below."""
    rows, columns = np.indices((240, 320))
    left = columns < 160
    stripes = 60 * (columns // 4 % 2)
    picture = np.stack([np.where(left, 150 + stripes, 10), 10 + 0 * rows, np.where(left, 10, 150 + stripes)], axis=2)
    Image.fromarray(picture.astype(np.uint8)).save(tmp_path / "face.png")
    tifffile.imwrite(tmp_path / "face-depth.tif", np.where(left, 1.5, 6.0).astype(np.float32))
    return tmp_path / "face.png", tmp_path / "face-depth.tif"


@pytest.fixture
def view(qtbot: QtBot, qapp: QApplication) -> RackView:
    theme.apply(qapp, "dark")
    made = RackView()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.set_scene(LENS, 2.0, MARKS)
    made.set_ring(LENS.ring_deg(1.5))
    made.show()
    return made


@pytest.fixture
def drawn(qtbot: QtBot) -> Callable[[RackView], np.ndarray]:
    """The picture as it is shown, once it answers the newest wish."""

    def wait(view: RackView) -> np.ndarray:
        def there() -> bool:
            shown = view.picture.shown
            return shown is not None and shown.scene.own == view.own and view.picture.message == ""

        qtbot.waitUntil(there, timeout=WAIT_MS)
        image = view.picture.grab().toImage()
        return np.array([[image.pixelColor(x, y).getRgb()[:3] for x in range(40, 360, 2)] for y in (60, 110, 160)])

    return wait


def test_a_picture_and_its_map_are_told_apart(tmp_path: Path, files: tuple[Path, Path]) -> None:
    picture, depth = files
    assert own_of((picture, depth)) == own_of((depth, picture)) == own_of((picture,)) == OwnStill(picture, depth)
    for wrong, words in (
        ((depth,), "is a depth map"),
        ((picture, picture), "Which of the two"),
        ((depth, depth), "Which of the two"),
        ((picture, depth, picture), "two files"),
        ((tmp_path / "alone.png",), "alone-depth.exr"),
    ):
        with pytest.raises(RequestError, match=words):
            own_of(wrong)


def test_the_rack_on_ones_own_picture(view: RackView, files: tuple[Path, Path], drawn, qtbot: QtBot) -> None:
    view.set_own(files)
    on_face = drawn(view)
    assert on_face[:, :60, 0].mean() > 3 * on_face[:, :60, 2].mean()
    assert on_face[:, 100:, 2].mean() > 3 * on_face[:, 100:, 0].mean()
    view.set_ring(LENS.ring_deg(6.0), 2.0)
    qtbot.waitUntil(lambda: view.picture.shown is not None and view.picture.shown.time_s == 2.0, timeout=WAIT_MS)
    on_wall = drawn(view)
    contrast = [np.abs(np.diff(pixels.astype(float), axis=1)).mean(axis=(0, 2)) for pixels in (on_face, on_wall)]
    assert contrast[0][5:60].mean() > 1.5 * contrast[1][5:60].mean()
    assert contrast[1][100:150].mean() > 1.5 * contrast[0][100:150].mean()
    view.set_own(())
    assert view.own is None
    assert drawn(view).std() > 8


def test_at_rest_it_is_drawn_as_fine_as_it_is_shown(view: RackView, files: tuple[Path, Path], qtbot: QtBot) -> None:
    """Drafts while something moves, one final when nothing does; another lens or stop reads no file again."""
    wishes: list[Wish] = []
    view.picture.worker.drawn.connect(lambda _, wish: wishes.append(wish))
    view.resize(1000, 700)
    view.set_own(files)
    for step in range(1, 30):
        view.set_ring(LENS.ring_deg(1.5 + step / 10), step / 10)
    qtbot.waitUntil(lambda: bool(wishes) and wishes[-1].final, timeout=WAIT_MS)
    own = [wish for wish in wishes if wish.scene.own is not None]
    assert [wish.final for wish in own] == [False] * (len(own) - 1) + [True]
    assert own[-1].time_s == pytest.approx(2.9)
    for path in files:
        path.unlink()
    view.set_scene(LENS, 4.0, MARKS)
    qtbot.waitUntil(lambda: wishes[-1].final and wishes[-1].scene.t_stop == 4.0, timeout=WAIT_MS)
    assert view.picture.message == ""


@pytest.mark.parametrize(("across", "distance_m"), [(0.2, 1.5), (0.8, 6.0)])
def test_a_click_says_how_far_away_it_is(view, files, drawn, qtbot: QtBot, across: float, distance_m: float) -> None:
    view.set_own(files)
    drawn(view)
    place = QPoint(round(view.picture.width() * across), 100)
    with qtbot.waitSignal(view.distanceChosen, timeout=WAIT_MS) as chosen:
        qtbot.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [pytest.approx(distance_m)]


def test_a_click_on_the_figures_says_nothing(view: RackView, drawn, qtbot: QtBot) -> None:
    drawn(view)
    heard: list[float] = []
    view.distanceChosen.connect(heard.append)
    qtbot.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    assert heard == []
    assert view.picture.worker._place is None


def test_files_are_dropped_or_chosen(view: RackView, files: tuple[Path, Path], drawn, monkeypatch) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(files[0]))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    view.dropEvent(drop)
    assert view.own == OwnStill(*files)
    button = view.findChild(QPushButton, "ownPicture")
    assert button is not None
    button.click()
    assert view.own is None
    monkeypatch.setattr(file_names, "names_to_open", lambda *_: [str(path) for path in files])
    button.click()
    assert view.own == OwnStill(*files)
    drawn(view)


def test_what_cannot_be_used_is_said(view: RackView, files: tuple[Path, Path], tmp_path: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.refused, timeout=WAIT_MS) as said:
        view.set_own((tmp_path / "none.png",))
    assert "no depth map beside it" in said.args[0]
    assert view.own is None
    files[1].write_bytes(b"no map")
    view.set_own(files)
    qtbot.waitUntil(lambda: "cannot be used" in view.picture.message, timeout=WAIT_MS)


def test_a_click_sets_the_chosen_mark(open_desk, files: tuple[Path, Path], qtbot: QtBot) -> None:
    opened = open_desk()
    rack = opened.window.rack
    rack.set_own(files)
    opened.desk.select(1)
    rack.distanceChosen.emit(1.5)
    assert opened.desk.pull.marks[1].ring_deg == pytest.approx(opened.desk.lens.ring_deg(1.5))
    before = opened.desk.pull.marks[1].ring_deg
    rack.distanceChosen.emit(0.05)  # nearer than the lens can focus: refused in words, nothing moves
    assert opened.desk.pull.marks[1].ring_deg == before


def scale_by_two_clicks(view: RackView, qtbot: QtBot, *told: tuple[float, str]) -> None:
    """Press “scale …”, and click each point (share across) and type how far away it is."""
    button, field = view.findChild(QPushButton, "scaleDepth"), view.findChild(QLineEdit, "scaleDistance")
    assert button is not None
    assert field is not None
    button.click()
    for across, distance in told:
        place = QPoint(round(view.picture.width() * across), 100)
        qtbot.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=place)
        QTest.keyClicks(field, distance)
        QTest.keyClick(field, Qt.Key.Key_Return)


def test_two_clicks_give_a_map_of_eight_bits_its_metres(view, files: tuple[Path, Path], drawn, qtbot: QtBot) -> None:
    """As a network writes it: larger is nearer, and no number is a distance."""
    picture, depth = files
    far = np.array(tifffile.imread(depth))
    small = depth.with_name("face_depth.png")
    Image.fromarray(np.where(far < 2, 200, 40).astype(np.uint8)).save(small)
    view.set_own((picture, small))
    with qtbot.waitSignal(view.ownChanged, timeout=WAIT_MS) as changed:
        scale_by_two_clicks(view, qtbot, (0.2, "1.5m"), (0.8, "20ft"))
    known = changed.args[0].known
    assert [spot.distance_m for spot in known] == pytest.approx([1.5, 6.096])
    drawn(view)
    for across, distance_m in ((0.3, 1.5), (0.7, 6.096)):
        with qtbot.waitSignal(view.distanceChosen, timeout=WAIT_MS) as chosen:
            place = QPoint(round(view.picture.width() * across), 90)
            qtbot.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=place)
        assert chosen.args == [pytest.approx(distance_m, rel=1e-3)]


def test_a_map_of_distances_in_a_unit_of_its_own_stays_one(view, files, drawn, qtbot: QtBot) -> None:
    """Feet by the numbers: both points agree on the unit, so what lies between is scaled by it too."""
    picture, depth = files
    feet = np.array(tifffile.imread(depth)) / 0.3048
    feet[:, 140:180] = 3.0 / 0.3048
    tifffile.imwrite(depth, feet.astype(np.float32))
    view.set_own((picture, depth))
    scale_by_two_clicks(view, qtbot, (0.2, "1.5"), (0.8, "6"))
    drawn(view)
    with qtbot.waitSignal(view.distanceChosen, timeout=WAIT_MS) as chosen:
        qtbot.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=QPoint(view.picture.width() // 2, 100))
    assert chosen.args == [pytest.approx(3.0, rel=1e-3)]


def test_a_distance_that_is_none_is_said_and_the_click_stays(view, files, qtbot: QtBot) -> None:
    view.set_own(files)
    with qtbot.waitSignal(view.refused, timeout=WAIT_MS):
        scale_by_two_clicks(view, qtbot, (0.2, "soon"))
    assert view.own == OwnStill(*files)
    field = view.findChild(QLineEdit, "scaleDistance")
    assert field is not None
    assert not field.isHidden()


def test_the_picture_and_its_scale_are_kept_in_the_show_and_undone(open_desk, files, tmp_path: Path) -> None:
    opened = open_desk()
    rack, desk = opened.window.rack, opened.desk
    rack.set_own(files)
    assert desk.pull.still == OwnStill(*files)
    known = (KnownSpot(0.2, 0.5, 1.5), KnownSpot(0.8, 0.5, 6.0))
    rack._scaling.scaled.emit(known)
    assert desk.pull.still == OwnStill(*files, known)
    write_show(desk.show, tmp_path / "still.ffshow")
    again = read_show(tmp_path / "still.ffshow").show
    assert again.pull(desk.pull.id).still == desk.pull.still
    opened.session.edit(desk.undo)
    assert rack.own == OwnStill(*files)
    opened.session.edit(desk.undo)
    assert rack.own is None


def test_eight_bits_are_no_distances(view: RackView, files: tuple[Path, Path], qtbot: QtBot, drawn) -> None:
    picture, depth = files
    far = np.array(tifffile.imread(depth))
    small, deep = depth.with_name("face_depth.png"), depth.with_name("deep-depth.png")
    Image.fromarray((far * 40).astype(np.uint8)).save(small)
    Image.fromarray((far * 1000).astype(np.uint16)).save(deep)
    view.set_own((picture, small))
    qtbot.waitUntil(lambda: "8 bits" in view.picture.message, timeout=WAIT_MS)
    view.set_own((picture, deep))
    drawn(view)
    with qtbot.waitSignal(view.distanceChosen, timeout=WAIT_MS) as chosen:
        qtbot.mouseClick(view.picture, Qt.MouseButton.LeftButton, pos=QPoint(80, 100))
    assert chosen.args == [pytest.approx(1.5)]


def test_what_the_files_lack_is_said_as_long_as_the_picture_is_shown(view, files, tmp_path, drawn, qtbot) -> None:
    """By the same sentence as the terminal's: over the foot of the picture, whole in the tip, gone with its cause."""
    view.set_own(files)
    drawn(view)
    assert (view.picture.note, view.picture.toolTip()) == ("", "")
    foot = view.picture._frame().bottom() - 2

    def red() -> int:
        return view.picture.grab().toImage().pixelColor(40, foot).red()

    assert red() > 120
    partly = np.where(np.indices((240, 320))[1] < 160, 1.5, np.nan).astype(np.float32)
    tifffile.imwrite(tmp_path / "torn-depth.tif", partly)
    view.set_own((files[0], tmp_path / "torn-depth.tif"))
    drawn(view)
    words = "50 % of the depth map torn-depth.tif has no depth: drawn as far as its farthest."
    assert (view.picture.note, view.picture.toolTip()) == (words, words)
    assert open_source(PictureAsk(files[0], tmp_path / "torn-depth.tif")).notes == (words,)
    assert words in view.picture.accessibleName()
    assert red() < 70  # the panel under the words, and a little of the picture through it
    view.set_own(files)
    drawn(view)
    assert red() > 120
    assert (view.picture.note, view.picture.toolTip(), view.picture.accessibleName()) == ("", "", "Picture of the rack")
    view.set_own(())
    drawn(view)
    assert view.picture.note == ""
