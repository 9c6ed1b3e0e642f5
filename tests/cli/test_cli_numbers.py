# SPDX-License-Identifier: MIT
"""Numbers on the command line: decimal commas everywhere, tapes with dashes, timecode as a duration."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from followfocus.cli import build_app
from followfocus.errors import RequestError


def plan(*arguments: str) -> dict[str, object]:
    run = CliRunner().invoke(build_app(["plan"]), ["plan", "ideal-50", *arguments, "--json"], catch_exceptions=False)
    assert run.exit_code == 0, run.output
    facts: dict[str, object] = json.loads(run.stdout)
    return facts


def test_commas_and_points_plan_the_same_pull() -> None:
    with_commas = plan(
        "--from", "1,5m", "--to", "10'-6\"", "--duration", "00:00:02:00", "--stop", "T2,8", "--coc", "0,025",
        "--fps", "23,976", "--friction", "0,09", "--volts", "12,5",
    )  # fmt: skip
    with_points = plan(
        "--from", "1.5m", "--to", "10'6\"", "--duration", "2.002", "--stop", "2.8", "--coc", "0.025",
        "--fps", "23.976", "--friction", "0.09", "--volts", "12.5",
    )  # fmt: skip
    assert with_commas == with_points


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "10' - 6\"", "--to", "2m"), "could be"),
        (("--from", "1,250mm", "--to", "2m"), "two ways"),
        (("--from", "1m", "--to", "2m", "--stop", "wide"), "a stop"),
        (("--from", "1m", "--to", "2m", "--friction", "1.234,5"), "no number"),
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        CliRunner().invoke(
            build_app(["plan"]), ["plan", "ideal-50", *arguments, "--duration", "2"], catch_exceptions=False
        )
