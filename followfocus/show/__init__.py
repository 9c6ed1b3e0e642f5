# SPDX-License-Identifier: MIT
"""A production's show: lenses, marks, cues, slates, and the file that holds them."""
