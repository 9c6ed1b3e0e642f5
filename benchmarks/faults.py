# SPDX-License-Identifier: MIT
"""The fault campaign, whole: how programs end, programs that are killed, units that lie, files that are
damaged, and hostile packets at every source.

    python benchmarks/faults.py [SECTION …]

All sections if none is named; a section is a module of `campaigns`, and can be run alone. Each prints what was tried
and what came of it; what must be 0 is 0, or it is listed and the exit code is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Protocol

sys.path.insert(0, str(Path(__file__).parents[1]))


class Row(Protocol):
    """A section's row: counts, and the cases that were wrong, in words."""

    @property
    def section(self) -> str:
        """Its name."""
        ...

    @property
    def wrong(self) -> tuple[str, ...]:
        """The cases that were wrong."""
        ...


def _endings() -> Iterable[Row]:
    from benchmarks.campaigns.endings import endings

    return (endings(),)


def _kills() -> Iterable[Row]:
    from benchmarks.campaigns.endings import KILLS, kills

    return (kills(KILLS),)


def _peers() -> Iterable[Row]:
    from benchmarks.campaigns.peers import rows

    return rows()


def _files() -> Iterable[Row]:
    from benchmarks.campaigns.files import rows

    return rows()


def _sources() -> Iterable[Row]:
    from benchmarks.campaigns.sources import rows

    return rows()


SECTIONS: dict[str, Callable[[], Iterable[Row]]] = {
    "endings": _endings, "kills": _kills, "peers": _peers, "files": _files,
    "sources": _sources,
}  # fmt: skip


def _facts(row: object) -> dict[str, object]:
    assert is_dataclass(row)
    return {one.name: getattr(row, one.name) for one in fields(row)}


def main() -> int:
    """Run the sections that are named; 1 if anything was wrong."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("sections", nargs="*", metavar="SECTION", help=f"some of: {', '.join(SECTIONS)}")
    named = options.parse_args().sections or list(SECTIONS)
    for unknown in set(named) - set(SECTIONS):
        options.error(f"there is no section {unknown!r}; known: {', '.join(SECTIONS)}")
    wrong = 0
    for name in named:
        for row in SECTIONS[name]():
            counts = {key: count for key, count in _facts(row).items() if key not in ("section", "wrong")}
            print(f"{row.section:28}" + "".join(f"  {key} {count}" for key, count in counts.items()), flush=True)
            print(*(f"    {case}" for case in row.wrong), sep="\n", end="\n" if row.wrong else "")
            wrong += len(row.wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
