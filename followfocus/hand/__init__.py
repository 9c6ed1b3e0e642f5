# SPDX-License-Identifier: MIT
"""A hand's motion: followed live, recorded, fitted, and played together with a plan."""
