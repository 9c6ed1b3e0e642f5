# SPDX-License-Identifier: MIT
"""An error is said once: in the last line, and not above it as well."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from followfocus.cli import main
from followfocus.cli.endings import Ending

PULL = ("pull", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "2", "--fast", "--no-log")
TRACK = Path(__file__).parents[1] / "golden" / "sp40-track.csv"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((*PULL, "--fault", "slip"), "the motor has lost steps"),
        ((*PULL, "--fault", "reset"), "the unit was reset"),
        ((*PULL, "--fault", "mute"), "has stopped answering"),
        (("lens", "import", str(TRACK), "-o", "lens.json"), "no lens map"),
    ],
)
def test_what_went_wrong_is_said_once(words, reason, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["followfocus", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code in (1, 3)
    assert not Ending.ends_program, "a process that goes on keeps its signals"
    out, err = capsys.readouterr()
    assert (out + err).count(reason) == 1
    assert reason in err


def test_of_two_takes_that_fail_each_is_told_once(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["followfocus", *PULL, "--takes", "2", "--fault", "weak:0.02", "--anyway"])
    with pytest.raises(SystemExit):
        main()
    lines = [line for line in "".join(capsys.readouterr()).splitlines() if "lost steps" in line]
    assert [line.lower().removeprefix("followfocus: ")[:6] for line in lines] == ["take 2", "take 1"]
