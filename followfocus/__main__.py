# SPDX-License-Identifier: MIT
"""`python -m followfocus`."""

from followfocus.cli import main

if __name__ == "__main__":
    main()
