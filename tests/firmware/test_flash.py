# SPDX-License-Identifier: MIT
"""Writing a board through its bootloader, and knowing an image by itself."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from followfocus.clock import VirtualClock
from followfocus.errors import FileError, JobError, LineError, NoUnitError
from followfocus.unit.firmware import (
    BOARD,
    Image,
    parse_hex,
    read_image,
    shipped_facts,
    shipped_image,
    to_hex,
    version_text,
)
from followfocus.unit.flash import write, write_with_avrdude
from tests.conformance.tools import lacking, need_board
from tests.conformance.units import BOARD_HEX, BoardBench, running
from tests.firmware.bootloader import Bootloader, MemoryPort, PtyBoard

IDENTITY = b"\0followfocus atmega328p 3.4.5\0"


def image_of(data: bytes) -> Image:
    return Image(data, BOARD, (3, 4, 5), Path("test.hex"))


IMAGE = image_of(bytes(index * 7 & 0xFF for index in range(1000)) + IDENTITY)


def flashed(boot: Bootloader, image: Image = IMAGE, **line: object) -> list[MemoryPort]:
    """Writes an image to a board; the ports that were opened."""
    clock = VirtualClock()
    ports: list[MemoryPort] = []

    def opener(baud: int) -> MemoryPort:
        ports.append(MemoryPort(boot, clock, baud, **line))
        return ports[-1]

    try:
        write(image, opener, clock)
    finally:
        assert all(port.closed for port in ports)
    return ports


# Our own writer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("forgiving", [False, True], ids=["optiboot", "ATmegaBOOT"])
def test_the_image_is_on_the_board_and_runs(forgiving: bool) -> None:
    boot = Bootloader(forgiving=forgiving)
    flashed(boot)
    assert boot.flash[: len(IMAGE.data)] == IMAGE.data
    assert set(boot.flash[1152:]) == {0xFF}
    assert boot.left
    assert boot.resets == 1


def test_an_older_board_is_found_at_its_own_speed() -> None:
    boot = Bootloader(baud=57_600)
    ports = flashed(boot)
    assert [port.baud for port in ports] == [115_200, 57_600]
    assert boot.flash[: len(IMAGE.data)] == IMAGE.data


@pytest.mark.parametrize("at_once", [1, 3, 1000])
def test_it_doesn_t_matter_how_the_line_cuts_what_it_brings(at_once: int) -> None:
    boot = Bootloader(lose_answers={2, 5, 6})
    flashed(boot, at_once=at_once)
    assert boot.flash[: len(IMAGE.data)] == IMAGE.data


def test_a_program_that_chats_without_end_is_no_bootloader() -> None:
    with pytest.raises(NoUnitError, match="No bootloader answers"):
        flashed(Bootloader(silent=True), chatter=b"hello")


def test_no_bootloader_is_said_plainly() -> None:
    with pytest.raises(NoUnitError, match="No bootloader answers on board at 115200 or 57600 baud") as refused:
        flashed(Bootloader(silent=True))
    assert "reset button" in refused.value.remedy


def test_another_chip_is_refused_before_anything_is_written() -> None:
    boot = Bootloader(signature=b"\x1e\x98\x01")
    with pytest.raises(JobError, match="not an ATmega328P: its signature is 1e 98 01"):
        flashed(boot)
    assert set(boot.flash) == {0xFF}


def test_memory_that_does_not_hold_is_found_by_reading_back() -> None:
    with pytest.raises(JobError, match="from byte 256 on"):
        flashed(Bootloader(worn_cell=301))


def test_lost_answers_are_asked_for_again() -> None:
    boot = Bootloader(lose_answers={2, 5, 6, 9, 14, 23})
    flashed(boot)
    assert boot.flash[: len(IMAGE.data)] == IMAGE.data


def test_a_bootloader_that_dies_is_said_so() -> None:
    with pytest.raises(LineError, match="stopped answering"):
        flashed(Bootloader(dies_after=8))


def test_progress_is_told_page_by_page() -> None:
    told: list[tuple[str, int, int]] = []
    clock = VirtualClock()
    boot = Bootloader()
    write(IMAGE, lambda baud: MemoryPort(boot, clock, baud), clock, lambda *step: told.append(step))
    pages = len(IMAGE.pages())
    assert told == [(what, page + 1, pages) for what in ("write", "verify") for page in range(pages)]


# Images ---------------------------------------------------------------------------------------------------------------


@given(st.binary(min_size=1, max_size=400))
def test_a_hex_file_reads_back(data: bytes) -> None:
    assert parse_hex(to_hex(data), "x.hex") == data


def spoiled(line: int, text: str) -> str:
    lines = to_hex(IMAGE.data).splitlines()
    lines[line] = text
    return "\n".join(lines)


BAD_FILES = {
    "a flipped digit": (
        spoiled(3, to_hex(IMAGE.data).splitlines()[3].replace("A", "B")),
        "line 4: has a wrong checksum",
    ),
    "a cut line": (spoiled(2, ":10002000AB"), "line 3: is not as long as it says"),
    "no colon": (spoiled(1, "hello"), "line 2: does not begin with a colon"),
    "not hexadecimal": (spoiled(1, ":10zz"), "line 2: is not in hexadecimal digits"),
    "cut off": ("\n".join(to_hex(IMAGE.data).splitlines()[:-2]), "no end record"),
    "too long": (":02000004000FEB\n:0100000000FF\n:00000001FF\n", "line 2: ends at 983041 bytes"),
    "another record": (":0100000900F6\n:00000001FF\n", "record type 9"),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_damaged_file_is_refused_with_the_place(tmp_path: Path, what: str) -> None:
    text, words = BAD_FILES[what]
    path = tmp_path / "bad.hex"
    path.write_text(text)
    with pytest.raises(FileError) as refused:
        read_image(path)
    assert words in str(refused.value)


def test_an_image_may_fill_the_flash_below_the_bootloader_and_no_more() -> None:
    """An ATmega328P has 32 KB, of which the older Nano's bootloader takes 2."""
    most = 30 * 1024
    assert parse_hex(to_hex(bytes(most)), "x.hex") == bytes(most)
    with pytest.raises(FileError) as refused:
        parse_hex(to_hex(bytes(most + 1)), "x.hex")
    assert f"ends at {most + 1} bytes, but there are {most}" in str(refused.value)


def test_a_file_for_another_board_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.hex"
    path.write_text(to_hex(b"\1" * 50 + b"\0followfocus atmega2560 1.0.0\0"))
    with pytest.raises(FileError, match="is for the board atmega2560"):
        read_image(path)


def test_a_file_of_another_project_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "blink.hex"
    path.write_text(to_hex(b"\x0c\x94" * 200))
    with pytest.raises(FileError, match="not a followfocus unit's firmware"):
        read_image(path)
    path.write_bytes(b"\x7fELF\xff\xfe")
    with pytest.raises(FileError, match="not an Intel HEX file"):
        read_image(path)
    with pytest.raises(FileError, match="be read"):
        read_image(tmp_path / "none.hex")


def test_an_image_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.hex"
    path.write_text(to_hex(IMAGE.data))
    image = read_image(path)
    assert (image.board, image.version, image.data) == (BOARD, (3, 4, 5), IMAGE.data)


def test_the_image_that_ships_is_sound_and_described() -> None:
    image, facts = shipped_image(), shipped_facts()
    assert facts["board"] == image.board == BOARD
    assert facts["version"] == version_text(image.version)
    assert facts["bytes"] == len(image.data)


@pytest.mark.board
def test_the_image_that_ships_is_built_from_this_source() -> None:
    need_board()
    version = subprocess.run(["avr-gcc", "-dumpversion"], capture_output=True, text=True, check=True).stdout.strip()
    if shipped_facts()["compiler"] != f"avr-gcc {version}":
        pytest.skip(f"built with {shipped_facts()['compiler']}; avr-gcc {version} may well make other bytes of it")
    assert shipped_image().data == read_image(BOARD_HEX).data, "run `make -C firmware ship` and commit what it writes"


# The command ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def board() -> Iterator[PtyBoard]:
    peer = PtyBoard(Bootloader())
    yield peer
    peer.close()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "followfocus", "firmware", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_flash_writes_what_ships(board: PtyBoard) -> None:
    done = run("flash", "--port", str(board.path), "--with", "own", "--json")
    assert done.returncode == 0, done.stderr
    image = shipped_image()
    assert json.loads(done.stdout) == {
        "port": str(board.path),
        "firmware": version_text(image.version),
        "bytes": len(image.data),
        "writer": "own",
        "verified": True,
    }
    assert board.boot.flash[: len(image.data)] == image.data
    assert board.boot.left


def test_flash_with_avrdude(board: PtyBoard) -> None:
    if shutil.which("avrdude") is None:
        pytest.skip("avrdude is not installed; our own writer does the same")
    done = run("flash", "--port", str(board.path), "--with", "avrdude", "--baud", "115200")
    assert done.returncode == 0, done.stderr
    assert board.boot.flash[: len(shipped_image().data)] == shipped_image().data


def test_flash_says_what_to_do_where_no_bootloader_answers(board: PtyBoard) -> None:
    board.boot.silent = True
    done = run("flash", "--port", str(board.path), "--with", "own", "--baud", "57600")
    assert done.returncode == 3
    assert "No bootloader answers" in done.stderr
    assert "reset button" in done.stderr


@pytest.mark.parametrize(
    ("port", "words"), [("sim", "no board to write to"), ("socket://127.0.0.1:9", "not a serial device")]
)
def test_flash_needs_a_board(port: str, words: str) -> None:
    done = run("flash", "--port", port)
    assert done.returncode == 2
    assert words in done.stderr


def test_flash_refuses_another_projects_file(tmp_path: Path, board: PtyBoard) -> None:
    path = tmp_path / "blink.hex"
    path.write_text(to_hex(b"\x0c\x94" * 200))
    done = run("flash", "--port", str(board.path), "--file", str(path))
    assert done.returncode == 2
    assert set(board.boot.flash) == {0xFF}


def test_info_on_the_simulated_unit() -> None:
    done = run("info", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["unit"]["board"] == "simulated"
    assert facts["ships"]["firmware"] == version_text(shipped_image().version)


@pytest.mark.board
def test_info_on_the_board() -> None:
    need_board()
    with running(BoardBench()) as bench:
        bench.control.ask("pace", speed="1.0")
        done = run("info", "--port", f"socket://127.0.0.1:{bench.uart_port}", "--json")
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["unit"]["board"] == "atmega328p"
    assert facts["speaks_with_us"]
    assert "up to date" in facts["advice"]


def test_the_tools_are_named_where_they_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="this needs node"):
        lacking("node")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="this needs node"):
        lacking("node")


AVRDUDE = """#!/bin/sh
echo "$@" >> "$0.asked"
case "$(cat "$0.asked" | wc -l)" in {cases} esac
"""


def avrdude(folder: Path, *cases: str) -> Path:
    """A program that is called as avrdude is, and does at its first call, its second …, what is said here."""
    program = folder / "avrdude"
    program.write_text(AVRDUDE.format(cases=" ".join(f"{n}) {case};;" for n, case in enumerate(cases, 1))), "utf-8")
    program.chmod(0o755)
    return program


def asked(program: Path) -> list[str]:
    return program.with_suffix(".asked").read_text("utf-8").splitlines()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
def test_avrdude_is_asked_at_each_rate_until_it_has_written(tmp_path: Path) -> None:
    at_once = avrdude(tmp_path, "exit 0")
    write_with_avrdude(str(at_once), tmp_path / "unit.hex", "/dev/ttyX", (115200, 57600))
    hex_path = tmp_path / "unit.hex"
    assert asked(at_once) == [f"-p m328p -c arduino -P /dev/ttyX -b 115200 -D -U flash:w:{hex_path}:i"]
    at_once.with_suffix(".asked").unlink()
    second = avrdude(tmp_path, "echo 'not in sync' >&2; exit 1", "exit 0")
    write_with_avrdude(str(second), hex_path, "/dev/ttyX", (115200, 57600))
    assert [words.split()[7] for words in asked(second)] == ["115200", "57600"]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
@pytest.mark.parametrize(("said", "error", "words", "calls"), [
    ("avrdude: stk500_recv(): programmer is not in sync", NoUnitError, "no bootloader on /dev/ttyX", 2),
    ("avrdude: verification error, first mismatch at byte 0x0000", JobError, "could not write the board", 1),
    ("Expected signature for ATmega328P is 1E 95 0F", JobError, "could not write the board", 1),
])  # fmt: skip
def test_what_avrdude_could_not_do_is_told_in_its_words(
    tmp_path: Path, said: str, error: type[Exception], words: str, calls: int
) -> None:
    """A board that is another one, or was written wrong, isn't written once more at another rate."""
    program = avrdude(tmp_path, *[f"echo '{said}' >&2; exit 1"] * 2)
    with pytest.raises(error, match=words):
        write_with_avrdude(str(program), tmp_path / "unit.hex", "/dev/ttyX", (115200, 57600))
    assert len(asked(program)) == calls
