# SPDX-License-Identifier: MIT
"""The line to a unit: frames, messages, the session without I/O, and the link that pumps it."""
