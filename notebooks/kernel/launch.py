"""Starts the notebook kernel: stock evcxr_jupyter behind a proxy (`proxy.py`), told where cargo put the library.

Cells link libneural_manifold.so, which `cargo build --release` made: they compile in about a second, run optimized
code, and share one copy of the library's statics. When that file is missing, or another compiler than today's made
it, linking would fail in words that help nobody; then a stand-in kernel starts and answers each cell with what to run.

A kernel keeps the library with which it started: cargo may build another one meanwhile, and a cell that was compiled
for that one could not run beside cells of this one.

usage: launch.py CONNECTION_FILE    (Jupyter runs it, see install.py)
"""

import fcntl
import mmap
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import ClassVar

import sources

EVCXR = Path(sys.executable).with_name("evcxr_jupyter")
LIBRARY = "libneural_manifold.dylib" if sys.platform == "darwin" else "libneural_manifold.so"


def compiler_of(library: Path) -> str | None:
    """The compiler that made a library, as `rustc --version` names it; None when the file does not tell."""
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        # In the section .comment, behind everything large: searched from the end.
        mark = b"rustc version "
        start = content.rfind(mark)
        return None if start < 0 else content[start + len(mark) : content.find(b"\0", start)].decode()


def obstacle(library: Path, evcxr: Path, found: Path) -> str | None:
    """What stands in the kernel's way and what to run, in one sentence; None when all is well."""
    if shutil.which("rustc") is None:
        return "rustc is not on PATH: install Rust with rustup, then start JupyterLab anew with `make lab`."
    if not evcxr.exists():
        return f"evcxr_jupyter is not installed: run `make setup`, then restart the kernel: {evcxr}"
    if not library.exists():
        return f"The library is not built: run `make setup`, then restart the kernel: {library}"
    if not found.is_dir():
        return f"The sources that completion reads are not there: run `make setup`, then restart the kernel: {found}"
    version = subprocess.run(["rustc", "--version"], capture_output=True, text=True, check=True).stdout
    current, built = version.strip().removeprefix("rustc "), compiler_of(library)
    if built not in (None, current):
        return (
            f"The library was built by rustc {built}, but rustc is now {current}: "
            f"run `make setup`, then restart the kernel: {library}"
        )
    return None


def keep(library: Path) -> Path:
    """A second name of the library's file, which stays when cargo puts another file in its place.

    It lies in a folder that is locked for as long as this process, or the program that takes its place, runs. The
    folders of kernels that have ended are removed.
    """
    kernels = library.parent / "kernels"
    kernels.mkdir(exist_ok=True)
    one_at_a_time = os.open(kernels, os.O_RDONLY)
    fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
    for folder in kernels.iterdir():
        lock = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
        except BlockingIOError:
            pass
        os.close(lock)
    folder = Path(tempfile.mkdtemp(dir=kernels))
    os.link(library, folder / library.name)
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_SH)
    os.set_inheritable(lock, True)
    os.close(one_at_a_time)
    return folder / library.name


def build_settings(library: Path, deps: Path) -> dict[str, str]:
    """The environment in which evcxr's cargo compiles cells."""
    flags = [
        "-Cprefer-dynamic",
        "--extern",
        f"neural_manifold_built={library}",
        f"-Ldependency={deps}",
        f"-Clink-arg=-Wl,-rpath,{library.parent}",
    ]
    return {
        # Cargo's own separator, so that folders with spaces work; it goes before evcxr's RUSTFLAGS.
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
        # evcxr builds cells with checks on, which slows library code that is instantiated in a cell.
        "CARGO_PROFILE_DEV_DEBUG_ASSERTIONS": "false",
        "CARGO_PROFILE_DEV_OVERFLOW_CHECKS": "false",
    }


def explain(sentence: str, connection_file: str) -> None:
    """Runs a kernel that answers every cell with the sentence."""
    from ipykernel.kernelapp import IPKernelApp
    from ipykernel.kernelbase import Kernel

    class Stand(Kernel):
        implementation, implementation_version, banner = "neural_manifold", "0", sentence
        language_info: ClassVar = {"name": "rust", "mimetype": "text/rust", "file_extension": ".rs"}

        async def do_execute(self, code, silent, *args, **kwargs):
            error = {"ename": "Error", "evalue": sentence, "traceback": [f"\x1b[31m{sentence}\x1b[0m"]}
            self.send_response(self.iopub_socket, "error", error)
            return {"status": "error", "execution_count": self.execution_count, **error}

    IPKernelApp.launch_instance(kernel_class=Stand, argv=["-f", connection_file])


def main() -> None:
    connection_file = sys.argv[1]
    library = Path(os.environ["NEURAL_MANIFOLD_RELEASE"]) / LIBRARY
    found = Path(os.environ.get("NEURAL_MANIFOLD_SOURCES", "sources"))
    sentence = obstacle(library, EVCXR, found)
    if sentence is not None:
        print(sentence, file=sys.stderr)
        explain(sentence, connection_file)
        return
    with tempfile.TemporaryDirectory() as scratch:
        try:
            kept = keep(library)
            folder = kept.parent
        except OSError:
            # Not every file system gives a file two names; then the kernel lasts until the next build.
            kept, folder = library, Path(scratch)
        os.environ.update(build_settings(kept, library.parent / "deps"))
        os.environ.update(sources.settings(found, folder))
        command = [str(EVCXR), "--control_file"]
        try:
            import proxy
        except ImportError as error:
            # Without pyzmq cells run all the same, and show their progress as lines.
            print(f"the kernel runs without its proxy: {error}", file=sys.stderr)
            os.execv(EVCXR, [*command, connection_file])
        status = proxy.serve(connection_file, command, folder)
    # A process that a signal ended has no status of its own.
    sys.exit(status if status >= 0 else 1)


if __name__ == "__main__":
    main()
