# SPDX-License-Identifier: MIT
"""The simulated unit: the firmware's behaviour in Python, with a stepper and a ring behind it."""
