"""The takes of the day, newest on top."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from followfocus.takes import Take

Index = QModelIndex | QPersistentModelIndex


class TakeModel(QAbstractTableModel):
    """Rows of (slate, pull, take, circled)."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[str, str, Take, bool]] = []
        self._heads = (self.tr("slate"), self.tr("pull"), self.tr("landing"), self.tr("timing"), self.tr("verdict"))

    def add(self, slate: str, pull: str, take: Take) -> None:
        """A take has ended."""
        self.beginInsertRows(QModelIndex(), 0, 0)
        self._rows.insert(0, (slate, pull, take, False))
        self.endInsertRows()

    def circle(self, row: int) -> None:
        """Circle a take, or take the circle off."""
        slate, pull, take, circled = self._rows[row]
        self._rows[row] = slate, pull, take, not circled
        self.dataChanged.emit(self.index(row, 0), self.index(row, 0))

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's signature
        """How many takes there are."""
        return len(self._rows)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: N802, B008
        """Slate, pull, landing, timing, verdict."""
        return len(self._heads)

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The columns' names."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._heads[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """A cell's words; the reasons behind a verdict as its tip."""
        slate, pull, take, circled = self._rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return "; ".join(take.reasons) or None
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            f"◯ {slate}" if circled else slate,
            pull,
            _landing(take),
            "–" if take.duration_error_ms is None else f"{take.duration_error_ms:+.2f} ms",
            take.verdict.value,
        )[index.column()]


def _landing(take: Take) -> str:
    if take.landing_error_deg is None or take.landing_error_half_dof is None:
        return "–"
    return f"{take.landing_error_deg:+.3f}°  ({take.landing_error_half_dof:+.2f} × ½ DOF)"


class TakeTable(QTableView):
    """The table; a double click circles."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("takes")
        self.setAccessibleName(self.tr("Takes"))
        self.takes = TakeModel()
        self.setModel(self.takes)
        self.verticalHeader().hide()
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setMinimumHeight(96)
        self.doubleClicked.connect(lambda index: self.takes.circle(index.row()))
