# SPDX-License-Identifier: MIT
"""followfocus: plan a focus pull in the optics of the lens, play it on a stepper unit to the clock tick.

    import followfocus as ff

    lens = ff.load_lens("ideal-50")
    plan = ff.plan_pull(lens, "2m", "4m", 2.0)
    with ff.connect("sim", plan) as unit:
        for take in ff.shoot_takes(unit, plan, 3, log="day.db"):
            print(take.take, take.verdict.value, take.landing_error_half_dof)

Each name is imported when it is first asked for, so that `import followfocus` costs nothing. `docs/examples/` has more.
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

# Where the public names live. For type checkers __init__.pyi says the same; a test holds the two together.
_HOMES = {
    "load_lens": "lens.map",
    "save_lens": "lens.map",
    "lens_names": "lens.map",
    "LensMap": "lens.map",
    "LensMark": "lens.map",
    "read_clip": "importers",
    "Mark": "motion.pull",
    "Leg": "motion.pull",
    "Pull": "motion.pull",
    "Conditions": "plan.plan",
    "Plan": "plan.plan",
    "make_plan": "plan.plan",
    "plan_pull": "script",
    "connect": "script",
    "FollowFocusUnit": "unit.unit",
    "shoot_takes": "script",
    "Take": "takes.takes",
    "Verdict": "takes.takes",
    "read_takes": "script",
    "TakeLog": "takes.log",
    "TakeQuery": "takes.rows",
    "TakeRow": "takes.rows",
    "FollowFocusError": "errors",
    "RequestError": "errors",
    "FileError": "errors",
    "JobError": "errors",
    "InfeasibleError": "errors",
    "UnitError": "errors",
    "LineError": "errors",
    "NoUnitError": "errors",
    "VersionError": "errors",
}

__all__ = ["__version__", *_HOMES]  # noqa: PLE0604 - names, from the one table


def __getattr__(name: str) -> object:
    """Import a public name's home when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
