# SPDX-License-Identifier: MIT
"""Changes one thing in the code at a time and asks whether the module's own tests notice.

    python benchmarks/mutants.py                      200 mutants of the core and the app's state, from seed 1
    python benchmarks/mutants.py --count 20 --seed 7 --only wire/session --jobs 1
    python benchmarks/mutants.py --only wire/frames.py:108      every change of one line

Each mutant is one change of one expression: a comparison turned round or widened, a sign, a number, a word of logic.
Its module's own test files run against it, up to the first that fails: those of its package's tests that import it,
or whose helper does; else any tests that do; else all of the package's. Survivors are printed as they are found: each
is a test that is missing, or a change that changes nothing. One that outlasts the limit is printed too: it went round
for ever, or the machine was busy. They are tried in the order in which they were drawn, so what has been tried when it
is stopped is a fair sample too. Everything happens in copies; the tree is not touched. docs/mutants.md names the
survivors of a sample, and why they stay.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from itertools import count
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).parent.parent
CORE = (
    "units",
    "files",
    "arrays",
    "lens",
    "motion",
    "steps",
    "plan",
    "wire",
    "unit",
    "show",
    "takes",
    "stage",
    "importers",
    "hand",
    "sources",
    "feeds",
    "look",
    "paper",
    "sim",
)
STATE = "gui/followfocus_gui/state"
TIMEOUT_S = 300
"""Most go on for ever after that."""

COMPARE = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">", ast.Is: "is not",
    ast.IsNot: "is", ast.In: "not in", ast.NotIn: "in",
}  # fmt: skip
OPPOSITE = {ast.Lt: ">", ast.LtE: ">=", ast.Gt: "<", ast.GtE: "<="}
ARITHMETIC = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*", ast.FloorDiv: "/", ast.Mod: "*"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: in `path`, the bytes `start` to `end` become `text`."""

    path: str
    line: int
    start: int
    end: int
    old: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}  {self.old}  →  {self.text}"


class Verdict(Enum):
    """The fate of one mutant; the first two count as caught."""

    CAUGHT = "caught"
    OUTLASTED = "outlasted the limit"
    SURVIVED = "survived"


class Sites:
    """Every change that can be made in one file."""

    def __init__(self, path: str, source: str) -> None:
        self.path, self.source = path, source.encode()
        self._starts = [0]
        for line in self.source.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def all(self) -> Iterator[Mutant]:
        """In the order of the file. Annotations, docstrings, messages and `if TYPE_CHECKING` are not behaviour."""
        for node in _behaviour(ast.parse(self.source)):
            for changed, text in _changes(node, self._text):
                yield self._mutant(changed, text)

    def _span(self, node: ast.AST) -> tuple[int, int]:
        start = self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        end = self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]
        return start, end

    def _text(self, node: ast.AST) -> str:
        """The words of a part, in the brackets that it may have stood in: they are no part of it."""
        start, end = self._span(node)
        words = self.source[start:end].decode()
        return f"({words})" if isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp) else words

    def _mutant(self, node: ast.AST, text: str) -> Mutant:
        start, end = self._span(node)
        old = self.source[start:end].decode()
        return Mutant(self.path, node.lineno, start, end, " ".join(old.split()), text)  # type: ignore[attr-defined]


def _behaviour(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that a program runs, from the top down."""
    if isinstance(node, ast.JoinedStr | ast.Raise | ast.Assert):
        return
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _behaviour(child)


def _changes(node: ast.AST, text: object) -> Iterator[tuple[ast.AST, str]]:
    """The changes to one node: the node that is replaced, and the words that take its place."""
    assert callable(text)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right, kind = text(node.left), text(node.comparators[0]), type(node.ops[0])
        yield node, f"({left} {COMPARE[kind]} {right})"
        if kind in OPPOSITE:
            yield node, f"({left} {OPPOSITE[kind]} {right})"
    elif (
        isinstance(node, ast.BinOp)
        and type(node.op) in ARITHMETIC
        and not isinstance(node.left, ast.Constant | ast.List)
    ):
        yield node, f"({text(node.left)} {ARITHMETIC[type(node.op)]} {text(node.right)})"
    elif isinstance(node, ast.BoolOp):
        word = " or " if isinstance(node.op, ast.And) else " and "
        yield node, "(" + word.join(text(value) for value in node.values) + ")"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node, f"({text(node.operand)})"
    elif isinstance(node, ast.Constant) and not isinstance(node.value, str | bytes) and node.value not in (None, ...):
        yield node, str(not node.value) if isinstance(node.value, bool) else f"({text(node)} + 1)"
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        yield node.test, f"(not ({text(node.test)}))"
    elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        sign = "-=" if isinstance(node.op, ast.Add) else "+="
        yield node, f"{text(node.target)} {sign} {text(node.value)}"


def modules() -> list[str]:
    """The files that mutants are made of, relative to the root."""
    found = [path for name in CORE for path in sorted(ROOT.glob(f"followfocus/{name}.py"))]
    found += [path for name in CORE for path in sorted((ROOT / "followfocus" / name).glob("*.py"))]
    found += sorted((ROOT / STATE).glob("*.py"))
    return [str(path.relative_to(ROOT)) for path in found]


def own_tests(module: str) -> list[str]:
    """The tests of its package that import a module, or whose helper does; else any that do; else its package's."""
    parts = Path(module).with_suffix("").parts
    room = "gui" if parts[0] == "gui" else parts[1]
    folder = ROOT / "tests" / room if (ROOT / "tests" / room).is_dir() else ROOT / "tests"
    files, everywhere = sorted(folder.glob("test_*.py")), sorted((ROOT / "tests").rglob("test_*.py"))
    helpers = [path for path in (ROOT / "tests").rglob("*.py") if path not in everywhere]
    wanted = _named(".".join(parts).removeprefix("gui."))
    named = [_named(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in _naming(helpers, wanted)]
    own = [path for one in (wanted, *named) for path in _naming(files, one)]
    own = own or _naming(everywhere, wanted) or [path for helper in named for path in _naming(everywhere, helper)]
    if room == "gui":
        files = _naming(files, re.compile(r"followfocus_gui\.state"))
    return [str(path.relative_to(ROOT)) for path in sorted(set(own)) or files]


def _named(dotted: str) -> re.Pattern[str]:
    package, _, name = dotted.rpartition(".")
    named = rf"from {re.escape(package)} import (?:\([^)]*|.*)\b{name}\b"
    return re.compile(rf"{re.escape(dotted)}\b|{named}")


def _naming(files: list[Path], wanted: re.Pattern[str]) -> list[Path]:
    return [path for path in files if wanted.search(path.read_text(encoding="utf-8"))]


def copy_of_the_tree(folder: Path) -> Path:
    """A copy of everything the tests need, with the built parts linked."""
    skip = shutil.ignore_patterns("__pycache__", "build", "node_modules", ".*", "pictures")
    for name in ("followfocus", "gui", "tests", "firmware", "docs", "benchmarks"):
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    for path in [*ROOT.glob("*.toml"), *ROOT.glob("*.md"), ROOT / "Makefile"]:
        shutil.copy(path, folder)
    for built in ("firmware/build", "firmware/bench/node_modules"):
        if (ROOT / built).exists():
            (folder / built).symlink_to(ROOT / built)
    return folder


def verdict(tree: Path, mutant: Mutant | None, tests: list[str]) -> Verdict:
    """The tests' verdict in a copy that has been changed so; None changes nothing."""
    command = [sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    if mutant is None:
        return _verdict(subprocess.run(command, cwd=tree, capture_output=True, check=False).returncode)
    path = tree / mutant.path
    source = path.read_bytes()
    path.write_bytes(source[: mutant.start] + mutant.text.encode() + source[mutant.end :])
    try:
        return _verdict(
            subprocess.run(command, cwd=tree, capture_output=True, timeout=TIMEOUT_S, check=False).returncode
        )
    except subprocess.TimeoutExpired:
        return Verdict.OUTLASTED
    finally:
        path.write_bytes(source)


def _verdict(code: int) -> Verdict:
    return Verdict.CAUGHT if code else Verdict.SURVIVED


def sample(size: int, seed: int, only: str) -> list[Mutant]:
    """So many mutants, each place as likely as any other; the same for the same seed and code."""
    places = [
        mutant
        for name in modules()
        if only.partition(":")[0] in name
        for mutant in Sites(name, (ROOT / name).read_text(encoding="utf-8")).all()
        if only in f"{name}:{mutant.line}"
    ]
    return random.Random(seed).sample(places, min(size, len(places)))


def run(mutants: list[Mutant], jobs: int, *, trusted: bool) -> list[Mutant]:
    """The survivors, printed as they are found."""
    tests = {mutant.path: own_tests(mutant.path) for mutant in mutants}
    survivors: list[Mutant] = []
    tried = count(1)
    with tempfile.TemporaryDirectory() as folder:
        trees: SimpleQueue[Path] = SimpleQueue()
        for number in range(jobs):
            trees.put(copy_of_the_tree(Path(folder) / str(number)))

        def one(mutant: Mutant) -> None:
            tree = trees.get()
            found = verdict(tree, mutant, tests[mutant.path])
            if found is Verdict.SURVIVED:
                survivors.append(mutant)
            if found is not Verdict.CAUGHT:
                print(f"{found.value}: {mutant}", flush=True)
            trees.put(tree)
            print(f"{len(mutants)} mutants, {next(tried)} tried, {len(survivors)} survived", end="\r", file=sys.stderr)

        if not trusted:
            _refuse_red(Path(folder) / "0", sorted({path for own in tests.values() for path in own}))
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(one, mutants))
    return survivors


def _refuse_red(tree: Path, tests: list[str]) -> None:
    """Tests that fail anyway would notice every mutant. One failure may be a busy machine's; two are not."""
    if all(verdict(tree, None, tests) is Verdict.CAUGHT for _ in range(2)):
        sys.exit(f"Without a mutant one of these fails already; mend that first: {' '.join(tests)}")


def main() -> None:
    """Sample, run, and say how many were caught."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="places whose path:line has this in it")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--trust", action="store_true", help="don't first run the tests without a mutant")
    asked = parser.parse_args()
    os.nice(10)
    mutants = sample(asked.count, asked.seed, asked.only)
    survivors = run(mutants, asked.jobs, trusted=asked.trust)
    caught = len(mutants) - len(survivors)
    print(f"caught {caught} of {len(mutants)} ({100 * caught / max(len(mutants), 1):.0f} %), seed {asked.seed}")
    for path, number in Counter(mutant.path for mutant in survivors).most_common():
        print(f"  {number}  {path}")


if __name__ == "__main__":
    main()
