# SPDX-License-Identifier: MIT
"""Lying and broken units, all of them: every lie from every phase on, and through the command line as a process.

    python -m benchmarks.campaigns.peers [SEEDS]

Prints what was tried, told (exit 1 or 3 and a sentence), harmless (played as planned all the same), and what must be 0:
tracebacks, hangs, and anything else that is wrong, such as a good take that never was.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.support.liars import LIES, PHASES
from tests.support.lied_to import Outcome, attempt
from tests.wire.test_liars import HUNG, pulled

AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One section of the campaign, as counts; `wrong` are the cases that were, in words."""

    section: str
    tried: int
    told: int
    harmless: int
    tracebacks: int
    hangs: int
    wrong: tuple[str, ...]


def rows(seeds: int = 3) -> list[Row]:
    """The whole campaign: in process on a virtual clock with `seeds` seeds, then by command in real time."""
    outcomes = (attempt(lie, phase, seed) for lie in LIES for phase in PHASES for seed in range(seeds))
    return [_in_process(outcomes), _by_command(LIES)]


def _in_process(outcomes: Iterable[Outcome]) -> Row:
    done = list(outcomes)
    return Row(
        "lying units, in process",
        len(done),
        sum(outcome.code in (1, 3) for outcome in done),
        sum(outcome.code == 0 and not outcome.wrong for outcome in done),
        sum(bool(outcome.traceback) for outcome in done),
        sum(outcome.hung for outcome in done),
        tuple(f"{outcome.lie}, from {outcome.phase}: {outcome.wrong}" for outcome in done if outcome.wrong),
    )


def _by_command(lies: Iterable[str]) -> Row:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        done = list(pool.map(pulled, lies))
    wrong = tuple(f"{lie}: exit {code}: {said[-200:]}" for lie, code, said in done if code not in (0, 1, 3))
    return Row(
        "lying units, by command",
        len(done),
        sum(code in (1, 3) and "followfocus:" in said for _, code, said in done),
        sum(code == 0 for _, code, _ in done),
        sum("Traceback" in said for _, _, said in done),
        sum(code == HUNG for _, code, _ in done),
        wrong,
    )


def main() -> None:
    """Run it all and print the table; exit code 1 where anything was wrong."""
    made = rows(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
    print(f"{'':28}{'tried':>8}{'told':>8}{'harmless':>10}{'tracebacks':>12}{'hangs':>7}{'wrong':>7}")
    for row in made:
        figures = f"{row.tried:8}{row.told:8}{row.harmless:10}{row.tracebacks:12}{row.hangs:7}{len(row.wrong):7}"
        print(f"{row.section:28}{figures}")
        print(*(f"  {words}" for words in row.wrong), sep="\n", end="\n" if row.wrong else "")
    sys.exit(any(row.wrong or row.tracebacks or row.hangs for row in made))


if __name__ == "__main__":
    main()
