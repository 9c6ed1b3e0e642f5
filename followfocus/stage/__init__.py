# SPDX-License-Identifier: MIT
"""Playing: what stands by, and carrying it out on a unit."""
