"""The program, and how it is called."""

import os
import shutil
import subprocess
import sysconfig


class NeuralManifoldError(ValueError):
    """What the program says of data or settings that it cannot use: a sentence with the remedy."""


def program():
    """The program's path: what NEURAL_MANIFOLD_PROGRAM names, else what was installed with this module or is on PATH."""
    named = os.environ.get("NEURAL_MANIFOLD_PROGRAM")
    installed = [sysconfig.get_path("scripts"), sysconfig.get_path("scripts", f"{os.name}_user")]
    found = shutil.which(named) if named else shutil.which("neural-manifold", path=os.pathsep.join(installed))
    found = found or (None if named else shutil.which("neural-manifold"))
    if not found:
        raise NeuralManifoldError(
            f"the program {named or 'neural-manifold'} is not there; install the wheel, or build it by cargo build --release"
            " and name it in NEURAL_MANIFOLD_PROGRAM"
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
