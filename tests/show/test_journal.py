# SPDX-License-Identifier: MIT
"""The journal: what was edited comes back after a crash, whole or not at all."""

from __future__ import annotations

import dataclasses
import itertools
import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.errors import FileError
from followfocus.show.file import write_show
from followfocus.show.journal import MOST_BYTES, Journal, Recovered, journal_path, recover
from followfocus.show.show import Show
from tests.support.shows import full_show


def named(number: int) -> Show:
    return dataclasses.replace(full_show(), production=str(number))


def found_in(path: Path) -> Show | None:
    left = recover(path)
    return None if left is None else left.show


def test_the_last_edit_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    journal = Journal(path)
    assert journal.note(named(1), 0.0)
    assert not journal.note(named(2), 0.5)
    assert found_in(path) == named(1)
    assert journal.note(named(3), 1.0)
    assert found_in(path) == named(3)
    journal.note(named(4), 1.1)
    journal.close()
    assert found_in(path) == named(4)


def test_saving_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    journal = Journal(path)
    journal.note(named(1), 0.0)
    journal.clear()
    assert recover(path) is None
    journal.note(named(2), 5.0)
    assert found_in(path) == named(2)
    journal.close()


@given(cut=st.integers(0, 10_000), noise=st.binary(max_size=30))
def test_a_torn_record_leaves_the_one_before(tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes) -> None:
    path = tmp_path_factory.mktemp("j") / "day.ffshow"
    journal = Journal(path)
    journal.note(named(1), 0.0)
    first = journal_path(path).stat().st_size
    journal.note(named(2), 2.0)
    journal.close()
    raw = journal_path(path).read_bytes()
    at = first + cut % (len(raw) - first)
    journal_path(path).write_bytes(raw[:at] + noise)
    found = found_in(path)
    assert found in (named(1), named(2))
    if at < len(raw) - 1 and b"\n" not in noise:
        assert found == named(1)


def test_it_stays_small(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    journal = Journal(path)
    sizes = []
    for number in range(1_500):
        journal.note(named(number), 2.0 * number)
        sizes.append(journal_path(path).stat().st_size)
    journal.close()
    assert max(sizes) <= MOST_BYTES
    assert any(after < before for before, after in itertools.pairwise(sizes))
    assert found_in(path) == named(1_499)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "not there" / "day.ffshow")
    with pytest.raises(FileError, match="cannot be written"):
        journal.note(named(1), 0.0)
    (tmp_path / "not there").mkdir()
    journal.flush()
    assert found_in(tmp_path / "not there" / "day.ffshow") == named(1)
    journal.close()


def test_edits_know_the_content_that_they_go_on_from(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    stamp = write_show(named(0), path)
    journal = Journal(path, stamp)
    journal.note(named(1), 0.0)
    assert recover(path) == Recovered(named(1), fits=True)
    write_show(named(9), path)  # another program, after the edit
    assert recover(path) == Recovered(named(1), fits=False)
    journal.clear(write_show(named(2), path))
    journal.note(named(3), 5.0)
    journal.close()
    assert recover(path) == Recovered(named(3), fits=True)


def test_of_a_journal_that_does_not_say_the_younger_counts(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    write_show(named(0), path)
    journal = Journal(path)
    journal.note(named(1), 0.0)
    journal.close()
    left = journal_path(path)
    left.write_bytes(b" ".join(left.read_bytes().split(b" ")[:3]) + b"\n")
    at_s = path.stat().st_mtime
    for later_s, fits in ((5.0, True), (-5.0, False)):
        os.utime(left, (at_s, at_s + later_s))
        assert recover(path) == Recovered(named(1), fits=fits)


@pytest.mark.skipif(sys.platform == "win32", reason="rights work differently there")
def test_who_may_not_read_the_show_may_not_read_its_journal(tmp_path: Path) -> None:
    path = tmp_path / "day.ffshow"
    write_show(named(0), path)
    path.chmod(0o600)
    journal = Journal(path)
    journal.note(named(1), 0.0)
    assert journal_path(path).stat().st_mode & 0o777 == 0o600
    journal.close()
