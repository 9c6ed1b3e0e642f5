# SPDX-License-Identifier: MIT
"""Damaged files of every kind: shows, lenses, clips and take logs; and single bits flipped in what a log keeps.

    python -m benchmarks.campaigns.files [TRIES]

Every damaged file goes through the commands that read its kind, the whole program in this process. A row says how many
were tried, told (exit 1 or 2 and a sentence, or marked as damaged), harmless (used as they are, or read as before), and
what must be 0: silent (passed by `check` and refused when played; a take that reads as another one), tracebacks, hangs.
"""

from __future__ import annotations

import contextlib
import io
import json
import random
import shutil
import signal
import sqlite3
import struct
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from followfocus.cli import main as program

TRIES, FLIPS = 10_000, 300
HANG_S = 30
GOLDEN = Path(__file__).parents[2] / "tests" / "golden"
_EDGES: tuple[object, ...] = (
    1e308, -1e308, 1e-320, 5e-324, -0.0, 0, -1, 1e9, 10**400, float("nan"), float("inf"), "", "x", "99:99:99:99",
    "\ud83c", "\x1b[31m", "n" * 5000, None, True, [], {}, [[[]]], "1/0", "inf", 2**63, 2**64, "\u0000",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One section of the campaign, as counts; `wrong` says which cases were, and how."""

    section: str
    tried: int
    told: int
    harmless: int
    silent: int
    tracebacks: int
    hangs: int
    wrong: tuple[str, ...]


Kind = tuple[str, str, Callable[[random.Random], bytes], Callable[[Path], tuple[list["Ran"], bool]]]
"""Of a section: its name, the file's, how one is made, and what is tried with it"""


class Hang(BaseException):
    """A command took longer than any should."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended and what it said; `trouble` names an exception that no person should see."""

    code: int
    out: str
    err: str
    trouble: str = ""


def run(*args: object) -> Ran:
    """The whole program in this process."""
    out, err, code, trouble = io.StringIO(), io.StringIO(), 1, ""
    before = sys.argv
    sys.argv = ["followfocus", *map(str, args)]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _alarm():
            program()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except Hang:
        trouble = "hang"
    except BaseException as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        trouble = f"{type(error).__name__}: {error}"[:200]
    finally:
        sys.argv = before
    return Ran(code, out.getvalue(), err.getvalue(), trouble)


@contextlib.contextmanager
def _alarm() -> Iterator[None]:
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def hang(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, hang)
    signal.alarm(HANG_S)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


# How files are damaged ----------------------------------------------------------------------------------------------


def damaged_bytes(raw: bytes, chance: random.Random) -> bytes:
    """Cut, overwritten, doubled, zeroed, or with bits flipped."""
    made, at = bytearray(raw), chance.randrange(len(raw))
    how = chance.randrange(6)
    if how == 0:
        return raw[:at]
    if how == 1:
        made[at : at + 8] = chance.randbytes(8)
    elif how == 2:
        made[at:at] = made[at : at + chance.randrange(1, 200)]
    elif how == 3:
        made[at : at + 512] = bytes(min(512, len(raw) - at))
    elif how == 4:
        del made[at : at + chance.randrange(1, 50)]
    else:
        for _ in range(chance.randrange(1, 5)):
            made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def damaged_json(document: object, chance: random.Random) -> str:
    """A document with one value at the edge, missing, doubled or nested deeply; now and then its bytes damaged."""
    made = json.loads(json.dumps(document))
    places = list(_places(made))
    holder, key = chance.choice(places)
    how = chance.randrange(12)
    if how == 0 and isinstance(holder, dict):
        del holder[key]
    elif how == 1 and isinstance(holder, dict):
        holder[f"{key}x"] = holder.pop(key)
    elif how == 2 and isinstance(holder, list):
        holder.insert(0, holder[-1])
    elif how == 3:
        holder[key] = "DEEP"
        return json.dumps(made).replace('"DEEP"', "[" * 20_000 + "]" * 20_000)
    elif how == 4 and isinstance(holder[key], (int, float)):
        holder[key] = holder[key] * 10.0 ** chance.randrange(-300, 300)
    else:
        holder[key] = chance.choice(_EDGES)
    return json.dumps(made)


def _places(value: object) -> Iterator[tuple[Any, Any]]:
    """Every place of a document that holds a value: its holder and its key there."""
    if isinstance(value, dict):
        for key in value:
            yield value, key
            yield from _places(value[key])
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield value, index
            yield from _places(entry)


def _damaged_text(path: Path, chance: random.Random) -> bytes:
    """A JSON file, damaged in its values three times of four, else in its bytes."""
    raw = path.read_bytes()
    return damaged_json(json.loads(raw), chance).encode() if chance.random() < 0.75 else damaged_bytes(raw, chance)


def _damaged_table(path: Path, chance: random.Random) -> bytes:
    """A table with a cell at the edge, or with its bytes damaged."""
    raw = path.read_bytes()
    if chance.random() < 0.4:
        return damaged_bytes(raw, chance)
    lines = raw.decode().splitlines()
    at = chance.randrange(len(lines))
    delimiter = "\t" if "\t" in lines[0] else ","
    cells = lines[at].split(delimiter)
    words = chance.choice([*map(str, _EDGES), "1,5", "#VALUE!", "nan", "-", '"', "1e400", "∞"])
    cells[chance.randrange(len(cells))] = words
    lines[at] = delimiter.join(cells)
    return "\n".join(lines).encode("utf-8", "surrogatepass")


# What is tried ------------------------------------------------------------------------------------------------------


def _counted(section: str, cases: Iterator[tuple[str, list[Ran], bool]]) -> Row:
    """A section's row, of each case's name, runs and whether they contradict each other."""
    tally, wrong = Counter[str](), []
    for name, runs, silent in cases:
        trouble = next((one.trouble for one in runs if one.trouble), "")
        mute = any(one.code and not (one.out + one.err).strip() for one in runs)
        kind = "hangs" if trouble == "hang" else "tracebacks" if trouble else "silent" if silent or mute else ""
        if kind:
            wrong.append(f"{name}: {trouble or kind}: {[one.err[-160:] for one in runs]}")
        tally[kind or ("told" if any(one.code or "damage" in one.out + one.err for one in runs) else "harmless")] += 1
    return Row(
        section, sum(tally.values()), tally["told"], tally["harmless"], tally["silent"], tally["tracebacks"],
        tally["hangs"], tuple(wrong),
    )  # fmt: skip


def _cases(
    folder: Path, name: str, tries: int, seed: int, make: Callable[[random.Random], bytes],
    try_: Callable[[Path], tuple[list[Ran], bool]],
) -> Iterator[tuple[str, list[Ran], bool]]:  # fmt: skip
    for number in range(tries):
        path = folder / name
        path.write_bytes(make(random.Random(f"{seed} {name} {number}")))
        runs, silent = try_(path)
        yield f"{name} {number}", runs, silent


def _show(path: Path) -> tuple[list[Ran], bool]:
    """A show that `check` passes without a warning also plays."""
    checked = run("show", "check", path, "--json")
    if checked.code or checked.trouble:
        return [checked, run("show", "cues", path)], False
    played = run("rehearse", path, "--fast", "--json", "--port", "sim", "--no-log")
    warned = bool(json.loads(checked.out).get("warnings"))
    return [checked, run("show", "cues", path), played], played.code == 2 and not warned


def _lens(path: Path) -> tuple[list[Ran], bool]:
    checked = run("lens", "check", path)
    if checked.code or checked.trouble:
        return [checked], False
    planned = run("plan", path, "--from", "20deg", "--to", "10deg", "--duration", "3")
    return [checked, run("lens", "show", path), planned], False


def _clip(path: Path) -> tuple[list[Ran], bool]:
    return [run("lens", "import", path, "--track", path.with_name("track.csv"))], False


def _log(path: Path) -> tuple[list[Ran], bool]:
    asked = (("list", path, "--json"), ("show", path, 1, "--json"), ("verify", path), ("stats", path))
    runs = [run("takes", *words) for words in asked]
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    return runs, False


def small_show() -> dict[str, object]:
    """A show of one lens, one pull, one cue, quick to play."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "s.ffshow"
        run("show", "new", path, "--lens", "ideal-50", "--from", "2m", "--to", "4m", "--duration", "0.6")
        made: dict[str, object] = json.loads(path.read_bytes())
    return made


def small_log(path: Path) -> None:
    """A log with two takes, its write-ahead log emptied into it."""
    words = ("--from", "2m", "--to", "4m", "--duration", "1", "--fast", "--takes", 2)
    made = run("pull", "ideal-50", *words, "--log", path)
    assert made.code == 0, made
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.execute("PRAGMA journal_mode = DELETE")
    raw.close()


def flips(folder: Path, count: int, seed: int = 5) -> Row:
    """Single bits flipped in what a log keeps of takes, as texts, figures and curves; each must be told."""
    path, one = folder / "whole.db", folder / "flipped.db"
    small_log(path)
    raw, places = path.read_bytes(), _values(path)

    def seen() -> list[Ran]:
        asked = (("list", one, "--json"), ("show", one, 1, "--json"), ("show", one, 2, "--json"))
        return [run("takes", *words) for words in asked]

    shutil.copy(path, one)
    right = seen()
    assert not any(found.code or "damage" in found.out + found.err for found in right), right

    def cases() -> Iterator[tuple[str, list[Ran], bool]]:
        chance = random.Random(seed)
        for number in range(count):
            at = chance.choice(chance.choice(places))
            made = bytearray(raw)
            made[at] ^= 1 << chance.randrange(8)
            for end in ("-wal", "-shm"):
                one.with_name(one.name + end).unlink(missing_ok=True)
            one.write_bytes(made)
            runs = seen()
            told = any(found.code or "damage" in (found.out + found.err) for found in runs)
            yield f"bit {number} at {at}", runs, not told and [r.out for r in runs] != [r.out for r in right]

    return _counted("bits flipped in a take log", cases())


def _values(path: Path) -> list[range]:
    """Where in the file the values of takes are."""
    raw, places = path.read_bytes(), []
    db = sqlite3.connect(path)
    for table in ("takes", "documents", "traces"):
        for row in db.execute(f"SELECT * FROM {table}"):
            for value in row:
                kept = value.encode() if isinstance(value, str) else value
                kept = struct.pack(">d", kept) if isinstance(kept, float) else kept
                for at in range(0, len(kept) if isinstance(kept, bytes) else 0, 64):
                    part = kept[at : at + 64]
                    found = raw.find(part) if len(part) >= 8 else -1
                    if found >= 0:
                        places.append(range(found, found + len(part)))
    db.close()
    return places


def rows(tries: int = TRIES, bits: int = FLIPS, seed: int = 1) -> list[Row]:
    """The whole campaign: `tries` files, four kinds of them, and `bits` flipped bits."""
    each = max(1, tries // 4)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        show, lens, log = small_show(), folder / "lens.json", folder / "log.db"
        entry = show["lenses"][0]  # type: ignore[index]
        lens.write_text(json.dumps(entry["lens"]), "utf-8")
        whole = lens.read_bytes()
        small_log(log)
        kept, clips = log.read_bytes(), _clips()
        show_file = folder / "whole.ffshow"
        show_file.write_text(json.dumps(show), "utf-8")
        lens_file = folder / "whole-lens.json"
        lens_file.write_bytes(whole)
        kinds: tuple[Kind, ...] = (
            ("damaged shows", "a.ffshow", lambda chance: _damaged_text(show_file, chance), _show),
            ("damaged lenses", "a.json", lambda chance: _damaged_text(lens_file, chance), _lens),
            ("damaged clips", "a.csv", lambda chance: _damaged_table(chance.choice(clips), chance), _clip),
            ("damaged logs", "a.db", lambda chance: damaged_bytes(kept, chance), _log),
        )
        return [
            *(_counted(section, _cases(folder, one, each, seed, make, try_)) for section, one, make, try_ in kinds),
            flips(folder, bits, seed),
        ]


def _clips() -> Sequence[Path]:
    return [GOLDEN / "sp40-track.csv", *sorted(GOLDEN.glob("clip-*"))]


def table(found: Sequence[Row]) -> str:
    """The rows as people read them."""
    head = f"{'section':28}{'tried':>8}{'told':>8}{'harmless':>10}{'silent':>8}{'tracebacks':>12}{'hangs':>7}"
    lines = [
        f"{one.section:28}{one.tried:>8}{one.told:>8}{one.harmless:>10}{one.silent:>8}{one.tracebacks:>12}{one.hangs:>7}"
        for one in found
    ]
    return "\n".join([head, *lines, *(words for one in found for words in one.wrong[:20])])


def main() -> None:
    """Run it and print it; ends with 1 where anything is wrong."""
    found = rows(int(sys.argv[1]) if len(sys.argv) > 1 else TRIES)
    print(table(found))
    bits = found[-1]
    wrong = sum(one.tracebacks + one.hangs for one in found) + sum(one.silent for one in found[:-1])
    sys.exit(wrong > 0 or bits.silent > 0.01 * bits.tried)


if __name__ == "__main__":
    main()
