# SPDX-License-Identifier: MIT
"""Ring angle over time: pulls, easings, the exact motion, and whether a motor can make it."""
