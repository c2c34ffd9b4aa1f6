"""From nothing to the first picture: `make run` in a fresh clone with nothing built, by step, and which crates cost most.

    python3 benches/build_bench.py [--keep FOLDER]

Clones the committed state into a new folder, with a target folder and a cache of its own; what cargo and pip have
downloaded before is not downloaded again, and the system's packages are there. Some 25 minutes on 2 cores, 8 GB of disk.

Prints the steps, CPU-minutes of all, of the library with its dependencies and of the kernel's program, and the costliest
crates in CPU-seconds, build scripts left out. Merges `build.{first_look_s,seconds,cpu_minutes,library_cpu_minutes,
kernel_cpu_minutes}` into artifacts/bench.json.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from results import merge

ROOT = Path(__file__).resolve().parent.parent
COSTLIEST = 10
# Stands before each call of rustc and leaves a file with the call and bash's own account of its time.
WRAPPER = """#!/usr/bin/env bash
"$@"
code=$?
{ echo "$@"; times; } >"$RUSTC_CALLS/$$"
exit $code
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="an empty folder for the clone and all that is built, which stays")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        measure(options.keep.resolve())
    else:
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder))


def measure(folder):
    clone, calls, wrapper = folder / "neural-manifold", folder / "calls", folder / "rustc.sh"
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    calls.mkdir()
    wrapper.write_text(WRAPPER)
    wrapper.chmod(0o755)
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(folder / "target"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "PIP_CACHE_DIR": os.environ.get("PIP_CACHE_DIR", str(Path.home() / ".cache/pip")),
        "RUSTC_WRAPPER": str(wrapper),
        "RUSTC_CALLS": str(calls),
    }
    began, before = time.perf_counter(), cpu_seconds()
    run = subprocess.Popen(["make", "run"], cwd=clone, env=environment)
    figures = {}
    while run.poll() is None:
        time.sleep(0.5)
        if "build.first_look_s" not in figures and (clone / "web-app" / "data.js").exists():
            figures["build.first_look_s"] = time.perf_counter() - began
    if run.returncode:
        sys.exit("make run has failed")
    figures |= {"build.seconds": time.perf_counter() - began, "build.cpu_minutes": (cpu_seconds() - before) / 60}

    crates = {"library": Counter(), "kernel": Counter()}
    for call in calls.iterdir():
        name, part, seconds = read(call.read_text(), folder)
        if name and part:
            crates[part][name] += seconds
    for part, own in crates.items():
        figures[f"build.{part}_cpu_minutes"] = own.total() / 60
    print("\n".join(f"{name:30}{figure:8.1f}" for name, figure in figures.items()))
    print(f"\nthe {COSTLIEST} costliest crates, CPU-seconds")
    for name, seconds in (crates["library"] + crates["kernel"]).most_common(COSTLIEST):
        print(f"{name:30}{seconds:8.1f}")
    merge(figures)


def read(call, folder):
    """The crate of a call of rustc, the part of the build that it is of, and its CPU-seconds. What asks rustc about itself
    names no crate, and a notebook's cells are of neither part."""
    command, _shell, children = call.splitlines()
    words = command.split()
    name = words[words.index("--crate-name") + 1] if "--crate-name" in words else ""
    folders = {"library": folder / "target", "kernel": folder / "cache"}
    part = next((part for part, own in folders.items() if f"--out-dir {own}" in command), "")
    return name.strip("_"), part, sum(map(seconds_of, children.split()))


def seconds_of(text):
    """Of bash's 1m2.345s."""
    minutes, seconds = text.rstrip("s").split("m")
    return 60 * int(minutes) + float(seconds)


def cpu_seconds():
    """Of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
