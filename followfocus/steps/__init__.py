# SPDX-License-Identifier: MIT
"""Step times: when each step of a motion is due, and the profile of segments that a unit plays."""
