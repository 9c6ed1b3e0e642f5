# SPDX-License-Identifier: MIT
"""Every source file says its licence in its first line."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def spdx():
    spec = importlib.util.spec_from_file_location("spdx", ROOT / ".ci" / "spdx.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_source_file_says_its_licence(spdx):
    found = spdx.sources()
    assert len(found) > 400
    assert [path for path in found if not spdx.has_line(path.read_text(encoding="utf-8"))] == [], "python .ci/spdx.py"


@pytest.mark.parametrize(
    ("name", "text", "top"),
    [
        ("a.py", '"""A."""\n', '# SPDX-License-Identifier: MIT\n"""A."""\n'),
        ("a.sh", "#!/bin/sh\nls\n", "#!/bin/sh\n# SPDX-License-Identifier: MIT\nls\n"),
        ("a.c", "int a;\n", "/* SPDX-License-Identifier: MIT */\nint a;\n"),
        ("a.mjs", "let a;\n", "// SPDX-License-Identifier: MIT\nlet a;\n"),
    ],
)
def test_the_line_goes_to_the_top_and_below_a_shebang(spdx, name, text, top):
    assert not spdx.has_line(text)
    assert spdx.with_line(Path(name), text) == top
    assert spdx.has_line(top)
