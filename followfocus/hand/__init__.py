# SPDX-License-Identifier: MIT
"""What is made of a hand's motion: followed live, recorded, fitted, played together with a plan."""
