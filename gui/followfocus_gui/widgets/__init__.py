# SPDX-License-Identifier: MIT
"""The parts that the desk is made of."""
