# SPDX-License-Identifier: MIT
"""benchmarks/mutants.py changes behaviour and nothing else, the same for the same seed, and sees what tests notice."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def mutants():
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "benchmarks" / "mutants.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["mutants"]


def changes(mutants, source):
    return [(mutant.old, mutant.text) for mutant in mutants.Sites("x.py", source).all()]


@pytest.mark.parametrize(
    ("source", "old", "text"),
    [
        ("a == b", "a == b", "(a != b)"),
        ("a < b", "a < b", "(a <= b)"),
        ("a < b", "a < b", "(a > b)"),
        ("a is b", "a is b", "(a is not b)"),
        ("a + b", "a + b", "(a - b)"),
        ("a and b", "a and b", "(a or b)"),
        ("not a", "not a", "(a)"),
        ("-a", "-a", "(a)"),
        ("x = 3", "3", "(3 + 1)"),
        ("x = True", "True", "False"),
        ("if a: pass", "a", "(not (a))"),
        ("a += b", "a += b", "a -= b"),
        ("x = '½' if a == b else c", "a == b", "(a != b)"),
        ("(a + b) / c", "(a + b) / c", "((a + b) * c)"),
        ("a * (b or c)", "a * (b or c)", "(a / (b or c))"),
        ("(a is b) is c", "(a is b) is c", "((a is b) is not c)"),
        ("a and (b or c)", "a and (b or c)", "(a or (b or c))"),
    ],
)
def test_a_change(mutants, source, old, text):
    assert (old, text) in changes(mutants, source)


@pytest.mark.parametrize(
    "source",
    [
        '"""3 + 4"""',
        "def f(a: int | None) -> Tuple[3]: ...",
        "if TYPE_CHECKING:\n    a = 3",
        "raise ValueError(3)",
        "assert a == 3",
        "x = f'{a + 3}'",
        "x = 'text' + y",
        "x = None",
    ],
)
def test_what_is_not_behaviour_stays(mutants, source):
    assert changes(mutants, source) == []


def test_a_sample_is_the_same_for_the_same_seed_and_can_be_read_back(mutants):
    chosen = mutants.sample(20, 5, "wire/session")
    assert chosen == mutants.sample(20, 5, "wire/session")
    assert chosen != mutants.sample(20, 6, "wire/session")
    for mutant in chosen:
        source = (ROOT / mutant.path).read_bytes()
        compile(source[: mutant.start] + mutant.text.encode() + source[mutant.end :], mutant.path, "exec")


def test_one_line_can_be_asked_about(mutants):
    (first, *_) = mutants.sample(1, 5, "wire/session")
    at = f"{first.path}:{first.line}"
    assert {f"{mutant.path}:{mutant.line}" for mutant in mutants.sample(1000, 1, at)} >= {at}
    assert len(mutants.sample(1000, 1, at)) < len(mutants.sample(1000, 1, first.path))


def test_own_tests_are_those_that_import_the_module(mutants):
    assert mutants.own_tests("followfocus/wire/frames.py") != mutants.own_tests("followfocus/wire/clocksync.py")
    assert "tests/wire/test_clocksync.py" in mutants.own_tests("followfocus/wire/clocksync.py")
    assert mutants.own_tests("followfocus/units.py") == ["tests/test_units.py", "tests/test_units_stay.py"]
    assert mutants.own_tests("followfocus/unit/flash.py") == ["tests/firmware/test_flash.py"], "its package's don't"
    assert "tests/sources/test_midi_live.py" in mutants.own_tests("followfocus/sources/loop.py"), "by a helper"
    assert mutants.own_tests("followfocus/stage/by_hand.py")[0].startswith("tests/stage/"), "its own package's first"
    assert "tests/unit/test_conversations_stay.py" in mutants.own_tests("followfocus/unit/calibration.py"), "of a list"
    assert "tests/lens/test_lens_files.py" in mutants.own_tests("followfocus/lens/model.py"), "none imports it"


def test_what_tests_notice(mutants, tmp_path):
    (tmp_path / "sums.py").write_text("def more(a):\n    return a + 1 if a > 0 else 0\n", encoding="utf-8")
    tests = "from sums import more\n\n\ndef test_more():\n    assert more(2) == 3\n"
    (tmp_path / "test_sums.py").write_text(tests, encoding="utf-8")
    source = (tmp_path / "sums.py").read_text(encoding="utf-8")
    found = {f"{m.old} {m.text}": m for m in mutants.Sites("sums.py", source).all()}
    survived, caught = mutants.Verdict.SURVIVED, mutants.Verdict.CAUGHT
    assert mutants.verdict(tmp_path, None, ["test_sums.py"]) is survived
    assert mutants.verdict(tmp_path, found["a + 1 (a - 1)"], ["test_sums.py"]) is caught
    assert mutants.verdict(tmp_path, found["a > 0 (a >= 0)"], ["test_sums.py"]) is survived
    assert (tmp_path / "sums.py").read_text(encoding="utf-8") == source
