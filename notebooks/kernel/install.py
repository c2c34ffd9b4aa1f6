"""Installs the kernelspec "Rust (neural-manifold)" into the Python environment that runs this script.

usage: install.py TARGET_DIR    the folder that cargo builds into (CARGO_TARGET_DIR)
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
KERNELS = Path(sys.prefix) / "share" / "jupyter" / "kernels"


def kernelspec(target_dir: Path) -> dict:
    return {
        "argv": [sys.executable, str(HERE / "launch.py"), "{connection_file}"],
        "display_name": "Rust (neural-manifold)",
        "language": "rust",
        # evcxr is interrupted by a message: it kills the process that runs cells, and goes on with a new one.
        "interrupt_mode": "message",
        "env": {"NEURAL_MANIFOLD_RELEASE": str(target_dir / "release")},
    }


def main() -> None:
    folder = KERNELS / "neural_manifold"
    folder.mkdir(parents=True, exist_ok=True)
    spec = json.dumps(kernelspec(Path(sys.argv[1]).resolve()), indent=2)
    (folder / "kernel.json").write_text(spec + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
