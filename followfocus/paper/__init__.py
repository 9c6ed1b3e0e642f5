# SPDX-License-Identifier: MIT
"""Paper that leaves set: reports, certificates, focus tracks and plots."""
