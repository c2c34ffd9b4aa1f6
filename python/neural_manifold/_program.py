"""The program, and how it is called."""

import os
import shutil
import subprocess
import sysconfig
from pathlib import Path


class NeuralManifoldError(ValueError):
    """What the program says of data or settings that it cannot use: a sentence with the remedy."""


def program():
    """The program's path: NEURAL_MANIFOLD_PROGRAM, else what was installed with this package, else what is on PATH."""
    named = os.environ.get("NEURAL_MANIFOLD_PROGRAM")
    beside = Path(sysconfig.get_path("scripts")) / ("neural-manifold.exe" if os.name == "nt" else "neural-manifold")
    found = named or (str(beside) if beside.exists() else shutil.which("neural-manifold"))
    if not found:
        raise NeuralManifoldError(
            "the program neural-manifold is not installed; pip install neural-manifold, or name it in NEURAL_MANIFOLD_PROGRAM"
        )
    return found


def run(*arguments):
    """Runs the program, with its numbers and paths as text; what it prints."""
    command = [program(), *(str(argument) for argument in arguments), "--quiet"]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    if result.returncode != 0:
        lines = result.stderr.strip().splitlines() or [f"it ended with {result.returncode}"]
        # A flag that cannot be read is told first, and how to ask for help last.
        said = next((line for line in lines if line.startswith("error: ")), lines[-1])
        raise NeuralManifoldError(said.removeprefix("error: ").removeprefix("neural-manifold: "))
    return result.stdout


def flags(**values):
    """Settings as the program's flags; what is None is left to the program, a list is given item by item."""
    given = []
    for name, value in values.items():
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if item is True:
                given.append(f"--{name.replace('_', '-')}")
            elif item is not None and item is not False:
                given.append(f"--{name.replace('_', '-')}={item}")
    return given
