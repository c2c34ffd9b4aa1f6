"""Installs the kernelspec "Rust (neural-manifold)" into the Python environment that runs this script.

usage: install.py TARGET_DIR    the folder that cargo builds into (CARGO_TARGET_DIR)
"""

import json
import sys
import sysconfig
from pathlib import Path

import sources

HERE = Path(__file__).resolve().parent
KERNEL = Path(sys.prefix) / "share" / "jupyter" / "kernels" / "neural_manifold"


def kernelspec(target_dir: Path, found: Path) -> dict:
    return {
        "argv": [sys.executable, str(HERE / "launch.py"), "{connection_file}"],
        "display_name": "Rust (neural-manifold)",
        "language": "rust",
        # evcxr is interrupted by a message: it kills the process that runs cells, and goes on with a new one.
        "interrupt_mode": "message",
        "env": {"NEURAL_MANIFOLD_RELEASE": str(target_dir / "release"), "NEURAL_MANIFOLD_SOURCES": str(found)}
        | torch(),
    }


def torch() -> dict[str, str]:
    """Where a library built with the feature `tch` finds PyTorch's, which this environment holds after setup-tch."""
    folder = Path(sysconfig.get_path("purelib")) / "torch" / "lib"
    return {"LD_LIBRARY_PATH": f"{folder}:${{LD_LIBRARY_PATH}}"} if folder.is_dir() else {}


def main() -> None:
    found = sources.install(KERNEL, HERE.parents[1])
    spec = json.dumps(kernelspec(Path(sys.argv[1]).resolve(), found), indent=2)
    (KERNEL / "kernel.json").write_text(spec + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
