# SPDX-License-Identifier: MIT
"""Draws the packages of docs/architecture.md from the code's own imports, so that the picture can't grow old.

Run it from the repository's root: python docs/draw_architecture.py  (with --check: only say whether it is up to date)
"""

from __future__ import annotations

import ast
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "architecture.md"
SOURCES = {"followfocus": ROOT / "followfocus", "followfocus_gui": ROOT / "gui" / "followfocus_gui"}
START, END = "<!-- drawn by docs/draw_architecture.py: do not edit -->", "<!-- end of the drawing -->"

Graph = dict[str, set[str]]


def room_of(module: str) -> str:
    """The package or ground-floor module that a module belongs to: `wire` for followfocus.wire.frames."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else ""


def rooms(root: str) -> Graph:
    """Which room imports which; imports for type checkers alone don't count, imports inside functions do."""
    sys.path[:0] = [str(ROOT), str(ROOT / "gui")]
    graph = grimp.build_graph(*SOURCES, exclude_type_checking_imports=True, cache_dir=None)
    found: Graph = {}
    for module in graph.modules:
        room = room_of(module)
        if module.split(".")[0] != root or room in ("", "__main__", "firmware_image"):
            continue
        imported = {room_of(m) for m in graph.find_modules_directly_imported_by(module) if m.split(".")[0] == root}
        found.setdefault(room, set()).update(imported - {"", room})
    return found


def floors(graph: Graph) -> list[list[str]]:
    """Rooms by height: each stands one above the highest that it imports. Raises CycleError for a circle."""
    height: dict[str, int] = {}
    for room in TopologicalSorter(graph).static_order():
        height[room] = 1 + max((height[below] for below in graph[room]), default=-1)
    return [sorted(r for r in height if height[r] == level) for level in reversed(range(max(height.values()) + 1))]


def without_detours(graph: Graph) -> Graph:
    """The same graph without each arrow that a longer way over other rooms already says."""

    def reach(room: str) -> set[str]:
        return graph[room].union(*(reach(below) for below in graph[room]))

    return {room: below - set().union(*(reach(b) for b in below)) for room, below in graph.items()}


def first_line(root: str, room: str) -> str:
    """A room's purpose, by the first line of its own docstring."""
    folder = SOURCES[root] / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0].replace("\n", " ")


def drawing(root: str) -> str:
    """A Mermaid chart of one import package, an arrow from each room to those it stands on, and a table below it."""
    graph = rooms(root)
    levels = floors(graph)
    arrows = sorted((room, below) for room, all_ in without_detours(graph).items() for below in all_)
    rows = [
        f"| {height} | `{name}` | {first_line(root, name)} | {', '.join(sorted(graph[name])) or '–'} |"
        for height, names in zip(reversed(range(len(levels))), levels, strict=True)
        for name in names
    ]
    chart = ["```mermaid", "flowchart TD", *(f"    {room} --> {below}" for room, below in arrows), "```"]
    return "\n".join([*chart, "", "| floor | room | for | imports |", "|---|---|---|---|", *rows])


def page(text: str) -> str:
    """The page with its drawings made anew."""
    head, rest = text.split(START, 1)
    _, tail = rest.split(END, 1)
    parts = ["### The core: `followfocus/`", drawing("followfocus")]
    parts += ["### The app: `gui/followfocus_gui/`", drawing("followfocus_gui")]
    return head + "\n\n".join([START, *parts, END]) + tail


def main() -> None:
    """Draw, or with --check exit with 1 where the page is out of date."""
    old = PAGE.read_text(encoding="utf-8")
    new = page(old)
    if "--check" in sys.argv:
        sys.exit(0 if new == old else f"{PAGE.name} is out of date: run python docs/draw_architecture.py")
    PAGE.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
