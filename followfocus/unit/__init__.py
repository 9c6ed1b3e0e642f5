# SPDX-License-Identifier: MIT
"""A unit in ring degrees: connect, calibrate, move, load, play; its settings and its firmware."""
