# SPDX-License-Identifier: MIT
"""Prints how the house is kept: sizes, names and exceptions to the rules, for this tree and for another commit.

    python benchmarks/house.py                this tree, and the commit before it
    python benchmarks/house.py --against REV  this tree, and that one
    python benchmarks/house.py --list         and each file, class and name that a figure is about

Lines are those of the files; functions are counted from `def` to their last line.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import statistics
import subprocess
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = ("followfocus", "gui/followfocus_gui")
LONG_FILE, LONG_CLASS = 400, 250
REASON = re.compile(r"longer than 400 lines", re.IGNORECASE)
"""How a file that is long on purpose says why: "Longer than 400 lines because …"."""
KNOT = re.compile(r"What\b")
"""A doc that begins so names no thing: "What it is called" where "The lens's name" would do."""
OWN_NAMES = {"command", "app", "main", "read", "recognises", "facts"}
"""Names that a table asks each of its modules for."""


@dataclass(slots=True)
class House:
    """The counts of one tree. `lengths` are of functions; the lists name what stands out."""

    modules: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    comments: int = 0
    test_lines: int = 0
    long_files: list[str] = field(default_factory=list)
    long_classes: list[str] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    noqa: list[str] = field(default_factory=list)
    ignores: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    knots: list[str] = field(default_factory=list)


def files_in(tree: Path, *folders: str) -> Iterator[Path]:
    """Every Python file of some folders."""
    for folder in folders:
        yield from sorted(path for path in (tree / folder).rglob("*.py") if "__pycache__" not in path.parts)


def look_at(tree: Path) -> House:
    """Count one tree."""
    house = House()
    homes: dict[str, list[str]] = {}
    for path in files_in(tree, *SOURCES):
        name, text = str(path.relative_to(tree)), path.read_text(encoding="utf-8")
        lines = text.splitlines()
        house.modules[package_of(path, tree)] += 1
        house.lines += len(lines)
        house.comments += sum(line.strip().startswith("#") and "SPDX" not in line for line in lines)
        house.noqa += [f"{name}:{n}" for n, line in enumerate(lines, start=1) if "# noqa" in line]
        house.ignores += [f"{name}:{n}" for n, line in enumerate(lines, start=1) if "# type: ignore" in line]
        length = sum("SPDX-License" not in line for line in lines)
        if length > LONG_FILE and not REASON.search(text):
            house.long_files.append(f"{name} ({length})")
        module = ast.parse(text)
        look_into(module, name, house, homes)
        house.knots += [f"{name}:{line}" for line, words in docs_in(module) if KNOT.match(words)]
    house.twice = sorted(f"{name}: {', '.join(where)}" for name, where in homes.items() if len(where) > 1)
    house.test_lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files_in(tree, "tests"))
    return house


def package_of(path: Path, tree: Path) -> str:
    """The package of a file, such as followfocus.wire."""
    return ".".join(path.relative_to(tree).parent.parts).removeprefix("gui.")


def look_into(module: ast.Module, name: str, house: House, homes: dict[str, list[str]]) -> None:
    """Lengths of classes and functions, and where public names are defined."""
    for node in ast.walk(module):
        length = (node.end_lineno or 0) - node.lineno + 1 if isinstance(node, ast.stmt) else 0
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            house.lengths.append(length)
        elif isinstance(node, ast.ClassDef) and length > LONG_CLASS:
            house.long_classes.append(f"{name}: {node.name} ({length})")
    for defined in set(names_in(module)):  # overloads define one name several times
        if not defined.startswith("_") and defined not in OWN_NAMES:
            homes.setdefault(defined, []).append(name)


def names_in(module: ast.Module) -> Iterator[str]:
    """Classes, functions and type aliases (in CamelCase) of a module, also those for type checkers alone."""
    guarded = [inner for node in module.body if isinstance(node, ast.If) for inner in node.body]
    for node in [*module.body, *guarded]:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not is_command(node):
            yield node.name
        elif isinstance(node, ast.Assign):
            names = (target.id for target in node.targets if isinstance(target, ast.Name))
            yield from (name for name in names if re.fullmatch(r"[A-Z]+[a-z]\w*", name))


def docs_in(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every doc of a module, a class, a function, a field or a constant, with its line."""
    for node in ast.walk(module):
        match node:
            case ast.Expr(value=ast.Constant(value=str(words))):
                yield node.lineno, words.strip()


def is_command(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """A command of the command line, which is named by its group: `takes show` beside `lens show`."""
    return any("app." in ast.unparse(decorator) for decorator in node.decorator_list)


def figures(house: House) -> list[tuple[str, str]]:
    """The figures, with what we hold ourselves to."""
    lengths = sorted(house.lengths)
    per_package = " ".join(f"{name.split('.')[-1]} {n}" for name, n in sorted(house.modules.items()))
    return [
        ("modules per package", per_package),
        ("lines", str(house.lines)),
        (f"files over {LONG_FILE} lines without a reason (0)", str(len(house.long_files))),
        (f"classes over {LONG_CLASS} lines (0)", str(len(house.long_classes))),
        (
            "function length, median (10) and p90 (30)",
            f"{statistics.median(lengths):g}, {lengths[len(lengths) * 9 // 10]}",
        ),
        ("noqa and type: ignore (30)", f"{len(house.noqa)} + {len(house.ignores)}"),
        ("test lines per line (1.0)", f"{house.test_lines / house.lines:.2f}"),
        ("comment lines per 100 lines", f"{100 * house.comments / house.lines:.1f}"),
        ("public names defined twice (0)", str(len(house.twice))),
        ("docs that begin with “What” (0)", str(len(house.knots))),
    ]


def tree_of(revision: str, folder: Path) -> bool:
    """Unpack a commit into a folder; False where there is no such commit."""
    done = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        return False
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as packed:
        packed.extractall(folder, filter="data")
    return True


def main() -> None:
    """Print the figures side by side, and what stands out where it is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--against", metavar="REV", default="HEAD~1")
    parser.add_argument("--list", action="store_true", help="name what each figure is about")
    asked = parser.parse_args()
    now = look_at(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        before = look_at(Path(folder)) if tree_of(asked.against, Path(folder)) else None
    old = dict(figures(before)) if before else {}
    for name, value in figures(now):
        print(f"{name:48} {value}" + (f"\n{'before: ':>48} {old[name]}" if old and old[name] != value else ""))
    if asked.list:
        for title in ("long_files", "long_classes", "twice", "knots", "noqa", "ignores"):
            print(f"\n{title}:", *getattr(now, title), sep="\n  ")


if __name__ == "__main__":
    main()
