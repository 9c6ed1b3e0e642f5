# SPDX-License-Identifier: MIT
"""Screens that open over the desk."""
