# SPDX-License-Identifier: MIT
"""The next take has a number that the log hasn't."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from followfocus.show.slate import Slate
from followfocus.takes.context import TakeContext
from followfocus.takes.log import TakeLog
from followfocus.takes.numbers import show_counted_on
from followfocus.takes.takes import REHEARSAL
from tests.stage.scenarios import short
from tests.support.takes import a_take


def test_the_slate_goes_on_after_what_the_log_has(tmp_path: Path) -> None:
    path = tmp_path / "takes.db"
    show = dataclasses.replace(short(), production="Table", slate=Slate("27", take=2))
    assert show_counted_on(show, path) == show
    with TakeLog(path) as log:
        for take, production in ((2, "Table"), (3, "Table"), (9, "Another"), (REHEARSAL, "Table")):
            slate = Slate("27", take=max(take, 1))
            log.append(a_take(take), TakeContext(production=production, slate=slate))
    assert show_counted_on(show, path).slate.take == 4
    ahead = dataclasses.replace(show, slate=Slate("27", take=7))
    assert show_counted_on(ahead, path) == ahead
    path.write_bytes(b"no log")
    assert show_counted_on(show, path) == show
