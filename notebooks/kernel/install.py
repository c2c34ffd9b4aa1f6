"""Installs the kernelspec "Rust (neural-manifold)" into the Python environment that runs this script.

usage: install.py TARGET_DIR    the folder that cargo builds into (CARGO_TARGET_DIR)
"""

import json
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent
KERNEL = Path(sys.prefix) / "share" / "jupyter" / "kernels" / "neural_manifold"
SOURCES = KERNEL / "rust-src"


def kernelspec(target_dir: Path) -> dict:
    return {
        "argv": [sys.executable, str(HERE / "launch.py"), "{connection_file}"],
        "display_name": "Rust (neural-manifold)",
        "language": "rust",
        # evcxr is interrupted by a message: it kills the process that runs cells, and goes on with a new one.
        "interrupt_mode": "message",
        "env": {"NEURAL_MANIFOLD_RELEASE": str(target_dir / "release"), "RUST_SRC_PATH": str(SOURCES)} | torch(),
    }


def torch() -> dict[str, str]:
    """Where a library built with the feature `tch` finds PyTorch's, which this environment holds after setup-tch."""
    folder = Path(sysconfig.get_path("purelib")) / "torch" / "lib"
    return {"LD_LIBRARY_PATH": f"{folder}:${{LD_LIBRARY_PATH}}"} if folder.is_dir() else {}


def link_sources(sysroot: Path, sources: Path) -> None:
    """Makes a folder that shows three of the crates that rust-analyzer reads at a kernel's start, and no others.

    It is in these that completion, inferred types and documentation are found. The rest, above all the intrinsics of
    every processor in stdarch, would be half of a kernel's start and is asked for by no notebook.
    """
    sources.mkdir(parents=True, exist_ok=True)
    for crate in ["core", "alloc", "std"]:
        link = sources / crate
        link.unlink(missing_ok=True)
        link.symlink_to(sysroot / "lib" / "rustlib" / "src" / "rust" / "library" / crate)


def main() -> None:
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True).stdout
    link_sources(Path(sysroot.strip()), SOURCES)
    spec = json.dumps(kernelspec(Path(sys.argv[1]).resolve()), indent=2)
    (KERNEL / "kernel.json").write_text(spec + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
