# SPDX-License-Identifier: MIT
"""Puts the built image where the Python package ships it from, with a few facts beside it. Run by `make ship`."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from followfocus.unit.firmware import read_image, version_text  # noqa: E402


def main() -> None:
    built = Path(sys.argv[1])
    image = read_image(built)
    folder = ROOT / "followfocus" / "firmware_image"
    (folder / built.name).write_bytes(built.read_bytes())
    compiler = subprocess.run(["avr-gcc", "-dumpversion"], capture_output=True, text=True, check=True).stdout.strip()
    facts = {
        "board": image.board,
        "version": version_text(image.version),
        "file": built.name,
        "bytes": len(image.data),
        "compiler": f"avr-gcc {compiler}",
    }
    (folder / "firmware.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


main()
