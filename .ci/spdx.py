# SPDX-License-Identifier: MIT
"""Puts the licence's line at the top of every source file that lacks it; with --check it only names them."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINE = "SPDX-License-Identifier: MIT"
MARKS = {
    **dict.fromkeys((".py", ".pyi", ".sh", ""), ("# ", "")),
    **dict.fromkeys((".c", ".h", ".S"), ("/* ", " */")),
    ".mjs": ("// ", ""),
}
"""How a comment begins and ends, by a file's ending; "" are Makefiles and the scripts in .ci."""
PLAIN = ("Makefile", "setup", "run")
FOLDERS = (".ci", "benchmarks", "docs", "firmware", "followfocus", "gui", "tests")
NOT_OURS = {"__pycache__", "build", "node_modules"}


def sources() -> list[Path]:
    """Every source file of ours."""
    found = [ROOT / "Makefile", *(path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*")))]
    ours = (path for path in found if not NOT_OURS & set(path.relative_to(ROOT).parts))
    return [p for p in ours if p.suffix in MARKS and (p.suffix or p.name in PLAIN) and p.is_file()]


def has_line(text: str) -> bool:
    """Whether it stands in the first line, or in the second below a #!."""
    lines = text.splitlines()[:2]
    return any(LINE in line for line in (lines if lines and lines[0].startswith("#!") else lines[:1]))


def with_line(path: Path, text: str) -> str:
    """The text with the line at its top."""
    begins, ends = MARKS[path.suffix]
    first, newline, rest = text.partition("\n") if text.startswith("#!") else ("", "", text)
    return f"{first}{newline}{begins}{LINE}{ends}\n{rest}"


def main() -> None:
    """Add what is missing, or name it."""
    missing = [path for path in sources() if not has_line(path.read_text(encoding="utf-8"))]
    if "--check" in sys.argv:
        sys.exit("\n".join(f"{path.relative_to(ROOT)} lacks the licence's line" for path in missing) or 0)
    for path in missing:
        path.write_text(with_line(path, path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
