# SPDX-License-Identifier: MIT
"""Sources from outside: bytes, samples and packets become events with a time. Nothing here moves anything."""
