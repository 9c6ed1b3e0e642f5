# SPDX-License-Identifier: MIT
"""A lens: which ring angle is which distance, what that is worth in the picture, and the lenses that ship."""
