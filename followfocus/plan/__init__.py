# SPDX-License-Identifier: MIT
"""Everything that can be said of a pull before it is shot."""
