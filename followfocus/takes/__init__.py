# SPDX-License-Identifier: MIT
"""Takes as evidence: the verdict, the log, and what many of them say together."""
