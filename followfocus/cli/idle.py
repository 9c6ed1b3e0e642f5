# SPDX-License-Identifier: MIT
"""Options that change nothing where they are given: accepted, and said in one sentence on standard error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from followfocus.cli.console import say


def tell_idle(given: Mapping[str, object], used: Mapping[str, Iterable[str]], where: str, words: str) -> None:
    """Name the options that were given and are of no use in `where`, called by `words`: `in a still`.

    `used` says of each option where it is of use; of one that it doesn't hold, nowhere.
    """
    idle = [option for option, value in given.items() if value and where not in used.get(option, ())]
    if idle:
        say(f"followfocus: {listed(idle)} {'change' if len(idle) > 1 else 'changes'} nothing {words}.", err=True)


def tell_bystanders(subjects: Sequence[str], ends: Iterable[str | None], remedy: str = "") -> None:
    """Name the subjects, `NAME=WHERE`, that stand at neither end of a pull and so change nothing."""
    named = {end.strip().casefold() for end in ends if end is not None}
    idle = [name for text in subjects if (name := text.partition("=")[0].strip()).casefold() not in named]
    if idle:
        one = len(idle) == 1
        told = (
            f"{listed(idle)} {'is' if one else 'are'} at neither end of the pull, and {'changes' if one else 'change'}"
        )
        say(f"followfocus: {told} nothing here{remedy}.", err=True)


def listed(words: Sequence[str]) -> str:
    """Words as a person lists them.

    >>> listed(["--at"]), listed(["--at", "--tc", "--csv"])
    ('--at', '--at, --tc and --csv')
    """
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
