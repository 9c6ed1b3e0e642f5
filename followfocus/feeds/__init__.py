# SPDX-License-Identifier: MIT
"""Live tracks of the ring, sent to other programs over the network."""
