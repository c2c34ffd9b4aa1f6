"""The processes behind a kernel: evcxr, the compiler that it runs, and the child in which cells run."""

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
COMPILERS = {"cargo", "rustc"}
PR_SET_PDEATHSIG = 1
# How long nothing may be heard before output counts as complete: longer where no thread can be looked at.
QUIET_SECS = 0.002 if PROC.is_dir() else 0.02


def die_with_parent() -> None:
    """Has the system end this process when the one that started it is gone, however that ended."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(command: list[str], environment: dict[str, str]) -> subprocess.Popen:
    """Starts evcxr with the environment; it holds the locks that this process holds."""
    dies = die_with_parent if sys.platform == "linux" else None
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, close_fds=False, preexec_fn=dies)


def listed() -> dict[int, list[tuple[int, str]]]:
    """The number and name of each process's children."""
    found = []
    if PROC.is_dir():
        for folder in PROC.glob("[0-9]*"):
            # A process may be gone by now.
            with suppress(OSError):
                name, fields = (folder / "stat").read_text(errors="replace").split("(", 1)[1].rsplit(")", 1)
                found.append((int(fields.split()[1]), int(folder.name), name))
    else:
        table = subprocess.run(["ps", "-Ao", "ppid=,pid=,comm="], capture_output=True, text=True).stdout
        for line in table.splitlines():
            parent, process, name = line.split(None, 2)
            found.append((int(parent), int(process), Path(name).name))
    children = {}
    for parent, process, name in found:
        children.setdefault(parent, []).append((process, name))
    return children


def below(process: int, children: dict) -> list[int]:
    """A process and all that descend from it."""
    return [process] + [found for child, _ in children.get(process, []) for found in below(child, children)]


def end_compiler(evcxr: int) -> bool:
    """Ends what compiles a cell, if anything does; the child that holds the variables is not touched."""
    children = listed()
    compiling = [process for process, name in children.get(evcxr, []) if name in COMPILERS]
    for process in compiling:
        end(below(process, children))
    return bool(compiling)


def end_all(evcxr: int) -> None:
    """Ends evcxr and all that it has started."""
    end(below(evcxr, listed()))


def end(processes: list[int]) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def settled(evcxr: int) -> bool:
    """Whether no thread of evcxr has anything to do: then no output is on its way through it.

    Output reaches evcxr by pipes that threads of its own read, so a line that is still to come has woken one of them.
    """
    states = []
    for task in (PROC / str(evcxr) / "task").glob("*/stat"):
        with suppress(OSError):
            states.append(task.read_text(errors="replace").rsplit(")", 1)[1].split()[0])
    return all(state == "S" for state in states)
