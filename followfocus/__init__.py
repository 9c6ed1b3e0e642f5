"""followfocus: plan a focus pull in the optics of the lens, play it on a stepper unit to the clock tick."""

__version__ = "0.1.0"
