# SPDX-License-Identifier: MIT
"""The desk app: mark two points, set the time, hit GO."""
