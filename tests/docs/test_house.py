# SPDX-License-Identifier: MIT
"""benchmarks/house.py counts what it says it counts."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = '''"""What it is."""
A = "What is no doc"
"""What a constant is"""


class Said:
    b: int
    """
    What a field is
    """
    c: int
    """Whatever comes; what else."""

    async def d(self):
        """What it does."""
'''


@pytest.fixture(scope="module")
def house():
    spec = importlib.util.spec_from_file_location("house", ROOT / "benchmarks" / "house.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["house"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["house"]


@pytest.fixture
def tree(tmp_path):
    files = {
        "followfocus/wire/link.py": "class Pump:\n    pass\n\n\ndef short():\n    return 1\n",
        "followfocus/unit/link.py": "class Pump:\n" + "    x = 1\n" * 260,
        "followfocus/unit/long.py": "def f():\n    return 2\n" + "x = 1  # noqa: X\n" * 400,
        "followfocus/unit/said.py": DOCS,
        "followfocus/unit/excused.py": '"""Longer than 400 lines because it is a table."""\n' + "x = 1\n" * 400,
        "gui/followfocus_gui/desk.py": "# why\n_Row = int\nRow = int  # type: ignore[misc]\n",
        "tests/test_link.py": "x = 1\n" * 10,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_it_counts(house, tree):
    found = house.look_at(tree)
    assert found.modules == {"followfocus.wire": 1, "followfocus.unit": 4, "followfocus_gui": 1}
    assert found.long_files == ["followfocus/unit/long.py (402)"]
    assert found.long_classes == ["followfocus/unit/link.py: Pump (261)"]
    assert sorted(found.lengths) == [2, 2, 2]
    assert (len(found.noqa), len(found.ignores), found.comments, found.test_lines) == (400, 1, 1, 10)
    assert found.twice == [
        "Pump: followfocus/unit/link.py, followfocus/wire/link.py",
    ]


def test_it_names_every_figure_once(house, tree):
    names = [name for name, _ in house.figures(house.look_at(tree))]
    assert len(names) == len(set(names)) == 10


def test_overloads_are_one_definition(house, tree):
    text = "@overload\ndef f(x): ...\n@overload\ndef f(x, y): ...\ndef f(x, y=1):\n    return x\n"
    (tree / "followfocus" / "wire" / "shapes.py").write_text(text, encoding="utf-8")
    assert "f: followfocus/unit/long.py, followfocus/wire/shapes.py" in house.look_at(tree).twice


def test_another_commit_can_be_unpacked_or_not(house, tmp_path):
    assert not house.tree_of("no-such-revision", tmp_path)


def test_it_finds_docs_that_begin_with_what(house, tree):
    assert house.look_at(tree).knots == [f"followfocus/unit/said.py:{line}" for line in (1, 3, 8, 15)]


def test_no_doc_of_this_house_begins_with_what(house):
    folders = ("followfocus", "gui", "benchmarks", "docs", "tests", "firmware", ".ci")
    docs = {
        f"{path.relative_to(ROOT)}:{line}": words
        for path in house.files_in(ROOT, *folders)
        for line, words in house.docs_in(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert len(docs) > 7000
    assert [where for where, words in docs.items() if house.KNOT.match(words)] == [], "say what the thing is instead"


def test_this_house_is_kept(house):
    found = house.look_at(ROOT)
    assert found.twice == [], "a public name has one home"
    assert found.long_classes == [], "a class has one job"
    assert found.long_files == [], "a file has one job, or says why it is long"
    assert len(found.noqa) + len(found.ignores) < 30
    lengths = sorted(found.lengths)
    assert lengths[len(lengths) // 2] <= 10
    assert lengths[len(lengths) * 9 // 10] <= 30


def test_no_sentence_has_the_name_of_a_class_in_it():
    """A class that is given another name takes along what it finds in sentences: “LookAround again, and say …”."""
    trees = [
        ast.parse(path.read_text("utf-8"))
        for folder in ("followfocus", "gui")
        for path in (ROOT / folder).rglob("*.py")
    ]
    every = [node for tree in trees for node in ast.walk(tree)]
    names = {node.name for node in every if isinstance(node, ast.ClassDef)}
    names |= {node.id for node in every if isinstance(node, ast.Name)}
    camels = {name for name in names if re.fullmatch(r"([A-Z][a-z]+){2,}", name)} - {"FollowFocus", "OpenTrackIO"}
    docs = {id(node.value) for node in every if isinstance(node, ast.Expr)}
    said = [
        node.value
        for node in every
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
    ]
    sentences = [words for words in said if re.search(r"[a-z]{2,}[.,]? [a-z(“]", words) and "\n" not in words]
    assert len(sentences) > 1000
    found = [words for words in sentences if camels & set(re.findall(r"\w+", words))]
    assert found == []
