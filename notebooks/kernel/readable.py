"""What went wrong in a cell, as a person wants to read it."""

import re
from itertools import dropwhile
from typing import NamedTuple

STYLE = re.compile(r"\x1b\[([0-9;]*)m")
# Grays of the 256 colors: on the pink of an error they are hardly there.
GRAY = re.compile(r"38;5;(23[2-9]|24\d|25[0-5])")
# The others of the 256 are the same on every page; of the sixteen colors a page shows what can be read on it.
ONE_OF_256 = re.compile(r"38;5;\d+")
MAGENTA = "35"
RED, RESET = "\x1b[31m", "\x1b[0m"
PANIC = re.compile(r"^thread '(?P<thread>.*?)'(?: \(\d+\))? panicked at (?P<place>.*):$")
END_OF_PANIC = re.compile(r"^note: (run with `RUST_BACKTRACE|Some details are omitted)")
# Comments, strings and characters, in which a question mark asks nothing.
QUIET = re.compile(r"""//[^\n]*|/\*.*?\*/|r(#*)".*?"\1|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])'""", re.DOTALL)
COMMAND = re.compile(r"\bcommand_\d+(?=:\d)")


class Panic(NamedTuple):
    """A panic: what it says, and where, when that is a line that a person can look up."""

    text: str
    place: str | None

    def sentence(self) -> str:
        return self.text if self.place is None else f"{self.text}\nat {self.place}"


def merge_colors(text: str) -> str:
    """The same text with one code for each run of a color, and without grays."""
    parts = STYLE.split(text)
    shown, wanted, written = [parts[0]], "", ""
    for style, words in zip(parts[1::2], parts[2::2], strict=True):
        plain = style in ("", "0", "39") or GRAY.fullmatch(style)
        style = MAGENTA if ONE_OF_256.fullmatch(style) else style
        wanted = "" if plain else f"{wanted};{style}".lstrip(";")
        # Blanks have no color to change.
        if words.strip() and wanted != written:
            shown.append((RESET if written else "") + (f"\x1b[{wanted}m" if wanted else ""))
            written = wanted
        shown.append(words)
    return "".join(shown) + (RESET if written else "")


def error(name: str, value: str, traceback: list[str] | None = None) -> dict:
    """The content of an error message: one red block, when its lines are not given."""
    if traceback is None:
        traceback = [f"{RED}{line}{RESET}" for line in f"{name}: {value}".splitlines()]
    return {"ename": name, "evalue": value, "traceback": traceback}


def compile_error(content: dict, count: int) -> dict:
    """An error of evcxr's, with colors that can be read and the cell's own number."""
    lines = [line for entry in content.get("traceback", []) for line in str(entry).splitlines()]
    lines = [COMMAND.sub(f"cell [{count}]", merge_colors(line)) for line in lines]
    return error(content.get("ename", "Error"), content.get("evalue", ""), lines)


def panics(lines: list[str]) -> tuple[list[str], list[Panic]]:
    """The lines on stderr that are no part of a panic, and the panics in them."""
    others, found = [], []
    rest = list(lines)
    while rest:
        start = PANIC.match(rest[0])
        if start is None:
            others.append(rest.pop(0))
            continue
        rest.pop(0)
        said = []
        while rest and rest[0] != "stack backtrace:" and not END_OF_PANIC.match(rest[0]):
            said.append(rest.pop(0))
        rest = list(dropwhile(lambda line: not END_OF_PANIC.match(line), rest))[1:]
        place = start["place"]
        # A cell is compiled as src/lib.rs, in which its lines stand among others'.
        found.append(Panic("\n".join(said).strip(), None if place.startswith("src/lib.rs:") else place))
        # The panic's own blank line stands before it.
        if others and not others[-1]:
            others.pop()
    return others, found


def is_within_panic(lines: list[str]) -> bool:
    """Whether the last lines are a panic of which more is to come."""
    for line in reversed(lines):
        if END_OF_PANIC.match(line):
            return False
        if PANIC.match(line):
            return True
    return False


def asks(code: str) -> bool:
    """Whether a cell holds the operator `?`, by which it can end early."""
    return "?" in QUIET.sub(" ", code)
