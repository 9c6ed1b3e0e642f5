# SPDX-License-Identifier: MIT
"""The curve of the pull, drawn."""
