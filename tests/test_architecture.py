# SPDX-License-Identifier: MIT
"""The rules that hold the parts together: layers, who may wait, read a clock or open a port; one table of messages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from enum import IntEnum, IntFlag
from pathlib import Path

import pytest

from followfocus.sim.states import ALWAYS, COMMANDS, FOLLOWS, NEEDS_REFERENCE, STARTS
from followfocus.wire import messages
from followfocus.wire.frames import HARD_STOP_BYTES, MAX_PAYLOAD, STOP_BYTES, crc16
from followfocus.wire.messages import (
    DEFINITIONS_HASH,
    HARD_STOP_TYPE,
    PROTOCOL_MAJOR,
    PROTOCOL_MINOR,
    STOP_TYPE,
    Hello,
    State,
    definitions_text,
    fields_of,
    message_types,
)

ROOT = Path(__file__).parent.parent
CORE = ROOT / "followfocus"
PROTOCOL = (ROOT / "firmware" / "PROTOCOL.md").read_text(encoding="utf-8")
HEADER = (ROOT / "firmware" / "src" / "messages.h").read_text(encoding="utf-8")


def core_files() -> list[Path]:
    found = sorted(CORE.rglob("*.py"))
    assert CORE / "clock.py" in found
    return found


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that a file imports, and whether at the top of the file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from ((name, node in tree.body) for name in names)


def calls(path: Path) -> set[str]:
    """Names of everything that a file calls, dotted as written."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


# Layers ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", core_files(), ids=lambda path: str(path.relative_to(CORE)))
def test_the_core_knows_no_qt_and_keeps_to_its_layers(path: Path) -> None:
    for name, _ in imports(path):
        assert name.split(".")[0] not in ("PySide6", "PyQt6", "pyqtgraph"), name
        if name.startswith("followfocus_gui"):
            assert path == CORE / "cli" / "gui.py", f"{path.name} imports the app"


def test_only_the_clock_reads_a_clock() -> None:
    for path in core_files():
        if path.name != "clock.py":
            assert not {"time", "datetime.datetime"} & {name for name, _ in imports(path)}, path


def test_threads_have_six_homes() -> None:
    # the third draws on all cores, and waits for nothing; the fourth waits until a process that draws has started; the
    # last two wait for a terminal and for a sound server that may be gone, and nobody for them
    homes = (
        "wire/link.py", "sources/loop.py", "look/ahead.py", "look/beside.py", "cli/aside.py", "sources/audio_inputs.py",
    )  # fmt: skip
    for path in core_files():
        made = {call for call in calls(path) if call.split(".")[-1] in ("Thread", "Timer", "ThreadPoolExecutor")}
        assert not made or path in {CORE / name for name in homes}, f"{path.name} makes {made}"


def test_pyserial_is_imported_only_when_a_port_is_opened() -> None:
    ports, server = CORE / "wire" / "serialport.py", CORE / "wire" / "rfc2217.py"
    for path in core_files():
        for name, at_top in imports(path):
            if name.split(".")[0] == "serial":
                assert path in (ports, server), path
                assert not at_top or path == server, "slows down every start"
            if name == "followfocus.wire.rfc2217":
                assert path == ports, path
                assert not at_top, "slows down every start"


def test_the_protocol_does_no_io() -> None:
    """frames, messages, session and clock estimate import nothing that could wait, and nothing that is not ours."""
    allowed = {"__future__", "binascii", "collections", "dataclasses", "enum", "itertools", "math", "struct", "typing"}
    allowed |= {"statistics", "zlib", "followfocus"}
    for name in ("frames", "messages", "session", "events", "clocksync", "plausible", "intake", "requests"):
        for module, _ in imports(CORE / "wire" / f"{name}.py"):
            assert module.split(".")[0] in allowed, f"{name} imports {module}"


# One table of states --------------------------------------------------------------------------------------------------

STATES_H = (ROOT / "firmware" / "src" / "states.h").read_text(encoding="utf-8")
COMMAND_C = (ROOT / "firmware" / "src" / "command.c").read_text(encoding="utf-8")


def in_c(expression: str) -> frozenset[State]:
    """A set of states as states.h writes it: FF_IN(IDLE) | FF_IN_REST."""
    found: set[State] = set()
    for term in expression.split("|"):
        name = re.fullmatch(r"\s*FF_IN(?:\((\w+)\)|_(\w+))\s*", term)
        assert name is not None, expression
        if name[1]:
            found.add(State[name[1]])
        elif name[2] == "ALL":
            found |= set(State)
        else:
            defined = re.search(rf"#define FF_IN_{name[2]} \((.*)\)", STATES_H)
            assert defined is not None, name[2]
            found |= in_c(defined[1])
    return frozenset(found)


def test_c_python_and_protocol_md_have_one_table_of_transitions() -> None:
    lines = re.findall(r"^([A-Z]+) -> ([A-Z ]+)$", PROTOCOL, re.MULTILINE)
    assert {State[before]: frozenset(State[word] for word in after.split()) for before, after in lines} == FOLLOWS
    rows = re.findall(r"\[FF_STATE_(\w+)\] = (.*),\n", STATES_H)
    assert {State[before]: in_c(after) for before, after in rows} == FOLLOWS
    assert len(lines) == len(rows) == len(State)


def test_c_and_python_take_the_same_commands_in_the_same_states() -> None:
    rows = re.findall(r"\{FF_MSG_(\w+), [^,]+, ([^,]+), (true|false), (true|false), on_\w+\}", COMMAND_C)
    commands = {upper(kind.__name__): kind for kind in COMMANDS}
    assert {commands[name]: in_c(states) for name, states, _, _ in rows} | {Hello: ALWAYS} == COMMANDS
    assert {commands[name] for name, _, needed, _ in rows if needed == "true"} == NEEDS_REFERENCE
    assert {commands[name] for name, _, _, starts in rows if starts == "true"} == STARTS


FIRMWARE_ORDER = (
    "loop",
    "command",
    "unit",
    "take",
    "home",
    "motion",
    "follow",
    "played",
    "state",
    "profile",
    "ramp",
    "store",
    "play",
)
"""Each file of the firmware's core calls only those after it; what it has to say to those before it, it returns."""


def firmware_files() -> dict[str, str]:
    sources = (ROOT / "firmware" / "src").glob("*.c")
    return {path.stem: re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL) for path in sources}


def test_the_firmware_calls_only_downwards() -> None:
    files = firmware_files()
    homes = {
        name: stem
        for stem, text in files.items()
        for name in re.findall(r"^\w[\w *()]*?\b(ff_\w+)\(", text, re.MULTILINE)
    }
    assert set(FIRMWARE_ORDER) | {"crc", "frame", "record"} == set(files)
    assert {homes[name] for name in ("ff_unit_poll", "ff_unit_become", "ff_motion_poll")} == {"loop", "state", "motion"}
    for at, stem in enumerate(FIRMWARE_ORDER):
        called = {homes[name] for name in re.findall(r"\b(ff_\w+)\(", files[stem]) if name in homes} - {stem}
        assert not called & set(FIRMWARE_ORDER[:at]), f"{stem}.c calls up, to {called & set(FIRMWARE_ORDER[:at])}"


# One table of messages ------------------------------------------------------------------------------------------------


def test_protocol_md_has_the_table() -> None:
    table = re.search(r"```\n(01 Hello.*?)```", PROTOCOL, re.DOTALL)
    assert table is not None
    assert table[1] == definitions_text()


def test_protocol_md_gives_version_and_bytes() -> None:
    assert f"Version {PROTOCOL_MAJOR}.{PROTOCOL_MINOR}." in PROTOCOL
    assert STOP_BYTES.hex(" ") in PROTOCOL
    assert HARD_STOP_BYTES.hex(" ") in PROTOCOL
    assert f"at most {MAX_PAYLOAD} bytes" in PROTOCOL
    assert f"0x{crc16(b'123456789'):X}" in PROTOCOL


def upper(name: str) -> str:
    """HelloReply as HELLO_REPLY."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


def test_messages_h_has_every_message_with_its_fields() -> None:
    found = dict(re.findall(r"#define FF_MSG_(\w+) (0x[0-9a-fA-F]{2})", HEADER))
    expected = {upper(kind.__name__): f"0x{number:02x}" for number, kind in message_types().items()}
    assert {name: value.lower() for name, value in found.items()} == expected
    assert f"#define FF_STOP_TYPE 0x{STOP_TYPE:02x}\n#define FF_HARD_STOP_TYPE 0x{HARD_STOP_TYPE:02x}\n" in HEADER
    for kind in message_types().values():
        fields = fields_of(kind)
        struct_ = re.search(rf"struct FF_PACKED ff_{upper(kind.__name__).lower()} \{{(.*?)\}};", HEADER, re.DOTALL)
        if fields:
            assert struct_ is not None, kind.__name__
            in_c = re.findall(r"/\* (\w+):(\w+) \*/", struct_[1])
            assert in_c == [(name, code) for name, code, _ in fields], kind.__name__


def test_messages_h_types_are_as_wide_as_the_letters() -> None:
    widths = {"B": "uint8_t", "b": "int8_t", "H": "uint16_t", "h": "int16_t", "I": "uint32_t", "i": "int32_t"}
    widths |= {"Q": "uint64_t"}
    lines = re.findall(r"^\s+(\w+) (\w+)(\[\d+\])?; /\* (\w+):(\w+) \*/", HEADER, re.MULTILINE)
    assert len(lines) > 80
    for c_type, c_name, size, name, code in lines:
        assert c_name == name
        if code.endswith("s"):
            assert (c_type, size) == ("uint8_t", f"[{code[:-1]}]"), name
        else:
            assert (c_type, size) == (widths[code], ""), name


def test_messages_h_has_every_word() -> None:
    enums = [value for value in vars(messages).values() if is_words(value)]
    assert len(enums) == 11
    for words in enums:
        for word in words:
            pattern = rf"FF_{upper(words.__name__)}_{word.name}\s*=\s*(\d+|0x[0-9a-fA-F]+)"
            found = re.search(pattern, HEADER)
            assert found is not None, f"{words.__name__}.{word.name}"
            assert int(found[1], 0) == word.value


def is_words(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, IntEnum | IntFlag) and value.__module__ == messages.__name__


def test_messages_h_has_the_hash_and_version() -> None:
    assert f"#define FF_DEFINITIONS_HASH 0x{DEFINITIONS_HASH:08x}UL" in HEADER
    assert f"#define FF_PROTOCOL_MAJOR {PROTOCOL_MAJOR}\n" in HEADER
    assert f"#define FF_PROTOCOL_MINOR {PROTOCOL_MINOR}\n" in HEADER
