# SPDX-License-Identifier: MIT
"""The desk's state, without widgets."""
