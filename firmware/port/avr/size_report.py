# SPDX-License-Identifier: MIT
"""Prints what the AVR image takes of flash, RAM and stack, and what is left. usage: size_report.py ELF OBJECT_DIR

The worst stack is the deepest path through the calls in the linked program: frame sizes from gcc's -fstack-usage, calls
from the disassembly, and on top of the main loop's deepest path the deepest interrupt, since interrupts don't nest.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FLASH, RAM, RETURN = 32768 - 2048, 2048, 2  # 2 kB are the bootloader's on the older Nano
SYMBOL = re.compile(r"^[0-9a-f]+ <(.+)>:$")
CALL = re.compile(r"\t(?:r?call|r?jmp|br\w\w)\t.*<([^+>]+)(?:\+0x[0-9a-f]+)?>")
INDIRECT = re.compile(r"\ti?e?icall")
PUSH = re.compile(r"\tpush\t")
VECTOR = "__vector_"  # one that jumps into another has given its stack back, or shares the end that does
SHARED = ("__prologue_saves__", "__epilogue_restores__")  # jumped to, and counted by gcc with the function's own


def frames(objects: Path) -> dict[str, int]:
    """Bytes of stack by function, the return address not included."""
    found = {}
    for usage in objects.rglob("*.su"):
        for line in usage.read_text().splitlines():
            name, size, _ = line.rsplit("\t", 2)
            name = plain(name.split(":")[-1])
            found[name] = max(found.get(name, 0), int(size))
    return found


def plain(name: str) -> str:
    """A function's own name, without what gcc adds where it has made another of it."""
    return name.split(".")[0]


def calls(elf: Path) -> tuple[dict[str, set[str]], dict[str, int]]:
    """Who calls whom, and how much each pushes."""
    text = subprocess.run(["avr-objdump", "-d", elf], check=True, capture_output=True, text=True).stdout
    graph: dict[str, set[str]] = {}
    pushes: dict[str, int] = {}
    name = ""
    for line in text.splitlines():
        if symbol := SYMBOL.match(line):
            name = plain(symbol[1])
            graph.setdefault(name, set())
        elif call := CALL.search(line):
            if plain(call[1]) not in (name, *SHARED) and not (name.startswith(VECTOR) and call[1].startswith(VECTOR)):
                graph[name].add(plain(call[1]))
        elif INDIRECT.search(line):
            graph[name].add("(handlers)")
        elif PUSH.search(line):
            pushes[name] = pushes.get(name, 0) + 1
    graph["(handlers)"] = {function for function in graph if function.startswith("on_")}
    return graph, pushes


def main() -> None:
    elf, objects = Path(sys.argv[1]), Path(sys.argv[2])
    size = subprocess.run(["avr-size", "-A", elf], check=True, capture_output=True, text=True).stdout
    sections = {line.split()[0]: int(line.split()[1]) for line in size.splitlines() if line.startswith(".")}
    flash = sections.get(".text", 0) + sections.get(".data", 0)
    ram = sections.get(".data", 0) + sections.get(".bss", 0) + sections.get(".noinit", 0)
    own, (graph, pushes) = frames(objects), calls(elf)

    def depth(name: str, path: tuple[str, ...] = ()) -> tuple[int, tuple[str, ...]]:
        if name in path:
            return 0, ()
        # gcc's figure counts its pushes and frame; a function in assembly has only its pushes
        mine = (own.get(name, pushes.get(name, 0)) + RETURN) if name != "(handlers)" else 0
        deepest = max((depth(callee, (*path, name)) for callee in graph.get(name, ())), default=(0, ()))
        return mine + deepest[0], (name, *deepest[1])

    main_depth, main_path = depth("main")
    interrupt, interrupt_path = max(
        depth(name) for name in graph if name.startswith(VECTOR) and name != "__vector_default"
    )
    stack = main_depth + interrupt
    print(f"flash      {flash:6} of {FLASH} bytes, {FLASH - flash} left")
    print(f"static RAM {ram:6} of {RAM} bytes, {RAM - ram} left for the stack")
    print(f"stack      {stack:6} at worst (main loop {main_depth}, interrupt {interrupt}), {RAM - ram - stack} left")
    print("  deepest: " + " > ".join(name for name in main_path if name != "(handlers)"))
    print("  interrupt: " + " > ".join(interrupt_path))
    if stack > RAM - ram:
        sys.exit("the stack may not fit")


main()
