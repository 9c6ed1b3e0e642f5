# SPDX-License-Identifier: MIT
"""What is made of a hand's motion: live, recorded, fitted, and together with a plan. Pure; time is an argument."""
